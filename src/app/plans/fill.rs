//! A plan filled with the best splits of the leaves that a filter takes: a job beside everything else, one for a plan.
//!
//! ```text
//! leaves by the filter ─ one by one on a seat of the pool: ways, the best of them ─→ a batch ─→ added at once, if the plan
//! is still as the job left it ─→ the next ┄ all done, or stopped, or somebody else changed the plan: then it gives way
//! ```
//!
//! Every split is an edit of its own, which is kept, changed or dropped as any other. A job is known to the server that
//! began it; the plan's revision keeps two servers from filling one plan.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::edits::{to_edit, whole};
use super::suggest::{dwellings_in, usual};
use super::{Filter, OnRevision, PlanView, SharedDraft, is_one, require};
use crate::access::{AccountId, Permission, Scope};
use crate::app::{App, Error};
use crate::coverage::Partition;
use crate::plan::{Allotment, MOST_PARTS, Pool, Refused, Toward, Weight, apply, split_ways};
use crate::unit::Code;

/// How many leaves are split before their edits are added to the plan.
const BATCH: usize = 8;
/// How many jobs are remembered.
const KEPT: usize = 64;

/// What is asked of a job.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which leaves.
    pub filter: Filter,
    /// Into how many parts each; without one, into as few as are each within the filter when they balance.
    pub parts: Option<usize>,
    /// What is balanced; without one, households where any are known.
    pub weight: Option<Weight>,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillState {
    /// At work.
    Running,
    /// Every leaf was tried.
    Done,
    /// Somebody ended it.
    Stopped,
    /// Somebody else changed the plan.
    GaveWay,
    /// It could not go on.
    Failed,
}

/// A leaf that was split.
#[derive(Clone, Debug)]
pub struct Split {
    /// Its code.
    pub unit: Code,
    /// The edits that do it.
    pub edits: Vec<u64>,
    /// How far its parts are from their mean.
    pub deviation: f64,
}

/// A job as it stands.
#[derive(Clone, Debug)]
pub struct Fill {
    /// Its number on this server.
    pub job: u64,
    /// The plan.
    pub plan: u64,
    /// Where it stands.
    pub state: FillState,
    /// Why it gave way or failed.
    pub detail: Option<String>,
    /// What was asked.
    pub filter: Filter,
    /// What it balances.
    pub weight: Weight,
    /// How many leaves the filter takes.
    pub total: usize,
    /// Those that were split, and are in the plan.
    pub done: Vec<Split>,
    /// Those for which there is no way, and why.
    pub none: Vec<(Code, String)>,
    /// The plan's revision after the job's last edit.
    pub revision: u64,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

/// A job, its leaves, and whose it is.
struct Job {
    fill: Mutex<Fill>,
    stop: AtomicBool,
    leaves: Vec<(Code, f64)>,
    who: (Option<AccountId>, String),
}

/// The last job of each plan.
#[derive(Default)]
pub struct Fills(Mutex<BTreeMap<u64, Arc<Job>>>);

impl Fill {
    fn begun((job, plan, revision): (u64, u64, u64), filter: Filter, weight: Weight, total: usize) -> Self {
        Self {
            job,
            plan,
            state: FillState::Running,
            detail: None,
            filter,
            weight,
            total,
            done: Vec::new(),
            none: Vec::new(),
            revision,
            started: Timestamp::now(),
            ended: None,
        }
    }

    /// How many leaves are still to be tried.
    #[must_use]
    pub fn left(&self) -> usize {
        self.total.saturating_sub(self.done.len() + self.none.len())
    }
}

impl Job {
    fn now(&self) -> MutexGuard<'_, Fill> {
        self.fill.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_running(&self) -> bool {
        self.now().state == FillState::Running
    }

    fn end(&self, state: FillState, detail: Option<String>) {
        let mut fill = self.now();
        (fill.state, fill.detail, fill.ended) = (state, detail, Some(Timestamp::now()));
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Fills {
    fn all(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Job>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, plan: u64) -> Option<Arc<Job>> {
        self.all().get(&plan).cloned()
    }

    /// Puts a job in the place of the plan's last, unless that is running.
    fn begin(&self, job: impl FnOnce(u64) -> Job, plan: u64) -> Result<Arc<Job>, u64> {
        let mut all = self.all();
        if let Some(other) = all.get(&plan).filter(|job| job.is_running()) {
            return Err(other.now().job);
        }
        let number = all.values().map(|job| job.now().job).max().unwrap_or_default() + 1;
        let job = Arc::new(job(number));
        all.insert(plan, Arc::clone(&job));
        let mut ended: Vec<(u64, u64)> = all
            .iter()
            .filter(|(_, job)| !job.is_running())
            .map(|(&plan, job)| (job.now().job, plan))
            .collect();
        ended.sort_unstable();
        let surplus = all.len().saturating_sub(KEPT);
        for (_, plan) in ended.into_iter().take(surplus) {
            all.remove(&plan);
        }
        Ok(job)
    }
}

impl App {
    /// Begins to split every leaf that a filter takes, within what the caller drafts plans for.
    ///
    /// # Errors
    /// [`Error::Conflict`] while another job fills the plan; as [`Self::add_edit`].
    pub async fn fill_plan(
        self: &Arc<Self>,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        asked: Asked,
    ) -> Result<Fill, Error> {
        require(scope, Permission::DraftPlans)?;
        let view = self.plan_at(scope, id, revision).await?;
        to_edit(&view)?;
        let draft = self.draft(scope, &view).await?;
        whole(&draft)?;
        self.with_dwellings(&draft.base).await?;
        let weight = asked.weight.unwrap_or_else(|| usual(&draft));
        let leaves = self.taken(scope, draft, asked.filter.clone()).await?;
        let (filter, revision) = (asked.filter.clone(), view.plan.revision);
        let who = (scope.account(), super::author(scope));
        let job = |number| {
            let fill = Fill::begun((number, id, revision), filter, weight, leaves.len());
            Job { fill: Mutex::new(fill), stop: AtomicBool::new(false), leaves, who }
        };
        let job = self.fills.begin(job, id).map_err(|other| {
            Error::Conflict(format!(
                "expected a plan that no job fills, found job {other} at it: end it first"
            ))
        })?;
        let begun = job.now().clone();
        let (app, scope) = (Arc::clone(self), scope.clone());
        tokio::spawn(async move { app.fill(&scope, &job, asked).await });
        Ok(begun)
    }

    /// The last job that filled a plan.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is none, or it is about units that the caller may not know of; as [`Self::plan`].
    pub async fn filling(&self, scope: &Scope, id: u64) -> Result<Fill, Error> {
        Ok(self.job_of(scope, id).await?.now().clone())
    }

    /// Ends a job after the leaf that it is at. What it added stays.
    ///
    /// # Errors
    /// As [`Self::filling`].
    pub async fn stop_filling(&self, scope: &Scope, id: u64) -> Result<Fill, Error> {
        let job = self.job_of(scope, id).await?;
        job.stop.store(true, Ordering::Relaxed);
        Ok(job.now().clone())
    }

    async fn job_of(&self, scope: &Scope, id: u64) -> Result<Arc<Job>, Error> {
        require(scope, Permission::DraftPlans)?;
        self.seen_plan(scope, id).await?;
        // It says which units the filter takes, so how much is in them: whoever began it may know, or who drafts there.
        let own = |job: &Job| is_one((job.who.0, &job.who.1), scope);
        let drafts =
            |job: &Job| job.leaves.iter().all(|(code, _)| scope.covers(Permission::DraftPlans, code));
        let found = self.fills.of(id).filter(|job| own(job) || drafts(job));
        found.ok_or_else(|| Error::Missing(format!("no job has filled plan {id}")))
    }

    /// The leaves that a filter takes, by code, with their values.
    async fn taken(
        &self,
        scope: &Scope,
        draft: SharedDraft,
        filter: Filter,
    ) -> Result<Vec<(Code, f64)>, Error> {
        let scope = scope.clone();
        let taken = move || {
            let hierarchy = draft.snapshot.hierarchy();
            let values = hierarchy.leaves().iter().map(|&leaf| (leaf, filter.value(&draft.snapshot, leaf)));
            let taken = values.filter(|&(_, value)| filter.takes(value));
            let named = taken.map(|(leaf, value)| (hierarchy.unit(leaf).code.clone(), value));
            named.filter(|(code, _)| scope.covers(Permission::DraftPlans, code)).collect()
        };
        self.pool.run(taken).await
    }

    /// A job from its beginning to its end.
    async fn fill(&self, scope: &Scope, job: &Job, asked: Asked) {
        let (state, detail) = match self.fill_on(scope, job, &asked).await {
            Ok(state) => (state, None),
            Err(Error::Stale { detail, .. }) => (FillState::GaveWay, Some(detail)),
            Err(error) => (FillState::Failed, Some(error.to_string())),
        };
        job.end(state, detail);
    }

    async fn fill_on(&self, scope: &Scope, job: &Job, asked: &Asked) -> Result<FillState, Error> {
        let mut at = 0;
        while at < job.leaves.len() {
            let (plan, revision) = {
                let fill = job.now();
                (fill.plan, fill.revision)
            };
            let view = self.plan_at(scope, plan, Some(revision)).await?;
            let Some((batch, tried)) = self.batch(scope, job, &view, asked, at).await? else {
                return Ok(FillState::Stopped);
            };
            match self.add_batch(scope, view, &batch).await {
                Ok((after, done)) => {
                    let mut fill = job.now();
                    fill.revision = after.plan.revision;
                    fill.done.extend(done);
                    fill.none.extend(batch.none);
                    at += tried;
                }
                // The codes were drawn by others meanwhile, and the plan is as it was: once more.
                Err(Error::Stale { current, .. }) if current == revision => {}
                Err(error) => return Err(error),
            }
        }
        Ok(FillState::Done)
    }

    /// The splits of the next leaves, each on a seat of its own, and how many leaves were tried; `None` where the job is
    /// to end.
    async fn batch(
        &self,
        scope: &Scope,
        job: &Job,
        view: &PlanView,
        asked: &Asked,
        from: usize,
    ) -> Result<Option<(Batch, usize)>, Error> {
        let draft = self.draft(scope, view).await?;
        whole(&draft)?;
        self.with_dwellings(&draft.base).await?;
        let pool = self.contact.note(self.store.unused().await)?;
        let mut batch =
            Batch { partition: draft.partition().clone(), pool, splits: Vec::new(), none: Vec::new() };
        let weight = job.now().weight;
        let mut tried = 0;
        for (code, value) in &job.leaves[from..] {
            if job.is_stopped() {
                return Ok(None);
            }
            if batch.splits.len() == BATCH {
                break;
            }
            tried += 1;
            let parts = asked.parts.unwrap_or_else(|| asked.filter.parts(*value));
            let (draft, code) = (Arc::clone(&draft), code.clone());
            batch = self.pool.run(move || batch.with(&draft, code, parts, weight)).await?;
        }
        Ok(Some((batch, tried)))
    }

    /// Adds the edits of a batch, all at once.
    async fn add_batch(
        &self,
        scope: &Scope,
        view: PlanView,
        batch: &Batch,
    ) -> Result<(PlanView, Vec<Split>), Error> {
        let mut next = super::edits::next_record(&view);
        let steps: Vec<Toward> = batch.splits.iter().flat_map(|split| split.1.clone()).collect();
        let after = if steps.is_empty() { view } else { self.add_all(scope, view, steps).await? };
        let done = batch.splits.iter().map(|(unit, steps, deviation)| {
            let edits: Vec<u64> = (next..).take(steps.len()).collect();
            next += steps.len() as u64;
            Split { unit: unit.clone(), edits, deviation: *deviation }
        });
        Ok((after, done.collect()))
    }
}

/// Splits that are not in the plan yet, done one after the other.
struct Batch {
    partition: Partition,
    pool: Pool,
    /// Leaves with the edits that split them, and how far their parts are from the mean.
    splits: Vec<(Code, Vec<Toward>, f64)>,
    none: Vec<(Code, String)>,
}

impl Batch {
    /// With one more leaf, split in the best way.
    fn with(mut self, draft: &SharedDraft, code: Code, parts: usize, weight: Weight) -> Self {
        match self.split(draft, &code, parts.min(MOST_PARTS), weight) {
            Ok((steps, deviation)) => self.splits.push((code, steps, deviation)),
            Err(refused) => self.none.push((code, refused.to_string())),
        }
        self
    }

    fn split(
        &mut self,
        draft: &SharedDraft,
        code: &Code,
        parts: usize,
        weight: Weight,
    ) -> Result<(Vec<Toward>, f64), Refused> {
        let missing = || Refused::missing(code);
        let leaf = self.partition.hierarchy.by_code(code).ok_or_else(missing)?;
        // Splits before it have bent its border by half a unit at most.
        let was = draft.snapshot.hierarchy().by_code(code).ok_or_else(missing)?;
        let dwellings = dwellings_in(&draft.snapshot, was);
        let ways = split_ways(&self.partition, leaf, parts, weight, &dwellings, &self.pool)?;
        let best = ways.into_iter().next().ok_or_else(Refused::nothing)?;
        let (mut partition, mut pool) = (self.partition.clone(), self.pool.clone());
        let mut steps: Vec<Toward> = Vec::new();
        for suggested in best.edits {
            let applied = apply(&partition, &suggested.edit, Allotment::new(&suggested.drawn, &mut pool))?;
            partition = applied.partition;
            pool.without(&applied.drawn);
            steps.push((suggested.edit, applied.drawn));
        }
        (self.partition, self.pool) = (partition, pool);
        Ok((steps, best.deviation))
    }
}

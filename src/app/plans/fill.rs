//! A plan filled with the best splits of the leaves that a filter takes: a job beside everything else, one for a plan.
//!
//! ```text
//! leaves by the filter ─ one by one on a seat of the pool: ways, the best of them ─→ a batch ─→ added at once, if the plan
//! is still as the job left it ─→ the next ┄ all done, or stopped, or somebody else changed the plan: then it gives way
//! ```
//!
//! Every split is an edit of its own, which is kept, changed or dropped as any other. A job is known to the server that
//! began it; the plan's revision keeps two servers from filling one plan.

use std::sync::Arc;

use super::edits::{to_edit, whole};
use super::jobs::{Fill, FillState, Job, Split};
use super::suggest::{dwellings_in, usual};
use super::{Filter, OnRevision, PlanView, SharedDraft, is_one, require};
use crate::access::{Permission, Scope};
use crate::app::{App, Error};
use crate::coverage::Partition;
use crate::plan::{Allotment, MOST_PARTS, Pool, Refused, Toward, Weight, apply, check_parts, split_ways};
use crate::unit::Code;

/// How many leaves are split before their edits are added to the plan.
const BATCH: usize = 8;

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

impl App {
    /// Begins to split every leaf that a filter takes, within what the caller drafts plans for.
    ///
    /// # Errors
    /// [`Error::Conflict`] while another job fills the plan; [`Error::Refused`] for parts that cannot be, and for a unit
    /// that the draft has not; [`Error::Forbidden`] for one in which the caller drafts no plans; as [`Self::add_edit`].
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
        let leaves = self.taken(scope, draft, &asked).await?;
        let (filter, revision) = (asked.filter.clone(), view.plan.revision);
        let who = (scope.account(), super::author(scope));
        let job =
            |number| Job::new(Fill::begun((number, id, revision), filter, weight, leaves.len()), leaves, who);
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

    /// What [`Self::fill_plan`] would try, by code, with what the filter counts of each. Nothing is begun.
    ///
    /// # Errors
    /// As [`Self::fill_plan`].
    pub async fn would_fill(&self, scope: &Scope, id: u64, asked: &Asked) -> Result<Vec<(Code, f64)>, Error> {
        require(scope, Permission::DraftPlans)?;
        let view = self.seen_plan(scope, id).await?;
        to_edit(&view)?;
        let draft = self.draft(scope, &view).await?;
        whole(&draft)?;
        self.with_dwellings(&draft.base).await?;
        self.taken(scope, draft, asked).await
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
        job.stop();
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

    /// Of the leaves that a filter takes those that the caller may split.
    async fn taken(
        &self,
        scope: &Scope,
        draft: SharedDraft,
        asked: &Asked,
    ) -> Result<Vec<(Code, f64)>, Error> {
        asked.parts.map_or(Ok(()), check_parts).map_err(Error::Refused)?;
        let foreign = |code: &&Code| !scope.covers_any_of(Permission::DraftPlans, code);
        if let Some(code) = asked.filter.under().filter(foreign) {
            return Err(Error::Forbidden(format!("expected a unit in which you draft plans, found {code}")));
        }
        let filter = asked.filter.clone();
        let taken = self.pool.run(move || filter.taken(&draft)).await?;
        let mut taken = taken.map_err(Error::Refused)?;
        taken.retain(|(code, _)| scope.covers(Permission::DraftPlans, code));
        Ok(taken)
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

//! The jobs that fill plans, on this server: the last of each plan, and no more than are worth remembering.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::Filter;
use crate::access::AccountId;
use crate::plan::Weight;
use crate::unit::Code;

/// How many jobs are remembered.
const KEPT: usize = 64;

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
pub(super) struct Job {
    fill: Mutex<Fill>,
    stop: AtomicBool,
    /// By code, with what the filter counts of each.
    pub(super) leaves: Vec<(Code, f64)>,
    pub(super) who: (Option<AccountId>, String),
}

/// The last job of each plan.
#[derive(Default)]
pub struct Fills(Mutex<BTreeMap<u64, Arc<Job>>>);

impl Fill {
    pub(super) fn begun(
        (job, plan, revision): (u64, u64, u64),
        filter: Filter,
        weight: Weight,
        total: usize,
    ) -> Self {
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
    pub(super) fn new(fill: Fill, leaves: Vec<(Code, f64)>, who: (Option<AccountId>, String)) -> Self {
        Self { fill: Mutex::new(fill), stop: AtomicBool::new(false), leaves, who }
    }

    pub(super) fn now(&self) -> MutexGuard<'_, Fill> {
        self.fill.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_running(&self) -> bool {
        self.now().state == FillState::Running
    }

    pub(super) fn end(&self, state: FillState, detail: Option<String>) {
        let mut fill = self.now();
        (fill.state, fill.detail, fill.ended) = (state, detail, Some(Timestamp::now()));
    }

    /// It ends after the leaf that it is at.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Fills {
    fn all(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Job>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn of(&self, plan: u64) -> Option<Arc<Job>> {
        self.all().get(&plan).cloned()
    }

    /// Puts a job in the place of the plan's last, unless that is running: then its number.
    pub(super) fn begin(&self, job: impl FnOnce(u64) -> Job, plan: u64) -> Result<Arc<Job>, u64> {
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

//! Callers that were asked for a moment ago: a request by a session or a key costs a look into memory.
//!
//! What another server changes shows here after [`FRESH`] at most, what this one changes at once: every change raises a
//! number, and what was read under an earlier one is not used.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::access::{Digest, Scope};

/// How long what was read is used.
pub const FRESH: Duration = Duration::from_secs(5);

/// How long it is used where the store cannot be asked again: a dispatcher goes on working through a failover.
const OUTAGE: Duration = Duration::from_mins(15);

/// The most callers that are remembered.
const MOST: usize = 10_000;

/// A caller that the store knows.
pub struct Caller {
    /// Who, and what they may do.
    pub scope: Scope,
    /// When session or key end, however much they are used.
    pub ends: Option<Timestamp>,
    /// The origins whose pages may call by it; `None`: whoever has it.
    pub origins: Option<Vec<String>>,
    /// When it was last used, as far as the store was told: milliseconds since 1970.
    pub seen: AtomicI64,
    /// Since when this server knows of it.
    pub first: Instant,
    /// Whether another secret has taken its place.
    pub rotated: AtomicBool,
    /// The changes before it was read.
    pub changes: u64,
    pub read: Instant,
}

/// How long the store is left alone after it gave no answer: meanwhile nobody who is remembered waits for it.
const SILENCE: Duration = Duration::from_secs(2);

/// How often one refusal of one caller is recorded.
const REPEATED: Duration = Duration::from_mins(1);

#[derive(Default)]
pub struct Known {
    callers: RwLock<HashMap<Digest, Arc<Caller>>>,
    changes: AtomicU64,
    /// Until when the store is left alone.
    silent: Mutex<Option<Instant>>,
    /// When which refusal of whom was recorded last.
    refused: Mutex<HashMap<String, Instant>>,
}

/// How the store is to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// At once.
    Now,
    /// By this caller, while what is remembered is used.
    Beside,
    /// Not for a while.
    Later,
}

impl Known {
    /// How many changes there have been; asked before the store is.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// What is remembered must be asked for again: something changed.
    pub fn forget(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// The store gave no answer.
    pub fn was_silent(&self) {
        *self.silent.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + SILENCE);
    }

    /// The store answered.
    pub fn has_answered(&self) {
        *self.silent.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// How the store is to be asked now. Of all who ask once its silence is over, one tries.
    pub fn asking(&self) -> Asking {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        match *silent {
            None => Asking::Now,
            Some(until) if Instant::now() < until => Asking::Later,
            Some(_) => {
                *silent = Some(Instant::now() + SILENCE);
                Asking::Beside
            }
        }
    }

    /// Whether a refusal is to be recorded: not again within a minute, or one caller could fill the log.
    pub fn is_new_refusal(&self, of: &str) -> bool {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() >= MOST {
            refused.retain(|_, at| at.elapsed() < REPEATED);
        }
        let new = refused.get(of).is_none_or(|at| at.elapsed() >= REPEATED);
        if new && refused.len() < MOST {
            refused.insert(of.to_owned(), Instant::now());
        }
        new
    }

    pub fn find(&self, digest: &Digest) -> Option<Arc<Caller>> {
        let callers = self.callers.read().unwrap_or_else(PoisonError::into_inner);
        callers.get(digest).filter(|caller| self.is_fresh(caller)).cloned()
    }

    /// What is remembered though it is old: for as long as the store cannot be asked, and not for ever.
    pub fn find_old(&self, digest: &Digest) -> Option<Arc<Caller>> {
        let callers = self.callers.read().unwrap_or_else(PoisonError::into_inner);
        let held = |caller: &&Arc<Caller>| caller.changes == self.changes() && caller.read.elapsed() < OUTAGE;
        callers.get(digest).filter(held).cloned()
    }

    /// What is remembered, however old: since when, and whether its place is taken.
    pub fn first(&self, digest: &Digest) -> (Instant, bool) {
        let callers = self.callers.read().unwrap_or_else(PoisonError::into_inner);
        let known = callers.get(digest);
        known.map_or((Instant::now(), false), |c| (c.first, c.rotated.load(Ordering::Relaxed)))
    }

    pub fn keep(&self, digest: Digest, caller: Arc<Caller>) {
        let mut callers = self.callers.write().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= MOST {
            callers.retain(|_, caller| self.is_fresh(caller));
        }
        if callers.len() < MOST {
            callers.insert(digest, caller);
        }
    }

    fn is_fresh(&self, caller: &Caller) -> bool {
        caller.changes == self.changes() && caller.read.elapsed() < FRESH
    }
}

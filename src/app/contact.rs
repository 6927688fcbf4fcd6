//! Whether the store answers, and since when not: every call to it that fails is noted here. What is served goes on from memory
//! meanwhile, and says how old it may be.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::Error;

/// When the store was last reached, and whether it has failed to answer since.
#[derive(Debug)]
pub(super) struct Contact {
    start: Instant,
    /// Milliseconds from `start`.
    reached: AtomicU64,
    lost: AtomicBool,
}

impl Contact {
    /// Of a store that has just answered.
    pub fn new() -> Self {
        Self { start: Instant::now(), reached: AtomicU64::new(0), lost: AtomicBool::new(false) }
    }

    /// What the store said, noted: that it is away shows wherever it is asked. That it is back only a whole round of
    /// catching up can tell, see [`Self::judge`]: one answer out of many proves nothing.
    pub fn note<T, E: Into<Error>>(&self, said: Result<T, E>) -> Result<T, Error> {
        let said = said.map_err(Into::into);
        if let Err(Error::Away { .. }) = &said {
            self.lost.store(true, Ordering::Relaxed);
        }
        said
    }

    /// What a round of catching up came to. A refusal is an answer; a store that is busy is neither here nor away.
    pub fn judge<T>(&self, round: Result<T, Error>) -> Result<T, Error> {
        if !matches!(round, Err(Error::Away { .. } | Error::Busy(_))) {
            self.reached.store(self.start.elapsed().as_millis() as u64, Ordering::Relaxed);
            self.lost.store(false, Ordering::Relaxed);
        }
        self.note(round)
    }

    /// How long ago the store was last reached, if it is away now.
    pub fn away(&self) -> Option<Duration> {
        let reached = Duration::from_millis(self.reached.load(Ordering::Relaxed));
        self.lost.load(Ordering::Relaxed).then(|| self.start.elapsed().saturating_sub(reached))
    }
}

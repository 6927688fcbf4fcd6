//! After some failures in a row a service is left alone for a while; then one question shows whether it is back.
//!
//! ```text
//! ok ok FAIL FAIL FAIL │ no no no … 10 s … │ one asks, others: no ─ ok   │ all ask
//!                      └ rest              └ probe               └ FAIL ─ rest again
//! ```
//!
//! Without it every tile of a map would wait its full time for a service that is away, and the grids' tiles behind it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::client::PATIENCE;

/// Failures in a row that start a rest: one alone may be one tile's.
const FAILURES: u32 = 3;
/// How long a rest is.
const REST: Duration = Duration::from_secs(10);

/// Whether a service is asked.
#[derive(Debug, Default)]
pub struct Rest(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    until: Option<Instant>,
}

impl Rest {
    /// Whether to ask at `now`; if so, [`Self::went`] is due.
    pub fn admits(&self, now: Instant) -> bool {
        let mut state = self.state();
        match state.until {
            Some(until) if now < until => false,
            Some(_) => {
                // The one that asks; the others wait for what it finds.
                state.until = Some(now + PATIENCE);
                true
            }
            None => true,
        }
    }

    /// How asking went.
    pub fn went(&self, well: bool, now: Instant) {
        let mut state = self.state();
        if well {
            *state = State::default();
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES {
            state.until = Some(now + REST);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_failures_in_a_row_start_a_rest_and_one_probe_ends_it() {
        let (rest, start) = (Rest::default(), Instant::now());
        for well in [false, false, true, false, false] {
            assert!(rest.admits(start));
            rest.went(well, start);
        }
        assert!(rest.admits(start), "a success in between counts");
        rest.went(false, start);
        assert!(!rest.admits(start) && !rest.admits(start + REST / 2));

        let later = start + REST;
        assert!(rest.admits(later), "the probe");
        assert!(!rest.admits(later), "one alone");
        rest.went(false, later);
        assert!(!rest.admits(later + REST / 2), "it failed: rest again");

        assert!(rest.admits(later + REST));
        rest.went(true, later + REST);
        assert!(rest.admits(later + REST) && rest.admits(later + REST), "it is back: all ask");
    }
}

//! Where CPU work runs: on as many blocking threads as there are cores, never on the reactor.
//!
//! These threads may wait for a zoom coverage that another of them builds. Rayon's workers must not (a worker that
//! waits may steal the very job it waits for), so rayon is used below, inside one piece of work, and never runs one.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::Error;

/// A bounded number of seats for CPU work.
#[derive(Clone, Debug)]
pub struct Pool {
    seats: Arc<Semaphore>,
}

impl Pool {
    /// One seat a core.
    #[must_use]
    pub fn new() -> Self {
        Self::of(std::thread::available_parallelism().map_or(2, usize::from))
    }

    /// So many seats, for work that waits for others rather than for the processor.
    #[must_use]
    pub fn of(seats: usize) -> Self {
        Self { seats: Arc::new(Semaphore::new(seats)) }
    }

    /// Does `work` on a thread of its own once a seat is free.
    ///
    /// # Errors
    /// [`Error::Internal`] where the work panicked.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let seat = Arc::clone(&self.seats).acquire_owned().await.map_err(Error::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(seat);
            result
        });
        done.await.map_err(Error::internal)
    }
}

impl Default for Pool {
    fn default() -> Self {
        Self::new()
    }
}

//! Hears that something was written, from whichever server. It only hurries: whoever listens looks at the store by
//! itself now and then, for what is said while nobody listens is lost.

use std::time::Duration;

use sqlx::Executor;
use sqlx::postgres::PgListener;

use super::StoreError;
use super::postgis::said;

/// How long a sign of life may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// An open ear; see [`super::Store::listen`].
#[derive(Debug)]
pub struct Listener(Ear);

#[derive(Debug)]
enum Ear {
    /// A file says nothing.
    Deaf,
    /// A database's channel, and where that is.
    Postgres(Box<PgListener>, String),
}

impl Listener {
    /// One that never hears anything.
    pub(super) const fn deaf() -> Self {
        Self(Ear::Deaf)
    }

    /// One that listens to a channel.
    pub(super) fn postgres(listener: PgListener, location: String) -> Self {
        Self(Ear::Postgres(Box::new(listener), location))
    }

    /// Waits until the store says that something was written: a version, points, lines or people. Several writes in
    /// quick succession may be said as one. Over a file it never ends.
    ///
    /// # Errors
    /// Any means that something may have been missed: listen anew, then look.
    pub async fn next(&mut self) -> Result<(), StoreError> {
        match &mut self.0 {
            Ear::Deaf => std::future::pending().await,
            Ear::Postgres(listener, location) => match listener.try_recv().await {
                Ok(Some(_)) => {
                    while listener.next_buffered().is_some() {}
                    Ok(())
                }
                lost => {
                    let cause = "the connection that listens was lost";
                    let cause = lost.err().map_or_else(|| cause.to_owned(), |e| said(&e));
                    Err(StoreError::Unreachable { location: location.clone(), cause })
                }
            },
        }
    }

    /// Whether it can still hear: a connection that was swallowed without being ended says nothing for ever.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub async fn check(&mut self) -> Result<(), StoreError> {
        let Ear::Postgres(listener, location) = &mut self.0 else { return Ok(()) };
        let asked = listener.execute("SELECT 1");
        let cause = match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => said(&error),
            Err(_) => "the connection that listens gives no answer".to_owned(),
        };
        Err(StoreError::Unreachable { location: location.clone(), cause })
    }
}

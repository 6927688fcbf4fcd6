//! Who calls, and who may: accounts, sessions, keys, and the log of what happened.
//!
//! ```text
//! name + password ─ place for a try ─ argon2 beside the reactor ─▶ session ┐
//! session or key ─ known for 5 s, or asked of the store ────────────────────┴▶ Scope ─▶ every use case
//! change ─ directory at revision n ─ may they? ─ edits + record, if it is still n ─▶ forgotten here at once
//! ```
//!
//! Every change and every refusal of somebody who is known has its record in the log, in the same transaction as the
//! change: what cannot be recorded is not done.
//!
//! | file | what |
//! |---|---|
//! | `sign_in` | sign in and out, one's own sessions |
//! | `password` | passwords changed, set, and set by a link |
//! | `external` | somebody whom a provider of single sign-on vouches for |
//! | `accounts` | accounts made, listed, changed |
//! | `keys` | API keys and tokens of others' pages |
//! | `scopes`, `known` | from a secret to its caller's scope, kept for a moment |
//! | `change` | a change and its record, tried again where another came first |
//! | `log` | the log: added to, read, checked |
//! | `view` | what is shown of accounts, sessions and keys |

mod accounts;
mod change;
mod external;
mod keys;
mod known;
mod log;
mod password;
mod scopes;
mod sign_in;
mod view;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tokio::sync::Semaphore;

pub(super) use accounts::administers_all;
pub use accounts::{AccountChange, AccountRequest};
pub use external::{NotLetIn, Vouched};
pub use keys::{KeyRequest, Owner};
pub use log::Act;
pub use sign_in::{Credentials, SignedIn};
pub use view::{AccountView, KeyView, SessionView};

use super::{Error, Pool};
use crate::access::{Password, PasswordHash, Secret, SecretKind};
use crate::store::Store;
use crate::unit::Levels;
use known::Known;

/// How long sessions hold.
#[derive(Clone, Copy, Debug)]
pub struct SessionLimits {
    /// Unused.
    pub idle: Duration,
    /// However much they are used.
    pub absolute: Duration,
    /// After how long in use the page is given another secret.
    pub rotation: Duration,
}

impl Default for SessionLimits {
    /// An hour unused, a working day in all.
    fn default() -> Self {
        Self {
            idle: Duration::from_hours(1),
            absolute: Duration::from_hours(12),
            rotation: Duration::from_hours(1),
        }
    }
}

/// Passwords that may wait for a seat: more at once are turned away, rather than queue for longer than anybody waits.
const WAITING: usize = 32;

/// The use cases of who calls. Cheap to clone; clones share what they know.
#[derive(Clone)]
pub struct Identity {
    store: Store,
    limits: SessionLimits,
    /// Seats for argon2, at most half of the cores: who tries passwords holds up no tile.
    hashing: Pool,
    waiting: Arc<Semaphore>,
    known: Arc<Known>,
    /// Of the version served: a grant whose area ends elsewhere covers nothing.
    levels: Arc<ArcSwapOption<Levels>>,
}

impl Identity {
    /// Over a store.
    #[must_use]
    pub fn new(store: Store, limits: SessionLimits) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            store,
            limits,
            hashing: Pool::of((cores / 2).max(1)),
            waiting: Arc::new(Semaphore::new(WAITING)),
            known: Arc::default(),
            levels: Arc::default(),
        }
    }

    /// Says which levels the version served has.
    pub(super) fn set_levels(&self, levels: &Levels) {
        if self.levels.load().as_deref() != Some(levels) {
            self.levels.store(Some(Arc::new(levels.clone())));
            self.known.forget();
        }
    }

    /// Whether a password is the one that is kept, beside the reactor. Takes as long where nothing is kept.
    async fn is(&self, password: Password, kept: Option<PasswordHash>) -> Result<bool, Error> {
        self.hash(move || password.is(kept.as_ref())).await
    }

    /// What is kept of a password.
    async fn hashed(&self, password: Password) -> Result<PasswordHash, Error> {
        let salt = drawn()?;
        self.hash(move || password.hash(salt)).await?.map_err(Error::internal)
    }

    async fn hash<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let full = |_| Error::Busy("too many passwords are being looked at; try again".into());
        let _waiting = self.waiting.try_acquire().map_err(full)?;
        self.hashing.run(work).await
    }
}

/// Bytes drawn by lot by the system.
fn drawn<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

/// A new secret.
pub(super) fn drawn_secret(kind: SecretKind) -> Result<Secret, Error> {
    Ok(Secret::new(kind, drawn()?))
}

//! What a provider says of itself, and its keys, kept for a while.
//!
//! ```text
//! read < 1 h ago ─ used        older ─ read again; where that fails, used all the same
//! a token by an unknown key ─ read again, at most once a minute
//! ```
//!
//! One asks at a time; the others wait for what it finds.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use openidconnect::{DiscoveryError, ProviderMetadataWithLogout};

use super::access::OidcAccess;
use super::{Caller, outage};
use crate::outbound::{Outage, rest::Rest};

/// How long what was read is used without another look.
const FRESH: Duration = Duration::from_hours(1);
/// Between two looks for the sake of an unknown key: anybody can sign a token with one.
const PAUSE: Duration = Duration::from_mins(1);

/// What a provider said.
pub struct Kept {
    /// With its keys.
    pub metadata: ProviderMetadataWithLogout,
    read: Instant,
}

/// Keeps it.
pub struct Keeper {
    state: Mutex<State>,
    rest: Rest,
}

#[derive(Default)]
struct State {
    kept: Option<Arc<Kept>>,
    renewed: Option<Instant>,
}

impl Keeper {
    pub fn new(rest: Rest) -> Self {
        Self { state: Mutex::default(), rest }
    }

    /// What the provider says.
    ///
    /// # Errors
    /// [`Outage`] where it never did and does not answer.
    pub fn kept(&self, access: &OidcAccess, caller: &Caller) -> Result<Arc<Kept>, Outage> {
        let mut state = self.state();
        if let Some(kept) = state.kept.as_ref().filter(|kept| kept.read.elapsed() < FRESH) {
            return Ok(Arc::clone(kept));
        }
        match (self.read(access, caller), &state.kept) {
            (Ok(kept), _) => {
                state.kept = Some(Arc::clone(&kept));
                Ok(kept)
            }
            (Err(_), Some(old)) => Ok(Arc::clone(old)),
            (Err(outage), None) => Err(outage),
        }
    }

    /// What the provider says since `seen`, which lacks a key; `None` where it was asked a moment ago, or does not answer.
    pub fn renewed(&self, seen: &Arc<Kept>, access: &OidcAccess, caller: &Caller) -> Option<Arc<Kept>> {
        let mut state = self.state();
        if let Some(other) = state.kept.as_ref().filter(|kept| !Arc::ptr_eq(kept, seen)) {
            return Some(Arc::clone(other));
        }
        if state.renewed.is_some_and(|at| at.elapsed() < PAUSE) {
            return None;
        }
        state.renewed = Some(Instant::now());
        let kept = self.read(access, caller).ok()?;
        state.kept = Some(Arc::clone(&kept));
        Some(kept)
    }

    fn read(&self, access: &OidcAccess, caller: &Caller) -> Result<Arc<Kept>, Outage> {
        if !self.rest.admits(Instant::now()) {
            return Err(Outage { cause: String::new(), ..outage("") });
        }
        let found = ProviderMetadataWithLogout::discover(access.issuer_url(), &|request| caller.ask(request));
        self.rest.went(found.is_ok(), Instant::now());
        let kept = found.map(|metadata| Kept { metadata, read: Instant::now() });
        kept.map(Arc::new).map_err(|error| undiscovered(&error))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn undiscovered(error: &DiscoveryError<Outage>) -> Outage {
    match error {
        DiscoveryError::Request(outage) => outage.clone(),
        DiscoveryError::Response(status, ..) => {
            outage(&format!("its description came with status {} or is no JSON", status.as_u16()))
        }
        DiscoveryError::Validation(_) => {
            outage("it calls itself by another issuer than was configured, to the last character")
        }
        _ => outage("its description, or its keys, cannot be read"),
    }
}

//! Single sign-on: a browser goes to the provider with a visit's secret, and comes back with a code.
//!
//! ```text
//! begin ─ visit ─▶ the provider's page ─ state, code ─▶ complete ─ the state is the visit's? ─ tokens ─▶ session
//! ```
//!
//! Nothing of a visit is kept here: whichever of several servers may take the way back. Questions to the provider have
//! seats of their own, and no more wait than anybody would wait for.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::identity::{Identity, NotLetIn, SignedIn, Vouched, drawn_secret};
use super::{Error, Pool};
use crate::access::{Rule, Scope, Secret, SecretKind, Subject};
use crate::outbound::{Claims, Doubt, Oidc, OidcAccess};

/// Questions to the provider at once.
const QUESTIONS: usize = 4;
/// Browsers that may wait for one.
const WAITING: usize = 32;
/// No code is longer.
const LONGEST: usize = 4096;

/// A provider, and what its groups give.
#[derive(Clone, Debug)]
pub struct SingleSignOnSettings {
    /// How to get at it.
    pub access: OidcAccess,
    /// What the page calls it.
    pub name: String,
    /// What its groups give.
    pub rules: Vec<Rule>,
}

/// Why somebody who came by single sign-on was not let in, as far as they may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is no answer to a visit of this browser's.
    State,
    /// The token answers another visit.
    Nonce,
    /// The token does not hold.
    Token,
    /// The token's time is over.
    Expired,
    /// The token is meant for another client.
    Audience,
    /// Their groups give them nothing here.
    NoRole,
    /// They, the provider or an administrator here did not want it.
    Denied,
    /// The provider, or the store, did not answer.
    Provider,
}

impl Refusal {
    /// One word, for the page.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Nonce => "nonce",
            Self::Token => "token",
            Self::Expired => "expired",
            Self::Audience => "audience",
            Self::NoRole => "no-role",
            Self::Denied => "denied",
            Self::Provider => "provider",
        }
    }
}

/// What a browser comes back with.
#[derive(Default)]
pub struct Return {
    /// The visit that it holds.
    pub visit: Option<Secret>,
    /// To which the provider says that it answers.
    pub state: Option<String>,
    /// For which there are tokens.
    pub code: Option<String>,
    /// What there is in the place of a code.
    pub error: Option<String>,
    /// Who answers, where the provider says so.
    pub issuer: Option<String>,
}

/// The use cases of single sign-on.
pub struct SingleSignOn {
    provider: Arc<Oidc>,
    name: String,
    rules: Vec<Rule>,
    seats: Pool,
    waiting: Semaphore,
    identity: Identity,
}

impl SingleSignOn {
    pub(super) fn new(settings: &SingleSignOnSettings, identity: Identity) -> Self {
        let SingleSignOnSettings { access, name, rules } = settings.clone();
        let (seats, waiting) = (Pool::of(QUESTIONS), Semaphore::new(WAITING));
        Self { provider: Arc::new(Oidc::new(access)), name, rules, seats, waiting, identity }
    }

    /// What the page calls the provider.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether somebody could become an administrator of the whole coverage by it.
    #[must_use]
    pub fn makes_administrators(&self) -> bool {
        self.rules.iter().any(|rule| super::identity::administers_all(std::slice::from_ref(&rule.grant)))
    }

    /// Whether every rule's area is a unit of the county.
    ///
    /// # Errors
    /// [`Error::Bad`] where one is not.
    pub async fn check(&self) -> Result<(), Error> {
        let grants: Vec<_> = self.rules.iter().map(|rule| rule.grant.clone()).collect();
        for some in grants.chunks(1) {
            self.identity.check_areas(some).await?;
        }
        Ok(())
    }

    /// Begins a visit: where the browser goes, and the secret that it holds meanwhile. It comes back to `back`.
    ///
    /// # Errors
    /// [`Refusal::Provider`].
    pub async fn begin(&self, back: &str) -> Result<(String, Secret), Refusal> {
        let visit = drawn_secret(SecretKind::Visit).map_err(|error| failed(&error))?;
        let (provider, secret, back) = (Arc::clone(&self.provider), visit.clone(), back.to_owned());
        let url = self.ask(move || provider.begin(&secret, &back)).await?;
        Ok((url.map_err(|outage| doubted(&Doubt::Outage(outage)))?, visit))
    }

    /// Signs in whoever comes back from a visit; `back` is the address that they came to, as [`Self::begin`] had it.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn complete(
        &self,
        scope: &Scope,
        came: Return,
        back: &str,
        agent: &str,
    ) -> Result<SignedIn, Refusal> {
        let (visit, code) = self.answered(came)?;
        let (provider, back) = (Arc::clone(&self.provider), back.to_owned());
        match self.ask(move || provider.complete(&visit, code, &back)).await? {
            Ok(claims) => self.let_in(scope, claims, agent).await,
            Err(doubt) => {
                let refusal = doubted(&doubt);
                // What anybody can bring about is not recorded.
                if !matches!(doubt, Doubt::Outage(_) | Doubt::Code) {
                    self.identity
                        .record_doubt(scope, refusal.word())
                        .await
                        .map_err(|error| failed(&error))?;
                }
                Err(refusal)
            }
        }
    }

    /// The visit and its code, if this is an answer to it.
    fn answered(&self, came: Return) -> Result<(Secret, String), Refusal> {
        let visit = came.visit.filter(|visit| visit.kind() == SecretKind::Visit).ok_or(Refusal::State)?;
        if came.state.as_deref() != Some(&*Oidc::state(&visit)) {
            return Err(Refusal::State);
        }
        if came.issuer.is_some_and(|issuer| issuer != self.provider.access().issuer()) {
            return Err(Refusal::Token);
        }
        match came.error.as_deref() {
            Some("server_error" | "temporarily_unavailable") => Err(Refusal::Provider),
            Some(_) => Err(Refusal::Denied),
            None => {
                let code = came.code.filter(|code| code.len() <= LONGEST).ok_or(Refusal::Token)?;
                Ok((visit, code))
            }
        }
    }

    async fn let_in(&self, scope: &Scope, claims: Claims, agent: &str) -> Result<SignedIn, Refusal> {
        let access = self.provider.access();
        let of_email = claims.email.as_ref().and_then(|email| Some(email.split_once('@')?.0.to_owned()));
        let names = [claims.username, of_email, Some(claims.subject.clone())];
        let vouched = Vouched {
            subject: Subject { issuer: access.issuer().to_owned(), id: claims.subject },
            host: access.host().to_owned(),
            names: names.into_iter().flatten().collect(),
            display_name: claims.display_name.unwrap_or_default(),
            groups: claims.groups.unwrap_or_default(),
        };
        let signed_in = self.identity.sign_in_vouched(scope, &vouched, &self.rules, agent).await;
        signed_in.map_err(|not| match not {
            NotLetIn::NoRole => Refusal::NoRole,
            NotLetIn::Disabled => Refusal::Denied,
            NotLetIn::Error(error) => failed(&error),
        })
    }

    /// Where the caller, who signs out, ends the provider's own session: nowhere, where it is not by it that they are
    /// here. They are led to `back` from there.
    pub async fn leave(&self, scope: &Scope, back: &str) -> Option<String> {
        let account = self.identity.me(scope).await.ok().flatten()?;
        if !account.single_sign_on {
            return None;
        }
        let (provider, back) = (Arc::clone(&self.provider), back.to_owned());
        self.ask(move || provider.leave(&back)).await.ok().flatten()
    }

    /// Asks the provider, beside the reactor.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let Ok(_waiting) = self.waiting.try_acquire() else {
            tracing::warn!("too many sign in by single sign-on at once; some were turned away");
            return Err(Refusal::Provider);
        };
        self.seats.run(question).await.map_err(|error| failed(&error))
    }
}

/// What somebody may know of a doubt; the log has the rest.
fn doubted(doubt: &Doubt) -> Refusal {
    match doubt {
        Doubt::Outage(outage) if outage.cause.is_empty() => {}
        Doubt::Outage(outage) => tracing::warn!(cause = %outage.cause, "{outage}"),
        Doubt::Code => tracing::debug!("{doubt}"),
        _ => tracing::warn!("somebody was not let in: {doubt}"),
    }
    match doubt {
        Doubt::Token(_) | Doubt::Code => Refusal::Token,
        Doubt::Nonce => Refusal::Nonce,
        Doubt::Expired => Refusal::Expired,
        Doubt::Audience => Refusal::Audience,
        Doubt::Outage(_) => Refusal::Provider,
    }
}

fn failed(error: &Error) -> Refusal {
    tracing::warn!(%error, "somebody could not be signed in");
    Refusal::Provider
}

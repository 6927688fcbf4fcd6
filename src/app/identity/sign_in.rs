//! Signing in and out, and the sessions that one has.

use std::sync::atomic::Ordering;

use jiff::Timestamp;
use serde_json::json;

use super::change::account_target;
use super::password::own_session;
use super::{AccountView, Act, Identity, SessionView, drawn_secret};
use crate::access::audit::Outcome;
use crate::access::lockout::Counted;
use crate::access::{AccountId, Password, Scope, Secret, SecretKind, Who, fold};
use crate::app::Error;
use crate::store::{Account, Edit, Place, Session};

/// The most characters that are kept of what a browser calls itself.
const AGENT: usize = 200;

/// For how long the session before still holds after a rotation: requests under way carry it.
const ROTATION: std::time::Duration = std::time::Duration::from_mins(1);

/// What somebody typed to sign in. Not for logs: the name may be a password in the wrong field.
pub struct Credentials {
    /// The account's name, in any case.
    pub name: String,
    /// The password.
    pub password: Password,
    /// What the browser calls itself.
    pub agent: String,
}

/// Somebody who signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session's secret, for its owner's browser alone.
    pub session: Secret,
    /// Who they are.
    pub account: AccountView,
    /// When the session ends, however much it is used.
    pub expires: Timestamp,
}

/// What tries at a name are counted for.
pub(super) fn counted(scope: &Scope, name: &str) -> Vec<Counted> {
    std::iter::once(Counted::name(name)).chain(scope.address().map(Counted::address)).collect()
}

impl Identity {
    /// Signs somebody in. `scope` is nobody's, with the address they come from. What is answered, and how long it takes,
    /// says nothing of whether there is such an account.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a wrong name or password and for an account that is disabled; [`Error::Limited`] after too
    /// many tries at this name or from this address; [`Error::Busy`] where too many are being looked at.
    pub async fn sign_in(&self, scope: &Scope, credentials: Credentials) -> Result<SignedIn, Error> {
        let Credentials { name, password, agent } = credentials;
        let counted = counted(scope, &name);
        let account = self.store.account_named(&fold(&name)).await?;
        // What was typed may be a password in the wrong field: only a name that there is stands in the log.
        let target = account.as_ref().map_or_else(|| "account".to_owned(), |a| account_target(&a.name));
        let (place, turned_away) = self.take_place(scope, counted.clone(), "session.begin", &target).await?;
        let kept = account.as_ref().and_then(|a| a.password.clone());
        let right = self.is(password, kept).await?;
        let Some(account) = account.filter(|a| right && !a.disabled) else {
            let act = Act::new("session.begin", target).after(json!({ "turned_away": turned_away }));
            self.record(scope, act, Outcome::Refused).await?;
            return Err(Error::Unknown("the name or the password is wrong".into()));
        };
        let signed_in = self.let_in(scope, &account, &agent, turned_away).await?;
        if let Err(error) = self.store.give_back(counted, place).await {
            tracing::warn!(%error, "a sign-in that succeeded counts as a try");
        }
        Ok(signed_in)
    }

    /// A session for somebody of whom it is certain who they are, recorded as having come by `scope`'s way.
    pub(super) async fn let_in(
        &self,
        scope: &Scope,
        account: &Account,
        agent: &str,
        turned_away: u64,
    ) -> Result<SignedIn, Error> {
        let secret = drawn_secret(SecretKind::Session)?;
        let created = Timestamp::now();
        let session = Session {
            digest: secret.digest(),
            account: account.id,
            created,
            seen: created,
            expires: created + self.limits.absolute,
            address: scope.address().map(|a| a.to_string()).unwrap_or_default(),
            agent: agent.chars().filter(|c| !c.is_control()).take(AGENT).collect(),
        };
        let expires = session.expires;
        let after = json!({ "session": session.digest.id(), "turned_away": turned_away });
        let who = Who::Account(account.id, account.name.as_str().into());
        let them = Scope::of(who, scope.via().clone(), []).from_address(scope.address());
        let act = Act::new("session.begin", account_target(&account.name)).after(after);
        self.edit(&them, vec![Edit::AddSession(session)], act).await?;
        Ok(SignedIn { session: secret, account: account.into(), expires })
    }

    /// Takes a place for a try; by what it is given back, and how many were turned away before. The first of those that
    /// are turned away is recorded.
    pub(super) async fn take_place(
        &self,
        scope: &Scope,
        counted: Vec<Counted>,
        action: &'static str,
        target: &str,
    ) -> Result<(i64, u64), Error> {
        match self.store.take_place(counted).await? {
            Place::Taken { at, turned_away } => Ok((at, turned_away)),
            Place::None { wait, first } => {
                let seconds = wait.unsigned_abs().div_ceil(1000);
                if first {
                    let act = Act::new(action, target).after(json!({ "wait_seconds": seconds }));
                    self.record(scope, act, Outcome::Refused).await?;
                }
                let detail = format!("too many tries: the next is looked at in {seconds} s");
                Err(Error::Limited { detail, seconds })
            }
        }
    }

    /// Ends the caller's session.
    ///
    /// # Errors
    /// [`Error::Unknown`] where it is not the one by which they call.
    pub async fn sign_out(&self, scope: &Scope, session: &Secret) -> Result<(), Error> {
        let (_, name) = own_session(scope, session)?;
        let digest = session.digest();
        let act = Act::new("session.end", account_target(name)).after(json!({ "session": digest.id() }));
        self.edit(scope, vec![Edit::EndSession(digest, Timestamp::now())], act).await
    }

    /// Ends every session of the caller's, this one too.
    ///
    /// # Errors
    /// [`Error::Unknown`] for callers without a session.
    pub async fn sign_out_everywhere(&self, scope: &Scope) -> Result<(), Error> {
        let (id, name) = signed_in(scope)?;
        self.edit(scope, vec![Edit::EndSessions(id, None)], Act::new("session.end-all", account_target(name)))
            .await
    }

    /// The caller's sessions that hold, the newest first.
    ///
    /// # Errors
    /// [`Error::Unknown`] for callers without a session.
    pub async fn sessions(&self, scope: &Scope) -> Result<Vec<SessionView>, Error> {
        let (id, _) = signed_in(scope)?;
        let now = Timestamp::now();
        let sessions = self.store.sessions(id).await?;
        Ok(sessions.iter().filter(|s| self.holds(s, now)).map(SessionView::from).collect())
    }

    /// Ends one of the caller's sessions, by the id that [`Self::sessions`] gives.
    ///
    /// # Errors
    /// [`Error::Missing`] where they have none of that id.
    pub async fn end_session(&self, scope: &Scope, id: &str) -> Result<(), Error> {
        let (account, name) = signed_in(scope)?;
        let sessions = self.store.sessions(account).await?;
        let missing = || Error::Missing("you have no session of that id".into());
        let now = Timestamp::now();
        let held = sessions.iter().find(|s| s.digest.id() == id && self.holds(s, now));
        let digest = held.ok_or_else(missing)?.digest;
        let act = Act::new("session.end", account_target(name)).after(json!({ "session": id }));
        self.edit(scope, vec![Edit::EndSession(digest, Timestamp::now())], act).await
    }

    /// The same for a session that this server has known under its secret for as long as it may be used, once.
    ///
    /// # Errors
    /// As [`Self::rotate`].
    pub async fn rotate_if_due(&self, scope: &Scope, session: &Secret) -> Result<Option<SignedIn>, Error> {
        let Some(caller) = self.known.find(&session.digest()) else { return Ok(None) };
        if caller.first.elapsed() < self.limits.rotation || caller.rotated.swap(true, Ordering::Relaxed) {
            return Ok(None);
        }
        self.rotate(scope, session).await.map(Some)
    }

    /// Another secret for the caller's session, which goes on; the one before holds for a minute more.
    ///
    /// # Errors
    /// [`Error::Unknown`] where it is not the one by which they call, or does not hold.
    pub async fn rotate(&self, scope: &Scope, session: &Secret) -> Result<SignedIn, Error> {
        let (_, name) = own_session(scope, session)?;
        let found = self.store.session(session.digest()).await?;
        let held = found.filter(|(s, a)| self.holds(s, Timestamp::now()) && !a.disabled);
        let unknown = || Error::Unknown("expected a session that holds, found none".into());
        let (found, account) = held.ok_or_else(unknown)?;
        let (next, secret) = successor(&found)?;
        let expires = next.expires;
        let old = Edit::EndSession(found.digest, Timestamp::now() + ROTATION);
        let after = json!({ "session": next.digest.id() });
        let act = Act::new("session.rotate", account_target(name)).after(after);
        self.edit(scope, vec![Edit::AddSession(next), old], act).await?;
        Ok(SignedIn { session: secret, account: (&account).into(), expires })
    }

    pub(super) fn holds(&self, session: &Session, now: Timestamp) -> bool {
        session.expires > now && session.seen + self.limits.idle > now
    }

    /// Changes sessions, whatever the directory's revision, and forgets what is known of them here.
    pub(super) async fn edit(&self, scope: &Scope, edits: Vec<Edit>, act: Act) -> Result<(), Error> {
        let done = self.store.edit_directory(edits, act.event(scope, Outcome::Done), None).await;
        self.changed(done).map(drop)
    }
}

/// The account whose owner calls in person.
fn signed_in(scope: &Scope) -> Result<(AccountId, &str), Error> {
    match scope.who() {
        Who::Account(id, name) if scope.is_in_person() => Ok((*id, name)),
        _ => Err(Error::Unknown("expected somebody who is signed in".into())),
    }
}

/// A session that takes another's place, and ends when that would have.
pub(super) fn successor(session: &Session) -> Result<(Session, Secret), Error> {
    let secret = drawn_secret(SecretKind::Session)?;
    let next = Session { digest: secret.digest(), seen: Timestamp::now(), ..session.clone() };
    Ok((next, secret))
}

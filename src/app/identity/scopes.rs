//! From a secret to its caller's scope.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Instant;

use jiff::Timestamp;

use super::Identity;
use super::known::{Asking, Caller};
use crate::access::{AccountId, Digest, Grant, KeyId, Scope, Secret, SecretKind, Via, Who};
use crate::app::Error;
use crate::store::{Account, Key, KeyKind, StoreError};

/// How much later than the store was told last it is told again that a session or key is in use, in milliseconds.
const TOLD: i64 = 60_000;

/// What the store is told of a use.
enum Used {
    Session(Digest),
    Key(KeyId),
}

impl Identity {
    /// The scope of whoever holds a session, from an address; `None` where it does not hold (any more).
    ///
    /// # Errors
    /// [`Error::Away`] where the store must be asked and does not answer.
    pub async fn scope_of_session(
        &self,
        secret: &Secret,
        from: Option<IpAddr>,
    ) -> Result<Option<Scope>, Error> {
        if secret.kind() != SecretKind::Session {
            return Ok(None);
        }
        let (digest, now) = (secret.digest(), Timestamp::now());
        let caller = match self.known.find(&digest) {
            Some(caller) => caller,
            None => match self.asked(digest, now, SecretKind::Session).await? {
                Some(caller) => caller,
                None => return Ok(None),
            },
        };
        let idle = now.as_millisecond() - caller.seen.load(Ordering::Relaxed);
        if caller.ends.is_some_and(|ends| ends <= now) || idle >= self.limits.idle.as_millis() as i64 {
            return Ok(None);
        }
        let scope = caller.scope.from_address(from);
        self.tell(&caller, &Used::Session(digest), now, from).await;
        Ok(Some(scope))
    }

    /// The scope of whoever holds an API key or a page's token. `origin` is the page's, if one calls: a token that is
    /// bound to origins holds for no other, and for no caller that names none.
    ///
    /// # Errors
    /// [`Error::Away`] where the store must be asked and does not answer.
    pub async fn scope_of_key(
        &self,
        secret: &Secret,
        origin: Option<&str>,
        from: Option<IpAddr>,
    ) -> Result<Option<Scope>, Error> {
        if !matches!(secret.kind(), SecretKind::Key | SecretKind::Token) {
            return Ok(None);
        }
        let (digest, now) = (secret.digest(), Timestamp::now());
        let caller = match self.known.find(&digest) {
            Some(caller) => caller,
            None => match self.asked(digest, now, secret.kind()).await? {
                Some(caller) => caller,
                None => return Ok(None),
            },
        };
        let may = |origins: &Vec<String>| origin.is_some_and(|o| origins.iter().any(|own| own == o));
        if caller.ends.is_some_and(|ends| ends <= now) || !caller.origins.as_ref().is_none_or(may) {
            return Ok(None);
        }
        if let Via::Key(id) | Via::Token(id) = caller.scope.via() {
            self.tell(&caller, &Used::Key(*id), now, from).await;
        }
        Ok(Some(caller.scope.from_address(from)))
    }

    /// What somebody who was let in may do now; `None` once their session or key no longer holds. It is not used by the
    /// question.
    pub async fn still(&self, secret: &Secret, was: &Scope) -> Option<Scope> {
        let (digest, now) = (secret.digest(), Timestamp::now());
        let caller = match self.known.find(&digest) {
            Some(caller) => Ok(Some(caller)),
            None => self.asked(digest, now, secret.kind()).await,
        };
        match caller {
            Ok(caller) => {
                let caller = caller.filter(|caller| caller.ends.is_none_or(|ends| ends > now))?;
                Some(caller.scope.from_address(was.address()))
            }
            // One who cannot be asked about is not sent away for that.
            Err(_) => Some(was.clone()),
        }
    }

    /// What the store says; what it said last, while it cannot be asked: then nobody who is remembered waits for it.
    async fn asked(
        &self,
        digest: Digest,
        now: Timestamp,
        kind: SecretKind,
    ) -> Result<Option<Arc<Caller>>, Error> {
        let asking = self.known.asking();
        if asking != Asking::Now
            && let Some(old) = self.known.find_old(&digest)
        {
            if asking == Asking::Beside {
                let beside = self.clone();
                tokio::spawn(async move { beside.ask(digest, now, kind).await.is_ok() });
            }
            return Ok(Some(old));
        }
        match self.ask(digest, now, kind).await {
            Err(away @ Error::Away { .. }) => self.known.find_old(&digest).map(Some).ok_or(away),
            asked => asked,
        }
    }

    async fn ask(
        &self,
        digest: Digest,
        now: Timestamp,
        kind: SecretKind,
    ) -> Result<Option<Arc<Caller>>, Error> {
        let asked = match kind {
            SecretKind::Session => self.ask_session(digest, now).await,
            _ => self.ask_key(digest).await,
        };
        match &asked {
            Err(Error::Away { .. }) => self.known.was_silent(),
            _ => self.known.has_answered(),
        }
        asked
    }

    async fn ask_session(&self, digest: Digest, now: Timestamp) -> Result<Option<Arc<Caller>>, Error> {
        let (changes, read) = (self.known.changes(), Instant::now());
        let found = self.store.session(digest).await?;
        let Some((session, account)) = found.filter(|(s, a)| self.holds(s, now) && !a.disabled) else {
            return Ok(None);
        };
        let who = Who::Account(account.id, account.name.as_str().into());
        let scope = Scope::of(who, Via::Session(digest.id().into()), self.in_force(account.grants));
        let seen = AtomicI64::new(session.seen.as_millisecond());
        let ends = Some(session.expires);
        let (first, rotated) = self.known.first(&digest);
        let rotated = AtomicBool::new(rotated);
        let caller = Arc::new(Caller { scope, ends, origins: None, seen, first, rotated, changes, read });
        self.known.keep(digest, Arc::clone(&caller));
        Ok(Some(caller))
    }

    async fn ask_key(&self, digest: Digest) -> Result<Option<Arc<Caller>>, Error> {
        let (changes, read) = (self.known.changes(), Instant::now());
        let Some((key, owner)) = self.store.key(digest).await? else { return Ok(None) };
        if key.revoked.is_some() || owner.as_ref().is_some_and(|owner| owner.disabled) {
            return Ok(None);
        }
        let (kind, ends) = (key.kind, key.expires);
        let seen = AtomicI64::new(key.used.map_or(0, Timestamp::as_millisecond));
        let via = if kind == KeyKind::Page { Via::Token(key.id) } else { Via::Key(key.id) };
        let origins = (kind == KeyKind::Page).then(|| key.origins.clone());
        let (who, grants) = of_key(key, owner);
        let scope = Scope::of(who, via, self.in_force(grants));
        let (first, rotated) = (read, AtomicBool::new(false));
        let caller = Arc::new(Caller { scope, ends, origins, seen, first, rotated, changes, read });
        self.known.keep(digest, Arc::clone(&caller));
        Ok(Some(caller))
    }

    /// The grants whose areas are units of the version served.
    fn in_force(&self, mut grants: Vec<Grant>) -> Vec<Grant> {
        if let Some(levels) = self.levels.load().as_deref() {
            grants.retain(|grant| grant.area.fits(levels));
        }
        grants
    }

    /// Tells the store that a session or key is in use, once a minute. Where it cannot be told the request goes on.
    async fn tell(&self, caller: &Caller, used: &Used, now: Timestamp, from: Option<IpAddr>) {
        let (seen, ms) = (caller.seen.load(Ordering::Relaxed), now.as_millisecond());
        let due = ms - seen >= TOLD;
        // Of requests at the same time one tells.
        let order = Ordering::Relaxed;
        if !due || caller.seen.compare_exchange(seen, ms, order, order).is_err() {
            return;
        }
        let address = from.map(|a| a.to_string()).unwrap_or_default();
        let told: Result<(), StoreError> = match used {
            Used::Session(digest) => self.store.touch_session(*digest, now, &address).await,
            Used::Key(id) => self.store.touch_key(*id, now).await,
        };
        if let Err(error) = told {
            tracing::warn!(%error, "could not say that a session or key is in use");
        }
    }
}

/// Who calls by a key, and what they may do: no more than its owner may now.
fn of_key(key: Key, owner: Option<Account>) -> (Who, Vec<Grant>) {
    let Some(Account { id, name, grants: theirs, .. }) = owner else {
        return (Who::Machine(key.name.into()), key.grants);
    };
    let id: AccountId = id;
    let within = |grant: &Grant| theirs.iter().any(|own| own.role == grant.role && own.encloses(grant));
    (Who::Account(id, name.into()), key.grants.into_iter().filter(within).collect())
}

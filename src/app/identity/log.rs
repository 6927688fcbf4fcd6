//! The log of what happened: added to, read, checked.

use serde_json::Value;

use super::Identity;
use crate::access::audit::{Breach, Event, Head, Outcome, Record, Verifier};
use crate::access::{Permission, Scope, Who};
use crate::app::Error;

/// Records read at a time.
const PAGE: u32 = 1000;

/// Something that was done, or was not, for the log. Never a secret in any of it.
#[derive(Clone, Debug)]
pub struct Act {
    /// What: `account.create`, `session.begin`, `export` … For ever.
    pub action: &'static str,
    /// To what: `account:zhangsan`, `key:7` …
    pub target: String,
    /// What was there before.
    pub before: Option<Value>,
    /// What is there now.
    pub after: Option<Value>,
}

impl Act {
    /// An act on a target.
    #[must_use]
    pub fn new(action: &'static str, target: impl Into<String>) -> Self {
        Self { action, target: target.into(), before: None, after: None }
    }

    /// With what was there before.
    #[must_use]
    pub fn before(mut self, before: Value) -> Self {
        self.before = Some(before);
        self
    }

    /// With what is there now.
    #[must_use]
    pub fn after(mut self, after: Value) -> Self {
        self.after = Some(after);
        self
    }

    /// As the log takes it, of a caller.
    #[must_use]
    pub fn event(self, scope: &Scope, outcome: Outcome) -> Event {
        let text = |value: Option<Value>| value.map(|v| v.to_string()).unwrap_or_default();
        Event {
            who: scope.who().to_string(),
            via: scope.via().to_string(),
            from: scope.address().map(|a| a.to_string()).unwrap_or_default(),
            action: self.action.to_owned(),
            target: self.target,
            outcome,
            before: text(self.before),
            after: text(self.after),
        }
    }
}

impl Identity {
    /// Records what the caller did, or was refused.
    ///
    /// # Errors
    /// Where it could not be recorded: then it should not be done.
    pub async fn record(&self, scope: &Scope, act: Act, outcome: Outcome) -> Result<(), Error> {
        self.store.record(act.event(scope, outcome)).await?;
        Ok(())
    }

    /// Goes on where the caller has a permission. A refusal is recorded, the same one once a minute, unless nothing is known
    /// of the caller: anybody could fill the log.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a caller of whom nothing is known, [`Error::Forbidden`] for another.
    pub async fn require(&self, scope: &Scope, permission: Permission, act: Act) -> Result<(), Error> {
        if scope.has(permission) {
            return Ok(());
        }
        let detail = format!("expected a caller who may {}", permission.what());
        match scope.who() {
            Who::Nobody => return Err(Error::Unknown(detail)),
            Who::Everyone => {}
            who => {
                let same = format!("{who} {} {} {}", scope.via(), act.action, act.target);
                if self.known.is_new_refusal(&same) {
                    self.record(scope, act, Outcome::Refused).await?;
                }
            }
        }
        Err(Error::Forbidden(detail))
    }

    /// The log's records before number `before` (none: the last), newest first, at most `limit`.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without [`Permission::ReadAudit`].
    pub async fn audit(&self, scope: &Scope, before: Option<u64>, limit: u32) -> Result<Vec<Record>, Error> {
        self.require(scope, Permission::ReadAudit, Act::new("audit.read", "audit")).await?;
        Ok(self.store.audit_before(before, limit).await?)
    }

    /// The log's records after number `seq`, oldest first, at most `limit`: to take it away page by page. Say so with
    /// [`Self::audit_exported`].
    ///
    /// # Errors
    /// As [`Self::audit`].
    pub async fn audit_after(&self, scope: &Scope, seq: u64, limit: u32) -> Result<Vec<Record>, Error> {
        self.require(scope, Permission::ReadAudit, Act::new("audit.export", "audit")).await?;
        Ok(self.store.audit(seq, limit).await?)
    }

    /// Records that the log is taken away, up to where it ends now; where that is.
    ///
    /// # Errors
    /// As [`Self::audit`].
    pub async fn audit_exported(&self, scope: &Scope) -> Result<Head, Error> {
        let head = self.audit_head(scope).await?;
        let act = Act::new("audit.export", "audit").after(serde_json::json!({ "to": head.seq }));
        self.record(scope, act, Outcome::Done).await?;
        Ok(head)
    }

    /// Where the log ends: to be kept elsewhere.
    ///
    /// # Errors
    /// As [`Self::audit`].
    pub async fn audit_head(&self, scope: &Scope) -> Result<Head, Error> {
        self.require(scope, Permission::ReadAudit, Act::new("audit.head", "audit")).await?;
        Ok(self.store.audit_head().await?)
    }

    /// Whether the log is what was written: against itself, against where the store says that it ends, and against a
    /// head that was kept elsewhere. Where it ends, or the first breach.
    ///
    /// # Errors
    /// As [`Self::audit`]. A breach is no error.
    pub async fn verify_audit(
        &self,
        scope: &Scope,
        kept: Option<Head>,
    ) -> Result<Result<Head, Breach>, Error> {
        // The store's first: what is added meanwhile lies behind it.
        let stored = self.audit_head(scope).await?;
        let mut verifier = Verifier::new(kept.into_iter().chain((stored.seq > 0).then_some(stored)));
        let mut seq = 0;
        loop {
            let page = self.store.audit(seq, PAGE).await?;
            let Some(last) = page.last() else { return Ok(verifier.end()) };
            seq = last.seq;
            for record in &page {
                if let Err(breach) = verifier.next(record) {
                    return Ok(Err(breach));
                }
            }
        }
    }
}

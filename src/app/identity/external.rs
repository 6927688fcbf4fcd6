//! Somebody whom a provider of single sign-on vouches for: their account, and what the provider's groups give them.
//!
//! ```text
//! subject known?  no  ─ grants? ─ none: refused, no account       some: account made ─ session
//!                 yes ─ grants set to what the groups give now ─ none, or disabled: refused ─ session
//! ```
//!
//! The provider decides, at each sign-in: whom it takes a role from loses it here, with the keys that had it from there,
//! though nobody else administered the county. Accounts of this store's own are never touched.

use serde_json::json;

use super::accounts::{check_text, is_administrator};
use super::change::{ROUNDS, account_target};
use super::view::grants_json;
use super::{Act, Identity, SignedIn};
use crate::access::audit::Outcome;
use crate::access::{Grant, Rule, Scope, Subject, Via, Who, grants_of, names};
use crate::app::Error;
use crate::store::{Account, Directory, Edit, NewAccount};

/// What a provider says of somebody.
#[derive(Clone, Debug)]
pub struct Vouched {
    /// Who they are there.
    pub subject: Subject,
    /// The provider's host: part of a name where the plain one is taken.
    pub host: String,
    /// What they may be called here, the best first.
    pub names: Vec<String>,
    /// What people call them; may be empty.
    pub display_name: String,
    /// The groups that they are in.
    pub groups: Vec<String>,
}

/// Why somebody is not let in of whom it is certain who they are.
#[derive(Debug)]
pub enum NotLetIn {
    /// Their groups give them nothing, or what one account may not have together.
    NoRole,
    /// Their account is disabled.
    Disabled,
    /// It could not be done.
    Error(Error),
}

impl<E: Into<Error>> From<E> for NotLetIn {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl Identity {
    /// Signs somebody in whom a provider vouches for, with what the rules give their groups. `scope` is nobody's, with the
    /// address they come from.
    ///
    /// # Errors
    /// [`NotLetIn`]; what the provider's word changes is changed all the same.
    pub async fn sign_in_vouched(
        &self,
        scope: &Scope,
        vouched: &Vouched,
        rules: &[Rule],
        agent: &str,
    ) -> Result<SignedIn, NotLetIn> {
        let scope = Scope::of(Who::Nobody, Via::SingleSignOn, []).from_address(scope.address());
        let grants = grants_of(rules, &vouched.groups).unwrap_or_else(|not| {
            tracing::warn!(%not, "the groups of somebody who signs in exclude each other: they get no role");
            Vec::new()
        });
        let Some(account) = self.agreed(&scope, vouched, &grants).await? else {
            self.turn_away(&scope, "account", "no-role", vouched).await?;
            return Err(NotLetIn::NoRole);
        };
        let target = account_target(&account.name);
        if account.disabled {
            self.turn_away(&scope, &target, "disabled", vouched).await?;
            return Err(NotLetIn::Disabled);
        }
        if grants.is_empty() {
            self.turn_away(&scope, &target, "no-role", vouched).await?;
            return Err(NotLetIn::NoRole);
        }
        Ok(self.let_in(&scope, &account, agent, 0).await?)
    }

    /// Records that somebody was turned away for a reason that the log may have.
    async fn turn_away(
        &self,
        scope: &Scope,
        target: &str,
        why: &'static str,
        vouched: &Vouched,
    ) -> Result<(), Error> {
        let after =
            json!({ "refused": why, "issuer": vouched.subject.issuer, "subject": vouched.subject.id });
        self.record(scope, Act::new("session.begin", target).after(after), Outcome::Refused).await
    }

    /// Records that a provider's word about somebody did not hold.
    ///
    /// # Errors
    /// Where it could not be recorded.
    pub async fn record_doubt(&self, scope: &Scope, why: &'static str) -> Result<(), Error> {
        let scope = Scope::of(Who::Nobody, Via::SingleSignOn, []).from_address(scope.address());
        let act = Act::new("session.begin", "account").after(json!({ "refused": why }));
        self.record(&scope, act, Outcome::Refused).await
    }

    /// Changes the directory until it says what the provider says; the account as it then is. `None` where somebody is new
    /// and may do nothing.
    async fn agreed(
        &self,
        scope: &Scope,
        vouched: &Vouched,
        grants: &[Grant],
    ) -> Result<Option<Account>, Error> {
        for _ in 0..ROUNDS {
            let directory = self.store.directory().await?;
            let found = directory.accounts.iter().find(|a| a.subject.as_ref() == Some(&vouched.subject));
            let (edits, act, by) = match found {
                Some(account) if account.disabled || account.grants == grants => return Ok(found.cloned()),
                None if grants.is_empty() => return Ok(None),
                Some(account) => other_grants(scope, &directory, account, grants),
                None => new_account(scope, &directory, vouched, grants)?,
            };
            let event = act.event(&by, Outcome::Done);
            let done = self.store.edit_directory(edits, event, Some(directory.revision)).await;
            self.known.forget();
            done?;
        }
        Err(Error::Busy("others are changing accounts at the same time; try again".into()))
    }
}

/// A change, its record, and who is said to have made it.
type Change = (Vec<Edit>, Act, Scope);

fn other_grants(scope: &Scope, directory: &Directory, account: &Account, grants: &[Grant]) -> Change {
    let changed = Account { grants: grants.to_vec(), ..account.clone() };
    let others = directory.accounts.iter().any(|a| a.id != account.id && is_administrator(a));
    if is_administrator(account) && !others && !is_administrator(&changed) {
        tracing::warn!(
            "the provider of single sign-on took the last administrator's role away: wangge user add NAME --admin makes another"
        );
    }
    let mut edits = vec![Edit::SetGrants(account.id, grants.to_vec())];
    if grants.is_empty() {
        edits.push(Edit::EndSessions(account.id, None));
    }
    let act = Act::new("account.grants", account_target(&account.name))
        .before(grants_json(&account.grants))
        .after(grants_json(grants));
    let who = Who::Account(account.id, account.name.as_str().into());
    (edits, act, Scope::of(who, scope.via().clone(), []).from_address(scope.address()))
}

fn new_account(
    scope: &Scope,
    directory: &Directory,
    vouched: &Vouched,
    grants: &[Grant],
) -> Result<Change, Error> {
    let taken: Vec<String> = directory.accounts.iter().map(|a| crate::access::fold(&a.name)).collect();
    let wanted: Vec<&str> = vouched.names.iter().map(String::as_str).collect();
    let free = names(&wanted, &vouched.host).find(|name| !taken.contains(&name.folded()));
    let name =
        free.ok_or_else(|| Error::Conflict("every name that the account might have is taken".into()))?;
    let display_name = match check_text("display_name", &vouched.display_name) {
        Ok(()) => vouched.display_name.clone(),
        Err(_) => String::new(),
    };
    let Subject { issuer, id } = &vouched.subject;
    let after = json!({ "display_name": display_name, "grants": grants, "issuer": issuer, "subject": id });
    let act = Act::new("account.create", account_target(name.as_str())).after(after);
    let (password, grants, subject) = (None, grants.to_vec(), Some(vouched.subject.clone()));
    let new = NewAccount { name, display_name, password, grants, subject };
    Ok((vec![Edit::AddAccount(new)], act, scope.clone()))
}

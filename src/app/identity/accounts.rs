//! Accounts made, listed and changed, within what the caller administers.

use serde_json::{Map, Value, json};

use super::change::{account_target, managed};
use super::password::forgiven;
use super::{AccountView, Act, Identity};
use crate::access::{
    AccountId, Area, BadName, Grant, Name, NotAllowed, Password, Permission, Role, Scope, fold, may_give,
    may_manage,
};
use crate::app::{Error, NAME};
use crate::store::{Account, Directory, Edit, NewAccount, Standing};

/// The most characters of a name that people call somebody, or of a category.
const LONGEST: usize = 100;
/// The most grants of one account.
const MOST_GRANTS: usize = 100;

/// An account that is to be made.
#[derive(Debug)]
pub struct AccountRequest {
    /// By which they will sign in.
    pub name: String,
    /// What people call them; may be empty.
    pub display_name: String,
    /// None: by a link ([`Identity::invite`]) they choose one.
    pub password: Option<Password>,
    /// What they may do.
    pub grants: Vec<Grant>,
}

/// What is to be said of an account, in the place of what was; what is `None` stays.
#[derive(Debug, Default)]
pub struct AccountChange {
    /// What people call them; may be empty.
    pub display_name: Option<String>,
    /// What they may do.
    pub grants: Option<Vec<Grant>>,
    /// Whether they may sign in.
    pub standing: Option<Standing>,
}

impl AccountChange {
    /// How the log names it.
    const fn action(&self) -> &'static str {
        match (&self.display_name, &self.grants, self.standing) {
            (Some(_), None, None) => "account.rename",
            (None, Some(_), None) => "account.grants",
            (None, None, Some(Standing::Disabled)) => "account.disable",
            (None, None, Some(Standing::Enabled)) => "account.enable",
            _ => "account.change",
        }
    }
}

impl Identity {
    /// Whether somebody can administer the whole coverage: an account that may be used.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn has_administrator(&self) -> Result<bool, Error> {
        Ok(self.store.directory().await?.accounts.iter().any(is_administrator))
    }

    /// The caller's own account; `None` for callers without one.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn me(&self, scope: &Scope) -> Result<Option<AccountView>, Error> {
        let directory = self.store.directory().await?;
        let own = |a: &&Account| Some(a.id) == scope.account();
        Ok(directory.accounts.iter().find(own).map(AccountView::from))
    }

    /// The accounts that the caller manages, by id.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without [`Permission::ManageAccounts`].
    pub async fn accounts(&self, scope: &Scope) -> Result<Vec<AccountView>, Error> {
        self.require(scope, Permission::ManageAccounts, Act::new("account.list", "accounts")).await?;
        let directory = self.store.directory().await?;
        let theirs = directory.accounts.iter().filter(|a| may_manage(scope, &a.grants).is_ok());
        Ok(theirs.map(AccountView::from).collect())
    }

    /// Makes the first account, an administrator of the whole coverage: for whoever sets up the store.
    ///
    /// # Errors
    /// [`Error::Conflict`] where there are accounts already; as [`Self::add_account`].
    pub async fn add_first_administrator(
        &self,
        scope: &Scope,
        name: &str,
        password: Password,
    ) -> Result<AccountView, Error> {
        let grants = vec![Grant::new(Role::Administrator, Area::WHOLE)];
        let password = Some(password);
        let request = AccountRequest { name: name.to_owned(), display_name: String::new(), password, grants };
        self.add(scope, request, true).await
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`Error::Bad`] for a name, password or grants that cannot be; [`Error::Conflict`] for a name that is taken;
    /// [`Error::Forbidden`] for grants beyond what the caller administers.
    pub async fn add_account(&self, scope: &Scope, request: AccountRequest) -> Result<AccountView, Error> {
        self.add(scope, request, false).await
    }

    async fn add(&self, scope: &Scope, request: AccountRequest, first: bool) -> Result<AccountView, Error> {
        let AccountRequest { name, display_name, password, grants } = request;
        let name =
            Name::new(&name).map_err(|e: BadName| Error::Bad { field: "name", detail: e.to_string() })?;
        check_text("display_name", &display_name)?;
        let asked = Act::new("account.create", account_target(name.as_str()));
        self.require(scope, Permission::ManageAccounts, asked.clone()).await?;
        self.check_areas(&grants).await?;
        let password = match password {
            Some(password) => Some(self.checked(password, &[name.as_str(), &display_name]).await?),
            None => None,
        };
        let new = NewAccount { name, display_name, password, grants, subject: None };
        self.change(scope, asked.clone(), |directory| {
            may_give(scope, &new.grants)?;
            if first && !directory.accounts.is_empty() {
                return Err(Error::Conflict("expected a store without accounts, found some".into()));
            }
            if directory.accounts.iter().any(|a| fold(&a.name) == new.name.folded()) {
                return Err(Error::Conflict(format!("there is an account {:?} already", new.name.as_str())));
            }
            let after = json!({ "display_name": new.display_name, "grants": new.grants });
            Ok((vec![Edit::AddAccount(new.clone())], asked.clone().after(after)))
        })
        .await?;
        let made = self.store.account_named(&new.name.folded()).await?;
        made.as_ref()
            .map(AccountView::from)
            .ok_or_else(|| Error::internal("the account that was made is not there"))
    }

    /// Changes what is said of an account, all of it or nothing, with one record in the log. Of one that may no longer be
    /// used every session ends, and its keys open nothing.
    ///
    /// # Errors
    /// [`Error::Bad`] for grants or a name that cannot be; [`Error::Forbidden`] for grants beyond what the caller
    /// administers; [`Error::Missing`] where there is no such account within it; [`Error::Conflict`] where nobody would
    /// administer the whole coverage any more.
    pub async fn change_account(
        &self,
        scope: &Scope,
        name: &str,
        change: AccountChange,
    ) -> Result<(), Error> {
        let AccountChange { display_name, grants, standing } = &change;
        if let Some(display_name) = display_name {
            check_text("display_name", display_name)?;
        }
        if let Some(grants) = grants {
            self.check_areas(grants).await?;
        }
        let asked = Act::new(change.action(), account_target(name));
        self.change_as(scope, Permission::ManageAccounts, asked.clone(), |directory| {
            let account = managed(directory, scope, name)?;
            let mut edits = Vec::new();
            let (mut before, mut after) = (Map::new(), Map::new());
            let mut tell = |member: &str, was: Value, is: Value| {
                before.insert(member.to_owned(), was);
                after.insert(member.to_owned(), is);
            };
            if let Some(display_name) = display_name {
                tell("display_name", json!(account.display_name), json!(display_name));
                edits.push(Edit::SetDisplayName(account.id, display_name.clone()));
            }
            if let Some(grants) = grants {
                may_give(scope, grants)?;
                tell("grants", json!(account.grants), json!(grants));
                edits.push(Edit::SetGrants(account.id, grants.clone()));
            }
            if let Some(standing) = *standing {
                tell("disabled", json!(account.disabled), json!(standing == Standing::Disabled));
                edits.push(Edit::SetStanding(account.id, standing));
                edits.push(match standing {
                    Standing::Enabled => forgiven(account),
                    Standing::Disabled => Edit::EndSessions(account.id, None),
                });
            }
            let disabled = standing.map_or(account.disabled, |standing| standing == Standing::Disabled);
            keeps_an_administrator(
                directory,
                account.id,
                grants.as_ref().unwrap_or(&account.grants),
                disabled,
            )?;
            Ok((edits, asked.clone().before(before.into()).after(after.into())))
        })
        .await
    }

    /// Says what an account may do, in the place of what it might.
    ///
    /// # Errors
    /// As [`Self::change_account`].
    pub async fn set_grants(&self, scope: &Scope, name: &str, grants: Vec<Grant>) -> Result<(), Error> {
        let change = AccountChange { grants: Some(grants), ..AccountChange::default() };
        self.change_account(scope, name, change).await
    }

    /// Says whether an account may be used.
    ///
    /// # Errors
    /// As [`Self::change_account`].
    pub async fn set_standing(&self, scope: &Scope, name: &str, standing: Standing) -> Result<(), Error> {
        let change = AccountChange { standing: Some(standing), ..AccountChange::default() };
        self.change_account(scope, name, change).await
    }

    /// Ends every session of an account.
    ///
    /// # Errors
    /// As [`Self::change_account`].
    pub async fn end_sessions_of(&self, scope: &Scope, name: &str) -> Result<(), Error> {
        let asked = Act::new("session.end-all", account_target(name));
        self.change_as(scope, Permission::ManageAccounts, asked.clone(), |directory| {
            let account = managed(directory, scope, name)?;
            Ok((vec![Edit::EndSessions(account.id, None)], asked.clone()))
        })
        .await
    }

    /// Whether every area is a unit of the county, and what is listed is not without end.
    pub(in crate::app) async fn check_areas(&self, grants: &[Grant]) -> Result<(), Error> {
        let bad = |detail: String| Error::Bad { field: "grants", detail };
        if grants.len() > MOST_GRANTS || grants.iter().any(|g| g.categories.len() > MOST_GRANTS) {
            return Err(bad(format!("expected at most {MOST_GRANTS} grants and categories, found more")));
        }
        for grant in grants {
            grant.categories.iter().try_for_each(|category| check_text("grants", category))?;
            let Some(code) = &grant.area.0 else { continue };
            let Some(latest) = self.store.latest().await? else {
                return Err(bad("the store holds no version yet: expected grants without an area".into()));
            };
            if !grant.area.fits(&self.store.version(latest).await?.levels) {
                return Err(NotAllowed::Area(grant.area.clone()).into());
            }
            if self.store.holder(code).await?.is_none() {
                return Err(bad(format!(
                    "expected the code of a unit as the area, found {code}, which none has"
                )));
            }
        }
        Ok(())
    }

    /// What the county is called: words that a guesser knows.
    pub(super) async fn county_words(&self) -> Result<Vec<String>, Error> {
        Ok(self.store.setting(NAME).await?.into_iter().chain(["wangge".to_owned()]).collect())
    }
}

/// A text that people read: not too long, on one line.
pub(super) fn check_text(field: &'static str, text: &str) -> Result<(), Error> {
    if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
        let detail = format!("expected at most {LONGEST} characters on one line, found something else");
        return Err(Error::Bad { field, detail });
    }
    Ok(())
}

pub(super) fn is_administrator(account: &Account) -> bool {
    administers_all(&account.grants) && !account.disabled
}

/// Whether they make an administrator of the whole coverage.
pub(in crate::app) fn administers_all(grants: &[Grant]) -> bool {
    let whole = Grant::new(Role::Administrator, Area::WHOLE);
    grants.contains(&whole)
}

/// Whether somebody still administers the whole coverage once an account has these grants and that standing.
fn keeps_an_administrator(
    directory: &Directory,
    changed: AccountId,
    grants: &[Grant],
    disabled: bool,
) -> Result<(), Error> {
    let was = directory.accounts.iter().any(is_administrator);
    let others = directory.accounts.iter().any(|a| a.id != changed && is_administrator(a));
    if was && !others && (disabled || !administers_all(grants)) {
        let detail =
            "expected somebody who administers the whole coverage, found that this account is the last one";
        return Err(Error::Conflict(detail.into()));
    }
    Ok(())
}

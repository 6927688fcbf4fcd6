//! API keys, for programs, and tokens, for others' pages.

use jiff::Timestamp;
use serde_json::json;

use super::accounts::check_text;
use super::change::managed;
use super::{Act, Identity, KeyView, drawn_secret};
use crate::access::{
    AccountId, Area, Grant, KeyId, Permission, Role, Scope, Secret, SecretKind, Who, may_give, may_manage,
};
use crate::app::Error;
use crate::store::{Directory, Edit, Key, KeyKind, NewKey};

/// The most keys of one owner that hold at a time.
const MOST: usize = 50;

/// Whose a key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The caller's account.
    Own,
    /// The account of that name; for an operator, since the key acts as its owner.
    Account(String),
    /// Nobody's: a machine's. For administrators; never an auditor's.
    Machine,
}

/// A key or token that is to be made.
#[derive(Clone, Debug)]
pub enum KeyRequest {
    /// For a program: it may do what its grants say, and of an account never more than its owner.
    Api {
        /// What its owner calls it.
        name: String,
        /// Whose it is.
        owner: Owner,
        /// What it may do; of an account's key empty: all that the owner may at that moment.
        grants: Vec<Grant>,
        /// When it ends by itself.
        expires: Option<Timestamp>,
    },
    /// For others' pages: the map and locating, read only.
    Page {
        /// What it is called.
        name: String,
        /// Where it shows anything.
        area: Area,
        /// The origins whose pages may use it, as `https://example.org`; at least one.
        origins: Vec<String>,
        /// When it ends by itself.
        expires: Timestamp,
    },
}

impl Identity {
    /// Makes a key or token; its secret is shown this once.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for more than the caller, or the owner, may; [`Error::Bad`] for a name, origin or moment that
    /// cannot be; [`Error::Conflict`] where the owner has too many.
    pub async fn create_key(&self, scope: &Scope, request: KeyRequest) -> Result<(KeyView, Secret), Error> {
        check(&request)?;
        let (kind, permission) = match &request {
            KeyRequest::Api { owner: Owner::Own, .. } => (SecretKind::Key, Permission::ManageOwnKeys),
            KeyRequest::Api { .. } => (SecretKind::Key, Permission::ManageAccounts),
            KeyRequest::Page { .. } => (SecretKind::Token, Permission::ManageTokens),
        };
        match &request {
            KeyRequest::Api { grants, .. } => self.check_areas(grants).await?,
            KeyRequest::Page { area, .. } => self.check_areas(&[page_grant(area)]).await?,
        }
        let secret = drawn_secret(kind)?;
        let asked = Act::new("key.create", format!("key:{}", secret.shown()));
        self.change_as(scope, permission, asked.clone(), |directory| {
            let new = new_key(scope, directory, &request, &secret)?;
            let held = |k: &&Key| k.account == new.account && k.revoked.is_none();
            if new.account.is_some() && directory.keys.iter().filter(held).count() >= MOST {
                return Err(Error::Conflict(format!("expected at most {MOST} keys, found as many already")));
            }
            let after = json!({
                "name": new.name, "account": new.account, "grants": new.grants, "origins": new.origins,
                "expires": new.expires.map(|at| at.to_string()),
            });
            Ok((vec![Edit::AddKey(new)], asked.clone().after(after)))
        })
        .await?;
        let directory = self.store.directory().await?;
        let made = directory.keys.iter().find(|k| k.digest == secret.digest());
        let view = made.map(|key| KeyView::of(key, &directory));
        Ok((view.ok_or_else(|| Error::internal("the key that was made is not there"))?, secret))
    }

    /// The caller's keys, and those that they manage, by id; revoked ones among them.
    ///
    /// # Errors
    /// [`Error::Forbidden`] without [`Permission::ManageOwnKeys`].
    pub async fn keys(&self, scope: &Scope) -> Result<Vec<KeyView>, Error> {
        self.require(scope, Permission::ManageOwnKeys, Act::new("key.list", "keys")).await?;
        let directory = self.store.directory().await?;
        let theirs = directory.keys.iter().filter(|key| is_theirs(scope, &directory, key));
        Ok(theirs.map(|key| KeyView::of(key, &directory)).collect())
    }

    /// Revokes a key or token, for ever.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is none of that id that the caller has or manages.
    pub async fn revoke_key(&self, scope: &Scope, id: KeyId) -> Result<(), Error> {
        let asked = Act::new("key.revoke", format!("key:{}", id.0));
        self.change_as(scope, Permission::ManageOwnKeys, asked.clone(), |directory| {
            let found = directory.keys.iter().find(|k| k.id == id && is_theirs(scope, directory, k));
            let key = found.ok_or_else(|| Error::Missing(format!("you have no key {}", id.0)))?;
            let act = asked.clone().before(json!({ "name": key.name, "shown": key.shown }));
            Ok((vec![Edit::RevokeKey(id)], act))
        })
        .await
    }
}

/// A token shows what anybody who may look sees.
fn page_grant(area: &Area) -> Grant {
    Grant::new(Role::Viewer, area.clone())
}

fn check(request: &KeyRequest) -> Result<(), Error> {
    let bad = |field, detail: &str| Err(Error::Bad { field, detail: detail.to_owned() });
    let (name, expires) = match request {
        KeyRequest::Api { name, expires, .. } => (name, *expires),
        KeyRequest::Page { name, expires, origins, .. } => {
            if origins.is_empty() || origins.len() > MOST || !origins.iter().all(|o| is_origin(o)) {
                return bad(
                    "origins",
                    "expected at least one origin, as https://example.org, found something else",
                );
            }
            (name, Some(*expires))
        }
    };
    if name.trim().is_empty() {
        return bad("name", "expected a name, found nothing");
    }
    if expires.is_some_and(|at| at <= Timestamp::now()) {
        return bad("expires", "expected a moment that is still to come, found one that is past");
    }
    check_text("name", name)
}

/// Scheme, host and perhaps a port, as a browser writes them.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:[]".contains(c);
    host.is_some_and(|host| !host.is_empty() && host.len() <= 255 && host.chars().all(fits))
}

fn new_key(
    scope: &Scope,
    directory: &Directory,
    request: &KeyRequest,
    secret: &Secret,
) -> Result<NewKey, Error> {
    let (digest, shown) = (secret.digest(), secret.shown());
    match request.clone() {
        KeyRequest::Page { name, area, origins, expires } => {
            let grants = vec![page_grant(&area)];
            may_give(scope, &grants)?;
            let (kind, account, expires) = (KeyKind::Page, None, Some(expires));
            Ok(NewKey { kind, digest, shown, name, account, grants, origins, expires })
        }
        KeyRequest::Api { name, owner, grants, expires } => {
            let (account, grants) = owned(scope, directory, &owner, grants)?;
            let (kind, origins) = (KeyKind::Api, Vec::new());
            Ok(NewKey { kind, digest, shown, name, account, grants, origins, expires })
        }
    }
}

/// Whose a key will be, and what it may do.
fn owned(
    scope: &Scope,
    directory: &Directory,
    owner: &Owner,
    grants: Vec<Grant>,
) -> Result<(Option<AccountId>, Vec<Grant>), Error> {
    let account = match owner {
        // Otherwise an administrator would make themselves an auditor.
        Owner::Machine if grants.iter().any(|g| g.role == Role::Auditor) => {
            return Err(Error::Forbidden("an auditor's key belongs to an auditor's account".into()));
        }
        Owner::Machine => {
            may_give(scope, &grants)?;
            return Ok((None, grants));
        }
        Owner::Account(name) if matches!(scope.who(), Who::Operator(_)) => managed(directory, scope, name)?,
        Owner::Account(_) => {
            return Err(Error::Forbidden(
                "an account's key is made by its owner, or by a command on the store".into(),
            ));
        }
        Owner::Own => {
            let own = directory.accounts.iter().find(|a| Some(a.id) == scope.account());
            own.ok_or_else(|| Error::Bad {
                field: "owner",
                detail: "expected a caller with an account".into(),
            })?
        }
    };
    let grants = if grants.is_empty() { account.grants.clone() } else { grants };
    let wide = |g: &&Grant| !account.grants.iter().any(|own| own.role == g.role && own.encloses(g));
    match grants.iter().find(wide) {
        Some(grant) => {
            Err(Error::Forbidden(format!("expected grants within those of {}, found {grant}", account.name)))
        }
        None => Ok((Some(account.id), grants)),
    }
}

/// Whether a caller has or manages a key.
fn is_theirs(scope: &Scope, directory: &Directory, key: &Key) -> bool {
    let manages =
        |grants: &[Grant]| scope.has(Permission::ManageAccounts) && may_manage(scope, grants).is_ok();
    match key.account {
        Some(id) if scope.account() == Some(id) => true,
        Some(id) => directory.accounts.iter().any(|a| a.id == id && manages(&a.grants)),
        None => !matches!(scope.who(), Who::Nobody) && manages(&key.grants),
    }
}

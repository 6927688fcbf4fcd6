//! What is shown of accounts, sessions and keys: nothing that opens anything.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::access::{AccountId, Grant, KeyId};
use crate::store::{Account, Directory, Key, KeyKind, Session};

/// An account, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountView {
    /// For ever.
    pub id: AccountId,
    /// By which they sign in.
    pub name: String,
    /// What people call them; may be empty.
    pub display_name: String,
    /// Whether they may not sign in.
    pub disabled: bool,
    /// Whether they can sign in with a password.
    pub has_password: bool,
    /// Whether a provider of single sign-on vouches for them.
    pub single_sign_on: bool,
    /// What they may do.
    pub grants: Vec<Grant>,
    /// When it was made.
    pub created: Timestamp,
    /// When password, grants or standing last changed.
    pub changed: Timestamp,
}

impl From<&Account> for AccountView {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id,
            name: account.name.clone(),
            display_name: account.display_name.clone(),
            disabled: account.disabled,
            has_password: account.password.is_some(),
            single_sign_on: account.subject.is_some(),
            grants: account.grants.clone(),
            created: account.created,
            changed: account.changed,
        }
    }
}

/// A session, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// By which it is ended; opens nothing.
    pub id: String,
    /// When they signed in.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub seen: Timestamp,
    /// When it ends, however much it is used.
    pub expires: Timestamp,
    /// From where it was last used.
    pub address: String,
    /// What the browser calls itself: somebody else's text.
    pub agent: String,
}

impl From<&Session> for SessionView {
    fn from(session: &Session) -> Self {
        Self {
            id: session.digest.id(),
            created: session.created,
            seen: session.seen,
            expires: session.expires,
            address: session.address.clone(),
            agent: session.agent.clone(),
        }
    }
}

/// A key or token, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyView {
    /// By which it is revoked; opens nothing.
    pub id: KeyId,
    /// What it is for.
    pub kind: KeyKind,
    /// How its secret begins.
    pub shown: String,
    /// What its owner calls it.
    pub name: String,
    /// Name of the account that it belongs to; none for a machine's.
    pub owner: Option<String>,
    /// What it may do, at most.
    pub grants: Vec<Grant>,
    /// The origins whose pages may use it; empty: any.
    pub origins: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends by itself.
    pub expires: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub used: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

impl KeyView {
    pub(super) fn of(key: &Key, directory: &Directory) -> Self {
        let owner = key.account.and_then(|id| directory.accounts.iter().find(|a| a.id == id));
        Self {
            id: key.id,
            kind: key.kind,
            shown: key.shown.clone(),
            name: key.name.clone(),
            owner: owner.map(|a| a.name.clone()),
            grants: key.grants.clone(),
            origins: key.origins.clone(),
            created: key.created,
            expires: key.expires,
            used: key.used,
            revoked: key.revoked,
        }
    }
}

/// Grants as the log has them.
pub(super) fn grants_json(grants: &[Grant]) -> Value {
    json!({ "grants": grants })
}

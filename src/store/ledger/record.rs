//! What goes into the ledger and comes out of it. Secrets stand in none of it: digests and hashes, which `Debug` hides.

use jiff::Timestamp;

use crate::access::{AccountId, Digest, Grant, KeyId, Name, PasswordHash, Subject};

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// For ever.
    pub id: AccountId,
    /// Told apart without case.
    pub name: String,
    /// What people call them; may be empty.
    pub display_name: String,
    /// None: they cannot sign in with a password.
    pub password: Option<PasswordHash>,
    /// Whether they may not sign in at all.
    pub disabled: bool,
    /// What they may do.
    pub grants: Vec<Grant>,
    /// Who they are at a provider of single sign-on. None: an account of this store's own.
    pub subject: Option<Subject>,
    /// When it was made.
    pub created: Timestamp,
    /// When password, grants or standing last changed.
    pub changed: Timestamp,
}

/// An account that is to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What it is called.
    pub name: Name,
    /// What people call them.
    pub display_name: String,
    /// What is kept of the password.
    pub password: Option<PasswordHash>,
    /// What they may do.
    pub grants: Vec<Grant>,
    /// Who they are at a provider of single sign-on; then there is no password.
    pub subject: Option<Subject>,
}

/// Somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Of its secret.
    pub digest: Digest,
    /// Whose it is.
    pub account: AccountId,
    /// When they signed in.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub seen: Timestamp,
    /// When it ends, however much it is used.
    pub expires: Timestamp,
    /// From where it was last used.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A program of its owner's.
    Api,
    /// Pages of others: the map, read only.
    Page,
}

/// What opens the server for a program or a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// For ever.
    pub id: KeyId,
    /// What it is for.
    pub kind: KeyKind,
    /// Of its secret.
    pub digest: Digest,
    /// How its secret begins.
    pub shown: String,
    /// What its owner calls it.
    pub name: String,
    /// Whose it is: it may never do more than they. None: a machine's.
    pub account: Option<AccountId>,
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

/// A key that is to be made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What it is for.
    pub kind: KeyKind,
    /// Of its secret.
    pub digest: Digest,
    /// How its secret begins.
    pub shown: String,
    /// What its owner calls it.
    pub name: String,
    /// Whose it is.
    pub account: Option<AccountId>,
    /// What it may do, at most.
    pub grants: Vec<Grant>,
    /// The origins whose pages may use it; empty: any.
    pub origins: Vec<String>,
    /// When it ends by itself.
    pub expires: Option<Timestamp>,
}

/// Accounts and keys, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    /// Rises with every change to any of them.
    pub revision: u64,
    /// Every account.
    pub accounts: Vec<Account>,
    /// Every key and token, revoked ones among them.
    pub keys: Vec<Key>,
}

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Enabled,
    /// It may not, until it is enabled again.
    Disabled,
}

/// One change.
#[derive(Clone, Debug)]
pub enum Edit {
    /// An account is made.
    AddAccount(NewAccount),
    /// Another password, or none. A link that would set one holds no more.
    SetPassword(AccountId, Option<PasswordHash>),
    /// What they may do.
    SetGrants(AccountId, Vec<Grant>),
    /// Whether it may be used.
    SetStanding(AccountId, Standing),
    /// What people call them.
    SetDisplayName(AccountId, String),
    /// A link that sets a password, until then; it takes the place of one made before.
    SetLink(AccountId, Digest, Timestamp),
    /// Somebody signed in.
    AddSession(Session),
    /// A session ends at a moment, if it has not by then.
    EndSession(Digest, Timestamp),
    /// All of an account's sessions end, but for one.
    EndSessions(AccountId, Option<Digest>),
    /// A key is made.
    AddKey(NewKey),
    /// A key opens nothing any more.
    RevokeKey(KeyId),
    /// Failed tries at an account's name count no more.
    Forgive(String),
}

impl Edit {
    /// Whether accounts or keys change, and not only sessions.
    pub(super) const fn is_of_directory(&self) -> bool {
        !matches!(self, Self::AddSession(_) | Self::EndSession(..) | Self::EndSessions(..) | Self::Forgive(_))
    }
}

/// Whether a password may be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It may.
    Taken {
        /// By which [`super::Store::give_back`] knows it.
        at: i64,
        /// Tries that were turned away since the last one that was not.
        turned_away: u64,
    },
    /// It may not.
    None {
        /// Milliseconds to wait, at least one.
        wait: i64,
        /// Whether it is the first that was turned away since one was not.
        first: bool,
    },
}

//! One caller: who, by which way, from where, and what they may do. Cheap to clone.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::grant::Grant;
use super::role::Permission;
use crate::unit::Code;

/// An account's permanent number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub i64);

/// A key's or token's permanent number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(pub i64);

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Nobody who is known.
    Nobody,
    /// Whoever reaches a server that was started open.
    Everyone,
    /// The server itself, at what it was told to do on its day.
    Server,
    /// Whoever may run the program's commands on the store, by the name the system knows them by.
    Operator(Box<str>),
    /// The owner of an account.
    Account(AccountId, Box<str>),
    /// A machine, by the name of a key that belongs to no account.
    Machine(Box<str>),
}

/// By which way the caller came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// Without anything that says who they are.
    Nothing,
    /// A command on the store.
    Command,
    /// A provider of single sign-on, which vouched for them.
    SingleSignOn,
    /// A session, by its public id.
    Session(Box<str>),
    /// An API key.
    Key(KeyId),
    /// A token of another's page.
    Token(KeyId),
}

/// What one caller may see and do.
#[derive(Clone)]
pub struct Scope(Arc<Caller>);

#[derive(Clone)]
struct Caller {
    who: Who,
    via: Via,
    from: Option<IpAddr>,
    grants: Arc<[Grant]>,
    map_is_public: bool,
}

/// Where callers come from is not for logs.
impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("who", &self.0.who)
            .field("grants", &self.0.grants)
            .finish_non_exhaustive()
    }
}

impl Scope {
    /// Everyone, on a server that was started open: they may do everything with the county, and nothing with accounts,
    /// keys and the audit log, which would outlive the openness.
    #[must_use]
    pub fn open() -> Self {
        Self::of(Who::Everyone, Via::Nothing, [])
    }

    /// Somebody of whom nothing is known: what is public is theirs.
    #[must_use]
    pub fn nobody() -> Self {
        Self::of(Who::Nobody, Via::Nothing, [])
    }

    /// Whoever runs a command on the store, which they could as well write by hand: they may do everything.
    #[must_use]
    pub fn operator(name: &str) -> Self {
        Self::of(Who::Operator(name.into()), Via::Command, [])
    }

    /// The server itself, with nobody who calls: it may do everything with the county.
    #[must_use]
    pub fn server() -> Self {
        Self::of(Who::Server, Via::Nothing, [])
    }

    /// A caller with what was granted to them.
    #[must_use]
    pub fn of(who: Who, via: Via, grants: impl Into<Arc<[Grant]>>) -> Self {
        Self(Arc::new(Caller { who, via, from: None, grants: grants.into(), map_is_public: false }))
    }

    /// The same caller, on a server whose map is everybody's: borders, codes and names.
    #[must_use]
    pub fn with_public_map(&self, map_is_public: bool) -> Self {
        if self.0.map_is_public == map_is_public {
            return self.clone();
        }
        Self(Arc::new(Caller { map_is_public, ..Caller::clone(&self.0) }))
    }

    /// The same caller, from an address.
    #[must_use]
    pub fn from_address(&self, address: Option<IpAddr>) -> Self {
        if self.0.from == address {
            return self.clone();
        }
        Self(Arc::new(Caller { from: address, ..Caller::clone(&self.0) }))
    }

    /// Who calls.
    #[must_use]
    pub fn who(&self) -> &Who {
        &self.0.who
    }

    /// By which way.
    #[must_use]
    pub fn via(&self) -> &Via {
        &self.0.via
    }

    /// From where, if it is known.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.0.from
    }

    /// What was granted; nothing for those who need no grants.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.0.grants
    }

    /// The account that calls, if one does.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        match self.0.who {
            Who::Account(id, _) => Some(id),
            _ => None,
        }
    }

    /// Whether somebody in person calls: a session, or an operator.
    #[must_use]
    pub fn is_in_person(&self) -> bool {
        matches!(self.0.via, Via::Session(_) | Via::Command)
    }

    /// Whether the caller has a permission, somewhere and for something.
    #[must_use]
    pub fn has(&self, permission: Permission) -> bool {
        self.reach(permission).unwrap_or_else(|| self.0.grants.iter().any(|g| g.role.may(permission)))
    }

    /// Whether the caller has a permission over the unit of a code.
    #[must_use]
    pub fn covers(&self, permission: Permission, code: &Code) -> bool {
        self.reach(permission).unwrap_or_else(|| self.0.grants.iter().any(|g| g.covers(permission, code)))
    }

    /// The same over something of a category in that unit.
    #[must_use]
    pub fn covers_category(&self, permission: Permission, code: &Code, category: Option<&str>) -> bool {
        let given = |g: &Grant| g.covers(permission, code) && g.is_for(category);
        self.reach(permission).unwrap_or_else(|| self.0.grants.iter().any(given))
    }

    /// Whether the caller has a permission over the whole coverage, for all categories.
    #[must_use]
    pub fn covers_all(&self, permission: Permission) -> bool {
        let given = |g: &Grant| g.role.may(permission) && g.area.0.is_none() && g.categories.is_empty();
        self.reach(permission).unwrap_or_else(|| self.0.grants.iter().any(given))
    }

    /// Whether the caller may know of the unit of a code: one that they may read the map of, or above such a one.
    #[must_use]
    pub fn sees(&self, code: &Code) -> bool {
        let sees = |g: &Grant| g.covers(Permission::ReadMap, code) || g.area.lies_in(code);
        self.reach(Permission::ReadMap).unwrap_or_else(|| self.0.grants.iter().any(sees))
    }

    /// Whether the caller has a permission over the unit of a code, or over one below it.
    #[must_use]
    pub fn covers_any_of(&self, permission: Permission, code: &Code) -> bool {
        let given =
            |g: &Grant| g.covers(permission, code) || (g.role.may(permission) && g.area.lies_in(code));
        self.reach(permission).unwrap_or_else(|| self.0.grants.iter().any(given))
    }

    /// Whether the caller may know of every unit.
    #[must_use]
    pub fn sees_all(&self) -> bool {
        let whole = |g: &Grant| g.role.may(Permission::ReadMap) && g.area.0.is_none();
        self.reach(Permission::ReadMap).unwrap_or_else(|| self.0.grants.iter().any(whole))
    }

    /// What is certain without a look at the grants; `None` where they decide.
    fn reach(&self, permission: Permission) -> Option<bool> {
        use Permission::{
            ManageAccounts, ManageOwnKeys, ManageTokens, OwnAccount, Public, ReadAudit, ReadMap,
        };
        let of_the_house = matches!(permission, ManageAccounts | ManageTokens | ManageOwnKeys | ReadAudit);
        match (&self.0.who, &self.0.via) {
            _ if permission == Public => Some(true),
            (who, via) if permission == OwnAccount => {
                Some(matches!((who, via), (Who::Account(..), Via::Session(_)) | (Who::Operator(_), _)))
            }
            _ if permission == ReadMap && self.0.map_is_public => Some(true),
            (Who::Operator(_), _) => Some(true),
            (Who::Everyone | Who::Server, _) => Some(!of_the_house),
            (Who::Nobody, _) => Some(false),
            // A token shows in others' pages, a key lies in files: neither opens what makes more of them.
            (_, Via::Token(_)) if permission != ReadMap => Some(false),
            (_, Via::Key(_)) if matches!(permission, ManageAccounts | ManageTokens | ManageOwnKeys) => {
                Some(false)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Who {
    /// As the audit log has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("nobody"),
            Self::Everyone => f.write_str("everyone"),
            Self::Server => f.write_str("server"),
            Self::Operator(name) => write!(f, "operator:{name}"),
            Self::Account(_, name) => write!(f, "account:{name}"),
            Self::Machine(name) => write!(f, "machine:{name}"),
        }
    }
}

impl fmt::Display for Via {
    /// As the audit log has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Command => f.write_str("command"),
            Self::SingleSignOn => f.write_str("oidc"),
            Self::Session(id) => write!(f, "session:{id}"),
            Self::Key(KeyId(id)) => write!(f, "key:{id}"),
            Self::Token(KeyId(id)) => write!(f, "token:{id}"),
        }
    }
}

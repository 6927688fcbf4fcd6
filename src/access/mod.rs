//! Who may do what: pure functions over what was granted. Bytes drawn by lot, moments and rows come from outside.
//!
//! ```text
//! Role ─ may ─▶ Permission          one table
//! Grant = Role over an Area (a code and all below it; none: the whole coverage), for some categories
//! Scope = who calls, by which way, from where + grants ─▶ has(permission)? covers(permission, code)?
//! ```
//!
//! Every use case takes a [`Scope`], made by `http` or `cli` for one caller; none exists without it.
//!
//! | file | what |
//! |---|---|
//! | `role` | roles, permissions, and the table between them |
//! | `grant` | a role over a part of the coverage |
//! | `scope` | one caller |
//! | `manage` | who may give what to whom |
//! | `external` | who is vouched for by a provider of single sign-on |
//! | `name` | what accounts are called |
//! | `password`, `common` | which passwords will do, and how they are kept |
//! | `secret` | sessions, keys and links: drawn by lot, kept as a digest |
//! | `lockout` | how many tries, and when the next |
//! | `audit` | what happened, as a chain in which a change shows |

pub mod audit;
mod common;
mod external;
mod grant;
pub mod lockout;
mod manage;
mod name;
mod password;
mod role;
mod scope;
mod secret;

pub use external::{BadRule, Rule, Subject, grants_of, names};
pub use grant::{Area, Grant};
pub use manage::{NotAllowed, check_grants, may_give, may_manage};
pub use name::{BadName, Name, fold};
pub use password::{BadPassword, Password, PasswordHash};
pub use role::{Permission, Role, UnknownRole};
pub use scope::{AccountId, KeyId, Scope, Via, Who};
pub use secret::{Digest, Secret, SecretKind};

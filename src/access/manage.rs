//! Who may give what to whom.
//!
//! ```text
//! administrator of 320924100   gives roles at 320924100 and below, to accounts whose every grant lies there
//! administrator everywhere     gives any role, to anybody
//! ```
//!
//! An account without grants is managed by those who manage everywhere: two towns must not both hold it.

use super::grant::{Area, Grant};
use super::role::{Permission, Role};
use super::scope::Scope;

/// A grant that may not be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// Both in one hand: who gives rights would judge how they were given.
    #[error("administrator and auditor exclude each other: expected one of them for an account, found both")]
    AdministratorAndAuditor,
    /// The log is one for the whole coverage.
    #[error("an auditor reads the log of the whole coverage: expected no area and no categories, found {0}")]
    AuditorOfAPart(Grant),
    /// An area that is no unit's code.
    #[error("expected the code of a unit as the area, found {0}, which ends within a level's codes")]
    Area(Area),
    /// More than the giver has.
    #[error("expected grants within what you administer, found {0}")]
    TooWide(Grant),
    /// The giver administers a part, and the account would be nobody's.
    #[error("expected at least one grant: who administers a part cannot manage an account without any")]
    None,
    /// Somebody else's.
    #[error("this account is not within what you administer")]
    NotYours,
}

/// Whether one account may have all of these grants.
///
/// # Errors
/// [`NotAllowed::AdministratorAndAuditor`], [`NotAllowed::AuditorOfAPart`].
pub fn check_grants(grants: &[Grant]) -> Result<(), NotAllowed> {
    let has = |role| grants.iter().any(|g| g.role == role);
    if has(Role::Administrator) && has(Role::Auditor) {
        return Err(NotAllowed::AdministratorAndAuditor);
    }
    let partial = |g: &&Grant| g.role == Role::Auditor && (g.area.0.is_some() || !g.categories.is_empty());
    match grants.iter().find(partial) {
        Some(grant) => Err(NotAllowed::AuditorOfAPart(grant.clone())),
        None => Ok(()),
    }
}

/// Whether a caller may manage an account that has these grants.
///
/// # Errors
/// [`NotAllowed::NotYours`].
pub fn may_manage(scope: &Scope, theirs: &[Grant]) -> Result<(), NotAllowed> {
    if scope.covers_all(Permission::ManageAccounts) {
        return Ok(());
    }
    let all = !theirs.is_empty() && theirs.iter().all(|grant| administers(scope, grant));
    if all { Ok(()) } else { Err(NotAllowed::NotYours) }
}

/// Whether a caller may give an account these grants, as all that it has.
///
/// # Errors
/// As [`check_grants`]; [`NotAllowed::TooWide`], [`NotAllowed::None`].
pub fn may_give(scope: &Scope, grants: &[Grant]) -> Result<(), NotAllowed> {
    check_grants(grants)?;
    if scope.covers_all(Permission::ManageAccounts) {
        return Ok(());
    }
    match grants.iter().find(|grant| !administers(scope, grant)) {
        Some(grant) => Err(NotAllowed::TooWide(grant.clone())),
        None if grants.is_empty() => Err(NotAllowed::None),
        None => Ok(()),
    }
}

fn administers(scope: &Scope, grant: &Grant) -> bool {
    let own = scope.grants().iter().filter(|own| own.role.may(Permission::ManageAccounts));
    scope.has(Permission::ManageAccounts) && own.into_iter().any(|own| own.encloses(grant))
}

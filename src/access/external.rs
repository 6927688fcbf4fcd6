//! Somebody whom a provider of single sign-on vouches for: what they may do, and what they are called here.
//!
//! ```text
//! groups ─ rules, GROUP=ROLE[@CODE] ─▶ grants
//! zhang.san   zhang.san@sso.example   zhang.san@sso.example-2 …   the first name that is free
//! ```

use std::collections::BTreeSet;
use std::str::FromStr;

use super::grant::{Area, Grant};
use super::manage::{NotAllowed, check_grants};
use super::name::Name;
use super::role::{Role, UnknownRole};
use crate::unit::{BadCode, Code};

/// Who somebody is at a provider, for ever: names may change and be given to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The provider.
    pub issuer: String,
    /// What it calls them.
    pub id: String,
}

/// Whoever is in a group has a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// As the provider writes it.
    pub group: String,
    /// What they may do.
    pub grant: Grant,
}

/// Text that is no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRule {
    /// Not of that form.
    #[error("expected GROUP=ROLE or GROUP=ROLE@CODE, found something else")]
    Form,
    /// No role.
    #[error(transparent)]
    Role(#[from] UnknownRole),
    /// No code.
    #[error(transparent)]
    Code(#[from] BadCode),
    /// A grant that may not be.
    #[error(transparent)]
    Grant(#[from] NotAllowed),
}

impl FromStr for Rule {
    type Err = BadRule;

    /// A group's name may hold a `=`, as those of a directory do (`cn=wangge,ou=groups`).
    fn from_str(text: &str) -> Result<Self, BadRule> {
        let (group, right) = text.rsplit_once('=').ok_or(BadRule::Form)?;
        let (role, area) = match right.split_once('@') {
            Some((role, code)) => (role, Area(Some(Code::new(code)?))),
            None => (right, Area::WHOLE),
        };
        if group.is_empty() {
            return Err(BadRule::Form);
        }
        let grant = Grant::new(role.parse::<Role>()?, area);
        check_grants(std::slice::from_ref(&grant))?;
        Ok(Self { group: group.to_owned(), grant })
    }
}

/// What the rules give somebody who is in these groups, each once and in order; nothing where none is meant.
///
/// # Errors
/// [`NotAllowed`] where the groups give what one account may not have together.
pub fn grants_of(rules: &[Rule], groups: &[String]) -> Result<Vec<Grant>, NotAllowed> {
    let theirs = rules.iter().filter(|rule| groups.contains(&rule.group));
    let grants: Vec<Grant> =
        theirs.map(|rule| rule.grant.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    check_grants(&grants)?;
    Ok(grants)
}

/// The most characters of a name, see [`Name`].
const MOST: usize = 64;
/// The most characters of a provider's host in one.
const HOST: usize = 40;
/// How many names at one provider may be the same but for a number.
const SAME: usize = 999;

/// What somebody may be called here, the best first: the first of `wanted` in which there are letters or digits; where
/// that is taken, with the provider's host; where that is taken too, with a number.
pub fn names(wanted: &[&str], host: &str) -> impl Iterator<Item = Name> + use<> {
    let host = fitting(host, HOST);
    let has_letters = |name: &String| name.chars().any(char::is_alphanumeric);
    let base = wanted.iter().map(|text| fitting(text, MOST)).find(has_letters);
    let base = base.unwrap_or_else(|| "user".to_owned());
    let plain = base.clone();
    let with = move |end: String| {
        let room = MOST - end.chars().count();
        base.chars().take(room).collect::<String>() + &end
    };
    let ends = (1..=SAME).map(move |n| if n == 1 { format!("@{host}") } else { format!("@{host}-{n}") });
    std::iter::once(plain).chain(ends.map(with)).filter_map(|name| Name::new(&name).ok())
}

/// What of a text may stand in a name.
fn fitting(text: &str, most: usize) -> String {
    text.chars().filter(|&c| Name::takes(c)).take(most).collect()
}

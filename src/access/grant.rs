//! A role over a part of the coverage.
//!
//! ```text
//! 320924        the county      covers 320924, 320924100, 320924100001 …
//!   320924100   a town          covers 320924100, 320924100001 …; not 320924101, not the county
//! ```
//!
//! An area is the code of a unit, so it ends where a level's codes end: there a prefix is an ancestor. One that ends
//! elsewhere (levels were others when it was granted) covers nothing.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::role::{Permission, Role};
use crate::unit::{Code, Levels};

/// A part of the coverage: a unit and all below it, or the whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Area(pub Option<Code>);

impl Area {
    /// The whole coverage.
    pub const WHOLE: Self = Self(None);

    /// Whether a unit of that code lies in it.
    #[must_use]
    pub fn covers(&self, code: &Code) -> bool {
        self.0.as_ref().is_none_or(|own| code.starts_with(own))
    }

    /// Whether it lies below the unit of that code.
    #[must_use]
    pub fn lies_in(&self, code: &Code) -> bool {
        self.0.as_ref().is_some_and(|own| own.starts_with(code))
    }

    /// Whether all of `other` lies in it.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        match &other.0 {
            Some(code) => self.covers(code),
            None => self.0.is_none(),
        }
    }

    /// Whether it ends where a level's codes end; the whole always does.
    #[must_use]
    pub fn fits(&self, levels: &Levels) -> bool {
        self.0.as_ref().is_none_or(|code| levels.of_digits(code.digits()).is_some())
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(code) => f.pad(code.as_str()),
            None => f.pad("everywhere"),
        }
    }
}

/// A role over an area, for things of some categories or of all. Members of other names are refused: one misspelt would be a
/// grant everywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// What they are.
    pub role: Role,
    /// Where.
    #[serde(default = "whole", skip_serializing_if = "is_whole")]
    pub area: Area,
    /// Of what things; empty: of all. Things without a category are meant by any grant.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub categories: BTreeSet<String>,
}

const fn whole() -> Area {
    Area::WHOLE
}

fn is_whole(area: &Area) -> bool {
    *area == Area::WHOLE
}

impl Grant {
    /// A role over an area, for all categories.
    #[must_use]
    pub const fn new(role: Role, area: Area) -> Self {
        Self { role, area, categories: BTreeSet::new() }
    }

    /// Whether it gives a permission over a unit.
    #[must_use]
    pub fn covers(&self, permission: Permission, code: &Code) -> bool {
        self.role.may(permission) && self.area.covers(code)
    }

    /// Whether it is for things of a category.
    #[must_use]
    pub fn is_for(&self, category: Option<&str>) -> bool {
        self.categories.is_empty() || category.is_none_or(|c| self.categories.contains(c))
    }

    /// Whether where and what `other` is for lies within where and what this one is for, whatever the roles.
    #[must_use]
    pub fn encloses(&self, other: &Self) -> bool {
        let all = self.categories.is_empty();
        let categories =
            all || (!other.categories.is_empty() && other.categories.is_subset(&self.categories));
        self.area.holds(&other.area) && categories
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.role, self.area)?;
        if !self.categories.is_empty() {
            let categories: Vec<&str> = self.categories.iter().map(String::as_str).collect();
            write!(f, " for {}", categories.join(", "))?;
        }
        Ok(())
    }
}

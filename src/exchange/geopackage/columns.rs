//! Attributes of units → columns of a layer: one for each attribute that is of one type in all of them.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::quoted;
use crate::unit::{Attribute, Attributes};

/// Columns that every layer of units has.
const OWN: [&str; 6] = ["fid", "geom", "code", "name", "level", "parent"];

/// Columns at most; SQLite's limit is 2,000.
const MOST: usize = 500;

/// The columns for attributes, by name.
pub struct Columns(BTreeMap<String, &'static str>);

impl Columns {
    /// The columns that the attributes of some units need.
    pub fn of<'a>(units: impl Iterator<Item = &'a Attributes>) -> Self {
        let mut types: BTreeMap<&str, Option<&'static str>> = BTreeMap::new();
        for (name, value) in units.flatten() {
            let kind = sql_type(value);
            let known = types.entry(name).or_insert(Some(kind));
            *known = known.filter(|k| *k == kind);
        }
        // SQLite does not tell A from a in a column's name.
        let mut taken: BTreeSet<String> = OWN.into_iter().map(ToOwned::to_owned).collect();
        let free = |name: &str| !name.is_empty() && !name.contains('\0') && taken.insert(name.to_lowercase());
        let mut free = free;
        let columns = types.into_iter().filter_map(|(name, kind)| Some((name.to_owned(), kind?)));
        Self(columns.filter(|(name, _)| free(name)).take(MOST).collect())
    }

    /// Whether all of a unit's attributes have a column.
    pub fn hold(&self, attributes: &Attributes) -> bool {
        attributes.keys().all(|key| self.0.contains_key(key))
    }

    /// As they stand in CREATE TABLE, each after a comma.
    pub fn declared(&self) -> String {
        let columns: Vec<String> =
            self.0.iter().map(|(name, kind)| format!(", {} {kind}", quoted(name))).collect();
        columns.concat()
    }

    /// Their names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

const fn sql_type(value: &Attribute) -> &'static str {
    match value {
        Attribute::Bool(_) => "BOOLEAN",
        Attribute::Integer(_) => "INTEGER",
        Attribute::Number(_) => "REAL",
        Attribute::Text(_) => "TEXT",
    }
}

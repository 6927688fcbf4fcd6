//! Who answers for a unit: a name, a number, and what they are there.

use std::fmt;

use super::{Duty, Uid};

/// The roles that are known, as stores and answers write them and as people do. Any other text is a role too.
pub const ROLES: [(&str, &str); 8] = [
    ("grid_head", "网格长"),
    ("grid_worker", "专职网格员"),
    ("part_time_worker", "兼职网格员"),
    ("micro_worker", "微网格长"),
    ("police", "片区民警"),
    ("lawyer", "法律顾问"),
    ("village_duty", "村居值班"),
    ("town_duty", "镇区值班"),
];

/// Somebody who answers for a unit, or a desk that does. What is known of them never stands with the borders.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The unit, by its permanent number: renumbering does not part it from its people.
    pub unit: Uid,
    /// One of [`ROLES`], or whatever the county calls it.
    pub role: String,
    /// Never empty.
    pub name: String,
    /// As it is dialled; empty where there is none.
    pub phone: String,
    /// Anything else; may be empty.
    pub note: String,
    /// When they are on duty.
    pub duty: Duty,
}

impl Person {
    /// The role that a text names: 专职网格员 and `grid_worker` are one.
    #[must_use]
    pub fn role_of(text: &str) -> String {
        let known = ROLES.iter().find(|(_, chinese)| *chinese == text);
        known.map_or(text, |(role, _)| role).to_owned()
    }
}

/// Without name, number and note: these are in no log and no message.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("unit", &self.unit).field("role", &self.role).finish_non_exhaustive()
    }
}

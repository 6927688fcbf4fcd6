//! What was done with a plan's list of edits: each step can be undone, and done again.

use serde::{Deserialize, Serialize};

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// An edit was added at the end; its number is that of its record.
    Add(u64),
    /// An edit was given another record.
    Replace {
        /// The edit.
        edit: u64,
        /// The record.
        record: u64,
    },
    /// An edit was taken out.
    Drop(u64),
}

/// The edits that steps lead to, in order, each with its record.
#[must_use]
pub fn listed(steps: &[Step]) -> Vec<(u64, u64)> {
    let mut list: Vec<(u64, u64)> = Vec::new();
    for step in steps {
        match *step {
            Step::Add(record) => list.push((record, record)),
            Step::Replace { edit, record } => {
                list.iter_mut().filter(|entry| entry.0 == edit).for_each(|entry| entry.1 = record);
            }
            Step::Drop(edit) => list.retain(|entry| entry.0 != edit),
        }
    }
    list
}

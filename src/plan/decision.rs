//! What was decided of the groups of a plan that was handed in, and what comes of it.
//!
//! ```text
//! 1 ✓  3 ·  5 ✗    one is undecided         open
//! 1 ✓  3 ✓  5 ✓    all                      approved
//! 1 ✗  3 ✗  5 ✗    none                     returned, with the reasons
//! 1 ✓  3 ✓  5 ✗    some                     divided: it goes on with 1 and 3, and 5 is a plan of its own
//! ```

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::unit::Code;

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may become a version.
    Approved,
    /// It goes back to its author.
    Returned,
}

/// A verdict, whose and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Yes or no.
    pub verdict: Verdict,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why it was returned; empty where it was not.
    pub reason: String,
}

/// A group of edits of a plan that was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// The number of its first edit.
    pub group: u64,
    /// Its edits, in order.
    pub edits: Vec<u64>,
    /// Codes of the units that they change, before and after.
    pub units: Vec<Code>,
    /// What was decided of it; `None` as long as nothing was.
    pub decision: Option<Decision>,
}

/// What comes of decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Something is still to be decided.
    Open,
    /// Every group may become a version.
    Approved,
    /// Every group goes back; why.
    Returned(String),
    /// The edits that go back, and why, numbered as the plan of their own that they become; the others may become a version.
    Divided(Vec<u64>, String),
}

/// What comes of what was decided so far.
#[must_use]
pub fn outcome(groups: &[Decided]) -> Outcome {
    let verdict = |group: &Decided| group.decision.as_ref().map(|decision| decision.verdict);
    if groups.iter().any(|group| verdict(group).is_none()) {
        return Outcome::Open;
    }
    let returned: Vec<&Decided> =
        groups.iter().filter(|group| verdict(group) == Some(Verdict::Returned)).collect();
    if returned.is_empty() {
        return Outcome::Approved;
    }
    if returned.len() == groups.len() {
        return Outcome::Returned(reasons(&returned, |edit| edit));
    }
    let mut edits: Vec<u64> = returned.iter().flat_map(|group| group.edits.iter().copied()).collect();
    edits.sort_unstable();
    let why = reasons(&returned, |edit| edits.partition_point(|&other| other <= edit) as u64);
    Outcome::Divided(edits, why)
}

/// Each reason once, with the edits that it is for as they are numbered; alone where it is for all.
fn reasons(returned: &[&Decided], number: impl Fn(u64) -> u64) -> String {
    let reason = |group: &Decided| group.decision.as_ref().map_or("", |d| d.reason.as_str()).to_owned();
    let mut all: Vec<(String, Vec<u64>)> = Vec::new();
    for group in returned {
        match all.iter_mut().find(|(why, _)| *why == reason(group)) {
            Some((_, edits)) => edits.extend(&group.edits),
            None => all.push((reason(group), group.edits.clone())),
        }
    }
    let numbers =
        |edits: &[u64]| edits.iter().map(|&n| format!("#{}", number(n))).collect::<Vec<_>>().join(" ");
    match all.as_slice() {
        [(why, _)] => why.clone(),
        several => {
            several.iter().map(|(why, n)| format!("{}: {why}", numbers(n))).collect::<Vec<_>>().join("\n")
        }
    }
}

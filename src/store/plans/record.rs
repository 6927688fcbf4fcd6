//! What goes into the store of a plan and what comes out.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::access::AccountId;
use crate::plan::{Allotted, Decided, Edit, Recorded, Status, Step};
use crate::store::Attached;
use crate::unit::Code;

/// A plan that is begun.
#[derive(Clone, Debug)]
pub struct NewPlan {
    /// What it is called.
    pub title: String,
    /// What it is for.
    pub note: String,
    /// The version it is made on.
    pub base: u64,
    /// Whose it is; none where nobody is signed in.
    pub account: Option<AccountId>,
    /// Their name.
    pub author: String,
}

/// A plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// For ever.
    pub id: u64,
    /// What it is called.
    pub title: String,
    /// What it is for; the version's note once it is published.
    pub note: String,
    /// The document it rests on; may be empty.
    pub document: String,
    /// Where it stands.
    pub status: Status,
    /// Rises by one with every change.
    pub revision: u64,
    /// The version it is made on.
    pub base: u64,
    /// Whose it is.
    pub account: Option<AccountId>,
    /// Their name.
    pub author: String,
    /// When it was begun.
    pub created: Timestamp,
    /// When it was last changed.
    pub changed: Timestamp,
    /// From which day it is to hold; the day of its publishing where none is named.
    pub effective_from: Option<Date>,
    /// What was done with its list of edits.
    pub steps: Vec<Step>,
    /// How many of the steps are in force.
    pub done: usize,
    /// Codes of the units that it touches, before and after.
    pub touches: Vec<Code>,
    /// Who approved or rejected it last; may be empty.
    pub reviewer: String,
    /// Why it was rejected, or sent back.
    pub reason: String,
    /// The version it became.
    pub published: Option<u64>,
    /// Its edits in groups, as it was handed in, and what was decided of each; none for a draft.
    pub groups: Vec<Decided>,
    /// The plan that the edits became which were returned.
    pub returned_as: Option<u64>,
    /// Who lets it become a version on its day, while it waits for that.
    pub scheduled: Option<Scheduled>,
    /// The files that lie with it, in the order in which they were added.
    pub attachments: Vec<Attached>,
}

/// Who lets a plan become a version on its day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    /// The version's author.
    pub by: String,
    /// When they said so.
    pub at: Timestamp,
    /// The version's note.
    pub note: String,
}

/// An edit's record.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanRecord {
    /// Its number within the plan.
    pub record: u64,
    /// The command.
    pub edit: Edit,
    /// What it drew.
    pub drawn: Vec<Allotted>,
    /// Who gave it.
    pub author: String,
    /// When.
    pub at: Timestamp,
}

/// An edit that is new.
#[derive(Clone, Debug)]
pub struct PlanEdit {
    /// The command.
    pub edit: Edit,
    /// What it drew.
    pub drawn: Vec<Allotted>,
    /// Who gives it.
    pub author: String,
}

/// Edits that leave their plan for another.
#[derive(Clone, Debug)]
pub struct NewDraft {
    /// The other plan.
    pub plan: NewPlan,
    /// The document it rests on; may be empty.
    pub document: String,
    /// From which day it is to hold.
    pub effective_from: Option<Date>,
    /// Its edits, in order.
    pub edits: Vec<PlanEdit>,
    /// Codes of the units that it touches.
    pub touches: Vec<Code>,
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    /// It was done.
    Done(Box<Plan>),
    /// The plan is at another revision.
    Stale,
    /// What the edit drew was drawn by another meanwhile.
    Taken,
}

/// Every plan, with its edits; and what they drew, by code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plans {
    /// By id.
    pub plans: Vec<(Plan, Vec<PlanRecord>)>,
}

impl Plan {
    /// Takes back what was decided of the groups that are still in it.
    pub fn reopen(&mut self) {
        let listed = self.listed();
        self.groups.retain(|group| listed.iter().any(|(edit, _)| group.edits.contains(edit)));
        self.groups.iter_mut().for_each(|group| group.decision = None);
    }

    /// The numbers of the edits in force, in order, each with that of its record.
    #[must_use]
    pub fn listed(&self) -> Vec<(u64, u64)> {
        crate::plan::listed(&self.steps[..self.done.min(self.steps.len())])
    }

    /// The edits in force, in order.
    #[must_use]
    pub fn edits(&self, records: &[PlanRecord]) -> Vec<Recorded> {
        let found = self.listed().into_iter().filter_map(|(id, record)| {
            let found = records.iter().find(|r| r.record == record)?;
            Some(Recorded { id, edit: found.edit.clone(), drawn: found.drawn.clone() })
        });
        found.collect()
    }
}

//! Edits done in order on a base, and done again on a newer one: the same, or a conflict.
//!
//! ```text
//! base 3 ─ e1 ─ e2 ─→ d1, d2        what each does, as a delta
//! base 5 ─ e1 ─ e2 ─→ d1, d2'       e2 does something else now: others changed the borders or units that it works on
//! ```
//!
//! Nothing is merged by guess: an edit that is refused on the newer base, or that does something else there, conflicts.

use std::collections::BTreeSet;

use super::allot::{Allotment, Allotted, Pool};
use super::apply::{Refused, apply};
use super::delta::Delta;
use super::edit::Edit;
use crate::coverage::Partition;
use crate::unit::{Code, Uid};

/// An edit as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its number in the plan.
    pub id: u64,
    /// The command.
    pub edit: Edit,
    /// What it drew when it was made.
    pub drawn: Vec<Allotted>,
}

/// A draft, and what each edit did to it.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// The partition after the last edit.
    pub partition: Partition,
    /// What each edit did, in order.
    pub deltas: Vec<Delta>,
    /// What each edit drew, in order.
    pub drawn: Vec<Vec<Allotted>>,
    /// The first edit that is refused, and why; those after it were not done.
    pub refused: Option<(u64, Refused)>,
}

/// An edit that others were in the way of.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The edit.
    pub edit: u64,
    /// The units whose borders or words it works on, and others changed.
    pub units: BTreeSet<Uid>,
    /// Their codes in the newer base, or in the older where they are no more.
    pub codes: Vec<Code>,
    /// Why.
    pub detail: String,
}

/// Does edits in order, up to the first that is refused.
pub fn replay(base: &Partition, edits: &[Recorded], pool: &mut Pool) -> Replayed {
    let mut replayed =
        Replayed { partition: base.clone(), deltas: Vec::new(), drawn: Vec::new(), refused: None };
    for Recorded { id, edit, drawn } in edits {
        match apply(&replayed.partition, edit, Allotment::new(drawn, pool)) {
            Ok(applied) => {
                replayed.deltas.push(Delta::between(&replayed.partition, &applied.partition));
                replayed.drawn.push(applied.drawn);
                replayed.partition = applied.partition;
            }
            Err(refused) => {
                replayed.refused = Some((*id, refused));
                break;
            }
        }
    }
    replayed
}

/// Where edits that were done on `old` do something else, or nothing, on `new`.
pub fn conflicts(old: &Partition, new: &Partition, edits: &[Recorded], pool: &mut Pool) -> Vec<Conflict> {
    let before = replay(old, edits, pool);
    let after = replay(new, edits, pool);
    let mut found = Vec::new();
    for ((recorded, was), is) in edits.iter().zip(&before.deltas).zip(&after.deltas) {
        if was != is {
            let units = differing(was, is);
            let detail = "it does something else on the newer version: others changed what it works on";
            found.push(Conflict::new(recorded.id, units, [old, new], detail.to_owned()));
        }
    }
    if let Some((id, refused)) = after.refused {
        let units = edits.iter().zip(&before.deltas).find(|(e, _)| e.id == id).map(|(_, d)| d.changed());
        found.push(Conflict::new(id, units.unwrap_or_default(), [old, new], refused.to_string()));
    }
    found
}

/// The units that two deltas differ in.
fn differing(was: &Delta, is: &Delta) -> BTreeSet<Uid> {
    let borders = was.gone.symmetric_difference(&is.gone).chain(was.made.symmetric_difference(&is.made));
    let sides = borders.flat_map(|b| [b.2, b.3]).flatten();
    let all = was.units.keys().chain(is.units.keys());
    let said = all.filter(|uid| was.units.get(uid) != is.units.get(uid)).copied();
    sides.chain(said).collect()
}

impl Conflict {
    fn new(edit: u64, units: BTreeSet<Uid>, [old, new]: [&Partition; 2], detail: String) -> Self {
        let code = |partition: &Partition, uid: Uid| {
            let hierarchy = &partition.hierarchy;
            hierarchy.by_uid(uid).map(|unit| hierarchy.unit(unit).code.clone())
        };
        let codes = units.iter().filter_map(|&uid| code(new, uid).or_else(|| code(old, uid))).collect();
        Self { edit, units, codes, detail }
    }
}

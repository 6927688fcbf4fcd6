//! Two partitions → the arcs that each has alone, and the units whose polygons may differ for it.
//!
//! ```text
//!   before ┌────┬────┐    after ┌───┬─────┐      arcs are sorted by their points, so one walk along both lists
//!          │ a  │ b  │          │ a └┐ b  │      finds what one has alone: here one arc of either
//!          └────┴────┘          └────┴────┘
//! ```
//!
//! Sides are compared by uid: who is numbered otherwise has not changed for that.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::{ArcRef, Coverage, Partition};
use crate::unit::{Hierarchy, Owner, Uid, UnitIndex};

/// The arcs that one of two partitions has and the other has not, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Arcs of the former.
    pub gone: Vec<usize>,
    /// Arcs of the latter.
    pub made: Vec<usize>,
}

impl Partition {
    /// The arcs that differ from those of a later partition, in points or in who lies on their sides.
    #[must_use]
    pub fn changed(&self, after: &Self) -> Changed {
        let uids = [self.hierarchy.owner_uids(), after.hierarchy.owner_uids()];
        let uid = |list: &[Uid], owner: Owner| list.get(owner.index()).copied();
        let sides = |list: &[Uid], arc: ArcRef| (uid(list, arc.left), uid(list, arc.right));
        let (old, new): (&Coverage, &Coverage) = (&self.coverage, &after.coverage);
        let (mut changed, mut i, mut j) = (Changed::default(), 0, 0);
        while i < old.arc_count() && j < new.arc_count() {
            let (was, is) = (old.arc(i), new.arc(j));
            let order = was.points.cmp(is.points);
            if order.is_ne() || sides(&uids[0], was) != sides(&uids[1], is) {
                if order.is_le() {
                    changed.gone.push(i);
                }
                if order.is_ge() {
                    changed.made.push(j);
                }
            }
            i += usize::from(order != Ordering::Greater);
            j += usize::from(order != Ordering::Less);
        }
        changed.gone.extend(i..old.arc_count());
        changed.made.extend(j..new.arc_count());
        changed
    }

    /// The units and voids whose polygons may differ from those that they have in a later partition, and all that only
    /// one of the two has; every other has the same polygons, vertex for vertex.
    #[must_use]
    pub fn redrawn(&self, after: &Self) -> BTreeSet<Uid> {
        let Changed { gone, made } = self.changed(after);
        let mut found = bounded(self, &gone);
        found.extend(bounded(after, &made));
        for (one, other) in [(self, after), (after, self)] {
            found.extend(moved(&one.hierarchy, &other.hierarchy));
            let voids = one.hierarchy.voids().iter().map(|v| v.uid);
            found.extend(voids.filter(|uid| other.hierarchy.voids().iter().all(|v| v.uid != *uid)));
        }
        found
    }
}

/// The units of every level, and the voids, that arcs bound.
fn bounded(partition: &Partition, arcs: &[usize]) -> BTreeSet<Uid> {
    let hierarchy = &partition.hierarchy;
    let mut found = BTreeSet::new();
    for &arc in arcs {
        let ArcRef { left, right, .. } = partition.coverage.arc(arc);
        found.extend([left, right].into_iter().filter_map(|side| hierarchy.void(side)).map(|v| v.uid));
        for level in 0..hierarchy.levels().count() as u8 {
            let [l, r] = [left, right].map(|side| hierarchy.at_level(side, level));
            if l != r {
                found.extend([l, r].into_iter().flatten().map(|unit| hierarchy.unit(unit).uid));
            }
        }
    }
    found
}

/// Units that have other units above them than in the other tree, or are not in it, and all that is above them.
fn moved(here: &Hierarchy, there: &Hierarchy) -> BTreeSet<Uid> {
    let parent =
        |hierarchy: &Hierarchy, unit: UnitIndex| hierarchy.parent(unit).map(|p| hierarchy.unit(p).uid);
    let mut found = BTreeSet::new();
    for (index, unit) in (0..).zip(here.units()) {
        let same = there.by_uid(unit.uid).is_some_and(|other| parent(there, other) == parent(here, index));
        if !same {
            found.extend(here.chain(index).map(|above| here.unit(above).uid));
        }
    }
    found
}

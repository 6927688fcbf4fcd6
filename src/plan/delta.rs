//! What differs between two partitions: pieces of border with the uids on their sides, and units.
//!
//! ```text
//!      before          after            gone:  the run between a and b as it was
//!   ┌────┬────┐     ┌───┬─────┐         made:  the run as it is
//!   │ a  │ b  │     │ a └┐ b  │         units: none — codes, names and attributes are as they were
//!   └────┴────┘     └────┴────┘
//! ```
//!
//! Two edits that do the same to the same borders have the same delta, whatever else lies beside them.

use std::collections::{BTreeMap, BTreeSet};

use crate::coverage::arrangement::Segment;
use crate::coverage::{Changed, Partition};
use crate::crs::Point;
use crate::unit::{Attributes, Code, Hierarchy, Owner, Uid, Unit};

/// A piece of border from its smaller end, with who lies to its left and right; `None` is the outside.
pub type Border = (Point, Point, Option<Uid>, Option<Uid>);

/// What is said of a unit or a void.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Its code; a void has none.
    pub code: Option<Code>,
    /// Its name.
    pub name: String,
    /// Its attributes.
    pub attributes: Attributes,
}

/// How two partitions differ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delta {
    /// Pieces of border that the former has alone.
    pub gone: BTreeSet<Border>,
    /// Pieces of border that the latter has alone.
    pub made: BTreeSet<Border>,
    /// Units and voids of which something else is said, or that one of the two has alone.
    pub units: BTreeMap<Uid, (Option<Said>, Option<Said>)>,
}

impl Delta {
    /// The difference.
    #[must_use]
    pub fn between(before: &Partition, after: &Partition) -> Self {
        let Changed { gone, made } = before.changed(after);
        let (gone, made) = (borders(before, &gone), borders(after, &made));
        Self {
            units: said(&before.hierarchy, &after.hierarchy),
            made: made.difference(&gone).copied().collect(),
            gone: gone.difference(&made).copied().collect(),
        }
    }

    /// The units and voids whose borders or words differ.
    #[must_use]
    pub fn touched(&self) -> BTreeSet<Uid> {
        let sides = self.gone.iter().chain(&self.made).flat_map(|b| [b.2, b.3]).flatten();
        sides.chain(self.units.keys().copied()).collect()
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.gone.is_empty() && self.made.is_empty() && self.units.is_empty()
    }
}

/// The pieces of some arcs, with the uids on their sides.
fn borders(partition: &Partition, arcs: &[usize]) -> BTreeSet<Border> {
    let uids = partition.hierarchy.owner_uids();
    let uid = |owner: Owner| uids.get(owner.index()).copied();
    let pieces = arcs.iter().map(|&arc| partition.coverage.arc(arc)).flat_map(|arc| {
        let piece = move |w: &[Point]| Segment { a: w[0], b: w[1], left: arc.left, right: arc.right };
        arc.points.windows(2).map(piece).map(Segment::ordered)
    });
    pieces.map(|s| (s.a, s.b, uid(s.left), uid(s.right))).collect()
}

fn said(before: &Hierarchy, after: &Hierarchy) -> BTreeMap<Uid, (Option<Said>, Option<Said>)> {
    let said = |hierarchy: &Hierarchy, uid: Uid| {
        if let Some(unit) = hierarchy.by_uid(uid) {
            let Unit { code, name, attributes, .. } = hierarchy.unit(unit).clone();
            return Some(Said { code: Some(code), name, attributes });
        }
        let name = hierarchy.voids().iter().find(|void| void.uid == uid)?.name.clone();
        Some(Said { code: None, name, attributes: Attributes::new() })
    };
    let voids = before.voids().iter().chain(after.voids()).map(|v| v.uid);
    let uids = before.units().iter().chain(after.units()).map(|u| u.uid);
    let others: BTreeSet<Uid> = uids.chain(voids).filter(|&uid| !same(before, after, uid)).collect();
    let pair = |uid| (uid, (said(before, uid), said(after, uid)));
    others.into_iter().map(pair).filter(|(_, (was, is))| was != is).collect()
}

/// Whether the same is said of a unit in both.
fn same(before: &Hierarchy, after: &Hierarchy, uid: Uid) -> bool {
    let (Some(was), Some(is)) = (before.by_uid(uid), after.by_uid(uid)) else { return false };
    let (was, is) = (before.unit(was), after.unit(is));
    (&was.code, &was.name, &was.attributes) == (&is.code, &is.name, &is.attributes)
}

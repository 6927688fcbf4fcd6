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

use super::apply::uids;
use crate::coverage::Partition;
use crate::coverage::arrangement::Segment;
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
        let [former, latter] = [before, after].map(Sides::of);
        let alone = |partition: &Partition, here: &Sides, there: &Sides| -> BTreeSet<Border> {
            let arcs = partition.coverage.arcs().zip(&here.arcs);
            arcs.filter(|(_, key)| !there.known.contains(key))
                .flat_map(|(arc, key)| {
                    arc.points.windows(2).map(move |w| {
                        // Who is on which side goes with the direction: uids stand in the place of owners.
                        let flat = Segment { a: w[0], b: w[1], left: Owner(0), right: Owner(1) }.ordered();
                        let (left, right) =
                            if flat.left == Owner(0) { (key.1, key.2) } else { (key.2, key.1) };
                        (flat.a, flat.b, left, right)
                    })
                })
                .collect()
        };
        let (gone, made) = (alone(before, &former, &latter), alone(after, &latter, &former));
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

/// An arc by its points and the uids on its sides.
type Key<'a> = (&'a [Point], Option<Uid>, Option<Uid>);

struct Sides<'a> {
    arcs: Vec<Key<'a>>,
    known: std::collections::HashSet<Key<'a>>,
}

impl<'a> Sides<'a> {
    fn of(partition: &'a Partition) -> Self {
        let uids = uids(&partition.hierarchy);
        let uid = |owner: Owner| uids.get(owner.index()).copied();
        let arcs: Vec<Key<'a>> =
            partition.coverage.arcs().map(|arc| (arc.points, uid(arc.left), uid(arc.right))).collect();
        Self { known: arcs.iter().copied().collect(), arcs }
    }
}

fn said(before: &Hierarchy, after: &Hierarchy) -> BTreeMap<Uid, (Option<Said>, Option<Said>)> {
    let of = |hierarchy: &Hierarchy, uid: Uid| {
        if let Some(unit) = hierarchy.by_uid(uid) {
            let Unit { code, name, attributes, .. } = hierarchy.unit(unit).clone();
            return Some(Said { code: Some(code), name, attributes });
        }
        let name = hierarchy.voids().iter().find(|void| void.uid == uid)?.name.clone();
        Some(Said { code: None, name, attributes: Attributes::new() })
    };
    let voids = before.voids().iter().chain(after.voids()).map(|v| v.uid);
    let uids: BTreeSet<Uid> =
        before.units().iter().chain(after.units()).map(|u| u.uid).chain(voids).collect();
    let pair = |uid| (uid, (of(before, uid), of(after, uid)));
    uids.into_iter().map(pair).filter(|(_, (was, is))| was != is).collect()
}

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

/// How far noding may bend a border, in lattice units.
const BEND: f64 = 1.0;

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

    /// The units and voids whose own edges differ: not who only has another neighbour.
    #[must_use]
    pub fn moved(&self) -> BTreeSet<Uid> {
        let own = |borders: &BTreeSet<Border>| {
            let mut own: BTreeMap<Uid, BTreeSet<(Point, Point, bool)>> = BTreeMap::new();
            for &(a, b, left, right) in borders {
                for (uid, is_left) in [(left, true), (right, false)] {
                    if let Some(uid) = uid {
                        own.entry(uid).or_default().insert((a, b, is_left));
                    }
                }
            }
            own
        };
        let (gone, made) = (own(&self.gone), own(&self.made));
        let all: BTreeSet<Uid> = gone.keys().chain(made.keys()).copied().collect();
        all.into_iter().filter(|uid| gone.get(uid) != made.get(uid)).collect()
    }

    /// The units and voids that are others than before: by their own edges, or by what is said of them.
    #[must_use]
    pub fn changed(&self) -> BTreeSet<Uid> {
        self.moved().into_iter().chain(self.units.keys().copied()).collect()
    }

    /// Whether the outline runs elsewhere: more than noding bends it.
    #[must_use]
    pub fn moves_outline(&self) -> bool {
        let outer = |borders: &BTreeSet<Border>| -> Vec<(Point, Point)> {
            borders.iter().filter(|b| b.2.is_none() || b.3.is_none()).map(|b| (b.0, b.1)).collect()
        };
        let (gone, made) = (outer(&self.gone), outer(&self.made));
        let beside = |p: Point, lines: &[(Point, Point)]| lines.iter().any(|&line| distance(p, line) <= BEND);
        let strays = |some: &[(Point, Point)], others: &[(Point, Point)]| {
            some.iter().flat_map(|&(a, b)| [a, b]).any(|p| !beside(p, others))
        };
        strays(&gone, &made) || strays(&made, &gone)
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.gone.is_empty() && self.made.is_empty() && self.units.is_empty()
    }
}

/// How far a point lies from a piece of border, in lattice units.
fn distance(p: Point, (a, b): (Point, Point)) -> f64 {
    let from = |q: Point| (f64::from(q.x) - f64::from(a.x), f64::from(q.y) - f64::from(a.y));
    let ((dx, dy), (px, py)) = (from(b), from(p));
    let along = ((px * dx + py * dy) / (dx * dx + dy * dy).max(1.0)).clamp(0.0, 1.0);
    libm::hypot(px - along * dx, py - along * dy)
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

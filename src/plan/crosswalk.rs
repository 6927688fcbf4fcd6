//! Where the area of each unit of one version is in another.
//!
//! ```text
//! moves: a piece of a is b's now     the rest of a is still a's
//! a → a  0.7
//! a → b  0.3
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::moves::moves;
use crate::coverage::Partition;
use crate::crs::{Polygon, ring_area2};
use crate::unit::{Hierarchy, Owner, Uid};

/// Leaves and voids of two versions with the area, twice in square lattice units, that they have in common; the former
/// version's first. `None`: nobody's. Only pairs that have any.
pub type Common = BTreeMap<(Option<Uid>, Option<Uid>), i128>;

/// Where the area of the leaves and voids is; `touched` are all whose borders differ.
#[must_use]
pub fn crosswalk(before: &Partition, after: &Partition, touched: &BTreeSet<Uid>) -> Common {
    let mut common = Common::new();
    let mut moved: BTreeMap<Uid, i128> = BTreeMap::new();
    for piece in moves(before, after, touched) {
        let area = area2(std::slice::from_ref(&piece.polygon));
        *common.entry((piece.from, piece.to)).or_default() += area;
        if let Some(from) = piece.from {
            *moved.entry(from).or_default() += area;
        }
    }
    for (owner, uid) in owners(&before.hierarchy) {
        let left = area2(&before.coverage.polygons(owner)) - moved.get(&uid).copied().unwrap_or_default();
        if left > 0 {
            *common.entry((Some(uid), Some(uid))).or_default() += left;
        }
    }
    common
}

fn area2(polygons: &[Polygon]) -> i128 {
    polygons.iter().flat_map(Polygon::rings).map(ring_area2).sum()
}

fn owners(hierarchy: &Hierarchy) -> impl Iterator<Item = (Owner, Uid)> {
    (0..).map(Owner).zip(hierarchy.owner_uids())
}

//! What retired units became and new ones came from: the exact overlay of two coverages.
//!
//! ```text
//!   before ┌───┬───┐    after ┌───┬───┐    faces of both laid over each other know the set of their owners:
//!          │ a │ b │          │ a │ c │    {b, c} has all of b's area → b became c, share 1
//!          └───┴───┘          └───┴───┘
//! ```
//!
//! Only what retired and new units touch is laid over each other. A unit that keeps its uid and takes another code
//! gets a row of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::record::LineageRow;
use crate::coverage::Partition;
use crate::coverage::arrangement::{Segment, faces, node};
use crate::crs::Bounds;
use crate::unit::{Code, Hierarchy, Owner, Uid, UnitIndex};

/// Shares below this are the noise of borders drawn anew.
const LEAST_SHARE: f64 = 1e-6;

/// The rows of `version`, by the former code, then the latter.
pub fn derive(version: u64, before: &Partition, after: &Partition) -> Vec<LineageRow> {
    let sides = [Side::new(before, after), Side::new(after, before)];
    let mut rows: Vec<LineageRow> = renumbered(version, before, after).collect();
    if sides.iter().all(|side| side.gone.is_empty()) {
        return rows;
    }
    let overlaps = leaf_overlaps(&sides);
    let mut shares: BTreeMap<(UnitIndex, UnitIndex), i128> = BTreeMap::new();
    for (&(old, new), &area) in &overlaps {
        for (from, to) in pairs(&before.hierarchy, old, &after.hierarchy, new) {
            if sides[0].gone.contains(&from) || sides[1].gone.contains(&to) {
                *shares.entry((from, to)).or_default() += area;
            }
        }
    }
    let areas = areas(before);
    let overlaid = shares.into_iter().map(|((from, to), area)| {
        let share = area as f64 / areas.get(&from).copied().unwrap_or(1) as f64;
        row(version, before, from, after, to, share)
    });
    rows.extend(overlaid.filter(|r| r.share >= LEAST_SHARE && r.from.0 != r.to.0));
    rows.sort_by(|a, b| (&a.from.1, &a.to.1).cmp(&(&b.from.1, &b.to.1)));
    rows
}

/// One of the two partitions, and what the other has not.
struct Side<'a> {
    partition: &'a Partition,
    /// Units whose uid the other side has not.
    gone: BTreeSet<UnitIndex>,
}

impl<'a> Side<'a> {
    fn new(partition: &'a Partition, other: &Partition) -> Self {
        let units = partition.hierarchy.units().iter().zip(0..);
        let gone = units.filter(|(u, _)| other.hierarchy.by_uid(u.uid).is_none()).map(|(_, i)| i).collect();
        Self { partition, gone }
    }

    /// The box of each leaf, by owner; voids have none.
    fn boxes(&self) -> Vec<Bounds> {
        let mut boxes = self.partition.coverage.boxes();
        boxes.truncate(self.partition.hierarchy.leaves().len());
        boxes
    }

    /// Leaves under a unit that is gone, by owner.
    fn gone_leaves(&self) -> Vec<bool> {
        let hierarchy = &self.partition.hierarchy;
        hierarchy.leaves().iter().map(|&leaf| hierarchy.chain(leaf).any(|u| self.gone.contains(&u))).collect()
    }
}

/// Twice the area, in square lattice units, that leaves of both sides share, by their units.
fn leaf_overlaps(sides: &[Side; 2]) -> BTreeMap<(UnitIndex, UnitIndex), i128> {
    let [before, after] = sides;
    let (old_boxes, new_boxes) = (before.boxes(), after.boxes());
    let (old_gone, new_gone) = (before.gone_leaves(), after.gone_leaves());
    let shift = old_boxes.len() as u32;
    let old_taken = taken(&old_gone, &old_boxes, &new_gone, &new_boxes);
    let new_taken = taken(&new_gone, &new_boxes, &old_gone, &old_boxes);
    let mut segments = segments(before.partition, &old_taken, 0);
    segments.extend(self::segments(after.partition, &new_taken, shift));
    let faces = faces(&node(&segments, 0, None), &segments);
    let mut overlaps = BTreeMap::new();
    for cycle in &faces.cycles {
        let owners = cycle.owners.iter().map(|w| w.0.0);
        for old in owners.clone().filter(|&o| o < shift) {
            for new in owners.clone().filter(|&o| o >= shift) {
                let leaf = |side: &Side, owner| side.partition.hierarchy.leaf(Owner(owner));
                if let (Some(from), Some(to)) = (leaf(before, old), leaf(after, new - shift)) {
                    *overlaps.entry((from, to)).or_default() += cycle.area2;
                }
            }
        }
    }
    overlaps
}

/// Which leaves take part: those that are gone, and those whose box meets one that the other side has alone.
fn taken(gone: &[bool], boxes: &[Bounds], others_gone: &[bool], others: &[Bounds]) -> Vec<bool> {
    let alone: Vec<Bounds> =
        others.iter().zip(others_gone).filter(|(_, gone)| **gone).map(|(b, _)| *b).collect();
    let all = alone.iter().fold(Bounds::EMPTY, |all, &b| all.union(b));
    let meets = |b: Bounds| b.meets(all) && alone.iter().any(|a| a.meets(b));
    gone.iter().zip(boxes).map(|(&gone, &b)| gone || meets(b)).collect()
}

/// The borders of the leaves that take part, owners numbered from `shift`.
fn segments(partition: &Partition, taken: &[bool], shift: u32) -> Vec<Segment> {
    partition.coverage.sided(|owner| match taken.get(owner.index()) {
        Some(true) => Owner(owner.0 + shift),
        _ => Owner::OUTSIDE,
    })
}

/// The units of each level that two leaves stand for.
fn pairs(
    before: &Hierarchy,
    old: UnitIndex,
    after: &Hierarchy,
    new: UnitIndex,
) -> BTreeSet<(UnitIndex, UnitIndex)> {
    let lowest = before.levels().lowest().min(after.levels().lowest());
    let at = |h: &Hierarchy, unit, level| h.chain(unit).find(|&u| h.unit(u).level <= level);
    (0..=lowest).filter_map(|level| at(before, old, level).zip(at(after, new, level))).collect()
}

/// Twice the area of every unit, in square lattice units.
fn areas(partition: &Partition) -> BTreeMap<UnitIndex, i128> {
    use crate::crs::ring_area2;
    let hierarchy = &partition.hierarchy;
    let mut areas = BTreeMap::new();
    for (&leaf, owner) in hierarchy.leaves().iter().zip(0..) {
        let polygons = partition.coverage.polygons(Owner(owner));
        let area: i128 = polygons.iter().flat_map(crate::crs::Polygon::rings).map(ring_area2).sum();
        hierarchy.chain(leaf).for_each(|u| *areas.entry(u).or_default() += area);
    }
    areas
}

fn row(
    version: u64,
    before: &Partition,
    from: UnitIndex,
    after: &Partition,
    to: UnitIndex,
    share: f64,
) -> LineageRow {
    let name = |p: &Partition, u: UnitIndex| -> (Uid, Code) {
        let unit = p.hierarchy.unit(u);
        (unit.uid, unit.code.clone())
    };
    LineageRow { version, from: name(before, from), to: name(after, to), share }
}

/// Units that keep their uid and have another code.
fn renumbered<'a>(
    version: u64,
    before: &'a Partition,
    after: &'a Partition,
) -> impl Iterator<Item = LineageRow> + 'a {
    before.hierarchy.units().iter().zip(0..).filter_map(move |(unit, from)| {
        let to = after.hierarchy.by_uid(unit.uid)?;
        let renumbered = after.hierarchy.unit(to).code != unit.code;
        renumbered.then(|| row(version, before, from, after, to, 1.0))
    })
}

//! Arcs → the rings of groups of owners, by walking round each face with the group on the left.
//!
//! ```text
//!  walk:  a b c a d e      split at the point met twice:   shell a d e,  hole a b c
//! ```
//!
//! Where a face touches itself at a point, its walk is split into simple rings there, so that every polygon is valid
//! by the OGC's rules: one shell that runs counter-clockwise, holes that run clockwise and may touch it at a point.

use std::collections::BTreeMap;

use super::{Coverage, Polygon};
use crate::crs::{Bounds, Point, cross, ring_area2};
use crate::unit::Owner;

/// A ring as half-arcs in order.
type Ring = Vec<u32>;

/// A shell and its holes, as half-arcs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingSet {
    shell: Ring,
    holes: Vec<Ring>,
}

impl RingSet {
    /// The same rings with other numbers for their half-arcs.
    pub fn renumbered(&self, to: impl Fn(u32) -> u32) -> Self {
        let ring = |ring: &Ring| ring.iter().map(|&half| to(half)).collect();
        Self { shell: ring(&self.shell), holes: self.holes.iter().map(ring).collect() }
    }
}

/// The rings of every group; arcs with one group on both sides, or none, are left out.
pub fn trace(coverage: &Coverage, group: impl Fn(Owner) -> Option<u32>) -> BTreeMap<u32, Vec<RingSet>> {
    let left_of: Vec<Option<u32>> = sides(coverage, group);
    let turns = Turns::new(coverage, &left_of);
    let mut seen = vec![false; left_of.len()];
    let mut shells: BTreeMap<u32, Vec<RingSet>> = BTreeMap::new();
    let mut loose: Vec<(u32, Ring)> = Vec::new();
    for half in 0..left_of.len() as u32 {
        let Some(g) = left_of[half as usize].filter(|_| !seen[half as usize]) else { continue };
        let rings = turns.walk(half, &mut seen);
        let (mut outer, inner): (Vec<Ring>, Vec<Ring>) =
            rings.into_iter().partition(|r| ring_area2(&points(coverage, r)) > 0);
        match outer.pop() {
            Some(shell) => shells.entry(g).or_default().push(RingSet { shell, holes: inner }),
            None => loose.extend(inner.into_iter().map(|r| (g, r))),
        }
    }
    place_holes(coverage, &mut shells, loose);
    shells
}

/// The canonical polygons of ring sets.
pub fn polygons(coverage: &Coverage, sets: &[RingSet]) -> Vec<Polygon> {
    let ring = |r: &Ring| canonical(points(coverage, r));
    let polygon = |set: &RingSet| {
        let mut holes: Vec<_> = set.holes.iter().map(ring).collect();
        holes.sort_unstable();
        Polygon { shell: ring(&set.shell), holes }
    };
    let mut all: Vec<_> = sets.iter().map(polygon).collect();
    all.sort_unstable();
    all
}

/// The group to the left of each half-arc, for half-arcs that bound their group.
fn sides(coverage: &Coverage, group: impl Fn(Owner) -> Option<u32>) -> Vec<Option<u32>> {
    let side = |owner: Owner| if owner.is_outside() { None } else { group(owner) };
    coverage
        .arcs()
        .flat_map(|arc| {
            let (left, right) = (side(arc.left), side(arc.right));
            if left == right { [None, None] } else { [left, right] }
        })
        .collect()
}

/// At each half-arc's end, the half-arc that follows it round the face on its left.
struct Turns {
    next: Vec<u32>,
    /// Where half-arcs start, as a number of the node; only nodes where more than two bounding ends meet can be met twice.
    node: Vec<u32>,
    busy: Vec<bool>,
}

impl Turns {
    fn new(coverage: &Coverage, left_of: &[Option<u32>]) -> Self {
        let mut ends: Vec<(Point, Point, u32)> = Vec::new();
        for arc in 0..coverage.arc_count() as u32 {
            if left_of[2 * arc as usize].is_none() && left_of[2 * arc as usize + 1].is_none() {
                continue;
            }
            let p = coverage.arc(arc as usize).points;
            ends.push((p[0], p[1], 2 * arc));
            ends.push((p[p.len() - 1], p[p.len() - 2], 2 * arc + 1));
        }
        ends.sort_unstable();
        let mut turns = Self {
            next: vec![u32::MAX; left_of.len()],
            node: vec![u32::MAX; left_of.len()],
            busy: Vec::new(),
        };
        for star in ends.chunk_by_mut(|p, q| p.0 == q.0) {
            star.sort_unstable_by(|p, q| {
                let west = |t: Point| t < p.0;
                west(p.1).cmp(&west(q.1)).then_with(|| 0.cmp(&cross(p.0, p.1, q.1)))
            });
            for (i, &(_, _, half)) in star.iter().enumerate() {
                let clockwise = star[(i + star.len() - 1) % star.len()].2;
                turns.next[(half ^ 1) as usize] = clockwise;
                turns.node[half as usize] = turns.busy.len() as u32;
            }
            turns.busy.push(star.len() > 2);
        }
        turns
    }

    /// Walks round the face to the left of `first` and splits the walk into simple rings.
    fn walk(&self, first: u32, seen: &mut [bool]) -> Vec<Ring> {
        let (mut path, mut rings) = (Ring::new(), Vec::new());
        let mut half = first;
        while !seen[half as usize] {
            seen[half as usize] = true;
            let node = self.node[half as usize];
            if self.busy[node as usize]
                && let Some(at) = path.iter().rposition(|&h| self.node[h as usize] == node)
            {
                rings.push(path.split_off(at));
            }
            path.push(half);
            half = self.next[half as usize];
        }
        if !path.is_empty() {
            rings.push(path);
        }
        rings
    }
}

/// Gives each hole that its own shell does not touch to the smallest shell of its group around it. A part of the group
/// inside the hole may touch it at the very point that is asked about, but is smaller than the hole.
fn place_holes(coverage: &Coverage, shells: &mut BTreeMap<u32, Vec<RingSet>>, loose: Vec<(u32, Ring)>) {
    let mut outlines: BTreeMap<u32, Vec<(Vec<Point>, Bounds, i128)>> = BTreeMap::new();
    for (g, hole) in loose {
        let Some(sets) = shells.get_mut(&g) else { continue };
        let outlines = outlines.entry(g).or_insert_with(|| {
            let outline = |set: &RingSet| {
                let ring = points(coverage, &set.shell);
                let (bounds, area) = (Bounds::of(&ring), ring_area2(&ring));
                (ring, bounds, area)
            };
            sets.iter().map(outline).collect()
        });
        let Some(p) = coverage.half(hole[0]).next() else { continue };
        let size = ring_area2(&points(coverage, &hole)).abs();
        let around = outlines
            .iter()
            .enumerate()
            .filter(|(_, (ring, bounds, area))| *area > size && bounds.contains(p) && contains(ring, p))
            .min_by_key(|(_, (_, _, area))| *area);
        if let Some((i, _)) = around {
            sets[i].holes.push(hole);
        }
    }
}

/// Whether a ring goes round a point that is not on it.
#[must_use]
pub fn contains(ring: &[Point], p: Point) -> bool {
    let mut inside = false;
    for (i, &b) in ring.iter().enumerate() {
        let a = ring[(i + ring.len() - 1) % ring.len()];
        let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
        if low.y <= p.y && p.y < high.y && cross(low, high, p) > 0 {
            inside = !inside;
        }
    }
    inside
}

/// The points of a ring, the first not repeated.
fn points(coverage: &Coverage, ring: &Ring) -> Vec<Point> {
    let mut all = Vec::new();
    for &half in ring {
        all.extend(coverage.half(half));
        all.pop();
    }
    all
}

/// A ring that starts at its smallest point.
pub fn canonical(mut ring: Vec<Point>) -> Vec<Point> {
    if let Some(start) = (0..ring.len()).min_by_key(|&i| ring[i]) {
        ring.rotate_left(start);
    }
    ring
}

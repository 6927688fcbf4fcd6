//! Noded pieces with any number of owners a side → the faces between them, each with the set of its owners.
//!
//! ```text
//!   ┌────────┐         a face's boundary is one or more cycles: its outer one runs counter-clockwise,
//!   │ ┌────┐ │         those round what lies inside it run clockwise. Crossing an edge from right to left
//!   │ │    │ │         adds its left owners and takes away its right ones, from the outside (nobody) inwards.
//!   │ └────┘ │
//!   └────────┘
//! ```
//!
//! A component that touches nothing lies in the face just west of its westernmost point.

use std::cmp::Ordering;

use super::bins::Bins;
use super::{Noded, Segment};
use crate::crs::{Point, cross};
use crate::unit::Owner;

/// How often each owner covers a face: once is right, twice is an overlap with itself, less than none a ring turned
/// inside out. Sorted by owner; owners that do not cover it are left out.
pub type Windings = Vec<(Owner, i32)>;

/// A distinct edge with a < b; half-edge `2 i` runs a → b of edge `i`, `2 i + 1` the other way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Start.
    pub a: Point,
    /// End.
    pub b: Point,
    /// What crossing it from right to left of a → b adds.
    gains: Windings,
}

/// One closed walk along the boundary of a face, which lies to its left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// A half-edge of it.
    pub first: u32,
    /// Twice its signed area in square units: positive for the outer cycle of a face.
    pub area2: i128,
    /// The cycle that stands for the face: its outer one, or `None` for the unbounded face.
    pub face: Option<u32>,
    /// Who owns the face.
    pub owners: Windings,
}

/// Edges, the cycles along them, and the faces those bound.
#[derive(Debug)]
pub struct Faces {
    /// Every edge once, sorted.
    pub edges: Vec<Edge>,
    /// Every cycle.
    pub cycles: Vec<Cycle>,
    next: Vec<u32>,
    cycle_of: Vec<u32>,
}

impl Faces {
    /// The cycle to the left of a half-edge.
    #[must_use]
    pub fn cycle_left_of(&self, half: u32) -> &Cycle {
        &self.cycles[self.cycle_of[half as usize] as usize]
    }

    /// The half-edge a → b, for a < b.
    #[must_use]
    pub fn half_of(&self, a: Point, b: Point) -> Option<u32> {
        self.edges.binary_search_by(|e| (e.a, e.b).cmp(&(a, b))).ok().map(|i| 2 * i as u32)
    }

    /// The points of a cycle in order, the first not repeated.
    #[must_use]
    pub fn points(&self, cycle: &Cycle) -> Vec<Point> {
        self.halves(cycle.first).map(|h| start(&self.edges, h)).collect()
    }

    /// The cycles on the other side of a cycle's edges, one for each edge.
    pub fn across(&self, cycle: &Cycle) -> impl Iterator<Item = &Cycle> {
        self.halves(cycle.first).map(|h| self.cycle_left_of(h ^ 1))
    }

    fn halves(&self, first: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(first), move |&h| Some(self.next[h as usize]).filter(|&n| n != first))
    }
}

/// Builds the faces of a noded set of segments.
#[must_use]
pub(crate) fn faces(noded: &[Noded], segments: &[Segment]) -> Faces {
    let mut edges = merge(noded, segments);
    edges.retain(|edge| !edge.gains.is_empty());
    of_edges(edges)
}

/// The same, where what has one owner on both sides cuts its face too: lines laid into a partition.
#[must_use]
pub(crate) fn subdivide(noded: &[Noded], segments: &[Segment]) -> Faces {
    of_edges(merge(noded, segments))
}

fn of_edges(edges: Vec<Edge>) -> Faces {
    let stars = Stars::new(&edges);
    let next = stars.next(edges.len());
    let (cycles, cycle_of) = trace(&edges, &next);
    let mut faces = Faces { edges, cycles, next, cycle_of };
    settle(&mut faces, &stars);
    faces
}

/// Equal pieces become one edge with the sum of their sides.
fn merge(noded: &[Noded], segments: &[Segment]) -> Vec<Edge> {
    noded
        .chunk_by(|m, n| (m.a, m.b) == (n.a, n.b))
        .map(|same| {
            let mut gains = Windings::new();
            for piece in same {
                let (left, right) = piece.sides(segments);
                add(&mut gains, left, 1);
                add(&mut gains, right, -1);
            }
            Edge { a: same[0].a, b: same[0].b, gains }
        })
        .collect()
}

fn add(windings: &mut Windings, owner: Owner, by: i32) {
    if owner.is_outside() {
        return;
    }
    match windings.binary_search_by_key(&owner, |w| w.0) {
        Ok(i) if windings[i].1 + by == 0 => {
            windings.remove(i);
        }
        Ok(i) => windings[i].1 += by,
        Err(i) => windings.insert(i, (owner, by)),
    }
}

fn start(edges: &[Edge], half: u32) -> Point {
    let edge = &edges[half as usize / 2];
    if half.is_multiple_of(2) { edge.a } else { edge.b }
}

/// The half-edges round each point, by angle from just after south, counter-clockwise.
struct Stars {
    /// Half-edges by start point, then angle.
    halves: Vec<u32>,
    /// Where each point's run begins; one more entry at the end.
    runs: Vec<usize>,
}

impl Stars {
    fn new(edges: &[Edge]) -> Self {
        let mut keyed: Vec<(Point, Point, u32)> = Vec::with_capacity(edges.len() * 2);
        for (i, e) in edges.iter().enumerate() {
            keyed.push((e.a, e.b, 2 * i as u32));
            keyed.push((e.b, e.a, 2 * i as u32 + 1));
        }
        keyed.sort_unstable();
        let mut runs = vec![0];
        let mut end = 0;
        for run in keyed.chunk_by_mut(|p, q| p.0 == q.0) {
            run.sort_unstable_by(|p, q| by_angle(p.0, p.1, q.1));
            end += run.len();
            runs.push(end);
        }
        Self { halves: keyed.into_iter().map(|(_, _, h)| h).collect(), runs }
    }

    fn run(&self, point: usize) -> &[u32] {
        &self.halves[self.runs[point]..self.runs[point + 1]]
    }

    /// The half-edge that follows each: at its end, the first one clockwise from the way back.
    fn next(&self, edges: usize) -> Vec<u32> {
        let mut next = vec![0; edges * 2];
        for point in 0..self.runs.len() - 1 {
            let run = self.run(point);
            for (i, &half) in run.iter().enumerate() {
                let clockwise = run[(i + run.len() - 1) % run.len()];
                next[(half ^ 1) as usize] = clockwise;
            }
        }
        next
    }
}

/// Order of p and q round `centre`, counter-clockwise from just after south.
fn by_angle(centre: Point, p: Point, q: Point) -> Ordering {
    let west = |t: Point| t < centre;
    west(p).cmp(&west(q)).then_with(|| 0.cmp(&cross(centre, p, q)))
}

fn trace(edges: &[Edge], next: &[u32]) -> (Vec<Cycle>, Vec<u32>) {
    let mut cycle_of = vec![u32::MAX; next.len()];
    let mut cycles = Vec::new();
    for first in 0..next.len() as u32 {
        if cycle_of[first as usize] != u32::MAX {
            continue;
        }
        let origin = start(edges, first);
        let (mut half, mut area2) = (first, 0);
        loop {
            cycle_of[half as usize] = cycles.len() as u32;
            area2 += cross(origin, start(edges, half), start(edges, half ^ 1));
            half = next[half as usize];
            if half == first {
                break;
            }
        }
        cycles.push(Cycle { first, area2, face: None, owners: Windings::new() });
    }
    (cycles, cycle_of)
}

/// Gives every cycle its face and owners: component by component from the west, each from its outer cycle inwards.
fn settle(faces: &mut Faces, stars: &Stars) {
    let fine = |p: Point| (i64::from(p.x), i64::from(p.y));
    let bins = Bins::of_segments(faces.edges.len(), |i| (fine(faces.edges[i].a), fine(faces.edges[i].b)), 0);
    let mut settled = vec![false; faces.cycles.len()];
    for point in 0..stars.runs.len() - 1 {
        // The smallest point of a component not yet seen: all its edges lead east, the last of them northernmost.
        let Some(&half) = stars.run(point).last() else { continue };
        let outer = faces.cycle_of[half as usize];
        if settled[outer as usize] {
            continue;
        }
        let container = west_of(faces, &bins, start(&faces.edges, half));
        if let Some(container) = container {
            let Cycle { face, owners, .. } = faces.cycles[container as usize].clone();
            faces.cycles[outer as usize].face = face;
            faces.cycles[outer as usize].owners = owners;
        }
        flood(faces, outer, &mut settled);
    }
}

/// Spreads faces and owners from a settled cycle over its component.
fn flood(faces: &mut Faces, outer: u32, settled: &mut [bool]) {
    settled[outer as usize] = true;
    let mut stack = vec![outer];
    while let Some(cycle) = stack.pop() {
        let first = faces.cycles[cycle as usize].first;
        let mut half = first;
        loop {
            let across = faces.cycle_of[(half ^ 1) as usize];
            if !settled[across as usize] {
                settled[across as usize] = true;
                let mut owners = faces.cycles[cycle as usize].owners.clone();
                let sign = if half.is_multiple_of(2) { -1 } else { 1 };
                for &(owner, by) in &faces.edges[half as usize / 2].gains {
                    add(&mut owners, owner, sign * by);
                }
                faces.cycles[across as usize].owners = owners;
                faces.cycles[across as usize].face = Some(across);
                stack.push(across);
            }
            half = faces.next[half as usize];
            if half == first {
                break;
            }
        }
    }
}

/// The cycle of the face just west of `p`, where `p` is the westernmost point of its own component.
fn west_of(faces: &Faces, bins: &Bins, p: Point) -> Option<u32> {
    let mut best: Option<(Crossing, u32)> = None;
    bins.westward(i64::from(p.x), i64::from(p.y), |bin, west_edge| {
        for &edge in bins.bin(bin) {
            let e = &faces.edges[edge as usize];
            let (low, high, half) =
                if e.a.y < e.b.y { (e.a, e.b, 2 * edge) } else { (e.b, e.a, 2 * edge + 1) };
            if low.y > p.y || p.y >= high.y {
                continue;
            }
            let crossing = Crossing::new(low, high, p.y);
            if crossing.is_west_of(p.x)
                && best.as_ref().is_none_or(|(b, _)| crossing.cmp(b) == Ordering::Greater)
            {
                best = Some((crossing, half));
            }
        }
        best.as_ref().is_some_and(|(b, _)| !b.is_west_of_i64(west_edge))
    });
    // The half-edge runs up, so what lies east of it is to its right.
    best.map(|(_, half)| faces.cycle_of[(half ^ 1) as usize])
}

/// Where an upward edge crosses a height: x = num / den, and its slope to tell apart edges that meet there.
struct Crossing {
    num: i128,
    den: i128,
    dx: i128,
}

impl Crossing {
    fn new(low: Point, high: Point, y: i32) -> Self {
        let (dx, den) = (i128::from(high.x) - i128::from(low.x), i128::from(high.y) - i128::from(low.y));
        let num = i128::from(low.x) * den + (i128::from(y) - i128::from(low.y)) * dx;
        Self { num, den, dx }
    }

    fn is_west_of(&self, x: i32) -> bool {
        self.is_west_of_i64(i64::from(x))
    }

    fn is_west_of_i64(&self, x: i64) -> bool {
        self.num < i128::from(x) * self.den
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let here = (self.num * other.den).cmp(&(other.num * self.den));
        here.then_with(|| (self.dx * other.den).cmp(&(other.dx * self.den)))
    }
}

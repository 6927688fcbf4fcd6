//! How far apart the two borders are that a thin face lies between.
//!
//! ```text
//!          A                      each side of the face is the border of those whose ownership ends there; a vertex
//!   ──•────────•──                is as far from the other border as from the nearest side that is another's
//!      ╲  gap ╱ ↕ size
//!   ────•────•────                at its tips, where two borders meet at a sharp angle, it is nothing wide
//!          B
//! ```
//!
//! A face that bends is long in every direction, but nowhere wider than its borders are apart.

use super::arrangement::{Bins, Cycle, Faces};
use crate::crs::{Point, cross};
use crate::unit::Owner;

/// A face whose borders lie this close together, in lattice units, is a vertex beside a segment rather than an area:
/// about 11 m.
const SLIVER: f64 = 1000.0;

/// How many times longer than wide a sliver's longest side is, at least.
const SLENDER: f64 = 4.0;

/// How far about a vertex is looked first, in lattice units; twice as far where nothing is found.
const NEAR: i64 = 16;

/// The vertex of a face furthest from the border across, and how far that is, where the face is a sliver.
pub fn sliver(faces: &Faces, cycle: &Cycle, ring: &[Point]) -> Option<(Point, f64)> {
    let longest = ring_sides(ring).max_by(|p, q| length(*p).total_cmp(&length(*q)))?;
    let straight = beside(ring, longest)?;
    let owners: Vec<Vec<Owner>> = faces.across(cycle).map(|other| whose(cycle, other)).collect();
    let thin = |&(_, wide): &(Point, f64)| wide <= SLIVER && wide * SLENDER < length(longest);
    let apart = apart(ring, &owners).filter(|a| a.1 <= straight.1);
    Some(apart.unwrap_or(straight)).filter(thin)
}

type Side = (Point, Point);

fn ring_sides(ring: &[Point]) -> impl Iterator<Item = Side> + '_ {
    ring.iter().zip(ring.iter().cycle().skip(1)).map(|(&a, &b)| (a, b))
}

/// Those who own the face on one side of an edge and not the one on the other: whose border it is.
fn whose(here: &Cycle, there: &Cycle) -> Vec<Owner> {
    let mut owners: Vec<Owner> = here
        .owners
        .iter()
        .filter(|w| !there.owners.contains(w))
        .chain(there.owners.iter().filter(|w| !here.owners.contains(w)))
        .map(|w| w.0)
        .collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}

/// The vertex furthest from a line, and how far.
fn beside(ring: &[Point], (a, b): Side) -> Option<(Point, f64)> {
    let off = |p: Point| cross(a, b, p).unsigned_abs() as f64 / length((a, b));
    ring.iter().map(|&p| (p, off(p))).max_by(|p, q| p.1.total_cmp(&q.1))
}

/// The vertex furthest from the border across, and how far; `owners` says whose border each side is. `None` where
/// there is no border across, or it is further off than any sliver's.
fn apart(ring: &[Point], owners: &[Vec<Owner>]) -> Option<(Point, f64)> {
    let sides: Vec<Side> = ring_sides(ring).collect();
    let fine = |p: Point| (i64::from(p.x), i64::from(p.y));
    let bins = Bins::of_segments(sides.len(), |i| (fine(sides[i].0), fine(sides[i].1)), 0);
    let mut widest: Option<(Point, f64)> = None;
    for (after, &(vertex, next)) in sides.iter().enumerate() {
        let before = (after + sides.len() - 1) % sides.len();
        let within = owners[before] == owners[after];
        if !within && is_sharp(sides[before].0, vertex, next) {
            continue;
        }
        // Where two borders meet at a wide angle, whatever the vertex is no part of lies across.
        let across = |side: usize| {
            if within { owners[side] != owners[after] } else { side != before && side != after }
        };
        let distance = nearest(&bins, &sides, vertex, across)?;
        if widest.is_none_or(|w| w.1 < distance) {
            widest = Some((vertex, distance));
        }
    }
    widest
}

/// Whether the way turns back at `vertex` by more than a right angle.
fn is_sharp(before: Point, vertex: Point, after: Point) -> bool {
    dot(vertex, before, after) > 0
}

/// Distance to the nearest of the sides that `count`, where one is as near as a sliver's.
fn nearest(bins: &Bins, sides: &[Side], p: Point, counts: impl Fn(usize) -> bool) -> Option<f64> {
    let fine = (i64::from(p.x), i64::from(p.y));
    let mut reach = NEAR;
    while reach < 2 * SLIVER as i64 {
        let mut best = f64::INFINITY;
        bins.visit((fine, fine), reach, |bin| {
            for &side in bins.bin(bin) {
                if counts(side as usize) {
                    best = best.min(distance(sides[side as usize], p));
                }
            }
        });
        if best <= reach as f64 {
            return Some(best);
        }
        reach *= 2;
    }
    None
}

/// Distance from `p` to the nearest point of a side.
fn distance((a, b): Side, p: Point) -> f64 {
    let along = dot(a, b, p);
    if along <= 0 {
        length((a, p))
    } else if along >= dot(a, b, b) {
        length((b, p))
    } else {
        cross(a, b, p).unsigned_abs() as f64 / length((a, b))
    }
}

fn length((a, b): Side) -> f64 {
    (dot(a, b, b) as f64).sqrt()
}

/// The scalar product of a → b and a → c.
fn dot(a: Point, b: Point, c: Point) -> i128 {
    let d = |u: i32, v: i32| i128::from(v) - i128::from(u);
    d(a.x, b.x) * d(a.x, c.x) + d(a.y, b.y) * d(a.y, c.y)
}

//! The outline as the board wants it: checked, counter-clockwise, and dense.
//!
//! The given vertices stay; between them the coast and the boundary rivers get the wiggle that a schematic
//! outline has lost, by halving each edge and moving the middle aside. Where that would make the outline cross
//! itself, the edges concerned stay straighter, in the end straight.

use super::SynthError;
use super::chance::{Dice, Stage};
use super::plane::{Plane, V, area, crossing};
use crate::crs::{Point, ring_area2};

/// Longest edge left, in metres.
const STEP_M: f64 = 90.0;
/// How far a middle moves aside, against the edge's length: the sea's side and the land's.
const ROUGH: (f64, f64) = (0.055, 0.050);
/// Never further than this, in metres.
const FARTHEST_M: f64 = 420.0;
/// Times the roughness is halved before an edge is left straight.
const PATIENCE: usize = 5;

/// The dense outline, counter-clockwise; and where the sea's run of it begins and ends.
pub(super) struct Outline {
    /// On the ground, in metres; the first vertex is a given one.
    pub ring: Vec<V>,
    /// The given lattice point of each vertex that was given.
    pub given: Vec<Option<Point>>,
    /// Index of the first and of the last vertex of the coast, counter-clockwise.
    pub coast: Option<(usize, usize)>,
}

/// Checks a ring and turns it counter-clockwise.
pub(super) fn checked(ring: &[Point]) -> Result<Vec<Point>, SynthError> {
    let mut ring = ring.to_vec();
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    let beyond = |p: &Point| p.x.abs() > 1_800_000_000 || p.y.abs() > 900_000_000;
    if ring.len() < 3 {
        return Err(SynthError::Outline(format!("it has {} different points", ring.len())));
    }
    if let Some(p) = ring.iter().find(|p| beyond(p)) {
        return Err(SynthError::Outline(format!("({}, {}) is off the globe", p.x, p.y)));
    }
    match ring_area2(&ring) {
        0 => return Err(SynthError::Outline("it has no area".into())),
        a if a < 0 => ring.reverse(),
        _ => {}
    }
    let as_metres: Vec<V> = ring.iter().map(|p| V::new(f64::from(p.x), f64::from(p.y))).collect();
    match crossing_edges(&as_metres).first() {
        Some(&(a, _)) => {
            Err(SynthError::Outline(format!("it crosses itself near ({}, {})", ring[a].x, ring[a].y)))
        }
        None => Ok(ring),
    }
}

/// The vertices of the coast, from near one point counter-clockwise to near another.
pub(super) fn coast_of(ring: &[Point], ends: Option<(Point, Point)>) -> Vec<usize> {
    let Some((from, to)) = ends else { return Vec::new() };
    let near = |to: Point| {
        let far = |p: &Point| {
            let (dx, dy) = (i64::from(p.x) - i64::from(to.x), i64::from(p.y) - i64::from(to.y));
            dx * dx + dy * dy
        };
        (0..ring.len()).min_by_key(|&i| far(&ring[i])).unwrap_or(0)
    };
    let (first, last, n) = (near(from), near(to), ring.len());
    (0..=(last + n - first) % n).map(|i| (first + i) % n).collect()
}

/// Adds vertices to a checked ring; `coast` are the indices of its vertices by the sea, in order.
pub(super) fn dense(ring: &[Point], coast: &[usize], plane: &Plane, seed: u64) -> Outline {
    let corners: Vec<V> = ring.iter().map(|&p| plane.metres(p)).collect();
    let n = ring.len();
    let by_sea = |edge: usize| coast.len() > 1 && coast[..coast.len() - 1].contains(&edge);
    let mut rough: Vec<f64> = (0..n).map(|e| if by_sea(e) { ROUGH.0 } else { ROUGH.1 }).collect();
    for round in 0..=PATIENCE {
        let runs: Vec<Vec<V>> = (0..n).map(|e| run(&corners, e, rough[e], seed)).collect();
        let edge_of: Vec<usize> = runs.iter().enumerate().flat_map(|(e, r)| vec![e; r.len()]).collect();
        let all: Vec<V> = runs.iter().flatten().copied().collect();
        let crossed = crossing_edges(&all);
        if crossed.is_empty() || round == PATIENCE {
            return assemble(ring, &runs, coast);
        }
        for edge in crossed.into_iter().flat_map(|(a, b)| [edge_of[a], edge_of[b]]) {
            rough[edge] = if round + 2 > PATIENCE { 0.0 } else { rough[edge] / 2.0 };
        }
    }
    unreachable!("the last round returns")
}

fn assemble(ring: &[Point], runs: &[Vec<V>], coast: &[usize]) -> Outline {
    let starts: Vec<usize> = runs
        .iter()
        .scan(0, |sum, run| {
            let start = *sum;
            *sum += run.len();
            Some(start)
        })
        .collect();
    let dense: Vec<V> = runs.iter().flatten().copied().collect();
    debug_assert!(area(&dense) > 0.0);
    let mut given = vec![None; dense.len()];
    for (i, &start) in starts.iter().enumerate() {
        given[start] = Some(ring[i]);
    }
    let coast = match coast {
        [first, .., last] => Some((starts[*first], starts[*last])),
        _ => None,
    };
    Outline { ring: dense, given, coast }
}

/// One edge of the outline, with its start and without its end.
fn run(corners: &[V], edge: usize, rough: f64, seed: u64) -> Vec<V> {
    let mut dice = Dice::new(seed.wrapping_add(edge as u64 * 0x9e37), Stage::Outline);
    let (a, b) = (corners[edge], corners[(edge + 1) % corners.len()]);
    let mut points = vec![a];
    halve(a, b, rough, &mut dice, &mut points);
    points.pop();
    points
}

fn halve(a: V, b: V, rough: f64, dice: &mut Dice, out: &mut Vec<V>) {
    let length = a.distance(b);
    if length > STEP_M {
        let aside = (dice.bell() * rough * length).clamp(-FARTHEST_M, FARTHEST_M);
        let middle = a.towards(b, dice.between(0.44, 0.56)) + (b - a).unit().left() * aside;
        halve(a, middle, rough, dice, out);
        halve(middle, b, rough, dice, out);
    } else {
        out.push(b);
    }
}

/// Pairs of edges (by their first vertex) of a ring that meet where they should not.
fn crossing_edges(ring: &[V]) -> Vec<(usize, usize)> {
    let n = ring.len();
    let edge = |i: usize| (ring[i], ring[(i + 1) % n]);
    let span = |i: usize| {
        let (a, b) = edge(i);
        (a.x.min(b.x), a.x.max(b.x))
    };
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| span(a).0.total_cmp(&span(b).0).then(a.cmp(&b)));
    let mut found = Vec::new();
    for (k, &i) in order.iter().enumerate() {
        let (a, b) = edge(i);
        for &j in order[k + 1..].iter().take_while(|&&j| span(j).0 <= span(i).1) {
            let (c, d) = edge(j);
            let apart = c.y.max(d.y) < a.y.min(b.y) || a.y.max(b.y) < c.y.min(d.y);
            let meet = match ((i + 1) % n == j, (j + 1) % n == i) {
                (true, _) => turns_back(a, b, d),
                (_, true) => turns_back(c, d, b),
                _ => crossing(a, b, c, d).is_some() || on_segment(a, c, d) || on_segment(c, a, b),
            };
            if !apart && meet {
                found.push((i.min(j), i.max(j)));
            }
        }
    }
    found
}

/// Whether the way a, b, c goes back on itself at b.
fn turns_back(a: V, b: V, c: V) -> bool {
    (b - a).cross(c - b) == 0.0 && (b - a).dot(c - b) < 0.0
}

fn on_segment(p: V, a: V, b: V) -> bool {
    (b - a).cross(p - a) == 0.0 && (p - a).dot(p - b) <= 0.0
}

//! Suggestions: balanced, compact, connected ways to split a leaf, or to regroup a unit's leaves into fewer.
//!
//! ```text
//!  a leaf                            a village of leaves
//!   ┌───────┐        ┌───┬───┐        ┌─┬─┬─┐         ┌─────┬─┐
//!   │ ·  ·· │   →    │ · │·· │        ├─┼─┼─┤    →    │     │ │     each group then is one merge
//!   └───────┘        └───┴───┘        └─┴─┴─┘         └─────┴─┘
//!  straight chords, the shortest      random spanning trees cut where they balance, then leaves
//!  of those that balance              at the groups' borders go over while that betters it
//! ```
//!
//! A way is edits that were really done: done again with what they drew ([`Suggested::drawn`]), each part is one piece and
//! has the figures that are said. The same input gives the same ways.
//!
//! Ways are ranked by the largest deviation from the mean, in steps of 1 %, then by the length of the borders between
//! parts.
//!
//! | file | what |
//! |---|---|
//! | `split` | a leaf → ways |
//! | `name` | what new parts are called |
//! | `course` | cuts, each really done, until all parts are there |
//! | `alone` | a leaf by itself, all that a cut needs |
//! | `shape` | a leaf's rings and dwellings on a plane |
//! | `frame` | the lines of one direction |
//! | `line` | what stretches of a line leave on their left |
//! | `chord` | directions → the chords that balance |
//! | `regroup` | a unit's leaves → ways |
//! | `graph` | leaves as a graph; groups and their figures |
//! | `every` | every grouping of a few leaves |
//! | `grow` | groups by random spanning trees and local search |

mod alone;
mod chord;
mod course;
mod every;
mod frame;
mod graph;
mod grow;
mod line;
mod name;
mod regroup;
mod shape;
mod split;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Allotted, Edit, Refused};
use crate::coverage::Polygon;
use crate::crs::{Bounds, Point, length_m, ring_area_m2};
use crate::unit::Code;

pub use regroup::regroup_ways;
pub use split::split_ways;

/// How many ways are suggested at most.
pub const MOST_WAYS: usize = 3;
/// The most parts that are asked for.
pub const MOST_PARTS: usize = 24;
/// How much more than the best's the deviation of the others may be.
const SLACK: f64 = 0.1;

/// Parts whose centres are nearer than this much of the whole's diagonal are one part in two ways.
const NEAR: f64 = 0.05;

/// That a leaf may be split into so many.
///
/// # Errors
/// [`Refused`] where there are too many or too few.
pub fn check_parts(parts: usize) -> Result<(), Refused> {
    if (2..=MOST_PARTS).contains(&parts) {
        return Ok(());
    }
    Err(Refused::new(format!("expected 2 to {MOST_PARTS} parts, found {parts}")))
}

/// What is to be balanced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// The households of the dwellings inside.
    Households,
    /// The area, in m² on the CGCS2000 ellipsoid.
    Area,
}

/// One part of a way.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its code once the edits are done.
    pub code: Code,
    /// Households, or m².
    pub weight: f64,
    /// In m², on the CGCS2000 ellipsoid.
    pub area_m2: f64,
    /// 4 π area / perimeter²: 1 for a disc.
    pub compactness: f64,
    /// Where it is: one polygon.
    pub polygons: Vec<Polygon>,
}

/// An edit of a way.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggested {
    /// The command. It may name codes that edits before it drew.
    pub edit: Edit,
    /// What it drew when it was tried.
    pub drawn: Vec<Allotted>,
}

/// One way.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// What makes it, in order.
    pub edits: Vec<Suggested>,
    /// The parts, by code.
    pub parts: Vec<Part>,
    /// The largest |weight / mean − 1|.
    pub deviation: f64,
    /// Length of the borders between parts, in m on the ellipsoid.
    pub border_m: f64,
}

impl Suggested {
    /// The command where units that edits before it drew have other codes now: others drew theirs in between.
    #[must_use]
    pub fn renamed(&self, codes: &BTreeMap<Code, Code>) -> Edit {
        let now = |code: &Code| codes.get(code).unwrap_or(code).clone();
        let mut edit = self.edit.clone();
        if let Edit::Split { unit, .. } = &mut edit {
            *unit = now(unit);
        }
        edit
    }
}

impl Way {
    fn rank(&self) -> (u32, f64) {
        (step(self.deviation), self.border_m)
    }
}

/// A deviation in whole steps of 1 %.
fn step(deviation: f64) -> u32 {
    (deviation * 100.0 + 1e-6) as u32
}

/// The largest |weight / mean − 1|.
fn deviation(weights: &[f64]) -> f64 {
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    weights.iter().map(|w| (w / mean - 1.0).abs()).fold(0.0, f64::max)
}

/// Area in m² and perimeter in m.
fn measured(polygons: &[Polygon]) -> (f64, f64) {
    let rings = || polygons.iter().flat_map(Polygon::rings);
    let around = |ring: &[Point]| {
        let closed: Vec<_> = ring.iter().chain(ring.first()).copied().collect();
        length_m(&closed)
    };
    (rings().map(ring_area_m2).sum(), rings().map(around).sum())
}

/// 4 π area / perimeter².
fn compactness(area_m2: f64, perimeter_m: f64) -> f64 {
    if perimeter_m > 0.0 { 4.0 * std::f64::consts::PI * area_m2 / (perimeter_m * perimeter_m) } else { 0.0 }
}

/// The best of some ways that differ, best first.
fn chosen<W>(mut ways: Vec<(Way, W)>, differ: impl Fn(&W, &W) -> bool) -> Vec<Way> {
    ways.sort_by(|p, q| p.0.rank().0.cmp(&q.0.rank().0).then(p.0.border_m.total_cmp(&q.0.border_m)));
    let mut taken: Vec<(Way, W)> = Vec::new();
    for (way, mark) in ways {
        let close = taken.first().is_none_or(|best| way.deviation <= best.0.deviation + SLACK);
        let new = |other: &(Way, W)| differ(&other.1, &mark) && !alike(&other.0, &way);
        if close && taken.len() < MOST_WAYS && taken.iter().all(new) {
            taken.push((way, mark));
        }
    }
    taken.into_iter().map(|(way, _)| way).collect()
}

/// Whether two ways make nearly the same parts, whatever led to them and whoever keeps the code.
fn alike(p: &Way, q: &Way) -> bool {
    let rings = || p.parts.iter().flat_map(|part| &part.polygons).flat_map(Polygon::rings);
    let whole = Bounds::of(rings().flatten());
    let (dx, dy) = (f64::from(whole.max.x - whole.min.x), f64::from(whole.max.y - whole.min.y));
    let near = NEAR * libm::hypot(dx, dy);
    let [p, q] = [p, q].map(|way| way.parts.iter().map(|part| centre(&part.polygons)).collect::<Vec<_>>());
    p.iter().all(|a| q.iter().any(|b| libm::hypot(a.0 - b.0, a.1 - b.1) <= near))
}

/// The centre of area, on the lattice.
fn centre(polygons: &[Polygon]) -> (f64, f64) {
    let (mut area, mut sum) = (0.0, (0.0, 0.0));
    for ring in polygons.iter().flat_map(Polygon::rings) {
        let Some(&o) = ring.first() else { continue };
        // From a corner, or the differences would drown.
        let from = |p: Point| (f64::from(p.x) - f64::from(o.x), f64::from(p.y) - f64::from(o.y));
        for w in ring.windows(2) {
            let ((ax, ay), (bx, by)) = (from(w[0]), from(w[1]));
            let twice = ax * by - bx * ay;
            area += twice;
            sum.0 += twice * (f64::from(o.x) + (ax + bx) / 3.0);
            sum.1 += twice * (f64::from(o.y) + (ay + by) / 3.0);
        }
    }
    if area == 0.0 { (0.0, 0.0) } else { (sum.0 / area, sum.1 / area) }
}

//! Vertices that lie beside a neighbour's segment, within a tolerance, become vertices of that segment.
//!
//! ```text
//!      A │ B                    A │ B
//!   ─────•─────    →         ──── • ────     C's segment bends to the vertex where A, B and C meet
//!   ─────────── C            ───────── C
//! ```
//!
//! Only borders that do not match yet are looked at: a segment that two owners share is nobody's to bend.

use std::collections::BTreeMap;

use super::arrangement::{Bins, Segment};
use crate::crs::{Point, cross};
use crate::unit::Owner;

/// The one-sided borders of a set of polygons: each line that only one owner has, and the vertices on such lines.
pub struct Unmatched {
    lines: Vec<(Point, Point, Owner)>,
    vertices: Vec<(Point, Owner)>,
}

/// A vertex beside a segment of another owner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beside {
    /// The vertex.
    pub vertex: Point,
    /// Who has the vertex.
    pub owner: Owner,
    /// The segment's ends, smaller first.
    pub line: (Point, Point),
    /// Who has the segment.
    pub line_owner: Owner,
    /// Distance in lattice units.
    pub distance: f64,
}

impl Unmatched {
    /// What of `segments` (each with its owner on the left and nobody on the right) has no partner.
    pub fn of(segments: &[Segment]) -> Self {
        let mut all: Vec<(Point, Point, bool, Owner)> =
            segments.iter().map(|s| (s.a.min(s.b), s.a.max(s.b), s.a < s.b, s.left)).collect();
        all.sort_unstable();
        let lines: Vec<(Point, Point, Owner)> = all
            .chunk_by(|p, q| (p.0, p.1) == (q.0, q.1))
            .filter(|same| same.iter().all(|p| p.2 == same[0].2))
            .map(|same| (same[0].0, same[0].1, same[0].3))
            .collect();
        let mut vertices: Vec<_> = lines.iter().flat_map(|&(a, b, owner)| [(a, owner), (b, owner)]).collect();
        vertices.sort_unstable();
        vertices.dedup();
        Self { lines, vertices }
    }

    /// Every vertex within `reach` lattice units of another owner's line, between its ends and on neither.
    pub fn beside(&self, reach: f64) -> Vec<Beside> {
        let fine = |p: Point| (i64::from(p.x), i64::from(p.y));
        let bins = Bins::of_segments(self.lines.len(), |i| (fine(self.lines[i].0), fine(self.lines[i].1)), 0);
        let mut found = Vec::new();
        for &(vertex, owner) in &self.vertices {
            let here = found.len();
            bins.visit((fine(vertex), fine(vertex)), reach.ceil() as i64 + 1, |bin| {
                for &i in bins.bin(bin) {
                    let (a, b, line_owner) = self.lines[i as usize];
                    if line_owner == owner {
                        continue;
                    }
                    if let Some(distance) = distance_inside(a, b, vertex).filter(|d| *d <= reach) {
                        found.push(Beside { vertex, owner, line: (a, b), line_owner, distance });
                    }
                }
            });
            // A long line stands in several bins.
            found[here..].sort_unstable_by_key(|b| b.line);
            let mut kept = here;
            for i in here..found.len() {
                if i == here || found[i].line != found[kept - 1].line {
                    found[kept] = found[i];
                    kept += 1;
                }
            }
            found.truncate(kept);
        }
        found
    }
}

/// Bends the segments of unmatched borders to the vertices within `tolerance` lattice units of them.
/// Returns nothing where there is nothing to bend.
pub fn bend(segments: &[Segment], tolerance: u32) -> Option<Vec<Segment>> {
    if tolerance == 0 {
        return None;
    }
    let mut through: BTreeMap<(Point, Point), Vec<Point>> = BTreeMap::new();
    for b in Unmatched::of(segments).beside(f64::from(tolerance)) {
        through.entry(b.line).or_default().push(b.vertex);
    }
    if through.is_empty() {
        return None;
    }
    for (&(a, b), vertices) in &mut through {
        vertices.sort_unstable_by_key(|&v| (along(a, b, v), v));
        vertices.dedup();
    }
    Some(segments.iter().flat_map(|&s| bent(s, &through)).collect())
}

fn bent(segment: Segment, through: &BTreeMap<(Point, Point), Vec<Point>>) -> Vec<Segment> {
    let Segment { a, b, left, right } = segment;
    let Some(vertices) = through.get(&(a.min(b), a.max(b))) else { return vec![segment] };
    let mut path = vec![a.min(b)];
    path.extend(vertices);
    path.push(a.max(b));
    if a > b {
        path.reverse();
    }
    path.windows(2).map(|w| Segment { a: w[0], b: w[1], left, right }).collect()
}

/// Distance from `p` to the line a–b where its foot lies strictly between the ends; 0 on the line.
fn distance_inside(a: Point, b: Point, p: Point) -> Option<f64> {
    let foot = along(a, b, p);
    (foot > 0 && foot < along(a, b, b))
        .then(|| cross(a, b, p).unsigned_abs() as f64 / (along(a, b, b) as f64).sqrt())
}

/// How far along a → b the foot of `p` lies, times the length of a → b.
fn along(a: Point, b: Point, p: Point) -> i128 {
    let d = |u: i32, v: i32| i128::from(v) - i128::from(u);
    d(a.x, b.x) * d(a.x, p.x) + d(a.y, b.y) * d(a.y, p.y)
}

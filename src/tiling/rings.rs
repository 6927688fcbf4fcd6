//! Walks round faces → valid polygons: one simple shell each, simple holes inside that may touch it at points.
//!
//! ```text
//!  walk:  a b c a d e      split at the point met twice:   a d e  and  a b c; which is shell and which is hole,
//!                                                          the sign of its area tells
//! ```
//!
//! All rings lie in one buffer, and are sorted once at the end: a tile has thousands, most of a dozen points.

use std::ops::Range;

use crate::crs::{Point, cross};

/// Points on the way round a face, and where runs of them start: only there may a walk come twice.
#[derive(Debug, Default)]
pub(super) struct Walk {
    points: Vec<Point>,
    nodes: Vec<Point>,
}

impl Walk {
    /// Empties the walk for the next face.
    pub fn clear(&mut self) {
        self.points.clear();
        self.nodes.clear();
    }

    /// Appends a run of points, of which the first may be a node.
    pub fn run(&mut self, from_node: bool, points: impl IntoIterator<Item = Point>) {
        let start = self.points.len();
        self.points.extend(points);
        self.nodes.extend(self.points.get(start).filter(|_| from_node));
    }

    /// Leaves in `nodes` those that the walk meets more than once, sorted.
    fn keep_met_twice(&mut self) {
        self.nodes.sort_unstable();
        let mut kept = 0;
        for i in 1..self.nodes.len() {
            if self.nodes[i] == self.nodes[i - 1] {
                self.nodes[kept] = self.nodes[i];
                kept += 1;
            }
        }
        self.nodes.truncate(kept);
    }
}

/// Where a ring stands when all are sorted: by group, then by its shell's first edge, the shell before its holes. An
/// edge has one polygon on its left, so no two shells have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    group: u32,
    shell: (Point, Point),
    is_hole: bool,
    first: (Point, Point),
}

#[derive(Clone, Debug)]
struct Ring {
    key: Key,
    points: Range<u32>,
    area2: i64,
}

/// Polygons as they come together.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    points: Vec<Point>,
    rings: Vec<Ring>,
    /// Holes whose shell is not known yet.
    loose: Vec<Ring>,
}

impl Shapes {
    /// Adds what a walk round a face of `group` goes round. A walk that has no shell goes round islands in it, whose
    /// shell is found at the end.
    pub fn add(&mut self, group: u32, walk: &mut Walk) {
        walk.keep_met_twice();
        let first = self.rings.len();
        if walk.nodes.is_empty() {
            self.add_ring(group, &mut walk.points);
        } else {
            let mut path: Vec<Point> = Vec::with_capacity(walk.points.len());
            for &p in &walk.points {
                if walk.nodes.binary_search(&p).is_ok()
                    && let Some(at) = path.iter().rposition(|&q| q == p)
                {
                    self.add_ring(group, &mut path.split_off(at));
                }
                path.push(p);
            }
            self.add_ring(group, &mut path);
        }
        self.settle_holes(first);
    }

    /// Takes over a ring that starts at its smallest point; one that has no inside is left out.
    fn add_ring(&mut self, group: u32, ring: &mut [Point]) {
        let start = (0..ring.len()).min_by_key(|&i| ring[i]).unwrap_or(0);
        ring.rotate_left(start);
        let area2 = area2(ring);
        if ring.len() < 3 || area2 == 0 {
            return;
        }
        let first = (ring[0], ring[1]);
        let from = self.points.len() as u32;
        self.points.extend_from_slice(ring);
        let key = Key { group, shell: first, is_hole: area2 < 0, first };
        self.rings.push(Ring { key, points: from..self.points.len() as u32, area2 });
    }

    /// Gives the holes of one walk, added from `first` on, to its shell.
    fn settle_holes(&mut self, first: usize) {
        let mut shells = self.rings[first..].iter().filter(|r| !r.key.is_hole);
        if let (Some(shell), None) = (shells.next().map(|r| r.key.shell), shells.next()) {
            self.rings[first..].iter_mut().for_each(|r| r.key.shell = shell);
        } else {
            let (holes, shells) = self.rings.drain(first..).partition(|r| r.key.is_hole);
            self.rings.extend::<Vec<Ring>>(shells);
            self.loose.extend::<Vec<Ring>>(holes);
        }
    }

    /// The polygons in canonical order; a hole that no shell of its group goes round is left out.
    pub fn finish(mut self) -> Self {
        for mut hole in std::mem::take(&mut self.loose) {
            let around = self
                .rings
                .iter()
                // Parts of the group inside the hole may touch it, and are smaller.
                .filter(|r| r.key.group == hole.key.group && r.area2 > -hole.area2)
                .filter(|r| goes_round(self.ring(r), hole.key.first.0))
                .min_by_key(|r| r.area2);
            if let Some(shell) = around {
                hole.key.shell = shell.key.shell;
                self.rings.push(hole);
            }
        }
        self.rings.sort_unstable_by_key(|r| r.key);
        self
    }

    fn ring(&self, ring: &Ring) -> &[Point] {
        &self.points[ring.points.start as usize..ring.points.end as usize]
    }

    /// The groups that have polygons, each with its place among the rings.
    pub fn groups(&self) -> Vec<(u32, Range<usize>)> {
        let mut start = 0;
        let runs = self.rings.chunk_by(|p, q| p.key.group == q.key.group);
        runs.map(|run| {
            start += run.len();
            (run[0].key.group, start - run.len()..start)
        })
        .collect()
    }

    /// The rings of a group, each with whether it is a shell; holes follow their shell. Rings start at their smallest
    /// point, which is not repeated; shells have positive area with y south, holes negative.
    pub fn rings(&self, of: Range<usize>) -> impl Iterator<Item = (bool, &[Point])> {
        self.rings[of].iter().map(|r| (!r.key.is_hole, self.ring(r)))
    }
}

/// Twice a ring's area; tile units are small enough for 64 bits.
fn area2(ring: &[Point]) -> i64 {
    let Some(&origin) = ring.first() else { return 0 };
    let local = |p: Point| (i64::from(p.x - origin.x), i64::from(p.y - origin.y));
    let turn = |w: &[Point]| {
        let (a, b) = (local(w[0]), local(w[1]));
        a.0 * b.1 - a.1 * b.0
    };
    ring.windows(2).map(turn).sum()
}

/// Whether a ring goes round a point that is not on it.
fn goes_round(ring: &[Point], p: Point) -> bool {
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

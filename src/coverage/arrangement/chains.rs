//! Segments that meet only at their ends → maximal runs between nodes, in canonical form: the arcs.
//!
//! ```text
//!      A             A
//!  •──•──•──•   →  •────────•     a node is a point where not exactly two pieces with the same two sides meet;
//!      B             B            a ring without one starts at its smallest point
//! ```
//!
//! Direction: from the smaller end; round a ring, towards the smaller of the start's two neighbours.

use std::collections::HashSet;

use rayon::slice::ParallelSliceMut;

use super::Segment;
use crate::crs::Point;
use crate::unit::Owner;

/// A maximal run of border; at least two points, the first equal to the last where it is closed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chain {
    /// The points, in order.
    pub points: Vec<Point>,
    /// Who lies to the left (y up).
    pub left: Owner,
    /// Who lies to the right.
    pub right: Owner,
}

/// The chains of a set of distinct segments, sorted by their points.
#[must_use]
pub fn chains(segments: &[Segment]) -> Vec<Chain> {
    chains_between(segments, &HashSet::new())
}

/// The same, with `nodes` where others meet them.
#[must_use]
pub(crate) fn chains_between(segments: &[Segment], nodes: &HashSet<Point>) -> Vec<Chain> {
    let walker = Walker::new(segments, nodes);
    let mut used = vec![false; segments.len()];
    let mut found = Vec::new();
    let starts_at_nodes = walker.outgoing.iter().filter(|&&h| walker.is_node(h));
    for &half in starts_at_nodes {
        walker.walk(half, &mut used, &mut found);
    }
    // What is left are rings without a node; outgoing is sorted by point, so each starts at its smallest.
    for &half in &walker.outgoing {
        walker.walk(half, &mut used, &mut found);
    }
    found.par_sort_unstable();
    found
}

/// Half-segments: `2 i` runs a → b of segment `i`, `2 i + 1` the other way.
struct Walker<'a> {
    segments: &'a [Segment],
    nodes: &'a HashSet<Point>,
    /// Half-segments by their start, then their end.
    outgoing: Vec<u32>,
    /// Where the run of half-segments with the same start begins, by position in `outgoing`, for each half-segment's start.
    run_of: Vec<(u32, u32)>,
}

impl<'a> Walker<'a> {
    fn new(segments: &'a [Segment], nodes: &'a HashSet<Point>) -> Self {
        let mut keyed: Vec<(Point, Point, u32)> = Vec::with_capacity(segments.len() * 2);
        for (i, s) in segments.iter().enumerate() {
            keyed.push((s.a, s.b, 2 * i as u32));
            keyed.push((s.b, s.a, 2 * i as u32 + 1));
        }
        keyed.par_sort_unstable();
        let mut run_of = vec![(0, 0); keyed.len()];
        let mut begin = 0;
        for run in keyed.chunk_by(|p, q| p.0 == q.0) {
            for &(_, _, half) in run {
                run_of[half as usize] = (begin, begin + run.len() as u32);
            }
            begin += run.len() as u32;
        }
        let outgoing = keyed.into_iter().map(|(_, _, half)| half).collect();
        Self { segments, nodes, outgoing, run_of }
    }

    fn half(&self, half: u32) -> Segment {
        let s = self.segments[half as usize / 2];
        if half.is_multiple_of(2) { s } else { s.reversed() }
    }

    /// The half-segments that leave the start of `half`.
    fn leaving(&self, half: u32) -> &[u32] {
        let (begin, end) = self.run_of[half as usize];
        &self.outgoing[begin as usize..end as usize]
    }

    /// Whether the start of `half` is a node.
    fn is_node(&self, half: u32) -> bool {
        match *self.leaving(half) {
            [p, q] => {
                let (p, q) = (self.half(p), self.half(q));
                (p.left, p.right) != (q.right, q.left) || self.nodes.contains(&p.a)
            }
            _ => true,
        }
    }

    /// The half-segment that goes on where `half` ends, unless a node is there.
    fn next(&self, half: u32) -> Option<u32> {
        let twin = half ^ 1;
        if self.is_node(twin) {
            return None;
        }
        self.leaving(twin).iter().copied().find(|&h| h != twin)
    }

    fn walk(&self, first: u32, used: &mut [bool], found: &mut Vec<Chain>) {
        if used[first as usize / 2] {
            return;
        }
        let Segment { a, left, right, .. } = self.half(first);
        let mut points = vec![a];
        let mut half = first;
        loop {
            used[half as usize / 2] = true;
            points.push(self.half(half).b);
            match self.next(half) {
                Some(next) if !used[next as usize / 2] => half = next,
                _ => break,
            }
        }
        found.push(canonical(points, left, right));
    }
}

/// The chain in its canonical direction.
fn canonical(mut points: Vec<Point>, left: Owner, right: Owner) -> Chain {
    let n = points.len();
    let (head, tail) = (points[0], points[n - 1]);
    let backwards = if head == tail { points[n - 2] < points[1] } else { tail < head };
    if backwards {
        points.reverse();
        return Chain { points, left: right, right: left };
    }
    Chain { points, left, right }
}

//! The arcs of a version in the world, and of its upper levels: the same arcs, inner ones dropped, the rest joined.
//!
//! World y runs south, so what lies left of an arc on the map lies right of it in (x, y). From here on **left** means
//! positive [`cross`](crate::crs::cross) in world coordinates; shells then come out as tiles want them.

use rayon::prelude::*;

use super::plane::Plane;
use crate::coverage::Coverage;
use crate::coverage::arrangement::{Segment, chains};
use crate::crs::Point;
use crate::unit::Owner;

/// Arcs in world units with a side left and right.
#[derive(Clone, Debug, Default)]
pub(super) struct Arcs {
    points: Vec<Point>,
    spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    end: u32,
    left: Owner,
    right: Owner,
}

/// One arc: at least two points, the first equal to the last where it is closed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arc<'a> {
    pub points: &'a [Point],
    pub left: Owner,
    pub right: Owner,
}

impl Arcs {
    /// A coverage's arcs in a plane; sides are owners.
    pub fn project(coverage: &Coverage, plane: Plane) -> Self {
        let count = coverage.arc_count();
        let chunks: Vec<Self> = (0..count.div_ceil(CHUNK))
            .into_par_iter()
            .map(|chunk| {
                let mut arcs = Self::default();
                for i in chunk * CHUNK..count.min((chunk + 1) * CHUNK) {
                    let arc = coverage.arc(i);
                    // y turns over, and the sides with it.
                    arcs.push(arc.right, arc.left, |out| plane.project(arc.points, out));
                }
                arcs
            })
            .collect();
        let mut all = Self::default();
        for arcs in chunks {
            let base = all.points.len() as u32;
            all.points.extend(arcs.points);
            let moved = |s: Span| Span { start: s.start + base, end: s.end + base, ..s };
            all.spans.extend(arcs.spans.into_iter().map(moved));
        }
        all
    }

    /// A lattice line in a plane, repeated points taken once.
    pub fn line(points: &[Point], plane: Plane) -> Vec<Point> {
        let mut out = Vec::with_capacity(points.len());
        plane.project(points, &mut out);
        out.dedup();
        out
    }

    /// The same arcs with other sides; those with one side left and right are dropped, and arcs that then meet only
    /// each other are joined.
    pub fn with_sides(&self, side: impl Fn(Owner) -> Owner) -> Self {
        let mut dropped = false;
        let mut kept = Self::default();
        for arc in self.iter() {
            let (left, right) = (side(arc.left), side(arc.right));
            if left == right {
                dropped = true;
            } else {
                kept.push(left, right, |out| out.extend_from_slice(arc.points));
            }
        }
        if dropped { kept.joined() } else { kept }
    }

    fn joined(&self) -> Self {
        let segments: Vec<Segment> = self
            .iter()
            .flat_map(|arc| {
                arc.points.windows(2).map(move |w| Segment {
                    a: w[0],
                    b: w[1],
                    left: arc.left,
                    right: arc.right,
                })
            })
            .collect();
        let mut all = Self::default();
        for chain in chains(&segments) {
            all.push(chain.left, chain.right, |out| out.extend(chain.points));
        }
        all
    }

    /// Adds an arc; points that the world's grid brought together are taken once, and an arc of one point not at all.
    fn push(&mut self, left: Owner, right: Owner, fill: impl FnOnce(&mut Vec<Point>)) {
        let start = self.points.len();
        fill(&mut self.points);
        if self.points[start..].windows(2).any(|w| w[0] == w[1]) {
            let mut distinct = self.points.split_off(start);
            distinct.dedup();
            self.points.extend(distinct);
        }
        if self.points.len() - start < 2 {
            self.points.truncate(start);
            return;
        }
        self.spans.push(Span { start: start as u32, end: self.points.len() as u32, left, right });
    }

    /// How many arcs there are.
    pub fn count(&self) -> usize {
        self.spans.len()
    }

    /// Arc `i`.
    pub fn get(&self, i: usize) -> Arc<'_> {
        let Span { start, end, left, right } = self.spans[i];
        Arc { points: &self.points[start as usize..end as usize], left, right }
    }

    /// What stands vertex by vertex, arc after arc, as a run for each arc.
    pub fn runs<'a, T>(&'a self, all: &'a [T]) -> impl Iterator<Item = &'a [T]> {
        self.spans.iter().map(|span| &all[span.start as usize..span.end as usize])
    }

    /// Every arc.
    pub fn iter(&self) -> impl Iterator<Item = Arc<'_>> {
        (0..self.count()).map(|i| self.get(i))
    }
}

/// Arcs projected by one task.
const CHUNK: usize = 512;

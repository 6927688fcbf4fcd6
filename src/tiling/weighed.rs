//! The arcs of a plane down to one level, weighed and pinned: what every zoom that shows this level filters.

use super::arcs::Arcs;
use super::pins::pin;
use super::reweigh::reweigh;
use super::sides::Sides;
use super::weigh::weigh;
use crate::coverage::arrangement::Segment;
use crate::unit::Owner;

/// Arcs with a weight for each vertex.
#[derive(Debug)]
pub(super) struct Weighed {
    arcs: Arcs,
    depth: u8,
    /// Vertex by vertex, arc after arc.
    weights: Vec<u64>,
}

impl Weighed {
    /// Weighs the arcs between units down to level `depth`; `arcs` are a coverage's, with owners for sides.
    pub fn new(arcs: &Arcs, sides: &Sides, depth: u8) -> Self {
        Self::of(arcs.with_sides(|owner| sides.of_owner(owner, depth)), sides, depth)
    }

    /// As [`Self::new`], where those of another version are there: what both have alike is not weighed again. `now` is
    /// the side that one of that version's is by now.
    pub fn after(before: &Self, now: impl Fn(Owner) -> Owner, arcs: &Arcs, sides: &Sides) -> Self {
        let depth = before.depth;
        let arcs = arcs.with_sides(|owner| sides.of_owner(owner, depth));
        match reweigh((&before.arcs, &before.weights), now, &arcs, (sides, depth)) {
            Some(weights) => Self { arcs, depth, weights },
            None => Self::of(arcs, sides, depth),
        }
    }

    fn of(arcs: Arcs, sides: &Sides, depth: u8) -> Self {
        let mut weights = weigh(&arcs);
        pin(&arcs, &mut weights, sides, depth);
        Self { weights: weights.into_iter().flat_map(|w| w.weights).collect(), arcs, depth }
    }

    /// The arcs, whole.
    pub fn arcs(&self) -> &Arcs {
        &self.arcs
    }

    /// The level down to which they bound units.
    pub fn depth(&self) -> u8 {
        self.depth
    }

    /// The arcs without the vertices that weigh less than `threshold` (twice an area in square world units).
    pub fn thinned(&self, threshold: u64) -> Vec<Segment> {
        let mut segments = Vec::with_capacity(self.weights.len() / 2);
        for (arc, weights) in self.arcs.iter().zip(self.arcs.runs(&self.weights)) {
            let heavy = arc.points.iter().zip(weights).filter(|(_, w)| **w >= threshold);
            let mut last = None;
            for (&b, _) in heavy {
                if let Some(a) = last {
                    segments.push(Segment { a, b, left: arc.left, right: arc.right });
                }
                last = Some(b);
            }
        }
        segments
    }
}

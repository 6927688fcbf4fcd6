//! The arcs of a plane down to one level, weighed and pinned: what every zoom that shows this level filters.

use super::arcs::Arcs;
use super::pins::pin;
use super::sides::Sides;
use super::weigh::weigh;
use crate::coverage::arrangement::Segment;

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
        let arcs = arcs.with_sides(|owner| sides.of_owner(owner, depth));
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
        let mut rest = self.weights.as_slice();
        for arc in self.arcs.iter() {
            let (weights, after) = rest.split_at(arc.points.len());
            rest = after;
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

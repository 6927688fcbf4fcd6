//! Each vertex's weight, once per version and plane: a zoom keeps what weighs enough.
//!
//! Visvalingam's effective area, per arc: the vertex whose triangle with its neighbours is smallest goes first, and
//! weighs what its triangle did, or what went before it did, if that was more. So the vertices above any threshold are
//! the arc as it stood at one moment of its thinning. Nodes never go. A vertex stays, for now, while its closed triangle
//! holds an *original* vertex of another arc, or of its own beyond its two neighbours:
//!
//! ```text
//!        v                    v
//!      /   \                /   \        n of a neighbour is inside:
//!   prev   next          prev n next     v stays, or the arc would jump over n
//! ```
//!
//! Since the test asks originals, and thinned arcs hold no others, any mixture of thinned arcs meets only at nodes:
//! what happens to an arc depends on itself and the originals around it, never on when its neighbours were thinned.
//! Areas are taken in the world, where a shape looks as it will on screen. Ties go by coordinates, so neither the
//! order nor the direction of arcs counts.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::arcs::Arcs;
use super::obstacles::Obstacles;
use crate::crs::{Point, cross};

/// What an arc's end, or a vertex that must not go, weighs.
pub(super) const KEPT: u64 = u64::MAX;

/// The weights of one arc, and the order in which its vertices go.
#[derive(Clone, Debug, Default)]
pub(super) struct ArcWeights {
    /// Twice the effective area in square world units, vertex by vertex; [`KEPT`] for ends.
    pub weights: Vec<u64>,
    /// The vertices that went, first to last; what went last matters most.
    pub order: Vec<u32>,
}

/// The weights of every arc.
pub(super) fn weigh(arcs: &Arcs) -> Vec<ArcWeights> {
    let obstacles = Obstacles::new(arcs, |_| true);
    weigh_among(arcs, &obstacles, |_| true)
}

/// The weights of the arcs that are `asked`, none for the others. `obstacles` has every vertex in the boxes of those.
pub(super) fn weigh_among(
    arcs: &Arcs,
    obstacles: &Obstacles,
    asked: impl Fn(usize) -> bool + Sync,
) -> Vec<ArcWeights> {
    let one = |i: usize| {
        if asked(i) {
            return Thinning::new(arcs.get(i).points, i as u32, obstacles).run();
        }
        ArcWeights::default()
    };
    (0..arcs.count()).into_par_iter().with_min_len(64).map(one).collect()
}

/// The weights of a line that bounds nothing, vertex by vertex: it may cross whatever it likes.
pub(super) fn weigh_alone(points: &[Point]) -> Vec<u64> {
    if points.len() < 2 {
        return vec![KEPT; points.len()];
    }
    Thinning::new(points, 0, &Obstacles::none()).run().weights
}

/// An arc on its way from all of its vertices to its ends.
struct Thinning<'a> {
    points: &'a [Point],
    arc: u32,
    obstacles: &'a Obstacles,
    /// For each vertex still there, the one before and the one after.
    around: Vec<(u32, u32)>,
    /// Bumped when a vertex's triangle changes; heap entries of an older stamp are void.
    stamps: Vec<u32>,
    queue: BinaryHeap<Reverse<(u64, Point, u32, u32)>>,
    result: ArcWeights,
}

impl<'a> Thinning<'a> {
    fn new(points: &'a [Point], arc: u32, obstacles: &'a Obstacles) -> Self {
        let n = points.len();
        let around = (0..n as u32).map(|i| (i.wrapping_sub(1), i + 1)).collect();
        let result = ArcWeights { weights: vec![KEPT; n], order: Vec::with_capacity(n - 2) };
        let mut thinning = Self {
            points,
            arc,
            obstacles,
            around,
            stamps: vec![0; n],
            queue: BinaryHeap::with_capacity(n),
            result,
        };
        for i in 1..n as u32 - 1 {
            thinning.enqueue(i);
        }
        thinning
    }

    fn run(mut self) -> ArcWeights {
        let mut most = 0;
        while let Some(Reverse((area, _, i, stamp))) = self.queue.pop() {
            if self.stamps[i as usize] != stamp || self.is_refused(i) {
                continue;
            }
            most = area.max(most);
            self.result.weights[i as usize] = most;
            self.result.order.push(i);
            self.remove(i);
        }
        self.result
    }

    fn triangle(&self, i: u32) -> [Point; 3] {
        let (prev, next) = self.around[i as usize];
        [prev, i, next].map(|k| self.points[k as usize])
    }

    fn enqueue(&mut self, i: u32) {
        let [a, b, c] = self.triangle(i);
        let area = u64::try_from(cross(a, b, c).unsigned_abs()).unwrap_or(KEPT - 1);
        self.queue.push(Reverse((area, b, i, self.stamps[i as usize])));
    }

    fn is_refused(&self, i: u32) -> bool {
        let (prev, next) = self.around[i as usize];
        let own = |arc: u32, index: u32| arc == self.arc && prev < index && index < next;
        self.obstacles.any_in(self.triangle(i), |v| own(v.arc, v.index))
    }

    fn remove(&mut self, i: u32) {
        let (prev, next) = self.around[i as usize];
        self.stamps[i as usize] += 1;
        self.around[prev as usize].1 = next;
        self.around[next as usize].0 = prev;
        for k in [prev, next] {
            if 0 < k && (k as usize) < self.points.len() - 1 {
                self.stamps[k as usize] += 1;
                self.enqueue(k);
            }
        }
    }
}

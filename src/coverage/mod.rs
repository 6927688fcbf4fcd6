//! The polygonal coverage: a planar partition in which a border is one thing with two sides.
//!
//! ```text
//! polygons ─ build ─→ arrangement (node, faces with owner sets) ─→ defects, or
//!                                                                 arcs ─ rings ─→ polygons again, at any level
//! ```
//!
//! | file | what |
//! |---|---|
//! | `arrangement` | segments → noded segments, chains, faces with their owner sets |
//! | `build` | polygons → coverage or defects |
//! | `changed` | what two coverages do not share |
//! | `near` | vertices close to a neighbour's segment become vertices of it |
//! | `defect` | what can be wrong, and where |
//! | `judge` | faces → defects |
//! | `sliver` | how far apart the borders of a thin face are |
//! | `rings` | arcs → rings of any grouping of owners |
//! | `partition` | coverage + hierarchy, content hash |
//! | `splice` | some arcs in the place of others, the rest as it is |
//! | `cut` | a region cut along lines, its pieces given anew |
//! | `snap` | drawn points → the junctions, vertices and borders near them |
//! | `overlay` | what owners have of a drawn area, or along a drawn line |
//! | `relaid` | shapes laid over a coverage, each face given to somebody |
//! | `reshape` | the border between two neighbours, drawn anew |
//! | `shift` | a vertex moved with every border that meets there |

pub mod arrangement;
mod build;
mod changed;
mod cut;
mod defect;
mod judge;
mod near;
mod overlay;
mod partition;
mod relaid;
mod reshape;
mod rings;
mod shift;
mod sliver;
mod snap;
mod splice;

pub use build::{Built, DEFAULT_TOLERANCE, Gained, Refusal};
pub use changed::Changed;
pub use cut::{Cut, Piece, Recut};
pub use defect::{Defect, DefectKind, RawDefect};
pub use overlay::{Tangled, untangled};
pub use partition::{ContentHash, Partition};
pub use relaid::Face;
pub use reshape::{Redrawn, ReshapeFault, Reshaped};
pub(crate) use rings::canonical;
pub use rings::contains;
pub use shift::ShiftFault;
pub use snap::{Bounded, Reach, SnapTo, Snapped};

pub use crate::crs::Polygon;

use std::collections::{BTreeMap, HashSet};

use crate::crs::{Bounds, Point};
use crate::unit::Owner;
use arrangement::{Chain, Segment, chains};
use rings::RingSet;

/// One arc: a maximal run of border with one owner a side (seen with y up).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArcRef<'a> {
    /// At least two points; the first equals the last where the arc is closed.
    pub points: &'a [Point],
    /// Who lies to the left.
    pub left: Owner,
    /// Who lies to the right.
    pub right: Owner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
    left: Owner,
    right: Owner,
}

/// The partition of the plane among owners: every arc once, and each owner's rings as runs of arcs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    points: Vec<Point>,
    spans: Vec<Span>,
    shapes: Vec<Vec<RingSet>>,
}

impl Coverage {
    /// The coverage of `owners` owners whose borders are `segments`, noded and each once.
    pub(crate) fn from_segments(segments: &[Segment], owners: usize) -> Self {
        let chains = chains(segments);
        let mut coverage =
            Self { points: Vec::new(), spans: Vec::with_capacity(chains.len()), shapes: Vec::new() };
        for Chain { points, left, right } in chains {
            coverage.push(&points, left, right);
        }
        let mut shapes = rings::trace(&coverage, |owner| (!owner.is_outside()).then_some(owner.0));
        coverage.shapes = (0..owners as u32).map(|o| shapes.remove(&o).unwrap_or_default()).collect();
        coverage
    }

    /// How many arcs there are.
    #[must_use]
    pub fn arc_count(&self) -> usize {
        self.spans.len()
    }

    /// Arc `index`; arcs are sorted by their points.
    ///
    /// # Panics
    /// Where there is no such arc.
    #[must_use]
    pub fn arc(&self, index: usize) -> ArcRef<'_> {
        let Span { start, end, left, right } = self.spans[index];
        ArcRef { points: &self.points[start as usize..end as usize], left, right }
    }

    /// Every arc.
    #[must_use]
    pub fn arcs(&self) -> impl ExactSizeIterator<Item = ArcRef<'_>> + Clone {
        (0..self.arc_count()).map(|i| self.arc(i))
    }

    /// How many owners there are: leaves and voids.
    #[must_use]
    pub fn owner_count(&self) -> usize {
        self.shapes.len()
    }

    /// An owner's polygons in canonical form: rings start at their smallest point, holes and polygons are sorted.
    #[must_use]
    pub fn polygons(&self, owner: Owner) -> Vec<Polygon> {
        rings::polygons(self, self.shapes.get(owner.index()).map_or(&[], Vec::as_slice))
    }

    /// The polygons of groups of owners, in canonical form. Arcs between two owners of one group are dropped; nothing
    /// is unioned, so groups coincide with their members exactly.
    pub fn dissolve(&self, group: impl Fn(Owner) -> Option<u32>) -> BTreeMap<u32, Vec<Polygon>> {
        let traced = rings::trace(self, group);
        traced.into_iter().map(|(g, sets)| (g, rings::polygons(self, &sets))).collect()
    }

    /// The same borders with each owner called `to`, of `owners`; what has one owner on both sides is no border more.
    #[must_use]
    pub fn relabelled(&self, to: impl Fn(Owner) -> Owner, owners: usize) -> Self {
        let outer = |owner: Owner| if owner.is_outside() { owner } else { to(owner) };
        let mut loose: HashSet<Point> = HashSet::new();
        for arc in self.arcs().filter(|arc| outer(arc.left) == outer(arc.right)) {
            loose.extend([arc.points[0], arc.points[arc.points.len() - 1]]);
        }
        // What meets a border that goes may go on where it ended.
        let meets =
            |arc: ArcRef| [arc.points[0], arc.points[arc.points.len() - 1]].iter().any(|p| loose.contains(p));
        let near: Vec<bool> = self.arcs().map(meets).collect();
        let mut segments = Vec::new();
        for (arc, _) in self.arcs().zip(&near).filter(|(_, near)| **near) {
            let (left, right) = (outer(arc.left), outer(arc.right));
            if left != right {
                segments.extend(
                    arc.points.windows(2).map(|w| Segment { a: w[0], b: w[1], left, right }.ordered()),
                );
            }
        }
        segments.sort_unstable();
        self.spliced(&near, &segments, to, owners)
    }

    /// The borders as segments, each owner called `to`; the outside stays it, and what has one on both sides is left out.
    pub(crate) fn sided(&self, to: impl Fn(Owner) -> Owner) -> Vec<Segment> {
        let to = |owner: Owner| if owner.is_outside() { owner } else { to(owner) };
        let mut segments = Vec::new();
        for arc in self.arcs() {
            let (left, right) = (to(arc.left), to(arc.right));
            if left != right {
                segments.extend(arc.points.windows(2).map(|w| Segment { a: w[0], b: w[1], left, right }));
            }
        }
        segments
    }

    /// The box round each owner's borders, by owner.
    pub(crate) fn boxes(&self) -> Vec<Bounds> {
        let mut boxes = vec![Bounds::EMPTY; self.owner_count()];
        for arc in self.arcs() {
            let around = Bounds::of(arc.points);
            for owner in [arc.left, arc.right] {
                if let Some(known) = boxes.get_mut(owner.index()) {
                    *known = known.union(around);
                }
            }
        }
        boxes
    }

    /// The box around everything.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds::of(&self.points)
    }

    /// The points of half-arc `half`: `2 i` is arc `i` forward, `2 i + 1` backward.
    fn half(&self, half: u32) -> impl DoubleEndedIterator<Item = Point> + '_ {
        let points = self.arc(half as usize / 2).points;
        let forward = half.is_multiple_of(2);
        let n = points.len();
        (0..n).map(move |i| if forward { points[i] } else { points[n - 1 - i] })
    }
}

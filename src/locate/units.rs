//! Which owners are near: bounding boxes in an R-tree, and who shares a border with whom.

use std::collections::BTreeMap;

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::coverage::{ArcRef, Coverage};
use crate::crs::{Bounds, Point, length_m};
use crate::unit::Owner;

/// One who shares border with an owner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// A leaf, a void or the outside.
    pub owner: Owner,
    /// Metres of border shared; touching at a point only is no neighbourhood.
    pub shared_m: f64,
}

type Entry = GeomWithData<Rectangle<[i32; 2]>, Owner>;

/// The bounding boxes and neighbours of a coverage's owners.
#[derive(Debug)]
pub struct UnitTree {
    tree: RTree<Entry>,
    bounds: Vec<Bounds>,
    neighbours: Vec<Vec<Neighbour>>,
}

impl UnitTree {
    /// The tree of a coverage.
    #[must_use]
    pub fn build(coverage: &Coverage) -> Self {
        Self::from_arcs(coverage.arcs(), coverage.owner_count())
    }

    /// The tree of arcs between `owners` owners; an arc's sides are below that or outside.
    #[must_use]
    pub fn from_arcs<'a>(arcs: impl IntoIterator<Item = ArcRef<'a>>, owners: usize) -> Self {
        let mut bounds = vec![Bounds::EMPTY; owners];
        let mut shared: BTreeMap<(Owner, Owner), f64> = BTreeMap::new();
        for ArcRef { points, left, right } in arcs {
            let (around, metres) = (Bounds::of(points), length_m(points));
            for (owner, across) in [(left, right), (right, left)] {
                if let Some(bounds) = bounds.get_mut(owner.index()) {
                    *bounds = bounds.union(around);
                    *shared.entry((owner, across)).or_default() += metres;
                }
            }
        }
        let mut neighbours = vec![Vec::new(); owners];
        for ((owner, across), shared_m) in shared {
            neighbours[owner.index()].push(Neighbour { owner: across, shared_m });
        }
        let entry = |(i, b): (usize, &Bounds)| Entry::new(rectangle(*b), Owner(i as u32));
        let entries = bounds.iter().enumerate().filter(|(_, b)| !b.is_empty()).map(entry).collect();
        Self { tree: RTree::bulk_load(entries), bounds, neighbours }
    }

    /// Owners whose boxes share at least a point with `within`, in order.
    #[must_use]
    pub fn meeting(&self, within: Bounds) -> Vec<Owner> {
        if within.is_empty() {
            return Vec::new();
        }
        let envelope = AABB::from_corners([within.min.x, within.min.y], [within.max.x, within.max.y]);
        let mut owners: Vec<Owner> =
            self.tree.locate_in_envelope_intersecting(&envelope).map(|entry| entry.data).collect();
        owners.sort_unstable();
        owners
    }

    /// An owner's box; empty for the outside and for an owner without area.
    #[must_use]
    pub fn bounds(&self, owner: Owner) -> Bounds {
        self.bounds.get(owner.index()).copied().unwrap_or(Bounds::EMPTY)
    }

    /// Who shares border with an owner, in order (the outside last); none for the outside itself.
    #[must_use]
    pub fn neighbours(&self, owner: Owner) -> &[Neighbour] {
        self.neighbours.get(owner.index()).map_or(&[], Vec::as_slice)
    }
}

fn rectangle(bounds: Bounds) -> Rectangle<[i32; 2]> {
    let corner = |p: Point| [p.x, p.y];
    Rectangle::from_corners(corner(bounds.min), corner(bounds.max))
}

//! What a version's text search needs: the index, the leaf that each place lies in, and the box of the coverage.

use crate::coverage::Partition;
use crate::crs::{Bounds, Point};
use crate::locate::Locator;
use crate::search::{Hit, Index, Reading, coordinates};
use crate::unit::{Owner, PointFeature, UnitIndex};

/// Finds units, places and coordinates by text.
#[derive(Debug)]
pub struct Finder {
    index: Index,
    homes: Vec<Option<UnitIndex>>,
    bounds: Bounds,
}

impl Finder {
    /// Of a version and the places that lie in it.
    #[must_use]
    pub fn build(partition: &Partition, places: &[PointFeature], locator: &Locator) -> Self {
        let at: Vec<Point> = places.iter().map(|place| place.at).collect();
        let mut owners = vec![Owner::OUTSIDE; at.len()];
        locator.owners_into(&at, &mut owners);
        let homes: Vec<_> = owners.into_iter().map(|owner| partition.hierarchy.leaf(owner)).collect();
        Self { index: Index::build(&partition.hierarchy, places, &homes), homes, bounds: partition.bounds() }
    }

    /// The `most` units and places that fit a text best, best first.
    #[must_use]
    pub fn find(&self, text: &str, most: usize) -> Vec<Hit> {
        self.index.find(text, most)
    }

    /// The places that a text may mean as coordinates, the likelier first.
    #[must_use]
    pub fn coordinates(&self, text: &str) -> Vec<Reading> {
        coordinates(text, self.bounds)
    }

    /// The leaf that a place lies in.
    #[must_use]
    pub fn home(&self, place: usize) -> Option<UnitIndex> {
        self.homes.get(place).copied().flatten()
    }
}

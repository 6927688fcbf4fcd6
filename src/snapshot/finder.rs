//! What a version's text search needs: the index, the landmarks, the leaf that each place lies in, and the box of the
//! coverage.

use super::landmarks::{Landmark, landmarks};
use crate::coverage::Partition;
use crate::crs::{Bounds, Point};
use crate::locate::Locator;
use crate::search::{Hit, Index, NamedExtent, Reading, coordinates};
use crate::tiling::Surroundings;
use crate::unit::{Hierarchy, Owner, UnitIndex};

/// Finds units, places, landmarks and coordinates by text.
#[derive(Debug)]
pub struct Finder {
    index: Index,
    homes: Vec<Option<UnitIndex>>,
    landmarks: Vec<Landmark>,
    bounds: Bounds,
}

impl Finder {
    /// Of a version and the places and lines that lie in it.
    #[must_use]
    pub fn build(partition: &Partition, surroundings: &Surroundings, locator: &Locator) -> Self {
        let places = &surroundings.places;
        let at: Vec<Point> = places.iter().map(|place| place.at).collect();
        let mut owners = vec![Owner::OUTSIDE; at.len()];
        locator.owners_into(&at, &mut owners);
        let homes: Vec<_> = owners.into_iter().map(|owner| partition.hierarchy.leaf(owner)).collect();
        let landmarks = landmarks(partition, &surroundings.lines, locator);
        let named: Vec<NamedExtent> =
            landmarks.iter().map(|l| NamedExtent { name: &l.name, touches: &l.touches }).collect();
        let index = Index::build(&partition.hierarchy, places, &homes, &named);
        Self { index, homes, landmarks, bounds: partition.bounds() }
    }

    /// The `most` units, places and landmarks that fit a text best, best first.
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

    /// The landmarks, voids first, then by name.
    #[must_use]
    pub fn landmarks(&self) -> &[Landmark] {
        &self.landmarks
    }

    /// The lowest unit that holds all of a landmark; none where it runs through several of the top.
    #[must_use]
    pub fn around(&self, landmark: usize, hierarchy: &Hierarchy) -> Option<UnitIndex> {
        let mut leaves = self.landmarks.get(landmark)?.touches.iter();
        let first = *leaves.next()?;
        leaves.try_fold(first, |held, &leaf| {
            hierarchy.chain(held).find(|&upper| hierarchy.chain(leaf).any(|unit| unit == upper))
        })
    }
}

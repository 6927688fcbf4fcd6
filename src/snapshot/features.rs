//! Points and lines: they belong to the store, not to a version; snapshots of one store share them.

use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use crate::crs::Point;
use crate::locate::NearPoints;
use crate::tiling::Surroundings;
use crate::unit::{LineFeature, PointFeature};

/// What lies in units without bounding them.
#[derive(Debug, Default)]
pub struct Features {
    surroundings: Arc<Surroundings>,
    /// Where people live, and how many households: many points, which nothing but counts asks for.
    dwellings: OnceLock<Vec<(Point, u32)>>,
    near: OnceLock<NearPoints>,
    digest: OnceLock<[u8; 32]>,
}

impl Features {
    /// Places and lines; dwellings follow.
    #[must_use]
    pub fn new(places: Vec<PointFeature>, lines: Vec<LineFeature>) -> Self {
        Self { surroundings: Arc::new(Surroundings { places, lines }), ..Self::default() }
    }

    /// What tiles show.
    #[must_use]
    pub fn surroundings(&self) -> &Arc<Surroundings> {
        &self.surroundings
    }

    /// Where people live and how many households; `None` until they are there.
    #[must_use]
    pub fn dwellings(&self) -> Option<&[(Point, u32)]> {
        self.dwellings.get().map(Vec::as_slice)
    }

    /// Whether households can be counted: dwellings are there, and not none.
    #[must_use]
    pub fn has_dwellings(&self) -> bool {
        self.dwellings().is_some_and(|dwellings| !dwellings.is_empty())
    }

    /// Gives the dwellings, once; what comes later is dropped.
    pub fn set_dwellings(&self, points: &[PointFeature]) {
        self.dwellings.get_or_init(|| points.iter().map(|p| (p.at, p.weight)).collect());
    }

    /// The places, in the order they were given.
    #[must_use]
    pub fn places(&self) -> &[PointFeature] {
        &self.surroundings.places
    }

    /// The places, by kind and nearness.
    #[must_use]
    pub fn near(&self) -> &NearPoints {
        self.near.get_or_init(|| NearPoints::build(&self.surroundings.places))
    }

    /// Of everything that tiles show.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        *self.digest.get_or_init(|| {
            let text = format!("{:?}\n{:?}", self.surroundings.places, self.surroundings.lines);
            Sha256::digest(text).into()
        })
    }
}

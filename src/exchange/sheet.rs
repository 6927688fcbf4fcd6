//! Partition → what an export holds, whatever the format.
//!
//! ```text
//!              features             leaves              units             voids
//! lowest       leaves of the        leaves that stand   all others,       all
//!              lowest level         higher              no geometry
//! level L      units of level L     leaves above L      others above L    all
//! all          units of every level -                   -                 all
//! ```
//!
//! An export of level L is a coverage by itself, of L's units over the levels down to L.

use std::collections::{BTreeMap, BTreeSet};

use super::export::What;
use crate::coverage::Partition;
use crate::crs::{Bounds, Polygon};
use crate::unit::{Levels, Owner, UnitIndex};

/// A unit and its polygons.
pub struct Drawn {
    pub unit: UnitIndex,
    pub polygons: Vec<Polygon>,
}

/// What an export holds.
pub struct Sheet {
    /// The levels of the coverage that it is; `None` where it is none, being of the top level alone.
    pub levels: Option<Levels>,
    /// Whether features are of every level.
    pub all: bool,
    /// The features, by level and code.
    pub features: Vec<Drawn>,
    /// Leaves above the features' level, by level and code.
    pub leaves: Vec<Drawn>,
    /// Units without geometry, by level and code.
    pub units: Vec<UnitIndex>,
    /// The voids, in order.
    pub voids: Vec<(u32, Vec<Polygon>)>,
    /// The box around what it holds, but for voids.
    pub bounds: Bounds,
}

impl Sheet {
    pub fn of(partition: &Partition, what: What) -> Self {
        let hierarchy = &partition.hierarchy;
        let lowest = hierarchy.levels().lowest();
        let (bottom, all) = match what {
            What::Lowest => (lowest, false),
            What::Level(level) => (level.min(lowest), false),
            What::All => (lowest, true),
        };
        let levels = Levels::new(hierarchy.levels().as_slice()[..=usize::from(bottom)].to_vec()).ok();
        let (voids, bounds) = (voids(partition), partition.bounds());
        let mut sheet = Self { levels, all, features: vec![], leaves: vec![], units: vec![], voids, bounds };
        let drawn_levels = if all { 0..=lowest } else { bottom..=bottom };
        let mut polygons: BTreeMap<UnitIndex, Vec<Polygon>> = BTreeMap::new();
        for level in drawn_levels {
            polygons.extend(partition.polygons_at(level));
        }
        for unit in 0..hierarchy.of_level(bottom).end {
            let at_bottom = hierarchy.unit(unit).level == bottom;
            match polygons.remove(&unit) {
                Some(polygons) if all || at_bottom => sheet.features.push(Drawn { unit, polygons }),
                Some(polygons) => sheet.leaves.push(Drawn { unit, polygons }),
                None => sheet.units.push(unit),
            }
        }
        sheet
    }

    /// Without the units that are not among `only`, where those are named, and without the voids that lie elsewhere.
    pub fn with_only(mut self, only: Option<&BTreeSet<UnitIndex>>) -> Self {
        if let Some(only) = only {
            self.features.retain(|drawn| only.contains(&drawn.unit));
            self.leaves.retain(|drawn| only.contains(&drawn.unit));
            self.units.retain(|unit| only.contains(unit));
            let drawn = self.features.iter().chain(&self.leaves);
            self.bounds = around(drawn.flat_map(|drawn| &drawn.polygons));
            self.voids.retain(|(_, polygons)| around(polygons).meets(self.bounds));
        }
        self
    }
}

fn around<'a>(polygons: impl IntoIterator<Item = &'a Polygon>) -> Bounds {
    Bounds::of(polygons.into_iter().flat_map(|polygon| &polygon.shell))
}

fn voids(partition: &Partition) -> Vec<(u32, Vec<Polygon>)> {
    let first = partition.hierarchy.leaves().len() as u32;
    let count = partition.hierarchy.voids().len() as u32;
    (0..count).map(|i| (i, partition.coverage.polygons(Owner(first + i)))).collect()
}

//! Facts that follow from the partition alone: area and box of every unit and void, and who lies beside whom.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::coverage::Partition;
use crate::crs::{Bounds, Polygon, ring_area_m2};
use crate::unit::{Owner, UnitIndex};

/// Of one unit or void.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// m² on the CGCS2000 ellipsoid.
    pub area_m2: f64,
    /// On the lattice.
    pub bounds: Bounds,
}

impl Fact {
    const NOTHING: Self = Self { area_m2: 0.0, bounds: Bounds::EMPTY };

    fn with(self, other: Self) -> Self {
        Self { area_m2: self.area_m2 + other.area_m2, bounds: self.bounds.union(other.bounds) }
    }
}

/// Of every unit, in the hierarchy's order, and of every void.
#[derive(Debug)]
pub struct Facts {
    units: Vec<Fact>,
    voids: Vec<Fact>,
}

impl Facts {
    /// Measures the leaves and voids, and sums them up the tree.
    #[must_use]
    pub fn of(partition: &Partition) -> Self {
        let hierarchy = &partition.hierarchy;
        let owners: Vec<Fact> = (0..hierarchy.owner_count() as u32)
            .into_par_iter()
            .map(|owner| {
                let polygons = partition.coverage.polygons(Owner(owner));
                let rings = || polygons.iter().flat_map(Polygon::rings);
                Fact { area_m2: rings().map(ring_area_m2).sum(), bounds: Bounds::of(rings().flatten()) }
            })
            .collect();
        let (leaves, voids) = owners.split_at(hierarchy.leaves().len());
        let mut units = vec![Fact::NOTHING; hierarchy.units().len()];
        for (&leaf, &fact) in hierarchy.leaves().iter().zip(leaves) {
            for unit in hierarchy.chain(leaf) {
                units[unit as usize] = units[unit as usize].with(fact);
            }
        }
        Self { units, voids: voids.to_vec() }
    }

    /// Of a unit.
    #[must_use]
    pub fn unit(&self, unit: UnitIndex) -> Fact {
        self.units[unit as usize]
    }

    /// Of each void, in their order.
    #[must_use]
    pub fn voids(&self) -> &[Fact] {
        &self.voids
    }
}

/// The units that share a piece of border with `unit`, as its own level draws them; by index.
#[must_use]
pub fn neighbours(partition: &Partition, unit: UnitIndex) -> Vec<UnitIndex> {
    let hierarchy = &partition.hierarchy;
    let level = hierarchy.unit(unit).level;
    let mut found = BTreeSet::new();
    for arc in partition.coverage.arcs() {
        let (left, right) = (hierarchy.at_level(arc.left, level), hierarchy.at_level(arc.right, level));
        match (left, right) {
            (Some(l), Some(r)) if l == unit && r != unit => found.insert(r),
            (Some(l), Some(r)) if r == unit && l != unit => found.insert(l),
            _ => false,
        };
    }
    found.into_iter().collect()
}

//! Numbers per unit: what is counted in a version, level by level. Served beside the tiles, never in them.

use std::collections::BTreeMap;

use super::Facts;
use crate::unit::{Hierarchy, Owner, UnitIndex};

/// A measure that every version has, as far as its data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Households, from the dwellings that lie in the unit.
    Households,
    /// Households a km².
    HouseholdsPerKm2,
    /// Area in km².
    AreaKm2,
    /// How many units of the lowest level there are in a unit above it.
    Parts,
}

/// How many classes a legend has.
const CLASSES: usize = 5;

impl Measure {
    /// Every measure, in the order they are listed.
    pub const ALL: [Self; 4] = [Self::Households, Self::HouseholdsPerKm2, Self::AreaKm2, Self::Parts];

    /// Its name in addresses; the lowest level's plural (`grids`) for [`Measure::Parts`].
    #[must_use]
    pub fn id(self, hierarchy: &Hierarchy) -> &str {
        match self {
            Self::Households => "households",
            Self::HouseholdsPerKm2 => "households_per_km2",
            Self::AreaKm2 => "area_km2",
            Self::Parts => hierarchy.levels().as_slice().last().map_or("leaves", |l| l.plural.as_str()),
        }
    }

    /// What it is called: Chinese, English.
    #[must_use]
    pub fn names(self, hierarchy: &Hierarchy) -> (&'static str, String) {
        match self {
            Self::Households => ("户数", "Households".into()),
            Self::HouseholdsPerKm2 => ("户数密度", "Households per km²".into()),
            Self::AreaKm2 => ("面积", "Area".into()),
            Self::Parts if self.id(hierarchy) == "grids" => ("网格数", "Number of grids".into()),
            Self::Parts => ("基层单元数", format!("Number of {}", self.id(hierarchy))),
        }
    }

    /// What it is counted in; empty for a plain count.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Households => "户",
            Self::HouseholdsPerKm2 => "户/km²",
            Self::AreaKm2 => "km²",
            Self::Parts => "",
        }
    }

    /// Whether it says something at a level.
    #[must_use]
    pub fn is_at(self, hierarchy: &Hierarchy, level: u8) -> bool {
        self != Self::Parts || level < hierarchy.levels().lowest()
    }

    /// Its number for a unit.
    #[must_use]
    pub fn of(self, counts: &Counts, facts: &Facts, unit: UnitIndex) -> f64 {
        let (households, parts) = counts.0[unit as usize];
        let km2 = facts.unit(unit).area_m2 / 1e6;
        match self {
            Self::Households => households as f64,
            Self::HouseholdsPerKm2 if km2 > 0.0 => households as f64 / km2,
            Self::HouseholdsPerKm2 => 0.0,
            Self::AreaKm2 => km2,
            Self::Parts => f64::from(parts),
        }
    }

    /// Numbers with as many decimals as they are worth.
    #[must_use]
    pub fn rounded(self, value: f64) -> f64 {
        let scale = match self {
            Self::Households | Self::Parts => 1.0,
            Self::HouseholdsPerKm2 => 10.0,
            Self::AreaKm2 => 10_000.0,
        };
        (value * scale).round() / scale
    }
}

/// Households and parts of every unit, in the hierarchy's order.
#[derive(Debug)]
pub struct Counts(Vec<(u64, u32)>);

impl Counts {
    /// Counts weighted points, each given with its owner, up the tree.
    pub fn of(hierarchy: &Hierarchy, dwellings: impl IntoIterator<Item = (Owner, u32)>) -> Self {
        let mut of_leaf = vec![0u64; hierarchy.leaves().len()];
        for (owner, weight) in dwellings {
            if let Some(households) = of_leaf.get_mut(owner.index()) {
                *households += u64::from(weight);
            }
        }
        let lowest = hierarchy.levels().lowest();
        let mut counts = vec![(0, 0); hierarchy.units().len()];
        for (&leaf, households) in hierarchy.leaves().iter().zip(of_leaf) {
            let part = u32::from(hierarchy.unit(leaf).level == lowest);
            for unit in hierarchy.chain(leaf) {
                let (sum, parts) = &mut counts[unit as usize];
                *sum += households;
                *parts += part;
            }
        }
        Self(counts)
    }
}

/// A measure at one level: what to draw and how to class it.
#[derive(Debug)]
pub struct Column {
    /// Number by unit, in the hierarchy's order.
    pub values: BTreeMap<UnitIndex, f64>,
    /// Where one class ends and the next begins: quantiles, rising, at most four.
    pub classes: Vec<f64>,
}

impl Column {
    /// The numbers of `units`.
    pub fn of(
        measure: Measure,
        counts: &Counts,
        facts: &Facts,
        units: impl Iterator<Item = UnitIndex>,
    ) -> Self {
        let values: BTreeMap<_, _> =
            units.map(|u| (u, measure.rounded(measure.of(counts, facts, u)))).collect();
        let mut sorted: Vec<f64> = values.values().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let mut classes: Vec<f64> =
            (1..CLASSES).filter_map(|k| sorted.get(k * sorted.len() / CLASSES).copied()).collect();
        classes.dedup();
        Self { values, classes }
    }
}

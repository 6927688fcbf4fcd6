//! What of a version a caller may see: what they may not is left out, as if it were not there.
//!
//! ```text
//! may read the map of 320924100      sees  320924, 320924100, 320924100001 …     not 320924101
//! ```
//!
//! Tiles are drawn once for all who may read any of the map; everything else passes through here.

use super::{Located, Served};
use crate::access::Scope;
use crate::unit::UnitIndex;

impl Served {
    /// Whether a caller may know of a unit.
    #[must_use]
    pub fn shows(&self, scope: &Scope, unit: UnitIndex) -> bool {
        scope.sees(&self.snapshot.hierarchy().unit(unit).code)
    }

    /// Those of some units that a caller may know of.
    #[must_use]
    pub fn shown(&self, scope: &Scope, mut units: Vec<UnitIndex>) -> Vec<UnitIndex> {
        if !scope.sees_all() {
            units.retain(|&unit| self.shows(scope, unit));
        }
        units
    }

    /// Whether a caller may know of what lies in a leaf, or in none.
    pub(super) fn shows_in(&self, scope: &Scope, leaf: Option<UnitIndex>) -> bool {
        leaf.is_none_or(|leaf| self.shows(scope, leaf))
    }

    /// Which leaves a caller may know of, by owner; `None`: all.
    #[must_use]
    pub fn leaves_shown(&self, scope: &Scope) -> Option<Box<[bool]>> {
        let leaves = self.snapshot.hierarchy().leaves();
        (!scope.sees_all()).then(|| leaves.iter().map(|&leaf| self.shows(scope, leaf)).collect())
    }
}

impl Located {
    /// Without what a caller may not know of: inside or outside remains.
    pub(super) fn seen_by(mut self, scope: &Scope, served: &Served) -> Self {
        if scope.sees_all() {
            return self;
        }
        let shows = |unit: &UnitIndex| served.shows(scope, *unit);
        let leaf = self.leaf.filter(shows);
        if leaf != self.leaf {
            self.border_distance_m = None;
        }
        self.leaf = leaf;
        self.neighbour = self.neighbour.filter(shows);
        self.nearest = self.nearest.filter(|(unit, _)| shows(unit));
        if let Some(candidates) = &mut self.candidates {
            candidates.retain(|(unit, _)| shows(unit));
        }
        self
    }
}

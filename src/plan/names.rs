//! The units that a command names, by code, and the points in it that are taken to borders.

use std::collections::BTreeMap;

use super::edit::{Edit, Redraw, Whose};
use crate::crs::Point;
use crate::unit::Code;

impl Edit {
    /// Codes of the units that it works on. The parent that a unit goes to is none of them: it keeps what is said of it.
    #[must_use]
    pub fn works_on(&self) -> Vec<&Code> {
        match self {
            Self::Split { unit, .. }
            | Self::Assign { unit, .. }
            | Self::Set { unit, .. }
            | Self::Rename { unit, .. }
            | Self::RetireUnit { unit } => vec![unit],
            Self::Merge { units, keep } => units.iter().chain(keep).collect(),
            Self::Reshape { between, .. } => between.iter().collect(),
            Self::Transfer { from, to, .. } => vec![from, to],
            Self::Redraw(redraw) => {
                let stated = redraw.units.iter().flat_map(|stated| stated.unit.iter().chain([&stated.code]));
                redraw
                    .areas
                    .iter()
                    .filter_map(|area| area.of.code())
                    .chain(stated)
                    .chain(&redraw.gone)
                    .collect()
            }
            Self::MoveNode { .. } | Self::CreateUnit { .. } => Vec::new(),
        }
    }

    /// The same command where units have other codes; those that `codes` does not have stay.
    #[must_use]
    pub fn with_codes(mut self, codes: &BTreeMap<Code, Code>) -> Self {
        for code in self.codes_mut() {
            if let Some(other) = codes.get(code) {
                code.clone_from(other);
            }
        }
        self
    }

    fn codes_mut(&mut self) -> Vec<&mut Code> {
        match self {
            Self::Split { unit, .. }
            | Self::Set { unit, .. }
            | Self::Rename { unit, .. }
            | Self::RetireUnit { unit } => vec![unit],
            Self::Assign { unit, parent } => vec![unit, parent],
            Self::Merge { units, keep } => units.iter_mut().chain(keep).collect(),
            Self::Reshape { between, .. } => between.iter_mut().collect(),
            Self::Transfer { from, to, .. } => vec![from, to],
            Self::Redraw(Redraw { areas, units, gone, .. }) => {
                let stated =
                    units.iter_mut().flat_map(|stated| stated.unit.iter_mut().chain([&mut stated.code]));
                areas.iter_mut().filter_map(|area| area.of.code_mut()).chain(stated).chain(gone).collect()
            }
            Self::CreateUnit { parent, code, .. } => parent.iter_mut().chain(code).collect(),
            Self::MoveNode { .. } => Vec::new(),
        }
    }

    /// The points that are taken to whatever border is within a distance, with that distance in metres.
    pub(super) fn snapping(&self) -> (Vec<Point>, f64) {
        match self {
            Self::Split { line, tolerance, .. } | Self::Reshape { line, tolerance, .. } => {
                (line.points().to_vec(), *tolerance)
            }
            Self::Transfer { area, tolerance, .. } => (area.rings().concat(), *tolerance),
            Self::MoveNode { at, tolerance, .. } => (vec![at.0], *tolerance),
            _ => (Vec::new(), 0.0),
        }
    }
}

impl Whose {
    const fn code(&self) -> Option<&Code> {
        match self {
            Self::Unit(code) => Some(code),
            Self::Void(_) => None,
        }
    }

    const fn code_mut(&mut self) -> Option<&mut Code> {
        match self {
            Self::Unit(code) => Some(code),
            Self::Void(_) => None,
        }
    }
}

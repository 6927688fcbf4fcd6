//! A raw coverage → a partition, or every reason why it is none.
//!
//! `import = hierarchy(codes) + arrangement(polygons)`: codes make the tree, polygons the coverage; what is wrong
//! with either is a defect, and all of them are reported together.

use std::fmt;

use super::assemble::{Sorted, sort};
use super::raw::{RawCoverage, RawVoid, UnitFacts};
use super::refusal::ImportRefused;
use super::rings::Rings;
use crate::coverage::{Coverage, DEFAULT_TOLERANCE, Defect, DefectKind, Partition, RawDefect};
use crate::crs::{Datum, Point, Polygon};
use crate::unit::{Levels, Owner};

/// How a file is to be taken.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// What its coordinates are in.
    pub crs: Datum,
    /// The levels; those the file tells, or the previous version's, or the default, where none are given.
    pub levels: Option<Levels>,
    /// Name of the level that its features stand at; the lowest where none is given.
    pub level: Option<String>,
    /// Names and attributes of units, from `--units`.
    pub units: Option<Vec<UnitFacts>>,
    /// Voids, from `--voids`, in the file's datum.
    pub voids: Vec<RawVoid>,
    /// How far beside a neighbour's segment a vertex may lie and still be noded into it, in lattice units.
    pub tolerance: u32,
}

impl Default for ImportOptions {
    fn default() -> Self {
        let crs = Datum::default();
        Self { crs, levels: None, level: None, units: None, voids: Vec::new(), tolerance: DEFAULT_TOLERANCE }
    }
}

/// What came in.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The units, with uids and tints of the previous version where codes agree, and their coverage.
    pub partition: Partition,
    /// Vertices that units gained because a neighbour has them.
    pub noded: Vec<Noded>,
    /// What was passed over or put right, for people to read.
    pub notes: Vec<String>,
    /// What the file calls the coverage, where Wangge wrote it.
    pub name: Option<String>,
    /// Whether the file says that it is made up.
    pub synthetic: bool,
}

/// A vertex that a unit's border gained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noded {
    /// Code of the unit, or name of the void.
    pub unit: String,
    /// The vertex.
    pub at: Point,
}

/// Why nothing came in.
#[derive(Debug)]
pub enum ImportError {
    /// The file and the options do not go together: a sentence that says what was expected and what was found.
    Unfit(String),
    /// It is no coverage.
    Refused(ImportRefused),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unfit(why) => f.write_str(why),
            Self::Refused(refused) => refused.fmt(f),
        }
    }
}

impl std::error::Error for ImportError {}

impl From<String> for ImportError {
    fn from(why: String) -> Self {
        Self::Unfit(why)
    }
}

/// Makes a partition of what a file says; `previous` is the store's current version, if there is one.
///
/// # Errors
/// [`ImportError::Unfit`] where codes and levels do not go together; [`ImportError::Refused`] with every defect
/// where it is no coverage.
pub fn import(
    raw: RawCoverage,
    previous: Option<&Partition>,
    options: &ImportOptions,
) -> Result<Imported, ImportError> {
    let mut notes = raw.notes.clone();
    let (name, synthetic) = raw.own.as_ref().map_or((None, false), |own| (own.name.clone(), own.synthetic));
    let sorted = sort(raw, previous, options, &mut notes)?;
    let mut rings = Rings { datum: options.crs, ..Rings::default() };
    let shapes = shapes(&sorted, &mut rings);
    notes.extend(rings.notes());
    let mut defects = sorted.defects(&shapes);
    let named = |owner: Owner| sorted.owner_name(owner);
    match Coverage::build(&shapes, options.tolerance) {
        Ok(built) if defects.is_empty() => {
            let noded = built.gained.iter().map(|g| Noded { unit: named(g.owner), at: g.at }).collect();
            let partition = Partition { hierarchy: sorted.hierarchy()?, coverage: built.coverage };
            Ok(Imported { partition, noded, notes, name, synthetic })
        }
        Ok(_) => Err(ImportError::Refused(ImportRefused { defects, tolerance: None, file: sorted.file })),
        Err(refusal) => {
            let only_geometry = defects.is_empty();
            defects.extend(refusal.defects.iter().map(|d| located(&sorted, &rings, d)));
            let defects = without_repeats(defects);
            let tolerance = refusal.tolerance.filter(|_| only_geometry);
            Err(ImportError::Refused(ImportRefused { defects, tolerance, file: sorted.file }))
        }
    }
}

/// The polygons of each owner, features by code, then voids; none where nothing has an area at 7 decimals.
fn shapes(sorted: &Sorted, rings: &mut Rings) -> Vec<Vec<Polygon>> {
    sorted.outlines().map(|(_, polygons)| rings.polygons(polygons)).collect()
}

/// A defect with names for its owners. One without an area is nowhere on the lattice, so its place is looked up.
fn located(sorted: &Sorted, rings: &Rings, raw: &RawDefect) -> Defect {
    let mut defect = raw.named(|owner| sorted.owner_name(owner));
    if raw.kind == DefectKind::NoArea
        && let Some((place, polygons)) = raw.owners.first().and_then(|o| sorted.outlines().nth(o.index()))
    {
        defect.at = rings.first_point(polygons);
        defect.detail = format!("{place}: {}", defect.detail);
    }
    defect
}

/// Two features of one code and one polygon are one defect, the code.
fn without_repeats(mut defects: Vec<Defect>) -> Vec<Defect> {
    let codes: Vec<String> = defects
        .iter()
        .filter(|d| d.kind == DefectKind::DuplicateCode)
        .flat_map(|d| d.units.iter().cloned())
        .collect();
    defects.retain(|d| {
        let same_unit = d.units.len() > 1 && d.units.iter().all(|u| *u == d.units[0] && codes.contains(u));
        !(d.kind == DefectKind::DuplicatePolygon && same_unit)
    });
    defects
}

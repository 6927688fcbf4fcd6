//! What a file says, as it stands: text, attributes, longitude and latitude in the file's own datum.

use crate::crs::LonLat;
use crate::unit::{Attributes, Code, Levels};

/// Which fields of a file mean what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// The code; `code` where none is given. `id` also finds the feature's own id.
    pub code: Option<String>,
    /// The name; `name` where none is given, and then it may be missing.
    pub name: Option<String>,
    /// The parent's code, to be held against the code's own beginning; not looked at where none is given.
    pub parent: Option<String>,
    /// The level's name; follows from the code's digits where none is given.
    pub level: Option<String>,
    /// The layer of a GeoPackage; needed where it has several of polygons.
    pub layer: Option<String>,
}

/// The shell, then the holes; closed or not.
pub type RawPolygon = Vec<Vec<LonLat>>;

/// A file of polygons.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawCoverage {
    /// What it is called in messages.
    pub file: String,
    /// In the order of the file.
    pub features: Vec<RawFeature>,
    /// Voids that the file declares.
    pub voids: Vec<RawVoid>,
    /// What the file says of itself, where Wangge wrote it.
    pub own: Option<Own>,
    /// What was passed over or put right, for people to read.
    pub notes: Vec<String>,
}

/// What an export says beside its polygons.
#[derive(Clone, Debug, PartialEq)]
pub struct Own {
    /// The levels.
    pub levels: Levels,
    /// Upper units, and units whose attributes do not fit among the features'.
    pub units: Vec<UnitFacts>,
    /// Whether features of every level are there, parents over their children.
    pub all: bool,
    /// What the coverage is called.
    pub name: Option<String>,
    /// Whether it is made up.
    pub synthetic: bool,
}

/// One feature.
#[derive(Clone, Debug, PartialEq)]
pub struct RawFeature {
    /// Where in the file, for messages.
    pub place: String,
    /// Its code.
    pub code: Code,
    /// Its name, where the file has one.
    pub name: Option<String>,
    /// The name of its level, where a field gives it.
    pub level: Option<String>,
    /// Its parent's code, where a field gives it.
    pub parent: Option<String>,
    /// Every other field that holds one value.
    pub attributes: Attributes,
    /// Its geometry.
    pub polygons: Vec<RawPolygon>,
}

/// A declared area of no grid.
#[derive(Clone, Debug, PartialEq)]
pub struct RawVoid {
    /// Where in the file, for messages.
    pub place: String,
    /// Its name; may be empty.
    pub name: String,
    /// Its geometry.
    pub polygons: Vec<RawPolygon>,
}

/// What a list of units says of one.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitFacts {
    /// Its code.
    pub code: Code,
    /// Its name; may be empty.
    pub name: String,
    /// Whatever else.
    pub attributes: Attributes,
}

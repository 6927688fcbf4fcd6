//! GeoPackage, in and out, through SQLite.
//!
//! | file | what |
//! |---|---|
//! | `layers` | which layers a file has, and which of them is meant |
//! | `rows` | rows of a layer → records and polygons |
//! | `read` | file → raw coverage or voids |
//! | `columns` | attributes of units → columns |
//! | `write` | sheet → file |

mod columns;
mod layers;
mod read;
mod rows;
mod write;

pub use layers::replaceable;
pub use read::{coverage, voids};
pub use write::write;

/// A table that every store has and no export.
const STORE: &str = "unit_rows";
/// Tables of an export beside its layers: what it says of itself, units without geometry, leaves above the level.
const ABOUT: &str = "wangge";
const UNITS: &str = "wangge_units";
const LEAVES: &str = "wangge_leaves";
const VOIDS: &str = "voids";

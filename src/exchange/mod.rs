//! Files in and out: GeoJSON, GeoPackage, CSV.
//!
//! ```text
//! file ─ read ─→ RawCoverage ─ import ─→ Partition, or every defect located
//!        (as it stands, lon/lat)   (datum, lattice, hierarchy, arrangement)
//! Partition ─ Sheet ─→ export ─→ file, which read and import take back without a flag
//! ```
//!
//! What the polygons alone do not tell (levels, upper units, voids, leaves above the lowest level) stands beside
//! them: in GeoJSON as the foreign member `wangge`, in a GeoPackage as tables whose names begin with `wangge`.
//!
//! | file | what |
//! |---|---|
//! | `error`, `text` | refusals that say where; UTF-8 or a hint |
//! | `raw`, `record`, `rings` | what a file says; a row by its fields; its rings on the lattice |
//! | `geojson`, `geopackage` | the two formats, each reading and writing |
//! | `import`, `assemble` | raw coverage → partition |
//! | `refusal` | what is no coverage: counts, the first ten, all as GeoJSON |
//! | `sheet` | partition → what an export holds, whatever the format |
//! | `table` | CSV of units |
//! | `points` | points in CSV and GeoJSON |
//! | `people` | people in CSV; in only, never out |
//! | `archive` | a PMTiles file, read tile by tile |
//! | `seeds` | outline and units that a synthetic county is made from |
//! | `atomic` | a file is whole or not there |

mod archive;
mod assemble;
mod atomic;
mod error;
mod export;
mod geojson;
mod geopackage;
mod import;
mod people;
mod points;
mod raw;
mod read;
mod record;
mod refusal;
mod rings;
mod seeds;
mod sheet;
mod table;
mod text;

pub use archive::Archive;
pub use error::ExchangeError;
pub use export::{ExportOptions, Exported, What, export};
pub use geojson::feature_json;
pub use import::{ImportError, ImportOptions, Imported, Noded, import};
pub use people::{PeopleRead, read_people};
pub use points::{PointsRead, read_points, write_points};
pub use raw::{Fields, RawCoverage, RawFeature, RawPolygon, RawVoid, UnitFacts};
pub use read::{read_coverage, read_voids};
pub use refusal::{ImportRefused, defects_geojson, write_defects};
pub use rings::lattice_polygons;
pub use seeds::{outline_from, seed_units_from};
pub use table::read_units;

//! Integer points, lon/lat, datums, projections, Web Mercator and tile addresses.
//!
//! Everything that may end in bytes goes through crate `libm`, so that machines agree.

mod baidu;
mod datum;
mod ellipsoid;
mod lonlat;
mod mercator;
mod point;
mod polygon;
mod tile;

pub use baidu::from_baidu_mercator;
pub use datum::{BadDatum, Datum, in_china};
pub use ellipsoid::{LocalPlane, length_m, ring_area_m2};
pub use lonlat::{BadCoordinate, LonLat, UNITS_PER_DEGREE};
pub use mercator::{WORLD_SIZE, from_world, lattice_to_world, to_world};
pub use point::{Bounds, Point, cross, ring_area2};
pub use polygon::Polygon;
pub use tile::{BadTile, MAX_ZOOM, TileId};

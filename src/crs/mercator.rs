//! Web Mercator (EPSG:3857) on integers: the **world**, 2^32 units a side.
//!
//! ```text
//! (-2^31, -2^31) ┌─────────┐  lat +85.05112878
//!                │    ·(0,0)│  one unit: 9 mm at the equator, 7.8 mm at Sheyang
//!                └─────────┘  lat -85.05112878, x = y = 2^31 - 1
//! ```
//!
//! y runs south, as tiles do; latitudes beyond the square come to its edge. A lattice unit is 1.19 world units wide.

use std::f64::consts::PI;

use super::{LonLat, Point};

/// The world's side in units.
pub const WORLD_SIZE: f64 = 4_294_967_296.0;

/// The world point nearest to a WGS84 place, ties away from zero.
#[must_use]
pub fn to_world(place: LonLat) -> Point {
    // asinh(tan φ) = ln tan(π/4 + φ/2), without the loss near the equator.
    let stretched = libm::asinh(libm::tan(place.lat() * PI / 180.0));
    Point::new(
        world_round(place.lon() / 360.0 * WORLD_SIZE),
        world_round(-stretched / (2.0 * PI) * WORLD_SIZE),
    )
}

/// The WGS84 place of a world point.
#[must_use]
pub fn from_world(p: Point) -> LonLat {
    let lon = f64::from(p.x) / WORLD_SIZE * 360.0;
    let lat = -libm::atan(libm::sinh(f64::from(p.y) / WORLD_SIZE * 2.0 * PI)) * 180.0 / PI;
    LonLat::wrapped(lon, lat)
}

/// The world point nearest to a lattice point.
#[must_use]
pub fn lattice_to_world(p: Point) -> Point {
    to_world(LonLat::from_lattice(p))
}

/// Nearest integer, brought to the world's edge (`as` saturates).
fn world_round(units: f64) -> i32 {
    units.round() as i32
}

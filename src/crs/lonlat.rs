//! A checked longitude and latitude in degrees, and the lattice it is rounded to.
//!
//! ```text
//! text 120.1234567  ─ parse →  f64  ─ ×1e7, ties away from zero →  1201234567  ─ /1e7 →  the same f64
//! ```
//!
//! Seven decimals survive the way there and back without loss.

use super::{Bounds, Point};

/// How far beyond ±180 or ±90 degrees a number may lie: what the lattice does not see. Files that programs have
/// reprojected hold 180.00000000000006.
const SLACK: f64 = 0.4 / UNITS_PER_DEGREE;

/// Lattice units per degree.
pub const UNITS_PER_DEGREE: f64 = 1e7;

/// A finite longitude (±180) and latitude (±90) in degrees, in whatever datum its holder says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LonLat {
    lon: f64,
    lat: f64,
}

/// A pair of numbers that is no place.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum BadCoordinate {
    /// NaN or infinite.
    #[error("expected a finite {axis}, found {found}")]
    NotFinite {
        /// `longitude` or `latitude`.
        axis: &'static str,
        /// What stood there.
        found: f64,
    },
    /// A longitude beyond ±180 degrees.
    #[error("expected a longitude from -180 to 180, found {0}")]
    Longitude(f64),
    /// A latitude beyond ±90 degrees.
    #[error("expected a latitude from -90 to 90, found {0}")]
    Latitude(f64),
    /// A latitude beyond ±90 degrees that would do as a longitude.
    #[error("expected longitude, latitude with the latitude from -90 to 90, found {lon}, {lat}: swapped?")]
    Swapped {
        /// What stood first.
        lon: f64,
        /// What stood second.
        lat: f64,
    },
}

impl LonLat {
    /// Checks a longitude and a latitude, in degrees. What lies beyond the range by less than the lattice sees comes
    /// to its edge.
    ///
    /// # Errors
    /// [`BadCoordinate`] where one is not finite or out of range.
    pub fn new(lon: f64, lat: f64) -> Result<Self, BadCoordinate> {
        for (axis, found) in [("longitude", lon), ("latitude", lat)] {
            if !found.is_finite() {
                return Err(BadCoordinate::NotFinite { axis, found });
            }
        }
        let (east, north) = (180.0 + SLACK, 90.0 + SLACK);
        if lat.abs() > north && lat.abs() <= 180.0 && lon.abs() <= 90.0 {
            return Err(BadCoordinate::Swapped { lon, lat });
        }
        if lon.abs() > east {
            return Err(BadCoordinate::Longitude(lon));
        }
        if lat.abs() > north {
            return Err(BadCoordinate::Latitude(lat));
        }
        Ok(Self { lon: lon.clamp(-180.0, 180.0), lat: lat.clamp(-90.0, 90.0) })
    }

    /// The nearest place to a finite longitude and latitude: longitude goes round, latitude stops at the pole.
    pub(super) fn wrapped(lon: f64, lat: f64) -> Self {
        let lon = if lon.abs() > 180.0 { lon - 360.0 * (lon / 360.0).round() } else { lon };
        Self { lon, lat: lat.clamp(-90.0, 90.0) }
    }

    /// Degrees east.
    #[must_use]
    pub const fn lon(self) -> f64 {
        self.lon
    }

    /// Degrees north.
    #[must_use]
    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// The nearest lattice point, ties away from zero.
    #[must_use]
    pub fn to_lattice(self) -> Point {
        Point::new((self.lon * UNITS_PER_DEGREE).round() as i32, (self.lat * UNITS_PER_DEGREE).round() as i32)
    }

    /// The place of a lattice point: exactly the double nearest to its seven decimals. A point beyond the lattice
    /// (which no import makes) comes to its edge.
    #[must_use]
    pub fn from_lattice(p: Point) -> Self {
        let lon = (f64::from(p.x) / UNITS_PER_DEGREE).clamp(-180.0, 180.0);
        let lat = (f64::from(p.y) / UNITS_PER_DEGREE).clamp(-90.0, 90.0);
        Self { lon, lat }
    }
}

impl Bounds {
    /// west, south, east, north in degrees, of a box on the lattice that is not empty.
    #[must_use]
    pub fn degrees(self) -> [f64; 4] {
        let (min, max) = (LonLat::from_lattice(self.min), LonLat::from_lattice(self.max));
        [min.lon(), min.lat(), max.lon(), max.lat()]
    }
}

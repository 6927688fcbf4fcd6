//! Areas and short distances in metres, on the CGCS2000 ellipsoid (which differs from WGS84's by 0.1 mm).
//!
//! An edge is the straight line in longitude and latitude between its ends, as in RFC 7946; neighbours
//! therefore share it exactly, and areas of parts sum to the whole's.

use std::f64::consts::PI;

use libm::{cos, hypot, sin, sqrt};

use super::lonlat::UNITS_PER_DEGREE;
use super::{LonLat, Point};

/// Semi-major axis of CGCS2000 in metres.
const A: f64 = 6_378_137.0;
/// Flattening of CGCS2000.
const F: f64 = 1.0 / 298.257_222_101;
/// First eccentricity squared.
const E2: f64 = F * (2.0 - F);
/// Radians in a lattice unit.
const RADIANS_PER_UNIT: f64 = PI / 180.0 / UNITS_PER_DEGREE;

/// Signed area of a lattice ring in m²: positive when it runs counter-clockwise. The ring does not repeat its
/// first point. Parts are additive to rounding; good to 1e-9 of the area where edges are shorter than a degree.
#[must_use]
pub fn ring_area_m2(ring: &[Point]) -> f64 {
    let Some(&last) = ring.last() else { return 0.0 };
    // Heights are taken over the first point's, so that nothing large cancels.
    let base = zone(f64::from(ring[0].y));
    let mut from = (last, zone(f64::from(last.y)) - base);
    let mut sum = 0.0;
    for &p in ring {
        let to = (p, zone(f64::from(p.y)) - base);
        let width = f64::from(p.x) - f64::from(from.0.x);
        if width != 0.0 {
            let middle = zone(f64::midpoint(f64::from(from.0.y), f64::from(p.y))) - base;
            // Simpson's rule along the edge.
            sum -= width * (from.1 + 4.0 * middle + to.1) / 6.0;
        }
        from = to;
    }
    sum * RADIANS_PER_UNIT * A * A / 2.0
}

/// Snyder's q of a latitude in lattice units: the area between the equator and the parallel, per radian of
/// longitude and half a². `q = (1-e²) Σ e^2k s^(2k+1) (1 + 1/(2k+1))` with s = sin φ; eight terms reach 1e-17.
fn zone(y: f64) -> f64 {
    let s = sin(y * RADIANS_PER_UNIT);
    let u = E2 * s * s;
    let series = (0..8).rev().fold(0.0, |sum, k| sum * u + 1.0 + 1.0 / f64::from(2 * k + 1));
    (1.0 - E2) * s * series
}

/// Metres around a place: the mid-latitude plane, whose distances from the centre are good to 1e-4 within 100 km
/// (to 5e-6 within 10 km) up to 70 degrees of latitude.
///
/// ```text
/// east  = Δλ · N cos φ at the middle latitude      north = Δφ · M at the middle latitude
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LocalPlane {
    centre: LonLat,
    /// Centre in lattice units, unrounded.
    at: (f64, f64),
    /// N cos φ at the middle latitude as a polynomial in Δφ.
    east: [f64; 4],
    /// M at the middle latitude as a polynomial in Δφ.
    north: [f64; 2],
}

impl LocalPlane {
    /// The plane around `centre`.
    #[must_use]
    pub fn at(centre: LonLat) -> Self {
        let phi = centre.lat() * PI / 180.0;
        let (s, c) = (sin(phi), cos(phi));
        let w = 1.0 - E2 * s * s;
        let (n, m) = (A / sqrt(w), A * (1.0 - E2) / (w * sqrt(w)));
        let m_slope = 3.0 * m * E2 * s * c / w;
        // (N cos φ)' = -M sin φ; the third derivative is M sin φ but for terms of e².
        let slopes = [n * c, -m * s, -(m * c + m_slope * s), m * s];
        Self {
            centre,
            at: (centre.lon() * UNITS_PER_DEGREE, centre.lat() * UNITS_PER_DEGREE),
            east: [slopes[0], slopes[1] / 2.0, slopes[2] / 8.0, slopes[3] / 48.0],
            north: [m, m_slope / 2.0],
        }
    }

    /// The place in the middle.
    #[must_use]
    pub const fn centre(&self) -> LonLat {
        self.centre
    }

    /// The place in the middle, in lattice units, unrounded.
    #[must_use]
    pub const fn centre_units(&self) -> (f64, f64) {
        self.at
    }

    /// Metres east and north of the centre.
    #[must_use]
    pub fn metres(&self, p: Point) -> (f64, f64) {
        self.metres_at(f64::from(p.x), f64::from(p.y))
    }

    /// Metres east and north of the centre, for a place between lattice points.
    #[must_use]
    pub fn metres_at(&self, x: f64, y: f64) -> (f64, f64) {
        let (scale, north) = self.row(y);
        ((x - self.at.0) * scale, north)
    }

    /// Of a row y of the lattice: metres that one unit east counts there, and metres north of the centre.
    #[must_use]
    pub fn row(&self, y: f64) -> (f64, f64) {
        let dy = (y - self.at.1) * RADIANS_PER_UNIT;
        let [a, b, c, d] = self.east;
        let scale = (a + dy * (b + dy * (c + dy * d))) * RADIANS_PER_UNIT;
        (scale, dy * (self.north[0] + dy * self.north[1]))
    }

    /// Metres from the centre.
    #[must_use]
    pub fn distance_m(&self, p: Point) -> f64 {
        let (east, north) = self.metres(p);
        hypot(east, north)
    }

    /// Metres east and north that one lattice unit spans at the centre.
    #[must_use]
    pub fn metres_per_unit(&self) -> (f64, f64) {
        (self.east[0] * RADIANS_PER_UNIT, self.north[0] * RADIANS_PER_UNIT)
    }
}

/// Metres along a lattice polyline, good to 1e-6; the plane moves along with it.
#[must_use]
pub fn length_m(points: &[Point]) -> f64 {
    let Some(&first) = points.first() else { return 0.0 };
    let mut plane = LocalPlane::at(LonLat::from_lattice(first));
    let mut from = (0.0, 0.0);
    let mut length = 0.0;
    for &p in &points[1..] {
        let to = plane.metres(p);
        length += hypot(to.0 - from.0, to.1 - from.1);
        from = to;
        if hypot(to.0, to.1) > PLANE_REACH_M {
            (plane, from) = (LocalPlane::at(LonLat::from_lattice(p)), (0.0, 0.0));
        }
    }
    length
}

/// How far from its centre a plane measures lengths between other points: its scale is off by 1e-6 there.
const PLANE_REACH_M: f64 = 5_000.0;

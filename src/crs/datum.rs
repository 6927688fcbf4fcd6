//! The datums that coordinates arrive in, and the way from each to WGS84 and back.
//!
//! ```text
//! WGS84 = CGCS2000 ──shift──▶ GCJ-02 (Amap, Tencent) ──turn──▶ BD-09 (Baidu)
//!                  ◀─iterate─                        ◀─iterate─
//! ```
//!
//! - CGCS2000 agrees with WGS84 to well under a metre in China and is taken as the same.
//! - GCJ-02 is unpublished; this is the formula everyone uses, with about 10 m of doubt. Outside a box around
//!   China ([`in_china`]) it is the identity, so it jumps there; a point within a kilometre of the box's edge
//!   (open sea, steppe) may have no way back or two, and gets the nearest answer.
//! - BD-09 turns and stretches GCJ-02 everywhere.
//! - The ways back invert the forward formulas by fixed-point iteration, to 1e-9 degree or better.

use std::fmt;
use std::str::FromStr;

use libm::{atan2, cos, sin, sqrt};
use serde::{Deserialize, Serialize};

use super::LonLat;

/// A datum that a coordinate may be in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Datum {
    /// GPS; EPSG:4326.
    #[default]
    Wgs84,
    /// China's own; EPSG:4490. Taken as WGS84.
    Cgcs2000,
    /// Amap, Tencent, most phones' apps in China.
    Gcj02,
    /// Baidu.
    Bd09,
}

/// Text that names no datum.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected wgs84, cgcs2000, gcj02 or bd09, found {0:?}")]
pub struct BadDatum(pub String);

impl Datum {
    /// Every datum.
    pub const ALL: [Self; 4] = [Self::Wgs84, Self::Cgcs2000, Self::Gcj02, Self::Bd09];

    /// The datum's name as requests and commands write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wgs84 => "wgs84",
            Self::Cgcs2000 => "cgcs2000",
            Self::Gcj02 => "gcj02",
            Self::Bd09 => "bd09",
        }
    }

    /// `place`, given in this datum, in WGS84.
    #[must_use]
    pub fn to_wgs84(self, place: LonLat) -> LonLat {
        match self {
            Self::Wgs84 | Self::Cgcs2000 => place,
            Self::Gcj02 => gcj02_to_wgs84(place),
            Self::Bd09 => gcj02_to_wgs84(invert(bd09_from_gcj02, place)),
        }
    }

    /// `place`, given in WGS84, in this datum.
    #[must_use]
    pub fn from_wgs84(self, place: LonLat) -> LonLat {
        match self {
            Self::Wgs84 | Self::Cgcs2000 => place,
            Self::Gcj02 => gcj02_from_wgs84(place),
            Self::Bd09 => bd09_from_gcj02(gcj02_from_wgs84(place)),
        }
    }
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Datum {
    type Err = BadDatum;
    fn from_str(text: &str) -> Result<Self, BadDatum> {
        Self::ALL
            .into_iter()
            .find(|d| d.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| BadDatum(text.chars().take(40).collect()))
    }
}

/// Whether the GCJ-02 shift applies there: the rough box that every implementation uses.
#[must_use]
pub fn in_china(place: LonLat) -> bool {
    (72.004..=137.8347).contains(&place.lon()) && (0.8293..=55.8271).contains(&place.lat())
}

fn gcj02_from_wgs84(place: LonLat) -> LonLat {
    if in_china(place) { shifted(place) } else { place }
}

fn gcj02_to_wgs84(place: LonLat) -> LonLat {
    if in_china(place) { invert(shifted, place) } else { place }
}

/// The shift is the formula of Krasovsky 1940, whatever ellipsoid the coordinates are on.
const KRASOVSKY_A: f64 = 6_378_245.0;
const KRASOVSKY_EE: f64 = 0.006_693_421_622_965_823;
const PI: f64 = std::f64::consts::PI;

/// The GCJ-02 shift, without asking for the box.
fn shifted(place: LonLat) -> LonLat {
    let (x, y) = (place.lon() - 105.0, place.lat() - 35.0);
    let phi = place.lat() / 180.0 * PI;
    let magic = 1.0 - KRASOVSKY_EE * sin(phi) * sin(phi);
    let meridian = KRASOVSKY_A * (1.0 - KRASOVSKY_EE) / (magic * sqrt(magic)) * PI;
    let parallel = KRASOVSKY_A / sqrt(magic) * cos(phi) * PI;
    LonLat::wrapped(
        place.lon() + shift_east_m(x, y) * 180.0 / parallel,
        place.lat() + shift_north_m(x, y) * 180.0 / meridian,
    )
}

/// A pair of waves, as the formula's terms come: `(a sin(π u) + b sin(π v)) · 2/3`.
fn waves(a: f64, u: f64, b: f64, v: f64) -> f64 {
    (a * sin(u * PI) + b * sin(v * PI)) * 2.0 / 3.0
}

fn shift_east_m(x: f64, y: f64) -> f64 {
    300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * sqrt(x.abs())
        + waves(20.0, 6.0 * x, 20.0, 2.0 * x)
        + waves(20.0, x, 40.0, x / 3.0)
        + waves(150.0, x / 12.0, 300.0, x / 30.0)
}

fn shift_north_m(x: f64, y: f64) -> f64 {
    -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * sqrt(x.abs())
        + waves(20.0, 6.0 * x, 20.0, 2.0 * x)
        + waves(20.0, y, 40.0, y / 3.0)
        + waves(160.0, y / 12.0, 320.0, y / 30.0)
}

fn bd09_from_gcj02(place: LonLat) -> LonLat {
    let (x, y) = (place.lon(), place.lat());
    let wave = PI * 3000.0 / 180.0;
    let radius = sqrt(x * x + y * y) + 0.000_02 * sin(y * wave);
    let angle = atan2(y, x) + 0.000_003 * cos(x * wave);
    LonLat::wrapped(radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006)
}

/// The place that `forward` takes to `target`. Both formulas move a place by a smooth shift whose slope is under
/// 0.03, so each step leaves under 3 % of the error: eight steps from a kilometre reach the last bits of a double.
fn invert(forward: impl Fn(LonLat) -> LonLat, target: LonLat) -> LonLat {
    let mut guess = target;
    for _ in 0..MOST_STEPS {
        let there = forward(guess);
        let (off_lon, off_lat) = (there.lon() - target.lon(), there.lat() - target.lat());
        guess = LonLat::wrapped(guess.lon() - off_lon, guess.lat() - off_lat);
        if off_lon.abs() < CLOSE_ENOUGH && off_lat.abs() < CLOSE_ENOUGH {
            break;
        }
    }
    guess
}

/// Degrees of residual at which the last step has already brought the guess to about 1e-14.
const CLOSE_ENOUGH: f64 = 1e-12;
/// Twice what any place needs; where the world's edge bends a shift, the guess is good enough by then.
const MOST_STEPS: usize = 20;

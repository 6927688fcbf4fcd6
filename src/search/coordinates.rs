//! Text → longitude and latitude, in any usual notation, with the datum where the text states one.
//!
//! ```text
//! 33.77, 120.25           which is which: by range, then by which lies in the coverage; both, where neither tells
//! 东经120°15′，北纬33°46′  by what stands beside
//! https://uri.amap.com/marker?position=120.25,33.77   by who writes so: longitude first, GCJ-02
//! ```
//!
//! Any text at all may come in. What is no coordinate gives none: not a finite number, out of range, one number, a
//! code, a date.

use super::fold::fold;
use super::token::{Angle, Axis, angles};
use super::{link, token};
use crate::crs::{Bounds, Datum, LonLat};

/// A place as a text may be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// What it says.
    pub place: LonLat,
    /// The datum it states; `None` where it states none.
    pub datum: Option<Datum>,
}

/// The places that a text may mean, the likelier first; `bounds` (on the lattice) of the coverage decide which number
/// is which where the text does not.
#[must_use]
pub fn coordinates(text: &str, bounds: Bounds) -> Vec<Reading> {
    let folded = fold(text);
    if let Some(link) = link::find(&folded) {
        return link::read(link, bounds).into_iter().collect();
    }
    let (datum, rest) = token::stated(&folded);
    let Some(found) = angles(&rest) else { return Vec::new() };
    let places = match (found.first, found.second) {
        (Angle { axis: Some(Axis::Lon), degrees: lon }, Angle { axis: _, degrees: lat })
        | (Angle { axis: None, degrees: lat }, Angle { axis: Some(Axis::Lon), degrees: lon })
        | (Angle { axis: Some(Axis::Lat), degrees: lat }, Angle { axis: _, degrees: lon })
        | (Angle { axis: None, degrees: lon }, Angle { axis: Some(Axis::Lat), degrees: lat }) => {
            LonLat::new(lon, lat).into_iter().collect()
        }
        (first, second) if found.lon_first => {
            usual(first.degrees, second.degrees, bounds).into_iter().collect()
        }
        (first, second) => either(first.degrees, second.degrees, bounds),
    };
    places.into_iter().map(|place| Reading { place, datum }).collect()
}

/// Longitude and latitude in that order, unless only the other order can be, or only the other lies in the coverage.
pub(super) fn usual(lon: f64, lat: f64, bounds: Bounds) -> Option<LonLat> {
    match (LonLat::new(lon, lat).ok(), LonLat::new(lat, lon).ok()) {
        (Some(usual), Some(other)) if !holds(bounds, usual) && holds(bounds, other) => Some(other),
        (usual, other) => usual.or(other),
    }
}

/// Two numbers of which nobody says which is which.
fn either(a: f64, b: f64, bounds: Bounds) -> Vec<LonLat> {
    let mut places: Vec<LonLat> = [LonLat::new(a, b), LonLat::new(b, a)].into_iter().flatten().collect();
    places.dedup();
    if places.iter().any(|&p| holds(bounds, p)) {
        places.retain(|&p| holds(bounds, p));
    }
    places
}

/// Whether a place lies in the coverage's box or as far beside it as it is large.
fn holds(bounds: Bounds, place: LonLat) -> bool {
    if bounds.is_empty() {
        return false;
    }
    let p = place.to_lattice();
    let within = |min: i32, max: i32, at: i32| {
        let size = i64::from(max) - i64::from(min);
        (i64::from(min) - size..=i64::from(max) + size).contains(&i64::from(at))
    };
    within(bounds.min.x, bounds.max.x, p.x) && within(bounds.min.y, bounds.max.y, p.y)
}

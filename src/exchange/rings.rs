//! Raw rings → polygons on the lattice, in WGS84 (which CGCS2000 is taken to be).
//!
//! ```text
//! lon/lat in the file's datum → WGS84 → lattice → closing point and repeats off → at least three points not on a line
//! ```

use super::raw::{RawFeature, RawPolygon};
use crate::crs::{Datum, LonLat, Point, Polygon, cross, ring_area2};

/// Puts rings on the lattice, and counts what it put right.
#[derive(Debug, Default)]
pub struct Rings {
    /// What the coordinates are in.
    pub datum: Datum,
    /// Rings that did not end where they began.
    pub closed: usize,
    /// Rings that have no area at seven decimals.
    pub collapsed: usize,
}

impl Rings {
    /// The polygons that have an area.
    pub fn polygons(&mut self, raw: &[RawPolygon]) -> Vec<Polygon> {
        raw.iter().filter_map(|rings| self.polygon(rings)).collect()
    }

    fn polygon(&mut self, raw: &RawPolygon) -> Option<Polygon> {
        let (shell, holes) = raw.split_first()?;
        let shell = self.ring(shell, true)?;
        let holes = holes.iter().filter_map(|hole| self.ring(hole, false)).collect();
        Some(Polygon { shell, holes })
    }

    /// A ring that runs counter-clockwise for a shell, clockwise for a hole.
    fn ring(&mut self, raw: &[LonLat], shell: bool) -> Option<Vec<Point>> {
        self.closed += usize::from(raw.first() != raw.last());
        let mut ring: Vec<Point> = raw.iter().map(|&place| self.datum.to_wgs84(place).to_lattice()).collect();
        ring.dedup();
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        if is_flat(&ring) {
            self.collapsed += 1;
            return None;
        }
        if (ring_area2(&ring) > 0) != shell {
            ring.reverse();
        }
        Some(ring)
    }

    /// The first point of polygons, whether they have an area or not.
    pub fn first_point(&self, raw: &[RawPolygon]) -> Option<Point> {
        let place = raw.iter().flatten().flatten().next()?;
        Some(self.datum.to_wgs84(*place).to_lattice())
    }

    /// What was put right, for people to read.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !matches!(self.datum, Datum::Wgs84 | Datum::Cgcs2000) {
            notes.push(format!("coordinates were converted from {} to CGCS2000", self.datum));
        }
        if self.closed > 0 {
            notes.push(format!("{} rings that did not end where they began were closed", self.closed));
        }
        if self.collapsed > 0 {
            notes.push(format!("{} rings without an area at 7 decimals were left out", self.collapsed));
        }
        notes
    }
}

/// The polygons of a feature that have an area, on the lattice.
#[must_use]
pub fn lattice_polygons(feature: &RawFeature, datum: Datum) -> Vec<Polygon> {
    Rings { datum, ..Rings::default() }.polygons(&feature.polygons)
}

/// Whether all points lie on one line. A ring that crosses itself may sum to no area and is not flat: that it crosses is
/// for the coverage to say.
fn is_flat(ring: &[Point]) -> bool {
    let Some((&first, rest)) = ring.split_first() else { return true };
    let Some(&other) = rest.iter().find(|&&p| p != first) else { return true };
    rest.iter().all(|&p| cross(first, other, p) == 0)
}

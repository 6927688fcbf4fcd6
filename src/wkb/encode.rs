//! Lattice → GeoPackage blob.

use super::{EMPTY, ENVELOPE_XY, HEADER, LITTLE_ENDIAN, SRS_ID, kind};
use crate::crs::Polygon;
use crate::crs::{Bounds, LonLat, Point};

/// A multipolygon of lattice polygons, with an envelope. Rings are closed on the way; no polygon at all makes an
/// empty multipolygon.
#[must_use]
pub fn encode(polygons: &[Polygon]) -> Vec<u8> {
    let rings = || polygons.iter().flat_map(Polygon::rings);
    let bounds = Bounds::of(rings().flatten());
    let vertices: usize = rings().map(|r| r.len() + 1).sum();
    let mut blob = header(bounds, HEADER + 32 + 9 + polygons.len() * 9 + rings().count() * 4 + vertices * 16);
    put_kind(&mut blob, kind::MULTI_POLYGON);
    put_count(&mut blob, polygons.len());
    for polygon in polygons {
        put_kind(&mut blob, kind::POLYGON);
        put_count(&mut blob, 1 + polygon.holes.len());
        for ring in polygon.rings() {
            put_count(&mut blob, ring.len() + usize::from(!ring.is_empty()));
            ring.iter().chain(ring.first()).for_each(|&p| put_point(&mut blob, p));
        }
    }
    blob
}

/// A line of lattice points, with an envelope.
#[must_use]
pub fn encode_line(points: &[Point]) -> Vec<u8> {
    let mut blob = header(Bounds::of(points), HEADER + 32 + 9 + points.len() * 16);
    put_kind(&mut blob, kind::LINE_STRING);
    put_count(&mut blob, points.len());
    for &point in points {
        put_point(&mut blob, point);
    }
    blob
}

/// One lattice point, without an envelope.
#[must_use]
pub fn encode_point(point: Point) -> Vec<u8> {
    let mut blob = vec![b'G', b'P', 0, LITTLE_ENDIAN];
    blob.extend(SRS_ID.to_le_bytes());
    put_kind(&mut blob, kind::POINT);
    put_point(&mut blob, point);
    blob
}

fn header(bounds: Bounds, capacity: usize) -> Vec<u8> {
    let mut blob = Vec::with_capacity(capacity);
    let flags = if bounds.is_empty() { LITTLE_ENDIAN | EMPTY } else { LITTLE_ENDIAN | ENVELOPE_XY };
    blob.extend([b'G', b'P', 0, flags]);
    blob.extend(SRS_ID.to_le_bytes());
    if !bounds.is_empty() {
        let (min, max) = (LonLat::from_lattice(bounds.min), LonLat::from_lattice(bounds.max));
        for value in [min.lon(), max.lon(), min.lat(), max.lat()] {
            blob.extend(value.to_le_bytes());
        }
    }
    blob
}

fn put_kind(blob: &mut Vec<u8>, kind: u32) {
    blob.push(1);
    blob.extend(kind.to_le_bytes());
}

fn put_count(blob: &mut Vec<u8>, count: usize) {
    blob.extend((count as u32).to_le_bytes());
}

fn put_point(blob: &mut Vec<u8>, point: Point) {
    let place = LonLat::from_lattice(point);
    blob.extend(place.lon().to_le_bytes());
    blob.extend(place.lat().to_le_bytes());
}

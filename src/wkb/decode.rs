//! Our own blob → lattice. Strict: what [`super::encode`] cannot have written is an error that says where.

use super::cursor::{BadBlob, Cursor};
use super::{EMPTY, ENVELOPE_XY, LITTLE_ENDIAN, SRS_ID, kind};
use crate::crs::Polygon;
use crate::crs::{LonLat, Point};

/// The polygons of a multipolygon blob, rings open, exactly as they were encoded.
///
/// # Errors
/// [`BadBlob`] where the blob is not little-endian lon/lat (EPSG:4490) without Z and M, is cut short or goes on too
/// long, a ring is open or shorter than a triangle, or a coordinate is not on the lattice.
pub fn decode(blob: &[u8]) -> Result<Vec<Polygon>, BadBlob> {
    let mut at = Cursor::new(blob);
    header(&mut at)?;
    multi_polygon(&mut at)
}

/// The polygons of a multipolygon's WKB, which ends the blob.
pub(super) fn multi_polygon(at: &mut Cursor) -> Result<Vec<Polygon>, BadBlob> {
    expect_kind(at, kind::MULTI_POLYGON)?;
    let count = at.count(true, 9, "a number of polygons")?;
    let polygons = (0..count).map(|_| polygon(at)).collect::<Result<_, _>>()?;
    at.end()?;
    Ok(polygons)
}

/// The points of a line blob, exactly as they were encoded.
///
/// # Errors
/// As [`decode`].
pub fn decode_line(blob: &[u8]) -> Result<Vec<Point>, BadBlob> {
    let mut at = Cursor::new(blob);
    header(&mut at)?;
    expect_kind(&mut at, kind::LINE_STRING)?;
    let count = at.count(true, 16, "a number of points")?;
    let points = (0..count).map(|_| point(&mut at)).collect::<Result<_, _>>()?;
    at.end()?;
    Ok(points)
}

fn header(at: &mut Cursor) -> Result<(), BadBlob> {
    let magic: [u8; 3] = at.bytes("the header GP, version 0")?;
    if magic != [b'G', b'P', 0] {
        return Cursor::bad(0, "the header GP, version 0", format!("{magic:02x?}"));
    }
    let [flags] = at.bytes("flags")?;
    let envelope = match flags {
        _ if flags & LITTLE_ENDIAN == 0 => {
            return Cursor::bad(3, "a little-endian header", format!("flags {flags:#04x}"));
        }
        f if f == LITTLE_ENDIAN || f == LITTLE_ENDIAN | EMPTY => 0,
        f if f == LITTLE_ENDIAN | ENVELOPE_XY => 32,
        f => return Cursor::bad(3, "flags with an envelope of x and y or none", format!("{f:#04x}")),
    };
    let srs = at.u32(true, "an srs id")? as i32;
    if srs != SRS_ID {
        return Cursor::bad(4, format!("srs id {SRS_ID}"), srs.to_string());
    }
    at.skip(envelope, "an envelope")
}

fn expect_kind(at: &mut Cursor, due: u32) -> Result<(), BadBlob> {
    let offset = at.offset();
    let [order] = at.bytes("a byte order")?;
    if order != 1 {
        return Cursor::bad(offset, "byte order 1 (little-endian)", order.to_string());
    }
    match at.u32(true, "a geometry type")? {
        found if found == due => Ok(()),
        found => {
            let expected = format!("{} (type {due}, without Z and M)", kind::name(due));
            Cursor::bad(offset + 1, expected, format!("{} (type {found})", kind::name(found)))
        }
    }
}

fn polygon(at: &mut Cursor) -> Result<Polygon, BadBlob> {
    expect_kind(at, kind::POLYGON)?;
    let offset = at.offset();
    let rings = at.count(true, 4, "a number of rings")?;
    if rings == 0 {
        return Cursor::bad(offset, "at least a shell", "0 rings");
    }
    let shell = ring(at)?;
    let holes = (1..rings).map(|_| ring(at)).collect::<Result<_, _>>()?;
    Ok(Polygon { shell, holes })
}

fn ring(at: &mut Cursor) -> Result<Vec<Point>, BadBlob> {
    let offset = at.offset();
    let count = at.count(true, 16, "a number of points")?;
    if count < 4 {
        return Cursor::bad(offset, "a ring of at least 4 points", count.to_string());
    }
    let mut points: Vec<Point> = (0..count).map(|_| point(at)).collect::<Result<_, _>>()?;
    let last = points.pop();
    if last != points.first().copied() {
        return Cursor::bad(at.offset() - 16, "the ring's first point again", format!("{last:?}"));
    }
    Ok(points)
}

fn point(at: &mut Cursor) -> Result<Point, BadBlob> {
    let offset = at.offset();
    let (lon, lat) = (at.f64(true, "a longitude")?, at.f64(true, "a latitude")?);
    let place = match LonLat::new(lon, lat) {
        Ok(place) => place,
        Err(bad) => return Cursor::bad(offset, "a longitude and a latitude", bad.to_string()),
    };
    let point = place.to_lattice();
    let exact = LonLat::from_lattice(point);
    for (found, due, offset) in [(lon, exact.lon(), offset), (lat, exact.lat(), offset + 8)] {
        if found.to_bits() != due.to_bits() {
            return Cursor::bad(offset, format!("a coordinate on the lattice, as {due}"), found.to_string());
        }
    }
    Ok(point)
}

//! Anybody's GeoPackage blob → longitude and latitude as they stand, for the importer to judge.
//!
//! Both byte orders, any envelope, and Z and M (which are dropped, and said so) are taken; what is cut short or
//! nested without end is refused.

use super::cursor::{BadBlob, Cursor};
use super::{EMPTY, LITTLE_ENDIAN, kind};

/// Collections inside collections, at most.
const DEEPEST: usize = 8;
/// Marks of Z and M and of a leading srs id in PostGIS's older dialect of WKB.
const EWKB_Z: u32 = 0x8000_0000;
const EWKB_M: u32 = 0x4000_0000;
const EWKB_SRS: u32 = 0x2000_0000;

/// A position as it stands: x, y.
type Position = [f64; 2];

/// What a blob holds. Rings are as they stand, closed or not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForeignGeometry {
    /// The header's srs id.
    pub srs_id: i32,
    /// Polygons: the shell, then the holes.
    pub polygons: Vec<Vec<Vec<Position>>>,
    /// Lone points.
    pub points: Vec<Position>,
    /// Names of the geometries that are neither (lines, curves).
    pub others: Vec<&'static str>,
    /// Whether a third or fourth number stood beside x and y.
    pub dropped_zm: bool,
}

/// Reads a GeoPackage blob.
///
/// # Errors
/// [`BadBlob`] where it is no such blob.
pub fn decode_foreign(blob: &[u8]) -> Result<ForeignGeometry, BadBlob> {
    let mut at = Cursor::new(blob);
    let magic: [u8; 3] = at.bytes("the header GP, version 0")?;
    if magic != [b'G', b'P', 0] {
        return Cursor::bad(0, "the header GP, version 0", format!("{magic:02x?}"));
    }
    let [flags] = at.bytes("flags")?;
    let srs_id = at.u32(flags & LITTLE_ENDIAN != 0, "an srs id")? as i32;
    let envelope = match (flags >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        code => return Cursor::bad(3, "an envelope code from 0 to 4", code.to_string()),
    };
    at.skip(envelope, "an envelope")?;
    let mut found = ForeignGeometry { srs_id, ..ForeignGeometry::default() };
    if flags & EMPTY == 0 {
        geometry(&mut at, &mut found, 0)?;
        at.end()?;
    }
    Ok(found)
}

/// How the numbers of one geometry stand.
#[derive(Clone, Copy)]
struct Form {
    little: bool,
    /// Numbers a position: 2, 3 or 4.
    numbers: usize,
}

fn geometry(at: &mut Cursor, found: &mut ForeignGeometry, depth: usize) -> Result<(), BadBlob> {
    let offset = at.offset();
    if depth > DEEPEST {
        return Cursor::bad(offset, format!("collections at most {DEEPEST} deep"), "another inside");
    }
    let (form, kind) = form(at)?;
    found.dropped_zm |= form.numbers > 2;
    match kind {
        kind::POINT => found.points.extend([position(at, form)?]),
        kind::POLYGON => found.polygons.extend([polygon(at, form)?]),
        kind::LINE_STRING => {
            found.others.push(kind::name(kind));
            positions(at, form)?;
        }
        kind::MULTI_POINT | kind::MULTI_LINE_STRING | kind::MULTI_POLYGON | kind::COLLECTION => {
            let count = at.count(form.little, 5, "a number of parts")?;
            for _ in 0..count {
                geometry(at, found, depth + 1)?;
            }
        }
        _ => return Cursor::bad(offset + 1, "a geometry type from 1 to 7", kind.to_string()),
    }
    Ok(())
}

fn form(at: &mut Cursor) -> Result<(Form, u32), BadBlob> {
    let offset = at.offset();
    let [order] = at.bytes("a byte order")?;
    if order > 1 {
        return Cursor::bad(offset, "byte order 0 or 1", order.to_string());
    }
    let little = order == 1;
    let code = at.u32(little, "a geometry type")?;
    if code & EWKB_SRS != 0 {
        at.skip(4, "an srs id")?;
    }
    let base = code & !(EWKB_Z | EWKB_M | EWKB_SRS);
    let z = code & EWKB_Z != 0 || matches!(base / 1000, 1 | 3);
    let m = code & EWKB_M != 0 || matches!(base / 1000, 2 | 3);
    Ok((Form { little, numbers: 2 + usize::from(z) + usize::from(m) }, base % 1000))
}

fn polygon(at: &mut Cursor, form: Form) -> Result<Vec<Vec<Position>>, BadBlob> {
    let rings = at.count(form.little, 4, "a number of rings")?;
    (0..rings).map(|_| positions(at, form)).collect()
}

fn positions(at: &mut Cursor, form: Form) -> Result<Vec<Position>, BadBlob> {
    let count = at.count(form.little, 8 * form.numbers, "a number of points")?;
    (0..count).map(|_| position(at, form)).collect()
}

fn position(at: &mut Cursor, form: Form) -> Result<Position, BadBlob> {
    let (x, y) = (at.f64(form.little, "x")?, at.f64(form.little, "y")?);
    at.skip(8 * (form.numbers - 2), "z or m")?;
    Ok([x, y])
}

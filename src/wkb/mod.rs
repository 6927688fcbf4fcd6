//! Geometry blobs as GeoPackage has them, and the tables every GeoPackage needs: what store and exchange share.
//!
//! ```text
//! G P 0 flags srs  envelope (min x, max x, min y, max y)   WKB: little-endian MultiPolygon, rings closed
//! 0 1 2   3   4..8  8..40                                  40..
//! ```
//!
//! | file | what |
//! |---|---|
//! | `encode` | lattice → blob; a coordinate is the double nearest to k / 1e7 |
//! | `decode` | our own blob → lattice, unchanged to the bit, or where and why it is not ours |
//! | `foreign` | anybody's blob → longitude and latitude as they stand |
//! | `bare` | our own blob ⇄ the WKB within it |
//! | `cursor` | bounds-checked reading that knows its offset |
//! | `tables` | the SQL of the tables that make a SQLite file a GeoPackage |

mod bare;
mod cursor;
mod decode;
mod encode;
mod foreign;
pub mod tables;

pub use bare::{blob_of, wkb_of};
pub use cursor::BadBlob;
pub use decode::{decode, decode_line};
pub use encode::{encode, encode_line, encode_point};
pub use foreign::{ForeignGeometry, decode_foreign};

/// EPSG code of what stores and exports hold: CGCS2000, longitude and latitude.
pub const SRS_ID: i32 = 4490;

/// WKB's geometry type numbers.
mod kind {
    pub const POINT: u32 = 1;
    pub const LINE_STRING: u32 = 2;
    pub const POLYGON: u32 = 3;
    pub const MULTI_POINT: u32 = 4;
    pub const MULTI_LINE_STRING: u32 = 5;
    pub const MULTI_POLYGON: u32 = 6;
    pub const COLLECTION: u32 = 7;

    pub const fn name(kind: u32) -> &'static str {
        match kind {
            POINT => "Point",
            LINE_STRING => "LineString",
            POLYGON => "Polygon",
            MULTI_POINT => "MultiPoint",
            MULTI_LINE_STRING => "MultiLineString",
            MULTI_POLYGON => "MultiPolygon",
            COLLECTION => "GeometryCollection",
            _ => "an unknown geometry",
        }
    }
}

/// Bytes of the header before the envelope.
const HEADER: usize = 8;
/// Flag: numbers in the header are little-endian.
const LITTLE_ENDIAN: u8 = 1;
/// Flag: an envelope of x and y follows.
const ENVELOPE_XY: u8 = 1 << 1;
/// Flag: the geometry is empty.
const EMPTY: u8 = 1 << 4;

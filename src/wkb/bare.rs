//! Our own blob ⇄ the WKB within it, for a database that keeps geometry in a form of its own.
//!
//! ```text
//! G P 0 flags srs envelope │ WKB        of the blob only the WKB goes in; what comes out is made a blob again,
//!                                       the same to the bit, since a blob is a function of its polygons
//! ```

use super::cursor::{BadBlob, Cursor};
use super::{EMPTY, ENVELOPE_XY, HEADER, decode, encode};

/// The WKB within a blob that [`encode`] made; empty for what is none.
#[must_use]
pub fn wkb_of(blob: &[u8]) -> &[u8] {
    let envelope = match blob.get(3) {
        Some(flags) if flags & ENVELOPE_XY != 0 && flags & EMPTY == 0 => 32,
        _ => 0,
    };
    blob.get(HEADER + envelope..).unwrap_or_default()
}

/// The blob of a multipolygon's WKB, as [`encode`] makes it.
///
/// # Errors
/// [`BadBlob`] where it is none that [`encode`] can have written; offsets count from the WKB's beginning.
pub fn blob_of(wkb: &[u8]) -> Result<Vec<u8>, BadBlob> {
    decode::multi_polygon(&mut Cursor::new(wkb)).map(|polygons| encode(&polygons))
}

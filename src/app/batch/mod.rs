//! Many points at once, as a stream of bytes in and a stream of bytes out, in bounded memory. Whoever drives it
//! feeds what has arrived, in pieces of any size, and sends what came out.
//!
//! ```text
//! feed "lon,lat\n120.2,3"      → "lon,lat,county,town,village,grid,on_border,error\n"
//! feed "3.7\nhere,33.7\n"      → "120.2,33.7,320924,…,false,\nhere,33.7,,,,,,\"expected lon in degrees, found …\"\n"
//! ```
//!
//! One snapshot answers one stream. A bad row is answered in its place and the rest goes on; what is wrong with the
//! stream as a whole (no such column, an end in the middle) is a [`Fault`].

mod csv;
mod features;
mod pairs;
mod split;

use std::sync::Arc;

use crate::crs::{Datum, LonLat, Point};
use crate::snapshot::Snapshot;
use crate::unit::{Owner, Unit};

pub use csv::CsvRows;
pub use features::FeatureRows;
pub use pairs::{Ident, PairRows};

/// The most bytes of one row or feature.
pub const ROW_LIMIT: usize = 64 * 1024;

/// What is wrong with a stream as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

/// A kind of stream: bytes in, bytes out.
pub trait Rows: Send {
    /// Takes what has arrived and appends what can be answered.
    ///
    /// # Errors
    /// [`Fault`] where the stream as a whole is no such stream; nothing can follow.
    fn feed(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<(), Fault>;

    /// The input has ended; appends the rest.
    ///
    /// # Errors
    /// [`Fault`] where the stream ended too early.
    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Fault>;

    /// Whether enough has been read to be sure what the stream is, so that an answer may begin.
    fn begun(&self) -> bool;
}

/// Who answers: one snapshot, for coordinates of one datum.
#[derive(Clone)]
pub struct Oracle {
    /// The version that answers the whole stream.
    pub snapshot: Arc<Snapshot>,
    /// What the coordinates are in.
    pub datum: Datum,
    /// Which leaves whoever asks may know of, by owner; `None`: all.
    pub shown: Option<Box<[bool]>>,
}

impl Oracle {
    fn point(&self, place: LonLat) -> Point {
        self.datum.to_wgs84(place).to_lattice()
    }

    fn owner(&self, point: Point) -> Owner {
        self.seen(self.snapshot.locator().owner(point))
    }

    /// The owner, if whoever asks may know of it: what lies elsewhere is in no unit for them.
    fn seen(&self, owner: Owner) -> Owner {
        let hidden =
            self.shown.as_ref().and_then(|shown| shown.get(owner.index())).is_some_and(|shown| !shown);
        if hidden { Owner::OUTSIDE } else { owner }
    }

    /// Names of the levels, top first.
    fn levels(&self) -> impl Iterator<Item = &str> {
        self.snapshot.hierarchy().levels().as_slice().iter().map(|l| l.name.as_str())
    }

    /// The units that an owner belongs to by level, top first; none below a leaf that stands higher.
    fn by_level(&self, owner: Owner) -> [Option<&Unit>; 6] {
        let hierarchy = self.snapshot.hierarchy();
        let mut units = [None; 6];
        if let Some(leaf) = hierarchy.leaf(owner) {
            for index in hierarchy.chain(leaf) {
                let unit = hierarchy.unit(index);
                units[usize::from(unit.level)] = Some(unit);
            }
        }
        units
    }
}

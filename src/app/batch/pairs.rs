//! Pairs of little-endian f64 (lon, lat) in, little-endian u64 out: the code or uid of the leaf, 0 outside every
//! leaf, all ones for a pair that is no coordinate.

use super::{Fault, Oracle, Rows};
use crate::crs::{LonLat, Point};
use crate::unit::Owner;

/// What a leaf is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ident {
    /// Its code as a number.
    Code,
    /// Its uid.
    Uid,
}

/// Bytes of a pair.
const PAIR: usize = 16;
/// What answers a pair that is no coordinate.
const BAD: u64 = u64::MAX;

/// The stream; see the module.
pub struct PairRows {
    oracle: Oracle,
    ident: Ident,
    rest: Vec<u8>,
    points: Vec<Point>,
    owners: Vec<Owner>,
    bad: Vec<usize>,
}

impl PairRows {
    /// A stream answered with codes or uids.
    ///
    /// # Errors
    /// [`Fault`] where codes would be ambiguous as numbers: one begins with a zero.
    pub fn new(oracle: Oracle, ident: Ident) -> Result<Self, Fault> {
        if ident == Ident::Code && !oracle.snapshot.codes_fit() {
            return Err(Fault("codes that begin with 0 do not fit a number: ask for ?id=uid".into()));
        }
        let (rest, points, owners, bad) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Ok(Self { oracle, ident, rest, points, owners, bad })
    }

    fn take(&mut self, pair: &[u8]) {
        let number = |at: usize| f64::from_le_bytes(std::array::from_fn(|i| pair[at + i]));
        let Ok(place) = LonLat::new(number(0), number(8)) else {
            self.bad.push(self.points.len());
            return self.points.push(Point::default());
        };
        self.points.push(self.oracle.point(place));
    }

    fn answer(&mut self, out: &mut Vec<u8>) {
        self.owners.resize(self.points.len(), Owner::OUTSIDE);
        let snapshot = &self.oracle.snapshot;
        snapshot.locator().owners_into(&self.points, &mut self.owners);
        let start = out.len();
        let idents = match self.ident {
            Ident::Code => snapshot.leaf_codes(),
            Ident::Uid => snapshot.leaf_uids(),
        };
        out.reserve(self.owners.len() * 8);
        for owner in &self.owners {
            out.extend_from_slice(
                &idents.get(self.oracle.seen(*owner).index()).copied().unwrap_or(0).to_le_bytes(),
            );
        }
        for bad in self.bad.drain(..) {
            out[start + bad * 8..][..8].copy_from_slice(&BAD.to_le_bytes());
        }
        self.points.clear();
        self.owners.clear();
    }
}

impl Rows for PairRows {
    fn feed(&mut self, mut input: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        if !self.rest.is_empty() {
            let (head, tail) = input.split_at(input.len().min(PAIR - self.rest.len()));
            self.rest.extend_from_slice(head);
            input = tail;
            if self.rest.len() == PAIR {
                let pair = std::mem::take(&mut self.rest);
                self.take(&pair);
            }
        }
        let pairs = input.chunks_exact(PAIR);
        self.rest.extend_from_slice(pairs.remainder());
        pairs.for_each(|pair| self.take(pair));
        self.answer(out);
        Ok(())
    }

    fn end(&mut self, _: &mut Vec<u8>) -> Result<(), Fault> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(Fault(format!("expected pairs of {PAIR} bytes, found {} bytes after the last", self.rest.len())))
    }

    fn begun(&self) -> bool {
        true
    }
}

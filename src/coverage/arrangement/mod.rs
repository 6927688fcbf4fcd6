//! The exact noded arrangement: segments in, segments that meet only at their ends out, and the faces between them
//! with the set of their owners.
//!
//! ```text
//!   \ /          \ /        every crossing and every end becomes a vertex on the grid,
//!    X     →      •         every segment that passes a vertex's cell bends to it,
//!   / \          / \        alike for all who share it (snap rounding, Hobby 1999)
//! ```
//!
//! One arrangement serves import, validation and the rounding of tiles: no owner is a gap, two are an overlap.
//! Everything is integer; the result is a function of the set of segments, not of their order.

mod bins;
mod chains;
mod faces;
mod hot;
mod node;

use crate::crs::Point;
use crate::unit::Owner;

pub(crate) use bins::Bins;
pub(crate) use chains::chains_between;
pub use chains::{Chain, chains};
pub(crate) use faces::{Cycle, Edge, Faces, faces, subdivide};
pub(crate) use node::{Noded, node, tangle};

/// A directed straight piece of border, and who lies to its left and right (seen with y up).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Segment {
    /// Start.
    pub a: Point,
    /// End.
    pub b: Point,
    /// Who lies to the left of a → b.
    pub left: Owner,
    /// Who lies to the right.
    pub right: Owner,
}

impl Segment {
    /// The same piece the other way round.
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self { a: self.b, b: self.a, left: self.right, right: self.left }
    }

    /// The same piece from its smaller end.
    #[must_use]
    pub fn ordered(self) -> Self {
        if self.a < self.b { self } else { self.reversed() }
    }
}

/// Vertical lines x = k × every ± offset and horizontal ones likewise, in output cells, for every integer k:
/// where a segment crosses one, it gets a vertex on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// Distance between lines, in cells; at least 1.
    pub every: i64,
    /// How far to either side of a multiple the lines lie, in cells.
    pub offset: i64,
}

/// Snap-rounds the segments of a partition to a grid whose cell c covers [c·S − S/2, c·S + S/2), S = 2^`shift`.
///
/// In: segments that each border at most one owner a side and meet only at their ends. Out: the same partition on
/// the grid, in cells, each piece once with a < b, sorted; where pieces fall together their sides telescope
/// (A|B on B|C is A|C), and what has the same owner on both sides is gone.
#[must_use]
pub fn snap_round(segments: &[Segment], shift: u32, lines: Option<Lines>) -> Vec<Segment> {
    let noded = node(segments, shift, lines);
    noded
        .chunk_by(|m, n| (m.a, m.b) == (n.a, n.b))
        .filter_map(|same| {
            let sides = same.iter().map(|n| n.sides(segments));
            let (left, right) = telescope(sides)?;
            Some(Segment { a: same[0].a, b: same[0].b, left, right })
        })
        .collect()
}

/// The sum of sides that lie upon each other: what enters on the left and never leaves, and on the right.
pub(crate) fn telescope(sides: impl ExactSizeIterator<Item = (Owner, Owner)>) -> Option<(Owner, Owner)> {
    if sides.len() == 1 {
        return sides.last().filter(|(l, r)| l != r);
    }
    let mut lefts = Vec::with_capacity(sides.len());
    let mut rights = Vec::with_capacity(sides.len());
    for (left, right) in sides {
        lefts.push(left);
        rights.push(right);
    }
    lefts.retain(|l| match rights.iter().position(|r| r == l) {
        Some(i) => {
            rights.swap_remove(i);
            false
        }
        None => true,
    });
    Some((*lefts.iter().min()?, *rights.iter().min()?))
}

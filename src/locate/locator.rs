//! Point → owner, exactly.
//!
//! In: the arcs of a coverage. Out: who owns a lattice point, in about 25 ns. The **half-open rule** settles borders:
//! the owner of p is the owner of the point (x + ε, y + ε²), a hair to the east and a hair of that hair to the
//! north, so every point has one owner at most, and exactly one inside.
//!
//! ```text
//!        A │ B        on the line: B (east)         A        on the line: A (north)
//!          │                                       ───
//!                                                   B
//! ```

use std::hint::black_box;

use super::directory::{Directory, OFFSET, OPEN, QUARTERED, owner_of};
use super::grid::Square;
use super::pyramid::Pyramid;
use super::record::{chains, owner_at};
use crate::coverage::{ArcRef, Coverage};
use crate::crs::{Point, cross};
use crate::unit::Owner;

/// The cell directory of one coverage; it stands on its own once built.
#[derive(Debug)]
pub struct Locator {
    pub(super) directory: Directory,
    pub(super) pyramid: Pyramid,
    /// Owners below are leaves; from here on they are voids.
    pub(super) leaves: u32,
}

impl Locator {
    /// The locator of a coverage whose first `leaves` owners are leaves (the rest are voids).
    ///
    /// # Panics
    /// Where the records would take more than 4 GB: some 700 million border vertices.
    #[must_use]
    pub fn build(coverage: &Coverage, leaves: usize) -> Self {
        Self::from_arcs(coverage.arcs(), leaves)
    }

    /// The locator of any arcs that bound a partition of the plane: around every point, sides must agree.
    ///
    /// # Panics
    /// As [`Locator::build`].
    #[must_use]
    pub fn from_arcs<'a>(arcs: impl IntoIterator<Item = ArcRef<'a>>, leaves: usize) -> Self {
        let arcs: Vec<ArcRef> = arcs.into_iter().collect();
        let directory = Directory::build(&arcs);
        let pyramid = Pyramid::over(&directory);
        Self { directory, pyramid, leaves: leaves as u32 }
    }

    /// Who owns a lattice point: a leaf, a void, or [`Owner::OUTSIDE`].
    #[must_use]
    #[inline]
    pub fn owner(&self, p: Point) -> Owner {
        Owner(self.resolve(self.word(p), p))
    }

    /// The owners of many points at once, `owners[i]` that of `points[i]`; as far as both slices reach. Order the
    /// points by place where that is free; it need not be.
    pub fn owners_into(&self, points: &[Point], owners: &mut [Owner]) {
        let count = points.len().min(owners.len());
        let (points, owners) = (&points[..count], &mut owners[..count]);
        let mut words = [0_u32; BLOCK];
        let mut open = [0_u16; BLOCK];
        for (points, owners) in points.chunks(BLOCK).zip(owners.chunks_mut(BLOCK)) {
            // Loads first, without a branch between them, so that the memory's answers overlap.
            for (word, &p) in words.iter_mut().zip(points) {
                *word = self.word(p);
            }
            let mut count = 0;
            for (i, (owner, &word)) in owners.iter_mut().zip(&words).enumerate() {
                *owner = Owner(owner_of(word));
                open[count] = i as u16;
                count += usize::from(word & OPEN != 0);
            }
            // The same for the records: a sum that nobody reads brings them all on their way.
            let base = |&i: &u16| self.directory.words[(words[usize::from(i)] & OFFSET) as usize];
            black_box(open[..count].iter().map(base).fold(0, u32::wrapping_add));
            for &i in &open[..count] {
                let i = usize::from(i);
                owners[i] = Owner(self.resolve(words[i], points[i]));
            }
        }
    }

    /// Whether a lattice point lies exactly on a border, a node included.
    #[must_use]
    pub fn on_border(&self, p: Point) -> bool {
        let word = self.word(p);
        if word & OPEN == 0 {
            return false;
        }
        let (word, square) = self.descend(word, p);
        word & OPEN != 0 && self.edges(word, square).any(|(_, _, a, b)| holds(a, b, p))
    }

    /// How many leaves there are: owners below are leaves, others voids.
    #[must_use]
    pub const fn leaves(&self) -> usize {
        self.leaves as usize
    }

    /// Bytes on the heap.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        (self.directory.cells.len() + self.directory.words.len()) * 4 + self.pyramid.heap_bytes()
    }

    /// The word of the cell that holds p; outside the grid a closed cell of the outside.
    #[inline]
    fn word(&self, p: Point) -> u32 {
        let grid = &self.directory.grid;
        let (x, y) = grid.offset(p);
        // Negative offsets become far too large.
        let (column, row) = ((x as u64 >> grid.k) as usize, (y as u64 >> grid.k) as usize);
        if column < grid.columns && row < grid.rows {
            self.directory.cells.get(row * grid.columns + column).copied().unwrap_or(!OPEN)
        } else {
            !OPEN
        }
    }

    #[inline]
    fn resolve(&self, word: u32, p: Point) -> u32 {
        if word & OPEN == 0 {
            return owner_of(word);
        }
        let (word, square) = self.descend(word, p);
        if word & OPEN == 0 {
            return owner_of(word);
        }
        let q = (i64::from(p.x), i64::from(p.y));
        let (cx, cy) = square.centre();
        owner_at(&self.directory.words[(word & OFFSET) as usize..], (q.0 - cx, q.1 - cy), q)
    }

    /// Follows quarters down to the word and the square that hold p; `word` is p's cell's, and open.
    #[inline]
    fn descend(&self, mut word: u32, p: Point) -> (u32, Square) {
        let grid = &self.directory.grid;
        let (x, y) = grid.offset(p);
        let mask = -1 << grid.k;
        let mut square = Square { x0: grid.x0 + (x & mask), y0: grid.y0 + (y & mask), k: grid.k };
        while word & QUARTERED == QUARTERED {
            let half = square.k - 1;
            let quarter = ((x >> half) & 1) + (((y >> half) & 1) << 1);
            square = square.quarter(quarter as usize);
            word = self.directory.words[(word & OFFSET) as usize + quarter as usize];
        }
        (word, square)
    }

    /// The edges of an open cell's record: left, right and both ends.
    pub(super) fn edges(
        &self,
        word: u32,
        square: Square,
    ) -> impl Iterator<Item = (Owner, Owner, Point, Point)> + '_ {
        chains(&self.directory.words[(word & OFFSET) as usize..]).flat_map(move |chain| {
            let ends = chain.points(square).skip(1);
            chain.points(square).zip(ends).map(move |(a, b)| (chain.left, chain.right(), a, b))
        })
    }
}

/// Points resolved together in a batch: their words fit the first-level cache.
const BLOCK: usize = 512;

/// Whether p lies on the edge a–b, ends included.
fn holds(a: Point, b: Point, p: Point) -> bool {
    let within = |a: i32, b: i32, p: i32| a.min(b) <= p && p <= a.max(b);
    within(a.x, b.x, p.x) && within(a.y, b.y, p.y) && cross(a, b, p) == 0
}

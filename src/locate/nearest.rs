//! The nearest border of some kind, exactly: branch and bound down the pyramid.
//!
//! ```text
//! block ─ its nearest child first ─→ block ─→ cell ─→ each edge: the nearest point, in metres
//!       └ the others, if their box is no farther than the best so far
//! ```
//!
//! Distances are [`LocalPlane`]'s around the asking point: good to 1e-4 within 100 km.

use super::directory::{OFFSET, OPEN, QUARTERED};
use super::grid::Square;
use super::locator::Locator;
use super::pyramid::Pyramid;
use crate::crs::{LocalPlane, LonLat, Point};
use crate::unit::Owner;

/// The nearest border of the leaf or void that a point is in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Border {
    /// Metres to it; 0 on it.
    pub distance_m: f64,
    /// The lattice point nearest to its nearest place.
    pub at: Point,
    /// Who is on the other side there: a leaf, a void or the outside.
    pub neighbour: Owner,
}

/// The leaf nearest to a point that is in none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NearestLeaf {
    /// The leaf.
    pub owner: Owner,
    /// Metres to its border.
    pub distance_m: f64,
    /// The lattice point nearest to that border's nearest place.
    pub at: Point,
}

impl Locator {
    /// The nearest border of the leaf or void that `p` is in; `None` outside.
    #[must_use]
    pub fn border(&self, p: Point) -> Option<Border> {
        let owner = self.owner(p);
        let across = |left: Owner, right: Owner| {
            if left == owner { Some(right) } else { (right == owner).then_some(left) }
        };
        let hit = if owner.is_outside() { None } else { Search::from(self, p, across).run() }?;
        Some(Border { distance_m: hit.distance_m(), at: hit.at(), neighbour: hit.owner })
    }

    /// The leaf whose border is nearest to `p`; of equally near ones the first. For a point inside a leaf that is the
    /// leaf itself or a neighbour, so ask only where [`Locator::owner`] finds none. `None` if there are no leaves.
    #[must_use]
    pub fn nearest_leaf(&self, p: Point) -> Option<NearestLeaf> {
        let leaf = |left: Owner, right: Owner| Some(left.min(right)).filter(|o| o.0 < self.leaves);
        let hit = Search::from(self, p, leaf).run()?;
        Some(NearestLeaf { owner: hit.owner, distance_m: hit.distance_m(), at: hit.at() })
    }
}

struct Hit {
    /// Square of the metres.
    squared: f64,
    at: (f64, f64),
    owner: Owner,
}

impl Hit {
    fn distance_m(&self) -> f64 {
        let metres = self.squared.sqrt();
        // What is nearer than a micrometre is on the border, but for the rounding of doubles.
        if metres < 1e-6 { 0.0 } else { metres }
    }

    fn at(&self) -> Point {
        Point::new(self.at.0.round() as i32, self.at.1.round() as i32)
    }
}

struct Search<'a, F> {
    locator: &'a Locator,
    plane: LocalPlane,
    /// Whom an edge with these sides would be a hit for, left and right.
    whom: F,
    best: Option<Hit>,
}

/// The distances of a block's eight columns (in units) and rows (units' metres east, metres north).
struct Reach {
    columns: [f64; 8],
    rows: [(f64, f64); 8],
}

impl Reach {
    /// Square of the metres from the centre to the box of child `bit`, or less.
    fn squared(&self, bit: usize) -> f64 {
        let (scale, north) = self.rows[bit >> 3];
        let east = self.columns[bit & 7] * scale;
        // A millionth off for rounding.
        (east * east + north * north) * (1.0 - 1e-6)
    }
}

impl<'a, F: Fn(Owner, Owner) -> Option<Owner>> Search<'a, F> {
    fn from(locator: &'a Locator, p: Point, whom: F) -> Self {
        Self { locator, plane: LocalPlane::at(LonLat::from_lattice(p)), whom, best: None }
    }

    fn run(mut self) -> Option<Hit> {
        if let Some(top) = self.locator.pyramid.height().checked_sub(1) {
            self.block(top, 0, 0);
        }
        self.best
    }

    fn beaten_by(&self, squared: f64) -> bool {
        self.best.as_ref().is_none_or(|best| squared <= best.squared)
    }

    fn block(&mut self, level: usize, column: usize, row: usize) {
        let mask = self.locator.pyramid.block(level, column, row);
        let reach = self.reach(level, column, row);
        let mut squares = [f64::INFINITY; 64];
        let mut nearest = None;
        for bit in bits(mask) {
            squares[bit] = reach.squared(bit);
            nearest = nearest.filter(|&best: &usize| squares[best] <= squares[bit]).or(Some(bit));
        }
        let others = mask & !nearest.map_or(0, |bit| 1 << bit);
        for bit in nearest.into_iter().chain(bits(others)) {
            if self.beaten_by(squares[bit]) {
                self.child(level, column * 8 + (bit & 7), row * 8 + (bit >> 3));
            }
        }
    }

    /// A block of the level below, or a cell where there is none.
    fn child(&mut self, level: usize, column: usize, row: usize) {
        if level > 0 {
            return self.block(level - 1, column, row);
        }
        let directory = &self.locator.directory;
        let word = directory.cells[row * directory.grid.columns + column];
        self.cell(word, directory.grid.square(column, row));
    }

    fn reach(&self, level: usize, column: usize, row: usize) -> Reach {
        let grid = &self.locator.directory.grid;
        let shift = grid.k + Pyramid::child_shift(level);
        let edge = |origin: i64, block: usize, i: usize| {
            let from = origin + (((block * 8 + i) as i64) << shift);
            (from as f64, (from + (1 << shift)) as f64)
        };
        let x = self.plane.centre_units().0;
        let columns = std::array::from_fn(|i| {
            let (west, east) = edge(grid.x0, column, i);
            (west - x).max(x - east).max(0.0)
        });
        let lines: [(f64, f64); 9] = std::array::from_fn(|j| self.plane.row(edge(grid.y0, row, j).0));
        let rows = std::array::from_fn(|j| {
            let ((south_scale, south), (north_scale, north)) = (lines[j], lines[j + 1]);
            let off = if south <= 0.0 && 0.0 <= north { 0.0 } else { south.abs().min(north.abs()) };
            // The length of a degree of longitude is a concave function of latitude: least at an end.
            (south_scale.min(north_scale).max(0.0), off)
        });
        Reach { columns, rows }
    }

    fn cell(&mut self, word: u32, square: Square) {
        if word & QUARTERED == QUARTERED {
            for i in 0..4 {
                let at = (word & OFFSET) as usize + i;
                self.cell(self.locator.directory.words[at], square.quarter(i));
            }
        } else if word & OPEN != 0 {
            let locator = self.locator;
            for (left, right, a, b) in locator.edges(word, square) {
                if let Some(owner) = (self.whom)(left, right) {
                    self.edge(owner, a, b);
                }
            }
        }
    }

    fn edge(&mut self, owner: Owner, a: Point, b: Point) {
        let ((ax, ay), (bx, by)) = (self.plane.metres(a), self.plane.metres(b));
        let (dx, dy) = (bx - ax, by - ay);
        let length2 = dx * dx + dy * dy;
        let t = if length2 > 0.0 { (-(ax * dx + ay * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
        let along = |a: i32, b: i32| f64::from(a) + t * (f64::from(b) - f64::from(a));
        let (x, y) = (along(a.x, b.x), along(a.y, b.y));
        let (east, north) = self.plane.metres_at(x, y);
        let squared = east * east + north * north;
        let better = self
            .best
            .as_ref()
            .is_none_or(|best| squared.total_cmp(&best.squared).then(owner.cmp(&best.owner)).is_lt());
        if better {
            self.best = Some(Hit { squared, at: (x, y), owner });
        }
    }
}

/// The bits of a mask, lowest first.
fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = mask.trailing_zeros();
        mask &= mask.wrapping_sub(1);
        (bit < 64).then_some(bit as usize)
    })
}

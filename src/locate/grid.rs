//! The directory's geometry: square cells of 2^k lattice units over the box of all borders.
//!
//! ```text
//!        ┌────┬────┬────┐
//!        │  3 │  4 │  5 │     row 1       x0, y0 lie two units south-west of every border, so the
//!        ├────┼────┼────┤                 south-west corner of every row's first cell is outside
//!        │  0 │  1 │  2 │     row 0
//! x0, y0 └────┴────┴────┘
//! ```

use crate::crs::{Bounds, Point};

/// A square of 2^k lattice units: x0 ≤ x < x0 + 2^k, y likewise.
#[derive(Clone, Copy, Debug)]
pub struct Square {
    pub x0: i64,
    pub y0: i64,
    pub k: u32,
}

impl Square {
    pub const fn side(self) -> i64 {
        1 << self.k
    }

    /// The point that a record's coordinates are relative to.
    pub const fn centre(self) -> (i64, i64) {
        (self.x0 + self.side() / 2, self.y0 + self.side() / 2)
    }

    /// Quarter 0 to 3: south-west, south-east, north-west, north-east.
    pub const fn quarter(self, i: usize) -> Self {
        let half = self.side() / 2;
        Self { x0: self.x0 + (i as i64 & 1) * half, y0: self.y0 + (i as i64 >> 1) * half, k: self.k - 1 }
    }

    /// Whether the edge a–b comes within a unit of the square.
    pub fn touches(self, a: Point, b: Point) -> bool {
        let (ax, ay, bx, by) = (i64::from(a.x), i64::from(a.y), i64::from(b.x), i64::from(b.y));
        let (west, south) = (self.x0 - 1, self.y0 - 1);
        let (east, north) = (self.x0 + self.side() + 1, self.y0 + self.side() + 1);
        if ax.max(bx) < west || ax.min(bx) > east || ay.max(by) < south || ay.min(by) > north {
            return false;
        }
        let side = |x: i64, y: i64| {
            (i128::from(bx - ax) * i128::from(y - ay) - i128::from(by - ay) * i128::from(x - ax)).signum()
        };
        let corners = [side(west, south), side(east, south), side(west, north), side(east, north)];
        corners.iter().any(|&s| s <= 0) && corners.iter().any(|&s| s >= 0)
    }
}

/// Rows and columns of cells.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    pub x0: i64,
    pub y0: i64,
    pub k: u32,
    pub columns: usize,
    pub rows: usize,
}

impl Grid {
    /// The grid of the smallest cells that the number of edges pays for.
    pub fn over(bounds: Bounds, edges: usize) -> Self {
        let most = MOST_CELLS_PER_EDGE * edges.min(ALL_DETAIL_EDGES) + edges / 4 + LEAST_CELLS;
        (LEAST_K..=32)
            .map(|k| Self::with_cells(bounds, k))
            .find(|grid| grid.columns.saturating_mul(grid.rows) <= most)
            .unwrap_or_else(|| Self::with_cells(bounds, 33))
    }

    fn with_cells(bounds: Bounds, k: u32) -> Self {
        if bounds.is_empty() {
            return Self { x0: 0, y0: 0, k, columns: 0, rows: 0 };
        }
        let count = |min: i32, max: i32| (((i64::from(max) - i64::from(min) + 3) >> k) + 1) as usize;
        Self {
            x0: i64::from(bounds.min.x) - 2,
            y0: i64::from(bounds.min.y) - 2,
            k,
            columns: count(bounds.min.x, bounds.max.x),
            rows: count(bounds.min.y, bounds.max.y),
        }
    }

    /// The square of a cell.
    pub const fn square(&self, column: usize, row: usize) -> Square {
        let side = 1_i64 << self.k;
        Square { x0: self.x0 + column as i64 * side, y0: self.y0 + row as i64 * side, k: self.k }
    }

    /// A point in units from the grid's corner.
    pub fn offset(&self, p: Point) -> (i64, i64) {
        (i64::from(p.x) - self.x0, i64::from(p.y) - self.y0)
    }

    /// Calls `f` with every cell of `rows` that the edge a–b comes within a unit of, and perhaps a few more.
    pub fn cover(&self, rows: &std::ops::Range<usize>, a: Point, b: Point, mut f: impl FnMut(usize)) {
        let (mut low, mut high) = (self.offset(a), self.offset(b));
        if low.1 > high.1 {
            (low, high) = (high, low);
        }
        let first = ((low.1 - 1) >> self.k).max(rows.start as i64);
        let last = ((high.1 + 1) >> self.k).min(rows.end as i64 - 1);
        let (west, east) = ((low.0.min(high.0) - 1) >> self.k, (low.0.max(high.0) + 1) >> self.k);
        let thin = low.1 + 1 >= high.1 || west == east || first == last;
        let slope = if thin { 0.0 } else { (high.0 - low.0) as f64 / (high.1 - low.1) as f64 };
        for row in first..=last {
            let (mut from, mut to) = (west, east);
            if !thin {
                // Where the edge enters and leaves the row; doubles are off by far less than the margin of two.
                let x_at = |y: i64| (low.0 as f64 + slope * (y - low.1) as f64) as i64;
                let enters = x_at(((row << self.k) - 1).max(low.1));
                let leaves = x_at((((row + 1) << self.k) + 1).min(high.1));
                from = from.max((enters.min(leaves) - 2) >> self.k);
                to = to.min((enters.max(leaves) + 2) >> self.k);
            }
            for column in from..=to {
                f(row as usize * self.columns + column as usize);
            }
        }
    }
}

/// Cells of 4 units: nothing is gained below.
pub const LEAST_K: u32 = 2;
/// A county's 120,000 edges come to cells of 2^13 units, 80 m: three quarters of its points fall into a cell of one
/// owner, and all of it is 5 MB. Cells of half the side were slower wherever the cache was shared.
const MOST_CELLS_PER_EDGE: usize = 8;
/// Beyond these the directory grows with a quarter cell an edge only, for memory's sake.
const ALL_DETAIL_EDGES: usize = 1 << 17;
/// What the smallest coverage may have.
const LEAST_CELLS: usize = 1 << 12;

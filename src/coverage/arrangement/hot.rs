//! Exact predicates of snap rounding, in fine units: where two segments cross, and whether one passes a cell.
//!
//! A cell is half-open, so every point of the plane lies in exactly one:
//!
//! ```text
//!    ┌ ─ ─ ┐      the west and south sides belong to it,
//!    │  c          the east and north sides do not
//!    └─────  ┘
//! ```

use super::bins::Fine;

/// The grid: cells of 2^`log2` fine units, centred on multiples.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    log2: u32,
}

impl Grid {
    /// Input units are doubled where a cell is one unit, so that half a cell is whole.
    pub fn new(shift: u32) -> (Self, i64) {
        (Self { log2: shift.max(1) }, if shift == 0 { 2 } else { 1 })
    }

    /// Half a cell in fine units.
    pub fn half(self) -> i64 {
        1 << (self.log2 - 1)
    }

    /// The cell of a coordinate.
    pub fn cell(self, v: i64) -> i64 {
        (v + self.half()) >> self.log2
    }

    /// The centre of a cell.
    pub fn centre(self, cell: i64) -> i64 {
        cell << self.log2
    }

    /// The cell of p + num/den × d, for den > 0.
    fn cell_of_ratio(self, p: i64, d: i64, num: i128, den: i128) -> i64 {
        (i128::from(p + self.half()) * den + i128::from(d) * num).div_euclid(den << self.log2) as i64
    }

    /// The cell in which two segments properly cross (each has its ends strictly on either side of the other).
    pub fn crossing(self, (a, b): Fine, (c, d): Fine) -> Option<(i64, i64)> {
        let (ab, cd) = ((b.0 - a.0, b.1 - a.1), (d.0 - c.0, d.1 - c.1));
        let c_side = cross(ab, (c.0 - a.0, c.1 - a.1));
        let d_side = cross(ab, (d.0 - a.0, d.1 - a.1));
        if !opposite(c_side, d_side) {
            return None;
        }
        let a_side = cross(cd, (a.0 - c.0, a.1 - c.1));
        let b_side = cross(cd, (b.0 - c.0, b.1 - c.1));
        if !opposite(a_side, b_side) {
            return None;
        }
        let (mut num, mut den) = (a_side, a_side - b_side);
        if den < 0 {
            (num, den) = (-num, -den);
        }
        Some((self.cell_of_ratio(a.0, ab.0, num, den), self.cell_of_ratio(a.1, ab.1, num, den)))
    }

    /// The cell in column `column` where a segment crosses the column's middle, if it does so between its ends.
    pub fn on_column(self, (a, b): Fine, column: i64) -> Option<(i64, i64)> {
        let x = self.centre(column);
        if x <= a.0.min(b.0) || x >= a.0.max(b.0) {
            return None;
        }
        let (a, b) = if a.0 < b.0 { (a, b) } else { (b, a) };
        Some((column, self.cell_of_ratio(a.1, b.1 - a.1, i128::from(x - a.0), i128::from(b.0 - a.0))))
    }

    /// Whether a segment shares a point with the half-open cell at `cell`.
    pub fn passes(self, (a, b): Fine, cell: (i64, i64)) -> bool {
        let half = self.half();
        let (cx, cy) = (self.centre(cell.0), self.centre(cell.1));
        let (west, east, south, north) = (cx - half, cx + half, cy - half, cy + half);
        let (x0, x1, y0, y1) = (a.0.min(b.0), a.0.max(b.0), a.1.min(b.1), a.1.max(b.1));
        if x0 >= east || x1 < west || y0 >= north || y1 < south {
            return false;
        }
        if [a, b].iter().any(|p| (west..east).contains(&p.0) && (south..north).contains(&p.1)) {
            return true;
        }
        let d = (b.0 - a.0, b.1 - a.1);
        let side = |x: i64, y: i64| cross(d, (x - a.0, y - a.1)).signum();
        let (sw, nw, se, ne) = (side(west, south), side(west, north), side(east, south), side(east, north));
        let (low, high) = (sw.min(nw).min(se).min(ne), sw.max(nw).max(se).max(ne));
        let inside = low < 0 && high > 0 && x1 > west && x0 < east && y1 > south && y0 < north;
        inside
            || meets_side(sw, nw, x0 <= west && west <= x1, (y0, y1), (south, north))
            || meets_side(sw, se, y0 <= south && south <= y1, (x0, x1), (west, east))
    }
}

/// Whether a segment meets the side from corner `p` (included) to corner `q` (not), given the corners' sides of it,
/// whether it reaches the side's line, its own extent along that line and the side's.
fn meets_side(p: i128, q: i128, reaches: bool, along: (i64, i64), side: (i64, i64)) -> bool {
    reaches
        && match (p, q) {
            (0, 0) => along.0 < side.1 && along.1 >= side.0,
            (0, _) => true,
            (_, 0) => false,
            _ => p != q,
        }
}

fn opposite(p: i128, q: i128) -> bool {
    (p < 0 && q > 0) || (p > 0 && q < 0)
}

fn cross(d: (i64, i64), e: (i64, i64)) -> i128 {
    i128::from(d.0) * i128::from(e.1) - i128::from(d.1) * i128::from(e.0)
}

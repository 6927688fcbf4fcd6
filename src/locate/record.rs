//! What a cell that borders pass through holds: the chains of edges that meet it, and how to count to the owner.
//!
//! A chain crossed from west to east changes the owner by a constant, so owners are reached by adding: with
//! u32 arithmetic that wraps,
//!
//! ```text
//!   owner of q = base + Σ over chains of delta · (times q's westward row is crossed upward − downward)
//!
//!       left  ↑  right          delta = right − left; an edge P→Q counts for q = (x+ε, y+ε²) where its rows
//!     ········│····q            P.y ≤ y < Q.y hold q's (minus one where Q.y ≤ y < P.y), and x is on or east of it
//! ```
//!
//! The sum counts what lies west of the **cell**, too, as far as its chains reach there. Whatever that adds is a
//! function of y alone, which steps where a chain begins or ends at or west of the cell's west wall; such an end is
//! marked, and takes its step off again for every row from its own up. `base` fits the south-west corner.
//! So every edge may be listed whole, and none is ever cut.
//!
//! ```text
//!            ┌──────
//!      ●─────┼──╮        the chain's first point is west of the wall: rows from its own up see the chain's
//!            │  ╰──      first edge to their west, or not, as y says; the mark makes up for it
//!            └──────
//! ```
//!
//! Words of a record: `base`, then for each chain `length | marks`, `left`, `delta` and its points: one word a point
//! of two i16 from the square's centre, or two words of absolute i32 where [`WIDE`].

use super::grid::Square;
use crate::crs::Point;
use crate::unit::Owner;

const LENGTH: u32 = 0xFFFF;
const WIDE: u32 = 1 << 16;
const LAST: u32 = 1 << 17;
const BEGINS_WEST: u32 = 1 << 18;
const ENDS_WEST: u32 = 1 << 19;

/// A chain of a record.
#[derive(Clone, Copy)]
pub struct Chain<'a> {
    pub left: Owner,
    delta: u32,
    marks: u32,
    points: &'a [u32],
}

impl<'a> Chain<'a> {
    /// Who lies to the right.
    pub fn right(&self) -> Owner {
        Owner(self.left.0.wrapping_add(self.delta))
    }

    /// Its points on the lattice, two at least.
    pub fn points(self, square: Square) -> impl Iterator<Item = Point> + 'a {
        let (cx, cy) = square.centre();
        let step = if self.marks & WIDE == 0 { 1 } else { 2 };
        self.points.chunks_exact(step).map(move |words| {
            if let &[x, y] = words {
                return Point::new(x as i32, y as i32);
            }
            let (x, y) = unpack(words[0]);
            Point::new((cx + x) as i32, (cy + y) as i32)
        })
    }

    /// How often q's row is crossed west of q, upward less downward, and less what lies west of the cell. `local` is
    /// q from the square's centre.
    #[inline]
    fn crossings(&self, local: (i64, i64), q: (i64, i64)) -> u32 {
        if self.marks & WIDE == 0 {
            self.sum(self.points.iter().map(|&word| unpack(word)), local, side)
        } else {
            let points = self.points.chunks_exact(2);
            // Long edges and large cells: nothing here may overflow.
            self.sum(points.map(|w| (i64::from(w[0] as i32), i64::from(w[1] as i32))), q, side_wide)
        }
    }

    #[inline]
    fn sum(
        &self,
        mut points: impl Iterator<Item = (i64, i64)>,
        q: (i64, i64),
        side: impl Fn((i64, i64), (i64, i64), (i64, i64)) -> i64,
    ) -> u32 {
        let Some(mut from) = points.next() else { return 0 };
        let mut crossings = -i64::from(self.marks & BEGINS_WEST != 0 && from.1 <= q.1);
        for to in points {
            let rows = i64::from(from.1 <= q.1) - i64::from(to.1 <= q.1);
            crossings += if rows * side(from, to, q) >= 0 { rows } else { 0 };
            from = to;
        }
        crossings += i64::from(self.marks & ENDS_WEST != 0 && from.1 <= q.1);
        crossings as u32
    }
}

/// Positive where q lies right of p → r, negative left of it; coordinates of 17 bits, or the points' of 16.
#[inline]
fn side(p: (i64, i64), r: (i64, i64), q: (i64, i64)) -> i64 {
    (q.0 - p.0) * (r.1 - p.1) - (r.0 - p.0) * (q.1 - p.1)
}

/// The sign of [`side`] for any points of the lattice.
fn side_wide(p: (i64, i64), r: (i64, i64), q: (i64, i64)) -> i64 {
    let product = |a: i64, b: i64| i128::from(a) * i128::from(b);
    (product(q.0 - p.0, r.1 - p.1) - product(r.0 - p.0, q.1 - p.1)).signum() as i64
}

/// The chains of the record that `words` begins with.
pub fn chains(words: &[u32]) -> impl Iterator<Item = Chain<'_>> {
    let mut rest = words.get(1..).unwrap_or_default();
    std::iter::from_fn(move || {
        let [header, left, delta, tail @ ..] = rest else { return None };
        let length = (header & LENGTH) as usize * if header & WIDE == 0 { 1 } else { 2 };
        let (points, next) = tail.split_at_checked(length)?;
        rest = if header & LAST == 0 { next } else { &[] };
        Some(Chain { left: Owner(*left), delta: *delta, marks: *header, points })
    })
}

/// The owner of q by the record that `words` begins with. `local` is q from the square's centre.
#[inline]
pub fn owner_at(words: &[u32], local: (i64, i64), q: (i64, i64)) -> u32 {
    let base = words.first().copied().unwrap_or_default();
    chains(words)
        .fold(base, |owner, chain| owner.wrapping_add(chain.delta.wrapping_mul(chain.crossings(local, q))))
}

/// A run of consecutive edges as its points, with the sides.
#[derive(Clone, Copy)]
pub struct Piece<'a> {
    pub points: &'a [Point],
    pub left: Owner,
    pub right: Owner,
}

/// Appends the record of `square`, whose south-west corner `corner` owns.
pub fn write<'a>(words: &mut Vec<u32>, square: Square, pieces: impl Iterator<Item = Piece<'a>>, corner: u32) {
    let start = words.len();
    words.push(0);
    let mut last = start;
    for piece in pieces {
        let mut from = 0;
        while from + 1 < piece.points.len() {
            let to = (from + LENGTH as usize).min(piece.points.len()) - 1;
            let points = &piece.points[from..=to];
            write_chain(words, &mut last, square, Piece { points, ..piece });
            from = to;
        }
    }
    if last > start {
        words[last] |= LAST;
    }
    let half = square.side() / 2;
    let west_of_corner = owner_at(&words[start..], (-half, -half), (square.x0, square.y0));
    words[start] = corner.wrapping_sub(west_of_corner);
}

fn write_chain(words: &mut Vec<u32>, last: &mut usize, square: Square, piece: Piece) {
    *last = words.len();
    let west =
        |p: Option<&Point>, mark: u32| if p.is_some_and(|p| i64::from(p.x) <= square.x0) { mark } else { 0 };
    let marks = west(piece.points.first(), BEGINS_WEST) | west(piece.points.last(), ENDS_WEST);
    words.extend([piece.points.len() as u32 | marks, piece.left.0, piece.right.0.wrapping_sub(piece.left.0)]);
    let points = words.len();
    for &p in piece.points {
        let Some(packed) = pack(square, p) else {
            words.truncate(points);
            words[*last] |= WIDE;
            words.extend(piece.points.iter().flat_map(|p| [p.x as u32, p.y as u32]));
            return;
        };
        words.push(packed);
    }
}

fn pack(square: Square, p: Point) -> Option<u32> {
    let (cx, cy) = square.centre();
    let x = i16::try_from(i64::from(p.x) - cx).ok()?;
    let y = i16::try_from(i64::from(p.y) - cy).ok()?;
    Some(u32::from(x as u16) | u32::from(y as u16) << 16)
}

#[inline]
fn unpack(word: u32) -> (i64, i64) {
    (i64::from(word as i16), i64::from((word >> 16) as i16))
}

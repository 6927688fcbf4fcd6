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
//! function of y alone that steps where a chain ends at or west of the cell's west wall; **walls**, chains of one
//! point that count for every row from theirs up, take it off again, and `base` fits the south-west corner.
//! So every edge may be listed whole, and none is ever cut.
//!
//! Words of a record: `base`, then for each chain `length | flags`, `left`, `delta` and its points: one word a
//! point of two i16 from the square's centre, or two words of absolute i32 where [`WIDE`].

use super::grid::Square;
use crate::crs::Point;
use crate::unit::Owner;

const LENGTH: u32 = 0xFFFF;
const WIDE: u32 = 1 << 16;
const LAST: u32 = 1 << 17;

/// A chain of a record.
#[derive(Clone, Copy)]
pub struct Chain<'a> {
    pub left: Owner,
    delta: u32,
    wide: bool,
    points: &'a [u32],
}

impl<'a> Chain<'a> {
    /// Who lies to the right.
    pub fn right(&self) -> Owner {
        Owner(self.left.0.wrapping_add(self.delta))
    }

    /// Its points on the lattice; a wall has one.
    pub fn points(self, square: Square) -> impl Iterator<Item = Point> + 'a {
        let (cx, cy) = square.centre();
        let step = if self.wide { 2 } else { 1 };
        self.points.chunks_exact(step).map(move |words| match *words {
            [x, y] => Point::new(x as i32, y as i32),
            [packed] => {
                let (x, y) = unpack(packed);
                Point::new((cx + x) as i32, (cy + y) as i32)
            }
            _ => unreachable!("chunks of one or two words"),
        })
    }

    /// How often q's row is crossed, upward less downward, west of q. `local` is q from the square's centre.
    #[inline]
    fn crossings(&self, local: (i64, i64), q: (i64, i64)) -> u32 {
        if self.wide { self.crossings_wide(q) } else { self.crossings_narrow(local) }
    }

    #[inline]
    fn crossings_narrow(&self, (x, y): (i64, i64)) -> u32 {
        let Some((&first, rest)) = self.points.split_first() else { return 0 };
        let (mut px, mut py) = unpack(first);
        if rest.is_empty() {
            return u32::from(py <= y);
        }
        let mut crossings = 0_i64;
        for &word in rest {
            let (qx, qy) = unpack(word);
            let rows = i64::from(py <= y) - i64::from(qy <= y);
            let side = (x - px) * (qy - py) - (qx - px) * (y - py);
            crossings += if rows * side >= 0 { rows } else { 0 };
            (px, py) = (qx, qy);
        }
        crossings as u32
    }

    /// Long edges and large cells: the same with nothing that could overflow.
    fn crossings_wide(&self, (x, y): (i64, i64)) -> u32 {
        let point = |w: &[u32]| (i64::from(w[0] as i32), i64::from(w[1] as i32));
        if let &[_, py] = self.points {
            return u32::from(i64::from(py as i32) <= y);
        }
        let mut crossings = 0_i64;
        for words in self.points.windows(4).step_by(2) {
            let ((px, py), (qx, qy)) = (point(&words[..2]), point(&words[2..]));
            let rows = i64::from(py <= y) - i64::from(qy <= y);
            if rows != 0 {
                let side =
                    i128::from(x - px) * i128::from(qy - py) - i128::from(qx - px) * i128::from(y - py);
                crossings += if i128::from(rows) * side >= 0 { rows } else { 0 };
            }
        }
        crossings as u32
    }
}

/// The chains of the record that `words` begins with.
pub fn chains(words: &[u32]) -> impl Iterator<Item = Chain<'_>> {
    let mut rest = words.get(1..).unwrap_or_default();
    std::iter::from_fn(move || {
        let [header, left, delta, tail @ ..] = rest else { return None };
        let wide = header & WIDE != 0;
        let length = (header & LENGTH) as usize * if wide { 2 } else { 1 };
        let (points, next) = tail.split_at_checked(length)?;
        rest = if header & LAST == 0 { next } else { &[] };
        Some(Chain { left: Owner(*left), delta: *delta, wide, points })
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
            write_walls(words, &mut last, square, Piece { points, ..piece });
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

/// Takes off what the ends at or west of the west wall add to the rows from theirs up.
fn write_walls(words: &mut Vec<u32>, last: &mut usize, square: Square, piece: Piece) {
    let (Some(&first), Some(&end)) = (piece.points.first(), piece.points.last()) else { return };
    if first == end {
        return;
    }
    let rows = square.y0 + 1..square.y0 + square.side();
    for (p, left, right) in [(first, piece.right, piece.left), (end, piece.left, piece.right)] {
        if i64::from(p.x) <= square.x0 && rows.contains(&i64::from(p.y)) {
            write_chain(words, last, square, Piece { points: &[p], left, right });
        }
    }
}

fn write_chain(words: &mut Vec<u32>, last: &mut usize, square: Square, piece: Piece) {
    *last = words.len();
    words.extend([piece.points.len() as u32, piece.left.0, piece.right.0.wrapping_sub(piece.left.0)]);
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

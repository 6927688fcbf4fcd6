//! A tile's borders, each once, joined into lines that are as long as can be.
//!
//! In: the pieces of a tile's box. Out: for each level (of the highest unit bounded) and for borders of voids apart, the
//! lines. Pieces that only a clip line or a border of another level parts are joined, so that dashes run through:
//!
//! ```text
//!   ──┼── level 1: one line     ─┬─ two ends and a third of one level: three lines
//! ```

use super::pieces::Pieces;
use super::sides::Sides;
use crate::crs::{Bounds, Point, TileId};

/// The borders of one level in a tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Borders {
    /// Of the highest unit they bound.
    pub level: u8,
    /// Whether they run along a void.
    pub void: bool,
    /// In tile units from the world's north-west corner, sorted.
    pub lines: Vec<Vec<Point>>,
}

/// The borders of a tile, by level, voids' last in each.
pub(super) fn borders(pieces: &Pieces, tile: TileId, sides: &Sides) -> Vec<Borders> {
    let rim = pieces.mesh().boxed(tile);
    let mut classed: Vec<((u8, bool), u32)> = pieces
        .window(tile)
        .pieces()
        .filter(|&piece| !runs_along(rim, pieces.line(piece)))
        .map(|piece| {
            let (left, right) = pieces.sides(piece);
            (sides.highest_difference(left, right), piece)
        })
        .collect();
    classed.sort_unstable();
    classed
        .chunk_by(|p, q| p.0 == q.0)
        .map(|class| {
            let (level, void) = class[0].0;
            let members: Vec<u32> = class.iter().map(|c| c.1).collect();
            Borders { level, void, lines: join(pieces, &members) }
        })
        .collect()
}

/// Joins pieces end to end wherever exactly two meet.
fn join(pieces: &Pieces, members: &[u32]) -> Vec<Vec<Point>> {
    let mut ends: Vec<(Point, u32)> = Vec::with_capacity(2 * members.len());
    for (i, &piece) in members.iter().enumerate() {
        let line = pieces.line(piece);
        ends.push((line[0], 2 * i as u32));
        ends.push((line[line.len() - 1], 2 * i as u32 + 1));
    }
    ends.sort_unstable();
    // By end: the end that it is joined to.
    let mut joined: Vec<Option<u32>> = vec![None; ends.len()];
    let mut open: Vec<u32> = Vec::new();
    for star in ends.chunk_by(|p, q| p.0 == q.0) {
        match star {
            [(_, a), (_, b)] => {
                joined[*a as usize] = Some(*b);
                joined[*b as usize] = Some(*a);
            }
            _ => open.extend(star.iter().map(|e| e.1)),
        }
    }
    let starts_at_seam = |end: u32| pieces.starts_at_seam(2 * members[end as usize / 2] + end % 2);
    let mut used = vec![false; members.len()];
    let mut lines = Vec::new();
    // Open ends first; what is left then are rings, each started at its smallest end.
    for start in open.into_iter().chain(ends.iter().map(|e| e.1)) {
        let mut line: Vec<Point> = Vec::new();
        let mut end = Some(start);
        while let Some(e) = end.filter(|&e| !used[e as usize / 2]) {
            used[e as usize / 2] = true;
            let piece = pieces.line(members[e as usize / 2]);
            let skip = usize::from(!line.is_empty());
            if skip > 0 && starts_at_seam(e) {
                line.pop();
            }
            if e.is_multiple_of(2) {
                line.extend(piece.iter().skip(skip));
            } else {
                line.extend(piece.iter().rev().skip(skip));
            }
            end = joined[(e ^ 1) as usize];
        }
        let closed = line.len() > 2 && line.first() == line.last();
        if closed && joined[start as usize].is_some() && starts_at_seam(start) {
            line.pop();
            line[0] = line[line.len() - 1];
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines.sort_unstable();
    lines
}

fn runs_along(rim: Bounds, line: &[Point]) -> bool {
    let Bounds { min, max } = rim;
    let [a, b] = line else { return false };
    (a.x == b.x && (a.x == min.x || a.x == max.x)) || (a.y == b.y && (a.y == min.y || a.y == max.y))
}

//! Units that rounding took from a tile though they cover a square unit of it: strips narrower than a unit.
//!
//! In: a zoom's pieces and the original arcs. Out: what is lost, tile by tile. Only tiles that an original border of a
//! unit enters are asked; a unit is there if a piece in the tile's box has it on a side, or if it is all of the box.
//! The area of a unit in a tile is summed along its arcs, without building a polygon:
//!
//! ```text
//!   area of P in [0,s]² = ∮ clamp(x, 0, s) dy over the parts of P's border with 0 ≤ y ≤ s
//! ```

use super::arcs::Arcs;
use super::pieces::Pieces;
use super::sides::{NONE, Sides};
use crate::crs::{Point, TileId};
use crate::unit::Owner;

/// A unit that a tile should show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lost {
    pub tile: TileId,
    /// The side of the lowest level that stands for it.
    pub side: Owner,
}

/// What is lost at a zoom whose pieces show units down to level `depth`, in the order of tiles.
pub(super) fn lost(pieces: &Pieces, arcs: &Arcs, sides: &Sides, z: u8, depth: u8) -> Vec<Lost> {
    let unit = 2_f64.powi(32 - i32::from(z)) / f64::from(pieces.mesh().extent);
    let touched = touched(arcs, z);
    let mut seen = Seen { stamps: vec![0; sides.count()], stamp: 0 };
    let mut lost = Vec::new();
    for of_tile in touched.chunk_by(|p, q| p.0 == q.0) {
        let tile = of_tile[0].0;
        for level in (0..=depth).rev() {
            let group = sides.level(level);
            seen.clear();
            for piece in pieces.window(tile).pieces() {
                let (left, right) = pieces.sides(piece);
                seen.add(group.of(left));
                seen.add(group.of(right));
            }
            // What was found at a lower level will be there.
            let found: Vec<Lost> =
                lost.iter().rev().take_while(|l: &&Lost| l.tile == tile).copied().collect();
            for l in &found {
                seen.add(group.of(l.side));
            }
            for side in of_tile.iter().map(|t| t.1) {
                let who = group.of(side);
                if who == NONE || seen.add(who) || group.of(pieces.side_of_corner(tile)) == who {
                    continue;
                }
                if area(arcs, tile, |s| group.of(s) == who) >= unit * unit {
                    let members = of_tile.iter().map(|t| t.1).filter(|&s| group.of(s) == who);
                    let size = |s: Owner| area(arcs, tile, |other| other == s);
                    let side = members.max_by(|&s, &t| size(s).total_cmp(&size(t)).then(t.cmp(&s)));
                    lost.extend(side.map(|side| Lost { tile, side }));
                }
            }
        }
    }
    lost
}

/// Marks on small numbers, cleared at no cost.
struct Seen {
    stamps: Vec<u32>,
    stamp: u32,
}

impl Seen {
    fn clear(&mut self) {
        self.stamp += 1;
    }

    /// Marks `i`; whether it was marked before.
    fn add(&mut self, i: u32) -> bool {
        let stamp = self.stamps.get_mut(i as usize);
        stamp.is_none_or(|s| std::mem::replace(s, self.stamp) == self.stamp)
    }
}

/// The tiles of a zoom that arcs pass, each with the sides of those arcs; sorted, each pair once.
fn touched(arcs: &Arcs, z: u8) -> Vec<(TileId, Owner)> {
    let mut touched: Vec<(TileId, Owner)> = Vec::new();
    for arc in arcs.iter() {
        let start = touched.len();
        for w in arc.points.windows(2) {
            let (a, b) = (TileId::at(w[0], z), TileId::at(w[1], z));
            for x in a.x().min(b.x())..=a.x().max(b.x()) {
                for y in a.y().min(b.y())..=a.y().max(b.y()) {
                    let Ok(tile) = TileId::new(z, x, y) else { continue };
                    if touched[start..].last().is_none_or(|t| t.0 != tile) {
                        touched.extend([(tile, arc.left), (tile, arc.right)]);
                    }
                }
            }
        }
    }
    touched.retain(|t| !t.1.is_outside());
    touched.sort_unstable();
    touched.dedup();
    touched
}

/// The area, in square world units, that those sides cover of a tile's square.
fn area(arcs: &Arcs, tile: TileId, is_in: impl Fn(Owner) -> bool) -> f64 {
    let square = Square { min: tile.world_min(), side: tile.world_side() as f64 };
    let mut sum = 0.0;
    for arc in arcs.iter() {
        let (left, right) = (is_in(arc.left), is_in(arc.right));
        if left != right {
            let swept: f64 = arc.points.windows(2).map(|w| square.swept(w[0], w[1])).sum();
            sum += if left { swept } else { -swept };
        }
    }
    sum
}

struct Square {
    min: Point,
    side: f64,
}

impl Square {
    /// The integral of clamp(x, 0, side) dy along the part of a → b with y in the square's range.
    fn swept(&self, a: Point, b: Point) -> f64 {
        let local =
            |p: Point| (f64::from(p.x) - f64::from(self.min.x), f64::from(p.y) - f64::from(self.min.y));
        let ((ax, ay), (bx, by)) = (local(a), local(b));
        let (from, to) = (ay.clamp(0.0, self.side), by.clamp(0.0, self.side));
        #[expect(clippy::float_cmp, reason = "clamped to the same bound, or horizontal: no height at all")]
        if from == to {
            return 0.0;
        }
        let x = |y: f64| ax + (bx - ax) * ((y - ay) / (by - ay));
        (to - from) * self.mean(x(from), x(to))
    }

    /// The mean of clamp(x, 0, side) from p to q.
    fn mean(&self, p: f64, q: f64) -> f64 {
        let clamp = |x: f64| x.clamp(0.0, self.side);
        // The antiderivative of the clamp.
        let sum = |x: f64| clamp(x) * (x - clamp(x) / 2.0);
        if (q - p).abs() < 1.0 { clamp(f64::midpoint(p, q)) } else { (sum(q) - sum(p)) / (q - p) }
    }
}

//! A tile's polygons: walks round faces along pieces and along the rim of the tile's buffered box.
//!
//! In: the pieces of the box and whom each side is in a layer. Out: polygons, each vertex a vertex of the zoom's borders
//! or a corner of the box; nothing is cut or computed, so neighbours have the same vertices whatever the layer.
//!
//! ```text
//!   ┌───────p────────┐   pieces that reach the rim are sorted round it. A walk that arrives at p goes on along
//!   │ A     │   B    │   the next piece clockwise at p, if there is one, or along the rim to the next that
//!   │   ┌───┴──┐     │   reaches it. Pieces along the rim are the rim's business and left out.
//!   │   │  C   │     │
//!   q───┤      ├─────r   no piece reaches the rim: the box is one face, told by what lies west of it
//!   │   └──────┘     │
//!   └────────────────┘
//! ```

use super::pieces::{Pieces, Window};
use super::rings::{Shapes, Walk};
use super::sides::{Group, NONE};
use crate::crs::{Bounds, Point, TileId, cross};

/// The polygons of a tile in a layer, in tile units from the world's north-west corner.
pub(super) fn trace(pieces: &Pieces, tile: TileId, group: &Group) -> Shapes {
    let tracer = Tracer::new(pieces, tile, group);
    let (mut shapes, mut walk) = (Shapes::default(), Walk::default());
    if tracer.on_rim.is_empty() {
        let side = group.of(pieces.side_of_corner(tile));
        if side != NONE {
            walk.run(true, tracer.rim.corners());
            shapes.add(side, &mut walk);
        }
    }
    let mut seen = vec![false; tracer.sides.len()];
    for piece in tracer.window.pieces() {
        for half in [2 * piece, 2 * piece + 1] {
            if let Some(side) = tracer.side_to_walk(half, &seen) {
                walk.clear();
                tracer.walk(half, &mut seen, &mut walk);
                shapes.add(side, &mut walk);
            }
        }
    }
    shapes.finish()
}

struct Tracer<'a> {
    pieces: &'a Pieces,
    window: Window,
    rim: Rim,
    /// By local half: whom its left side is. Both sides of a piece that bounds nothing are the same.
    sides: Vec<u32>,
    /// Half-pieces that leave the rim inwards, by place round it, then clockwise.
    on_rim: Vec<Leaving>,
    /// By local half: its place in `on_rim`.
    place: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Leaving {
    round: i64,
    from: Point,
    to: Point,
    half: u32,
}

impl<'a> Tracer<'a> {
    fn new(pieces: &'a Pieces, tile: TileId, group: &Group) -> Self {
        let (window, rim) = (pieces.window(tile), Rim(pieces.mesh().boxed(tile)));
        let mut sides = Vec::with_capacity(2 * window.count());
        let mut on_rim = Vec::new();
        for piece in window.pieces() {
            let (left, right) = pieces.sides(piece);
            let (left, right) = (group.of(left), group.of(right));
            let line = pieces.line(piece);
            if left == right || rim.runs_along(line) {
                sides.extend([NONE, NONE]);
                continue;
            }
            sides.extend([left, right]);
            let ends = [(0, 1, 2 * piece), (line.len() - 1, line.len() - 2, 2 * piece + 1)];
            for (end, next, half) in ends {
                let leaving = |round| Leaving { round, from: line[end], to: line[next], half };
                on_rim.extend(rim.round(line[end]).map(leaving));
            }
        }
        on_rim.sort_unstable_by(|p, q| p.round.cmp(&q.round).then_with(|| cross(p.from, p.to, q.to).cmp(&0)));
        let mut place = vec![NONE; sides.len()];
        for (i, leaving) in on_rim.iter().enumerate() {
            if let Some(local) = window.local(leaving.half) {
                place[local] = i as u32;
            }
        }
        Self { pieces, window, rim, sides, on_rim, place }
    }

    fn local_bounds(&self, half: u32) -> Option<usize> {
        self.window.local(half).filter(|&l| self.sides[l] != self.sides[l ^ 1])
    }

    /// Whom the face left of `half` is, if it is somebody and has not been walked round.
    fn side_to_walk(&self, half: u32, seen: &[bool]) -> Option<u32> {
        let local = self.local_bounds(half).filter(|&l| !seen[l])?;
        Some(self.sides[local]).filter(|&side| side != NONE)
    }

    fn walk(&self, first: u32, seen: &mut [bool], walk: &mut Walk) {
        let mut half = first;
        while let Some(local) = self.window.local(half).filter(|&l| !seen[l]) {
            seen[local] = true;
            let line = self.pieces.line(half / 2);
            // A seam is left out, unless it is this tile's rim that it is for.
            let is_seam = self.place[local] == NONE && self.pieces.starts_at_seam(half);
            let (n, skip) = (line.len(), usize::from(is_seam));
            if half.is_multiple_of(2) {
                walk.run(!is_seam, line[skip..n - 1].iter().copied());
            } else {
                walk.run(!is_seam, line[1..n - skip].iter().rev().copied());
            }
            half = match self.place[local ^ 1] {
                NONE => self.pieces.turns().next(half, |h| self.local_bounds(h).is_some()),
                place => self.along_rim(place as usize, walk),
            };
        }
    }

    /// From where the half-piece at `place` leaves the rim, the next clockwise there, or along the rim to the next.
    fn along_rim(&self, place: usize, walk: &mut Walk) -> u32 {
        let here = self.on_rim[place];
        let next = self.on_rim[(place + 1) % self.on_rim.len()];
        if next.round != here.round || self.on_rim.len() == 1 || place + 1 == self.on_rim.len() {
            walk.run(true, [here.from]);
            self.rim.corners_between(here.round, next.round).for_each(|corner| walk.run(true, [corner]));
        }
        next.half
    }
}

/// The rim of a box, walked with the inside on the left: along min y, max x, max y, min x.
struct Rim(Bounds);

impl Rim {
    fn side(&self) -> i64 {
        i64::from(self.0.max.x) - i64::from(self.0.min.x)
    }

    /// How far round the rim a point lies, if it is on it.
    fn round(&self, p: Point) -> Option<i64> {
        let Bounds { min, max } = self.0;
        let from = |a: i32, b: i32| (i64::from(a) - i64::from(b)).abs();
        if !self.0.contains(p) {
            None
        } else if p.y == min.y {
            Some(from(p.x, min.x))
        } else if p.x == max.x {
            Some(self.side() + from(p.y, min.y))
        } else if p.y == max.y {
            Some(2 * self.side() + from(max.x, p.x))
        } else if p.x == min.x {
            Some(3 * self.side() + from(max.y, p.y))
        } else {
            None
        }
    }

    fn corners(&self) -> [Point; 4] {
        let Bounds { min, max } = self.0;
        [min, Point::new(max.x, min.y), max, Point::new(min.x, max.y)]
    }

    /// The corners strictly between two places, going round; all but the place itself where the two are one.
    fn corners_between(&self, from: i64, to: i64) -> impl Iterator<Item = Point> {
        let (corners, side) = (self.corners(), self.side());
        let to = if to <= from { to + 4 * side } else { to };
        let first = from / side + 1;
        (first..).take_while(move |k| k * side < to).map(move |k| corners[(k % 4) as usize])
    }

    /// Whether a piece is one segment along the rim.
    fn runs_along(&self, line: &[Point]) -> bool {
        let Bounds { min, max } = self.0;
        let [a, b] = line else { return false };
        (a.x == b.x && (a.x == min.x || a.x == max.x)) || (a.y == b.y && (a.y == min.y || a.y == max.y))
    }
}

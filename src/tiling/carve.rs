//! A place on the grid for what rounding lost: half a square unit, cut out of the face that took it.
//!
//! A triangle whose corners are three of the four corners of one grid cell holds no other grid point, so no border
//! ends in it, and an edge of it that is not a border already crosses none unless some border runs through the
//! triangle. One through which none runs, near the lost unit and inside the tile, becomes the unit's:
//!
//! ```text
//!      A │ B            A │ B        U was a strip between A and B, narrower than a unit. Its triangle takes
//!        │       →        ├╮         an edge of the border and half a cell of B. All stay valid, and the
//!        │                ├╯U        borders coincide as before.
//!        │                │
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::arcs::Arcs;
use super::lost::Lost;
use super::pieces::Pieces;
use super::zoom::Grid;
use crate::coverage::arrangement::Segment;
use crate::crs::{Bounds, Point, TileId, cross};
use crate::unit::Owner;

/// How far from where the unit was its triangle may lie, in units.
const REACH: i32 = 16;

/// The segments with a triangle for each lost unit; one for which there is no room stays lost.
pub(super) fn carve(
    segments: Vec<Segment>,
    pieces: &Pieces,
    arcs: &Arcs,
    grid: Grid,
    lost: &[Lost],
) -> Vec<Segment> {
    let mut carver = Carver {
        pieces,
        segments: segments.into_iter().map(|s| ((s.a, s.b), (s.left, s.right))).collect(),
        corners: BTreeMap::new(),
        carved: Vec::new(),
    };
    for of_tile in lost.chunk_by(|p, q| p.tile == q.tile) {
        let tile = of_tile[0].tile;
        for lost in of_tile {
            if !carver.is_there(lost) {
                let places = places(arcs, grid, lost, pieces.mesh().square(tile));
                carver.place(lost, &places);
            }
        }
    }
    let segment = |((a, b), (left, right))| Segment { a, b, left, right };
    carver.segments.into_iter().map(segment).filter(|s| s.left != s.right).collect()
}

/// Three corners of a grid cell, counter-clockwise (cross positive).
type Triangle = [Point; 3];

struct Carver<'a> {
    pieces: &'a Pieces,
    /// The zoom's borders, smaller end first, with who lies left and right.
    segments: BTreeMap<(Point, Point), (Owner, Owner)>,
    /// By segment as it was: both its ends and the corners of triangles that lie on it, in order.
    corners: BTreeMap<(Point, Point), Vec<Point>>,
    carved: Vec<(Triangle, Owner)>,
}

impl Carver<'_> {
    /// Whether a triangle carved for another tile is in this one too.
    fn is_there(&self, lost: &Lost) -> bool {
        let boxed = self.pieces.mesh().boxed(lost.tile);
        self.carved.iter().any(|(t, side)| *side == lost.side && t.iter().all(|&p| boxed.contains(p)))
    }

    /// Carves the first triangle near the places for which there is room.
    fn place(&mut self, lost: &Lost, places: &BTreeSet<Point>) {
        let square = self.pieces.mesh().square(lost.tile);
        let near = Near::new(self.pieces, lost.tile, places);
        for reach in 0..=REACH {
            for &place in places {
                let found = around(place, reach)
                    .filter(|t| t.iter().all(|&p| square.contains(p)))
                    .find(|t| self.has_room(t, &near));
                if let Some(triangle) = found {
                    self.split_at_corners(&triangle, &near);
                    self.give(triangle, lost.side);
                    return;
                }
            }
        }
    }

    /// Whether no border runs through a triangle and it is not all of a face.
    fn has_room(&self, t: &Triangle, near: &Near) -> bool {
        let is_border = |i: usize| {
            let (p, q) = ordered(t[i], t[(i + 1) % 3]);
            self.segments.contains_key(&(p, q)) || near.segments.iter().any(|&s| is_on(p, s) && is_on(q, s))
        };
        let carved = self.carved.iter().flat_map(|(c, _)| (0..3).map(|i| (c[i], c[(i + 1) % 3])));
        !(0..3).all(is_border)
            && !near.segments.iter().copied().chain(carved).any(|(a, b)| runs_through(t, a, b))
    }

    /// Makes a triangle's corners vertices of the segments they lie on.
    fn split_at_corners(&mut self, t: &Triangle, near: &Near) {
        for (&segment, &p) in near.segments.iter().flat_map(|s| t.iter().map(move |p| (s, p))) {
            if !is_on(p, segment) {
                continue;
            }
            let on = self.corners.entry(segment).or_insert_with(|| vec![segment.0, segment.1]);
            let Err(place) = on.binary_search(&p) else { continue };
            if let Some(sides) = self.segments.remove(&(on[place - 1], on[place])) {
                self.segments.extend([((on[place - 1], p), sides), ((p, on[place]), sides)]);
            }
            on.insert(place, p);
        }
    }

    fn give(&mut self, t: Triangle, side: Owner) {
        let around = self.pieces.side_at(t);
        for i in 0..3 {
            let (a, b) = (t[i], t[(i + 1) % 3]);
            let sides = self.segments.entry(ordered(a, b)).or_insert((around, around));
            if a < b {
                sides.0 = side;
            } else {
                sides.1 = side;
            }
        }
        self.carved.push((t, side));
    }
}

/// The borders within reach of some places, as rounding left them, smaller end first.
struct Near {
    segments: Vec<(Point, Point)>,
}

impl Near {
    fn new(pieces: &Pieces, tile: TileId, places: &BTreeSet<Point>) -> Self {
        let mut reach = Bounds::of(places);
        reach.min = Point::new(reach.min.x - REACH - 2, reach.min.y - REACH - 2);
        reach.max = Point::new(reach.max.x + REACH + 2, reach.max.y + REACH + 2);
        let window = pieces.window(tile);
        let all = window.pieces().flat_map(|i| pieces.line(i).windows(2).map(|w| ordered(w[0], w[1])));
        Self { segments: all.filter(|(a, b)| Bounds::of([a, b]).meets(reach)).collect() }
    }
}

/// Where on the grid a lost unit was: its original borders in a tile's square, every few units.
fn places(arcs: &Arcs, grid: Grid, lost: &Lost, square: Bounds) -> BTreeSet<Point> {
    let of_unit = arcs.iter().filter(|a| (a.left == lost.side) != (a.right == lost.side));
    let mut places = BTreeSet::new();
    for w in of_unit.flat_map(|a| a.points.windows(2)) {
        let (a, b) = (grid.rounded(w[0]), grid.rounded(w[1]));
        let Some((enter, leave)) = inside(a, b, square) else { continue };
        let (dx, dy) = (f64::from(b.x - a.x), f64::from(b.y - a.y));
        let steps = (dx.abs().max(dy.abs()) * (leave - enter) / 8.0).ceil() + 1.0;
        places.extend((0..=steps as u32).map(|k| {
            let along = enter + (leave - enter) * f64::from(k) / steps;
            let at = |p: i32, d: f64| p + (d * along).round() as i32;
            Point::new(
                at(a.x, dx).clamp(square.min.x, square.max.x),
                at(a.y, dy).clamp(square.min.y, square.max.y),
            )
        }));
    }
    places
}

/// From and to which share of its way a segment is in a box (Liang and Barsky).
fn inside(a: Point, b: Point, square: Bounds) -> Option<(f64, f64)> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (p, q, min, max) in [(a.x, b.x, square.min.x, square.max.x), (a.y, b.y, square.min.y, square.max.y)] {
        if p == q && !(min..=max).contains(&p) {
            return None;
        }
        if p != q {
            let at = |v: i32| f64::from(v - p) / f64::from(q - p);
            (enter, leave) = (enter.max(at(min).min(at(max))), leave.min(at(min).max(at(max))));
        }
    }
    (enter <= leave).then_some((enter, leave))
}

/// The triangles of the cells that lie `reach` cells from a place.
fn around(place: Point, reach: i32) -> impl Iterator<Item = Triangle> {
    let cells = (-reach - 1..=reach).flat_map(move |dx| (-reach - 1..=reach).map(move |dy| (dx, dy)));
    let at_reach = move |&(dx, dy): &(i32, i32)| [dx, dy].iter().any(|&d| d == reach || d == -reach - 1);
    cells.filter(at_reach).flat_map(move |(dx, dy)| {
        let corner = |i: i32, j: i32| Point::new(place.x + dx + i, place.y + dy + j);
        let square = [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)];
        (0..4).map(move |i| [square[i], square[(i + 1) % 4], square[(i + 2) % 4]])
    })
}

/// Whether a point lies on a segment, its ends included.
fn is_on(p: Point, (a, b): (Point, Point)) -> bool {
    Bounds::of(&[a, b]).contains(p) && cross(a, b, p) == 0
}

fn ordered(a: Point, b: Point) -> (Point, Point) {
    (a.min(b), a.max(b))
}

/// Whether a segment has a point in a triangle's inside. Neither end can be inside.
fn runs_through(t: &Triangle, a: Point, b: Point) -> bool {
    if !Bounds::of(t).meets(Bounds::of(&[a, b])) {
        return false;
    }
    // Apart if some edge of the triangle, or the segment itself, has the other all on its outer side.
    let beyond = |i: usize| {
        let (p, q) = (t[i], t[(i + 1) % 3]);
        cross(p, q, a) <= 0 && cross(p, q, b) <= 0
    };
    let of_line = t.map(|p| cross(a, b, p));
    let beside = of_line.iter().all(|&s| s >= 0) || of_line.iter().all(|&s| s <= 0);
    !beside && !(0..3).any(beyond)
}

//! The original vertices of all arcs, asked one thing: is any inside this triangle?
//!
//! A static k-d tree in one array (as Mapbox's kdbush): an island far away costs nothing, where a grid of bins would
//! coarsen for all.

use super::arcs::Arcs;
use crate::crs::{Point, cross};

/// A vertex: where it is, and which of which arc.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vertex {
    at: Point,
    /// The arc.
    pub arc: u32,
    /// Its place in the arc's points.
    pub index: u32,
}

/// All vertices of a set of arcs.
#[derive(Debug)]
pub(super) struct Obstacles(Vec<Vertex>);

/// Vertices that are looked through one by one.
const LEAF: usize = 16;

/// Above this many vertices the two halves are built side by side.
const PARALLEL: usize = 1 << 14;

impl Obstacles {
    /// Nothing in the way.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// The vertices of the arcs that are `near`.
    pub fn new(arcs: &Arcs, near: impl Fn(usize) -> bool) -> Self {
        let mut all: Vec<Vertex> = Vec::new();
        for (arc, points) in arcs.iter().map(|a| a.points).enumerate().filter(|(arc, _)| near(*arc)) {
            let vertex = |(index, &at)| Vertex { at, arc: arc as u32, index };
            all.extend(points.iter().enumerate().map(|(i, p)| (i as u32, p)).map(vertex));
        }
        sort(&mut all, true);
        Self(all)
    }

    /// Whether the closed triangle a, b, c holds a vertex that lies on none of its corners `a` and `c` and is not
    /// `own`.
    pub fn any_in(&self, [a, b, c]: [Point; 3], own: impl Fn(&Vertex) -> bool) -> bool {
        let min = Point::new(a.x.min(b.x).min(c.x), a.y.min(b.y).min(c.y));
        let max = Point::new(a.x.max(b.x).max(c.x), a.y.max(b.y).max(c.y));
        let blocks = |v: &Vertex| {
            let p = v.at;
            (min.x..=max.x).contains(&p.x)
                && (min.y..=max.y).contains(&p.y)
                && p != a
                && p != c
                && !own(v)
                && in_triangle(a, b, c, p)
        };
        let mut stack = [(0, 0); 64];
        let mut depth = 1;
        stack[0] = (0, self.0.len());
        let mut by_x = [true; 64];
        while depth > 0 {
            depth -= 1;
            let ((from, to), x) = (stack[depth], by_x[depth]);
            if to - from <= LEAF {
                if self.0[from..to].iter().any(blocks) {
                    return true;
                }
                continue;
            }
            let mid = usize::midpoint(from, to);
            if blocks(&self.0[mid]) {
                return true;
            }
            let (low, here, high) =
                if x { (min.x, self.0[mid].at.x, max.x) } else { (min.y, self.0[mid].at.y, max.y) };
            for (half, reached) in [((from, mid), low <= here), ((mid + 1, to), high >= here)] {
                if reached {
                    (stack[depth], by_x[depth]) = (half, !x);
                    depth += 1;
                }
            }
        }
        false
    }
}

fn sort(vertices: &mut [Vertex], by_x: bool) {
    if vertices.len() <= LEAF {
        return;
    }
    let mid = vertices.len() / 2;
    vertices.select_nth_unstable_by_key(mid, |v| if by_x { v.at.x } else { v.at.y });
    let (low, high) = vertices.split_at_mut(mid);
    if low.len() > PARALLEL {
        rayon::join(|| sort(low, !by_x), || sort(&mut high[1..], !by_x));
    } else {
        sort(low, !by_x);
        sort(&mut high[1..], !by_x);
    }
}

/// Whether `p`, which lies in the triangle's box, lies in the triangle or on its rim. A flat triangle is a segment.
fn in_triangle(a: Point, b: Point, c: Point, p: Point) -> bool {
    let sides = [cross(a, b, p), cross(b, c, p), cross(c, a, p)];
    sides.iter().all(|&s| s >= 0) || sides.iter().all(|&s| s <= 0)
}

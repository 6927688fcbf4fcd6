//! What somebody draws is taken to the borders that are near: to a junction first, then to a vertex, then to a border.
//!
//! ```text
//!        │
//!   ×····•────      ×  as drawn, within the tolerance of a junction and of two borders: it goes to the junction
//!        │
//! ```

use super::{ArcRef, Coverage};
use crate::crs::{Bounds, LocalPlane, LonLat, Point};

/// What a point was taken to, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SnapTo {
    /// Where borders meet.
    Node,
    /// A vertex of a border.
    Vertex,
    /// A border, between two vertices.
    Border,
}

impl SnapTo {
    /// As answers name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Vertex => "vertex",
            Self::Border => "border",
        }
    }
}

/// A point that was moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snapped {
    /// Where it was, on the lattice.
    pub from: Point,
    /// Where it is.
    pub to: Point,
    /// What is there.
    pub onto: SnapTo,
    /// How far it was moved, in metres on the ellipsoid.
    pub metres: f64,
}

/// How far points are taken, in metres on the ellipsoid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// To a junction, and where there is none, to a vertex.
    pub vertex: f64,
    /// To a border, where there is neither.
    pub border: f64,
}

/// The arcs of a coverage that meet a box: for many points in it.
pub struct Bounded<'a>(Vec<ArcRef<'a>>);

impl<'a> Bounded<'a> {
    /// Those of `coverage` that meet `bounds`.
    #[must_use]
    pub fn within(coverage: &'a Coverage, bounds: Bounds) -> Self {
        Self(coverage.arcs().filter(|arc| Bounds::of(arc.points).meets(bounds)).collect())
    }

    /// As [`Coverage::snapped`], for a point in the box.
    #[must_use]
    pub fn snapped(&self, point: Point, reach: Reach) -> Option<Snapped> {
        onto(self.0.iter().copied(), point, reach)
    }
}

impl Coverage {
    /// The point of a border that `point` is taken to, on arcs that `takes` chooses; `None` where none is within reach.
    #[must_use]
    pub fn snapped(&self, point: Point, reach: Reach, takes: impl Fn(ArcRef<'_>) -> bool) -> Option<Snapped> {
        onto(self.arcs().filter(|arc| takes(*arc)), point, reach)
    }
}

/// The best point of some arcs within reach.
fn onto<'a>(arcs: impl Iterator<Item = ArcRef<'a>>, point: Point, reach: Reach) -> Option<Snapped> {
    let plane = LocalPlane::at(LonLat::from_lattice(point));
    let (east, north) = plane.metres_per_unit();
    let widest = reach.vertex.max(reach.border);
    let (wide, high) = (widest / east, widest / north);
    let mut best: Option<Snapped> = None;
    let mut offer = |onto: SnapTo, to: Point| {
        let metres = plane.distance_m(to);
        let within = if onto == SnapTo::Border { reach.border } else { reach.vertex };
        let key = |s: &Snapped| (s.onto, s.metres, s.to);
        let found = Snapped { from: point, to, onto, metres };
        if metres <= within && best.is_none_or(|b| key(&found) < key(&b)) {
            best = Some(found);
        }
    };
    for arc in arcs {
        let last = arc.points.len() - 1;
        let end = |n: usize| if n == 0 || n == last { SnapTo::Node } else { SnapTo::Vertex };
        for (i, w) in arc.points.windows(2).enumerate().filter(|(_, w)| near(w[0], w[1], point, wide, high)) {
            offer(end(i), w[0]);
            offer(end(i + 1), w[1]);
            offer(SnapTo::Border, foot(&plane, w[0], w[1]));
        }
    }
    best
}

fn near(a: Point, b: Point, p: Point, wide: f64, high: f64) -> bool {
    let (x, y) = (f64::from(p.x), f64::from(p.y));
    f64::from(a.x.min(b.x)) - wide <= x
        && x <= f64::from(a.x.max(b.x)) + wide
        && f64::from(a.y.min(b.y)) - high <= y
        && y <= f64::from(a.y.max(b.y)) + high
}

/// The lattice point of a–b that is nearest to the plane's centre.
fn foot(plane: &LocalPlane, a: Point, b: Point) -> Point {
    let ((ax, ay), (bx, by)) = (plane.metres(a), plane.metres(b));
    let (dx, dy) = (bx - ax, by - ay);
    let along = (-(ax * dx + ay * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    let at = |a: i32, b: i32| libm::round(f64::from(a) + (f64::from(b) - f64::from(a)) * along) as i32;
    Point::new(at(a.x, b.x), at(a.y, b.y))
}

//! Vectors in metres and the flat ground they stand on.
//!
//! The ground is the lattice scaled to metres about the county's middle: an affine map, so straight lines stay
//! straight and a round trip through [`Plane`] gives the same lattice point. Distances are good to 0.5 % within a
//! county, which is all that making one up needs.

use std::ops::{Add, Mul, Neg, Sub};

use crate::crs::{Bounds, Point};

/// Metres of a degree of latitude in the middle latitudes.
const METRES_PER_DEGREE: f64 = 111_000.0;
/// Metres of a degree of longitude on the equator.
const METRES_PER_DEGREE_EAST: f64 = 111_320.0;

/// A point or a displacement in metres: x east, y north.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct V {
    pub x: f64,
    pub y: f64,
}

impl V {
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The unit vector at `angle` radians, counter-clockwise from east.
    pub fn at_angle(angle: f64) -> Self {
        Self::new(libm::cos(angle), libm::sin(angle))
    }

    pub fn dot(self, o: Self) -> f64 {
        self.x * o.x + self.y * o.y
    }

    /// Positive when `o` lies counter-clockwise of this.
    pub fn cross(self, o: Self) -> f64 {
        self.x * o.y - self.y * o.x
    }

    pub fn len(self) -> f64 {
        self.dot(self).sqrt()
    }

    pub fn distance(self, o: Self) -> f64 {
        (self - o).len()
    }

    /// This turned a quarter counter-clockwise.
    pub fn left(self) -> Self {
        Self::new(-self.y, self.x)
    }

    /// This at length 1; zero stays zero.
    pub fn unit(self) -> Self {
        let len = self.len();
        if len > 0.0 { self * (1.0 / len) } else { self }
    }

    /// The point at `t` of the way to `o`.
    pub fn towards(self, o: Self, t: f64) -> Self {
        self + (o - self) * t
    }

    /// This turned by `angle` radians counter-clockwise.
    pub fn turned(self, angle: f64) -> Self {
        let (c, s) = (libm::cos(angle), libm::sin(angle));
        Self::new(self.x * c - self.y * s, self.x * s + self.y * c)
    }
}

impl Add for V {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self::new(self.x + o.x, self.y + o.y)
    }
}

impl Sub for V {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Self::new(self.x - o.x, self.y - o.y)
    }
}

impl Mul<f64> for V {
    type Output = Self;
    fn mul(self, k: f64) -> Self {
        Self::new(self.x * k, self.y * k)
    }
}

impl Neg for V {
    type Output = Self;
    fn neg(self) -> Self {
        Self::new(-self.x, -self.y)
    }
}

/// Signed area of a ring in m²: positive counter-clockwise.
pub(super) fn area(ring: &[V]) -> f64 {
    let Some(&o) = ring.first() else { return 0.0 };
    ring.windows(2).map(|w| (w[0] - o).cross(w[1] - o)).sum::<f64>() / 2.0
}

/// Centre of mass of a ring; its first point where it has no area.
pub(super) fn centroid(ring: &[V]) -> V {
    let Some(&o) = ring.first() else { return V::default() };
    let (mut sum, mut twice) = (V::default(), 0.0);
    for w in ring.windows(2) {
        let (a, b) = (w[0] - o, w[1] - o);
        let c = a.cross(b);
        sum = sum + (a + b) * c;
        twice += c;
    }
    if twice.abs() > 1e-9 { o + sum * (1.0 / (3.0 * twice)) } else { o }
}

/// How far `p` is from the segment a–b.
pub(super) fn distance_to_segment(p: V, a: V, b: V) -> f64 {
    squared_distance(p, a, b).sqrt()
}

fn squared_distance(p: V, a: V, b: V) -> f64 {
    let d = b - a;
    let len2 = d.dot(d);
    let t = if len2 > 0.0 { ((p - a).dot(d) / len2).clamp(0.0, 1.0) } else { 0.0 };
    let off = p - (a + d * t);
    off.dot(off)
}

/// How far `p` is from a line of at least two points; infinite for fewer.
pub(super) fn distance_to_line(p: V, line: &[V]) -> f64 {
    line.windows(2).map(|w| squared_distance(p, w[0], w[1])).fold(f64::INFINITY, f64::min).sqrt()
}

/// Whether a ring holds `p`; border points go either way.
pub(super) fn holds(ring: &[V], p: V) -> bool {
    let mut inside = false;
    let mut a = ring.last().copied().unwrap_or_default();
    for &b in ring {
        if (a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x) {
            inside = !inside;
        }
        a = b;
    }
    inside
}

/// Where segments a–b and c–d cross: parameters along each, both in 0..=1; `None` for parallels.
pub(super) fn crossing(a: V, b: V, c: V, d: V) -> Option<(f64, f64)> {
    let (r, s) = (b - a, d - c);
    let det = r.cross(s);
    if det == 0.0 {
        return None;
    }
    let (t, u) = ((c - a).cross(s) / det, (c - a).cross(r) / det);
    ((0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u)).then_some((t, u))
}

/// The affine map between the lattice and metres.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    middle: (f64, f64),
    per_metre: (f64, f64),
}

impl Plane {
    /// The plane about the middle of a box.
    pub fn about(bounds: Bounds) -> Self {
        let mid = |a: i32, b: i32| f64::midpoint(f64::from(a), f64::from(b)).floor();
        let middle = (mid(bounds.min.x, bounds.max.x), mid(bounds.min.y, bounds.max.y));
        let cos = libm::cos((middle.1 * 1e-7).to_radians()).max(0.01);
        Self { middle, per_metre: (1e7 / (METRES_PER_DEGREE_EAST * cos), 1e7 / METRES_PER_DEGREE) }
    }

    pub fn metres(&self, p: Point) -> V {
        V::new(
            (f64::from(p.x) - self.middle.0) / self.per_metre.0,
            (f64::from(p.y) - self.middle.1) / self.per_metre.1,
        )
    }

    /// The nearest lattice point.
    pub fn lattice(&self, v: V) -> Point {
        let unit = |v: f64, scale: f64, middle: f64| (v * scale + middle).round() as i32;
        Point::new(unit(v.x, self.per_metre.0, self.middle.0), unit(v.y, self.per_metre.1, self.middle.1))
    }
}

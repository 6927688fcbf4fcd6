//! The integer point that every exact predicate works on, and the two predicates all rooms share.
//!
//! A [`Point`] lies on one of two planes, and whoever holds it says which:
//!
//! - the **lattice**: x east, y north, in units of 1e-7 degree (±1,800,000,000 by ±900,000,000);
//! - the **world**: Web Mercator, 2^32 units a side, x east, y **south**, origin in the middle.
//!
//! Both fit `i32`, so a product of differences fits `i128` with room to spare and nothing is ever rounded.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// An integer point, ordered by x, then y.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Point {
    /// East, in units of the plane it lies on.
    pub x: i32,
    /// North on the lattice, south in the world.
    pub y: i32,
}

impl Point {
    /// The point (x, y).
    #[must_use]
    pub const fn new(x: i32, y: i32) -> Self {
        Self { x, y }
    }

    /// The point as one number in the same order: most of the core is sorting, and one comparison is cheaper than two.
    const fn key(self) -> u64 {
        let x = (self.x as u32 ^ 1 << 31) as u64;
        let y = (self.y as u32 ^ 1 << 31) as u64;
        (x << 32) | y
    }
}

impl Ord for Point {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Point {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Twice the signed area of the triangle a, b, c: positive when c lies to the left of a → b (y up).
#[must_use]
pub fn cross(a: Point, b: Point, c: Point) -> i128 {
    let (abx, aby) = (i64::from(b.x) - i64::from(a.x), i64::from(b.y) - i64::from(a.y));
    let (acx, acy) = (i64::from(c.x) - i64::from(a.x), i64::from(c.y) - i64::from(a.y));
    i128::from(abx) * i128::from(acy) - i128::from(aby) * i128::from(acx)
}

/// Twice the signed area of a ring in square units: positive when it runs counter-clockwise (y up).
/// The ring does not repeat its first point.
#[must_use]
pub fn ring_area2(ring: &[Point]) -> i128 {
    let Some(&origin) = ring.first() else { return 0 };
    ring.windows(2).map(|w| cross(origin, w[0], w[1])).sum()
}

/// An axis-parallel box of integer points, both ends included; empty when `min` exceeds `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// West and (on the lattice) south.
    pub min: Point,
    /// East and (on the lattice) north.
    pub max: Point,
}

impl Bounds {
    /// The box that holds nothing.
    pub const EMPTY: Self = Self { min: Point::new(i32::MAX, i32::MAX), max: Point::new(i32::MIN, i32::MIN) };

    /// The smallest box around some points.
    #[must_use]
    pub fn of<'a>(points: impl IntoIterator<Item = &'a Point>) -> Self {
        points.into_iter().fold(Self::EMPTY, |b, &p| b.with(p))
    }

    /// This box grown to hold `p`.
    #[must_use]
    pub fn with(self, p: Point) -> Self {
        Self {
            min: Point::new(self.min.x.min(p.x), self.min.y.min(p.y)),
            max: Point::new(self.max.x.max(p.x), self.max.y.max(p.y)),
        }
    }

    /// This box with so much more on every side; one that holds nothing stays so.
    #[must_use]
    pub fn grown(self, by: i32) -> Self {
        if self.is_empty() {
            return self;
        }
        Self {
            min: Point::new(self.min.x.saturating_sub(by), self.min.y.saturating_sub(by)),
            max: Point::new(self.max.x.saturating_add(by), self.max.y.saturating_add(by)),
        }
    }

    /// The smallest box around two.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        if other.is_empty() { self } else { self.with(other.min).with(other.max) }
    }

    /// Whether two boxes share at least a point.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.min.x <= other.max.x
            && other.min.x <= self.max.x
            && self.min.y <= other.max.y
            && other.min.y <= self.max.y
    }

    /// Whether the box holds `p`, edges included.
    #[must_use]
    pub fn contains(self, p: Point) -> bool {
        self.min.x <= p.x && p.x <= self.max.x && self.min.y <= p.y && p.y <= self.max.y
    }

    /// Whether the box holds nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.min.x > self.max.x || self.min.y > self.max.y
    }
}

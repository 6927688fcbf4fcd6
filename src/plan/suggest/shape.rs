//! A leaf on a plane in metres: its rings, its dwellings, and where rays from them cross the rings.
//!
//! Figures are estimates to pick chords by (areas to 1e-3); what is said of a way is counted exactly later.

use crate::crs::{Bounds, LocalPlane, LonLat, Point, Polygon};

/// A place on the plane: metres east and north.
pub type V = (f64, f64);

/// A leaf of one polygon.
pub struct Shape {
    pub plane: Plane,
    /// The shell, then the holes.
    pub rings: Vec<Ring>,
    /// What is counted: the dwellings; none where area is.
    pub dwellings: Vec<Mass>,
    /// Each hole's first point, with its area.
    pub holes: Vec<Mass>,
    /// Of all of it: households or m².
    pub total: f64,
}

/// Lattice ↔ metres, linear, so that straight lines stay straight.
pub struct Plane {
    centre: V,
    scale: V,
}

/// A ring, which does not repeat its first point.
pub struct Ring {
    pub points: Vec<V>,
    /// Twice the signed area between the origin and the first i edges.
    swept: Vec<f64>,
}

/// A weight at a place, and where the ray east from it crosses rings.
pub struct Mass {
    pub at: V,
    pub weight: f64,
    /// Of a hole: which ring it is.
    pub ring: usize,
    pub hits: Vec<(usize, f64)>,
}

impl Plane {
    fn of(polygon: &Polygon) -> Self {
        let Bounds { min, max } = Bounds::of(&polygon.shell);
        let middle = |a: i32, b: i32| f64::midpoint(f64::from(a), f64::from(b));
        let centre = (middle(min.x, max.x), middle(min.y, max.y));
        let place = LonLat::from_lattice(Point::new(centre.0 as i32, centre.1 as i32));
        Self { centre, scale: LocalPlane::at(place).metres_per_unit() }
    }

    fn to(&self, p: Point) -> V {
        ((f64::from(p.x) - self.centre.0) * self.scale.0, (f64::from(p.y) - self.centre.1) * self.scale.1)
    }

    /// The nearest lattice point.
    pub fn back(&self, (x, y): V) -> Point {
        let at = |v: f64, centre: f64, scale: f64| libm::round(v / scale + centre) as i32;
        Point::new(at(x, self.centre.0, self.scale.0), at(y, self.centre.1, self.scale.1))
    }
}

impl Shape {
    /// A polygon with weighted dwellings inside, or with its area as the weight.
    pub fn new(polygon: &Polygon, dwellings: Option<&[(Point, u32)]>) -> Self {
        let plane = Plane::of(polygon);
        let rings: Vec<Ring> =
            polygon.rings().map(|ring| Ring::new(ring.iter().map(|&p| plane.to(p)).collect())).collect();
        let mass = |at: V, weight: f64, ring: usize| Mass { at, weight, ring, hits: Vec::new() };
        let holes = (1..).zip(&rings[1..]).map(|(i, ring)| mass(ring.points[0], ring.area().abs(), i));
        let mut holes: Vec<Mass> = holes.collect();
        let area = rings.iter().map(Ring::area).sum();
        let counted = dwellings.unwrap_or_default().iter();
        let mut counted: Vec<Mass> = counted.map(|&(p, n)| mass(plane.to(p), f64::from(n), 0)).collect();
        let total = if dwellings.is_some() { counted.iter().map(|m| m.weight).sum() } else { area };
        find_hits(&rings, &mut holes);
        find_hits(&rings, &mut counted);
        Self { plane, rings, dwellings: counted, holes, total }
    }
}

/// Twice the signed area of the origin, p and q.
pub fn cross(p: V, q: V) -> f64 {
    p.0 * q.1 - p.1 * q.0
}

impl Ring {
    fn new(points: Vec<V>) -> Self {
        let next = points.iter().cycle().skip(1);
        let mut swept = vec![0.0];
        for (&p, &q) in points.iter().zip(next) {
            swept.push(swept[swept.len() - 1] + cross(p, q));
        }
        Self { points, swept }
    }

    fn area(&self) -> f64 {
        self.swept[self.points.len()] / 2.0
    }

    fn at(&self, on: f64) -> V {
        let (edge, share) = (on as usize, on.fract());
        let (a, b) = (self.points[edge], self.points[(edge + 1) % self.points.len()]);
        (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share)
    }

    /// Twice the area swept along the ring from one place forward to another.
    pub fn between(&self, from: f64, to: f64) -> f64 {
        let n = self.points.len();
        let (p, q) = (self.at(from), self.at(to));
        let (i, j) = (from as usize + 1, to as usize);
        if from <= to && i > j {
            return cross(p, q);
        }
        let whole = if from <= to {
            self.swept[j] - self.swept[i]
        } else {
            self.swept[n] - self.swept[i] + self.swept[j]
        };
        cross(p, self.points[i % n]) + whole + cross(self.points[j], q)
    }
}

/// Where along a–b the ray east from a place crosses it.
pub fn east(p: V, (a, b): (V, V)) -> Option<f64> {
    if (a.1 <= p.1) == (b.1 <= p.1) {
        return None;
    }
    let share = (p.1 - a.1) / (b.1 - a.1);
    (a.0 + (b.0 - a.0) * share > p.0).then_some(share)
}

fn find_hits(rings: &[Ring], masses: &mut [Mass]) {
    masses.sort_unstable_by(|p, q| p.at.1.total_cmp(&q.at.1).then(p.at.0.total_cmp(&q.at.0)));
    for (r, ring) in rings.iter().enumerate() {
        let next = ring.points.iter().cycle().skip(1);
        for (edge, (&a, &b)) in ring.points.iter().zip(next).enumerate() {
            let (low, high) = (a.1.min(b.1), a.1.max(b.1));
            let first = masses.partition_point(|m| m.at.1 < low);
            for mass in masses[first..].iter_mut().take_while(|m| m.at.1 < high) {
                let share = east(mass.at, (a, b));
                mass.hits.extend(share.map(|share| (r, edge as f64 + share.min(1.0 - 1e-12))));
            }
        }
    }
}

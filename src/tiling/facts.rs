//! What tiles say of units that is computed from a version, once: areas and label points.
//!
//! A label point is the pole of inaccessibility of a unit's largest part: the point farthest from its border, found on
//! the original geometry in a plane where a metre is a metre both ways, and always inside. How far that is, its
//! **clearance**, says from which zoom on a name has room there.

use std::sync::Arc;

use geo::{Coord, LineString};
use polylabel::polylabel;
use rayon::prelude::*;

use crate::coverage::{Partition, Polygon};
use crate::crs::{Bounds, Point, cross, ring_area_m2, ring_area2};
use crate::unit::{Hierarchy, Owner, UnitIndex};

/// Areas and label points of a version.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Facts {
    /// By unit: square metres on the CGCS2000 ellipsoid; a parent's is the sum of its children's.
    pub areas: Vec<f64>,
    /// By unit; `None` for a unit that covers nothing.
    pub labels: Vec<Option<Label>>,
}

/// Where a unit's name stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Label {
    /// On the lattice, inside the unit.
    pub at: Point,
    /// The radius of the circle round it that no border of the unit enters, in lattice units of latitude.
    pub clearance: f64,
}

impl Label {
    /// The clearance in pixels of Web Mercator at zoom 20, in tiles of 512 pixels, rounded down.
    pub fn pixels_at_20(&self) -> u64 {
        const PER_DEGREE: f64 = (512_u64 << 20) as f64 / 360.0;
        let degrees = self.clearance / 1e7;
        (degrees * PER_DEGREE / narrowing(f64::from(self.at.y))) as u64
    }
}

/// The facts of another version.
#[derive(Debug)]
pub(super) struct Earlier {
    pub facts: Arc<Facts>,
    pub partition: Arc<Partition>,
}

impl Facts {
    pub fn new(partition: &Partition) -> Self {
        Self::with(partition, |_| None)
    }

    /// As [`Self::new`], where those of another version are there: who has the polygons of then is not measured again.
    pub fn after(before: &Earlier, partition: &Partition) -> Self {
        let redrawn = before.partition.redrawn(partition);
        let then = &before.partition.hierarchy;
        Self::with(partition, |unit| {
            let uid = partition.hierarchy.unit(unit).uid;
            let was = then.by_uid(uid).filter(|_| !redrawn.contains(&uid))?;
            // The area of what had parts was their sum.
            let area = then.owner_of(was).map(|_| before.facts.areas[was as usize]);
            Some((area, before.facts.labels[was as usize]))
        })
    }

    /// `known` says of a unit what its area, where it is a leaf, and its label are.
    fn with(
        partition: &Partition,
        known: impl Fn(UnitIndex) -> Option<(Option<f64>, Option<Label>)>,
    ) -> Self {
        let hierarchy = &partition.hierarchy;
        let known: Vec<_> = (0..hierarchy.units().len() as UnitIndex).map(known).collect();
        let mut labels: Vec<Option<Label>> = known.iter().map(|k| k.and_then(|k| k.1)).collect();
        for level in 0..hierarchy.levels().count() as u8 {
            let asked =
                |unit: &UnitIndex| hierarchy.unit(*unit).level == level && known[*unit as usize].is_none();
            if !hierarchy.of_level(level).any(|unit| asked(&unit)) {
                continue;
            }
            let parts = partition.coverage.dissolve(|owner| hierarchy.at_level(owner, level).filter(asked));
            let parts: Vec<(UnitIndex, Vec<Polygon>)> = parts.into_iter().collect();
            let found: Vec<(UnitIndex, Option<Label>)> =
                parts.par_iter().map(|(unit, polygons)| (*unit, label(polygons))).collect();
            for (unit, at) in found {
                labels[unit as usize] = at;
            }
        }
        let area = |leaf: UnitIndex| known[leaf as usize].and_then(|k| k.0);
        Self { areas: areas(partition, hierarchy, area), labels }
    }
}

fn areas(
    partition: &Partition,
    hierarchy: &Hierarchy,
    known: impl Fn(UnitIndex) -> Option<f64> + Sync,
) -> Vec<f64> {
    let of_leaf = |owner: usize| {
        known(hierarchy.leaves()[owner]).unwrap_or_else(|| {
            let polygons = partition.coverage.polygons(Owner(owner as u32));
            polygons.iter().flat_map(Polygon::rings).map(ring_area_m2).sum()
        })
    };
    let leaves: Vec<f64> = (0..hierarchy.leaves().len()).into_par_iter().map(of_leaf).collect();
    let mut areas = vec![0.0; hierarchy.units().len()];
    for (&leaf, area) in hierarchy.leaves().iter().zip(leaves) {
        for unit in hierarchy.chain(leaf) {
            areas[unit as usize] += area;
        }
    }
    areas
}

/// The label of a unit's polygons.
pub(super) fn label(polygons: &[Polygon]) -> Option<Label> {
    let area = |p: &Polygon| p.rings().map(ring_area2).sum::<i128>();
    let largest = polygons.iter().rev().max_by_key(|p| area(p))?;
    let plane = LocalPlane::around(&largest.shell);
    let pole = pole(largest, area(largest), &plane).filter(|&p| is_inside(largest, p));
    let at = pole.or_else(|| on_some_row(largest)).or_else(|| largest.shell.first().copied())?;
    Some(Label { at, clearance: plane.to_border(largest, at) })
}

/// The lattice with its columns drawn together, so that a step is as long in every direction: x and y are lattice
/// units of latitude from a polygon's south-west corner.
struct LocalPlane {
    min: Point,
    narrow: f64,
}

impl LocalPlane {
    fn around(ring: &[Point]) -> Self {
        let Bounds { min, max } = Bounds::of(ring);
        Self { min, narrow: narrowing(f64::midpoint(f64::from(min.y), f64::from(max.y))) }
    }

    fn put(&self, p: Point) -> Coord {
        let from_min = |v: i32, min: i32| f64::from(v) - f64::from(min);
        Coord { x: from_min(p.x, self.min.x) * self.narrow, y: from_min(p.y, self.min.y) }
    }

    fn lattice(&self, at: Coord) -> Point {
        let (x, y) = (at.x / self.narrow + f64::from(self.min.x), at.y + f64::from(self.min.y));
        Point::new(x.round() as i32, y.round() as i32)
    }

    fn ring(&self, ring: &[Point]) -> LineString {
        LineString::new(ring.iter().chain(ring.first()).map(|&p| self.put(p)).collect())
    }

    /// How far a point lies from the nearest of a polygon's borders.
    fn to_border(&self, polygon: &Polygon, p: Point) -> f64 {
        let p = self.put(p);
        let squares = polygon.rings().flat_map(edges).map(|(a, b)| {
            let (a, b) = (self.put(a), self.put(b));
            let (along, to_p) = (b - a, p - a);
            let length2 = along.x * along.x + along.y * along.y;
            let t = if length2 > 0.0 { (to_p.x * along.x + to_p.y * along.y) / length2 } else { 0.0 };
            let off = to_p - along * t.clamp(0.0, 1.0);
            off.x * off.x + off.y * off.y
        });
        libm::sqrt(squares.fold(f64::INFINITY, f64::min))
    }
}

/// How much shorter a degree of longitude is than one of latitude, `y` in lattice units.
fn narrowing(y: f64) -> f64 {
    libm::cos((y / 1e7).to_radians()).max(1e-3)
}

/// The pole to within a fiftieth of the polygon's mean width, rounded to the lattice.
fn pole(polygon: &Polygon, area2: i128, plane: &LocalPlane) -> Option<Point> {
    let holes = polygon.holes.iter().map(|h| plane.ring(h)).collect();
    let tolerance = libm::sqrt(area2 as f64 / 2.0 * plane.narrow) / 50.0;
    let found = polylabel(&geo::Polygon::new(plane.ring(&polygon.shell), holes), &tolerance.max(0.1)).ok()?;
    Some(plane.lattice(found.0))
}

/// Rows looked through for an inner point where the pole falls onto a border when rounded.
const ROWS: i64 = 64;

/// The middle of the widest stretch of some row that lies inside.
fn on_some_row(polygon: &Polygon) -> Option<Point> {
    let Bounds { min, max } = Bounds::of(&polygon.shell);
    let height = i64::from(max.y) - i64::from(min.y);
    (1..ROWS)
        .map(|k| (i64::from(min.y) + height * k / ROWS) as i32)
        .flat_map(|y| {
            let mut xs: Vec<f64> = polygon.rings().flat_map(|r| crossings(r, y)).collect();
            xs.sort_unstable_by(f64::total_cmp);
            let middle = |w: &[f64]| (w[1] - w[0], Point::new(f64::midpoint(w[0], w[1]).round() as i32, y));
            xs.chunks_exact(2).map(middle).collect::<Vec<_>>()
        })
        .filter(|&(_, p)| is_inside(polygon, p))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, p)| p)
}

fn crossings(ring: &[Point], y: i32) -> impl Iterator<Item = f64> {
    edges(ring).filter(move |(a, b)| (a.y <= y) != (b.y <= y)).map(move |(a, b)| {
        let along = (f64::from(y) - f64::from(a.y)) / (f64::from(b.y) - f64::from(a.y));
        f64::from(a.x) + along * (f64::from(b.x) - f64::from(a.x))
    })
}

/// Whether a point lies inside a polygon and on none of its rings, exactly.
fn is_inside(polygon: &Polygon, p: Point) -> bool {
    let mut inside = false;
    for (a, b) in polygon.rings().flat_map(edges) {
        let side = cross(a, b, p);
        if side == 0 && Bounds::of(&[a, b]).contains(p) {
            return false;
        }
        if (a.y <= p.y) != (b.y <= p.y) && (side > 0) == (b.y > a.y) {
            inside = !inside;
        }
    }
    inside
}

fn edges(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> {
    (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()]))
}

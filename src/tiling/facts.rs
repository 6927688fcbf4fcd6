//! What tiles say of units that is computed from a version, once: areas and label points.
//!
//! A label point is the pole of inaccessibility of a unit's largest part: the point farthest from its border, found on
//! the original geometry in a plane where a metre is a metre both ways, and always inside.

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
    /// By unit: on the lattice; `None` for a unit that covers nothing.
    pub labels: Vec<Option<Point>>,
}

impl Facts {
    pub fn new(partition: &Partition) -> Self {
        let hierarchy = &partition.hierarchy;
        let mut labels = vec![None; hierarchy.units().len()];
        for level in 0..hierarchy.levels().count() as u8 {
            let parts = partition.coverage.dissolve(|owner| hierarchy.at_level(owner, level));
            let of_level: Vec<_> =
                parts.into_iter().filter(|&(unit, _)| hierarchy.unit(unit).level == level).collect();
            let found: Vec<(UnitIndex, Option<Point>)> =
                of_level.par_iter().map(|(unit, polygons)| (*unit, label(polygons))).collect();
            for (unit, at) in found {
                labels[unit as usize] = at;
            }
        }
        Self { areas: areas(partition, hierarchy), labels }
    }
}

fn areas(partition: &Partition, hierarchy: &Hierarchy) -> Vec<f64> {
    let of_leaf = |owner: usize| {
        let polygons = partition.coverage.polygons(Owner(owner as u32));
        polygons.iter().flat_map(Polygon::rings).map(ring_area_m2).sum::<f64>()
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

/// The label point of a unit's polygons.
pub(super) fn label(polygons: &[Polygon]) -> Option<Point> {
    let area = |p: &Polygon| p.rings().map(ring_area2).sum::<i128>();
    let largest = polygons.iter().rev().max_by_key(|p| area(p))?;
    let pole = pole(largest, area(largest)).filter(|&p| is_inside(largest, p));
    pole.or_else(|| on_some_row(largest)).or_else(|| largest.shell.first().copied())
}

/// The pole to within a fiftieth of the polygon's mean width, rounded to the lattice.
fn pole(polygon: &Polygon, area2: i128) -> Option<Point> {
    let Bounds { min, max } = Bounds::of(&polygon.shell);
    let middle = f64::from(min.y) / 2.0 + f64::from(max.y) / 2.0;
    let narrow = libm::cos(middle / 1e7 * std::f64::consts::PI / 180.0).max(1e-3);
    let plane = |p: &Point| Coord {
        x: (f64::from(p.x) - f64::from(min.x)) * narrow,
        y: f64::from(p.y) - f64::from(min.y),
    };
    let ring = |r: &[Point]| LineString::new(r.iter().chain(r.first()).map(plane).collect());
    let holes = polygon.holes.iter().map(|h| ring(h)).collect();
    let tolerance = libm::sqrt(area2 as f64 / 2.0 * narrow) / 50.0;
    let found = polylabel(&geo::Polygon::new(ring(&polygon.shell), holes), &tolerance.max(0.1)).ok()?;
    let (x, y) = (found.x() / narrow + f64::from(min.x), found.y() + f64::from(min.y));
    Some(Point::new(x.round() as i32, y.round() as i32))
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

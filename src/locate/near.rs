//! The points nearest to a place, by kind.

use std::collections::BTreeMap;

use rstar::RTree;
use rstar::primitives::GeomWithData;

use crate::crs::{LocalPlane, LonLat, Point};
use crate::unit::PointFeature;

/// A point found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// Its position in the list that the index was built from.
    pub index: usize,
    /// Metres to it.
    pub distance_m: f64,
}

type Entry = GeomWithData<[f64; 2], (u32, Point)>;

/// An R-tree of points for each kind. Its plane is the lattice with x narrowed to the points' middle latitude; what
/// it finds is measured again in metres, and the walk goes on until nothing nearer can come.
#[derive(Debug)]
pub struct NearPoints {
    by_kind: BTreeMap<String, RTree<Entry>>,
    narrowing: f64,
    latitudes: (i32, i32),
}

impl NearPoints {
    /// The index of a list of points.
    #[must_use]
    pub fn build(points: &[PointFeature]) -> Self {
        let south = points.iter().map(|p| p.at.y).min().unwrap_or(0);
        let north = points.iter().map(|p| p.at.y).max().unwrap_or(0);
        let narrowing = parallel(i64::midpoint(i64::from(south), i64::from(north)) as i32);
        let mut kinds: BTreeMap<&str, Vec<Entry>> = BTreeMap::new();
        for (i, p) in points.iter().enumerate() {
            let entry = Entry::new(flat(p.at, narrowing), (i as u32, p.at));
            kinds.entry(&p.kind).or_default().push(entry);
        }
        let by_kind = kinds.into_iter().map(|(kind, of)| (kind.to_owned(), RTree::bulk_load(of))).collect();
        Self { by_kind, narrowing, latitudes: (south, north) }
    }

    /// The kinds there are.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.by_kind.keys().map(String::as_str)
    }

    /// The `limit` points nearest to `p`, nearest first; of one kind, or of all.
    #[must_use]
    pub fn nearest(&self, p: Point, kind: Option<&str>, limit: usize) -> Vec<Near> {
        let plane = LocalPlane::at(LonLat::from_lattice(p));
        let trees = self.by_kind.iter().filter(|(k, _)| kind.is_none_or(|kind| kind == *k));
        let mut found: Vec<Near> = trees.flat_map(|(_, tree)| self.in_tree(tree, &plane, p, limit)).collect();
        found.sort_by(order);
        found.truncate(limit);
        found
    }

    fn in_tree(&self, tree: &RTree<Entry>, plane: &LocalPlane, p: Point, limit: usize) -> Vec<Near> {
        let mut found: Vec<Near> = Vec::new();
        let least = self.least_metres_per_unit(p);
        for (entry, squared) in tree.nearest_neighbor_iter_with_distance_2(&flat(p, self.narrowing)) {
            let worst = found.get(limit.wrapping_sub(1)).map_or(f64::INFINITY, |near| near.distance_m);
            if limit == 0 || squared.sqrt() * least > worst {
                break;
            }
            let (index, at) = entry.data;
            let near = Near { index: index as usize, distance_m: plane.distance_m(at) };
            let place = found.partition_point(|other| order(other, &near).is_lt());
            found.insert(place, near);
            found.truncate(limit);
        }
        found
    }

    /// The fewest metres that one unit of the tree's plane can be, seen from p: where parallels are shortest between p
    /// and any of the points.
    fn least_metres_per_unit(&self, p: Point) -> f64 {
        let ends = [p.y, self.latitudes.0, self.latitudes.1].map(parallel);
        let shortest = ends.into_iter().fold(1.0, f64::min) / self.narrowing;
        shortest.min(1.0) * LEAST_METRES_PER_UNIT
    }
}

/// A hundredth under a lattice unit's least length anywhere on the ellipsoid, 1.1057 cm.
const LEAST_METRES_PER_UNIT: f64 = 0.0109;

fn order(a: &Near, b: &Near) -> std::cmp::Ordering {
    a.distance_m.total_cmp(&b.distance_m).then(a.index.cmp(&b.index))
}

/// The length of a parallel against the equator's.
fn parallel(y: i32) -> f64 {
    libm::cos(LonLat::from_lattice(Point::new(0, y)).lat().to_radians()).max(1e-6)
}

fn flat(p: Point, narrowing: f64) -> [f64; 2] {
    [f64::from(p.x) * narrowing, f64::from(p.y)]
}

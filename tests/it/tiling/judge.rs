//! The judge: decodes tiles and checks them as coverages, exactly, in integers. The same questions as GEOS is asked by
//! `tests/judge`, and more: what layers of one tile say of each other.
//!
//! In a sound layer, any two edges are the same, share one end, or have nothing in common; an edge has one polygon on
//! one side, or one on each; and where it has one only, nobody is beyond it, or the tile's rim is.

use std::collections::{BTreeMap, BTreeSet};

use fast_mvt::{MvtGeometry, MvtReaderRef};
use wangge::coverage::Polygon;
use wangge::crs::Point;

pub type Edge = (Point, Point);

/// A decoded feature.
#[derive(Clone, Debug)]
pub struct Feature {
    pub id: u64,
    /// Rings as decoded, the first point not repeated; shells first.
    pub polygons: Vec<Polygon>,
    pub lines: Vec<Vec<Point>>,
    pub points: Vec<Point>,
}

/// A decoded layer.
#[derive(Clone, Debug)]
pub struct Layer {
    pub name: String,
    pub extent: i32,
    pub features: Vec<Feature>,
}

/// The layers of a tile.
pub fn decode(tile: &[u8]) -> Vec<Layer> {
    let reader = MvtReaderRef::new(tile).unwrap();
    let feature = |f: fast_mvt::MvtFeatureRef<'_>| {
        let mut feature =
            Feature { id: f.id().unwrap_or(0), polygons: vec![], lines: vec![], points: vec![] };
        let ring = |r: &fast_mvt::MvtLineString| {
            let points: Vec<Point> = r.0.iter().map(|c| Point::new(c.x, c.y)).collect();
            assert_eq!(points.first(), points.last());
            points[1..].to_vec()
        };
        let polygon = |p: &fast_mvt::MvtPolygon| Polygon {
            shell: ring(p.exterior()),
            holes: p.interiors().iter().map(ring).collect(),
        };
        let line = |l: &fast_mvt::MvtLineString| l.0.iter().map(|c| Point::new(c.x, c.y)).collect();
        match f.geometry().unwrap() {
            MvtGeometry::Polygon(p) => feature.polygons = vec![polygon(&p)],
            MvtGeometry::MultiPolygon(m) => feature.polygons = m.0.iter().map(polygon).collect(),
            MvtGeometry::LineString(l) => feature.lines = vec![line(&l)],
            MvtGeometry::MultiLineString(m) => feature.lines = m.0.iter().map(line).collect(),
            MvtGeometry::Point(p) => feature.points = vec![Point::new(p.x(), p.y())],
            other => panic!("unexpected geometry {other:?}"),
        }
        feature
    };
    reader
        .layers()
        .map(|l| Layer {
            name: l.name().to_owned(),
            extent: l.extent() as i32,
            features: l.features().map(feature).collect(),
        })
        .collect()
}

/// Checks that layers, taken together, are a sound coverage; gives the undirected edges inside the rim.
pub fn assert_coverage(layers: &[&Layer], case: &str) -> BTreeSet<Edge> {
    let mut directed: BTreeSet<Edge> = BTreeSet::new();
    for layer in layers {
        let ids: BTreeSet<u64> = layer.features.iter().map(|f| f.id).collect();
        assert_eq!(ids.len(), layer.features.len(), "{case}: a unit stands twice in {}", layer.name);
    }
    for feature in layers.iter().flat_map(|l| &l.features) {
        for polygon in &feature.polygons {
            assert_valid(polygon, case);
            for edge in polygon.rings().flat_map(edges) {
                assert!(directed.insert(edge), "{case}: two polygons on one side of {edge:?}");
            }
        }
    }
    let undirected: BTreeSet<Edge> = directed.iter().map(|&(a, b)| (a.min(b), a.max(b))).collect();
    assert_noded(&undirected, case);
    let Some(extent) = layers.first().map(|l| l.extent) else { return undirected };
    let rim = Rim { low: -extent / 64, high: extent + extent / 64 };
    let borders: Vec<Edge> = undirected.iter().copied().filter(|&e| !rim.holds(e)).collect();
    let all: Vec<Edge> = directed.iter().copied().collect();
    for &(a, b) in &all {
        assert!(rim.contains(a) && rim.contains(b), "{case}: {a:?} lies beyond the buffer");
        if !directed.contains(&(b, a)) && !rim.holds((a, b)) {
            assert_eq!(covers(&all, beside(a, b)), 0, "{case}: {a:?} {b:?} has an unmatched neighbour");
        }
        assert_eq!(covers(&all, beside(b, a)), 1, "{case}: not one polygon left of {a:?} {b:?}");
    }
    borders.into_iter().collect()
}

/// A valid polygon: simple rings, the shell positive, holes negative and inside it.
fn assert_valid(polygon: &Polygon, case: &str) {
    assert!(area2(&polygon.shell) > 0, "{case}: a shell turns the wrong way");
    for ring in polygon.rings() {
        assert!(ring.len() >= 3, "{case}: a ring of {} points", ring.len());
        let distinct: BTreeSet<Point> = ring.iter().copied().collect();
        assert_eq!(distinct.len(), ring.len(), "{case}: a ring meets a point twice");
    }
    for hole in &polygon.holes {
        assert!(area2(hole) < 0, "{case}: a hole turns the wrong way");
        let shell: Vec<Edge> = edges(&polygon.shell).collect();
        assert_eq!(
            covers(&shell, beside(hole[1], hole[0])),
            1,
            "{case}: a hole outside its shell: {polygon:?}"
        );
    }
    // The inside hangs together: rings that touch at points must not close a chain of touches.
    let mut joins: BTreeMap<Point, Vec<usize>> = BTreeMap::new();
    for (i, ring) in polygon.rings().enumerate() {
        for &p in ring {
            joins.entry(p).or_default().push(i);
        }
    }
    let mut set: Vec<usize> = (0..=polygon.holes.len()).collect();
    for rings in joins.values().filter(|r| r.len() > 1) {
        for pair in rings.windows(2) {
            let (a, b) = (root(&set, pair[0]), root(&set, pair[1]));
            assert_ne!(a, b, "{case}: holes cut the inside of a polygon in two");
            set[a] = b;
        }
    }
}

fn root(set: &[usize], mut i: usize) -> usize {
    while set[i] != i {
        i = set[i];
    }
    i
}

/// No two edges meet but at ends they share.
fn assert_noded(edges: &BTreeSet<Edge>, case: &str) {
    const CELL: i32 = 256;
    let mut bins: BTreeMap<(i32, i32), Vec<Edge>> = BTreeMap::new();
    for &(a, b) in edges {
        let range = |p: i32, q: i32| p.min(q).div_euclid(CELL)..=p.max(q).div_euclid(CELL);
        for x in range(a.x, b.x) {
            for y in range(a.y, b.y) {
                bins.entry((x, y)).or_default().push((a, b));
            }
        }
    }
    for bin in bins.values() {
        for (i, &e) in bin.iter().enumerate() {
            for &f in &bin[i + 1..] {
                assert!(!meet_badly(e, f), "{case}: {e:?} and {f:?} meet but at a shared end");
            }
        }
    }
}

fn meet_badly((a, b): Edge, (c, d): Edge) -> bool {
    let on = |a: Point, b: Point, p: Point| {
        cross(a, b, p) == 0
            && p != a
            && p != b
            && (a.x.min(b.x)..=a.x.max(b.x)).contains(&p.x)
            && (a.y.min(b.y)..=a.y.max(b.y)).contains(&p.y)
    };
    if on(a, b, c) || on(a, b, d) || on(c, d, a) || on(c, d, b) {
        return true;
    }
    let opposite = |p: i64, q: i64| (p > 0 && q < 0) || (p < 0 && q > 0);
    opposite(cross(a, b, c), cross(a, b, d)) && opposite(cross(c, d, a), cross(c, d, b))
}

struct Rim {
    low: i32,
    high: i32,
}

impl Rim {
    fn holds(&self, (a, b): Edge) -> bool {
        [self.low, self.high].iter().any(|&v| (a.x == v && b.x == v) || (a.y == v && b.y == v))
    }

    fn contains(&self, p: Point) -> bool {
        [p.x, p.y].iter().all(|v| (self.low..=self.high).contains(v))
    }
}

/// A place a hair to the right of the middle of a → b (the left is where cross is positive), in units of 2^-30.
fn beside(a: Point, b: Point) -> (i128, i128) {
    let middle = |p: i32, q: i32| (i128::from(p) + i128::from(q)) << 29;
    (middle(a.x, b.x) + i128::from(b.y - a.y), middle(a.y, b.y) - i128::from(b.x - a.x))
}

/// How often directed edges, with their polygons on the left, go round a place.
fn covers(edges: &[Edge], (x, y): (i128, i128)) -> i32 {
    let fine = |v: i32| i128::from(v) << 30;
    let mut winding = 0;
    for &(a, b) in edges {
        if (fine(a.y) <= y) != (fine(b.y) <= y) {
            let side = i128::from(b.x - a.x) * (y - fine(a.y)) - i128::from(b.y - a.y) * (x - fine(a.x));
            if b.y > a.y && side > 0 {
                winding += 1;
            } else if b.y < a.y && side < 0 {
                winding -= 1;
            }
        }
    }
    winding
}

pub fn edges(ring: &[Point]) -> impl Iterator<Item = Edge> {
    (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()]))
}

fn area2(ring: &[Point]) -> i64 {
    edges(ring).map(|(a, b)| i64::from(a.x) * i64::from(b.y) - i64::from(a.y) * i64::from(b.x)).sum()
}

fn cross(a: Point, b: Point, c: Point) -> i64 {
    i64::from(b.x - a.x) * i64::from(c.y - a.y) - i64::from(b.y - a.y) * i64::from(c.x - a.x)
}

/// The area of polygons (world points) inside the square from `min` with `side`, in square units.
pub fn area_inside(polygons: &[Polygon], min: Point, side: f64) -> f64 {
    let local = |p: &Point| (f64::from(p.x) - f64::from(min.x), f64::from(p.y) - f64::from(min.y));
    let rings = polygons.iter().flat_map(Polygon::rings);
    rings.map(|ring| clipped_area(ring.iter().map(local).collect(), side)).sum()
}

/// Sutherland and Hodgman; what it leaves along the square's sides has no area.
fn clipped_area(mut ring: Vec<(f64, f64)>, side: f64) -> f64 {
    type Inside = fn((f64, f64), f64) -> f64;
    let planes: [Inside; 4] = [|p, _| p.0, |p, s| s - p.0, |p, _| p.1, |p, s| s - p.1];
    for plane in planes {
        let mut kept = Vec::with_capacity(ring.len() + 4);
        for i in 0..ring.len() {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            let (da, db) = (plane(a, side), plane(b, side));
            if da >= 0.0 {
                kept.push(a);
            }
            if (da >= 0.0) != (db >= 0.0) {
                let t = da / (da - db);
                kept.push((a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1)));
            }
        }
        ring = kept;
    }
    (0..ring.len())
        .map(|i| (ring[i], ring[(i + 1) % ring.len()]))
        .map(|(a, b)| (a.0 * b.1 - a.1 * b.0) / 2.0)
        .sum::<f64>()
}

/// How far a point lies from a segment.
pub fn distance(p: Point, (a, b): Edge) -> f64 {
    let part = |v: i32, from: i32| f64::from(v) - f64::from(from);
    let (dx, dy) = (part(b.x, a.x), part(b.y, a.y));
    let t = (part(p.x, a.x) * dx + part(p.y, a.y) * dy) / (dx * dx + dy * dy);
    let t = t.clamp(0.0, 1.0);
    (part(p.x, a.x) - t * dx).hypot(part(p.y, a.y) - t * dy)
}

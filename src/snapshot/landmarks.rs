//! What people name in a call and is neither a unit nor a point: voids and the background's lines, one for each name.
//!
//! ```text
//! voids   射阳河          ─┐
//! canals  射阳河          ─┴─ 射阳河     the void and the line down its middle are one thing
//! roads   228国道 × 3     ─── 228国道    a road in three pieces is one road
//! ```
//!
//! A landmark's point lies on it, as near as can be to the middle of its box. Lines of one name in two layers are two
//! things, of which a void of that name is the longer.

use std::collections::BTreeMap;

use crate::coverage::Partition;
use crate::crs::{Bounds, Point, Polygon};
use crate::locate::Locator;
use crate::unit::{LineFeature, Owner, Uid, UnitIndex};

/// A void or a line with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Landmark {
    /// What it is called.
    pub name: String,
    /// The void it is; of several of one name the first.
    pub void: Option<Uid>,
    /// Layer and kind of its line, the longest piece's.
    pub line: Option<(String, String)>,
    /// A point on it, near its middle.
    pub at: Point,
    /// On the lattice.
    pub bounds: Bounds,
    /// The leaves it touches, by index.
    pub touches: Vec<UnitIndex>,
}

/// The landmarks of a version, voids first, then by name.
#[must_use]
pub fn landmarks(partition: &Partition, lines: &[LineFeature], locator: &Locator) -> Vec<Landmark> {
    let mut found = Vec::new();
    for (name, mut shapes) in gather(partition, lines) {
        let void = shapes.voids.first().map(|&(uid, _)| uid);
        let areas: Vec<Polygon> = shapes.voids.drain(..).flat_map(|(_, polygons)| polygons).collect();
        let mut layers: Vec<Layer> = shapes.layers.into_values().collect();
        layers.sort_by(|a, b| b.length.total_cmp(&a.length));
        let mut layers = layers.into_iter();
        if let Some(uid) = void {
            found.push(landmark(name, Some(uid), &areas, layers.next().as_ref()));
        }
        found.extend(layers.map(|layer| landmark(name, None, &[], Some(&layer))));
    }
    found.sort_by_key(|(landmark, _)| landmark.void.is_none());
    for (landmark, points) in &mut found {
        landmark.touches = touched(partition, locator, points);
    }
    found.into_iter().map(|(landmark, _)| landmark).collect()
}

/// What bears one name.
#[derive(Default)]
struct Shapes<'a> {
    voids: Vec<(Uid, Vec<Polygon>)>,
    layers: BTreeMap<&'a str, Layer<'a>>,
}

/// The lines of one name and layer.
#[derive(Default)]
struct Layer<'a> {
    lines: Vec<&'a LineFeature>,
    /// Of all of them.
    length: f64,
    longest: f64,
    kind: &'a str,
}

fn gather<'a>(partition: &'a Partition, lines: &'a [LineFeature]) -> BTreeMap<&'a str, Shapes<'a>> {
    let mut shapes: BTreeMap<&str, Shapes> = BTreeMap::new();
    let leaves = partition.hierarchy.leaves().len() as u32;
    for (owner, void) in (leaves..).zip(partition.hierarchy.voids()) {
        let polygons = partition.coverage.polygons(Owner(owner));
        shapes.entry(void.name.trim()).or_default().voids.push((void.uid, polygons));
    }
    for line in lines {
        let layer = shapes.entry(line.name.trim()).or_default().layers.entry(&line.layer).or_default();
        let length = line.points.windows(2).map(|w| distance2(w[0], w[1]).sqrt()).sum();
        if layer.lines.is_empty() || length > layer.longest {
            (layer.longest, layer.kind) = (length, &line.kind);
        }
        layer.length += length;
        layer.lines.push(line);
    }
    shapes.remove("");
    shapes
}

/// A landmark, and its vertices.
fn landmark(
    name: &str,
    void: Option<Uid>,
    areas: &[Polygon],
    layer: Option<&Layer>,
) -> (Landmark, Vec<Point>) {
    let lines = layer.map_or(&[][..], |layer| &layer.lines);
    let rings = areas.iter().flat_map(Polygon::rings).flatten();
    let points: Vec<Point> = rings.chain(lines.iter().flat_map(|line| &line.points)).copied().collect();
    let bounds = Bounds::of(&points);
    let middle = halfway(bounds.min, bounds.max);
    let inside = areas.iter().flat_map(|area| amid(area, middle));
    let on = lines.iter().flat_map(|line| line.points.windows(2)).map(|w| nearest(w[0], w[1], middle));
    // Of a void a point within it: its line may leave it.
    let candidates: Vec<Point> = if areas.is_empty() { on.collect() } else { inside.collect() };
    let at = nearest_of(candidates, middle).or(points.first().copied()).unwrap_or_default();
    let line = layer.map(|layer| (layer.lines[0].layer.clone(), layer.kind.to_owned()));
    (Landmark { name: name.to_owned(), void, line, at, bounds, touches: Vec::new() }, points)
}

/// The leaves that some points lie in, each once.
fn touched(partition: &Partition, locator: &Locator, points: &[Point]) -> Vec<UnitIndex> {
    let mut owners = vec![Owner::OUTSIDE; points.len()];
    locator.owners_into(points, &mut owners);
    owners.sort_unstable();
    owners.dedup();
    owners.into_iter().filter_map(|owner| partition.hierarchy.leaf(owner)).collect()
}

/// Points amid a polygon near `middle`: each has as much of it to the north as to the south, or to the west as to the
/// east, and lay so the other way too before the last step.
fn amid(area: &Polygon, middle: Point) -> Vec<Point> {
    let level = across(area, middle).into_iter().filter_map(|p| nearest_of(down(area, p), p));
    let upright = down(area, middle).into_iter().filter_map(|p| nearest_of(across(area, p), p));
    level.chain(upright).collect()
}

fn nearest_of(points: Vec<Point>, p: Point) -> Option<Point> {
    points.into_iter().min_by(|&a, &b| distance2(a, p).total_cmp(&distance2(b, p)).then(a.cmp(&b)))
}

/// Where the parallel through `middle` runs within a polygon: the middle of each run; through the polygon's own middle
/// where that parallel misses it.
fn across(area: &Polygon, middle: Point) -> Vec<Point> {
    let bounds = Bounds::of(&area.shell);
    let y = if (bounds.min.y..bounds.max.y).contains(&middle.y) {
        middle.y
    } else {
        halfway(bounds.min, bounds.max).y
    };
    let mut crossings: Vec<i32> = area.rings().flat_map(|ring| crossings(ring, y)).collect();
    crossings.sort_unstable();
    crossings.chunks_exact(2).map(|run| halfway(Point::new(run[0], y), Point::new(run[1], y))).collect()
}

/// The same along the meridian.
fn down(area: &Polygon, middle: Point) -> Vec<Point> {
    let turn = |p: &Point| Point::new(p.y, p.x);
    let turned = |ring: &Vec<Point>| ring.iter().map(turn).collect();
    let turned = Polygon { shell: turned(&area.shell), holes: area.holes.iter().map(turned).collect() };
    across(&turned, turn(&middle)).iter().map(turn).collect()
}

/// Where a ring crosses the line between `y` and the next.
fn crossings(ring: &[Point], y: i32) -> impl Iterator<Item = i32> {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).filter(move |(a, b)| (a.y <= y) != (b.y <= y)).map(move |(a, b)| {
        let share = (f64::from(y) - f64::from(a.y)) / (f64::from(b.y) - f64::from(a.y));
        (f64::from(a.x) + share * (f64::from(b.x) - f64::from(a.x))).round() as i32
    })
}

/// The point of a segment that is nearest to `p`.
fn nearest(a: Point, b: Point, p: Point) -> Point {
    let shrink = narrowing(p);
    let (ux, uy) = ((f64::from(b.x) - f64::from(a.x)) * shrink, f64::from(b.y) - f64::from(a.y));
    let (vx, vy) = ((f64::from(p.x) - f64::from(a.x)) * shrink, f64::from(p.y) - f64::from(a.y));
    let length2 = ux * ux + uy * uy;
    let share = if length2 > 0.0 { ((ux * vx + uy * vy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    let along =
        |from: i32, to: i32| (f64::from(from) + share * (f64::from(to) - f64::from(from))).round() as i32;
    Point::new(along(a.x, b.x), along(a.y, b.y))
}

/// Square of the distance, in units of the lattice along a meridian.
fn distance2(a: Point, b: Point) -> f64 {
    let (x, y) = ((f64::from(a.x) - f64::from(b.x)) * narrowing(b), f64::from(a.y) - f64::from(b.y));
    x * x + y * y
}

/// How much shorter a degree is along the parallel of a point than along the meridian.
fn narrowing(p: Point) -> f64 {
    libm::cos((f64::from(p.y) / 1e7).to_radians())
}

fn halfway(a: Point, b: Point) -> Point {
    let half = |p: i32, q: i32| i64::midpoint(p.into(), q.into()) as i32;
    Point::new(half(a.x, b.x), half(a.y, b.y))
}

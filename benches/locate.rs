//! Which grid is a point in: one lookup and a batch, beside an R-tree with geo's `Contains` and with its prepared
//! geometries, on a county's 3,721 grids of 68 vertices in the same run. Ours looks up 500,000 points, so that no cache
//! holds what it needs; the peers the first 10,000 of them. Compare the throughputs.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use geo::{Contains, LineString, PreparedGeometry, Relate};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::hint::black_box;
use wangge::coverage::{Coverage, Polygon};
use wangge::crs::Point;
use wangge::locate::{Locator, UnitTree};
use wangge::unit::Owner;

/// Grids a side, lattice units a grid (780 m by 930 m), vertices a grid's side.
const GRIDS: i32 = 61;
const SIDE: i32 = 84_000;
const STEPS: i32 = 17;
const ORIGIN: (i32, i32) = (1_198_000_000, 335_000_000);
const POINTS: usize = 500_000;
const PEERS_POINTS: usize = 10_000;

/// Grids whose borders wander by a fifth of a step.
fn board() -> Vec<Vec<Polygon>> {
    let step = SIDE / STEPS;
    let wander = |i: i32, j: i32| {
        let hash = |a: i64, b: i64| ((i64::from(i) * a) ^ (i64::from(j) * b)).rem_euclid(2001) as i32 - 1000;
        let (dx, dy) = (hash(73_856_093, 19_349_663), hash(83_492_791, 56_598_313));
        Point::new(ORIGIN.0 + i * step + dx, ORIGIN.1 + j * step + dy)
    };
    let shape = |n: i32| {
        let (i, j) = (n % GRIDS * STEPS, n / GRIDS * STEPS);
        let south = (0..STEPS).map(|s| wander(i + s, j));
        let east = (0..STEPS).map(|s| wander(i + STEPS, j + s));
        let north = (0..STEPS).map(|s| wander(i + STEPS - s, j + STEPS));
        let west = (0..STEPS).map(|s| wander(i, j + STEPS - s));
        vec![Polygon { shell: south.chain(east).chain(north).chain(west).collect(), holes: vec![] }]
    };
    (0..GRIDS * GRIDS).map(shape).collect()
}

fn uniform(rng: &mut ChaCha8Rng) -> Vec<Point> {
    let mut v = |origin: i32| origin + rng.random_range(0..GRIDS * SIDE);
    (0..POINTS).map(|_| Point::new(v(ORIGIN.0), v(ORIGIN.1))).collect()
}

const SEATS: usize = 40;

/// Around the seats, most within a kilometre, in no order.
fn clustered(rng: &mut ChaCha8Rng) -> Vec<Point> {
    let seats: Vec<Point> = uniform(rng).into_iter().take(SEATS).collect();
    let mut near = |v: i32| v + (0..6).map(|_| rng.random_range(-60_000..60_000)).sum::<i32>();
    (0..POINTS)
        .map(|i| Point::new(near(seats[i * 7919 % SEATS].x), near(seats[i * 7919 % SEATS].y)))
        .collect()
}

/// The usual way: boxes in an R-tree, then point in polygon in doubles.
struct Usual {
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    polygons: Vec<geo::Polygon>,
    prepared: Vec<PreparedGeometry<'static, geo::Polygon>>,
}

fn place(p: Point) -> (f64, f64) {
    (f64::from(p.x) / 1e7, f64::from(p.y) / 1e7)
}

impl Usual {
    fn of(shapes: &[Vec<Polygon>]) -> Self {
        let ring = |s: &Vec<Polygon>| s[0].shell.iter().map(|&p| place(p)).collect::<LineString>();
        let polygons: Vec<geo::Polygon> = shapes.iter().map(|s| geo::Polygon::new(ring(s), vec![])).collect();
        let entry = |(i, p): (usize, &geo::Polygon)| {
            let corners = p.exterior().coords().map(|c| [c.x, c.y]);
            let around = AABB::from_points(corners.collect::<Vec<_>>().iter());
            GeomWithData::new(Rectangle::from_aabb(around), i)
        };
        let tree = RTree::bulk_load(polygons.iter().enumerate().map(entry).collect());
        let prepared = polygons.iter().cloned().map(PreparedGeometry::from).collect();
        Self { tree, polygons, prepared }
    }

    fn find(&self, p: Point, holds: impl Fn(usize, &geo::Point) -> bool) -> Option<usize> {
        let (x, y) = place(p);
        let point = geo::Point::new(x, y);
        self.tree.locate_all_at_point(&[x, y]).map(|e| e.data).find(|&i| holds(i, &point))
    }
}

fn locate(c: &mut Criterion) {
    let shapes = board();
    let coverage = Coverage::build(&shapes, 0).expect("the board is a coverage").coverage;
    let (locator, usual) = (Locator::build(&coverage, shapes.len()), Usual::of(&shapes));
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for (name, points) in [("uniform", uniform(&mut rng)), ("clustered", clustered(&mut rng))] {
        let mut group = c.benchmark_group(format!("locate, {name}"));
        group.throughput(Throughput::Elements(POINTS as u64));
        group.bench_function("one by one", |b| {
            b.iter(|| points.iter().map(|&p| u64::from(locator.owner(black_box(p)).0)).sum::<u64>());
        });
        let mut owners = vec![Owner::OUTSIDE; POINTS];
        group.bench_function("batch", |b| b.iter(|| locator.owners_into(&points, black_box(&mut owners))));
        let few = &points[..PEERS_POINTS];
        group.throughput(Throughput::Elements(PEERS_POINTS as u64)).sample_size(10);
        group.bench_function("border", |b| {
            b.iter(|| few.iter().filter_map(|&p| locator.border(p)).map(|b| b.distance_m).sum::<f64>());
        });
        group.bench_function("rstar + geo Contains", |b| {
            let find = |&p: &Point| usual.find(p, |i, point| usual.polygons[i].contains(point));
            b.iter(|| few.iter().filter_map(find).sum::<usize>());
        });
        group.bench_function("rstar + geo PreparedGeometry", |b| {
            let find = |&p: &Point| usual.find(p, |i, point| usual.prepared[i].relate(point).is_contains());
            b.iter(|| few.iter().filter_map(find).sum::<usize>());
        });
    }
    let mut group = c.benchmark_group("locate, build");
    group.sample_size(20);
    group.bench_function("Locator", |b| b.iter(|| Locator::build(&coverage, shapes.len())));
    group.bench_function("UnitTree", |b| b.iter(|| UnitTree::build(&coverage)));
}

criterion_group!(benches, locate);
criterion_main!(benches);

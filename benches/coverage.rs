//! Building a coverage of a county's size from its polygons, and rounding it to the pixel grid of a zoom.

use criterion::{Criterion, criterion_group, criterion_main};
use wangge::coverage::arrangement::{Lines, Segment, snap_round};
use wangge::coverage::{Coverage, Polygon};
use wangge::crs::{Point, lattice_to_world};

/// 60 × 60 cells of 64 vertices each, 400 m a side.
fn board() -> Vec<Vec<Polygon>> {
    let (side, steps) = (40_000, 16);
    let wiggle = |x: i32, y: i32| {
        let h = ((i64::from(x) * 73_856_093) ^ (i64::from(y) * 19_349_663)).rem_euclid(2001) as i32 - 1000;
        Point::new(1_199_000_000 + x + h, 335_000_000 + y - h / 2)
    };
    let mut shapes = Vec::new();
    for (cx, cy) in (0..3600).map(|i| (i % 60 * side, i / 60 * side)) {
        let step = side / steps;
        let south = (0..steps).map(|i| wiggle(cx + i * step, cy));
        let east = (0..steps).map(|i| wiggle(cx + side, cy + i * step));
        let north = (0..steps).map(|i| wiggle(cx + side - i * step, cy + side));
        let west = (0..steps).map(|i| wiggle(cx, cy + side - i * step));
        shapes.push(vec![Polygon {
            shell: south.chain(east).chain(north).chain(west).collect(),
            holes: vec![],
        }]);
    }
    shapes
}

fn coverage(c: &mut Criterion) {
    let shapes = board();
    let built = Coverage::build(&shapes, 2).expect("the board is a coverage").coverage;
    let mut group = c.benchmark_group("coverage");
    group.sample_size(10);
    group.bench_function("build from polygons", |b| b.iter(|| Coverage::build(&shapes, 2)));
    group.bench_function("reassemble what was saved", |b| b.iter(|| Coverage::reassemble(&shapes)));
    // The world's y runs south, so sides change places.
    let segments: Vec<Segment> = built
        .arcs()
        .flat_map(|arc| {
            arc.points.windows(2).map(move |w| Segment {
                a: lattice_to_world(w[0]),
                b: lattice_to_world(w[1]),
                left: arc.right,
                right: arc.left,
            })
        })
        .collect();
    for zoom in [8, 14] {
        let lines = Some(Lines { every: 4096, offset: 64 });
        group.bench_function(format!("snap-round every vertex at z{zoom}"), |b| {
            b.iter(|| snap_round(&segments, 20 - zoom, lines));
        });
    }
    group.finish();
}

criterion_group!(benches, coverage);
criterion_main!(benches);

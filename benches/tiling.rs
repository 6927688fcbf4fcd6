//! The demo county made ready to serve: what each zoom costs to build, and a tile with its zoom built before.
//!
//! "mean" draws every tile of the zoom that the county's box meets, one after another; its throughput is tiles a
//! second of one thread. "largest" is the zoom's tile of most bytes alone.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use wangge::coverage::Partition;
use wangge::crs::{Bounds, TileId, lattice_to_world};
use wangge::exchange;
use wangge::snapshot::{Features, READY_ZOOM, Snapshot};
use wangge::synth::{self, Recipe};
use wangge::tiling::{Plane, Tileset, Zooms};

fn demo() -> Partition {
    let outline = include_str!("../data/sheyang_outline_schematic.geojson");
    let outline = exchange::outline_from("outline", outline).expect("the demo's own outline");
    let units = exchange::seed_units_from("units", include_str!("../data/units.csv")).expect("its own units");
    synth::county(&Recipe::new(1, 3_689, &outline, &units)).expect("the demo county").partition
}

fn snapshot(partition: &Partition) -> Snapshot {
    let zooms = Zooms::choose(partition);
    Snapshot::new(1, Arc::new(partition.clone()), zooms, Arc::new(Features::default()))
}

/// The tiles of a zoom that a box on the lattice meets.
fn tiles(bounds: Bounds, z: u8) -> Vec<TileId> {
    let [a, b] = [bounds.min, bounds.max].map(|p| TileId::at(lattice_to_world(p), z));
    let columns = a.x()..=b.x();
    // Tiles count southwards, the lattice northwards.
    let tile = |x, y| TileId::new(z, x, y).expect("between two tiles of the zoom");
    columns.flat_map(|x| (b.y()..=a.y()).map(move |y| tile(x, y))).collect()
}

fn tiling(c: &mut Criterion) {
    let partition = demo();
    let mut group = c.benchmark_group("snapshot");
    group.sample_size(10);
    group.bench_function("ready: locator and zooms to 8", |b| {
        b.iter_batched(|| snapshot(&partition), |s| s.make_ready(), BatchSize::PerIteration);
    });
    group.bench_function("everything else", |b| {
        let ready = || {
            let snapshot = snapshot(&partition);
            snapshot.make_ready();
            snapshot
        };
        b.iter_batched(ready, |s| s.build_the_rest(|| true), BatchSize::PerIteration);
    });
    for z in [READY_ZOOM, 10, 12, 14] {
        group.bench_function(format!("zoom {z} alone"), |b| {
            let weighed = || {
                let snapshot = snapshot(&partition);
                // One zoom weighs the arcs for all that show the same levels.
                snapshot.atlas().prepare(Plane::Wgs84, z + 1);
                snapshot
            };
            let build = |s: Snapshot| s.atlas().prepare(Plane::Wgs84, z);
            b.iter_batched(weighed, build, BatchSize::PerIteration);
        });
    }
    group.finish();

    let snapshot = snapshot(&partition);
    snapshot.make_ready();
    snapshot.build_the_rest(|| true);
    let bounds = partition.bounds();
    for tileset in Tileset::built_in().iter().filter(|t| ["county", "grids"].contains(&t.name())) {
        let mut group = c.benchmark_group(format!("cold tiles of {}", tileset.name()));
        group.sample_size(20);
        let draw = |tile: TileId| snapshot.atlas().tile(tileset, tile, Plane::Wgs84);
        let first = if tileset.name() == "county" { 7 } else { READY_ZOOM };
        for z in first..=14 {
            let all = tiles(bounds, z);
            let size = |tile: &&TileId| draw(**tile).map_or(0, |bytes| bytes.len());
            let largest = *all.iter().max_by_key(size).expect("the county is somewhere");
            let kb = size(&&largest) / 1024;
            group.throughput(Throughput::Elements(all.len() as u64));
            group.bench_function(format!("z{z}, mean of {}", all.len()), |b| {
                b.iter(|| all.iter().for_each(|&tile| drop(black_box(draw(tile)))));
            });
            group.throughput(Throughput::Elements(1));
            group.bench_function(format!("z{z}, largest ({kb} KB)"), |b| b.iter(|| draw(black_box(largest))));
        }
        group.finish();
    }
}

criterion_group!(benches, tiling);
criterion_main!(benches);

//! Which tiles two versions do not share, against every tile drawn in both.

use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::coverage::{Coverage, Partition, Polygon};
use wangge::crs::Point;
use wangge::tiling::{Atlas, LAST_ZOOM, Plane, Tileset, Zooms, differences, touched};
use wangge::unit::Owner;

use super::partitions::{Recipe, partition};
use super::{atlas, tiles};
use crate::fixture::{changed, nine};
use crate::rounds;

fn shapes(partition: &Partition) -> Vec<Vec<Polygon>> {
    (0..partition.hierarchy.owner_count() as u32).map(|o| partition.coverage.polygons(Owner(o))).collect()
}

fn rebuilt(partition: &Partition, shapes: &[Vec<Polygon>]) -> Option<Partition> {
    let coverage = Coverage::build(shapes, 0).ok()?.coverage;
    Some(Partition { hierarchy: partition.hierarchy.clone(), coverage })
}

/// One vertex moved a little, for all that have it.
fn nudged(partition: &Partition, rng: &mut ChaCha8Rng) -> Partition {
    loop {
        let mut shapes = shapes(partition);
        let owner = rng.random_range(0..shapes.len());
        let shell = &shapes[owner][0].shell;
        let from = shell[rng.random_range(0..shell.len())];
        let mut off = || rng.random_range(-3000..3000);
        let to = Point::new(from.x + off(), from.y + off());
        for polygon in shapes.iter_mut().flatten() {
            for ring in std::iter::once(&mut polygon.shell).chain(&mut polygon.holes) {
                ring.iter_mut().filter(|p| **p == from).for_each(|p| *p = to);
            }
        }
        if let Some(moved) = rebuilt(partition, &shapes) {
            return moved;
        }
    }
}

/// Two leaves in each other's place.
fn swapped(partition: &Partition, rng: &mut ChaCha8Rng) -> Partition {
    let mut shapes = shapes(partition);
    let leaves = partition.hierarchy.leaves().len();
    shapes.swap(rng.random_range(0..leaves), rng.random_range(0..leaves));
    rebuilt(partition, &shapes).unwrap()
}

fn renamed(partition: &Partition, rng: &mut ChaCha8Rng) -> Partition {
    let units = partition.hierarchy.units();
    let uid = units[rng.random_range(0..units.len())].uid;
    changed(partition, |unit| {
        if unit.uid == uid {
            unit.name.push('新');
        }
    })
}

/// Tiles of both planes that differ, tiles named, all tiles; fails where one that differs is not named.
fn count(before: &Partition, after: &Partition, what: &str) -> [usize; 3] {
    let of = |plane| count_in(plane, before, after, &format!("{what} {plane:?}"));
    let [wgs84, gcj02] = Plane::ALL.map(of);
    [0, 1, 2].map(|i| wgs84[i] + gcj02[i])
}

fn count_in(plane: Plane, before: &Partition, after: &Partition, what: &str) -> [usize; 3] {
    let zooms = Zooms::choose(before);
    let (old, new) = (Arc::new(before.clone()), Arc::new(after.clone()));
    let (old_tiles, new_tiles) = (atlas(&old, zooms.clone()), atlas(&new, zooms));
    let differences = differences(&old_tiles, &new_tiles);
    let named = touched(&old_tiles, &new_tiles, &differences, plane).unwrap();
    let tilesets: Vec<Tileset> =
        Tileset::built_in().into_iter().filter(|t| ["county", "grids"].contains(&t.name())).collect();
    let mut counts = [0; 3];
    for z in 0..=LAST_ZOOM {
        let mut all = tiles(before, plane, z);
        all.extend(tiles(after, plane, z));
        all.sort_unstable();
        all.dedup();
        for tile in all {
            let differs =
                tilesets.iter().any(|t| old_tiles.tile(t, tile, plane) != new_tiles.tile(t, tile, plane));
            assert!(!differs || named.contains(tile), "{what}: {tile:?} differs and is not named");
            counts[0] += usize::from(differs);
            counts[1] += usize::from(named.contains(tile));
            counts[2] += 1;
        }
    }
    counts
}

#[test]
fn no_tile_that_differs_is_left_out_and_few_are_named_in_vain() {
    let mut sum = [0; 3];
    for seed in 0..rounds(3, 60) as u64 {
        let recipe = Recipe { seed, cells: (8, 8), ..Recipe::default() };
        let before = partition(&recipe);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for (what, change) in [
            ("nudged", nudged as fn(&Partition, &mut ChaCha8Rng) -> Partition),
            ("swapped", swapped),
            ("renamed", renamed),
        ] {
            let after = change(&before, &mut rng);
            let counts = count(&before, &after, &format!("{what} {seed}"));
            for (sum, n) in sum.iter_mut().zip(counts) {
                *sum += n;
            }
        }
    }
    let [differ, named, all] = sum;
    assert!(named <= 2 * differ && named < all / 2, "{differ} of {all} differ, {named} are named");
}

#[test]
fn tiles_made_from_another_versions_are_as_those_made_anew() {
    for seed in 0..rounds(2, 40) as u64 {
        let mut before =
            Arc::new(partition(&Recipe { seed, cells: (22, 22), depth: 2, ..Recipe::default() }));
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let zooms = Zooms::choose(&before);
        let mut drawn = atlas(&before, zooms.clone());
        for change in [nudged, swapped, renamed, nudged] as [fn(&Partition, &mut ChaCha8Rng) -> Partition; 4]
        {
            for plane in Plane::ALL {
                (0..=LAST_ZOOM).for_each(|z| drawn.prepare(plane, z));
            }
            let _built = drawn.label(0);
            let after = Arc::new(change(&before, &mut rng));
            let next = Atlas::after(&drawn, Arc::clone(&after), Arc::default());
            let anew = atlas(&after, zooms.clone());
            for plane in Plane::ALL {
                for z in [0, 4, 6, 8, 10, 12] {
                    for tile in tiles(&after, plane, z) {
                        let bytes = |atlas: &Atlas| atlas.tile(&super::tileset("county"), tile, plane);
                        assert_eq!(bytes(&next), bytes(&anew), "seed {seed}, {tile:?} {plane:?}");
                    }
                }
            }
            for unit in 0..after.hierarchy.units().len() as u32 {
                assert_eq!(next.label(unit), anew.label(unit));
                assert_eq!(next.area_m2(unit).to_bits(), anew.area_m2(unit).to_bits());
            }
            (before, drawn) = (after, next);
        }
    }
}

#[test]
fn a_version_that_changes_nothing_touches_nothing() {
    let nine = nine();
    assert_eq!(count(&nine, &nine, "same")[1], 0);
}

#[test]
fn other_zooms_make_every_tile_another_one() {
    let nine = Arc::new(nine());
    let before = atlas(&nine, Zooms::choose(&nine));
    let after = atlas(&nine, Zooms::choose_with(&nine, &[None, Some(3)]));
    assert_eq!(touched(&before, &after, &[], Plane::Wgs84), None);
}

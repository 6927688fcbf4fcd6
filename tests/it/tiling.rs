//! Tiles: named small cases, and a judge over random partitions that decodes every tile and checks it as a coverage.

mod judge;
mod partitions;
mod touched;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fast_mvt::{MvtGeometry, MvtReaderRef};
use wangge::coverage::{Coverage, Partition, Polygon};
use wangge::crs::{Point, TileId};
use wangge::tiling::{Atlas, Plane, Surroundings, Tileset, Zooms};
use wangge::unit::{Attributes, Code, Hierarchy, Levels, Uid, Unit};

use crate::fixture::{ORIGIN, Of, SIDE, drawn};
use crate::rounds;
use partitions::{Recipe, partition};

fn tileset(name: &str) -> Tileset {
    Tileset::built_in().into_iter().find(|t| t.name() == name).unwrap()
}

fn atlas(partition: &Arc<Partition>, zooms: Zooms) -> Atlas {
    Atlas::new(Arc::clone(partition), zooms, Arc::new(Surroundings::default()))
}

/// A partition of two levels from rings in metres-like lattice units, one grid each.
fn grids(rings: &[&[(i32, i32)]]) -> Partition {
    let unit = |uid, code: &str, level| Unit {
        uid: Uid(uid),
        code: Code::new(code).unwrap(),
        name: format!("unit {uid}"),
        level,
        tint: 0,
        attributes: Attributes::default(),
    };
    let levels: Levels = "town:3,grid:6".parse().unwrap();
    let mut units = vec![unit(1, "100", 0)];
    units.extend((0..rings.len()).map(|i| unit(2 + i as u32, &format!("100{:03}", i + 1), 1)));
    let hierarchy = Hierarchy::new(levels, units, vec![]).unwrap();
    let shape = |ring: &&[(i32, i32)]| {
        let shell = ring.iter().map(|&(x, y)| Point::new(1_202_000_000 + x, 337_000_000 + y)).collect();
        vec![Polygon { shell, holes: vec![] }]
    };
    let shapes: Vec<_> = rings.iter().map(shape).collect();
    Partition { hierarchy, coverage: Coverage::build(&shapes, 2).unwrap().coverage }
}

/// The undirected edges of each decoded feature of a layer.
fn edges(tile: &[u8], layer: &str) -> Vec<BTreeSet<[(i32, i32); 2]>> {
    let reader = MvtReaderRef::new(tile).unwrap();
    let layer = reader.layers().find(|l| l.name() == layer).unwrap();
    let of_feature = |geometry: MvtGeometry| {
        let polygons = match geometry {
            MvtGeometry::Polygon(p) => vec![p],
            MvtGeometry::MultiPolygon(m) => m.0,
            other => panic!("a polygon was expected, {other:?} found"),
        };
        let rings = polygons.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
        rings
            .flat_map(|r| r.0.windows(2))
            .map(|w| {
                let (a, b) = ((w[0].x, w[0].y), (w[1].x, w[1].y));
                [a.min(b), a.max(b)]
            })
            .collect()
    };
    layer.features().map(|f| of_feature(f.geometry().unwrap())).collect()
}

#[test]
fn three_grids_that_meet_in_a_t_share_their_borders_edge_for_edge() {
    // The western grid's eastern border is straight: its vertex in the middle is the one that `mvt` drops.
    let partition = Arc::new(grids(&[
        &[(0, 0), (20_000, 0), (20_000, 40_000), (0, 40_000)],
        &[(20_000, 0), (50_000, 0), (50_000, 20_000), (20_000, 20_000)],
        &[(20_000, 20_000), (50_000, 20_000), (50_000, 40_000), (20_000, 40_000)],
    ]));
    let at = TileId::at(Plane::Wgs84.world(Point::new(1_202_020_000, 337_020_000)), 14);
    let tile =
        atlas(&partition, Zooms::choose(&partition)).tile(&tileset("grids"), at, Plane::Wgs84).unwrap();
    let [west, south, north] = &edges(&tile, "grids")[..] else { panic!("three grids") };
    assert_eq!(west.intersection(south).count(), 1, "west and south share one edge");
    assert_eq!(west.intersection(north).count(), 1, "west and north share one edge");
    assert_eq!(south.intersection(north).count(), 1, "south and north share one edge");
    assert_eq!(west.len(), 5, "the straight border keeps the vertex in its middle");
}

#[test]
fn the_tilesets_that_come_along_are_sound() {
    let names: Vec<String> = Tileset::built_in().iter().map(|t| t.name().to_owned()).collect();
    assert_eq!(names, ["county", "grids", "places", "background"]);
    let zooms = Zooms::new(vec![0, 4, 6, 8]).unwrap();
    let layers: Vec<(String, u8)> = tileset("county")
        .vector_layers(&Levels::default(), &zooms)
        .into_iter()
        .map(|l| (l.id, l.minzoom))
        .collect();
    let expected = [
        ("counties", 0),
        ("towns", 4),
        ("villages", 6),
        ("grids", 8),
        ("voids", 0),
        ("borders", 0),
        ("labels", 0),
    ];
    assert_eq!(layers, expected.map(|(id, z)| (id.to_owned(), z)));
}

#[test]
fn a_voids_banks_are_marked_and_its_stretch_of_the_outline_is_not() {
    let levels: Levels = "county:6,grid:9".parse().unwrap();
    let legend =
        [('a', Of::Leaf("100000001", "a")), ('b', Of::Leaf("100000002", "b")), ('v', Of::Void("河"))];
    let partition = Arc::new(drawn(&["av", "bb"], &levels, &legend));
    let atlas = atlas(&partition, Zooms::choose(&partition));
    let place = Plane::Wgs84.world(Point::new(ORIGIN.0 + SIDE, ORIGIN.1 + SIDE));
    let tile = atlas.tile(&tileset("county"), TileId::at(place, 10), Plane::Wgs84).unwrap();
    let borders = judge::decode(&tile).into_iter().find(|l| l.name == "borders").unwrap();
    let span = |(p, q): (&Point, &Point)| f64::from(p.x - q.x).hypot(f64::from(p.y - q.y));
    let length = |line: &Vec<Point>| line.iter().zip(&line[1..]).map(span).sum::<f64>();
    let lengths: Vec<f64> = borders.features.iter().map(|f| f.lines.iter().map(length).sum()).collect();
    let [outline, banks] = lengths[..] else { panic!("{lengths:?}") };
    // Eight sides of squares around everything, two between the void and its neighbours; grids are not shown yet.
    assert!((outline / banks - 4.0).abs() < 0.2, "{lengths:?}");
}

/// The `clearance` of each label of a tile, by uid.
fn clearances(tile: &[u8]) -> BTreeMap<u64, u64> {
    let reader = MvtReaderRef::new(tile).unwrap();
    let labels = reader.layers().find(|l| l.name() == "labels");
    let of = |f: fast_mvt::MvtFeatureRef<'_>| {
        let tags = f.properties_vec().unwrap();
        let (_, value) = tags.into_iter().find(|(key, _)| *key == "clearance").unwrap();
        let fast_mvt::MvtValueRef::UInt(pixels) = value else { panic!("{value:?}") };
        (f.id().unwrap(), pixels)
    };
    labels.into_iter().flat_map(fast_mvt::MvtLayerRef::features).map(of).collect()
}

#[test]
fn a_squares_label_has_the_room_of_half_its_narrower_side() {
    let levels: Levels = "county:6,grid:9".parse().unwrap();
    let partition = Arc::new(drawn(&["a"], &levels, &[('a', Of::Leaf("100000001", "a"))]));
    let atlas = atlas(&partition, Zooms::choose(&partition));
    let middle = Plane::Wgs84.world(Point::new(ORIGIN.0 + SIDE / 2, ORIGIN.1 + SIDE / 2));
    let tile = atlas.tile(&tileset("county"), TileId::at(middle, 14), Plane::Wgs84).unwrap();
    // In Web Mercator a degree of longitude is as wide everywhere, and a square of degrees is higher than wide.
    let half = f64::from(SIDE) / 2.0 / 1e7 * f64::from(512 << 20) / 360.0;
    let [county, grid] = clearances(&tile).into_values().collect::<Vec<_>>()[..] else {
        panic!("two labels")
    };
    assert_eq!(county, grid);
    assert!((county as f64 / half - 1.0).abs() < 0.03, "{county} px of {half}");
}

#[test]
fn no_border_enters_the_circle_that_a_label_is_said_to_have() {
    for seed in 0..rounds(3, 40) {
        let recipe = Recipe { seed: seed as u64, ..Recipe::default() };
        let partition = Arc::new(partition(&recipe));
        let atlas = atlas(&partition, Zooms::choose(&partition));
        let z = 15;
        let truth: BTreeMap<u64, Vec<Polygon>> =
            (0..4).flat_map(|level| originals(&partition, level, Plane::Wgs84)).collect();
        for tile in tiles(&partition, Plane::Wgs84, z) {
            let Some(bytes) = atlas.tile(&tileset("county"), tile, Plane::Wgs84) else { continue };
            let said = clearances(&bytes);
            let layers = judge::decode(&bytes);
            let Some(labels) = layers.iter().find(|l| l.name == "labels") else { continue };
            let unit = tile.world_side() as i32 / labels.extent;
            for label in &labels.features {
                let (at, min) = (label.points[0], tile.world_min());
                let at = Point::new(min.x + at.x * unit, min.y + at.y * unit);
                let borders = truth[&label.id].iter().flat_map(Polygon::rings).flat_map(judge::edges);
                let nearest = borders.map(|edge| judge::distance(at, edge)).fold(f64::INFINITY, f64::min);
                // A world is 2^32 wide, and 2^29 pixels at zoom 20; the point stands to within a tile unit.
                let (said, true_) = (said[&label.id] as f64 * 8.0, nearest);
                let off = f64::from(unit) * 1.5 + 8.0 + true_ * 0.002;
                assert!(
                    (said - true_).abs() <= off,
                    "seed {seed}: unit {} said {said}, has {true_}",
                    label.id
                );
            }
        }
    }
}

/// Every tile of a zoom that a partition may reach, with a ring of tiles around them.
fn tiles(partition: &Partition, plane: Plane, z: u8) -> Vec<TileId> {
    let bounds = partition.coverage.bounds();
    let corner = |x, y| TileId::at(plane.world(Point::new(x, y)), z);
    let (nw, se) = (corner(bounds.min.x, bounds.max.y), corner(bounds.max.x, bounds.min.y));
    let last = (1_u32 << z) - 1;
    let range = |from: u32, to: u32| from.saturating_sub(1)..=(to + 1).min(last);
    range(nw.x(), se.x())
        .flat_map(|x| range(nw.y(), se.y()).map(move |y| TileId::new(z, x, y).unwrap()))
        .collect()
}

/// The polygons of a level's layer in the world, as they were before any thinning, by uid.
fn originals(partition: &Partition, level: u8, plane: Plane) -> BTreeMap<u64, Vec<Polygon>> {
    let hierarchy = &partition.hierarchy;
    let world = |ring: &[Point]| ring.iter().rev().map(|&p| plane.world(p)).collect::<Vec<_>>();
    let polygon =
        |p: &Polygon| Polygon { shell: world(&p.shell), holes: p.holes.iter().map(|h| world(h)).collect() };
    let dissolved = partition.coverage.dissolve(|owner| hierarchy.at_level(owner, level));
    let uid = |unit| u64::from(hierarchy.unit(unit).uid.0);
    dissolved.into_iter().map(|(unit, shapes)| (uid(unit), shapes.iter().map(polygon).collect())).collect()
}

/// Judges every tile of `county` and `grids` at a zoom.
fn judge(partition: &Arc<Partition>, atlas: &Atlas, plane: Plane, z: u8, case: &str) {
    let levels = partition.hierarchy.levels();
    let depth = atlas.zooms().depth(z).unwrap();
    let truth: Vec<_> = (0..=depth).map(|l| originals(partition, l, plane)).collect();
    let mut labelled: Vec<u64> = Vec::new();
    for tile in tiles(partition, plane, z) {
        let case = format!("{case}, {plane} {tile}");
        let bytes = atlas.tile(&tileset("county"), tile, plane).unwrap_or_default();
        let layers = judge::decode(&bytes);
        let layer = |name: &str| layers.iter().find(|l| l.name == name);
        let voids = layer("voids");
        let mut finest = BTreeSet::new();
        for level in (0..=depth).rev() {
            let drawn = layer(&levels.get(level).unwrap().plural);
            let together: Vec<&judge::Layer> = drawn.into_iter().chain(voids).collect();
            let borders = judge::assert_coverage(&together, &format!("{case} level {level}"));
            if level == depth {
                finest = borders;
            } else {
                assert!(
                    borders.is_subset(&finest),
                    "{case}: borders of level {level} are not those of {depth}"
                );
            }
            let have: BTreeSet<u64> = drawn.iter().flat_map(|l| &l.features).map(|f| f.id).collect();
            assert_none_missing(&truth[usize::from(level)], &have, tile, atlas.zooms().extent(z), &case);
        }
        let drawn: Vec<judge::Edge> = layer("borders")
            .iter()
            .flat_map(|l| &l.features)
            .flat_map(|f| &f.lines)
            .flat_map(|line| line.windows(2).map(|w| (w[0].min(w[1]), w[0].max(w[1]))))
            .collect();
        let once: BTreeSet<judge::Edge> = drawn.iter().copied().collect();
        assert_eq!(once.len(), drawn.len(), "{case}: a border is drawn twice");
        assert_eq!(once, finest, "{case}: borders are not those of the polygons");
        labelled.extend(layer("labels").iter().flat_map(|l| &l.features).map(|f| f.id));
    }
    labelled.sort_unstable();
    let units = partition.hierarchy.units().iter().filter(|u| u.level <= depth);
    let mut due: Vec<u64> = units.map(|u| u64::from(u.uid.0)).collect();
    due.sort_unstable();
    assert_eq!(labelled, due, "{case}: each unit has one label");
}

fn assert_none_missing(
    truth: &BTreeMap<u64, Vec<Polygon>>,
    have: &BTreeSet<u64>,
    tile: TileId,
    extent: u32,
    case: &str,
) {
    let unit = tile.world_side() as f64 / f64::from(extent);
    for (uid, polygons) in truth.iter().filter(|(uid, _)| !have.contains(uid)) {
        let area = judge::area_inside(polygons, tile.world_min(), tile.world_side() as f64) / (unit * unit);
        assert!(area <= 1.0, "{case}: unit {uid} covers {area:.1} square units and is missing");
    }
}

#[test]
fn every_tile_of_random_partitions_is_a_coverage() {
    for seed in 0..rounds(6, 200) {
        let recipe = Recipe { seed: seed as u64, ..Recipe::default() };
        let partition = Arc::new(partition(&recipe));
        let zooms = Zooms::choose(&partition);
        let atlas = atlas(&partition, zooms);
        for (z, plane) in
            [(0, Plane::Wgs84), (7, Plane::Gcj02), (10, Plane::Wgs84), (12, Plane::Gcj02), (13, Plane::Wgs84)]
        {
            judge(&partition, &atlas, plane, z, &format!("seed {seed}"));
        }
    }
}

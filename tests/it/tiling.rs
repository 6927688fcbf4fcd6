//! Tiles: named small cases, and a judge over random partitions that decodes every tile and checks it as a coverage.

mod partitions;

use std::collections::BTreeSet;
use std::sync::Arc;

use fast_mvt::{MvtGeometry, MvtReaderRef};
use wangge::coverage::{Coverage, Partition, Polygon};
use wangge::crs::{Point, TileId};
use wangge::tiling::{Atlas, Plane, Surroundings, Tileset, Zooms};
use wangge::unit::{Attributes, Code, Hierarchy, Levels, Uid, Unit};

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
fn a_small_partition_draws_at_every_zoom() {
    let partition = Arc::new(partition(&Recipe::default()));
    let zooms = Zooms::choose(&partition);
    let atlas = atlas(&partition, zooms.clone());
    let middle = partition.coverage.bounds();
    for z in 0..=16 {
        let at = TileId::at(Plane::Wgs84.world(middle.min), z);
        assert!(atlas.tile(&tileset("county"), at, Plane::Wgs84).is_some() || z > 10, "zoom {z}");
    }
}

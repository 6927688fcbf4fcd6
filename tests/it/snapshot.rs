//! A version made ready: what is there at once, and the numbers that follow from it.

use std::sync::Arc;

use wangge::coverage::Partition;
use wangge::crs::{LonLat, Point};
use wangge::snapshot::{Column, Features, Measure, Snapshot, neighbours};
use wangge::tiling::{Tileset, Zooms};
use wangge::unit::{Code, LineFeature, PointFeature, UnitIndex};

use crate::fixture::{ORIGIN, SIDE, nine, odd};

fn snapshot(partition: Partition, features: Features) -> Snapshot {
    let zooms = Zooms::choose(&partition);
    Snapshot::new(1, Arc::new(partition), zooms, Arc::new(features))
}

fn unit(partition: &Partition, code: &str) -> UnitIndex {
    partition.hierarchy.by_code(&Code::new(code).unwrap()).unwrap()
}

/// The middle of a square of the drawing, counted from its south-west corner.
fn middle(column: i32, row: i32) -> Point {
    Point::new(ORIGIN.0 + column * SIDE + SIDE / 2, ORIGIN.1 + row * SIDE + SIDE / 2)
}

fn point(at: Point, weight: u32) -> PointFeature {
    PointFeature { at, kind: "dwelling".into(), name: String::new(), weight, attributes: [].into() }
}

#[test]
fn ready_means_the_locator_and_the_zooms_to_8() {
    let snapshot = snapshot(nine(), Features::default());
    assert!(!snapshot.is_ready());
    snapshot.make_ready();
    assert!(snapshot.is_ready());
    let ready = snapshot.zooms_built();
    assert!((9..17).contains(&ready), "{ready}");
    snapshot.build_the_rest(|| false);
    assert_eq!(snapshot.zooms_built(), ready, "nobody wants the rest any more");
    snapshot.build_the_rest(|| true);
    assert_eq!(snapshot.zooms_built(), 17);
}

#[test]
fn areas_of_parts_sum_to_the_whole() {
    for partition in [nine(), odd()] {
        let snapshot = snapshot(partition, Features::default());
        let (hierarchy, facts) = (snapshot.hierarchy(), snapshot.facts());
        for index in 0..hierarchy.units().len() as UnitIndex {
            let children = hierarchy.children(index);
            let own = facts.unit(index);
            if !children.is_empty() {
                let sum: f64 = children.iter().map(|&c| facts.unit(c).area_m2).sum();
                assert!((sum - own.area_m2).abs() < 1e-6, "{index}: {sum} {}", own.area_m2);
            }
            assert!(own.area_m2 > 0.0 && !own.bounds.is_empty());
        }
        assert_eq!(facts.voids().len(), hierarchy.voids().len());
        assert!(facts.voids().iter().all(|v| v.area_m2 > 0.0));
    }
}

#[test]
fn a_square_of_a_thousandth_degree_has_the_area_that_the_ellipsoid_gives_it() {
    let snapshot = snapshot(nine(), Features::default());
    let leaf = snapshot.hierarchy().leaves()[0];
    // 92.70 m by 110.92 m at 33.7 degrees north.
    let area = snapshot.facts().unit(leaf).area_m2;
    assert!((area - 92.70 * 110.92).abs() < 1.0, "{area}");
}

#[test]
fn neighbours_share_a_piece_of_border_and_not_just_a_corner() {
    // a d g
    // b e h
    // c f i
    let partition = nine();
    let codes = |code: &str| -> Vec<String> {
        let found = neighbours(&partition, unit(&partition, code));
        found.iter().map(|&u| partition.hierarchy.unit(u).code.to_string()).collect()
    };
    assert_eq!(codes("320924100001001"), ["320924100001002", "320924101001001"], "a: b and d, not e");
    assert_eq!(codes("320924101001002").len(), 4, "e");
    assert_eq!(codes("320924100"), ["320924101"], "towns");
    assert_eq!(codes("320924"), [] as [String; 0], "the whole");
}

#[test]
fn households_are_counted_where_the_dwellings_lie() {
    let features = Features::default();
    let outside = Point::new(ORIGIN.0 - SIDE, ORIGIN.1);
    features.set_dwellings(&[
        point(middle(0, 2), 30),
        point(middle(0, 2), 4),
        point(middle(1, 1), 12),
        point(outside, 99),
    ]);
    let snapshot = snapshot(nine(), features);
    let of = |measure: Measure, level: u8, code: &str| {
        snapshot.column(measure, level).values[&unit(snapshot.partition(), code)].to_string()
    };
    assert_eq!(of(Measure::Households, 3, "320924100001001"), "34");
    assert_eq!(of(Measure::Households, 1, "320924100"), "34");
    assert_eq!(of(Measure::Households, 0, "320924"), "46", "who lives outside is not counted");
    assert_eq!(of(Measure::Parts, 0, "320924"), "9");
    assert_eq!(of(Measure::Parts, 1, "320924101"), "3");
    let density = of(Measure::HouseholdsPerKm2, 3, "320924100001001");
    assert!(density.starts_with("330"), "34 on 10,289 m²: {density}");
}

#[test]
fn five_classes_part_at_four_rising_numbers() {
    let features = Features::default();
    let dwellings: Vec<_> = (0..9).map(|i| point(middle(i % 3, i / 3), (i as u32 + 1) * 10)).collect();
    features.set_dwellings(&dwellings);
    let snapshot = snapshot(nine(), features);
    let Column { classes, values } = snapshot.column(Measure::Households, 3);
    assert_eq!(values.len(), 9);
    assert_eq!(classes, [20.0, 40.0, 60.0, 80.0]);
    let equal = snapshot.column(Measure::Parts, 1);
    assert_eq!(equal.classes, [3.0], "equal numbers make no classes between them");
}

#[test]
fn a_leaf_above_the_lowest_level_counts_where_it_stands() {
    let features = Features::default();
    // The c of the drawing is a hamlet, a leaf beside plots.
    features.set_dwellings(&[point(middle(0, 0), 5)]);
    let snapshot = snapshot(odd(), features);
    let hierarchy = snapshot.hierarchy();
    let village = unit(snapshot.partition(), "320910002");
    assert!(hierarchy.owner_of(village).is_some());
    let level = hierarchy.unit(village).level;
    assert_eq!(snapshot.column(Measure::Households, level).values[&village].to_string(), "5");
    assert_eq!(snapshot.column(Measure::Parts, level).values[&village].to_string(), "0");
}

#[test]
fn the_build_of_what_draws_points_and_lines_changes_with_them() {
    let line = LineFeature {
        layer: "canals".into(),
        kind: "trunk".into(),
        name: String::new(),
        points: vec![middle(0, 0), middle(2, 2)],
    };
    let bare = snapshot(nine(), Features::default());
    let drawn = snapshot(nine(), Features::new(vec![point(middle(0, 0), 1)], vec![line]));
    for tileset in Tileset::built_in() {
        let same = bare.build_of(&tileset) == drawn.build_of(&tileset);
        assert_eq!(same, ["county", "grids"].contains(&tileset.name()), "{}", tileset.name());
    }
}

#[test]
fn codes_stand_as_numbers_unless_one_begins_with_a_zero() {
    let nine = snapshot(nine(), Features::default());
    assert!(nine.codes_fit());
    let a = nine.locator().owner(middle(0, 2));
    assert_eq!(nine.leaf_codes()[a.index()], 320_924_100_001_001);
    assert_eq!(
        nine.leaf_uids()[a.index()],
        u64::from(nine.hierarchy().unit(nine.hierarchy().leaf(a).unwrap()).uid.0)
    );
}

#[test]
fn labels_lie_in_their_units() {
    let snapshot = snapshot(odd(), Features::default());
    let hierarchy = snapshot.hierarchy();
    for (owner, &leaf) in (0..).zip(hierarchy.leaves()) {
        let label = snapshot.label(leaf).unwrap();
        assert_eq!(snapshot.locator().owner(label).0, owner, "{}", LonLat::from_lattice(label).lon());
    }
}

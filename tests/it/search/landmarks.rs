//! Voids and lines with names: one for each name, a point on it, and what holds it.

use std::collections::BTreeSet;

use wangge::crs::Point;
use wangge::locate::Locator;
use wangge::snapshot::{Landmark, landmarks};
use wangge::unit::{Levels, LineFeature, Owner};

use super::FINDER;
use crate::fixture::{ORIGIN, Of, SIDE, drawn};
use crate::synth::DEMO;

/// Places of the drawing, in tenths of a square from its south-west corner.
fn at((column, row): (i32, i32)) -> Point {
    Point::new(ORIGIN.0 + column * SIDE / 10, ORIGIN.1 + row * SIDE / 10)
}

fn line(layer: &str, kind: &str, name: &str, points: &[(i32, i32)]) -> LineFeature {
    let points = points.iter().map(|&p| at(p)).collect();
    LineFeature { layer: layer.into(), kind: kind.into(), name: name.into(), points }
}

/// Of two villages west and east of a river, which bends.
fn of(lines: &[LineFeature]) -> Vec<Landmark> {
    let legend = [
        ('a', Of::Leaf("320924100001001", "甲")),
        ('b', Of::Leaf("320924100002001", "乙")),
        ('v', Of::Void("大河")),
    ];
    let partition = drawn(&["avb", "avb", "vvb"], &Levels::default(), &legend);
    let locator = Locator::build(&partition.coverage, partition.hierarchy.leaves().len());
    landmarks(&partition, lines, &locator)
}

fn named<'a>(found: &'a [Landmark], name: &str) -> Vec<&'a Landmark> {
    found.iter().filter(|l| l.name == name).collect()
}

#[test]
fn a_road_in_pieces_is_one_and_a_line_without_a_name_none() {
    let found = of(&[
        line("roads", "main", "大路", &[(1, 25), (9, 25)]),
        line("roads", "street", "大路", &[(21, 25), (23, 25)]),
        line("roads", "main", " 大路 ", &[(25, 25), (29, 25)]),
        line("roads", "main", "", &[(1, 1), (2, 2)]),
    ]);
    let [road] = named(&found, "大路")[..] else { panic!("{found:?}") };
    assert_eq!(road.line, Some(("roads".into(), "main".into())), "the longest piece says what it is");
    assert_eq!((road.bounds.min, road.bounds.max, road.void), (at((1, 25)), at((29, 25)), None));
    assert_eq!(road.at, at((9, 25)), "on it, nearest its middle");
    assert_eq!(road.touches, [3, 4].map(|i| i + 1), "the grids of both villages");
    assert_eq!(found.len(), 2, "it and the river");
}

#[test]
fn a_void_and_the_line_down_its_middle_are_one() {
    let found = of(&[
        line("canals", "river", "大河", &[(15, 30), (15, 5), (0, 5)]),
        line("roads", "main", "大河", &[(21, 25), (22, 25)]),
    ]);
    let [river, road] = named(&found, "大河")[..] else { panic!("{found:?}") };
    assert!(river.void.is_some() && river.line == Some(("canals".into(), "river".into())), "{river:?}");
    assert!(road.void.is_none() && road.line == Some(("roads".into(), "main".into())), "{road:?}");
}

#[test]
fn a_bent_void_is_pointed_at_within_itself() {
    let found = of(&[]);
    let [river] = &found[..] else { panic!("{found:?}") };
    // The middle of its box is the corner between a and it.
    assert_eq!((river.bounds.min, river.bounds.max), (at((0, 0)), at((20, 30))));
    assert_eq!(river.at, at((15, 15)));
}

#[test]
fn every_landmark_of_the_demo_county_lies_where_it_is_said_to() {
    let hierarchy = &DEMO.partition.hierarchy;
    let locator = Locator::build(&DEMO.partition.coverage, hierarchy.leaves().len());
    let all = FINDER.landmarks();
    let names: BTreeSet<&str> = all.iter().map(|l| l.name.as_str()).collect();
    assert_eq!(names.len(), all.len(), "one a name");
    let lines = DEMO.lines.iter().map(|l| l.name.as_str()).filter(|name| !name.is_empty());
    let known: BTreeSet<&str> = lines.chain(hierarchy.voids().iter().map(|v| v.name.as_str())).collect();
    assert_eq!(names, known, "each name, and no other");
    for landmark in all {
        assert!(landmark.bounds.contains(landmark.at), "{landmark:?}");
        let owner = locator.owner(landmark.at);
        match landmark.void {
            Some(uid) => assert_eq!(hierarchy.void(owner).map(|v| v.uid), Some(uid), "{}", landmark.name),
            None => assert_ne!(owner, Owner::OUTSIDE, "{}", landmark.name),
        }
    }
    let reserve = all.iter().position(|l| l.name.contains("珍禽")).unwrap();
    let river = all.iter().position(|l| l.name == "射阳河").unwrap();
    assert_eq!(FINDER.around(river, hierarchy), hierarchy.of_level(0).next(), "it crosses towns");
    assert!(FINDER.around(reserve, hierarchy).is_some());
}

//! The synthetic county: counts, numbers, shapes, people, and what it says to a bad recipe.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use wangge::coverage::Polygon;
use wangge::crs::{LocalPlane, LonLat, Point};
use wangge::locate::Locator;
use wangge::synth::{Recipe, SeedUnit, SynthError, SyntheticCounty, county};
use wangge::unit::{Attribute, Code, Owner, PointFeature, PointLayer, Uid, Unit};

const GRIDS: usize = 3_689;

static OUTLINE: LazyLock<Vec<Point>> = LazyLock::new(|| {
    let text = include_str!("../../data/sheyang_outline_schematic.geojson");
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    let ring = json["features"][0]["geometry"]["coordinates"][0].as_array().unwrap();
    ring.iter().map(|c| lattice(c[0].as_f64().unwrap(), c[1].as_f64().unwrap())).collect()
});

static UNITS: LazyLock<Vec<SeedUnit>> = LazyLock::new(|| {
    let mut rows = csv::Reader::from_reader(include_str!("../../data/units.csv").as_bytes());
    rows.records().map(|row| seed_unit(&row.unwrap())).collect()
});

/// The demo county: seed 1.
pub static DEMO: LazyLock<SyntheticCounty> =
    LazyLock::new(|| county(&Recipe::new(1, GRIDS, &OUTLINE, &UNITS)).unwrap());

fn lattice(lon: f64, lat: f64) -> Point {
    LonLat::new(lon, lat).unwrap().to_lattice()
}

/// Columns code, name, level, parent, type, lon, lat, position.
fn seed_unit(row: &csv::StringRecord) -> SeedUnit {
    let seat = (!row[5].is_empty())
        .then(|| (lattice(row[5].parse().unwrap(), row[6].parse().unwrap()), row[7].parse().unwrap()));
    SeedUnit { code: Code::new(&row[0]).unwrap(), name: row[1].into(), kind: row[4].into(), seat }
}

/// A list of one county with towns of so many villages each, no seat known.
fn made_up(towns: usize, villages: usize) -> Vec<SeedUnit> {
    let unit = |code: String| SeedUnit {
        name: format!("第{code}"),
        code: Code::new(&code).unwrap(),
        kind: String::new(),
        seat: None,
    };
    let mut units = vec![unit("990101".into())];
    for town in 100..100 + towns {
        units.push(unit(format!("990101{town}")));
        units.extend((1..=villages).map(|v| unit(format!("990101{town}{v:03}"))));
    }
    units
}

fn square(side: i32) -> Vec<Point> {
    let (x, y) = (1_100_000_000, 300_000_000);
    vec![Point::new(x, y), Point::new(x + side, y), Point::new(x + side, y + side), Point::new(x, y + side)]
}

/// Every grid with its polygons, by code.
fn grids() -> Vec<(&'static Unit, Vec<Polygon>)> {
    let partition = &DEMO.partition;
    let leaves = partition.hierarchy.leaves().iter().enumerate();
    leaves
        .map(|(i, &u)| (partition.hierarchy.unit(u), partition.coverage.polygons(Owner(i as u32))))
        .collect()
}

pub fn points(layer: PointLayer) -> &'static [PointFeature] {
    &DEMO.points.iter().find(|(l, _)| *l == layer).unwrap().1
}

fn kind(unit: &Unit) -> Option<&str> {
    match unit.attributes.get("kind") {
        Some(Attribute::Text(kind)) => Some(kind),
        _ => None,
    }
}

fn corners(ring: &[Point]) -> BTreeSet<Point> {
    ring.iter().copied().collect()
}

#[test]
fn the_county_has_exactly_the_listed_units_and_the_grids_asked_for() {
    let hierarchy = &DEMO.partition.hierarchy;
    assert_eq!(hierarchy.leaves().len(), GRIDS);
    let counts: Vec<usize> = (0..4).map(|level| hierarchy.of_level(level).len()).collect();
    assert_eq!(counts, [1, 19, 274, GRIDS]);
    for listed in UNITS.iter() {
        let unit = hierarchy.unit(hierarchy.by_code(&listed.code).unwrap());
        assert_eq!(unit.name, listed.name, "{}", listed.code);
    }
    let uids: Vec<u32> = hierarchy.units().iter().map(|u| u.uid.0).collect();
    assert_eq!(uids, (1..=uids.len() as u32).collect::<Vec<_>>());
}

#[test]
fn grids_are_numbered_without_a_gap_in_rows_from_the_north() {
    let mut of_village: BTreeMap<Code, Vec<(Code, f64, f64)>> = BTreeMap::new();
    for (unit, polygons) in grids() {
        assert_eq!(unit.code.digits(), 15);
        let shell = &polygons.iter().max_by_key(|p| p.shell.len()).unwrap().shell;
        let n = shell.len() as f64;
        let x = shell.iter().map(|p| f64::from(p.x)).sum::<f64>() / n;
        let y = shell.iter().map(|p| f64::from(p.y)).sum::<f64>() / n;
        of_village.entry(unit.code.prefix(12).unwrap()).or_default().push((unit.code.clone(), x, y));
    }
    assert_eq!(of_village.len(), 274);
    let (mut east, mut pairs, mut south, mut rows) = (0, 0, 0, 0);
    for (village, list) in &of_village {
        for (i, (code, ..)) in list.iter().enumerate() {
            assert_eq!(code.as_str(), format!("{village}{:03}", i + 1));
        }
        for w in list.windows(2) {
            pairs += 1;
            if w[1].1 > w[0].1 {
                east += 1;
            } else {
                rows += 1;
                south += usize::from(w[1].2 < w[0].2);
            }
        }
    }
    assert!(east * 10 > pairs * 5, "{east} of {pairs} steps go east");
    assert!(south * 10 > rows * 9, "{south} of {rows} new rows begin further south");
}

#[test]
fn dedicated_grids_lie_within_others_and_one_touches_its_host_in_a_point() {
    let grids = grids();
    let holes: BTreeSet<BTreeSet<Point>> =
        grids.iter().flat_map(|g| &g.1).flat_map(|p| &p.holes).map(|h| corners(h)).collect();
    let dedicated: Vec<_> = grids.iter().filter(|g| kind(g.0) == Some("dedicated")).collect();
    assert!(dedicated.len() >= 3, "{} dedicated grids", dedicated.len());
    for (unit, polygons) in dedicated {
        assert!(unit.name.ends_with("专属网格"), "{}", unit.name);
        assert!(holes.contains(&corners(&polygons[0].shell)), "{} is in no hole", unit.name);
    }
    let touching = grids.iter().flat_map(|g| &g.1).filter(|p| {
        let shell = corners(&p.shell);
        p.holes.iter().any(|h| h.iter().filter(|q| shell.contains(q)).count() == 1)
    });
    assert_eq!(touching.count(), 1);
    assert!(grids.iter().all(|g| matches!(kind(g.0), Some("base" | "dedicated"))));
}

#[test]
fn a_village_has_an_exclave_and_a_grid_has_two_parts() {
    let hierarchy = &DEMO.partition.hierarchy;
    let grids = grids();
    let exclave = grids.iter().find(|g| g.0.attributes.contains_key("exclave")).unwrap();
    let village = hierarchy.by_code(&exclave.0.code.prefix(12).unwrap()).unwrap();
    assert!(DEMO.partition.polygons_of(village).len() > 1);
    assert!(grids.iter().any(|g| g.1.len() > 1));
}

#[test]
fn the_river_and_the_reserve_are_voids() {
    let names: Vec<&str> = DEMO.partition.hierarchy.voids().iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["射阳河", "盐城湿地珍禽国家级自然保护区核心区"]);
}

#[test]
fn everyone_lives_in_exactly_one_grid() {
    let partition = &DEMO.partition;
    let leaves = partition.hierarchy.leaves().len();
    let locator = Locator::build(&partition.coverage, leaves);
    let dwellings = points(PointLayer::Dwellings);
    assert!(dwellings.len() >= 60_000, "{}", dwellings.len());
    let households: u64 = dwellings.iter().map(|d| u64::from(d.weight)).sum();
    assert!((295_000..305_000).contains(&households), "{households}");
    let mut lived_in = vec![false; leaves];
    for dwelling in dwellings {
        let owner = locator.owner(dwelling.at);
        assert!(owner.index() < leaves, "{:?} is in no grid", dwelling.at);
        lived_in[owner.index()] = true;
    }
    assert!(lived_in.iter().filter(|l| **l).count() * 100 > leaves * 99);
}

#[test]
fn service_points_stand_on_land_and_have_names() {
    let places = points(PointLayer::Places);
    let count = |kind: &str| places.iter().filter(|p| p.kind == kind).count();
    assert_eq!(count("service_centre"), 254);
    assert_eq!(count("civilisation_station"), 254);
    let leaves = DEMO.partition.hierarchy.leaves().len();
    let locator = Locator::build(&DEMO.partition.coverage, leaves);
    for place in places {
        assert!(!place.name.is_empty());
        assert!(locator.owner(place.at).index() < leaves, "{} is in no grid", place.name);
    }
}

#[test]
fn towns_seats_that_are_listed_lie_in_their_town() {
    let hierarchy = &DEMO.partition.hierarchy;
    let locator = Locator::build(&DEMO.partition.coverage, hierarchy.leaves().len());
    for town in UNITS.iter().filter(|u| u.code.digits() == 9) {
        let leaf = hierarchy.leaf(locator.owner(town.seat.unwrap().0)).unwrap();
        assert!(hierarchy.unit(leaf).code.starts_with(&town.code), "{}", town.name);
    }
}

#[test]
fn canals_and_roads_follow_the_borders() {
    let border: BTreeSet<Point> = DEMO.partition.coverage.arcs().flat_map(|a| a.points).copied().collect();
    for (layer, kind, least) in [
        ("coast", "coast", 1.0),
        ("canals", "trunk", 0.85),
        ("canals", "main", 0.80),
        ("canals", "lateral", 1.0),
        ("roads", "main", 0.99),
    ] {
        let lines = DEMO.lines.iter().filter(|l| l.layer == layer && l.kind == kind);
        let points: Vec<Point> = lines.flat_map(|l| &l.points).copied().collect();
        let on = points.iter().filter(|p| border.contains(p)).count();
        assert!(!points.is_empty(), "no {layer} {kind}");
        assert!(on as f64 >= least * points.len() as f64, "{layer} {kind}: {on} of {}", points.len());
    }
}

#[test]
fn a_grid_has_40_to_100_vertices_and_is_not_narrower_than_75_m() {
    let (mut vertices, mut narrowest) = (0, (f64::INFINITY, String::new()));
    for (unit, polygons) in grids() {
        vertices += polygons.iter().flat_map(Polygon::rings).map(<[Point]>::len).sum::<usize>();
        for polygon in &polygons {
            let width = 2.0 * roomiest(polygon);
            if width < narrowest.0 {
                narrowest = (width, unit.name.clone());
            }
        }
    }
    let mean = vertices as f64 / GRIDS as f64;
    assert!((40.0..100.0).contains(&mean), "{mean} vertices a grid");
    assert!(narrowest.0 >= 75.0, "{} is {:.0} m across", narrowest.1, narrowest.0);
}

/// Radius in metres of a circle that fits in a polygon; about the largest, and never larger.
fn roomiest(polygon: &Polygon) -> f64 {
    let plane = LocalPlane::at(LonLat::from_lattice(polygon.shell[0]));
    let rings: Vec<Vec<(f64, f64)>> =
        polygon.rings().map(|r| r.iter().map(|&p| plane.metres(p)).collect()).collect();
    let reach = |pick: fn(&(f64, f64)) -> f64| {
        let values = rings[0].iter().map(pick);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)))
    };
    let ((west, east), (south, north)) = (reach(|p| p.0), reach(|p| p.1));
    let steps = 14;
    let at = |low: f64, high: f64, i: i32| low + (high - low) * (f64::from(i) + 0.5) / f64::from(steps);
    let spots = (0..steps * steps).map(|i| (at(west, east, i % steps), at(south, north, i / steps)));
    let (mut best, mut radius) = ((0.0, 0.0), 0.0);
    for spot in spots {
        let room = room(&rings, spot);
        if room > radius {
            (best, radius) = (spot, room);
        }
    }
    let mut step = (east - west).max(north - south) / f64::from(steps);
    while step > 0.5 {
        let around = [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)];
        let moved =
            around.map(|d| (best.0 + d.0, best.1 + d.1)).into_iter().find(|&p| room(&rings, p) > radius);
        match moved {
            Some(p) => (best, radius) = (p, room(&rings, p)),
            None => step /= 2.0,
        }
    }
    radius
}

/// Distance from a place to the nearest ring; negative outside.
fn room(rings: &[Vec<(f64, f64)>], (x, y): (f64, f64)) -> f64 {
    let (mut inside, mut least) = (false, f64::INFINITY);
    for ring in rings {
        let mut a = ring[ring.len() - 1];
        for &b in ring {
            if (a.1 > y) != (b.1 > y) && x < a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0) {
                inside = !inside;
            }
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let t = (((x - a.0) * dx + (y - a.1) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
            least = least.min((x - a.0 - t * dx).hypot(y - a.1 - t * dy));
            a = b;
        }
    }
    if inside { least } else { -least }
}

#[test]
fn one_seed_makes_one_county_and_another_seed_another() {
    let hash = |seed| {
        let made = county(&Recipe::new(seed, 300, &OUTLINE, &UNITS)).unwrap();
        (made.partition.content_hash().to_string(), made.points, made.lines, made.people)
    };
    let (first, again, other) = (hash(5), hash(5), hash(6));
    assert!(first == again, "the same seed made two counties");
    assert_ne!(first.0, other.0);
    assert!(first.3 != other.3, "two seeds made the same people");
}

#[test]
fn every_grid_has_a_worker_and_every_office_a_phone_and_none_of_them_is_anybody_s() {
    let hierarchy = &DEMO.partition.hierarchy;
    let roles = ["", "town_duty", "village_duty", "grid_worker"];
    let due: Vec<(Uid, &str)> =
        hierarchy.units()[1..].iter().map(|u| (u.uid, roles[usize::from(u.level)])).collect();
    let made: Vec<(Uid, &str)> = DEMO.people.iter().map(|p| (p.unit, p.role.as_str())).collect();
    assert_eq!(made, due);
    for person in &DEMO.people {
        assert!(person.phone.len() == 11 && person.phone.starts_with("100"), "{}", person.phone);
        assert!(person.phone.bytes().all(|b| b.is_ascii_digit()), "{}", person.phone);
        assert!(person.note.contains("合成数据") && person.note.contains("synthetic"));
        let length = person.name.chars().count();
        assert!(if person.role == "grid_worker" { (2..=3).contains(&length) } else { length > 3 });
    }
    let names: BTreeSet<&str> = DEMO.people.iter().map(|p| p.name.as_str()).collect();
    assert!(names.len() > 3_000, "{} names", names.len());
}

#[test]
fn people_leave_the_county_of_seed_1_as_it_was() {
    assert_eq!(
        DEMO.partition.content_hash().to_string(),
        "2398180a00110820a5e8bcfefee346d8d05e7fb375e4eaeaae8c56b5b11daa85"
    );
}

#[test]
fn any_number_of_grids_from_one_a_village_up_comes_out_exactly() {
    for grids in [274, 275, 300, 1_000] {
        let made = county(&Recipe::new(2, grids, &OUTLINE, &UNITS)).unwrap();
        assert_eq!(made.partition.hierarchy.leaves().len(), grids);
    }
}

#[test]
fn other_outlines_and_lists_make_counties_too() {
    let star: Vec<Point> = (0..24)
        .map(|i| {
            let (r, t) = (if i % 2 == 0 { 3e6 } else { 1.2e6 }, f64::from(i) * std::f64::consts::PI / 12.0);
            Point::new((1e9 + r * t.cos()) as i32, (2.5e8 + r * t.sin()) as i32)
        })
        .collect();
    for (outline, units, grids) in [
        (square(500_000), made_up(1, 4), 30),
        (square(500_000), made_up(1, 1), 1),
        (square(2_500_000), made_up(3, 10), 600),
        (star, made_up(12, 9), 400),
    ] {
        let backwards: Vec<Point> = outline.iter().rev().copied().collect();
        for outline in [&outline, &backwards] {
            let made = county(&Recipe::new(3, grids, outline, &units)).unwrap();
            assert_eq!(made.partition.hierarchy.leaves().len(), grids);
        }
    }
}

#[test]
fn a_bad_recipe_is_refused_with_its_reason() {
    let fault = |grids, outline: &[Point], units: &[SeedUnit]| {
        county(&Recipe::new(1, grids, outline, units)).unwrap_err()
    };
    let (place, list) = (square(500_000), made_up(2, 5));
    assert_eq!(fault(9, &place, &list), SynthError::TooFewGrids { grids: 9, villages: 10 });
    assert_eq!(fault(9_991, &place, &list), SynthError::TooManyGrids { grids: 9_991, villages: 10 });
    assert_eq!(fault(9, &place, &[]), SynthError::Counties(0));
    assert_eq!(fault(9, &place, &list[..1]), SynthError::NoUnits("town"));
    assert!(matches!(fault(9, &place, &list[..2]), SynthError::EmptyTown(_)));
    let twice: Vec<SeedUnit> = list.iter().chain(&list[3..4]).cloned().collect();
    assert_eq!(fault(30, &place, &twice), SynthError::DuplicateCode(list[3].code.clone()));
    let orphaned: Vec<SeedUnit> = list.iter().filter(|u| u.code.as_str() != "990101101").cloned().collect();
    assert!(matches!(fault(30, &place, &orphaned), SynthError::Orphan { .. }));
    let longer = SeedUnit { code: Code::new("990101100001001").unwrap(), ..list[2].clone() };
    let too_deep: Vec<SeedUnit> = list.iter().cloned().chain([longer]).collect();
    assert!(matches!(fault(30, &place, &too_deep), SynthError::Digits(_)));
    assert!(matches!(fault(30, &square(2_000), &list), SynthError::NoRoom { .. }));
    assert!(matches!(fault(30, &place[..2], &list), SynthError::Outline(_)));
    let bow = [place[0], place[2], place[1], place[3]];
    assert!(matches!(fault(30, &bow, &list), SynthError::Outline(_)));
}

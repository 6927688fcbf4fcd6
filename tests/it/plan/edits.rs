//! Each command on the nine squares, and what is refused.
#![allow(clippy::float_cmp, reason = "areas that are sums of a few squares are exact")]

use wangge::coverage::{Coverage, Partition, Polygon, Redrawn};
use wangge::crs::{LonLat, Point, ring_area2};
use wangge::plan::{Allotment, Delta, OpenKind, apply, moves, open};
use wangge::unit::{Code, Owner};

use super::{area2, assert_whole, done, edit, pool};
use crate::fixture::{self, ORIGIN, SIDE};

/// A place in squares from the south-west corner, as JSON.
fn at(x: f64, y: f64) -> String {
    let point = point(x, y);
    let place = LonLat::from_lattice(point);
    format!("[{},{}]", place.lon(), place.lat())
}

fn point(x: f64, y: f64) -> Point {
    let units = |v: f64| (v * f64::from(SIDE)).round() as i32;
    Point::new(ORIGIN.0 + units(x), ORIGIN.1 + units(y))
}

fn line(points: &[(f64, f64)]) -> String {
    format!("[{}]", points.iter().map(|&(x, y)| at(x, y)).collect::<Vec<_>>().join(","))
}

/// Code of grid `grid` of town `town`, both from 0.
fn grid(town: usize, grid: usize) -> String {
    format!("32092410{town}001{:03}", grid + 1)
}

fn owner(partition: &Partition, code: &str) -> Owner {
    let hierarchy = &partition.hierarchy;
    hierarchy.owner_of(hierarchy.by_code(&Code::new(code).unwrap()).unwrap()).unwrap()
}

/// In squares.
fn area(partition: &Partition, code: &str) -> f64 {
    area2(&partition.coverage, owner(partition, code)) as f64 / 2.0 / f64::from(SIDE).powi(2)
}

fn after(partition: &Partition, json: &str) -> Partition {
    let applied = done(partition, &edit(json)).unwrap_or_else(|refused| panic!("{json}: {refused}"));
    assert_whole(&applied.partition);
    applied.partition
}

fn refusal(partition: &Partition, json: &str) -> String {
    done(partition, &edit(json)).map(|_| ()).expect_err(json).to_string()
}

// North up: a d g over b e h over c f i; a is (0, 2) to (1, 3).

#[test]
fn a_split_leaves_the_code_with_the_largest_and_numbers_the_others_from_the_west() {
    let nine = fixture::nine();
    let e = grid(1, 1);
    let json = format!(
        r#"{{"op":"split","unit":"{e}","line":{},"new":[{{"name":"西"}},{{"name":"东"}}]}}"#,
        line(&[(1.2, 0.5), (1.2, 2.5), (1.9, 2.5), (1.9, 0.5)])
    );
    let split = after(&nine, &json);
    assert_eq!(area(&split, &e), 0.7);
    let (west, east) = (format!("{}004", &e[..12]), format!("{}005", &e[..12]));
    assert!((area(&split, &west) - 0.2).abs() < 1e-9 && (area(&split, &east) - 0.1).abs() < 1e-9);
    let name = |code: &str| {
        let hierarchy = &split.hierarchy;
        hierarchy.unit(hierarchy.by_code(&Code::new(code).unwrap()).unwrap()).name.clone()
    };
    assert_eq!([name(&west), name(&east)], ["西", "东"]);
    // The line crosses inner borders only: the county's outline is what it was.
    assert_eq!(split.polygons_of(0), nine.polygons_of(0));
}

#[test]
fn a_line_that_ends_within_a_unit_does_not_divide_it() {
    let nine = fixture::nine();
    let json =
        format!(r#"{{"op":"split","unit":"{}","line":{}}}"#, grid(1, 1), line(&[(0.5, 1.5), (1.5, 1.5)]));
    let said = refusal(&nine, &json);
    assert!(said.contains("does not divide") && said.contains("(at 120.2"), "{said}");
    // Taken to the border it is near, it does.
    let json = format!(
        r#"{{"op":"split","unit":"{}","line":{},"tolerance":30}}"#,
        grid(1, 1),
        line(&[(0.5, 1.5), (1.8, 1.5)])
    );
    assert_eq!(area(&after(&nine, &json), &grid(1, 1)), 0.5);
}

#[test]
fn a_split_may_go_round_and_through_a_hole() {
    let ring = fixture::nine_drawn(&["aaaa", "abba", "abba", "aaaa"]);
    let (a, b) = (grid(0, 0), grid(0, 1));
    let through = format!(r#"{{"op":"split","unit":"{a}","line":{}}}"#, line(&[(-0.5, 2.0), (4.5, 2.0)]));
    let split = after(&ring, &through);
    assert_eq!((area(&split, &a), area(&split, &b)), (6.0, 4.0));
    let round = format!(
        r#"{{"op":"split","unit":"{b}","line":{}}}"#,
        line(&[(1.5, 1.5), (2.5, 1.5), (2.5, 2.5), (1.5, 2.5), (1.5, 1.5)])
    );
    let split = after(&ring, &round);
    assert_eq!((area(&split, &b), area(&split, &grid(0, 2))), (3.0, 1.0));
}

#[test]
fn merged_units_have_the_area_of_all_and_the_code_of_one() {
    let nine = fixture::nine();
    let merge = |codes: &[String], keep: &str| {
        let list = codes.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(",");
        format!(r#"{{"op":"merge","units":[{list}],"keep":"{keep}"}}"#)
    };
    let three = [grid(0, 0), grid(0, 1), grid(1, 1)];
    let merged = after(&nine, &merge(&three, &grid(0, 1)));
    assert_eq!(area(&merged, &grid(0, 1)), 3.0);
    assert_eq!(merged.hierarchy.leaves().len(), 7);
    assert!(open(&nine, &merged).is_empty());
    let said = refusal(&nine, &merge(&[grid(0, 0), grid(2, 2)], &grid(0, 0)));
    assert!(said.contains("borders none of the others"), "{said}");
    let village = [grid(0, 0), grid(0, 1), grid(0, 2), grid(1, 0)];
    let empty = after(&nine, &merge(&village, &grid(1, 0)));
    let kinds: Vec<OpenKind> = open(&nine, &empty).into_iter().map(|o| o.kind).collect();
    assert_eq!(kinds, [OpenKind::Empty], "the village has no grid left");
}

#[test]
fn a_border_is_drawn_anew_between_two_points_of_it() {
    let nine = fixture::nine();
    let [b, e] = [grid(0, 1), grid(1, 1)];
    // The border of b and e is x = 1 from 1 to 2; a bulge of 0.5 × 0.5 into e.
    let json = format!(
        r#"{{"op":"reshape","between":["{b}","{e}"],"line":{}}}"#,
        line(&[(1.0, 1.25), (1.5, 1.25), (1.5, 1.75), (1.0, 1.75)])
    );
    let bulged = after(&nine, &json);
    assert_eq!((area(&bulged, &b), area(&bulged, &e)), (1.25, 0.75));
    // As far as nearly all of e: the run between is replaced, however large the piece.
    let json = format!(
        r#"{{"op":"reshape","between":["{e}","{b}"],"line":{}}}"#,
        line(&[(1.0, 1.05), (1.95, 1.05), (1.95, 1.95), (1.0, 1.95)])
    );
    let bulged = after(&nine, &json);
    assert!((area(&bulged, &e) - (1.0 - 0.9 * 0.95)).abs() < 1e-9);
}

/// An end on a slanting border lies off it by up to half a unit: the border is bent there, and the last unit of the line may
/// lie on it.
#[test]
fn an_end_that_the_lattice_takes_off_the_border_is_on_it() {
    let at = |x: i32, y: i32| Point::new(1_204_000_000 + x, 336_000_000 + y);
    let run = [at(100_800, 854_096), at(106_903, 857_218), at(109_381, 858_481), at(114_595, 861_529)];
    let ring = |points: &[Point]| Polygon { shell: points.to_vec(), holes: vec![] };
    let north: Vec<Point> =
        [at(100_800, 890_000)].into_iter().chain(run).chain([at(114_595, 890_000)]).collect();
    let south: Vec<Point> = [at(114_595, 830_000)]
        .into_iter()
        .chain(run.into_iter().rev())
        .chain([at(100_800, 830_000)])
        .collect();
    let coverage = Coverage::build(&[vec![ring(&north)], vec![ring(&south)]], 0).unwrap().coverage;
    let mut reshaped = 0;
    for (x, y) in
        (109_382..114_590).step_by(7).map(|x| (x, 858_481 + ((x - 109_381) * 3_048 + 2_607) / 5_214))
    {
        for off in [-1, 0, 1] {
            let line = [run[1], at(104_000, 845_000), at(x, y + off)];
            let redrawn = Redrawn { between: [Owner(0), Owner(1)], line: &line, keep: None };
            let found = coverage.reshape(&redrawn);
            assert!(found.is_ok(), "{line:?}: {:?}", found.err());
            reshaped += 1;
        }
    }
    assert!(reshaped > 2_000);
}

#[test]
fn a_border_that_leaves_one_of_the_two_nothing_is_refused() {
    let nine = fixture::nine();
    let json = format!(
        r#"{{"op":"reshape","between":["{}","{}"],"line":{}}}"#,
        grid(0, 1),
        grid(1, 1),
        line(&[(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0)])
    );
    assert!(refusal(&nine, &json).contains("would have no area"));
}

#[test]
fn ends_on_the_outer_border_take_the_whole_run_with_them() {
    let nine = fixture::nine();
    let [b, e] = [grid(0, 1), grid(1, 1)];
    let json = format!(
        r#"{{"op":"reshape","between":["{b}","{e}"],"line":{}}}"#,
        line(&[(1.3, 0.98), (1.4, 1.5), (1.3, 2.1)])
    );
    let moved = after(&nine, &json);
    assert!((area(&moved, &b) - 1.35).abs() < 1e-6, "{}", area(&moved, &b));
    // From the shared border to the outer one: the part towards the nearer node goes.
    let json =
        format!(r#"{{"op":"reshape","between":["{b}","{e}"],"line":{}}}"#, line(&[(1.0, 1.5), (0.5, 2.0)]));
    let moved = after(&nine, &json);
    assert!((area(&moved, &e) - 1.125).abs() < 1e-6, "{}", area(&moved, &e));
}

#[test]
fn of_a_closed_border_the_shorter_run_is_replaced_or_the_one_that_does_not_stay() {
    let ring = fixture::nine_drawn(&["aaaa", "abba", "abba", "aaaa"]);
    let (a, b) = (grid(0, 0), grid(0, 1));
    let ends = line(&[(1.5, 1.0), (1.5, 2.0), (1.0, 2.0)]);
    let json = format!(r#"{{"op":"reshape","between":["{a}","{b}"],"line":{ends}}}"#);
    assert_eq!(area(&after(&ring, &json), &b), 3.5);
    let keep = at(1.0, 1.0);
    let json = format!(r#"{{"op":"reshape","between":["{a}","{b}"],"line":{ends},"keep":{keep}}}"#);
    assert_eq!(area(&after(&ring, &json), &b), 0.5);
}

#[test]
fn a_line_that_leaves_the_two_is_refused_with_the_place() {
    let nine = fixture::nine();
    let json = format!(
        r#"{{"op":"reshape","between":["{}","{}"],"line":{}}}"#,
        grid(0, 1),
        grid(1, 1),
        line(&[(1.0, 1.25), (2.5, 1.25), (2.5, 1.75), (1.0, 1.75)])
    );
    let said = refusal(&nine, &json);
    assert!(said.contains("leaves them") && said.contains("(at 120.2020000, 33.7012500)"), "{said}");
    let json = format!(
        r#"{{"op":"reshape","between":["{}","{}"],"line":{}}}"#,
        grid(0, 0),
        grid(2, 2),
        line(&[(0.0, 0.0), (1.0, 1.0)])
    );
    assert!(refusal(&nine, &json).contains("share no border"));
}

#[test]
fn an_area_is_given_away_as_an_enclave_too_and_never_all_of_it() {
    let nine = fixture::nine();
    let [b, e] = [grid(0, 1), grid(1, 1)];
    let area_of = |x: f64, y: f64, side: f64| {
        let ring = line(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]);
        format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#)
    };
    let transfer = |area: &str| format!(r#"{{"op":"transfer","from":"{e}","to":"{b}","area":{area}}}"#);
    let given = after(&nine, &transfer(&area_of(0.5, 1.5, 1.0)));
    assert_eq!(
        (area(&given, &b), area(&given, &e)),
        (1.25, 0.75),
        "what of the area is others' stays theirs"
    );
    let enclave = after(&nine, &transfer(&area_of(1.25, 1.25, 0.5)));
    assert_eq!((area(&enclave, &b), area(&enclave, &e)), (1.25, 0.75));
    assert_eq!(enclave.coverage.polygons(owner(&enclave, &e))[0].holes.len(), 1);
    let open: Vec<_> = open(&nine, &enclave).into_iter().map(|o| (o.kind, o.size)).collect();
    assert_eq!(open, [(OpenKind::Pieces, 2.0)]);
    assert!(refusal(&nine, &transfer(&area_of(0.5, 0.5, 2.0))).contains("merge"));
    assert!(refusal(&nine, &transfer(&area_of(5.0, 5.0, 1.0))).contains("nothing"));
    let bow = format!(
        r#"{{"type":"Polygon","coordinates":[{}]}}"#,
        line(&[(1.1, 1.1), (1.9, 1.9), (1.9, 1.1), (1.1, 1.9)])
    );
    assert!(refusal(&nine, &transfer(&bow)).contains("valid polygon"));
}

#[test]
fn a_junction_moves_with_every_border_that_meets_there() {
    let nine = fixture::nine();
    let shift = |to: (f64, f64)| {
        format!(r#"{{"op":"move_node","at":{},"to":{},"tolerance":5}}"#, at(1.01, 1.0), at(to.0, to.1))
    };
    let moved = after(&nine, &shift((1.2, 1.2)));
    assert_eq!((area(&moved, &grid(0, 2)), area(&moved, &grid(1, 1))), (1.2, 0.8));
    let said = refusal(&nine, &shift((2.5, 1.0)));
    assert!(said.contains("found a border"), "{said}");
    assert!(refusal(&nine, &shift((1.0, 2.0))).contains("found a border"));
}

#[test]
fn a_unit_goes_to_another_village_and_takes_a_new_code() {
    let nine = fixture::nine();
    let json = format!(r#"{{"op":"assign","unit":"{}","parent":"320924101001"}}"#, grid(0, 1));
    let assigned = after(&nine, &json);
    let was = nine.hierarchy.unit(nine.hierarchy.by_code(&Code::new(&grid(0, 1)).unwrap()).unwrap()).uid;
    let unit = assigned.hierarchy.by_uid(was).unwrap();
    assert_eq!(assigned.hierarchy.unit(unit).code.as_str(), "320924101001004");
    let village = assigned.hierarchy.by_code(&Code::new("320924101001").unwrap()).unwrap();
    assert_eq!(crate::coverage::area2(&assigned.polygons_of(village)), 8 * i128::from(SIDE).pow(2));
    // A village goes with all its grids.
    let moved = after(&nine, r#"{"op":"assign","unit":"320924100001","parent":"320924102"}"#);
    assert!(moved.hierarchy.by_code(&Code::new("320924102002003").unwrap()).is_some());
    let said = refusal(&nine, &format!(r#"{{"op":"assign","unit":"{}","parent":"320924102"}}"#, grid(0, 0)));
    assert!(said.contains("expected as the parent: village"), "{said}");
}

#[test]
fn what_stays_a_leafs_under_another_unit_changes_hands_too() {
    let nine = fixture::nine();
    let b = nine.hierarchy.unit(nine.hierarchy.by_code(&Code::new(&grid(0, 1)).unwrap()).unwrap()).uid;
    let e = nine.hierarchy.unit(nine.hierarchy.by_code(&Code::new(&grid(1, 1)).unwrap()).unwrap()).uid;
    let all = |after: &Partition| moves(&nine, after, &Delta::between(&nine, after).touched());
    let assign = format!(r#"{{"op":"assign","unit":"{}","parent":"320924101001"}}"#, grid(0, 1));
    let assigned = after(&nine, &assign);
    let [piece] = &all(&assigned)[..] else { panic!("one grid, whole") };
    assert_eq!((piece.from, piece.to), (Some(b), Some(b)));
    assert_eq!(vec![piece.polygon.clone()], nine.coverage.polygons(owner(&nine, &grid(0, 1))));
    // Half of it goes to a neighbour besides, and the rest with it to the other village.
    let transfer = format!(
        r#"{{"op":"transfer","from":"320924101001004","to":"{}","area":{{"type":"Polygon","coordinates":[{}]}}}}"#,
        grid(1, 1),
        line(&[(0.5, 0.9), (1.1, 0.9), (1.1, 2.1), (0.5, 2.1), (0.5, 0.9)]),
    );
    let both = all(&after(&assigned, &transfer));
    let of: Vec<_> = both.iter().map(|piece| (piece.from, piece.to)).collect();
    assert_eq!(of, [(Some(b), Some(b)), (Some(b), Some(e))]);
    let sizes: Vec<i128> = both.iter().map(|piece| piece.polygon.rings().map(ring_area2).sum()).collect();
    assert_eq!(sizes, [i128::from(SIDE).pow(2); 2], "each half a square, twice its area");
    // A village takes all its grids with it; a word more or less takes none.
    let town = after(&nine, r#"{"op":"assign","unit":"320924100001","parent":"320924102"}"#);
    assert!(all(&town).iter().all(|piece| piece.from == piece.to));
    assert_eq!(all(&town).len(), 3);
    let named = after(&nine, &format!(r#"{{"op":"rename","unit":"{}","name":"新名"}}"#, grid(0, 0)));
    assert_eq!(all(&named), []);
}

#[test]
fn units_are_made_and_retired_while_they_have_no_area() {
    let nine = fixture::nine();
    let made = after(&nine, r#"{"op":"create_unit","parent":"320924100","name":"新村"}"#);
    let kinds: Vec<OpenKind> = open(&nine, &made).into_iter().map(|o| o.kind).collect();
    assert_eq!(kinds, [OpenKind::Empty]);
    let filled =
        after(&made, &format!(r#"{{"op":"assign","unit":"{}","parent":"320924100002"}}"#, grid(0, 0)));
    assert!(open(&nine, &filled).is_empty());
    assert_eq!(after(&made, r#"{"op":"retire_unit","unit":"320924100002"}"#), nine);
    assert!(
        refusal(&nine, &format!(r#"{{"op":"retire_unit","unit":"{}"}}"#, grid(0, 0)))
            .contains("without area")
    );
}

#[test]
fn what_is_said_of_units_changes_no_border() {
    let nine = fixture::nine();
    let named = after(&nine, &format!(r#"{{"op":"rename","unit":"{}","name":"新名"}}"#, grid(0, 0)));
    assert_eq!(named.coverage, nine.coverage);
    let json =
        format!(r#"{{"op":"set","unit":"{}","attributes":{{"kind":"dedicated","old":null}}}}"#, grid(0, 0));
    assert_eq!(after(&nine, &json).coverage, nine.coverage);
    assert!(
        refusal(&nine, &format!(r#"{{"op":"rename","unit":"{}","name":" "}}"#, grid(0, 0)))
            .contains("a name")
    );
    assert!(refusal(&nine, r#"{"op":"rename","unit":"999","name":"x"}"#).contains("which none has"));
}

#[test]
fn a_code_that_was_given_once_is_given_to_nobody_else() {
    let nine = fixture::nine();
    let create = edit(r#"{"op":"create_unit","parent":"320924100001","name":"新","code":"320924100001077"}"#);
    let mut left = pool(&nine);
    let made = apply(&nine, &create, Allotment::new(&[], &mut left)).unwrap();
    let drawn: Vec<&str> = made.drawn.iter().map(|drawn| drawn.code.as_str()).collect();
    assert_eq!(drawn, ["320924100001077"], "what is stated is what is drawn");
    let again = apply(&nine, &create, Allotment::new(&[], &mut left)).unwrap_err();
    assert!(again.detail.contains("320924100001077"), "{again}");
    let replayed = apply(&nine, &create, Allotment::new(&made.drawn, &mut left)).unwrap();
    assert_eq!(replayed.partition, made.partition);
}

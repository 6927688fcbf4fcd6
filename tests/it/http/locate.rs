//! `GET /api/locate`.

use serde_json::json;

use super::server::{code, shared};

#[test]
fn a_point_inside_names_its_leaf_and_every_level_above() {
    let answer = shared().get("/api/locate?lon=120.2005&lat=33.7025");
    assert_eq!(answer.header("wangge-version"), "2");
    assert_eq!(answer.header("content-type"), "application/json");
    let body = answer.json();
    assert_eq!(body["version"], 2);
    assert_eq!(body["point"], json!({"lon": 120.2005, "lat": 33.7025}));
    assert_eq!(body["crs"], "wgs84");
    assert_eq!(body["inside"], true);
    assert_eq!(body["leaf"]["code"], code('a'));
    assert_eq!(body["leaf"]["name"], "a网格");
    assert_eq!(body["leaf"]["level"], "grid");
    let chain: Vec<_> = body["chain"].as_array().unwrap().iter().map(|u| u["code"].clone()).collect();
    assert_eq!(chain, [code('a'), "320924100001", "320924100", "320924"]);
    assert_eq!(body["grid"]["code"], code('a'));
    assert_eq!(body["village"]["code"], "320924100001");
    assert_eq!(body["town"]["code"], "320924100");
    assert_eq!(body["county"]["code"], "320924");
    assert_eq!(body["void"], json!(null));
    assert_eq!(body["on_border"], false);
    // Half a square of 0.001 degree to the east is 46 m, to the north 55 m; nothing is to the west but the outside.
    let metres = body["border_distance_m"].as_f64().unwrap();
    assert!((46.0..47.0).contains(&metres), "{metres}");
    assert!(body.get("candidates").is_none() && body.get("nearest").is_none());
}

#[test]
fn members_stand_in_a_fixed_order() {
    let body = shared().get("/api/locate?lon=120.2005&lat=33.7025").json();
    let names: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    let expected = [
        "version",
        "point",
        "crs",
        "inside",
        "leaf",
        "chain",
        "grid",
        "village",
        "town",
        "county",
        "void",
        "on_border",
        "border_distance_m",
        "neighbour",
    ];
    assert_eq!(names, expected);
}

#[test]
fn the_neighbour_is_who_lies_across_the_nearest_border() {
    let body = shared().get("/api/locate?lon=120.2009&lat=33.7025").json();
    assert_eq!(body["leaf"]["code"], code('a'));
    assert_eq!(body["neighbour"]["code"], code('d'));
    assert!(body["border_distance_m"].as_f64().unwrap() < 10.0);
}

#[test]
fn a_point_on_a_border_has_one_owner_and_says_so() {
    let body = shared().get("/api/locate?lon=120.201&lat=33.7025").json();
    assert_eq!(body["on_border"], true);
    assert_eq!(body["leaf"]["code"], code('d'), "the half-open rule: the unit to the east");
    assert_eq!(body["border_distance_m"], 0.0);
}

#[test]
fn a_point_on_the_outline_may_have_no_owner() {
    let body = shared().get("/api/locate?lon=120.203&lat=33.7025").json();
    assert_eq!((&body["inside"], &body["on_border"]), (&json!(false), &json!(true)));
    assert_eq!(body["leaf"], json!(null));
}

#[test]
fn outside_the_nearest_leaf_is_named_with_its_distance() {
    let body = shared().get("/api/locate?lon=120.1990&lat=33.7025").json();
    assert_eq!(body["inside"], false);
    assert_eq!(body["leaf"], json!(null));
    assert_eq!(body["chain"], json!([]));
    assert_eq!(body["grid"], json!(null));
    assert_eq!(body["nearest"]["code"], code('a'));
    let metres = body["nearest"]["distance_m"].as_f64().unwrap();
    assert!((92.0..94.0).contains(&metres), "{metres}");
}

#[test]
fn a_void_is_inside_but_no_leaf() {
    let body = shared().get("/api/locate?lon=120.2025&lat=33.7005").json();
    assert_eq!(body["inside"], true);
    assert_eq!(body["leaf"], json!(null));
    assert_eq!(body["void"]["name"], "河");
}

#[test]
fn a_gcj02_coordinate_is_converted_before_it_is_looked_up() {
    let gcj = wangge::crs::Datum::Gcj02.from_wgs84(wangge::crs::LonLat::new(120.2005, 33.7025).unwrap());
    let path = format!("/api/locate?lon={:.7}&lat={:.7}", gcj.lon(), gcj.lat());
    assert_eq!(shared().get(&format!("{path}&crs=gcj02")).json()["leaf"]["code"], code('a'));
    assert_eq!(shared().get(&path).json()["inside"], false, "unconverted it lies 468 m off");
}

#[test]
fn crs_any_answers_under_each_datum_and_says_whether_they_agree() {
    let body = shared().get("/api/locate?lon=120.2005&lat=33.7025&crs=any").json();
    assert_eq!(body["certain"], false);
    let answers = body["answers"].as_array().unwrap();
    let datums: Vec<_> = answers.iter().map(|a| a["crs"].as_str().unwrap()).collect();
    assert_eq!(datums, ["wgs84", "cgcs2000", "gcj02", "bd09"]);
    assert_eq!(answers[0]["leaf"]["code"], code('a'));
    assert_eq!(answers[2]["inside"], false);
    let far = shared().get("/api/locate?lon=10&lat=33.7025&crs=any").json();
    assert_eq!(far["certain"], true, "outside under each");
}

#[test]
fn an_accuracy_gives_candidates_whose_probabilities_sum_to_one_at_most() {
    let body = shared().get("/api/locate?lon=120.2009&lat=33.7025&accuracy=50").json();
    let candidates = body["candidates"].as_array().unwrap();
    assert_eq!(candidates[0]["code"], code('a'));
    assert!(candidates.iter().any(|c| c["code"] == code('d')));
    let sum: f64 = candidates.iter().map(|c| c["probability"].as_f64().unwrap()).sum();
    assert!(sum > 0.5 && sum <= 1.001, "{sum}");
}

#[test]
fn a_moment_counts_as_the_day_it_is_in_the_county() {
    // Version 2 holds from 1 February 2026: in the county, eight hours before UTC has that day.
    let at = |text: &str| shared().get(&format!("/api/summary?at={text}")).json()["version"].clone();
    assert_eq!(at("2026-01-31T15:59:59Z"), 1);
    assert_eq!(at("2026-01-31T16:00:00Z"), 2);
    assert_eq!(at("2026-02-01T00:00:00%2B08:00"), 2);
    assert_eq!(at("2026-01-31T23:59:59.9%2B08:00"), 1);
    assert_eq!(at("2026-02-01T00:00"), 2, "without a zone, the county's");
    shared().get("/api/summary?at=2026-02-01T25:00:00Z").problem(400);
}

#[test]
fn an_older_version_answers_by_number_and_by_date() {
    let at = "/api/locate?lon=120.2015&lat=33.7015";
    assert_eq!(shared().get(at).json()["leaf"]["code"], code('b'), "version 2 gave e's square to b");
    for old in ["&v=1", "&at=2026-01-15"] {
        let answer = shared().get(&format!("{at}{old}"));
        assert_eq!(answer.header("wangge-version"), "1", "{old}");
        assert_eq!(answer.json()["leaf"]["code"], code('e'), "{old}");
    }
    assert_eq!(shared().get(&format!("{at}&at=2026-02-01")).json()["version"], 2);
    shared().get(&format!("{at}&v=9")).problem(404);
    shared().get(&format!("{at}&v=0")).problem(404);
    shared().get(&format!("{at}&at=2025-12-31")).problem(404);
}

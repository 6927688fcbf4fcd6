//! A unit's history through the versions.

use serde_json::{Value, json};

use super::server::{code, shared};

fn history(unit: &str) -> Value {
    shared().get(&format!("/api/units/{unit}/history")).json()
}

#[test]
fn the_versions_that_changed_a_unit_are_told_newest_first() {
    let b = history(code('b'));
    assert_eq!((&b["code"], &b["level"], &b["retired"]), (&json!(code('b')), &json!("grid"), &json!(false)));
    let changes: Vec<_> = b["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| (h["version"].clone(), h["changed"].clone()))
        .collect();
    assert_eq!(changes[1], (json!(1), json!(["created"])));
    assert_eq!(changes[0].0, json!(2));
    assert!(changes[0].1.as_array().unwrap().contains(&json!("geometry")), "{b}");
    let second = &b["history"][0];
    assert_eq!((&second["effective_from"], &second["note"]), (&json!("2026-02-01"), &json!("version 2")));
    assert_eq!((&second["parent"], &second["author"]), (&json!("320924100001"), &json!("tests")));
    assert_eq!(history(&format!("uid:{}", b["uid"])), b);
    assert_eq!(history(code('a'))["history"].as_array().unwrap().len(), 1, "nothing but its creation");
}

#[test]
fn a_retired_code_has_a_history_too() {
    let e = history(code('e'));
    assert_eq!((&e["retired"], &e["name"]), (&json!(true), &json!("e网格")));
    let changes: Vec<_> = e["history"].as_array().unwrap().iter().map(|h| h["changed"].clone()).collect();
    assert_eq!(changes, [json!(["retired"]), json!(["created"])]);
}

#[test]
fn what_never_was_has_none() {
    shared().get("/api/units/999999/history").problem(404);
    shared().get("/api/units/uid:999999/history").problem(404);
    shared().get("/api/units/uid:x/history").problem(400);
    shared().get("/api/units/abc/history").problem(400);
}

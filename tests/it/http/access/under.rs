//! What is asked of a unit by those who may work in a part of it, or in none.

use serde_json::{Value, json};
use wangge::access::{Grant, Role};

use super::callers::area;
use super::groups::Person;
use crate::http::server::Server;

#[test]
fn another_town_is_refused_and_of_the_county_only_the_own_town_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::guarded(&dir.path().join("county.gpkg").display().to_string(), true);
    let planner = Person::new(&server, "own", vec![Grant::new(Role::Planner, area("own"))]);
    let id = planner.begin(&[]);
    let codes = |list: &Value, code: &dyn Fn(&Value) -> Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|one| code(one).as_str().unwrap().to_owned()).collect()
    };
    let own = |codes: Vec<String>| codes.len() == 3 && codes.iter().all(|code| code.starts_with("320924100"));

    let taken = |under: &str| {
        let asked = json!({"filter": "area_km2>0.0001", "under": under, "dry_run": true});
        planner.send("POST", &format!("/{id}/suggest"), 0, &asked)
    };
    taken("320924101").problem(403);
    let told: Value = serde_json::from_slice(&taken("320924").body).unwrap();
    assert!(own(codes(&told["units"], &|unit| unit["unit"].clone())), "{told}");

    let export =
        |under: &str| server.send("GET", &format!("/api/export?under={under}"), &planner.headers(), b"");
    let refused = export("320924101");
    assert!([403, 404].contains(&refused.status), "{}", refused.text());
    let file: Value = serde_json::from_slice(&export("320924").body).unwrap();
    assert!(own(codes(&file["features"], &|unit| unit["properties"]["code"].clone())), "{file}");
}

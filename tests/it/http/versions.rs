//! Versions: their records, and versions that others enter while a server runs.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::fixture::odd;

use super::server::{Server, code, county, entry, place, shared};
use wangge::app::enter;
use wangge::unit::PointLayer;

#[test]
fn versions_say_who_when_from_when_and_what_changed() {
    let list = shared().get("/api/versions").json();
    assert_eq!(list["current"], 2);
    let versions = list["versions"].as_array().unwrap();
    assert_eq!(versions.iter().map(|v| v["version"].clone()).collect::<Vec<_>>(), [json!(2), json!(1)]);
    assert_eq!(
        (&versions[0]["author"], &versions[0]["effective_from"]),
        (&json!("tests"), &json!("2026-02-01"))
    );
    let second = shared().get("/api/versions/2").json();
    assert_eq!(second["content_hash"], shared().get("/api/summary").json()["content_hash"]);
    let changes = second["changes"].as_array().unwrap();
    let change = |code: &str| changes.iter().find(|c| c["code"] == code).map(|c| c["change"].clone());
    assert_eq!(change(code('e')), Some(json!("retired")));
    assert_eq!(change(code('b')), Some(json!("changed")));
    assert_eq!(change(code('a')), None);
}

#[test]
fn a_server_asked_for_a_version_it_has_not_seen_catches_up_and_old_ones_stay() {
    let server = Server::start();
    let tiles = server.get("/tiles/county.json").json()["tiles"][0].clone();
    let store = server.store();
    let third = county(&["adg", "beg", "cfv"]);
    server.runtime.block_on(async {
        let before = Arc::new(store.load(2).await.unwrap().partition);
        enter(&store, entry(third, 2), Some(before)).await.unwrap();
    });
    let at = "/api/locate?lon=120.2025&lat=33.7015";
    assert_eq!(server.get(&format!("{at}&v=3")).json()["leaf"]["code"], code('g'));
    assert_eq!(server.get(at).json()["version"], 3, "the newer version is served from then on");
    assert_eq!(server.get("/health/ready").json()["version"], 3);
    for (version, owner) in [(1, 'h'), (2, 'h'), (3, 'g'), (1, 'h')] {
        assert_eq!(server.get(&format!("{at}&v={version}")).json()["leaf"]["code"], code(owner), "{version}");
    }
    assert_ne!(server.get("/tiles/county.json").json()["tiles"][0], tiles);
    server.get(&format!("{at}&v=4")).problem(404);
}

#[test]
fn a_code_that_came_back_is_still_gone_in_the_versions_without_it() {
    let server = Server::start();
    let store = server.store();
    server.runtime.block_on(async {
        let before = Arc::new(store.load(2).await.unwrap().partition);
        let again = store.load(1).await.unwrap().partition;
        enter(&store, entry(again, 2), Some(before)).await.unwrap();
    });
    let unit = |v: u64| server.get(&format!("/api/units/{}?v={v}", code('e')));
    assert_eq!(unit(3).json()["name"], "e网格");
    let problem = unit(2).problem(410);
    assert_eq!((&problem["became"], &problem["version"]), (&json!([code('b')]), &json!(2)));
    assert_eq!(unit(1).json()["version"], 1);
}

#[test]
fn an_older_version_keeps_its_zooms_after_one_with_other_levels() {
    let server = Server::start();
    let zooms = |v: u64| server.get(&format!("/tiles/county.json?v={v}")).json()["vector_layers"].clone();
    let before = zooms(2);
    let store = server.store();
    server.runtime.block_on(async {
        let previous = Arc::new(store.load(2).await.unwrap().partition);
        enter(&store, entry(odd(), 2), Some(previous)).await.unwrap();
        server.app.catch_up().await.unwrap();
    });
    let names = |layers: &Value| {
        let id = |l: &Value| l["id"].as_str().unwrap().to_owned();
        layers.as_array().unwrap().iter().map(id).collect::<Vec<_>>()
    };
    assert!(names(&zooms(3)).contains(&"hamlets".to_owned()), "{:?}", names(&zooms(3)));
    assert_eq!(zooms(2), before);
}

#[test]
fn points_that_were_replaced_are_noticed_and_change_the_token_of_what_draws_them() {
    let server = Server::start();
    let token = |name: &str| server.get(&format!("/tiles/{name}.json")).json()["tiles"][0].clone();
    let (county, places) = (token("county"), token("places"));
    let store = server.store();
    server.runtime.block_on(async {
        let one = [place(120.2005, 33.7005, "service_centre", "新中心", 1)];
        store.replace_points(PointLayer::Places, &one).await.unwrap();
        server.app.catch_up().await.unwrap();
    });
    let near = server.get("/api/near?lon=120.2005&lat=33.7005").json();
    assert_eq!(near["points"].as_array().unwrap().len(), 1);
    assert_eq!(token("county"), county, "the county has not changed");
    assert_ne!(token("places"), places);
}

#[test]
fn a_store_changed_from_outside_is_not_served_and_what_is_served_stays() {
    let server = Server::start();
    let store = server.store();
    let third = county(&["adg", "beg", "cfv"]);
    server.runtime.block_on(async {
        let before = Arc::new(store.load(2).await.unwrap().partition);
        enter(&store, entry(third, 2), Some(before)).await.unwrap();
    });
    server.spoil();
    assert_eq!(server.get("/api/locate?lon=120.2025&lat=33.7015&v=3").status, 500);
    assert_eq!(server.get("/api/locate?lon=120.2025&lat=33.7015").json()["version"], 2);
}

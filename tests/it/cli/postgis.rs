//! Every command over a database, and a county moved there and back.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use super::{Desk, Running};
use crate::cluster::Cluster;

#[test]
fn every_command_takes_a_database() {
    let desk = Desk::with_county();
    desk.exported();
    let url = format!("{}&password=s3cret", Cluster::shared().new_url());
    let store = ["--store", &url];
    let on = |arguments: &[&str]| desk.done(&[arguments, &store[..]].concat());
    let error = desk.refused(&["check", "--store", &url]);
    assert!(error.contains("no store at postgres://") && !error.contains("s3cret"), "{error}");
    on(&["import", "county.geojson"]);
    let hash = on(&["hash"]);
    assert_eq!(hash, desk.done(&["hash", "--store", "county.gpkg"]));
    assert_eq!(on(&["hash", "--at", "1"]), hash);
    assert!(on(&["check"]).starts_with("version 1: a coverage"), "{}", on(&["check"]));
    on(&["export", "out.geojson", "--all"]);
    desk.done(&["export", "due.geojson", "--all", "--store", "county.gpkg"]);
    let features = |name: &str| {
        let file: Value = serde_json::from_slice(&std::fs::read(desk.path(name)).unwrap()).unwrap();
        file["features"].as_array().unwrap().len()
    };
    assert_eq!(features("out.geojson"), features("due.geojson"));
    desk.write("points.csv", "lon,lat\n120.25,33.8\n0,0\n");
    let rows = on(&["locate", "points.csv"]);
    assert_eq!(rows, desk.done(&["locate", "points.csv", "--store", "county.gpkg"]));
    desk.write("people.csv", "code,role,name,phone,note\n320924,police,甲,10012345678,\n");
    on(&["import", "--as", "people", "people.csv"]);
    let running =
        Running::start(desk.command(&[&["serve", "--open", "--listen", "127.0.0.1:0"], &store[..]].concat()));
    let (status, body) = running.get("/api/locate?lon=120.25&lat=33.8");
    let located: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, &located["inside"], &located["version"]), (200, &Value::Bool(true), &1.into()));
    let help = desk.command(&["--help"]).env("WANGGE_STORE", &url).output().unwrap();
    assert!(!String::from_utf8_lossy(&help.stdout).contains("s3cret"));
}

#[test]
fn synth_fills_a_database_and_demo_serves_it() {
    let desk = Desk::new();
    let url = Cluster::shared().new_url();
    let made = ["--grids", "30", "--outline", "outline.geojson", "--units", "units.csv", "--store"];
    desk.done(&[&["synth"], &made[..], &[&url]].concat());
    let error = desk.refused(&[&["synth"], &made[..], &[&url]].concat());
    assert!(error.contains("holds version 1 already"), "{error}");
    let synthesized = desk.done(&["hash", "--store", &url]);
    assert_eq!(synthesized, Desk::with_county().done(&["hash", "--store", "county.gpkg"]));
    let running = Running::start(desk.command(&["demo", "--listen", "127.0.0.1:0", "--store", &url]));
    assert_eq!(running.get("/health/ready").0, 200);
}

#[test]
fn copy_moves_a_county_to_a_database_and_back() {
    let desk = Desk::with_county();
    let url = Cluster::shared().new_url();
    let said = desk.done(&["copy", "--from", "county.gpkg", "--to", &url]);
    assert!(said.starts_with("1 versions with ") && said.ends_with("read again and equal"), "{said}");
    let error = desk.refused(&["copy", "--from", "county.gpkg", "--to", &url]);
    assert!(error.contains("expected an empty store"), "{error}");
    desk.done(&["copy", "--from", &url, "--to", "back.gpkg"]);
    let hash = |store: &str| desk.done(&["hash", "--store", store]);
    assert_eq!(hash("county.gpkg"), hash(&url));
    assert_eq!(hash("county.gpkg"), hash("back.gpkg"));
    // Killed wherever it stands, it has filled the store or left it empty.
    for delay in [0, 5, 10, 20, 40, 80, 160] {
        for to in [Cluster::shared().new_url(), format!("killed{delay}.gpkg")] {
            let mut copying = desk
                .command(&["copy", "--from", "county.gpkg", "--to", &to])
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_millis(delay));
            copying.kill().unwrap();
            copying.wait().unwrap();
            let output = desk.run(&["hash", "--store", &to]);
            if output.status.success() {
                assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), hash("county.gpkg"));
            } else {
                let said = super::err(&output);
                assert!(said.contains("no store at") || said.contains("holds no version yet"), "{said}");
            }
        }
    }
    let error = desk.refused(&["copy", "--from", "missing.gpkg", "--to", "new.gpkg"]);
    assert!(error.contains("no store at missing.gpkg") && !desk.path("new.gpkg").exists(), "{error}");
}

#[test]
fn grant_lets_roles_in() {
    let desk = Desk::new();
    let (schema, server, reader) =
        (crate::cluster::new_name(), crate::cluster::new_name(), crate::cluster::new_name());
    let cluster = Cluster::shared();
    let owner = cluster.url("postgres", &schema);
    let error = desk.refused(&["grant", "--server", &server, "--store", &owner]);
    assert!(error.contains(&server), "{error}");
    let make = format!("CREATE ROLE {server} LOGIN; CREATE ROLE {reader} LOGIN");
    tokio::runtime::Runtime::new().unwrap().block_on(cluster.sql("postgres", &make)).unwrap();
    desk.done(&["grant", "--server", &server, "--reader", &reader, "--store", &owner]);
    let made = ["--grids", "30", "--outline", "outline.geojson", "--units", "units.csv", "--store"];
    desk.done(&[&["synth"], &made[..], &[&cluster.url(&server, &schema)]].concat());
    let error = desk.refused(&["hash", "--store", &cluster.url(&reader, &schema)]);
    assert!(error.contains("`wangge grant` gives a role its rights"), "{error}");
    let error = desk.refused(&["grant", "--reader", &reader, "--store", "county.gpkg"]);
    assert!(error.contains("a GeoPackage has no roles"), "{error}");
}

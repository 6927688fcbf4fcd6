//! Finding by text: units, places, coordinates under one datum or each.

use std::fmt::Write;

use serde_json::{Value, json};

use super::server::{Answer, code, shared};

/// Asks for a text, encoded.
fn search(text: &str, more: &str) -> Answer {
    let mut path = "/api/search?q=".to_owned();
    for byte in text.bytes() {
        write!(path, "%{byte:02x}").unwrap();
    }
    shared().get(&(path + more))
}

fn results(text: &str, more: &str) -> Vec<Value> {
    search(text, more).json()["results"].as_array().unwrap().clone()
}

#[test]
fn a_unit_is_found_with_its_chain_and_a_point_inside_it() {
    let answer = search("d网格", "");
    assert_eq!(answer.header("wangge-version"), "2");
    assert!(answer.headers.contains_key("etag"));
    let first = &answer.json()["results"][0];
    assert_eq!((&first["kind"], &first["code"]), (&json!("unit"), &json!(code('d'))));
    assert_eq!((&first["name"], &first["level"]), (&json!("d网格"), &json!("grid")));
    let chain: Vec<_> = first["chain"].as_array().unwrap().iter().map(|u| u["code"].clone()).collect();
    assert_eq!(chain, [code('d'), "320924101001", "320924101", "320924"]);
    let (lon, lat) = (first["lon"].as_f64().unwrap(), first["lat"].as_f64().unwrap());
    assert!((120.201..120.202).contains(&lon) && (33.702..33.703).contains(&lat), "{first}");
    assert_eq!(results("320924 101 001 001", "")[0], *first, "by code, in groups");
}

#[test]
fn a_place_is_found_with_its_kind_and_the_units_it_lies_in() {
    let first = &results("jia shijian", "")[0];
    assert_eq!(results("jsjz", "")[0], *first, "by its initials");
    assert_eq!(
        (&first["kind"], &first["place_kind"], &first["name"]),
        (&json!("place"), &json!("civilisation_station"), &json!("甲实践站"))
    );
    assert_eq!((&first["lon"], &first["lat"]), (&json!(120.2005), &json!(33.7025)));
    assert_eq!(first["chain"][0]["code"], code('a'));
}

#[test]
fn a_void_and_a_canal_are_found_with_a_point_on_them_and_their_box() {
    let canal = &results("huangshagang", "")[0];
    let expected = json!({
        "kind": "canal",
        "name": "黄沙港",
        "line_kind": "trunk",
        "chain": canal["chain"],
        "lon": 120.2015,
        "lat": 33.7015,
        "bbox": [120.2, 33.701, 120.203, 33.702],
    });
    assert_eq!(*canal, expected);
    assert_eq!(canal["chain"].as_array().unwrap().last().unwrap()["code"], "320924");
    let void = results("河", "").into_iter().find(|r| r["name"] == "河").unwrap();
    let expected = json!({
        "kind": "void",
        "name": "河",
        "line_kind": null,
        "chain": void["chain"],
        "lon": 120.2025,
        "lat": 33.7005,
        "bbox": [120.202, 33.7, 120.203, 33.701],
        "uid": void["uid"],
    });
    assert_eq!(void, expected);
    assert!(void["uid"].is_u64());
}

#[test]
fn a_coordinate_says_how_it_was_read_and_whose_it_is() {
    let found = results("33.7025, 120.2015", "");
    let expected = json!({
        "kind": "coordinate",
        "given": {"lon": 120.2015, "lat": 33.7025},
        "crs": "wgs84",
        "stated": false,
        "leaf": {"uid": found[0]["leaf"]["uid"], "code": code('d'), "name": "d网格", "level": "grid"},
        "void": null,
        "chain": found[0]["chain"],
        "lon": 120.2015,
        "lat": 33.7025,
    });
    assert_eq!(found, [expected]);
    assert_eq!(found[0]["chain"].as_array().unwrap().len(), 4);
    let water = &results("120.2025 33.7005", "")[0];
    assert_eq!(
        (&water["leaf"], &water["void"]["name"], &water["chain"]),
        (&json!(null), &json!("河"), &json!([]))
    );
    let outside = &results("121.5 33.5", "")[0];
    assert_eq!((&outside["leaf"], &outside["void"]), (&json!(null), &json!(null)));
}

#[test]
fn a_coordinate_of_amap_does_not_land_in_the_wrong_grid() {
    // Where d lies, as Amap writes it: half a kilometre off, outside this small county.
    let amap = "120.206323,33.701147";
    assert_eq!(results(amap, "")[0]["leaf"], json!(null));
    let asked = &results(amap, "&crs=gcj02")[0];
    assert_eq!((&asked["leaf"]["code"], &asked["stated"]), (&json!(code('d')), &json!(false)));
    let link = &results(&format!("https://uri.amap.com/marker?position={amap}"), "&crs=wgs84")[0];
    assert_eq!(
        (&link["leaf"]["code"], &link["crs"], &link["stated"]),
        (&json!(code('d')), &json!("gcj02"), &json!(true))
    );
}

#[test]
fn where_nobody_knows_the_datum_each_is_tried() {
    let each = results("120.2015,33.7025", "&crs=any");
    let read: Vec<_> =
        each.iter().map(|r| (r["crs"].as_str().unwrap(), r["leaf"]["code"].as_str())).collect();
    assert_eq!(
        read,
        [("wgs84", Some(code('d'))), ("cgcs2000", Some(code('d'))), ("gcj02", None), ("bd09", None)]
    );
    assert!(each.iter().all(|r| r["certain"] == false));
    let far = results("100.5,20.5", "&crs=any");
    assert!(far.len() == 4 && far.iter().all(|r| r["certain"] == true), "{far:?}");
    let stated = results("120.2015,33.7025 wgs84", "&crs=any");
    assert!(stated.len() == 1 && stated[0]["stated"] == true && stated[0].get("certain").is_none());
}

#[test]
fn limits_versions_and_what_is_refused() {
    assert_eq!(results("网格", "&limit=3").len(), 3);
    assert_eq!(results("网格", "").len(), 9, "seven grids and two service centres");
    assert_eq!(results("120.2015,33.7025", "&crs=any&limit=2").len(), 2);
    assert_eq!(results(code('e'), "&v=1")[0]["name"], "e网格");
    assert!(results(code('e'), "").iter().all(|r| r["code"] != code('e')), "retired in version 2");
    assert_eq!(results(code('e'), "&at=2026-01-15")[0]["code"], code('e'));
    for (path, parameter) in [
        ("/api/search", "q"),
        ("/api/search?q=", "q"),
        ("/api/search?q=%20%20", "q"),
        ("/api/search?q=a&limit=0", "limit"),
        ("/api/search?q=a&limit=51", "limit"),
        ("/api/search?q=a&crs=wgs72", "crs"),
        ("/api/search?q=a&v=x", "v"),
    ] {
        assert_eq!(shared().get(path).problem(400)["parameter"], parameter, "{path}");
    }
    assert_eq!(search(&"网".repeat(300), "").status, 200);
    let problem = search(&"网".repeat(301), "").problem(400);
    assert!(problem["parameter"] == "q" && problem["detail"].as_str().unwrap().contains("301"), "{problem}");
    shared().get("/api/search?q=a&v=9").problem(404);
    assert_eq!(results("nothing of the kind", ""), Vec::<Value>::new());
}

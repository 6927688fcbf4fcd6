//! Units, measures, places, the summary, styles, the page and health.

use serde_json::{Value, json};

use super::server::{Server, code, shared};

#[test]
fn a_unit_says_where_it_stands_and_how_large_it_is() {
    let unit = shared().get(&format!("/api/units/{}", code('d'))).json();
    assert_eq!(
        (&unit["name"], &unit["level"], &unit["leaf"]),
        (&json!("d网格"), &json!("grid"), &json!(true))
    );
    let codes = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|u| u["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&unit["chain"]), [code('d'), "320924101001", "320924101", "320924"]);
    assert_eq!(codes(&unit["neighbours"]), [code('a'), code('b'), code('g')]);
    assert_eq!(unit["bbox"], json!([120.201, 33.702, 120.202, 33.703]));
    let area = unit["area_m2"].as_f64().unwrap();
    assert!((10_270.0..10_300.0).contains(&area), "{area}");
    let (lon, lat) = (unit["label"]["lon"].as_f64().unwrap(), unit["label"]["lat"].as_f64().unwrap());
    assert!((120.201..120.202).contains(&lon) && (33.702..33.703).contains(&lat));
    let same = shared().get(&format!("/api/units/uid:{}", unit["uid"])).json();
    assert_eq!(same, unit);
    let town = shared().get("/api/units/320924101").json();
    assert_eq!(codes(&town["children"]), ["320924101001"]);
    assert_eq!(codes(&town["neighbours"]), ["320924100", "320924102"]);
    assert_eq!(town["leaf"], false);
}

#[test]
fn a_retired_code_is_gone_and_what_it_became_is_named() {
    let answer = shared().get(&format!("/api/units/{}", code('e')));
    let problem = answer.problem(410);
    assert_eq!((&problem["became"], &problem["version"]), (&json!([code('b')]), &json!(2)));
    let lineage = &problem["lineage"][0];
    assert_eq!((&lineage["code"], &lineage["share_of_area"]), (&json!(code('b')), &json!(1.0)), "{problem}");
    assert_eq!(lineage["share_of_households"], 1.0, "twelve households live in what was e");
    // The same share is told of the version, and of both units.
    let version = shared().get("/api/versions/2").json();
    let passage = version["lineage"].as_array().unwrap().iter().find(|p| p["from"] == code('e')).unwrap();
    assert_eq!(
        (&passage["to"], &passage["share_of_households"]),
        (&json!(code('b')), &lineage["share_of_households"])
    );
    let history =
        |unit: &str| shared().get(&format!("/api/units/{unit}/history")).json()["history"][0].clone();
    assert_eq!(history(code('e'))["became"], json!([lineage]));
    assert_eq!(history(code('b'))["came_from"][0]["code"], code('e'));
    let old = shared().get(&format!("/api/units/{}?v=1", code('e'))).json();
    assert_eq!((&old["version"], &old["name"]), (&json!(1), &json!("e网格")));
}

#[test]
fn lists_of_units_by_level_and_parent_as_json_and_csv() {
    let codes = |path: &str| -> Vec<String> {
        let json = shared().get(path).json();
        json["units"].as_array().unwrap().iter().map(|u| u["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes("/api/units").len(), 1 + 3 + 3 + 7);
    assert_eq!(codes("/api/units?level=towns"), ["320924100", "320924101", "320924102"]);
    assert_eq!(codes("/api/units?parent=320924102"), ["320924102001"]);
    assert_eq!(codes("/api/units?parent=320924102&level=grid"), [code('g'), code('h')]);
    let csv = shared().get("/api/units?level=town&format=csv");
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let mut rows = csv.text().lines();
    assert_eq!(rows.next().unwrap(), "uid,code,name,level,parent,kind,leaf,area_m2");
    assert!(rows.next().unwrap().contains(",320924100,,town,320924,,false,"));
    let accepted = shared().get_with("/api/units?level=town", &[("accept", "text/csv")]);
    assert_eq!(accepted.body, csv.body);
}

#[test]
fn geometry_is_geojson_of_rfc_7946() {
    let answer = shared().get(&format!("/api/units/{}/geometry", code('d')));
    assert_eq!(answer.header("content-type"), "application/geo+json");
    let feature = answer.json();
    assert_eq!(feature["type"], "Feature");
    assert_eq!(feature["geometry"]["type"], "Polygon");
    let ring = feature["geometry"]["coordinates"][0].as_array().unwrap();
    assert_eq!(ring.first(), ring.last(), "rings are closed");
    assert!(ring.contains(&json!([120.201, 33.702])));
    let area: f64 = ring
        .windows(2)
        .map(|w| {
            let at = |p: &Value, i: usize| p[i].as_f64().unwrap();
            at(&w[0], 0) * at(&w[1], 1) - at(&w[1], 0) * at(&w[0], 1)
        })
        .sum();
    assert!(area > 0.0, "shells run counter-clockwise");
    let geojson: geojson::GeoJson = answer.text().parse().unwrap();
    assert!(matches!(geojson, geojson::GeoJson::Feature(_)));
}

#[test]
fn households_follow_from_the_dwellings_of_the_version() {
    let list = shared().get("/api/measures").json();
    let ids: Vec<_> = list["measures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (m["id"].as_str().unwrap(), m["level"].as_str().unwrap()))
        .collect();
    assert!(
        ids.contains(&("households", "grid"))
            && ids.contains(&("grids", "town"))
            && !ids.contains(&("grids", "grid")),
        "{ids:?}"
    );
    let uid =
        |code: &str, v: u64| shared().get(&format!("/api/units/{code}?v={v}")).json()["uid"].to_string();
    let households =
        |v: u64, level: &str| shared().get(&format!("/api/measures/households?level={level}&v={v}")).json();
    assert_eq!(households(2, "grid")["values"][uid(code('b'), 2)], 12, "e's dwellings lie in b now");
    assert_eq!(households(1, "grid")["values"][uid(code('e'), 1)], 12);
    assert_eq!(households(2, "town")["values"][uid("320924100", 2)], 42);
    assert_eq!(households(1, "town")["values"][uid("320924100", 1)], 30);
    let grids = shared().get("/api/measures/grids?level=town").json();
    assert_eq!(grids["values"][uid("320924102", 2)], 2);
    let area = shared().get("/api/measures/area_km2").json();
    assert!((0.0102..0.0104).contains(&area["values"][uid(code('a'), 2)].as_f64().unwrap()), "{area}");
    shared().get("/api/measures/grids?level=grid").problem(400);
}

#[test]
fn the_nearest_places_come_first() {
    let json = shared().get("/api/near?lon=120.2005&lat=33.7025").json();
    let names: Vec<_> =
        json["points"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["甲实践站", "丁网格服务中心", "丙网格服务中心"]);
    assert_eq!(json["points"][0]["distance_m"], 0.0);
    let one = shared().get("/api/near?lon=120.2005&lat=33.7025&kind=service_centre&limit=1").json();
    assert_eq!(one["points"].as_array().unwrap().len(), 1);
    assert_eq!(one["points"][0]["name"], "丁网格服务中心");
}

#[test]
fn the_summary_counts_what_there_is() {
    let json = shared().get("/api/summary").json();
    assert_eq!(
        (&json["version"], &json["name"], &json["synthetic"]),
        (&json!(2), &json!("射阳县"), &json!(true))
    );
    assert_eq!(json["levels"][3], json!({"name": "grid", "plural": "grids", "units": 7}));
    assert_eq!((&json["leaves"], &json["voids"]), (&json!(7), &json!(1)));
    assert_eq!(json["bounds"], json!([120.2, 33.7, 120.203, 33.703]));
    let area = json["area_m2"].as_f64().unwrap();
    assert!((92_400.0..92_700.0).contains(&area), "{area}");
    assert_eq!(json["content_hash"].as_str().unwrap().len(), 64);
    let url = shared().get("/tiles/county.json").json()["tiles"][0].as_str().unwrap().to_owned();
    assert!(url.ends_with(json["build"].as_str().unwrap()));
}

#[test]
fn styles_carry_absolute_urls() {
    let list = shared().get("/styles.json").json();
    let names: Vec<_> =
        list["styles"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"day") && names.contains(&"night"), "{names:?}");
    let style = shared().get("/styles/day.json");
    assert!(!style.text().contains("{origin}"));
    let url = format!("http://{}/tiles/county.json", shared().address);
    assert!(style.json()["sources"].as_object().unwrap().values().any(|s| s["url"] == url.as_str()));
}

#[test]
fn the_page_or_the_notice_how_to_build_it() {
    let page = shared().get("/");
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.text().contains("一图观全域") || page.text().contains("make demo"), "{}", page.text());
}

#[test]
fn health_says_what_is_served() {
    assert_eq!(shared().get("/health/live").json()["status"], "ok");
    let ready = shared().get("/health/ready").json();
    assert_eq!((&ready["version"], &ready["store_version"]), (&json!(2), &json!(2)));
    assert!(ready["zooms_ready"].as_u64().unwrap() >= 9);
}

#[test]
fn long_answers_are_compressed() {
    let plain = shared().get("/styles/day.json");
    let gzip = shared().get_with("/styles/day.json", &[("accept-encoding", "gzip")]);
    assert_eq!(gzip.header("content-encoding"), "gzip");
    assert!(gzip.body.len() * 2 < plain.body.len());
    assert_ne!(gzip.header("etag"), plain.header("etag"));
}

fn select(server: &Server, query: &str, drawing: &str) -> Vec<Value> {
    let answer = server.post(&format!("/api/select{query}"), "application/geo+json", drawing);
    answer.json()["units"].as_array().unwrap().clone()
}

#[test]
fn drawn_areas_circles_and_lines_select_what_they_meet() {
    let server = shared();
    // The west half of a, which is one square from (0, 2) to (1, 3), and of what lies north of it nothing.
    let half = r#"{"type":"Polygon","coordinates":[[[120.2,33.702],[120.2005,33.702],[120.2005,33.7035],[120.2,33.7035],[120.2,33.702]]]}"#;
    let found = select(server, "", half);
    let a = found.iter().find(|u| u["code"] == code('a')).unwrap();
    assert_eq!(
        (&a["share"], &a["households"], &a["length_m"]),
        (&json!(0.5), &json!(0), &Value::Null),
        "{a}"
    );
    let whole = server.get(&format!("/api/units/{}", code('a'))).json()["area_m2"].as_f64().unwrap();
    assert!((a["area_m2"].as_f64().unwrap() - whole / 2.0).abs() < 0.5, "{a} of {whole}");

    // A circle round the dwellings of a, at 120.2005, with a hole of nothing: all thirty households, a part of its area.
    let circle =
        r#"{"type":"Feature","geometry":{"type":"Circle","center":[120.2005,33.7025],"radius_m":20}}"#;
    let found = select(server, "", circle);
    assert_eq!(found.len(), 1, "{found:?}");
    let area = found[0]["area_m2"].as_f64().unwrap();
    assert!((area - std::f64::consts::PI * 400.0).abs() < 0.5, "{area}");
    assert_eq!((&found[0]["households"], &found[0]["share_of_households"]), (&json!(30), &json!(1.0)));

    let line = r#"{"type":"LineString","coordinates":[[120.2,33.7025],[120.2012,33.7025,4.0]]}"#;
    let found = select(server, "", line);
    let metres = |letter: char| {
        found.iter().find(|u| u["code"] == code(letter)).unwrap()["length_m"].as_f64().unwrap()
    };
    assert!((metres('a') - 92.7).abs() < 0.5, "{found:?}");
    assert_eq!(select(server, "?level=town", line).len(), 2);
    let csv = server.post("/api/select?format=csv", "application/json", line);
    assert!(
        csv.text().starts_with("uid,code,name,level,area_m2,share,households,share_of_households,length_m\n"),
        "{}",
        csv.text()
    );

    for (drawing, said) in [
        (r#"{"type":"Point","coordinates":[120,33]}"#, "Point"),
        (r#"{"type":"Polygon","coordinates":[[[120,33],[121,33]]]}"#, "3 points"),
        (r#"{"type":"LineString","coordinates":[[120,33],[220,33]]}"#, "220"),
        (r#"{"type":"Circle","center":[120,33],"radius_m":-1}"#, "radius_m"),
        ("[", "EOF"),
    ] {
        let problem = server.post("/api/select", "application/json", drawing).problem(400);
        assert!(problem["detail"].as_str().unwrap().contains(said), "{problem}");
    }
    server.post("/api/select?level=street", "application/json", line).problem(400);
}

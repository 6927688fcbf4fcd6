//! What files of other programs look like, and how each is taken.

use serde_json::json;
use wangge::coverage::DefectKind;
use wangge::crs::{Datum, LonLat};
use wangge::exchange::{Fields, ImportOptions, What, import, read_coverage, read_units, read_voids};
use wangge::unit::Attribute;

use super::{Files, collection, gdal, refused, square, squares, taken, taken_as, text};
use crate::fixture::nine;

/// Two grids of one village.
const TWO: [&str; 2] = [r#"{"code":"320924100001001"}"#, r#"{"code":"320924100001002"}"#];

async fn codes(content: &str, fields: &Fields) -> Vec<String> {
    let files = Files::new();
    let taken = taken_as(&files.put("it.json", content), fields, &ImportOptions::default()).await.unwrap();
    let hierarchy = &taken.partition.hierarchy;
    hierarchy.leaves().iter().map(|&l| hierarchy.unit(l).code.to_string()).collect()
}

#[tokio::test]
async fn codes_may_be_text_integers_or_whole_floats_or_ids() {
    let due = ["320924100001001", "320924100001002"];
    assert_eq!(codes(&squares(&TWO), &Fields::default()).await, due);
    let integers = squares(&[r#"{"code":320924100001001}"#, r#"{"code":320924100001002.0}"#]);
    assert_eq!(codes(&integers, &Fields::default()).await, due);
    let named = squares(&[r#"{"网格编码":" 320924100001001 "}"#, r#"{"网格编码":"320924100001002"}"#]);
    let field = Fields { code: Some("网格编码".to_owned()), ..Fields::default() };
    assert_eq!(codes(&named, &field).await, due);
    let ids =
        squares(&["null", "{}"]).replacen(r#""properties""#, r#""id":"320924100001001","properties""#, 1);
    let ids = ids.replacen(
        r#"{"type":"Feature","properties""#,
        r#"{"type":"Feature","id":320924100001002,"properties""#,
        1,
    );
    assert_eq!(codes(&ids, &Fields { code: Some("id".to_owned()), ..Fields::default() }).await, due);
}

#[tokio::test]
async fn names_levels_and_attributes_are_kept() {
    let files = Files::new();
    let content = squares(&[
        r#"{"code":"320924100001001","mc":"一","kind":"专属网格","户数":312,"面积":0.5,"启用":true,"list":[1],"none":null}"#,
        r#"{"code":"320924100001002","mc":null,"level":"grid","parent":"320924100001"}"#,
    ]);
    let fields = Fields { name: Some("mc".to_owned()), ..Fields::default() };
    let taken =
        taken_as(&files.put("it.geojson", content), &fields, &ImportOptions::default()).await.unwrap();
    let leaves: Vec<_> = taken.partition.hierarchy.units().iter().rev().take(2).collect();
    assert_eq!(leaves[1].name, "一");
    assert_eq!(
        serde_json::to_value(&leaves[1].attributes).unwrap(),
        json!({"kind": "dedicated", "户数": 312, "面积": 0.5, "启用": true})
    );
    assert_eq!(
        (leaves[0].name.as_str(), leaves[0].attributes.len()),
        ("", 0),
        "what the code says already is left out"
    );
    assert_eq!(taken.notes, ["1 properties that hold lists or objects were left out"]);
}

#[tokio::test]
async fn rings_may_be_open_turned_repeated_and_have_heights() {
    let open = r#"{"type":"MultiPolygon","coordinates":[[[[120.2,33.7,5],[120.2,33.701,5],[120.2,33.701,5],[120.201,33.701,5],[120.201,33.7,5]]]]}"#;
    let features = [open.to_owned(), square(0.001, 0.0)];
    let feature = |(geometry, properties): (&String, &str)| {
        format!(r#"{{"type":"Feature","properties":{properties},"geometry":{geometry}}}"#)
    };
    let odd = collection(&features.iter().zip(TWO).map(feature).collect::<Vec<_>>());
    let files = Files::new();
    let one = taken(&files.put("odd.geojson", odd)).await.unwrap();
    let plain = taken(&files.put("plain.geojson", squares(&TWO))).await.unwrap();
    assert_eq!(one.partition, plain.partition);
    assert_eq!(
        one.notes,
        ["heights of 5 positions were dropped", "1 rings that did not end where they began were closed"]
    );
}

#[tokio::test]
async fn a_byte_order_mark_is_passed_over_and_an_old_crs_member_is_honoured() {
    let files = Files::new();
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(squares(&TWO).as_bytes());
    taken(&files.put("bom.geojson", bytes)).await.unwrap();
    for crs in ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4490", "EPSG:4326", "null"] {
        let crs = if crs == "null" {
            crs.to_owned()
        } else {
            json!({"type": "name", "properties": {"name": crs}}).to_string()
        };
        let content = squares(&TWO).replacen(r#""features""#, &format!(r#""crs":{crs},"features""#), 1);
        taken(&files.put("crs.geojson", content)).await.unwrap();
    }
}

#[tokio::test]
async fn a_file_in_gcj02_is_converted_and_says_so() {
    let files = Files::new();
    let shift = |feature: &mut serde_json::Value| {
        for ring in feature["geometry"]["coordinates"].as_array_mut().unwrap() {
            for position in ring.as_array_mut().unwrap() {
                let place =
                    LonLat::new(position[0].as_f64().unwrap(), position[1].as_f64().unwrap()).unwrap();
                let there = Datum::Gcj02.from_wgs84(place);
                *position = json!([there.lon(), there.lat()]);
            }
        }
    };
    let mut json: serde_json::Value = serde_json::from_str(&squares(&TWO)).unwrap();
    json["features"].as_array_mut().unwrap().iter_mut().for_each(shift);
    let path = files.put("gcj.geojson", json.to_string());
    let options = ImportOptions { crs: Datum::Gcj02, ..ImportOptions::default() };
    let converted = taken_as(&path, &Fields::default(), &options).await.unwrap();
    let plain = taken(&files.put("plain.geojson", squares(&TWO))).await.unwrap();
    assert_eq!(converted.partition, plain.partition);
    assert_eq!(converted.notes, ["coordinates were converted from gcj02 to CGCS2000"]);
    assert_ne!(taken(&path).await.unwrap().partition.content_hash(), plain.partition.content_hash());
}

#[tokio::test]
async fn names_and_attributes_come_from_a_list_of_units() {
    let files = Files::new();
    let list = "\u{feff}code,name,level,parent,type,lon\n320924,射阳县,county,320900,county,\n320924100,合德镇,town,320924,town,120.2\n\
                320924100001,兴耀社区,village,,,\n320924100001002,二号,grid,,,\n320924101,临海镇,town,,,\n";
    let units = read_units(&files.put("units.csv", list)).await.unwrap();
    let options = ImportOptions { units: Some(units), ..ImportOptions::default() };
    let path = files.put("it.geojson", squares(&TWO));
    let taken = taken_as(&path, &Fields::default(), &options).await.unwrap();
    let names: Vec<&str> = taken.partition.hierarchy.units().iter().map(|u| u.name.as_str()).collect();
    assert_eq!(names, ["射阳县", "合德镇", "兴耀社区", "", "二号"]);
    let town = &taken.partition.hierarchy.units()[1].attributes;
    assert_eq!(town.get("lon"), Some(&Attribute::Text("120.2".to_owned())));
    assert_eq!(taken.notes, ["1 units of the list have no polygon and were left out"]);
    // The demo county's list has the same shape.
    let demo = read_units(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data/units.csv")))
        .await
        .unwrap();
    assert_eq!(demo.len(), 1 + 19 + 274);
}

#[tokio::test]
async fn upper_names_of_the_previous_version_stay_where_a_file_has_none() {
    let files = Files::new();
    let units = vec![wangge::exchange::UnitFacts {
        code: wangge::unit::Code::new("320924100").unwrap(),
        name: "合德镇".to_owned(),
        attributes: [("seat".to_owned(), Attribute::Text("合德".to_owned()))].into(),
    }];
    let path = files.put("it.geojson", squares(&TWO));
    let options = ImportOptions { units: Some(units), ..ImportOptions::default() };
    let first = taken_as(&path, &Fields::default(), &options).await.unwrap().partition;
    let raw = read_coverage(&path, &Fields::default()).await.unwrap();
    let again = import(raw, Some(&first), &ImportOptions::default()).unwrap();
    assert_eq!(again.partition, first);
}

#[tokio::test]
async fn declared_voids_close_gaps() {
    let files = Files::new();
    let ring = |i: i32, j: i32| square(f64::from(i) * 0.001, f64::from(j) * 0.001);
    let cells: Vec<String> = (0..9)
        .filter(|k| *k != 4)
        .map(|k| {
            let code = format!("3209241000010{:02}", k + 1);
            format!(
                r#"{{"type":"Feature","properties":{{"code":"{code}"}},"geometry":{}}}"#,
                ring(k % 3, k / 3)
            )
        })
        .collect();
    let path = files.put("ring.geojson", collection(&cells));
    assert_eq!(
        refused(&collection(&cells), &ImportOptions::default()).await.counts(),
        [(DefectKind::Gap, 1)]
    );
    let void = format!(r#"{{"type":"Feature","properties":{{"mc":"射阳河"}},"geometry":{}}}"#, ring(1, 1));
    let geojson = files.put("voids.geojson", collection(&[void]));
    let gpkg = files.path("voids.gpkg");
    gdal("ogr2ogr", &["-f", "GPKG", &text(&gpkg), &text(&geojson)]);
    for file in [geojson, gpkg] {
        let voids = read_voids(&file, Some("mc")).await.unwrap();
        let options = ImportOptions { voids, ..ImportOptions::default() };
        let taken = taken_as(&path, &Fields::default(), &options).await.unwrap();
        assert_eq!(taken.partition.hierarchy.voids()[0].name, "射阳河");
    }
}

#[tokio::test]
async fn a_level_may_be_said_and_leaves_may_stand_higher() {
    let files = Files::new();
    let villages = squares(&[r#"{"code":"320924100001"}"#, r#"{"code":"320924100002"}"#]);
    let path = files.put("villages.geojson", villages);
    let error = taken(&path).await.unwrap_err();
    assert!(
        error.contains("/features/0: expected 15 digits, the code of a grid, found 320924100001"),
        "{error}"
    );
    let options = ImportOptions { level: Some("village".to_owned()), ..ImportOptions::default() };
    let taken_villages = taken_as(&path, &Fields::default(), &options).await.unwrap();
    assert_eq!(taken_villages.partition.hierarchy.levels().count(), 4);
    let three = ImportOptions {
        levels: Some("county:6,town:9,village:12".parse().unwrap()),
        ..ImportOptions::default()
    };
    assert_eq!(
        taken_as(&path, &Fields::default(), &three).await.unwrap().partition.hierarchy.levels().count(),
        3
    );
    let mixed = squares(&[r#"{"code":"320924100001"}"#, r#"{"code":"320924100002001"}"#]);
    let mixed = taken(&files.put("mixed.geojson", mixed)).await.unwrap().partition;
    assert_eq!(mixed.hierarchy.leaves().len(), 2);
}

#[tokio::test]
async fn a_vertex_beside_a_segment_is_noded_into_it_and_reported() {
    let files = Files::new();
    let west = r#"{"type":"Polygon","coordinates":[[[120.2,33.7],[120.201,33.7],[120.201,33.702],[120.2,33.702],[120.2,33.7]]]}"#;
    let east = [
        r#"{"type":"Polygon","coordinates":[[[120.201,33.7],[120.202,33.7],[120.202,33.701],[120.2010001,33.701],[120.201,33.7]]]}"#,
        r#"{"type":"Polygon","coordinates":[[[120.2010001,33.701],[120.202,33.701],[120.202,33.702],[120.201,33.702],[120.2010001,33.701]]]}"#,
    ];
    let shapes = [west, east[0], east[1]];
    let geometries = shapes.iter().enumerate();
    let feature = |(i, g): (usize, &&str)| {
        format!(r#"{{"type":"Feature","properties":{{"code":"32092410000100{i}"}},"geometry":{g}}}"#)
    };
    let path = files.put("t.geojson", collection(&geometries.map(feature).collect::<Vec<_>>()));
    let taken = taken(&path).await.unwrap();
    assert_eq!(taken.noded.len(), 1);
    assert_eq!(
        (taken.noded[0].unit.as_str(), taken.noded[0].at.x, taken.noded[0].at.y),
        ("320924100001000", 1_202_010_001, 337_010_000)
    );
    let strict = ImportOptions { tolerance: 0, ..ImportOptions::default() };
    let refused = super::taken_as(&path, &Fields::default(), &strict).await.unwrap_err();
    assert!(refused.contains("--tolerance 1 would take it"), "{refused}");
}

#[tokio::test]
async fn a_geopackage_of_another_program_is_read() {
    let files = Files::new();
    let source = files.put(
        "two.geojson",
        squares(&[r#"{"code":"320924100001001","n":5,"r":0.5,"d":"2026-11-01"}"#, TWO[1]]),
    );
    let plain = taken(&source).await.unwrap().partition;
    for extra in [
        &["-t_srs", "EPSG:4490"][..],
        &[],
        &["-dim", "XYZ"],
        &["-nlt", "MULTIPOLYGON"],
        &["-nlt", "GEOMETRY"],
    ] {
        let path = files.path(&format!("it{}.gpkg", extra.join("_").replace(':', "")));
        gdal(
            "ogr2ogr",
            &[&["-f", "GPKG"][..], extra, &[&text(&path), &text(&source), "-nln", "网格"]].concat(),
        );
        let taken = taken(&path).await.unwrap();
        assert_eq!(taken.partition.coverage, plain.coverage, "{extra:?}");
        let leaf = &taken.partition.hierarchy.units()[3];
        assert_eq!(
            serde_json::to_value(&leaf.attributes).unwrap(),
            json!({"n": 5, "r": 0.5, "d": "2026-11-01"}),
            "{extra:?}"
        );
        assert_eq!(taken.notes.len(), usize::from(extra.contains(&"XYZ")), "{:?}", taken.notes);
    }
}

#[tokio::test]
async fn a_geopackage_of_several_layers_needs_one_named() {
    let files = Files::new();
    let (path, source) = (files.path("it.gpkg"), files.put("two.geojson", squares(&TWO)));
    gdal("ogr2ogr", &["-f", "GPKG", &text(&path), &text(&source), "-nln", "grids"]);
    gdal("ogr2ogr", &["-f", "GPKG", "-update", &text(&path), &text(&source), "-nln", "old grids"]);
    let error = taken(&path).await.unwrap_err();
    assert!(
        error.contains(
            "one layer of polygons (--layer NAME chooses), found grids (polygon), old grids (polygon)"
        ),
        "{error}"
    );
    let layer = |name: &str| Fields { layer: Some(name.to_owned()), ..Fields::default() };
    taken_as(&path, &layer("old grids"), &ImportOptions::default()).await.unwrap();
    let error = taken_as(&path, &layer("gone"), &ImportOptions::default()).await.unwrap_err();
    assert!(error.contains("expected a layer \"gone\", found grids"), "{error}");
}

#[tokio::test]
async fn geopackages_that_cannot_be_taken_say_why() {
    let files = Files::new();
    let source = text(&files.put("two.geojson", squares(&TWO)));
    let made = |name: &str, options: &[&str]| {
        let path = files.path(name);
        gdal("ogr2ogr", &[&["-f", "GPKG"][..], options, &[&text(&path), &source]].concat());
        path
    };
    let metres = taken(&made("metres.gpkg", &["-t_srs", "EPSG:4549"])).await.unwrap_err();
    assert!(metres.contains("its reference system: expected EPSG:4326 or EPSG:4490 (reproject"), "{metres}");
    assert!(metres.ends_with("found EPSG:4549"), "{metres}");
    let points = made(
        "points.gpkg",
        &[
            "-nlt",
            "POINT",
            "-dialect",
            "SQLite",
            "-sql",
            "SELECT ST_Centroid(geometry) AS geometry, code FROM two",
        ],
    );
    let error = taken(&points).await.unwrap_err();
    assert!(error.contains("expected a layer of polygons, found SELECT (point)"), "{error}");
    let mixed = made(
        "mixed.gpkg",
        &[
            "-nlt",
            "GEOMETRY",
            "-dialect",
            "SQLite",
            "-sql",
            "SELECT ST_Centroid(geometry) AS geometry, code FROM two",
        ],
    );
    let error = taken(&mixed).await.unwrap_err();
    assert!(error.contains("fid 1, geometry: expected Polygon or MultiPolygon, found Point"), "{error}");
    let fields = Fields { code: Some("bm".to_owned()), ..Fields::default() };
    let error = taken_as(&made("two.gpkg", &[]), &fields, &ImportOptions::default()).await.unwrap_err();
    assert!(
        error.contains("layer two, fid 1: expected a field \"bm\"")
            && error.ends_with("found the fields code"),
        "{error}"
    );
    let text = taken(&files.put("text.gpkg", "not a database")).await.unwrap_err();
    assert!(text.contains("expected a GeoPackage (a SQLite database)"), "{text}");
    let cut = files.put("cut.gpkg", &std::fs::read(files.path("two.gpkg")).unwrap()[..5000]);
    assert!(taken(&cut).await.is_err());
    assert!(taken(&files.path("gone.gpkg")).await.unwrap_err().contains("No such file"));
}

#[tokio::test]
async fn a_store_is_not_taken_for_a_file_of_polygons() {
    use wangge::store::{Mode, NewVersion, Store, Uids};
    let files = Files::new();
    let path = files.path("store.gpkg");
    let store = Store::open(&text(&path), Mode::Create).await.unwrap();
    let new = NewVersion {
        partition: nine().into(),
        uids: Uids::ByCode,
        base: None,
        effective_from: jiff::civil::date(2026, 1, 1),
        author: String::new(),
        note: String::new(),
        document: String::new(),
        plan: None,
        changes: None,
        settings: vec![],
    };
    store.save(&new).await.unwrap();
    let error = taken(&path).await.unwrap_err();
    assert!(error.contains("a Wangge store (name it with --store"), "{error}");
    let layer = Fields { layer: Some("grids".to_owned()), ..Fields::default() };
    let taken = taken_as(&path, &layer, &ImportOptions::default()).await.unwrap();
    assert_eq!(taken.partition.coverage, nine().coverage, "its layers can be named all the same");
    let exported = files.export("it.geojson", &nine(), What::Lowest).await;
    assert_eq!(super::taken(&exported).await.unwrap().partition.content_hash(), nine().content_hash());
}

#[test]
fn an_outline_is_one_ring() {
    use wangge::exchange::outline_from;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/sheyang_outline_schematic.geojson");
    let ring = outline_from("outline", &std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(ring.len() > 100 && ring.first() != ring.last() && wangge::crs::ring_area2(&ring) > 0);
    let two = outline_from("outline", &squares(&TWO)).unwrap_err().to_string();
    assert_eq!(two, "outline, /features: expected one feature, the outline, found 2");
}

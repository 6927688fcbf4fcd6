//! What is refused, and what the refusal says.

use wangge::coverage::DefectKind;
use wangge::exchange::{ImportOptions, UnitFacts, defects_geojson, write_defects};
use wangge::unit::Code;

use super::{Files, collection, refused, square, squares, taken, unread};

#[tokio::test]
async fn points_where_polygons_are_due_name_the_feature_and_the_member() {
    let feature = |geometry: &str| {
        collection(&[
            format!(r#"{{"type":"Feature","properties":{{"code":"1"}},"geometry":{}}}"#, square(0.0, 0.0)),
            format!(r#"{{"type":"Feature","properties":{{"code":"2"}},"geometry":{geometry}}}"#),
        ])
    };
    let said = async |geometry: &str| unread(feature(geometry)).await;
    assert_eq!(
        said(r#"{"type":"Point","coordinates":[120.2,33.7]}"#).await,
        "it, /features/1/geometry/type: expected Polygon or MultiPolygon, found \"Point\""
    );
    assert!(
        said("null").await.ends_with("/features/1/geometry: expected Polygon or MultiPolygon, found null")
    );
    assert!(
        said(r#"{"type":"GeometryCollection","geometries":[]}"#).await.contains("/features/1/geometry/type")
    );
    assert!(
        said(r#"{"type":"Polygon"}"#)
            .await
            .ends_with("/features/1/geometry/coordinates: expected coordinates, found nothing")
    );
    let polygon =
        async |coordinates: &str| said(&format!(r#"{{"type":"Polygon","coordinates":{coordinates}}}"#)).await;
    assert!(polygon("[]").await.ends_with("coordinates: expected at least one ring, found none"));
    assert!(
        polygon("[[120.2,33.7]]")
            .await
            .ends_with("coordinates/0: expected a ring: an array of positions, found a position")
    );
    assert!(
        polygon(r#"[[["120.2","33.7"]]]"#).await.contains("coordinates/0/0: expected a position [lon, lat]")
    );
    assert!(
        polygon("[[[120.2,33.7],[120.3,33.7],[120.2,33.7]]]")
            .await
            .ends_with("expected a ring of at least 4 positions, found 3")
    );
    assert!(
        polygon("[[[120.2,33.7],[120.3,33.7],null]]")
            .await
            .ends_with("coordinates/0/2: expected a position [lon, lat], found null")
    );
    assert!(polygon("[[[120.2],[120.3],[120.4]]]").await.contains("a position of one number"));
}

#[tokio::test]
async fn coordinates_that_are_no_places_say_what_they_may_be() {
    let ring = async |positions: &str| {
        let geometry = format!(r#"{{"type":"Polygon","coordinates":[[{positions}]]}}"#);
        unread(collection(&[format!(
            r#"{{"type":"Feature","properties":{{"code":"1"}},"geometry":{geometry}}}"#
        )]))
        .await
    };
    let swapped = ring("[33.7,120.2],[33.7,120.3],[33.8,120.3],[33.7,120.2]").await;
    assert!(
        swapped.contains("/features/0/geometry/coordinates/0/0") && swapped.contains("33.7, 120.2: swapped?"),
        "{swapped}"
    );
    let metres = ring("[580000.5,3730000.1],[580001,3730000],[580000,3730001],[580000.5,3730000.1]").await;
    assert!(metres.contains("metres? reproject it to EPSG:4490"), "{metres}");
    let high = ring("[120.2,91],[120.3,33.7],[120.3,33.8],[120.2,91]").await;
    assert!(
        high.contains("expected a latitude from -90 to 90") || high.contains("latitude from -90 to 90"),
        "{high}"
    );
    let nan = ring("[NaN,33.7],[120.3,33.7],[120.3,33.8],[120.2,33.7]").await;
    assert!(nan.contains("NaN and infinity are no JSON"), "{nan}");
    assert!(
        ring("[1e999,33.7],[120.3,33.7],[120.3,33.8],[120.2,33.7]").await.contains("number out of range")
    );
}

#[tokio::test]
async fn what_is_no_geojson_says_where() {
    assert!(unread("").await.starts_with("it, line 1, column 0: expected GeoJSON: EOF"));
    assert!(unread("{\n\"type\": oops}").await.starts_with("it, line 2, column"));
    assert!(unread("[]").await.contains("expected GeoJSON"));
    assert!(
        unread(r#"{"type":"Point","coordinates":[1,2]}"#)
            .await
            .ends_with("/type: expected \"FeatureCollection\", found \"Point\"")
    );
    assert!(
        unread(r#"{"type":"FeatureCollection"}"#)
            .await
            .ends_with("/features: expected an array of features, found nothing")
    );
    let deep = |n: usize| {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"geometry":{{"type":"Polygon","coordinates":{}"#,
            "[".repeat(n)
        )
    };
    assert!(unread(deep(100_000)).await.contains("recursion limit exceeded"));
    let deep = format!(r#"{{"type":"FeatureCollection","features":[],"x":{}"#, "{\"a\":".repeat(100_000));
    assert!(
        unread(deep).await.contains("EOF while parsing"),
        "what nobody reads is passed over without recursion"
    );
    let crs = squares(&[r#"{"code":"1"}"#]).replacen(
        r#""features""#,
        r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4549"}},"features""#,
        1,
    );
    let said = unread(crs).await;
    assert!(
        said.contains("/crs: expected longitude and latitude")
            && said.ends_with("found \"urn:ogc:def:crs:EPSG::4549\""),
        "{said}"
    );
}

#[tokio::test]
async fn other_encodings_are_named() {
    let text = squares(&[r#"{"code":"1","name":"X"}"#]);
    let mut gbk = text.clone().into_bytes();
    let at = text.find('X').unwrap();
    gbk.splice(at..=at, [0xba, 0xcf, 0xb5, 0xc2]); // 合德
    let said = unread(&gbk).await;
    assert!(
        said.starts_with(&format!("it, byte {at}: expected UTF-8, found 0xba: this looks like GBK")),
        "{said}"
    );
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert!(unread(utf16).await.contains("this is UTF-16"));
}

#[tokio::test]
async fn a_missing_or_bad_code_lists_the_fields_there_are() {
    let said = unread(squares(&[r#"{"NAME":"一","网格编码":"1"}"#])).await;
    assert!(said.ends_with("/features/0: expected a field \"code\" with the unit's code (--code FIELD names another), found the fields NAME, 网格编码"), "{said}");
    assert!(unread(squares(&["null"])).await.ends_with("found no fields"));
    assert!(
        unread(squares(&[r#"{"code":"32A"}"#]))
            .await
            .ends_with("/features/0, field code: expected a code of 1 to 18 digits, found \"32A\"")
    );
    assert!(unread(squares(&[r#"{"code":null}"#])).await.ends_with("found null"));
    assert!(unread(squares(&[r#"{"code":""}"#])).await.ends_with("found \"\""));
    assert!(unread(squares(&[r#"{"code":"1234567890123456789"}"#])).await.contains("1 to 18 digits"));
}

#[tokio::test]
async fn codes_without_a_level_say_which_levels_there_are() {
    let files = Files::new();
    let path =
        files.put("it.geojson", squares(&[r#"{"code":"320924100001001"}"#, r#"{"code":"32092410000102"}"#]));
    let said = taken(&path).await.unwrap_err();
    assert!(said.contains("/features/1: expected a code of the levels county:6,town:9,village:12,grid:15, found 32092410000102 of 14 digits"), "{said}");
    let none = taken(&files.put("none.geojson", collection(&[]))).await.unwrap_err();
    assert!(none.ends_with("expected at least one feature, found none"), "{none}");
    let flat = r#"{"type":"Polygon","coordinates":[[[120.2,33.7],[120.3,33.7],[120.25,33.7],[120.2,33.7]]]}"#;
    let flat = collection(&[format!(
        r#"{{"type":"Feature","properties":{{"code":"320924100001001"}},"geometry":{flat}}}"#
    )]);
    let said = taken(&files.put("flat.geojson", flat)).await.unwrap_err();
    assert!(
        said.contains("/features/0: expected an area, found none at 7 decimals in 320924100001001"),
        "{said}"
    );
}

#[tokio::test]
async fn duplicate_codes_orphans_and_parents_are_defects_beside_the_geometry() {
    let codes = ["320924100001001", "320924100001001", "320924100002001", "320924200001001"];
    let properties: Vec<String> = codes.iter().map(|c| format!(r#"{{"code":"{c}"}}"#)).collect();
    let mut text = squares(&properties.iter().map(String::as_str).collect::<Vec<_>>());
    // The third square is moved onto the fourth by half.
    text = text.replace("120.2020000", "120.2025000").replace(
        "\"coordinates\":[[[120.2025000,33.7000000],[120.2030000",
        "\"coordinates\":[[[120.2025000,33.7000000],[120.2035000",
    );
    let units = ["320924", "320924100", "320924100001"].map(|c| UnitFacts {
        code: Code::new(c).unwrap(),
        name: String::new(),
        attributes: [].into(),
    });
    let options = ImportOptions { units: Some(units.to_vec()), ..ImportOptions::default() };
    let found = refused(&text, &options).await;
    let kinds: Vec<DefectKind> = found.counts().iter().map(|c| c.0).collect();
    assert!(kinds.contains(&DefectKind::DuplicateCode) && kinds.contains(&DefectKind::Orphan), "{found}");
    assert!(kinds.contains(&DefectKind::Overlap), "geometry is judged all the same: {found}");
    let orphans: Vec<&str> =
        found.defects.iter().filter(|d| d.kind == DefectKind::Orphan).map(|d| d.units[0].as_str()).collect();
    assert_eq!(orphans, ["320924100002001", "320924200001001"]);
    let double = found.defects.iter().find(|d| d.kind == DefectKind::DuplicateCode).unwrap();
    assert!(
        double.detail.contains(
            "2 features have the code 320924100001001, the first at /features/0, the last at /features/1"
        ),
        "{}",
        double.detail
    );
    assert!(double.at.is_some());
}

#[tokio::test]
async fn a_parent_field_is_held_against_the_code() {
    use wangge::exchange::{Fields, ImportError, import, read_coverage};
    let files = Files::new();
    let path = files.put(
        "it.geojson",
        squares(&[
            r#"{"code":"320924100001001","village":"320924100001"}"#,
            r#"{"code":"320924100001002","village":"320924100009"}"#,
        ]),
    );
    let fields = Fields { parent: Some("village".to_owned()), ..Fields::default() };
    let raw = read_coverage(&path, &fields).await.unwrap();
    let Err(ImportError::Refused(found)) = import(raw, None, &ImportOptions::default()) else { panic!() };
    assert_eq!(found.counts(), [(DefectKind::ParentMismatch, 1)]);
    assert_eq!(
        found.defects[0].detail,
        "320924100001002 says its parent is 320924100009: expected 320924100001, as its code begins"
    );
    taken(&path).await.unwrap();
}

#[tokio::test]
async fn a_unit_with_children_has_no_polygon_of_its_own() {
    let found = refused(
        &squares(&[r#"{"code":"320924100001001"}"#, r#"{"code":"320924100001"}"#]),
        &ImportOptions::default(),
    )
    .await;
    assert_eq!(found.counts(), [(DefectKind::Overlap, 1)]);
    assert!(found.defects[0].detail.contains("320924100001 has a polygon and a child, 320924100001001"));
}

#[tokio::test]
async fn a_refusal_counts_all_locates_ten_and_writes_all_as_geojson() {
    // Thirty squares of which every second overlaps the next by half.
    let properties: Vec<String> =
        (0..30).map(|i| format!(r#"{{"code":"3209241000010{:02}"}}"#, i + 1)).collect();
    let features: Vec<String> = properties
        .iter()
        .enumerate()
        .map(|(i, p)| {
            let east = i as f64 * 0.001 - if i % 2 == 1 { 0.0005 } else { 0.0 };
            format!(r#"{{"type":"Feature","properties":{p},"geometry":{}}}"#, square(east, 0.0))
        })
        .collect();
    let found = refused(&collection(&features), &ImportOptions::default()).await;
    let overlaps = found.counts().iter().find(|c| c.0 == DefectKind::Overlap).unwrap().1;
    assert_eq!(overlaps, 15);
    let said = found.to_string();
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].contains("is not a coverage: ") && lines[0].contains("15 overlap"), "{said}");
    assert!(
        lines[1].contains(" at 120.200") && lines[1].contains("320924100001001, 320924100001002"),
        "{said}"
    );
    assert_eq!(lines[11], format!("  … and {} more", found.defects.len() - 10));
    let json: serde_json::Value = serde_json::from_str(&defects_geojson(&found.defects)).unwrap();
    assert_eq!(json["features"].as_array().unwrap().len(), found.defects.len());
    let first = &json["features"][0];
    assert_eq!(
        (first["geometry"]["type"].as_str(), first["properties"]["kind"].as_str()),
        (Some("Point"), Some("overlap"))
    );
    assert!(first["properties"]["size"].as_f64().unwrap() > 1000.0 && first["properties"]["size_in"] == "m²");
    let files = Files::new();
    let path = files.path("defects.geojson");
    write_defects(&path, &found.defects).await.unwrap();
    let listed = super::gdal("ogrinfo", &["-ro", "-al", "-so", &super::text(&path)]);
    assert!(listed.contains(&format!("Feature Count: {}", found.defects.len())), "{listed}");
}

#[tokio::test]
async fn units_without_an_area_are_found_with_everything_else() {
    let feature = |code: &str, geometry: &str| {
        format!(r#"{{"type":"Feature","properties":{{"code":"{code}"}},"geometry":{geometry}}}"#)
    };
    let flat = |x: f64| {
        let (a, b) = (format!("[{x},33.5]"), format!("[{x},33.6]"));
        format!(r#"{{"type":"Polygon","coordinates":[[{a},{b},{b},{a}]]}}"#)
    };
    let text = collection(&[
        feature("320924100001001", &square(0.0, 0.0)),
        feature("320924100001002", &flat(120.5)),
        feature("320924100001003", &square(0.0005, 0.0)),
        feature("320924100001004", &flat(120.7)),
    ]);
    let refused = refused(&text, &ImportOptions::default()).await;
    let without: Vec<_> = refused.defects.iter().filter(|d| d.kind == DefectKind::NoArea).collect();
    assert_eq!(without.len(), 2, "{refused}");
    assert_eq!(without[1].units, ["320924100001004"]);
    assert_eq!(without[1].at.map(|p| (p.x, p.y)), Some((1_207_000_000, 335_000_000)));
    assert_eq!(
        without[1].detail,
        "/features/3: expected an area, found none at 7 decimals in 320924100001004"
    );
    assert!(refused.counts().iter().any(|(kind, _)| *kind == DefectKind::Overlap), "{refused}");
}

#[tokio::test]
async fn a_bow_tie_crosses_itself_though_its_halves_sum_to_nothing() {
    let tie = r#"{"type":"Polygon","coordinates":[[[120.2,33.7],[120.201,33.701],[120.201,33.7],[120.2,33.701],[120.2,33.7]]]}"#;
    let feature =
        format!(r#"{{"type":"Feature","properties":{{"code":"320924100001001"}},"geometry":{tie}}}"#);
    let refused = refused(&collection(&[feature]), &ImportOptions::default()).await;
    assert_eq!(refused.counts(), [(DefectKind::SelfCrossing, 1)]);
}

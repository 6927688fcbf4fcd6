//! Import(export(x)) = x, without a flag, and what GDAL makes of an export.

use wangge::coverage::Partition;
use wangge::exchange::{
    ExportOptions, Fields, ImportOptions, What, export, feature_json, import, read_coverage,
};
use wangge::unit::{Attribute, Levels};

use super::{Files, gdal, taken, text};
use crate::fixture::{Of, changed, drawn, nine, odd, random, with_attribute};

/// Counties small enough to read and odd enough to matter.
fn counties() -> Vec<(&'static str, Partition)> {
    let two: Levels = "county:6,grid:9".parse().unwrap();
    let letters: Vec<(char, String)> = ('a'..='m').zip((1..=13).map(|i| format!("3209{i:02}001"))).collect();
    let legend: Vec<(char, Of)> = letters.iter().map(|(c, code)| (*c, Of::Leaf(code, ""))).collect();
    let six: Levels = "a:1,b:2,c:3,d:4,e:5,f:6".parse().unwrap();
    let clash = ["level", "parent", "code", "geom", "FID", "", "Kind"];
    let clashing = clash.iter().fold(nine(), |p, name| {
        with_attribute(&p, "320924100001001", name, &Attribute::Text("x".to_owned()))
    });
    let clashing = with_attribute(&clashing, "320924100001002", "kind", &Attribute::Integer(7));
    vec![
        ("nine", nine()),
        ("odd", odd()),
        ("thirteen at the top of two levels", drawn(&["abcdefg", "hijklmm"], &two, &legend)),
        ("six levels and one leaf", drawn(&["a"], &six, &[('a', Of::Leaf("123456", "一"))])),
        ("attributes named like columns", clashing),
        (
            "an island in a void in a unit",
            drawn(
                &["aaaaa", "avvva", "avbva", "avvva", "aaaaa"],
                &two,
                &[('a', Of::Leaf("320924001", "")), ('b', Of::Leaf("320924002", "")), ('v', Of::Void(""))],
            ),
        ),
    ]
}

#[tokio::test]
async fn import_of_an_export_is_the_same_content_without_a_flag() {
    for (name, partition) in counties() {
        for file in ["it.geojson", "it.gpkg"] {
            for what in [What::Lowest, What::All] {
                let files = Files::new();
                let path = files.export(file, &partition, what).await;
                let back = taken(&path).await.unwrap_or_else(|e| panic!("{name}, {file}, {what:?}: {e}"));
                assert_eq!(
                    back.partition.content_hash(),
                    partition.content_hash(),
                    "{name}, {file}, {what:?}"
                );
                assert_eq!(back.partition.coverage, partition.coverage, "{name}, {file}, {what:?}");
                assert_eq!(
                    (back.noded, back.notes),
                    (vec![], Vec::<String>::new()),
                    "{name}, {file}, {what:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn random_counties_come_back_whole() {
    let files = Files::new();
    for seed in 0..40 {
        let county = random(seed);
        let what = if seed % 2 == 0 { What::Lowest } else { What::All };
        for file in ["it.geojson", "it.gpkg"] {
            let back = taken(&files.export(file, &county, what).await)
                .await
                .unwrap_or_else(|e| panic!("{seed}: {e}"));
            assert_eq!(back.partition.content_hash(), county.content_hash(), "seed {seed}, {file}");
            assert_eq!(back.partition.coverage, county.coverage, "seed {seed}, {file}");
        }
    }
}

#[tokio::test]
async fn over_the_version_it_came_from_it_keeps_uids_and_tints() {
    for file in ["it.geojson", "it.gpkg"] {
        let files = Files::new();
        let odd = changed(&odd(), |u| u.uid.0 += 100);
        let raw =
            read_coverage(&files.export(file, &odd, What::Lowest).await, &Fields::default()).await.unwrap();
        let back = import(raw, Some(&odd), &ImportOptions::default()).unwrap();
        assert_eq!(back.partition, odd);
    }
}

#[tokio::test]
async fn an_export_of_a_level_is_a_coverage_by_itself() {
    let files = Files::new();
    for file in ["it.geojson", "it.gpkg"] {
        let path = files.export(file, &odd(), What::Level(2)).await;
        let back = taken(&path).await.unwrap().partition;
        assert_eq!(back.hierarchy.levels().to_string(), "prefecture:4,town:7,village/hamlets:9");
        assert_eq!(back.hierarchy.leaves().len(), 4, "three villages and a town that is a leaf");
        assert_eq!(back.hierarchy.voids().len(), 2);
        assert_eq!(back.polygons_at(0), odd().polygons_at(0));
        let top = files.export(file, &odd(), What::Level(0)).await;
        let layer = Fields { layer: Some("prefectures".to_owned()), ..Fields::default() };
        let count = read_coverage(&top, &layer).await.unwrap().features.len();
        assert_eq!(count, 3, "the top alone tells no levels, but is read");
    }
}

#[tokio::test]
async fn what_a_file_says_of_itself_comes_back() {
    for file in ["it.geojson", "it.gpkg"] {
        let files = Files::new();
        let path = files.path(file);
        let options = ExportOptions {
            name: Some("射阳县 \"x\"".to_owned()),
            synthetic: true,
            version: Some(7),
            ..ExportOptions::default()
        };
        let said = export(&path, nine().into(), &options).await.unwrap();
        assert_eq!((said.features, said.beside), (9, 0));
        assert_eq!(said.bytes, std::fs::metadata(&path).unwrap().len());
        let back = taken(&path).await.unwrap();
        assert_eq!((back.name.as_deref(), back.synthetic), (Some("射阳县 \"x\""), true));
    }
}

#[tokio::test]
async fn gdal_reads_both_exports_with_every_feature_valid() {
    let files = Files::new();
    let geojson = text(&files.export("it.geojson", &odd(), What::Lowest).await);
    let summary = gdal("ogrinfo", &["-ro", "-al", "-so", &geojson]);
    for due in [
        "Feature Count: 3",
        "code: String",
        "people: String",
        "ratio: Real",
        "Extent: (120.200000, 33.700000)",
    ] {
        assert!(summary.contains(due), "{due} in {summary}");
    }
    assert!(!summary.contains("Warning") && !summary.contains("ERROR"), "{summary}");
    let gpkg = text(&files.export("it.gpkg", &odd(), What::All).await);
    let counts = [("prefectures", 3), ("towns", 3), ("hamlets", 3), ("plots", 3), ("voids", 2)];
    for (layer, count) in counts {
        let summary = gdal("ogrinfo", &["-ro", "-so", &gpkg, layer]);
        assert!(summary.contains(&format!("Feature Count: {count}")), "{layer}: {summary}");
        assert!(!summary.contains("Warning") && !summary.contains("ERROR"), "{summary}");
        let sql = format!("SELECT count(*) AS bad FROM {layer} WHERE NOT ST_IsValid(geom)");
        assert!(
            gdal("ogrinfo", &["-ro", "-q", &gpkg, "-dialect", "SQLite", "-sql", &sql])
                .contains("bad (Integer) = 0")
        );
    }
    let plots = gdal("ogrinfo", &["-ro", "-q", &gpkg, "plots"]);
    for due in [
        "code (String) = 320910001001",
        "open (Integer(Boolean)) = 1",
        "ratio (Real) = 0.3",
        "kind (String) = dedicated",
    ] {
        assert!(plots.contains(due), "{due} in {plots}");
    }
}

#[tokio::test]
async fn what_gdal_copies_of_an_export_is_the_same_coverage() {
    let files = Files::new();
    let source = text(&files.export("it.geojson", &nine(), What::Lowest).await);
    for (copy, options) in [
        ("copy.gpkg", &["-f", "GPKG"][..]),
        ("copy.geojson", &["-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=7"]),
    ] {
        let path = files.path(copy);
        let to = text(&path);
        gdal("ogr2ogr", &[options, &[&to, &source]].concat());
        let back = taken(&path).await.unwrap();
        assert_eq!(back.partition.coverage, nine().coverage, "{copy}");
        let leaf = back.partition.hierarchy.units().last().unwrap();
        assert_eq!(
            (leaf.name.as_str(), leaf.attributes.len()),
            ("九", 0),
            "level and parent follow from the code"
        );
    }
}

#[tokio::test]
async fn coordinates_have_seven_decimals_at_most_and_shells_run_counter_clockwise() {
    let files = Files::new();
    let path = files.export("it.geojson", &odd(), What::Lowest).await;
    let json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(json["bbox"].to_string(), "[120.2,33.7,120.206,33.705]");
    for feature in json["features"].as_array().unwrap() {
        let geometry = &feature["geometry"];
        let polygons = match geometry["type"].as_str().unwrap() {
            "Polygon" => vec![geometry["coordinates"].clone()],
            _ => geometry["coordinates"].as_array().unwrap().clone(),
        };
        for polygon in polygons {
            for (i, ring) in polygon.as_array().unwrap().iter().enumerate() {
                let ring: Vec<[f64; 2]> = serde_json::from_value(ring.clone()).unwrap();
                assert_eq!(ring.first(), ring.last());
                let area: f64 = ring
                    .windows(2)
                    .map(|w| (w[0][0] - 120.0) * (w[1][1] - 33.0) - (w[1][0] - 120.0) * (w[0][1] - 33.0))
                    .sum();
                assert_eq!(area > 0.0, i == 0, "{feature}");
            }
        }
    }
    let one: serde_json::Value = serde_json::from_str(&feature_json(&odd(), 0)).unwrap();
    assert_eq!(
        (one["properties"]["code"].as_str(), one["properties"]["level"].as_str()),
        (Some("3209"), Some("prefecture"))
    );
    assert_eq!(one["properties"]["parent"], serde_json::Value::Null);
}

#[tokio::test]
async fn an_export_replaces_what_stood_there_only_when_it_is_whole() {
    let files = Files::new();
    for name in ["it.geojson", "it.gpkg"] {
        files.put(name, "what stood there");
        let path = files.export(name, &nine(), What::Lowest).await;
        assert_eq!(taken(&path).await.unwrap().partition.content_hash(), nine().content_hash());
        let nowhere = files.path("no/such/directory").join(name);
        assert!(export(&nowhere, nine().into(), &ExportOptions::default()).await.is_err());
    }
    let shapefile =
        export(&files.path("it.shp"), nine().into(), &ExportOptions::default()).await.unwrap_err();
    assert!(
        shapefile.to_string().ends_with("expected .geojson, .json or .gpkg, found \"shp\""),
        "{shapefile}"
    );
    assert_eq!(std::fs::read_dir(files.path("")).unwrap().count(), 2, "no drafts are left");
}

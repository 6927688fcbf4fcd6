//! What GDAL sees of a store, at rest and while it is written.

use std::process::Command;

use sqlx::{Connection, SqliteConnection};
use wangge::store::NewVersion;

use super::{code, save, two_versions, version};
use crate::fixture::{nine, nine_drawn};

pub fn gdal(program: &str, arguments: &[&str]) -> String {
    let out = Command::new(program).args(arguments).output().unwrap_or_else(|e| panic!("{program}: {e}"));
    let text = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{program} {arguments:?}: {text}");
    assert!(!text.contains("ERROR") && !text.contains("Warning"), "{program} {arguments:?}: {text}");
    text
}

/// The layers that GDAL lists, as `name (geometry)`.
fn listed(url: &str) -> Vec<String> {
    let text = gdal("ogrinfo", &["-ro", url]);
    let layer = |line: &str| {
        line.split_once(": ").filter(|(n, _)| n.parse::<u32>().is_ok()).map(|(_, l)| l.to_owned())
    };
    text.lines().filter_map(layer).collect()
}

#[tokio::test]
async fn gdal_lists_the_layers_and_nothing_else() {
    let (_dir, url, store) = two_versions().await;
    assert_eq!(
        listed(&url),
        [
            "prefectures (Multi Polygon)",
            "towns (Multi Polygon)",
            "hamlets (Multi Polygon)",
            "plots (Multi Polygon)",
            "voids (Multi Polygon)",
            "about (None)"
        ]
    );
    save(&store, &nine()).await;
    assert_eq!(
        listed(&url),
        [
            "counties (Multi Polygon)",
            "towns (Multi Polygon)",
            "villages (Multi Polygon)",
            "grids (Multi Polygon)",
            "voids (Multi Polygon)",
            "about (None)"
        ]
    );
    let about = gdal("ogrinfo", &["-ro", "-q", &url, "about"]);
    assert!(about.contains("version (Integer64) = 3") && about.contains("note (String) = 划定"), "{about}");
}

#[tokio::test]
async fn gdal_reads_the_current_version_with_ids_and_text_codes() {
    let (_dir, url, store) = two_versions().await;
    let saved = save(&store, &nine()).await;
    let grids = gdal("ogrinfo", &["-ro", "-al", "-so", &url, "grids"]);
    for due in [
        "Feature Count: 9",
        "FID Column = fid",
        "code: String",
        "uid: Integer64",
        "kind: String",
        "4490",
        "Extent: (120.200000, 33.700000) - (120.203000, 33.703000)",
    ] {
        assert!(grids.contains(due), "{due} in {grids}");
    }
    let uid = saved.hierarchy.unit(saved.hierarchy.by_code(&code("320924101001002")).unwrap()).uid;
    let one = gdal("ogrinfo", &["-ro", "-q", "-fid", &uid.to_string(), &url, "grids"]);
    assert!(
        one.contains(&format!("OGRFeature(grids):{uid}")) && one.contains("code (String) = 320924101001002"),
        "{one}"
    );
    let found =
        gdal("ogrinfo", &["-ro", "-q", "-spat", "120.2012", "33.7012", "120.2018", "33.7018", &url, "grids"]);
    assert_eq!(found.matches("OGRFeature").count(), 1, "{found}");
    assert!(gdal("ogrinfo", &["-ro", "-al", "-so", &url, "counties"]).contains("Feature Count: 1"));
}

#[tokio::test]
async fn gdal_copies_layers_out_with_every_polygon_valid() {
    let (dir, url, store) = two_versions().await;
    let copy = dir.path().join("copy.geojson").display().to_string();
    gdal("ogr2ogr", &["-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=7", &copy, &url, "plots"]);
    let text = std::fs::read_to_string(&copy).unwrap();
    let copied: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(copied["features"].as_array().unwrap().len(), 3, "two under villages, one multipart");
    let sql = "SELECT count(*) AS bad FROM plots WHERE NOT ST_IsValid(geom)";
    assert!(
        gdal("ogrinfo", &["-ro", "-q", &url, "-dialect", "SQLite", "-sql", sql])
            .contains("bad (Integer) = 0")
    );
    store.close().await;
}

#[tokio::test]
async fn synthetic_stands_in_the_layers_description() {
    let (dir, url, store) = two_versions().await;
    let settings =
        [("name", "射阳县"), ("synthetic", "true")].map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec();
    store.save(&NewVersion { settings, ..version(nine()) }).await.unwrap();
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let said: String = sqlx::query_scalar("SELECT description FROM gpkg_contents WHERE table_name = 'grids'")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(said, "射阳县 grids: synthetic, not survey data");
    drop(dir);
}

#[tokio::test(flavor = "multi_thread")]
async fn gdal_reads_whole_versions_while_the_server_writes_them() {
    let (_dir, url, store) = two_versions().await;
    let nine = [nine_drawn(&["aadg", "abeh", "ccfi"]), nine_drawn(&["addg", "bbeh", "ccfi"])];
    save(&store, &nine[0]).await;
    let writer = tokio::spawn(async move {
        for i in 0..60 {
            save(&store, &nine[i % 2]).await;
        }
        store
    });
    let mut reads = 0;
    while !writer.is_finished() || reads == 0 {
        let url = url.clone();
        let text = tokio::task::spawn_blocking(move || {
            gdal(
                "ogrinfo",
                &["-ro", "-q", &url, "-sql", "SELECT count(*) AS n, min(uid) AS least FROM grids"],
            )
        });
        assert!(text.await.unwrap().contains("n (Integer) = 9"));
        reads += 1;
    }
    let store = writer.await.unwrap();
    assert_eq!(store.verify().await.unwrap().unwrap().number, 63);
}

/// Runs a command that is meant to fail.
fn tried(program: &str, arguments: &[&str]) -> String {
    let out = Command::new(program).args(arguments).output().unwrap();
    String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned()
}

#[tokio::test]
async fn a_gis_can_neither_edit_the_layers_nor_put_an_index_on_them() {
    let (dir, url, store) = two_versions().await;
    save(&store, &nine()).await;
    let source = dir.path().join("one.geojson").display().to_string();
    gdal("ogr2ogr", &["-f", "GeoJSON", &source, &url, "grids"]);
    let said = tried("ogr2ogr", &["-append", "-f", "GPKG", &url, &source, "-nln", "grids"]);
    assert!(said.contains("ERROR"), "{said}");
    let rename = "UPDATE grids SET name = 'x'";
    let said = tried("ogrinfo", &[&url, "-sql", rename]);
    assert!(said.contains("cannot modify grids because it is a view"), "{said}");
    tried("ogrinfo", &[&url, "-sql", "SELECT CreateSpatialIndex('grids', 'geom')"]);
    save(&store, &nine_drawn(&["aadg", "bbeh", "ccfi"])).await;
    assert_eq!(store.verify().await.unwrap().unwrap().number, 4);
}

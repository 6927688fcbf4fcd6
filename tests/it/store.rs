//! What every store must do, run over each backend; then what a GeoPackage must be to GDAL and to a killed process.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use jiff::civil::date;
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use wangge::coverage::Partition;
use wangge::crs::Point;
use wangge::store::{ChangeKind, Mode, NewVersion, Saved, Store, StoreError, Uids};
use wangge::unit::{Attribute, Code, LineFeature, PointFeature, PointLayer, Uid};

use crate::fixture::{changed, nine, nine_drawn, odd};

/// Runs each function on a new, empty store of each kind; another backend is another line in `backends`.
macro_rules! contract {
    ($($(#[$meta:meta])* $name:ident;)*) => {
        mod geopackage {
            $(#[tokio::test] async fn $name() {
                let dir = tempfile::tempdir().unwrap();
                let url = dir.path().join("store.gpkg").display().to_string();
                let store = wangge::store::Store::open(&url, wangge::store::Mode::Create).await.unwrap();
                super::$name(&store).await;
                store.close().await;
            })*
        }
    };
}

contract! {
    an_empty_store_has_no_version;
    what_is_saved_is_loaded_again;
    only_rows_that_differ_are_written;
    the_same_again_is_a_version_without_rows;
    old_versions_stay;
    uids_follow_codes_and_are_never_given_twice;
    kept_uids_are_kept_and_checked;
    what_became_of_a_retired_code_is_known;
    a_stale_base_is_refused;
    a_day_has_its_version;
    levels_may_change;
    a_level_named_like_a_table_is_refused;
    changes_feed_and_settings;
    points_and_lines_come_back_in_order;
}

fn version(partition: Partition) -> NewVersion {
    NewVersion {
        partition: Arc::new(partition),
        uids: Uids::ByCode,
        base: None,
        effective_from: date(2026, 11, 1),
        author: "张三".to_owned(),
        note: "划定".to_owned(),
        document: "射政发〔2026〕1号".to_owned(),
    }
}

async fn save(store: &Store, partition: &Partition) -> Saved {
    store.save(&version(partition.clone())).await.unwrap()
}

fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

fn uid_of(partition: &Partition, text: &str) -> Uid {
    let h = &partition.hierarchy;
    h.unit(h.by_code(&code(text)).unwrap()).uid
}

async fn an_empty_store_has_no_version(store: &Store) {
    assert_eq!(store.latest().await.unwrap(), None);
    assert_eq!(store.versions().await.unwrap(), []);
    assert_eq!(store.at(date(2026, 1, 1)).await.unwrap(), None);
    assert_eq!(store.verify().await.unwrap(), None);
    assert_eq!(store.load(1).await.unwrap_err().to_string(), "no version 1: the store has none");
}

async fn what_is_saved_is_loaded_again(store: &Store) {
    for (n, partition) in [(1, nine()), (2, odd())] {
        let saved = save(store, &partition).await;
        assert_eq!(saved.version.number, n);
        assert_eq!(saved.version.content_hash, partition.content_hash());
        let loaded = store.load(n).await.unwrap();
        assert_eq!(loaded.version, saved.version);
        assert_eq!(loaded.partition.hierarchy, saved.hierarchy);
        assert_eq!(loaded.partition.coverage, partition.coverage);
        assert_eq!(loaded.partition.content_hash(), partition.content_hash());
        assert_eq!(store.verify().await.unwrap(), Some(saved.version));
    }
    let author = store.version(1).await.unwrap();
    assert_eq!(
        (author.author.as_str(), author.note.as_str(), author.document.as_str()),
        ("张三", "划定", "射政发〔2026〕1号")
    );
}

async fn only_rows_that_differ_are_written(store: &Store) {
    let first = save(store, &nine()).await;
    assert_eq!(first.rows_changed, 1 + 3 + 3 + 9);
    let renamed = changed(&nine(), |u| {
        if u.code.as_str() == "320924101001002" {
            "五号".clone_into(&mut u.name);
        }
    });
    assert_eq!(save(store, &renamed).await.rows_changed, 1);
    // The border between a and d moves: two grids, their villages and towns; the county's outline stays.
    let moved = nine_drawn(&["aadg", "abeh", "ccfi"]);
    let before = nine_drawn(&["aadg", "bbeh", "ccfi"]);
    save(store, &before).await;
    assert_eq!(save(store, &moved).await.rows_changed, 2);
    let shifted = nine_drawn(&["addg", "abeh", "ccfi"]);
    assert_eq!(save(store, &shifted).await.rows_changed, 6);
}

async fn the_same_again_is_a_version_without_rows(store: &Store) {
    let first = save(store, &odd()).await;
    let second = save(store, &odd()).await;
    assert_eq!((second.version.number, second.rows_changed), (2, 0));
    assert_eq!(second.version.content_hash, first.version.content_hash);
    assert_eq!(store.load(2).await.unwrap().partition, store.load(1).await.unwrap().partition);
    assert_eq!(store.changes(2).await.unwrap(), []);
}

async fn old_versions_stay(store: &Store) {
    let steps =
        [nine(), nine_drawn(&["aadg", "bbeh", "ccfi"]), odd(), nine_drawn(&["bdg", "beh", "cfi"]), nine()];
    for step in &steps {
        save(store, step).await;
    }
    for (n, step) in (1..).zip(&steps) {
        let loaded = store.load(n).await.unwrap();
        assert_eq!(loaded.partition.coverage, step.coverage, "version {n}");
        assert_eq!(loaded.partition.content_hash(), step.content_hash(), "version {n}");
    }
    let gone = store.load(6).await.unwrap_err();
    assert_eq!(gone.to_string(), "no version 6: the store has versions 1 to 5");
}

async fn uids_follow_codes_and_are_never_given_twice(store: &Store) {
    save(store, &nine()).await;
    let one = store.load(1).await.unwrap().partition;
    save(store, &nine_drawn(&["bdg", "beh", "cfi"])).await;
    let two = store.load(2).await.unwrap().partition;
    for unit in two.hierarchy.units() {
        assert_eq!(uid_of(&one, unit.code.as_str()), unit.uid);
    }
    save(store, &nine()).await;
    let three = store.load(3).await.unwrap().partition;
    let came_back = uid_of(&three, "320924100001001");
    assert!(one.hierarchy.units().iter().all(|u| u.uid != came_back), "a retired uid stays retired");
    save(store, &odd()).await;
    save(store, &odd()).await;
    let (four, five) = (store.load(4).await.unwrap().partition, store.load(5).await.unwrap().partition);
    let voids: Vec<Uid> = four.hierarchy.voids().iter().map(|v| v.uid).collect();
    assert_eq!(voids, five.hierarchy.voids().iter().map(|v| v.uid).collect::<Vec<_>>());
    assert!(voids.iter().all(|v| *v > came_back));
}

async fn kept_uids_are_kept_and_checked(store: &Store) {
    save(store, &nine()).await;
    let current = store.load(1).await.unwrap().partition;
    let highest = current.hierarchy.units().iter().map(|u| u.uid.0).max().unwrap();
    let kept = |partition| NewVersion { uids: Uids::Kept, ..version(partition) };
    // A grid is renumbered and keeps its uid.
    let renumbered = changed(&current, |u| {
        if u.code.as_str() == "320924100001001" {
            u.code = code("320924100001009");
        }
    });
    let uid = uid_of(&current, "320924100001001");
    // Its place among the owners is another, so its coverage is built anew from the same drawing.
    let drawing = nine_drawn(&["adg", "beh", "cfi"]);
    let shapes: Vec<_> = renumbered
        .hierarchy
        .leaves()
        .iter()
        .map(|&l| {
            let c = renumbered.hierarchy.unit(l).code.as_str().replace("1009", "1001");
            drawing.polygons_of(drawing.hierarchy.by_code(&code(&c)).unwrap())
        })
        .collect();
    let coverage = wangge::coverage::Coverage::build(&shapes, 0).unwrap().coverage;
    let renumbered = Partition { hierarchy: renumbered.hierarchy, coverage };
    store.save(&kept(renumbered)).await.unwrap();
    let after = store.load(2).await.unwrap().partition;
    assert_eq!(uid_of(&after, "320924100001009"), uid);
    let lineage = store.lineage(2).await.unwrap();
    assert_eq!(lineage.len(), 1);
    assert_eq!(
        (lineage[0].from.clone(), lineage[0].to.clone()),
        ((uid, code("320924100001001")), (uid, code("320924100001009")))
    );
    // A uid that the current version has not, though it was given once.
    save(store, &nine_drawn(&["bdg", "beh", "cfi"])).await;
    let refused = store.save(&kept(after)).await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Refused(why) if why.contains(&format!("over {highest}"))),
        "{refused}"
    );
    assert_eq!(store.latest().await.unwrap(), Some(3));
}

async fn what_became_of_a_retired_code_is_known(store: &Store) {
    save(store, &nine_drawn(&["aadg", "abeh", "ccfi"])).await;
    // a goes: a third to b, two thirds to d.
    save(store, &nine_drawn(&["bddg", "dbeh", "ccfi"])).await;
    let retired = store.retired(&code("320924100001001")).await.unwrap().unwrap();
    assert_eq!((retired.version, retired.name.as_str()), (2, "一"));
    let became: Vec<(&str, String)> =
        retired.became.iter().map(|r| (r.to.1.as_str(), format!("{:.4}", r.share))).collect();
    assert_eq!(became, [("320924101001001", "0.6667".to_owned()), ("320924100001002", "0.3333".to_owned())]);
    assert_eq!(store.retired(&code("320924100001002")).await.unwrap(), None, "in use");
    assert_eq!(store.retired(&code("999999")).await.unwrap(), None, "never seen");
    // New units know what they came from.
    save(store, &nine_drawn(&["aadg", "abeh", "ccfi"])).await;
    let came: Vec<String> = store
        .lineage(3)
        .await
        .unwrap()
        .iter()
        .map(|r| format!("{} {} {:.2}", r.from.1, r.to.1, r.share))
        .collect();
    assert_eq!(came, ["320924100001002 320924100001001 0.50", "320924101001001 320924100001001 0.67"]);
    assert_eq!(store.retired(&code("320924100001001")).await.unwrap(), None, "in use again");
}

async fn a_stale_base_is_refused(store: &Store) {
    let based = |base| NewVersion { base: Some(base), ..version(nine()) };
    store.save(&based(0)).await.unwrap();
    let stale = store.save(&based(0)).await.unwrap_err();
    assert!(matches!(stale, StoreError::Stale { base: 0, current: 1 }));
    store.save(&based(1)).await.unwrap();
    assert_eq!(store.latest().await.unwrap(), Some(2));
}

async fn a_day_has_its_version(store: &Store) {
    for (year, month) in [(2025, 1), (2027, 1), (2026, 6)] {
        let new = NewVersion { effective_from: date(year, month, 1), ..version(nine()) };
        store.save(&new).await.unwrap();
    }
    let in_force = async |y, m, d| store.at(date(y, m, d)).await.unwrap().map(|v| v.number);
    assert_eq!(in_force(2024, 12, 31).await, None);
    assert_eq!(in_force(2025, 1, 1).await, Some(1));
    assert_eq!(in_force(2026, 5, 31).await, Some(1));
    assert_eq!(in_force(2026, 6, 1).await, Some(3));
    assert_eq!(in_force(2027, 1, 1).await, Some(2));
    let recorded = store.versions().await.unwrap();
    assert!(recorded.windows(2).all(|w| w[0].recorded_at <= w[1].recorded_at));
}

async fn levels_may_change(store: &Store) {
    save(store, &nine()).await;
    save(store, &odd()).await;
    save(store, &nine()).await;
    assert_eq!(
        store.version(2).await.unwrap().levels.to_string(),
        "prefecture:4,town:7,village/hamlets:9,plot:12"
    );
    assert_eq!(store.load(3).await.unwrap().partition.content_hash(), nine().content_hash());
}

async fn a_level_named_like_a_table_is_refused(store: &Store) {
    use crate::fixture::{Of, drawn};
    let levels = "county:6,version:9".parse().unwrap();
    let partition = drawn(&["a"], &levels, &[('a', Of::Leaf("320924100", ""))]);
    let refused = store.save(&version(partition)).await.unwrap_err();
    assert!(refused.to_string().contains("\"versions\""), "{refused}");
    assert_eq!(store.latest().await.unwrap(), None);
}

async fn changes_feed_and_settings(store: &Store) {
    save(store, &nine()).await;
    save(store, &nine_drawn(&["bdg", "beh", "cfi"])).await;
    let changes: Vec<(String, ChangeKind)> =
        store.changes(2).await.unwrap().into_iter().map(|c| (c.code, c.kind)).collect();
    assert_eq!(
        changes,
        [
            ("320924100001001".to_owned(), ChangeKind::Retired),
            ("320924100001002".to_owned(), ChangeKind::Changed)
        ]
    );
    assert!(store.changes(1).await.unwrap().iter().all(|c| c.kind == ChangeKind::Added));
    let feed = store.feed(0, 10).await.unwrap();
    assert_eq!(feed.iter().map(|f| (f.seq, f.version)).collect::<Vec<_>>(), [(1, Some(1)), (2, Some(2))]);
    assert_eq!((feed[1].kind.as_str(), feed[1].payload.contains("\"version\":2")), ("published", true));
    assert_eq!(store.feed(1, 10).await.unwrap().len(), 1);
    assert_eq!(store.meta("zooms").await.unwrap(), None);
    store.set_meta("zooms", "[8]").await.unwrap();
    store.set_meta("zooms", "[9]").await.unwrap();
    assert_eq!(store.meta("zooms").await.unwrap().as_deref(), Some("[9]"));
    store.set_meta("wangge_schema", "9").await.unwrap_err();
}

async fn points_and_lines_come_back_in_order(store: &Store) {
    let dwellings: Vec<PointFeature> = (0..1234)
        .map(|i| PointFeature {
            at: Point::new(1_202_000_000 + i, 337_000_000 - i),
            kind: "dwelling".to_owned(),
            name: String::new(),
            weight: i as u32,
            attributes: [].into(),
        })
        .collect();
    let place = PointFeature {
        kind: "court".to_owned(),
        name: "微法庭".to_owned(),
        attributes: [("open".to_owned(), Attribute::Bool(true))].into(),
        ..dwellings[7].clone()
    };
    store.replace_points(PointLayer::Dwellings, &dwellings[..3]).await.unwrap();
    store.replace_points(PointLayer::Dwellings, &dwellings).await.unwrap();
    store.replace_points(PointLayer::Places, std::slice::from_ref(&place)).await.unwrap();
    assert_eq!(store.points(PointLayer::Dwellings).await.unwrap(), dwellings);
    assert_eq!(store.points(PointLayer::Places).await.unwrap(), [place]);
    assert_eq!(store.points(PointLayer::Addresses).await.unwrap(), []);
    let line = |layer: &str, n: i32| LineFeature {
        layer: layer.to_owned(),
        kind: "trunk".to_owned(),
        name: "射阳河".to_owned(),
        points: (0..n).map(|i| Point::new(1_200_000_001 + i, 330_000_003 * (i % 2))).collect(),
    };
    let lines = vec![line("canals", 5), line("roads", 2), line("canals", 100)];
    store.replace_lines(&lines).await.unwrap();
    assert_eq!(store.lines().await.unwrap(), lines);
}

/// A store in a directory of its own, with the nine-square county and the odd one after it.
async fn two_versions() -> (TempDir, String, Store) {
    let dir = tempfile::tempdir().unwrap();
    let url = dir.path().join("store.gpkg").display().to_string();
    let store = Store::open(&url, Mode::Create).await.unwrap();
    save(&store, &nine()).await;
    save(&store, &odd()).await;
    (dir, url, store)
}

fn gdal(program: &str, arguments: &[&str]) -> String {
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
    store.set_meta("name", "射阳县").await.unwrap();
    store.set_meta("synthetic", "true").await.unwrap();
    save(&store, &nine()).await;
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

/// Runs SQL on a closed store, as another program would.
async fn meddle(url: &str, sql: &'static str) {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    let touched = sqlx::query(sql).execute(&mut connection).await.unwrap().rows_affected();
    assert!(touched > 0, "{sql}");
    connection.close().await.unwrap();
}

/// What loading the current version says after `sql`.
async fn noticed(sql: &'static str) -> (Vec<String>, String) {
    let (_dir, url, store) = two_versions().await;
    save(&store, &nine()).await;
    store.close().await;
    meddle(&url, sql).await;
    let store = Store::open(&url, Mode::Existing).await.unwrap();
    let error = store.load(3).await.unwrap_err();
    assert!(store.verify().await.is_err());
    assert!(store.save(&version(nine())).await.is_err(), "nothing is built upon it");
    match error {
        StoreError::ChangedOutside { version: 3, expected, units, detail, .. } => {
            assert_eq!(expected, nine().content_hash());
            (units, detail)
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_store_changed_from_outside_is_noticed() {
    let of = async |sql| noticed(sql).await.0;
    assert_eq!(
        of("UPDATE unit_rows SET geometry = (SELECT geometry FROM unit_rows WHERE code = '320924101001001' LIMIT 1)
            WHERE code = '320924100001001' AND to_version IS NULL").await,
        ["320924100001001"]
    );
    assert_eq!(
        of("UPDATE unit_rows SET name = '冒名' WHERE code = '320924102' AND to_version IS NULL").await,
        ["320924102"]
    );
    assert_eq!(
        of("UPDATE unit_rows SET attributes = '{\"kind\":1}' WHERE code = '320924' AND to_version IS NULL")
            .await,
        ["320924"]
    );
    assert_eq!(
        of("UPDATE unit_rows SET tint = 4 - tint WHERE code = '320924' AND to_version IS NULL").await.len(),
        1
    );
    assert_eq!(
        of("UPDATE unit_rows SET geometry = zeroblob(40) WHERE code = '320924100001' AND to_version IS NULL")
            .await,
        ["320924100001"],
        "an upper unit, whose geometry nobody reads"
    );
    let (units, detail) =
        noticed("DELETE FROM unit_rows WHERE code = '320924100001001' AND to_version IS NULL").await;
    assert_eq!((units.len(), detail.as_str()), (0, "rows were added or removed"));
    noticed(
        "UPDATE unit_rows SET from_version = 2, to_version = 3 WHERE code = '320924' AND to_version IS NULL",
    )
    .await;
    noticed("UPDATE versions SET levels = 'county:6,town:9,village:12,plot:15' WHERE number = 3").await;
}

#[tokio::test]
async fn a_wrong_hash_is_noticed_though_every_row_is_right() {
    let (_dir, url, store) = two_versions().await;
    store.close().await;
    meddle(&url, "UPDATE versions SET content_hash = (SELECT content_hash FROM versions WHERE number = 1)")
        .await;
    let store = Store::open(&url, Mode::Existing).await.unwrap();
    let error = store.load(2).await.unwrap_err().to_string();
    let (one, two) = (nine().content_hash(), odd().content_hash());
    assert!(error.contains(&format!("should have content hash {one}, found {two}")), "{error}");
}

/// Opening `bytes` as a store: the message, and that the file and its directory are as before.
async fn refused(bytes: &[u8], mode: Mode) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("it.gpkg");
    std::fs::write(&path, bytes).unwrap();
    let error = Store::open(&path.display().to_string(), mode).await.unwrap_err().to_string();
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "{error}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "{error}");
    error
}

async fn bytes_after(url: &str, sql: &'static str) -> Vec<u8> {
    let mut connection = SqliteConnection::connect(&format!("sqlite:{url}?mode=rwc")).await.unwrap();
    sqlx::raw_sql("PRAGMA journal_mode = DELETE").execute(&mut connection).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    std::fs::read(Path::new(url)).unwrap()
}

#[tokio::test]
async fn what_is_no_store_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing.gpkg").display().to_string();
    let error = Store::open(&missing, Mode::Existing).await.unwrap_err();
    assert!(matches!(error, StoreError::NoStore { .. }) && !Path::new(&missing).exists());
    assert!(
        Store::open("postgres://localhost/x", Mode::Create)
            .await
            .unwrap_err()
            .to_string()
            .contains("postgres://")
    );
    for mode in [Mode::Create, Mode::Existing] {
        assert!(refused(b"code,name\n1,2\n", mode).await.contains("no SQLite database"));
        assert!(refused(b"SQLite format 3\0 and then rubbish", mode).await.contains("not a Wangge store"));
        let plain = dir.path().join(format!("{mode:?}.db")).display().to_string();
        let bytes = bytes_after(&plain, "CREATE TABLE t (x)").await;
        assert!(refused(&bytes, mode).await.contains("a SQLite database that is no GeoPackage"));
    }
    let foreign = dir.path().join("foreign.gpkg").display().to_string();
    let source = dir.path().join("p.geojson");
    std::fs::write(&source, r#"{"type":"Point","coordinates":[120.2,33.7]}"#).unwrap();
    gdal("ogr2ogr", &["-f", "GPKG", &foreign, &source.display().to_string(), "-nln", "wells"]);
    let bytes = std::fs::read(&foreign).unwrap();
    let error = refused(&bytes, Mode::Create).await;
    assert!(error.contains("a GeoPackage of another program, with tables wells"), "{error}");
}

#[tokio::test]
async fn a_store_of_a_newer_program_is_refused_and_left_alone() {
    let (_dir, url, store) = two_versions().await;
    store.close().await;
    let bytes = bytes_after(&url, "UPDATE meta SET value = '99' WHERE key = 'wangge_schema'").await;
    for mode in [Mode::Create, Mode::Existing] {
        let error = refused(&bytes, mode).await;
        assert!(
            error.contains("written by a newer Wangge: expected store schema 1 or lower, found 99"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_database_left_blank_by_a_crash_can_become_a_store() {
    let dir = tempfile::tempdir().unwrap();
    let url = dir.path().join("blank.gpkg").display().to_string();
    bytes_after(&url, "CREATE TABLE t (x); DROP TABLE t; VACUUM").await;
    assert!(Store::open(&url, Mode::Existing).await.unwrap_err().to_string().contains("an empty database"));
    let store = Store::open(&url, Mode::Create).await.unwrap();
    assert_eq!(save(&store, &nine()).await.version.number, 1);
}

#[tokio::test]
async fn two_programs_may_write_by_turns() {
    let (_dir, url, one) = two_versions().await;
    let other = Store::open(&url, Mode::Existing).await.unwrap();
    assert_eq!(save(&other, &nine()).await.version.number, 3);
    assert_eq!(save(&one, &odd()).await.version.number, 4);
    assert_eq!(other.load(4).await.unwrap().partition.content_hash(), odd().content_hash());
    let (left, right) = (nine_drawn(&["abc"]), nine_drawn(&["adg"]));
    let (a, b) = tokio::join!(save(&one, &left), save(&other, &right));
    assert_eq!(a.version.number + b.version.number, 5 + 6);
}

#[tokio::test]
async fn full_synchronous_wal_is_what_the_file_says() {
    let (_dir, url, store) = two_versions().await;
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
    let application: i32 =
        sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut connection).await.unwrap();
    let version: i32 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await.unwrap();
    assert_eq!((mode.as_str(), application, version), ("wal", 0x4750_4B47, 10_300));
    let systems: Vec<i32> = sqlx::query_scalar("SELECT srs_id FROM gpkg_spatial_ref_sys ORDER BY srs_id")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(systems, [-1, 0, 4326, 4490]);
    let checks: String =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap();
    let broken = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await.unwrap().len();
    assert_eq!((checks.as_str(), broken), ("ok", 0));
    store.close().await;
}

/// Set in the process that is to be killed: the store it writes.
const WRITER: &str = "WANGGE_TEST_WRITER";

#[tokio::test]
async fn an_acknowledged_version_survives_kill_9() {
    let drawings = [nine_drawn(&["aadg", "abeh", "ccfi"]), nine_drawn(&["addg", "bbeh", "ccfi"])];
    if let Ok(url) = std::env::var(WRITER) {
        let store = Store::open(&url, Mode::Create).await.unwrap();
        for i in 0.. {
            let saved = save(&store, &drawings[i % 2]).await;
            std::io::stderr().write_all(format!("saved {}\n", saved.version.number).as_bytes()).unwrap();
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let url = dir.path().join("store.gpkg").display().to_string();
    let mut acknowledged = 0;
    for round in 1..=4 {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::an_acknowledged_version_survives_kill_9", "--nocapture"])
            .env(WRITER, &url)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        for line in BufReader::new(writer.stderr.take().unwrap()).lines().map_while(Result::ok) {
            if let Some(number) = line.strip_prefix("saved ") {
                acknowledged = number.parse().unwrap();
            }
            if acknowledged >= round * 5 {
                break;
            }
        }
        writer.kill().unwrap();
        writer.wait().unwrap();
        let store = Store::open(&url, Mode::Existing).await.unwrap();
        let current = store.verify().await.unwrap().unwrap();
        assert!(
            current.number >= acknowledged && acknowledged >= round * 5,
            "{} of {acknowledged}",
            current.number
        );
        assert_eq!(store.feed(0, 1000).await.unwrap().len() as u64, current.number, "nothing is half done");
        store.close().await;
    }
}

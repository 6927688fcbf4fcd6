//! Files that are no store, two programs on one, and a process killed while it writes.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use sqlx::{Connection, SqliteConnection};
use wangge::store::{Mode, Store, StoreError};

use super::gdal::gdal;
use super::{save, two_versions};
use crate::fixture::{nine, nine_drawn, odd};

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
        Store::open("mysql://localhost/x", Mode::Create).await.unwrap_err().to_string().contains("mysql://")
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
            error.contains("written by a newer Wangge: expected store schema 3 or lower, found 99"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_database_left_blank_by_a_crash_can_become_a_store() {
    let dir = tempfile::tempdir().unwrap();
    let url = dir.path().join("blank.gpkg").display().to_string();
    bytes_after(&url, "CREATE TABLE t (x); DROP TABLE t; VACUUM").await;
    assert!(Store::open(&url, Mode::Existing).await.unwrap_err().to_string().starts_with("no store at"));
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
    let dir = tempfile::tempdir().unwrap();
    let url = dir.path().join("store.gpkg").display().to_string();
    survives_kill_9(&url, "store::files::an_acknowledged_version_survives_kill_9").await;
}

#[tokio::test]
async fn an_acknowledged_version_survives_kill_9_on_postgis() {
    // The process that is to be killed has no cluster of its own.
    let url = match std::env::var(WRITER) {
        Ok(url) => url,
        Err(_) => crate::cluster::Cluster::shared().new_url(),
    };
    survives_kill_9(&url, "store::files::an_acknowledged_version_survives_kill_9_on_postgis").await;
}

async fn survives_kill_9(url: &str, test: &str) {
    let drawings = [nine_drawn(&["aadg", "abeh", "ccfi"]), nine_drawn(&["addg", "bbeh", "ccfi"])];
    if let Ok(url) = std::env::var(WRITER) {
        let store = Store::open(&url, Mode::Create).await.unwrap();
        for i in 0.. {
            let saved = save(&store, &drawings[i % 2]).await;
            std::io::stderr().write_all(format!("saved {}\n", saved.version.number).as_bytes()).unwrap();
        }
    }
    let mut acknowledged = 0;
    for round in 1..=4 {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(WRITER, url)
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
        let store = Store::open(url, Mode::Existing).await.unwrap();
        let current = store.verify().await.unwrap().unwrap();
        assert!(
            current.number >= acknowledged && acknowledged >= round * 5,
            "{} of {acknowledged}",
            current.number
        );
        let feed = store.feed(0, 1000).await.unwrap().len() as u64;
        assert_eq!(feed, store.latest().await.unwrap().unwrap(), "nothing is half done");
        store.close().await;
    }
}

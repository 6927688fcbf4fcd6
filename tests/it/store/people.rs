//! People: in a file of their own that is its owner's alone, whole through a kill, and never another store's.

use std::fs::{Permissions, read, set_permissions};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::{Connection, SqliteConnection};
use wangge::store::{Mode, Store, StoreError};
use wangge::unit::{Duty, Person, Uid};

use super::gdal::gdal;
use super::ledger::take_back;
use super::two_versions;

/// `count` people of one round, who say so.
fn people(count: u32, round: u32) -> Vec<Person> {
    let person = |i| Person {
        unit: Uid(i + 1),
        role: "grid_worker".into(),
        name: format!("甲乙{round}"),
        phone: "10098765432".into(),
        note: String::new(),
        duty: Duty::default(),
    };
    (0..count).map(person).collect()
}

fn private(url: &str) -> PathBuf {
    Path::new(url).with_extension("private.sqlite")
}

/// The private file and what SQLite has put beside it, each with its mode.
fn modes(url: &str) -> Vec<(String, u32)> {
    let directory = Path::new(url).parent().unwrap();
    let files = std::fs::read_dir(directory).unwrap().map(|f| f.unwrap());
    let named = files.map(|f| (f.file_name().into_string().unwrap(), f.metadata().unwrap()));
    let mut found: Vec<_> = named
        .filter(|(name, _)| name.contains("private"))
        .map(|(name, data)| (name, data.permissions().mode() & 0o777))
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn a_store_without_the_file_has_no_people_and_makes_none() {
    let (_dir, url, store) = two_versions().await;
    assert_eq!(store.people().await.unwrap(), []);
    assert_eq!(store.people_stamp().await.unwrap(), "");
    assert!(!private(&url).exists());
}

#[tokio::test]
async fn people_come_back_as_they_were_given_and_the_stamp_tells() {
    let (_dir, url, store) = two_versions().await;
    let first = people(1203, 1);
    store.replace_people(&first).await.unwrap();
    assert!(store.people().await.unwrap() == first);
    let stamp = store.people_stamp().await.unwrap();
    assert_ne!(stamp, "");
    store.replace_people(&people(3, 2)).await.unwrap();
    assert!(store.people().await.unwrap() == people(3, 2));
    assert_ne!(store.people_stamp().await.unwrap(), stamp);
    let again = Store::open(&url, Mode::Existing).await.unwrap();
    assert!(again.people().await.unwrap() == people(3, 2));
    store.replace_people(&[]).await.unwrap();
    assert!(store.people().await.unwrap().is_empty());
    assert_eq!(store.verify().await.unwrap().unwrap().number, 2, "the versions know nothing of it");
}

#[tokio::test]
async fn the_file_and_all_beside_it_are_their_owner_s_alone() {
    let (_dir, url, store) = two_versions().await;
    store.replace_people(&people(2000, 1)).await.unwrap();
    assert_eq!(modes(&url), [("store.private.sqlite".to_owned(), 0o600)]);
    // Somebody who reads keeps the log and its index there.
    let address = format!("sqlite://{}", private(&url).display());
    let mut reader = SqliteConnection::connect(&address).await.unwrap();
    let count = "SELECT count(*) FROM people";
    let before: i64 = sqlx::query_scalar(count).fetch_one(&mut reader).await.unwrap();
    store.replace_people(&people(10, 2)).await.unwrap();
    let after: i64 = sqlx::query_scalar(count).fetch_one(&mut reader).await.unwrap();
    assert_eq!((before, after), (2000, 10));
    let names: Vec<_> = ["", "-shm", "-wal"].map(|end| (format!("store.private.sqlite{end}"), 0o600)).into();
    assert_eq!(modes(&url), names);
}

#[tokio::test]
async fn a_file_that_others_may_read_is_refused_until_they_may_not() {
    let (_dir, url, store) = two_versions().await;
    store.replace_people(&people(3, 1)).await.unwrap();
    let file = private(&url);
    for mode in [0o644, 0o640, 0o604, 0o666] {
        set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let before = read(&file).unwrap();
        let said = store.people().await.unwrap_err().to_string();
        assert!(
            said.contains(&format!("expected mode 600, found {mode:o}")) && !said.contains('\n'),
            "{said}"
        );
        assert!(matches!(store.people_stamp().await, Err(StoreError::Exposed { .. })));
        assert!(matches!(store.replace_people(&people(9, 2)).await, Err(StoreError::Exposed { .. })));
        assert_eq!(read(&file).unwrap(), before);
    }
    set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    assert!(store.people().await.unwrap() == people(3, 1));
    let log = file.with_extension("sqlite-wal");
    std::fs::write(&log, b"").unwrap();
    set_permissions(&log, Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(store.people().await, Err(StoreError::Exposed { .. })), "a log that others may read");
}

#[tokio::test]
async fn nothing_of_people_stands_in_the_geopackage() {
    let (_dir, url, store) = two_versions().await;
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let schema =
        "SELECT coalesce(group_concat(name || ' ' || coalesce(sql, ''), ';'), '') FROM sqlite_master";
    let before: String = sqlx::query_scalar(schema).fetch_one(&mut connection).await.unwrap();
    store.replace_people(&people(500, 1)).await.unwrap();
    let after: String = sqlx::query_scalar(schema).fetch_one(&mut connection).await.unwrap();
    assert_eq!(after, before);
    assert!(!after.contains("people") && !after.contains("phone"), "{after}");
    let seen = gdal("ogrinfo", &["-ro", "-al", "--config", "OGR_TABLES", "ALL", &url]);
    store.close().await;
    connection.close().await.unwrap();
    let bytes = String::from_utf8_lossy(&read(&url).unwrap()).into_owned();
    for text in [seen, bytes] {
        for secret in ["甲乙", "10098765432", "grid_worker"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn people_of_another_store_are_nobody_s_here() {
    let (_one, theirs, store) = two_versions().await;
    store.replace_people(&people(3, 1)).await.unwrap();
    store.close().await;
    let (_two, url, store) = two_versions().await;
    std::fs::copy(private(&theirs), private(&url)).unwrap();
    assert!(matches!(store.people().await, Err(StoreError::OfAnother { .. })));
    assert!(matches!(store.people_stamp().await, Err(StoreError::OfAnother { .. })));
    store.replace_people(&people(4, 2)).await.unwrap();
    assert!(store.people().await.unwrap() == people(4, 2), "this store's stand in their place");
    // Both files moved together are still each other's.
    let moved = Path::new(&url).with_file_name("moved.gpkg").display().to_string();
    store.close().await;
    std::fs::rename(&url, &moved).unwrap();
    std::fs::rename(private(&url), private(&moved)).unwrap();
    let store = Store::open(&moved, Mode::Existing).await.unwrap();
    assert!(store.people().await.unwrap() == people(4, 2));
}

#[tokio::test]
async fn what_is_no_file_of_people_is_refused_and_left_alone() {
    let (_dir, url, store) = two_versions().await;
    let file = private(&url);
    let make = async |sql: &'static str| {
        let address = format!("sqlite://{}?mode=rwc", file.display());
        let mut other = SqliteConnection::connect(&address).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut other).await.unwrap();
        other.close().await.unwrap();
        set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        read(&file).unwrap()
    };
    let before = make("CREATE TABLE contacts (name)").await;
    assert!(matches!(store.people().await, Err(StoreError::NotPrivate { .. })));
    assert!(matches!(store.replace_people(&people(1, 1)).await, Err(StoreError::NotPrivate { .. })));
    assert_eq!(read(&file).unwrap(), before);
    std::fs::remove_file(&file).unwrap();
    store.replace_people(&people(1, 1)).await.unwrap();
    make("PRAGMA user_version = 99").await;
    assert!(matches!(store.people().await, Err(StoreError::Newer { found: 99, .. })));
    std::fs::write(&file, "").unwrap();
    set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    assert!(store.people().await.unwrap().is_empty(), "a file that was being made when the power went");
    store.replace_people(&people(2, 1)).await.unwrap();
    assert!(store.people().await.unwrap() == people(2, 1));
}

#[tokio::test]
async fn a_file_of_before_people_had_hours_is_read_and_brought_up_to_date_by_who_writes() {
    let (_dir, url, store) = two_versions().await;
    store.replace_people(&people(3, 1)).await.unwrap();
    take_back(&private(&url)).await;
    assert!(store.people().await.unwrap() == people(3, 1));
    let next = vec![Person { duty: Duty::of("24/7", "", "").unwrap(), ..people(1, 2).remove(0) }];
    store.replace_people(&next).await.unwrap();
    assert!(store.people().await.unwrap() == next);
}

#[tokio::test]
async fn the_file_goes_by_the_store_s_name() {
    let dir = tempfile::tempdir().unwrap();
    for (name, private) in [
        ("county.gpkg", "county.private.sqlite"),
        ("a.b.GPKG", "a.b.private.sqlite"),
        ("county", "county.private.sqlite"),
        ("county.json", "county.json.private.sqlite"),
    ] {
        let store = dir.path().join(name);
        let opened = Store::open(&store.display().to_string(), Mode::Create).await.unwrap();
        opened.replace_people(&[]).await.unwrap();
        opened.close().await;
        assert!(dir.path().join(private).exists(), "{name}");
        std::fs::remove_file(dir.path().join(private)).unwrap();
    }
}

/// Set in the process that is to be killed: the store whose people it replaces.
const WRITER: &str = "WANGGE_TEST_PEOPLE";

#[tokio::test]
async fn a_replacement_is_whole_after_kill_9() {
    if let Ok(url) = std::env::var(WRITER) {
        let store = Store::open(&url, Mode::Existing).await.unwrap();
        for round in 1.. {
            store.replace_people(&people(1000 + round % 2 * 2000, round)).await.unwrap();
            std::io::stderr().write_all(format!("replaced {round}\n").as_bytes()).unwrap();
        }
    }
    let (_dir, url, store) = two_versions().await;
    for kill in 1..=4 {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::people::a_replacement_is_whole_after_kill_9", "--nocapture"])
            .env(WRITER, &url)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut acknowledged = 0;
        for line in BufReader::new(writer.stderr.take().unwrap()).lines().map_while(Result::ok) {
            if let Some(round) = line.strip_prefix("replaced ") {
                acknowledged = round.parse().unwrap();
            }
            if acknowledged > kill {
                break;
            }
        }
        writer.kill().unwrap();
        writer.wait().unwrap();
        assert!(modes(&url).iter().all(|(_, mode)| *mode == 0o600), "{:?}", modes(&url));
        let found = store.people().await.unwrap();
        let round: u32 = found[0].name.strip_prefix("甲乙").unwrap().parse().unwrap();
        assert!(round >= acknowledged, "{round} of {acknowledged}");
        assert!(found == people(1000 + round % 2 * 2000, round), "all of one round, and of no other");
    }
}

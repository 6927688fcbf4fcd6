//! A store changed from outside is noticed.

use std::sync::Arc;

use sqlx::{Connection, SqliteConnection};
use wangge::store::{Known, Loaded, Mode, NewVersion, Store, StoreError, Uids};

use super::{save, two_versions, version};
use crate::fixture::{changed, nine, odd};

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

/// What saving a version says after `sql`, which compares it with the one in memory: another name for one grid.
async fn noticed_by_the_next(sql: &'static str) -> Result<(), StoreError> {
    let (_dir, url, store) = two_versions().await;
    save(&store, &nine()).await;
    let Loaded { version: record, partition } = store.load(3).await.unwrap();
    meddle(&url, sql).await;
    let renamed = changed(&partition, |unit| {
        if unit.code.as_str() == "320924100001001" {
            unit.name.push('新');
        }
    });
    let known = Known { version: record, partition: Arc::new(partition) };
    let mut next = NewVersion { uids: Uids::Kept, base: Some(3), ..version(renamed) };
    next.changes = known.toward(&next.partition)?.map(Arc::new);
    store.save(&next).await.map(|saved| assert_eq!(saved.rows_changed, 1))
}

#[tokio::test]
async fn a_row_that_is_closed_must_be_as_it_was_saved_and_none_may_be_missing() {
    for sql in [
        "UPDATE unit_rows SET name = '冒名' WHERE code = '320924100001001' AND to_version IS NULL",
        "UPDATE unit_rows SET geometry = zeroblob(40) WHERE code = '320924100001001' AND to_version IS NULL",
        "UPDATE unit_rows SET tint = 'blue' WHERE code = '320924100001001' AND to_version IS NULL",
        "DELETE FROM unit_rows WHERE code = '320924100001001' AND to_version IS NULL",
        "DELETE FROM unit_rows WHERE code = '320924101' AND to_version IS NULL",
        "UPDATE versions SET author = '李四' WHERE number = 3",
    ] {
        let refused = noticed_by_the_next(sql).await;
        let is_other_author = sql.contains("author");
        assert_eq!(refused.is_ok(), is_other_author, "{sql}: {refused:?}");
    }
    noticed_by_the_next("UPDATE meta SET value = value WHERE key = 'wangge_layers'").await.unwrap();
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
    assert_eq!(
        of("PRAGMA foreign_keys = OFF;
            UPDATE unit_rows SET to_version = 4 WHERE code = '320924100001001' AND to_version IS NULL")
        .await,
        ["320924100001001"],
        "the layers no longer show it"
    );
    noticed("UPDATE versions SET levels = 'county:6,town:9,village:12,plot:15' WHERE number = 3").await;
}

#[tokio::test]
async fn a_version_taken_away_is_noticed() {
    let (_dir, url, store) = two_versions().await;
    store.close().await;
    meddle(&url, "PRAGMA foreign_keys = OFF; DELETE FROM versions WHERE number = 2").await;
    let store = Store::open(&url, Mode::Existing).await.unwrap();
    let error = store.load(1).await.unwrap_err().to_string();
    assert!(error.contains("begin or end with a version that there is not"), "{error}");
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

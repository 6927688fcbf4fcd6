//! What every store must do, run over each backend; then what a GeoPackage must be to GDAL, to other programs and to
//! a killed process.

/// Runs each function on a new, empty store of each kind; another backend is another module here.
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
        mod postgis {
            $(#[tokio::test] async fn $name() {
                let url = crate::cluster::Cluster::shared().new_url();
                let store = wangge::store::Store::open(&url, wangge::store::Mode::Create).await.unwrap();
                super::$name(&store).await;
                store.close().await;
            })*
        }
    };
}

mod contract;
mod copy;
mod files;
mod gdal;
mod ledger;
mod outside;
mod people;
mod plans;
mod postgis;

use std::sync::Arc;

use jiff::civil::date;
use tempfile::TempDir;
use wangge::coverage::Partition;
use wangge::store::{Mode, NewVersion, Saved, Store, Uids};
use wangge::unit::{Code, Uid};

use crate::fixture::{nine, odd};

fn version(partition: Partition) -> NewVersion {
    NewVersion {
        partition: Arc::new(partition),
        uids: Uids::ByCode,
        base: None,
        effective_from: date(2026, 11, 1),
        author: "张三".to_owned(),
        note: "划定".to_owned(),
        document: "射政发〔2026〕1号".to_owned(),
        plan: None,
        changes: None,
        settings: vec![],
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

/// A store in a directory of its own, with the nine-square county and the odd one after it.
async fn two_versions() -> (TempDir, String, Store) {
    let dir = tempfile::tempdir().unwrap();
    let url = dir.path().join("store.gpkg").display().to_string();
    let store = Store::open(&url, Mode::Create).await.unwrap();
    save(&store, &nine()).await;
    save(&store, &odd()).await;
    (dir, url, store)
}

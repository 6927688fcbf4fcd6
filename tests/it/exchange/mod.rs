//! Files in and out.

mod formats;
mod points;
mod refusals;
mod round_trip;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;
use wangge::coverage::Partition;
use wangge::exchange::{
    ExchangeError, ExportOptions, Fields, ImportError, ImportOptions, Imported, What, export, import,
    read_coverage,
};

/// A directory for one test's files.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Writes a partition to a file.
    async fn export(&self, name: &str, partition: &Partition, what: What) -> PathBuf {
        let path = self.path(name);
        let options = ExportOptions { what, ..ExportOptions::default() };
        export(&path, Arc::new(partition.clone()), &options).await.unwrap();
        path
    }
}

/// Reads and imports a file without any flag.
async fn taken(path: &Path) -> Result<Imported, String> {
    taken_as(path, &Fields::default(), &ImportOptions::default()).await
}

async fn taken_as(path: &Path, fields: &Fields, options: &ImportOptions) -> Result<Imported, String> {
    let raw = read_coverage(path, fields).await.map_err(|e| e.to_string())?;
    import(raw, None, options).map_err(|e| e.to_string())
}

/// Why a text is not read as GeoJSON.
async fn unread(text: impl AsRef<[u8]>) -> String {
    let files = Files::new();
    let error: ExchangeError =
        read_coverage(&files.put("it.geojson", text), &Fields::default()).await.unwrap_err();
    error.to_string().replace(&files.path("it.geojson").display().to_string(), "it")
}

/// The defects of a text that is read.
async fn refused(text: &str, options: &ImportOptions) -> wangge::exchange::ImportRefused {
    let files = Files::new();
    let raw = read_coverage(&files.put("it.geojson", text), &Fields::default()).await.unwrap();
    match import(raw, None, options).unwrap_err() {
        ImportError::Refused(refused) => refused,
        ImportError::Unfit(why) => panic!("{why}"),
    }
}

fn gdal(program: &str, arguments: &[&str]) -> String {
    let out = Command::new(program).args(arguments).output().unwrap_or_else(|e| panic!("{program}: {e}"));
    let text = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{program} {arguments:?}: {text}");
    text
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Features with the given properties, each a square of 0.001 degree, side by side from the west.
fn squares(properties: &[&str]) -> String {
    let feature = |(i, properties): (usize, &&str)| {
        format!(
            r#"{{"type":"Feature","properties":{properties},"geometry":{}}}"#,
            square(i as f64 * 0.001, 0.0)
        )
    };
    collection(&properties.iter().enumerate().map(feature).collect::<Vec<_>>())
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

/// A square of 0.001 degree whose south-west corner lies so far from 120.2, 33.7.
fn square(east: f64, north: f64) -> String {
    let (w, s, e, n) = (120.2 + east, 33.7 + north, 120.201 + east, 33.701 + north);
    format!(
        r#"{{"type":"Polygon","coordinates":[[[{w:.7},{s:.7}],[{e:.7},{s:.7}],[{e:.7},{n:.7}],[{w:.7},{n:.7}],[{w:.7},{s:.7}]]]}}"#
    )
}

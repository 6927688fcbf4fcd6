//! A file of polygons by its suffix.

use std::path::Path;

use super::error::{ExchangeError, Named};
use super::raw::{Fields, RawCoverage, RawVoid};
use super::{geojson, geopackage, text};

/// The formats there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    GeoJson,
    GeoPackage,
}

impl Format {
    /// By suffix.
    pub(super) fn of(path: &Path) -> Result<Self, ExchangeError> {
        let suffix = path.extension().and_then(|s| s.to_str()).unwrap_or("").to_ascii_lowercase();
        match suffix.as_str() {
            "geojson" | "json" => Ok(Self::GeoJson),
            "gpkg" => Ok(Self::GeoPackage),
            _ => Err(Named::of(path).content(
                "its suffix",
                ".geojson, .json or .gpkg",
                super::error::quoted(&suffix),
            )),
        }
    }
}

/// Reads a file of polygons: GeoJSON (RFC 7946) or GeoPackage.
///
/// # Errors
/// [`ExchangeError`], which says where in the file, what was expected and what was found.
pub async fn read_coverage(path: &Path, fields: &Fields) -> Result<RawCoverage, ExchangeError> {
    match Format::of(path)? {
        Format::GeoJson => {
            let (named, fields) = (Named::of(path), fields.clone());
            let text = text::read(path).await?;
            compute(move || geojson::coverage(&named, &text, &fields)).await
        }
        Format::GeoPackage => geopackage::coverage(path, fields).await,
    }
}

/// Reads a file of voids: polygons with at most a name (field `name`, or the one given).
///
/// # Errors
/// As [`read_coverage`].
pub async fn read_voids(path: &Path, name: Option<&str>) -> Result<Vec<RawVoid>, ExchangeError> {
    match Format::of(path)? {
        Format::GeoJson => {
            let (named, name) = (Named::of(path), name.map(ToOwned::to_owned));
            let text = text::read(path).await?;
            compute(move || geojson::voids(&named, &text, name.as_deref())).await
        }
        Format::GeoPackage => geopackage::voids(path, name).await,
    }
}

/// Runs work for the processor off the reactor.
pub(super) async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(stopped) => std::panic::resume_unwind(stopped.into_panic()),
    }
}

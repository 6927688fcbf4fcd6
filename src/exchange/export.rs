//! A partition → a file, whole or not there.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::error::{ExchangeError, Named};
use super::read::{Format, compute};
use super::sheet::Sheet;
use super::{atomic, geojson, geopackage};
use crate::coverage::Partition;
use crate::unit::UnitIndex;

/// Which units an export holds as features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum What {
    /// The lowest level's leaves.
    #[default]
    Lowest,
    /// The units of a level, 0 = top.
    Level(u8),
    /// The units of every level.
    All,
}

/// What an export holds and says of itself.
#[derive(Clone, Debug, Default)]
pub struct ExportOptions {
    /// Which units.
    pub what: What,
    /// What the coverage is called.
    pub name: Option<String>,
    /// Whether its borders are made up; then the file says so.
    pub synthetic: bool,
    /// The version's number.
    pub version: Option<u64>,
    /// The only units that it may hold, by index; `None`: all. What is left is no whole coverage.
    pub only: Option<BTreeSet<UnitIndex>>,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Features of units.
    pub features: usize,
    /// Leaves that stand above the features' level, and voids, beside them.
    pub beside: usize,
    /// The file's size.
    pub bytes: u64,
}

/// Writes a partition to a file: GeoJSON (`.geojson`, `.json`) or GeoPackage (`.gpkg`). What stood there is replaced
/// when all is written, unless it is a store.
///
/// # Errors
/// [`ExchangeError`] where the suffix is another, a store stands there, or the disk fails.
pub async fn export(
    path: &Path,
    partition: Arc<Partition>,
    options: &ExportOptions,
) -> Result<Exported, ExchangeError> {
    let format = Format::of(path)?;
    let named = Named::of(path);
    geopackage::replaceable(path, &named).await?;
    let (sheet, partition) = {
        let (what, only) = (options.what, options.only.clone());
        compute(move || (Sheet::of(&partition, what).with_only(only.as_ref()), partition)).await
    };
    let (features, beside) = (sheet.features.len(), sheet.leaves.len() + sheet.voids.len());
    match format {
        Format::GeoJson => {
            let (path, options) = (path.to_owned(), options.clone());
            let work = move || atomic::write(&path, |out| geojson::write(out, &partition, &sheet, &options));
            compute(work).await.map_err(|e| named.io(e))?;
        }
        Format::GeoPackage => geopackage::write(path, &partition, &sheet, options).await?,
    }
    let bytes = tokio::fs::metadata(path).await.map_err(|e| named.io(e))?.len();
    Ok(Exported { features, beside, bytes })
}

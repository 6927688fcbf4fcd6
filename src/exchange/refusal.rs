//! What is no coverage: how many defects of each kind, the first ten located, all of them as GeoJSON.

use std::fmt;
use std::path::Path;

use serde_json::json;

use super::atomic;
use super::error::{ExchangeError, Named};
use crate::coverage::{Defect, DefectKind};
use crate::crs::LonLat;

/// How many defects a message lists.
const LISTED: usize = 10;

/// A file that is no coverage.
#[derive(Clone, Debug)]
pub struct ImportRefused {
    /// The file.
    pub file: String,
    /// Everything that is wrong with it.
    pub defects: Vec<Defect>,
    /// The smallest tolerance, in lattice units, with which nothing would be.
    pub tolerance: Option<u32>,
}

impl ImportRefused {
    /// How many defects there are of each kind, in the order of [`DefectKind::ALL`], none left out that has any.
    #[must_use]
    pub fn counts(&self) -> Vec<(DefectKind, usize)> {
        let count = |kind| self.defects.iter().filter(|d| d.kind == kind).count();
        DefectKind::ALL.into_iter().map(|kind| (kind, count(kind))).filter(|(_, n)| *n > 0).collect()
    }
}

/// The count by kind on one line, then the first ten, one a line.
impl fmt::Display for ImportRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<String> = self.counts().iter().map(|(kind, n)| format!("{n} {kind}")).collect();
        write!(f, "{} is not a coverage: {}", self.file, counts.join(", "))?;
        for defect in self.defects.iter().take(LISTED) {
            write!(f, "\n  {} at {}: {}", defect.kind, located(defect), defect.detail)?;
        }
        if self.defects.len() > LISTED {
            write!(f, "\n  … and {} more", self.defects.len() - LISTED)?;
        }
        match self.tolerance {
            Some(tolerance) => write!(f, "\n  --tolerance {tolerance} would take it as it is"),
            None => Ok(()),
        }
    }
}

/// Longitude and latitude to 7 decimals.
fn located(defect: &Defect) -> String {
    match defect.at.map(LonLat::from_lattice) {
        Some(place) => format!("{:.7}, {:.7}", place.lon(), place.lat()),
        None => "no place".to_owned(),
    }
}

/// Defects as a GeoJSON FeatureCollection of points, with `kind`, `units`, `size`, `size_in` and `detail`.
#[must_use]
pub fn defects_geojson(defects: &[Defect]) -> String {
    let features: Vec<serde_json::Value> = defects
        .iter()
        .map(|defect| {
            let geometry = defect
                .at
                .map(LonLat::from_lattice)
                .map(|place| json!({"type": "Point", "coordinates": [place.lon(), place.lat()]}));
            json!({
                "type": "Feature",
                "geometry": geometry,
                "properties": {
                    "kind": defect.kind.as_str(),
                    "units": defect.units.join(","),
                    "size": defect.size,
                    "size_in": defect.kind.unit(),
                    "detail": defect.detail,
                },
            })
        })
        .collect();
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

/// Writes [`defects_geojson`] to a file, whole or not at all.
///
/// # Errors
/// [`ExchangeError::Io`].
pub async fn write_defects(path: &Path, defects: &[Defect]) -> Result<(), ExchangeError> {
    let (path, text) = (path.to_owned(), defects_geojson(defects));
    super::read::compute(move || {
        atomic::write(&path, |file| std::io::Write::write_all(file, text.as_bytes()))
            .map_err(|e| Named::of(&path).io(e))
    })
    .await
}

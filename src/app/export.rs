//! A version as a file to take away, of the units that the caller may export.

use std::sync::Arc;

use serde_json::json;

use super::identity::Act;
use super::{App, Error, Served};
use crate::access::audit::Outcome;
use crate::access::{Permission, Scope};
use crate::exchange::{self, ExportOptions, What};
use crate::unit::UnitIndex;

/// Which units, and as what.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The units of a level; where none is named the lowest level's leaves.
    pub level: Option<&'a str>,
    /// The units of every level.
    pub all: bool,
    /// Of all units, those under this one and itself, by its code or `uid:N`.
    pub under: Option<&'a str>,
    /// `geojson` or `gpkg`.
    pub format: &'a str,
}

/// A file without a name any more: it ends with whoever reads it.
pub struct Export {
    /// Open to be read from its beginning.
    pub file: std::fs::File,
    /// What it should be called.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

impl App {
    /// Writes a version to a file, without the units that the caller may not export, and records that it was taken.
    ///
    /// # Errors
    /// [`Error::Bad`] for a level or format that there is not; as [`Self::unit`] for the one above, [`Error::Forbidden`]
    /// where the caller may export nothing of it; [`Error::Internal`] where the disk fails.
    pub async fn export(
        &self,
        scope: &Scope,
        served: &Arc<Served>,
        wanted: &Wanted<'_>,
    ) -> Result<Export, Error> {
        let format = wanted.format;
        if !["geojson", "gpkg"].contains(&format) {
            return Err(super::error::bad("format", "geojson or gpkg", format));
        }
        let what = match wanted.level {
            _ if wanted.all => What::All,
            None => What::Lowest,
            Some(name) => What::Level(served.level("level", name)?),
        };
        let number = served.record.number;
        let partition = served.snapshot.shared_partition();
        let hierarchy = &partition.hierarchy;
        let top = match wanted.under {
            Some(name) => Some(self.exported_under(scope, served, name).await?),
            None => None,
        };
        let only = (top.is_some() || !scope.covers_all(Permission::Export)).then(|| {
            let may = |unit: &_| scope.covers(Permission::Export, &hierarchy.unit(*unit).code);
            let under = |unit: &_| top.is_none_or(|top| hierarchy.chain(*unit).any(|above| above == top));
            (0..hierarchy.units().len() as u32).filter(may).filter(under).collect()
        });
        let options = ExportOptions {
            what,
            name: Some(served.name.clone()),
            synthetic: served.synthetic,
            version: Some(number),
            only,
        };
        let held = tempfile::tempdir().map_err(Error::internal)?;
        let of = top.map(|top| format!("-{}", hierarchy.unit(top).code)).unwrap_or_default();
        let name = format!("wangge-v{number}{of}.{format}");
        let path = held.path().join(&name);
        let written =
            exchange::export(&path, Arc::clone(&partition), &options).await.map_err(Error::internal)?;
        let after = json!({ "version": number, "level": wanted.level, "all": wanted.all,
            "under": top.map(|top| &hierarchy.unit(top).code), "format": format,
            "features": written.features });
        self.identity.record(scope, Act::new("export", "units").after(after), Outcome::Done).await?;
        let file = std::fs::File::open(&path).map_err(Error::internal)?;
        Ok(Export { file, name, bytes: written.bytes })
    }

    /// The unit of a name, of which the caller may export at least a part.
    async fn exported_under(&self, scope: &Scope, served: &Served, name: &str) -> Result<UnitIndex, Error> {
        let unit = self.unit(scope, served, name).await.map_err(|error| match error {
            Error::Bad { detail, .. } => Error::Bad { field: "under", detail },
            other => other,
        })?;
        let code = &served.snapshot.hierarchy().unit(unit).code;
        if scope.covers_any_of(Permission::Export, code) {
            return Ok(unit);
        }
        Err(Error::Forbidden(format!("expected a unit that you may export, found {code}")))
    }
}

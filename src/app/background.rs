//! A map beneath the grids, where an operator configured one: an archive on disk, or Tianditu with its key kept here.
//!
//! ```text
//! archive    basemap          vector or image tiles            for ever, under a build token
//! Tianditu   basemap          vec or img                       a day with the caller, a week here
//!            basemap-labels   their names, over it
//! ```
//!
//! It has a cache of its own, so that it cannot push out the grids' tiles, and seats of its own where it waits for
//! others, so that it cannot hold theirs.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::cache::{Cache, digest};
use super::error::bad;
use super::{App, Body, Encoding, Error, Pool};
use crate::access::Scope;
use crate::crs::TileId;
use crate::exchange::Archive;
use crate::outbound::{self, Outage, Theme, Tianditu, TiandituAccess};
use crate::tiling::TileFormat;

/// Bytes of a background's tiles kept in memory.
const KEPT: u64 = 64 * 1024 * 1024;
/// How long another service's tile is kept.
const WEEK: Duration = Duration::from_hours(7 * 24);
/// Questions to another service at once.
const QUESTIONS: usize = 8;
/// Tianditu's zooms in Web Mercator.
const TIANDITU_ZOOMS: RangeInclusive<u8> = 1..=18;
/// All of Web Mercator.
const WORLD: [f64; 4] = [-180.0, -85.051_129, 180.0, 85.051_129];

/// Where a background comes from.
#[derive(Clone, Debug)]
pub enum BackgroundSource {
    /// A PMTiles file.
    Archive(PathBuf),
    /// Tianditu.
    Tianditu(TiandituAccess),
}

/// A background that is there.
pub struct Background {
    source: Source,
    sheets: Vec<Sheet>,
    style: Option<Value>,
    kept: Cache<(&'static str, TileId)>,
    questions: Pool,
}

enum Source {
    Archive(Arc<Archive>),
    Tianditu(Arc<Tianditu>),
}

/// One of its tilesets; a later one lies over an earlier one.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// As in its address.
    pub name: &'static str,
    /// What it is.
    pub description: String,
    /// What its tiles are, or are called: an image may be another kind of image.
    pub format: TileFormat,
    /// First and last zoom.
    pub zooms: RangeInclusive<u8>,
    /// west, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// Whose it is, as HTML.
    pub attribution: String,
    /// As in `TileJSON`; empty for images.
    pub vector_layers: Vec<Value>,
    /// Names these tiles for ever; none where they may change.
    pub build: Option<String>,
}

/// A background's tile on its way out.
#[derive(Clone, Debug)]
pub struct BackgroundTile {
    /// Empty where nothing is there.
    pub body: Body,
    /// What it is.
    pub format: TileFormat,
    /// Whether the address names these bytes for ever.
    pub is_full: bool,
    /// Whether it is another service's, and may be kept for a while.
    pub is_theirs: bool,
}

impl Background {
    /// Opens what was configured; asks no other service yet.
    ///
    /// # Errors
    /// Where a file is missing or is not what it should be.
    pub async fn open(source: &BackgroundSource, pool: &Pool) -> Result<Self, Error> {
        let pool = pool.clone();
        match source {
            BackgroundSource::Archive(path) => {
                let detail =
                    |error| Error::Bad { field: "background", detail: format!("background map {error}") };
                let archive = Archive::open(path).await.map_err(detail)?;
                let sheets = vec![sheet_of(&archive)];
                let style = archive.style.clone();
                let kept = Cache::new(KEPT, pool.clone());
                Ok(Self { source: Source::Archive(Arc::new(archive)), sheets, style, kept, questions: pool })
            }
            BackgroundSource::Tianditu(access) => Ok(Self {
                source: Source::Tianditu(Arc::new(Tianditu::new(access.clone()))),
                sheets: tianditu_sheets(access.theme),
                style: None,
                kept: Cache::fading(KEPT, pool, WEEK),
                questions: Pool::of(QUESTIONS),
            }),
        }
    }

    /// Its tilesets, the lowest first.
    #[must_use]
    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// The style that an operator put beside the file.
    #[must_use]
    pub fn style(&self) -> Option<&Value> {
        self.style.as_ref()
    }

    async fn tile(&self, sheet: &Sheet, tile: TileId, encoding: Encoding) -> Result<Body, Error> {
        let key = (sheet.name, tile);
        match &self.source {
            Source::Archive(archive) => {
                let archive = Arc::clone(archive);
                let read = || async move { archive.tile(tile).await.map_err(Error::internal) };
                self.kept.get(key, encoding, read).await
            }
            Source::Tianditu(tianditu) => {
                let (tianditu, questions) = (Arc::clone(tianditu), self.questions.clone());
                let over = if sheet.name == NAMES { outbound::Sheet::Names } else { outbound::Sheet::Ground };
                let ask = || async move { Ok(questions.run(move || tianditu.tile(over, tile)).await??) };
                self.kept.get(key, encoding, ask).await
            }
        }
    }
}

const GROUND: &str = "basemap";
const NAMES: &str = "basemap-labels";

fn sheet_of(archive: &Archive) -> Sheet {
    Sheet {
        name: GROUND,
        description: archive.description.clone(),
        format: archive.format,
        zooms: archive.zooms.clone(),
        bounds: archive.bounds,
        attribution: archive.attribution.clone(),
        vector_layers: archive.vector_layers.clone(),
        build: Some(digest(&archive.stamp)[..16].to_owned()),
    }
}

fn tianditu_sheets(theme: Theme) -> Vec<Sheet> {
    let sheet = |name, format, description: &str| Sheet {
        name,
        description: description.into(),
        format,
        zooms: TIANDITU_ZOOMS,
        bounds: WORLD,
        attribution: "© 天地图 · 国家地理信息公共服务平台".into(),
        vector_layers: Vec::new(),
        build: None,
    };
    let ground = match theme {
        Theme::Vec => sheet(GROUND, TileFormat::Png, "天地图 · 矢量"),
        Theme::Img => sheet(GROUND, TileFormat::Jpeg, "天地图 · 影像"),
    };
    vec![ground, sheet(NAMES, TileFormat::Png, "天地图 · 注记")]
}

impl From<Outage> for Error {
    fn from(Outage { detail, cause }: Outage) -> Self {
        Self::Outage { detail, cause }
    }
}

impl App {
    /// The map beneath the grids, if there is one.
    pub fn background(&self, _: &Scope) -> Option<&Background> {
        self.background.as_ref()
    }

    /// The background's tileset of that name, if it has one.
    pub fn sheet(&self, scope: &Scope, name: &str) -> Option<&Sheet> {
        self.background(scope)?.sheets.iter().find(|sheet| sheet.name == name)
    }

    /// A tile of a background's tileset, in an encoding where it is no image.
    ///
    /// # Errors
    /// [`Error::Missing`] where the tileset or zoom is not there, [`Error::Build`] where the token names another file,
    /// [`Error::Outage`] where another service gave none.
    pub async fn background_tile(
        &self,
        scope: &Scope,
        sheet: &Sheet,
        tile: TileId,
        build: Option<&str>,
        encoding: Encoding,
    ) -> Result<BackgroundTile, Error> {
        let Some(background) = self.background(scope) else {
            return Err(Error::Missing("there is no background map".into()));
        };
        if let (Some(asked), Some(current)) = (build, sheet.build.as_deref())
            && asked != current
        {
            let detail = bad("b", "the build that is served", asked).to_string();
            return Err(Error::Build { detail, current: format!("b={current}") });
        }
        if !sheet.zooms.contains(&tile.z()) {
            let (first, last) = (sheet.zooms.start(), sheet.zooms.end());
            let detail = format!("tileset {} has zooms {first} to {last}, found {}", sheet.name, tile.z());
            return Err(Error::Missing(detail));
        }
        let is_image = sheet.format != TileFormat::Mvt;
        let encoding = if is_image { Encoding::Identity } else { encoding };
        let body = background.tile(sheet, tile, encoding).await?;
        let format = if is_image { TileFormat::of_image(&body.bytes) } else { None };
        Ok(BackgroundTile {
            body,
            format: format.unwrap_or(sheet.format),
            is_full: build.is_some() && sheet.build.is_some(),
            is_theirs: sheet.build.is_none(),
        })
    }
}

//! Tiles and what describes them: tokens, the cache, one computation for all who wait.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::error::bad;
use super::{App, Body, Encoding, Error, Served, When, excerpt};
use crate::access::Scope;
use crate::crs::TileId;
use crate::snapshot::Snapshot;
use crate::tiling::{Plane, Tileset, VectorLayer};

/// What the cache keeps. Everything that the bytes depend on stands in the key; the caller does not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// A tile, of the version that drew it first; the build stands for definition, zooms, encoder, points and lines, and for
    /// which version of that number.
    Tile { version: u64, build: Arc<str>, plane: Plane, tile: TileId },
    /// A file of the page.
    Asset(Box<str>),
}

/// Which tile, under which token.
#[derive(Clone, Copy, Debug)]
pub struct TileQuery<'a> {
    /// Name of the tileset.
    pub tileset: &'a str,
    /// Which tile.
    pub tile: TileId,
    /// What map it is for.
    pub plane: Plane,
    /// `v`.
    pub version: Option<u64>,
    /// `b`.
    pub build: Option<&'a str>,
}

/// A tile on its way out.
#[derive(Clone, Debug)]
pub struct Tile {
    /// Empty where nothing is there.
    pub body: Body,
    /// The version that it shows.
    pub version: u64,
    /// Whether the address names these bytes for ever.
    pub is_full: bool,
}

/// A tileset as TileJSON describes it.
#[derive(Clone, Debug)]
pub struct TilesetView {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// The version that it shows.
    pub version: u64,
    /// The token of its definition.
    pub build: String,
    /// Its layers.
    pub layers: Vec<VectorLayer>,
    /// First and last zoom.
    pub zooms: RangeInclusive<u8>,
    /// west, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// What the coverage is called.
    pub coverage: String,
    /// Whether it is made up.
    pub synthetic: bool,
}

impl Served {
    pub(super) fn tileset(&self, name: &str) -> Result<(&Tileset, &Arc<str>), Error> {
        self.tilesets.iter().find(|(t, _)| t.name() == name).map(|(t, b)| (t, b)).ok_or_else(|| {
            let names: Vec<&str> = self.tilesets.iter().map(|(t, _)| t.name()).collect();
            let found = excerpt(name);
            Error::Missing(format!("expected a tileset ({}), found {found:?}", names.join(", ")))
        })
    }
}

impl App {
    /// A tile in an encoding: from the cache, or made now, once for all who wait.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is no such tileset, zoom or version; [`Error::Build`] where the token names a
    /// build that is not served.
    pub async fn tile(
        &self,
        scope: &Scope,
        query: &TileQuery<'_>,
        encoding: Encoding,
    ) -> Result<Tile, Error> {
        let when = query.version.map_or(When::Now, When::Version);
        let served = self.served(scope, &when).await?;
        let (tileset, build) = served.tileset(query.tileset)?;
        let version = served.record.number;
        if let Some(asked) = query.build.filter(|b| *b != &**build) {
            return Err(stale(version, build, asked));
        }
        has_zoom(tileset, &served.snapshot, query.tile)?;
        let place = (query.plane, query.tile);
        let (drawn, of) = self.drawn.first((version, build), query.tileset, place);
        let key = Key::Tile { version: drawn, build: of, plane: query.plane, tile: query.tile };
        let body = self.cache.get(key, encoding, || self.compute(&served, query)).await?;
        Ok(Tile { body, version, is_full: query.version.is_some() && query.build.is_some() })
    }

    fn compute(
        &self,
        served: &Arc<Served>,
        query: &TileQuery<'_>,
    ) -> impl Future<Output = Result<Vec<u8>, Error>> + Send + use<> {
        let (served, pool) = (Arc::clone(served), self.pool.clone());
        let (name, tile, plane) = (query.tileset.to_owned(), query.tile, query.plane);
        async move {
            let draw = move || {
                let (tileset, _) = served.tileset(&name)?;
                Ok(served.snapshot.atlas().tile(tileset, tile, plane).unwrap_or_default())
            };
            pool.run(draw).await?
        }
    }

    /// Every tileset of the current version.
    pub fn tilesets(&self, _: &Scope) -> Vec<TilesetView> {
        let served = self.current.load();
        served.tilesets.iter().map(|(tileset, build)| view(&served, tileset, build)).collect()
    }

    /// One tileset of a version.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is none of that name, or no such version.
    pub async fn tileset(&self, scope: &Scope, name: &str, when: &When) -> Result<TilesetView, Error> {
        let served = self.served(scope, when).await?;
        let (tileset, build) = served.tileset(name)?;
        Ok(view(&served, tileset, build))
    }

    /// The plane that maps of a `crs` are drawn in.
    ///
    /// # Errors
    /// [`Error::Bad`] for one that no web map is drawn in.
    pub fn plane(crs: Option<&str>) -> Result<Plane, Error> {
        match crs {
            None | Some("wgs84" | "cgcs2000") => Ok(Plane::Wgs84),
            Some("gcj02") => Ok(Plane::Gcj02),
            Some(other) => Err(bad("crs", "wgs84, cgcs2000 or gcj02", other)),
        }
    }
}

/// That a tileset has a tile's zoom.
pub(super) fn has_zoom(tileset: &Tileset, snapshot: &Snapshot, tile: TileId) -> Result<(), Error> {
    let zooms = tileset.zooms(snapshot.hierarchy().levels(), snapshot.atlas().zooms());
    if zooms.contains(&tile.z()) {
        return Ok(());
    }
    let (name, first, last) = (tileset.name(), zooms.start(), zooms.end());
    Err(Error::Missing(format!("tileset {name} has zooms {first} to {last}, found {}", tile.z())))
}

/// The refusal of a build that is not served.
fn stale(version: u64, build: &str, asked: &str) -> Error {
    let asked = excerpt(asked);
    let current = format!("v={version}&b={build}");
    Error::Build { detail: format!("build {asked:?} is not served: expected {current}"), current }
}

fn view(served: &Served, tileset: &Tileset, build: &str) -> TilesetView {
    let (snapshot, levels) = (&served.snapshot, served.snapshot.hierarchy().levels());
    TilesetView {
        name: tileset.name().to_owned(),
        description: tileset.description().to_owned(),
        version: served.record.number,
        build: build.to_owned(),
        layers: tileset.vector_layers(levels, snapshot.atlas().zooms()),
        zooms: tileset.zooms(levels, snapshot.atlas().zooms()),
        bounds: snapshot.partition().bounds().degrees(),
        coverage: served.name.clone(),
        synthetic: served.synthetic,
    }
}

//! A PMTiles archive on disk, read tile by tile; and the style that may stand beside it.
//!
//! ```text
//! county.pmtiles      header, directories, metadata (JSON), tiles
//! county.style.json   a MapLibre style with one source: the archive
//! ```
//!
//! The file stays open: one that is moved or replaced by another is served as it was. It is read, not mapped, because
//! a file that is cut short under a memory map ends the process.

use std::fs::File;
use std::io::{self, Read};
use std::ops::RangeInclusive;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use flate2::read::GzDecoder;
use pmtiles::{
    AsyncBackend, AsyncPmTilesReader, BackendResponse, Compression, MokaCache, PmtError, TileCoord, TileType,
};
use serde_json::{Map, Value};

use super::ExchangeError;
use super::error::Named;
use crate::crs::TileId;
use crate::tiling::TileFormat;

/// Directories kept in memory, in bytes; one covers thousands of tiles.
const DIRECTORIES: u64 = 16 * 1024 * 1024;
/// No directory, metadata or tile is longer: a length beyond it is a broken archive's.
const MOST: usize = 64 * 1024 * 1024;

/// An open archive and what its header and metadata say.
pub struct Archive {
    reader: AsyncPmTilesReader<Disk, MokaCache>,
    named: Named,
    /// What its tiles are.
    pub format: TileFormat,
    /// First and last zoom.
    pub zooms: RangeInclusive<u8>,
    /// west, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// Whose it is, as HTML; empty where it does not say.
    pub attribution: String,
    /// What it is, in a line.
    pub description: String,
    /// As in `TileJSON`; empty for images.
    pub vector_layers: Vec<Value>,
    /// Differs for another file: from its length, its time and its first bytes.
    pub stamp: Vec<u8>,
    /// The style beside it.
    pub style: Option<Value>,
}

impl Archive {
    /// Opens a file.
    ///
    /// # Errors
    /// Where it cannot be read, is no PMTiles archive, or holds what no browser draws; or the style beside it is none.
    pub async fn open(path: &Path) -> Result<Self, ExchangeError> {
        let named = Named::of(path);
        let (file, stamp) = stamped(path).map_err(|e| named.io(e))?;
        let disk = Disk(Arc::new(file));
        let no_archive = |error: PmtError| named.content("header", "a PMTiles archive, version 3", error);
        let reader =
            AsyncPmTilesReader::try_from_cached_source(disk, MokaCache::with_max_bytes(DIRECTORIES)).await;
        let reader = reader.map_err(no_archive)?;
        let header = reader.get_header();
        let format = format(header.tile_type, header.tile_compression).map_err(|found| {
            named.content("header", "tiles in MVT (plain or gzip), PNG, JPEG, WebP or AVIF", found)
        })?;
        let zooms = header.min_zoom..=header.max_zoom;
        let bounds = [header.min_longitude, header.min_latitude, header.max_longitude, header.max_latitude];
        let metadata = reader.get_metadata().await.map_err(|e| named.content("metadata", "JSON", e))?;
        let metadata: Map<String, Value> =
            serde_json::from_str(&metadata).map_err(|e| named.content("metadata", "a JSON object", e))?;
        let text = |name: &str| metadata.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (attribution, description) = (text("attribution"), text("description"));
        let vector_layers = vector_layers(format, &metadata)
            .ok_or_else(|| named.content("metadata", "vector_layers, each with an id", "something else"))?;
        let style = style_beside(path)?;
        Ok(Self {
            reader,
            named,
            format,
            zooms,
            bounds,
            attribution,
            description,
            vector_layers,
            stamp,
            style,
        })
    }

    /// The bytes of a tile, not compressed; empty where there is none.
    ///
    /// # Errors
    /// Where the file cannot be read, or its tile is broken.
    pub async fn tile(&self, tile: TileId) -> Result<Vec<u8>, ExchangeError> {
        let broken = |error: PmtError| {
            let place = format!("tile {}/{}/{}", tile.z(), tile.x(), tile.y());
            self.named.content(place, "a tile as the directory says", error)
        };
        let coord = TileCoord::new(tile.z(), tile.x(), tile.y()).map_err(broken)?;
        // Boxed: its directories' decoder is large, and few tiles need it.
        let bytes = Box::pin(self.reader.get_tile(coord)).await.map_err(broken)?.unwrap_or_default();
        if self.reader.get_header().tile_compression == Compression::None || bytes.is_empty() {
            return Ok(bytes.into());
        }
        let plain = tokio::task::spawn_blocking(move || gunzip(&bytes)).await.map_err(io::Error::other);
        plain.flatten().map_err(|error| broken(error.into()))
    }
}

fn gunzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut plain = Vec::with_capacity(bytes.len() * 3);
    GzDecoder::new(bytes).take(MOST as u64).read_to_end(&mut plain)?;
    Ok(plain)
}

/// The file, and what tells it from another.
fn stamped(path: &Path) -> io::Result<(File, Vec<u8>)> {
    let file = File::open(path)?;
    let facts = file.metadata()?;
    if !facts.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let changed = facts.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let mut stamp = read_at(&file, 0, 16 * 1024)?;
    stamp.extend_from_slice(&facts.len().to_le_bytes());
    stamp.extend_from_slice(&changed.as_nanos().to_le_bytes());
    Ok((file, stamp))
}

fn format(kind: TileType, compression: Compression) -> Result<TileFormat, String> {
    let format = match kind {
        TileType::Mvt => TileFormat::Mvt,
        TileType::Png => TileFormat::Png,
        TileType::Jpeg => TileFormat::Jpeg,
        TileType::Webp => TileFormat::Webp,
        TileType::Avif => TileFormat::Avif,
        other => return Err(format!("type {other:?}")),
    };
    match compression {
        Compression::None | Compression::Gzip => Ok(format),
        other => Err(format!("compression {other:?}")),
    }
}

fn vector_layers(format: TileFormat, metadata: &Map<String, Value>) -> Option<Vec<Value>> {
    if format != TileFormat::Mvt {
        return Some(Vec::new());
    }
    let layers = metadata.get("vector_layers")?.as_array()?;
    layers.iter().all(|layer| layer.get("id").is_some_and(Value::is_string)).then(|| layers.clone())
}

/// `FILE.style.json` for `FILE.pmtiles`, if it is there.
fn style_beside(path: &Path) -> Result<Option<Value>, ExchangeError> {
    let path = path.with_extension("style.json");
    let named = Named::of(&path);
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(named.io(error)),
    };
    let style: Value = serde_json::from_slice(&text).map_err(|e| named.content("style", "JSON", e))?;
    let sources = style.get("sources").and_then(Value::as_object).map_or(0, Map::len);
    if sources != 1 {
        return Err(named.content("/sources", "one source, the archive", sources));
    }
    let is_layer =
        |layer: &Value| ["id", "type"].iter().all(|key| layer.get(key).is_some_and(Value::is_string));
    match style.get("layers").and_then(Value::as_array) {
        Some(layers) if layers.iter().all(is_layer) => Ok(Some(style)),
        _ => Err(named.content("/layers", "layers, each with an id and a type", "something else")),
    }
}

/// A file that is read at places.
struct Disk(Arc<File>);

impl AsyncBackend for Disk {
    async fn read(&self, offset: u64, length: usize) -> Result<BackendResponse, PmtError> {
        if length > MOST {
            return Err(PmtError::InvalidEntry);
        }
        let file = Arc::clone(&self.0);
        let read = tokio::task::spawn_blocking(move || read_at(&file, offset, length)).await;
        let bytes = read.map_err(io::Error::other)??;
        Ok(BackendResponse::new(Bytes::from(bytes)))
    }
}

/// Up to `length` bytes from `offset` on; fewer at the file's end.
fn read_at(file: &File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let mut filled = 0;
    while filled < length {
        match file.read_at(&mut bytes[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

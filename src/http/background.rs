//! The background map's tilesets, under `/tiles` beside the county's own.
//!
//! ```text
//! /tiles/basemap.json                  TileJSON 3.0.0 (without vector_layers where its tiles are images)
//! /tiles/basemap/{z}/{x}/{y}.png?b=    for ever with a build that matches, else no-cache
//!                                      another service's: kept a day; 502 where it gives none
//! ```

use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer::{self, FOR_EVER, REVALIDATE};
use super::negotiate::encoding;
use super::problem::Problem;
use crate::access::Scope;
use crate::app::{App, Sheet};
use crate::crs::TileId;
use crate::tiling::TileFormat;

/// Another service's tiles are its own to change.
const A_DAY: &str = "public, max-age=86400";

/// The tileset in the catalog.
pub fn entry(sheet: &Sheet, origin: &str) -> Value {
    let layers: Vec<&Value> = sheet.vector_layers.iter().map(|layer| &layer["id"]).collect();
    json!({
        "name": sheet.name,
        "description": sheet.description,
        "url": format!("{origin}/tiles/{}.json", sheet.name),
        "layers": layers,
    })
}

/// The tileset as TileJSON.
pub fn tilejson(sheet: &Sheet, origin: &str) -> Value {
    let Sheet { name, zooms, .. } = sheet;
    let token = sheet.build.as_ref().map_or(String::new(), |build| format!("?b={build}"));
    let mut json = json!({
        "tilejson": "3.0.0",
        "name": name,
        "description": sheet.description,
        "attribution": sheet.attribution,
        "scheme": "xyz",
        "tiles": [format!("{origin}/tiles/{name}/{{z}}/{{x}}/{{y}}.{}{token}", sheet.format.suffix())],
        "minzoom": zooms.start(),
        "maxzoom": zooms.end(),
        "bounds": sheet.bounds,
    });
    if sheet.format == TileFormat::Mvt {
        json["vector_layers"] = sheet.vector_layers.clone().into();
    }
    json
}

/// A tile of it.
pub async fn tile(
    app: &App,
    scope: &Scope,
    headers: &HeaderMap,
    sheet: &Sheet,
    tile: TileId,
    build: Option<&str>,
) -> Result<Response, Problem> {
    let tile = app.background_tile(scope, sheet, tile, build, encoding(headers)).await?;
    let caching = match (tile.is_theirs, tile.is_full) {
        (true, _) => A_DAY,
        (false, true) => FOR_EVER,
        (false, false) => REVALIDATE,
    };
    answer::kept(headers, tile.body, HeaderValue::from_static(mime_of(tile.format)), caching)
}

fn mime_of(format: TileFormat) -> &'static str {
    match format {
        TileFormat::Mvt => "application/vnd.mapbox-vector-tile",
        TileFormat::Png => "image/png",
        TileFormat::Jpeg => "image/jpeg",
        TileFormat::Webp => "image/webp",
        TileFormat::Avif => "image/avif",
    }
}

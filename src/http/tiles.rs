//! Tilesets: the catalog, their TileJSON, and tiles with their tokens.
//!
//! ```text
//! ?v=12&b=3fa1…   both match        for ever        (a version never changes, a build names its encoder)
//! ?v=12           that version      no-cache, ETag
//!                 the current one   no-cache, ETag
//! ?b=old          404, with the token that is served now
//! ?plan=3         that draft        no-store          for whoever may read it
//! ```

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer::{self, FOR_EVER, REVALIDATE};
use super::background;
use super::negotiate::{encoding, origin};
use super::problem::Problem;
use super::query::Query;
use super::routes::{Segments, Shared, WANGGE_VERSION};
use super::styles::by_host;
use super::unit_json::rounded;
use crate::access::Scope;
use crate::app::{App, Background, TileQuery, TilesetView, excerpt};
use crate::crs::{BadTile, TileId};
use crate::tiling::Plane;

/// `GET /tiles.json`
pub async fn catalog(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    let origin = origin(&headers)?;
    let token = query.token().map_or(String::new(), |token| format!("?{token}"));
    let entry = |t: &TilesetView| {
        json!({
            "name": t.name,
            "description": t.description,
            "url": format!("{origin}/tiles/{}.json{token}", t.name),
            "layers": t.layers.iter().map(|l| &l.id).collect::<Vec<_>>(),
        })
    };
    let mut tilesets: Vec<Value> = app.tilesets(&scope).iter().map(entry).collect();
    let sheets = app.background(&scope).map_or(&[][..], Background::sheets);
    tilesets.extend(sheets.iter().map(|sheet| background::entry(sheet, &origin)));
    let body = json!({"version": app.version(), "tilesets": tilesets});
    answer::json(app.pool(), &headers, app.version(), &body).await.map(by_host)
}

/// `GET /tiles/{tileset}.json?crs=&v=|at=`: TileJSON 3.0.0.
pub async fn description(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(file): Segments<String>,
    query: Query,
) -> Result<Response, Problem> {
    let Some(name) = file.strip_suffix(".json") else {
        return Err(Problem::not_found(format!("expected /tiles/NAME.json, found /tiles/{file}")));
    };
    if let Some(sheet) = app.sheet(&scope, name) {
        let body = background::tilejson(sheet, &origin(&headers)?);
        return answer::json(app.pool(), &headers, app.version(), &body).await.map(by_host);
    }
    let plane = App::plane(query.text("crs"))?;
    let tileset = app.tileset(&scope, name, &query.when()?).await?;
    let mut body = tilejson(&tileset, plane, &origin(&headers)?, app.attribution());
    if let (Some(token), Some(Value::String(url))) = (query.token(), body.pointer_mut("/tiles/0")) {
        url.push('&');
        url.push_str(&token);
    }
    answer::json(app.pool(), &headers, tileset.version, &body).await.map(by_host)
}

fn tilejson(tileset: &TilesetView, plane: Plane, origin: &str, configured: Option<&str>) -> Value {
    let TilesetView { name, version, build, bounds, .. } = tileset;
    let crs = if plane == Plane::Gcj02 { "&crs=gcj02" } else { "" };
    let attribution = match (tileset.synthetic, tileset.coverage.as_str()) {
        (true, coverage) => {
            format!("{coverage} 演示数据：县界以下的边界均为合成 · synthetic below the county line")
        }
        (false, coverage) => coverage.to_owned(),
    };
    let attribution = configured.map_or(attribution.clone(), |text| format!("{text} · {attribution}"));
    let [west, south, east, north] = bounds;
    let middle = |a: f64, b: f64| rounded(f64::midpoint(a, b), 7);
    json!({
        "tilejson": "3.0.0",
        "name": name,
        "description": tileset.description,
        "version": format!("{version}.0.0"),
        "attribution": attribution,
        "scheme": "xyz",
        "tiles": [format!("{origin}/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt?v={version}&b={build}{crs}")],
        "minzoom": tileset.zooms.start(),
        "maxzoom": tileset.zooms.end(),
        "bounds": bounds,
        "center": [middle(*west, *east), middle(*south, *north), (*tileset.zooms.start()).max(9)],
        "vector_layers": tileset.layers,
    })
}

/// `GET /tiles/{tileset}/{z}/{x}/{y}.mvt?v=&b=&crs=`
pub async fn tile(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments((tileset, z, x, y)): Segments<(String, String, String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    if let Some(sheet) = app.sheet(&scope, &tileset) {
        let tile = address(&z, &x, &y, &[sheet.format.suffix()])?;
        return background::tile(&app, &scope, &headers, sheet, tile, query.text("b")).await;
    }
    let (at, plane) = (address(&z, &x, &y, &["mvt", "pbf"])?, App::plane(query.text("crs"))?);
    if let Some(plan) = query.parse("plan", "the number of a plan")? {
        return Ok(preview(app.plan_tile(&scope, plan, &tileset, at, plane).await?));
    }
    let wanted = TileQuery {
        tileset: &tileset,
        tile: at,
        plane,
        version: query.parse("v", "the number of a version")?,
        build: query.text("b"),
    };
    let tile = app.tile(&scope, &wanted, encoding(&headers)).await?;
    let caching = if tile.is_full { FOR_EVER } else { REVALIDATE };
    let mime = HeaderValue::from_static("application/vnd.mapbox-vector-tile");
    let mut response = answer::kept(&headers, tile.body, mime, caching)?;
    response.headers_mut().insert(WANGGE_VERSION, tile.version.into());
    Ok(response)
}

/// A tile of a draft: for this caller and this moment.
fn preview(bytes: Vec<u8>) -> Response {
    let status = if bytes.is_empty() { StatusCode::NO_CONTENT } else { StatusCode::OK };
    let mut response = (status, bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.mapbox-vector-tile"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

/// The tile that `z`, `x` and `y.mvt` name, or `y` with another of the suffixes.
fn address(z: &str, x: &str, y: &str, suffixes: &[&str]) -> Result<TileId, Problem> {
    let y =
        suffixes.iter().find_map(|suffix| y.strip_suffix(suffix)?.strip_suffix('.')).ok_or_else(|| {
            let detail = format!("expected a tile as z/x/y.{}, found {z}/{x}/{y}", suffixes[0]);
            Problem::parameter("y", detail)
        })?;
    let number = |name: &str, text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u32>().ok()).flatten().ok_or_else(|| {
            let found = excerpt(text);
            Problem::parameter(name, format!("expected a whole number for {name}, found {found:?}"))
        })
    };
    let (z, x, y) = (number("z", z)?, number("x", x)?, number("y", y)?);
    let zoom = u8::try_from(z).unwrap_or(u8::MAX);
    TileId::new(zoom, x, y).map_err(|error| {
        let part = match error {
            BadTile::Zoom(_) => "z",
            BadTile::Range { z, x, .. } if u64::from(x) >> z > 0 => "x",
            BadTile::Range { .. } => "y",
        };
        Problem::parameter(part, error.to_string())
    })
}

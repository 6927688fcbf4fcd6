//! What helps a planner: suggested ways, and edits from a file.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer;
use super::body::{Form, Small, content_type, whole};
use super::plan_json::{geometry, json_of, snapped, tag};
use super::plans::{number, on_revision};
use super::problem::Problem;
use super::query::Query;
use super::routes::{Segments, Shared};
use crate::access::Scope;
use crate::app::plans::{Filled, Filter, FromFile, Wish};
use crate::crs::Polygon;
use crate::exchange::Fields;
use crate::plan::{Part, Way, Weight};
use crate::unit::Code;

/// The most bytes of a file.
const FILE_LIMIT: usize = 32 * 1024 * 1024;
/// How far a file's vertices are taken to borders where nothing is said, in metres.
const TOLERANCE_M: f64 = 0.5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wished {
    grid: Option<Code>,
    village: Option<Code>,
    filter: Option<String>,
    parts: Option<usize>,
    weight: Option<Weight>,
}

impl Form for Wished {
    const FORM: &'static str =
        r#"{"grid" or "village", "parts", "weight"}, or {"filter", "parts", "weight"}"#;
}

/// `POST /api/plans/{plan}/suggest`: ways to split a grid or regroup a village; with a filter, the plan filled.
pub async fn suggest(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
    Small(wished): Small<Wished>,
) -> Result<Response, Problem> {
    let id = number(&id, "plan")?;
    let Wished { grid, village, filter, parts, weight } = wished;
    let due = |what: &str| Problem::bad_request(format!("expected {what} in {}", Wished::FORM));
    let wish = match (grid, village, filter) {
        (Some(grid), None, None) => Wish::Split(grid, parts.unwrap_or(2)),
        (None, Some(village), None) => Wish::Regroup(village, parts.ok_or_else(|| due("parts"))?),
        (None, None, Some(filter)) => {
            let filter = Filter::parse(&filter)
                .map_err(|detail| Problem::bad_request(detail).with("pointer", "/filter"))?;
            let asked = (filter, parts, weight);
            return Ok(filled(&app.fill_plan(&scope, id, on_revision(&headers)?, asked).await?));
        }
        _ => return Err(due("one of grid, village and filter")),
    };
    let found = app.suggest(&scope, id, wish, weight).await?;
    Ok(answer::private(&json!({
        "weight": found.weight,
        "ways": found.ways.iter().map(way).collect::<Vec<_>>(),
    })))
}

fn way(way: &Way) -> Value {
    json!({
        "edits": way.edits.iter().map(|s| &s.edit).collect::<Vec<_>>(),
        "parts": way.parts.iter().map(part).collect::<Vec<_>>(),
        "deviation": (way.deviation * 10_000.0).round() / 10_000.0,
        "border_m": (way.border_m * 10.0).round() / 10.0,
    })
}

fn part(part: &Part) -> Value {
    json!({
        "code": part.code,
        "weight": (part.weight * 10.0).round() / 10.0,
        "area_m2": (part.area_m2 * 100.0).round() / 100.0,
        "compactness": (part.compactness * 10_000.0).round() / 10_000.0,
        "geometry": multi(&part.polygons),
    })
}

fn multi(polygons: &[Polygon]) -> Value {
    let parts: Vec<Value> = polygons.iter().map(|p| geometry(p)["coordinates"].take()).collect();
    json!({"type": "MultiPolygon", "coordinates": parts})
}

fn filled(filled: &Filled) -> Response {
    let mut body = json_of(&filled.view);
    let done = |(unit, edits, deviation): &(Code, Vec<u64>, f64)| json!({"unit": unit, "edits": edits, "deviation": (deviation * 10_000.0).round() / 10_000.0});
    body["done"] = filled.done.iter().map(done).collect();
    body["none"] = filled.none.iter().map(|(unit, why)| json!({"unit": unit, "detail": why})).collect();
    body["left"] = filled.left.into();
    let mut response = answer::private(&body);
    tag(&mut response, &filled.view.plan);
    response
}

/// `POST /api/plans/{plan}/from-file?under=&tolerance=&crs=&code=&name=&layer=`: what a file of edited units says, as edits.
pub async fn from_file(
    State(app): State<Shared>,
    scope: Scope,
    query: Query,
    headers: HeaderMap,
    Segments(id): Segments<String>,
    body: Body,
) -> Result<Response, Problem> {
    let id = number(&id, "plan")?;
    let types = BTreeMap::from([
        ("application/geo+json", "geojson"),
        ("application/json", "geojson"),
        ("application/geopackage+sqlite3", "gpkg"),
    ]);
    let mime = content_type(&headers)?;
    let suffix = *types.get(mime.as_str()).ok_or_else(|| {
        Problem::unsupported_type("application/geo+json or application/geopackage+sqlite3", &mime)
    })?;
    let field = |name: &str| query.text(name).map(ToOwned::to_owned);
    let given = FromFile {
        suffix,
        fields: Fields {
            code: field("code"),
            name: field("name"),
            layer: field("layer"),
            ..Fields::default()
        },
        datum: query.datum()?,
        under: query.parse("under", "the code of a unit")?,
        tolerance: query.number("tolerance")?.unwrap_or(TOLERANCE_M),
        bytes: whole(&headers, body, FILE_LIMIT).await?.into(),
    };
    let filed = app.edits_from_file(&scope, id, on_revision(&headers)?, given).await?;
    let mut body = json_of(&filed.view);
    body["snapped"] = filed.snapped.iter().map(snapped).collect();
    let mut response = answer::private(&body);
    tag(&mut response, &filed.view.plan);
    Ok(response)
}

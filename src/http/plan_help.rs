//! What helps a planner: suggested ways, and edits from a file.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
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
use crate::app::plans::{Asked, Fill, FillState, Filter, FromFile, Split, Wish};
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
    /// Of the filter: of all leaves, those under this unit.
    under: Option<Code>,
    /// Of the filter: which leaves it takes is said, and none is split.
    #[serde(default)]
    dry_run: bool,
    parts: Option<usize>,
    weight: Option<Weight>,
}

impl Form for Wished {
    const FORM: &'static str =
        r#"{"grid" or "village", "parts", "weight"}, or {"filter", "under", "dry_run", "parts", "weight"}"#;
}

/// `POST /api/plans/{plan}/suggest`: ways to split a grid or regroup a village; with a filter, a job that fills the plan,
/// or what it would try.
pub async fn suggest(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
    Small(wished): Small<Wished>,
) -> Result<Response, Problem> {
    let id = number(&id, "plan")?;
    let Wished { grid, village, filter, under, dry_run, parts, weight } = wished;
    let due = |what: &str| Problem::bad_request(format!("expected {what} in {}", Wished::FORM));
    let wish = match (grid, village, filter) {
        (_, _, None) if under.is_some() || dry_run => return Err(due("filter with under and dry_run")),
        (Some(grid), None, None) => Wish::Split(grid, parts.unwrap_or(2)),
        (None, Some(village), None) => Wish::Regroup(village, parts.ok_or_else(|| due("parts"))?),
        (None, None, Some(filter)) => {
            let filter = Filter::parse(&filter, under)
                .map_err(|detail| Problem::bad_request(detail).with("pointer", "/filter"))?;
            let asked = Asked { filter, parts, weight };
            if dry_run {
                let leaves = app.would_fill(&scope, id, &asked).await?;
                return Ok(answer::private(&taken(&leaves, &asked.filter)));
            }
            return begun(&app.fill_plan(&scope, id, on_revision(&headers)?, asked).await?);
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

/// What a job would try.
fn taken(leaves: &[(Code, f64)], filter: &Filter) -> Value {
    let leaf = |(unit, value): &(Code, f64)| json!({"unit": unit, "value": value});
    json!({
        "filter": filter.as_str(),
        "under": filter.under(),
        "total": leaves.len(),
        "units": leaves.iter().map(leaf).collect::<Vec<_>>(),
    })
}

/// A job that was begun: 202, with where it can be looked at.
fn begun(fill: &Fill) -> Result<Response, Problem> {
    let mut response = (StatusCode::ACCEPTED, answer::private(&job(fill))).into_response();
    let place = HeaderValue::from_str(&format!("/api/plans/{}/suggest", fill.plan));
    response.headers_mut().insert(header::LOCATION, place.map_err(|e| Problem::internal(&e))?);
    Ok(response)
}

/// `GET /api/plans/{plan}/suggest`: the job that fills the plan, or filled it last.
pub async fn filling(
    State(app): State<Shared>,
    scope: Scope,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    Ok(answer::private(&job(&app.filling(&scope, number(&id, "plan")?).await?)))
}

/// `DELETE /api/plans/{plan}/suggest`: the job ends after the leaf that it is at; what it added stays.
pub async fn stop_filling(
    State(app): State<Shared>,
    scope: Scope,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    Ok(answer::private(&job(&app.stop_filling(&scope, number(&id, "plan")?).await?)))
}

fn job(fill: &Fill) -> Value {
    let done = |Split { unit, edits, deviation }: &Split| json!({"unit": unit, "edits": edits, "deviation": (deviation * 10_000.0).round() / 10_000.0});
    json!({
        "job": fill.job,
        "plan": fill.plan,
        "state": match fill.state {
            FillState::Running => "running",
            FillState::Done => "done",
            FillState::Stopped => "stopped",
            FillState::GaveWay => "gave_way",
            FillState::Failed => "failed",
        },
        "detail": fill.detail,
        "filter": fill.filter.as_str(),
        "under": fill.filter.under(),
        "weight": fill.weight,
        "total": fill.total,
        "tried": fill.total - fill.left(),
        "left": fill.left(),
        "done": fill.done.iter().map(done).collect::<Vec<_>>(),
        "none": fill.none.iter().map(|(unit, why)| json!({"unit": unit, "detail": why})).collect::<Vec<_>>(),
        "revision": fill.revision,
        "started": fill.started.to_string(),
        "ended": fill.ended.map(|at| at.to_string()),
    })
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

//! `/api/plans`: drafts of the next version. A plan's answer carries its revision as ETag; a change carries `If-Match`.
//!
//! ```text
//! 404 no such plan   428 no If-Match   412 it is at another revision   409 not in this state   422 would break the partition
//! ```

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer;
use super::body::{Form, JSON_LIMIT, Small, content_type, whole};
use super::events::tiles;
use super::plan_json::{
    balance, begun, defects, group, json_of, made, moves_geojson, of_plan, tag, unit, words,
};
use super::problem::Problem;
use super::query::Query;
use super::routes::{Segments, Shared};
use crate::access::Scope;
use crate::app::plans::{OnRevision, PlanWords};
use crate::plan::Edit;

/// The years of days from which a plan may hold: others are slips.
const YEARS: std::ops::RangeInclusive<i16> = 1949..=2999;

/// `GET /api/plans`: the newest first.
pub async fn list(State(app): State<Shared>, scope: Scope) -> Result<Response, Problem> {
    let plans: Vec<Value> = app.plans(&scope).await?.iter().map(words).collect();
    Ok(answer::private(&json!({"plans": plans})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct New {
    title: String,
    #[serde(default)]
    note: String,
}

impl Form for New {
    const FORM: &'static str = r#"{"title", "note"}"#;
}

/// `POST /api/plans`
pub async fn begin(
    State(app): State<Shared>,
    scope: Scope,
    Small(New { title, note }): Small<New>,
) -> Result<Response, Problem> {
    begun(&app.begin_plan(&scope, title, note).await?)
}

/// `GET /api/plans/{plan}`
pub async fn one(
    State(app): State<Shared>,
    scope: Scope,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    Ok(of_plan(&app.plan(&scope, number(&id, "plan")?).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    title: Option<String>,
    note: Option<String>,
    document: Option<String>,
    /// A day; empty: that of its publishing.
    effective_from: Option<String>,
}

impl Form for Changed {
    const FORM: &'static str = r#"any of {"title", "note", "document", "effective_from"}"#;
}

/// `PATCH /api/plans/{plan}`
pub async fn describe(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
    Small(changed): Small<Changed>,
) -> Result<Response, Problem> {
    let effective_from = match changed.effective_from.as_deref() {
        None => None,
        Some("") => Some(None),
        Some(day) => {
            let plausible = day.parse::<Date>().ok().filter(|day| YEARS.contains(&day.year()));
            Some(Some(plausible.ok_or_else(|| {
                let found = crate::app::excerpt(day);
                let detail =
                    format!("expected a day as 2026-12-31, of the years 1949 to 2999, found {found:?}");
                Problem::bad_request(detail).with("pointer", "/effective_from")
            })?))
        }
    };
    let words =
        PlanWords { title: changed.title, note: changed.note, document: changed.document, effective_from };
    let id = number(&id, "plan")?;
    Ok(of_plan(&app.describe_plan(&scope, id, on_revision(&headers)?, words).await?))
}

/// `POST /api/plans/{plan}/edits`: 201 with what the edit did.
pub async fn add(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
    body: axum::body::Body,
) -> Result<Response, Problem> {
    let id = number(&id, "plan")?;
    let edit = command(&headers, body).await?;
    let edited = app.add_edit(&scope, id, on_revision(&headers)?, edit).await?;
    let units = app.effect(&edited.made.draft, &edited.made.touched).await?;
    let mut body = made(&edited.made, &units);
    body["id"] = edited.id.into();
    body["revision"] = edited.view.plan.revision.into();
    let mut response = (StatusCode::CREATED, answer::private(&body)).into_response();
    tag(&mut response, &edited.view.plan);
    Ok(response)
}

/// `POST /api/plans/{plan}/try`: what an edit would do.
pub async fn attempt(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
    body: axum::body::Body,
) -> Result<Response, Problem> {
    let id = number(&id, "plan")?;
    let edit = command(&headers, body).await?;
    let tried = app.try_edit(&scope, id, edit).await?;
    let units = app.effect(&tried.made.draft, &tried.made.touched).await?;
    let trees = [&tried.before.partition().hierarchy, &tried.made.draft.partition().hierarchy];
    let mut body = made(&tried.made, &units);
    body["changes"] = moves_geojson(&tried.moves, trees);
    Ok(answer::private(&body))
}

/// `PUT /api/plans/{plan}/edits/{edit}`: those after it are replayed.
pub async fn replace(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments((id, edit)): Segments<(String, String)>,
    body: axum::body::Body,
) -> Result<Response, Problem> {
    let (id, at) = (number(&id, "plan")?, number(&edit, "edit")?);
    let command = command(&headers, body).await?;
    Ok(of_plan(&app.replace_edit(&scope, id, on_revision(&headers)?, (at, command)).await?))
}

/// `DELETE /api/plans/{plan}/edits/{edit}`: those after it are replayed.
pub async fn take_out(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments((id, edit)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let (id, at) = (number(&id, "plan")?, number(&edit, "edit")?);
    Ok(of_plan(&app.drop_edit(&scope, id, on_revision(&headers)?, at).await?))
}

/// `POST /api/plans/{plan}/undo`
pub async fn undo(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    Ok(of_plan(&app.step_plan(&scope, number(&id, "plan")?, on_revision(&headers)?, -1).await?))
}

/// `POST /api/plans/{plan}/redo`
pub async fn redo(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    Ok(of_plan(&app.step_plan(&scope, number(&id, "plan")?, on_revision(&headers)?, 1).await?))
}

/// `POST /api/plans/{plan}/submit`
pub async fn submit(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    Ok(of_plan(&app.submit_plan(&scope, number(&id, "plan")?, on_revision(&headers)?).await?))
}

/// `POST /api/plans/{plan}/approve`
pub async fn approve(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    Ok(of_plan(&app.approve_plan(&scope, number(&id, "plan")?, on_revision(&headers)?).await?))
}

/// `POST /api/plans/{plan}/rebase`
pub async fn rebase(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    Ok(of_plan(&app.rebase_plan(&scope, number(&id, "plan")?, on_revision(&headers)?).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Why {
    reason: String,
}

impl Form for Why {
    const FORM: &'static str = r#"{"reason"}"#;
}

/// `POST /api/plans/{plan}/reject`
pub async fn reject(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
    Small(Why { reason }): Small<Why>,
) -> Result<Response, Problem> {
    Ok(of_plan(&app.reject_plan(&scope, number(&id, "plan")?, on_revision(&headers)?, reason).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    note: Option<String>,
    /// Whether it waits for the day from which it is to hold.
    #[serde(default)]
    wait: bool,
}

impl Form for Note {
    const FORM: &'static str = r#"{"note", "wait"}, or {} for the plan's own note, at once"#;
}

/// `POST /api/plans/{plan}/publish`: the plan, and the version that it became, unless it waits for its day.
pub async fn publish(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
    Small(Note { note, wait }): Small<Note>,
) -> Result<Response, Problem> {
    let id = number(&id, "plan")?;
    if wait {
        return Ok(of_plan(&app.schedule_plan(&scope, id, on_revision(&headers)?, note).await?));
    }
    let release = app.publish_plan(&scope, id, on_revision(&headers)?, note).await?;
    let mut body = json_of(&release.view);
    body["version"] = release.version.number.into();
    body["content_hash"] = release.version.content_hash.to_string().into();
    body["rows_changed"] = release.rows_changed.into();
    let mut response = answer::private(&body);
    tag(&mut response, &release.view.plan);
    Ok(response)
}

/// `GET /api/plans/{plan}/review?tiles=`: before and after.
pub async fn review(
    State(app): State<Shared>,
    scope: Scope,
    Segments(id): Segments<String>,
    query: Query,
) -> Result<Response, Problem> {
    let id = number(&id, "plan")?;
    let wants_tiles = query.parse("tiles", "true or false")?.unwrap_or(false);
    let review = app.review(&scope, id).await?;
    let mut body = words(&review.view.plan);
    body["units"] = review.units.iter().map(unit).collect();
    body["groups"] = review.groups.iter().map(group).collect();
    body["defects"] = defects(&review.draft).into();
    body["balance"] = balance(&review.draft).into();
    body["refused"] = review
        .draft
        .refused
        .as_ref()
        .map_or(Value::Null, |(edit, why)| json!({"edit": edit, "detail": why.to_string()}));
    if wants_tiles {
        let touched = app.tiles_touched(&review.draft).await?;
        body["tiles"] = tiles(touched.as_ref()).into();
    }
    let mut response = answer::private(&body);
    tag(&mut response, &review.view.plan);
    Ok(response)
}

/// `GET /api/plans/{plan}/changes.geojson`: each piece that changes hands.
pub async fn changes(
    State(app): State<Shared>,
    scope: Scope,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    let review = app.review(&scope, number(&id, "plan")?).await?;
    let trees = [review.draft.base.snapshot.hierarchy(), &review.draft.partition().hierarchy];
    let mut response = answer::private(&moves_geojson(&review.moves, trees));
    let mime = HeaderValue::from_static("application/geo+json");
    response.headers_mut().insert(header::CONTENT_TYPE, mime);
    tag(&mut response, &review.view.plan);
    Ok(response)
}

pub fn number(text: &str, what: &'static str) -> Result<u64, Problem> {
    text.parse().map_err(|_| {
        let found = crate::app::excerpt(text);
        Problem::parameter(what, format!("expected the number of the {what}, found {found:?}"))
    })
}

/// What `If-Match` says: a revision in quotes.
pub fn on_revision(headers: &HeaderMap) -> Result<OnRevision, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let revision =
        value.to_str().ok().and_then(|v| v.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok());
    let bad = || Problem::bad_request("expected If-Match with a plan's ETag, as \"3\", found something else");
    revision.map(Some).ok_or_else(bad)
}

async fn command(headers: &HeaderMap, body: axum::body::Body) -> Result<Edit, Problem> {
    let mime = content_type(headers)?;
    if mime != "application/json" {
        return Err(Problem::unsupported_type("application/json", &mime));
    }
    let bytes = whole(headers, body, JSON_LIMIT).await?;
    serde_json::from_slice(&bytes).map_err(|e| Problem::bad_request(format!("expected an edit, found: {e}")))
}

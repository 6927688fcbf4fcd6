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
use super::problem::Problem;
use super::routes::{Segments, Shared};
use crate::access::Scope;
use crate::app::plans::{Draft, Measured, OnRevision, PlanView, PlanWords, UnitReview};
use crate::coverage::Snapped;
use crate::crs::{LonLat, Point, Polygon, ring_area_m2};
use crate::plan::{Conflict, Edit, Move, Open, Refused};
use crate::store::Plan;
use crate::unit::{Hierarchy, Uid};

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
    let view = app.begin_plan(&scope, title, note).await?;
    let mut response = (StatusCode::CREATED, of_plan(&view)).into_response();
    let place = format!("/api/plans/{}", view.plan.id);
    let place = HeaderValue::from_str(&place).map_err(|e| Problem::internal(&e))?;
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
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
        Some(day) => Some(Some(day.parse::<Date>().map_err(|_| {
            let detail = format!("expected a day as 2026-12-31, found {:?}", crate::app::excerpt(day));
            Problem::bad_request(detail).with("pointer", "/effective_from")
        })?)),
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
    let units = app.effect(&edited.draft, &edited.touched).await?;
    let hierarchy = &edited.draft.partition().hierarchy;
    let body = json!({
        "id": edited.id,
        "revision": edited.view.plan.revision,
        "units": units.iter().map(unit).collect::<Vec<_>>(),
        "new": edited.drawn.iter().map(|d| json!({"uid": d.uid, "code": d.code})).collect::<Vec<_>>(),
        "snapped": edited.snapped.iter().map(snapped).collect::<Vec<_>>(),
        "noded": edited.noded.iter().map(|(uid, at)| noded(hierarchy, *uid, *at)).collect::<Vec<_>>(),
        "defects": defects(&edited.draft),
        "balance": balance(&edited.draft),
    });
    let mut response = (StatusCode::CREATED, answer::private(&body)).into_response();
    tag(&mut response, &edited.view.plan);
    Ok(response)
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
}

impl Form for Note {
    const FORM: &'static str = r#"{"note"}, or {} for the plan's own"#;
}

/// `POST /api/plans/{plan}/publish`: the plan, and the version that it became.
pub async fn publish(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
    Small(Note { note }): Small<Note>,
) -> Result<Response, Problem> {
    let id = number(&id, "plan")?;
    let release = app.publish_plan(&scope, id, on_revision(&headers)?, note).await?;
    let mut body = json_of(&release.view);
    body["version"] = release.version.number.into();
    body["content_hash"] = release.version.content_hash.to_string().into();
    body["rows_changed"] = release.rows_changed.into();
    let mut response = answer::private(&body);
    tag(&mut response, &release.view.plan);
    Ok(response)
}

/// `GET /api/plans/{plan}/review`: before and after.
pub async fn review(
    State(app): State<Shared>,
    scope: Scope,
    Segments(id): Segments<String>,
) -> Result<Response, Problem> {
    let review = app.review(&scope, number(&id, "plan")?).await?;
    let mut body = words(&review.view.plan);
    body["units"] = review.units.iter().map(unit).collect();
    body["defects"] = defects(&review.draft).into();
    body["balance"] = balance(&review.draft).into();
    body["refused"] = review
        .draft
        .refused
        .as_ref()
        .map_or(Value::Null, |(edit, why)| json!({"edit": edit, "detail": why.to_string()}));
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

fn number(text: &str, what: &'static str) -> Result<u64, Problem> {
    text.parse().map_err(|_| {
        let found = crate::app::excerpt(text);
        Problem::parameter(what, format!("expected the number of the {what}, found {found:?}"))
    })
}

/// What `If-Match` says: a revision in quotes.
fn on_revision(headers: &HeaderMap) -> Result<OnRevision, Problem> {
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

fn words(plan: &Plan) -> Value {
    json!({
        "id": plan.id,
        "title": plan.title,
        "note": plan.note,
        "document": plan.document,
        "status": plan.status.as_str(),
        "revision": plan.revision,
        "base_version": plan.base,
        "author": plan.author,
        "created": plan.created.to_string(),
        "changed": plan.changed.to_string(),
        "effective_from": plan.effective_from.map(|day| day.to_string()),
        "reviewer": plan.reviewer,
        "reason": plan.reason,
        "published_version": plan.published,
        "can_undo": plan.done > 0,
        "can_redo": plan.done < plan.steps.len(),
    })
}

fn json_of(view: &PlanView) -> Value {
    let mut body = words(&view.plan);
    let listed = crate::plan::listed(&view.plan.steps[..view.plan.done.min(view.plan.steps.len())]);
    body["edits"] = listed
        .into_iter()
        .filter_map(|(id, record)| {
            let found = view.records.iter().find(|r| r.record == record)?;
            Some(json!({
                "id": id,
                "edit": found.edit,
                "new": found.drawn.iter().map(|d| json!({"uid": d.uid, "code": d.code})).collect::<Vec<_>>(),
                "author": found.author,
                "at": found.at.to_string(),
            }))
        })
        .collect();
    body
}

fn of_plan(view: &PlanView) -> Response {
    let mut response = answer::private(&json_of(view));
    tag(&mut response, &view.plan);
    response
}

fn tag(response: &mut Response, plan: &Plan) {
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", plan.revision)) {
        response.headers_mut().insert(header::ETAG, etag);
    }
}

fn place(at: Point) -> Value {
    let place = LonLat::from_lattice(at);
    json!([place.lon(), place.lat()])
}

fn snapped(snapped: &Snapped) -> Value {
    json!({
        "from": place(snapped.from),
        "to": place(snapped.to),
        "onto": snapped.onto.as_str(),
        "metres": (snapped.metres * 1000.0).round() / 1000.0,
    })
}

fn noded(hierarchy: &Hierarchy, uid: Uid, at: Point) -> Value {
    let code = hierarchy.by_uid(uid).map(|unit| hierarchy.unit(unit).code.to_string());
    json!({"uid": uid, "code": code, "at": place(at)})
}

fn measured(of: &Measured) -> Value {
    json!({
        "code": of.code,
        "name": of.name,
        "area_m2": (of.area_m2 * 100.0).round() / 100.0,
        "households": of.households,
        "compactness": (of.compactness * 10_000.0).round() / 10_000.0,
        "parts": of.parts,
    })
}

fn unit(unit: &UnitReview) -> Value {
    let share = |deviation: Option<f64>| deviation.map(|d| (d * 10_000.0).round() / 10_000.0);
    json!({
        "uid": unit.uid,
        "level": unit.level,
        "before": unit.before.as_ref().map(measured),
        "after": unit.after.as_ref().map(measured),
        "deviation": {"before": share(unit.deviation[0]), "after": share(unit.deviation[1])},
    })
}

fn defects(draft: &Draft) -> Vec<Value> {
    let hierarchy = &draft.partition().hierarchy;
    let code = |uid: Uid| hierarchy.by_uid(uid).map(|unit| hierarchy.unit(unit).code.to_string());
    draft.open.iter().map(|open| defect(open, code(open.uid).as_deref())).collect()
}

/// One thing that bars publishing.
fn defect(open: &Open, code: Option<&str>) -> Value {
    json!({
        "kind": open.kind.as_str(),
        "uid": open.uid,
        "code": code,
        "at": open.at.map(place),
        "size": open.size,
    })
}

fn balance(draft: &Draft) -> &'static str {
    let counted = draft.base.snapshot.features().dwellings().is_some_and(|d| !d.is_empty());
    if counted { "households" } else { "area, estimated" }
}

/// Of an edit that would break the partition: where, and what of.
pub fn refused(refused: &Refused) -> Problem {
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, refused.detail.clone());
    let problem = match refused.at {
        Some(at) => problem.with("at", place(at)),
        None => problem,
    };
    problem.with("units", json!(refused.units))
}

/// Of edits that others are in the way of.
pub fn conflicts(detail: String, found: &[Conflict]) -> Problem {
    let conflict = |c: &Conflict| json!({"edit": c.edit, "units": c.codes, "detail": c.detail});
    let found: Vec<Value> = found.iter().map(conflict).collect();
    Problem::new(StatusCode::CONFLICT, detail).with("conflicts", found)
}

/// Of a draft that may not be published yet.
pub fn unfinished(detail: String, found: &[(Open, Option<String>)]) -> Problem {
    let found: Vec<Value> = found.iter().map(|(open, code)| defect(open, code.as_deref())).collect();
    Problem::new(StatusCode::CONFLICT, detail).with("defects", found)
}

/// Pieces that change hands, as GeoJSON.
pub fn moves_geojson(moves: &[Move], [before, after]: [&Hierarchy; 2]) -> Value {
    let code = |hierarchy: &Hierarchy, uid: Option<Uid>| {
        Some(hierarchy.unit(hierarchy.by_uid(uid?)?).code.to_string())
    };
    let feature = |piece: &Move| {
        json!({
            "type": "Feature",
            "properties": {
                "from": code(before, piece.from), "to": code(after, piece.to),
                "from_uid": piece.from, "to_uid": piece.to,
                "area_m2": piece.polygon.rings().map(ring_area_m2).sum::<f64>(),
            },
            "geometry": geometry(&piece.polygon),
        })
    };
    json!({"type": "FeatureCollection", "features": moves.iter().map(feature).collect::<Vec<_>>()})
}

fn geometry(polygon: &Polygon) -> Value {
    let ring = |ring: &[Point]| ring.iter().chain(ring.first()).map(|&p| place(p)).collect::<Vec<_>>();
    json!({"type": "Polygon", "coordinates": polygon.rings().map(ring).collect::<Vec<_>>()})
}

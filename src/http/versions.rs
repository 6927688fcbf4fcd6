//! `/api/versions`: who published what, when, from when it holds, and what it changed.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer;
use super::body::{Form, Small};
use super::plan_json;
use super::problem::Problem;
use super::query::Query;
use super::routes::{Segments, Shared};
use super::unit_json::{passage, share};
use crate::access::Scope;
use crate::app::VersionRecord;
use crate::store::ChangeKind;

/// `GET /api/versions`: newest first.
pub async fn list(State(app): State<Shared>, scope: Scope, headers: HeaderMap) -> Result<Response, Problem> {
    let versions: Vec<Value> = app.versions(&scope).await?.iter().rev().map(record).collect();
    let body = json!({"current": app.version(), "versions": versions});
    answer::json(app.pool(), &headers, app.version(), &body).await
}

/// `GET /api/versions/{n}`
pub async fn one(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(number): Segments<String>,
) -> Result<Response, Problem> {
    let number = numbered(&number)?;
    let (version, changes) = app.changes(&scope, number).await?;
    let changes: Vec<Value> = changes
        .iter()
        .map(|c| json!({"change": word(c.kind), "uid": c.uid, "code": c.code, "name": c.name, "level": c.level}))
        .collect();
    let lineage = app.lineage(&scope, number).await?;
    let mut body = record(&version);
    body["changes"] = changes.into();
    body["lineage"] = lineage.iter().map(passage).collect();
    answer::json(app.pool(), &headers, number, &body).await
}

/// `GET /api/versions/{from}/diff/{to}`: each piece that went from one unit to another, as GeoJSON.
pub async fn diff(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments((from, to)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let ([before, after], moves) = app.difference(&scope, numbered(&from)?, numbered(&to)?).await?;
    let trees = [before.snapshot.hierarchy(), after.snapshot.hierarchy()];
    let bytes = plan_json::moves_geojson(&moves, trees).to_string().into_bytes();
    answer::text(app.pool(), &headers, after.record.number, "application/geo+json", bytes).await
}

/// `GET /api/versions/{from}/crosswalk/{to}?level=`: where the area and the households of each unit are, as CSV.
pub async fn crosswalk(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments((from, to)): Segments<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let (from, to) = (numbered(&from)?, numbered(&to)?);
    let rows = app.crosswalk(&scope, from, to, query.text("level")).await?;
    let columns = ["from", "to", "share_of_area", "share_of_households"];
    let rows: Vec<_> =
        rows.iter().map(|row| (&row.from, &row.to, share(row.area), row.households.map(share))).collect();
    answer::text(app.pool(), &headers, to, "text/csv; charset=utf-8", answer::csv(&columns, &rows)?).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    title: Option<String>,
}

impl Form for Title {
    const FORM: &'static str = r#"{"title"}, or {}"#;
}

/// `POST /api/versions/{n}/restore`: a plan that brings the version back.
pub async fn restore(
    State(app): State<Shared>,
    scope: Scope,
    Segments(number): Segments<String>,
    Small(Title { title }): Small<Title>,
) -> Result<Response, Problem> {
    let number = numbered(&number)?;
    let title = title.unwrap_or_else(|| format!("恢复第 {number} 版"));
    plan_json::begun(&app.restore(&scope, number, title).await?)
}

fn numbered(number: &str) -> Result<u64, Problem> {
    let bad = || {
        let found = crate::app::excerpt(number);
        Problem::bad_request(format!("expected the number of a version, found {found:?}"))
    };
    number.parse().map_err(|_| bad())
}

fn record(version: &VersionRecord) -> Value {
    json!({
        "version": version.number,
        "recorded_at": version.recorded_at.to_string(),
        "effective_from": version.effective_from.to_string(),
        "author": version.author,
        "note": version.note,
        "document": version.document,
        "levels": version.levels.to_string(),
        "content_hash": version.content_hash.to_string(),
    })
}

fn word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "added",
        ChangeKind::Changed => "changed",
        ChangeKind::Retired => "retired",
    }
}

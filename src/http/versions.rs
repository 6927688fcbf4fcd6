//! `/api/versions`: who published what, when, from when it holds, and what it changed.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::problem::Problem;
use super::routes::{Segments, Shared};
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
    let bad = || Problem::bad_request(format!("expected the number of a version, found {number:?}"));
    let number: u64 = number.parse().map_err(|_| bad())?;
    let (version, changes) = app.changes(&scope, number).await?;
    let changes: Vec<Value> = changes
        .iter()
        .map(|c| json!({"change": word(c.kind), "uid": c.uid, "code": c.code, "name": c.name, "level": c.level}))
        .collect();
    let mut body = record(&version);
    body["changes"] = changes.into();
    answer::json(app.pool(), &headers, number, &body).await
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

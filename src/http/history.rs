//! `GET /api/units/{code|uid:N}/history`: the versions that changed a unit, newest first; also of retired ones.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::problem::Problem;
use super::routes::{Segments, Shared};
use crate::access::Scope;
use crate::store::{Aspect, Revision};

/// `GET /api/units/{code|uid:N}/history`
pub async fn history(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(name): Segments<String>,
) -> Result<Response, Problem> {
    let revisions = app.history(&scope, &name).await?;
    let last = revisions.last();
    let body = json!({
        "uid": last.map(|r| r.uid),
        "code": last.map(|r| &r.code),
        "name": last.map(|r| &r.name),
        "level": last.map(|r| &r.level),
        "retired": last.is_some_and(|r| r.changed.contains(&Aspect::Retired)),
        "history": revisions.iter().rev().map(revision).collect::<Vec<_>>(),
    });
    answer::json(app.pool(), &headers, app.version(), &body).await
}

fn revision(revision: &Revision) -> Value {
    let version = &revision.version;
    json!({
        "version": version.number,
        "recorded_at": version.recorded_at.to_string(),
        "effective_from": version.effective_from.to_string(),
        "author": version.author,
        "note": version.note,
        "document": version.document,
        "changed": revision.changed.iter().map(|&aspect| word(aspect)).collect::<Vec<_>>(),
        "code": revision.code,
        "name": revision.name,
        "parent": revision.parent,
    })
}

fn word(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Created => "created",
        Aspect::Level => "level",
        Aspect::Code => "code",
        Aspect::Name => "name",
        Aspect::Parent => "parent",
        Aspect::Tint => "tint",
        Aspect::Attributes => "attributes",
        Aspect::Geometry => "geometry",
        Aspect::Retired => "retired",
    }
}

//! `GET /api/units/{code|uid:N}/history`: the versions that changed a unit, newest first; also of retired ones.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::problem::Problem;
use super::routes::{Segments, Shared};
use super::unit_json::{forebear, heir};
use crate::access::Scope;
use crate::app::Descent;
use crate::store::{Aspect, Revision};

/// `GET /api/units/{code|uid:N}/history`
pub async fn history(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(name): Segments<String>,
) -> Result<Response, Problem> {
    let revisions = app.history(&scope, &name).await?;
    let mut descents = Vec::new();
    for revision in &revisions {
        descents.push(app.descent(&scope, revision.version.number, revision.uid).await?);
    }
    let last = revisions.last();
    let body = json!({
        "uid": last.map(|r| r.uid),
        "code": last.map(|r| &r.code),
        "name": last.map(|r| &r.name),
        "level": last.map(|r| &r.level),
        "retired": last.is_some_and(|r| r.changed.contains(&Aspect::Retired)),
        "history": revisions.iter().zip(&descents).rev().map(revision).collect::<Vec<_>>(),
    });
    answer::json(app.pool(), &headers, app.version(), &body).await
}

fn revision((revision, descent): (&Revision, &Descent)) -> Value {
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
        "came_from": descent.came_from.iter().map(forebear).collect::<Vec<_>>(),
        "became": descent.became.iter().map(heir).collect::<Vec<_>>(),
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

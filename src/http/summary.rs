//! `GET /api/summary`: counts, areas, version and hash, for the display.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::problem::Problem;
use super::query::Query;
use super::routes::Shared;
use super::{answer, beneath};
use crate::access::Scope;

/// `GET /api/summary`
pub async fn summary(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    let served = app.served(&scope, &query.when()?).await?;
    let facts = app.summary(&scope, &served).await?;
    let record = &served.record;
    let levels: Vec<_> = facts
        .levels
        .iter()
        .map(|(level, units)| json!({"name": level.name, "plural": level.plural, "units": units}))
        .collect();
    let mut body = json!({
        "version": record.number,
        "content_hash": record.content_hash.to_string(),
        "recorded_at": record.recorded_at.to_string(),
        "effective_from": record.effective_from.to_string(),
        "name": facts.name,
        "synthetic": facts.synthetic,
        "levels": levels,
        "leaves": facts.leaves,
        "voids": facts.voids,
        "area_m2": facts.area_m2.round(),
        "bounds": facts.bounds,
        "build": facts.build,
        "features_at": Some(&served.features_stamp).filter(|stamp| !stamp.is_empty()),
    });
    if let Some(attribution) = app.attribution() {
        body["attribution"] = attribution.into();
    }
    if let Some(background) = app.background(&scope) {
        body["background"] = beneath::summary(background);
    }
    answer::json(app.pool(), &headers, record.number, &body).await
}

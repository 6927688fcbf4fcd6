//! `/api/measures`: what is counted, and the numbers by uid; the page joins them to the tiles.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::answer;
use super::problem::Problem;
use super::query::Query;
use super::routes::{Segments, Shared};
use crate::access::Scope;

/// `GET /api/measures?v=|at=`: one entry for each measure at each level, with where its five classes part.
pub async fn list(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    let served = app.served(&scope, &query.when()?).await?;
    let columns = app.measures(&scope, &served).await?;
    let hierarchy = served.snapshot.hierarchy();
    let measures: Vec<Value> = columns
        .iter()
        .map(|(measure, level, column)| {
            let (name, name_en) = measure.names(hierarchy);
            json!({
                "id": measure.id(hierarchy),
                "name": name,
                "name_en": name_en,
                "unit": measure.unit(),
                "level": served.snapshot.level_name(*level),
                "classes": column.classes,
            })
        })
        .collect();
    let body = json!({"version": served.record.number, "measures": measures});
    answer::json(app.pool(), &headers, served.record.number, &body).await
}

/// `GET /api/measures/{id}?level=&v=|at=`: the lowest level where none is given.
pub async fn values(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
    query: Query,
) -> Result<Response, Problem> {
    let served = app.served(&scope, &query.when()?).await?;
    let (level, column) = app.measure(&scope, &served, &id, query.text("level")).await?;
    let hierarchy = served.snapshot.hierarchy();
    let values: Map<String, Value> = column
        .values
        .iter()
        .map(|(&unit, &value)| (hierarchy.unit(unit).uid.to_string(), compact(value)))
        .collect();
    let body = json!({
        "version": served.record.number,
        "id": id,
        "level": served.snapshot.level_name(level),
        "classes": column.classes,
        "values": values,
    });
    answer::json(app.pool(), &headers, served.record.number, &body).await
}

/// Whole numbers without their `.0`.
fn compact(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}

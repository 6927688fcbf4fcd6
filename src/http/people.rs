//! `/api/people`: who answers for a unit, and their number. For the page and the caller alone: no other origin may read
//! it, and nothing on the way may keep it.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::problem::Problem;
use super::query::Query;
use super::routes::Shared;
use super::unit_json::UnitJson;
use crate::access::Scope;

/// `GET /api/people?unit={code|uid:N}&v=|at=`: those of the unit, then those of each unit above it.
pub async fn people(State(app): State<Shared>, scope: Scope, query: Query) -> Result<Response, Problem> {
    let missing = || Problem::parameter("unit", "expected unit, a code or uid:N; found none");
    let name = query.text("unit").ok_or_else(missing)?;
    let served = app.served(&scope, &query.when()?).await?;
    let unit = app.unit(&scope, &served, name).await?;
    let hierarchy = served.snapshot.hierarchy();
    let people: Vec<Value> = app
        .people(&scope, &served, unit)
        .iter()
        .map(|(of, person)| {
            json!({
                "role": person.role,
                "name": person.name,
                "phone": person.phone,
                "note": person.note,
                "unit": UnitJson::brief(hierarchy, *of),
            })
        })
        .collect();
    let version = served.record.number;
    let unit = UnitJson::brief(hierarchy, unit);
    Ok(answer::once(version, &json!({"version": version, "unit": unit, "people": people})))
}

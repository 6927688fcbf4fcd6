//! `/api/people`: who answers for a unit, and their number. For the page and the caller alone: no other origin may read
//! it, and nothing on the way may keep it. A lookup that asks for people (`locate`) is held to the same.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::credentials::{Source, source};
use super::problem::Problem;
use super::query::Query;
use super::routes::Shared;
use super::unit_json::UnitJson;
use crate::access::Scope;
use crate::app::Responsible;
use crate::unit::Hierarchy;

/// `GET /api/people?unit={code|uid:N}&v=|at=`: those of the unit, then those of each unit above it.
pub async fn people(State(app): State<Shared>, scope: Scope, query: Query) -> Result<Response, Problem> {
    let missing = || Problem::parameter("unit", "expected unit, a code or uid:N; found none");
    let name = query.text("unit").ok_or_else(missing)?;
    let served = app.served(&scope, &query.when()?).await?;
    let unit = app.unit(&scope, &served, name).await?;
    let hierarchy = served.snapshot.hierarchy();
    let with_duty = |found: &Responsible| {
        let mut person = person(hierarchy, found);
        person["on_duty"] = found.on_duty.into();
        person
    };
    let people: Vec<Value> = app.people(&scope, &served, unit).iter().map(with_duty).collect();
    let version = served.record.number;
    let unit = UnitJson::brief(hierarchy, unit);
    Ok(answer::once(version, &json!({"version": version, "unit": unit, "people": people})))
}

/// Somebody, with the unit they answer for.
pub fn person(hierarchy: &Hierarchy, Responsible { unit, person, .. }: &Responsible) -> Value {
    let [hours, from, until] = person.duty.texts();
    json!({
        "role": person.role,
        "name": person.name,
        "phone": person.phone,
        "note": person.note,
        "hours": hours,
        "from": from,
        "until": until,
        "unit": UnitJson::brief(hierarchy, *unit),
    })
}

/// Refuses another's page: a browser names it wherever it lets a page read what it asks another server for.
pub fn for_own_pages(headers: &HeaderMap) -> Result<(), Problem> {
    if source(headers) != Source::Foreign {
        return Ok(());
    }
    let detail = "expected a page of this server's own where people are asked for, found another origin's";
    Err(Problem::new(StatusCode::FORBIDDEN, detail))
}

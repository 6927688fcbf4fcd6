//! `GET /api/search`: units, places, landmarks and coordinates by text, best first.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::problem::Problem;
use super::query::Query;
use super::routes::Shared;
use super::unit_json::UnitJson;
use crate::access::Scope;
use crate::app::{Found, Pin, Served, Sought};
use crate::crs::LonLat;
use crate::unit::UnitIndex;

/// The most results, and how many where no limit is given.
const LIMIT: (usize, usize) = (50, 10);

/// `GET /api/search?q=&limit=&crs=wgs84|cgcs2000|gcj02|bd09|any&v=|at=`
pub async fn search(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    let text = query.text("q").map(str::trim).filter(|text| !text.is_empty());
    let missing = || Problem::parameter("q", "expected q, a text to search for; found none");
    let datum = if query.text("crs") == Some("any") { None } else { Some(query.datum()?) };
    let sought =
        Sought { text: text.ok_or_else(missing)?.to_owned(), limit: query.limit(LIMIT.0, LIMIT.1)?, datum };
    let served = app.served(&scope, &query.when()?).await?;
    let found = app.search(&scope, &served, sought).await?;
    let results: Vec<Value> = found.iter().map(|found| result(&served, found)).collect();
    let version = served.record.number;
    answer::json(app.pool(), &headers, version, &json!({"version": version, "results": results})).await
}

fn result(served: &Served, found: &Found) -> Value {
    match *found {
        Found::Unit(index) => unit(served, index),
        Found::Place(index, home) => place(served, index, home),
        Found::Landmark(index, around) => landmark(served, index, around),
        Found::Coordinate(ref pin) => coordinate(served, pin),
    }
}

fn unit(served: &Served, index: UnitIndex) -> Value {
    let unit = served.snapshot.hierarchy().unit(index);
    let label = served.snapshot.label(index).map(LonLat::from_lattice);
    json!({
        "kind": "unit",
        "uid": unit.uid,
        "code": unit.code,
        "name": unit.name,
        "level": served.snapshot.level_name(unit.level),
        "chain": chain(served, Some(index)),
        "lon": label.map(LonLat::lon),
        "lat": label.map(LonLat::lat),
    })
}

fn place(served: &Served, index: usize, home: Option<UnitIndex>) -> Value {
    let place = &served.snapshot.features().places()[index];
    let at = LonLat::from_lattice(place.at);
    json!({
        "kind": "place",
        "name": place.name,
        "place_kind": place.kind,
        "chain": chain(served, home),
        "lon": at.lon(),
        "lat": at.lat(),
    })
}

/// `kind` is `void`, or what the line's layer holds; `line_kind` is finer: river, trunk, national …
fn landmark(served: &Served, index: usize, around: Option<UnitIndex>) -> Value {
    let landmark = &served.snapshot.finder().landmarks()[index];
    let kind = match (landmark.void, &landmark.line) {
        (None, Some((layer, _))) => one_of(layer),
        _ => "void",
    };
    let at = LonLat::from_lattice(landmark.at);
    let mut value = json!({
        "kind": kind,
        "name": landmark.name,
        "line_kind": landmark.line.as_ref().map(|(_, kind)| kind),
        "chain": chain(served, around),
        "lon": at.lon(),
        "lat": at.lat(),
        "bbox": landmark.bounds.degrees(),
    });
    if let Some(uid) = landmark.void {
        value["uid"] = json!(uid);
    }
    value
}

/// One of what a layer of lines holds.
fn one_of(layer: &str) -> &str {
    match layer {
        "canals" => "canal",
        "roads" => "road",
        other => other,
    }
}

fn coordinate(served: &Served, pin: &Pin) -> Value {
    let hierarchy = served.snapshot.hierarchy();
    let mut value = json!({
        "kind": "coordinate",
        "given": {"lon": pin.given.lon(), "lat": pin.given.lat()},
        "crs": pin.datum.as_str(),
        "stated": pin.stated,
        "leaf": pin.leaf.map(|leaf| brief(served, leaf)),
        "void": hierarchy.void(pin.owner).map(|v| json!({"uid": v.uid, "name": v.name})),
        "chain": chain(served, pin.leaf),
        "lon": pin.place.lon(),
        "lat": pin.place.lat(),
    });
    if let Some(certain) = pin.certain {
        value["certain"] = certain.into();
    }
    value
}

/// The unit itself, its parent, and so on to the top; empty where there is none.
fn chain(served: &Served, unit: Option<UnitIndex>) -> Vec<Value> {
    let units = unit.into_iter().flat_map(|unit| served.snapshot.hierarchy().chain(unit));
    units.map(|unit| brief(served, unit)).collect()
}

fn brief(served: &Served, unit: UnitIndex) -> Value {
    serde_json::to_value(UnitJson::brief(served.snapshot.hierarchy(), unit)).unwrap_or_default()
}

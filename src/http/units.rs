//! `/api/units`: one unit by code or uid, lists of them, their geometry.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};

use super::answer;
use super::negotiate::wants_csv;
use super::problem::Problem;
use super::query::Query;
use super::routes::{Segments, Shared};
use super::unit_json::{UnitJson, rounded};
use crate::access::Scope;
use crate::app::{Served, UnitList};
use crate::crs::{LonLat, Point};
use crate::unit::UnitIndex;

/// `GET /api/units/{code|uid:N}?v=|at=`
pub async fn one(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(name): Segments<String>,
    query: Query,
) -> Result<Response, Problem> {
    let served = app.served(&scope, &query.when()?).await?;
    let unit = app.unit(&scope, &served, &name).await?;
    let beside = app.neighbours(&scope, &served, unit).await?;
    let children = served.shown(&scope, served.snapshot.hierarchy().children(unit).to_vec());
    let body = described(&served, unit, &children, &beside);
    answer::json(app.pool(), &headers, served.record.number, &body).await
}

fn described(served: &Served, index: UnitIndex, children: &[UnitIndex], neighbours: &[UnitIndex]) -> Value {
    let hierarchy = served.snapshot.hierarchy();
    let unit = hierarchy.unit(index);
    let fact = served.snapshot.facts().unit(index);
    let briefs = |units: &[UnitIndex]| units.iter().map(|&u| brief(served, u)).collect::<Vec<_>>();
    let chain: Vec<UnitIndex> = hierarchy.chain(index).collect();
    json!({
        "version": served.record.number,
        "uid": unit.uid,
        "code": unit.code,
        "name": unit.name,
        "level": served.snapshot.level_name(unit.level),
        "kind": unit.attributes.get("kind"),
        "leaf": hierarchy.owner_of(index).is_some(),
        "attributes": unit.attributes,
        "chain": briefs(&chain),
        "children": briefs(children),
        "neighbours": briefs(neighbours),
        "area_m2": rounded(fact.area_m2, 1),
        "bbox": fact.bounds.degrees(),
        "label": served.snapshot.label(index).map(lon_lat),
    })
}

fn brief(served: &Served, unit: UnitIndex) -> Value {
    let unit = UnitJson::brief(served.snapshot.hierarchy(), unit);
    serde_json::to_value(unit).unwrap_or_default()
}

fn lon_lat(p: Point) -> Value {
    let place = LonLat::from_lattice(p);
    json!({"lon": place.lon(), "lat": place.lat()})
}

/// `GET /api/units?level=&parent=&v=|at=&format=json|csv`
pub async fn list(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    let served = app.served(&scope, &query.when()?).await?;
    let wanted = UnitList { level: query.text("level"), parent: query.text("parent") };
    let units = app.units(&scope, &served, &wanted).await?;
    let as_csv = wants_csv(&query, &headers)?;
    let version = served.record.number;
    let pool = app.pool();
    let rows = move || rows(&served, &units);
    let rows = pool.run(rows).await?;
    let mut response = if as_csv {
        let bytes = answer::csv(COLUMNS, &rows)?;
        answer::text(pool, &headers, version, "text/csv; charset=utf-8", bytes).await?
    } else {
        answer::json(pool, &headers, version, &json!({"version": version, "units": rows})).await?
    };
    response.headers_mut().append(header::VARY, header::HeaderValue::from_static("accept"));
    Ok(response)
}

/// A unit in a list; the fields are CSV's columns.
#[derive(Serialize)]
struct Row {
    uid: u32,
    code: String,
    name: String,
    level: String,
    parent: Option<String>,
    kind: Option<crate::unit::Attribute>,
    leaf: bool,
    area_m2: f64,
}

fn rows(served: &Served, units: &[UnitIndex]) -> Vec<Row> {
    let hierarchy = served.snapshot.hierarchy();
    let row = |&index: &UnitIndex| {
        let unit = hierarchy.unit(index);
        Row {
            uid: unit.uid.0,
            code: unit.code.to_string(),
            name: unit.name.clone(),
            level: served.snapshot.level_name(unit.level).to_owned(),
            parent: hierarchy.parent(index).map(|p| hierarchy.unit(p).code.to_string()),
            kind: unit.attributes.get("kind").cloned(),
            leaf: hierarchy.owner_of(index).is_some(),
            area_m2: rounded(served.snapshot.facts().unit(index).area_m2, 1),
        }
    };
    units.iter().map(row).collect()
}

const COLUMNS: &[&str] = &["uid", "code", "name", "level", "parent", "kind", "leaf", "area_m2"];

/// `GET /api/units/{code|uid:N}/geometry?v=|at=`: a Feature of RFC 7946.
pub async fn geometry(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(name): Segments<String>,
    query: Query,
) -> Result<Response, Problem> {
    let served = app.served(&scope, &query.when()?).await?;
    let index = app.unit(&scope, &served, &name).await?;
    let feature = app.geometry(&scope, &served, index).await?;
    answer::text(app.pool(), &headers, served.record.number, "application/geo+json", feature.into_bytes())
        .await
}

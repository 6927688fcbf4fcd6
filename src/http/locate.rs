//! `/api/locate`: whose is this point. `GET` answers one; `POST` answers many, in the form they come in.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

use super::answer::{self, NEVER, REVALIDATE};
use super::body::{self, JSON_LIMIT, length};
use super::locate_stream;
use super::people;
use super::problem::Problem;
use super::query::Query;
use super::routes::{Shared, WANGGE_VERSION};
use super::unit_json::{UnitJson, rounded};
use crate::access::Scope;
use crate::app::batch::{CsvRows, FeatureRows, Ident, Oracle, PairRows, Rows};
use crate::app::{App, Located, Served, excerpt};
use crate::crs::{Datum, LonLat};

/// The types that `POST` takes.
const TYPES: &str = "text/csv, application/geo+json, application/json or application/octet-stream";

/// `GET /api/locate?lon=&lat=&crs=&accuracy=&people=&v=|at=`
pub async fn one(
    State(app): State<Shared>,
    scope: Scope,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let place = query.lon_lat()?;
    let accuracy = accuracy(&query)?;
    let people = query.parse("people", "true or false")?.unwrap_or(false);
    if people {
        people::for_own_pages(&headers)?;
    }
    let served = app.served(&scope, &query.when()?).await?;
    let version = served.record.number;
    let bytes = if query.text("crs") == Some("any") {
        for_one_crs("accuracy", accuracy.is_some())?;
        for_one_crs("people", people)?;
        any(&app.locate_any(&scope, &served, place), &served, place)
    } else {
        let datum = query.datum_or_any()?;
        let located = match accuracy {
            None => app.locate(&scope, &served, place, datum),
            Some(metres) => app.locate_within(&scope, &served, place, datum, metres).await?,
        };
        let responsible = people.then(|| responsible(&app, &scope, &served, &located));
        let (located, served, version, place) = (&located, &served, Some(version), Some(place));
        serde_json::to_vec(&Answer { version, place, datum, located, responsible, served })
    };
    let mut response = Body::from(bytes.map_err(|e| Problem::internal(&e))?).into_response();
    let headers = response.headers_mut();
    let kept = if people { NEVER } else { REVALIDATE };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.insert(WANGGE_VERSION, version.into());
    Ok(response)
}

/// Refuses what has no meaning where an answer is given under each datum.
fn for_one_crs(name: &'static str, there: bool) -> Result<(), Problem> {
    if !there {
        return Ok(());
    }
    Err(Problem::parameter(name, format!("expected {name} with one crs, found crs=any")))
}

/// Who is on duty for a place, nearest unit first: of those whom the caller may see.
fn responsible(app: &App, scope: &Scope, served: &Served, located: &Located) -> Vec<Value> {
    let found = located.leaf.map(|leaf| app.responsible(scope, served, leaf)).unwrap_or_default();
    found.iter().map(|responsible| people::person(served.snapshot.hierarchy(), responsible)).collect()
}

/// `accuracy`, in metres.
fn accuracy(query: &Query) -> Result<Option<f64>, Problem> {
    /// A phone that knows no better than this knows nothing.
    const MOST: f64 = 10_000.0;
    match query.number("accuracy")? {
        Some(metres) if metres <= 0.0 || metres > MOST => {
            let detail = format!("expected an accuracy above 0 and up to {MOST} m, found {metres}");
            Err(Problem::parameter("accuracy", detail))
        }
        other => Ok(other),
    }
}

fn any(answers: &[(Datum, Located)], served: &Served, place: LonLat) -> serde_json::Result<Vec<u8>> {
    let certain = answers.windows(2).all(|w| w[0].1.owner == w[1].1.owner);
    let each: Vec<Answer> = answers
        .iter()
        .map(|(datum, located)| Answer {
            version: None,
            place: None,
            datum: *datum,
            located,
            responsible: None,
            served,
        })
        .collect();
    serde_json::to_vec(&json!({
        "version": served.record.number,
        "point": {"lon": place.lon(), "lat": place.lat()},
        "crs": "any",
        "certain": certain,
        "answers": serde_json::to_value(each)?,
    }))
}

/// One answer, with what the caller asked; fields in a fixed order.
struct Answer<'a> {
    version: Option<u64>,
    place: Option<LonLat>,
    datum: Datum,
    located: &'a Located,
    /// Where people were asked for.
    responsible: Option<Vec<Value>>,
    served: &'a Served,
}

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(version) = self.version {
            map.serialize_entry("version", &version)?;
        }
        if let Some(place) = self.place {
            map.serialize_entry("point", &json!({"lon": place.lon(), "lat": place.lat()}))?;
        }
        map.serialize_entry("crs", self.datum.as_str())?;
        self.units(&mut map)?;
        self.border(&mut map)?;
        self.others(&mut map)?;
        map.end()
    }
}

impl Answer<'_> {
    fn units<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let hierarchy = self.served.snapshot.hierarchy();
        let leaf = self.located.leaf;
        map.serialize_entry("inside", &self.located.inside)?;
        map.serialize_entry("leaf", &leaf.map(|u| UnitJson::with_kind(hierarchy, u)))?;
        let chain: Vec<_> = leaf.iter().flat_map(|&u| hierarchy.chain(u)).collect();
        let briefs: Vec<_> = chain.iter().map(|&u| UnitJson::brief(hierarchy, u)).collect();
        map.serialize_entry("chain", &briefs)?;
        for (level, named) in hierarchy.levels().as_slice().iter().enumerate().rev() {
            let unit = chain.iter().find(|&&u| usize::from(hierarchy.unit(u).level) == level);
            map.serialize_entry(&named.name, &unit.map(|&u| UnitJson::brief(hierarchy, u)))?;
        }
        let void = hierarchy.void(self.located.owner).map(|v| json!({"uid": v.uid, "name": v.name}));
        map.serialize_entry("void", &void)
    }

    fn border<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let hierarchy = self.served.snapshot.hierarchy();
        map.serialize_entry("on_border", &self.located.on_border)?;
        let distance = self.located.border_distance_m.map(|d| rounded(d, 2));
        map.serialize_entry("border_distance_m", &distance)?;
        let neighbour = self.located.neighbour.map(|u| UnitJson::brief(hierarchy, u));
        map.serialize_entry("neighbour", &neighbour)
    }

    fn others<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let hierarchy = self.served.snapshot.hierarchy();
        if let Some(candidates) = &self.located.candidates {
            let units: Vec<_> = candidates
                .iter()
                .map(|&(u, p)| UnitJson::brief(hierarchy, u).and("probability", rounded(p, 4)))
                .collect();
            map.serialize_entry("candidates", &units)?;
        }
        if let Some((unit, distance)) = self.located.nearest {
            let unit = UnitJson::brief(hierarchy, unit).and("distance_m", rounded(distance, 2));
            map.serialize_entry("nearest", &unit)?;
        }
        if let Some(responsible) = &self.responsible {
            map.serialize_entry("responsible", responsible)?;
        }
        Ok(())
    }
}

/// `POST /api/locate?crs=&v=|at=&id=`
pub async fn many(
    State(app): State<Shared>,
    scope: Scope,
    query: Query,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let served = app.served(&scope, &query.when()?).await?;
    let (datum, ident) = (query.datum()?, ident(&query)?);
    let shown = served.leaves_shown(&scope);
    let oracle = Oracle { snapshot: Arc::clone(&served.snapshot), datum, shown };
    let (rows, mime): (Box<dyn Rows>, _) = match body::content_type(&parts.headers)?.as_str() {
        "text/csv" => (Box::new(CsvRows::new(oracle)), "text/csv; charset=utf-8"),
        "application/geo+json" => (Box::new(FeatureRows::new(oracle)), "application/geo+json"),
        "application/octet-stream" => {
            check_pairs(&parts.headers)?;
            let rows = PairRows::new(oracle, ident);
            (Box::new(rows.map_err(|f| Problem::parameter("id", f.to_string()))?), "application/octet-stream")
        }
        "application/json" => {
            let bytes = body::whole(&parts.headers, body, JSON_LIMIT).await?;
            let version = served.record.number;
            let pool = app.pool().clone();
            let value = pool.run(move || points(&app, &scope, &served, datum, &bytes)).await??;
            return answer::json(&pool, &parts.headers, version, &value).await;
        }
        other => return Err(Problem::unsupported_type(TYPES, other)),
    };
    locate_stream::answer(&app, served.record.number, &parts.headers, body, rows, mime).await
}

fn ident(query: &Query) -> Result<Ident, Problem> {
    match query.text("id") {
        None | Some("code") => Ok(Ident::Code),
        Some("uid") => Ok(Ident::Uid),
        Some(other) => {
            Err(Problem::parameter("id", format!("expected code or uid, found {:?}", excerpt(other))))
        }
    }
}

/// Refuses at once what can be seen to end in the middle of a pair.
fn check_pairs(headers: &HeaderMap) -> Result<(), Problem> {
    match length(headers) {
        Some(n) if n % 16 != 0 => Err(Problem::bad_request(format!(
            "expected pairs of 16 bytes (lon, lat as f64), found {n} bytes"
        ))),
        _ => Ok(()),
    }
}

/// `{"points":[[lon,lat]…]}` answered one by one; a bad point is answered in its place.
fn points(
    app: &Shared,
    scope: &Scope,
    served: &Served,
    datum: Datum,
    bytes: &[u8],
) -> Result<Value, Problem> {
    let body: Value = serde_json::from_slice(bytes)
        .map_err(|e| Problem::bad_request(format!("expected JSON {{\"points\":[[lon,lat]…]}}: {e}")))?;
    let Some(points) = body.get("points").and_then(Value::as_array) else {
        return Err(Problem::bad_request("expected an array of [lon, lat] pairs").with("pointer", "/points"));
    };
    let answer = |point: &Value| match place_of(point) {
        Ok(place) => {
            let located = app.locate(scope, served, place, datum);
            let answer = Answer {
                version: None,
                place: Some(place),
                datum,
                located: &located,
                responsible: None,
                served,
            };
            serde_json::to_value(answer).unwrap_or_else(|e| json!({"error": e.to_string()}))
        }
        Err(error) => json!({"error": error}),
    };
    let answers: Vec<Value> = points.iter().map(answer).collect();
    Ok(json!({"version": served.record.number, "crs": datum.as_str(), "answers": answers}))
}

fn place_of(point: &Value) -> Result<LonLat, String> {
    let pair = point.as_array().filter(|p| p.len() >= 2).and_then(|p| Some((p[0].as_f64()?, p[1].as_f64()?)));
    let (lon, lat) = pair.ok_or("expected [lon, lat], two numbers of degrees")?;
    LonLat::new(lon, lat).map_err(|bad| bad.to_string())
}

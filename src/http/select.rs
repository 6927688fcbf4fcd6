//! `POST /api/select`: the units that a drawn area or line meets.
//!
//! ```text
//! {"type":"Polygon"|"MultiPolygon"|"LineString"|"MultiLineString","coordinates":…}
//! {"type":"Circle","center":[lon,lat],"radius_m":N}
//! {"type":"Feature","geometry":one of these}
//! ```

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::answer;
use super::body::{JSON_LIMIT, content_type, whole};
use super::negotiate::wants_csv;
use super::problem::Problem;
use super::query::Query;
use super::routes::Shared;
use super::unit_json::rounded;
use crate::access::Scope;
use crate::app::{Drawing, Selected, Served};
use crate::crs::{Datum, LocalPlane, LonLat, Point};

/// The most points of a drawing.
const MOST: usize = 10_000;
/// The largest radius, in metres.
const WIDEST: f64 = 200_000.0;
/// How many corners stand for a circle; its area is that of the circle.
const CORNERS: u32 = 720;

/// `POST /api/select?level=&format=json|csv&crs=&v=|at=`
pub async fn select(
    State(app): State<Shared>,
    scope: Scope,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let mime = content_type(&headers)?;
    if mime != "application/json" && mime != "application/geo+json" {
        return Err(Problem::unsupported_type("application/geo+json or application/json", &mime));
    }
    let datum = query.datum()?;
    let as_csv = wants_csv(&query, &headers)?;
    let bytes = whole(&headers, body, JSON_LIMIT).await?;
    let shape: Shape = serde_json::from_slice(&bytes)
        .map_err(|e| Problem::bad_request(format!("expected a GeoJSON geometry, found: {e}")))?;
    let drawing = shape.drawn(datum).map_err(Problem::bad_request)?;
    let served = app.served(&scope, &query.when()?).await?;
    let found = app.select(&scope, &served, drawing, query.text("level")).await?;
    let rows: Vec<Row> = found.iter().map(|selected| row(&served, selected)).collect();
    let version = served.record.number;
    if as_csv {
        return Ok(answer::uncached("text/csv; charset=utf-8", answer::csv(COLUMNS, &rows)?));
    }
    let body = json!({"version": version, "units": rows}).to_string();
    Ok(answer::uncached("application/json", body.into_bytes()))
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Shape {
    Polygon { coordinates: Vec<Vec<Position>> },
    MultiPolygon { coordinates: Vec<Vec<Vec<Position>>> },
    LineString { coordinates: Vec<Position> },
    MultiLineString { coordinates: Vec<Vec<Position>> },
    Circle { center: Position, radius_m: f64 },
    Feature { geometry: Box<Shape> },
}

impl Shape {
    fn drawn(self, datum: Datum) -> Result<Drawing, String> {
        let parts = match self {
            Self::Feature { geometry } => return geometry.drawn(datum),
            Self::Circle { center, radius_m } => return circle(place(&center, datum)?, radius_m),
            Self::LineString { coordinates } => return lines(vec![coordinates], datum),
            Self::MultiLineString { coordinates } => return lines(coordinates, datum),
            Self::Polygon { coordinates } => coordinates,
            Self::MultiPolygon { coordinates } => coordinates.into_iter().flatten().collect(),
        };
        let mut rings = points(parts, datum)?;
        if rings.is_empty() || rings.iter().any(|ring| ring.len() < 3) {
            return Err("expected rings of 3 points or more".to_owned());
        }
        for ring in &mut rings {
            if ring.first() == ring.last() {
                ring.pop();
            }
        }
        Ok(Drawing::Area(rings))
    }
}

fn lines(lines: Vec<Vec<Position>>, datum: Datum) -> Result<Drawing, String> {
    let lines = points(lines, datum)?;
    match lines.iter().find(|line| line.len() < 2) {
        None if !lines.is_empty() => Ok(Drawing::Lines(lines)),
        _ => Err("expected lines of 2 points or more".to_owned()),
    }
}

fn points(parts: Vec<Vec<Position>>, datum: Datum) -> Result<Vec<Vec<Point>>, String> {
    let many: usize = parts.iter().map(Vec::len).sum();
    if many > MOST {
        return Err(format!("expected at most {MOST} points, found {many}"));
    }
    let lattice = |at: Position| place(&at, datum).map(LonLat::to_lattice);
    parts.into_iter().map(|part| part.into_iter().map(lattice).collect()).collect()
}

/// Longitude and latitude, and a height that says nothing here.
#[derive(Deserialize)]
struct Position(Vec<f64>);

fn place(position: &Position, datum: Datum) -> Result<LonLat, String> {
    let (lon, lat) = match position.0[..] {
        [lon, lat] | [lon, lat, _] => (lon, lat),
        ref other => return Err(format!("expected [lon, lat], found {} numbers", other.len())),
    };
    LonLat::new(lon, lat).map(|place| datum.to_wgs84(place)).map_err(|e| e.to_string())
}

/// A regular polygon as large as the circle; its border is within 2e-5 of the radius.
fn circle(centre: LonLat, radius_m: f64) -> Result<Drawing, String> {
    if !(radius_m > 0.0 && radius_m <= WIDEST) {
        return Err(format!("expected radius_m above 0 and at most {WIDEST}, found {radius_m}"));
    }
    let step = 2.0 * std::f64::consts::PI / f64::from(CORNERS);
    let radius = radius_m * libm::sqrt(step / libm::sin(step));
    let at = centre.to_lattice();
    let plane = LocalPlane::at(centre);
    let ring = (0..CORNERS).map(|i| {
        let (sin, cos) = libm::sincos(f64::from(i) * step);
        // A unit is as wide as it is at the latitude of the corner.
        let (_, north) = plane.metres_per_unit();
        let y = f64::from(at.y) + radius * sin / north;
        let (east, _) = plane.row(y);
        Point::new((f64::from(at.x) + radius * cos / east).round() as i32, y.round() as i32)
    });
    Ok(Drawing::Area(vec![ring.collect()]))
}

const COLUMNS: &[&str] =
    &["uid", "code", "name", "level", "area_m2", "share", "households", "share_of_households", "length_m"];

/// A unit in the answer; the fields are CSV's columns.
#[derive(Serialize)]
struct Row {
    uid: u32,
    code: String,
    name: String,
    level: String,
    area_m2: Option<f64>,
    share: Option<f64>,
    households: Option<u64>,
    share_of_households: Option<f64>,
    length_m: Option<f64>,
}

fn row(served: &Served, selected: &Selected) -> Row {
    let unit = served.snapshot.hierarchy().unit(selected.unit);
    let share = |share: f64| (share * 1e6).round() / 1e6;
    let households = selected.within.and_then(|within| within.households);
    Row {
        uid: unit.uid.0,
        code: unit.code.to_string(),
        name: unit.name.clone(),
        level: served.snapshot.level_name(unit.level).to_owned(),
        area_m2: selected.within.map(|within| rounded(within.area_m2, 2)),
        share: selected.within.map(|within| share(within.share)),
        households: households.map(|(count, _)| count),
        share_of_households: households.map(|(_, of)| share(of)),
        length_m: selected.length_m.map(|metres| rounded(metres, 2)),
    }
}

//! `GET /api/near`: the points of a kind that are nearest to a place, nearest first.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::problem::Problem;
use super::query::Query;
use super::routes::Shared;
use super::unit_json::rounded;
use crate::access::Scope;
use crate::app::When;
use crate::crs::LonLat;

/// The most points in an answer, and how many where no limit is given.
const LIMIT: (usize, usize) = (100, 10);

/// `GET /api/near?lon=&lat=&kind=&limit=&crs=`
pub async fn near(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    let (place, datum) = (query.lon_lat()?, query.datum()?);
    let limit = query.limit(LIMIT.0, LIMIT.1)?;
    let found = app.near(&scope, datum.to_wgs84(place), query.text("kind"), limit).await?;
    let points: Vec<Value> = found
        .iter()
        .map(|hit| {
            let at = LonLat::from_lattice(hit.point.at);
            json!({
                "kind": hit.point.kind,
                "name": hit.point.name,
                "lon": at.lon(),
                "lat": at.lat(),
                "distance_m": rounded(hit.distance_m, 1),
                "attributes": hit.point.attributes,
            })
        })
        .collect();
    let served = app.served(&scope, &When::Now).await?;
    let body =
        json!({"point": {"lon": place.lon(), "lat": place.lat()}, "crs": datum.as_str(), "points": points});
    answer::json(app.pool(), &headers, served.record.number, &body).await
}

//! Whether the server lives, and whether it can answer.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::routes::Shared;

/// `GET /health/live`: the process answers.
pub async fn live() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// `GET /health/ready`: which version is served, which one the store has and how many lie between, and which zooms are
/// built; 503 until the locator and the zooms to 8 are there. A store that is away leaves it at 200, because tiles and
/// lookups go on: `stale_seconds` says since when, and is null while the store answers.
pub async fn ready(State(app): State<Shared>) -> Response {
    let health = app.health();
    let status = if health.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = match (health.ready, health.stale) {
        (false, _) => "starting",
        (true, Some(_)) => "stale",
        (true, None) => "ok",
    };
    let body = json!({
        "status": word,
        "version": health.version,
        "store_version": health.store_version,
        "lag": health.lag(),
        "stale_seconds": health.stale.map(|s| s.as_secs()),
        "zooms_ready": health.zooms_ready,
    });
    (status, Json(body)).into_response()
}

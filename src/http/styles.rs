//! MapLibre styles, served as they stand in `styles/` but for `{origin}`, which becomes the server's own.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use rust_embed::RustEmbed;
use serde_json::json;

use super::answer;
use super::negotiate::origin;
use super::problem::Problem;
use super::routes::{Segments, Shared};

#[derive(RustEmbed)]
#[folder = "styles/"]
#[include = "*.json"]
#[allow_missing = true]
struct Styles;

/// `GET /styles.json`
pub async fn list(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    let origin = origin(&headers)?;
    let styles: Vec<_> = Styles::iter()
        .filter_map(|file| Some(file.strip_suffix(".json")?.to_owned()))
        .map(|name| json!({"name": name, "url": format!("{origin}/styles/{name}.json")}))
        .collect();
    let body = json!({"styles": styles});
    answer::json(app.pool(), &headers, app.version(), &body).await.map(by_host)
}

/// `GET /styles/{name}.json`
pub async fn style(
    State(app): State<Shared>,
    headers: HeaderMap,
    Segments(file): Segments<String>,
) -> Result<Response, Problem> {
    let Some(style) = Styles::get(&file) else {
        let names: Vec<_> = Styles::iter().collect();
        return Err(Problem::not_found(format!("expected one of {}, found {file:?}", names.join(", "))));
    };
    let text = String::from_utf8_lossy(&style.data).replace("{origin}", &origin(&headers)?);
    let answer =
        answer::text(app.pool(), &headers, app.version(), "application/json", text.into_bytes()).await;
    answer.map(by_host)
}

/// An answer with absolute URLs depends on how the caller names the server.
pub fn by_host(mut response: Response) -> Response {
    let vary = HeaderValue::from_static("host, x-forwarded-host, x-forwarded-proto");
    response.headers_mut().append(header::VARY, vary);
    response
}

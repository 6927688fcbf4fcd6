//! MapLibre styles, served as they stand in `styles/` but for `{origin}`, which becomes the server's own; dressed where
//! an operator set a background map or an attribution, or a caller asks for an overlay.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use rust_embed::RustEmbed;
use serde_json::{Value, json};

use super::negotiate::origin;
use super::problem::Problem;
use super::query::Query;
use super::routes::{Segments, Shared};
use super::{answer, dress};
use crate::access::Scope;
use crate::app::App;

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

/// `GET /styles/{name}.json?overlay=`
pub async fn style(
    State(app): State<Shared>,
    headers: HeaderMap,
    scope: Scope,
    Segments(file): Segments<String>,
    query: Query,
) -> Result<Response, Problem> {
    let Some(style) = Styles::get(&file) else {
        let names: Vec<_> = Styles::iter().collect();
        return Err(Problem::not_found(format!("expected one of {}, found {file:?}", names.join(", "))));
    };
    let overlay = query.parse("overlay", "true or false")?.unwrap_or(false);
    let text = dressed(&app, &scope, &style.data, overlay, query.token().as_deref())?;
    let text = text.replace("{origin}", &origin(&headers)?);
    let answer =
        answer::text(app.pool(), &headers, app.version(), "application/json", text.into_bytes()).await;
    answer.map(by_host)
}

/// The style as this server serves it; as it stands, to the byte, where there is nothing to add.
fn dressed(
    app: &App,
    scope: &Scope,
    style: &[u8],
    overlay: bool,
    token: Option<&str>,
) -> Result<String, Problem> {
    let background = app.background(scope).filter(|_| !overlay);
    if background.is_none() && app.attribution().is_none() && !overlay && token.is_none() {
        return Ok(String::from_utf8_lossy(style).into_owned());
    }
    let mut style: Value = serde_json::from_slice(style).map_err(|e| Problem::internal(&e))?;
    if overlay {
        dress::overlay(&mut style);
    }
    if let Some(background) = background {
        dress::over_background(&mut style, background);
    }
    if let Some(attribution) = app.attribution() {
        dress::attribute(&mut style, attribution);
    }
    if let Some(token) = token {
        dress::with_token(&mut style, token);
    }
    Ok(style.to_string())
}

/// An answer with absolute URLs depends on how the caller names the server.
pub fn by_host(mut response: Response) -> Response {
    let vary = HeaderValue::from_static("host, x-forwarded-host, x-forwarded-proto");
    response.headers_mut().append(header::VARY, vary);
    response
}

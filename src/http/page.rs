//! The page, built into the binary; a plain notice where it was not built.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;

use super::answer::{self, FOR_EVER, REVALIDATE};
use super::negotiate;
use super::problem::Problem;
use super::routes::{Segments, Shared};
use crate::app::Encoding;

#[derive(RustEmbed)]
#[folder = "web/dist/"]
#[allow_missing = true]
struct Dist;

const NOTICE: &str = include_str!("notice.html");

/// `GET /`
pub async fn index(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    document(&app, &headers, "index.html").await
}

/// `GET /sign-in`
pub async fn sign_in(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    document(&app, &headers, "sign-in.html").await
}

/// `GET /account`
pub async fn account(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    document(&app, &headers, "account.html").await
}

/// `GET /api/docs`
pub async fn docs(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    document(&app, &headers, "docs.html").await
}

async fn document(app: &Shared, headers: &HeaderMap, name: &str) -> Result<Response, Problem> {
    if Dist::get(name).is_none() {
        return Ok(Html(NOTICE).into_response());
    }
    file(app, headers, name, REVALIDATE).await
}

/// `GET /assets/{path}`: names carry a hash of their content.
pub async fn asset(
    State(app): State<Shared>,
    headers: HeaderMap,
    Segments(path): Segments<String>,
) -> Result<Response, Problem> {
    file(&app, &headers, &format!("assets/{path}"), FOR_EVER).await
}

async fn file(
    app: &Shared,
    headers: &HeaderMap,
    path: &str,
    caching: &'static str,
) -> Result<Response, Problem> {
    let Some(found) = Dist::get(path) else {
        return Err(Problem::not_found(format!("there is nothing at /{path}")));
    };
    let mime = mime_of(path);
    let packed = mime.starts_with("image/png") || mime.starts_with("font/");
    let encoding = if packed { Encoding::Identity } else { negotiate::encoding(headers) };
    let body = app.asset(path, encoding, found.data.into_owned()).await?;
    answer::kept(headers, body, HeaderValue::from_static(mime), caching)
}

/// The types of what Vite writes.
fn mime_of(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "pbf" => "application/x-protobuf",
        _ => "application/octet-stream",
    }
}

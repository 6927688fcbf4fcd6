//! What answers have in common: JSON with a version and an ETag, kept bodies, 304.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use super::negotiate;
use super::problem::Problem;
use super::routes::WANGGE_VERSION;
use crate::app::{self, Encoding, Pool, digest};

/// May be kept, must be asked for again.
pub const REVALIDATE: &str = "no-cache";
/// Must not be kept, neither by the browser nor on the way.
pub const NEVER: &str = "no-store";
/// Never changes.
pub const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// JSON bodies from this length on are compressed, on the pool.
const WORTH: usize = 4096;

/// `value` as JSON of a version, for a caller who may have it already.
///
/// # Errors
/// 500 where the value has no JSON, which no value here does.
pub async fn json(
    pool: &Pool,
    headers: &HeaderMap,
    version: u64,
    value: &impl Serialize,
) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(value).map_err(|e| Problem::internal(&e))?;
    text(pool, headers, version, "application/json", bytes).await
}

/// A body of text of a version, for a caller who may have it already.
///
/// # Errors
/// 500 where compression failed.
pub async fn text(
    pool: &Pool,
    headers: &HeaderMap,
    version: u64,
    mime: &'static str,
    bytes: Vec<u8>,
) -> Result<Response, Problem> {
    let encoding = if bytes.len() < WORTH { Encoding::Identity } else { negotiate::encoding(headers) };
    let suffix = encoding.token().map_or(String::new(), |t| format!("-{t}"));
    let etag = format!("\"{}{suffix}\"", digest(&bytes));
    let mut response = if negotiate::holds(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if encoding == Encoding::Identity {
        Body::from(bytes).into_response()
    } else {
        let bytes = pool.run(move || encoding.apply(&bytes)).await?;
        Body::from(bytes).into_response()
    };
    let status = response.status();
    let headers = response.headers_mut();
    if status == StatusCode::OK {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
        encoded(headers, encoding);
    }
    describe(headers, &etag, REVALIDATE)?;
    headers.insert(WANGGE_VERSION, version.into());
    Ok(response)
}

/// `value` as JSON of a version, for this caller and this time: it is kept nowhere.
pub fn once(version: u64, value: &Value) -> Response {
    let mut response = private(value);
    response.headers_mut().insert(WANGGE_VERSION, version.into());
    response
}

/// `value` as JSON for this caller alone: it is kept nowhere.
pub fn private(value: &Value) -> Response {
    uncached("application/json", value.to_string().into_bytes())
}

/// A body that nobody keeps.
pub fn uncached(mime: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(NEVER));
    response
}

/// Rows as CSV under the names of their fields.
///
/// # Errors
/// 500 where a row is no row.
pub fn csv<R: Serialize>(columns: &[&str], rows: &[R]) -> Result<Vec<u8>, Problem> {
    let write = || {
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
        writer.write_record(columns)?;
        rows.iter().try_for_each(|row| writer.serialize(row))?;
        writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))
    };
    write().map_err(|e| Problem::internal(&e))
}

/// A body from the cache: 200, 204 where it is empty, or 304.
///
/// # Errors
/// 500 where its ETag is no header, which none is.
pub fn kept(
    headers: &HeaderMap,
    body: app::Body,
    mime: HeaderValue,
    caching: &'static str,
) -> Result<Response, Problem> {
    let mut response = if negotiate::holds(headers, &body.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if body.bytes.is_empty() {
        StatusCode::NO_CONTENT.into_response()
    } else {
        Body::from(body.bytes).into_response()
    };
    let status = response.status();
    let headers = response.headers_mut();
    if status == StatusCode::OK {
        headers.insert(header::CONTENT_TYPE, mime);
        encoded(headers, body.encoding);
    }
    describe(headers, &body.etag, caching)?;
    Ok(response)
}

fn encoded(headers: &mut HeaderMap, encoding: Encoding) {
    if let Some(token) = encoding.token() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(token));
    }
}

fn describe(headers: &mut HeaderMap, etag: &str, caching: &'static str) -> Result<(), Problem> {
    let etag = HeaderValue::from_str(etag).map_err(|e| Problem::internal(&e))?;
    headers.insert(header::ETAG, etag);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    Ok(())
}

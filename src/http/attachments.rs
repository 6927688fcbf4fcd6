//! `/api/plans/{plan}/attachments/{name}`: files that lie with a plan. They come as they were sent, for a disk and not for
//! a browser: whatever is in them runs nowhere.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use super::answer;
use super::body::whole;
use super::plan_json::of_plan;
use super::plans::{number, on_revision};
use super::problem::Problem;
use super::routes::{Segments, Shared};
use crate::access::Scope;
use crate::app::plans::Sent;

/// The most bytes of a file.
const LIMIT: usize = 20 * 1024 * 1024;
/// The most characters of a media type.
const LONGEST_TYPE: usize = 100;
/// What a file is of which nobody says what it is.
const ANY: &str = "application/octet-stream";
/// What a browser that shows a file all the same may do with it.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");

/// `PUT /api/plans/{plan}/attachments/{name}`: the plan.
pub async fn put(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments((id, name)): Segments<(String, String)>,
    body: Body,
) -> Result<Response, Problem> {
    let (id, on, media_type) = (number(&id, "plan")?, on_revision(&headers)?, media_type(&headers)?);
    let body = whole(&headers, body, LIMIT).await?.into();
    Ok(of_plan(&app.attach(&scope, id, on, Sent { name, media_type, body }).await?))
}

/// `GET /api/plans/{plan}/attachments/{name}`
pub async fn get(
    State(app): State<Shared>,
    scope: Scope,
    Segments((id, name)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let (file, body) = app.attachment(&scope, number(&id, "plan")?, &name).await?;
    let mut response = answer::uncached(ANY, body);
    let headers = response.headers_mut();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|e| Problem::internal(&e));
    headers.insert(header::CONTENT_TYPE, value(&file.media_type)?);
    headers.insert(header::CONTENT_DISPOSITION, value(&disposition(&file.name))?);
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}

/// `DELETE /api/plans/{plan}/attachments/{name}`: the plan.
pub async fn take_away(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments((id, name)): Segments<(String, String)>,
) -> Result<Response, Problem> {
    let id = number(&id, "plan")?;
    Ok(of_plan(&app.detach(&scope, id, on_revision(&headers)?, &name).await?))
}

/// What the sender says that it is.
fn media_type(headers: &HeaderMap) -> Result<String, Problem> {
    if let Some(coding) = headers.get(header::CONTENT_ENCODING).filter(|c| c.as_bytes() != b"identity") {
        let found = String::from_utf8_lossy(coding.as_bytes());
        return Err(Problem::unsupported_type("identity encoding (not compressed)", &found));
    }
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(ANY.to_owned()) };
    let text = value.to_str().ok().map(str::trim).filter(|text| {
        text.len() <= LONGEST_TYPE
            && text.split_once('/').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty())
    });
    text.map(str::to_owned).ok_or_else(|| {
        let found = String::from_utf8_lossy(value.as_bytes());
        Problem::unsupported_type("a media type, as application/pdf", crate::app::excerpt(&found))
    })
}

/// To be kept under its name (RFC 6266, with the name as RFC 8187 has it).
fn disposition(name: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(byte);
    let encoded: String = name
        .bytes()
        .map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    format!("attachment; filename*=UTF-8''{encoded}")
}

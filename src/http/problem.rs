//! The one place where errors become responses: `application/problem+json` (RFC 9457).
//!
//! In: what was expected, what was found, where. Out: `type`, `title`, `status`, `detail`, and a `parameter` (of the
//! query or the path), a `pointer` (into a JSON body) or other members. Inner causes are logged once, here, and never sent.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::{plan_json, unit_json};
use crate::app;

/// An error on its way out. Behind a pointer, because few answers are one.
#[derive(Debug)]
pub struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    detail: String,
    members: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem of that status; `detail` says what was expected and what was found.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self(Box::new(Parts { status, detail: detail.into(), members: Map::new(), headers: Vec::new() }))
    }

    /// 400.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// 400, about a parameter of the query or a part of the path.
    pub fn parameter(name: &str, detail: impl Into<String>) -> Self {
        Self::bad_request(detail).with("parameter", name)
    }

    /// 401: nothing is known of the caller, and it would help if something were.
    pub fn unknown(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"wangge\""))
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 413: the body is longer than `limit` bytes. The connection ends with the answer.
    pub fn too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("expected a body of at most {limit} bytes, found more"),
        )
        .header(header::CONNECTION, HeaderValue::from_static("close"))
    }

    /// 415: `found` is not among the content types that are `expected` here.
    pub fn unsupported_type(expected: &str, found: &str) -> Self {
        let found = app::excerpt(found);
        let detail = format!("expected a body of type {expected}, found {found:?}");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
    }

    /// 500; `cause` goes to the log and no further.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the server could not do this; its log says why")
    }

    /// The same with another member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Parts { status, detail, members, headers: more } = *self.0;
        let mut body = Map::new();
        body.insert("type".into(), "about:blank".into());
        body.insert("title".into(), status.canonical_reason().unwrap_or("Error").into());
        body.insert("status".into(), status.as_u16().into());
        body.insert("detail".into(), detail.into());
        body.extend(members);
        let mut response = (status, Value::Object(body).to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(more);
        response
    }
}

impl From<app::Error> for Problem {
    fn from(error: app::Error) -> Self {
        use app::Error;
        match error {
            Error::Bad { field, detail } => Self::parameter(field, detail),
            Error::Missing(detail) => Self::not_found(detail),
            Error::Build { detail, current } => Self::not_found(detail).with("current", current),
            Error::Gone { detail, became, version } => {
                let codes: Vec<_> = became.iter().map(|inherited| &inherited.row.to.1).collect();
                Self::new(StatusCode::GONE, detail)
                    .with("became", json!(codes))
                    .with("lineage", became.iter().map(unit_json::heir).collect::<Vec<_>>())
                    .with("version", version)
            }
            Error::Unknown(detail) => Self::unknown(detail),
            Error::Forbidden(detail) => Self::new(StatusCode::FORBIDDEN, detail),
            Error::Conflict(detail) => Self::new(StatusCode::CONFLICT, detail),
            Error::Unconditional(detail) => Self::new(StatusCode::PRECONDITION_REQUIRED, detail),
            Error::Stale { detail, current } => {
                Self::new(StatusCode::PRECONDITION_FAILED, detail).with("revision", current)
            }
            Error::Refused(refused) => plan_json::refused(&refused),
            Error::Conflicts(ref found) => plan_json::conflicts(error.to_string(), found),
            Error::Unfinished(ref found) => plan_json::unfinished(error.to_string(), found),
            Error::Limited { detail, seconds } => Self::new(StatusCode::TOO_MANY_REQUESTS, detail)
                .header(header::RETRY_AFTER, HeaderValue::from(seconds)),
            Error::Busy(detail) => Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
                .header(header::RETRY_AFTER, HeaderValue::from_static("1")),
            Error::Away { cause } => {
                tracing::warn!(%cause, "a request needed the store, which is away");
                let detail =
                    "the store cannot be reached; the current version is served from memory meanwhile";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
                    .header(header::RETRY_AFTER, HeaderValue::from_static("5"))
            }
            Error::Outage { detail, cause } => {
                if !cause.is_empty() {
                    tracing::warn!(%cause, "{detail}");
                }
                Self::new(StatusCode::BAD_GATEWAY, detail)
            }
            Error::Internal(cause) => Self::internal(&cause),
        }
    }
}

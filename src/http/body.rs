//! Bodies on the way in: their type, their length, and callers that stop half way.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::{Bytes, BytesMut};
use futures_util::{FutureExt, StreamExt};
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// The most bytes of a JSON body.
pub const JSON_LIMIT: usize = 2 * 1024 * 1024;
/// How long a caller may send nothing of a body it has begun.
const STALL: Duration = Duration::from_secs(30);
/// How much of a refused body is read on, and for how long, so that the caller gets to see the answer instead of a
/// broken connection.
const LINGER: (usize, Duration) = (256 * 1024, Duration::from_secs(1));

/// The content type without parameters, in lower case; empty where there is none.
///
/// # Errors
/// 415 for an encoded body, or text that is not UTF-8.
pub fn content_type(headers: &HeaderMap) -> Result<String, Problem> {
    if let Some(coding) = headers.get(header::CONTENT_ENCODING).filter(|c| c.as_bytes() != b"identity") {
        return Err(Problem::unsupported_type(
            "identity encoding (not compressed)",
            &printable(coding.as_bytes()),
        ));
    }
    let value = headers.get(header::CONTENT_TYPE).map_or(String::new(), |v| printable(v.as_bytes()));
    let mut parts = value.split(';').map(|p| p.trim().to_ascii_lowercase());
    let mime = parts.next().unwrap_or_default();
    match parts.find_map(|p| p.strip_prefix("charset=").map(|c| c.trim_matches('"').to_owned())) {
        Some(charset) if charset != "utf-8" && charset != "utf8" && charset != "us-ascii" => {
            Err(Problem::unsupported_type("text in UTF-8", &charset))
        }
        _ => Ok(mime),
    }
}

fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What `Content-Length` says.
pub fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The whole body, of at most `limit` bytes.
///
/// # Errors
/// 413 where it is longer (told by `Content-Length` without reading, or after `limit` bytes), 408 where it stalls,
/// 400 where it breaks off.
pub async fn whole(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut body = Incoming::new(body);
    let mut bytes = BytesMut::new();
    let mut fits = length(headers).is_none_or(|n| n <= limit as u64);
    while fits && let Some(chunk) = body.next().await? {
        bytes.extend_from_slice(&chunk);
        fits = bytes.len() <= limit;
    }
    if fits {
        return Ok(bytes.freeze());
    }
    // With `Expect: 100-continue` nothing has been sent yet, and reading would ask for it.
    if !headers.contains_key(header::EXPECT) {
        body.linger();
    }
    Err(Problem::too_large(limit))
}

/// What a body gave that was no piece: its end, or an error.
type Held = Option<Result<Bytes, axum::Error>>;

/// A body read piece by piece, with a limit on how long it may stall.
pub struct Incoming {
    stream: BodyDataStream,
    /// What came while [`Incoming::ready`] looked, and was no piece.
    held: Option<Held>,
}

impl Incoming {
    /// Of a request's body.
    pub fn new(body: Body) -> Self {
        Self { stream: body.into_data_stream(), held: None }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// 408 where nothing comes, 400 where the body breaks off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let next = match self.held.take() {
            Some(held) => Ok(held),
            None => tokio::time::timeout(STALL, self.stream.next()).await,
        };
        match next {
            Err(_) => Err(Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                format!("expected the rest of the body, found nothing for {} s", STALL.as_secs()),
            )),
            Ok(None) => Ok(None),
            Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
            Ok(Some(Err(error))) => {
                tracing::debug!(%error, "a body broke off");
                Err(Problem::bad_request("expected the rest of the body, found the end of the connection"))
            }
        }
    }

    /// The next piece, if it has already arrived.
    pub fn ready(&mut self) -> Option<Bytes> {
        if self.held.is_some() {
            return None;
        }
        match self.stream.next().now_or_never()? {
            Some(Ok(bytes)) => Some(bytes),
            other => {
                self.held = Some(other);
                None
            }
        }
    }

    /// Reads on a little in the background and drops what comes.
    pub fn linger(mut self) {
        let (most, time) = LINGER;
        tokio::spawn(tokio::time::timeout(time, async move {
            let mut read = 0;
            while read < most
                && let Ok(Some(bytes)) = self.next().await
            {
                read += bytes.len();
            }
        }));
    }
}

/// The most bytes of a small JSON body.
const SMALL_LIMIT: usize = 64 * 1024;

/// What a small JSON body must look like, for whoever sent something else.
pub trait Form: DeserializeOwned {
    /// As in `{"name", "password"}`.
    const FORM: &'static str;
}

/// A small JSON body of a form. What was sent instead is not repeated: it may be a password.
pub struct Small<T>(pub T);

impl<T: Form, S: Send + Sync> FromRequest<S> for Small<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let mime = content_type(&parts.headers)?;
        if mime != "application/json" {
            return Err(Problem::unsupported_type("application/json", &mime));
        }
        let bytes = whole(&parts.headers, body, SMALL_LIMIT).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let found = if error.is_data() { "something else" } else { "no JSON" };
            Problem::bad_request(format!(
                "expected {}, found {found} at line {line}, column {column}",
                T::FORM
            ))
        })
    }
}

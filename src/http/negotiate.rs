//! What a request's headers ask for: which encoding, whether its copy still holds, in which form, and under what name it knows us.

use std::str::FromStr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::problem::Problem;
use super::query::Query;
use crate::app::{Encoding, excerpt};

/// The best encoding the caller accepts: highest q, then brotli, gzip, identity.
pub fn encoding(headers: &HeaderMap) -> Encoding {
    let Some(accept) = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()) else {
        return Encoding::Identity;
    };
    let weight = |name: &str| weight_of(accept, name).or_else(|| weight_of(accept, "*")).unwrap_or(0);
    let (brotli, gzip) = (weight("br"), weight("gzip"));
    let identity = weight_of(accept, "identity").unwrap_or(0);
    match brotli.max(gzip) {
        0 => Encoding::Identity,
        best if identity > best => Encoding::Identity,
        best if brotli == best => Encoding::Brotli,
        _ => Encoding::Gzip,
    }
}

/// The q of an encoding in thousandths; `None` where it is not named.
fn weight_of(accept: &str, name: &str) -> Option<u16> {
    accept.split(',').find_map(|item| {
        let mut parts = item.split(';').map(str::trim);
        if !parts.next()?.eq_ignore_ascii_case(name) {
            return None;
        }
        let q = parts.find_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q=")));
        let q: f64 = q.map_or(Some(1.0), |q| q.parse().ok()).unwrap_or(0.0);
        Some((q.clamp(0.0, 1.0) * 1000.0) as u16)
    })
}

/// Whether `If-None-Match` names `etag` (weakly compared, RFC 9110 §13.1.2).
pub fn holds(headers: &HeaderMap, etag: &str) -> bool {
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .any(|list| list.split(',').any(|tag| tag.trim() == "*" || strong(tag) == strong(etag)))
}

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// How callers reach the server, as its operator says: `https://map.example.gov.cn`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    scheme: HeaderValue,
    host: HeaderValue,
}

impl FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str =
            "expected http:// or https:// and a host, as https://map.example.org, without a path";
        let (scheme, host) = text.trim_end_matches('/').split_once("://").ok_or(EXPECTED)?;
        if !matches!(scheme, "http" | "https") || host.is_empty() || !is_host(host) {
            return Err(EXPECTED);
        }
        let value = |text: &str| HeaderValue::from_str(text).map_err(|_| EXPECTED);
        Ok(Self { scheme: value(scheme)?, host: value(&host.to_ascii_lowercase())? })
    }
}

/// Has every request say how the server is reached, where its operator does.
pub async fn reached(State(public): State<Option<PublicUrl>>, mut request: Request, next: Next) -> Response {
    if let Some(PublicUrl { scheme, host }) = public {
        let headers = request.headers_mut();
        headers.insert(FORWARDED_PROTO, scheme);
        headers.insert(FORWARDED_HOST, host);
    }
    next.run(request).await
}

fn is_host(text: &str) -> bool {
    let fits = |c: u8| c.is_ascii_alphanumeric() || b".-_:[]".contains(&c);
    text.len() <= 255 && text.bytes().all(fits)
}

/// `scheme://host` as the caller knows it: from `X-Forwarded-Proto` and `-Host`, then `Host`.
///
/// # Errors
/// 400 where the host holds anything but a name or address and a port.
pub fn origin(headers: &HeaderMap) -> Result<String, Problem> {
    let first = |name: HeaderName| {
        headers.get(name).and_then(|v| v.to_str().ok()).and_then(|v| v.split(',').next()).map(str::trim)
    };
    let host = first(FORWARDED_HOST)
        .or_else(|| first(header::HOST))
        .filter(|h| !h.is_empty())
        .unwrap_or("localhost");
    let scheme = match first(FORWARDED_PROTO) {
        Some("https") => "https",
        _ => "http",
    };
    if !is_host(host) {
        return Err(Problem::bad_request(
            "expected a Host header with a name and a port, found something else",
        ));
    }
    Ok(format!("{scheme}://{host}"))
}

/// Whether rows are asked for as CSV: by `format`, or else by what is accepted.
///
/// # Errors
/// 400 for a format that is neither CSV nor JSON.
pub fn wants_csv(query: &Query, headers: &HeaderMap) -> Result<bool, Problem> {
    match query.text("format") {
        None => Ok(headers.get(header::ACCEPT).is_some_and(|a| a.as_bytes().starts_with(b"text/csv"))),
        Some("csv") => Ok(true),
        Some("json") => Ok(false),
        Some(other) => {
            let found = excerpt(other);
            Err(Problem::parameter("format", format!("expected json or csv, found {found:?}")))
        }
    }
}

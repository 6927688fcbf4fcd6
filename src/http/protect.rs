//! What every answer tells browsers: what they may run, frame, guess and keep.
//!
//! The page runs its own files and nothing else: no inline script, no inline style, nothing from elsewhere. What is not the
//! page runs nothing at all.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::answer::{FOR_EVER, REVALIDATE};
use super::server::Peer;
use crate::access::{Scope, Who};

/// What the page may do; MapLibre draws pictures that it made itself.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    connect-src 'self'; worker-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'";
/// What everything else may do.
const DATA: &str = "default-src 'none'";
/// Who was reached by TLS once is not asked for without it, for a year.
const STRICT_TRANSPORT: &str = "max-age=31536000";
/// The page asks where somebody is, where they want that; nothing else of the machine.
const PERMISSIONS: &str = "geolocation=(self), camera=(), microphone=(), payment=(), usb=()";
const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// The policies, made once.
pub struct Policies {
    page: HeaderValue,
    data: HeaderValue,
    framed: bool,
}

impl Policies {
    /// With the origins whose pages may frame ours.
    pub fn new(framers: &[HeaderValue]) -> Self {
        let names: Vec<&str> = framers.iter().filter_map(|origin| origin.to_str().ok()).collect();
        let ancestors =
            if names.is_empty() { "'none'".to_owned() } else { format!("'self' {}", names.join(" ")) };
        let policy = |what: &str| {
            let text = format!("{what}; frame-ancestors {ancestors}");
            HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
        };
        Self { page: policy(PAGE), data: policy(DATA), framed: !names.is_empty() }
    }

    /// A worker goes by the policy of its own script, not by the page's: it fetches tiles.
    fn of(&self, headers: &HeaderMap) -> HeaderValue {
        let mime = headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
        let runs = mime.starts_with(b"text/html") || mime.starts_with(b"text/javascript");
        if runs { self.page.clone() } else { self.data.clone() }
    }
}

/// Adds the headers.
pub async fn protect(State(policies): State<Arc<Policies>>, request: Request, next: Next) -> Response {
    let tls = request.extensions().get::<Peer>().is_some_and(|peer| peer.tls);
    let mut response = next.run(request).await;
    let policy = policies.of(response.headers());
    let unchanged = response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    // What has not changed keeps the policy that it came with: a browser would put this one in its place. So does what has
    // one of its own, which is narrower.
    if !unchanged && !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS));
    if !policies.framed {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    if tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STRICT_TRANSPORT));
    }
    response
}

/// Keeps what somebody who is known was told out of the caches that others share.
pub async fn keep_apart(request: Request, next: Next) -> Response {
    let known = request.extensions().get::<Scope>().is_some_and(|scope| !is_anybodys(scope));
    let mut response = next.run(request).await;
    if !known {
        return response;
    }
    let apart = match response.headers().get(header::CACHE_CONTROL).map(HeaderValue::as_bytes) {
        Some(kept) if kept == REVALIDATE.as_bytes() => "private, no-cache",
        Some(kept) if kept == FOR_EVER.as_bytes() => "private, max-age=31536000, immutable",
        _ => return response,
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(apart));
    response
}

fn is_anybodys(scope: &Scope) -> bool {
    matches!(scope.who(), Who::Nobody | Who::Everyone)
}

//! What a request shows of who sends it, and what may be believed of it.
//!
//! ```text
//! Authorization: Bearer wk_…              a key, or a page's token
//! Authorization: Basic (name:wk_…)        a key, from programs that only know passwords: QGIS, GDAL
//! ?token=wt_…                             a page's token, from clients that cannot set headers
//! Cookie: wangge=ws_…                     a session; only from the server's own pages
//! ```
//!
//! Any site can make a browser send a request, and the browser adds the cookie. So a cookie counts only where the browser
//! says that the request comes from this server's own page, and what changes something is refused to other pages.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::negotiate;
use crate::access::{Secret, SecretKind};

/// The session's cookie: over plain HTTP, and by TLS, where browsers hold it to this very host.
const COOKIES: [&str; 2] = ["wangge", "__Host-wangge"];

/// What was shown.
#[derive(Clone, Debug)]
pub enum Shown {
    /// Nothing, or nothing that is ours.
    Nothing,
    /// What begins as a key of ours and is none: not copied whole, perhaps.
    Broken,
    /// Something of the form of a secret of ours, in a header or in the address.
    Secret(Secret),
    /// A session's cookie, from a page of our own.
    Cookie(Secret),
}

impl Shown {
    /// The secret, whichever way it came.
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Nothing | Self::Broken => None,
            Self::Secret(secret) | Self::Cookie(secret) => Some(secret),
        }
    }
}

/// From where a request comes, as the browser tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A page of this server.
    Own,
    /// A page of another.
    Foreign,
    /// The browser does not say, or it is none.
    Unsaid,
}

/// What a request shows.
pub fn shown(parts: &Parts) -> Shown {
    if let Some(shown) = authorization(&parts.headers).or_else(|| token(parts.uri.query()?)) {
        return shown;
    }
    match cookie(&parts.headers) {
        Some(secret) if may_carry_a_cookie(parts) => Shown::Cookie(secret),
        _ => Shown::Nothing,
    }
}

/// Whether a request that changes something may be heard, as far as its source goes.
pub fn may_change(parts: &Parts) -> bool {
    match source(&parts.headers) {
        Source::Own => true,
        Source::Foreign => false,
        // No browser, which would say; or one with a cookie, which must say.
        Source::Unsaid => cookie(&parts.headers).is_none(),
    }
}

/// Whether a method changes nothing.
pub fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn may_carry_a_cookie(parts: &Parts) -> bool {
    match source(&parts.headers) {
        Source::Own => true,
        Source::Foreign => false,
        Source::Unsaid => is_safe(&parts.method),
    }
}

/// From where a request comes: by `Origin`, which scripts cannot forge, else by what else the browser says.
pub fn source(headers: &HeaderMap) -> Source {
    if let Some(origin) = headers.get(header::ORIGIN) {
        return if is_own(headers, origin) { Source::Own } else { Source::Foreign };
    }
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(b"same-origin") => Source::Own,
        Some(b"cross-site" | b"same-site") => Source::Foreign,
        _ => Source::Unsaid,
    }
}

/// Whether an origin is this server's, by the name that the caller knows it by. The scheme may differ: a proxy may speak
/// TLS for the server.
fn is_own(headers: &HeaderMap, origin: &HeaderValue) -> bool {
    let host = |url: &str| url.split_once("://").map(|(_, host)| host.to_ascii_lowercase());
    let own = negotiate::origin(headers).ok().and_then(|own| host(&own));
    own.is_some() && origin.to_str().ok().and_then(host) == own
}

fn authorization(headers: &HeaderMap) -> Option<Shown> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return presented(rest.trim());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = Zeroizing::new(STANDARD.decode(rest.trim()).ok()?);
    let (_, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    presented(password)
}

fn token(query: &str) -> Option<Shown> {
    let text = query.split('&').find_map(|pair| pair.strip_prefix("token="))?;
    // The address stands in logs and histories: only what is made for it counts there.
    match presented(text)? {
        Shown::Secret(secret) if secret.kind() != SecretKind::Token => None,
        shown => Some(shown),
    }
}

/// A key or a token, or what should be one; `None` for what is no secret of ours, or a session's.
fn presented(text: &str) -> Option<Shown> {
    match Secret::parse(text) {
        Some(secret) if matches!(secret.kind(), SecretKind::Key | SecretKind::Token) => {
            Some(Shown::Secret(secret))
        }
        None if text.starts_with("wk_") || text.starts_with("wt_") => Some(Shown::Broken),
        _ => None,
    }
}

/// The session that a cookie names; the first that is one, where there are several of the name.
pub fn cookie(headers: &HeaderMap) -> Option<Secret> {
    cookies(headers).find_map(|(name, value)| {
        let secret = COOKIES.contains(&name).then(|| Secret::parse(value)).flatten()?;
        (secret.kind() == SecretKind::Session).then_some(secret)
    })
}

/// Names and values of all cookies.
pub fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lists = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    lists.flat_map(|all| all.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

/// The header that gives a browser its session, for as long as that holds at most.
pub fn set_cookie(secret: &Secret, secure: bool, seconds: i64) -> Option<HeaderValue> {
    let text = secret.reveal();
    let value = Zeroizing::new(format!("{}; Max-Age={seconds}", cookie_text(&text, secure)));
    let mut value = HeaderValue::from_str(&value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The header that takes it away again.
pub fn remove_cookie(secure: bool) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("{}; Max-Age=0", cookie_text("", secure))).ok()
}

fn cookie_text(value: &str, secure: bool) -> String {
    let (name, flag) = if secure { (COOKIES[1], "; Secure") } else { (COOKIES[0], "") };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{flag}")
}

//! `/sign-in/oidc` and `/sign-in/oidc/callback`: to the provider of single sign-on, and back.
//!
//! ```text
//! begin     cookie: visit.to ─▶ 303 to the provider
//! callback  cookie taken away ─▶ 303 to `to`, with a session   or   303 to /sign-in#refused=WORD
//! ```
//!
//! The browser holds all there is of a visit, in a cookie that comes along from the provider's page (`SameSite=Lax`) and to
//! these two paths only.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use zeroize::Zeroizing;

use super::answer::NEVER;
use super::credentials::cookies;
use super::negotiate;
use super::problem::Problem;
use super::query::Query;
use super::routes::Shared;
use super::session::{Secure, session_cookie};
use crate::access::{Scope, Secret};
use crate::app::{Refusal, Return, SingleSignOn};

/// Where a visit begins.
pub const BEGIN: &str = "/sign-in/oidc";
/// Where the provider sends the browser back to.
const BACK: &str = "/sign-in/oidc/callback";
/// Where somebody signs in.
pub const SIGN_IN: &str = "/sign-in";

/// The visit's cookie: over plain HTTP, and by TLS.
const COOKIES: [&str; 2] = ["wangge-visit", "__Secure-wangge-visit"];
/// How long a visit may take, in seconds.
const VISIT: u32 = 600;
/// The longest path to go to afterwards; longer ones would not fit into a cookie.
const LONGEST: usize = 2000;

/// `GET /sign-in/oidc`: to the provider; `to` is where to go afterwards.
pub async fn begin(
    State(app): State<Shared>,
    secure: Secure,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    let (provider, origin) = (provider(&app)?, negotiate::origin(&headers)?);
    let to = query.text("to").map_or_else(|| "/".to_owned(), own_path);
    match provider.begin(&format!("{origin}{BACK}")).await {
        Ok((url, visit)) => go(&url, &[cookie(&visit, &to, secure)?]),
        Err(refusal) => refused(refusal, &[]),
    }
}

/// `GET /sign-in/oidc/callback`: back from the provider.
pub async fn complete(
    State(app): State<Shared>,
    scope: Scope,
    secure: Secure,
    headers: HeaderMap,
    query: Result<Query, Problem>,
) -> Result<Response, Problem> {
    let (provider, origin) = (provider(&app)?, negotiate::origin(&headers)?);
    let removed = removed(secure)?;
    let (visit, to) = visit(&headers, secure);
    let Ok(query) = query else { return refused(Refusal::State, &[removed]) };
    let text = |name: &str| query.text(name).map(str::to_owned);
    let came =
        Return { visit, state: text("state"), code: text("code"), error: text("error"), issuer: text("iss") };
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    match provider.complete(&scope, came, &format!("{origin}{BACK}"), agent).await {
        Ok(signed_in) => go(&to, &[removed, session_cookie(&signed_in, secure)?]),
        Err(refusal) => refused(refusal, &[removed]),
    }
}

/// Where somebody who signs out ends the provider's session, too, if it is by it that they came.
pub async fn leave(app: &Shared, scope: &Scope, headers: &HeaderMap) -> Option<String> {
    let origin = negotiate::origin(headers).ok()?;
    app.single_sign_on()?.leave(scope, &format!("{origin}{SIGN_IN}")).await
}

fn provider(app: &Shared) -> Result<&SingleSignOn, Problem> {
    app.single_sign_on().ok_or_else(|| Problem::not_found("there is no single sign-on here"))
}

/// A path of this server, in characters that an address and a cookie may hold; the page where it is something else.
fn own_path(text: &str) -> String {
    let is_own = text.starts_with('/') && !text[1..].starts_with(['/', '\\']);
    if !is_own || text.len() > LONGEST || text.chars().any(char::is_control) {
        return "/".to_owned();
    }
    let written = |byte: u8| match byte {
        b'"' | b',' | b';' | b'\\' | b' ' | b'<' | b'>' | 128.. => format!("%{byte:02X}"),
        byte => char::from(byte).to_string(),
    };
    text.bytes().map(written).collect()
}

/// What the browser holds of its visit, and where it goes afterwards.
fn visit(headers: &HeaderMap, Secure(secure): Secure) -> (Option<Secret>, String) {
    let ours = COOKIES[usize::from(secure)];
    let found = cookies(headers).find(|(name, _)| *name == ours).and_then(|(_, value)| value.split_once('.'));
    let Some((visit, to)) = found else { return (None, "/".to_owned()) };
    (Secret::parse(visit), own_path(to))
}

fn cookie(visit: &Secret, to: &str, secure: Secure) -> Result<HeaderValue, Problem> {
    let value = Zeroizing::new(format!("{}.{to}", &*visit.reveal()));
    written(&value, VISIT, secure)
}

fn removed(secure: Secure) -> Result<HeaderValue, Problem> {
    written("", 0, secure)
}

fn written(value: &str, seconds: u32, Secure(secure): Secure) -> Result<HeaderValue, Problem> {
    let (name, flag) = (COOKIES[usize::from(secure)], if secure { "; Secure" } else { "" });
    let text = Zeroizing::new(format!(
        "{name}={value}; Path={BEGIN}; Max-Age={seconds}; HttpOnly; SameSite=Lax{flag}"
    ));
    let mut header = HeaderValue::from_str(&text).map_err(|e| Problem::internal(&e))?;
    header.set_sensitive(true);
    Ok(header)
}

fn refused(refusal: Refusal, cookies: &[HeaderValue]) -> Result<Response, Problem> {
    go(&format!("{SIGN_IN}#refused={}", refusal.word()), cookies)
}

fn go(to: &str, cookies: &[HeaderValue]) -> Result<Response, Problem> {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_str(to).map_err(|e| Problem::internal(&e))?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(NEVER));
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie.clone());
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_to_paths_of_this_server_only() {
        for own in ["/", "/account", "/#map=15/33.75/120.22&unit=320924", "/?a=b%20c"] {
            assert_eq!(own_path(own), own);
        }
        assert_eq!(own_path("/#at=120.2,33.7;x\"y\\z 村"), "/#at=120.2%2C33.7%3Bx%22y%5Cz%20%E6%9D%91");
        let long = format!("/{}", "a".repeat(LONGEST));
        for other in
            ["", "account", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", &long]
        {
            assert_eq!(own_path(other), "/", "{other}");
        }
    }
}

//! `/api/session`, `/api/sessions`, `/api/password`, `/api/link`: signing in and out, and one's own password.
//!
//! The session's secret travels in a cookie that no script can read; answers say who somebody is and what they may do.

use axum::Extension;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer;
use super::body::{Form, Small};
use super::caller::Holder;
use super::credentials::{remove_cookie, set_cookie};
use super::negotiate;
use super::problem::Problem;
use super::routes::{Segments, Shared};
use super::server::Peer;
use super::single_sign_on;
use crate::access::{Password, Permission, Scope, Secret, SecretKind, Via, Who};
use crate::app::identity::{AccountView, Credentials, SessionView, SignedIn};
use crate::app::{App, Error};

/// Whether the caller reaches the server by TLS, its own or a proxy's.
#[derive(Clone, Copy)]
pub struct Secure(pub bool);

impl<S: Sync> FromRequestParts<S> for Secure {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let tls = parts.extensions.get::<Peer>().is_some_and(|peer| peer.tls);
        Ok(Self(tls || negotiate::origin(&parts.headers)?.starts_with("https:")))
    }
}

/// The session by which the caller comes.
impl<S: Sync> FromRequestParts<S> for Holder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let missing = || Problem::unknown("expected somebody who is signed in");
        parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}

/// `GET /api/session`: who calls, and what they may do.
///
/// A session that has been in use for an hour goes on under another secret. While the store is away, what is remembered of
/// the caller is told.
pub async fn show(
    State(app): State<Shared>,
    scope: Scope,
    secure: Secure,
    holder: Option<Extension<Holder>>,
) -> Result<Response, Problem> {
    let (account, expires) = match about(&app, &scope).await {
        Err(Error::Away { .. }) => (None, None),
        found => found?,
    };
    let mut response = answer::private(&described(&app, &scope, account.as_ref(), expires));
    if let Some(Extension(Holder(session))) = holder
        && let Ok(Some(next)) = app.identity().rotate_if_due(&scope, &session).await
    {
        response.headers_mut().insert(header::SET_COOKIE, session_cookie(&next, secure)?);
    }
    Ok(response)
}

/// The caller's account, and when their session ends.
async fn about(app: &App, scope: &Scope) -> Result<(Option<AccountView>, Option<Timestamp>), Error> {
    if scope.account().is_none() {
        return Ok((None, None));
    }
    let account = app.identity().me(scope).await?;
    let Via::Session(id) = scope.via() else { return Ok((account, None)) };
    let sessions = app.identity().sessions(scope).await?;
    Ok((account, sessions.into_iter().find(|s| *s.id == **id).map(|session| session.expires)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    name: String,
    password: String,
}

impl Form for SignIn {
    const FORM: &'static str = r#"{"name", "password"}"#;
}

/// `POST /api/session`: signs in.
pub async fn begin(
    State(app): State<Shared>,
    scope: Scope,
    secure: Secure,
    headers: HeaderMap,
    Small(SignIn { name, password }): Small<SignIn>,
) -> Result<Response, Problem> {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let credentials = Credentials { name, password: Password::new(password), agent: agent.to_owned() };
    let signed_in = app.identity().sign_in(&scope, credentials).await?;
    let them = app.identity().scope_of_session(&signed_in.session, scope.address()).await?;
    let them = them.unwrap_or_else(|| scope.clone());
    admitted(&app, &them, &signed_in, secure)
}

/// The answer to somebody who has a new session: who they are, and the cookie.
fn admitted(app: &App, scope: &Scope, signed_in: &SignedIn, secure: Secure) -> Result<Response, Problem> {
    let body = described(app, scope, Some(&signed_in.account), Some(signed_in.expires));
    let mut response = answer::private(&body);
    response.headers_mut().insert(header::SET_COOKIE, session_cookie(signed_in, secure)?);
    Ok(response)
}

/// The cookie of a new session.
pub fn session_cookie(signed_in: &SignedIn, secure: Secure) -> Result<header::HeaderValue, Problem> {
    let seconds = signed_in.expires.as_second() - Timestamp::now().as_second();
    set_cookie(&signed_in.session, secure.0, seconds.max(0))
        .ok_or_else(|| Problem::internal(&"a session is no header"))
}

fn described(app: &App, scope: &Scope, account: Option<&AccountView>, expires: Option<Timestamp>) -> Value {
    let names = |has: &dyn Fn(Permission) -> bool| {
        let told = Permission::ALL.into_iter().filter(|&p| p != Permission::Public && has(p));
        told.map(Permission::name).collect::<Vec<_>>()
    };
    let via = match scope.via() {
        Via::Nothing | Via::Command | Via::SingleSignOn => "nothing",
        Via::Session(_) => "session",
        Via::Key(_) => "key",
        Via::Token(_) => "token",
    };
    json!({
        "signed_in": matches!(scope.via(), Via::Session(_)),
        "open": *scope.who() == Who::Everyone,
        "account": match (account, scope.who()) {
            (Some(a), _) => json!({"name": a.name, "display_name": a.display_name}),
            (None, Who::Account(_, name)) => json!({"name": name, "display_name": ""}),
            _ => Value::Null,
        },
        "via": via,
        "grants": scope.grants(),
        "may": names(&|p| scope.has(p)),
        "everywhere": names(&|p| scope.covers_all(p)),
        "expires": expires.map(|at| at.to_string()),
        "has_password": account.is_some_and(|a| a.has_password),
        "sso": app.single_sign_on().map(|sso| json!({"name": sso.name(), "url": single_sign_on::BEGIN})),
    })
}

/// `DELETE /api/session`: signs out; `then` is where a provider's own session ends.
pub async fn end(
    State(app): State<Shared>,
    scope: Scope,
    secure: Secure,
    headers: HeaderMap,
    Holder(session): Holder,
) -> Result<Response, Problem> {
    app.identity().sign_out(&scope, &session).await?;
    let then = single_sign_on::leave(&app, &scope, &headers).await;
    without_cookie(answer::private(&json!({"then": then})), secure)
}

/// `GET /api/sessions`: the caller's, the newest first.
pub async fn list(State(app): State<Shared>, scope: Scope) -> Result<Response, Problem> {
    let current = match scope.via() {
        Via::Session(id) => Some(&**id),
        _ => None,
    };
    let shown = |session: &SessionView| {
        json!({
            "id": session.id,
            "created": session.created.to_string(),
            "seen": session.seen.to_string(),
            "expires": session.expires.to_string(),
            "address": session.address,
            "agent": session.agent,
            "current": Some(session.id.as_str()) == current,
        })
    };
    let sessions: Vec<Value> = app.identity().sessions(&scope).await?.iter().map(shown).collect();
    Ok(answer::private(&json!({"sessions": sessions})))
}

/// `DELETE /api/sessions`: signs out everywhere.
pub async fn end_all(State(app): State<Shared>, scope: Scope, secure: Secure) -> Result<Response, Problem> {
    app.identity().sign_out_everywhere(&scope).await?;
    without_cookie(StatusCode::NO_CONTENT.into_response(), secure)
}

/// `DELETE /api/sessions/{id}`
pub async fn end_one(
    State(app): State<Shared>,
    scope: Scope,
    Segments(id): Segments<String>,
) -> Result<StatusCode, Problem> {
    app.identity().end_session(&scope, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn without_cookie(mut response: Response, secure: Secure) -> Result<Response, Problem> {
    let removed = remove_cookie(secure.0).ok_or_else(|| Problem::internal(&"no cookie is no header"))?;
    response.headers_mut().insert(header::SET_COOKIE, removed);
    Ok(response)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    old: String,
    new: String,
}

impl Form for Change {
    const FORM: &'static str = r#"{"old", "new"}, two passwords"#;
}

/// `POST /api/password`: another password for the caller; every other session of theirs ends.
pub async fn change_password(
    State(app): State<Shared>,
    scope: Scope,
    secure: Secure,
    Holder(session): Holder,
    Small(Change { old, new }): Small<Change>,
) -> Result<Response, Problem> {
    let (old, new) = (Password::new(old), Password::new(new));
    let signed_in = app.identity().change_password(&scope, &session, old, new).await?;
    admitted(&app, &scope, &signed_in, secure)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redeemed {
    link: String,
    password: String,
}

impl Form for Redeemed {
    const FORM: &'static str = r#"{"link", "password"}"#;
}

/// `POST /api/link`: sets the password of the account that a link was made for.
pub async fn redeem(
    State(app): State<Shared>,
    scope: Scope,
    Small(Redeemed { link, password }): Small<Redeemed>,
) -> Result<Response, Problem> {
    let password = Password::new(password);
    let link = Secret::parse(&link).filter(|link| link.kind() == SecretKind::Link);
    let link =
        link.ok_or_else(|| Problem::unknown("expected a link that was made here, found something else"))?;
    let name = App::identity(&app).redeem(&scope, &link, password).await?;
    Ok(answer::private(&json!({"name": name})))
}

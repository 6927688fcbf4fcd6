//! `/api/keys`: API keys for programs, and tokens for others' pages. A secret is shown once, in the answer that made it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer;
use super::body::{Form, Small};
use super::problem::Problem;
use super::routes::{Segments, Shared};
use crate::access::{Area, Grant, KeyId, Scope};
use crate::app::identity::{KeyRequest, KeyView, Owner};
use crate::store::KeyKind;
use crate::unit::Code;

/// `GET /api/keys`: the caller's, and those that they manage.
pub async fn list(State(app): State<Shared>, scope: Scope) -> Result<Response, Problem> {
    let own = app.identity().me(&scope).await?.map(|account| account.name);
    let keys = app.identity().keys(&scope).await?;
    let keys: Vec<Value> = keys.iter().map(|key| shown(key, own.as_deref())).collect();
    Ok(answer::private(&json!({"keys": keys})))
}

fn shown(key: &KeyView, own: Option<&str>) -> Value {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "id": key.id,
        "kind": if key.kind == KeyKind::Page { "page" } else { "api" },
        "shown": key.shown,
        "name": key.name,
        "owner": key.owner,
        "own": key.owner.is_some() && key.owner.as_deref() == own,
        "grants": key.grants,
        "origins": key.origins,
        "created": key.created.to_string(),
        "expires": time(key.expires),
        "used": time(key.used),
        "revoked": time(key.revoked),
    })
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Wanted {
    Api {
        name: String,
        #[serde(default)]
        owner: Whose,
        #[serde(default)]
        grants: Vec<Grant>,
        expires: Option<Timestamp>,
    },
    Page {
        name: String,
        area: Option<Code>,
        origins: Vec<String>,
        expires: Timestamp,
    },
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Whose {
    #[default]
    Own,
    Machine,
}

impl Form for Wanted {
    const FORM: &'static str = r#"{"kind": "api", "name", "owner", "grants", "expires"} or {"kind": "page", "name", "area", "origins", "expires"}"#;
}

/// `POST /api/keys`
pub async fn create(
    State(app): State<Shared>,
    scope: Scope,
    Small(wanted): Small<Wanted>,
) -> Result<Response, Problem> {
    let request = match wanted {
        Wanted::Api { name, owner, grants, expires } => {
            let owner = match owner {
                Whose::Own => Owner::Own,
                Whose::Machine => Owner::Machine,
            };
            KeyRequest::Api { name, owner, grants, expires }
        }
        Wanted::Page { name, area, origins, expires } => {
            KeyRequest::Page { name, area: Area(area), origins, expires }
        }
    };
    let (key, secret) = app.identity().create_key(&scope, request).await?;
    let own = app.identity().me(&scope).await?.map(|account| account.name);
    let body = json!({"key": shown(&key, own.as_deref()), "secret": &**secret.reveal()});
    Ok((StatusCode::CREATED, answer::private(&body)).into_response())
}

/// `DELETE /api/keys/{id}`: revokes it, for ever.
pub async fn revoke(
    State(app): State<Shared>,
    scope: Scope,
    Segments(id): Segments<String>,
) -> Result<StatusCode, Problem> {
    let bad = || Problem::parameter("id", "expected the number of a key, found something else");
    let id = KeyId(id.parse().map_err(|_| bad())?);
    app.identity().revoke_key(&scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

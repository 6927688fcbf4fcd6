//! `/api/accounts`: who may sign in, and what they may do, as far as the caller administers them. Nobody learns a
//! password here: whoever gets an account chooses one by a link.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer;
use super::body::{Form, Small};
use super::problem::Problem;
use super::routes::{Segments, Shared};
use crate::access::{Grant, Scope, fold};
use crate::app::Error;
use crate::app::identity::{AccountChange, AccountRequest, AccountView};
use crate::store::Standing;

/// `GET /api/accounts`
pub async fn list(State(app): State<Shared>, scope: Scope) -> Result<Response, Problem> {
    let accounts: Vec<Value> = app.identity().accounts(&scope).await?.iter().map(shown).collect();
    Ok(answer::private(&json!({"accounts": accounts})))
}

fn shown(account: &AccountView) -> Value {
    json!({
        "id": account.id,
        "name": account.name,
        "display_name": account.display_name,
        "disabled": account.disabled,
        "has_password": account.has_password,
        "single_sign_on": account.single_sign_on,
        "grants": account.grants,
        "created": account.created.to_string(),
        "changed": account.changed.to_string(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct New {
    name: String,
    #[serde(default)]
    display_name: String,
    grants: Vec<Grant>,
}

impl Form for New {
    const FORM: &'static str = r#"{"name", "display_name", "grants": [{"role", "area", "categories"}]}"#;
}

/// `POST /api/accounts`
pub async fn create(
    State(app): State<Shared>,
    scope: Scope,
    Small(New { name, display_name, grants }): Small<New>,
) -> Result<Response, Problem> {
    let request = AccountRequest { name, display_name, password: None, grants };
    let account = app.identity().add_account(&scope, request).await?;
    let link = app.identity().invite(&scope, &account.name).await?;
    let body = json!({"account": shown(&account), "link": &**link.reveal()});
    Ok((StatusCode::CREATED, answer::private(&body)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    display_name: Option<String>,
    grants: Option<Vec<Grant>>,
    disabled: Option<bool>,
}

impl Form for Changed {
    const FORM: &'static str = r#"any of {"display_name", "grants", "disabled"}"#;
}

/// `PATCH /api/accounts/{name}`: all of it or nothing.
pub async fn change(
    State(app): State<Shared>,
    scope: Scope,
    Segments(name): Segments<String>,
    Small(Changed { display_name, grants, disabled }): Small<Changed>,
) -> Result<Response, Problem> {
    let identity = app.identity();
    let standing = disabled.map(|disabled| if disabled { Standing::Disabled } else { Standing::Enabled });
    identity.change_account(&scope, &name, AccountChange { display_name, grants, standing }).await?;
    let accounts = identity.accounts(&scope).await?;
    let found = accounts.iter().find(|account| fold(&account.name) == fold(&name));
    let missing = || Error::Missing("there is no such account within what you administer".into());
    Ok(answer::private(&json!({"account": shown(found.ok_or_else(missing)?)})))
}

/// `POST /api/accounts/{name}/link`: by which its owner sets a password, once.
pub async fn link(
    State(app): State<Shared>,
    scope: Scope,
    Segments(name): Segments<String>,
) -> Result<Response, Problem> {
    let link = app.identity().invite(&scope, &name).await?;
    Ok((StatusCode::CREATED, answer::private(&json!({"link": &**link.reveal()}))).into_response())
}

/// `DELETE /api/accounts/{name}/sessions`
pub async fn end_sessions(
    State(app): State<Shared>,
    scope: Scope,
    Segments(name): Segments<String>,
) -> Result<StatusCode, Problem> {
    app.identity().end_sessions_of(&scope, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! What is decided of a plan's groups of edits.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::body::{Form, Small};
use super::plan_json::of_plan;
use super::plans::{number, on_revision};
use super::problem::Problem;
use super::routes::{Segments, Shared};
use crate::access::Scope;
use crate::app::plans::Verdicts;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decisions {
    #[serde(default)]
    approve: Vec<u64>,
    #[serde(default, rename = "return")]
    send_back: Vec<SentBack>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentBack {
    group: u64,
    reason: String,
}

impl Form for Decisions {
    const FORM: &'static str = r#"{"approve": [GROUP…], "return": [{"group", "reason"}…]}"#;
}

/// `POST /api/plans/{plan}/decide`: the plan; with the last decision it is approved, rejected, or divided.
pub async fn decide(
    State(app): State<Shared>,
    scope: Scope,
    headers: HeaderMap,
    Segments(id): Segments<String>,
    Small(Decisions { approve, send_back }): Small<Decisions>,
) -> Result<Response, Problem> {
    let send_back = send_back.into_iter().map(|SentBack { group, reason }| (group, reason)).collect();
    let (id, verdicts) = (number(&id, "plan")?, Verdicts { approve, send_back });
    Ok(of_plan(&app.decide_plan(&scope, id, on_revision(&headers)?, verdicts).await?))
}

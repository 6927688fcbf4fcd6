//! `/wangge.js`: the module that puts the grids into somebody else's MapLibre map (source in `web/embed`).

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use super::answer::{self, REVALIDATE};
use super::negotiate;
use super::problem::Problem;
use super::routes::Shared;

const MODULE: &str = include_str!("../../web/embed/wangge.js");

/// `GET /wangge.js`
pub async fn module(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    let body = app.asset("wangge.js", negotiate::encoding(&headers), MODULE.into()).await?;
    answer::kept(&headers, body, HeaderValue::from_static("text/javascript; charset=utf-8"), REVALIDATE)
}

//! `/openapi.json`: what the server answers, as `OpenAPI` 3.1. Kept by hand in `openapi/`, a file a resource, and laid
//! together here.
//!
//! ```text
//! about.json    {"openapi": …, "info": …}
//! units.json    {"paths": {"/api/units": …}, "components": {"schemas": {"UnitList": …}}}
//! search.json   {"paths": {"/api/search": …}, …}                                            → one document
//! ```

use std::sync::LazyLock;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use rust_embed::RustEmbed;
use serde_json::{Map, Value};

use super::answer;
use super::problem::Problem;
use super::routes::Shared;

#[derive(RustEmbed)]
#[folder = "src/http/openapi/"]
struct Parts;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let parts = Parts::iter().filter_map(|name| Parts::get(&name));
    let mut document = Map::new();
    for part in parts {
        if let Ok(part) = serde_json::from_slice(&part.data) {
            lay(&mut document, part);
        }
    }
    document.into()
});

/// Lays an object over another: what both have as objects becomes one; else what is there stays.
fn lay(over: &mut Map<String, Value>, part: Map<String, Value>) {
    for (name, value) in part {
        match (over.get_mut(&name), value) {
            (Some(Value::Object(there)), Value::Object(more)) => lay(there, more),
            (Some(_), _) => {}
            (None, value) => {
                over.insert(name, value);
            }
        }
    }
}

/// `GET /openapi.json`
pub async fn document(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    answer::json(app.pool(), &headers, app.version(), &*DOCUMENT).await
}

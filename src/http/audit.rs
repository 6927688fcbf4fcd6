//! `/api/audit`: the log of what happened, for auditors: read, checked, taken away.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::try_unfold;
use serde_json::json;

use super::answer::{self, NEVER};
use super::problem::Problem;
use super::query::Query;
use super::routes::Shared;
use crate::access::Scope;
use crate::access::audit::{Hash, Head};

/// The most records in an answer, and how many where no limit is given.
const LIMIT: (usize, usize) = (1000, 100);

/// Records of an export read at a time.
const PAGE: u32 = 1000;

/// `GET /api/audit?before=&limit=`: newest first.
pub async fn list(State(app): State<Shared>, scope: Scope, query: Query) -> Result<Response, Problem> {
    let before = query.parse("before", "the number of a record")?;
    let limit = query.limit(LIMIT.0, LIMIT.1)?;
    let records = app.identity().audit(&scope, before, limit as u32).await?;
    Ok(answer::private(&json!({"records": records})))
}

/// `GET /api/audit/head`: where the log ends; to be kept elsewhere.
pub async fn head(State(app): State<Shared>, scope: Scope) -> Result<Response, Problem> {
    Ok(answer::private(&json!(app.identity().audit_head(&scope).await?)))
}

/// `GET /api/audit/verification?seq=&hash=`: whether the log is what was written, against a head that was kept if one is
/// given.
pub async fn verification(
    State(app): State<Shared>,
    scope: Scope,
    query: Query,
) -> Result<Response, Problem> {
    let seq: Option<u64> = query.parse("seq", "the number of a record")?;
    let hash = query.text("hash").map(|text| Hash::try_from(text.to_owned()));
    let hash = hash.transpose().map_err(|detail| Problem::parameter("hash", detail))?;
    let kept = match (seq, hash) {
        (Some(seq), Some(hash)) => Some(Head { seq, hash }),
        (None, None) => None,
        (Some(_), None) => return Err(Problem::parameter("hash", "expected seq and hash, found seq alone")),
        (None, Some(_)) => return Err(Problem::parameter("seq", "expected seq and hash, found hash alone")),
    };
    let body = match app.identity().verify_audit(&scope, kept).await? {
        Ok(head) => json!({"whole": true, "head": head}),
        Err(breach) => json!({"whole": false, "breach": breach.to_string(), "seq": breach.seq()}),
    };
    Ok(answer::private(&body))
}

/// `GET /api/audit/export`: a record a line, oldest first, up to where the log ends now.
pub async fn export(State(app): State<Shared>, scope: Scope) -> Result<Response, Problem> {
    let head = app.identity().audit_exported(&scope).await?;
    let pages = try_unfold((app, scope, 0), move |(app, scope, last)| async move {
        if last >= head.seq {
            return Ok(None);
        }
        let page = app.identity().audit_after(&scope, last, PAGE).await?;
        let page: Vec<_> = page.into_iter().take_while(|record| record.seq <= head.seq).collect();
        let Some(last) = page.last().map(|record| record.seq) else { return Ok(None) };
        let lines: Result<Vec<String>, _> = page.iter().map(serde_json::to_string).collect();
        let mut text = lines.map_err(crate::app::Error::internal)?.join("\n");
        text.push('\n');
        Ok::<_, crate::app::Error>(Some((Bytes::from(text), (app, scope, last))))
    });
    let mut response = Body::from_stream(pages).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(NEVER));
    let name = HeaderValue::from_static("attachment; filename=\"audit.ndjson\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

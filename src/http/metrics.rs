//! `GET /metrics`: what the server does and how far it is behind its store, as Prometheus reads it. The format is
//! lines of text and the numbers are at hand, so they are written here; an exporter would bring a listener, a registry
//! and a second way to count.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::routes::Shared;

/// Requests by route, as the table has it, and by status. Paths that are no route's are counted as one, so that no
/// caller can make them many.
#[derive(Debug, Default)]
pub struct Requests(Mutex<BTreeMap<(&'static str, u16), u64>>);

/// What stands in a route's place for paths that are none's.
pub const UNKNOWN: &str = "unknown";

/// Answers, and counts the answer.
pub async fn count(route: &'static str, requests: Arc<Requests>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let mut counts = requests.0.lock().unwrap_or_else(PoisonError::into_inner);
    *counts.entry((route, response.status().as_u16())).or_default() += 1;
    response
}

/// `GET /metrics`
pub async fn metrics(State(app): State<Shared>, Extension(requests): Extension<Arc<Requests>>) -> Response {
    let (health, cache) = (app.health(), app.cache_size());
    let (loads, took) = app.loads();
    let mut page = Page::default();
    page.gauge("wangge_version", "Number of the version that is served", health.version);
    page.gauge(
        "wangge_store_version",
        "Number of the newest version seen in the store",
        health.store_version,
    );
    page.gauge("wangge_version_lag", "Versions that the server is behind its store", health.lag());
    page.gauge(
        "wangge_store_reachable",
        "1, or 0 while the store does not answer",
        u8::from(health.stale.is_none()),
    );
    let stale = health.stale.unwrap_or_default().as_secs_f64();
    page.gauge("wangge_stale_seconds", "Since when the store does not answer; 0 while it does", stale);
    page.gauge("wangge_zooms_ready", "Zooms whose borders are built", health.zooms_ready);
    page.gauge("wangge_cache_bytes", "Bytes of tiles and assets kept in memory", cache.bytes);
    page.gauge(
        "wangge_cache_entries",
        "Tiles and assets kept in memory, each encoding by itself",
        cache.entries,
    );
    page.gauge("wangge_event_streams", "Open streams of events", app.listeners());
    page.head(
        "wangge_snapshot_load_seconds",
        "summary",
        "Loading a version and making it ready, from the store's word to serving it",
    );
    page.line("wangge_snapshot_load_seconds_sum", "", took.as_secs_f64());
    page.line("wangge_snapshot_load_seconds_count", "", loads);
    page.head("wangge_requests_total", "counter", "Answers by route and status");
    let counts = requests.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    for ((route, status), n) in counts {
        page.line("wangge_requests_total", &format!("{{route=\"{route}\",status=\"{status}\"}}"), n);
    }
    let mime = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], page.0)
        .into_response()
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, "gauge", help);
        self.line(name, "", value);
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }
}

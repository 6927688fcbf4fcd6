//! `GET /api/events`: what happens, as a stream of server-sent events.
//!
//! ```text
//! retry: 2000                            how soon to come again after a cut
//! id: 41                                 where the feed stands; with `Last-Event-ID`, what came after that follows
//!
//! event: published                       after this server has begun to serve it
//! id: 42
//! data: {"version":13,"served":13,"from":12,"build":"…","bbox":[…],"units":[…],"counts":{"grid":2},"tiles":{"14":[[x0,y0,x1,y1]]}, …}
//!
//! event: reset                           what happened since cannot be told: look at everything anew
//! : still here                           every 10 s without an event
//! ```
//!
//! `tiles` names, zoom by zoom, rectangles (first column, first row, last column, last row) of tiles that may differ
//! between versions `from` and `version`; no other tile does, of those drawn in WGS84 from units. Null: any may. Where
//! several versions came at once, `served` of the earlier ones is the last, whose event has the tiles.

use std::convert::Infallible;
use std::fmt::Write;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use serde_json::{Map, Value, json};

use super::caller::Pass;
use super::problem::Problem;
use super::routes::{LAST_EVENT_ID, Shared};
use crate::access::{Permission, Scope};
use crate::app::{Event, Events, Happened, Published, Start};
use crate::tiling::Touched;

/// How long a stream is silent at most: proxies end what says nothing for a minute, and a listener that has gone is only
/// noticed when something is said to it.
const SILENCE: Duration = Duration::from_secs(10);

/// `GET /api/events`
pub async fn events(
    State(app): State<Shared>,
    scope: Scope,
    pass: Option<Extension<Pass>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let pass = pass.map(|Extension(pass)| pass);
    let last = headers.get(LAST_EVENT_ID).filter(|id| !id.is_empty());
    // An id that is none of ours is one that cannot be found.
    let last = last.map(|id| id.to_str().ok().and_then(|id| id.trim().parse().ok()).unwrap_or(u64::MAX));
    let events = app.events(&scope, last).await?;
    let first = beginning(&events);
    let listener = Listener { app, scope, pass, events };
    let stream = unfold((listener, Some(first)), |(mut listener, first)| async move {
        let text = match first {
            Some(first) => first,
            None => listener.next().await?,
        };
        Some((Ok::<_, Infallible>(text), (listener, None)))
    });
    let mut response = Body::from_stream(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Nginx would gather the stream into buffers.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// One who listens, for as long as they may.
struct Listener {
    app: Shared,
    scope: Scope,
    pass: Option<Pass>,
    events: Events,
}

impl Listener {
    /// What is told next; `None` where the stream ends, as with the session by which it was opened.
    async fn next(&mut self) -> Option<String> {
        let event = tokio::time::timeout(SILENCE, self.events.next()).await;
        if let Some(pass) = &self.pass {
            let scope = self.app.identity().still(&pass.secret, &self.scope).await?;
            self.scope = scope.with_public_map(pass.map_is_public);
        }
        match event {
            Ok(event) => event.map(|event| told(&self.scope, &event)),
            Err(_) => Some(": still here\n\n".to_owned()),
        }
    }
}

fn beginning(events: &Events) -> String {
    let (start, at) = events.start();
    let mut text = "retry: 2000\n".to_owned();
    match start {
        Start::Resumed => {}
        Start::Now => {
            let _ = writeln!(text, "id: {at}");
        }
        Start::Reset => {
            let (version, build) = events.serving();
            text += reset(at, version, &build).trim_end();
            text.push('\n');
        }
    }
    text + "\n"
}

/// What was missed, or told before, is to be looked at anew.
fn reset(at: u64, version: u64, build: &str) -> String {
    let data = json!({"version": version, "build": build});
    format!("event: reset\nid: {at}\ndata: {data}\n\n")
}

fn told(scope: &Scope, event: &Event) -> String {
    let seq = event.seq;
    match &event.what {
        Happened::Reset(version, build) => reset(seq, *version, build),
        Happened::Published(published) => {
            format!("event: published\nid: {seq}\ndata: {}\n\n", published_json(scope, published))
        }
        // Without a number: the listener's place in the feed stays.
        Happened::Features(version, at) => {
            format!("event: features\ndata: {}\n\n", json!({"version": version, "at": at}))
        }
        // What plans do is for those who read plans; for others the feed goes on.
        Happened::Other { kind, .. } if kind == "plan" && !scope.has(Permission::ReadPlans) => {
            format!("id: {seq}\n\n")
        }
        // The payload is JSON without line breaks, or else it is written anew.
        Happened::Other { kind, payload } => {
            let data: Value = serde_json::from_str(payload).unwrap_or_default();
            format!("event: {kind}\nid: {seq}\ndata: {data}\n\n")
        }
    }
}

fn published_json(scope: &Scope, published: &Published) -> Value {
    let Published { record, served, build, change } = published;
    let change = change.as_ref();
    let (units, counts) = change.map(|c| c.shown(scope)).unwrap_or_default();
    json!({
        "version": record.number,
        "served": served,
        "from": change.map(|c| c.from),
        "build": &**build,
        "bbox": change.and_then(|c| c.bbox),
        "units": units,
        "counts": counts,
        "tiles": change.and_then(|c| tiles(c.tiles.as_ref())),
        "tiles_gcj02": change.and_then(|c| tiles(c.tiles_gcj02.as_ref())),
        "author": record.author,
        "note": record.note,
        "recorded_at": record.recorded_at.to_string(),
        "effective_from": record.effective_from.to_string(),
        "content_hash": record.content_hash.to_string(),
    })
}

/// Rectangles of tiles by zoom.
pub fn tiles(touched: Option<&Touched>) -> Option<Map<String, Value>> {
    Some(touched?.zooms().map(|(z, rects)| (z.to_string(), json!(rects))).collect())
}

//! What is asked on each route, about the town 320924100, and how the answer is told in a word.

use super::callers::Caller;
use crate::http::server::{Answer, code};

/// How an answer is told.
pub enum Told {
    /// `yes`, or the status.
    Done,
    /// `seen` or `left out`, by whether the text stands in the answer; else the status.
    Seen(&'static str),
}

/// One question.
pub struct Probe {
    pub method: &'static str,
    /// As the router has it.
    pub route: &'static str,
    /// What is asked for; `{me}` is the caller's own name, `{key}` somebody's key, `{plan}` a plan that renames a grid of the
    /// town, in the state that the route is for.
    pub path: &'static str,
    /// JSON; empty: none.
    pub body: &'static str,
    pub told: Told,
}

const fn get(route: &'static str, path: &'static str, told: Told) -> Probe {
    Probe { method: "GET", route, path, body: "", told }
}

const fn with(
    method: &'static str,
    route: &'static str,
    path: &'static str,
    body: &'static str,
    told: Told,
) -> Probe {
    Probe { method, route, path, body, told }
}

/// The grids a and b, which lie in the town.
const A: &str = "320924100001001";
const B: &str = "320924100001002";

/// What ends the caller's own session comes last.
#[rustfmt::skip]
pub const PROBES: &[Probe] = &[
    get("/", "/", Told::Done),
    get("/sign-in", "/sign-in", Told::Done),
    get("/sign-in/oidc", "/sign-in/oidc", Told::Done),
    get("/sign-in/oidc/callback", "/sign-in/oidc/callback", Told::Done),
    get("/account", "/account", Told::Done),
    get("/api/docs", "/api/docs", Told::Done),
    get("/assets/{*path}", "/assets/none.js", Told::Done),
    get("/health/live", "/health/live", Told::Done),
    get("/health/ready", "/health/ready", Told::Done),
    get("/metrics", "/metrics", Told::Done),
    get("/openapi.json", "/openapi.json", Told::Done),
    get("/wangge.js", "/wangge.js", Told::Done),
    get("/styles.json", "/styles.json", Told::Done),
    get("/styles/{file}", "/styles/day.json", Told::Done),
    get("/tiles.json", "/tiles.json", Told::Done),
    get("/tiles/{file}", "/tiles/county.json", Told::Done),
    get("/tiles/{tileset}/{z}/{x}/{y}", "/tiles/county/14/13662/6561.mvt", Told::Seen(A)),
    get("/api/locate", "/api/locate?lon=120.2005&lat=33.7025", Told::Seen(A)),
    with("POST", "/api/locate", "/api/locate", r#"{"points":[[120.2005,33.7025]]}"#, Told::Seen(A)),
    get("/api/units", "/api/units", Told::Seen(A)),
    get("/api/units/{unit}", "/api/units/320924100001001", Told::Seen(A)),
    get("/api/units/{unit}/geometry", "/api/units/320924100001001/geometry", Told::Seen(A)),
    get("/api/units/{unit}/history", "/api/units/320924100001001/history", Told::Seen(A)),
    get("/api/near", "/api/near?lon=120.2005&lat=33.7005", Told::Seen("丙网格服务中心")),
    get("/api/search", "/api/search?q=320924100001001", Told::Seen(A)),
    get("/api/versions", "/api/versions", Told::Done),
    get("/api/versions/{number}", "/api/versions/2", Told::Seen(B)),
    get("/api/versions/{number}/diff/{to}", "/api/versions/1/diff/2", Told::Seen(B)),
    get("/api/versions/{number}/crosswalk/{to}", "/api/versions/1/crosswalk/2", Told::Seen(B)),
    with("POST", "/api/select", "/api/select", r#"{"type":"LineString","coordinates":[[120.2001,33.7025],[120.2009,33.7025]]}"#, Told::Seen(A)),
    get("/api/summary", "/api/summary", Told::Seen("\"leaves\":7")),
    get("/api/events", "/api/events", Told::Seen("")),
    get("/api/measures", "/api/measures", Told::Done),
    get("/api/measures/{id}", "/api/measures/households?level=grid", Told::Seen(":30")),
    get("/api/people", "/api/people?unit=320924100001002", Told::Seen("10000000004")),
    get("/api/export", "/api/export", Told::Seen(A)),
    get("/api/plans", "/api/plans", Told::Seen("\"title\":\"target\"")),
    with("POST", "/api/plans", "/api/plans", r#"{"title":"by {me}"}"#, Told::Done),
    with("POST", "/api/versions/{number}/restore", "/api/versions/1/restore", "{}", Told::Done),
    get("/api/plans/{plan}", "/api/plans/{plan}", Told::Done),
    with("PATCH", "/api/plans/{plan}", "/api/plans/{plan}", r#"{"note":"by {me}"}"#, Told::Done),
    with("POST", "/api/plans/{plan}/edits", "/api/plans/{plan}/edits", r#"{"op":"rename","unit":"320924100001001","name":"by {me}"}"#, Told::Done),
    with("POST", "/api/plans/{plan}/try", "/api/plans/{plan}/try", r#"{"op":"rename","unit":"320924100001001","name":"of {me}"}"#, Told::Done),
    with("POST", "/api/plans/{plan}/suggest", "/api/plans/{plan}/suggest", r#"{"grid":"320924100001001","weight":"area"}"#, Told::Done),
    with("GET", "/api/plans/{plan}/suggest", "/api/plans/{plan}/suggest", "", Told::Done),
    with("DELETE", "/api/plans/{plan}/suggest", "/api/plans/{plan}/suggest", "", Told::Done),
    with("POST", "/api/plans/{plan}/from-file", "/api/plans/{plan}/from-file", r#"{"type":"FeatureCollection","features":[]}"#, Told::Done),
    with("PUT", "/api/plans/{plan}/edits/{edit}", "/api/plans/{plan}/edits/1", r#"{"op":"rename","unit":"320924100001001","name":"of {me}"}"#, Told::Done),
    with("POST", "/api/plans/{plan}/undo", "/api/plans/{plan}/undo", "", Told::Done),
    with("POST", "/api/plans/{plan}/redo", "/api/plans/{plan}/redo", "", Told::Done),
    with("POST", "/api/plans/{plan}/rebase", "/api/plans/{plan}/rebase", "", Told::Done),
    get("/api/plans/{plan}/review", "/api/plans/{plan}/review", Told::Seen(A)),
    get("/api/plans/{plan}/changes.geojson", "/api/plans/{plan}/changes.geojson", Told::Done),
    with("POST", "/api/plans/{plan}/submit", "/api/plans/{plan}/submit", "", Told::Done),
    get("/api/plans/{plan}/attachments/{name}", "/api/plans/{plan}/attachments/none", Told::Done),
    with("PUT", "/api/plans/{plan}/attachments/{name}", "/api/plans/{plan}/attachments/minutes", r#"{"by":"{me}"}"#, Told::Done),
    with("DELETE", "/api/plans/{plan}/attachments/{name}", "/api/plans/{plan}/attachments/none", "", Told::Done),
    with("POST", "/api/plans/{plan}/decide", "/api/plans/{plan}/decide", r#"{"approve":[1]}"#, Told::Done),
    with("POST", "/api/plans/{plan}/approve", "/api/plans/{plan}/approve", "", Told::Done),
    with("POST", "/api/plans/{plan}/reject", "/api/plans/{plan}/reject", r#"{"reason":"by {me}"}"#, Told::Done),
    with("POST", "/api/plans/{plan}/publish", "/api/plans/{plan}/publish", "{}", Told::Done),
    get("/api/session", "/api/session", Told::Done),
    with("POST", "/api/session", "/api/session", r#"{"name":"wrong-{me}","password":"wrong"}"#, Told::Done),
    with("POST", "/api/link", "/api/link", r#"{"link":"wrong","password":"wrong"}"#, Told::Done),
    with("POST", "/api/password", "/api/password", r#"{"old":"wrong","new":"short"}"#, Told::Done),
    get("/api/keys", "/api/keys", Told::Seen("\"name\":\"target's\"")),
    with("POST", "/api/keys", "/api/keys", r#"{"kind":"api","name":"own"}"#, Told::Done),
    with("POST", "/api/keys", "/api/keys", r#"{"kind":"api","name":"machine","owner":"machine","grants":[{"role":"viewer","area":"320924100"}]}"#, Told::Done),
    with("POST", "/api/keys", "/api/keys", r#"{"kind":"page","name":"page","area":"320924100","origins":["https://page.example"],"expires":"2100-01-01T00:00:00Z"}"#, Told::Done),
    with("DELETE", "/api/keys/{id}", "/api/keys/{key}", "", Told::Done),
    get("/api/accounts", "/api/accounts", Told::Seen("\"name\":\"target\"")),
    with("POST", "/api/accounts", "/api/accounts", r#"{"name":"by-{me}","grants":[{"role":"viewer","area":"320924100"}]}"#, Told::Done),
    with("PATCH", "/api/accounts/{name}", "/api/accounts/target", r#"{"display_name":"某某"}"#, Told::Done),
    with("PATCH", "/api/accounts/{name}", "/api/accounts/target", r#"{"grants":[{"role":"administrator"}]}"#, Told::Done),
    with("PATCH", "/api/accounts/{name}", "/api/accounts/target", r#"{"grants":[{"role":"viewer","area":"320924100"}]}"#, Told::Done),
    with("POST", "/api/accounts/{name}/link", "/api/accounts/target/link", "", Told::Done),
    with("DELETE", "/api/accounts/{name}/sessions", "/api/accounts/target/sessions", "", Told::Done),
    get("/api/audit", "/api/audit", Told::Done),
    get("/api/audit/head", "/api/audit/head", Told::Done),
    get("/api/audit/verification", "/api/audit/verification", Told::Seen("\"whole\":true")),
    get("/api/audit/export", "/api/audit/export", Told::Done),
    get("/api/sessions", "/api/sessions", Told::Done),
    with("DELETE", "/api/sessions/{id}", "/api/sessions/none", "", Told::Done),
    with("DELETE", "/api/session", "/api/session", "", Told::Done),
    with("DELETE", "/api/sessions", "/api/sessions", "", Told::Done),
];

impl Probe {
    /// The question as a caller puts it.
    pub fn body(&self, caller: &Caller) -> String {
        self.body.replace("{me}", &caller.label().replace(['\'', ' '], "-"))
    }

    /// The answer in a word.
    pub fn word(&self, answer: &Answer) -> String {
        match (answer.status, &self.told) {
            (200..=299, Told::Done) => "yes".into(),
            (200..=299, Told::Seen(text)) => {
                let found = answer.body.windows(text.len()).any(|w| w == text.as_bytes());
                if found { "seen".into() } else { "left out".into() }
            }
            (status, _) => status.to_string(),
        }
    }
}

#[test]
fn the_probes_ask_about_what_lies_in_the_town() {
    assert_eq!((code('a'), code('b')), (A, B));
}

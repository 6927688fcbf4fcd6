//! Every route × every role × the own town, another, the county, and nobody: what comes back, as a table that people read
//! (docs/access.md), the same on both kinds of store.
//!
//! A cell has what callers of the own town, of another and of the county get about something in the own town; one word
//! where it is the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::io::{Read, Write as _};

use wangge::access::{Grant, Role};
use wangge::app::identity::{KeyRequest, Owner};
use wangge::http;
use wangge::store::Plan;

use super::callers::{self, Caller, PASSWORD, add, area, browser, cookie, sign_in};
use super::probes::{PROBES, Probe};
use crate::cluster::Cluster;
use crate::http::live::{THIRD, publish};
use crate::http::server::{Server, code};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/access.md");

/// Whose columns stand in the table.
const COLUMNS: [&str; 10] = [
    "nobody",
    "viewer",
    "grid-worker",
    "dispatcher",
    "planner",
    "approver",
    "auditor",
    "administrator",
    "dispatcher's key",
    "page's token",
];

#[test]
fn every_route_is_asked() {
    let routes: BTreeSet<&str> = http::permissions().map(|(path, _)| path).collect();
    let asked: BTreeSet<&str> = PROBES.iter().map(|probe| probe.route).collect();
    assert_eq!(routes, asked, "tests/it/http/access/probes.rs asks about each route once at least");
}

#[test]
fn every_caller_gets_what_the_table_says_from_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let location = dir.path().join("county.gpkg").display().to_string();
    check(&tables(|public| Server::guarded(&format!("{location}.{public}.gpkg"), public)));
}

#[test]
fn every_caller_gets_what_the_table_says_from_a_database() {
    check(&tables(|public| Server::guarded(&Cluster::shared().new_url(), public)));
}

fn tables(server: impl Fn(bool) -> Server) -> [String; 2] {
    [true, false].map(|public| table(&server(public)))
}

/// Holds the tables against those in the document, or writes them there.
fn check(found: &[String; 2]) {
    let document = std::fs::read_to_string(TABLE).unwrap();
    let mut parts: Vec<String> = document.split("<!-- table -->\n").map(str::to_owned).collect();
    assert_eq!(parts.len(), 5, "docs/access.md has two tables between marks");
    let kept = [parts[1].clone(), parts[3].clone()];
    if std::env::var_os("WANGGE_BLESS").is_some() {
        (parts[1], parts[3]) = (found[0].clone(), found[1].clone());
        std::fs::write(TABLE, parts.join("<!-- table -->\n")).unwrap();
        return;
    }
    for (kept, found) in kept.iter().zip(found) {
        let pairs = kept.lines().zip(found.lines());
        let other: Vec<_> = pairs.filter(|(kept, found)| kept != found).collect();
        assert!(other.is_empty() && kept.lines().count() == found.lines().count(), "{other:#?}");
    }
}

/// Asks everything as everybody.
fn table(server: &Server) -> String {
    server.follow();
    add(server, "chief", vec![Grant::new(Role::Administrator, area("county"))]);
    add(server, "target", vec![Grant::new(Role::Viewer, area("own"))]);
    let operators = wangge::access::Scope::operator("tests");
    let request = KeyRequest::Api {
        name: "target's".into(),
        owner: Owner::Account("target".into()),
        grants: Vec::new(),
        expires: None,
    };
    let made = server.runtime.block_on(server.app.identity().create_key(&operators, request)).unwrap();
    let target_key = made.0.id.0.to_string();
    let callers = callers::all(server);
    let told = events(server, &callers);
    let mut cells: BTreeMap<(usize, &str), Vec<(&str, String)>> = BTreeMap::new();
    for (caller, told) in callers.iter().zip(&told) {
        for (row, probe) in PROBES.iter().enumerate() {
            let word = match probe.route {
                "/api/events" => told.clone(),
                _ => ask(server, caller, probe, &target_key),
            };
            cells.entry((row, &caller.who)).or_default().push((caller.place, word));
        }
    }
    written(&cells)
}

fn ask(server: &Server, caller: &Caller, probe: &Probe, target_key: &str) -> String {
    let body = probe.body(caller);
    // The one before has ended the session.
    let again = (probe.route == "/api/sessions"
        && probe.method == "DELETE"
        && caller.headers().iter().any(|(name, _)| *name == "cookie"))
    .then(|| browser(server, &cookie(&sign_in(server, &caller.label(), PASSWORD))));
    let mut headers = caller.headers();
    if let Some(again) = &again {
        headers = again.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    }
    if !body.is_empty() {
        headers.push(("content-type", "application/json"));
    }
    let mut path = probe.path.replace("{key}", target_key);
    let etag;
    if path.contains("{plan}") {
        let plan = plan(server, probe.route.rsplit('/').next().unwrap());
        path = path.replace("{plan}", &plan.id.to_string());
        etag = format!("\"{}\"", plan.revision);
        headers.push(("if-match", &etag));
    }
    probe.word(&server.send(probe.method, &path, &headers, body.as_bytes()))
}

/// A plan that renames a grid of the town, as far on its way as an act asks for.
fn plan(server: &Server, act: &str) -> Plan {
    let (app, operator) = (&server.app, wangge::access::Scope::operator("tests"));
    server.runtime.block_on(async {
        let begun = app.begin_plan(&operator, "target".into(), String::new()).await.unwrap().plan;
        let (id, on) = (begun.id, Some(begun.revision));
        let json = format!(r#"{{"op":"rename","unit":"{}","name":"plan {id}"}}"#, code('a'));
        let edit = serde_json::from_str(&json).unwrap();
        let mut plan = app.add_edit(&operator, id, on, edit).await.unwrap().view.plan;
        if act == "redo" {
            plan = app.step_plan(&operator, id, Some(plan.revision), -1).await.unwrap().plan;
        }
        if ["decide", "approve", "reject", "publish"].contains(&act) {
            plan = app.submit_plan(&operator, id, Some(plan.revision)).await.unwrap().plan;
        }
        if act == "publish" {
            plan = app.approve_plan(&operator, id, Some(plan.revision)).await.unwrap().plan;
        }
        plan
    })
}

/// What each caller hears of a version that changes grids of the own town: all listen, then it is published.
fn events(server: &Server, callers: &[Caller]) -> Vec<String> {
    let mut streams: Vec<_> = callers.iter().map(|caller| listen(server, caller)).collect();
    let chief = callers.iter().find(|c| c.who == "administrator" && c.place == "county").unwrap();
    let changed =
        server.get_with(&format!("/api/units/{}", code('b')), &chief.headers()).json()["uid"].clone();
    publish(server, 2, &THIRD);
    streams
        .iter_mut()
        .map(|(stream, head)| {
            if !head.starts_with("HTTP/1.1 200") {
                return head.split(' ').nth(1).unwrap().to_owned();
            }
            let mut text = String::new();
            while !text.contains("\"units\":") || !text.contains("content_hash") {
                let mut piece = [0; 4096];
                let read = stream.read(&mut piece).unwrap();
                assert!(read > 0, "{text}");
                text.push_str(&String::from_utf8_lossy(&piece[..read]));
            }
            let data = text.lines().filter_map(|line| line.strip_prefix("data: ")).next_back().unwrap();
            let data: serde_json::Value = serde_json::from_str(data).unwrap();
            let units = data["units"].as_array().unwrap();
            if units.contains(&changed) { "seen".into() } else { "left out".into() }
        })
        .collect()
}

fn listen(server: &Server, caller: &Caller) -> (std::net::TcpStream, String) {
    let mut stream = server.connect();
    let mut request = format!("GET /api/events HTTP/1.1\r\nhost: {}\r\n", server.address);
    for (name, value) in caller.headers() {
        write!(request, "{name}: {value}\r\n").unwrap();
    }
    stream.write_all(format!("{request}\r\n").as_bytes()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    (stream, String::from_utf8(head).unwrap())
}

fn written(cells: &BTreeMap<(usize, &str), Vec<(&str, String)>>) -> String {
    let mut text = format!("| | {} |\n|---|{}\n", COLUMNS.join(" | "), "---|".repeat(COLUMNS.len()));
    for (row, probe) in PROBES.iter().enumerate() {
        let what = match probe.body {
            "" => String::new(),
            body => format!(" `{}`", body.replace("{me}", "…")),
        };
        write!(text, "| {} {}{what} |", probe.method, probe.path).unwrap();
        for column in COLUMNS {
            write!(text, " {} |", cell(&cells[&(row, column)])).unwrap();
        }
        text.push('\n');
    }
    text
}

/// One word where it is the same everywhere.
fn cell(answers: &[(&str, String)]) -> String {
    let same = answers.iter().all(|(_, word)| *word == answers[0].1);
    if same {
        return answers[0].1.clone();
    }
    let words: Vec<&str> = answers.iter().map(|(_, word)| word.as_str()).collect();
    words.join(" · ")
}

//! Signing in, and what a request must show to be believed.

use std::io::{Read, Write};

use serde_json::json;
use wangge::access::{Grant, Role};
use wangge::app::identity::{KeyRequest, Owner, SessionLimits};
use wangge::http::PerMinute;

use super::callers::{PASSWORD, add, area, browser, cookie, key, sign_in};
use crate::http::live::{THIRD, publish};
use crate::http::server::{Server, code};

fn server() -> (tempfile::TempDir, Server) {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::guarded(&dir.path().join("county.gpkg").display().to_string(), true);
    add(&server, "chief", vec![Grant::new(Role::Administrator, area("county"))]);
    (dir, server)
}

fn of(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[test]
fn who_signs_in_has_a_cookie_that_no_script_reads_and_that_ends_with_the_session() {
    let (_dir, server) = server();
    let signed_in = sign_in(&server, "Chief", PASSWORD);
    let set = signed_in.header("set-cookie").to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="] {
        assert!(set.contains(part), "{set}");
    }
    assert!(!set.contains("Secure"), "plain HTTP: {set}");
    let session = signed_in.json();
    assert_eq!((&session["signed_in"], &session["account"]["name"]), (&json!(true), &json!("chief")));
    assert!(session["may"].as_array().unwrap().contains(&json!("manage-accounts")), "{session}");

    let headers = browser(&server, &cookie(&signed_in));
    let listed = server.get_with("/api/sessions", &of(&headers)).json();
    assert_eq!(listed["sessions"][0]["current"], true, "{listed}");
    let out = server.send("DELETE", "/api/session", &of(&headers), b"");
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{:?}", out.headers);
    assert_eq!(server.get_with("/api/session", &of(&headers)).json()["signed_in"], false);
    server.get_with("/api/sessions", &of(&headers)).problem(401);
}

#[test]
fn by_tls_at_a_proxy_the_cookie_is_this_hosts_alone() {
    let (_dir, server) = server();
    let body = json!({"name": "chief", "password": PASSWORD}).to_string();
    let headers = [("content-type", "application/json"), ("x-forwarded-proto", "https")];
    let set = server.send("POST", "/api/session", &headers, body.as_bytes());
    let set = set.header("set-cookie").to_owned();
    assert!(set.starts_with("__Host-wangge=ws_") && set.contains("; Secure"), "{set}");
}

#[test]
fn another_page_changes_nothing_with_somebodys_cookie() {
    let (_dir, server) = server();
    let held = cookie(&sign_in(&server, "chief", PASSWORD));
    let body = json!({"name": "mallory", "grants": [{"role": "administrator"}]}).to_string();
    let post = |headers: &[(&str, &str)]| {
        let all = [&[("content-type", "application/json"), ("cookie", held.as_str())], headers].concat();
        server.send("POST", "/api/accounts", &all, body.as_bytes())
    };
    let own = format!("http://{}", server.address);
    post(&[("origin", "https://evil.example")]).problem(403);
    post(&[("origin", "null")]).problem(403);
    post(&[("sec-fetch-site", "cross-site")]).problem(403);
    post(&[("sec-fetch-site", "same-site")]).problem(403);
    // A browser says where a request comes from; one that does not is none of ours.
    post(&[]).problem(403);
    assert_eq!(post(&[("origin", &own)]).status, 201);

    // Nor does it read anything that is not public.
    let foreign = [("cookie", held.as_str()), ("origin", "https://evil.example")];
    server.get_with("/api/measures", &foreign).problem(401);
    assert_eq!(server.get_with("/api/measures", &[("cookie", &held), ("origin", &own)]).status, 200);
    // Signing somebody in under another's account is such a change too.
    let foreign = [("content-type", "application/json"), ("origin", "https://evil.example")];
    let body = json!({"name": "chief", "password": PASSWORD}).to_string();
    server.send("POST", "/api/session", &foreign, body.as_bytes()).problem(403);
}

#[test]
fn a_key_opens_as_a_bearer_and_as_a_password_and_one_that_does_not_hold_is_refused() {
    let (_dir, server) = server();
    let grants = vec![Grant::new(Role::Viewer, area("county"))];
    let secret =
        key(&server, KeyRequest::Api { name: "QGIS".into(), owner: Owner::Machine, grants, expires: None });
    let basic = format!("Basic {}", base64(format!("anybody:{secret}").as_bytes()));
    for value in [format!("Bearer {secret}"), format!("bearer {secret}"), basic] {
        assert_eq!(server.get_with("/api/measures", &[("authorization", &value)]).status, 200, "{value}");
    }
    let session = server.get_with("/api/session", &[("authorization", &format!("Bearer {secret}"))]).json();
    assert_eq!((&session["via"], &session["signed_in"]), (&json!("key"), &json!(false)));
    // In the address stands only what is made for it.
    server.get(&format!("/api/measures?token={secret}")).problem(401);
    let wrong = format!("Bearer wk_{}", "0".repeat(64));
    let refused = server.get_with("/api/units", &[("authorization", &wrong)]);
    refused.problem(401);
    assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"wangge\"");
    // A proxy's own password is none of ours.
    assert_eq!(server.get_with("/api/units", &[("authorization", "Basic dXNlcjpwYXNz")]).status, 200);
}

#[test]
fn what_is_sent_in_a_password_field_comes_back_in_no_answer() {
    let (_dir, server) = server();
    let json = [("content-type", "application/json")];
    for body in [
        r#"{"name":"chief","password":"canary-7491"#,
        r#"{"name":"chief","password":["canary-7491"]}"#,
        r#"{"name":"chief","password":"canary-7491","more":"canary-7491"}"#,
        r#"{"name":"canary-7491","password":"canary-7491"}"#,
        r#""canary-7491""#,
    ] {
        let answer = server.send("POST", "/api/session", &json, body.as_bytes());
        assert!(answer.status == 400 || answer.status == 401, "{body}: {}", answer.text());
        assert!(!answer.text().contains("canary"), "{}", answer.text());
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |group: &[u8]| {
        let all = group.iter().fold(0u32, |all, byte| all << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        let digit = |i: usize| char::from(DIGITS[(all >> (18 - 6 * i)) as usize & 63]);
        (0..4).map(|i| if i <= group.len() { digit(i) } else { '=' }).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

#[test]
fn a_network_holds_what_begins_like_it() {
    use std::net::IpAddr;
    let holds = |network: &str, address: &str| {
        let network: wangge::http::Network = network.parse().unwrap();
        network.holds(address.parse::<IpAddr>().unwrap())
    };
    assert!(holds("10.0.0.7", "10.0.0.7") && !holds("10.0.0.7", "10.0.0.6"));
    assert!(holds("172.31.7.0/24", "172.31.7.255") && !holds("172.31.7.0/24", "172.31.8.0"));
    assert!(holds("0.0.0.0/0", "1.2.3.4") && !holds("0.0.0.0/0", "::1") && holds("::/0", "fd00::1"));
    assert!(holds("10.0.0.7", "::ffff:10.0.0.7") && !holds("fd00::/8", "fe80::1"));
    for wrong in ["", "10.0.0", "10.0.0.0/33", "10.0.0.0/x", "::/129", "host"] {
        assert!(wrong.parse::<wangge::http::Network>().is_err(), "{wrong}");
    }
}

#[test]
fn a_wrong_method_is_told_to_whoever_asks_and_a_dead_key_to_other_pages_too() {
    let (_dir, server) = server();
    server.send("PUT", "/api/accounts", &[], b"").problem(405);
    let wrong = format!("Bearer wk_{}", "0".repeat(64));
    let page = [("authorization", wrong.as_str()), ("origin", "https://page.example")];
    let refused = server.get_with("/api/units", &page);
    refused.problem(401);
    assert_eq!(refused.header("access-control-allow-origin"), "*");
}

#[test]
fn a_page_that_has_not_changed_keeps_the_policy_it_came_with() {
    let (_dir, server) = server();
    let first = server.get("/sign-in");
    let policy = first.header("content-security-policy").to_owned();
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    let data = server.get("/api/summary");
    assert!(data.header("content-security-policy").starts_with("default-src 'none'; frame-ancestors"));
    let etag = data.header("etag").to_owned();
    let again = server.get_with("/api/summary", &[("if-none-match", &etag)]);
    assert_eq!((again.status, again.header("content-security-policy")), (304, ""));
}

#[test]
fn a_session_in_use_goes_on_under_another_secret() {
    let dir = tempfile::tempdir().unwrap();
    let location = dir.path().join("county.gpkg").display().to_string();
    let sessions = SessionLimits { rotation: std::time::Duration::ZERO, ..SessionLimits::default() };
    let settings = wangge::app::Settings { sessions, ..wangge::app::Settings::default() };
    let server = Server::of(&location, true, &settings, &wangge::http::Settings::default());
    add(&server, "chief", vec![Grant::new(Role::Administrator, area("county"))]);
    let first = cookie(&sign_in(&server, "chief", PASSWORD));
    let headers = browser(&server, &first);
    let answer = server.get_with("/api/session", &of(&headers));
    let second = cookie(&answer);
    assert!(second.starts_with("wangge=ws_") && second != first, "{second}");
    assert_eq!(server.get_with("/api/session", &of(&headers)).header("set-cookie"), "", "once");
    let next = browser(&server, &second);
    for headers in [&headers, &next] {
        assert_eq!(server.get_with("/api/accounts", &of(headers)).status, 200, "both, for a minute");
    }
    let listed = server.get_with("/api/sessions", &of(&next)).json();
    let current = listed["sessions"].as_array().unwrap().iter().filter(|s| s["current"] == true).count();
    assert_eq!(current, 1, "{listed}");
}

#[test]
fn what_begins_as_a_key_and_is_none_is_refused() {
    let (_dir, server) = server();
    let key = format!("Bearer wk_{}", "0".repeat(65));
    server.get_with("/api/summary", &[("authorization", &key)]).problem(401);
    server.get("/api/summary?token=wt_12").problem(401);
    assert_eq!(server.get_with("/api/summary", &[("authorization", "Bearer of-somebody-elses")]).status, 200);
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again() {
    let dir = tempfile::tempdir().unwrap();
    let location = dir.path().join("county.gpkg").display().to_string();
    let rates = PerMinute { locate: 3, search: 2, ..PerMinute::default() };
    let door = wangge::http::Settings { rates, ..wangge::http::Settings::default() };
    let server = Server::of(&location, true, &wangge::app::Settings::default(), &door);
    for (path, free) in [("/api/locate?lon=120.2&lat=33.7", 3), ("/api/search?q=a", 2)] {
        for _ in 0..free {
            assert_eq!(server.get(path).status, 200, "{path}");
        }
        let turned_away = server.get(path);
        assert_eq!(turned_away.status, 429, "{path}");
        assert!(turned_away.header("retry-after").parse::<u64>().is_ok_and(|s| (1..=60).contains(&s)));
    }
}

#[test]
fn an_open_stream_tells_no_more_than_its_caller_may_know_now() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::guarded(&dir.path().join("county.gpkg").display().to_string(), false);
    server.follow();
    add(&server, "looker", vec![Grant::new(Role::Viewer, area("own"))]);
    let headers = browser(&server, &cookie(&sign_in(&server, "looker", PASSWORD)));
    let uid = |letter| {
        server.get_with(&format!("/api/units/{}", code(letter)), &of(&headers)).json()["uid"].clone()
    };
    let theirs = uid('b');
    let mut stream = server.connect();
    write!(stream, "GET /api/events HTTP/1.1\r\nhost: {}\r\n", server.address).unwrap();
    for (name, value) in &headers {
        write!(stream, "{name}: {value}\r\n").unwrap();
    }
    stream.write_all(b"\r\n").unwrap();
    let operator = wangge::access::Scope::operator("tests");
    let grants = vec![Grant::new(Role::Viewer, area("other"))];
    server.runtime.block_on(server.app.identity().set_grants(&operator, "looker", grants)).unwrap();
    let begun = server.app.begin_plan(&operator, "不给看的".into(), String::new());
    server.runtime.block_on(begun).unwrap();
    publish(&server, 2, &THIRD);
    let mut text = String::new();
    while !text.contains("content_hash") {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "{text}");
        text.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
    assert!(!text.contains("event: plan"), "a viewer hears nothing of plans: {text}");
    let data = text.lines().find(|line| line.contains("content_hash")).unwrap();
    let data: serde_json::Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
    let units = data["units"].as_array().unwrap();
    assert!(units.len() == 1 && !units.contains(&theirs), "b changed, and is no longer theirs: {data}");
}

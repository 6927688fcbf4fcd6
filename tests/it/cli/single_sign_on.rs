//! Single sign-on as an operator sets it up.

use super::{Desk, Running, err};

const ISSUER: &str = "https://sso.example/realms/county";

fn flags<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let own = ["serve", "--store", "county.gpkg", "--listen", "127.0.0.1:0", "--oidc-issuer", ISSUER];
    [&own, more].concat()
}

#[test]
fn a_server_whose_groups_make_administrators_starts_without_one() {
    let desk = Desk::with_county();
    desk.write("secret", "canary-client-secret\n");
    let set = ["--oidc-client-id", "wangge", "--oidc-client-secret-file", "secret"];
    let less = flags(&[&set[..], &["--oidc-grant", "look=viewer;planners=planner@320924100"]].concat());
    assert!(desk.refused(&less).contains("there is no administrator yet"));
    let enough =
        flags(&[&set[..], &["--oidc-grant", "look=viewer", "--oidc-grant", "admins=administrator"]].concat());
    let server = Running::start(desk.command(&enough));
    let (status, body) = server.get("/api/session");
    let body = String::from_utf8(body).unwrap();
    assert!(status == 200 && body.contains(r#""sso":{"name":"单点登录","url":"/sign-in/oidc"}"#), "{body}");
}

#[test]
fn what_cannot_be_is_refused_at_the_start() {
    let desk = Desk::with_county();
    let id = ["--oidc-client-id", "wangge"];
    let with = |more: &[&'static str]| flags(&[&id[..], more].concat());
    for (arguments, said) in [
        (flags(&["--oidc-grant", "a=administrator"]), "expected the id"),
        (with(&[]), "--oidc-grant GROUP=ROLE[@CODE]"),
        (with(&["--oidc-grant", "a=administrator;b=viewer@320924999"]), "expected the code of a unit"),
        (with(&["--oidc-grant", "a=administrator;b=viewer@3209241"]), "expected the code of a unit"),
        (with(&["--oidc-grant", "a=viewer", "--oidc-client-secret-file", "none"]), "could not read none"),
    ] {
        let line = desk.refused(&arguments);
        assert!(line.contains(said), "{arguments:?}: {line}");
    }
    for arguments in [
        with(&["--oidc-grant", "a=king"]),
        with(&["--oidc-grant", "a=auditor@320924100"]),
        with(&["--oidc-grant", "a"]),
        with(&["--open", "--oidc-grant", "a=viewer"]),
        with(&["--oidc-grant", "a=viewer", "--public-url", "map.example"]),
    ] {
        let output = desk.run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
    }
    let output = desk.run(&[
        "serve",
        "--oidc-issuer",
        "sso.example",
        "--oidc-client-id",
        "x",
        "--oidc-grant",
        "a=viewer",
    ]);
    assert!(err(&output).contains("expected the issuer as https://"), "{}", err(&output));
}

//! Single sign-on against a provider that says what it is told to, signed as it is told to.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};
use wangge::app::Settings;
use wangge::http::{self, PublicUrl};
use wangge::outbound::OidcAccess;
use zeroize::Zeroizing;

use super::provider::{CLIENT, Provider, SECRET, Ways, pairs, seconds};
use super::server::{Answer, Server};

/// A browser that is on its way.
struct Browser<'s> {
    server: &'s Server,
    cookies: BTreeMap<String, String>,
}

impl<'s> Browser<'s> {
    fn new(server: &'s Server) -> Self {
        Self { server, cookies: BTreeMap::new() }
    }

    fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[])
    }

    fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut all = vec![("cookie", &*cookies)];
        all.extend(headers);
        let answer = self.server.send(method, path, &all, b"");
        for cookie in answer.header("set-cookie").split(", ").filter(|cookie| !cookie.is_empty()) {
            let (pair, how) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
            if how.contains("Max-Age=0") {
                self.cookies.remove(name);
            }
        }
        answer
    }

    /// To the provider's page: its address.
    fn begin(&mut self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!((answer.status, answer.header("cache-control")), (303, "no-store"));
        let cookie = answer.header("set-cookie");
        assert!(cookie.contains("; Path=/sign-in/oidc; Max-Age=600; HttpOnly; SameSite=Lax"), "{cookie}");
        answer.header("location").to_owned()
    }

    /// Back from it: where that leads.
    fn back(&mut self, url: &str) -> String {
        let path = &url[url.find("/sign-in").unwrap()..];
        let answer = self.get(path);
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert!(!self.cookies.contains_key("wangge-visit"), "a visit is used once");
        answer.header("location").to_owned()
    }

    /// There and back.
    fn come(&mut self, provider: &Provider) -> String {
        let url = self.begin("/sign-in/oidc");
        self.back(&provider.page(&url))
    }

    fn session(&mut self) -> Value {
        self.get("/api/session").json()
    }
}

/// Where somebody is led who comes by a provider that does this.
fn refused(server: &Server, provider: &Provider) -> String {
    let mut browser = Browser::new(server);
    let led = browser.come(provider);
    assert_eq!(browser.session()["signed_in"], false, "{led}");
    led.strip_prefix("/sign-in#refused=").unwrap_or_else(|| panic!("{led}")).to_owned()
}

/// The log, as `who via action target outcome after`.
fn log(server: &Server) -> Vec<String> {
    let records = server.runtime.block_on(server.store().audit(0, 1000)).unwrap();
    let line = |r: &wangge::access::audit::Record| {
        format!("{} {} {} {} {} {}", r.who, r.via, r.action, r.target, r.outcome, r.after)
    };
    records.iter().map(line).collect()
}

#[test]
fn one_goes_to_the_provider_and_comes_back_with_a_role_and_leaves_both() {
    let provider = Provider::start();
    let server = provider.serving();
    let mut browser = Browser::new(&server);
    let sso = &browser.session()["sso"];
    assert_eq!(*sso, json!({"name": "县统一认证", "url": "/sign-in/oidc"}));
    let url = browser.begin("/sign-in/oidc?to=%2F%23map%3D9%2F33.7%2F120.2%26at%3D120.2%2C33.7");
    let led = browser.back(&provider.page(&url));
    assert_eq!(led, "/#map=9/33.7/120.2&at=120.2%2C33.7");
    let session = browser.session();
    assert_eq!(session["account"], json!({"name": "zhangsan", "display_name": "张三"}));
    assert_eq!(session["grants"], json!([{"role": "planner", "area": "320924101"}]));
    assert_eq!((&session["via"], &session["has_password"]), (&json!("session"), &json!(false)));
    let log = log(&server);
    assert!(log[0].starts_with("nobody oidc account.create account:zhangsan done"), "{log:?}");
    assert!(log[1].starts_with("account:zhangsan oidc session.begin account:zhangsan done"), "{log:?}");

    let origin = format!("http://{}", server.address);
    let left = browser.send("DELETE", "/api/session", &[("origin", &origin)]).json();
    let then = left["then"].as_str().unwrap();
    let (page, query) = then.split_once('?').unwrap();
    assert_eq!(page, format!("{}/end", provider.issuer));
    let query = pairs(query);
    assert_eq!(query["client_id"], CLIENT);
    assert_eq!(query["post_logout_redirect_uri"], format!("{origin}/sign-in"));
    assert_eq!(browser.session()["signed_in"], false);
}

#[test]
fn an_answer_to_another_visit_is_none() {
    let provider = Provider::start();
    let server = provider.serving();
    let state = "/sign-in#refused=state";
    let mut browser = Browser::new(&server);
    assert_eq!(browser.back("/sign-in/oidc/callback?code=x&state=y"), state, "no visit was begun");
    assert_eq!(browser.back("/sign-in/oidc/callback"), state);

    let url = browser.begin("/sign-in/oidc");
    let back = provider.page(&url);
    // Somebody else's answer: the classic forged sign-in.
    let mut other = Browser::new(&server);
    other.begin("/sign-in/oidc");
    assert_eq!(other.back(&back), state);
    let (start, _) = back.split_once("&state").unwrap();
    let url = browser.begin("/sign-in/oidc");
    assert_eq!(browser.back(&format!("{start}&state=0000")), state);
    // A visit is used once, though it failed.
    assert_eq!(browser.back(&provider.page(&url)), state);
    assert_eq!(provider.asked("/token"), 0, "no code was shown to the provider");

    let url = browser.begin("/sign-in/oidc");
    let back = provider.page(&url);
    let kept = browser.cookies.clone();
    assert_eq!(browser.back(&back), "/");
    // The whole way back again, cookie and all: the code is used up.
    browser.cookies = kept;
    assert_eq!(browser.back(&back), "/sign-in#refused=token");
    let url = browser.begin("/sign-in/oidc");
    let twice = provider.page(&url) + "&state=x";
    assert_eq!(browser.back(&twice), state);
    assert!(log(&server).iter().all(|line| !line.contains("refused")), "what anybody can do fills no log");
}

#[test]
fn a_token_that_does_not_hold_lets_nobody_in() {
    let provider = Provider::start();
    let server = provider.serving();
    let now = seconds();
    let cases = [
        ("nonce", ("nonce", json!("another"))),
        ("nonce", ("nonce", Value::Null)),
        ("audience", ("aud", json!("other"))),
        ("audience", ("aud", json!([]))),
        ("audience", ("aud", json!([CLIENT, "other"]))),
        ("audience", ("azp", json!("other"))),
        ("token", ("iss", json!("http://evil.example"))),
        ("token", ("at_hash", json!("another"))),
        ("token", ("sub", Value::Null)),
        ("token", ("exp", Value::Null)),
    ];
    for (word, claim) in cases {
        provider.claims(std::slice::from_ref(&claim));
        assert_eq!(refused(&server, &provider), word, "{claim:?}");
    }
    for (exp, iat) in [(now - 120, now - 300), (now + 900, now + 300)] {
        provider.claims(&[("exp", json!(exp)), ("iat", json!(iat))]);
        assert_eq!(refused(&server, &provider), "expired");
    }
    assert_eq!(
        log(&server).iter().filter(|line| line.contains("nobody oidc session.begin account refused")).count(),
        12
    );
    // Clocks may differ a little; an audience may be a list, and a token need not name what came with it.
    for fine in [
        ("exp", json!(now - 10)),
        ("iat", json!(now + 30)),
        ("aud", json!([CLIENT])),
        ("azp", json!(CLIENT)),
        ("at_hash", Value::Null),
    ] {
        provider.claims(std::slice::from_ref(&fine));
        assert_eq!(Browser::new(&server).come(&provider), "/", "{fine:?}");
    }
}

#[test]
fn a_token_that_the_provider_did_not_sign_lets_nobody_in() {
    let provider = Provider::start();
    let server = provider.serving();
    let alg = |name: &str| [("alg", json!(name))].into();
    let unsigned = |token: &str| format!("{}.", token.rsplit_once('.').unwrap().0);
    let cases: Vec<(&str, Ways)> = vec![
        ("alg none", Ways { header: alg("none"), token: Some(unsigned), ..Ways::default() }),
        ("alg none, signed", Ways { header: alg("none"), ..Ways::default() }),
        ("no signature", Ways { token: Some(unsigned), ..Ways::default() }),
        ("a shared secret's", Ways { header: alg("HS256"), token: Some(by_secret), ..Ways::default() }),
        ("the public key as a secret", Ways { header: alg("HS256"), ..Ways::default() }),
        ("another algorithm", Ways { header: alg("RS256"), ..Ways::default() }),
        ("an unknown algorithm", Ways { header: alg("XX1"), ..Ways::default() }),
        ("changed after it was signed", Ways { token: Some(changed), ..Ways::default() }),
        ("no token", Ways { token: Some(|_| String::new()), ..Ways::default() }),
        ("crit", Ways { header: [("crit", json!(["x"]))].into(), ..Ways::default() }),
    ];
    for (what, ways) in cases {
        provider.does(ways);
        assert_eq!(refused(&server, &provider), "token", "{what}");
    }
    provider.does(Ways::default());
    assert_eq!(Browser::new(&server).come(&provider), "/");
}

/// Signed with the client's secret, as HS256 would have it.
fn by_secret(token: &str) -> String {
    let text = token.rsplit_once('.').unwrap().0;
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
    format!("{text}.{}", BASE64.encode(ring::hmac::sign(&key, text.as_bytes()).as_ref()))
}

/// Somebody makes themselves an administrator.
fn changed(token: &str) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    let claims = String::from_utf8(BASE64.decode(parts[1]).unwrap()).unwrap();
    let claims = claims.replace("planners", "admins");
    format!("{}.{}.{}", parts[0], BASE64.encode(claims), parts[2])
}

#[test]
fn an_unknown_key_has_the_keys_read_again_and_not_for_everybody_who_asks() {
    let provider = Provider::start();
    let server = provider.serving();
    assert_eq!(Browser::new(&server).come(&provider), "/");
    assert_eq!(Browser::new(&server).come(&provider), "/");
    assert_eq!((provider.asked("/jwks"), provider.asked("configuration")), (1, 1), "they are kept");
    provider.turns_its_key("second");
    assert_eq!(Browser::new(&server).come(&provider), "/");
    assert_eq!(provider.asked("/jwks"), 2);
    provider.turns_its_key("third");
    assert_eq!(refused(&server, &provider), "token");
    assert_eq!(refused(&server, &provider), "token");
    assert_eq!(provider.asked("/jwks"), 2, "once a minute");
    // Another key under a name that is known: a forger's.
    provider.forges("second");
    assert_eq!(refused(&server, &provider), "token");
}

#[test]
fn groups_and_names_that_the_token_lacks_are_asked_for() {
    let provider = Provider::start();
    let server = provider.serving();
    let without =
        || [("groups", Value::Null), ("preferred_username", Value::Null), ("name", Value::Null)].into();
    let said =
        json!({"sub": "u-1", "groups": ["look"], "preferred_username": "li si", "email": "x@example.org"});
    provider.does(Ways { claims: without(), user_info: Some(said), ..Ways::default() });
    let mut browser = Browser::new(&server);
    assert_eq!(browser.come(&provider), "/");
    let session = browser.session();
    assert_eq!(
        (&session["account"]["name"], &session["grants"][0]["role"]),
        (&json!("lisi"), &json!("viewer"))
    );
    for (said, word) in [
        (json!({"sub": "u-2", "groups": ["admins"]}), "token"),
        (json!({"sub": "u-1"}), "no-role"),
        (json!({"sub": "u-1", "groups": ["Admins"]}), "no-role"),
    ] {
        provider.does(Ways { claims: without(), user_info: Some(said), ..Ways::default() });
        assert_eq!(refused(&server, &provider), word);
    }
    let log = log(&server);
    assert!(log.last().unwrap().contains("session.begin account:lisi refused"), "{log:?}");
}

#[test]
fn a_provider_that_is_away_or_another_is_said_to_be_so() {
    let provider = Provider::start();
    let word = |server: &Server| {
        let answer = server.get("/sign-in/oidc");
        assert_eq!(answer.status, 303);
        answer.header("location").to_owned()
    };
    let away = "/sign-in#refused=provider";
    let gone = OidcAccess::new("http://127.0.0.1:9", CLIENT).unwrap();
    assert_eq!(word(&Server::closed(&Provider::settings(gone))), away);
    // What calls itself by another name is somebody else.
    provider.does(Ways { description: [("issuer", json!("http://evil.example"))].into(), ..Ways::default() });
    assert_eq!(word(&provider.serving()), away);
    provider.does(Ways { description: [("token_endpoint", Value::Null)].into(), ..Ways::default() });
    assert_eq!(refused(&provider.serving(), &provider), "provider");
    provider.does(Ways::default());

    let wrong = provider.access().with_secret(Zeroizing::new("wrong".into()));
    assert_eq!(refused(&Server::closed(&Provider::settings(wrong)), &provider), "provider");
    let server = provider.serving();
    for (said, expected) in [
        ((500, "canary-text"), "provider"),
        ((302, "canary-text"), "token"),
        ((200, "canary-text"), "token"),
        ((200, r#"{"access_token":"x","token_type":"Bearer"}"#), "token"),
        ((400, r#"{"error":"temporarily_unavailable"}"#), "provider"),
    ] {
        provider.does(Ways { refuses: Some(said), ..Ways::default() });
        assert_eq!(refused(&server, &provider), expected, "{said:?}");
    }
    for (error, word) in [("access_denied", "denied"), ("server_error", "provider"), ("x", "denied")] {
        let mut browser = Browser::new(&server);
        let url = browser.begin("/sign-in/oidc");
        let state = &pairs(&url)["state"];
        let led =
            browser.back(&format!("/sign-in/oidc/callback?error={error}&error_description=x&state={state}"));
        assert_eq!(led, format!("/sign-in#refused={word}"));
    }
    let mut browser = Browser::new(&server);
    let url = browser.begin("/sign-in/oidc");
    let mixed_up = provider.page(&url) + "&iss=https%3A%2F%2Fevil.example";
    assert_eq!(browser.back(&mixed_up), "/sign-in#refused=token");
    assert!(
        log(&server).iter().all(|line| !line.contains("canary")),
        "what the provider writes is in no log"
    );
}

#[test]
fn a_client_without_a_secret_shows_none_and_one_shows_it_as_the_provider_wants() {
    let provider = Provider::start();
    let bodies = [("token_endpoint_auth_methods_supported", json!(["client_secret_post"]))];
    provider.does(Ways { description: bodies.into(), ..Ways::default() });
    assert_eq!(Browser::new(&provider.serving()).come(&provider), "/");
    assert!(provider.shown(0).contains(&format!("client_secret={SECRET}")));
    let public = OidcAccess::new(&provider.issuer, CLIENT).unwrap();
    assert_eq!(refused(&Server::closed(&Provider::settings(public)), &provider), "provider");
    assert!(
        provider.shown(1).contains("client_id=wangge")
            && !provider.shown(1).contains("secret")
            && !provider.shown(1).contains("Basic")
    );
}

#[test]
fn behind_a_proxy_one_comes_back_to_the_address_that_the_operator_names() {
    let provider = Provider::start();
    let door = |url: &str| http::Settings {
        public_url: Some(url.parse::<PublicUrl>().unwrap()),
        ..http::Settings::default()
    };
    let server =
        Server::start_as(&Provider::settings(provider.access()), &door("https://map.example.gov.cn"));
    let headers = [("x-forwarded-host", "evil.example")];
    let answer = server.get_with("/sign-in/oidc", &headers);
    let asked = pairs(answer.header("location"));
    assert_eq!(asked["redirect_uri"], "https://map.example.gov.cn/sign-in/oidc/callback");
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Secure-wangge-visit=wv_") && cookie.ends_with("; Secure"), "{cookie}");
    let mut browser = Browser::new(&server);
    browser.cookies.insert(
        "__Secure-wangge-visit".into(),
        cookie["__Secure-wangge-visit=".len()..].split(';').next().unwrap().into(),
    );
    let back = provider.page(answer.header("location"));
    assert_eq!(browser.back(&back), "/");
    assert!(browser.cookies.contains_key("__Host-wangge"), "{:?}", browser.cookies.keys());
    // A cookie that plain HTTP could have set is none.
    browser.cookies.insert("wangge-visit".into(), "wv_x./".into());
    for bad in ["map.example", "https://map.example/path", "ftp://map.example", "https://", "https://a b"] {
        assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
    }
}

#[test]
fn without_single_sign_on_there_is_none() {
    let server = Server::closed(&Settings::default());
    server.get("/sign-in/oidc").problem(404);
    server.get("/sign-in/oidc/callback?code=x&state=y").problem(404);
    assert_eq!(server.get("/api/session").json()["sso"], Value::Null);
}

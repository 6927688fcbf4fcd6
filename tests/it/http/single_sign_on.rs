//! Single sign-on against a provider that says what it is told to, signed as it is told to.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wangge::app::{Settings, SingleSignOnSettings};
use wangge::http::{self, PublicUrl};
use wangge::outbound::OidcAccess;
use zeroize::Zeroizing;

use super::server::{Answer, Server};

const CLIENT: &str = "wangge";
const SECRET: &str = "canary-client-secret";
/// The access token that the provider gives.
const ACCESS: &str = "canary-access-token";

/// What the provider does, where it is not what it should.
#[derive(Clone, Default)]
struct Ways {
    /// Claims in the place of right ones; null takes one away.
    claims: BTreeMap<&'static str, Value>,
    /// The token's header.
    header: BTreeMap<&'static str, Value>,
    /// The token, once it is signed.
    token: Option<fn(String) -> String>,
    /// What it says of somebody who is asked after.
    user_info: Option<Value>,
    /// Status and body in the place of tokens.
    refuses: Option<(u16, &'static str)>,
    /// Its description.
    description: BTreeMap<&'static str, Value>,
}

struct State {
    ways: Ways,
    key: EcdsaKeyPair,
    /// The name of the key.
    kid: String,
    /// Challenges and nonces by the code that was given for them.
    codes: BTreeMap<String, (String, String)>,
    /// `GET /jwks` and the like, with the body's and the credentials' text.
    asked: Vec<(String, String)>,
}

struct Provider {
    issuer: String,
    state: Arc<Mutex<State>>,
}

fn new_key() -> EcdsaKeyPair {
    let lots = SystemRandom::new();
    let bytes = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &lots).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes.as_ref(), &lots).unwrap()
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

impl Provider {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let (codes, asked) = (BTreeMap::new(), Vec::new());
        let state = State { ways: Ways::default(), key: new_key(), kid: "first".into(), codes, asked };
        let state = Arc::new(Mutex::new(state));
        let (answering, own) = (Arc::clone(&state), issuer.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &own, &answering);
            }
        });
        Self { issuer, state }
    }

    fn access(&self) -> OidcAccess {
        OidcAccess::new(&self.issuer, CLIENT).unwrap().with_secret(Zeroizing::new(SECRET.into()))
    }

    fn settings(&self, access: OidcAccess) -> Settings {
        let rules = ["admins=administrator", "planners=planner@320924101", "look=viewer"];
        let rules = rules.map(|rule| rule.parse().unwrap()).into();
        let single_sign_on = Some(SingleSignOnSettings { access, name: "县统一认证".into(), rules });
        Settings { single_sign_on, ..Settings::default() }
    }

    fn serving(&self) -> Server {
        Server::closed(&self.settings(self.access()))
    }

    fn does(&self, ways: Ways) {
        self.state.lock().unwrap().ways = ways;
    }

    fn claims(&self, claims: &[(&'static str, Value)]) {
        self.does(Ways { claims: claims.iter().cloned().collect(), ..Ways::default() });
    }

    /// Another key, under a name.
    fn turns_its_key(&self, kid: &str) {
        let mut state = self.state.lock().unwrap();
        (state.key, state.kid) = (new_key(), kid.to_owned());
    }

    /// How often a path was asked for.
    fn asked(&self, path: &str) -> usize {
        self.state.lock().unwrap().asked.iter().filter(|(target, _)| target.ends_with(path)).count()
    }

    /// What somebody does on its page: they sign in, and it sends them back. The address that they come to.
    fn page(&self, url: &str) -> String {
        let (page, query) = url.split_once('?').unwrap();
        assert_eq!(page, format!("{}/authorize", self.issuer));
        let asked = pairs(query);
        assert_eq!((&*asked["response_type"], &*asked["client_id"]), ("code", CLIENT));
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].starts_with("openid profile email"), "{}", asked["scope"]);
        let mut state = self.state.lock().unwrap();
        let code = format!("canary-code-{}", state.codes.len());
        let kept = (asked["code_challenge"].clone(), asked["nonce"].clone());
        state.codes.insert(code.clone(), kept);
        format!("{}?code={code}&state={}", asked["redirect_uri"], asked["state"])
    }
}

/// A query's or a form's names and values.
fn pairs(text: &str) -> BTreeMap<String, String> {
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                other => other,
            });
        }
        String::from_utf8(bytes).unwrap()
    };
    text.split('&').filter_map(|p| p.split_once('=')).map(|(n, v)| (decoded(n), decoded(v))).collect()
}

fn answer(mut stream: TcpStream, issuer: &str, state: &Mutex<State>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    let length = header("content-length").map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let Some((method, target)) = head.split(' ').next().zip(head.split(' ').nth(1)) else { return };
    let shown = header("authorization").unwrap_or_default();
    let mut state = state.lock().unwrap();
    state.asked.push((format!("{method} {target}"), format!("{body} {shown}")));
    let (status, said) = state.said(issuer, target, &body, &shown);
    let head = format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        said.len()
    );
    let _ = stream.write_all(&[head.as_bytes(), said.as_bytes()].concat());
}

impl State {
    fn said(&mut self, issuer: &str, target: &str, body: &str, shown: &str) -> (u16, String) {
        match target {
            "/.well-known/openid-configuration" => (200, self.description(issuer).to_string()),
            "/jwks" => (200, self.keys().to_string()),
            "/token" => match self.ways.refuses {
                Some((status, said)) => (status, said.to_owned()),
                None => self.tokens(issuer, &pairs(body), shown),
            },
            "/userinfo" if shown == format!("Bearer {ACCESS}") => {
                (200, self.ways.user_info.clone().unwrap_or_else(|| json!({"sub": "u-1"})).to_string())
            }
            _ => (404, "{}".to_owned()),
        }
    }

    fn description(&self, issuer: &str) -> Value {
        let at = |path: &str| format!("{issuer}/{path}");
        let mut said = json!({
            "issuer": issuer,
            "authorization_endpoint": at("authorize"),
            "token_endpoint": at("token"),
            "userinfo_endpoint": at("userinfo"),
            "jwks_uri": at("jwks"),
            "end_session_endpoint": at("end"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256", "none", "HS256"],
        });
        for (name, value) in &self.ways.description {
            said[*name] = value.clone();
        }
        said
    }

    fn keys(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..65]));
        let key = json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid, "x": x, "y": y});
        json!({ "keys": [key] })
    }

    fn tokens(&mut self, issuer: &str, form: &BTreeMap<String, String>, shown: &str) -> (u16, String) {
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{CLIENT}:{SECRET}"));
        let knows = shown == format!("Basic {basic}") || form.get("client_secret").is_some_and(|s| s == SECRET);
        if !knows {
            return (401, json!({"error": "invalid_client", "error_description": "canary-text"}).to_string());
        }
        let Some((challenge, nonce)) = form.get("code").and_then(|code| self.codes.remove(code)) else {
            return (400, json!({"error": "invalid_grant", "error_description": "canary-text"}).to_string());
        };
        assert_eq!(BASE64.encode(Sha256::digest(&form["code_verifier"])), challenge, "PKCE");
        assert_eq!(form["grant_type"], "authorization_code");
        let at_hash = BASE64.encode(&Sha256::digest(ACCESS)[..16]);
        let mut claims = json!({
            "iss": issuer, "sub": "u-1", "aud": CLIENT, "iat": seconds(), "exp": seconds() + 300, "nonce": nonce,
            "at_hash": at_hash, "preferred_username": "zhangsan", "name": "张三", "groups": ["planners"],
        });
        for (name, value) in &self.ways.claims {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(*name)),
                value => claims[*name] = value.clone(),
            }
        }
        let token = self.signed(&claims);
        let token = self.ways.token.map_or(token.clone(), |change| change(token));
        (200, json!({"access_token": ACCESS, "token_type": "Bearer", "id_token": token}).to_string())
    }

    fn signed(&self, claims: &Value) -> String {
        let mut header = json!({"alg": "ES256", "kid": self.kid});
        for (name, value) in &self.ways.header {
            header[*name] = value.clone();
        }
        let text = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let signature = self.key.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", BASE64.encode(signature.as_ref()))
    }
}

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
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
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
    assert_eq!(log(&server).iter().filter(|line| line.contains("nobody oidc session.begin account refused")).count(), 10);
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
    let unsigned = |token: String| format!("{}.", token.rsplit_once('.').unwrap().0);
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
fn by_secret(token: String) -> String {
    let text = token.rsplit_once('.').unwrap().0;
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
    format!("{text}.{}", BASE64.encode(ring::hmac::sign(&key, text.as_bytes()).as_ref()))
}

/// Somebody makes themselves an administrator.
fn changed(token: String) -> String {
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
    let mut state = provider.state.lock().unwrap();
    state.kid = "second".into();
    drop(state);
    assert_eq!(refused(&server, &provider), "token");
}

#[test]
fn groups_and_names_that_the_token_lacks_are_asked_for() {
    let provider = Provider::start();
    let server = provider.serving();
    let without = || [("groups", Value::Null), ("preferred_username", Value::Null), ("name", Value::Null)].into();
    let said = json!({"sub": "u-1", "groups": ["look"], "preferred_username": "li si", "email": "x@example.org"});
    provider.does(Ways { claims: without(), user_info: Some(said), ..Ways::default() });
    let mut browser = Browser::new(&server);
    assert_eq!(browser.come(&provider), "/");
    let session = browser.session();
    assert_eq!((&session["account"]["name"], &session["grants"][0]["role"]), (&json!("lisi"), &json!("viewer")));
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
    assert_eq!(word(&Server::closed(&provider.settings(gone))), away);
    // What calls itself by another name is somebody else.
    provider.does(Ways { description: [("issuer", json!("http://evil.example"))].into(), ..Ways::default() });
    assert_eq!(word(&provider.serving()), away);
    provider.does(Ways { description: [("token_endpoint", Value::Null)].into(), ..Ways::default() });
    assert_eq!(refused(&provider.serving(), &provider), "provider");
    provider.does(Ways::default());

    let wrong = provider.access().with_secret(Zeroizing::new("wrong".into()));
    assert_eq!(refused(&Server::closed(&provider.settings(wrong)), &provider), "provider");
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
        let led = browser.back(&format!("/sign-in/oidc/callback?error={error}&error_description=x&state={state}"));
        assert_eq!(led, format!("/sign-in#refused={word}"));
    }
    let mut browser = Browser::new(&server);
    let url = browser.begin("/sign-in/oidc");
    let mixed_up = provider.page(&url) + "&iss=https%3A%2F%2Fevil.example";
    assert_eq!(browser.back(&mixed_up), "/sign-in#refused=token");
    assert!(log(&server).iter().all(|line| !line.contains("canary")), "what the provider writes is in no log");
}

#[test]
fn a_client_without_a_secret_shows_none_and_one_shows_it_as_the_provider_wants() {
    let provider = Provider::start();
    let bodies = [("token_endpoint_auth_methods_supported", json!(["client_secret_post"]))];
    provider.does(Ways { description: bodies.into(), ..Ways::default() });
    assert_eq!(Browser::new(&provider.serving()).come(&provider), "/");
    let shown = |n: usize| {
        let state = provider.state.lock().unwrap();
        state.asked.iter().filter(|(target, _)| target.ends_with("/token")).nth(n).unwrap().1.clone()
    };
    assert!(shown(0).contains(&format!("client_secret={SECRET}")));
    let public = OidcAccess::new(&provider.issuer, CLIENT).unwrap();
    assert_eq!(refused(&Server::closed(&provider.settings(public)), &provider), "provider");
    assert!(shown(1).contains("client_id=wangge") && !shown(1).contains("secret") && !shown(1).contains("Basic"));
}

#[test]
fn behind_a_proxy_one_comes_back_to_the_address_that_the_operator_names() {
    let provider = Provider::start();
    let door = |url: &str| http::Settings {
        public_url: Some(url.parse::<PublicUrl>().unwrap()),
        ..http::Settings::default()
    };
    let server = Server::start_as(&provider.settings(provider.access()), &door("https://map.example.gov.cn"));
    let headers = [("x-forwarded-host", "evil.example")];
    let answer = server.get_with("/sign-in/oidc", &headers);
    let asked = pairs(answer.header("location"));
    assert_eq!(asked["redirect_uri"], "https://map.example.gov.cn/sign-in/oidc/callback");
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Secure-wangge-visit=wv_") && cookie.ends_with("; Secure"), "{cookie}");
    let mut browser = Browser::new(&server);
    browser.cookies.insert("__Secure-wangge-visit".into(), cookie["__Secure-wangge-visit=".len()..].split(';').next().unwrap().into());
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

//! A provider of single sign-on that says what it is told to, signed as it is told to.

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
use wangge::outbound::OidcAccess;
use zeroize::Zeroizing;

use super::server::Server;

pub const CLIENT: &str = "wangge";
pub const SECRET: &str = "canary-client-secret";
/// The access token that the provider gives.
const ACCESS: &str = "canary-access-token";

/// What the provider does, where it is not what it should.
#[derive(Clone, Default)]
pub struct Ways {
    /// Claims in the place of right ones; null takes one away.
    pub claims: BTreeMap<&'static str, Value>,
    /// The token's header.
    pub header: BTreeMap<&'static str, Value>,
    /// The token, once it is signed.
    pub token: Option<fn(&str) -> String>,
    /// What it says of somebody who is asked after.
    pub user_info: Option<Value>,
    /// Status and body in the place of tokens.
    pub refuses: Option<(u16, &'static str)>,
    /// Its description.
    pub description: BTreeMap<&'static str, Value>,
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

pub struct Provider {
    pub issuer: String,
    state: Arc<Mutex<State>>,
}

fn new_key() -> EcdsaKeyPair {
    let lots = SystemRandom::new();
    let bytes = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &lots).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes.as_ref(), &lots).unwrap()
}

pub fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

impl Provider {
    pub fn start() -> Self {
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

    pub fn access(&self) -> OidcAccess {
        OidcAccess::new(&self.issuer, CLIENT).unwrap().with_secret(Zeroizing::new(SECRET.into()))
    }

    pub fn settings(access: OidcAccess) -> Settings {
        let rules = ["admins=administrator", "planners=planner@320924101", "look=viewer"];
        let rules = rules.map(|rule| rule.parse().unwrap()).into();
        let single_sign_on = Some(SingleSignOnSettings { access, name: "县统一认证".into(), rules });
        Settings { single_sign_on, ..Settings::default() }
    }

    pub fn serving(&self) -> Server {
        Server::closed(&Self::settings(self.access()))
    }

    pub fn does(&self, ways: Ways) {
        self.state.lock().unwrap().ways = ways;
    }

    pub fn claims(&self, claims: &[(&'static str, Value)]) {
        self.does(Ways { claims: claims.iter().cloned().collect(), ..Ways::default() });
    }

    /// Another key, under a name.
    pub fn turns_its_key(&self, kid: &str) {
        let mut state = self.state.lock().unwrap();
        (state.key, state.kid) = (new_key(), kid.to_owned());
    }

    /// Another key, under the name that the first had.
    pub fn forges(&self, kid: &str) {
        kid.clone_into(&mut self.state.lock().unwrap().kid);
    }

    /// Body and credentials of the n-th question for tokens.
    pub fn shown(&self, n: usize) -> String {
        let state = self.state.lock().unwrap();
        state.asked.iter().filter(|(target, _)| target.ends_with("/token")).nth(n).unwrap().1.clone()
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.state.lock().unwrap().asked.iter().filter(|(target, _)| target.ends_with(path)).count()
    }

    /// What somebody does on its page: they sign in, and it sends them back. The address that they come to.
    pub fn page(&self, url: &str) -> String {
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
pub fn pairs(text: &str) -> BTreeMap<String, String> {
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
        let knows =
            shown == format!("Basic {basic}") || form.get("client_secret").is_some_and(|s| s == SECRET);
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
        let token = self.ways.token.map_or(token.clone(), |change| change(&token));
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

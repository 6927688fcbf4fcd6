//! Everybody who may call: nobody, each role over the own town, another and the county, a key and a page's token.

use wangge::access::{Area, Grant, Password, Role, Scope};
use wangge::app::identity::{AccountRequest, KeyRequest, Owner};
use wangge::unit::Code;

use crate::http::server::{Answer, Server};

/// The town that every probe asks about, and another.
pub const OWN: &str = "320924100";
pub const OTHER: &str = "320924101";

pub const PASSWORD: &str = "grau-Wal-7-Ufer";

/// Where a page may use a token.
pub const PAGE: &str = "https://page.example";

/// One caller.
pub struct Caller {
    /// `viewer`, `key`, `nobody` …
    pub who: String,
    /// `own`, `other`, `county`; empty for nobody.
    pub place: &'static str,
    /// What they show.
    pub headers: Vec<(String, String)>,
}

impl Caller {
    pub fn headers(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// A name of their own for what they make.
    pub fn label(&self) -> String {
        format!("{}-{}", self.who, self.place)
    }
}

pub fn area(place: &str) -> Area {
    let code = |text| Area(Some(Code::new(text).unwrap()));
    match place {
        "own" => code(OWN),
        "other" => code(OTHER),
        _ => Area::WHOLE,
    }
}

/// An account that an operator makes, with a password.
pub fn add(server: &Server, name: &str, grants: Vec<Grant>) {
    let request = AccountRequest {
        name: name.into(),
        display_name: String::new(),
        password: Some(Password::new(PASSWORD.into())),
        grants,
    };
    let operator = Scope::operator("tests");
    server.runtime.block_on(server.app.identity().add_account(&operator, request)).unwrap();
}

/// Signs in as a browser does.
pub fn sign_in(server: &Server, name: &str, password: &str) -> Answer {
    let body = serde_json::json!({"name": name, "password": password}).to_string();
    let origin = format!("http://{}", server.address);
    let headers = [("content-type", "application/json"), ("origin", origin.as_str())];
    server.send("POST", "/api/session", &headers, body.as_bytes())
}

/// The cookie that an answer sets, as a browser sends it back.
pub fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// The headers of a page of the server's own, in a browser that holds a cookie.
pub fn browser(server: &Server, cookie: &str) -> Vec<(String, String)> {
    vec![("cookie".into(), cookie.into()), ("origin".into(), format!("http://{}", server.address))]
}

/// An operator's key or token: its secret.
pub fn key(server: &Server, request: KeyRequest) -> String {
    let operator = Scope::operator("tests");
    let made = server.runtime.block_on(server.app.identity().create_key(&operator, request));
    made.unwrap().1.reveal().to_string()
}

/// Everybody.
pub fn all(server: &Server) -> Vec<Caller> {
    let mut callers = vec![Caller { who: "nobody".into(), place: "", headers: Vec::new() }];
    for role in Role::ALL {
        for place in ["own", "other", "county"] {
            // The log is one for the whole county.
            if role == Role::Auditor && place != "county" {
                continue;
            }
            let name = format!("{role}-{place}");
            add(server, &name, vec![Grant::new(role, area(place))]);
            let signed_in = sign_in(server, &name, PASSWORD);
            let headers = browser(server, &cookie(&signed_in));
            callers.push(Caller { who: role.to_string(), place, headers });
        }
    }
    for place in ["own", "other", "county"] {
        let grants = vec![Grant::new(Role::Dispatcher, area(place))];
        let secret =
            key(server, KeyRequest::Api { name: place.into(), owner: Owner::Machine, grants, expires: None });
        let headers = vec![("authorization".into(), format!("Bearer {secret}"))];
        callers.push(Caller { who: "dispatcher's key".into(), place, headers });
        let expires = jiff::Timestamp::now() + std::time::Duration::from_hours(1);
        let origins = vec![PAGE.into()];
        let secret =
            key(server, KeyRequest::Page { name: place.into(), area: area(place), origins, expires });
        let headers =
            vec![("authorization".into(), format!("Bearer {secret}")), ("origin".into(), PAGE.into())];
        callers.push(Caller { who: "page's token".into(), place, headers });
    }
    callers
}

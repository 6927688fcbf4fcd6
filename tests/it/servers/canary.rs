//! Secrets planted wherever there are some, and looked for wherever there must be none: in all that a server and the
//! commands say while they are told to say much, in every refusal, and in the metrics.

use std::fmt::Write;

use super::process::{Process, ask, told, wangge};
use crate::cluster::Cluster;
use crate::http::access::PROBES;

const PASSWORD: &str = "Kanarie-7491-Wal-Ufer";
const NEXT: &str = "Kanarie-8502-Hai-Insel";
const WRONG: &str = "Kanarie-wrong-3321";
const PHONE: &str = "10074917491";
const PERSON: &str = "金丝雀某某";

#[test]
fn no_secret_stands_in_a_log_an_error_or_a_metric_over_a_file() {
    let dir = tempfile::tempdir().unwrap();
    look(&dir.path().join("county.gpkg").display().to_string());
}

#[test]
fn no_secret_stands_in_a_log_an_error_or_a_metric_over_a_database() {
    look(&Cluster::shared().new_url());
}

/// What must be nowhere, and all that was said.
struct Watch {
    secrets: Vec<String>,
    said: String,
}

fn look(store: &str) {
    let dir = tempfile::tempdir().unwrap();
    let mut watch = Watch {
        secrets: [PASSWORD, NEXT, WRONG, PHONE, PERSON].map(str::to_owned).to_vec(),
        said: String::new(),
    };
    wangge(&["synth", "--store", store, "--grids", "300"]).unwrap();
    let people = dir.path().join("people.csv");
    let code = wangge(&["export", "--store", store, &dir.path().join("o.geojson").display().to_string()]);
    assert!(code.is_ok(), "{code:?}");
    std::fs::write(
        &people,
        format!("code,role,name,phone,note\n320924,town_duty,{PERSON},{PHONE},\n320924,x\n"),
    )
    .unwrap();
    let people = people.display().to_string();
    watch.said += &told(&["import", "--store", store, "--as", "people", &people], "");
    std::fs::write(&people, format!("code,role,name,phone,note\n320924,town_duty,{PERSON},{PHONE},\n"))
        .unwrap();
    watch.said += &told(&["import", "--store", store, "--as", "people", &people], "");
    let add = ["user", "add", "chief", "--admin", "--password-stdin", "--store", store];
    watch.said += &told(&add, PASSWORD);
    watch.said += &told(&["user", "password", "nobody", "--password-stdin", "--store", store], NEXT);

    let log = dir.path().join("log");
    let server = Process::guarded(store, &["--rate-sign-in", "0"], &log);
    watch.drive(&server);
    drop(server);
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(log.contains("DEBUG"), "the server says much: {log}");
    watch.said += &log;
    for secret in &watch.secrets {
        assert!(!watch.said.contains(secret.as_str()), "{secret} stands in what was said");
    }
}

impl Watch {
    /// Signs in, makes a key, a token and a link, and asks everything with each of them, and with what is wrong.
    fn drive(&mut self, server: &Process) {
        let own = format!("http://{}", server.address);
        let sign_in = |password: &str| {
            let body = format!(r#"{{"name":"chief","password":"{password}"}}"#);
            ask(server.address, "POST", "/api/session", &[], &body)
        };
        let refused = sign_in(WRONG);
        assert_eq!(refused.status, 401);
        self.heard(&refused);
        let signed_in = sign_in(PASSWORD);
        assert_eq!(signed_in.status, 200, "{}", signed_in.text());
        let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
        self.secrets.push(cookie.split('=').nth(1).unwrap().to_owned());
        let browser = [("cookie", cookie.as_str()), ("origin", own.as_str())];
        let made = |body: &str| {
            let answer = ask(server.address, "POST", "/api/keys", &browser, body);
            assert_eq!(answer.status, 201, "{}", answer.text());
            let secret = serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap();
            secret["secret"].as_str().unwrap().to_owned()
        };
        let key = made(r#"{"kind":"api","name":"k"}"#);
        let token = made(
            r#"{"kind":"page","name":"t","origins":["https://page.example"],"expires":"2100-01-01T00:00:00Z"}"#,
        );
        let body = r#"{"name":"li","grants":[{"role":"viewer"}]}"#;
        let link = ask(server.address, "POST", "/api/accounts", &browser, body);
        let link: serde_json::Value = serde_json::from_slice(&link.body).unwrap();
        let link = link["link"].as_str().unwrap().to_owned();
        self.heard(&ask(
            server.address,
            "POST",
            "/api/link",
            &[],
            &format!(r#"{{"link":"{link}","password":"1"}}"#),
        ));
        let change = format!(r#"{{"old":"{WRONG}","new":"{NEXT}"}}"#);
        self.heard(&ask(server.address, "POST", "/api/password", &browser, &change));
        self.secrets.extend([key.clone(), token.clone(), link]);

        let bearer = format!("Bearer {key}");
        let cut = format!("Bearer {}0", &key[..key.len() - 1]);
        self.secrets.push(cut.split(' ').nth(1).unwrap().to_owned());
        let page = format!("Bearer {token}");
        let ways: [&[(&str, &str)]; 5] = [
            &[],
            &browser,
            &[("authorization", &bearer)],
            &[("authorization", &cut)],
            &[("authorization", &page), ("origin", "https://page.example")],
        ];
        for way in ways {
            for probe in PROBES.iter().filter(|p| p.route != "/api/events" && p.method != "DELETE") {
                let body = probe.body.replace("{me}", WRONG).replace("wrong\"}", &format!("{WRONG}\"}}"));
                let path = probe.path.replace("{key}", &token);
                self.heard(&ask(server.address, probe.method, &path, way, &body));
            }
            for path in
                ["/api/people?unit=", "/api/units/", "/api/search?q=&x=", "/tiles/", "/api/locate?lon="]
            {
                // What stands in the wrong place is told to whoever put it there, and to nobody else.
                for secret in [PASSWORD, key.as_str(), token.as_str()] {
                    ask(server.address, "GET", &format!("{path}{secret}"), way, "");
                    self.heard(&ask(server.address, "GET", &format!("/api/units?token={secret}"), way, ""));
                }
            }
        }
        let metrics = ask(server.address, "GET", "/metrics", &[], "");
        assert_eq!(metrics.status, 200);
        self.said += metrics.text();
    }

    /// A refusal, which may stand in a log on the way.
    fn heard(&mut self, answer: &crate::http::server::Answer) {
        if answer.status >= 400 {
            writeln!(self.said, "{}", String::from_utf8_lossy(&answer.body)).unwrap();
        }
    }
}

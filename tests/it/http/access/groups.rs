//! Groups of a plan decided one by one, by those in whose town they lie; on both kinds of store.

use serde_json::{Value, json};
use wangge::access::{Grant, Role};

use super::callers::{PASSWORD, add, area, browser, cookie, sign_in};
use crate::cluster::Cluster;
use crate::http::server::{Answer, Server, code};

/// Somebody signed in.
pub struct Person<'a> {
    pub server: &'a Server,
    headers: Vec<(String, String)>,
}

impl<'a> Person<'a> {
    pub fn new(server: &'a Server, name: &str, grants: Vec<Grant>) -> Self {
        add(server, name, grants);
        Self { server, headers: browser(server, &cookie(&sign_in(server, name, PASSWORD))) }
    }

    pub fn headers(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    pub fn send(&self, method: &str, path: &str, on: u64, body: &Value) -> Answer {
        let (match_, body) = (format!("\"{on}\""), body.to_string());
        let mut headers = self.headers();
        headers.push(("content-type", "application/json"));
        if on > 0 {
            headers.push(("if-match", &match_));
        }
        self.server.send(method, &format!("/api/plans{path}"), &headers, body.as_bytes())
    }

    pub fn read(&self, path: &str) -> Value {
        self.send("GET", path, 0, &Value::Null).json()
    }

    /// Changes a plan as it is now; the plan after it.
    #[track_caller]
    pub fn act(&self, id: u64, rest: &str, body: &Value) -> Value {
        let on = self.read(&format!("/{id}"))["revision"].as_u64().unwrap();
        let answer = self.send("POST", &format!("/{id}{rest}"), on, body);
        assert!(answer.status < 300, "{rest}: {} {}", answer.status, answer.text());
        serde_json::from_slice(&answer.body).unwrap()
    }

    pub fn begin(&self, edits: &[Value]) -> u64 {
        let begun = self.send("POST", "", 0, &json!({"title": "两镇调整", "note": "第四季度"}));
        let id = serde_json::from_slice::<Value>(&begun.body).unwrap()["id"].as_u64().unwrap();
        for edit in edits {
            self.act(id, "/edits", edit);
        }
        id
    }
}

fn rename(code: &str, name: &str) -> Value {
    json!({"op": "rename", "unit": code, "name": name})
}

/// Grid c cut in two from its outline to b's border, and the new one named.
fn cut() -> Vec<Value> {
    let line = json!([[120.2004, 33.6995], [120.2004, 33.7015]]);
    vec![json!({"op": "split", "unit": code('c'), "line": line}), rename("320924100001004", "丙东")]
}

fn parts<'a>(plan: &'a Value, member: &str) -> Vec<&'a Value> {
    plan["groups"].as_array().unwrap().iter().map(|group| &group[member]).collect()
}

#[test]
fn groups_are_decided_by_whose_town_they_lie_in_over_a_file() {
    let dir = tempfile::tempdir().unwrap();
    decided(&Server::guarded(&dir.path().join("county.gpkg").display().to_string(), true));
}

#[test]
fn groups_are_decided_by_whose_town_they_lie_in_over_a_database() {
    decided(&Server::guarded(&Cluster::shared().new_url(), true));
}

fn decided(server: &Server) {
    server.follow();
    let planner = Person::new(server, "planner", vec![Grant::new(Role::Planner, area("county"))]);
    let [own, other, whole] = [("own", "own"), ("other", "other"), ("whole", "county")]
        .map(|(name, place)| Person::new(server, name, vec![Grant::new(Role::Approver, area(place))]));
    let mut edits = vec![rename(code('a'), "甲新"), rename(code('d'), "丁新")];
    edits.extend(cut());
    let id = planner.begin(&edits);
    assert_eq!(planner.read(&format!("/{id}"))["groups"], json!([]), "a draft is not decided");
    let review = planner.read(&format!("/{id}/review"));
    assert_eq!(parts(&review, "edits"), [&json!([1]), &json!([2]), &json!([3, 4])], "{review}");
    let submitted = planner.act(id, "/submit", &Value::Null);
    assert_eq!(submitted["groups"], review["groups"]);
    assert_eq!(parts(&submitted, "group"), [1, 2, 3]);
    let cut = [code('b'), code('c'), "320924100001004"];
    assert_eq!(parts(&submitted, "units"), [&json!([code('a')]), &json!([code('d')]), &json!(cut)]);
    refused(&planner, &own, id, submitted["revision"].as_u64().unwrap());

    let sent_back = json!({"approve": [1], "return": [{"group": 3, "reason": "沿河划"}]});
    let open = own.act(id, "/decide", &sent_back);
    assert_eq!((&open["status"], &open["returned_as"]), (&json!("submitted"), &Value::Null));
    assert_eq!(parts(&open, "decision"), [&json!("approved"), &Value::Null, &json!("returned")]);
    assert_eq!(
        (&open["groups"][2]["by"], &open["groups"][2]["reason"]),
        (&json!("account:own"), &json!("沿河划"))
    );
    assert!(open["groups"][2]["at"].is_string() && open["groups"][0]["reason"].is_null(), "{open}");

    // The rest of it, which is the other town's.
    let done = other.act(id, "/approve", &Value::Null);
    assert_eq!((&done["status"], &done["edit_count"]), (&json!("approved"), &json!(2)), "{done}");
    assert_eq!(done["touches"], json!([code('a'), code('d')]));
    assert_eq!(parts(&done, "decision"), ["approved", "approved", "returned"]);
    let back = done["returned_as"].as_u64().unwrap();
    returned(server, &planner, [id, back]);

    let published = whole.act(id, "/publish", &json!({}));
    assert_eq!(published["version"], 3, "{published}");
    let name = |code: &str| server.get(&format!("/api/units/{code}")).json()["name"].clone();
    assert_eq!(
        (name(code('a')), name(code('d')), name(code('c'))),
        (json!("甲新"), json!("丁新"), json!("c网格"))
    );
    planner.act(back, "/rebase", &Value::Null);
    planner.act(back, "/submit", &Value::Null);
    own.act(back, "/approve", &Value::Null);
    assert_eq!(whole.act(back, "/publish", &json!({}))["version"], 4);
    assert_eq!(name("320924100001005"), "丙东");
    server.get("/api/units/320924100001004").problem(404);
}

/// What cannot be decided, or not by them.
fn refused(planner: &Person, own: &Person, id: u64, on: u64) {
    let decide = |who: &Person, on: u64, body: Value| who.send("POST", &format!("/{id}/decide"), on, &body);
    let beyond = decide(own, on, json!({"approve": [1, 2]})).problem(403);
    assert!(beyond["detail"].as_str().unwrap().contains(code('d')), "{beyond}");
    decide(planner, on, json!({"approve": [1]})).problem(403);
    decide(own, 0, json!({"approve": [1]})).problem(428);
    decide(own, on - 1, json!({"approve": [1]})).problem(412);
    for (body, said) in [
        (json!({"approve": [4]}), "(1, 2, 3), found 4"),
        (json!({"return": [{"group": 1, "reason": " "}]}), "reason"),
        (json!({"approve": [1], "return": [{"group": 1, "reason": "?"}]}), "twice"),
        (json!({}), "at least"),
        (json!({"return": [{"group": 1}]}), "return"),
    ] {
        let problem = decide(own, on, body).problem(400);
        assert!(problem["detail"].as_str().unwrap().contains(said), "{problem}");
    }
    let author = Person::new(
        own.server,
        "author",
        vec![Grant::new(Role::Planner, area("county")), Grant::new(Role::Approver, area("county"))],
    );
    let own_plan = author.begin(&[rename(code('d'), "丁二")]);
    let view = author.act(own_plan, "/submit", &Value::Null);
    let revision = view["revision"].as_u64().unwrap();
    author.send("POST", &format!("/{own_plan}/decide"), revision, &json!({"approve": [1]})).problem(403);
    own.send("POST", &format!("/{own_plan}/approve"), revision, &Value::Null).problem(403);
}

/// The plan that returned edits became, and what is told of it.
fn returned(server: &Server, planner: &Person, [id, back]: [u64; 2]) {
    let draft = planner.read(&format!("/{back}"));
    assert_eq!((&draft["status"], &draft["title"]), (&json!("draft"), &json!("两镇调整（退回）")), "{draft}");
    assert_eq!(
        (&draft["note"], &draft["author"]),
        (&json!("退回：沿河划\n第四季度"), &json!("account:planner"))
    );
    assert_eq!(draft["edits"][0]["new"][0]["code"], "320924100001005", "the other keeps what it drew");
    assert_eq!(draft["edits"][1]["edit"]["unit"], "320924100001005");
    let listed = planner.read("");
    let of = |id: u64| listed["plans"].as_array().unwrap().iter().find(|plan| plan["id"] == id).unwrap();
    let touches = json!([code('b'), code('c'), "320924100001005"]);
    assert_eq!((&of(back)["edit_count"], &of(back)["touches"]), (&json!(2), &touches), "{listed}");
    assert_eq!((&of(id)["edit_count"], &of(id)["returned_as"]), (&json!(2), &json!(back)));
    let store = server.store();
    let told = server.runtime.block_on(async {
        let feed = store.feed(0, 1000).await.unwrap();
        let log = store.audit(0, 1000).await.unwrap();
        assert!(
            feed.iter().any(|row| row.kind == "plan" && row.payload.contains(&format!("\"plan\":{back}")))
        );
        log.into_iter().filter(|record| record.target == format!("plan:{id}")).collect::<Vec<_>>()
    });
    let acts: Vec<(&str, &str)> =
        told.iter().map(|record| (record.action.as_str(), record.who.as_str())).collect();
    let expected = [
        ("plan.submit", "account:planner"),
        ("plan.decide", "account:own"),
        ("plan.approve", "account:other"),
    ];
    assert_eq!(acts, expected);
    assert!(told[1].after.contains("[3,\"returned\"]"), "{}", told[1].after);
}

#[test]
fn a_plan_whose_groups_all_go_back_is_rejected_and_an_edit_begins_anew() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::guarded(&dir.path().join("county.gpkg").display().to_string(), true);
    let planner = Person::new(&server, "planner", vec![Grant::new(Role::Planner, area("county"))]);
    let whole = Person::new(&server, "whole", vec![Grant::new(Role::Approver, area("county"))]);
    let id = planner.begin(&[rename(code('a'), "甲新"), rename(code('d'), "丁新")]);
    planner.act(id, "/submit", &Value::Null);
    whole.act(id, "/decide", &json!({"approve": [2]}));
    // The last word counts.
    whole.act(id, "/decide", &json!({"return": [{"group": 2, "reason": "重名"}]}));
    let rejected = whole.act(id, "/reject", &json!({"reason": "字不对"}));
    assert_eq!(
        (&rejected["status"], &rejected["reason"]),
        (&json!("rejected"), &json!("#1: 字不对\n#2: 重名"))
    );
    assert_eq!((&rejected["edit_count"], &rejected["returned_as"]), (&json!(2), &Value::Null));
    assert_eq!(parts(&rejected, "decision"), ["returned", "returned"]);
    planner.act(id, "/edits", &rename(code('a'), "甲二"));
    let again = planner.act(id, "/submit", &Value::Null);
    assert_eq!(parts(&again, "edits"), [&json!([1, 3]), &json!([2])]);
    assert_eq!(parts(&again, "decision"), [&Value::Null, &Value::Null]);
    // One that was handed in before groups were kept has them when it is decided.
    let store = server.store();
    server.runtime.block_on(async {
        let (mut plan, _) = store.plan(id).await.unwrap().unwrap();
        plan.groups.clear();
        store.put_plan(plan, None).await.unwrap();
    });
    assert_eq!(
        parts(&whole.act(id, "/decide", &json!({"approve": [2]})), "edits"),
        [&json!([1, 3]), &json!([2])]
    );
    // What was approved can be taken back as a whole.
    whole.act(id, "/approve", &Value::Null);
    let back = whole.act(id, "/reject", &json!({"reason": "改期"}));
    assert_eq!(
        (&back["status"], parts(&back, "reason")),
        (&json!("rejected"), vec![&json!("改期"), &json!("改期")])
    );
}

//! A plan that becomes a version on its day, on both kinds of store. The day is said, not waited for.

use std::io::Write;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};
use wangge::app::{App, Settings, today};

use super::plans::Held;
use super::server::{Server, code};
use crate::cluster::Cluster;

#[test]
fn a_plan_waits_for_its_day_over_a_file() {
    let dir = tempfile::tempdir().unwrap();
    waits(&Server::over(&dir.path().join("county.gpkg").display().to_string(), true, &Settings::default()));
}

#[test]
fn a_plan_waits_for_its_day_over_a_database() {
    waits(&Server::over(&Cluster::shared().new_url(), true, &Settings::default()));
}

/// A plan that is approved and is to hold from a day.
fn approved<'a>(server: &'a Server, edit: &Value, day: Option<Date>) -> Held<'a> {
    let mut plan = Held::begin(server);
    plan.add(edit);
    if let Some(day) = day {
        plan.done("PATCH", "", &json!({"effective_from": day.to_string()}));
    }
    plan.done("POST", "/submit", &Value::Null);
    plan.done("POST", "/approve", &Value::Null);
    plan
}

fn rename(name: &str) -> Value {
    json!({"op": "rename", "unit": code('a'), "name": name})
}

/// The north border of b against a, moved a little.
fn reshape(lat: f64) -> Value {
    let line = json!([[120.2002, 33.702], [120.2005, lat], [120.2008, 33.702]]);
    json!({"op": "reshape", "between": [code('a'), code('b')], "line": line})
}

fn waits(server: &Server) {
    server.follow();
    let day = today().checked_add(30.days()).unwrap();
    let due = |day: Date| server.runtime.block_on(server.app.publish_due(day)).unwrap();
    let wait = json!({"note": "节后施行", "wait": true});
    for day in [None, Some(today())] {
        let mut early = approved(server, &rename("早"), day);
        assert_eq!(early.send("POST", "/publish", &wait).problem(400)["parameter"], "wait");
    }

    let mut plan = approved(server, &rename("甲新"), Some(day));
    let scheduled = plan.done("POST", "/publish", &wait);
    assert_eq!(
        (&scheduled["status"], &scheduled["scheduled"]["note"]),
        (&json!("scheduled"), &json!("节后施行"))
    );
    assert_eq!(scheduled["scheduled"]["by"], "everyone", "{scheduled}");
    assert!(scheduled["scheduled"]["at"].is_string() && scheduled.get("version").is_none(), "{scheduled}");
    assert_eq!(plan.send("POST", "/edits", &rename("乙")).status, 409);
    assert_eq!(plan.send("PATCH", "", &json!({"note": "?"})).status, 409);
    assert!(due(day.yesterday().unwrap()).is_empty());

    // Two servers find it due at once: one of them publishes it.
    let other = server.runtime.block_on(App::open(server.path(), &Settings::default())).unwrap();
    let both =
        server.runtime.block_on(async { tokio::join!(server.app.publish_due(day), other.publish_due(day)) });
    let published: Vec<_> = [both.0.unwrap(), both.1.unwrap()].concat();
    assert_eq!(published.iter().map(|version| version.number).collect::<Vec<_>>(), [3]);
    let record = &published[0];
    assert_eq!(
        (record.author.as_str(), record.note.as_str(), record.effective_from),
        ("everyone", "节后施行", day)
    );
    assert!(due(day).is_empty());
    let now = server.get(&format!("/api/plans/{}", plan.id)).json();
    assert_eq!(
        (&now["status"], &now["published_version"], &now["scheduled"]),
        (&json!("published"), &json!(3), &Value::Null)
    );
    let name = |at: Date| server.get(&format!("/api/units/{}?at={at}", code('a'))).json()["name"].clone();
    assert_eq!((name(day.yesterday().unwrap()), name(day)), (json!("a网格"), json!("甲新")));
    overtaken(server, day);
    taken_back(server, day);
    raced(server);
    left_behind(server);
    server.runtime.block_on(other.close());
}

/// Others are faster than its day: it is handed in again, and says why.
fn overtaken(server: &Server, day: Date) {
    let mut late = approved(server, &reshape(33.7023), Some(day));
    late.done("POST", "/publish", &json!({"wait": true}));
    assert_eq!(approved(server, &reshape(33.7017), None).done("POST", "/publish", &json!({}))["version"], 4);
    assert!(server.runtime.block_on(server.app.publish_due(day)).unwrap().is_empty());
    let back = server.get(&format!("/api/plans/{}", late.id)).json();
    assert_eq!((&back["status"], &back["scheduled"]), (&json!("submitted"), &Value::Null), "{back}");
    assert_eq!(
        (&back["reason"], &back["groups"][0]["decision"]),
        (&json!("others changed what was reviewed"), &Value::Null)
    );
    let log = server.runtime.block_on(server.store().audit(0, 1000)).unwrap();
    let last = log.iter().rfind(|record| record.target == format!("plan:{}", late.id)).unwrap();
    assert_eq!((last.who.as_str(), last.action.as_str()), ("server", "plan.publish"));
    assert!(last.after.contains("others changed"), "{}", last.after);
}

/// What waits can be taken back, and need not wait.
fn taken_back(server: &Server, day: Date) {
    let mut plan = approved(server, &rename("甲三"), Some(day));
    plan.done("POST", "/publish", &json!({"wait": true}));
    let back = plan.done("POST", "/reject", &json!({"reason": "改期"}));
    assert_eq!(
        (&back["status"], &back["scheduled"], &back["reason"]),
        (&json!("rejected"), &Value::Null, &json!("改期"))
    );
    assert!(server.runtime.block_on(server.app.publish_due(day)).unwrap().is_empty());
    // A version holds what those before it do: none holds from an earlier day.
    let mut earlier = approved(server, &rename("甲前"), Some(today()));
    let refused = earlier.send("POST", "/publish", &json!({})).problem(400);
    assert_eq!(refused["parameter"], "effective_from", "{refused}");
    let mut plan = approved(server, &rename("甲四"), Some(day));
    plan.done("POST", "/publish", &json!({"wait": true}));
    assert_eq!(plan.done("POST", "/publish", &json!({}))["version"], 5);
}

/// Several publish one plan at once: it is published once, and the others are told that it is at another revision.
fn raced(server: &Server) {
    let plan = approved(server, &reshape(33.7019), None);
    let publish = |mut plan: Held<'_>| plan.send("POST", "/publish", &json!({}));
    let answers: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..6).map(|_| plan.clone()).map(|plan| scope.spawn(|| publish(plan))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let won: Vec<Value> =
        answers.iter().filter(|a| a.status == 200).map(|a| a.json()["version"].clone()).collect();
    assert_eq!(won, [json!(6)]);
    assert!(answers.iter().all(|a| [200, 409, 412].contains(&a.status) && !a.text().contains("conflicts")));
    let now = server.get(&format!("/api/plans/{}", plan.id)).json();
    assert_eq!((&now["status"], &now["published_version"]), (&json!("published"), &json!(6)), "{now}");
}

/// Whoever asks to publish leaves at once: where it is published, it is served and recorded too.
fn left_behind(server: &Server) {
    let mut published = 0;
    for i in 0..12 {
        let plan = approved(server, &rename(&format!("无人等{i}")), None);
        let request = format!(
            "POST /api/plans/{}/publish HTTP/1.1\r\nhost: x\r\nif-match: {}\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}",
            plan.id, plan.etag
        );
        let mut line = server.connect();
        line.write_all(request.as_bytes()).unwrap();
        // Some leave while it is being published.
        std::thread::sleep(std::time::Duration::from_millis(2 * i));
        drop(line);
        let status = || server.get(&format!("/api/plans/{}", plan.id)).json()["status"].clone();
        if eventually(|| status() == "published") {
            published += 1;
            let target = format!("plan:{}", plan.id);
            let recorded = || {
                let log = server.runtime.block_on(server.store().audit(0, 10_000)).unwrap();
                log.iter().any(|of| of.target == target && of.action == "plan.publish")
            };
            assert!(eventually(recorded), "plan {} was published without a record", plan.id);
        }
    }
    assert!(published > 6, "{published}");
}

fn eventually(mut holds: impl FnMut() -> bool) -> bool {
    (0..40).any(|_| {
        holds() || {
            std::thread::sleep(std::time::Duration::from_millis(50));
            false
        }
    })
}

//! Who answers for a unit: who may ask, what is answered, and that it is answered nowhere else.

use serde_json::{Value, json};

use super::server::{Server, code, person, shared};

fn names(json: &Value) -> Vec<&str> {
    json["people"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect()
}

#[test]
fn those_of_the_unit_come_first_then_those_of_each_unit_above_it() {
    let json = shared().get(&format!("/api/people?unit={}", code('b'))).json();
    assert_eq!(names(&json), ["赵某乙", "孙某警", "交通路社区值班室", "合德镇值班室"]);
    assert_eq!((&json["version"], &json["unit"]["code"]), (&json!(2), &json!(code('b'))));
    let first = &json["people"][0];
    assert_eq!(
        (&first["role"], &first["phone"], &first["note"]),
        (&json!("grid_worker"), &json!("10000000004"), &json!("赵某乙（备注）"))
    );
    assert_eq!(first["unit"], json["unit"]);
    let last = &json["people"][3]["unit"];
    assert_eq!((&last["code"], &last["level"]), (&json!("320924100"), &json!("town")));
    let same = shared().get(&format!("/api/people?unit=uid:{}", json["unit"]["uid"])).json();
    assert_eq!(same, json);
    assert_eq!(names(&shared().get("/api/people?unit=320924100").json()), ["合德镇值班室"]);
    assert_eq!(names(&shared().get(&format!("/api/people?unit={}", code('g'))).json()), [""; 0]);
}

#[test]
fn an_older_version_has_its_own_units_and_today_s_people() {
    let old = shared().get(&format!("/api/people?unit={}&v=1", code('e'))).json();
    assert_eq!((&old["version"], names(&old)), (&json!(1), vec![]));
    let b = shared().get(&format!("/api/people?unit={}&v=1", code('b'))).json();
    assert_eq!(names(&b)[0], "赵某乙");
}

#[test]
fn no_other_origin_may_read_it_and_nothing_may_keep_it() {
    let from_elsewhere = [("origin", "https://elsewhere.example")];
    let path = format!("/api/people?unit={}", code('b'));
    for answer in [
        shared().get_with(&path, &from_elsewhere),
        shared().get_with("/api/people?unit=1", &from_elsewhere),
        shared().send("POST", &path, &from_elsewhere, b""),
        shared().send("OPTIONS", &path, &[from_elsewhere[0], ("access-control-request-method", "GET")], b""),
    ] {
        let cors = answer.headers.keys().filter(|name| name.starts_with("access-control"));
        assert_eq!(cors.count(), 0, "{answer:?}");
        assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
        assert_eq!(answer.header("etag"), "");
    }
}

#[test]
fn what_is_no_unit_is_told_as_units_tell_it() {
    shared().get("/api/people").problem(400);
    shared().get("/api/people?unit=x").problem(400);
    shared().get("/api/people?unit=999").problem(404);
    shared().get("/api/people?unit=uid:99999").problem(404);
    shared().get(&format!("/api/people?unit={}&v=9", code('b'))).problem(404);
    let gone = shared().get(&format!("/api/people?unit={}", code('e')));
    assert_eq!(gone.problem(410)["became"], json!([code('b')]));
}

#[test]
fn no_other_answer_holds_a_name_or_a_number_of_anybody() {
    let unit = code('b');
    for path in [
        format!("/api/units/{unit}"),
        format!("/api/units/{unit}/geometry"),
        "/api/units".into(),
        "/api/units?format=csv".into(),
        "/api/locate?lon=120.2005&lat=33.7015".into(),
        "/api/near?lon=120.2005&lat=33.7015&limit=100".into(),
        "/api/versions".into(),
        "/api/versions/2".into(),
        "/api/measures".into(),
        "/api/summary".into(),
        "/health/ready".into(),
        "/tiles.json".into(),
        "/tiles/county.json".into(),
        "/tiles/county/14/13662/6561.mvt".into(),
        "/tiles/grids/14/13662/6561.mvt".into(),
        "/tiles/places/14/13662/6561.mvt".into(),
    ] {
        let answer = shared().get(&path);
        assert!(answer.status == 200 && !answer.body.is_empty(), "{path}: {}", answer.status);
        let text = String::from_utf8_lossy(&answer.body);
        for secret in ["赵某乙", "孙某警", "值班室", "100000000"] {
            assert!(!text.contains(secret), "{path} holds {secret}");
        }
    }
}

#[test]
fn people_that_were_replaced_are_noticed() {
    let server = Server::start();
    let path = format!("/api/people?unit={}", code('d'));
    assert_eq!(names(&server.get(&path).json()), ["钱某丁"]);
    let store = server.store();
    server.runtime.block_on(async {
        let hierarchy = store.load(2).await.unwrap().partition.hierarchy;
        let next = person(&hierarchy, code('d'), "grid_head", "李某", "");
        store.replace_people(&[next]).await.unwrap();
        server.app.follow_people().await.unwrap();
    });
    assert_eq!(names(&server.get(&path).json()), ["李某"]);
    assert_eq!(names(&server.get(&format!("/api/people?unit={}", code('b'))).json()), [""; 0]);
}

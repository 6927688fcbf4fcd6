//! Who answers for a unit: who may ask, what is answered, and that it is answered nowhere else.

use serde_json::{Value, json};

use wangge::access::{Area, Grant, Role, Scope, Via, Who};
use wangge::app::{Settings, When};
use wangge::unit::{Code, Duty, Hierarchy, Person};

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

/// Somebody of d's chain with a duty.
fn on(hierarchy: &Hierarchy, code: &str, name: &str, hours: &str, from: &str, until: &str) -> Person {
    let duty = Duty::of(hours, from, until).unwrap();
    Person { duty, ..person(hierarchy, code, "town_duty", name, "10000000009") }
}

/// A server whose people are these.
fn with(settings: &Settings, people: impl Fn(&Hierarchy) -> Vec<Person>) -> Server {
    let server = Server::start_with(settings);
    let store = server.store();
    server.runtime.block_on(async {
        let hierarchy = store.load(2).await.unwrap().partition.hierarchy;
        store.replace_people(&people(&hierarchy)).await.unwrap();
        server.app.follow_people().await.unwrap();
    });
    server
}

/// For d: a worker who is off, one of a roster that is over, and desks above.
fn roster(hierarchy: &Hierarchy) -> Vec<Person> {
    vec![
        on(hierarchy, code('d'), "钱休息", "off", "", ""),
        on(hierarchy, code('d'), "钱过去", "24/7", "2020-01-01", "2020-12-31"),
        on(hierarchy, code('d'), "钱将来", "24/7", "2999-01-01", ""),
        on(hierarchy, "320924101001", "村值班室", "00:00-24:00", "2020-01-01 08:00", "2999-01-01 08:00"),
        on(hierarchy, "320924101", "镇值班室", "", "", ""),
        on(hierarchy, "320924101", "镇夜班", "off", "", ""),
    ]
}

#[test]
fn whoever_is_of_this_time_is_told_with_hours_and_whether_they_are_on_duty() {
    let server = with(&Settings::default(), roster);
    let json = server.get(&format!("/api/people?unit={}", code('d'))).json();
    assert_eq!(names(&json), ["钱休息", "村值班室", "镇值班室", "镇夜班"]);
    let told: Vec<Value> =
        json["people"].as_array().unwrap().iter().map(|p| json!([p["hours"], p["on_duty"]])).collect();
    assert_eq!(
        told,
        [json!(["off", false]), json!(["24/7", true]), json!(["", true]), json!(["off", false])]
    );
    let village = &json["people"][1];
    assert_eq!(
        (&village["from"], &village["until"]),
        (&json!("2020-01-01T08:00"), &json!("2999-01-01T08:00"))
    );
}

#[test]
fn a_lookup_answers_who_is_responsible_now_nearest_unit_first() {
    let server = with(&Settings::default(), roster);
    let d = "/api/locate?lon=120.2015&lat=33.7025";
    let answer = server.get(&format!("{d}&people=true"));
    let json = answer.json();
    let responsible = json["responsible"].as_array().unwrap();
    let found: Vec<(&str, &str)> = responsible
        .iter()
        .map(|p| (p["name"].as_str().unwrap(), p["unit"]["code"].as_str().unwrap()))
        .collect();
    assert_eq!(found, [("村值班室", "320924101001"), ("镇值班室", "320924101")]);
    let first = &responsible[0];
    assert_eq!(
        (&first["role"], &first["phone"], &first["note"], &first["hours"]),
        (&json!("town_duty"), &json!("10000000009"), &json!("村值班室（备注）"), &json!("24/7"))
    );
    assert!(first.get("on_duty").is_none());
    assert_eq!((answer.header("cache-control"), answer.header("etag")), ("no-store", ""));
    // All else is as without.
    let mut without = server.get(d).json();
    assert!(without.get("responsible").is_none());
    without["responsible"] = json["responsible"].clone();
    assert_eq!(without, json);
    assert!(server.get(&format!("{d}&people=false")).json().get("responsible").is_none());
    let outside = server.get("/api/locate?lon=121&lat=33.7025&people=true").json();
    assert_eq!(outside["responsible"], json!([]));
    let within = server.get(&format!("{d}&people=true&accuracy=50")).json();
    assert_eq!(within["responsible"], json["responsible"]);
    assert_eq!(server.get(&format!("{d}&people=yes")).problem(400)["parameter"], "people");
    assert_eq!(server.get(&format!("{d}&people=true&crs=any")).problem(400)["parameter"], "people");
}

#[test]
fn a_lookup_from_another_origin_s_page_is_refused_people() {
    let d = "/api/locate?lon=120.2015&lat=33.7025";
    let asked = |path: &str, origin: &str| shared().get_with(path, &[("origin", origin)]);
    for origin in ["https://elsewhere.example", "null", "http://127.0.0.1", "x"] {
        let refused = asked(&format!("{d}&people=true"), origin);
        assert!(!String::from_utf8_lossy(&refused.body).contains("钱某丁"), "{origin}");
        refused.problem(403);
        assert_eq!(asked(d, origin).status, 200, "{origin}: without people it is open to all");
    }
    let own = asked(&format!("{d}&people=true"), &format!("http://{}", shared().address)).json();
    assert_eq!(own["responsible"][0]["name"], "钱某丁");
}

#[test]
fn people_are_told_only_of_units_that_the_caller_s_role_covers() {
    let server = with(&Settings::default(), roster);
    let (app, runtime) = (&server.app, &server.runtime);
    let served = runtime.block_on(app.served(&Scope::open(), &When::Now)).unwrap();
    let d = served.snapshot.hierarchy().by_code(&Code::new(code('d')).unwrap()).unwrap();
    let seen = |role: Role, area: &str| -> Vec<String> {
        let area = Area(Some(Code::new(area).unwrap()));
        let grant = Grant { role, area, categories: [].into() };
        let scope = Scope::of(Who::Machine("tests".into()), Via::Nothing, [grant]);
        app.people(&scope, &served, d).into_iter().map(|r| r.person.name).collect()
    };
    assert_eq!(seen(Role::Dispatcher, "320924101"), ["钱休息", "村值班室", "镇值班室", "镇夜班"]);
    assert_eq!(seen(Role::Dispatcher, "320924101001"), ["钱休息", "村值班室"]);
    assert_eq!(seen(Role::Dispatcher, "320924100"), [""; 0], "another town");
    assert_eq!(seen(Role::Auditor, "320924101"), [""; 0], "a role that may not");
    assert!(app.people(&Scope::nobody(), &served, d).is_empty());
    assert!(app.responsible(&Scope::nobody(), &served, d).is_empty());
}

#[test]
fn the_hours_are_by_the_county_s_clocks() {
    use jiff::tz::Offset;
    // A day apart: where it is a certain day in the one county, it is not in the other.
    let [east, west] = [14, -10].map(|hours| Offset::from_hours(hours).unwrap());
    let day = east.to_datetime(jiff::Timestamp::now()).date().to_string();
    for (time_zone, due) in [(east, vec!["今日"]), (west, vec![])] {
        let settings = Settings { time_zone, ..Settings::default() };
        let server = with(&settings, |hierarchy| vec![on(hierarchy, code('d'), "今日", "", &day, &day)]);
        assert_eq!(names(&server.get(&format!("/api/people?unit={}", code('d'))).json()), due, "{time_zone}");
    }
}

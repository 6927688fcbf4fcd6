//! A plan from its first edit to its version, and what stands in its way.

use std::sync::Arc;

use serde_json::{Value, json};

use super::server::{Answer, Server, code, county, entry};

/// A plan in a browser's hands.
#[derive(Clone)]
pub struct Held<'a> {
    server: &'a Server,
    pub id: u64,
    pub etag: String,
}

impl<'a> Held<'a> {
    pub fn begin(server: &'a Server) -> Self {
        Self::from(server, "/api/plans", &json!({"title": "调整"}))
    }

    fn from(server: &'a Server, path: &str, body: &Value) -> Self {
        let answer = server.post(path, "application/json", body.to_string());
        assert_eq!(answer.status, 201, "{}", answer.text());
        let id = read(&answer)["id"].as_u64().unwrap();
        assert_eq!(answer.header("location"), format!("/api/plans/{id}"));
        Self { server, id, etag: answer.header("etag").to_owned() }
    }

    pub fn send(&mut self, method: &str, rest: &str, body: &Value) -> Answer {
        let path = format!("/api/plans/{}{rest}", self.id);
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let mut headers = vec![("if-match", self.etag.as_str())];
        if !text.is_empty() {
            headers.push(("content-type", "application/json"));
        }
        let answer = self.server.send(method, &path, &headers, text.as_bytes());
        if answer.status < 300 {
            answer.header("etag").clone_into(&mut self.etag);
        }
        answer
    }

    pub fn done(&mut self, method: &str, rest: &str, body: &Value) -> Value {
        let answer = self.send(method, rest, body);
        assert!(answer.status < 300, "{method} {rest} {body}: {} {}", answer.status, answer.text());
        read(&answer)
    }

    pub fn add(&mut self, edit: &Value) -> Value {
        self.done("POST", "/edits", edit)
    }

    fn publish(&mut self) -> Value {
        self.done("POST", "/submit", &Value::Null);
        self.done("POST", "/approve", &Value::Null);
        self.done("POST", "/publish", &json!({"note": "公告"}))
    }
}

/// The JSON of an answer, whichever way it succeeded.
fn read(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

/// Splits the grid a, one square from (0, 2) to (1, 3), in two.
fn split() -> Value {
    json!({
        "op": "split",
        "unit": code('a'),
        "line": [[120.2004, 33.7015], [120.2004, 33.7035]],
        "new": [{"name": "东"}],
    })
}

/// The north border of b against a, moved a little into a.
fn reshape() -> Value {
    json!({
        "op": "reshape",
        "between": [code('a'), code('b')],
        "line": [[120.2002, 33.702], [120.2005, 33.7023], [120.2008, 33.702]],
    })
}

#[test]
fn a_plan_becomes_a_version() {
    let server = Server::start();
    server.follow();
    let before = server.get("/api/summary").json();
    let mut plan = Held::begin(&server);
    let tried =
        server.post(&format!("/api/plans/{}/try", plan.id), "application/json", split().to_string()).json();
    let did = plan.add(&split());
    for member in ["units", "new", "snapped", "noded", "defects", "balance"] {
        assert_eq!(tried[member], did[member], "what is tried is what is done");
    }
    assert_eq!(did["new"], json!([{"uid": did["new"][0]["uid"], "code": "320924100001004"}]), "{did}");
    assert_eq!((&did["defects"], &did["balance"]), (&json!([]), &json!("households")));
    let of =
        |codes: &str| did["units"].as_array().unwrap().iter().find(|u| u["after"]["code"] == codes).cloned();
    let [west, east] = [code('a'), "320924100001004"].map(|c| of(c).unwrap());
    // The dwellings of a stand at 120.2005: thirty households, east of the line; the larger part keeps the code.
    assert_eq!(
        (&west["before"]["households"], &west["after"]["households"]),
        (&json!(30), &json!(30)),
        "{west}"
    );
    assert_eq!((&east["before"], &east["after"]["households"]), (&Value::Null, &json!(0)), "{east}");
    assert!(
        (west["after"]["area_m2"].as_f64().unwrap() / west["before"]["area_m2"].as_f64().unwrap() - 0.6)
            .abs()
            < 1e-3
    );

    let tile = "/tiles/grids/14/13662/6561.mvt";
    let preview = server.get(&format!("{tile}?plan={}", plan.id));
    assert_eq!((preview.status, preview.header("cache-control")), (200, "private, no-store"));
    server.get(&format!("{tile}?plan=99")).problem(404);
    let review = server.get(&format!("/api/plans/{}/review", plan.id)).json();
    assert!(review.get("tiles").is_none(), "nobody asked");
    let asked = server.get(&format!("/api/plans/{}/review?tiles=true", plan.id)).json();
    let at_14 = asked["tiles"]["14"].as_array().unwrap();
    let holds = |r: &Value| (r[0].as_u64() <= Some(13662)) && Some(13662) <= r[2].as_u64();
    assert!(at_14.iter().any(holds), "{asked}");
    server.get(&format!("/api/plans/{}/review?tiles=yes", plan.id)).problem(400);
    // The border against b gained the vertex where the line ends: it lies on the border, and b has the area that it had.
    assert_eq!(review["units"].as_array().unwrap().len(), 2, "{review}");
    assert_eq!(did["noded"][0]["code"], code('b'), "{did}");
    let changes = server.get(&format!("/api/plans/{}/changes.geojson", plan.id)).json();
    let moved = &changes["features"][0];
    assert_eq!(
        (&moved["properties"]["from"], &moved["properties"]["to"]),
        (&json!(code('a')), &json!("320924100001004"))
    );
    assert_eq!(changes["features"].as_array().unwrap().len(), 1);
    assert_eq!(tried["changes"]["features"], changes["features"]);

    let published = plan.publish();
    assert_eq!(
        (&published["status"], &published["version"]),
        (&json!("published"), &json!(3)),
        "{published}"
    );
    assert_eq!(server.get(tile).body, preview.body, "what was seen is what is served");
    let after = server.get("/api/summary").json();
    assert_eq!((&before["version"], &after["version"]), (&json!(2), &json!(3)));
    let record = server.get("/api/versions/3").json();
    assert_eq!(record["note"], "公告");
    let changed: Vec<&Value> = record["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["level"] == "grid")
        .map(|c| &c["code"])
        .collect();
    assert_eq!(changed, [&json!(code('a')), &json!(code('b')), &json!("320924100001004")], "{record}");
    assert_eq!(server.get("/api/locate?lon=120.2002&lat=33.7025").json()["leaf"]["name"], "东");
    assert_eq!(
        server.get(&format!("/api/units/uid:{}", did["new"][0]["uid"])).json()["code"],
        "320924100001004"
    );
    let diff = server.get("/api/versions/2/diff/3").json();
    assert_eq!(diff["features"], changes["features"], "what was reviewed is what was done");
    let crosswalk = server.get("/api/versions/2/crosswalk/3").text().to_owned();
    let of_a: Vec<&str> = crosswalk.lines().filter(|line| line.starts_with(code('a'))).collect();
    let (stays, goes) =
        ("320924100001001,320924100001001,0.6,1.0", "320924100001001,320924100001004,0.4,0.0");
    assert_eq!(of_a, [stays, goes], "{crosswalk}");
    assert!(crosswalk.contains("320924100001002,320924100001002,1.0,"), "{crosswalk}");
    assert_eq!(plan.send("POST", "/edits", &split()).status, 409, "what is published stays");
}

#[test]
fn a_review_counts_who_answers_for_the_units() {
    let server = Server::start();
    let mut plan = Held::begin(&server);
    plan.add(&json!({"op": "merge", "units": [code('a'), code('b')], "keep": code('b')}));
    let review = server.get(&format!("/api/plans/{}/review", plan.id)).json();
    let of = |side: &str, codes: &str| {
        let units = review["units"].as_array().unwrap().iter();
        units.map(|unit| &unit[side]).find(|m| m["code"] == codes).map(|m| m["workers"].clone())
    };
    assert_eq!([of("before", code('a')), of("after", code('a'))], [Some(json!(0)), None], "{review}");
    assert_eq!([of("before", code('b')), of("after", code('b'))], [Some(json!(2)), Some(json!(2))]);
}

#[test]
fn undone_and_done_again_dropped_and_replaced() {
    let server = Server::start();
    let mut plan = Held::begin(&server);
    let rename = |letter: char, name: &str| json!({"op": "rename", "unit": code(letter), "name": name});
    plan.add(&rename('a', "一"));
    plan.add(&split());
    plan.add(&rename('d', "三"));
    let ids = |view: &Value| -> Vec<u64> {
        view["edits"].as_array().unwrap().iter().map(|e| e["id"].as_u64().unwrap()).collect()
    };
    for left in [vec![1, 2], vec![1], vec![]] {
        assert_eq!(ids(&plan.done("POST", "/undo", &Value::Null)), left);
    }
    assert_eq!(plan.send("POST", "/undo", &Value::Null).status, 409);
    for there in [vec![1], vec![1, 2], vec![1, 2, 3]] {
        assert_eq!(ids(&plan.done("POST", "/redo", &Value::Null)), there);
    }
    assert_eq!(ids(&plan.done("DELETE", "/edits/2", &Value::Null)), [1, 3]);
    assert_eq!(ids(&plan.done("POST", "/undo", &Value::Null)), [1, 2, 3]);
    let replaced = plan.done("PUT", "/edits/1", &rename('a', "壹"));
    assert_eq!(replaced["edits"][0]["edit"]["name"], "壹");
    assert_eq!((ids(&replaced), &replaced["can_redo"]), (vec![1, 2, 3], &json!(false)));
    // What draws codes draws the same again, and nobody else draws them.
    assert_eq!(replaced["edits"][1]["new"][0]["code"], "320924100001004");
    let mut other = Held::begin(&server);
    assert_eq!(other.add(&split())["new"][0]["code"], "320924100001005");
    // An edit on what an earlier one made: without that it cannot be done.
    plan.add(&json!({"op": "rename", "unit": "320924100001004", "name": "东四"}));
    let refused = plan.send("DELETE", "/edits/2", &Value::Null).problem(422);
    assert!(refused["detail"].as_str().unwrap().contains("320924100001004, which none has"), "{refused}");
}

#[test]
fn a_change_says_on_which_state_it_is_made() {
    let server = Server::start();
    let mut plan = Held::begin(&server);
    let path = format!("/api/plans/{}/edits", plan.id);
    let body = split().to_string();
    let send = |path: &str, etag: Option<&str>| {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(etag.map(|etag| ("if-match", etag)));
        server.send("POST", path, &headers, body.as_bytes())
    };
    send("/api/plans/99/edits", None).problem(404);
    send(&path, None).problem(428);
    assert_eq!(send(&path, Some("\"9\"")).problem(412)["revision"], 1);
    send(&path, Some("9")).problem(400);
    let etag = plan.etag.clone();
    plan.add(&split());
    send(&path, Some(&etag)).problem(412);
}

#[test]
fn what_would_break_the_partition_is_refused_where_it_would() {
    let server = Server::start();
    let mut plan = Held::begin(&server);
    let line = json!([[120.2002, 33.7025], [120.2004, 33.7025]]);
    let within =
        plan.send("POST", "/edits", &json!({"op": "split", "unit": code('a'), "line": line})).problem(422);
    assert_eq!(within["units"], json!([code('a')]));
    assert!(within["at"][0].as_f64().unwrap() > 120.2, "{within}");
    let odd = plan.send("POST", "/edits", &json!({"op": "explode"})).problem(400);
    assert!(odd["detail"].as_str().unwrap().contains("explode"), "{odd}");
    plan.send("POST", "/edits", &json!({"op": "split", "unit": code('a'), "line": [[500, 0], [0, 0]]}))
        .problem(400);
    // A draft may hold what a publish may not.
    let mut nameless = split();
    nameless.as_object_mut().unwrap().remove("new");
    assert_eq!(plan.add(&nameless)["defects"][0]["kind"], "missing-name");
    plan.done("POST", "/submit", &Value::Null);
    plan.done("POST", "/approve", &Value::Null);
    let barred = plan.send("POST", "/publish", &json!({})).problem(409);
    assert_eq!(barred["defects"][0]["code"], "320924100001004", "{barred}");
    assert_eq!(server.get("/api/summary").json()["version"], 2);
}

#[test]
fn plans_on_different_borders_both_become_versions_and_on_the_same_the_second_conflicts() {
    let server = Server::start();
    server.follow();
    let [mut first, mut second, mut third] = [(); 3].map(|()| Held::begin(&server));
    first.add(&reshape());
    // Another border of a: that against d.
    second.add(&json!({
        "op": "reshape",
        "between": [code('a'), code('d')],
        "line": [[120.201, 33.7022], [120.2012, 33.7025], [120.201, 33.7028]],
    }));
    third.add(&json!({
        "op": "reshape",
        "between": [code('a'), code('b')],
        "line": [[120.2003, 33.702], [120.2005, 33.7017], [120.2007, 33.702]],
    }));
    assert_eq!(first.publish()["version"], 3);
    assert_eq!(second.publish()["version"], 4, "two plans on different borders of one grid do not conflict");
    third.done("POST", "/submit", &Value::Null);
    third.done("POST", "/approve", &Value::Null);
    let conflict = third.send("POST", "/publish", &json!({})).problem(409);
    assert_eq!(conflict["conflicts"][0]["edit"], 1, "{conflict}");
    let units = conflict["conflicts"][0]["units"].as_array().unwrap();
    assert!(units.contains(&json!(code('a'))) && units.contains(&json!(code('b'))), "{conflict}");
    let plan = server.get(&format!("/api/plans/{}", third.id)).json();
    assert_eq!(plan["status"], "submitted", "it goes back");
    assert_eq!(server.get("/api/summary").json()["version"], 4);
}

#[test]
fn an_older_version_comes_back_with_its_content_hash() {
    let server = Server::start();
    server.follow();
    let hash = |version: u64| server.get(&format!("/api/versions/{version}")).json()["content_hash"].clone();
    let mut plan = Held::begin(&server);
    plan.add(&split());
    plan.add(&json!({"op": "merge", "units": [code('b'), "320924100001004"], "keep": "320924100001004"}));
    plan.add(&reshape_of("320924100001004"));
    plan.publish();
    let mut back = Held::from(&server, "/api/versions/2/restore", &json!({}));
    let view = server.get(&format!("/api/plans/{}", back.id)).json();
    assert_eq!((&view["title"], &view["base_version"]), (&json!("恢复第 2 版"), &json!(3)), "{view}");
    let published = back.publish();
    assert_eq!((&published["version"], &published["content_hash"]), (&json!(4), &hash(2)), "{published}");
    assert_ne!(hash(3), hash(2));
    // b is the b that it was, and has no other code or uid.
    let b = server.get(&format!("/api/units/{}", code('b'))).json();
    let then = server.get(&format!("/api/units/{}?v=2", code('b'))).json();
    assert_eq!((&b["uid"], &b["area_m2"]), (&then["uid"], &then["area_m2"]));
    server.post("/api/versions/2/restore", "application/json", "{}").problem(409);
    server.post("/api/versions/99/restore", "application/json", "{}").problem(404);
}

/// The border of a against another, a little into a.
fn reshape_of(other: &str) -> Value {
    json!({
        "op": "reshape",
        "between": [code('a'), other],
        "line": [[120.2002, 33.702], [120.2003, 33.7022], [120.2004, 33.7025]],
    })
}

#[test]
fn a_version_with_other_voids_and_other_leaves_comes_back_in_one_piece() {
    let server = Server::start();
    server.follow();
    let hash = |version: u64| server.get(&format!("/api/versions/{version}")).json()["content_hash"].clone();
    let polygon = |unit: &str| {
        let feature = server.get(&format!("/api/units/{unit}/geometry")).json();
        match feature["geometry"]["type"].as_str() {
            Some("Polygon") => json!([feature["geometry"]["coordinates"]]),
            _ => feature["geometry"]["coordinates"].clone(),
        }
    };
    // A village is one leaf again: its grids are gone, and it has their area.
    let village = &code('a')[..12];
    let grids = server.get(&format!("/api/units?parent={village}")).json();
    let gone: Vec<Value> = grids["units"].as_array().unwrap().iter().map(|u| u["code"].clone()).collect();
    let area = json!({"type": "MultiPolygon", "coordinates": polygon(village)});
    let mut plan = Held::begin(&server);
    let did = plan.add(&json!({"op": "redraw", "areas": [{"unit": village, "area": area}], "gone": gone}));
    assert_eq!(did["defects"], json!([]), "{did}");
    assert_eq!(plan.publish()["version"], 3);
    assert_eq!(server.get(&format!("/api/units/{village}")).json()["leaf"], true);
    let gone = server.get(&format!("/api/units/{}", code('a'))).problem(410);
    assert_eq!(gone["became"], json!([village]));

    let mut back = Held::from(&server, "/api/versions/2/restore", &json!({}));
    let view = server.get(&format!("/api/plans/{}", back.id)).json();
    assert_eq!((&view["revision"], view["edits"].as_array().unwrap().len()), (&json!(1), 1), "{view}");
    assert_eq!(back.publish()["content_hash"], hash(2));
    let mut forth = Held::from(&server, "/api/versions/3/restore", &json!({}));
    assert_eq!(forth.publish()["content_hash"], hash(3));

    // A void is a grid's from now on, and is its own again later; one that never was cannot be.
    let (void, bordered) = void_and_neighbour(&server);
    let mut plan = Held::begin(&server);
    let stranger = json!({"op": "redraw", "areas": [{"void": 9_999, "name": "湖", "area": area}]});
    assert_eq!(plan.send("POST", "/edits", &stranger).status, 422);
    plan.add(&json!({"op": "redraw", "areas": [bordered, {"void": void, "area": null}]}));
    let filled = plan.publish();
    let mut back = Held::from(&server, "/api/versions/5/restore", &json!({}));
    assert_eq!(back.publish()["content_hash"], hash(5));
    let version = filled["version"].as_u64().unwrap();
    let mut forth = Held::from(&server, &format!("/api/versions/{version}/restore"), &json!({}));
    assert_eq!(forth.publish()["content_hash"], filled["content_hash"]);
    for version in 1..=2 {
        let mut back = Held::from(&server, &format!("/api/versions/{version}/restore"), &json!({}));
        assert_eq!(back.publish()["content_hash"], hash(version), "version {version}");
    }
    // What is served is no version to bring back, and leaves no plan.
    let plans = || server.get("/api/plans").json()["plans"].as_array().unwrap().len();
    let before = plans();
    server.post("/api/versions/2/restore", "application/json", "{}").problem(409);
    assert_eq!(plans(), before);
}

#[test]
fn a_unit_comes_back_with_its_uid_though_another_had_its_code_since() {
    let server = Server::start();
    server.follow();
    let store = server.store();
    server.runtime.block_on(async {
        let before = Arc::new(store.load(2).await.unwrap().partition);
        wangge::app::enter(&store, entry(county(&["adg", "beh", "cfv"]), 2), Some(before)).await.unwrap();
    });
    let uid =
        |version: u64| server.get(&format!("/api/units/{}?v={version}", code('e'))).json()["uid"].clone();
    assert_ne!(uid(1), uid(3), "a code that was retired stands for another unit now");
    let mut back = Held::from(&server, "/api/versions/1/restore", &json!({}));
    assert_eq!(back.publish()["version"], 4);
    assert_eq!(uid(4), uid(1));
    let mut forth = Held::from(&server, "/api/versions/3/restore", &json!({}));
    assert_eq!(forth.publish()["version"], 5);
    assert_eq!(uid(5), uid(3));
}

/// The uid of the county's void, and a grid beside it with the area of both.
fn void_and_neighbour(server: &Server) -> (u64, Value) {
    let version = server.get("/api/versions/1").json();
    let changes = version["changes"].as_array().unwrap();
    let void = changes.iter().find(|change| change["level"] == "void").unwrap()["uid"].as_u64().unwrap();
    let served = server.runtime.block_on(server.store().load(server.app.version())).unwrap();
    let wangge::coverage::Partition { hierarchy, coverage } = served.partition;
    let beside = |arc: wangge::coverage::ArcRef| {
        let (left, right) = (hierarchy.leaf(arc.left)?, hierarchy.void(arc.right)?);
        (right.uid.0 == void as u32).then_some((left, arc.left, arc.right))
    };
    let (leaf, own, lost) = coverage.arcs().find_map(beside).unwrap();
    let both = coverage.dissolve(|o| (o == own || o == lost).then_some(0));
    let code = hierarchy.unit(leaf).code.clone();
    let area = Some(both[&0].clone().into());
    let bordered = wangge::plan::Bordered { of: wangge::plan::Whose::Unit(code), name: None, area };
    (void, serde_json::to_value(bordered).unwrap())
}

#[test]
fn a_filter_is_one_job_that_fills_the_plan() {
    let server = Server::start();
    let mut plan = Held::begin(&server);
    let path = format!("/api/plans/{}/suggest", plan.id);
    server.get(&path).problem(404);
    let ended = || {
        for _ in 0..600 {
            let job = server.get(&path).json();
            if job["state"] != "running" {
                return job;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("the job does not end");
    };
    let would = |body: Value| {
        let answer = server.post(&path, "application/json", body.to_string());
        let would = answer.json();
        let codes = would["units"].as_array().unwrap().iter().map(|u| u["unit"].as_str().unwrap().to_owned());
        (would["total"].as_u64().unwrap(), codes.collect::<Vec<_>>())
    };
    let filter = |rest: Value| {
        let mut body = json!({"filter": "area_km2>0.0001", "dry_run": true});
        body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        would(body)
    };
    let ((all, _), (few, codes)) = (filter(json!({})), filter(json!({"under": "320924101"})));
    assert!(0 < few && few < all, "{few} of {all}");
    assert!(codes.len() as u64 == few && codes.iter().all(|code| code.starts_with("320924101")), "{codes:?}");
    let (large, _) = filter(json!({"filter": "area_km2>0.011"}));
    let nowhere = json!({"filter": "area_km2>0.011", "under": "320924999"});
    plan.send("POST", "/suggest", &nowhere).problem(422);
    for dry_run in [true, false] {
        let one = json!({"filter": "area_km2>0.011", "parts": 1, "dry_run": dry_run});
        let refused = plan.send("POST", "/suggest", &one).problem(422);
        assert!(refused["detail"].as_str().unwrap().contains("2 to 24 parts"), "{refused}");
    }
    // A town that the plan numbered otherwise is still the town.
    let mut moved = Held::begin(&server);
    moved.add(&json!({"op": "assign", "unit": "320924101001", "parent": "320924102"}));
    let asked = json!({"filter": "area_km2>0.0001", "under": "320924101001", "dry_run": true});
    assert_eq!(read(&moved.send("POST", "/suggest", &asked))["total"], few);
    server
        .post(&path, "application/json", json!({"grid": code('a'), "dry_run": true}).to_string())
        .problem(400);
    server.get(&path).problem(404);

    let asked = json!({"filter": "area_km2>0.011", "weight": "area"});
    let begun = plan.send("POST", "/suggest", &asked);
    assert_eq!((begun.status, begun.header("location")), (202, path.as_str()));
    let begun = read(&begun);
    let total = begun["total"].as_u64().unwrap();
    assert!(total == large && begun["plan"] == json!(plan.id), "{begun}");
    let job = ended();
    assert_eq!(
        (&job["state"], &job["left"], &job["job"]),
        (&json!("done"), &json!(0), &begun["job"]),
        "{job}"
    );
    assert_eq!((&job["tried"], &job["total"]), (&json!(total), &json!(total)), "{job}");
    // Each split is an edit, in the order in which the grids were taken, and each new part has a name.
    let view = server.get(&format!("/api/plans/{}", plan.id)).json();
    let numbers: Vec<&Value> =
        job["done"].as_array().unwrap().iter().flat_map(|d| d["edits"].as_array().unwrap()).collect();
    let there: Vec<&Value> = view["edits"].as_array().unwrap().iter().map(|e| &e["id"]).collect();
    assert!(!numbers.is_empty() && numbers == there, "{job} {view}");
    assert_eq!(view["revision"], job["revision"]);
    let review = server.get(&format!("/api/plans/{}/review", plan.id)).json();
    assert_eq!(review["defects"], json!([]));
    // One is dropped, the others are kept.
    plan.etag = format!("\"{}\"", view["revision"]);
    let kept = plan.done("DELETE", &format!("/edits/{}", there[0]), &Value::Null);
    assert_eq!(kept["edits"].as_array().unwrap().len(), there.len() - 1);

    // One that has ended stays as it is when it is to end.
    let again = server.send("DELETE", &path, &[], b"");
    assert_eq!((again.status, &read(&again)["state"]), (200, &job["state"]));
}

#[test]
fn ways_are_suggested_and_a_file_becomes_edits() {
    let server = Server::start();
    let mut plan = Held::begin(&server);
    let ask = |body: Value| {
        server.post(&format!("/api/plans/{}/suggest", plan.id), "application/json", body.to_string())
    };
    let found = ask(json!({"grid": code('a'), "weight": "area"})).json();
    let ways = found["ways"].as_array().unwrap();
    assert!((1..=3).contains(&ways.len()), "{found}");
    for way in ways {
        assert!(way["deviation"].as_f64().unwrap() < 0.02, "{way}");
        assert_eq!((way["edits"].as_array().unwrap().len(), way["parts"].as_array().unwrap().len()), (1, 2));
    }
    // All thirty households of a live at one place.
    let none = ask(json!({"grid": code('a')})).problem(422);
    assert!(none["detail"].as_str().unwrap().contains("one place"), "{none}");
    for (body, said) in [
        (json!({"grid": code('a'), "village": "320924100001"}), "one of"),
        (json!({"village": "320924100001"}), "parts"),
        (json!({"filter": "households<3"}), "households>500"),
    ] {
        assert!(ask(body).problem(400)["detail"].as_str().unwrap().contains(said), "{said}");
    }
    let regrouped = ask(json!({"village": "320924100001", "parts": 2, "weight": "area"})).json();
    assert_eq!(regrouped["ways"][0]["edits"][0]["op"], "merge", "{regrouped}");
    ask(json!({"filter": "area_km2>0.0001", "weight": "area"})).problem(428);

    // The new part is called as the grid is: nothing bars publishing.
    let edit = ways[0]["edits"][0].clone();
    assert_eq!(edit["new"], json!([{"name": "a网格（2）"}]), "{edit}");
    assert_eq!(plan.add(&edit)["defects"], json!([]));
    plan.done("POST", "/undo", &Value::Null);

    // The export of one grid, its north-east corner drawn 30 cm off: within the tolerance nothing was meant.
    let mut file = Held::begin(&server);
    let mut feature = server.get(&format!("/api/units/{}/geometry", code('a'))).json();
    feature["properties"]["name"] = json!("改名");
    let put = |file: &mut Held, feature: &Value| {
        let collection = json!({"type": "FeatureCollection", "features": [feature]});
        file.send("POST", "/from-file", &collection)
    };
    let named = read(&put(&mut file, &feature));
    assert_eq!(named["edits"].as_array().unwrap().len(), 1, "{named}");
    assert_eq!(
        (&named["edits"][0]["edit"]["op"], &named["edits"][0]["edit"]["name"]),
        (&json!("rename"), &json!("改名"))
    );
    let mut beyond = feature.clone();
    beyond["geometry"]["coordinates"] =
        json!([[[120.2, 33.702], [120.202, 33.702], [120.202, 33.703], [120.2, 33.703], [120.2, 33.702]]]);
    let refused = put(&mut file, &beyond).problem(422);
    assert!(refused["detail"].as_str().unwrap().contains("m² of another"), "{refused}");
    assert!(refused["at"].is_array(), "{refused}");
    // What was taken away and comes back as it was changes nothing.
    let own = server.get("/api/export?under=320924100001&v=2").json();
    let codes = own["features"].as_array().unwrap().iter().map(|f| f["properties"]["code"].as_str().unwrap());
    assert_eq!(codes.collect::<Vec<_>>(), [code('a'), code('b'), code('c')], "{own}");
    let corner = |i: usize| own["bbox"][i].as_f64().unwrap();
    let places = own["features"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|f| f["geometry"]["coordinates"][0].as_array().unwrap());
    let lons = places.map(|place| place[0].as_f64().unwrap());
    assert_eq!(
        lons.fold((f64::MAX, f64::MIN), |(a, b), lon| (a.min(lon), b.max(lon))),
        (corner(0), corner(2))
    );
    server.get("/api/export?under=320924999").problem(404);
    assert_eq!(server.get("/api/export?under=abc").problem(400)["parameter"], "under");
    let mut same = Held::begin(&server);
    let answer = same.send("POST", "/from-file?under=320924100001", &own).problem(422);
    assert!(answer["detail"].as_str().unwrap().contains("changes nothing"), "{answer}");
    let mut far = feature.clone();
    far["geometry"]["coordinates"] = json!([[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]]);
    let refused = put(&mut file, &far).problem(422);
    assert!(refused["detail"].as_str().unwrap().contains("100 m outside it"), "{refused}");
    assert_eq!((&refused["at"], &refused["units"]), (&json!([0.0, 0.0]), &json!([code('a')])));
    put(&mut file, &json!({"type": "Feature"})).problem(400);
}

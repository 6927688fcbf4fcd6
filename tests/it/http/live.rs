//! A server that keeps up with its store, says what is published, and goes on while the store is away.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::server::{Server, county, entry, place};
use crate::plan::synthetic::synthetic;
use wangge::access::Scope;
use wangge::app::{Body, Encoding, Settings, TileQuery, enter};
use wangge::coverage::Partition;
use wangge::crs::{Point, TileId, lattice_to_world};
use wangge::store::{Mode, Store};
use wangge::tiling::Plane;
use wangge::unit::{Hierarchy, PointLayer};

pub const SECOND: [&str; 3] = ["adg", "bbh", "cfv"];
pub const THIRD: [&str; 3] = ["adg", "beg", "cfv"];

/// Enters a drawing as the version after `base`, as another program would.
pub fn publish(server: &Server, base: u64, drawing: &[&str]) {
    publish_into(server, &server.store(), base, drawing);
}

/// Enters the county into `store`, which the server may not see; on the server's runtime.
pub fn publish_into(server: &Server, store: &Store, base: u64, drawing: &[&str]) {
    let next = county(drawing);
    server.runtime.block_on(async {
        let before = Arc::new(store.load(base).await.unwrap().partition);
        enter(store, entry(next, base), Some(before)).await.unwrap();
        store.close().await;
    });
}

/// A server that follows its store.
fn following() -> Server {
    let server = Server::start();
    server.follow();
    server
}

/// An open stream of events.
pub struct Listener {
    stream: TcpStream,
    text: String,
}

#[derive(Debug)]
pub struct Told {
    pub kind: String,
    pub id: u64,
    pub data: Value,
}

impl Listener {
    pub fn open(server: &Server, last: Option<&str>) -> Self {
        let mut stream = server.connect();
        let last = last.map_or(String::new(), |id| format!("last-event-id: {id}\r\n"));
        write!(stream, "GET /api/events HTTP/1.1\r\nhost: {}\r\n{last}\r\n", server.address).unwrap();
        let mut listener = Self { stream, text: String::new() };
        let head = listener.until("\r\n\r\n").expect("a head");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(head.contains("content-type: text/event-stream") && head.contains("cache-control: no-store"));
        listener
    }

    /// The text up to a mark; `None` where the stream ends before it.
    fn until(&mut self, mark: &str) -> Option<String> {
        let mut bytes = [0; 4096];
        loop {
            if let Some(at) = self.text.find(mark) {
                let rest = self.text.split_off(at + mark.len());
                return Some(std::mem::replace(&mut self.text, rest));
            }
            let n = self.stream.read(&mut bytes).unwrap();
            if n == 0 {
                return None;
            }
            self.text.push_str(std::str::from_utf8(&bytes[..n]).unwrap());
        }
    }

    /// The next block: its lines by name. Blocks are short, so each is a chunk of its own.
    fn block(&mut self) -> Option<String> {
        let block = self.until("\n\n\r\n")?;
        let (_size, block) = block.split_once("\r\n").unwrap();
        Some(block.trim_end().to_owned())
    }

    /// The next event, whatever else is said before it.
    pub fn next(&mut self) -> Told {
        loop {
            let block = self.block().expect("an event before the stream ends");
            let line =
                |name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(|v| v.trim().to_owned());
            if let (Some(kind), Some(id), Some(data)) = (line("event:"), line("id:"), line("data:")) {
                return Told { kind, id: id.parse().unwrap(), data: serde_json::from_str(&data).unwrap() };
            }
        }
    }
}

/// The tile of a zoom that holds a square of the drawing, by its column and row from the south-west.
fn tile(z: u8, column: i32, row: i32) -> (u64, u64) {
    use wangge::crs::{LonLat, Point, TileId, lattice_to_world};
    let degrees =
        LonLat::new(120.2005 + 0.001 * f64::from(column), 33.7005 + 0.001 * f64::from(row)).unwrap();
    let at: Point = degrees.to_lattice();
    let tile = TileId::at(lattice_to_world(at), z);
    (tile.x().into(), tile.y().into())
}

fn names(tiles: &Value, z: u8, (x, y): (u64, u64)) -> bool {
    let within = |rect: &Value| {
        let n = |i: usize| rect[i].as_u64().unwrap();
        (n(0)..=n(2)).contains(&x) && (n(1)..=n(3)).contains(&y)
    };
    tiles[z.to_string()].as_array().is_some_and(|rects| rects.iter().any(within))
}

#[test]
fn a_version_that_somebody_enters_is_told_after_it_is_served() {
    let server = following();
    let mut listener = Listener::open(&server, None);
    let first = listener.block().unwrap();
    assert!(first.contains("retry: 2000") && first.contains("id: 2"), "{first}");
    let start = Instant::now();
    publish(&server, 2, &THIRD);
    let told = listener.next();
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    assert_eq!((told.kind.as_str(), told.id), ("published", 3));
    let (data, summary) = (&told.data, server.get("/api/summary").json());
    assert_eq!(summary["version"], 3, "it is served already");
    for (name, value) in [("version", 3), ("served", 3), ("from", 2)] {
        assert_eq!(data[name], value, "{name}");
    }
    assert_eq!((&data["build"], &data["content_hash"]), (&summary["build"], &summary["content_hash"]));
    assert_eq!((&data["author"], &data["note"]), (&"tests".into(), &"version 3".into()));
    assert_eq!(data["counts"]["grid"], 4, "b, e, g and h: {}", data["counts"]);
    let [west, south, east, north] = [0, 1, 2, 3].map(|i| data["bbox"][i].as_f64().unwrap());
    assert!((west - 120.2).abs() < 1e-6 && (east - 120.203).abs() < 1e-6, "{}", data["bbox"]);
    assert!((south - 33.701).abs() < 1e-6 && (north - 33.703).abs() < 1e-6, "{}", data["bbox"]);
    assert!(names(&data["tiles"], 16, tile(16, 1, 1)), "{}", data["tiles"]);
    assert!(!names(&data["tiles"], 16, tile(16, 9, 9)), "{}", data["tiles"]);
}

#[test]
fn a_tile_that_a_version_did_not_reach_is_not_drawn_again() {
    let dir = tempfile::tempdir().unwrap();
    let location = dir.path().join("county.gpkg").display().to_string();
    let partition = synthetic(&mut ChaCha8Rng::seed_from_u64(5));
    let bounds = partition.coverage.bounds();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&location, Mode::Create).await.unwrap();
        enter(&store, entry(partition, 0), None).await.unwrap();
        store.close().await;
    });
    let server = Server::over(&location, false, &Settings::default());
    server.follow();
    let mut listener = Listener::open(&server, None);
    let corner = |at: Point| TileId::at(lattice_to_world(at), 15);
    let (from, to) = (corner(bounds.min), corner(bounds.max));
    let all =
        (from.x()..=to.x()).flat_map(|x| (to.y()..=from.y()).map(move |y| TileId::new(15, x, y).unwrap()));
    let drawn = |tile: TileId| {
        let query = TileQuery { tileset: "county", tile, plane: Plane::Wgs84, version: None, build: None };
        let scope = Scope::operator("tests");
        server.runtime.block_on(server.app.tile(&scope, &query, Encoding::Identity)).unwrap().body
    };
    let before: Vec<(TileId, Body)> = all.map(|tile| (tile, drawn(tile))).collect();
    let mut kept = 0;
    for (version, name) in [(1, "改名一"), (2, "改名二")] {
        let store = server.store();
        server.runtime.block_on(async {
            let was = store.load(version).await.unwrap().partition;
            let mut units = was.hierarchy.units().to_vec();
            units.last_mut().unwrap().name = name.into();
            let (levels, voids) = (was.hierarchy.levels().clone(), was.hierarchy.voids().to_vec());
            let hierarchy = Hierarchy::new(levels, units, voids).unwrap();
            let next = Partition { hierarchy, coverage: was.coverage.clone() };
            enter(&store, entry(next, version), Some(Arc::new(was))).await.unwrap();
            store.close().await;
        });
        let told = listener.next();
        assert_eq!(told.data["version"], version + 1);
        for (tile, was) in &before {
            let is = drawn(*tile);
            if !names(&told.data["tiles"], 15, (tile.x().into(), tile.y().into())) {
                assert_eq!(is.etag, was.etag);
                assert_eq!(is.bytes.as_ptr(), was.bytes.as_ptr(), "{tile:?} was drawn again");
                kept += usize::from(!is.bytes.is_empty());
            }
        }
        assert!(before.iter().any(|(tile, was)| drawn(*tile).etag != was.etag), "{name} is shown");
    }
    assert!(kept > 4, "{kept}");
}

#[test]
fn maps_drawn_in_another_datum_are_told_their_own_tiles_once_there_are_any() {
    let server = following();
    let mut listener = Listener::open(&server, None);
    publish(&server, 2, &THIRD);
    assert_eq!(listener.next().data["tiles_gcj02"], Value::Null, "nobody has asked for any");
    let there = tile(16, 1, 1);
    // GCJ-02 is shifted by some 400 m, a good half of a tile of that zoom.
    for x in there.0 - 1..=there.0 + 2 {
        for y in there.1 - 2..=there.1 + 2 {
            server.get(&format!("/tiles/county/16/{x}/{y}.mvt?crs=gcj02"));
        }
    }
    publish(&server, 3, &SECOND);
    let told = listener.next().data;
    assert!(names(&told["tiles"], 16, there));
    let mut differ = 0;
    for x in there.0 - 1..=there.0 + 2 {
        for y in there.1 - 2..=there.1 + 2 {
            let etag = |v: u8| {
                let path = format!("/tiles/county/16/{x}/{y}.mvt?crs=gcj02&v={v}");
                server.get(&path).header("etag").to_owned()
            };
            if etag(3) != etag(4) {
                differ += 1;
                assert!(names(&told["tiles_gcj02"], 16, (x, y)), "{x}/{y}: {}", told["tiles_gcj02"]);
            }
        }
    }
    assert!(differ > 0);
}

#[test]
fn a_listener_that_comes_again_misses_nothing_and_hears_nothing_twice() {
    let server = following();
    let mut listener = Listener::open(&server, None);
    publish(&server, 2, &THIRD);
    assert_eq!(listener.next().id, 3);
    drop(listener);
    publish(&server, 3, &SECOND);
    publish(&server, 4, &THIRD);
    server.runtime.block_on(server.app.catch_up()).unwrap();
    let mut again = Listener::open(&server, Some("3"));
    let (fourth, fifth) = (again.next(), again.next());
    assert_eq!((fourth.id, fifth.id), (4, 5));
    assert_eq!(fifth.data["version"], 5);
    publish(&server, 5, &SECOND);
    assert_eq!(again.next().id, 6);
}

#[test]
fn versions_that_came_at_once_are_all_told_and_the_last_has_the_tiles() {
    let server = Server::start();
    publish(&server, 2, &THIRD);
    publish(&server, 3, &SECOND);
    publish(&server, 4, &THIRD);
    let mut listener = Listener::open(&server, None);
    server.follow();
    let told = [listener.next(), listener.next(), listener.next()];
    let of = |name: &str| told.iter().map(|t| t.data[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("version"), [3, 4, 5]);
    assert_eq!(of("served"), [5, 5, 5], "one load");
    assert_eq!(of("from"), [Value::Null, Value::Null, 2.into()]);
    assert!(names(&told[2].data["tiles"], 16, tile(16, 1, 1)));
}

#[test]
fn what_a_server_did_not_see_is_told_from_the_feed_or_else_reset() {
    let server = following();
    let mut from_the_feed = Listener::open(&server, Some("1"));
    let told = from_the_feed.next();
    assert_eq!((told.id, &told.data["version"], &told.data["tiles"]), (2, &2.into(), &Value::Null));
    for unknown in ["3", "99999", "not a number"] {
        let mut listener = Listener::open(&server, Some(unknown));
        let reset = listener.next();
        assert_eq!(
            (reset.kind.as_str(), reset.id, &reset.data["version"]),
            ("reset", 2, &2.into()),
            "{unknown}"
        );
    }
}

#[test]
fn a_listener_that_another_server_told_more_goes_on_where_it_left_off() {
    let behind = Server::start();
    publish(&behind, 2, &THIRD);
    let mut listener = Listener::open(&behind, Some("3"));
    assert!(!listener.block().unwrap().contains("reset"));
    publish(&behind, 3, &SECOND);
    behind.follow();
    assert_eq!(listener.next().id, 4, "the third is not told twice");
}

#[test]
fn streams_end_when_the_server_hangs_up() {
    let server = following();
    let mut listener = Listener::open(&server, None);
    assert!(server.get("/metrics").text().contains("\nwangge_event_streams 1\n"));
    listener.block().unwrap();
    server.app.hang_up();
    assert!(listener.until("0\r\n\r\n").is_some(), "the last chunk");
}

/// Hides a table of the store, or brings it back: what a database that is away looks like from a file.
fn hide(server: &Server, from: &str, to: &str) {
    let path = server.path();
    server.runtime.block_on(async {
        use sqlx::{Connection, SqliteConnection};
        let mut connection = SqliteConnection::connect(&format!("sqlite://{path}")).await.unwrap();
        let query = format!("ALTER TABLE {from} RENAME TO {to}");
        sqlx::query(sqlx::AssertSqlSafe(query)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
}

pub fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::yield_now();
    }
}

#[test]
fn while_the_store_is_away_the_snapshot_is_served_and_says_how_old_it_may_be() {
    let server = following();
    let served = [
        "/tiles/county/10/853/413.mvt",
        "/api/locate?lon=120.2025&lat=33.7015",
        "/api/units?level=grid",
        "/api/search?q=a",
        "/api/measures",
        "/api/summary",
    ];
    // Dwellings are read once, and are there from then on.
    for path in served {
        assert_eq!(server.get(path).header("wangge-stale"), "", "{path}");
    }
    hide(&server, "versions", "hidden");
    server.runtime.block_on(server.app.catch_up()).unwrap_err();
    for path in served {
        let answer = server.get_with(path, &[("origin", "http://elsewhere.example")]);
        assert_eq!(answer.status / 100, 2, "{path}");
        assert!(answer.header("wangge-stale").parse::<u64>().is_ok(), "{path}: {:?}", answer.headers);
        assert!(answer.header("access-control-expose-headers").contains("wangge-stale"), "{path}");
    }
    let known = server.get("/api/summary");
    let again = server.get_with("/api/summary", &[("if-none-match", known.header("etag"))]);
    assert_eq!((again.status, again.header("cache-control")), (200, "no-store"), "no cache keeps the mark");
    let health = server.get("/health/ready");
    assert_eq!((health.status, &health.json()["status"]), (200, &"stale".into()));
    assert!(health.json()["stale_seconds"].is_u64());
    assert!(server.get("/metrics").text().contains("\nwangge_store_reachable 0\n"));
    for path in ["/api/versions", "/api/versions/1", "/api/summary?v=1", "/api/summary?v=9"] {
        let answer = server.get(path);
        answer.problem(503);
        assert_eq!(answer.header("retry-after"), "5", "{path}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("versions\""), "{path}");
    }

    hide(&server, "hidden", "versions");
    wait("the server finds its store again", || server.get("/health/ready").json()["status"] == "ok");
    assert_eq!(server.get("/api/summary").header("wangge-stale"), "");
    assert_eq!(server.get("/health/ready").json()["stale_seconds"], Value::Null);
    assert_eq!(server.get("/api/versions").status, 200);
}

#[test]
fn metrics_say_what_is_served_and_what_was_asked() {
    let server = Server::start();
    server.get("/api/summary").json();
    server.get("/api/units/1").problem(404);
    server.get("/nothing/there").problem(404);
    publish(&server, 2, &THIRD);
    server.runtime.block_on(server.app.catch_up()).unwrap();
    let answer = server.get("/metrics");
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    for line in [
        "wangge_version 3",
        "wangge_store_version 3",
        "wangge_version_lag 0",
        "wangge_store_reachable 1",
        "wangge_stale_seconds 0",
        "wangge_snapshot_load_seconds_count 1",
        "wangge_requests_total{route=\"/api/summary\",status=\"200\"} 1",
        "wangge_requests_total{route=\"/api/units/{unit}\",status=\"404\"} 1",
        "wangge_requests_total{route=\"unknown\",status=\"404\"} 1",
    ] {
        assert!(answer.text().lines().any(|l| l == line), "{line}\n{}", answer.text());
    }
    for line in answer.text().lines().filter(|l| !l.starts_with('#')) {
        let (_, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok_and(f64::is_finite), "{line}");
    }
}

#[test]
fn points_that_are_replaced_are_served_without_being_asked_for() {
    let server = following();
    let mut listener = Listener::open(&server, None);
    let known = server.get("/api/summary").json()["features_at"].clone();
    let store = server.store();
    let one = [place(120.2005, 33.7005, "service_centre", "新中心", 1)];
    server.runtime.block_on(store.replace_points(PointLayer::Places, &one)).unwrap();
    wait("the new place", || {
        server.get("/api/near?lon=120.2005&lat=33.7005").json()["points"].as_array().unwrap().len() == 1
    });
    let said = loop {
        let block = listener.block().expect("an event before the stream ends");
        if block.contains("event: features") {
            break block;
        }
    };
    assert!(!said.contains("id:"), "the listener's place in the feed stays: {said}");
    let now = server.get("/api/summary").json()["features_at"].clone();
    assert!(now != known && said.contains(now.as_str().unwrap()), "{said} and {now}");
}

//! Several servers over one database, and a database that goes away.
use wangge::app::Settings;
use wangge::store::{Mode, Store};

use super::live::{Listener, SECOND, THIRD, publish, publish_into, wait};
use super::server::Server;
use crate::cluster::{Cluster, new_name};
use crate::servers::proxy::Proxy;

fn following(location: &str, new: bool) -> Server {
    let server = Server::over(location, new, &Settings::default());
    server.follow();
    server
}

const TILE: &str = "/tiles/county/14/13662/6561.mvt";

#[test]
fn servers_over_one_database_serve_and_tell_the_same() {
    let location = Cluster::shared().new_url();
    let servers = [following(&location, true), following(&location, false)];
    let mut listeners = [Listener::open(&servers[0], None), Listener::open(&servers[1], None)];
    publish(&servers[0], 2, &THIRD);
    let told = [listeners[0].next(), listeners[1].next()];
    assert_eq!((told[0].id, &told[0].data), (told[1].id, &told[1].data));
    assert_eq!((&told[0].data["version"], &told[0].data["from"]), (&3.into(), &2.into()));
    let [a, b] = [0, 1].map(|i| servers[i].get(TILE));
    assert!(a.status == 200 && a.body == b.body && a.header("etag") == b.header("etag"), "{}", a.status);

    // Who was told by one server goes on at the other.
    drop(listeners);
    publish(&servers[1], 3, &SECOND);
    let mut at_the_other = Listener::open(&servers[1], Some(&told[0].id.to_string()));
    assert_eq!((at_the_other.next().data["version"].clone(), servers[1].app.version()), (4.into(), 4));
}

#[test]
fn a_database_that_comes_back_is_followed_again_without_a_restart() {
    let cluster = Cluster::start();
    let server = following(&cluster.new_url(), true);
    assert_eq!(server.get(TILE).header("wangge-stale"), "");
    cluster.pg_ctl(&["stop", "-m", "immediate"]);
    wait("the server notices", || server.get("/health/ready").json()["status"] == "stale");
    let tile = server.get(TILE);
    assert_eq!(tile.status, 200);
    assert!(tile.header("wangge-stale").parse::<u64>().is_ok());
    assert_eq!(server.get("/api/locate?lon=120.2025&lat=33.7015").status, 200);
    let refused = server.get("/api/versions");
    refused.problem(503);
    assert_eq!(refused.header("retry-after"), "5");

    cluster.pg_ctl(&["start"]);
    wait("the server finds its database again", || server.get("/health/ready").json()["status"] == "ok");
    let mut listener = Listener::open(&server, None);
    publish(&server, 2, &THIRD);
    assert_eq!(listener.next().data["version"], 3);
    assert_eq!(server.get(TILE).header("wangge-stale"), "");
}

#[test]
fn a_failover_that_loses_a_version_is_told_and_nothing_of_that_version_is_served_again() {
    let primary = Cluster::start();
    let proxy = Proxy::before(&primary);
    let schema = new_name();
    let server = following(&proxy.url(&schema), true);
    let standby = primary.lagging_standby();
    standby.pg_ctl(&["stop"]);
    let mut listener = Listener::open(&server, None);
    let drawing = ["adg", "bbg", "cfv"];
    publish(&server, 2, &drawing);
    assert_eq!(listener.next().data["version"], 3);
    let full = |server: &Server| {
        let url = server.get("/tiles/county.json").json()["tiles"][0].as_str().unwrap().to_owned();
        format!("{TILE}?{}", url.split_once('?').unwrap().1)
    };
    let lost = full(&server);
    let of_lost = server.get(&lost);
    assert_eq!((of_lost.status, of_lost.header("wangge-version")), (200, "3"));

    primary.pg_ctl(&["stop", "-m", "immediate"]);
    standby.pg_ctl(&["start"]);
    standby.pg_ctl(&["promote"]);
    proxy.turn_to(&standby);
    let told = listener.next();
    assert_eq!((told.kind.as_str(), &told.data["version"]), ("reset", &2.into()));
    assert_eq!(server.get(TILE).header("wangge-version"), "2");
    server.get(&lost).problem(404);

    // The number is given again, to another county.
    publish(&server, 2, &THIRD);
    let told = listener.next();
    assert_eq!(
        (told.kind.as_str(), &told.data["version"], &told.data["from"]),
        ("published", &3.into(), &2.into())
    );
    let refused = server.get(&lost).problem(404);
    let found = full(&server);
    assert!(found != lost && found.ends_with(refused["current"].as_str().unwrap()), "{found} and {refused}");
    let tile = server.get(&found);
    assert_eq!((tile.status, tile.header("wangge-version")), (200, "3"));
    assert!(tile.body != of_lost.body && tile.header("etag") != of_lost.header("etag"));
}

#[test]
fn versions_that_were_lost_and_given_again_before_the_server_looked_are_found_out() {
    let primary = Cluster::start();
    let proxy = Proxy::before(&primary);
    let schema = new_name();
    let server = following(&proxy.url(&schema), true);
    let standby = primary.lagging_standby();
    standby.pg_ctl(&["stop"]);
    let mut listener = Listener::open(&server, None);
    publish(&server, 2, &["adg", "bbg", "cfv"]);
    assert_eq!(listener.next().data["version"], 3);
    let lost = server.get(&format!("{TILE}?v=3")).body;

    // While the server sees nothing the standby takes over and is given two versions: 3 is another one now.
    primary.pg_ctl(&["stop", "-m", "immediate"]);
    standby.pg_ctl(&["start"]);
    standby.pg_ctl(&["promote"]);
    let beside = || {
        let url = standby.url("postgres", &schema);
        server.runtime.block_on(Store::open(&url, Mode::Existing)).unwrap()
    };
    publish_into(&server, &beside(), 2, &THIRD);
    publish_into(&server, &beside(), 3, &SECOND);
    proxy.turn_to(&standby);

    assert_eq!(listener.next().kind, "reset");
    wait("the newest is served", || server.get(TILE).header("wangge-version") == "4");
    let tile = server.get(&format!("{TILE}?v=3"));
    assert!(tile.status == 200 && tile.body != lost, "{}", tile.status);
}

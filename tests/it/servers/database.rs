//! The database's troubles under load: it is killed again and again, and a standby takes its place.

use std::time::{Duration, Instant};

use super::load::Load;
use super::process::{PATIENCE, Process, get, wangge};
use super::proxy::Proxy;
use super::publisher::Publisher;
use super::report;
use crate::cluster::{Cluster, new_name};
use crate::rounds;

/// Enters versions until told to stop; each that was acknowledged must be there in the end.
struct Writer {
    publisher: Publisher,
    acknowledged: Vec<(u64, wangge::coverage::ContentHash)>,
    refused: usize,
}

impl Writer {
    /// Enters one version, trying again for as long as the database is away.
    async fn enter(&mut self, load: &Load) {
        let next = self.publisher.next(20);
        let start = Instant::now();
        loop {
            assert!(start.elapsed() < PATIENCE, "nothing could be entered for {PATIENCE:?}");
            // What was not acknowledged may have been entered all the same: then the next number is another, and
            // nothing is entered before it is known.
            let Ok(Some(latest)) = self.publisher.store.latest().await else {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            load.expect(latest + 1, &next);
            if latest > self.publisher.number {
                let lost = self.publisher.store.load(latest).await;
                if let Ok(loaded) = lost {
                    self.publisher.number = latest;
                    self.publisher.partition = loaded.partition.into();
                }
            }
            match self.publisher.enter(&next).await {
                Ok(saved) => {
                    self.acknowledged.push((saved.version.number, saved.version.content_hash));
                    return;
                }
                Err(_) => self.refused += 1,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Whether every acknowledged version is there, and the newest is whole.
    async fn check(&self) {
        for (number, hash) in &self.acknowledged {
            let there = self.publisher.store.version(*number).await.unwrap();
            assert_eq!(there.content_hash, *hash, "version {number}");
        }
        self.publisher.store.verify().await.unwrap();
    }
}

#[test]
fn a_database_that_is_killed_under_load_costs_no_answer_and_no_acknowledged_version() {
    let cluster = Cluster::start();
    let schema = new_name();
    let url = cluster.url("postgres", &schema);
    wangge(&["synth", "--grids", "280", "--store", &url]).unwrap();
    let servers: Vec<Process> = (0..2).map(|_| Process::start(&url)).collect();
    let addresses: Vec<_> = servers.iter().map(|s| s.address).collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let publisher = runtime.block_on(Publisher::open(&url, 3));
    let load = Load::start(&addresses, publisher.number, &publisher.partition);
    let mut writer = Writer { publisher, acknowledged: Vec::new(), refused: 0 };
    for _ in 0..rounds(3, 20) {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(100));
                cluster.pg_ctl(&["restart", "-m", "immediate"]);
            });
            for _ in 0..3 {
                runtime.block_on(writer.enter(&load));
            }
        });
    }
    let newest = writer.publisher.number;
    let back = servers.iter().map(|server| server.until(newest)).max().unwrap();
    runtime.block_on(writer.check());
    report(format_args!(
        "{} versions acknowledged, {} tries refused, {} answers, all right; caught up after {back:?}",
        writer.acknowledged.len(),
        writer.refused,
        load.end()
    ));
}

#[test]
fn a_standby_takes_over_under_load_and_nothing_acknowledged_is_lost() {
    let primary = Cluster::start();
    let standby = primary.standby();
    let schema = new_name();
    let proxy = Proxy::before(&primary);
    let url = proxy.url(&schema);
    wangge(&["synth", "--grids", "280", "--store", &url]).unwrap();
    // One of them reads units from the standby, as long as it is one and after.
    let replica = standby.url("postgres", &schema);
    let servers = [Process::start(&url), Process::start_with(&url, &["--read-store", &replica])];
    let addresses: Vec<_> = servers.iter().map(|s| s.address).collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let publisher = runtime.block_on(Publisher::open(&url, 5));
    let load = Load::start(&addresses, publisher.number, &publisher.partition);
    let mut writer = Writer { publisher, acknowledged: Vec::new(), refused: 0 };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(300));
            primary.pg_ctl(&["stop", "-m", "immediate"]);
            standby.pg_ctl(&["promote"]);
            proxy.turn_to(&standby);
        });
        for _ in 0..6 {
            runtime.block_on(writer.enter(&load));
        }
    });
    let newest = writer.publisher.number;
    for server in &servers {
        server.until(newest);
    }
    runtime.block_on(writer.check());
    report(format_args!(
        "{} versions acknowledged, {} answers, all right",
        writer.acknowledged.len(),
        load.end()
    ));
}

#[test]
fn a_server_that_starts_before_its_database_waits_for_it() {
    let cluster = Cluster::start();
    let url = cluster.new_url();
    wangge(&["synth", "--grids", "280", "--store", &url]).unwrap();
    cluster.pg_ctl(&["stop", "-m", "fast"]);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_secs(1));
            cluster.pg_ctl(&["start"]);
        });
        assert_eq!(Process::start(&url).version(), 1);
    });
}

#[test]
fn a_database_whose_network_swallows_everything_is_missed_once_and_followed_again() {
    let cluster = Cluster::start();
    let schema = new_name();
    let proxy = Proxy::before(&cluster);
    let direct = cluster.url("postgres", &schema);
    wangge(&["synth", "--grids", "280", "--store", &direct]).unwrap();
    let server = Process::start(&proxy.url(&schema));
    // Many at once, so that many connections stand idle and die.
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| assert_eq!(get(server.address, "/api/versions").unwrap().status, 200));
        }
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut publisher = runtime.block_on(Publisher::open(&direct, 9));

    let mut states = vec!["ok".to_owned()];
    let mut watch = |until: &dyn Fn(&str, Duration) -> bool| {
        let start = Instant::now();
        loop {
            let state = server.health()["status"].as_str().unwrap().to_owned();
            if states.last() != Some(&state) {
                states.push(state.clone());
            }
            if until(&state, start.elapsed()) {
                return start.elapsed();
            }
            assert!(start.elapsed() < PATIENCE, "{states:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    proxy.set_swallowing(true);
    let next = publisher.next(20);
    runtime.block_on(publisher.enter(&next)).unwrap();
    let missed = watch(&|state, _| state == "stale");
    watch(&|_, passed| passed > Duration::from_secs(8));
    // Questions that hang meanwhile hold nothing up later.
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| assert_eq!(get(server.address, "/api/versions").unwrap().status, 503));
        }
    });
    proxy.set_swallowing(false);
    let back = watch(&|state, _| state == "ok");
    assert_eq!(server.version(), publisher.number);
    assert_eq!(get(server.address, "/api/versions").unwrap().status, 200);
    assert_eq!(states, ["ok", "stale", "ok"]);
    // 5 s are due; the machine may be busy.
    assert!(back < Duration::from_secs(10), "{back:?}");
    report(format_args!("missed after {missed:?}, followed again {back:?} after the database's return"));
}

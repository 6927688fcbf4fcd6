//! Versions entered beside running servers: all of them serve each one soon, and no answer mixes two.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::load::Load;
use super::process::{Process, wangge};
use super::proxy::Proxy;
use super::publisher::Publisher;
use super::report;
use crate::cluster::{Cluster, new_name};
use crate::rounds;

/// Grids of the county that is served: the whole one in the long run.
fn grids() -> String {
    rounds(300, 3689).to_string()
}

#[test]
fn three_servers_serve_every_version_and_mix_none() {
    let cluster = Cluster::start();
    let schema = new_name();
    let proxy = Proxy::before(&cluster);
    let direct = cluster.url("postgres", &schema);
    wangge(&["synth", "--grids", &grids(), "--store", &direct]).unwrap();
    let servers: Vec<Process> = (0..3).map(|_| Process::start(&proxy.url(&schema))).collect();
    let addresses: Vec<_> = servers.iter().map(|s| s.address).collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut publisher = runtime.block_on(Publisher::open(&direct, 7));
    let load = Load::start(&addresses, publisher.number, &publisher.partition);

    let mut round = |name: &str, versions: usize, before: &dyn Fn()| {
        let mut slowest = Duration::ZERO;
        for _ in 0..versions {
            let next = publisher.next(50);
            load.expect(publisher.number + 1, &next);
            before();
            let saved = runtime.block_on(publisher.enter(&next)).unwrap();
            assert!(saved.rows_changed > 0);
            let took = servers.iter().map(|server| server.until(saved.version.number)).max().unwrap();
            slowest = slowest.max(took);
        }
        report(format_args!(
            "{name}: every server served each of {versions} versions, the slowest after {slowest:?}"
        ));
    };
    round("told", rounds(5, 50), &|| {});
    proxy.set_deaf(true);
    round("not told", rounds(1, 10), &|| {});
    proxy.set_deaf(false);
    round("cut", rounds(10, 100), &|| proxy.cut());
    report(format_args!("{} answers, all right", load.end()));
    runtime.block_on(publisher.store.close());
}

#[test]
fn a_version_of_ten_grids_writes_few_rows_into_a_county_of_many() {
    let url = Cluster::shared().new_url();
    wangge(&["synth", "--grids", &grids(), "--store", &url]).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut publisher = runtime.block_on(Publisher::open(&url, 11));
    let (mut entered, mut read) = (Vec::new(), Vec::new());
    for _ in 0..rounds(3, 20) {
        let (before, record) = runtime.block_on(async {
            (Arc::clone(&publisher.partition), publisher.store.version(publisher.number).await.unwrap())
        });
        let next = publisher.next(10);
        let start = Instant::now();
        let saved = runtime.block_on(publisher.enter(&next)).unwrap();
        entered.push(start.elapsed());
        // Ten grids, their villages and towns, and the county: colours may change with them.
        assert!((1..=60).contains(&saved.rows_changed), "{}", saved.rows_changed);
        let start = Instant::now();
        let number = saved.version.number;
        let loaded = runtime.block_on(publisher.store.load_after(number, &record, &before)).unwrap();
        read.push(start.elapsed());
        assert_eq!(loaded.version, saved.version);
    }
    let median = |mut all: Vec<Duration>| {
        all.sort_unstable();
        all[all.len() / 2]
    };
    report(format_args!(
        "ten grids of {}: entered in {:?}, read in {:?}, in the middle",
        grids(),
        median(entered),
        median(read)
    ));
    runtime.block_on(publisher.store.close());
}

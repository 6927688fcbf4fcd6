//! Clients that ask for tiles and lookups without pause, and check every answer against the version it says it is of.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use wangge::coverage::Partition;
use wangge::crs::{LonLat, Point, TileId};
use wangge::locate::Locator;
use wangge::tiling::Plane;

use super::process::get;

/// Between two questions of a client: servers, clients and database share the machine.
const PAUSE: Duration = Duration::from_millis(2);

/// What a version should answer.
struct Truth {
    partition: Arc<Partition>,
    locator: Locator,
}

/// What all clients share.
#[derive(Default)]
struct Shared {
    truths: RwLock<BTreeMap<u64, Truth>>,
    /// By version and tile: its ETag, the same on every server.
    etags: Mutex<BTreeMap<(u64, String), String>>,
    faults: Mutex<Vec<String>>,
    answers: AtomicU64,
    stop: AtomicBool,
}

pub struct Load {
    shared: Arc<Shared>,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    /// Clients of each server, in turn; `partition` is the version that is served already.
    pub fn start(servers: &[SocketAddr], number: u64, partition: &Arc<Partition>) -> Self {
        let load = Self { shared: Arc::default(), clients: Vec::new() };
        load.expect(number, partition);
        let client = |(seed, &server): (usize, &SocketAddr)| {
            let shared = Arc::clone(&load.shared);
            thread::spawn(move || shared.ask(server, seed as u64))
        };
        let clients = servers.iter().enumerate().map(client).collect();
        Self { clients, ..load }
    }

    /// A version that is about to be entered.
    pub fn expect(&self, number: u64, partition: &Arc<Partition>) {
        let locator = Locator::build(&partition.coverage, partition.hierarchy.leaves().len());
        let truth = Truth { partition: Arc::clone(partition), locator };
        self.shared.truths.write().unwrap().insert(number, truth);
    }

    /// Ends it: how many answers, all of them right.
    pub fn end(self) -> u64 {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.clients.into_iter().for_each(|client| client.join().unwrap());
        let faults = self.shared.faults.lock().unwrap();
        assert!(
            faults.is_empty(),
            "{} faults, the first: {:?}",
            faults.len(),
            &faults[..faults.len().min(5)]
        );
        self.shared.answers.load(Ordering::Relaxed)
    }
}

impl Shared {
    fn ask(&self, server: SocketAddr, seed: u64) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let bounds = self.truths.read().unwrap().values().next().unwrap().partition.coverage.bounds();
        while !self.stop.load(Ordering::SeqCst) {
            let p = Point::new(
                rng.random_range(bounds.min.x..=bounds.max.x),
                rng.random_range(bounds.min.y..=bounds.max.y),
            );
            let asked = if rng.random_bool(0.5) {
                self.tile(server, TileId::at(Plane::Wgs84.world(p), rng.random_range(8..=13)))
            } else {
                self.locate(server, p)
            };
            std::thread::sleep(PAUSE);
            match asked {
                Ok(()) => _ = self.answers.fetch_add(1, Ordering::Relaxed),
                Err(fault) => self.faults.lock().unwrap().push(format!("{server}: {fault}")),
            }
        }
    }

    fn tile(&self, server: SocketAddr, tile: TileId) -> Result<(), String> {
        let path = format!("/tiles/county/{}/{}/{}.mvt", tile.z(), tile.x(), tile.y());
        let answer = get(server, &path).ok_or_else(|| format!("no answer to {path}"))?;
        if ![200, 204].contains(&answer.status) {
            return Err(format!("{path}: {}", answer.status));
        }
        let version = answer.headers["wangge-version"].parse().map_err(|_| "no version".to_owned())?;
        let etag = answer.headers.get("etag").cloned().unwrap_or_default();
        let mut etags = self.etags.lock().unwrap();
        let known = etags.entry((version, path.clone())).or_insert_with(|| etag.clone());
        if *known == etag { Ok(()) } else { Err(format!("{path} of version {version}: {etag} and {known}")) }
    }

    fn locate(&self, server: SocketAddr, p: Point) -> Result<(), String> {
        let at = LonLat::from_lattice(p);
        let path = format!("/api/locate?lon={}&lat={}", at.lon(), at.lat());
        let answer = get(server, &path).ok_or_else(|| format!("no answer to {path}"))?;
        if answer.status != 200 {
            return Err(format!("{path}: {}", answer.status));
        }
        let found: Value = serde_json::from_slice(&answer.body).map_err(|e| e.to_string())?;
        let version = found["version"].as_u64().ok_or("no version")?;
        if answer.headers["wangge-version"] != version.to_string() {
            return Err(format!("{path}: a header of another version"));
        }
        let truths = self.truths.read().unwrap();
        let Truth { partition, locator } = truths.get(&version).ok_or("a version that nobody entered")?;
        let leaf = partition
            .hierarchy
            .leaf(locator.owner(p))
            .map(|leaf| partition.hierarchy.unit(leaf).code.as_str());
        let said = found["leaf"]["code"].as_str();
        if said == leaf { Ok(()) } else { Err(format!("{path} of version {version}: {said:?} for {leaf:?}")) }
    }
}

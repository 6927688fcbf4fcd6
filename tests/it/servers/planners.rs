//! Planners at several servers who edit and publish at random: one winner a version, and nothing acknowledged is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use wangge::coverage::Partition;
use wangge::plan::{Pool, replay};
use wangge::store::{Mode, Store};
use wangge::unit::{Code, UnitIndex};

use super::process::{Process, ask, get, wangge};
use super::report;
use crate::cluster::Cluster;
use crate::http::server::Answer;
use crate::rounds;

const CLIENTS: u64 = 16;

/// What all clients were told.
#[derive(Default)]
struct Told {
    /// How often each step was answered with each status.
    counts: BTreeMap<(&'static str, u16), usize>,
    /// Plan, edit's number, command: what was acknowledged.
    edits: Vec<(u64, u64, Value)>,
    versions: Vec<Published>,
    faults: Vec<String>,
}

struct Published {
    plan: u64,
    version: u64,
    hash: String,
}

struct Client<'a> {
    servers: &'a [SocketAddr],
    county: &'a Partition,
    /// Plans that somebody is at: others come in between.
    open: &'a Mutex<Vec<u64>>,
    told: &'a Mutex<Told>,
    rng: ChaCha8Rng,
}

/// A plan as a client last saw it.
struct Held {
    id: u64,
    etag: String,
}

impl Client<'_> {
    fn send(&mut self, step: &'static str, method: &str, path: &str, etag: &str, body: &str) -> Answer {
        let server = self.servers[self.rng.random_range(0..self.servers.len())];
        let headers = [("if-match", etag)];
        let headers = if etag.is_empty() { &[][..] } else { &headers[..] };
        let answer = ask(server, method, path, headers, body);
        let mut told = self.told.lock().unwrap();
        *told.counts.entry((step, answer.status)).or_default() += 1;
        let expected: &[u16] = match step {
            "begin" => &[201],
            "look" => &[200],
            "edit" => &[201, 409, 412, 422],
            _ => &[200, 409, 412],
        };
        // 503 says that others draw the same codes, and to try again.
        if !expected.contains(&answer.status) && answer.status != 503 {
            told.faults.push(format!("{step} {path}: {} {}", answer.status, text(&answer)));
        }
        answer
    }

    fn work(&mut self, until: Instant) {
        while Instant::now() < until {
            let Some(mut held) = self.begin() else { continue };
            for _ in 0..self.rng.random_range(1..=3) {
                self.edit(&mut held);
            }
            // Now and then two are at one plan.
            if self.rng.random_bool(0.3) {
                self.interfere();
            }
            let stays = [("submit", ""), ("approve", ""), ("publish", "{}")]
                .into_iter()
                .all(|(step, body)| self.step(&mut held, step, body));
            if !stays && self.rng.random_bool(0.5) && self.look(&mut held) {
                self.step(&mut held, "rebase", "");
            }
        }
    }

    fn begin(&mut self) -> Option<Held> {
        let answer = self.send("begin", "POST", "/api/plans", "", r#"{"title":"调整"}"#);
        let id = read(&answer)["id"].as_u64().filter(|_| answer.status == 201)?;
        self.open.lock().unwrap().push(id);
        Some(Held { id, etag: etag(&answer) })
    }

    fn look(&mut self, held: &mut Held) -> bool {
        let answer = self.send("look", "GET", &format!("/api/plans/{}", held.id), "", "");
        held.etag = etag(&answer);
        answer.status == 200
    }

    /// An edit of somebody's plan, on what it is by now.
    fn interfere(&mut self) {
        let one = {
            let open = self.open.lock().unwrap();
            let last = open.len().saturating_sub(CLIENTS as usize);
            open[self.rng.random_range(last..open.len())]
        };
        let mut held = Held { id: one, etag: String::new() };
        if self.look(&mut held) {
            self.edit(&mut held);
        }
    }

    fn edit(&mut self, held: &mut Held) {
        let edit = self.command();
        let path = format!("/api/plans/{}/edits", held.id);
        let answer = self.send("edit", "POST", &path, &held.etag, &edit.to_string());
        if answer.status == 201 {
            held.etag = etag(&answer);
            let number = read(&answer)["id"].as_u64().unwrap();
            self.told.lock().unwrap().edits.push((held.id, number, edit));
        }
    }

    /// One step of a plan; `false` where it was refused.
    fn step(&mut self, held: &mut Held, step: &'static str, body: &str) -> bool {
        let path = format!("/api/plans/{}/{step}", held.id);
        let answer = self.send(step, "POST", &path, &held.etag, body);
        if answer.status != 200 {
            return false;
        }
        held.etag = etag(&answer);
        if step == "publish" {
            let body = read(&answer);
            let version = body["version"].as_u64().unwrap();
            let hash = body["content_hash"].as_str().unwrap().to_owned();
            self.told.lock().unwrap().versions.push(Published { plan: held.id, version, hash });
        }
        true
    }

    /// A command about some grid of the county as it was at first: by now it may be another, or none.
    fn command(&mut self) -> Value {
        let hierarchy = &self.county.hierarchy;
        let leaves = hierarchy.leaves();
        let leaf = leaves[self.rng.random_range(0..leaves.len())];
        let code = hierarchy.unit(leaf).code.clone();
        let [west, south, east, north] = self.bounds(leaf);
        let at = |x: f64, y: f64| json!([west + (east - west) * x, south + (north - south) * y]);
        let x = self.rng.random_range(0.3..0.7);
        match self.rng.random_range(0..6) {
            0 => {
                json!({"op": "rename", "unit": code, "name": format!("格{}", self.rng.random_range(0..1000))})
            }
            1 => json!({
                "op": "split", "unit": code, "tolerance": 5, "line": [at(x, -0.1), at(x, 1.1)],
                "new": [{"name": "新"}, {"name": "又新"}, {"name": "再新"}],
            }),
            2 => {
                let beside = self.beside(leaf);
                json!({"op": "merge", "units": [code, beside]})
            }
            3 => json!({"op": "set", "unit": code, "attributes": {"note": self.rng.random_range(0..1000)}}),
            4 => json!({"op": "move_node", "tolerance": 300, "at": at(x, 0.0), "to": at(x, 0.03)}),
            _ => {
                let beside = self.beside(leaf);
                json!({"op": "reshape", "between": [code, beside], "line": [at(x, 0.0), at(x, 0.5), at(1.0, x)]})
            }
        }
    }

    fn bounds(&self, leaf: UnitIndex) -> [f64; 4] {
        let polygons = self.county.polygons_of(leaf);
        let bounds = wangge::crs::Bounds::of(polygons.iter().flat_map(|p| &p.shell));
        bounds.degrees()
    }

    /// A leaf that bordered one at first.
    fn beside(&self, leaf: UnitIndex) -> Code {
        let hierarchy = &self.county.hierarchy;
        let owner = hierarchy.owner_of(leaf).unwrap();
        let other = self.county.coverage.arcs().find_map(|arc| {
            let other = if arc.left == owner { arc.right } else { arc.left };
            hierarchy.leaf(other).filter(|_| arc.left == owner || arc.right == owner)
        });
        hierarchy.unit(other.unwrap_or(leaf)).code.clone()
    }
}

fn read(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).chars().take(400).collect()
}

fn etag(answer: &Answer) -> String {
    answer.headers.get("etag").cloned().unwrap_or_default()
}

#[test]
fn planners_at_three_servers_lose_no_edit_and_no_version() {
    let cluster = Cluster::start();
    let url = cluster.new_url();
    wangge(&["synth", "--grids", "280", "--store", &url]).unwrap();
    let servers: Vec<Process> = (0..3).map(|_| Process::start(&url)).collect();
    let addresses: Vec<_> = servers.iter().map(|s| s.address).collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = runtime.block_on(Store::open(&url, Mode::Existing)).unwrap();
    let county = runtime.block_on(store.load(1)).unwrap().partition;
    let (open, told) = (Mutex::default(), Mutex::new(Told::default()));
    let until = Instant::now() + Duration::from_secs(rounds(10, 120) as u64);
    std::thread::scope(|scope| {
        for seed in 0..CLIENTS {
            let (county, open, told) = (&county, &open, &told);
            let mut client =
                Client { servers: &addresses, county, open, told, rng: ChaCha8Rng::seed_from_u64(seed) };
            scope.spawn(move || client.work(until));
        }
    });
    let told = told.into_inner().unwrap();
    assert!(told.faults.is_empty(), "{} faults, the first: {:?}", told.faults.len(), told.faults.first());
    let latest = runtime.block_on(store.latest()).unwrap().unwrap();
    let won: BTreeSet<u64> = told.versions.iter().map(|published| published.version).collect();
    assert_eq!(won.len(), told.versions.len(), "two were told that they made one version");
    assert_eq!(won, (2..=latest).collect::<BTreeSet<u64>>(), "each version has its winner");
    for server in &servers {
        server.until(latest);
    }
    runtime.block_on(assert_kept(&store, &told));
    runtime.block_on(assert_replayed(&store, &told, latest));
    let hashes: BTreeSet<String> = addresses
        .iter()
        .map(|&server| read(&get(server, "/api/summary").unwrap())["content_hash"].to_string())
        .collect();
    assert_eq!(hashes.len(), 1, "{hashes:?}");
    wangge(&["check", "--store", &url]).unwrap();
    let edits = told.edits.len();
    let counts: Vec<String> =
        told.counts.iter().map(|((step, status), count)| format!("{step} {status}: {count}")).collect();
    report(format_args!(
        "{} versions by {CLIENTS} clients, {edits} edits, none lost; {}",
        told.versions.len(),
        counts.join(", ")
    ));
    assert!(told.versions.len() > 2, "{counts:?}");
}

/// Every edit that was acknowledged is in its plan, as it was given, and every published plan is its version.
async fn assert_kept(store: &Store, told: &Told) {
    for (plan, number, command) in &told.edits {
        let (_, records) = store.plan(*plan).await.unwrap().unwrap();
        let kept = records.iter().find(|record| record.record == *number);
        let kept = kept.unwrap_or_else(|| panic!("edit {number} of plan {plan} is lost"));
        assert_eq!(
            kept.edit,
            serde_json::from_value(command.clone()).unwrap(),
            "edit {number} of plan {plan}"
        );
    }
    for published in &told.versions {
        let (plan, _) = store.plan(published.plan).await.unwrap().unwrap();
        assert_eq!(plan.published, Some(published.version), "plan {}", published.plan);
        let record = store.version(published.version).await.unwrap();
        assert_eq!(record.content_hash.to_string(), published.hash, "version {}", published.version);
    }
}

/// Each version is the one before with the edits of its plan, and nothing else.
async fn assert_replayed(store: &Store, told: &Told, latest: u64) {
    let mut before = store.load(1).await.unwrap().partition;
    for version in 2..=latest {
        let published = told.versions.iter().find(|published| published.version == version).unwrap();
        let (plan, records) = store.plan(published.plan).await.unwrap().unwrap();
        let replayed = replay(&before, &plan.edits(&records), &mut Pool::default());
        assert!(replayed.refused.is_none(), "version {version}: {:?}", replayed.refused);
        let after = store.load(version).await.unwrap();
        assert_eq!(replayed.partition.content_hash(), after.version.content_hash, "version {version}");
        assert!(after.partition.validate().is_empty(), "version {version}");
        before = after.partition;
    }
}

//! A plan that a job fills while others go on: it gives way to them, ends when it is told to, and holds nobody up.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::process::{PATIENCE, Process, ask, get, wangge};
use super::report;
use crate::http::server::Answer;

fn read(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

fn etag(answer: &Answer) -> String {
    answer.headers["etag"].clone()
}

/// A plan with a job that splits every grid of the county.
struct Filling {
    server: SocketAddr,
    plan: u64,
}

impl Filling {
    fn begin(server: SocketAddr) -> Self {
        let plan = ask(server, "POST", "/api/plans", &[], r#"{"title":"细分"}"#);
        let filling = Self { server, plan: read(&plan)["id"].as_u64().unwrap() };
        let body = json!({"filter": "area_km2>0.001", "parts": 2, "weight": "area"}).to_string();
        let begun = ask(server, "POST", &filling.path("/suggest"), &[("if-match", &etag(&plan))], &body);
        assert_eq!(begun.status, 202, "{}", read(&begun));
        let again = ask(server, "POST", &filling.path("/suggest"), &[("if-match", &etag(&plan))], &body);
        assert!([409, 412].contains(&again.status), "one job is at a plan at a time: {}", again.status);
        filling
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/plans/{}{rest}", self.plan)
    }

    fn job(&self) -> Value {
        read(&get(self.server, &self.path("/suggest")).unwrap())
    }

    /// The job as soon as it is so.
    fn until(&self, is: impl Fn(&Value) -> bool) -> Value {
        let start = Instant::now();
        loop {
            let job = self.job();
            if is(&job) {
                return job;
            }
            assert!(start.elapsed() < PATIENCE, "{job}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn edits(&self) -> Vec<u64> {
        let plan = read(&get(self.server, &self.path("")).unwrap());
        plan["edits"].as_array().unwrap().iter().map(|edit| edit["id"].as_u64().unwrap()).collect()
    }
}

/// The numbers of the edits that a job says it made.
fn made(job: &Value) -> Vec<u64> {
    let done = job["done"].as_array().unwrap().iter();
    done.flat_map(|done| done["edits"].as_array().unwrap()).map(|edit| edit.as_u64().unwrap()).collect()
}

fn has_begun(job: &Value) -> bool {
    !job["done"].as_array().unwrap().is_empty()
}

fn has_ended(job: &Value) -> bool {
    job["state"] != "running"
}

#[test]
fn a_job_gives_way_to_others_and_ends_when_it_is_told_to() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("county.gpkg").display().to_string();
    wangge(&["synth", "--grids", "280", "--store", &store]).unwrap();
    let server = Process::start(&store);

    let filling = Filling::begin(server.address);
    filling.until(has_begun);
    // Lookups and others' plans go on beside it.
    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        let start = Instant::now();
        let answer = get(server.address, "/api/locate?lon=120.26&lat=33.77").unwrap();
        slowest = slowest.max(start.elapsed());
        assert_eq!(answer.status, 200);
    }
    // Somebody else edits the plan, as soon as they are between two of its batches.
    let rename = json!({"op": "rename", "unit": "320924", "name": "他县"}).to_string();
    let start = Instant::now();
    loop {
        let plan = get(server.address, &filling.path("")).unwrap();
        let answer =
            ask(server.address, "POST", &filling.path("/edits"), &[("if-match", &etag(&plan))], &rename);
        if answer.status == 201 {
            break;
        }
        assert!(answer.status == 412 && start.elapsed() < PATIENCE, "{} {}", answer.status, read(&answer));
    }
    let job = filling.until(has_ended);
    assert_eq!(job["state"], "gave_way", "{job}");
    assert!(job["detail"].as_str().unwrap().contains("revision") && job["left"].as_u64() > Some(0), "{job}");
    let (made_by_job, all) = (made(&job), filling.edits());
    assert_eq!(all.split_last().unwrap().1, made_by_job, "its edits, and the other's behind");

    let stopped = Filling::begin(server.address);
    stopped.until(has_begun);
    assert_eq!(ask(server.address, "DELETE", &stopped.path("/suggest"), &[], "").status, 200);
    let job = stopped.until(has_ended);
    assert_eq!((&job["state"], &job["detail"]), (&json!("stopped"), &Value::Null), "{job}");
    assert!(job["left"].as_u64() > Some(0), "{job}");
    assert_eq!(stopped.edits(), made(&job));
    report(format_args!("the slowest of 20 lookups beside the job took {slowest:?}"));
}

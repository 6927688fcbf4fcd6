//! The real binary as a server, and a client of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::server::{Answer, parse};

/// The binary that cargo built for the tests, or the one at `WANGGE_BIN`.
pub fn binary() -> Command {
    Command::new(std::env::var_os("WANGGE_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_wangge").into()))
}

/// How long anything may take that has to come in the end.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A server; it is killed when dropped.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

impl Process {
    pub fn start(store: &str) -> Self {
        Self::start_with(store, &[])
    }

    pub fn start_with(store: &str, flags: &[&str]) -> Self {
        let mut child = binary()
            .args(["serve", "--open", "--store", store, "--listen", "127.0.0.1:0"])
            .args(flags)
            .env("WANGGE_LOG", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = said
            .find_map(|line| line.unwrap().split("http://").nth(1)?.trim_end_matches('/').parse().ok())
            .expect("a server says where it listens");
        Self { child, address }
    }

    /// The version it serves.
    pub fn version(&self) -> u64 {
        self.health()["version"].as_u64().unwrap()
    }

    /// What it says of itself.
    pub fn health(&self) -> Value {
        let answer = get(self.address, "/health/ready").expect("a server answers");
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// How long it takes until it serves a version.
    pub fn until(&self, version: u64) -> Duration {
        let start = Instant::now();
        while self.version() < version {
            assert!(start.elapsed() < PATIENCE, "version {version} is not served after {PATIENCE:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
        start.elapsed()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request; `None` where no whole answer came.
pub fn get(address: SocketAddr, path: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    parse(&bytes).filter(|answer| answer.whole)
}

/// Runs a command to its end; what it says where it fails.
pub fn wangge(arguments: &[&str]) -> Result<String, String> {
    let done = binary().args(arguments).env("WANGGE_LOG", "off").stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    if done.status.success() { Ok(said) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned()) }
}

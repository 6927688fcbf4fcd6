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
        let open = [&["--open"], flags].concat();
        Self::spawn(store, &open, "off", Stdio::null())
    }

    /// One with accounts, that writes all it says to a file.
    pub fn guarded(store: &str, flags: &[&str], log: &std::path::Path) -> Self {
        Self::spawn(store, flags, "debug", std::fs::File::create(log).unwrap().into())
    }

    fn spawn(store: &str, flags: &[&str], level: &str, log: Stdio) -> Self {
        let mut child = binary()
            .args(["serve", "--store", store, "--listen", "127.0.0.1:0"])
            .args(flags)
            .env("WANGGE_LOG", level)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
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

/// One request as it is written, and its answer.
pub fn ask(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    use std::fmt::Write as _;
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").unwrap();
    }
    if !body.is_empty() {
        write!(text, "content-type: application/json\r\ncontent-length: {}\r\n", body.len()).unwrap();
    }
    // A server may answer and close before it has read everything.
    let _ = stream.write_all(format!("{text}\r\n{body}").as_bytes());
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    parse(&bytes).unwrap_or_else(|| panic!("{method} {path}: {:?}", String::from_utf8_lossy(&bytes)))
}

/// Runs a command that reads a text.
pub fn told(arguments: &[&str], text: &str) -> String {
    let mut command = binary();
    command.args(arguments).env("WANGGE_LOG", "debug");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    let done = child.wait_with_output().unwrap();
    let said = [done.stdout, done.stderr].concat();
    String::from_utf8_lossy(&said).into_owned()
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

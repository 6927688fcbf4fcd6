//! A server over a small county, on a real socket, and a client that says what it is told to.
//!
//! ```text
//! version 1   a d g      version 2   a d g      squares of 0.001 degree from 120.2, 33.7;
//!             b e h                  b b h      towns 100 (a b c), 101 (d e f), 102 (g h); v is a void
//!             c f v                  c f v
//! ```

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::civil::date;
use serde_json::Value;
use tokio::net::TcpListener;
use wangge::app::{App, Entry, Settings, enter};
use wangge::coverage::Partition;
use wangge::crs::{LonLat, Point};
use wangge::http;
use wangge::store::{Mode, Store};
use wangge::unit::{Code, Duty, Hierarchy, Levels, LineFeature, Person, PointFeature, PointLayer};

use crate::fixture::{Of, drawn};

/// Codes of the grids, by letter.
pub const CODES: [(char, &str); 8] = [
    ('a', "320924100001001"),
    ('b', "320924100001002"),
    ('c', "320924100001003"),
    ('d', "320924101001001"),
    ('e', "320924101001002"),
    ('f', "320924101001003"),
    ('g', "320924102001001"),
    ('h', "320924102001002"),
];

pub fn code(letter: char) -> &'static str {
    CODES.iter().find(|(c, _)| *c == letter).unwrap().1
}

/// The county as a drawing says.
pub fn county(drawing: &[&str]) -> Partition {
    let named = CODES.map(|(c, code)| (c, code, format!("{c}网格")));
    let mut legend: Vec<(char, Of)> = named
        .iter()
        .filter(|(c, ..)| drawing.iter().any(|line| line.contains(*c)))
        .map(|(c, code, name)| (*c, Of::Leaf(code, name)))
        .collect();
    legend.push(('v', Of::Void("河")));
    drawn(drawing, &Levels::default(), &legend)
}

pub fn place(lon: f64, lat: f64, kind: &str, name: &str, weight: u32) -> PointFeature {
    let at: Point = LonLat::new(lon, lat).unwrap().to_lattice();
    PointFeature { at, kind: kind.into(), name: name.into(), weight, attributes: BTreeMap::new() }
}

pub fn entry(partition: Partition, base: u64) -> Entry {
    Entry {
        uids: wangge::store::Uids::ByCode,
        partition,
        base: Some(base),
        effective_from: date(2026, 1 + base as i8, 1),
        author: "tests".into(),
        note: format!("version {}", base + 1),
        document: String::new(),
        name: "射阳县".into(),
        synthetic: true,
    }
}

async fn fill(store: &Store) {
    let first = county(&["adg", "beh", "cfv"]);
    let second = county(&["adg", "bbh", "cfv"]);
    enter(store, entry(first, 0), None).await.unwrap();
    let before = Arc::new(store.load(1).await.unwrap().partition);
    enter(store, entry(second, 1), Some(before)).await.unwrap();
    let places = [
        place(120.2005, 33.7005, "service_centre", "丙网格服务中心", 1),
        place(120.2015, 33.7025, "service_centre", "丁网格服务中心", 1),
        place(120.2005, 33.7025, "civilisation_station", "甲实践站", 1),
    ];
    store.replace_points(PointLayer::Places, &places).await.unwrap();
    let dwellings =
        [place(120.2005, 33.7025, "dwelling", "", 30), place(120.2015, 33.7015, "dwelling", "", 12)];
    store.replace_points(PointLayer::Dwellings, &dwellings).await.unwrap();
    let canal = LineFeature {
        layer: "canals".into(),
        kind: "trunk".into(),
        name: "黄沙港".into(),
        points: vec![Point::new(1_202_000_000, 337_010_000), Point::new(1_202_030_000, 337_020_000)],
    };
    store.replace_lines(&[canal]).await.unwrap();
    store.replace_people(&people(&store.load(2).await.unwrap().partition.hierarchy)).await.unwrap();
}

/// Somebody of the unit of a code; the note is their name again.
pub fn person(hierarchy: &Hierarchy, code: &str, role: &str, name: &str, phone: &str) -> Person {
    let unit = hierarchy.unit(hierarchy.by_code(&Code::new(code).unwrap()).unwrap()).uid;
    Person {
        unit,
        role: role.into(),
        name: name.into(),
        phone: phone.into(),
        note: format!("{name}（备注）"),
        duty: Duty::default(),
    }
}

/// Two for b, a desk for its village and one for its town, and a worker for d.
fn people(hierarchy: &Hierarchy) -> Vec<Person> {
    vec![
        person(hierarchy, "320924100", "town_duty", "合德镇值班室", "10000000001"),
        person(hierarchy, code('d'), "grid_worker", "钱某丁", "10000000002"),
        person(hierarchy, "320924100001", "village_duty", "交通路社区值班室", "10000000003"),
        person(hierarchy, code('b'), "grid_worker", "赵某乙", "10000000004"),
        person(hierarchy, code('b'), "police", "孙某警", "10000000005"),
    ]
}

/// A server that runs until the tests end.
pub struct Server {
    pub address: SocketAddr,
    pub app: Arc<App>,
    pub runtime: tokio::runtime::Runtime,
    location: String,
    /// Where a file of one's own stands.
    dir: Option<tempfile::TempDir>,
}

impl Server {
    /// A server of its own, for a test that changes something.
    pub fn start() -> Self {
        Self::start_with(&Settings::default())
    }

    /// One that an operator set up in another way.
    pub fn start_with(settings: &Settings) -> Self {
        Self::start_as(settings, &http::Settings { open: true, ..http::Settings::default() })
    }

    /// One that is closed to whom it does not know.
    pub fn closed(settings: &Settings) -> Self {
        Self::start_as(settings, &http::Settings::default())
    }

    /// One with the door as an operator set it.
    pub fn start_as(settings: &Settings, door: &http::Settings) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let location = dir.path().join("county.gpkg").display().to_string();
        let mut server = Self::of(&location, true, settings, door);
        server.dir = Some(dir);
        server
    }

    /// One over a store somewhere, which is made first if it is `new`; everyone may do everything.
    pub fn over(location: &str, new: bool, settings: &Settings) -> Self {
        Self::of(location, new, settings, &http::Settings { open: true, ..http::Settings::default() })
    }

    /// One with accounts over a new store, whose map is public or not.
    pub fn guarded(location: &str, map_is_public: bool) -> Self {
        let settings =
            http::Settings { map_is_public, rates: http::PerMinute::ANY, ..http::Settings::default() };
        Self::of(location, true, &Settings::default(), &settings)
    }

    /// One that an operator set up in another way.
    pub fn of(location: &str, new: bool, settings: &Settings, outside: &http::Settings) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (address, app) = runtime.block_on(async {
            if new {
                let store = Store::open(location, Mode::Create).await.unwrap();
                fill(&store).await;
                store.close().await;
            }
            let app = App::open(location, settings).await.unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let router = http::router(Arc::clone(&app), outside);
            tokio::spawn(http::serve(listener, None, router, std::future::pending()));
            (address, app)
        });
        Self { address, app, runtime, location: location.to_owned(), dir: None }
    }

    /// Lets it keep up with its store.
    pub fn follow(&self) {
        let _inside = self.runtime.enter();
        drop(self.app.follow());
    }

    /// Opens the store that is served, as another process would.
    pub fn store(&self) -> Store {
        self.runtime.block_on(Store::open(&self.location, Mode::Existing)).unwrap()
    }

    /// Where the store is.
    pub fn path(&self) -> &str {
        &self.location
    }

    /// Changes a unit behind the store's back, as an editor of SQLite files would.
    pub fn spoil(&self) {
        let url = format!("sqlite://{}", self.location);
        self.runtime.block_on(async {
            use sqlx::{Connection, SqliteConnection};
            let mut connection = SqliteConnection::connect(&url).await.unwrap();
            sqlx::query("UPDATE unit_rows SET name = 'x' WHERE to_version IS NULL")
                .execute(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
        });
    }

    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, b"")
    }

    pub fn post(&self, path: &str, mime: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send("POST", path, &[("content-type", mime)], body.as_ref())
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        use std::fmt::Write as _;
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        if !body.is_empty() {
            write!(request, "content-length: {}\r\n", body.len()).unwrap();
        }
        request += "\r\n";
        self.raw(&[request.as_bytes(), body].concat())
    }

    /// Sends bytes as they are and reads to the end of the connection.
    pub fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let end = stream.read_to_end(&mut answer);
        parse(&answer).unwrap_or_else(|| panic!("{end:?}: {:?}", String::from_utf8_lossy(&answer)))
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }
}

/// The server that all reading tests share.
pub fn shared() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(Server::start)
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    /// Whether a chunked body came to its end.
    pub whole: bool,
}

/// The answer in what a connection gave; `None` where there is none.
pub fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.lines();
    let status: u16 = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    if status == 100 {
        return parse(&bytes[end + 4..]);
    }
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in lines.filter_map(|l| l.split_once(':')) {
        let all = headers.entry(name.to_ascii_lowercase()).or_default();
        if !all.is_empty() {
            all.push_str(", ");
        }
        all.push_str(value.trim());
    }
    let chunked = headers.get("transfer-encoding").is_some_and(|t| t == "chunked");
    let rest = &bytes[end + 4..];
    let (body, whole) = if chunked { dechunk(rest) } else { (rest.to_vec(), true) };
    Some(Answer { status, headers, body, whole })
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The problem document, of that status.
    #[track_caller]
    pub fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem["status"], status);
        assert!(problem["title"].is_string() && problem["type"].is_string(), "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|d| !d.is_empty()), "{problem}");
        problem
    }
}

fn dechunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(line) = rest.windows(2).position(|w| w == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap().trim(), 16).unwrap();
        rest = &rest[line + 2..];
        if size == 0 {
            return (body, true);
        }
        if rest.len() < size {
            break;
        }
        body.extend_from_slice(&rest[..size]);
        rest = rest.get(size + 2..).unwrap_or_default();
    }
    (body, false)
}

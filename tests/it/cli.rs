//! The program itself, end to end: what it prints, what it leaves behind, how it exits.

mod people;
mod postgis;
mod single_sign_on;
mod users;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};

/// A directory of its own, with a small county's outline and units in it.
struct Desk {
    dir: tempfile::TempDir,
}

const UNITS: &str = "code,name,type,lon,lat,position
320924,射阳县,county,,,
320924100,合德镇,town,120.25,33.78,published
320924101,临海镇,town,120.25,33.88,published
320924100001,交通路社区,residents_committee,,,
320924100002,虹亚社区,residents_committee,,,
320924101001,人民路社区,residents_committee,,,
320924101002,六百丈村,village_committee,,,
";

impl Desk {
    fn new() -> Self {
        let desk = Self { dir: tempfile::tempdir().unwrap() };
        let ring = [[120.2, 33.7], [120.3, 33.7], [120.3, 33.95], [120.2, 33.95], [120.2, 33.7]];
        let polygon = json!({"type": "Polygon", "coordinates": [ring]});
        let feature = json!({"type": "Feature", "properties": {}, "geometry": polygon});
        let outline = json!({"type": "FeatureCollection", "features": [feature]});
        desk.write("outline.geojson", &outline.to_string());
        desk.write("units.csv", UNITS);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
        command.args(arguments).current_dir(self.dir.path());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("WANGGE_")) {
            command.env_remove(name);
        }
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs what must succeed; its standard output.
    #[track_caller]
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", err(&output));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Runs what must be refused with exit 1; its standard error.
    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", err(&output));
        assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
        err(&output)
    }

    /// A desk with the small county in `county.gpkg`.
    fn with_county() -> Self {
        static COUNTY: OnceLock<Vec<u8>> = OnceLock::new();
        let desk = Self::new();
        let county = COUNTY.get_or_init(|| {
            let made = Self::new();
            made.done(&[
                "synth",
                "--store",
                "county.gpkg",
                "--grids",
                "30",
                "--outline",
                "outline.geojson",
                "--units",
                "units.csv",
            ]);
            std::fs::read(made.path("county.gpkg")).unwrap()
        });
        std::fs::write(desk.path("county.gpkg"), county).unwrap();
        desk
    }

    /// The county as GeoJSON, for a test to change.
    fn exported(&self) -> Value {
        self.done(&["export", "county.geojson", "--store", "county.gpkg"]);
        serde_json::from_slice(&std::fs::read(self.path("county.geojson")).unwrap()).unwrap()
    }
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A server under way, ended when dropped.
struct Running {
    child: Child,
    address: String,
    stdout: BufReader<std::process::ChildStdout>,
}

impl Running {
    #[track_caller]
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self { child, address: String::new(), stdout };
        let mut line = String::new();
        while running.stdout.read_line(&mut line).unwrap() > 0 {
            if let Some((_, address)) = line.trim().split_once("http://") {
                address.clone_into(&mut running.address);
                return running;
            }
            line.clear();
        }
        let mut error = String::new();
        running.child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        panic!("it ended before it listened: {error}");
    }

    fn get(&self, path: &str) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
        (status, answer[end + 4..].to_vec())
    }

    #[track_caller]
    fn json(&self, path: &str) -> Value {
        let (status, body) = self.get(path);
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    /// Tells it to stop; its exit code and what it wrote to standard error.
    fn stop(mut self) -> (Option<i32>, String) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        let mut error = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        (self.child.wait().unwrap().code(), error)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lines of a log that a quiet run does not write.
fn unexpected(log: &str) -> Vec<&str> {
    log.lines().filter(|l| ["WARN", "ERROR", "panicked"].iter().any(|w| l.contains(w))).collect()
}

#[test]
fn demo_makes_a_county_serves_it_and_stops_when_told() {
    let desk = Desk::new();
    let demo = || {
        desk.command(&[
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--grids",
            "30",
            "--outline",
            "outline.geojson",
            "--units",
            "units.csv",
        ])
    };
    let server = Running::start(demo());
    let summary = server.json("/api/summary");
    assert_eq!(summary["levels"][3]["units"], 30);
    assert_eq!((&summary["name"], &summary["synthetic"]), (&json!("射阳县"), &json!(true)));
    let located = server.json("/api/locate?lon=120.25&lat=33.8");
    assert_eq!(located["county"]["code"], "320924");
    let people = server.json(&format!("/api/people?unit={}", located["grid"]["code"].as_str().unwrap()));
    let roles: Vec<&str> =
        people["people"].as_array().unwrap().iter().map(|p| p["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["grid_worker", "village_duty", "town_duty"]);
    let tile = server.json("/tiles/county.json");
    let template = tile["tiles"][0].as_str().unwrap();
    let path = template.strip_prefix(&format!("http://{}", server.address)).unwrap();
    let (status, body) = server.get(&path.replace("{z}/{x}/{y}", "8/213/102"));
    assert!(status == 200 && !body.is_empty());
    assert_eq!(server.get("/").0, 200);
    let (code, log) = server.stop();
    assert_eq!(code, Some(0), "{log}");
    assert!(unexpected(&log).is_empty(), "{log}");
    assert!(desk.path("wangge.gpkg").exists(), "the default store");

    let again = Running::start(demo());
    assert_eq!(again.json("/api/summary")["content_hash"], summary["content_hash"]);
    assert_eq!(
        again.json("/api/versions")["versions"].as_array().unwrap().len(),
        1,
        "a full store is left as it is"
    );
}

#[test]
fn the_same_seed_makes_the_same_county_and_another_seed_another() {
    let desk = Desk::new();
    let synth = |store: &str, seed: &str| {
        desk.done(&[
            "synth",
            "--store",
            store,
            "--seed",
            seed,
            "--grids",
            "30",
            "--outline",
            "outline.geojson",
            "--units",
            "units.csv",
        ]);
        desk.done(&["hash", "--store", store])
    };
    let (first, same, other) = (synth("a.gpkg", "7"), synth("b.gpkg", "7"), synth("c.gpkg", "8"));
    assert_eq!(first.len(), 64);
    assert_eq!(first, same);
    assert_ne!(first, other);
    let line = desk.refused(&["synth", "--store", "a.gpkg", "--grids", "30"]);
    assert!(line.contains("a.gpkg holds version 1 already"), "{line}");
}

#[test]
fn what_is_exported_is_imported_with_the_same_hash() {
    let desk = Desk::with_county();
    let hash = desk.done(&["hash", "--store", "county.gpkg"]);
    for (i, file) in ["one.geojson", "two.gpkg", "three.json"].into_iter().enumerate() {
        let all: &[&str] = if i == 2 { &["--all"] } else { &[] };
        desk.done(&[&["export", file, "--store", "county.gpkg"], all].concat());
        assert_eq!(desk.done(&["hash", file]), hash, "{file}");
        let store = format!("back{i}.gpkg");
        let said = desk.done(&["import", file, "--store", &store]);
        assert!(said.starts_with("version 1: 37 units") && said.ends_with(&hash), "{said}");
        assert_eq!(desk.done(&["hash", "--store", &store]), hash);
        assert!(desk.done(&["check", "--store", &store]).contains(&hash));
        let again = desk.done(&["import", file, "--store", &store]);
        assert!(again.contains("nothing differs from version 1"), "{again}");
    }
}

#[test]
fn an_import_over_a_store_makes_a_version_and_the_old_one_answers_still() {
    let desk = Desk::with_county();
    let mut json = desk.exported();
    let first = desk.done(&["hash", "--store", "county.gpkg"]);
    let name = json["features"][0]["properties"]["name"].as_str().unwrap().to_owned();
    json["features"][0]["properties"]["name"] = "改名网格".into();
    let code = json["features"][0]["properties"]["code"].as_str().unwrap().to_owned();
    desk.write("renamed.geojson", &json.to_string());
    let said = desk.done(&[
        "import",
        "renamed.geojson",
        "--store",
        "county.gpkg",
        "--effective",
        "2999-01-01",
        "--note",
        "改名",
    ]);
    assert!(said.starts_with("version 2: 37 units, 1 rows changed"), "{said}");
    assert!(said.contains("it holds from 2999-01-01, and is served from now on"), "{said}");
    assert_eq!(desk.done(&["hash", "--store", "county.gpkg", "--at", "1"]), first);
    assert_eq!(desk.done(&["hash", "--store", "county.gpkg", "--at", "2998-12-31"]), first);
    assert_ne!(desk.done(&["hash", "--store", "county.gpkg"]), first);

    let server = Running::start(desk.command(&[
        "serve",
        "--open",
        "--store",
        "county.gpkg",
        "--listen",
        "127.0.0.1:0",
    ]));
    assert_eq!(server.json(&format!("/api/units/{code}"))["name"], "改名网格");
    assert_eq!(server.json(&format!("/api/units/{code}?v=1"))["name"], *name);
    assert_eq!(server.json(&format!("/api/units/{code}?at=2998-12-31"))["name"], *name);
    let version = server.json("/api/versions/2");
    assert_eq!((&version["note"], &version["effective_from"]), (&json!("改名"), &json!("2999-01-01")));
    assert_eq!(version["changes"].as_array().unwrap().len(), 1);
    let (_, log) = server.stop();
    assert!(log.contains("everyone who can reach this server may do everything"), "{log}");
    assert!(unexpected(&log).is_empty(), "{log}");
}

#[test]
fn what_is_no_coverage_is_refused_whole_with_its_defects_located() {
    let desk = Desk::with_county();
    let mut json = desk.exported();
    json["features"].as_array_mut().unwrap().remove(3);
    desk.write("gap.geojson", &json.to_string());
    let before = std::fs::read(desk.path("county.gpkg")).unwrap();
    let line =
        desk.refused(&["import", "gap.geojson", "--store", "county.gpkg", "--defects", "defects.geojson"]);
    assert!(line.contains("gap.geojson is not a coverage: ") && line.contains("gap at 120."), "{line}");
    let defects: Value =
        serde_json::from_slice(&std::fs::read(desk.path("defects.geojson")).unwrap()).unwrap();
    assert_eq!(defects["type"], "FeatureCollection");
    assert!(!defects["features"].as_array().unwrap().is_empty());
    assert_eq!(std::fs::read(desk.path("county.gpkg")).unwrap(), before, "the store is as it was");
    assert!(desk.refused(&["check", "gap.geojson"]).contains("gap"));
    desk.refused(&["import", "gap.geojson", "--store", "new.gpkg"]);
    assert!(!desk.path("new.gpkg").exists(), "what is refused leaves nothing behind");
}

#[test]
fn an_export_does_not_replace_a_store() {
    let desk = Desk::with_county();
    let hash = desk.done(&["hash", "--store", "county.gpkg"]);
    let refused = desk.refused(&["export", "county.gpkg", "--store", "county.gpkg"]);
    assert!(refused.contains("expected a file that may be replaced, found a Wangge store"), "{refused}");
    std::fs::copy(desk.path("county.gpkg"), desk.path("other.json")).unwrap();
    desk.refused(&["export", "other.json", "--store", "county.gpkg"]);
    assert_eq!(desk.done(&["hash", "--store", "county.gpkg"]), hash);
    assert_eq!(desk.done(&["hash", "--store", "other.json"]), hash);
    desk.done(&["export", "out.gpkg", "--store", "county.gpkg"]);
    desk.done(&["export", "out.gpkg", "--store", "county.gpkg"]);
    desk.write("out.gpkg-wal", "of a program that has it open");
    let refused = desk.refused(&["export", "out.gpkg", "--store", "county.gpkg"]);
    assert!(refused.contains("another program has open"), "{refused}");
}

#[test]
fn an_empty_file_may_become_a_store() {
    let desk = Desk::with_county();
    desk.exported();
    desk.write("new.gpkg", "");
    assert!(desk.refused(&["hash", "--store", "new.gpkg"]).contains("no store at new.gpkg"));
    desk.done(&["import", "county.geojson", "--store", "new.gpkg"]);
    assert_eq!(desk.done(&["hash", "--store", "new.gpkg"]), desk.done(&["hash", "--store", "county.gpkg"]));
}

#[test]
fn borders_that_turn_out_to_be_real_are_a_version_without_rows() {
    let desk = Desk::with_county();
    let mut county = desk.exported();
    county.as_object_mut().unwrap().remove("wangge");
    desk.write("county.geojson", &county.to_string());
    let import = ["import", "county.geojson", "--store", "county.gpkg"];
    let said = desk.done(&import);
    assert!(said.contains("marked synthetic") && said.contains("--real"), "{said}");
    let said = desk.done(&[&import[..], &["--real"]].concat());
    assert!(said.contains(" 0 rows changed") && !said.contains("synthetic"), "{said}");
    let again = desk.exported();
    assert_eq!(again["wangge"]["synthetic"], false);
}

#[test]
fn an_import_over_made_up_borders_says_what_of_the_store_stays() {
    let desk = Desk::with_county();
    let mut county = desk.exported();
    county.as_object_mut().unwrap().remove("wangge");
    county["features"][0]["properties"]["name"] = "改名网格".into();
    let code = county["features"][0]["properties"]["code"].as_str().unwrap().to_owned();
    desk.write("people.csv", &format!("code,role,name,phone\n{code},grid_worker,合成,10000000001\n"));
    desk.done(&["import", "--as", "people", "people.csv", "--store", "county.gpkg"]);
    desk.write("real.geojson", &county.to_string());
    let said = desk.done(&["import", "real.geojson", "--store", "county.gpkg"]);
    let lines: Vec<&str> = said.lines().collect();
    let [version, gone, mark, held] = lines[..] else { panic!("four lines were expected: {said}") };
    assert!(version.starts_with("version 2: 37 units"), "{said}");
    assert!(gone.starts_with("voids of version 1 that are gone: 射阳河"), "{said}");
    assert_eq!(
        mark,
        "the store is marked synthetic (射阳县), and the new version keeps the mark: --real takes it off"
    );
    assert!(held.starts_with("what the store holds beside borders stays as it is: "), "{said}");
    assert!(
        ["dwellings", "places", "background lines", "1 people"].iter().all(|w| held.contains(w)),
        "{said}"
    );
    let said = desk.done(&["import", "real.geojson", "--store", "new.gpkg"]);
    assert_eq!(said.lines().count(), 1, "a new store has nothing that stays: {said}");
}

#[test]
fn a_layer_that_gdal_copied_comes_back_without_the_stores_own_columns() {
    let desk = Desk::with_county();
    let copy = |to: &str, layer: &str| {
        let mut command = Command::new("ogr2ogr");
        let copied = command.args([to, "county.gpkg", layer]).current_dir(desk.dir.path()).output().unwrap();
        assert!(copied.status.success(), "{}", err(&copied));
    };
    copy("grids.gpkg", "grids");
    copy("voids.gpkg", "voids");
    let import = ["import", "grids.gpkg", "--store", "county.gpkg"];
    let whole = desk.done(&[&import[..], &["--voids", "voids.gpkg"]].concat());
    assert!(whole.starts_with("nothing differs from version 1"), "{whole}");
    let said = desk.done(&import);
    assert!(said.starts_with("version 2: 37 units, "), "{said}");
    assert!(
        said.contains("voids of version 1 that are gone: 射阳河; --voids FILE would declare them"),
        "{said}"
    );
    let before = desk.exported();
    desk.done(&["export", "first.geojson", "--store", "county.gpkg", "--at", "1"]);
    let first: Value = serde_json::from_slice(&std::fs::read(desk.path("first.geojson")).unwrap()).unwrap();
    assert_eq!(before["features"], first["features"], "not a column more, not a vertex moved");
}

#[test]
fn points_where_polygons_are_due_and_files_that_are_none() {
    let desk = Desk::with_county();
    let point = json!({"type": "Feature", "properties": {"code": "320924100001001"}, "geometry": {"type": "Point", "coordinates": [120.2, 33.7]}});
    desk.write("points.geojson", &json!({"type": "FeatureCollection", "features": [point]}).to_string());
    let line = desk.refused(&["import", "points.geojson", "--store", "county.gpkg"]);
    assert!(line.contains("Point") && line.contains("olygon"), "{line}");
    desk.write("broken.geojson", "{\"type\":");
    desk.refused(&["import", "broken.geojson", "--store", "county.gpkg"]);
    let line = desk.refused(&["import", "missing.geojson", "--store", "county.gpkg"]);
    assert!(line.contains("missing.geojson"), "{line}");
    desk.write("x.shp", "");
    desk.refused(&["import", "x.shp", "--store", "county.gpkg"]);
    assert!(desk.done(&["check", "--store", "county.gpkg"]).starts_with("version 1: a coverage"));
}

#[test]
fn points_are_imported_as_a_layer_and_counted_in_the_measures() {
    let desk = Desk::with_county();
    desk.write("homes.csv", "lon,lat,weight\n120.25,33.8,7\n120.25,33.81,5\n");
    let said = desk.done(&["import", "homes.csv", "--as", "dwellings", "--store", "county.gpkg"]);
    assert!(said.starts_with("2 dwellings"), "{said}");
    let server = Running::start(desk.command(&[
        "serve",
        "--open",
        "--store",
        "county.gpkg",
        "--listen",
        "127.0.0.1:0",
    ]));
    let values = server.json("/api/measures/households?level=county")["values"].clone();
    assert_eq!(values.as_object().unwrap().values().collect::<Vec<_>>(), [&json!(12)]);
}

#[test]
fn locate_reads_rows_from_a_file_or_standard_input() {
    let desk = Desk::with_county();
    desk.write("rows.csv", "id,lon,lat\n1,120.25,33.8\n2,33.8,120.25\n");
    let out = desk.done(&["locate", "rows.csv", "--store", "county.gpkg"]);
    let rows: Vec<_> = out.lines().collect();
    assert_eq!(rows[0], "id,lon,lat,county,town,village,grid,on_border,error");
    assert!(rows[1].starts_with("1,120.25,33.8,320924,3209241"), "{}", rows[1]);
    assert!(rows[2].contains("swapped?"), "{}", rows[2]);
    let mut child = desk
        .command(&["locate", "--store", "county.gpkg"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&std::fs::read(desk.path("rows.csv")).unwrap()).unwrap();
    let piped = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(piped.stdout).unwrap().trim_end(), out);
    let quiet = desk.run(&["locate", "rows.csv", "--store", "county.gpkg"]);
    assert_eq!(err(&quiet), "", "nothing but the rows");
    let today = ["locate", "rows.csv", "--store", "county.gpkg", "--at", "9999-12-31T00:00:00+08:00"];
    assert_eq!(desk.done(&today), out);
    let before = ["locate", "rows.csv", "--store", "county.gpkg", "--at", "1999-12-31"];
    assert!(desk.refused(&before).contains("no version was in force on 1999-12-31"));
    desk.write("names.csv", "name\nx\n");
    assert!(desk.refused(&["locate", "names.csv", "--store", "county.gpkg"]).contains("lon and lat"));
}

#[test]
fn a_port_in_use_is_one_clear_line_and_nothing_is_made() {
    let desk = Desk::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let line = desk.refused(&["demo", "--listen", &address]);
    assert_eq!(
        line.trim_end(),
        format!("wangge: could not listen on {address}: it is in use; --listen takes another")
    );
    assert!(!desk.path("wangge.gpkg").exists());
}

#[test]
fn stores_that_cannot_be_served() {
    let desk = Desk::with_county();
    let serve = |store: &str| desk.refused(&["serve", "--open", "--store", store, "--listen", "127.0.0.1:0"]);
    assert!(serve("missing.gpkg").contains("no store at missing.gpkg"));
    assert!(!desk.path("missing.gpkg").exists());
    desk.write("text.gpkg", "hello");
    assert!(serve("text.gpkg").contains("not a Wangge store"));
    desk.exported();
    let line = desk.refused(&["import", "county.geojson", "--store", "nowhere/new.gpkg"]);
    assert!(
        line.ends_with("cannot make a store at nowhere/new.gpkg: expected the folder nowhere, found none\n"),
        "{line}"
    );
    let closed = desk.refused(&["serve", "--store", "county.gpkg", "--listen", "127.0.0.1:0"]);
    assert!(closed.contains("wangge user add NAME --admin") && closed.contains("--open"), "{closed}");
    newer(&desk.path("county.gpkg"));
    let line = serve("county.gpkg");
    assert!(line.contains("newer Wangge"), "{line}");
    assert!(desk.refused(&["import", "x.geojson", "--store", "county.gpkg"]).contains("newer Wangge"));
}

/// Makes a store one that a later program wrote.
fn newer(path: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use sqlx::{Connection, SqliteConnection};
        let mut store = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
        sqlx::query("UPDATE meta SET value = '999' WHERE key = 'wangge_schema'")
            .execute(&mut store)
            .await
            .unwrap();
        store.close().await.unwrap();
    });
}

#[test]
fn wrong_usage_exits_2_and_says_what_was_expected() {
    let desk = Desk::new();
    for wrong in [
        &["fly"][..],
        &["import"],
        &["synth", "--grids", "many"],
        &["serve", "--listen", "here"],
        &["hash", "--at", "soon"],
    ] {
        let output = desk.run(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", err(&output));
        assert!(!output.stderr.is_empty());
    }
    let output = desk.run(&["import", "x.geojson", "--effective", "2026-13-01"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err(&output).contains("expected a date as 2026-01-31, found \"2026-13-01\"\n"),
        "{}",
        err(&output)
    );
    assert!(desk.done(&["--help"]).contains("import"));
}

#[test]
fn defaults_come_from_the_file_then_the_environment_then_the_flags() {
    let desk = Desk::with_county();
    std::fs::rename(desk.path("county.gpkg"), desk.path("mine.gpkg")).unwrap();
    desk.write("wangge.toml", "store = \"mine.gpkg\"\n[serve]\nopen = true\nlisten = \"127.0.0.1:0\"\n");
    assert_eq!(desk.done(&["hash"]).len(), 64);
    assert_eq!(desk.done(&["--store", "mine.gpkg", "hash"]), desk.done(&["hash", "--store", "mine.gpkg"]));
    assert!(desk.refused(&["--store", "third.gpkg", "hash"]).contains("third.gpkg"));
    let server = Running::start(desk.command(&["serve"]));
    assert_eq!(server.json("/health/ready")["version"], 1);
    let output = desk.command(&["hash"]).env("WANGGE_STORE", "other.gpkg").output().unwrap();
    assert!(err(&output).contains("other.gpkg"));
    let output =
        desk.command(&["hash", "--store", "third.gpkg"]).env("WANGGE_STORE", "other.gpkg").output().unwrap();
    assert!(err(&output).contains("third.gpkg"));
    desk.write("wangge.toml", "colour = \"red\"\n");
    let output = desk.run(&["hash"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("\"colour\""), "{}", err(&output));
}

#[test]
fn a_background_that_cannot_be_is_one_clear_line_at_start() {
    let desk = Desk::with_county();
    let serve = |more: &[&str]| {
        let arguments =
            [&["serve", "--open", "--listen", "127.0.0.1:0", "--store", "county.gpkg"], more].concat();
        let line = desk.refused(&arguments);
        line.lines().last().unwrap().to_owned()
    };
    assert!(serve(&["--background", "none.pmtiles"]).contains("none.pmtiles"));
    let line = serve(&["--background", "outline.geojson"]);
    assert!(line.contains("outline.geojson") && line.contains("expected a PMTiles archive"), "{line}");
    let line = serve(&["--tianditu-key", "not a key"]);
    assert!(line.contains("Tianditu key") && !line.contains("not a key"), "{line}");
    let line = serve(&["--tianditu-key", "0123", "--background", "none.pmtiles"]);
    assert!(line.contains("expected one background map"), "{line}");
}

#[test]
fn the_map_is_set_up_in_sections_of_the_file() {
    let desk = Desk::with_county();
    desk.write(
        "wangge.toml",
        "store = \"county.gpkg\"\n[serve]\nopen = true\nlisten = \"127.0.0.1:0\"\n\
         [background]\ntianditu = { key = \"0123456789abcdef\", layers = \"img\" }\n\
         [map]\nattribution = \"审图号：苏S(2026)001号\"\n",
    );
    let server = Running::start(desk.command(&["serve"]));
    let summary = server.json("/api/summary");
    assert_eq!(summary["attribution"], "审图号：苏S(2026)001号");
    assert!(summary["background"]["attribution"].as_str().unwrap().contains("天地图"), "{summary}");
    assert!(server.json("/tiles/basemap.json")["tiles"][0].as_str().unwrap().ends_with("{y}.jpg"));
    assert!(!desk.done(&["serve", "--help"]).contains("0123456789abcdef"), "help does not show the key");

    desk.write("wangge.toml", "[background]\nfiel = \"x.pmtiles\"\n");
    let output = desk.run(&["hash"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("background.fiel"), "{}", err(&output));
}

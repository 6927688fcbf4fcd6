//! A map beneath the grids: from a file, and from another service that a fake stands in for.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pmtiles::{PmTilesWriter, TileCoord, TileType};
use serde_json::{Value, json};
use wangge::app::{BackgroundSource, Settings};
use wangge::outbound::{Theme, TiandituAccess};

use super::server::{Server, shared};

/// A tile of zoom 10 beside the county.
const TILE: (u8, u32, u32) = (10, 853, 409);
const VECTOR: &[u8] =
    b"any bytes will do: nobody here reads them, and they are long enough to be worth compressing; \
    any bytes will do: nobody here reads them, and they are long enough to be worth compressing; \
    any bytes will do: nobody here reads them, and they are long enough to be worth compressing.";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and no more";
const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0 and no more";
const ATTRIBUTION: &str = r#"<a href="https://example.org">&copy; 某测绘院</a>"#;

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// An archive of one tile.
    fn archive(&self, kind: TileType, metadata: &Value, tile: &[u8]) -> PathBuf {
        let path = self.path("map.pmtiles");
        let writer = PmTilesWriter::new(kind)
            .min_zoom(8)
            .max_zoom(12)
            .bounds(119.0, 33.0, 121.0, 34.5)
            .metadata(metadata.to_string());
        let mut writer = writer.create(File::create(&path).unwrap()).unwrap();
        writer.add_tile(TileCoord::new(TILE.0, TILE.1, TILE.2).unwrap(), tile).unwrap();
        writer.finalize().unwrap();
        path
    }

    fn vector(&self) -> PathBuf {
        let layers = [json!({"id": "water", "fields": {}}), json!({"id": "roads", "fields": {}})];
        let metadata = json!({"attribution": ATTRIBUTION, "description": "底图", "vector_layers": layers});
        self.archive(TileType::Mvt, &metadata, VECTOR)
    }
}

fn serving(path: &Path) -> Server {
    let background = Some(BackgroundSource::Archive(path.to_owned()));
    Server::start_with(&Settings { background, ..Settings::default() })
}

fn ids(style: &Value) -> Vec<&str> {
    style["layers"].as_array().unwrap().iter().map(|layer| layer["id"].as_str().unwrap()).collect()
}

fn layer<'a>(style: &'a Value, id: &str) -> &'a Value {
    style["layers"].as_array().unwrap().iter().find(|layer| layer["id"] == id).unwrap()
}

#[test]
fn without_a_background_nothing_is_other_than_in_the_files() {
    for (name, file) in [
        ("day", include_str!("../../../styles/day.json")),
        ("night", include_str!("../../../styles/night.json")),
    ] {
        let served = shared().get(&format!("/styles/{name}.json"));
        let origin = format!("http://{}", shared().address);
        assert_eq!(served.text(), file.replace("{origin}", &origin), "to the byte");
    }
    let detail = shared().get("/tiles/basemap.json").problem(404);
    assert!(detail["detail"].as_str().unwrap().contains("expected a tileset"), "{detail}");
    shared().get("/tiles/basemap/10/853/409.mvt").problem(404);
    let summary = shared().get("/api/summary").json();
    assert!(summary.get("attribution").is_none() && summary.get("background").is_none());
}

#[test]
fn a_file_of_vector_tiles_is_a_tileset_with_a_token() {
    let desk = Desk::new();
    let server = serving(&desk.vector());
    let json = server.get("/tiles/basemap.json").json();
    assert_eq!(json["attribution"], ATTRIBUTION);
    assert_eq!((json["minzoom"].as_u64(), json["maxzoom"].as_u64()), (Some(8), Some(12)));
    assert_eq!(json["vector_layers"][1]["id"], "roads");
    let template = json["tiles"][0].as_str().unwrap();
    let start = format!("http://{}/tiles/basemap/{{z}}/{{x}}/{{y}}.mvt?b=", server.address);
    let build = template.strip_prefix(&start).unwrap_or_else(|| panic!("{template}"));

    let tile = server.get(&format!("/tiles/basemap/10/853/409.mvt?b={build}"));
    assert_eq!((tile.status, &tile.body[..]), (200, VECTOR));
    assert_eq!(tile.header("content-type"), "application/vnd.mapbox-vector-tile");
    assert!(tile.header("cache-control").contains("immutable"));
    assert_eq!(tile.header("access-control-allow-origin"), "*");
    let packed = server.get_with("/tiles/basemap/10/853/409.mvt", &[("accept-encoding", "gzip")]);
    assert_eq!((packed.header("content-encoding"), packed.header("cache-control")), ("gzip", "no-cache"));

    assert_eq!(server.get("/tiles/basemap/10/853/410.mvt").status, 204, "nothing there");
    server.get("/tiles/basemap/13/0/0.mvt").problem(404);
    server.get("/tiles/basemap/10/853/409.png").problem(400);
    assert_eq!(
        server.get("/tiles/basemap/10/853/409.mvt?b=old").problem(404)["current"],
        format!("b={build}")
    );
    server.get("/tiles/basemap-labels/10/853/409.mvt").problem(404);
    let catalog = server.get("/tiles.json").json();
    assert_eq!(catalog["tilesets"][4]["layers"], json!(["water", "roads"]));
    assert_eq!(server.get("/api/summary").json()["background"]["attribution"], "© 某测绘院");
}

#[test]
fn its_layers_lie_beneath_ours_and_land_is_thin_over_them() {
    let desk = Desk::new();
    let server = serving(&desk.vector());
    let (plain, style) = (shared().get("/styles/day.json").json(), server.get("/styles/day.json").json());
    let beneath = [
        "basemap-water-fill",
        "basemap-roads-fill",
        "basemap-water-line",
        "basemap-roads-line",
        "basemap-water-symbol",
        "basemap-roads-symbol",
    ];
    let expected = [&ids(&plain)[..1], &beneath, &ids(&plain)[1..]].concat();
    assert_eq!(ids(&style), expected);
    assert_eq!(style["sources"]["basemap"]["type"], "vector");
    let url = format!("http://{}/tiles/basemap.json", server.address);
    assert_eq!(style["sources"]["basemap"]["url"], url);
    let thin = &layer(&style, "towns-fill")["paint"]["fill-opacity"];
    assert_eq!(*thin, json!(["interpolate", ["linear"], ["zoom"], 11.5, 0.3, 12.5, 0.0]));
    assert_eq!(layer(&style, "grids-marked"), layer(&plain, "grids-marked"), "marks stay");
    let colour = |style: &Value| layer(style, "basemap-water-fill")["paint"]["fill-color"].clone();
    assert_ne!(colour(&style), colour(&server.get("/styles/night.json").json()));
}

#[test]
fn a_style_beside_the_file_is_taken_under_names_of_its_own() {
    let desk = Desk::new();
    let path = desk.vector();
    let style = json!({
        "version": 8,
        "sprite": "https://example.org/sprite",
        "sources": {"theirs": {"type": "vector", "url": "https://example.org/tiles.json"}},
        "layers": [
            {"id": "ground", "type": "background", "paint": {"background-color": "#fff"}},
            {"id": "places", "type": "symbol", "source": "theirs", "source-layer": "water",
             "layout": {"icon-image": "dot", "text-field": "x"}},
        ],
    });
    std::fs::write(desk.path("map.style.json"), style.to_string()).unwrap();
    let server = serving(&path);
    let served = server.get("/styles/day.json");
    assert!(!served.text().contains("example.org/"), "no other host is asked");
    let style = served.json();
    assert_eq!(ids(&style)[..3], ["paper", "basemap-ground", "basemap-places"]);
    let theirs = layer(&style, "basemap-places");
    assert_eq!(theirs["source"], "basemap");
    assert_eq!(theirs["layout"], json!({"text-field": "x"}));
}

#[test]
fn a_file_of_images_is_one_layer_dimmed_by_night() {
    let desk = Desk::new();
    let server = serving(&desk.archive(TileType::Png, &json!({"attribution": "© 某院"}), PNG));
    let json = server.get("/tiles/basemap.json").json();
    assert!(json["tiles"][0].as_str().unwrap().contains("{y}.png?b="), "{json}");
    assert!(json.get("vector_layers").is_none());
    let tile = server.get_with("/tiles/basemap/10/853/409.png", &[("accept-encoding", "gzip, br")]);
    assert_eq!((tile.header("content-type"), tile.header("content-encoding")), ("image/png", ""));
    assert_eq!(tile.body, PNG);
    let day = server.get("/styles/day.json").json();
    assert_eq!(ids(&day)[1], "basemap");
    assert_eq!(day["sources"]["basemap"]["tileSize"], 256);
    let night = server.get("/styles/night.json").json();
    assert!(layer(&night, "basemap")["paint"]["raster-brightness-max"].is_number());
}

#[test]
fn what_is_no_archive_is_refused_with_its_name_and_why() {
    let desk = Desk::new();
    let refused = |path: &Path| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let background = Some(BackgroundSource::Archive(path.to_owned()));
        let settings = Settings { background, ..Settings::default() };
        // The background is looked at before the store.
        let error = runtime.block_on(wangge::app::App::open("none.gpkg", &settings)).err().unwrap();
        let line = error.to_string();
        assert!(line.contains(path.to_str().unwrap()) && !line.contains('\n'), "{line}");
        line
    };
    assert!(refused(&desk.path("none.pmtiles")).contains("No such file"));
    refused(desk.0.path());
    std::fs::write(desk.path("text.pmtiles"), "no archive").unwrap();
    assert!(refused(&desk.path("text.pmtiles")).contains("expected a PMTiles archive"));
    let mut cut = std::fs::read(desk.vector()).unwrap();
    cut.truncate(130);
    std::fs::write(desk.path("cut.pmtiles"), cut).unwrap();
    refused(&desk.path("cut.pmtiles"));
    assert!(refused(&desk.archive(TileType::Mvt, &json!({}), VECTOR)).contains("vector_layers"));
    assert!(refused(&desk.archive(TileType::Mlt, &json!({}), VECTOR)).contains("Mlt"));
}

#[test]
fn a_style_beside_it_that_is_none_is_refused_too() {
    let desk = Desk::new();
    let path = desk.vector();
    for (style, why) in [("{", "JSON"), (r#"{"sources":{},"layers":[]}"#, "one source")] {
        std::fs::write(desk.path("map.style.json"), style).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let background = Some(BackgroundSource::Archive(path.clone()));
        let settings = Settings { background, ..Settings::default() };
        let error = runtime.block_on(wangge::app::App::open("none.gpkg", &settings)).err().unwrap();
        assert!(error.to_string().contains("map.style.json") && error.to_string().contains(why), "{error}");
    }
}

#[test]
fn a_tile_that_a_file_has_lost_fails_alone() {
    let desk = Desk::new();
    let path = desk.vector();
    let server = serving(&path);
    File::options().write(true).open(&path).unwrap().set_len(100).unwrap();
    server.get("/tiles/basemap/10/853/409.mvt").problem(500);
    assert_eq!(server.get("/tiles/county.json").status, 200);
    assert_eq!(server.get("/health/ready").status, 200);
}

#[test]
fn an_attribution_stands_in_the_summary_the_tilejson_and_the_styles() {
    let attribution = "审图号：苏S(2026)001号";
    let server =
        Server::start_with(&Settings { attribution: Some(attribution.into()), ..Settings::default() });
    assert_eq!(server.get("/api/summary").json()["attribution"], attribution);
    let json = server.get("/tiles/county.json").json();
    let said = json["attribution"].as_str().unwrap();
    assert!(said.starts_with(attribution) && said.contains("合成"), "{said}");
    for name in ["day", "night"] {
        let style = server.get(&format!("/styles/{name}.json")).json();
        assert_eq!(style["sources"]["wangge"]["attribution"], attribution);
        assert_eq!(style["layers"], shared().get(&format!("/styles/{name}.json")).json()["layers"]);
    }
}

#[test]
fn an_overlay_has_no_paper_and_nothing_opaque() {
    let style = shared().get("/styles/day.json?overlay=true").json();
    let layers = style["layers"].as_array().unwrap();
    assert!(layers.iter().all(|l| l["type"] != "background" && l["source"] != "background"));
    assert_eq!(layer(&style, "counties-fill")["paint"]["fill-opacity"], 0.3);
    let sources: Vec<_> = style["sources"].as_object().unwrap().keys().collect();
    assert_eq!(sources, ["wangge", "places"]);
    shared().get("/styles/day.json?overlay=perhaps").problem(400);
}

#[test]
fn the_module_for_others_pages_is_small_and_may_be_read_from_anywhere() {
    let module = shared().get_with("/wangge.js", &[("origin", "https://town.example")]);
    assert_eq!(module.status, 200);
    assert_eq!(module.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(module.header("access-control-allow-origin"), "*");
    assert!(module.body.len() <= 8 * 1024, "{} bytes", module.body.len());
}

// Tianditu.

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// What the fake says: status and body, or nothing at all.
type Answers = Box<dyn FnMut(&str) -> Option<(u16, Vec<u8>)> + Send>;

/// Another service, on this machine; `asked` holds the targets of its requests.
struct Upstream {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<Answers>>,
}

impl Upstream {
    fn start(answers: impl FnMut(&str) -> Option<(u16, Vec<u8>)> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answers: Arc<Mutex<Answers>> = Arc::new(Mutex::new(Box::new(answers)));
        let (log, say) = (Arc::clone(&asked), Arc::clone(&answers));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (log, say) = (Arc::clone(&log), Arc::clone(&say));
                std::thread::spawn(move || answer(stream.unwrap(), &log, &say));
            }
        });
        Self { address, asked, answers }
    }

    fn says(&self, answers: impl FnMut(&str) -> Option<(u16, Vec<u8>)> + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answers);
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn serving(&self, theme: Theme) -> Server {
        let access = TiandituAccess::new(KEY, theme, &self.address).unwrap();
        let background = Some(BackgroundSource::Tianditu(access));
        Server::start_with(&Settings { background, ..Settings::default() })
    }
}

fn answer(mut stream: TcpStream, log: &Mutex<Vec<String>>, say: &Mutex<Answers>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let Some(target) = head.split(' ').nth(1) else { return };
    log.lock().unwrap().push(target.to_owned());
    let said = say.lock().unwrap()(target);
    if let Some((status, body)) = said {
        let head = format!(
            "HTTP/1.1 {status} Said\r\nlocation: /elsewhere\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
    }
}

#[test]
fn tianditu_is_asked_by_the_server_and_once() {
    let upstream =
        Upstream::start(|target| Some((200, if target.contains("img_w") { JPEG } else { PNG }.to_vec())));
    let server = upstream.serving(Theme::Vec);
    let tile = server.get("/tiles/basemap/10/853/409.png");
    assert_eq!((tile.status, &tile.body[..]), (200, PNG));
    assert_eq!(tile.header("cache-control"), "public, max-age=86400");
    let again = server.get_with("/tiles/basemap/10/853/409.png", &[("if-none-match", tile.header("etag"))]);
    assert_eq!(again.status, 304);
    assert_eq!(server.get("/tiles/basemap-labels/10/853/409.png").status, 200);
    let asked = upstream.asked();
    assert_eq!(asked.len(), 2, "{asked:?}");
    let (path, query) = asked[0].split_once('?').unwrap();
    assert_eq!(path, "/vec_w/wmts");
    for part in ["TILEMATRIXSET=w", "TILEMATRIX=10", "TILEROW=409", "TILECOL=853", "LAYER=vec"] {
        assert!(query.split('&').any(|p| p == part), "{part} in {query}");
    }
    assert!(query.ends_with(&format!("tk={KEY}")));
    assert!(asked[1].starts_with("/cva_w/wmts?"));

    let server = upstream.serving(Theme::Img);
    let tile = server.get("/tiles/basemap/10/853/409.jpg");
    assert_eq!((tile.status, tile.header("content-type")), (200, "image/jpeg"));
    server.get("/tiles/basemap/19/0/0.jpg").problem(404);
}

#[test]
fn two_sheets_of_it_lie_beneath_the_grids_and_no_answer_holds_the_key() {
    let upstream = Upstream::start(|_| Some((200, PNG.to_vec())));
    let server = upstream.serving(Theme::Vec);
    let mut all = String::new();
    for path in [
        "/styles/day.json",
        "/styles/night.json",
        "/styles.json",
        "/tiles.json",
        "/tiles/basemap.json",
        "/tiles/basemap-labels.json",
        "/api/summary",
    ] {
        all.push_str(server.get(path).text());
    }
    assert!(!all.contains(KEY) && !all.contains(&upstream.address), "the key or the address was shown");
    let style = server.get("/styles/day.json").json();
    assert_eq!(ids(&style)[..3], ["paper", "basemap", "basemap-labels"]);
    assert_eq!(style["sources"]["basemap"]["type"], "raster");
    let said = server.get("/api/summary").json();
    assert!(said["background"]["attribution"].as_str().unwrap().contains("天地图"), "{said}");
    assert!(upstream.asked().is_empty(), "nothing was asked for before a tile was");
}

#[test]
fn when_it_fails_callers_get_502_and_the_grids_stay() {
    // One that tells the key to whoever listens.
    let upstream = Upstream::start(|target| Some((403, format!("no such key: {target}").into_bytes())));
    let server = upstream.serving(Theme::Vec);
    let problem = server.get("/tiles/basemap/10/853/409.png").problem(502);
    assert!(!problem.to_string().contains(KEY), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("403"), "{problem}");

    upstream.says(|_| Some((200, b"<html>closed on Sundays</html>".to_vec())));
    server.get("/tiles/basemap/10/853/408.png").problem(502);
    upstream.says(|_| Some((302, Vec::new())));
    server.get("/tiles/basemap/10/853/407.png").problem(502);
    assert_eq!(upstream.asked().len(), 3, "no redirect was followed");

    server.get("/tiles/basemap/10/853/406.png").problem(502);
    assert_eq!(upstream.asked().len(), 3, "after three failures it is left alone for a while");
    assert_eq!(server.get("/tiles/county/10/853/410.mvt").status, 200);
}

#[test]
fn a_tile_it_has_not_got_is_empty_and_what_failed_is_asked_again() {
    let upstream = Upstream::start(|_| Some((500, Vec::new())));
    let server = upstream.serving(Theme::Vec);
    server.get("/tiles/basemap/10/853/409.png").problem(502);
    upstream.says(|target| {
        if target.contains("TILEROW=409") { Some((200, PNG.to_vec())) } else { Some((404, Vec::new())) }
    });
    assert_eq!(server.get("/tiles/basemap/10/853/409.png").status, 200, "a failure is not kept");
    assert_eq!(server.get("/tiles/basemap/10/853/408.png").status, 204);
}

#[test]
fn one_that_hangs_up_or_is_not_there_is_a_502_at_once() {
    let upstream = Upstream::start(|_| None);
    let server = upstream.serving(Theme::Vec);
    let start = Instant::now();
    let problem = server.get("/tiles/basemap/10/853/409.png").problem(502);
    assert_eq!(problem["detail"], "Tianditu did not answer");
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let access = TiandituAccess::new(KEY, Theme::Vec, &format!("http://{gone}")).unwrap();
    assert!(!format!("{access:?}").contains(KEY));
    let background = Some(BackgroundSource::Tianditu(access));
    let server = Server::start_with(&Settings { background, ..Settings::default() });
    server.get("/tiles/basemap/10/853/409.png").problem(502);
    assert!(start.elapsed() < Duration::from_secs(25));
}

#[test]
fn a_key_or_an_address_that_cannot_be_is_refused_and_the_key_is_not_shown() {
    let error = TiandituAccess::new("secret&x=1", Theme::Vec, "https://t0.tianditu.gov.cn").unwrap_err();
    assert!(error.contains("key") && !error.contains("secret"), "{error}");
    TiandituAccess::new("", Theme::Vec, "https://t0.tianditu.gov.cn").unwrap_err();
    TiandituAccess::new(KEY, Theme::Vec, "t0.tianditu.gov.cn").unwrap_err();
}

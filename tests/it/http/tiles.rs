//! Tilesets, their tokens and their caching.

use std::collections::BTreeMap;
use std::io::Read;

use mvt_reader::Reader;
use serde_json::Value;

use super::server::shared;
use wangge::crs::{LonLat, TileId, to_world};

/// The tile of zoom `z` that the county lies in.
fn address(z: u8) -> String {
    let tile = TileId::at(to_world(LonLat::new(120.2015, 33.7015).unwrap()), z);
    format!("{}/{}/{}.mvt", tile.z(), tile.x(), tile.y())
}

fn layers(tile: &[u8]) -> BTreeMap<String, usize> {
    let reader = Reader::new(tile.to_vec()).unwrap();
    let names = reader.get_layer_names().unwrap();
    names.into_iter().enumerate().map(|(i, name)| (name, reader.get_features(i).unwrap().len())).collect()
}

/// The path and query of the address that a TileJSON gives for a tile.
fn from_tilejson(json: &Value, z: u8) -> String {
    let template = json["tiles"][0].as_str().unwrap();
    let origin = format!("http://{}", shared().address);
    let path =
        template.strip_prefix(&origin).unwrap_or_else(|| panic!("{template} does not begin with {origin}"));
    path.replace("{z}/{x}/{y}.mvt", &address(z))
}

#[test]
fn the_catalog_names_the_tilesets_with_absolute_urls() {
    let json = shared().get("/tiles.json").json();
    let names: Vec<_> =
        json["tilesets"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["county", "grids", "places", "background"]);
    let url = json["tilesets"][0]["url"].as_str().unwrap();
    assert_eq!(url, format!("http://{}/tiles/county.json", shared().address));
}

#[test]
fn gdal_opens_a_tile_by_its_address() {
    let url = format!("MVT:http://{}/tiles/county/{}", shared().address, address(14));
    let opened = std::process::Command::new("ogrinfo").args(["-so", &url]).output().unwrap();
    let said = String::from_utf8_lossy(&opened.stdout);
    for layer in ["grids (", "borders (Multi Line String)", "labels (Point)"] {
        assert!(said.contains(layer), "{said}{}", String::from_utf8_lossy(&opened.stderr));
    }
}

#[test]
fn tilejson_says_what_is_there_and_under_which_token() {
    let json = shared().get("/tiles/county.json").json();
    assert_eq!(json["tilejson"], "3.0.0");
    let ids: Vec<_> =
        json["vector_layers"].as_array().unwrap().iter().map(|l| l["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["counties", "towns", "villages", "grids", "voids", "borders", "labels"]);
    assert_eq!(json["bounds"], serde_json::json!([120.2, 33.7, 120.203, 33.703]));
    assert!(json["attribution"].as_str().unwrap().contains("合成"), "a synthetic county says so");
    let url = json["tiles"][0].as_str().unwrap();
    assert!(url.contains("/tiles/county/{z}/{x}/{y}.mvt?v=2&b="), "{url}");
    assert_eq!(shared().get("/tiles/county.json?v=1").json()["version"], "1.0.0");
}

#[test]
fn absolute_urls_follow_the_host_the_caller_used() {
    let url = |headers: &[(&str, &str)]| {
        shared().get_with("/tiles/grids.json", headers).json()["tiles"][0].as_str().unwrap().to_owned()
    };
    let proxied = url(&[("x-forwarded-proto", "https"), ("x-forwarded-host", "map.example.cn")]);
    assert!(proxied.starts_with("https://map.example.cn/tiles/grids/"), "{proxied}");
}

#[test]
fn a_full_token_is_for_ever_and_others_are_asked_again() {
    let json = shared().get("/tiles/county.json").json();
    let full = shared().get(&from_tilejson(&json, 14));
    assert_eq!(full.status, 200);
    assert_eq!(full.header("content-type"), "application/vnd.mapbox-vector-tile");
    assert_eq!(full.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(full.header("wangge-version"), "2");
    assert_eq!(full.header("vary").to_ascii_lowercase(), "accept-encoding");
    let bare = shared().get(&format!("/tiles/county/{}", address(14)));
    assert_eq!(bare.header("cache-control"), "no-cache");
    assert_eq!(bare.body, full.body);
    assert_eq!(bare.header("etag"), full.header("etag"));
    let old = shared().get(&format!("/tiles/county/{}?v=1", address(14)));
    assert_eq!(
        (old.status, old.header("cache-control"), old.header("wangge-version")),
        (200, "no-cache", "1")
    );
    assert_ne!(old.body, full.body);
}

#[test]
fn a_build_that_is_not_served_is_refused_and_the_current_one_named() {
    let json = shared().get("/tiles/county.json").json();
    let url = json["tiles"][0].as_str().unwrap();
    let token = url.split_once('?').unwrap().1;
    let problem = shared().get(&format!("/tiles/county/{}?v=2&b=000000000000", address(14))).problem(404);
    assert_eq!(problem["current"], token);
    shared().get(&format!("/tiles/county/{}?b=000000000000", address(14))).problem(404);
}

#[test]
fn what_a_caller_has_is_not_sent_again() {
    let path = format!("/tiles/county/{}", address(14));
    let etag = shared().get(&path).header("etag").to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"'));
    for held in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
        let answer = shared().get_with(&path, &[("if-none-match", &held)]);
        assert_eq!((answer.status, answer.body.len()), (304, 0), "{held}");
        assert_eq!(answer.header("etag"), etag);
        assert_eq!(answer.header("cache-control"), "no-cache");
    }
    assert_eq!(shared().get_with(&path, &[("if-none-match", "\"other\"")]).status, 200);
    let json = shared().get("/api/summary");
    let answer = shared().get_with("/api/summary", &[("if-none-match", json.header("etag"))]);
    assert_eq!(answer.status, 304);
}

#[test]
fn each_encoding_has_its_own_etag_and_the_same_content() {
    let path = format!("/tiles/county/{}", address(14));
    let plain = shared().get(&path);
    assert_eq!(plain.header("content-encoding"), "");
    let gzip = shared().get_with(&path, &[("accept-encoding", "gzip")]);
    assert_eq!(gzip.header("content-encoding"), "gzip");
    let mut unzipped = Vec::new();
    flate2::read::GzDecoder::new(&gzip.body[..]).read_to_end(&mut unzipped).unwrap();
    assert_eq!(unzipped, plain.body);
    let brotli = shared().get_with(&path, &[("accept-encoding", "gzip, deflate, br, zstd")]);
    assert_eq!(brotli.header("content-encoding"), "br");
    let mut unpacked = Vec::new();
    brotli::Decompressor::new(&brotli.body[..], 4096).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    let tags = [plain.header("etag"), gzip.header("etag"), brotli.header("etag")];
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2], "{tags:?}");
    let encoding = |accept| {
        let answer = shared().get_with(&path, &[("accept-encoding", accept)]);
        assert_eq!(answer.status, 200);
        answer.header("content-encoding").to_owned()
    };
    assert_eq!(encoding("br;q=0, gzip"), "gzip");
    assert_eq!(encoding("br;q=0.5, gzip;q=0.8"), "gzip");
    assert_eq!(encoding("*"), "br");
    assert_eq!(encoding("identity;q=1, br;q=0.1"), "");
    assert_eq!(encoding("zstd"), "");
    let held =
        shared().get_with(&path, &[("accept-encoding", "br"), ("if-none-match", brotli.header("etag"))]);
    assert_eq!(held.status, 304);
}

#[test]
fn a_tile_with_nothing_in_it_is_204() {
    let answer = shared().get("/tiles/county/14/0/0.mvt");
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(answer.header("content-type"), "");
}

#[test]
fn tiles_hold_their_layers() {
    let county = layers(&shared().get(&format!("/tiles/county/{}", address(14))).body);
    assert_eq!(county["grids"], 7, "{county:?}");
    assert_eq!((county["towns"], county["villages"], county["voids"]), (3, 3, 1));
    assert!(county["borders"] >= 1 && county["labels"] >= 7);
    let grids = layers(&shared().get(&format!("/tiles/grids/{}", address(14))).body);
    assert_eq!(grids.into_iter().collect::<Vec<_>>(), [("grids".to_owned(), 7)]);
    let places = layers(&shared().get(&format!("/tiles/places/{}", address(14))).body);
    assert_eq!(places["places"], 3);
    let background = layers(&shared().get(&format!("/tiles/background/{}", address(14))).body);
    assert_eq!(background["canals"], 1);
}

#[test]
fn the_gcj02_twin_is_the_same_county_elsewhere() {
    let json = shared().get("/tiles/county.json?crs=gcj02").json();
    let url = json["tiles"][0].as_str().unwrap();
    assert!(url.ends_with("&crs=gcj02"), "{url}");
    let twin = shared().get(&from_tilejson(&json, 9));
    assert_eq!(twin.status, 200);
    let plain = shared().get(&format!("/tiles/county/{}", address(16))).body;
    let shifted = shared().get(&format!("/tiles/county/{}?crs=gcj02", address(16)));
    assert_ne!(shifted.body, plain, "468 m is most of a tile of zoom 16");
}

#[test]
fn a_hundred_who_wait_for_one_tile_get_the_same_one() {
    let path = format!("/tiles/county/{}?v=2", address(13));
    let bodies: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..100).map(|_| scope.spawn(|| shared().get(&path).body)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(!bodies[0].is_empty() && bodies.windows(2).all(|w| w[0] == w[1]));
}

#[test]
fn other_origins_may_read_tiles_and_ask_first() {
    let headers = [("origin", "https://elsewhere.example")];
    let tile = shared().get_with(&format!("/tiles/county/{}", address(14)), &headers);
    assert_eq!(tile.header("access-control-allow-origin"), "*");
    let exposed = tile.header("access-control-expose-headers").to_ascii_lowercase();
    assert!(["etag", "location", "wangge-version"].iter().all(|h| exposed.contains(h)), "{exposed}");
    let refused = shared().get_with("/tiles/nowhere.json", &headers);
    assert_eq!(refused.header("access-control-allow-origin"), "*", "so that a page can read the problem");
    let asked = [
        ("origin", "https://elsewhere.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let preflight = shared().send("OPTIONS", "/api/locate", &asked, b"");
    assert_eq!(preflight.status, 200);
    assert!(preflight.header("access-control-allow-methods").contains("POST"));
    assert!(preflight.header("access-control-allow-headers").to_ascii_lowercase().contains("content-type"));
    assert_eq!(shared().get_with("/health/ready", &headers).header("access-control-allow-origin"), "");
}

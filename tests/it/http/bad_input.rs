//! What is not right gets a problem document that says what was expected and what was found.

use std::io::{Read, Write};

use serde_json::Value;

use super::server::shared;

/// Asks and returns the problem's detail.
#[track_caller]
fn refused(path: &str, status: u16) -> String {
    shared().get(path).problem(status)["detail"].as_str().unwrap().to_owned()
}

#[test]
fn tile_addresses_out_of_range_or_not_numbers() {
    for path in ["9/512/0.mvt", "9/0/512.mvt", "23/0/0.mvt", "99/0/0.mvt", "300/0/0.mvt"] {
        refused(&format!("/tiles/county/{path}"), 400);
    }
    for path in ["9/a/0.mvt", "-1/0/0.mvt", "9/0/0.mvt.gz", "9/0/0", "9/0/.mvt", "9/1.5/0.mvt", "9/+1/0.mvt"]
    {
        refused(&format!("/tiles/county/{path}"), 400);
    }
    refused("/tiles/county/9/99999999999999999999/0.mvt", 400);
    refused("/tiles/nowhere/9/0/0.mvt", 404);
    refused("/tiles/nowhere.json", 404);
    refused("/tiles/county", 404);
    refused("/tiles/county/17/0/0.mvt", 404);
    refused("/tiles/county/9/0/0.mvt?v=77", 404);
    refused("/tiles/county/9/0/0.mvt?v=x", 400);
    refused("/tiles/county/9/0/0.mvt?crs=bd09", 400);
}

#[test]
fn the_part_of_a_tile_address_that_is_wrong_is_named() {
    for (path, part) in [
        ("99/0/0.mvt", "z"),
        ("9/512/0.mvt", "x"),
        ("9/0/512.mvt", "y"),
        ("9/-1/0.mvt", "x"),
        ("a/0/0.mvt", "z"),
        ("9/0/0", "y"),
    ] {
        let problem = shared().get(&format!("/tiles/county/{path}")).problem(400);
        assert_eq!((&problem["parameter"], &problem["pointer"]), (&part.into(), &Value::Null), "{path}");
    }
}

#[test]
fn a_parameter_that_stands_twice_is_named() {
    let ok = "/api/locate?lon=120.2&lat=33.7";
    for (path, name) in [
        (format!("{ok}&v=1&v=2"), "v"),
        (format!("{ok}&lon=120.3"), "lon"),
        ("/tiles/county/9/427/205.mvt?v=1&v=1".to_owned(), "v"),
        ("/api/units?level=town&level=grid".to_owned(), "level"),
    ] {
        let problem = shared().get(&path).problem(400);
        assert_eq!(problem["parameter"], name, "{path}");
    }
}

#[test]
fn coordinates_that_are_none() {
    assert!(refused("/api/locate", 400).contains("lon"));
    assert!(refused("/api/locate?lon=120", 400).contains("lat"));
    assert!(refused("/api/locate?lon=NaN&lat=33", 400).contains("finite"));
    assert!(refused("/api/locate?lon=120&lat=inf", 400).contains("finite"));
    assert!(refused("/api/locate?lon=120&lat=-infinity", 400).contains("finite"));
    assert!(refused("/api/locate?lon=1e400&lat=33", 400).contains("finite"));
    assert!(refused("/api/locate?lon=12&lat=91", 400).contains("91"));
    assert!(refused("/api/locate?lon=181&lat=33", 400).contains("181"));
    assert!(refused("/api/locate?lon=33.7&lat=120.2", 400).contains("swapped?"));
    assert!(refused("/api/locate?lon=abc&lat=33", 400).contains("abc"));
    let problem = shared().get("/api/locate?lon=12&lat=91").problem(400);
    assert_eq!(problem["parameter"], "lat");
}

#[test]
fn parameters_that_are_none() {
    let ok = "/api/locate?lon=120.2&lat=33.7";
    let crs = refused(&format!("{ok}&crs=wgs72"), 400);
    assert!(crs.contains("bd09 or any") && crs.contains("wgs72"), "{crs}");
    assert!(refused(&format!("{ok}&accuracy=-5"), 400).contains("-5"));
    assert!(refused(&format!("{ok}&accuracy=NaN"), 400).contains("finite"));
    assert!(refused(&format!("{ok}&accuracy=1e9"), 400).contains("accuracy"));
    assert!(refused(&format!("{ok}&v=one"), 400).contains("one"));
    assert!(refused(&format!("{ok}&at=yesterday"), 400).contains("yesterday"));
    assert!(refused(&format!("{ok}&at=2026-02-30"), 400).contains("2026-02-30"));
    assert!(refused(&format!("{ok}&v=1&at=2026-01-31"), 400).contains("both"));
    assert!(refused("/api/units?level=street", 400).contains("street"));
    assert!(refused("/api/units/abc", 400).contains("abc"));
    assert!(refused("/api/units/uid:x", 400).contains("uid:x"));
    refused("/api/units/999999", 404);
    refused("/api/units/uid:999999", 404);
    assert!(refused("/api/near?lon=120.2&lat=33.7&kind=pub", 400).contains("service_centre"));
    assert!(refused("/api/near?lon=120.2&lat=33.7&limit=0", 400).contains("limit"));
    refused("/api/measures/happiness", 404);
    refused("/api/versions/x", 400);
    refused("/api/versions/99", 404);
    refused("/styles/purple.json", 404);
    refused("/styles/..%2f..%2fCargo.toml", 404);
    refused("/assets/..%2f..%2fCargo.toml", 404);
    refused("/api/locate?lon=%ff%fe&lat=33", 400);
}

#[test]
fn unknown_routes_and_wrong_methods() {
    assert!(refused("/nothing/here", 404).contains("/nothing/here"));
    let answer = shared().send("DELETE", "/api/locate", &[], b"");
    answer.problem(405);
    assert!(answer.header("allow").contains("GET") && answer.header("allow").contains("POST"), "{answer:?}");
    shared().send("PUT", "/tiles.json", &[], b"x").problem(405);
    let head = shared().send("HEAD", "/api/summary", &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn bodies_of_a_type_that_is_not_taken() {
    let expected = shared().post("/api/locate", "text/html", "<p>").problem(415);
    assert!(expected["detail"].as_str().unwrap().contains("text/csv"));
    shared().send("POST", "/api/locate", &[], b"lon,lat\n").problem(415);
    shared().post("/api/locate", "text/csv; charset=gbk", "lon,lat\n").problem(415);
    let zipped = [("content-type", "text/csv"), ("content-encoding", "gzip")];
    shared().send("POST", "/api/locate", &zipped, b"\x1f\x8b").problem(415);
    let utf8 = shared().post("/api/locate", "text/csv; charset=UTF-8", "lon,lat\n120.2005,33.7025\n");
    assert_eq!(utf8.status, 200);
}

#[test]
fn json_that_is_too_deep_or_broken() {
    let deep = format!("{{\"points\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    shared().post("/api/locate", "application/json", deep).problem(400);
    shared().post("/api/locate", "application/json", "{\"points\":[[120.2,33.7]").problem(400);
    let problem = shared().post("/api/locate", "application/json", "{\"dots\":[]}").problem(400);
    assert_eq!(problem["pointer"], "/points");
    shared().post("/api/locate", "application/json", [0xff, 0xfe]).problem(400);
}

#[test]
fn a_body_that_says_it_is_too_long_is_refused_unread() {
    let head = format!(
        "POST /api/locate HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: 1073741824\r\n\r\n",
        shared().address
    );
    let answer = shared().raw(head.as_bytes());
    let problem = answer.problem(413);
    assert!(problem["detail"].as_str().unwrap().contains("2097152"));
}

#[test]
fn a_body_that_turns_out_too_long_is_refused_before_it_is_read_to_its_end() {
    let mut stream = shared().connect();
    let head = format!(
        "POST /api/locate HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
        shared().address
    );
    stream.write_all(head.as_bytes()).unwrap();
    let piece = [format!("{:x}\r\n", 1 << 20).as_bytes(), &vec![b' '; 1 << 20], b"\r\n"].concat();
    // A gigabyte, if it were taken.
    let sent = (0..1024).take_while(|_| stream.write_all(&piece).is_ok()).count();
    assert!(sent < 64, "the server read {sent} MB of a body of which it takes 2");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer);
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 413"), "{text}");
}

#[test]
fn heads_that_are_no_http() {
    assert_eq!(shared().raw(b"GET / HTTP/1.1\r\nhost: x\r\nbroken header\r\n\r\n").status, 400);
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(1 << 20));
    let answer = shared().raw(long.as_bytes());
    assert!(matches!(answer.status, 414 | 431), "{answer:?}");
    let host = shared()
        .raw(b"GET /tiles/county.json HTTP/1.1\r\nhost: evil\"><script>\r\nconnection: close\r\n\r\n");
    assert_eq!(host.status, 400);
}

#[test]
fn a_caller_that_closes_its_side_gets_its_answer() {
    for path in ["/health/live", "/tiles/county/12/3415/1637.mvt?crs=gcj02"] {
        let mut stream = shared().connect();
        stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: h\r\n\r\n").as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 20"), "{path}: {:?}", String::from_utf8_lossy(&answer));
    }
}

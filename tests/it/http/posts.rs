//! `POST /api/locate`: many points, in the form they come in.

use std::io::{Read, Write};

use serde_json::{Value, json};

use super::server::{Server, code, shared};

const HEAD: &str = "county,town,village,grid,on_border,error";

fn csv(body: impl AsRef<[u8]>) -> Vec<String> {
    let answer = shared().post("/api/locate", "text/csv", body);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    assert!(answer.whole);
    answer.text().lines().map(str::to_owned).collect()
}

fn located(letter: char) -> String {
    let code = code(letter);
    format!("{},{},{},{code},false,", &code[..6], &code[..9], &code[..12])
}

#[test]
fn csv_keeps_its_rows_and_gains_a_column_for_each_level() {
    let rows = csv("id,lon,lat,note\n7,120.2005,33.7025,\"a, \"\"b\"\"\"\n8,120.2015,33.7025,\n");
    assert_eq!(rows[0], format!("id,lon,lat,note,{HEAD}"));
    assert_eq!(rows[1], format!("7,120.2005,33.7025,\"a, \"\"b\"\"\",{}", located('a')));
    assert_eq!(rows[2], format!("8,120.2015,33.7025,,{}", located('d')));
    assert_eq!(rows.len(), 3);
}

#[test]
fn csv_that_was_answered_before_is_answered_in_the_same_columns() {
    let body = "id,lon,lat,note\n7,120.2005,33.7025,\"a, b\"\n8,here,33.7,\n9,120.2015,33.7025,x\n";
    let once = csv(body);
    assert_eq!(csv(once.join("\n")), once);
    // Wherever they stand, and in rows that are too short.
    let rows = csv("\u{feff}grid,lon,lat,error\nold,120.2005,33.7025,old\nold\n");
    assert_eq!(rows[0], format!("\u{feff}lon,lat,{HEAD}"));
    assert_eq!(rows[1], format!("120.2005,33.7025,{}", located('a')));
    assert_eq!(rows[2], ",,,,,,,\"expected 4 columns, found 1\"");
}

#[test]
fn csv_of_other_programs_is_taken_as_it_is() {
    // A byte order mark, Chinese names, line breaks of Windows, no last line break.
    let rows = csv("\u{feff}经度,纬度\r\n120.2005,33.7025\r\n120.2015,33.7025");
    assert_eq!(rows[1], format!("120.2005,33.7025,{}", located('a')));
    assert_eq!(rows[2], format!("120.2015,33.7025,{}", located('d')));
    let text = shared().post("/api/locate", "text/csv", "LAT,\"LNG\"\r\n33.7025, 120.2005 \r\n");
    assert!(text.text().ends_with(&format!("{}\r\n", located('a'))), "{}", text.text());
    let lines = csv("lon,lat,note\n120.2005,33.7025,\"two\nlines\"\n");
    assert_eq!(lines[2], format!("lines\",{}", located('a')));
}

#[test]
fn bad_rows_are_answered_in_place_and_the_rest_goes_on() {
    let rows = csv(
        "lon,lat,n\nhere,33.7025,1\n33.7,120.2,2\nNaN,33.7,3\n120.2,91,4\n120.2,33.7\n1,2,3,4\n,,\n\n120.2005,33.7025,9\n",
    );
    assert_eq!(rows[1], "here,33.7025,1,,,,,,\"expected lon in degrees, found \"\"here\"\"\"");
    assert!(rows[2].starts_with("33.7,120.2,2,,,,,,\"") && rows[2].contains("swapped?"), "{}", rows[2]);
    assert!(rows[3].contains("finite"), "{}", rows[3]);
    assert!(rows[4].contains("91"), "{}", rows[4]);
    assert_eq!(rows[5], "120.2,33.7,,,,,,,\"expected 3 columns, found 2\"");
    assert_eq!(rows[6], "1,2,3,,,,,,\"expected 3 columns, found 4\"");
    assert!(rows[7].starts_with(",,,,,,,,\"expected lon"), "{}", rows[7]);
    assert_eq!(rows[8], "");
    assert_eq!(rows[9], format!("120.2005,33.7025,9,{}", located('a')));
    let columns = |row: &str| csv_columns(row);
    assert!(rows.iter().filter(|r| !r.is_empty()).all(|r| columns(r) == 9), "{rows:#?}");
}

fn csv_columns(row: &str) -> usize {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(row.as_bytes());
    reader.records().next().unwrap().unwrap().len()
}

#[test]
fn a_row_that_never_ends_costs_one_row() {
    let long = format!("lon,lat\n120.2005,{}\n120.2005,33.7025\n", "3".repeat(70_000));
    let rows = csv(long);
    assert!(rows[1].starts_with(",,,,,,,\"expected a row of at most 65536 bytes"), "{}", rows[1]);
    assert_eq!(rows[2], format!("120.2005,33.7025,{}", located('a')));
    let open = "lon,lat,n\n120.2005,33.7025,\"open\n120.2015,33.7025,x\n";
    let rows = csv(open);
    assert!(rows[1].contains("quotes closed"), "{}", rows[1]);
    assert_eq!(rows[2], format!("120.2015,33.7025,x,{}", located('d')));
    let bytes =
        [b"lon,lat,n\n120.2005,33.7025,".as_slice(), &[0xff, 0xfe], b"\n120.2015,33.7025,x\n"].concat();
    let rows = csv(bytes);
    assert!(rows[1].ends_with("\"expected a row in UTF-8\""), "{}", rows[1]);
    assert_eq!(rows[2], format!("120.2015,33.7025,x,{}", located('d')));
}

#[test]
fn csv_without_coordinates_is_refused() {
    let problem = shared().post("/api/locate", "text/csv", "name,phone\nx,1\n").problem(400);
    assert!(problem["detail"].as_str().unwrap().contains("lon and lat"));
    shared().post("/api/locate", "text/csv", "\n").problem(400);
    shared().post("/api/locate", "text/csv", "x".repeat(200_000)).problem(400);
    shared()
        .send("POST", "/api/locate", &[("content-type", "text/csv"), ("content-length", "0")], b"")
        .problem(400);
}

#[test]
fn csv_answers_do_not_depend_on_how_the_body_is_cut() {
    let rows: Vec<String> = (0..50).map(|i| format!("120.20{:02},33.7025,\"n, {i}\"", i % 40)).collect();
    let body = format!("lon,lat,note\n{}\nbad\n120.2005,33.7015,\"last\"", rows.join("\n"));
    let whole = shared().post("/api/locate", "text/csv", &body).body;
    for piece in [1, 7, 64] {
        let mut stream = shared().connect();
        let head = "POST /api/locate HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        for chunk in body.as_bytes().chunks(piece) {
            stream
                .write_all(&[format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat())
                .unwrap();
        }
        stream.write_all(b"0\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let body = super::server::parse(&answer).unwrap();
        assert!(body.whole);
        assert_eq!(
            String::from_utf8(body.body).unwrap(),
            String::from_utf8(whole.clone()).unwrap(),
            "{piece}"
        );
    }
}

fn pairs(points: &[(f64, f64)]) -> Vec<u8> {
    points.iter().flat_map(|(lon, lat)| [lon.to_le_bytes(), lat.to_le_bytes()].concat()).collect()
}

fn numbers(body: &[u8]) -> Vec<u64> {
    body.chunks_exact(8).map(|b| u64::from_le_bytes(b.try_into().unwrap())).collect()
}

#[test]
fn pairs_of_doubles_are_answered_with_codes_or_uids() {
    let points =
        pairs(&[(120.2005, 33.7025), (120.1, 33.7), (f64::NAN, 1.0), (120.2025, 33.7005), (33.7, 120.2)]);
    let answer = shared().post("/api/locate", "application/octet-stream", &points);
    let a: u64 = code('a').parse().unwrap();
    assert_eq!(numbers(&answer.body), [a, 0, u64::MAX, 0, u64::MAX], "inside, outside, NaN, void, swapped");
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    let uid = shared().get("/api/locate?lon=120.2005&lat=33.7025").json()["leaf"]["uid"].as_u64().unwrap();
    let answer = shared().post("/api/locate?id=uid", "application/octet-stream", &points);
    assert_eq!(numbers(&answer.body), [uid, 0, u64::MAX, 0, u64::MAX]);
    shared().post("/api/locate", "application/octet-stream", [0; 15]).problem(400);
    shared().post("/api/locate?id=name", "application/octet-stream", &points).problem(400);
}

#[test]
fn geojson_points_gain_properties_and_what_stands_around_them_stays() {
    let body = json!({
        "type": "FeatureCollection",
        "name": "features",
        "nested": {"features": [1, 2]},
        "features": [
            {"type": "Feature", "id": 7, "properties": {"n": "]}\\\""}, "geometry": {"type": "Point", "coordinates": [120.2005, 33.7025]}},
            {"type": "Feature", "properties": null, "geometry": {"type": "Point", "coordinates": [120.1, 33.7]}},
            {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": []}},
            {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [33.7, 120.2]}},
            {"type": "Feature", "properties": {}},
            42,
        ],
        "more": [1, {"x": "y"}],
    });
    let answer = shared().post("/api/locate", "application/geo+json", body.to_string());
    assert_eq!(answer.header("content-type"), "application/geo+json");
    let json = answer.json();
    assert_eq!((&json["name"], &json["more"]), (&body["name"], &body["more"]));
    let features = json["features"].as_array().unwrap();
    assert_eq!(features.len(), 6);
    assert_eq!(features[0]["id"], 7);
    assert_eq!(features[0]["properties"]["n"], "]}\\\"");
    assert_eq!(features[0]["properties"]["grid"], code('a'));
    assert_eq!(features[0]["properties"]["county"], "320924");
    assert_eq!(features[0]["properties"]["on_border"], false);
    assert_eq!(features[1]["properties"]["grid"], Value::Null);
    let error = |i: usize| features[i]["properties"]["error"].as_str().unwrap();
    assert!(error(2).contains("Polygon"));
    assert!(error(3).contains("swapped?"));
    assert!(error(4).contains("no geometry"));
    assert!(error(5).contains("Feature"));
}

#[test]
fn geojson_with_a_byte_order_mark_is_taken() {
    let body = "\u{feff}{\"type\":\"FeatureCollection\",\"features\":[]}";
    let answer = shared().post("/api/locate", "application/geo+json", body);
    assert_eq!((answer.status, answer.text()), (200, body));
}

#[test]
fn geojson_that_is_no_collection_is_refused() {
    let refused = |body: &str| shared().post("/api/locate", "application/geo+json", body).problem(400);
    refused("{\"type\":\"Point\",\"coordinates\":[1,2]}");
    refused("{\"type\":\"FeatureCollection\",\"features\":{}}");
    refused("[]");
    refused("");
    refused("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\"");
    refused(&"{".repeat(200_000));
}

#[test]
fn a_feature_that_is_too_long_or_too_deep_is_answered_in_place() {
    let point = "\"geometry\":{\"type\":\"Point\",\"coordinates\":[120.2005,33.7025]}";
    let long = "x".repeat(70_000);
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let body = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{{\"type\":\"Feature\",\"x\":\"{long}\",{point}}}, \
         {{\"type\":\"Feature\",\"x\":{deep},{point}}},{{\"type\":\"Feature\",{point}}}]}}"
    );
    let json = shared().post("/api/locate", "application/geo+json", body).json();
    let features = json["features"].as_array().unwrap();
    assert!(features[0]["properties"]["error"].as_str().unwrap().contains("65536"));
    assert!(features[1]["properties"]["error"].as_str().unwrap().contains("recursion"));
    assert_eq!(features[2]["properties"]["grid"], code('a'));
}

#[test]
fn json_points_are_answered_one_by_one() {
    let body = json!({"points": [[120.2005, 33.7025], [33.7, 120.2], ["x"], [120.2015, 33.7015]]});
    let json = shared().post("/api/locate?v=1", "application/json", body.to_string()).json();
    assert_eq!(json["version"], 1);
    let answers = json["answers"].as_array().unwrap();
    assert_eq!(answers[0]["leaf"]["code"], code('a'));
    assert!(answers[1]["error"].as_str().unwrap().contains("swapped?"));
    assert!(answers[2]["error"].as_str().unwrap().contains("[lon, lat]"));
    assert_eq!(answers[3]["leaf"]["code"], code('e'));
}

#[test]
fn a_client_that_sends_everything_before_it_reads_is_served() {
    // More than sockets and memory hold: what is not taken yet waits in a file.
    let server = Server::start();
    let rows = 2_000_000;
    let row = b"120.2005,33.7025\n";
    let length = 8 + rows * row.len();
    let mut stream = server.connect();
    let head = format!(
        "POST /api/locate HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\nconnection: close\r\ncontent-length: {length}\r\n\r\nlon,lat\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let piece = row.repeat(10_000);
    for _ in 0..rows / 10_000 {
        stream.write_all(&piece).unwrap();
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = super::server::parse(&answer).unwrap();
    assert!(answer.whole);
    assert_eq!(answer.text().lines().count(), rows + 1);
}

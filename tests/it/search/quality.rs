//! The table of queries: what stands first must be what is meant.
//!
//! `tests/fixtures/search.csv`: query, datum of numbers that state none, kind of the first answer, the answer (a code, the
//! name of a place, a void or a line, or WGS84 longitude and latitude with the datum they were read in), and what the query tries. Places in
//! GCJ-02, BD-09 and Baidu's metres were made with npm gcoord 1.0.7 from the WGS84 place.

use wangge::crs::Datum;
use wangge::search::Target;
use wangge::snapshot::Landmark;

use super::{FINDER, found};

/// Ten centimetres.
const CLOSE: f64 = 1e-6;

#[test]
fn every_query_of_the_table_finds_what_is_meant_first() {
    let mut rows = csv::Reader::from_reader(include_str!("../../fixtures/search.csv").as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let coordinates = rows.iter().filter(|row| &row[2] == "coordinate").count();
    let landmarks = rows.iter().filter(|row| ["void", "canal", "road"].contains(&&row[2])).count();
    assert!(landmarks >= 12, "{landmarks} landmarks");
    assert!(rows.len() >= 60 && coordinates >= 12, "{} queries, {coordinates} coordinates", rows.len());
    let wrong: Vec<String> =
        rows.iter().filter_map(|row| wrong(row).map(|found| format!("{row:?}: {found}"))).collect();
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

fn kind(target: Target) -> &'static str {
    match target {
        Target::Unit(_) => "unit",
        Target::Place(_) => "place",
        Target::Landmark(landmark) => {
            let Landmark { void, line, .. } = &FINDER.landmarks()[landmark];
            match (void, line) {
                (None, Some((layer, _))) if layer == "canals" => "canal",
                (None, Some((layer, _))) if layer == "roads" => "road",
                _ => "void",
            }
        }
    }
}

/// What came first instead of what was expected.
fn wrong(row: &csv::StringRecord) -> Option<String> {
    let crs = if row[1].is_empty() { Datum::Wgs84 } else { row[1].parse().unwrap() };
    let first = FINDER.coordinates(&row[0]).first().map(|reading| {
        let datum = reading.datum.unwrap_or(crs);
        (datum.to_wgs84(reading.place), datum)
    });
    let Some((place, datum)) = first else {
        let first = found(&row[0], 3);
        let kind = FINDER.find(&row[0], 1).first().map_or("", |hit| kind(hit.target));
        let right = first.first().map(String::as_str) == Some(&row[3]) && kind == &row[2];
        return (!right).then(|| format!("{kind} {first:?}"));
    };
    let expected: Vec<&str> = row[3].split(' ').collect();
    let right = &row[2] == "coordinate" && {
        let (lon, lat): (f64, f64) = (expected[0].parse().unwrap(), expected[1].parse().unwrap());
        (place.lon() - lon).abs() < CLOSE
            && (place.lat() - lat).abs() < CLOSE
            && datum.as_str() == expected[2]
    };
    (!right).then(|| format!("{} {} {datum}", place.lon(), place.lat()))
}

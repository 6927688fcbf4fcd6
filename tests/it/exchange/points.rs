//! Points in CSV and GeoJSON.

use wangge::crs::Datum;
use wangge::exchange::{read_points, read_units, write_points};
use wangge::unit::{Attribute, PointLayer};

use super::Files;

#[tokio::test]
async fn points_come_from_csv_with_what_else_they_have() {
    let files = Files::new();
    let csv = "\u{feff}lon,lat,weight,name,kind,楼栋\n120.2,33.7,12,,,3栋\n120.1234567 , 33.7654321,,微法庭,court,\n";
    let read = read_points(&files.put("it.csv", csv), PointLayer::Dwellings, Datum::Wgs84).await.unwrap();
    let [one, two] = &read.points[..] else { panic!() };
    assert_eq!(
        (one.at.x, one.at.y, one.weight, one.kind.as_str()),
        (1_202_000_000, 337_000_000, 12, "dwelling")
    );
    assert_eq!(one.attributes.get("楼栋"), Some(&Attribute::Text("3栋".to_owned())));
    assert_eq!(
        (two.at.x, two.weight, two.name.as_str(), two.kind.as_str()),
        (1_201_234_567, 1, "微法庭", "court")
    );
    assert!(two.attributes.is_empty());
    assert_eq!(read.notes, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_written_is_read_again() {
    let files = Files::new();
    let csv = "lon,lat,weight,name,kind,a,b\n120.2,33.7,12,\"x, \"\"y\"\"\",court,1,\n-0.0000001,-33.7654321,0,,place,,2\n";
    let read = read_points(&files.put("it.csv", csv), PointLayer::Places, Datum::Wgs84).await.unwrap();
    let path = files.path("out.csv");
    write_points(&path, read.points.clone()).await.unwrap();
    assert_eq!(read_points(&path, PointLayer::Places, Datum::Wgs84).await.unwrap(), read);
}

#[tokio::test]
async fn points_come_from_geojson() {
    let files = Files::new();
    let json = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"name":"便民点","kind":"service","weight":2,"open":true},"geometry":{"type":"Point","coordinates":[120.2,33.7,4]}},
        {"type":"Feature","properties":null,"geometry":{"type":"Point","coordinates":[120.3,33.8]}}]}"#;
    let read = read_points(&files.put("it.geojson", json), PointLayer::Places, Datum::Gcj02).await.unwrap();
    assert_eq!((read.points[0].name.as_str(), read.points[0].weight), ("便民点", 2));
    assert_eq!(read.points[0].attributes.get("open"), Some(&Attribute::Bool(true)));
    assert!(read.points[1].at.x < 1_203_000_000, "GCJ-02 lies to the east");
    assert_eq!(read.notes, ["coordinates were converted from gcj02 to CGCS2000"]);
}

#[tokio::test]
async fn a_row_that_is_no_point_is_refused_by_line_and_column() {
    let files = Files::new();
    let said = async |csv: &str| {
        let path = files.put("it.csv", csv);
        let error = read_points(&path, PointLayer::Places, Datum::Wgs84).await.unwrap_err().to_string();
        error.replace(&path.display().to_string(), "it")
    };
    assert_eq!(
        said("lon,lat\n120,33\nx,33\n").await,
        "it, line 3, column lon: expected degrees, found \"x\""
    );
    assert!(said("lon,lat\n33,120\n").await.contains("swapped?"));
    assert!(said("lon,lat\nNaN,33\n").await.contains("finite"));
    assert!(said("x,y\n1,2\n").await.ends_with("line 1: expected a column \"lon\", found columns x, y"));
    assert!(said("lon,lat,weight\n120,33,-1\n").await.contains("line 2, weight: expected a whole number"));
    assert!(said("lon,lat\n120,33,5\n").await.contains("line 2"));
    let polygon = files.put("it.json", super::squares(&["{}"]));
    let error = read_points(&polygon, PointLayer::Places, Datum::Wgs84).await.unwrap_err().to_string();
    assert!(error.ends_with("/features/0/geometry/type: expected Point, found \"Polygon\""), "{error}");
}

#[tokio::test]
async fn a_list_of_units_is_refused_by_line_and_column() {
    let files = Files::new();
    let said = async |csv: &[u8]| read_units(&files.put("it.csv", csv)).await.unwrap_err().to_string();
    assert!(said(b"name\nx\n").await.contains("expected a column \"code\", found columns name"));
    assert!(said(b"code\n1\n1\n").await.contains("1 twice"));
    assert!(
        said(b"code\nA\n")
            .await
            .contains("line 2, column code: expected a code of 1 to 18 digits, found \"A\"")
    );
    assert!(said(b"code,name\n1,\xba\xcf\xb5\xc2\n").await.contains("this looks like GBK"));
}

//! Coordinates in any notation; the table has one place in many, here are the edges.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::crs::{Bounds, Datum, Point, from_baidu_mercator};
use wangge::search::coordinates;

/// A box around Sheyang.
const SHEYANG: Bounds =
    Bounds { min: Point::new(1_199_000_000, 334_000_000), max: Point::new(1_206_000_000, 341_000_000) };

/// Longitude, latitude and stated datum of every reading.
fn read(text: &str) -> Vec<(f64, f64, Option<Datum>)> {
    coordinates(text, SHEYANG).iter().map(|r| (r.place.lon(), r.place.lat(), r.datum)).collect()
}

#[track_caller]
fn reads(text: &str, lon: f64, lat: f64) {
    let found = read(text);
    let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
    assert!(matches!(found[..], [(x, y, _)] if close(x, lon) && close(y, lat)), "{text:?}: {found:?}");
}

#[test]
fn which_is_which_is_told_by_range_then_by_the_coverage() {
    reads("120.25 33.77", 120.25, 33.77);
    reads("33.77 120.25", 120.25, 33.77);
    let box_at_zero =
        Bounds { min: Point::new(100_000_000, 400_000_000), max: Point::new(110_000_000, 410_000_000) };
    let lon = |text: &str| coordinates(text, box_at_zero).iter().map(|r| r.place.lon()).collect::<Vec<_>>();
    assert_eq!(lon("10.5, 40.5"), [10.5], "only this order lies in the coverage");
    assert_eq!(lon("40.5, 10.5"), [10.5]);
    assert_eq!(lon("70.5, 80.5"), [70.5, 80.5], "both are offered where nothing tells");
    assert_eq!(lon("40.5N 10.5E"), [10.5]);
    assert_eq!(lon("40.5E 10.5N"), [40.5], "what the text says counts");
    assert_eq!(coordinates("10.5, 40.5", Bounds::EMPTY).len(), 2);
}

#[test]
fn separators_brackets_and_words_do_not_matter() {
    for text in [
        "120.25,33.77",
        "120.25, 33.77",
        "120.25，33.77",
        "120.25、33.77",
        "120.25;33.77",
        "120.25/33.77",
        "120.25|33.77",
        "120.25\t33.77",
        "120.25\n33.77",
        "(120.25, 33.77)",
        "[120.25,33.77]",
        "（１２０．２５，３３．７７）",
        "坐标：120.25,33.77",
        "lng:120.25,lat:33.77",
        "x=120.25 y=33.77",
        "lat 33.77 lon 120.25",
        "经度120.25，纬度33.77",
        "经度=120.25;纬度=33.77",
        "E120.25N33.77",
        "e120.25 n33.77",
        "120.25东 33.77北",
        "北33.77，东120.25",
        "120.25E, 33.77",
        "120.25, 33.77N",
        "33.77°, 120.25°",
        "120.25度，33.77度",
        "{'lat':'33.77','lng':'120.25'}",
        "\"33.77\",\"120.25\"",
        "{\"id\":5,\"lng\":120.25,\"lat\":33.77,\"name\":\"3号\"}",
        "<wpt lat=\"33.77\" lon=\"120.25\">",
        "<coordinates>120.25,33.77,0</coordinates>",
        "POINT Z (120.25 33.77 5.0)",
        "point(120.25,33.77)",
    ] {
        reads(text, 120.25, 33.77);
    }
    reads("射阳县政府 120.2501,33.7701", 120.2501, 33.7701);
    reads("120.2501,33.7701 精度30米", 120.2501, 33.7701);
}

#[test]
fn degrees_minutes_and_seconds_in_any_dress() {
    for text in [
        "120°15′36″E 33°46′12″N",
        "E120°15′36″ N33°46′12″",
        "120°15'36\", 33°46'12\"",
        "120°15'36''E 33°46'12''N",
        "33°46′12″N，120°15′36″E",
        "东经120°15′36″，北纬33°46′12″",
        "东经120度15分36秒 北纬33度46分12秒",
        "120度15分36秒，33度46分12秒",
        "120d15m36s e 33d46m12s n",
        "120:15:36 33:46:12",
        "33:46:12N 120:15:36E",
        "120 15 36 E, 33 46 12 N",
        "120°15'36 33°46'12",
        "120°15.6′ 33°46.2′",
        "N 33° 46.2', E 120° 15.6'",
        "E120°15.6 N33°46.2",
        "120º15´36˝ E, 33º46´12˝ N",
    ] {
        reads(text, 120.26, 33.77);
    }
    assert_eq!(read("120°15′36″E"), [], "one angle is no place");
    reads("120° 33.77°", 120.0, 33.77);
    reads("33°30′S 70°40′30″W", -70.675, -33.5);
    reads("-33.5,-170.25", -170.25, -33.5);
    reads("南纬33.5 西经70.25", -70.25, -33.5);
}

#[test]
fn what_is_no_coordinate_gives_none() {
    for text in [
        "",
        "合德镇",
        "交通路社区第3网格",
        "320924100001003",
        "320924 100 001 003",
        "100 001",
        "120,33",
        "120.25",
        "2026-11-24",
        "2026-11-24 08:30:00",
        "192.168.1.1",
        "10.20.30.40",
        "138 1234 5678",
        "城东 3.5 4.5",
        "NaN,NaN",
        "inf,33.77",
        "120.25,infinity",
        "1e3,2e2",
        "999.5,33.77",
        "190.5,95.5",
        "E33.77 N120.25",
        "E120.25 E33.77",
        "120°75′ 33°46′",
        "120°15.5′30″ 33°46′",
        "1.1 2.2 3.3 4.4",
        "lon=120.25",
        "lon=&lat=",
        "https://surl.amap.com/abc123",
        "https://uri.amap.com/marker?position=合德镇",
        "https://uri.amap.com/marker?position=nan,nan",
        "https://map.baidu.com/@1e300,5,15z",
        "https://map.baidu.com/@99999999,3973010,15z",
        "https://example.org/?lon=999&lat=999",
        "geo:",
        "://",
        "%%%://%zz%",
        "99999999999999999999999999999999999999999.5,33.7",
    ] {
        assert_eq!(read(text), [], "{text:?}");
    }
}

#[test]
fn a_text_states_its_datum_or_does_not() {
    let datum = |text: &str| read(text).first().unwrap().2;
    assert_eq!(datum("120.25,33.77"), None);
    for (name, expected) in [
        ("wgs84", Datum::Wgs84),
        ("WGS-84", Datum::Wgs84),
        ("GPS", Datum::Wgs84),
        ("EPSG:4326", Datum::Wgs84),
        ("CGCS2000", Datum::Cgcs2000),
        ("国家2000", Datum::Cgcs2000),
        ("GCJ02", Datum::Gcj02),
        ("火星坐标", Datum::Gcj02),
        ("高德", Datum::Gcj02),
        ("腾讯", Datum::Gcj02),
        ("BD-09", Datum::Bd09),
        ("百度", Datum::Bd09),
    ] {
        assert_eq!(datum(&format!("{name} 120.25,33.77")), Some(expected));
        assert_eq!(datum(&format!("120.25,33.77（{name}）")), Some(expected));
    }
    assert_eq!(datum("高德转百度 120.2501,33.7701"), None, "two are none");
}

#[test]
fn links_name_the_place_and_their_makers_datum() {
    use Datum::{Bd09, Cgcs2000, Gcj02, Wgs84};
    for (link, datum) in [
        ("https://uri.amap.com/marker?position=120.25,33.77", Some(Gcj02)),
        ("https://uri.amap.com/navigation?from=119.1,33.1,a&to=120.25,33.77,b&mode=car", Some(Gcj02)),
        ("https://wb.amap.com/?p=B0FFHXXXX,33.77,120.25,name,address", Some(Gcj02)),
        ("www.amap.com/?q=33.77%2C120.25", Some(Gcj02)),
        ("iosamap://path?sourceApplication=x&dlat=33.77&dlon=120.25&dev=0", Some(Gcj02)),
        ("androidamap://viewMap?lat=33.77&lon=120.25&dev=1", Some(Wgs84)),
        ("【高德地图】微法庭 https://uri.amap.com/marker?position=120.25,33.77 点击查看", Some(Gcj02)),
        ("http://api.map.baidu.com/marker?location=33.77,120.25&coord_type=wgs84", Some(Wgs84)),
        ("http://api.map.baidu.com/geocoder?location=33.77,120.25&coord_type=bd09ll", Some(Bd09)),
        ("baidumap://map/marker?location=33.77,120.25&title=x", Some(Bd09)),
        (
            "http://api.map.baidu.com/direction?origin=name:a&destination=latlng:33.77,120.25|name:b",
            Some(Bd09),
        ),
        ("https://apis.map.qq.com/uri/v1/marker?marker=coord:33.77,120.25;title:x;addr:y", Some(Gcj02)),
        ("https://apis.map.qq.com/uri/v1/geocoder?coord=33.77,120.25&coord_type=1", Some(Wgs84)),
        ("qqmap://map/marker?marker=coord:33.77,120.25", Some(Gcj02)),
        ("https://map.qq.com/?type=marker&pointx=120.25&pointy=33.77", Some(Gcj02)),
        ("https://www.google.com/maps?q=33.77,120.25", None),
        ("https://www.google.com/maps/search/?api=1&query=33.77%2C120.25", None),
        ("https://www.google.com/maps/search/33.77,+120.25", None),
        ("https://www.google.com/maps/place/33.77,120.25/@33.7,120.2,15z", None),
        ("https://maps.apple.com/?ll=33.77,120.25", None),
        ("https://www.openstreetmap.org/?mlat=33.77&mlon=120.25#map=12/33.1/120.1", Some(Wgs84)),
        ("https://map.tianditu.gov.cn/?center=120.25,33.77&l=12", Some(Cgcs2000)),
        ("geo:33.77,120.25", Some(Wgs84)),
        ("geo:0,0?q=33.77,120.25(x)", Some(Wgs84)),
        ("http://10.0.0.5:8080/#lon=120.25&lat=33.77&crs=gcj02", Some(Gcj02)),
    ] {
        let found = read(link);
        assert!(found == [(120.25, 33.77, datum)], "{link}: {found:?}");
    }
}

#[test]
fn baidus_metres_are_what_gcoord_makes_of_them() {
    for (x, y, lon, lat) in [
        (13_394_000.0, 3_990_000.0, 120.319_039_986_627_29, 33.890_034_723_338_28),
        (13_381_234.5, 3_980_123.25, 120.204_366_796_751_05, 33.816_006_373_589_964),
        (12_958_000.0, 4_825_000.0, 116.402_427_963_123_4, 39.908_609_532_489),
        (9_744_000.0, 6_500_000.0, 87.530_888_862_491, 50.499_797_738_157_355),
        (11_500_000.0, 1_000_000.0, 103.305_133_604_653_05, 9.006_447_877_187_098),
        (-8_238_310.0, 4_970_241.0, -74.005_192_639_244_94, 40.905_981_411_530_97),
        (13_390_000.0, -2_000_000.0, 120.283_107_749_406_67, -17.791_619_404_397_78),
        (13_000_000.0, 9_000_000.0, 116.779_716_263_005_24, 62.746_456_182_055_98),
        (100_000.0, 13_000_000.0, 0.898_305_523_754_133_8, 75.263_079_240_056_63),
    ] {
        let place = from_baidu_mercator(x, y).unwrap();
        let off = (place.lon() - lon).abs().max((place.lat() - lat).abs());
        assert!(off < 1e-7, "{x} {y}: {place:?}");
    }
    assert_eq!(from_baidu_mercator(f64::NAN, 0.0), None);
    assert_eq!(from_baidu_mercator(0.0, 3e7), None);
}

#[test]
fn no_text_makes_it_panic() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let pieces = [
        "120.25",
        "33.77",
        "-",
        "+",
        ".",
        ",",
        ":",
        "°",
        "'",
        "\"",
        "东经",
        "北纬",
        "度",
        "分",
        "秒",
        "n",
        "e",
        "lon",
        "lat",
        "=",
        "&",
        "?",
        "#",
        "%",
        "%e5",
        "@",
        "!3d",
        "!4d",
        "geo:",
        "://",
        "amap.com",
        "map.baidu.com/",
        "coord:",
        "position=",
        "1e999",
        "99999999999999999999",
        "(",
        "POINT",
        "[",
        "{",
        "İ",
        "👍",
        "\u{0}",
        "　",
        "，",
        "东",
        "wgs84",
        "bd09",
        "point=",
        "|",
        ";",
        "m",
        "d",
        "s",
        "x",
        "y",
    ];
    for _ in 0..crate::rounds(20_000, 500_000) {
        let text: String =
            (0..rng.random_range(0..24)).map(|_| pieces[rng.random_range(0..pieces.len())]).collect();
        for reading in coordinates(&text, SHEYANG) {
            assert!(reading.place.lon().abs() <= 180.0 && reading.place.lat().abs() <= 90.0, "{text:?}");
        }
    }
    for _ in 0..crate::rounds(5_000, 100_000) {
        let bytes: Vec<u8> = (0..rng.random_range(0..60)).map(|_| rng.random()).collect();
        let _ = coordinates(&String::from_utf8_lossy(&bytes), SHEYANG);
    }
}

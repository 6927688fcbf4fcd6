//! Copied links of maps → the place they show, with the datum that their maker uses.
//!
//! ```text
//! https://uri.amap.com/marker?position=120.25,33.77&name=…          Amap      longitude first   GCJ-02
//! https://api.map.baidu.com/marker?location=33.77,120.25&…          Baidu     latitude first    BD-09, or coord_type
//! https://map.baidu.com/@13386314,3973989,15z                       Baidu     metres            BD-09
//! https://apis.map.qq.com/uri/v1/marker?marker=coord:33.77,120.25   Tencent   latitude first    GCJ-02
//! https://www.google.com/maps/@33.77,120.25,15z                     Google    latitude first    not stated
//! geo:33.77,120.25                                                  RFC 5870  latitude first    WGS84
//! http://county.example/#map=15/33.77/120.25&at=120.25,33.77        our own   longitude first   WGS84
//! ```
//!
//! Google's coordinates are WGS84 abroad and, read off its street map in China, GCJ-02: so it states none. Short links
//! hold no coordinates; nobody is asked what they stand for.

use super::Reading;
use super::coordinates::usual;
use crate::crs::{Bounds, Datum, LonLat, from_baidu_mercator};

/// Hosts that people paste without `https://`.
const HOSTS: [&str; 8] = [
    "amap.com",
    "map.baidu.com",
    "map.qq.com",
    "tianditu.gov.cn",
    "google.com/maps",
    "maps.google.",
    "openstreetmap.org",
    "maps.apple.com",
];

/// The link in a folded text.
pub(super) fn find(folded: &str) -> Option<&str> {
    let start = folded
        .find("://")
        .or_else(|| folded.trim_start().starts_with("geo:").then(|| folded.find("geo:"))?);
    let start = start.or_else(|| HOSTS.iter().find_map(|host| folded.find(host)))?;
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-');
    let before = folded[..start].trim_end_matches(inside).len();
    folded[before..].split(' ').next()
}

/// The place that a link shows; `None` where it names none.
pub(super) fn read(link: &str, bounds: Bounds) -> Option<Reading> {
    let text = decoded(&decoded(link));
    let maker = Maker::of(&text);
    let parameters: Vec<(&str, &str)> =
        text.split(['?', '&', '#', ';']).filter_map(|piece| piece.split_once('=')).collect();
    let value = |name: &str| parameters.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
    // The page's own links: a pin, or but a view. Others that write `#map=zoom/latitude/longitude` mean the same.
    let (_, fragment) = text.split_once('#').unwrap_or_default();
    let ours = maker == Maker::Other
        && fragment.split('&').any(|piece| piece.starts_with("map=") || piece.starts_with("at="));
    if ours && let Some((lon, lat)) = value("at").and_then(pair) {
        return Some(Reading { place: LonLat::new(lon, lat).ok()?, datum: Some(Datum::Wgs84) });
    }
    if maker == Maker::Baidu
        && let Some((x, y)) = centre(&text).or_else(|| pair(value("point")?))
        && let Some(place) = from_baidu_mercator(x, y).filter(|_| x.abs() > 180.0)
    {
        return Some(Reading { place, datum: Some(Datum::Bd09) });
    }
    let (lon, lat) = pin(&text)
        .or_else(|| named(value))
        .or_else(|| together(maker, value))
        .or_else(|| text.split(['/', '?', ':', ';']).find_map(pair).map(swapped))
        .or_else(|| centre(&text).map(swapped))?;
    let datum = if ours { Some(Datum::Wgs84) } else { datum(maker, value) };
    Some(Reading { place: usual(lon, lat, bounds)?, datum })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Maker {
    Amap,
    Baidu,
    Tencent,
    Tianditu,
    /// OpenStreetMap, and `geo:` links.
    Open,
    Other,
}

impl Maker {
    fn of(text: &str) -> Self {
        let start = text.find("://").map_or(0, |at| at + 3);
        let end = text[start..].find(['/', '?', '#']).map_or(text.len(), |at| start + at);
        let host = &text[..end];
        let has = |names: &[&str]| names.iter().any(|name| host.contains(name));
        if has(&["baidu", "bdmap"]) {
            Self::Baidu
        } else if has(&["map.qq.", "qqmap"]) {
            Self::Tencent
        } else if has(&["amap", "autonavi", "gaode"]) {
            Self::Amap
        } else if has(&["tianditu"]) {
            Self::Tianditu
        } else if has(&["openstreetmap"]) || host.starts_with("geo:") {
            Self::Open
        } else {
            Self::Other
        }
    }
}

fn datum<'a>(maker: Maker, value: impl Fn(&str) -> Option<&'a str>) -> Option<Datum> {
    let named =
        ["coord_type", "coordtype", "coordinate", "crs"].into_iter().find_map(&value).unwrap_or_default();
    // Tencent counts: 1 is GPS. Amap's apps ask whether their shift is still due.
    let raw =
        (maker == Maker::Tencent && named == "1") || (maker == Maker::Amap && value("dev") == Some("1"));
    if raw || named.starts_with("wgs84") {
        return Some(Datum::Wgs84);
    }
    if named.starts_with("gcj02") || named == "gaode" {
        return Some(Datum::Gcj02);
    }
    if named.starts_with("bd09") || named == "baidu" {
        return Some(Datum::Bd09);
    }
    match maker {
        Maker::Amap | Maker::Tencent => Some(Datum::Gcj02),
        Maker::Baidu => Some(Datum::Bd09),
        Maker::Tianditu => Some(Datum::Cgcs2000),
        Maker::Open => Some(Datum::Wgs84),
        Maker::Other => None,
    }
}

/// Google's pin: `!3d33.77!4d120.25`.
fn pin(text: &str) -> Option<(f64, f64)> {
    let behind = |mark: &str| number(text.split_once(mark)?.1.split(['!', '?', '/', '&']).next()?);
    Some((behind("!4d")?, behind("!3d")?))
}

/// Longitude and latitude by name.
fn named<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Option<(f64, f64)> {
    const NAMES: [(&str, &str); 9] = [
        ("lon", "lat"),
        ("lng", "lat"),
        ("long", "lat"),
        ("longitude", "latitude"),
        ("mlon", "mlat"),
        ("dlon", "dlat"),
        ("dlng", "dlat"),
        ("pointx", "pointy"),
        ("x", "y"),
    ];
    let first = |text: &str| number(text.split(',').next()?);
    NAMES.into_iter().find_map(|(lon, lat)| Some((first(value(lon)?)?, first(value(lat)?)?)))
}

/// Both numbers in one value: longitude and latitude.
fn together<'a>(maker: Maker, value: impl Fn(&str) -> Option<&'a str>) -> Option<(f64, f64)> {
    const NAMES: [&str; 15] = [
        "position",
        "location",
        "marker",
        "coord",
        "latlng",
        "q",
        "query",
        "ll",
        "destination",
        "daddr",
        "dest",
        "to",
        "p",
        "map",
        "center",
    ];
    let lon_first = |name: &str| match name {
        "position" | "to" | "dest" => true,
        "location" => maker == Maker::Amap,
        "center" => matches!(maker, Maker::Amap | Maker::Baidu | Maker::Tianditu),
        _ => false,
    };
    NAMES.into_iter().find_map(|name| {
        let text = value(name)?;
        // OpenStreetMap: map=zoom/latitude/longitude.
        let text = if name == "map" { text.split_once('/')?.1 } else { text };
        let found = pair(text)?;
        Some(if lon_first(name) { found } else { swapped(found) })
    })
}

/// The two numbers behind an @.
fn centre(text: &str) -> Option<(f64, f64)> {
    pair(text.split_once('@')?.1)
}

fn swapped((a, b): (f64, f64)) -> (f64, f64) {
    (b, a)
}

/// The first two numbers side by side of which one has decimals or is large: `coord:33.77,120.25`,
/// `id,33.77,120.25,name`.
fn pair(text: &str) -> Option<(f64, f64)> {
    let labelled = text.split_once(':').filter(|(label, _)| label.bytes().all(|b| b.is_ascii_alphabetic()));
    let text = labelled.map_or(text, |(_, rest)| rest);
    let items: Vec<Option<f64>> = text.split([',', '|', ' ', '/', '(']).map(number).collect();
    let worth = |value: f64| value.fract() != 0.0 || value.abs() > 180.0;
    items.windows(2).find_map(|w| Some((w[0]?, w[1]?)).filter(|(a, b)| worth(*a) || worth(*b)))
}

/// A number in plain digits; words for numbers are none.
fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-'));
    text.parse::<f64>().ok().filter(|value| plain && value.is_finite())
}

/// Percent signs decoded; what they make that is no text is replaced.
fn decoded(text: &str) -> String {
    let hex = |b: Option<&u8>| (*b? as char).to_digit(16);
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::new(), 0);
    while let Some(&byte) = bytes.get(at) {
        let code = hex(bytes.get(at + 1)).zip(hex(bytes.get(at + 2))).filter(|_| byte == b'%');
        out.push(code.map_or(byte, |(high, low)| (high * 16 + low) as u8));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

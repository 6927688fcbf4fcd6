//! Coordinates as people write them → two angles, each in degrees, with the axis where the text names it.
//!
//! ```text
//! n33°46'12" e120°15'  ─ scan ─→  N 33° 46' 12" E 120° 15'  ─ gather ─→  [N: 33 46 12] [E: 120 15]  → 33.77, 120.25
//! 33 46 12 n, 120 15 e            axes may stand behind
//! 33.77,120.25                    numbers alone: each an angle
//! 120 15 4.32, 33 46 12.36        or as many parts each, of which only the last has decimals
//! e120.15.04.32                   dots for marks
//! ```
//!
//! An angle has one to three parts of which only the last has decimals. Numbers alone are taken for coordinates only
//! where at least one has decimals; among other words, where both have three.

use super::scan::{Part, Token, scan};
use crate::crs::{Datum, LonLat};

/// Which way an angle is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Lon,
    Lat,
}

/// Degrees, with the axis where the text names it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Angle {
    pub axis: Option<Axis>,
    pub degrees: f64,
}

/// Two angles; if both have an axis, they are different ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub first: Angle,
    pub second: Angle,
    /// The notation puts the longitude first: JSON, WKT.
    pub lon_first: bool,
}

/// What a datum is called.
const DATUMS: [(Datum, &[&str]); 4] = [
    (Datum::Bd09, &["bd09ll", "bd-09", "bd 09", "bd09", "百度"]),
    (Datum::Gcj02, &["gcj02ll", "gcj-02", "gcj 02", "gcj02", "国测局", "火星坐标", "高德", "腾讯"]),
    (
        Datum::Cgcs2000,
        &[
            "cgcs2000",
            "cgcs-2000",
            "cgcs 2000",
            "2000国家大地坐标系",
            "国家2000",
            "大地2000",
            "epsg:4490",
            "srid=4490",
            "天地图",
        ],
    ),
    (Datum::Wgs84, &["wgs84", "wgs-84", "wgs 84", "epsg:4326", "srid=4326", "gps"]),
];

/// The datum that a folded text names, and the text without it; none where it names two.
pub(super) fn stated(folded: &str) -> (Option<Datum>, String) {
    let (mut rest, mut found) = (folded.to_owned(), Vec::new());
    for (datum, names) in DATUMS {
        for name in names {
            if rest.contains(name) {
                rest = rest.replace(name, " ");
                found.push(datum);
            }
        }
    }
    let one = found.first().copied().filter(|first| found.iter().all(|datum| datum == first));
    (one, rest)
}

/// The two angles of a folded text; `None` where there are none, or more than can be told apart.
pub(super) fn angles(text: &str) -> Option<Found> {
    let items = attach(&scan(text));
    let lon_first =
        text.contains("point") || text.contains("coordinates") || text.trim_start().starts_with('[');
    let words = items.contains(&Item::Word);
    let ways: &[(bool, bool)] = match leads(&items) {
        Some(leading) => &[(leading, false), (leading, true)],
        None => &[(true, false), (false, false)],
    };
    let axes = items.iter().any(|i| matches!(i, Item::Axis(..)));
    let (first, second) = ways
        .iter()
        .find_map(|&(leading, strict)| pick(&gather(&items, leading, strict, axes), words, lon_first))
        .or_else(|| unmarked(&gather(&items, false, false, true)).filter(|_| !words))?;
    Some(Found { first, second, lon_first })
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Item {
    Part(Part),
    Axis(Axis, f64, bool),
    Comma,
    Word,
}

/// Gives each number the mark right behind it; other marks are quotes.
fn attach(tokens: &[Token]) -> Vec<Item> {
    let item = |(i, token): (usize, &Token)| match *token {
        Token::Number(part) => {
            let mark = if let Some(Token::Mark(mark)) = tokens.get(i + 1) { Some(*mark) } else { None };
            Some(Item::Part(Part { mark, ..part }))
        }
        Token::Axis(axis, sign, leads) => Some(Item::Axis(axis, sign, leads)),
        Token::Comma => Some(Item::Comma),
        Token::Word => Some(Item::Word),
        Token::Mark(_) => None,
    };
    tokens.iter().enumerate().filter_map(item).collect()
}

/// The parts of one angle.
#[derive(Clone, Debug, Default)]
struct Group {
    parts: Vec<Part>,
    axis: Option<(Axis, f64)>,
    closed: bool,
}

/// Whether axes stand before their numbers; `None` where either may be: a number comes first, and then an axis that
/// should stand before one.
fn leads(items: &[Item]) -> Option<bool> {
    let axis = items.iter().position(|i| matches!(i, Item::Axis(..)));
    let first = axis.is_some() && axis < items.iter().position(|i| matches!(i, Item::Part(_)));
    let should = items.iter().any(|i| matches!(i, Item::Axis(_, _, true)));
    (first || !should).then_some(first)
}

/// Parts → groups, with axes `leading` their numbers or behind them. `strict` lets a number without a mark not
/// continue one with a mark, `parts` lets numbers without any mark be parts of one angle.
fn gather(items: &[Item], leading: bool, strict: bool, parts: bool) -> Vec<Group> {
    let mut groups = vec![Group::default()];
    for item in items {
        let last = groups.len() - 1;
        let group = &mut groups[last];
        match *item {
            Item::Part(part) if group.ends_before(part, strict, parts) => groups.push(Group::of(part)),
            Item::Part(part) => group.push(part),
            Item::Axis(axis, sign, _) if leading && !group.parts.is_empty() => {
                groups.push(Group { axis: Some((axis, sign)), ..Group::default() });
            }
            Item::Axis(axis, sign, _) => {
                group.axis.get_or_insert((axis, sign));
                group.closed = !leading;
            }
            Item::Comma | Item::Word => group.closed |= !group.parts.is_empty(),
        }
    }
    groups.retain(|group| !group.parts.is_empty());
    groups
}

impl Group {
    fn of(part: Part) -> Self {
        let mut group = Self::default();
        group.push(part);
        group
    }

    /// Minutes or seconds at the front are quotes.
    fn push(&mut self, part: Part) {
        let mark = part.mark.filter(|&mark| mark == 0 || !self.parts.is_empty());
        self.parts.push(Part { mark, ..part });
    }

    fn ends_before(&self, part: Part, strict: bool, parts: bool) -> bool {
        let Some(last) = self.parts.last() else { return false };
        let apart =
            self.closed || part.mark == Some(0) || part.signed || last.decimals > 0 || self.parts.len() == 3;
        apart || if self.is_marked() { strict && part.mark.is_none() } else { !parts }
    }

    fn is_marked(&self) -> bool {
        self.parts.iter().any(|part| part.mark.is_some())
    }

    /// Decimals of the last part.
    fn decimals(&self) -> usize {
        self.parts.last().map_or(0, |part| part.decimals)
    }

    fn angle(&self) -> Option<Angle> {
        let first = self.parts.first()?;
        let mut size = 0.0;
        for (unit, part) in (0..).zip(&self.parts) {
            let misplaced = part.mark.is_some_and(|mark| mark != unit);
            if misplaced || (unit > 0 && !(0.0..60.0).contains(&part.value)) {
                return None;
            }
            size += part.value.abs() / 60_f64.powi(i32::from(unit));
        }
        let (axis, sign) = self.axis.unzip();
        Some(Angle { axis, degrees: size.copysign(first.value) * sign.unwrap_or(1.0) })
    }
}

/// Two angles without marks or axes: degrees, minutes and seconds, or degrees and minutes, of both.
fn unmarked(groups: &[Group]) -> Option<(Angle, Angle)> {
    let [first, second] = groups else { return None };
    let alike = first.parts.len() == second.parts.len() && first.parts.len() > 1;
    let some = first.decimals() + second.decimals() > 0;
    if alike && some { Some((first.angle()?, second.angle()?)) } else { None }
}

/// The two groups that are meant. `words` where others stand between; `heights` where a third may follow.
fn pick(groups: &[Group], words: bool, heights: bool) -> Option<(Angle, Angle)> {
    let of = |axis: Axis| {
        let mut named = groups.iter().filter(move |g| g.axis.is_some_and(|(a, _)| a == axis));
        (named.next(), named.next().is_none())
    };
    let (lon, one_lon) = of(Axis::Lon);
    let (lat, one_lat) = of(Axis::Lat);
    if !(one_lon && one_lat) {
        return None;
    }
    if let (Some(lon), Some(lat)) = (lon, lat) {
        let (lon, lat) = (lon.angle()?, lat.angle()?);
        return LonLat::new(lon.degrees, lat.degrees).ok().map(|_| (lon, lat));
    }
    let [first, second, more @ ..] = groups else { return None };
    let precise = first.decimals().min(second.decimals()) >= 3;
    let marked = first.is_marked() || second.is_marked();
    let some = first.decimals() + second.decimals() > 0;
    let certain = precise || ((more.is_empty() || heights) && (marked || (some && !words)));
    if certain { Some((first.angle()?, second.angle()?)) } else { None }
}

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
enum Token {
    Number(Part),
    /// Degrees, minutes, seconds: 0, 1, 2.
    Mark(u8),
    /// With the sign it gives, and whether it always stands before its number.
    Axis(Axis, f64, bool),
    Comma,
    Word,
}

/// A number as it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Part {
    value: f64,
    decimals: usize,
    signed: bool,
    mark: Option<u8>,
}

/// Words of characters that mean something, longer ones first.
const CHINESE: [(&str, Option<Token>); 18] = [
    ("经纬度", None),
    ("东经", Some(Token::Axis(Axis::Lon, 1.0, true))),
    ("西经", Some(Token::Axis(Axis::Lon, -1.0, true))),
    ("北纬", Some(Token::Axis(Axis::Lat, 1.0, true))),
    ("南纬", Some(Token::Axis(Axis::Lat, -1.0, true))),
    ("经度", Some(Token::Axis(Axis::Lon, 1.0, true))),
    ("纬度", Some(Token::Axis(Axis::Lat, 1.0, true))),
    ("坐标", None),
    ("位置", None),
    ("定位", None),
    ("度", Some(Token::Mark(0))),
    ("分", Some(Token::Mark(1))),
    ("秒", Some(Token::Mark(2))),
    ("东", Some(Token::Axis(Axis::Lon, 1.0, false))),
    ("西", Some(Token::Axis(Axis::Lon, -1.0, false))),
    ("北", Some(Token::Axis(Axis::Lat, 1.0, false))),
    ("南", Some(Token::Axis(Axis::Lat, -1.0, false))),
    ("。", None),
];

fn scan(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(&c) = chars.get(at) {
        if let Some((parts, length)) = dotted(&chars, at) {
            tokens.extend(parts);
            at += length;
            continue;
        }
        let (token, length) = match c {
            _ if starts_number(&chars, at, &tokens) => number(&chars[at..]),
            'a'..='z' => latin(&chars, at, &tokens),
            ':' => (colon(&chars, at, &tokens), 1),
            '.' => (between_digits(&chars, at).then_some(Token::Word), 1),
            '-' => (between_digits(&chars, at).then_some(Token::Comma), 1),
            '°' => (Some(Token::Mark(0)), 1),
            '\'' => (Some(Token::Mark(1)), 1),
            '"' => (Some(Token::Mark(2)), 1),
            ',' | ';' | '/' | '|' | '&' => (Some(Token::Comma), 1),
            c if c.is_alphanumeric() => chinese(&chars, at),
            _ => (None, 1),
        };
        tokens.extend(token);
        at += length;
    }
    tokens
}

fn between_digits(chars: &[char], at: usize) -> bool {
    let digit = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
    digit(at.checked_sub(1).and_then(|before| chars.get(before))) && digit(chars.get(at + 1))
}

/// A digit, or a sign before one. Between two digits a minus is a dash, unless signs are the notation (ISO 6709).
fn starts_number(chars: &[char], at: usize, tokens: &[Token]) -> bool {
    match chars[at] {
        '0'..='9' => true,
        '+' | '-' if chars.get(at + 1).is_some_and(char::is_ascii_digit) => {
            let signs = tokens.iter().any(|t| matches!(t, Token::Number(part) if part.signed));
            !between_digits(chars, at) || chars[at] == '+' || signs
        }
        _ => false,
    }
}

fn number(chars: &[char]) -> (Option<Token>, usize) {
    let digits =
        |from: usize| chars.get(from..).unwrap_or(&[]).iter().take_while(|c| c.is_ascii_digit()).count();
    let signed = !chars[0].is_ascii_digit();
    let whole = usize::from(signed) + digits(usize::from(signed));
    let decimals = if chars.get(whole) == Some(&'.') { digits(whole + 1) } else { 0 };
    let length = if decimals > 0 { whole + 1 + decimals } else { whole };
    let value = chars[..length].iter().collect::<String>().parse::<f64>().ok().filter(|v| v.is_finite());
    (value.map(|value| Token::Number(Part { value, decimals, signed, mark: None })), length)
}

/// 120.15.04.32: degrees, minutes and seconds with dots for marks, the seconds with decimals or without.
fn dotted(chars: &[char], at: usize) -> Option<(Vec<Token>, usize)> {
    let inside = |c: Option<&char>| c.is_some_and(|c| c.is_ascii_digit() || *c == '.');
    if inside(at.checked_sub(1).and_then(|before| chars.get(before))) {
        return None;
    }
    let run: String = chars[at..].iter().take_while(|c| inside(Some(c))).collect();
    let mut pieces = run.splitn(3, '.');
    let (degrees, minutes, seconds) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let whole = seconds.split('.').next()?;
    let sized = (1..=3).contains(&degrees.len()) && minutes.len() == 2 && whole.len() == 2;
    if !sized || seconds.ends_with('.') {
        return None;
    }
    let part = |text: &str| -> Option<Token> {
        let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let value = text.parse().ok().filter(|v: &f64| v.is_finite())?;
        Some(Token::Number(Part { value, decimals, signed: false, mark: None }))
    };
    let tokens =
        vec![part(degrees)?, Token::Mark(0), part(minutes)?, Token::Mark(1), part(seconds)?, Token::Mark(2)];
    Some((tokens, run.len()))
}

/// 120:15:30
fn colon(chars: &[char], at: usize, tokens: &[Token]) -> Option<Token> {
    let second = matches!(tokens, [.., Token::Mark(0), Token::Number(_)]);
    between_digits(chars, at).then_some(Token::Mark(u8::from(second)))
}

fn latin(chars: &[char], at: usize, tokens: &[Token]) -> (Option<Token>, usize) {
    let length = chars[at..].iter().take_while(|c| c.is_ascii_lowercase()).count();
    let run: String = chars[at..at + length].iter().collect();
    let after_number = matches!(tokens, [.., Token::Number(_)]);
    let after_minutes = matches!(tokens, [.., Token::Mark(1), Token::Number(_)]);
    let named = chars[at + length..]
        .iter()
        .find(|c| !matches!(c, ' ' | '"' | '\''))
        .is_some_and(|c| matches!(c, '=' | ':'));
    let token = match run.as_str() {
        "lon" | "lng" | "long" | "longitude" => Some(Token::Axis(Axis::Lon, 1.0, true)),
        "lat" | "latitude" => Some(Token::Axis(Axis::Lat, 1.0, true)),
        "e" | "east" => Some(Token::Axis(Axis::Lon, 1.0, false)),
        "w" | "west" => Some(Token::Axis(Axis::Lon, -1.0, false)),
        "n" | "north" => Some(Token::Axis(Axis::Lat, 1.0, false)),
        "s" if after_minutes => Some(Token::Mark(2)),
        "s" | "south" => Some(Token::Axis(Axis::Lat, -1.0, false)),
        "d" | "deg" | "degree" | "degrees" if after_number => Some(Token::Mark(0)),
        "m" | "min" | "minute" | "minutes" if after_number => Some(Token::Mark(1)),
        "sec" | "second" | "seconds" if after_number => Some(Token::Mark(2)),
        "x" if named => Some(Token::Axis(Axis::Lon, 1.0, true)),
        "y" if named => Some(Token::Axis(Axis::Lat, 1.0, true)),
        "point" | "z" | "coordinates" | "coordinate" | "type" | "geometry" | "position" | "location"
        | "and" => None,
        _ => Some(Token::Word),
    };
    (token, length)
}

fn chinese(chars: &[char], at: usize) -> (Option<Token>, usize) {
    let starts = |word: &str| word.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
    let Some((word, token)) = CHINESE.iter().find(|(word, _)| starts(word)) else {
        return (Some(Token::Word), 1);
    };
    let length = word.chars().count();
    // A way alone belongs to a name (城东) unless it stands by itself or by a mark.
    let foreign =
        |c: Option<&char>| c.is_some_and(|&c| c.is_alphabetic() && !matches!(c, '度' | '分' | '秒'));
    let before = at.checked_sub(1).and_then(|before| chars.get(before));
    let part_of_name = length == 1
        && matches!(token, Some(Token::Axis(..)))
        && (foreign(before) || foreign(chars.get(at + 1)));
    (if part_of_name { Some(Token::Word) } else { *token }, length)
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

//! Coordinates as people write them → tokens: numbers, marks, axes, commas, and words that are none of these.
//!
//! ```text
//! n33°46'12" e120°15'   →  N 33 ° 46 ' 12 " E 120 ° 15 '
//! e120.15.04.32         →  E 120 ° 15 ' 04.32 "            dots for marks
//! 城东 2, 33.77          →  word 2 , 33.77                   a way alone belongs to a name
//! ```

use super::token::Axis;

/// What stands in a text, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token {
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
pub(super) struct Part {
    pub value: f64,
    pub decimals: usize,
    pub signed: bool,
    /// Degrees, minutes, seconds: 0, 1, 2.
    pub mark: Option<u8>,
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

/// The tokens of a text that is folded already.
pub(super) fn scan(text: &str) -> Vec<Token> {
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

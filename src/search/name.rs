//! What people leave away from a name, and the number that a grid's name ends with.
//!
//! ```text
//! 交通路社区居委会   3, 5 and 8 characters are whole names: 交通路, 交通路社区, 交通路社区居委会
//! 合兴居委会         is also called 合兴社区
//! 交通路社区第3网格  is number 3 of what stands before: 交通路社区
//! 228国道            is also called G228 and 国道228
//! ```

use super::fold::squeezed;

/// The most characters of a name that count.
pub(super) const LONGEST: usize = 60;

/// Endings that say what kind of unit it is, longer ones first. What remains has two characters at least.
const TAILS: [&str; 14] = [
    "街道办事处",
    "专属网格",
    "人民政府",
    "生活区",
    "街道",
    "社区",
    "网格",
    "镇",
    "乡",
    "村",
    "县",
    "区",
    "市",
    "格",
];

/// A way to write a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// Folded, without spaces.
    pub text: Vec<char>,
    /// Bit `n`: the first `n` characters are a whole name.
    pub ends: u64,
}

/// The ways to write a name, its own first; none for an empty one.
pub(super) fn forms(name: &str) -> Vec<Form> {
    let mut text = squeezed(name);
    text.truncate(LONGEST);
    if text.is_empty() {
        return Vec::new();
    }
    let (ends, body) = ends(&text);
    let other = body.map(|n| [&text[..n], &['社', '区']].concat());
    let other = other.map(|text| Form { ends: self::ends(&text).0, text });
    let numbers = by_number(&text).into_iter().map(|text| Form { ends: 1 << text.len(), text });
    let others: Vec<Form> = other.into_iter().chain(numbers).collect();
    std::iter::once(Form { text, ends }).chain(others).collect()
}

/// How else a road is called whose name is its number and its class.
fn by_number(text: &[char]) -> Vec<Vec<char>> {
    const CLASSES: [(&str, char); 4] = [("国道", 'g'), ("省道", 's'), ("县道", 'x'), ("乡道", 'y')];
    let found = CLASSES.iter().find_map(|&(class, letter)| Some((class, letter, without(text, class)?)));
    match found {
        Some((class, letter, number)) if !number.is_empty() && number.iter().all(char::is_ascii_digit) => {
            vec![[&[letter], number].concat(), class.chars().chain(number.iter().copied()).collect()]
        }
        _ => Vec::new(),
    }
}

/// The shortest whole name that a text begins with, where it is shorter than the text.
pub(super) fn stem(text: &[char]) -> Option<&[char]> {
    let shortest = ends(text).0.trailing_zeros() as usize;
    (shortest < text.len()).then(|| &text[..shortest])
}

/// Where whole names end; and how long the name of a committee is that does not say of what: 合兴 of 合兴居委会.
fn ends(text: &[char]) -> (u64, Option<usize>) {
    let mut rest = &text[..text.len().min(LONGEST)];
    let mut ends = 1 << rest.len();
    let mut body = None;
    if let Some(committee) = ["委员会", "委会"].iter().find_map(|tail| without(rest, tail)) {
        let people = committee.iter().rev().take_while(|c| matches!(c, '居' | '民')).count();
        rest = &committee[..committee.len() - people];
        let says = ["社区", "村"].iter().any(|tail| without(rest, tail).is_some());
        body = (!says && rest.len() >= 2).then_some(rest.len());
        if !rest.is_empty() {
            ends |= 1 << rest.len();
        }
    }
    while let Some(shorter) = TAILS.iter().find_map(|tail| without(rest, tail).filter(|r| r.len() >= 2)) {
        rest = shorter;
        ends |= 1 << rest.len();
    }
    (ends, body)
}

fn without<'a>(text: &'a [char], tail: &str) -> Option<&'a [char]> {
    let start = text.len().checked_sub(tail.chars().count())?;
    text[start..].iter().copied().eq(tail.chars()).then(|| &text[..start])
}

/// The number that a text ends with, and how many characters stand before it: once as they are, and once more without
/// a 第 that belongs to the number.
pub(super) fn numbered(text: &[char]) -> Option<(u32, Vec<usize>)> {
    const BEHIND: [&str; 8] = ["号网格", "号格", "网格", "格", "号", "wangge", "wg", "grid"];
    let rest = BEHIND.iter().find_map(|tail| without(text, tail)).unwrap_or(text);
    let digits = rest.iter().rev().take_while(|c| c.is_ascii_digit()).count();
    let length =
        if digits > 0 { digits } else { rest.iter().rev().take_while(|c| numeral(**c).is_some()).count() };
    let (before, number) = rest.split_at(rest.len() - length);
    let number = value(number)?;
    let stripped = ["第", "di", "no"].iter().find_map(|head| without(before, head));
    Some((number, std::iter::once(before.len()).chain(stripped.map(<[char]>::len)).collect()))
}

/// 1 to 9999, in digits or Chinese numerals.
fn value(text: &[char]) -> Option<u32> {
    if text.is_empty() || text.len() > 5 {
        return None;
    }
    let tens = text.iter().any(|c| matches!(c, '十' | '百'));
    let value = if tens { chinese(text)? } else { positional(text)? };
    (1..10_000).contains(&value).then_some(value)
}

fn positional(text: &[char]) -> Option<u32> {
    text.iter().try_fold(0, |sum, &c| Some(sum * 10 + c.to_digit(10).or_else(|| numeral(c))?))
}

/// 十二, 一百零三.
fn chinese(text: &[char]) -> Option<u32> {
    let (mut sum, mut digit) = (0, None);
    for &c in text {
        match c {
            '百' => sum += 100 * digit.take().unwrap_or(1),
            '十' => sum += 10 * digit.take().filter(|&d| d > 0).unwrap_or(1),
            c => digit = Some(numeral(c)?),
        }
    }
    Some(sum + digit.unwrap_or(0))
}

/// 十 and 百 count as numerals, of no value of their own.
fn numeral(c: char) -> Option<u32> {
    if matches!(c, '十' | '百') {
        return Some(0);
    }
    "零一二三四五六七八九".chars().position(|n| n == c).map(|n| n as u32).or(match c {
        '〇' => Some(0),
        '两' => Some(2),
        _ => None,
    })
}

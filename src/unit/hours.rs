//! When somebody is on duty in a week, in the manner of OpenStreetMap's `opening_hours`, and as rosters here are written.
//!
//! ```text
//! 24/7                                          08:00-18:00                     Mo-Fr 18:00-08:00   over midnight
//! Mo-Fr 08:00-12:00,14:00-18:00; Sa 09:00-12:00 周一至周五 8:00-18:00；周末休息   每天 18:00-次日08:00
//!
//! after ";" the days named have what is said of them last; after "," it is added
//! ```
//!
//! A shift belongs to the day on which it begins, and lasts 24 hours at most. Holidays are not known here: `PH` is refused.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};

use super::duty::BadDuty;

/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// The days as they are written, Monday first.
const DAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
/// Longer texts are no hours.
const LONGEST: usize = 300;

const EXPECTED: &str = "hours, as 24/7 or Mo-Fr 08:00-18:00 or 周一至周五 08:00-18:00";
const TIME: &str = "a time, as 08:00";
const SHIFT: &str = "a shift, as 08:00-18:00, of 24 hours at most";
const A_DAY: &str = "a day, as Mo or 周一";
const AFTER: &str = "\";\" and days, or the end of the hours";

/// A week of shifts. It is written in one way only, however it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours([Vec<Shift>; 7]);

/// Minutes from the midnight before: `until` may lie in the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shift {
    from: u16,
    until: u16,
}

/// All of a day.
const WHOLE: Shift = Shift { from: 0, until: DAY };

impl Hours {
    /// Whether a shift holds at a moment that began on a day that counts.
    #[must_use]
    pub fn hold(&self, now: DateTime, counts: impl Fn(Date) -> bool) -> bool {
        let minute = now.hour() as u16 * 60 + now.minute() as u16;
        let today = Some((now.date(), minute));
        let yesterday = now.date().yesterday().ok().map(|day| (day, minute + DAY));
        today.into_iter().chain(yesterday).filter(|(day, _)| counts(*day)).any(|(day, minute)| {
            let shifts = &self.0[day.weekday().to_monday_zero_offset() as usize];
            shifts.iter().any(|shift| shift.from <= minute && minute < shift.until)
        })
    }
}

impl FromStr for Hours {
    type Err = BadDuty;

    fn from_str(text: &str) -> Result<Self, BadDuty> {
        let mut reader = Reader::of(text)?;
        let mut week = Self(Default::default());
        let mut added = false;
        loop {
            let (days, shifts) = reader.rule()?;
            for (day, due) in
                week.0.iter_mut().zip(days).filter_map(|(day, named)| named.then_some((day, &shifts)))
            {
                if !added {
                    day.clear();
                }
                day.extend(due);
                day.sort_unstable();
                day.dedup();
            }
            match reader.next_rule()? {
                Some(adds) => added = adds,
                None => return Ok(week),
            }
        }
    }
}

/// Days that have the same shifts stand together: `Mo-Fr 08:00-18:00; Sa 09:00-12:00`.
impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.iter().all(|shifts| *shifts == [WHOLE]) {
            return f.write_str("24/7");
        }
        let mut rules: Vec<(&[Shift], [bool; 7])> = Vec::new();
        for (day, shifts) in self.0.iter().enumerate().filter(|(_, shifts)| !shifts.is_empty()) {
            match rules.iter_mut().find(|(of, _)| of == shifts) {
                Some((_, days)) => days[day] = true,
                None => rules.push((shifts, std::array::from_fn(|d| d == day))),
            }
        }
        let rules: Vec<String> =
            rules.iter().map(|(shifts, days)| format!("{} {}", days_text(*days), joined(shifts))).collect();
        f.write_str(if rules.is_empty() { "off" } else { "" })?;
        f.write_str(&rules.join("; "))
    }
}

fn joined(shifts: &[Shift]) -> String {
    shifts.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// `Mo-Fr,Su`: days in a row from the third on, and two as well.
fn days_text(days: [bool; 7]) -> String {
    let mut rows: Vec<(usize, usize)> = Vec::new();
    for day in (0..7).filter(|&day| days[day]) {
        match rows.last_mut() {
            Some((_, last)) if *last + 1 == day => *last = day,
            _ => rows.push((day, day)),
        }
    }
    let text = |&(first, last): &(usize, usize)| match last - first {
        0 => DAYS[first].to_owned(),
        _ => format!("{}-{}", DAYS[first], DAYS[last]),
    };
    rows.iter().map(text).collect::<Vec<_>>().join(",")
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let until = if self.until > DAY { self.until - DAY } else { self.until };
        write!(f, "{:02}:{:02}-{:02}:{:02}", self.from / 60, self.from % 60, until / 60, until % 60)
    }
}

/// What is still to be read, in the signs of OpenStreetMap.
struct Reader {
    signs: Vec<char>,
    at: usize,
}

impl Reader {
    fn of(text: &str) -> Result<Self, BadDuty> {
        if text.chars().count() > LONGEST {
            return Err(BadDuty::hours(EXPECTED, "a long text"));
        }
        Ok(Self { signs: text.trim().chars().map(plain).collect(), at: 0 })
    }

    fn bad<T>(&self, expected: &'static str) -> Result<T, BadDuty> {
        let rest: String = self.signs[self.at.min(self.signs.len())..].iter().collect();
        Err(BadDuty::hours(expected, &rest))
    }

    fn skip_spaces(&mut self) {
        while self.signs.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    /// Passes one of these words, and spaces before it, if it comes next.
    fn eat(&mut self, words: &[&str]) -> bool {
        let before = self.at;
        self.skip_spaces();
        for word in words {
            let length = word.chars().count();
            if self.signs.iter().skip(self.at).take(length).copied().eq(word.chars()) {
                self.at += length;
                return true;
            }
        }
        self.at = before;
        false
    }

    /// Days (all, where none are named) and what is said of them.
    fn rule(&mut self) -> Result<([bool; 7], Vec<Shift>), BadDuty> {
        if self.eat(&["24/7"]) {
            return Ok(([true; 7], vec![WHOLE]));
        }
        let days = self.days()?;
        let named = days.unwrap_or([true; 7]);
        self.eat(&[":"]);
        if self.eat(&["off", "closed", "休息", "休"]) {
            return Ok((named, vec![]));
        }
        self.skip_spaces();
        let time = self.shift_is_next();
        match days {
            Some(_) if !time && self.rule_ends() => Ok((named, vec![WHOLE])),
            None if !time => self.bad(EXPECTED),
            _ => Ok((named, self.shifts()?)),
        }
    }

    fn shift_is_next(&self) -> bool {
        self.signs.get(self.at).is_some_and(|c| c.is_ascii_digit() || *c == '全')
    }

    fn rule_ends(&self) -> bool {
        self.signs.get(self.at).is_none_or(|c| matches!(c, ';' | ','))
    }

    /// Whether another rule comes, and whether it adds to those before.
    fn next_rule(&mut self) -> Result<Option<bool>, BadDuty> {
        let adds = self.eat(&[","]);
        let apart = adds || self.eat(&[";"]);
        self.skip_spaces();
        if self.at == self.signs.len() && !adds {
            return Ok(None);
        }
        let before = self.at;
        let day = self.day().is_some();
        self.at = before;
        if apart || day { Ok(Some(adds)) } else { self.bad(AFTER) }
    }

    fn days(&mut self) -> Result<Option<[bool; 7]>, BadDuty> {
        let mut days = [false; 7];
        loop {
            let before = self.at;
            let comma = days.contains(&true) && self.eat(&[","]);
            let Some((first, last)) = self.day() else {
                self.at = if comma { before } else { self.at };
                return Ok(days.contains(&true).then_some(days));
            };
            let until = if self.eat(&["-"]) { self.day() } else { Some((first, last)) };
            let Some((_, last)) = until else { return self.bad(A_DAY) };
            let count = (last + 7 - first) % 7;
            (0..=count).for_each(|n| days[(first + n) % 7] = true);
        }
    }

    /// A word for a day, or for a row of days: its first and last.
    fn day(&mut self) -> Option<(usize, usize)> {
        if self.eat(&["每天", "每日", "天天"]) {
            return Some((0, 6));
        }
        if self.eat(&["周末"]) {
            return Some((5, 6));
        }
        if let Some(day) = DAYS.iter().position(|day| self.eat(&[&day.to_ascii_lowercase()])) {
            return Some((day, day));
        }
        let before = self.at;
        self.eat(&["星期", "礼拜", "周"]);
        let day = "一二三四五六日天".chars().position(|c| self.eat(&[c.encode_utf8(&mut [0; 4])]));
        let day = day.map(|day| day.min(6));
        if day.is_none() {
            self.at = before;
        }
        day.map(|day| (day, day))
    }

    fn shifts(&mut self) -> Result<Vec<Shift>, BadDuty> {
        let mut shifts = vec![self.shift()?];
        loop {
            let before = self.at;
            let comma = self.eat(&[","]);
            self.skip_spaces();
            if !comma || !self.shift_is_next() {
                self.at = before;
                return Ok(shifts);
            }
            shifts.push(self.shift()?);
        }
    }

    fn shift(&mut self) -> Result<Shift, BadDuty> {
        if self.eat(&["全天", "24小时"]) {
            return Ok(WHOLE);
        }
        let before = self.at;
        let from = self.time()?;
        if !self.eat(&["-"]) {
            self.at = before;
            return self.bad(SHIFT);
        }
        let next_day = self.eat(&["次日", "翌日", "第二天"]);
        let until = self.time()?;
        let until = if next_day || until <= from { until + DAY } else { until };
        if from >= DAY || until > from + DAY {
            self.at = before;
            return self.bad(SHIFT);
        }
        Ok(Shift { from, until })
    }

    /// Minutes since midnight, up to 48:00.
    fn time(&mut self) -> Result<u16, BadDuty> {
        self.skip_spaces();
        let before = self.at;
        let hours = self.number();
        let colon = self.signs.get(self.at) == Some(&':');
        self.at += usize::from(colon);
        match (hours, colon, self.number()) {
            (Some((hour, 1..=2)), true, Some((minute, 2)))
                if minute < 60 && hour * 60 + minute <= 2 * DAY =>
            {
                Ok(hour * 60 + minute)
            }
            _ => {
                self.at = before;
                self.bad(TIME)
            }
        }
    }

    /// A number and its digits; none of more than three, which no time has.
    fn number(&mut self) -> Option<(u16, usize)> {
        let digits = self.signs.iter().skip(self.at).take_while(|c| c.is_ascii_digit()).count();
        let text: String = self.signs.iter().skip(self.at).take(digits).collect();
        self.at += digits;
        (digits <= 3).then(|| text.parse().ok()).flatten().map(|number| (number, digits))
    }
}

/// A sign as OpenStreetMap writes it.
fn plain(sign: char) -> char {
    match sign {
        '：' => ':',
        '；' | '\n' | '。' => ';',
        '，' | '、' => ',',
        '～' | '~' | '—' | '–' | '－' | '至' | '到' => '-',
        '０'..='９' => char::from(b'0' + (sign as u32 - '０' as u32) as u8),
        _ => sign.to_ascii_lowercase(),
    }
}

//! When somebody answers for a unit: hours of the week, within a time that a roster gives. Where nothing is said, always.
//!
//! ```text
//! hours Mo-Fr 08:00-18:00                          every week
//! from 2026-11-27  until 2026-11-28                those days, the second one whole
//! from 2026-11-27  until 2026-11-27  18:00-08:00   the night that begins on the 27th, and no other
//! from 2026-11-27T18:00  until 2026-11-28T08:00    from then until then
//! ```
//!
//! All by the clocks of the county.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};

use super::hours::Hours;

const MOMENT: &str = "a date, as 2026-11-01, or a date and time, as 2026-11-01 08:00";

/// When somebody is on duty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duty {
    /// In a week; at any time, where nothing is said.
    pub hours: Option<Hours>,
    /// From when on.
    pub from: Option<Bound>,
    /// Until when: a day is meant whole.
    pub until: Option<Bound>,
}

/// Where a time of duty begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// With a day, or the shift that begins on it.
    Day(Date),
    /// At a moment.
    Moment(DateTime),
}

/// Why a text says no time of duty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct BadDuty {
    /// `hours`, `from` or `until`.
    pub column: &'static str,
    /// What should have stood there.
    pub expected: &'static str,
    /// What stands there, unless it might be somebody's name or number.
    pub found: String,
}

impl Duty {
    /// A duty in three texts, each of which may be empty.
    ///
    /// # Errors
    /// [`BadDuty`] where one of them says something else, and where the time ends before it begins.
    pub fn of(hours: &str, from: &str, until: &str) -> Result<Self, BadDuty> {
        let hours = some(hours).map(str::parse).transpose()?;
        let bound = |column, text| some(text).map(|text| Bound::of(column, text)).transpose();
        let (from, until) = (bound("from", from)?, bound("until", until)?);
        if let (Some(first), Some(last)) = (from, until)
            && first.begin() >= last.end()
        {
            let (expected, found) = ("a time after from", "one before it".to_owned());
            return Err(BadDuty { column: "until", expected, found });
        }
        Ok(Self { hours, from, until })
    }

    /// The three texts.
    #[must_use]
    pub fn texts(&self) -> [String; 3] {
        let text = |bound: Option<Bound>| bound.map_or(String::new(), |bound| bound.to_string());
        [self.hours.as_ref().map_or(String::new(), ToString::to_string), text(self.from), text(self.until)]
    }

    /// Whether somebody is on duty at a moment.
    #[must_use]
    pub fn holds(&self, now: DateTime) -> bool {
        let begun = !matches!(self.from, Some(Bound::Moment(from)) if now < from);
        let over = matches!(self.until, Some(Bound::Moment(until)) if until <= now);
        let counts = |day: Date| {
            !matches!(self.from, Some(Bound::Day(from)) if day < from)
                && !matches!(self.until, Some(Bound::Day(until)) if until < day)
        };
        let on = match &self.hours {
            Some(hours) => hours.hold(now, counts),
            None => counts(now.date()),
        };
        begun && !over && on
    }

    /// Whether it is the time that a roster gives, on duty or between two shifts.
    #[must_use]
    pub fn is_of(&self, now: DateTime) -> bool {
        let begun = self.from.is_none_or(|from| from.begin() <= now);
        let over = self.until.is_some_and(|until| until.end() <= now);
        begun && !over || self.holds(now)
    }
}

fn some(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

impl Bound {
    /// Also as spreadsheets and people write it: `2026/11/1 8:00`, `2026年11月1日`.
    fn of(column: &'static str, text: &str) -> Result<Self, BadDuty> {
        let plain: String = text.chars().map(plain).collect();
        let mut words = plain.split_whitespace();
        let date = words.next().and_then(date);
        let bound = match (date, words.next(), words.next()) {
            (Some(day), None, None) => Some(Self::Day(day)),
            (Some(day), Some(time), None) => moment(day, time).map(Self::Moment),
            _ => None,
        };
        bound.ok_or_else(|| BadDuty { column, expected: MOMENT, found: shown(text) })
    }

    /// Its first moment.
    fn begin(self) -> DateTime {
        match self {
            Self::Day(day) => day.to_datetime(Time::midnight()),
            Self::Moment(moment) => moment,
        }
    }

    /// The first moment after it.
    fn end(self) -> DateTime {
        match self {
            Self::Day(day) => day.tomorrow().map_or(DateTime::MAX, |next| next.to_datetime(Time::midnight())),
            Self::Moment(moment) => moment,
        }
    }
}

/// A sign of a date and time as ISO 8601 writes it, and a space between the two.
fn plain(sign: char) -> char {
    match sign {
        '/' | '.' | '年' | '月' => '-',
        '日' | 'T' | 't' => ' ',
        '：' => ':',
        _ => sign,
    }
}

fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let (month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Date::new(year, month, day).ok().filter(|_| parts.next().is_none())
}

/// A minute of a day; 24:00 is the next one's first.
fn moment(day: Date, text: &str) -> Option<DateTime> {
    let mut parts = text.split(':').map(|part| part.parse::<i8>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    if parts.next().is_some() || second != 0 {
        return None;
    }
    if (hour, minute) == (24, 0) {
        return Some(day.tomorrow().ok()?.to_datetime(Time::midnight()));
    }
    Some(day.to_datetime(Time::new(hour, minute, 0, 0).ok()?))
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Moment(at) => write!(f, "{}T{:02}:{:02}", at.date(), at.hour(), at.minute()),
        }
    }
}

impl BadDuty {
    /// What is wrong with hours, from where on.
    pub(super) fn hours(expected: &'static str, rest: &str) -> Self {
        let word =
            rest.split(|c: char| c.is_whitespace() || matches!(c, ';' | ',')).find(|word| !word.is_empty());
        Self { column: "hours", expected, found: shown(word.unwrap_or_default()) }
    }
}

/// What was found, if it can be nobody's name or number: of signs and few digits, or a word that OpenStreetMap knows.
fn shown(text: &str) -> String {
    let sign = |c: char| c.is_ascii_digit() || ":-/.+T 年月日：".contains(c);
    let digits = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    match text {
        "" => "nothing".into(),
        "ph" | "sh" => format!("{text:?}"),
        _ if text.chars().all(sign) && digits <= 4 && text.chars().count() <= 20 => format!("{text:?}"),
        _ => "something else".into(),
    }
}

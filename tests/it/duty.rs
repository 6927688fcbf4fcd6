//! When somebody is on duty: what is read of a roster, how it is written, and when it holds.

use jiff::civil::{DateTime, Weekday, datetime};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::unit::{Duty, Hours};

use crate::rounds;

fn hours(text: &str) -> Hours {
    text.parse().unwrap_or_else(|bad| panic!("{text}: {bad}"))
}

/// A minute of the week of Monday 2026-11-23.
fn at(day: i8, hour: i8, minute: i8) -> DateTime {
    datetime(2026, 11, 23 + day, hour, minute, 0, 0)
}

fn hold(text: &str, now: DateTime) -> bool {
    hours(text).hold(now, |_| true)
}

#[test]
fn hours_are_written_in_one_way_however_they_were_read() {
    for (read, written) in [
        ("24/7", "24/7"),
        ("00:00-24:00", "24/7"),
        ("每天全天", "24/7"),
        ("Mo-Su", "24/7"),
        ("全天", "24/7"),
        ("24小时", "24/7"),
        ("Mo-Fr 08:00-18:00; Sa 09:00-12:00", "Mo-Fr 08:00-18:00; Sa 09:00-12:00"),
        ("mo-fr 8:00-18:00;sa 9:00-12:00;", "Mo-Fr 08:00-18:00; Sa 09:00-12:00"),
        ("周一至周五 08:00-18:00", "Mo-Fr 08:00-18:00"),
        ("周一到周五8:00～18:00；周六、周日 9:00—12:00", "Mo-Fr 08:00-18:00; Sa-Su 09:00-12:00"),
        ("星期一至五：８：００－１８：００", "Mo-Fr 08:00-18:00"),
        ("周一、三、五 08:00-12:00，14:00-18:00", "Mo,We,Fr 08:00-12:00,14:00-18:00"),
        ("周六日 9:00-12:00", "Sa-Su 09:00-12:00"),
        ("周一至周五 08:00-18:00 周末 09:00-12:00", "Mo-Fr 08:00-18:00; Sa-Su 09:00-12:00"),
        ("每天 18:00-次日08:00", "Mo-Su 18:00-08:00"),
        ("08:00-次日08:00", "Mo-Su 08:00-08:00"),
        ("18:00-32:00", "Mo-Su 18:00-08:00"),
        ("Sa-Mo 10:00-11:00", "Mo,Sa-Su 10:00-11:00"),
        ("Mo-Fr 08:00-18:00; We off", "Mo-Tu,Th-Fr 08:00-18:00"),
        ("每天 08:00-18:00；周日休息", "Mo-Sa 08:00-18:00"),
        ("Mo-Fr 08:00-18:00; Fr 08:00-12:00", "Mo-Th 08:00-18:00; Fr 08:00-12:00"),
        ("Mo-Fr 08:00-12:00, We 14:00-16:00", "Mo-Tu,Th-Fr 08:00-12:00; We 08:00-12:00,14:00-16:00"),
        ("We 14:00-16:00,08:00-12:00", "We 08:00-12:00,14:00-16:00"),
        ("off", "off"),
        ("Mo-Fr 08:00-18:00\nSa 09:00-12:00", "Mo-Fr 08:00-18:00; Sa 09:00-12:00"),
    ] {
        assert_eq!(hours(read).to_string(), written, "{read}");
        assert_eq!(hours(written), hours(read), "{read}");
    }
}

#[test]
fn what_is_no_hours_is_refused_with_what_was_expected_and_found() {
    for (text, due) in [
        ("Mo-Fr 8-18", "expected a time, as 08:00, found \"8-18\""),
        ("Mo-Fr 08:00", "expected a shift, as 08:00-18:00, of 24 hours at most, found \"08:00\""),
        ("Mo-Fr 25:00-26:00", "expected a shift, as 08:00-18:00, of 24 hours at most, found \"25:00-26:00\""),
        ("08:60-18:00", "expected a time, as 08:00, found \"08:60-18:00\""),
        ("08:00-49:00", "expected a time, as 08:00, found \"49:00\""),
        ("08:00-32:01", "expected a shift, as 08:00-18:00, of 24 hours at most, found \"08:00-32:01\""),
        ("Mo- 08:00-18:00", "expected a day, as Mo or 周一, found \"08:00-18:00\""),
        (
            "PH 08:00-18:00",
            "expected hours, as 24/7 or Mo-Fr 08:00-18:00 or 周一至周五 08:00-18:00, found \"ph\"",
        ),
        ("Mo-Fr 08:00-18:00 x", "expected \";\" and days, or the end of the hours, found something else"),
        ("Mo-Fr 08:00-18:00,", "周一至周五 08:00-18:00, found nothing"),
        ("08:00+", "expected a shift, as 08:00-18:00, of 24 hours at most, found \"08:00+\""),
        ("sunrise-sunset", "found something else"),
        ("工作日 08:00-18:00", "found something else"),
        ("10012345678", "expected a time, as 08:00, found something else"),
        ("Mo-Fr 张三", "expected a time, as 08:00, found something else"),
        (&"Mo 08:00-09:00;".repeat(30), "found something else"),
    ] {
        let bad = text.parse::<Hours>().unwrap_err();
        assert!(bad.to_string().ends_with(due), "{text}: {bad}");
        assert_eq!(bad.column, "hours");
    }
}

#[test]
fn a_shift_holds_from_its_first_minute_to_the_one_before_its_end() {
    let week = "Mo-Fr 08:00-18:00; Sa 09:00-12:00";
    for (now, due) in [
        (at(0, 7, 59), false),
        (at(0, 8, 0), true),
        (at(4, 17, 59), true),
        (at(4, 18, 0), false),
        (at(5, 8, 59), false),
        (at(5, 11, 59), true),
        (at(6, 10, 0), false),
    ] {
        assert_eq!(hold(week, now), due, "{now}");
    }
    assert_eq!(at(0, 0, 0).weekday(), Weekday::Monday);
    assert!((0..7).all(|day| hold("24/7", at(day, 23, 59)) && !hold("off", at(day, 12, 0))));
}

#[test]
fn a_shift_over_midnight_belongs_to_the_day_on_which_it_begins() {
    let nights = "Fr 18:00-08:00";
    for (now, due) in [
        (at(4, 7, 59), false),
        (at(4, 17, 59), false),
        (at(4, 18, 0), true),
        (at(4, 23, 59), true),
        (at(5, 0, 0), true),
        (at(5, 7, 59), true),
        (at(5, 8, 0), false),
        (at(5, 18, 0), false),
    ] {
        assert_eq!(hold(nights, now), due, "{now}");
    }
    // From Sunday into the next week, and a whole day round.
    assert!(hold("Su 20:00-06:00", at(0, 5, 59)) && !hold("Su 20:00-06:00", at(0, 6, 0)));
    assert!(hold("Tu 08:00-次日08:00", at(1, 8, 0)) && hold("Tu 08:00-08:00", at(2, 7, 59)));
    assert!(!hold("Tu 08:00-08:00", at(1, 7, 59)) && !hold("Tu 08:00-08:00", at(2, 8, 0)));
}

/// A random week, as text and minute by minute, told in another way than the parser's.
fn random(random: &mut ChaCha8Rng) -> (String, Vec<bool>) {
    let minutes = 7 * 1440;
    let mut rules = Vec::new();
    let mut on = vec![false; minutes];
    for (day, name) in ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"].iter().enumerate() {
        let shifts: Vec<(usize, usize)> = (0..random.random_range(0..4_usize))
            .map(|_| (random.random_range(0..1440), random.random_range(1..=1440)))
            .collect();
        for minute in shifts.iter().flat_map(|&(from, length)| from..from + length) {
            on[(day * 1440 + minute) % minutes] = true;
        }
        let clock = |minute: usize| format!("{:02}:{:02}", minute / 60, minute % 60);
        let text = |&(from, length): &(usize, usize)| format!("{}-{}", clock(from), clock(from + length));
        let texts: Vec<String> = shifts.iter().map(text).collect();
        if !texts.is_empty() {
            rules.push(format!("{name} {}", texts.join(",")));
        }
    }
    let turn = random.random_range(0..7).min(rules.len());
    rules.rotate_left(turn);
    (if rules.is_empty() { "off".into() } else { rules.join("; ") }, on)
}

#[test]
fn random_weeks_hold_minute_by_minute_and_come_back_from_how_they_are_written() {
    let mut dice = ChaCha8Rng::seed_from_u64(5);
    for _ in 0..rounds(40, 2_000) {
        let (text, on) = random(&mut dice);
        let (week, first) = (hours(&text), at(0, 0, 0));
        assert_eq!(hours(&week.to_string()), week, "{text}");
        for (minute, due) in on.iter().enumerate().step_by(7) {
            let now = first + jiff::SignedDuration::from_mins(minute as i64);
            assert_eq!(week.hold(now, |_| true), *due, "{text} at {now}");
        }
    }
}

#[test]
fn any_text_is_read_or_refused() {
    let mut dice = ChaCha8Rng::seed_from_u64(6);
    let parts = [
        "Mo", "-", "Fr", ",", ";", " ", "08:00", "18:00", "24/7", "off", "周", "一", "至", "次日", "全天",
        "9", ":", "休息", "x",
    ];
    for _ in 0..rounds(20_000, 1_000_000) {
        let length = dice.random_range(0..9);
        let text: String = (0..length).map(|_| parts[dice.random_range(0..parts.len())]).collect();
        if let Ok(week) = text.parse::<Hours>() {
            assert_eq!(hours(&week.to_string()), week, "{text}");
        }
    }
}

fn duty(hours: &str, from: &str, until: &str) -> Duty {
    Duty::of(hours, from, until).unwrap_or_else(|bad| panic!("{hours} {from} {until}: {bad}"))
}

#[test]
fn nothing_said_is_always() {
    let always = duty("", "", "");
    assert_eq!(always, Duty::default());
    assert!(always.holds(at(6, 3, 0)) && always.is_of(at(6, 3, 0)));
    assert_eq!(always.texts(), ["", "", ""]);
}

#[test]
fn dates_are_meant_whole_and_moments_to_the_minute() {
    let days = duty("", "2026-11-24", "2026-11-25");
    let on = |now| (days.holds(now), days.is_of(now));
    assert_eq!(on(at(0, 23, 59)), (false, false));
    assert_eq!(on(at(1, 0, 0)), (true, true));
    assert_eq!(on(at(2, 23, 59)), (true, true));
    assert_eq!(on(at(3, 0, 0)), (false, false));
    let moments = duty("", "2026-11-24 18:00", "2026/11/25 8:00");
    assert!(!moments.holds(at(1, 17, 59)) && moments.holds(at(1, 18, 0)));
    assert!(moments.holds(at(2, 7, 59)) && !moments.holds(at(2, 8, 0)) && !moments.is_of(at(2, 8, 0)));
    assert!(duty("", "2026-11-24", "").holds(at(6, 0, 0)) && !duty("", "", "2026-11-24").holds(at(6, 0, 0)));
}

#[test]
fn a_night_of_a_roster_is_the_one_that_begins_on_its_day() {
    let night = duty("18:00-08:00", "2026-11-24", "2026-11-24");
    for (now, due) in [
        (at(1, 7, 0), (false, true)),
        (at(1, 18, 0), (true, true)),
        (at(2, 7, 59), (true, true)),
        (at(2, 8, 0), (false, false)),
        (at(2, 18, 0), (false, false)),
    ] {
        assert_eq!((night.holds(now), night.is_of(now)), due, "{now}");
    }
    // Within moments the hours are cut off by them.
    let cut = duty("18:00-08:00", "2026-11-24 20:00", "2026-11-25 06:00");
    assert!(
        !cut.holds(at(1, 19, 59))
            && cut.holds(at(1, 20, 0))
            && cut.holds(at(2, 5, 59))
            && !cut.holds(at(2, 6, 0))
    );
}

#[test]
fn a_roster_of_a_month_has_one_on_duty_at_every_minute() {
    let row = |day: i8, hours| {
        let date = format!("2026-11-{day:02}");
        duty(hours, &date, &date)
    };
    let rows: Vec<Duty> =
        (1..=30).flat_map(|day| [row(day, "08:00-18:00"), row(day, "18:00-08:00")]).collect();
    let mut now = datetime(2026, 11, 1, 8, 0, 0, 0);
    while now < datetime(2026, 12, 1, 8, 0, 0, 0) {
        assert_eq!(rows.iter().filter(|row| row.holds(now)).count(), 1, "{now}");
        now += jiff::SignedDuration::from_mins(30);
    }
    assert_eq!(rows.iter().filter(|row| row.holds(now)).count(), 0);
}

#[test]
fn bounds_are_read_as_people_write_them_and_come_back_as_they_are_kept() {
    for (text, kept) in [
        ("2026-11-01", "2026-11-01"),
        ("2026/11/1", "2026-11-01"),
        ("2026年11月1日", "2026-11-01"),
        ("2026.11.1", "2026-11-01"),
        ("2026-11-01T08:00", "2026-11-01T08:00"),
        ("2026-11-01 08:00:00", "2026-11-01T08:00"),
        ("2026/11/1 8:00", "2026-11-01T08:00"),
        ("2026年11月1日 8：30", "2026-11-01T08:30"),
        ("2026-11-30 24:00", "2026-12-01T00:00"),
    ] {
        let read = duty("", text, "");
        assert_eq!(read.texts(), ["", kept, ""], "{text}");
        assert_eq!(duty("", kept, ""), read);
    }
    let expected = "expected a date, as 2026-11-01, or a date and time, as 2026-11-01 08:00, found";
    for (text, found) in [
        ("2026-13-01", "\"2026-13-01\""),
        ("2026-11", "\"2026-11\""),
        ("26-11-01", "\"26-11-01\""),
        ("2026-11-01 25:00", "\"2026-11-01 25:00\""),
        ("2026-11-01 08:00:30", "\"2026-11-01 08:00:30\""),
        ("10012345678", "something else"),
        ("张三", "something else"),
    ] {
        let bad = Duty::of("", "", text).unwrap_err();
        assert_eq!((bad.column, bad.to_string()), ("until", format!("{expected} {found}")));
    }
    let backwards = Duty::of("", "2026-11-02", "2026-11-01").unwrap_err();
    assert_eq!(backwards.to_string(), "expected a time after from, found one before it");
}

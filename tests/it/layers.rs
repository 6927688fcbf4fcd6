//! Imports point down only. Reads every source file under `src`, finds what it names of the crate, and fails on a
//! room of the same floor or above, and on `super::super`.
//!
//! ```text
//! src/http/tiles.rs   use crate::app::App;       7 cli  6 http  5 app …      down: fine
//! src/crs/mod.rs      use crate::unit::Code;     0 crs, 0 unit              sideways: a breach
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms and their floors, as in `docs/architecture.md`.
const FLOORS: [(&str, u8); 20] = [
    ("cli", 7),
    ("http", 6),
    ("app", 5),
    ("store", 4),
    ("exchange", 4),
    ("outbound", 4),
    ("plan", 3),
    ("snapshot", 3),
    ("plan", 3),
    ("incident", 3),
    ("locate", 2),
    ("search", 2),
    ("tiling", 2),
    ("synth", 2),
    ("coverage", 1),
    ("access", 1),
    ("wkb", 1),
    ("crs", 0),
    ("unit", 0),
    ("main", 8),
];

/// The one that looks aside: places and lines of `unit` lie on the lattice of `crs`, which names nobody.
const BESIDE: (&str, &str) = ("unit", "crs");

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

/// The source without comments, strings and whatever stands behind `#[cfg(test)]`.
fn production(source: &str) -> String {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every room that `code` names behind `prefix` (`crate::` or `super::`), groups in braces included.
fn named(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(group) => rooms.extend(heads_of(group)),
            None => rooms.extend(word(rest)),
        }
    }
    rooms
}

fn word(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

/// First words of the items of a `{a::b, c::{d, e}}` group, given without its first brace.
fn heads_of(group: &str) -> Vec<String> {
    let (mut depth, mut heads, mut start) = (1, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => start = true,
            c if start && !c.is_whitespace() => {
                heads.extend(word(&group[at..]));
                start = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    heads
}

/// What is wrong with a file of `room`; `is_root` for its `mod.rs`, whose `super` is the crate.
fn breaches(room: &str, is_root: bool, source: &str) -> Vec<String> {
    let code = production(source);
    let mut found = Vec::new();
    if code.contains("super::super") {
        found.push(format!("{room}: super::super"));
    }
    let mut rooms = named(&code, "crate::");
    if is_root {
        rooms.extend(named(&code, "super::"));
    }
    let Some(own) = floor(room) else {
        found.push(format!("{room}: no floor is given for this room"));
        return found;
    };
    for other in rooms.into_iter().filter(|other| other != room) {
        match floor(&other) {
            Some(theirs) if theirs < own || (room, other.as_str()) == BESIDE => {}
            Some(theirs) => found.push(format!("{room} (floor {own}) names {other} (floor {theirs})")),
            None => found.push(format!("{room} names {other}, which is no room")),
        }
    }
    found
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn room_of(file: &Path, src: &Path) -> String {
    let first = file.strip_prefix(src).unwrap().components().next().unwrap();
    Path::new(first.as_os_str()).file_stem().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn imports_point_down() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = sources(&src);
    assert!(files.len() > 15, "found only {} source files", files.len());
    let mut found = Vec::new();
    for file in files.iter().filter(|f| f.file_name().is_some_and(|n| n != "lib.rs")) {
        let room = room_of(file, &src);
        let is_root = *file == src.join(&room).join("mod.rs");
        let source = fs::read_to_string(file).unwrap();
        found.extend(
            breaches(&room, is_root, &source).into_iter().map(|b| format!("{}: {b}", file.display())),
        );
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_room_of_the_crate_has_a_floor() {
    let lib = include_str!("../../src/lib.rs");
    let rooms: Vec<&str> =
        lib.lines().filter_map(|l| l.strip_prefix("pub mod ")).map(|l| l.trim_end_matches(';')).collect();
    assert!(rooms.len() >= 13);
    for room in rooms {
        assert!(floor(room).is_some(), "{room} has no floor");
    }
}

#[test]
fn a_breach_is_caught_and_a_clean_file_is_not() {
    let caught = |room: &str, source: &str| !breaches(room, false, source).is_empty();
    assert!(caught("crs", "use crate::app::App;"), "upward");
    assert!(caught("crs", "use crate::unit::Code;"), "sideways");
    assert!(caught("store", "use crate::exchange::{self, Fields};"), "sideways, floor 4");
    assert!(caught("app", "use crate::{crs::Point, http::{Problem, serve}};"), "in a group");
    assert!(caught("app", "use crate::{\n    crs::Point,\n    cli,\n};"), "in a group of several lines");
    assert!(caught("app", "fn f() -> crate::http::Problem { todo!() }"), "in a path");
    assert!(caught("http", "use super::super::cli;"), "super::super");
    assert!(caught("attic", "use crate::crs::Point;"), "a room without a floor");
    assert!(!breaches("crs", true, "use super::cli;").is_empty(), "super of a room is the crate");

    assert!(!caught(
        "http",
        "use crate::app::App;\nuse crate::crs::{Point, cross};\nuse crate::http::problem;"
    ));
    assert!(!caught("unit", "use crate::crs::Point;"), "the one that looks aside");
    assert!(!caught("http", "use super::cli;"), "super of a file in a room is the room");
    assert!(!caught("crs", "/// See [`crate::app::App`].\nstruct P;"), "a comment names what it likes");
    assert!(!caught("crs", "fn f() {}\n#[cfg(test)]\nmod tests { use crate::app::App; }"), "tests look up");
}

//! How much a password is that a guesser tries first.
//!
//! ```text
//! Woaini1314       woaini 3, 1314 3                   =  6   too little
//! password2026!    password 3, four digits 1 each, ! 2 =  9   too little
//! grau-Wal-7-Ufer  14 letters and signs 2 each, 7 1   = 29   will do
//! ```
//!
//! The cheapest way to put it together counts: words from the list (`common.txt`) and the caller's own, runs of one
//! character, of neighbours in the alphabet and on the keyboard cost [`KNOWN`] whatever their length, a digit
//! [`DIGIT`], any other character [`OTHER`].

use std::collections::HashSet;
use std::sync::LazyLock;

/// What a word of the list or a run costs: about the place in a list of some thousands.
const KNOWN: usize = 3;
/// What a digit costs.
const DIGIT: usize = 1;
/// What any other character costs.
const OTHER: usize = 2;

/// The shortest piece that is looked up, and the longest.
const PIECE: std::ops::RangeInclusive<usize> = 4..=24;

/// The shortest run.
const RUN: usize = 3;

/// Rows of neighbours.
const ROWS: [&str; 8] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qazwsxedcrfvtgbyhnujm",
    "!@#$%^&*()",
];

static WORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common.txt").lines().filter(|line| !line.starts_with('#')).collect());

/// What the password costs; `own` are words that a guesser knows of its owner, in lower case.
pub fn cost(password: &str, own: &[String]) -> usize {
    let letters: Vec<char> = password.to_lowercase().chars().collect();
    let plain: Vec<char> = letters.iter().map(|&c| unleet(c)).collect();
    // costs[i]: of the first i characters.
    let mut costs = vec![0];
    for end in 1..=letters.len() {
        let single = if letters[end - 1].is_ascii_digit() { DIGIT } else { OTHER };
        let mut best = costs[end - 1] + single;
        for start in end.saturating_sub(*PIECE.end())..=end.saturating_sub(RUN) {
            let (piece, read) = (&letters[start..end], &plain[start..end]);
            if costs[start] + KNOWN < best && (is_run(piece) || is_word(piece, own) || is_word(read, own)) {
                best = costs[start] + KNOWN;
            }
        }
        costs.push(best);
    }
    costs.last().copied().unwrap_or_default()
}

/// The letter that a sign stands for in `p@ssw0rd`.
const fn unleet(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

fn is_word(piece: &[char], own: &[String]) -> bool {
    if piece.len() < RUN || piece.len() > *PIECE.end() {
        return false;
    }
    let text: String = piece.iter().collect();
    own.contains(&text) || (PIECE.contains(&piece.len()) && WORDS.contains(text.as_str()))
}

/// Whether it is one character again and again, or a walk along a row, either way.
fn is_run(piece: &[char]) -> bool {
    if piece.len() < RUN {
        return false;
    }
    let text: String = piece.iter().collect();
    let back: String = piece.iter().rev().collect();
    piece.windows(2).all(|w| w[0] == w[1])
        || ROWS.iter().any(|row| row.contains(&text) || row.contains(&back))
}

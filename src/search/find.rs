//! The ways a query can be meant, tried one after another; what each finds is kept by its best merit.
//!
//! ```text
//! 合德镇              as it stands
//! 合兴村              a name with another ending: by its stem
//! 320924 100 001      a code, or a part of one
//! 合德 城东           the last words, within what the first ones name
//! 合德镇城东社区      the same without a space
//! 交通路3, jtl3       a number, within what stands before it
//! ```
//!
//! Only where none of them finds anything sure, all are tried again with one error allowed.

use std::collections::BTreeMap;

use super::fold::{fold, words};
use super::index::{EntryIndex, Index, Target, Written};
use super::merit::Merit;
use super::name::{numbered, stem};
use super::pattern::{Errors, Pattern};

/// Something found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub target: Target,
    /// How well it fits.
    pub merit: Merit,
}

/// Best merits by entry.
type Merits = Vec<Option<Merit>>;

/// Units that something is looked for within, by entry of the uppers, with how they were found; all the county
/// where there is none.
type Scope<'a> = Option<&'a [Option<Merit>]>;

/// How often a name may stand before another without a space: 射阳县 合德镇 交通路社区 …
const DEEPEST: usize = 3;
/// How many words are tried as units within units.
const MOST_WORDS: usize = 6;

impl Index {
    /// The `most` units, places and landmarks that fit a text best, best first: by merit, then from the upper levels
    /// down, then by code; of what bears the whole name, landmarks last. None for a text without letters, digits or
    /// characters.
    #[must_use]
    pub fn find(&self, text: &str, most: usize) -> Vec<Hit> {
        let words = words(&fold(text));
        let mut search = Search { index: self, near: false, found: vec![None; self.entries.len()] };
        search.all_ways(&words);
        if !search.found.iter().flatten().any(|merit| merit.is_sure()) {
            search.near = true;
            search.all_ways(&words);
        }
        let mut hits: Vec<(Merit, EntryIndex)> =
            search.found.iter().zip(0..).filter_map(|(merit, entry)| Some(((*merit)?, entry))).collect();
        hits.sort_unstable_by_key(|&(merit, entry)| {
            (merit, merit.is_whole() && self.is_landmark(entry), entry)
        });
        hits.truncate(most);
        let hit =
            |(merit, entry): (Merit, EntryIndex)| Hit { target: self.entries[entry as usize].target, merit };
        hits.into_iter().map(hit).collect()
    }

    fn is_landmark(&self, entry: EntryIndex) -> bool {
        matches!(self.entries[entry as usize].target, Target::Landmark(_))
    }
}

struct Search<'a> {
    index: &'a Index,
    near: bool,
    found: Merits,
}

impl Search<'_> {
    fn all_ways(&mut self, words: &[Vec<char>]) {
        let joined = words.concat();
        if !joined.is_empty() && joined.iter().all(char::is_ascii_digit) {
            let digits: String = joined.iter().collect();
            self.code(&digits);
            self.as_it_stands(&joined, None, Some);
            return;
        }
        self.way(&joined, None, 0);
        if words.len() <= MOST_WORDS {
            for split in 1..words.len() {
                if let Some(scope) = self.within(&words[..split]) {
                    self.way(&words[split..].concat(), Some(&scope), DEEPEST);
                }
            }
        }
    }

    /// The units that words name, each within the one before; `None` where a word names nothing.
    fn within(&self, words: &[Vec<char>]) -> Option<Merits> {
        let mut scope: Option<Merits> = None;
        for word in words {
            let mut named = self.uppers(word, scope.as_deref());
            for merit in &mut named {
                *merit = merit.filter(|m| m.is_head());
            }
            named.iter().any(Option::is_some).then_some(())?;
            scope = Some(named);
        }
        scope
    }

    /// A text without spaces, within a scope.
    fn way(&mut self, text: &[char], scope: Scope, depth: usize) {
        self.as_it_stands(text, scope, Some);
        if let Some(stem) = stem(text) {
            self.as_it_stands(stem, scope, another_ending);
        }
        self.by_number(text, scope);
        if depth == DEEPEST {
            return;
        }
        for (read, scope) in self.heads(text, scope) {
            match &text[read..] {
                // A character behind a name says too little, unless it is a number.
                rest @ [_] => self.by_number(rest, Some(&scope)),
                rest => self.way(rest, Some(&scope), depth + 1),
            }
        }
    }

    /// Names that fit a text, as far as `worth` says what that is worth.
    fn as_it_stands(&mut self, text: &[char], scope: Scope, worth: fn(Merit) -> Option<Merit>) {
        let Some(pattern) = Pattern::new(&self.index.alphabet, text) else { return };
        for written in &self.index.written {
            let Some(outer) = self.outer(written.entry, scope) else { continue };
            if let Some(merit) = self.merit(&pattern, written).and_then(worth) {
                keep(&mut self.found, written.entry, merit.max(outer));
            }
        }
    }

    /// Grids by number: 3 or 第三网格 behind the name of the unit above them, or within a scope.
    fn by_number(&mut self, text: &[char], scope: Scope) {
        let Some((number, lengths)) = numbered(text) else { return };
        for length in lengths {
            let uppers = match (length, scope) {
                (0, None) => continue,
                (0, Some(scope)) => scope.to_vec(),
                _ => self.uppers_by_any_ending(&text[..length], scope),
            };
            for (index, entry) in (0..).zip(&self.index.entries) {
                let upper = entry.parent.filter(|_| entry.number == Some(number));
                if let Some(merit) = upper.and_then(|upper| uppers.get(upper as usize).copied().flatten()) {
                    keep(&mut self.found, index, merit);
                }
            }
        }
    }

    /// Units whose whole name a text begins with, by how much of it they take.
    fn heads(&self, text: &[char], scope: Scope) -> BTreeMap<usize, Merits> {
        let mut heads: BTreeMap<usize, Merits> = BTreeMap::new();
        let Some(pattern) = Pattern::new(&self.index.alphabet, text) else { return heads };
        for written in &self.index.written[..self.index.written_uppers] {
            let Some(outer) = self.outer(written.entry, scope) else { continue };
            let sets = pattern.heads(&written.name, written.ends);
            for (set, merit) in sets.into_iter().zip([Merit::Exact, Merit::SoundExact]) {
                for read in (1..text.len()).filter(|read| set >> read & 1 == 1) {
                    let named = heads.entry(read).or_insert_with(|| vec![None; self.index.uppers]);
                    keep(named, written.entry, merit.max(outer));
                }
            }
        }
        heads
    }

    /// Units above the lowest level that a text names.
    fn uppers(&self, text: &[char], scope: Scope) -> Merits {
        let mut named = vec![None; self.index.uppers];
        let Some(pattern) = Pattern::new(&self.index.alphabet, text) else { return named };
        for written in &self.index.written[..self.index.written_uppers] {
            let Some(outer) = self.outer(written.entry, scope) else { continue };
            if let Some(merit) = self.merit(&pattern, written) {
                keep(&mut named, written.entry, merit.max(outer));
            }
        }
        named
    }

    /// The same, and those that a text names with another ending: 虹亚居委会 for 虹亚社区.
    fn uppers_by_any_ending(&self, text: &[char], scope: Scope) -> Merits {
        let mut named = self.uppers(text, scope);
        if let Some(stem) = stem(text) {
            for (merit, other) in named.iter_mut().zip(self.uppers(stem, scope)) {
                *merit = merit.iter().copied().chain(other.and_then(another_ending)).min();
            }
        }
        named
    }

    fn merit(&self, pattern: &Pattern, written: &Written) -> Option<Merit> {
        pattern.merit(&written.name, written.ends, self.near)
    }

    /// The merit of the best unit of a scope that an entry lies within; `None` where it lies in none of them.
    fn outer(&self, entry: EntryIndex, scope: Scope) -> Option<Merit> {
        let Some(scope) = scope else { return Some(Merit::Exact) };
        self.index.above(entry).filter_map(|upper| scope.get(upper as usize).copied().flatten()).min()
    }

    /// Units by code.
    fn code(&mut self, digits: &str) {
        let near = Near::new(digits).filter(|_| self.near);
        for (entry, known) in (0..).zip(&self.index.entries) {
            let merit = code_merit(&known.code, digits, &self.index.bounds);
            if let Some(merit) = merit.or_else(|| near.as_ref()?.merit(&known.code)) {
                keep(&mut self.found, entry, merit);
            }
        }
    }
}

/// What a whole name is worth to which the text gives another ending.
fn another_ending(merit: Merit) -> Option<Merit> {
    match merit {
        Merit::Exact => Some(Merit::Prefix),
        Merit::SoundExact => Some(Merit::Near),
        _ => None,
    }
}

fn keep(merits: &mut [Option<Merit>], entry: EntryIndex, merit: Merit) {
    let kept = &mut merits[entry as usize];
    *kept = Some(kept.map_or(merit, |kept| kept.min(merit)));
}

/// How digits fit a code whose levels end after `bounds` digits.
fn code_merit(code: &str, digits: &str, bounds: &[usize]) -> Option<Merit> {
    /// A group of a code is as long as this, in the usual scheme.
    const GROUP: usize = 3;
    if code == digits {
        return Some(Merit::Exact);
    }
    if code.starts_with(digits) {
        return Some(Merit::Prefix);
    }
    let part = |&from: &usize| code.get(from..).is_some_and(|rest| rest.starts_with(digits));
    if digits.len() >= GROUP && bounds.iter().any(part) {
        return Some(Merit::Part);
    }
    code.contains(digits).then_some(Merit::Inner)
}

/// A code with one digit wrong, missing, too much or swapped.
struct Near {
    length: usize,
    typed: [u64; 10],
}

impl Near {
    /// Half a code may be meant in too many ways.
    fn new(digits: &str) -> Option<Self> {
        let mut typed = [0; 10];
        for (i, digit) in digits.bytes().enumerate().take(LONGEST_CODE) {
            typed[usize::from(digit - b'0')] |= 1 << i;
        }
        let length = digits.len();
        (SHORTEST_NEAR..=LONGEST_CODE).contains(&length).then_some(Self { length, typed })
    }

    fn merit(&self, code: &str) -> Option<Merit> {
        let read =
            code.bytes().fold(Errors::START, |read, digit| read.then(self.typed[usize::from(digit - b'0')]));
        (!code.is_empty() && read.one >> self.length & 1 == 1).then_some(Merit::Near)
    }
}

/// Digits of the shortest code that is looked for with an error: a county's.
const SHORTEST_NEAR: usize = 6;
/// Digits of the longest code, and one too much.
const LONGEST_CODE: usize = 19;

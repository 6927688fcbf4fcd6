//! A query, made ready to be held against thousands of names.
//!
//! How far a query has been read is a set of places in it, bit `n` for "the first `n` are read"; a character of a name
//! takes one set to the next, by tables:
//!
//! ```text
//! query h e d z       合   h e | h      first 2 read, or by initial the first 1
//!                     德   d e | d      3
//!                     镇   zhen | z     4: all, at the end of a whole name
//! ```
//!
//! With one error allowed, three sets go along (Wu and Manber's automaton, with a swap of neighbours as one error).

use super::alphabet::{Alphabet, Glyph, readings};
use super::merit::{Fit, Merit};
use super::name::LONGEST;

/// What a character of a name may answer to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Itself.
    Literal,
    /// Itself, one that sounds like it, and its pinyin.
    Sound,
    /// Itself and its initial.
    Initials,
    /// All of these.
    Mixed,
}

/// Tables of one query over one alphabet. A set's bit `n` speaks of the query's character `n`.
pub(super) struct Pattern<'a> {
    alphabet: &'a Alphabet,
    length: u32,
    letters: Letters,
    /// By glyph: where the query has it.
    literal: Vec<u64>,
    /// By glyph: where the query has one that sounds like it.
    alike: Vec<u64>,
    /// By glyph: where the query has its initial.
    initial: Vec<u64>,
    /// By syllable: where the query spells it.
    spelled: Vec<u64>,
    /// By syllable: where the query ends in the middle of it.
    begun: Vec<u64>,
    /// By letter: where the query has it.
    typed: [u64; 26],
}

/// How much of a query is Latin letters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letters {
    None,
    Some,
    All,
}

impl<'a> Pattern<'a> {
    /// Of a folded query without spaces; `None` for an empty one and one that is longer than any name.
    pub fn new(alphabet: &'a Alphabet, query: &[char]) -> Option<Self> {
        if query.is_empty() || query.len() > LONGEST {
            return None;
        }
        let count = query.iter().filter(|c| c.is_ascii_lowercase()).count();
        let letters = match count {
            0 => Letters::None,
            n if n == query.len() => Letters::All,
            _ => Letters::Some,
        };
        let (glyphs, syllables) = (alphabet.len(), alphabet.syllables().len());
        let mut new = Self {
            alphabet,
            length: query.len() as u32,
            letters,
            literal: vec![0; glyphs],
            alike: vec![0; glyphs],
            initial: vec![0; glyphs],
            spelled: vec![0; syllables],
            begun: vec![0; syllables],
            typed: [0; 26],
        };
        new.write(query);
        new.hear(query);
        if letters != Letters::None {
            new.spell(query);
        }
        Some(new)
    }

    fn write(&mut self, query: &[char]) {
        for (i, &c) in query.iter().enumerate() {
            if let Some(glyph) = self.alphabet.glyph(c) {
                self.literal[usize::from(glyph)] |= 1 << i;
            }
            if c.is_ascii_lowercase() {
                self.typed[c as usize - 'a' as usize] |= 1 << i;
            }
        }
    }

    /// A single character sounds like too many others.
    fn hear(&mut self, query: &[char]) {
        if query.len() < 2 {
            return;
        }
        let mut heard = vec![0_u64; self.alphabet.syllables().len()];
        for (i, &c) in query.iter().enumerate() {
            for number in readings(c).iter().filter_map(|r| self.alphabet.number(r)) {
                heard[usize::from(number)] |= 1 << i;
            }
        }
        for (glyph, alike) in self.alike.iter_mut().enumerate() {
            let readings = self.alphabet.readings_of(glyph as Glyph);
            *alike = readings.iter().fold(0, |set, &r| set | heard[usize::from(r)]);
        }
    }

    fn spell(&mut self, query: &[char]) {
        for (number, syllable) in self.alphabet.syllables().iter().enumerate() {
            for start in 0..query.len() {
                let mut pairs = query[start..].iter().zip(syllable.chars());
                if !pairs.all(|(&typed, letter)| typed == letter) {
                    continue;
                }
                let whole = syllable.len() <= query.len() - start;
                let set = if whole { &mut self.spelled } else { &mut self.begun };
                set[number] |= 1 << start;
            }
        }
        for (glyph, initial) in self.initial.iter_mut().enumerate() {
            for &reading in self.alphabet.readings_of(glyph as Glyph) {
                let first = self.alphabet.syllables()[usize::from(reading)].as_bytes()[0];
                *initial |= self.typed[usize::from(first - b'a')];
            }
        }
    }

    /// How well a name fits; `ends` are the ends of whole names in it. `near` allows an error.
    pub fn merit(&self, name: &[Glyph], ends: u64, near: bool) -> Option<Merit> {
        if let Some(fit) = self.fit(Style::Literal, name, ends) {
            return Some(by_fit(fit, [Merit::Exact, Merit::Prefix, Merit::Inner]));
        }
        let sound = self.fit(Style::Sound, name, ends);
        let mut best = sound.map(|f| by_fit(f, [Merit::SoundExact, Merit::SoundPrefix, Merit::SoundInner]));
        if self.letters != Letters::None && best != Some(Merit::SoundExact) {
            let initials = self.fit(Style::Initials, name, ends);
            let merits = [Merit::InitialsExact, Merit::InitialsPrefix, Merit::InitialsInner];
            best = better(best, initials.map(|f| by_fit(f, merits)));
            if best.is_none_or(|b| b > Merit::MixedPrefix) && self.length > 2 {
                let mixed = self.fit(Style::Mixed, name, ends).filter(|&f| f != Fit::Inner);
                best = better(best, mixed.map(|_| Merit::MixedPrefix));
            }
        }
        if best.is_some() || !near {
            return best;
        }
        self.near(name, ends).or_else(|| self.scattered(name))
    }

    fn fit(&self, style: Style, name: &[Glyph], ends: u64) -> Option<Fit> {
        let all = 1 << self.length;
        let (mut anchored, mut floating) = (1, 0);
        let (mut start, mut inner) = (false, false);
        for (i, &glyph) in name.iter().enumerate() {
            let (next, begun) = self.read(style, anchored, glyph);
            if next & all != 0 && ends >> (i + 1) & 1 == 1 {
                return Some(Fit::Whole);
            }
            start |= begun || next & all != 0;
            anchored = next;
            let (next, begun) = self.read(style, floating, glyph);
            inner |= begun || next & all != 0;
            floating = next | 1;
        }
        match (start, inner) {
            (true, _) => Some(Fit::Start),
            (_, true) => Some(Fit::Inner),
            _ => None,
        }
    }

    /// What is read after a character where `set` was read before it, and whether the query may end within it.
    fn read(&self, style: Style, set: u64, glyph: Glyph) -> (u64, bool) {
        let at = usize::from(glyph);
        let mut single = self.literal[at];
        if matches!(style, Style::Sound | Style::Mixed) {
            single |= self.alike[at];
        }
        if matches!(style, Style::Initials | Style::Mixed) {
            single |= self.initial[at];
        }
        let mut next = (set & single) << 1;
        let mut begun = false;
        if matches!(style, Style::Sound | Style::Mixed) && self.letters != Letters::None {
            for &reading in self.alphabet.readings_of(glyph) {
                let reading = usize::from(reading);
                next |= (set & self.spelled[reading]) << self.alphabet.syllables()[reading].len();
                begun |= set & self.begun[reading] != 0;
            }
        }
        (next, begun)
    }

    /// Where names begin, and how far they have been read at the end of one: bit `n` for a query whose first `n` are a
    /// whole name. Without (`Literal`) and with what sounds alike.
    pub fn heads(&self, name: &[Glyph], ends: u64) -> [u64; 2] {
        [Style::Literal, Style::Sound].map(|style| {
            let (mut set, mut heads) = (1, 0);
            for (i, &glyph) in name.iter().enumerate() {
                set = self.read(style, set, glyph).0;
                if ends >> (i + 1) & 1 == 1 {
                    heads |= set;
                }
            }
            heads & ((1 << self.length) - 1)
        })
    }

    /// Whether a name fits but for one error. Short queries have no room for one.
    fn near(&self, name: &[Glyph], ends: u64) -> Option<Merit> {
        let least = if self.letters == Letters::All { 4 } else { 3 };
        if self.length < least {
            return None;
        }
        let all = 1 << self.length;
        let (mut read, mut start) = (Errors::START, false);
        for (i, &glyph) in name.iter().enumerate() {
            read = self.read_near(read, glyph);
            if read.one & all != 0 {
                if ends >> (i + 1) & 1 == 1 {
                    return Some(Merit::Near);
                }
                start = true;
            }
            if read.one == 0 {
                break;
            }
        }
        start.then_some(Merit::NearPrefix)
    }

    fn read_near(&self, read: Errors, glyph: Glyph) -> Errors {
        let readings = self.alphabet.readings_of(glyph);
        let single = self.literal[usize::from(glyph)] | self.alike[usize::from(glyph)];
        let spelled = self.letters != Letters::None && !readings.is_empty();
        let by_itself = !(spelled && self.letters == Letters::All);
        let start = if by_itself { read.then(single) } else { Errors::NOWHERE };
        if !spelled {
            return start;
        }
        readings.iter().fold(start, |sum, &reading| {
            let letters = self.alphabet.syllables()[usize::from(reading)].bytes();
            sum.or(letters.fold(read, |read, letter| read.then(self.typed[usize::from(letter - b'a')])))
        })
    }

    /// Whether all characters of the query stand in a name in order: 县医院 in 射阳县人民医院.
    fn scattered(&self, name: &[Glyph]) -> Option<Merit> {
        if self.letters != Letters::None || self.length < 2 {
            return None;
        }
        let found =
            name.iter().fold(0, |read, &g| read + u32::from(self.literal[usize::from(g)] >> read & 1 == 1));
        (found == self.length).then_some(Merit::Scattered)
    }
}

fn by_fit(fit: Fit, merits: [Merit; 3]) -> Merit {
    merits[fit as usize]
}

fn better(a: Option<Merit>, b: Option<Merit>) -> Option<Merit> {
    a.into_iter().chain(b).min()
}

/// How far a query has been read with at most one error.
#[derive(Clone, Copy)]
pub(super) struct Errors {
    none: u64,
    /// With one error or none.
    pub one: u64,
    /// Of two neighbours in the query, the second was read.
    swap: u64,
}

impl Errors {
    /// Nothing is read, or the first of the query was too much.
    pub const START: Self = Self { none: 1, one: 0b11, swap: 0 };
    const NOWHERE: Self = Self { none: 0, one: 0, swap: 0 };

    /// After one more letter, which `accepts` says where the query has.
    pub fn then(self, accepts: u64) -> Self {
        let none = (self.none & accepts) << 1;
        let right = none | (self.one & accepts) << 1 | (self.swap & accepts) << 2;
        let (too_much, wrong, missing) = (self.none, self.none << 1, none << 1);
        Self { none, one: right | too_much | wrong | missing, swap: self.none & accepts >> 1 }
    }

    fn or(self, other: Self) -> Self {
        Self { none: self.none | other.none, one: self.one | other.one, swap: self.swap | other.swap }
    }
}

//! The characters that names are written with, each once, with all its readings.
//!
//! A county writes thousands of names with a few hundred characters. What a query says of each character is therefore
//! looked up once per query, and names are compared as numbers.

use std::collections::HashMap;

use pinyin::ToPinyinMulti;

/// Number of a character in its alphabet.
pub(super) type Glyph = u16;

/// The characters of some names.
#[derive(Debug, Default)]
pub(super) struct Alphabet {
    glyphs: HashMap<char, Glyph>,
    characters: Vec<char>,
    readings: Vec<Vec<u16>>,
    numbers: HashMap<String, u16>,
    syllables: Vec<String>,
}

impl Alphabet {
    /// The number of a character, which gets one where it has none; `None` once there are 65,535.
    pub fn add(&mut self, c: char) -> Option<Glyph> {
        if let Some(&glyph) = self.glyphs.get(&c) {
            return Some(glyph);
        }
        let glyph = Glyph::try_from(self.characters.len()).ok()?;
        let readings = readings(c).into_iter().map(|syllable| self.syllable(syllable)).collect();
        self.glyphs.insert(c, glyph);
        self.characters.push(c);
        self.readings.push(readings);
        Some(glyph)
    }

    fn syllable(&mut self, syllable: String) -> u16 {
        // There are about 1,300 in the language, and half as many without tones.
        let next = self.syllables.len() as u16;
        *self.numbers.entry(syllable).or_insert_with_key(|syllable| {
            self.syllables.push(syllable.clone());
            next
        })
    }

    /// How many characters there are.
    pub fn len(&self) -> usize {
        self.characters.len()
    }

    /// The number of a character.
    pub fn glyph(&self, c: char) -> Option<Glyph> {
        self.glyphs.get(&c).copied()
    }

    /// The numbers of a character's readings.
    pub fn readings_of(&self, glyph: Glyph) -> &[u16] {
        &self.readings[usize::from(glyph)]
    }

    /// Every syllable that a character may be read as, in letters a–z, by number.
    pub fn syllables(&self) -> &[String] {
        &self.syllables
    }

    /// The number of a syllable.
    pub fn number(&self, syllable: &str) -> Option<u16> {
        self.numbers.get(syllable).copied()
    }
}

/// How a character may be read, the usual way first; none for what is not Chinese. ü is v, as it is typed.
pub(super) fn readings(c: char) -> Vec<String> {
    let mut readings: Vec<String> = Vec::new();
    for reading in c.to_pinyin_multi().into_iter().flatten() {
        let plain: String = reading.plain().chars().map(|c| if c == 'ü' { 'v' } else { c }).collect();
        if plain.bytes().all(|b| b.is_ascii_lowercase()) && !plain.is_empty() && !readings.contains(&plain) {
            readings.push(plain);
        }
    }
    readings
}

//! Text as it is typed → text as it is compared: half width, lower case, one sign for each meaning.
//!
//! ```text
//! "Ｅ１２０°１２′３０″，合德 镇"  ─ fold ─→  "e120°12'30",合德 镇"  ─ words ─→  e120 12 30 合德 镇
//! ```

/// One character for all that mean the same: full-width forms, curly quotes, Chinese punctuation. A line's end is a
/// comma.
pub(super) fn fold(text: &str) -> String {
    text.chars().map(alike).flat_map(char::to_lowercase).collect::<String>().replace("''", "\"")
}

fn alike(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '。' | '｡' => '.',
        '、' | '\n' => ',',
        '‘' | '’' | '′' | '‵' | 'ʹ' | 'ʼ' | '´' | '`' => '\'',
        '“' | '”' | '″' | '〃' | '˝' => '"',
        'º' | '˚' | '∘' | '゜' => '°',
        '−' | '–' | '—' | '‒' | '―' | '﹣' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// The runs of letters, digits and characters of a folded text.
pub(super) fn words(folded: &str) -> Vec<Vec<char>> {
    let runs = folded.split(|c: char| !c.is_alphanumeric());
    runs.filter(|run| !run.is_empty()).map(|run| run.chars().collect()).collect()
}

/// A folded text without anything between its letters, digits and characters.
pub(super) fn squeezed(text: &str) -> Vec<char> {
    words(&fold(text)).concat()
}

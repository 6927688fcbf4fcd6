//! Where rows and fields of CSV end (RFC 4180): a field that begins with a quote ends with one, `""` inside stands
//! for `"`, and commas and line breaks inside belong to the field.
//!
//! ```text
//! Start ─"→ Quoted ─"→ Closing ─"→ Quoted        `,` outside quotes ends a field, `\n` a row
//!       ─x→ Plain                ─x→ Plain
//! ```

use std::borrow::Cow;

/// Where in a field the reader stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Plain,
    Quoted,
    Closing,
}

impl State {
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Quoted, b'"') => Self::Closing,
            (Self::Quoted, _) | (Self::Start | Self::Closing, b'"') => Self::Quoted,
            (_, b',') => Self::Start,
            _ => Self::Plain,
        }
    }
}

/// What stands first in a piece of CSV.
pub enum Step<'a> {
    /// A row with its line break, if it has one, and what follows.
    Row {
        /// The row.
        row: &'a [u8],
        /// What follows.
        tail: &'a [u8],
    },
    /// A row that is longer than the limit or whose quote is never closed; what follows its first line break, if
    /// there is one.
    Endless {
        /// What follows.
        tail: Option<&'a [u8]>,
    },
    /// Nothing whole: more must come.
    More,
}

/// The first row of `bytes`; `ended` where nothing more will come.
pub fn step(bytes: &[u8], ended: bool, limit: usize) -> Step<'_> {
    let (end, open) = row_end(bytes);
    match end {
        Some(end) if end <= limit => Step::Row { row: &bytes[..=end], tail: &bytes[end + 1..] },
        None if bytes.len() <= limit && (!ended || bytes.is_empty()) => Step::More,
        None if bytes.len() <= limit && !open => Step::Row { row: bytes, tail: &[] },
        _ => Step::Endless { tail: bytes.iter().position(|&b| b == b'\n').map(|at| &bytes[at + 1..]) },
    }
}

/// The first line break outside quotes, and whether a quote is open at the end.
fn row_end(bytes: &[u8]) -> (Option<usize>, bool) {
    let newline = bytes.iter().position(|&b| b == b'\n');
    if newline.is_some_and(|end| !bytes[..end].contains(&b'"')) {
        return (newline, false);
    }
    let mut state = State::Start;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'\n' && state != State::Quoted {
            return (Some(at), false);
        }
        state = state.after(byte);
    }
    (None, state == State::Quoted)
}

/// Where each field of a row ends: the positions of its commas, and its length.
pub fn field_ends(row: &[u8]) -> Vec<usize> {
    let mut state = State::Start;
    let mut ends = Vec::with_capacity(8);
    for (at, &byte) in row.iter().enumerate() {
        if byte == b',' && state != State::Quoted {
            ends.push(at);
        }
        state = state.after(byte);
    }
    ends.push(row.len());
    ends
}

/// The content of a field, without its quotes.
pub fn field<'a>(row: &'a [u8], ends: &[usize], index: usize) -> Cow<'a, [u8]> {
    let start = index.checked_sub(1).map_or(0, |before| ends[before] + 1);
    let field = &row[start..ends[index]];
    let Some(inner) = field.strip_prefix(b"\"").map(|f| f.strip_suffix(b"\"").unwrap_or(f)) else {
        return Cow::Borrowed(field);
    };
    if !inner.contains(&b'"') {
        return Cow::Borrowed(inner);
    }
    let text = String::from_utf8_lossy(inner).replace("\"\"", "\"");
    Cow::Owned(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_end_outside_quotes_only() {
        assert_eq!(row_end(b"a,b\nc"), (Some(3), false));
        assert_eq!(row_end(b"\"a\nb\",c\nd"), (Some(7), false));
        assert_eq!(row_end(b"\"a\"\"\nb\"\nd"), (Some(7), false));
        assert_eq!(row_end(b"5\" pipe\nd"), (Some(7), false), "a quote inside a plain field is a character");
        assert_eq!(row_end(b"a\"\"b\nd"), (Some(4), false));
        assert_eq!(row_end(b"\"open\nd"), (None, true));
    }

    #[test]
    fn fields_lose_their_quotes_and_keep_their_commas() {
        let row = br#"1,"a, ""b""",,"x""#;
        let ends = field_ends(row);
        let fields: Vec<_> = (0..ends.len()).map(|i| field(row, &ends, i).into_owned()).collect();
        assert_eq!(fields, [&b"1"[..], br#"a, "b""#, b"", b"x"]);
    }
}

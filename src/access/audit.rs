//! What happened: who, when, from where, what, before and after; as a chain in which every change shows.
//!
//! ```text
//! hash 0 = 0…0     hash n = SHA-256(hash n-1 ‖ record n)
//! record n         seq, at, who, via, from, action, target, outcome, before, after: each its length and its bytes
//! ```
//!
//! Whoever can write the whole log can write another chain: only a head (a number and its hash) that was taken out of
//! the house shows that, and that the end was cut off.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::secret::hex;

/// How a record's bytes are made; a change of that is another number.
const FORM: u8 = 1;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// The caller may not, or was wrong.
    Refused,
}

/// Something that happened, before it has its place. Never a secret in any of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// [`super::Who`], as text.
    pub who: String,
    /// [`super::Via`], as text.
    pub via: String,
    /// The caller's address; empty where there is none.
    pub from: String,
    /// What was done: `account.create`, `session.begin`, `export` …
    pub action: String,
    /// To what: `account:zhangsan`, `key:7` …
    pub target: String,
    /// What came of it.
    pub outcome: Outcome,
    /// What was there before, as JSON; empty where nothing was, or nothing changed.
    pub before: String,
    /// What is there now, as JSON; empty likewise.
    pub after: String,
}

/// An entry of the log. Texts as they are stored, so that a change to any of them shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its place, from 1, without a gap.
    pub seq: u64,
    /// When: RFC 3339, UTC.
    pub at: String,
    /// Who did it.
    pub who: String,
    /// By which way they came.
    pub via: String,
    /// From which address.
    pub from: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub target: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// What was there before, as JSON.
    pub before: String,
    /// What is there now, as JSON.
    pub after: String,
    /// The chain up to here.
    pub hash: Hash,
}

/// A link of the chain: 32 bytes, 64 hexadecimal digits as text.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(pub [u8; 32]);

/// Where a chain ends: what to keep elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The last record's place; 0 for an empty log.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
}

/// What is wrong with a log, and where it begins.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    /// The record is not what was written, or not all before it are.
    #[error("record {0} is not what was written there, or one before it was taken out, put in or moved")]
    Changed(u64),
    /// Another number stands where this one should.
    #[error("expected record {expected}, found {found}: records were taken out, put in or moved")]
    Order {
        /// What should stand there.
        expected: u64,
        /// What does.
        found: u64,
    },
    /// The end is missing.
    #[error("the log ends at record {last}, but went on to record {head} once: its end was cut off")]
    Cut {
        /// The last that is there.
        last: u64,
        /// The last that was.
        head: u64,
    },
    /// A whole chain, but another.
    #[error(
        "record {0} is whole, but not the one whose hash was kept: the log was written anew, from here or before"
    )]
    Rewritten(u64),
}

impl Breach {
    /// At which record it shows.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        match self {
            Self::Changed(seq) | Self::Rewritten(seq) | Self::Order { expected: seq, .. } => *seq,
            Self::Cut { last, .. } => *last + 1,
        }
    }
}

impl Head {
    /// Of an empty log.
    pub const EMPTY: Self = Self { seq: 0, hash: Hash([0; 32]) };

    /// The record that an event becomes after this head; `at` in RFC 3339, UTC.
    #[must_use]
    pub fn append(&self, event: Event, at: String) -> Record {
        let Event { who, via, from, action, target, outcome, before, after } = event;
        let outcome = outcome.name().to_owned();
        let (seq, hash) = (self.seq + 1, Hash([0; 32]));
        let mut record = Record { seq, at, who, via, from, action, target, outcome, before, after, hash };
        record.hash = record.link(&self.hash);
        record
    }
}

impl Record {
    /// The head of a log that ends here.
    #[must_use]
    pub const fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash }
    }

    /// What its hash should be after that one.
    fn link(&self, previous: &Hash) -> Hash {
        let texts = [
            &self.at,
            &self.who,
            &self.via,
            &self.from,
            &self.action,
            &self.target,
            &self.outcome,
            &self.before,
            &self.after,
        ];
        let mut hash = Sha256::new();
        hash.update(previous.0);
        hash.update([FORM]);
        hash.update(self.seq.to_be_bytes());
        for text in texts {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        Hash(hash.finalize().into())
    }
}

/// A log under examination, record by record.
#[derive(Clone, Debug)]
pub struct Verifier {
    at: Head,
    kept: Vec<Head>,
}

impl Verifier {
    /// Begins; `kept` are heads that the log had earlier.
    #[must_use]
    pub fn new(kept: impl IntoIterator<Item = Head>) -> Self {
        Self { at: Head::EMPTY, kept: kept.into_iter().collect() }
    }

    /// The next record.
    ///
    /// # Errors
    /// [`Breach`], at the first record that shows it.
    pub fn next(&mut self, record: &Record) -> Result<(), Breach> {
        let expected = self.at.seq + 1;
        if record.seq != expected {
            return Err(Breach::Order { expected, found: record.seq });
        }
        if record.link(&self.at.hash) != record.hash {
            return Err(Breach::Changed(expected));
        }
        if self.kept.iter().any(|kept| kept.seq == expected && kept.hash != record.hash) {
            return Err(Breach::Rewritten(expected));
        }
        self.at = record.head();
        Ok(())
    }

    /// The end; where it is.
    ///
    /// # Errors
    /// [`Breach::Cut`] where it should lie further on.
    pub fn end(self) -> Result<Head, Breach> {
        let last = self.at.seq;
        match self.kept.iter().map(|kept| kept.seq).max() {
            Some(head) if head > last => Err(Breach::Cut { last, head }),
            _ => Ok(self.at),
        }
    }
}

/// Whether a whole log is what was written; `kept` are heads that it had earlier.
///
/// # Errors
/// [`Breach`], the first.
pub fn verify<'a>(
    records: impl IntoIterator<Item = &'a Record>,
    kept: impl IntoIterator<Item = Head>,
) -> Result<Head, Breach> {
    let mut verifier = Verifier::new(kept);
    for record in records {
        verifier.next(record)?;
    }
    verifier.end()
}

impl Outcome {
    /// As the log has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for Hash {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let bad = || "expected a hash of 64 hexadecimal digits, found something else".to_owned();
        let pairs = text.as_bytes().as_chunks::<2>().0;
        let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
        let bytes = bytes.filter(|_| text.len() == 64).ok_or_else(bad)?;
        bytes.try_into().map(Self).map_err(|_| bad())
    }
}

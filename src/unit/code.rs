//! A unit's code: 1 to 18 decimal digits, kept as text because leading zeros count.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The most digits a code may have: the most that always fit a `u64`.
pub const MAX_DIGITS: usize = 18;

/// A code of 1 to 18 decimal digits; ordered as text, so a parent sorts before its children.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(Box<str>);

/// Text that is no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a code of 1 to 18 digits, found {0:?}")]
pub struct BadCode(pub String);

impl Code {
    /// Checks `text` and makes it a code.
    ///
    /// # Errors
    /// [`BadCode`] unless `text` is 1 to 18 ASCII digits.
    pub fn new(text: &str) -> Result<Self, BadCode> {
        let fits = (1..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if fits { Ok(Self(text.into())) } else { Err(BadCode(text.chars().take(40).collect())) }
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many digits.
    #[must_use]
    pub fn digits(&self) -> usize {
        self.0.len()
    }

    /// The first `digits` digits, if the code is that long.
    #[must_use]
    pub fn prefix(&self, digits: usize) -> Option<Self> {
        (digits > 0).then(|| self.0.get(..digits)).flatten().map(|s| Self(s.into()))
    }

    /// Whether this code begins with all of `other`.
    #[must_use]
    pub fn starts_with(&self, other: &Self) -> bool {
        self.0.starts_with(&*other.0)
    }

    /// The code as a number; leading zeros are lost, so it stands for the code only where all codes have one length.
    #[must_use]
    pub fn to_u64(&self) -> u64 {
        self.0.bytes().fold(0, |n, b| n * 10 + u64::from(b - b'0'))
    }
}

impl FromStr for Code {
    type Err = BadCode;
    fn from_str(text: &str) -> Result<Self, BadCode> {
        Self::new(text)
    }
}

impl TryFrom<String> for Code {
    type Error = BadCode;
    fn try_from(text: String) -> Result<Self, BadCode> {
        Self::new(&text)
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.0.into()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

//! What accounts are called: `zhangsan`, `张三`, `li.si@sheyang`.

use std::fmt;
use std::str::FromStr;

/// An account's name: 1 to 64 letters or digits of any script, `.`, `_`, `-`, `@`. Case does not tell two apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(Box<str>);

/// Text that is no name. What was typed may be a password, so it is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a name of 1 to 64 letters, digits, '.', '_', '-' or '@', found something else")]
pub struct BadName;

impl Name {
    /// Checks `text` and makes it a name.
    ///
    /// # Errors
    /// [`BadName`].
    pub fn new(text: &str) -> Result<Self, BadName> {
        let length = text.chars().count();
        // `.` and `..` are no names in an address.
        let named = text.chars().any(char::is_alphanumeric);
        if (1..=64).contains(&length) && named && text.chars().all(Self::takes) {
            Ok(Self(text.into()))
        } else {
            Err(BadName)
        }
    }

    /// Whether a name may hold a character.
    pub(super) fn takes(c: char) -> bool {
        c.is_alphanumeric() || "._-@".contains(c)
    }

    /// As it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By which two are told apart.
    #[must_use]
    pub fn folded(&self) -> String {
        fold(&self.0)
    }
}

/// A text, told apart as names are.
#[must_use]
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

impl FromStr for Name {
    type Err = BadName;
    fn from_str(text: &str) -> Result<Self, BadName> {
        Self::new(text)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

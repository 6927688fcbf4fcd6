//! Which passwords will do, and how they are kept: argon2id, 19 MiB, 2 passes, 1 lane (OWASP's first choice).
//!
//! A password is forgotten (its memory overwritten) when it is dropped, and never shown.

use std::fmt;
use std::sync::LazyLock;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use super::common;

/// The fewest characters.
const SHORTEST: usize = 10;

/// The most bytes: what is hashed must be bounded.
const LONGEST: usize = 256;

/// The least that a password may cost a guesser who tries what is common, see [`common::cost`].
const LEAST: usize = 12;

/// A password, as it was typed.
pub struct Password(Zeroizing<String>);

/// What is kept of a password: argon2's own form, with parameters and salt.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Box<str>);

/// A password that will not do. What was typed is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Too few characters.
    #[error("expected a password of at least {SHORTEST} characters, found {0}")]
    Short(usize),
    /// Too many bytes.
    #[error("expected a password of at most {LONGEST} bytes, found {0}")]
    Long(usize),
    /// Digits and nothing else.
    #[error(
        "expected a password that is not digits alone: numbers of phones and identity cards are tried first"
    )]
    Digits,
    /// The owner's name, and little else.
    #[error("expected a password that is not made of the account's own name or the county's")]
    Own,
    /// Common words, runs and years.
    #[error(
        "this password is among those tried first: expected several words, or fewer known ones and more of your own"
    )]
    Common,
}

impl Password {
    /// What somebody typed, whatever it is.
    #[must_use]
    pub fn new(typed: String) -> Self {
        Self(Zeroizing::new(typed))
    }

    /// Whether it will do as a new password; `own` are words that a guesser knows: the account's name, the county's name
    /// and code.
    ///
    /// # Errors
    /// [`BadPassword`].
    pub fn check(&self, own: &[&str]) -> Result<(), BadPassword> {
        let (bytes, characters) = (self.0.len(), self.0.chars().count());
        if characters < SHORTEST {
            return Err(BadPassword::Short(characters));
        }
        if bytes > LONGEST {
            return Err(BadPassword::Long(bytes));
        }
        if self.0.chars().all(char::is_numeric) {
            return Err(BadPassword::Digits);
        }
        let own: Vec<String> = own.iter().map(|word| word.to_lowercase()).collect();
        let without = common::cost(&self.0, &[]);
        match common::cost(&self.0, &own) {
            cost if cost >= LEAST => Ok(()),
            _ if without >= LEAST => Err(BadPassword::Own),
            _ => Err(BadPassword::Common),
        }
    }

    /// What is kept of it; takes tens of milliseconds and 19 MiB. `salt` is drawn by lot.
    ///
    /// # Errors
    /// What argon2 says, as where there is no memory.
    pub fn hash(&self, salt: [u8; 16]) -> Result<PasswordHash, argon2::password_hash::Error> {
        let hash = argon2().hash_password_with_salt(self.0.as_bytes(), &salt)?;
        Ok(PasswordHash(hash.to_string().into()))
    }

    /// Whether `hash` is kept of this password. Takes as long where there is no hash at all.
    #[must_use]
    pub fn is(&self, hash: Option<&PasswordHash>) -> bool {
        // What is longer than any password is none, and is not hashed whole.
        let typed = self.0.as_bytes();
        let bounded = &typed[..typed.len().min(LONGEST)];
        let kept = hash.map_or(&**NOBODYS, |hash| &*hash.0);
        let same = argon2().verify_password(bounded, kept).is_ok();
        same & hash.is_some() & (typed.len() <= LONGEST)
    }
}

/// A hash of the same cost that is nobody's.
static NOBODYS: LazyLock<Box<str>> = LazyLock::new(|| {
    let made = Password::new("nobody's".to_owned()).hash(*b"an unknown name.");
    made.map_or_else(|_| "".into(), |hash| hash.0)
});

fn argon2() -> Argon2<'static> {
    // OWASP's Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane. They are the crate's default, and it may change.
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or(Params::DEFAULT);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

impl PasswordHash {
    /// What was kept.
    #[must_use]
    pub fn kept(text: String) -> Self {
        Self(text.into())
    }

    /// For the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

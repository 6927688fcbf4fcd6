//! Secrets drawn by lot: a session, an API key, a token of another's page, a link that works once. 256 bits each, so
//! what is kept is a plain SHA-256 of it, and finding it is a look-up.
//!
//! ```text
//! wk_5f0c1a…(64 digits)   the secret: shown once, kept by its owner
//! wk_5f0c1a2b             what it is shown as afterwards
//! SHA-256                 what is kept
//! ```

use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// What a secret opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// `ws_`: what a browser holds of somebody who signed in.
    Session,
    /// `wk_`: an API key.
    Key,
    /// `wt_`: a token in another's page.
    Token,
    /// `wl_`: a link that sets a password, once.
    Link,
    /// `wv_`: what a browser holds while it is away at a provider of single sign-on.
    Visit,
}

impl SecretKind {
    const ALL: [Self; 5] = [Self::Session, Self::Key, Self::Token, Self::Link, Self::Visit];

    const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "ws_",
            Self::Key => "wk_",
            Self::Token => "wt_",
            Self::Link => "wl_",
            Self::Visit => "wv_",
        }
    }
}

/// A secret; overwritten when it is dropped, and never shown by accident.
#[derive(Clone)]
pub struct Secret {
    kind: SecretKind,
    bytes: Zeroizing<[u8; 32]>,
}

/// What is kept of a secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl Secret {
    /// A secret of 32 bytes drawn by lot.
    #[must_use]
    pub fn new(kind: SecretKind, bytes: [u8; 32]) -> Self {
        Self { kind, bytes: Zeroizing::new(bytes) }
    }

    /// The secret that a text is, if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let kind = SecretKind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))?;
        let digits = &text.as_bytes()[kind.prefix().len()..];
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = Zeroizing::new([0; 32]);
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self { kind, bytes })
    }

    /// What it opens.
    #[must_use]
    pub const fn kind(&self) -> SecretKind {
        self.kind
    }

    /// The secret as text, for its owner and nobody else.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(67));
        text.push_str(self.kind.prefix());
        text.push_str(&Zeroizing::new(hex(&*self.bytes)));
        text
    }

    /// What it is shown as: enough to tell a handful apart, nothing to guess by.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{}{}", self.kind.prefix(), hex(&self.bytes[..4]))
    }

    /// Another secret that follows from it, 64 hexadecimal digits; from one it tells nothing of it or of the others.
    #[must_use]
    pub fn derive(&self, what: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(what);
        hash.update([0]);
        hash.update(*self.bytes);
        hex(&hash.finalize())
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        hash.update(self.kind.prefix());
        hash.update(*self.bytes);
        Digest(hash.finalize().into())
    }
}

impl Digest {
    /// A name for it that may be shown.
    #[must_use]
    pub fn id(&self) -> String {
        hex(&self.0[..8])
    }
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({:?}, …)", self.kind)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({}…)", self.id())
    }
}

//! How well something fits a query, best first. What is equal here is settled by level, then by code.

/// How an entry was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Merit {
    /// The whole code, or a whole name (with or without what people leave away).
    Exact,
    /// A code or name that begins so.
    Prefix,
    /// A part of a code that begins where a level does.
    Part,
    /// It stands within a code or name.
    Inner,
    /// A whole name that sounds so, in pinyin or in other characters.
    SoundExact,
    /// The initials of a whole name.
    InitialsExact,
    /// A name that begins with this sound.
    SoundPrefix,
    /// A name that begins with these initials.
    InitialsPrefix,
    /// A name that begins so, some syllables spelled and some by initial.
    MixedPrefix,
    /// The sound stands within.
    SoundInner,
    /// The initials stand within.
    InitialsInner,
    /// A whole code or name but for one letter, digit or character.
    Near,
    /// A code or name that begins so but for one.
    NearPrefix,
    /// All its characters stand there, in order, with others between.
    Scattered,
}

impl Merit {
    /// Whether a query that found this was spelled as it was meant.
    pub(super) const fn is_sure(self) -> bool {
        (self as u8) <= Self::InitialsPrefix as u8
    }

    /// Whether the whole of a code or name was meant.
    pub(super) const fn is_whole(self) -> bool {
        matches!(self, Self::Exact | Self::SoundExact | Self::InitialsExact)
    }

    /// Whether all of a name or its beginning was meant, so that something may follow.
    pub(super) const fn is_head(self) -> bool {
        use Merit::{InitialsInner, Inner, MixedPrefix, Part, Scattered, SoundInner};
        !matches!(self, Part | Inner | SoundInner | InitialsInner | MixedPrefix | Scattered)
    }
}

/// Where in a name a query fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// From its beginning to the end of a whole name.
    Whole,
    /// From its beginning.
    Start,
    /// Elsewhere.
    Inner,
}

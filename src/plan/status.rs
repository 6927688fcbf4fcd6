//! The states of a plan, and what leads from one to the next.
//!
//! ```text
//! draft ─ submit ─→ submitted ─ approve ─→ approved ─ publish ─→ published
//!   ↑                   │ reject              │ withdraw, or the base changed what was reviewed
//!   └──── edit ──── rejected ←┘               └─→ submitted
//! ```

use std::fmt;
use std::str::FromStr;

/// Where a plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Being drawn.
    Draft,
    /// Waiting for review.
    Submitted,
    /// Reviewed, to be published.
    Approved,
    /// A version.
    Published,
    /// Sent back; an edit makes it a draft again.
    Rejected,
}

/// What can be done with a plan as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Change its edits or its base.
    Edit,
    /// Hand it in.
    Submit,
    /// Say yes to it.
    Approve,
    /// Send it back.
    Reject,
    /// Make it a version.
    Publish,
}

impl Status {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Draft, Self::Submitted, Self::Approved, Self::Published, Self::Rejected];

    /// As answers and stores name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::Published => "published",
            Self::Rejected => "rejected",
        }
    }

    /// The state that an act leads to; `None` where it is not for this one.
    #[must_use]
    pub const fn after(self, act: Act) -> Option<Self> {
        match (self, act) {
            (Self::Draft | Self::Rejected, Act::Edit) => Some(Self::Draft),
            (Self::Draft, Act::Submit) => Some(Self::Submitted),
            (Self::Submitted, Act::Approve) => Some(Self::Approved),
            (Self::Submitted | Self::Approved, Act::Reject) => Some(Self::Rejected),
            (Self::Approved, Act::Publish) => Some(Self::Published),
            _ => None,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Status {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|s| s.as_str() == text).ok_or_else(|| {
            format!("expected draft, submitted, approved, published or rejected, found {text:?}")
        })
    }
}

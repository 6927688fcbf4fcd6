//! The states of a plan, and what leads from one to the next.
//!
//! ```text
//! draft ─ submit ─→ submitted ─ approve ─→ approved ──────────── publish ─→ published
//!   ↑                   │ reject              ├─ schedule ─→ scheduled ─ its day comes ─↗
//!   └──── edit ──── rejected ←────────────────┴──────────────────┘
//! ```
//!
//! Where the base changed what was reviewed, an approved or scheduled plan goes back to submitted.

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
    /// Approved, and waits for its day to be published by itself.
    Scheduled,
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
    /// Let it become a version on its day.
    Schedule,
    /// Make it a version.
    Publish,
}

impl Status {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::Submitted, Self::Approved, Self::Scheduled, Self::Published, Self::Rejected];

    /// As answers and stores name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::Scheduled => "scheduled",
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
            (Self::Submitted | Self::Approved | Self::Scheduled, Act::Reject) => Some(Self::Rejected),
            (Self::Approved, Act::Schedule) => Some(Self::Scheduled),
            (Self::Approved | Self::Scheduled, Act::Publish) => Some(Self::Published),
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
            format!("expected draft, submitted, approved, scheduled, published or rejected, found {text:?}")
        })
    }
}

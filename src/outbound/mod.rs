//! Other services: the only code that calls them. What it does blocks, and belongs on a thread that may wait.
//!
//! ```text
//! what is wanted ─ resting? Outage ─ ask, within limits of time and size ─ answer, or Outage and perhaps rest
//! ```
//!
//! A service that fails is the server's trouble as little as possible: an [`Outage`] says what a caller may know, its
//! cause goes to the log, and neither ever holds a key.
//!
//! | file | what |
//! |---|---|
//! | `client` | one question within limits |
//! | `oidc` | a provider of single sign-on |
//! | `rest` | after failures in a row, no questions for a while |
//! | `tianditu` | the national map's tiles |

mod client;
mod oidc;
mod rest;
mod tianditu;

pub use oidc::{Claims, Doubt, Oidc, OidcAccess};
pub use tianditu::{BASE_URL, Sheet, Theme, Tianditu, TiandituAccess};

/// Why another service gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Outage {
    /// For whoever asked: no address, no key.
    pub detail: String,
    /// For the log: no key. Empty where there is nothing new to say.
    pub cause: String,
}

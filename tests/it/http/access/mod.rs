//! Who may see and do what, over HTTP.

mod attachments;
mod callers;
mod groups;
mod matrix;
mod probes;
mod sessions;
mod under;

pub use probes::PROBES;

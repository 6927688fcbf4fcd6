//! GeoJSON (RFC 7946), in and out.
//!
//! | file | what |
//! |---|---|
//! | `json` | text → members, as they stand |
//! | `geometry` | members → polygons and points, with the place of what is wrong |
//! | `read` | a collection → raw coverage, voids, outline, points |
//! | `write` | sheet → text, streaming |

mod geometry;
mod json;
mod read;
mod write;

pub use geometry::place_of;
pub use read::{coverage, outline, points, voids};
pub use write::{feature_json, write};

//! Point → leaf, exactly and in nanoseconds; and what is near a point.
//!
//! ```text
//! lattice point ─ Locator ─→ owner (half-open rule)      ─ border ─→ metres to the border, who is across
//!                                                        ─ nearest_leaf ─→ for a point in none
//!                                                        ─ candidates ─→ leaves of a noisy position
//! box, owner ─ UnitTree ─→ owners, neighbours            point ─ NearPoints ─→ the nearest of a kind
//! ```
//!
//! | file | what |
//! |---|---|
//! | `grid` | cells of 2^k lattice units |
//! | `record` | the edges of a cell, and counting across them |
//! | `directory` | arcs → cells and records |
//! | `locator` | the lookups |
//! | `pyramid`, `nearest` | the nearest border |
//! | `candidates` | a Gaussian over the leaves |
//! | `units`, `near` | R-trees of owners' boxes and of points |

mod candidates;
mod directory;
mod grid;
mod locator;
mod near;
mod nearest;
mod pyramid;
mod record;
mod units;

pub use locator::Locator;
pub use near::{Near, NearPoints};
pub use nearest::{Border, NearestLeaf};
pub use units::{Neighbour, UnitTree};

//! Text → places: units by code and name, named places and landmarks, and coordinates in whatever notation they come.
//!
//! ```text
//! text ─┬─ find ────────→ what has a name, best first:  320924100001, 100 001 003, 合德镇, hdz, hedezhen, 和德镇,
//!       │                                               合德 城东, 交通路3, jtl3, 微法庭, 射阳河, 228国道, G228
//!       └─ coordinates ─→ longitude and latitude:       120.25,33.77  33°46′N 120°15′E  东经120度15分 …  a copied link
//! ```
//!
//! | file | what |
//! |---|---|
//! | `fold` | half width, lower case, one sign for each meaning |
//! | `name` | what people leave away from a name; the number of a grid, of a road |
//! | `alphabet` | the characters of all names, each once, with its readings |
//! | `pattern` | a query held against a name: itself, sound, initials, one error |
//! | `merit` | how well something fits |
//! | `index` | everything that can be found |
//! | `find` | the ways a query can be meant |
//! | `coordinates`, `scan`, `token`, `link` | coordinates: which is which, what stands there, notations, copied links |
//!
//! Nothing here knows a datum's formula or where a point lies: readings say which datum the text states, if any.

mod alphabet;
mod coordinates;
mod find;
mod fold;
mod index;
mod link;
mod merit;
mod name;
mod pattern;
mod scan;
mod token;

pub use coordinates::{Reading, coordinates};
pub use find::Hit;
pub use index::{Index, NamedExtent, Target};
pub use merit::Merit;

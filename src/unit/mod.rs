//! Units and what identifies them: uid, code, level, the hierarchy; the points and lines that lie in them; and who
//! answers for them.
//!
//! ```text
//! county 320924 ─ town 320924100 ─ village 320924100001 ─ grid 320924100001003
//!                                  a parent's code is a prefix of its children's
//! ```

mod code;
mod duty;
mod feature;
mod hierarchy;
mod hours;
mod level;
mod person;

pub use code::{BadCode, Code};
pub use duty::{BadDuty, Bound, Duty};
pub use feature::{LineFeature, PointFeature, PointLayer};
pub use hierarchy::{Attribute, Attributes, Hierarchy, HierarchyFault, Owner, Uid, Unit, UnitIndex, Void};
pub use hours::Hours;
pub use level::{BadLevels, Level, Levels};
pub use person::{Person, ROLES};

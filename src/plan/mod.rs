//! Plans: edits on a version, each pure and exact, replayed in order; what they did, and what bars publishing.
//!
//! ```text
//! base version ─ edit ─ edit ─ … ─→ draft     each edit a command kept as it was given, with the uids and codes it drew
//!      └ newer base ─ the same edits again ─→ the same changes, or the edits that conflict
//! ```
//!
//! A draft is a partition after every edit; an edit that would break it is refused, with the place.
//!
//! | file | what |
//! |---|---|
//! | `edit` | the commands, as they are kept |
//! | `apply` | a command on a partition → the next partition |
//! | `redraw` | the commands that move borders |
//! | `regroup` | the commands that change units |
//! | `exact`, `restate` | borders given whole, vertex for vertex, and units with all that is said of them |
//! | `file` | what a file of edited leaves would make of a partition |
//! | `toward` | the edits that make a partition another one |
//! | `components` | what differs between two partitions, in components that share nothing |
//! | `allot` | which uids and codes new units draw |
//! | `delta` | what differs between two partitions: pieces of border and units |
//! | `replay` | edits in order on a base; conflicts with what others did |
//! | `groups` | edits that have nothing to do with each other |
//! | `decision` | what was decided of groups, and what comes of it |
//! | `names` | the units that a command names |
//! | `anew` | edits that leave their plan for another |
//! | `crosswalk` | where the area of each unit of one version is in another |
//! | `moves` | what goes from whom to whom |
//! | `open` | what a draft may hold and a publish may not |
//! | `status` | the states of a plan |
//! | `steps` | what was done with its list of edits, undone and done again |
//! | `suggest` | balanced ways to split a leaf or to regroup a unit's leaves |

mod allot;
mod anew;
mod apply;
mod components;
mod crosswalk;
mod decision;
mod delta;
mod edit;
mod exact;
mod file;
mod groups;
mod moves;
mod names;
mod open;
mod redraw;
mod regroup;
mod replay;
mod restate;
mod status;
mod steps;
mod suggest;
mod toward;

pub use allot::{Allotment, Allotted, Pool};
pub use anew::anew;
pub use apply::{Applied, Refused, apply};
pub use crosswalk::{Common, crosswalk};
pub use decision::{Decided, Decision, Outcome, Verdict, outcome};
pub use delta::Delta;
pub use edit::{Area, Areas, Bordered, Edit, NewUnit, Path, Place, Redraw, Stated, Whose};
pub use file::{Goal, Shape, file};
pub use groups::{Group, groups};
pub use moves::{Move, moves};
pub use open::{Open, OpenKind, open};
pub use replay::{Conflict, Recorded, Replayed, conflicts, replay};
pub use status::{Act, Status};
pub use steps::{Step, listed};
pub use suggest::{
    MOST_PARTS, MOST_WAYS, Part, Suggested, Way, Weight, check_parts, regroup_ways, split_ways,
};
pub use toward::{Step as Toward, toward};

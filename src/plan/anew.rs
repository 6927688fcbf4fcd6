//! Edits that leave their plan for another: done again on the base, with codes and uids of their own.
//!
//! ```text
//! plan 1   split a → 004 · rename 004 · assign b → 204    004 is plan 1's for ever
//! plan 2   split a → 005 · rename 005 · assign b → 204    b is b: it may have the code that it was to have
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::allot::{Allotment, Allotted, Pool};
use super::apply::{Refused, apply};
use super::edit::Edit;
use super::replay::Recorded;
use crate::coverage::Partition;
use crate::unit::{Code, Uid};

/// An edit as another plan has it, with what it draws there.
pub type Again = (Edit, Vec<Allotted>);

/// Edits as another plan has them, in order, with what they draw there; and the partition that they make of the base.
///
/// `unborn` are the uids that their plan drew and no version has: units of those draw anew.
///
/// # Errors
/// [`Refused`] where one cannot be done, or there is no code left.
pub fn anew(
    base: &Partition,
    edits: &[Recorded],
    unborn: &BTreeSet<Uid>,
    pool: &mut Pool,
) -> Result<(Vec<Again>, Partition), Refused> {
    let mut codes: BTreeMap<Code, Code> = BTreeMap::new();
    let mut partition = base.clone();
    let mut done = Vec::new();
    for Recorded { edit, drawn, .. } in edits {
        let mut edit = edit.clone().with_codes(&codes);
        if let Edit::CreateUnit { code, .. } = &mut edit
            && drawn.iter().any(|drawn| unborn.contains(&drawn.uid))
        {
            *code = None;
        }
        let applied = apply(&partition, &edit, Allotment::anew(drawn, unborn, pool))?;
        let pairs = drawn.iter().zip(&applied.drawn).map(|(was, is)| (was.code.clone(), is.code.clone()));
        codes.extend(pairs.filter(|(was, is)| was != is));
        partition = applied.partition;
        done.push((edit, applied.drawn));
    }
    Ok((done, partition))
}

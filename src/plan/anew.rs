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
use crate::unit::{Code, Levels, Uid};

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
        let mut drawn = drawn.clone();
        match &mut edit {
            Edit::CreateUnit { code, .. } if drawn.iter().any(|drawn| unborn.contains(&drawn.uid)) => {
                *code = None
            }
            Edit::Redraw(redraw) => {
                let levels = redraw.levels.as_ref().unwrap_or_else(|| partition.hierarchy.levels());
                drawn = stated_anew(&drawn, levels, unborn, (&mut codes, pool))?;
                edit = edit.with_codes(&codes);
            }
            _ => {}
        }
        let applied = apply(&partition, &edit, Allotment::anew(&drawn, unborn, pool))?;
        let pairs = drawn.iter().zip(&applied.drawn).map(|(was, is)| (was.code.clone(), is.code.clone()));
        codes.extend(pairs.filter(|(was, is)| was != is));
        partition = applied.partition;
        done.push((edit, applied.drawn));
    }
    Ok((done, partition))
}

/// What a redrawing states, with other codes for units that are unborn, and for all that are stated under those.
fn stated_anew(
    drawn: &[Allotted],
    levels: &Levels,
    unborn: &BTreeSet<Uid>,
    (codes, pool): (&mut BTreeMap<Code, Code>, &mut Pool),
) -> Result<Vec<Allotted>, Refused> {
    let mut anew = drawn.to_vec();
    let mut order: Vec<usize> = (0..drawn.len()).collect();
    // A parent before what is under it.
    order.sort_by_key(|&i| drawn[i].code.digits());
    for i in order {
        let Allotted { uid, code } = &drawn[i];
        let parent = levels.parent_of(code);
        let moved = parent.as_ref().and_then(|parent| codes.get(parent)).cloned();
        let fresh = unborn.contains(uid);
        if !fresh && moved.is_none() {
            continue;
        }
        anew[i] = Allotted {
            code: pool.under(moved.or(parent).as_ref(), code.digits() as u8)?,
            uid: if fresh { pool.uid() } else { *uid },
        };
        codes.insert(code.clone(), anew[i].code.clone());
    }
    Ok(anew)
}

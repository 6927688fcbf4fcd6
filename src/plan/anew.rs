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
    let mut known = Known::default();
    let mut partition = base.clone();
    let mut done = Vec::new();
    for Recorded { edit, drawn, .. } in edits {
        let mut edit = edit.clone().with_codes(&known.codes);
        let mut drawn = drawn.clone();
        match &mut edit {
            Edit::CreateUnit { code, .. } if drawn.iter().any(|drawn| unborn.contains(&drawn.uid)) => {
                *code = None;
            }
            Edit::Redraw(redraw) => {
                let levels = redraw.levels.as_ref().unwrap_or_else(|| partition.hierarchy.levels());
                drawn = known.restate(&drawn, levels, unborn, pool)?;
                edit = edit.with_codes(&known.codes);
            }
            _ => {}
        }
        let applied = apply(&partition, &edit, Allotment::anew(&drawn, unborn, pool))?;
        for (was, is) in drawn.iter().zip(&applied.drawn) {
            known.add(was, is);
        }
        partition = applied.partition;
        done.push((edit, applied.drawn));
    }
    Ok((done, partition))
}

/// What units drew in the one plan, and what stands for it in the other.
#[derive(Default)]
struct Known {
    codes: BTreeMap<Code, Code>,
    uids: BTreeMap<Uid, Uid>,
}

impl Known {
    fn add(&mut self, was: &Allotted, is: &Allotted) {
        if was.code != is.code {
            self.codes.insert(was.code.clone(), is.code.clone());
        }
        if was.uid != is.uid {
            self.uids.insert(was.uid, is.uid);
        }
    }

    /// What a redrawing states, with other codes for units that are unborn, and for all that are stated under those.
    fn restate(
        &mut self,
        drawn: &[Allotted],
        levels: &Levels,
        unborn: &BTreeSet<Uid>,
        pool: &mut Pool,
    ) -> Result<Vec<Allotted>, Refused> {
        let mut anew = drawn.to_vec();
        let mut order: Vec<usize> = (0..drawn.len()).collect();
        // A parent before what is under it.
        order.sort_by_key(|&i| drawn[i].code.digits());
        for i in order {
            let was = &drawn[i];
            let parent = levels.parent_of(&was.code);
            let moved = parent.as_ref().and_then(|parent| self.codes.get(parent)).cloned();
            if !unborn.contains(&was.uid) && moved.is_none() {
                continue;
            }
            let code = match self.codes.get(&was.code) {
                Some(code) => code.clone(),
                None => pool.under(moved.or(parent).as_ref(), was.code.digits() as u8)?,
            };
            let uid = match self.uids.get(&was.uid) {
                Some(&made) => made,
                None if unborn.contains(&was.uid) => pool.uid(),
                None => was.uid,
            };
            anew[i] = Allotted { uid, code };
            self.add(was, &anew[i]);
        }
        Ok(anew)
    }
}

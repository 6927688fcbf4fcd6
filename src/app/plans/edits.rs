//! Edits of a plan: added, replaced, dropped, undone and done again.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::draft::prepare;
use super::{Draft, OnRevision, PlanView, SharedDraft, author, require, stale};
use crate::access::{Permission, Scope};
use crate::app::{App, Error};
use crate::coverage::{Partition, Snapped};
use crate::crs::Point;
use crate::plan::{
    Act, Allotment, Allotted, Applied, Delta, Edit, Move, Pool, Recorded, Refused, Step, Toward, apply, moves,
};
use crate::store::{PlanEdit, Written};
use crate::unit::Uid;

/// How often an edit draws codes anew because others were faster.
pub(super) const ROUNDS: usize = 5;
/// The most edits of a plan.
const MOST_EDITS: usize = 2_000;

/// An edit that was made.
pub struct Edited {
    /// The plan with it.
    pub view: PlanView,
    /// Its number.
    pub id: u64,
    /// What it did.
    pub made: Made,
}

/// What an edit did, or would do.
pub struct Made {
    /// The draft after it.
    pub draft: SharedDraft,
    /// What it drew.
    pub drawn: Vec<Allotted>,
    /// Drawn points that were taken to borders.
    pub snapped: Vec<Snapped>,
    /// Vertices that others' borders gained.
    pub noded: Vec<(Uid, Point)>,
    /// The units and voids that it touched.
    pub touched: BTreeSet<Uid>,
}

/// An edit that was tried: nothing is kept of it.
pub struct Tried {
    /// The draft without it.
    pub before: SharedDraft,
    /// What it would do.
    pub made: Made,
    /// What would go from whom to whom.
    pub moves: Vec<Move>,
}

impl App {
    /// Adds an edit at the end of a plan.
    ///
    /// # Errors
    /// [`Error::Refused`] for one that would break the partition, with the place; [`Error::Forbidden`] for one that
    /// touches units in which the caller drafts no plans; [`Error::Conflict`] where the plan is no draft;
    /// [`Error::Stale`].
    pub async fn add_edit(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        edit: Edit,
    ) -> Result<Edited, Error> {
        self.add(scope, id, revision, (edit, Vec::new())).await
    }

    /// Adds an edit that draws what it is given first.
    pub(super) async fn add(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        (edit, given): (Edit, Vec<Allotted>),
    ) -> Result<Edited, Error> {
        require(scope, Permission::DraftPlans)?;
        for _ in 0..ROUNDS {
            let view = self.plan_at(scope, id, revision).await?;
            let mut plan = view.plan.clone();
            plan.status = to_edit(&view)?;
            let draft = self.draft(scope, &view).await?;
            let record = next_record(&view);
            let made = self.one_more(scope, &view, &draft, (edit.clone(), given.clone())).await?;
            plan.steps.truncate(plan.done);
            plan.steps.push(Step::Add(record));
            plan.done = plan.steps.len();
            plan.touches = made.draft.touches();
            let new = PlanEdit { edit: edit.clone(), drawn: made.drawn.clone(), author: author(scope) };
            match self.contact.note(self.store.put_plan(plan, Some(new)).await)? {
                Written::Taken => {}
                Written::Stale => return Err(stale(&self.known_plan(id).await?.plan)),
                Written::Done(_) => {
                    self.keep_draft(id, &made.draft);
                    prepare(Arc::clone(&made.draft));
                    return Ok(Edited { view: self.known_plan(id).await?, id: record, made });
                }
            }
        }
        Err(Error::Busy("others are drawing the same codes at the same time; try again".into()))
    }

    /// What an edit would do at the end of a plan. The codes it would draw may be others' by the time it is made.
    ///
    /// # Errors
    /// As [`Self::add_edit`].
    pub async fn try_edit(&self, scope: &Scope, id: u64, edit: Edit) -> Result<Tried, Error> {
        require(scope, Permission::DraftPlans)?;
        let view = self.seen_plan(scope, id).await?;
        to_edit(&view)?;
        let before = self.draft(scope, &view).await?;
        let made = self.one_more(scope, &view, &before, (edit, Vec::new())).await?;
        let (old, new, touched) = (Arc::clone(&before), Arc::clone(&made.draft), made.touched.clone());
        let moves = self.pool.run(move || moves(old.partition(), new.partition(), &touched)).await?;
        Ok(Tried { before, made, moves })
    }

    /// A draft with one more edit, where the caller may make it.
    async fn one_more(
        &self,
        scope: &Scope,
        view: &PlanView,
        draft: &SharedDraft,
        (edit, given): (Edit, Vec<Allotted>),
    ) -> Result<Made, Error> {
        if draft.edits.len() >= MOST_EDITS {
            return Err(Error::Conflict(format!("a plan has at most {MOST_EDITS} edits")));
        }
        whole(draft)?;
        let mut pool = self.contact.note(self.store.unused().await)?;
        let (on, id) = (Arc::clone(draft), next_record(view));
        let done = self.pool.run(move || {
            voids_known(&edit, on.partition(), &pool)?;
            let applied = apply(on.partition(), &edit, Allotment::new(&given, &mut pool))?;
            let Applied { partition, drawn, snapped, noded } = applied;
            let after = on.after(Recorded { id, edit, drawn: drawn.clone() }, partition);
            Ok::<_, Refused>((after, drawn, snapped, noded))
        });
        let (after, drawn, snapped, noded) = done.await?.map_err(Error::Refused)?;
        let delta = after.deltas.last().cloned().unwrap_or_default();
        let levels = |draft: &Draft| draft.partition().hierarchy.levels().clone();
        if delta.is_empty() && levels(draft) == levels(&after) {
            return Err(Error::Refused(Refused::nothing()));
        }
        may_touch(scope, draft, &after, &delta)?;
        Ok(Made { draft: Arc::new(after), drawn, snapped, noded, touched: delta.touched() })
    }

    /// Puts another command in the place of an edit; those after it are replayed.
    ///
    /// # Errors
    /// As [`Self::add_edit`]; [`Error::Refused`] also where an edit after it can then no longer be done.
    pub async fn replace_edit(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        (number, edit): (u64, Edit),
    ) -> Result<PlanView, Error> {
        require(scope, Permission::DraftPlans)?;
        let view = self.plan_at(scope, id, revision).await?;
        let mut plan = view.plan.clone();
        plan.status = to_edit(&view)?;
        let record = next_record(&view);
        let base = Arc::clone(&self.draft(scope, &view).await?.base);
        let edits = plan.edits(&view.records);
        let at = edits.iter().position(|e| e.id == number).ok_or_else(|| no_edit(id, number))?;
        let before = self.draft_on(Arc::clone(&base), id, edits[..at].to_vec()).await?;
        let mut pool = self.contact.note(self.store.unused().await)?;
        let (on, command, drawn) = (Arc::clone(&before), edit.clone(), edits[at].drawn.clone());
        let applied = self.pool.run(move || {
            voids_known(&command, on.partition(), &pool)?;
            apply(on.partition(), &command, Allotment::new(&drawn, &mut pool))
        });
        let applied = applied.await?.map_err(Error::Refused)?;
        let drawn = applied.drawn.clone();
        let mut list = edits;
        list[at] = Recorded { id: number, edit: edit.clone(), drawn: drawn.clone() };
        plan.steps.truncate(plan.done);
        plan.steps.push(Step::Replace { edit: number, record });
        let edit = PlanEdit { edit, drawn, author: author(scope) };
        self.changed(scope, view, plan, list, vec![edit]).await
    }

    /// Takes an edit out; those after it are replayed.
    ///
    /// # Errors
    /// As [`Self::replace_edit`].
    pub async fn drop_edit(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        number: u64,
    ) -> Result<PlanView, Error> {
        require(scope, Permission::DraftPlans)?;
        let view = self.plan_at(scope, id, revision).await?;
        let mut plan = view.plan.clone();
        plan.status = to_edit(&view)?;
        let mut list = plan.edits(&view.records);
        let at = list.iter().position(|e| e.id == number).ok_or_else(|| no_edit(id, number))?;
        list.remove(at);
        plan.steps.truncate(plan.done);
        plan.steps.push(Step::Drop(number));
        self.changed(scope, view, plan, list, Vec::new()).await
    }

    /// Undoes the last step, or does it again: `by` is −1 or 1.
    ///
    /// # Errors
    /// [`Error::Conflict`] where there is nothing to undo or to do again; as [`Self::add_edit`].
    pub async fn step_plan(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        by: isize,
    ) -> Result<PlanView, Error> {
        require(scope, Permission::DraftPlans)?;
        let view = self.plan_at(scope, id, revision).await?;
        let mut plan = view.plan.clone();
        plan.status = to_edit(&view)?;
        let done = plan.done.checked_add_signed(by).filter(|done| *done <= plan.steps.len());
        let nothing = if by < 0 { "undo" } else { "do again" };
        plan.done = done.ok_or_else(|| Error::Conflict(format!("there is nothing to {nothing}")))?;
        let before = self.draft(scope, &view).await?;
        let after = self.draft_on(Arc::clone(&before.base), id, plan.edits(&view.records)).await?;
        may_touch(scope, &before, &after, &Delta::between(before.partition(), after.partition()))?;
        plan.touches = after.touches();
        let written = self.contact.note(self.store.put_plan(plan, None).await)?;
        self.written(written, id).await
    }

    /// Writes a plan whose list of edits is another one, if each of them can be done.
    async fn changed(
        &self,
        scope: &Scope,
        view: PlanView,
        mut plan: crate::store::Plan,
        list: Vec<Recorded>,
        edits: Vec<PlanEdit>,
    ) -> Result<PlanView, Error> {
        let before = self.draft(scope, &view).await?;
        let after = self.draft_on(Arc::clone(&before.base), plan.id, list).await?;
        whole(&after)?;
        let delta = Delta::between(before.partition(), after.partition());
        may_touch(scope, &before, &after, &delta)?;
        plan.done = plan.steps.len();
        plan.touches = after.touches();
        let id = plan.id;
        let written = self.contact.note(self.store.put_plan_with(plan, edits).await)?;
        self.written(written, id).await
    }

    /// Adds edits at the end of a plan, with what they draw: all of them or none.
    ///
    /// # Errors
    /// As [`Self::add_edit`].
    pub(super) async fn add_all(
        &self,
        scope: &Scope,
        view: PlanView,
        steps: Vec<Toward>,
    ) -> Result<PlanView, Error> {
        let mut plan = view.plan.clone();
        plan.status = to_edit(&view)?;
        let mut list = plan.edits(&view.records);
        if list.len() + steps.len() > MOST_EDITS {
            return Err(Error::Conflict(format!("a plan has at most {MOST_EDITS} edits")));
        }
        plan.steps.truncate(plan.done);
        let first = next_record(&view);
        plan.steps.extend((first..).zip(&steps).map(|(record, _)| Step::Add(record)));
        list.extend(recorded(first, &steps));
        self.changed(scope, view, plan, list, new_edits(scope, steps)).await
    }
}

/// Steps as the records that they become.
pub(super) fn recorded(first: u64, steps: &[Toward]) -> impl Iterator<Item = Recorded> {
    (first..).zip(steps).map(|(id, (edit, drawn))| Recorded { id, edit: edit.clone(), drawn: drawn.clone() })
}

pub(super) fn new_edits(scope: &Scope, steps: Vec<Toward>) -> Vec<PlanEdit> {
    let author = author(scope);
    let new = |(edit, drawn)| PlanEdit { edit, drawn, author: author.clone() };
    steps.into_iter().map(new).collect()
}

/// That an edit speaks of voids that are in the draft, or were in a version: they have no codes to draw.
fn voids_known(edit: &Edit, draft: &Partition, pool: &Pool) -> Result<(), Refused> {
    let there = |uid: &Uid| draft.hierarchy.voids().iter().any(|void| void.uid == *uid);
    match edit.voids().find(|uid| !there(uid) && !pool.voids.contains(uid)) {
        None => Ok(()),
        Some(uid) => Err(Refused::missing_void(uid)),
    }
}

/// The number that a plan's next edit gets.
pub(super) fn next_record(view: &PlanView) -> u64 {
    view.records.iter().map(|r| r.record).max().unwrap_or_default() + 1
}

fn no_edit(id: u64, number: u64) -> Error {
    Error::Missing(format!("plan {id} has no edit {number}"))
}

/// The state of a plan that is edited.
pub(super) fn to_edit(view: &PlanView) -> Result<crate::plan::Status, Error> {
    view.plan.status.after(Act::Edit).ok_or_else(|| {
        Error::Conflict(format!(
            "expected a draft, found a plan that is {}: reject it first",
            view.plan.status
        ))
    })
}

/// That every edit of a draft could be done.
pub(super) fn whole(draft: &Draft) -> Result<(), Error> {
    match &draft.refused {
        None => Ok(()),
        Some((edit, why)) => {
            let mut why = why.clone();
            why.detail = format!("edit {edit} can no longer be done: {}", why.detail);
            Err(Error::Refused(why))
        }
    }
}

/// That a caller drafts plans in every unit that a plan touches.
pub(super) fn may_draft(scope: &Scope, draft: &Draft) -> Result<(), Error> {
    let (before, after) = (draft.base.snapshot.partition(), draft.partition());
    touches(scope, [before, after], &Delta::between(before, after))
}

/// That a caller drafts plans in every unit in which two drafts differ.
fn may_touch(scope: &Scope, before: &Draft, after: &Draft, delta: &Delta) -> Result<(), Error> {
    touches(scope, [before.partition(), after.partition()], delta)
}

/// That an edit changes no more than units: levels, what voids there are and the outline concern the whole.
pub(super) fn of_parts([before, after]: [&Partition; 2], delta: &Delta) -> Result<(), Error> {
    let is_unit = |uid: &Uid| [before, after].iter().any(|p| p.hierarchy.by_uid(*uid).is_some());
    let levels = before.hierarchy.levels() != after.hierarchy.levels();
    if levels || !delta.units.keys().all(is_unit) || delta.moves_outline() {
        return Err(Error::Forbidden(
            "expected an edit of units, found one of levels, voids or the outline, which concern the whole"
                .into(),
        ));
    }
    Ok(())
}

fn touches(scope: &Scope, partitions: [&Partition; 2], delta: &Delta) -> Result<(), Error> {
    if scope.covers_all(Permission::DraftPlans) {
        return Ok(());
    }
    of_parts(partitions, delta)?;
    for uid in delta.changed() {
        for Partition { hierarchy, .. } in partitions {
            let code = hierarchy.by_uid(uid).map(|unit| &hierarchy.unit(unit).code);
            if let Some(code) = code.filter(|code| !scope.covers(Permission::DraftPlans, code)) {
                return Err(Error::Forbidden(format!(
                    "expected an edit within what you draft plans for, found one that changes {code}"
                )));
            }
        }
    }
    Ok(())
}

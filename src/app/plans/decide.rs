//! What is decided of a plan that was handed in: group by group, each by whoever approves plans where it lies, or all that
//! is left at once.
//!
//! ```text
//! submitted ─ some groups ─→ submitted ─ the last ─→ approved
//!                                                └─→ rejected                    all were returned
//!                                                └─→ approved with the others, and a draft of those that were returned
//! ```

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::draft::{prepare, touched_codes};
use super::edits::{ROUNDS, of_parts, whole};
use super::states::{allowed, not_own};
use super::{Draft, NOTE, OnRevision, PlanView, SharedDraft, TITLE, author, check_words, require};
use crate::access::{Permission, Scope};
use crate::app::{App, Error};
use crate::plan::{
    Act, Decided, Decision, Delta, Outcome, Recorded, Refused, Status, Step, Verdict, anew, groups, outcome,
};
use crate::store::{NewDraft, NewPlan, Plan, PlanEdit, Written};
use crate::unit::{Code, Uid};

/// What is said of a plan whose edits were returned, in its title and before the reasons.
const RETURNED: &str = "退回";

/// What is decided of some groups.
#[derive(Clone, Debug, Default)]
pub struct Verdicts {
    /// The groups that may become a version.
    pub approve: Vec<u64>,
    /// Those that go back to the author, and why.
    pub send_back: Vec<(u64, String)>,
}

/// A group with what is decided of it.
type Given = (u64, Verdict, String);

impl App {
    /// Decides groups of a plan of others', each in every unit that it changes. With the last of them the plan goes on.
    ///
    /// # Errors
    /// [`Error::Bad`] for groups that are not there, are named twice, or go back without a reason; [`Error::Forbidden`]
    /// for one's own, or beyond what the caller approves, with the unit; [`Error::Conflict`] where the plan is not
    /// submitted; [`Error::Stale`].
    pub async fn decide_plan(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        verdicts: Verdicts,
    ) -> Result<PlanView, Error> {
        require(scope, Permission::ApprovePlans)?;
        let view = self.handed_in(scope, id, revision).await?;
        let given = checked(&view.plan.groups, verdicts)?;
        self.decide(scope, view, "plan.decide", given).await
    }

    /// Decides the same of every group that is not decided yet.
    pub(super) async fn decide_rest(
        &self,
        scope: &Scope,
        (id, revision): (u64, OnRevision),
        action: &'static str,
        (verdict, reason): (Verdict, &str),
    ) -> Result<PlanView, Error> {
        let view = self.handed_in(scope, id, revision).await?;
        let left = view.plan.groups.iter().filter(|group| group.decision.is_none());
        let given = left.map(|group| (group.group, verdict, reason.to_owned())).collect();
        self.decide(scope, view, action, given).await
    }

    /// A plan that is to be decided, in groups.
    async fn handed_in(&self, scope: &Scope, id: u64, revision: OnRevision) -> Result<PlanView, Error> {
        let mut view = self.plan_at(scope, id, revision).await?;
        allowed(&view.plan, Act::Approve)?;
        // One that was handed in before groups were kept.
        if view.plan.groups.is_empty() {
            view.plan.groups = self.groups_of(&self.draft(scope, &view).await?).await?;
        }
        Ok(view)
    }

    /// The groups of a draft, none of them decided.
    pub(super) async fn groups_of(&self, draft: &SharedDraft) -> Result<Vec<Decided>, Error> {
        let draft = Arc::clone(draft);
        self.pool.run(move || grouped(&draft)).await
    }

    async fn decide(
        &self,
        scope: &Scope,
        view: PlanView,
        action: &'static str,
        given: Vec<Given>,
    ) -> Result<PlanView, Error> {
        let mut plan = view.plan.clone();
        not_own(&view, scope)?;
        if !scope.covers_all(Permission::ApprovePlans) {
            let draft = self.draft(scope, &view).await?;
            let (before, after) = (draft.base.snapshot.partition(), draft.partition());
            of_parts([before, after], &Delta::between(before, after))?;
        }
        for (number, verdict, reason) in given {
            let Some(group) = plan.groups.iter_mut().find(|group| group.group == number) else { continue };
            within(scope, &group.units)?;
            group.decision = Some(decision(scope, verdict, reason));
        }
        plan.reviewer = author(scope);
        plan.reason.clear();
        let id = plan.id;
        match outcome(&plan.groups) {
            Outcome::Open => {}
            Outcome::Approved => plan.status = Status::Approved,
            Outcome::Returned(reason) => (plan.status, plan.reason) = (Status::Rejected, reason),
            Outcome::Divided(returned, reason) => {
                let view = self.divide(scope, &view, plan, (returned, reason)).await?;
                return self.decided(scope, action, view).await;
            }
        }
        let written = self.contact.note(self.store.put_plan(plan, None).await)?;
        let view = self.decided(scope, action, self.written(written, id).await?).await?;
        // Where it cannot be made, the publish does it or says why.
        if view.plan.status == Status::Approved
            && let Ok(draft) = self.draft(scope, &view).await
        {
            prepare(draft);
        }
        Ok(view)
    }

    /// Takes the edits that were returned out of a plan, which is approved without them, and makes them one of their own.
    async fn divide(
        &self,
        scope: &Scope,
        view: &PlanView,
        mut plan: Plan,
        (returned, reason): (Vec<u64>, String),
    ) -> Result<PlanView, Error> {
        let (id, draft) = (plan.id, self.draft(scope, view).await?);
        let all = view.plan.edits(&view.records);
        let (gone, stay): (Vec<Recorded>, Vec<Recorded>) =
            all.into_iter().partition(|edit| returned.contains(&edit.id));
        let rest = self.draft_on(Arc::clone(&draft.base), id, stay).await?;
        whole(&rest)?;
        as_reviewed(&draft, &rest)?;
        plan.steps.truncate(plan.done);
        plan.steps.extend(gone.iter().map(|edit| Step::Drop(edit.id)));
        plan.done = plan.steps.len();
        plan.touches = rest.touches();
        plan.status = Status::Approved;
        let unborn = self.contact.note(self.store.unborn(id).await)?;
        for _ in 0..ROUNDS {
            let new = self.returned(view, &draft, (gone.clone(), unborn.clone()), &reason).await?;
            match self.contact.note(self.store.divide_plan(plan.clone(), new).await)? {
                Written::Taken => {}
                written => return self.written(written, id).await,
            }
        }
        Err(Error::Busy("others are drawing the same codes at the same time; try again".into()))
    }

    /// The plan that edits become which were returned.
    async fn returned(
        &self,
        view: &PlanView,
        draft: &SharedDraft,
        (gone, unborn): (Vec<Recorded>, BTreeSet<Uid>),
        reason: &str,
    ) -> Result<NewDraft, Error> {
        let mut pool = self.contact.note(self.store.unused().await)?;
        let authors = authors_of(view, &gone);
        let base = Arc::clone(&draft.base);
        let again = move || {
            let before = base.snapshot.partition();
            let (edits, after) = anew(before, &gone, &unborn, &mut pool)?;
            Ok::<_, Refused>((edits, touched_codes(before, &after)))
        };
        let (edits, touches) = self.pool.run(again).await?.map_err(Error::Refused)?;
        let edits = edits.into_iter().zip(authors);
        Ok(NewDraft {
            plan: returned_plan(&view.plan, reason),
            document: view.plan.document.clone(),
            effective_from: view.plan.effective_from,
            edits: edits.map(|((edit, drawn), author)| PlanEdit { edit, drawn, author }).collect(),
            touches,
        })
    }
}

/// What is decided now.
pub(super) fn decision(scope: &Scope, verdict: Verdict, reason: String) -> Decision {
    let now = Timestamp::now();
    let at = now.round(jiff::Unit::Millisecond).unwrap_or(now);
    Decision { verdict, by: author(scope), at, reason }
}

/// Verdicts on groups that are there, each once, with a reason where they go back.
fn checked(groups: &[Decided], verdicts: Verdicts) -> Result<Vec<Given>, Error> {
    let Verdicts { approve, send_back } = verdicts;
    let mut seen = BTreeSet::new();
    let mut given = Vec::new();
    let yes = approve.into_iter().map(|group| ("approve", (group, Verdict::Approved, String::new())));
    let no = send_back.into_iter().map(|(group, reason)| ("return", (group, Verdict::Returned, reason)));
    for (field, (group, verdict, reason)) in yes.chain(no) {
        let bad = |detail: String| Err(Error::Bad { field, detail });
        if !groups.iter().any(|known| known.group == group) {
            let known: Vec<String> = groups.iter().map(|known| known.group.to_string()).collect();
            return bad(format!("expected groups of the plan ({}), found {group}", known.join(", ")));
        }
        if !seen.insert(group) {
            return bad(format!("expected each group once, found {group} twice"));
        }
        if verdict == Verdict::Returned && reason.trim().is_empty() {
            return bad(format!("expected a reason why group {group} goes back, found none"));
        }
        check_words(field, &reason, NOTE)?;
        given.push((group, verdict, reason));
    }
    if given.is_empty() {
        let detail = "expected a group to approve or to return at least, found none".into();
        return Err(Error::Bad { field: "approve", detail });
    }
    Ok(given)
}

/// That a caller approves plans in some units.
fn within(scope: &Scope, units: &[Code]) -> Result<(), Error> {
    match units.iter().find(|code| !scope.covers(Permission::ApprovePlans, code)) {
        Some(code) if !scope.covers_all(Permission::ApprovePlans) => {
            Err(Error::Forbidden(format!("expected groups within your area, found one that changes {code}")))
        }
        _ => Ok(()),
    }
}

/// That the edits of a draft do there what they do in a longer one.
fn as_reviewed(draft: &Draft, rest: &Draft) -> Result<(), Error> {
    let reviewed = |edit: &Recorded| -> Option<&Delta> {
        draft.edits.iter().zip(&draft.deltas).find(|(other, _)| other.id == edit.id).map(|(_, delta)| delta)
    };
    match rest.edits.iter().zip(&rest.deltas).find(|(edit, delta)| reviewed(edit) != Some(delta)) {
        None => Ok(()),
        Some((edit, _)) => Err(Error::Conflict(format!(
            "edit {} does something else without those that go back: decide the same of both",
            edit.id
        ))),
    }
}

fn grouped(draft: &Draft) -> Vec<Decided> {
    let (before, after) = (draft.base.snapshot.hierarchy(), &draft.partition().hierarchy);
    let codes = |uid| {
        let unit = move |hierarchy: &'_ crate::unit::Hierarchy| {
            hierarchy.by_uid(uid).map(|unit| hierarchy.unit(unit).code.clone())
        };
        unit(before).into_iter().chain(unit(after))
    };
    let found = groups(before, &draft.edits, &draft.deltas).into_iter().map(|group| {
        let units: BTreeSet<Code> = group.units.iter().flat_map(|&uid| codes(uid)).collect();
        Decided { group: group.id, edits: group.edits, units: units.into_iter().collect(), decision: None }
    });
    found.collect()
}

/// Who gave each of some edits.
fn authors_of(view: &PlanView, edits: &[Recorded]) -> Vec<String> {
    let listed = view.plan.listed();
    let author = |edit: &Recorded| {
        let record = listed.iter().find(|(id, _)| *id == edit.id).map(|(_, record)| *record);
        let found = view.records.iter().find(|of| Some(of.record) == record);
        found.map_or_else(|| view.plan.author.clone(), |of| of.author.clone())
    };
    edits.iter().map(author).collect()
}

/// The plan that edits of another become, of the same author.
fn returned_plan(plan: &Plan, reason: &str) -> NewPlan {
    let suffix = format!("（{RETURNED}）");
    let room = TITLE - suffix.chars().count();
    let title = plan.title.chars().take(room).chain(suffix.chars()).collect();
    let note = format!("{RETURNED}：{reason}\n{}", plan.note);
    NewPlan {
        title,
        note: note.trim_end().chars().take(NOTE).collect(),
        base: plan.base,
        account: plan.account,
        author: plan.author.clone(),
    }
}

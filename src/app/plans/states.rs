//! A plan's way: described, submitted, approved or rejected, based anew.

use std::sync::Arc;

use jiff::civil::Date;
use serde_json::json;

use super::decide::decision;
use super::draft::prepare;
use super::edits::{may_draft, of_parts, whole};
use super::{Draft, NOTE, OnRevision, PlanView, TITLE, author, check_words, is_same, require};
use crate::access::audit::Outcome;
use crate::access::{Permission, Scope, Who};
use crate::app::identity::Act as Record;
use crate::app::{App, Error, Served, When};
use crate::coverage::Partition;
use crate::plan::{Act, Conflict, Decided, Delta, Pool, Status, Verdict, conflicts};
use crate::store::Plan;
use crate::unit::{Hierarchy, Uid};

/// What is to be said of a plan, in the place of what was; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct PlanWords {
    /// What it is called.
    pub title: Option<String>,
    /// What it is for.
    pub note: Option<String>,
    /// The document it rests on.
    pub document: Option<String>,
    /// From which day it is to hold; `Some(None)`: from the day of its publishing.
    pub effective_from: Option<Option<Date>>,
}

impl App {
    /// Says something else of a plan that is not decided.
    ///
    /// # Errors
    /// [`Error::Bad`] for words that cannot be; [`Error::Conflict`] where it is decided; [`Error::Stale`].
    pub async fn describe_plan(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        words: PlanWords,
    ) -> Result<PlanView, Error> {
        require(scope, Permission::DraftPlans)?;
        let view = self.plan_at(scope, id, revision).await?;
        self.may_change(scope, &view).await?;
        let mut plan = view.plan;
        plan.status = allowed(&plan, Act::Edit)?;
        let set = |field: &'static str, to: &mut String, words: Option<String>, most: usize| match words {
            Some(words) => check_words(field, &words, most).map(|()| *to = words),
            None => Ok(()),
        };
        set("title", &mut plan.title, words.title, TITLE)?;
        set("note", &mut plan.note, words.note, NOTE)?;
        set("document", &mut plan.document, words.document, TITLE)?;
        plan.effective_from = words.effective_from.unwrap_or(plan.effective_from);
        let written = self.contact.note(self.store.put_plan(plan, None).await)?;
        self.written(written, id).await
    }

    /// Hands a plan in.
    ///
    /// # Errors
    /// [`Error::Conflict`] for one without edits, or that is no draft; [`Error::Stale`].
    pub async fn submit_plan(&self, scope: &Scope, id: u64, revision: OnRevision) -> Result<PlanView, Error> {
        require(scope, Permission::DraftPlans)?;
        let view = self.plan_at(scope, id, revision).await?;
        let mut plan = view.plan.clone();
        plan.status = allowed(&plan, Act::Submit)?;
        if plan.edits(&view.records).is_empty() {
            return Err(Error::Conflict("expected a plan with at least one edit, found none".into()));
        }
        let draft = self.draft(scope, &view).await?;
        whole(&draft)?;
        may_draft(scope, &draft)?;
        plan.groups = self.groups_of(&draft).await?;
        plan.reason.clear();
        let written = self.contact.note(self.store.put_plan(plan, None).await)?;
        let view = self.decided(scope, "plan.submit", self.written(written, id).await?).await?;
        prepare(draft);
        Ok(view)
    }

    /// Says yes to all of a plan of others' that is not decided yet, in every unit that it touches.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for one's own, or beyond what the caller approves; [`Error::Conflict`]; [`Error::Stale`].
    pub async fn approve_plan(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
    ) -> Result<PlanView, Error> {
        require(scope, Permission::ApprovePlans)?;
        self.decide_rest(scope, (id, revision), "plan.approve", (Verdict::Approved, "")).await
    }

    /// Sends back, with a reason, what is not decided yet of a plan that was handed in, or all of one that was approved.
    ///
    /// # Errors
    /// [`Error::Bad`] without a reason; as [`Self::approve_plan`].
    pub async fn reject_plan(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        reason: String,
    ) -> Result<PlanView, Error> {
        check_words("reason", &reason, NOTE)?;
        if reason.trim().is_empty() {
            return Err(Error::Bad { field: "reason", detail: "expected a reason, found none".into() });
        }
        require(scope, Permission::ApprovePlans)?;
        let view = self.plan_at(scope, id, revision).await?;
        if view.plan.status == Status::Submitted {
            return self
                .decide_rest(scope, (id, revision), "plan.reject", (Verdict::Returned, &reason))
                .await;
        }
        let mut plan = view.plan.clone();
        plan.status = allowed(&plan, Act::Reject)?;
        may_judge(scope, Permission::ApprovePlans, &view, &*self.draft(scope, &view).await?)?;
        plan.reopen();
        for group in &mut plan.groups {
            group.decision = Some(decision(scope, Verdict::Returned, reason.clone()));
        }
        plan.reviewer = author(scope);
        plan.reason = reason;
        let written = self.contact.note(self.store.put_plan(plan, None).await)?;
        self.decided(scope, "plan.reject", self.written(written, id).await?).await
    }

    /// That a caller may change what is said of a plan, and its files: whoever drafts plans in all that it touches; where it
    /// touches nothing yet, its author or who drafts plans everywhere.
    pub(super) async fn may_change(&self, scope: &Scope, view: &PlanView) -> Result<(), Error> {
        let draft = self.draft(scope, view).await?;
        let nothing = draft.touches().is_empty();
        if nothing && !is_same(&view.plan, scope) && !scope.covers_all(Permission::DraftPlans) {
            return Err(Error::Forbidden(
                "expected a plan of your own, found another's without edits".into(),
            ));
        }
        may_draft(scope, &draft)
    }

    /// A plan as it is now, with a record of what was decided of it.
    pub(super) async fn decided(
        &self,
        scope: &Scope,
        action: &'static str,
        view: PlanView,
    ) -> Result<PlanView, Error> {
        let Plan { id, revision, status, reason, published, groups, returned_as, .. } = &view.plan;
        let verdict = |group: &Decided| json!([group.group, group.decision.as_ref().map(|d| d.verdict)]);
        let after = json!({
            "revision": revision, "status": status.as_str(), "reason": reason, "version": published,
            "groups": groups.iter().map(verdict).collect::<Vec<_>>(), "returned_as": returned_as,
        });
        let act = Record::new(action, format!("plan:{id}")).after(after);
        self.identity.record(scope, act, Outcome::Done).await?;
        Ok(view)
    }

    /// Puts a plan on the version served: the same edits, doing the same there.
    ///
    /// # Errors
    /// [`Error::Conflicts`] with every edit that others are in the way of; [`Error::Stale`].
    pub async fn rebase_plan(&self, scope: &Scope, id: u64, revision: OnRevision) -> Result<PlanView, Error> {
        require(scope, Permission::DraftPlans)?;
        let view = self.plan_at(scope, id, revision).await?;
        let mut plan = view.plan.clone();
        if matches!(plan.status, Status::Published) {
            return Err(Error::Conflict(
                "expected a plan that is not published yet, found one that is".into(),
            ));
        }
        self.may_change(scope, &view).await?;
        let now = self.served(scope, &When::Now).await?;
        if plan.base == now.record.number {
            return Ok(view);
        }
        let found = self.conflicts_with(scope, &view, &now).await?;
        if !found.is_empty() {
            return Err(Error::Conflicts(found));
        }
        plan.base = now.record.number;
        let written = self.contact.note(self.store.put_plan(plan, None).await)?;
        self.written(written, id).await
    }

    /// Where a plan's edits do something else on a version than on its base.
    pub(super) async fn conflicts_with(
        &self,
        scope: &Scope,
        view: &PlanView,
        new: &Arc<Served>,
    ) -> Result<Vec<Conflict>, Error> {
        let old = self.served(scope, &When::Version(view.plan.base)).await?;
        let new = Arc::clone(new);
        if old.record.number == new.record.number {
            return Ok(Vec::new());
        }
        let edits = view.plan.edits(&view.records);
        let compare = move || {
            conflicts(old.snapshot.partition(), new.snapshot.partition(), &edits, &mut Pool::default())
        };
        self.pool.run(compare).await
    }
}

pub(super) fn allowed(plan: &Plan, act: Act) -> Result<Status, Error> {
    plan.status.after(act).ok_or_else(|| {
        let word = match act {
            Act::Edit => "edited",
            Act::Submit => "submitted",
            Act::Approve => "approved",
            Act::Reject => "rejected",
            Act::Schedule => "scheduled",
            Act::Publish => "published",
        };
        Error::Conflict(format!("a plan that is {} cannot be {word}", plan.status))
    })
}

/// That a caller is neither a plan's author nor that of an edit in it.
pub(super) fn not_own(view: &PlanView, scope: &Scope) -> Result<(), Error> {
    let is_somebody = matches!(scope.who(), Who::Account(..) | Who::Machine(_));
    let listed = view.plan.listed();
    let mut edits = view.records.iter().filter(|record| listed.iter().any(|(_, of)| *of == record.record));
    if is_same(&view.plan, scope) || is_somebody && edits.any(|record| record.author == author(scope)) {
        let detail = "expected somebody else than the author of the plan or of an edit in it";
        return Err(Error::Forbidden(detail.into()));
    }
    Ok(())
}

/// That a caller may judge a plan: not their own, and all that it touches.
pub(super) fn may_judge(
    scope: &Scope,
    permission: Permission,
    view: &PlanView,
    draft: &Draft,
) -> Result<(), Error> {
    not_own(view, scope)?;
    if scope.covers_all(permission) {
        return Ok(());
    }
    let (before, after) = (draft.base.snapshot.partition(), draft.partition());
    let delta = Delta::between(before, after);
    of_parts([before, after], &delta)?;
    let beyond = |partition: &Partition, uid: Uid| -> Option<String> {
        let hierarchy: &Hierarchy = &partition.hierarchy;
        let code = &hierarchy.unit(hierarchy.by_uid(uid)?).code;
        (!scope.covers(permission, code)).then(|| code.to_string())
    };
    for uid in delta.changed() {
        if let Some(code) = beyond(before, uid).or_else(|| beyond(after, uid)) {
            return Err(Error::Forbidden(format!(
                "expected a plan within your area, found one that changes {code}"
            )));
        }
    }
    Ok(())
}

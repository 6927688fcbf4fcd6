//! An approved plan becomes a version: at once, or by itself once its day has come.
//!
//! ```text
//! approved ─ replayed on the version served ─ the same deltas? nothing open? ─→ entered with the plan's state, in one transaction
//!     └ wait ─→ scheduled ─ its day: by whichever server is first ─↗      └ no: submitted again, and why
//! ```

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use super::edits::{ROUNDS, whole};
use super::states::{allowed, may_judge};
use super::{Draft, NOTE, OnRevision, PlanView, SharedDraft, author, check_words, require, stale};
use crate::access::audit::Outcome;
use crate::access::{Permission, Scope};
use crate::app::identity::Act as Record;
use crate::app::{App, Error, When, today};
use crate::plan::{Act, Open, Status};
use crate::store::{NewVersion, Plan, Saved, Scheduled, Uids, VersionRecord, Written};
use crate::unit::Uid;

/// A plan that became a version.
pub struct Release {
    /// The plan.
    pub view: PlanView,
    /// The version.
    pub version: VersionRecord,
    /// How many rows were written or closed.
    pub rows_changed: usize,
}

/// What is said of a plan that others were in the way of.
const OVERTAKEN: &str = "others changed what was reviewed";

impl App {
    /// Makes an approved plan a version, on the one served: all of it or nothing.
    ///
    /// # Errors
    /// [`Error::Conflicts`] where others changed what was reviewed: the plan goes back to submitted;
    /// [`Error::Unfinished`] where something is open; [`Error::Forbidden`]; [`Error::Stale`].
    pub async fn publish_plan(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        note: Option<String>,
    ) -> Result<Release, Error> {
        let view = self.to_publish(scope, (id, revision), Act::Publish, note.as_deref()).await?;
        let note = note.unwrap_or_else(|| note_of(&view.plan));
        self.release(scope, &view, (author(scope), note)).await
    }

    /// Lets an approved plan become a version by itself on the day from which it is to hold.
    ///
    /// # Errors
    /// [`Error::Bad`] where no day is named, or it has come; as [`Self::publish_plan`].
    pub async fn schedule_plan(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        note: Option<String>,
    ) -> Result<PlanView, Error> {
        let view = self.to_publish(scope, (id, revision), Act::Schedule, note.as_deref()).await?;
        let now = today();
        if view.plan.effective_from.is_none_or(|day| day <= now) {
            let found = view.plan.effective_from.map_or("none".to_owned(), |day| day.to_string());
            let detail = format!("expected a plan that is to hold from a day after {now}, found {found}");
            return Err(Error::Bad { field: "wait", detail });
        }
        self.ready(scope, &view).await?;
        let mut plan = view.plan.clone();
        plan.status = allowed(&plan, Act::Schedule)?;
        let (by, note) = (author(scope), note.unwrap_or_else(|| note_of(&plan)));
        let at = Timestamp::now().round(jiff::Unit::Millisecond).map_err(Error::internal)?;
        plan.scheduled = Some(Scheduled { by, at, note });
        let written = self.contact.note(self.store.put_plan(plan, None).await)?;
        self.decided(scope, "plan.schedule", self.written(written, id).await?).await
    }

    /// Publishes the plans whose day has come by then; several servers may do so at once, and one of them does each. A
    /// plan that cannot become a version goes back to submitted, with the reason.
    ///
    /// # Errors
    /// Where the store cannot be read or written: worth another try.
    pub async fn publish_due(&self, day: Date) -> Result<Vec<VersionRecord>, Error> {
        let mut published = Vec::new();
        for id in self.contact.note(self.store.due_plans(day).await)? {
            let view = self.known_plan(id).await?;
            let Some(Scheduled { by, note, .. }) = view.plan.scheduled.clone() else { continue };
            match self.release(&Scope::server(), &view, (by, note)).await {
                Ok(release) => published.push(release.version),
                Err(Error::Conflicts(_)) => {}
                Err(Error::Unfinished(found)) => {
                    self.send_back(&Scope::server(), &view, barred(&found)).await?;
                }
                Err(Error::Bad { detail, .. }) => {
                    self.send_back(&Scope::server(), &view, detail).await?;
                }
                // Another server was faster, or a version came in between: then the next round sees to it.
                Err(Error::Conflict(detail) | Error::Busy(detail) | Error::Stale { detail, .. }) => {
                    tracing::debug!(plan = id, detail);
                }
                Err(away @ Error::Away { .. }) => return Err(away),
                Err(error) => tracing::warn!(plan = id, %error, "a plan could not be published on its day"),
            }
        }
        Ok(published)
    }

    /// The plan, where a caller may publish it.
    async fn to_publish(
        &self,
        scope: &Scope,
        (id, revision): (u64, OnRevision),
        act: Act,
        note: Option<&str>,
    ) -> Result<PlanView, Error> {
        require(scope, Permission::PublishPlans)?;
        let view = self.plan_at(scope, id, revision).await?;
        allowed(&view.plan, act)?;
        check_words("note", note.unwrap_or_default(), NOTE)?;
        may_judge(scope, Permission::PublishPlans, &view, &*self.draft(scope, &view).await?)?;
        Ok(view)
    }

    /// A plan's draft on the version served, where it may become one.
    async fn ready(&self, scope: &Scope, view: &PlanView) -> Result<SharedDraft, Error> {
        self.catch_up_soon().await?;
        // What is compared is what is published: a version that comes in between makes the save stale.
        let base = self.served(scope, &When::Now).await?;
        let found = self.conflicts_with(scope, view, &base).await?;
        if !found.is_empty() {
            let back = self.send_back(scope, view, OVERTAKEN.to_owned()).await?;
            // What is in the way may be the plan itself, which somebody else has just published.
            return Err(if back {
                Error::Conflicts(found)
            } else {
                stale(&self.known_plan(view.plan.id).await?.plan)
            });
        }
        let draft = self.draft_on(base, view.plan.id, view.plan.edits(&view.records)).await?;
        whole(&draft)?;
        if draft.open.is_empty() { Ok(draft) } else { Err(Error::Unfinished(named(&draft))) }
    }

    async fn release(
        &self,
        scope: &Scope,
        view: &PlanView,
        (author, note): (String, String),
    ) -> Result<Release, Error> {
        let plan = &view.plan;
        for _ in 0..ROUNDS {
            let draft = self.ready(scope, view).await?;
            let base = Arc::clone(&draft.base);
            let known = Arc::clone(&draft);
            let changes = self.pool.run(move || known.changes()).await?;
            let new = NewVersion {
                partition: draft.snapshot.shared_partition(),
                uids: Uids::Kept,
                base: Some(base.record.number),
                effective_from: day(plan, &base.record)?,
                author: author.clone(),
                note: note.clone(),
                document: plan.document.clone(),
                settings: Vec::new(),
                plan: Some((plan.id, plan.revision)),
                changes,
            };
            // Where others were faster, it is looked at again whether that is in its way.
            if let Some(saved) = self.enter_next(&base, new, &draft.snapshot).await? {
                return self.released(scope, plan.id, saved).await;
            }
        }
        let detail = "expected the version that it was looked at on, found that others published one each time; try again";
        Err(Error::Conflict(detail.into()))
    }

    /// A version that was saved and is served: a record of it, and word to all.
    async fn released(&self, scope: &Scope, id: u64, saved: Saved) -> Result<Release, Error> {
        let recorded = async { self.decided(scope, "plan.publish", self.known_plan(id).await?).await }.await;
        // The others are told, and what can wait is built, once whoever publishes need not wait for that.
        self.go_on();
        let view = recorded?;
        Ok(Release { view, version: saved.version, rows_changed: saved.rows_changed })
    }

    /// Hands a plan in again that could not become a version; `false`, and nothing done, where it was changed meanwhile.
    async fn send_back(&self, scope: &Scope, view: &PlanView, reason: String) -> Result<bool, Error> {
        let mut back = view.plan.clone();
        let waited = back.status == Status::Scheduled;
        back.status = Status::Submitted;
        back.reopen();
        back.reason = reason;
        let written = self.contact.note(self.store.put_plan(back, None).await)?;
        let Written::Done(plan) = written else { return Ok(false) };
        let Plan { id, reason, .. } = *plan;
        if waited {
            tracing::warn!(plan = id, reason, "a plan could not be published on its day");
        }
        let after = json!({ "status": Status::Submitted.as_str(), "reason": reason });
        let act = Record::new("plan.publish", format!("plan:{id}")).after(after);
        self.identity.record(scope, act, Outcome::Refused).await?;
        Ok(true)
    }
}

/// The day from which a plan is to hold as the version after another: its own, or today. A version holds what those before
/// it do, so none can hold from an earlier day than those.
fn day(plan: &Plan, base: &VersionRecord) -> Result<Date, Error> {
    let VersionRecord { number, effective_from: least, .. } = base;
    match plan.effective_from {
        Some(day) if day < *least => {
            let detail = format!(
                "expected a day not before {least}, from which version {number} is to hold and this with it, found {day}"
            );
            Err(Error::Bad { field: "effective_from", detail })
        }
        Some(day) => Ok(day),
        None => Ok(today().max(*least)),
    }
}

/// What a version is said to be for where nobody says it.
fn note_of(plan: &Plan) -> String {
    if plan.note.is_empty() { plan.title.clone() } else { plan.note.clone() }
}

/// What is open, in words.
fn barred(found: &[(Open, Option<String>)]) -> String {
    let one = |(open, code): &(Open, Option<String>)| {
        format!("{} {}", open.kind.as_str(), code.as_deref().unwrap_or_default())
    };
    let all: Vec<String> = found.iter().map(one).collect();
    format!("it could not be published on its day: {}", all.join(", "))
}

/// What is open, with the codes of its units.
fn named(draft: &Draft) -> Vec<(crate::plan::Open, Option<String>)> {
    let hierarchy = &draft.partition().hierarchy;
    let code = |uid: Uid| hierarchy.by_uid(uid).map(|unit| hierarchy.unit(unit).code.to_string());
    draft.open.iter().map(|open| (open.clone(), code(open.uid))).collect()
}

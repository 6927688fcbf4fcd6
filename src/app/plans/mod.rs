//! Plans: drafts of the next version, edited, reviewed and published.
//!
//! ```text
//! plan ─ its edits replayed on its base ─→ draft, kept for a while ─ one more edit ─→ written, if the plan is still as it was
//! approved ─ replayed on the version served ─ the same deltas? nothing open? ─→ entered as a version, with the plan, at once
//! ```
//!
//! | file | what |
//! |---|---|
//! | `draft` | a plan's partition, and what each edit did |
//! | `edits` | edits tried, added, replaced, dropped, undone and done again |
//! | `bulk` | many edits at once: an older version, a file |
//! | `suggest` | ways to split and regroup |
//! | `filter` | which leaves are split, by a number |
//! | `fill` | a plan filled with the best splits of them, as a job |
//! | `jobs` | the jobs, as far as they are |
//! | `states` | submitted, approved, rejected, based anew |
//! | `publish` | a version, at once or on its day |
//! | `decide` | what is decided of a plan, group by group |
//! | `attachments` | files that lie with a plan |
//! | `review` | what a plan does, before and after |

mod attachments;
mod bulk;
mod decide;
mod draft;
mod edits;
mod fill;
mod filter;
mod jobs;
mod publish;
mod review;
mod states;
mod suggest;

use std::sync::Arc;

use super::{App, Error, excerpt};
use crate::access::{AccountId, Permission, Scope, Who};
use crate::store::{Attachment, NewPlan, Plan, PlanRecord, Written};

pub use attachments::Sent;
pub use bulk::{Filed, FromFile};
pub use decide::Verdicts;
pub use draft::{Draft, Drafts};
pub use edits::{Edited, Made, Tried};
pub use fill::Asked;
pub use filter::Filter;
pub use jobs::{Fill, FillState, Fills, Split};
pub use publish::Release;
pub use review::{Measured, Review, UnitReview};
pub use states::PlanWords;
pub use suggest::{Ways, Wish};

/// The most characters of a title and of a note.
const TITLE: usize = 200;
const NOTE: usize = 4_000;

/// A plan with its edits as they are kept.
#[derive(Clone, Debug)]
pub struct PlanView {
    /// The plan.
    pub plan: Plan,
    /// Every edit it ever had.
    pub records: Vec<PlanRecord>,
    /// The files that lie with it.
    pub attachments: Vec<Attachment>,
}

/// Which state of a plan a change is made on: what its ETag said.
pub type OnRevision = Option<u64>;

impl App {
    /// Every plan, the newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; where the store cannot be read.
    pub async fn plans(&self, scope: &Scope) -> Result<Vec<Plan>, Error> {
        may_read(scope)?;
        let mut plans = self.contact.note(self.store.plans().await)?;
        plans.retain(|plan| sees(scope, plan));
        Ok(plans)
    }

    /// A plan.
    ///
    /// # Errors
    /// [`Error::Missing`]; as [`Self::plans`].
    pub async fn plan(&self, scope: &Scope, id: u64) -> Result<PlanView, Error> {
        may_read(scope)?;
        self.seen_plan(scope, id).await
    }

    async fn seen_plan(&self, scope: &Scope, id: u64) -> Result<PlanView, Error> {
        let view = self.known_plan(id).await?;
        if sees(scope, &view.plan) { Ok(view) } else { Err(no_plan(id)) }
    }

    async fn known_plan(&self, id: u64) -> Result<PlanView, Error> {
        let found = self.contact.note(self.store.plan(id).await)?;
        let (plan, records) = found.ok_or_else(|| no_plan(id))?;
        let attachments = self.files(&plan).await?;
        Ok(PlanView { plan, records, attachments })
    }

    /// Begins a plan on the version served.
    ///
    /// # Errors
    /// [`Error::Bad`] for a title or note that cannot be; [`Error::Forbidden`].
    pub async fn begin_plan(&self, scope: &Scope, title: String, note: String) -> Result<PlanView, Error> {
        let new = Self::new_plan(scope, title, note, self.version())?;
        let plan = self.contact.note(self.store.add_plan(new).await)?;
        Ok(PlanView { plan, records: Vec::new(), attachments: Vec::new() })
    }

    fn new_plan(scope: &Scope, title: String, note: String, base: u64) -> Result<NewPlan, Error> {
        require(scope, Permission::DraftPlans)?;
        check_words("title", &title, TITLE)?;
        check_words("note", &note, NOTE)?;
        if title.trim().is_empty() {
            return Err(Error::Bad { field: "title", detail: "expected a title, found none".into() });
        }
        Ok(NewPlan { title, note, base, account: scope.account(), author: author(scope) })
    }

    /// The plan at the revision that a change is made on: 404, then 428, then 412.
    async fn plan_at(&self, scope: &Scope, id: u64, revision: OnRevision) -> Result<PlanView, Error> {
        let view = self.seen_plan(scope, id).await?;
        match revision {
            None => Err(Error::Unconditional(format!(
                "expected If-Match with the plan's ETag, \"{}\", found none",
                view.plan.revision
            ))),
            Some(asked) if asked != view.plan.revision => Err(stale(&view.plan)),
            Some(_) => Ok(view),
        }
    }

    async fn written(&self, written: Written, id: u64) -> Result<PlanView, Error> {
        match written {
            Written::Done(_) => self.known_plan(id).await,
            Written::Stale | Written::Taken => Err(stale(&self.known_plan(id).await?.plan)),
        }
    }
}

fn no_plan(id: u64) -> Error {
    Error::Missing(format!("there is no plan {id}"))
}

/// Whether a caller may know of a plan: their own, and those of which they may see every unit.
fn sees(scope: &Scope, plan: &Plan) -> bool {
    scope.sees_all() || is_same(plan, scope) || plan.touches.iter().all(|code| scope.sees(code))
}

fn stale(plan: &Plan) -> Error {
    let detail = format!("plan {} is at revision {} by now: look at it again", plan.id, plan.revision);
    Error::Stale { detail, current: plan.revision }
}

/// Whoever drafts, approves or publishes plans, anywhere, may read them.
fn may_read(scope: &Scope) -> Result<(), Error> {
    let any = [Permission::DraftPlans, Permission::ApprovePlans, Permission::PublishPlans];
    if any.into_iter().any(|permission| scope.has(permission)) {
        return Ok(());
    }
    require(scope, Permission::DraftPlans)
}

fn require(scope: &Scope, permission: Permission) -> Result<(), Error> {
    if scope.has(permission) {
        return Ok(());
    }
    Err(Error::Forbidden(format!("expected a caller who may {}", permission.what())))
}

/// Who gives an edit, as plans keep it.
fn author(scope: &Scope) -> String {
    scope.who().to_string()
}

fn check_words(field: &'static str, words: &str, most: usize) -> Result<(), Error> {
    if words.chars().count() <= most && !words.chars().any(|c| c.is_control() && c != '\n') {
        return Ok(());
    }
    let detail = format!("expected at most {most} characters, found {:?}", excerpt(words));
    Err(Error::Bad { field, detail })
}

/// Whether two callers are one.
fn is_same(plan: &Plan, scope: &Scope) -> bool {
    is_one((plan.account, &plan.author), scope)
}

fn is_one((account, name): (Option<AccountId>, &str), scope: &Scope) -> bool {
    match (account, scope.account()) {
        (Some(of), Some(caller)) => of == caller,
        _ => matches!(scope.who(), Who::Account(..) | Who::Machine(_)) && name == author(scope),
    }
}

/// A shared draft.
pub type SharedDraft = Arc<Draft>;

//! Plans: drafts of versions, their edits, and the codes and uids that these drew.
//!
//! ```text
//! plan at revision n ─ a change made on it ─→ still n? ─ edit, what it drew, steps ─ feed row ─→ revision n + 1
//!                                              └ no: nothing is done, and the caller looks again
//! ```
//!
//! An edit's record is never changed and never goes: what was dropped or replaced can be had back.

mod divide;
mod record;
mod sql;

pub use record::{NewDraft, NewPlan, Plan, PlanEdit, PlanRecord, Plans, Scheduled, Written};

pub(super) use sql::{PutWhole, Whole, publish, reserved};

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Store, StoreError};
use crate::plan::Pool;
use crate::unit::{Code, Uid};

impl Store {
    /// Every plan, the newest first, without its edits.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn plans(&self) -> Result<Vec<Plan>, StoreError> {
        match self {
            Self::GeoPackage(store) => store.ask_plans(sql::All).await,
            Self::PostGis(store) => store.ask_plans(sql::All).await,
        }
    }

    /// A plan and every edit it ever had, as far as it is known.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn plan(&self, id: u64) -> Result<Option<(Plan, Vec<PlanRecord>)>, StoreError> {
        match self {
            Self::GeoPackage(store) => store.ask_plans(sql::One(id)).await,
            Self::PostGis(store) => store.ask_plans(sql::One(id)).await,
        }
    }

    /// Begins a plan, an empty draft at revision 1.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn add_plan(&self, new: NewPlan) -> Result<Plan, StoreError> {
        match self {
            Self::GeoPackage(store) => store.act_on_plans(sql::Add(new)).await,
            Self::PostGis(store) => store.act_on_plans(sql::Add(new)).await,
        }
    }

    /// Begins a plan with its edits, which touch units of these codes: all of it or nothing.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn add_whole_plan(
        &self,
        new: NewPlan,
        edits: Vec<PlanEdit>,
        touches: Vec<Code>,
    ) -> Result<Written, StoreError> {
        let deed = sql::AddWhole { new, edits, touches };
        match self {
            Self::GeoPackage(store) => store.act_on_plans(deed).await,
            Self::PostGis(store) => store.act_on_plans(deed).await,
        }
    }

    /// Puts a plan in the place of what it was at the revision before, with an edit that is new; nothing, where somebody
    /// else was faster.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn put_plan(&self, plan: Plan, edit: Option<PlanEdit>) -> Result<Written, StoreError> {
        self.put_plan_with(plan, edit.into_iter().collect()).await
    }

    /// The same with any number of edits that are new: all of them or none.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn put_plan_with(&self, plan: Plan, edits: Vec<PlanEdit>) -> Result<Written, StoreError> {
        let deed = sql::Put { plan, edits };
        match self {
            Self::GeoPackage(store) => store.act_on_plans(deed).await,
            Self::PostGis(store) => store.act_on_plans(deed).await,
        }
    }

    /// As [`Self::put_plan`], and some of its edits become a plan of their own: both or neither.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn divide_plan(&self, plan: Plan, new: NewDraft) -> Result<Written, StoreError> {
        let deed = divide::Divide { plan, new };
        match self {
            Self::GeoPackage(store) => store.act_on_plans(deed).await,
            Self::PostGis(store) => store.act_on_plans(deed).await,
        }
    }

    /// The plans whose day has come, by id.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn due_plans(&self, day: Date) -> Result<Vec<u64>, StoreError> {
        match self {
            Self::GeoPackage(store) => store.ask_plans(sql::Due(day)).await,
            Self::PostGis(store) => store.ask_plans(sql::Due(day)).await,
        }
    }

    /// The uids that a plan drew and no version has.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn unborn(&self, plan: u64) -> Result<BTreeSet<Uid>, StoreError> {
        match self {
            Self::GeoPackage(store) => store.ask_plans(divide::Unborn(plan)).await,
            Self::PostGis(store) => store.ask_plans(divide::Unborn(plan)).await,
        }
    }

    /// Which uids and codes were never used, by a version or by a plan.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn unused(&self) -> Result<Pool, StoreError> {
        match self {
            Self::GeoPackage(store) => store.ask_plans(sql::Unused).await,
            Self::PostGis(store) => store.ask_plans(sql::Unused).await,
        }
    }
}

/// A plan is at another revision than it was to be published at.
pub(super) fn changed((plan, revision): (u64, u64)) -> StoreError {
    StoreError::Refused(format!("plan {plan} was changed meanwhile: expected it at revision {revision}"))
}

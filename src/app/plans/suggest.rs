//! Ways to split a leaf and to regroup a unit's leaves.

use super::edits::whole;
use super::{SharedDraft, require};
use crate::access::{Permission, Scope};
use crate::app::{App, Error};
use crate::crs::{Bounds, Point};
use crate::plan::{Pool, Refused, Way, Weight, regroup_ways, split_ways};
use crate::snapshot::{Measure, Snapshot};
use crate::unit::{Code, Owner, UnitIndex};

/// What is wanted.
#[derive(Clone, Debug)]
pub enum Wish {
    /// A leaf split into so many.
    Split(Code, usize),
    /// The leaves of a unit made so many.
    Regroup(Code, usize),
}

/// Ways, the best first.
pub struct Ways {
    /// At most three.
    pub ways: Vec<Way>,
    /// What they balance.
    pub weight: Weight,
}

impl App {
    /// The best ways to do something to a plan's draft; nothing is kept of them. Without a weight households are
    /// balanced where any are known.
    ///
    /// # Errors
    /// [`Error::Refused`] where there is none, and why; [`Error::Forbidden`] for a unit in which the caller drafts no
    /// plans; as [`Self::plan`].
    pub async fn suggest(
        &self,
        scope: &Scope,
        id: u64,
        wish: Wish,
        weight: Option<Weight>,
    ) -> Result<Ways, Error> {
        require(scope, Permission::DraftPlans)?;
        let view = self.seen_plan(scope, id).await?;
        // The answer counts households: where the caller could not make the edits, that is not theirs to know.
        let (Wish::Split(code, _) | Wish::Regroup(code, _)) = &wish;
        if !scope.covers(Permission::DraftPlans, code) {
            return Err(Error::Forbidden(format!("expected a unit in which you draft plans, found {code}")));
        }
        let draft = self.draft(scope, &view).await?;
        whole(&draft)?;
        self.with_dwellings(&draft.base).await?;
        let weight = weight.unwrap_or_else(|| usual(&draft));
        let pool = self.contact.note(self.store.unused().await)?;
        let find = move || match &wish {
            Wish::Split(code, parts) => splits(&draft, code, *parts, weight, &pool),
            Wish::Regroup(code, parts) => regroups(&draft, code, *parts, weight),
        };
        let ways = self.pool.run(find).await?.map_err(Error::Refused)?;
        Ok(Ways { ways, weight })
    }
}

/// Households where any are known, else the area.
pub(super) fn usual(draft: &SharedDraft) -> Weight {
    if draft.base.snapshot.features().has_dwellings() { Weight::Households } else { Weight::Area }
}

fn unit(snapshot: &Snapshot, code: &Code) -> Result<UnitIndex, Refused> {
    snapshot.hierarchy().by_code(code).ok_or_else(|| Refused::missing(code))
}

fn splits(
    draft: &SharedDraft,
    code: &Code,
    parts: usize,
    weight: Weight,
    pool: &Pool,
) -> Result<Vec<Way>, Refused> {
    let snapshot = &draft.snapshot;
    let leaf = unit(snapshot, code)?;
    split_ways(snapshot.partition(), leaf, parts, weight, &dwellings_in(snapshot, leaf), pool)
}

fn regroups(draft: &SharedDraft, code: &Code, parts: usize, weight: Weight) -> Result<Vec<Way>, Refused> {
    let snapshot = &draft.snapshot;
    let parent = unit(snapshot, code)?;
    let households = |&unit: &UnitIndex| Measure::Households.of(snapshot.counts(), snapshot.facts(), unit);
    let households: Vec<f64> = snapshot.hierarchy().children(parent).iter().map(households).collect();
    let published = draft.base.snapshot.hierarchy();
    regroup_ways(snapshot.partition(), parent, parts, weight, &households, published)
}

/// The dwellings of a leaf.
pub(super) fn dwellings_in(snapshot: &Snapshot, leaf: UnitIndex) -> Vec<(Point, u32)> {
    let Some(owner) = snapshot.hierarchy().owner_of(leaf) else { return Vec::new() };
    let bounds: Bounds = snapshot.facts().unit(leaf).bounds;
    let near = snapshot.features().dwellings().unwrap_or_default().iter().filter(|d| bounds.contains(d.0));
    let (places, weights): (Vec<Point>, Vec<u32>) = near.copied().unzip();
    let mut owners = vec![Owner::OUTSIDE; places.len()];
    snapshot.locator().owners_into(&places, &mut owners);
    let all = places.into_iter().zip(weights).zip(owners);
    all.filter(|&(_, of)| of == owner).map(|(dwelling, _)| dwelling).collect()
}

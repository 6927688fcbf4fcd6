//! Ways to split a leaf and to regroup a unit's leaves, and a plan filled with the best of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::edits::{to_edit, whole};
use super::{OnRevision, PlanView, SharedDraft, require};
use crate::access::{Permission, Scope};
use crate::app::{App, Error, excerpt};
use crate::crs::{Bounds, Point};
use crate::plan::{Pool, Refused, Way, Weight, regroup_ways, split_ways};
use crate::snapshot::{Measure, Snapshot};
use crate::unit::{Code, Owner, UnitIndex};

/// The most leaves that one call fills a plan with.
const MOST_FILLED: usize = 40;

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

/// Leaves by a number: `households>500`, `area_km2>=2.5`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Filter {
    measure: Measure,
    above: f64,
    or_equal: bool,
}

/// A plan that was filled.
pub struct Filled {
    /// The plan.
    pub view: PlanView,
    /// Leaves that were split, with the edits that do it and how far their parts are from the mean.
    pub done: Vec<(Code, Vec<u64>, f64)>,
    /// Leaves for which there is no way, and why.
    pub none: Vec<(Code, String)>,
    /// How many more leaves there are: ask again.
    pub left: usize,
}

impl Filter {
    /// # Errors
    /// What was expected, where the text is no filter.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad =
            || format!("expected a filter as households>500 or area_km2>=2.5, found {:?}", excerpt(text));
        let (name, number) = text.split_once('>').ok_or_else(bad)?;
        let (number, or_equal) = number.strip_prefix('=').map_or((number, false), |number| (number, true));
        let measure = match name.trim() {
            "households" => Measure::Households,
            "area_km2" => Measure::AreaKm2,
            "households_per_km2" => Measure::HouseholdsPerKm2,
            _ => return Err(bad()),
        };
        let above = number.trim().parse().ok().filter(|n: &f64| n.is_finite() && *n > 0.0).ok_or_else(bad)?;
        Ok(Self { measure, above, or_equal })
    }

    fn value(self, snapshot: &Snapshot, unit: UnitIndex) -> f64 {
        self.measure.of(snapshot.counts(), snapshot.facts(), unit)
    }

    fn takes(self, value: f64) -> bool {
        value > self.above || (self.or_equal && value >= self.above)
    }
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

    /// Splits every leaf that a filter takes in the best way, as edits of a plan: each can be dropped or changed as any
    /// other. Without a number of parts, into as few as are each within the filter when they balance.
    ///
    /// # Errors
    /// As [`Self::add_edit`].
    pub async fn fill_plan(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        (filter, parts, weight): (Filter, Option<usize>, Option<Weight>),
    ) -> Result<Filled, Error> {
        require(scope, Permission::DraftPlans)?;
        let mut view = self.plan_at(scope, id, revision).await?;
        to_edit(&view)?;
        let draft = self.draft(scope, &view).await?;
        whole(&draft)?;
        self.with_dwellings(&draft.base).await?;
        let weight = weight.unwrap_or_else(|| usual(&draft));
        let on = Arc::clone(&draft);
        let drafts = {
            let scope = scope.clone();
            move |code: &Code| scope.covers(Permission::DraftPlans, code)
        };
        let taken = self.pool.run(move || {
            let hierarchy = on.snapshot.hierarchy();
            let values = hierarchy.leaves().iter().map(|&leaf| (leaf, filter.value(&on.snapshot, leaf)));
            let taken = values.filter(|&(_, value)| filter.takes(value));
            let named = taken.map(|(leaf, value)| (hierarchy.unit(leaf).code.clone(), value));
            named.filter(|(code, _)| drafts(code)).collect::<Vec<_>>()
        });
        let taken = taken.await?;
        let (mut done, mut none) = (Vec::new(), Vec::new());
        let mut tried = 0;
        for (code, value) in &taken {
            if done.len() == MOST_FILLED {
                break;
            }
            tried += 1;
            let parts = parts.unwrap_or_else(|| ((value / filter.above).ceil() as usize).max(2));
            match self.suggest(scope, id, Wish::Split(code.clone(), parts), Some(weight)).await {
                Err(Error::Refused(refused)) => none.push((code.clone(), refused.to_string())),
                Err(error) => return Err(error),
                Ok(Ways { ways, .. }) => {
                    let Some(best) = ways.into_iter().next() else { continue };
                    let before = view.records.len();
                    view = self.follow_way(scope, view, &best).await?;
                    let edits = view.records[before..].iter().map(|record| record.record).collect();
                    done.push((code.clone(), edits, best.deviation));
                }
            }
        }
        Ok(Filled { view, done, none, left: taken.len() - tried })
    }
}

impl App {
    /// Adds the edits of a way. Others may have drawn its codes meanwhile: then it goes on with those that are drawn.
    async fn follow_way(&self, scope: &Scope, mut view: PlanView, way: &Way) -> Result<PlanView, Error> {
        let mut codes: BTreeMap<Code, Code> = BTreeMap::new();
        for suggested in &way.edits {
            let (id, revision) = (view.plan.id, view.plan.revision);
            let edited = self.add_edit(scope, id, Some(revision), suggested.renamed(&codes)).await?;
            let drawn = suggested.drawn.iter().zip(&edited.made.drawn);
            codes.extend(drawn.map(|(said, is)| (said.code.clone(), is.code.clone())));
            view = edited.view;
        }
        Ok(view)
    }
}

fn usual(draft: &SharedDraft) -> Weight {
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
    regroup_ways(snapshot.partition(), parent, parts, weight, &households)
}

/// The dwellings of a leaf.
fn dwellings_in(snapshot: &Snapshot, leaf: UnitIndex) -> Vec<(Point, u32)> {
    let Some(owner) = snapshot.hierarchy().owner_of(leaf) else { return Vec::new() };
    let bounds: Bounds = snapshot.facts().unit(leaf).bounds;
    let near = snapshot.features().dwellings().unwrap_or_default().iter().filter(|d| bounds.contains(d.0));
    let (places, weights): (Vec<Point>, Vec<u32>) = near.copied().unzip();
    let mut owners = vec![Owner::OUTSIDE; places.len()];
    snapshot.locator().owners_into(&places, &mut owners);
    let all = places.into_iter().zip(weights).zip(owners);
    all.filter(|&(_, of)| of == owner).map(|(dwelling, _)| dwelling).collect()
}

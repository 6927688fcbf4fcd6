//! What a plan does, before and after: unit by unit, and what goes from whom to whom.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{PlanView, SharedDraft};
use crate::access::Scope;
use crate::app::{App, Error, Served, When};
use crate::crs::{Polygon, length_m};
use crate::plan::{Decided, Delta, Move, moves};
use crate::snapshot::{Measure, Snapshot};
use crate::tiling::{self, Plane, Touched};
use crate::unit::{Code, Uid, UnitIndex};

/// A unit as it was or will be.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Its code.
    pub code: Code,
    /// Its name.
    pub name: String,
    /// Area in m², on the CGCS2000 ellipsoid.
    pub area_m2: f64,
    /// Households, by the dwellings that lie in it; `None` where no dwellings are known.
    pub households: Option<u64>,
    /// How many people answer for it or what is below it; `None` where the caller may not know, and where nobody asked.
    pub workers: Option<u64>,
    /// 4π × area ÷ perimeter² (Polsby–Popper): 1 for a circle.
    pub compactness: f64,
    /// In how many pieces it is.
    pub parts: usize,
}

/// A unit before and after; `None` where it is not there.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitReview {
    /// Its uid.
    pub uid: Uid,
    /// Name of its level.
    pub level: String,
    /// Before.
    pub before: Option<Measured>,
    /// After.
    pub after: Option<Measured>,
    /// How far its households, or its area where none are known, are from the mean of its parent's parts, as a share of
    /// that mean; before and after. For the lowest level.
    pub deviation: [Option<f64>; 2],
}

/// What a plan does.
pub struct Review {
    /// The plan.
    pub view: PlanView,
    /// Its draft.
    pub draft: SharedDraft,
    /// Every unit that it changes, upper levels first, then by code.
    pub units: Vec<UnitReview>,
    /// What goes from whom to whom.
    pub moves: Vec<Move>,
    /// Its edits in groups: as it was handed in, or as it would be.
    pub groups: Vec<Decided>,
}

impl App {
    /// What a plan does to its base.
    ///
    /// # Errors
    /// As [`Self::plan`].
    pub async fn review(&self, scope: &Scope, id: u64) -> Result<Review, Error> {
        let view = self.plan(scope, id).await?;
        let draft = self.draft(scope, &view).await?;
        self.with_dwellings(&draft.base).await?;
        let groups = if view.plan.groups.is_empty() {
            self.groups_of(&draft).await?
        } else {
            view.plan.groups.clone()
        };
        let hierarchies = [draft.base.snapshot.hierarchy(), draft.snapshot.hierarchy()];
        let workers = hierarchies.map(|hierarchy| self.workers(scope, hierarchy));
        let mut review = self.pool.run(move || reviewed(view, draft, groups)).await?;
        for unit in &mut review.units {
            for (measured, workers) in [&mut unit.before, &mut unit.after].into_iter().zip(&workers) {
                if let Some(measured) = measured {
                    measured.workers = workers.get(&unit.uid).copied();
                }
            }
        }
        Ok(review)
    }

    /// The tiles in which a draft differs from its base; `None` where every one may.
    ///
    /// # Errors
    /// Where the work was ended.
    pub async fn tiles_touched(&self, draft: &SharedDraft) -> Result<Option<Touched>, Error> {
        let draft = Arc::clone(draft);
        let compare = move || {
            let (before, after) = (draft.base.snapshot.atlas(), draft.snapshot.atlas());
            let differences = tiling::differences(before, after);
            tiling::touched(before, after, &differences, Plane::Wgs84)
        };
        self.pool.run(compare).await
    }

    /// The units of a draft that an edit touched, before and after it: `before` is the draft without it.
    ///
    /// # Errors
    /// Where the dwellings cannot be read.
    pub async fn effect(
        &self,
        draft: &SharedDraft,
        touched: &BTreeSet<Uid>,
    ) -> Result<Vec<UnitReview>, Error> {
        self.with_dwellings(&draft.base).await?;
        let (draft, touched) = (Arc::clone(draft), touched.clone());
        self.pool.run(move || units(&draft.base.snapshot, &draft.snapshot, &touched)).await
    }
}

impl App {
    /// What went from whom to whom between two versions, with both; of units that the caller may know of.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is no such version.
    pub async fn difference(
        &self,
        scope: &Scope,
        from: u64,
        to: u64,
    ) -> Result<([Arc<Served>; 2], Vec<Move>), Error> {
        let before = self.served(scope, &When::Version(from)).await?;
        let after = self.served(scope, &When::Version(to)).await?;
        let (old, new, scope) = (Arc::clone(&before), Arc::clone(&after), scope.clone());
        let compare = move || {
            let partitions = [old.snapshot.partition(), new.snapshot.partition()];
            let touched = Delta::between(partitions[0], partitions[1]).touched();
            let mut found = moves(partitions[0], partitions[1], &touched);
            let shows = |served: &Served, uid: Option<Uid>| {
                let unit = uid.and_then(|uid| served.snapshot.hierarchy().by_uid(uid));
                unit.is_none_or(|unit| served.shows(&scope, unit))
            };
            found.retain(|piece| shows(&old, piece.from) && shows(&new, piece.to));
            found
        };
        Ok(([before, after], self.pool.run(compare).await?))
    }
}

fn reviewed(view: PlanView, draft: SharedDraft, groups: Vec<Decided>) -> Review {
    let (before, after) = (&draft.base.snapshot, &draft.snapshot);
    let delta = Delta::between(before.partition(), after.partition());
    let touched = delta.touched();
    let moves = moves(before.partition(), after.partition(), &touched);
    let units = units(before, after, &touched);
    Review { view, draft, units, moves, groups }
}

/// Every unit that is touched or lies above one, before and after.
fn units(before: &Snapshot, after: &Snapshot, touched: &BTreeSet<Uid>) -> Vec<UnitReview> {
    let mut concerned: BTreeMap<Uid, u8> = BTreeMap::new();
    for snapshot in [before, after] {
        let hierarchy = snapshot.hierarchy();
        for unit in touched.iter().filter_map(|&uid| hierarchy.by_uid(uid)) {
            for above in hierarchy.chain(unit) {
                concerned.insert(hierarchy.unit(above).uid, hierarchy.unit(above).level);
            }
        }
    }
    let counted = before.features().has_dwellings();
    let mut found: Vec<UnitReview> = concerned
        .into_iter()
        .map(|(uid, level)| {
            let of = |snapshot: &Snapshot| {
                snapshot.hierarchy().by_uid(uid).map(|u| measured(snapshot, u, counted))
            };
            let deviation = |snapshot: &Snapshot| deviation(snapshot, uid, counted);
            UnitReview {
                uid,
                level: after.level_name(level).to_owned(),
                before: of(before),
                after: of(after),
                deviation: [deviation(before), deviation(after)],
            }
        })
        .collect();
    // Who lies beside what changes, or above it, and stays as it is says nothing.
    let words = |snapshot: &Snapshot, uid: Uid| {
        let hierarchy = snapshot.hierarchy();
        hierarchy.by_uid(uid).map(|unit| hierarchy.unit(unit).attributes.clone())
    };
    found.retain(|unit| unit.before != unit.after || words(before, unit.uid) != words(after, unit.uid));
    let place = |unit: &UnitReview| unit.after.as_ref().or(unit.before.as_ref()).map(|m| m.code.clone());
    found.sort_by_key(|unit| place(unit).map(|code| (code.digits(), code)));
    found
}

fn measured(snapshot: &Snapshot, unit: UnitIndex, counted: bool) -> Measured {
    let of = snapshot.hierarchy().unit(unit);
    let polygons = snapshot.partition().polygons_of(unit);
    let area_m2 = snapshot.facts().unit(unit).area_m2;
    let around = |ring: &[crate::crs::Point]| {
        let closed: Vec<_> = ring.iter().chain(ring.first()).copied().collect();
        length_m(&closed)
    };
    let perimeter: f64 = polygons.iter().flat_map(Polygon::rings).map(around).sum();
    let compactness =
        if perimeter > 0.0 { 4.0 * std::f64::consts::PI * area_m2 / (perimeter * perimeter) } else { 0.0 };
    Measured {
        code: of.code.clone(),
        name: of.name.clone(),
        area_m2,
        households: counted.then(|| households(snapshot, unit)),
        workers: None,
        compactness,
        parts: polygons.len(),
    }
}

fn households(snapshot: &Snapshot, unit: UnitIndex) -> u64 {
    Measure::Households.of(snapshot.counts(), snapshot.facts(), unit) as u64
}

fn deviation(snapshot: &Snapshot, uid: Uid, counted: bool) -> Option<f64> {
    let hierarchy = snapshot.hierarchy();
    let unit = hierarchy.by_uid(uid).filter(|&u| hierarchy.children(u).is_empty())?;
    let parts = hierarchy.children(hierarchy.parent(unit)?);
    let value = |unit: UnitIndex| {
        if counted { households(snapshot, unit) as f64 } else { snapshot.facts().unit(unit).area_m2 }
    };
    let mean = parts.iter().map(|&part| value(part)).sum::<f64>() / parts.len() as f64;
    (mean > 0.0).then(|| value(unit) / mean - 1.0)
}

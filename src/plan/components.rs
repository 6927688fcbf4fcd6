//! What differs between two partitions, in connected components: each can become so by itself.
//!
//! ```text
//!  a │ b │ c │ d      →     a │b │ c  │d       two: a and b, whose border moved, and c and d
//! ```
//!
//! Those on either side of a border that differs are of one component, where their own areas differ; so are a unit and its
//! parent where both are made, gone, renumbered, divided or whole again, and units that exchange their codes. So what a
//! component had together, it has together afterwards, and its units find their parents.

use std::collections::{BTreeMap, BTreeSet};

use super::apply::owners;
use super::delta::{Border, Delta};
use crate::coverage::Partition;
use crate::crs::Point;
use crate::unit::{Hierarchy, Uid};

/// Units and voids that change together.
#[derive(Debug, Default)]
pub struct Component {
    /// Leaves and voids whose areas differ.
    pub moved: BTreeSet<Uid>,
    /// Units that one of the two has alone, or that are numbered otherwise, or divided.
    pub restated: BTreeSet<Uid>,
}

/// What differs, by the lowest uid of each component.
pub fn components(now: &Partition, goal: &Partition) -> Vec<Component> {
    let delta = Delta::between(now, goal);
    let moved = delta.moved();
    let restated = restated(&now.hierarchy, &goal.hierarchy);
    let mut kin = Kin::default();
    let all = moved.iter().chain(&restated).copied();
    all.for_each(|uid| kin.add(uid));
    bordering(&delta, &moved, &mut kin);
    related([&now.hierarchy, &goal.hierarchy], &restated, &mut kin);
    if now.hierarchy.levels() != goal.hierarchy.levels() {
        kin.one();
    }
    let mut components: BTreeMap<Uid, Component> = BTreeMap::new();
    for uid in moved.union(&restated) {
        let component = components.entry(kin.root(*uid)).or_default();
        if moved.contains(uid) {
            component.moved.insert(*uid);
        }
        if restated.contains(uid) {
            component.restated.insert(*uid);
        }
    }
    components.into_values().collect()
}

/// Units that one of two trees has alone, that have another code, or have parts in one of them only.
fn restated(now: &Hierarchy, goal: &Hierarchy) -> BTreeSet<Uid> {
    let said = |hierarchy: &Hierarchy, uid: Uid| {
        let unit = hierarchy.by_uid(uid)?;
        Some((hierarchy.unit(unit).code.clone(), hierarchy.owner_of(unit).is_some()))
    };
    let all: BTreeSet<Uid> = now.units().iter().chain(goal.units()).map(|unit| unit.uid).collect();
    all.into_iter().filter(|&uid| said(now, uid) != said(goal, uid)).collect()
}

/// Joins those that share a border that differs. All whose outline differs are one: what one leaves another may take.
fn bordering(delta: &Delta, moved: &BTreeSet<Uid>, kin: &mut Kin) {
    let mut edges: BTreeMap<(Point, Point), Vec<Uid>> = BTreeMap::new();
    let mut outer: Vec<Uid> = Vec::new();
    for &(a, b, left, right) in delta.gone.iter().chain(&delta.made) {
        let sides = [left, right].into_iter().flatten().filter(|uid| moved.contains(uid));
        edges.entry((a, b)).or_default().extend(sides.clone());
        if left.is_none() || right.is_none() {
            outer.extend(sides);
        }
    }
    for uids in edges.values() {
        kin.join(uids);
    }
    let outline = |borders: &BTreeSet<Border>| {
        let outer = borders.iter().filter(|b| b.2.is_none() || b.3.is_none());
        outer.map(|&(a, b, ..)| (a, b)).collect::<BTreeSet<_>>()
    };
    if outline(&delta.gone) != outline(&delta.made) {
        kin.join(&outer);
    }
}

/// Joins units with their parents, and those that have one code after the other.
fn related(trees: [&Hierarchy; 2], restated: &BTreeSet<Uid>, kin: &mut Kin) {
    for &uid in restated {
        for hierarchy in trees {
            let Some(unit) = hierarchy.by_uid(uid) else { continue };
            let parent = hierarchy.parent(unit).map(|parent| hierarchy.unit(parent).uid);
            if let Some(parent) = parent.filter(|parent| restated.contains(parent)) {
                kin.join(&[uid, parent]);
            }
        }
    }
    let [now, goal] = trees;
    for unit in goal.units() {
        let had = now.by_code(&unit.code).map(|had| now.unit(had).uid);
        if let Some(had) = had.filter(|had| *had != unit.uid) {
            kin.join(&[had, unit.uid]);
        }
    }
}

/// Who belongs together.
#[derive(Default)]
struct Kin(BTreeMap<Uid, Uid>);

impl Component {
    /// Both as one.
    #[must_use]
    pub fn with(mut self, mut other: Self) -> Self {
        self.moved.append(&mut other.moved);
        self.restated.append(&mut other.restated);
        self
    }
}

impl Kin {
    fn add(&mut self, uid: Uid) {
        self.0.entry(uid).or_insert(uid);
    }

    /// Who stands for the kin of a uid.
    fn root(&mut self, uid: Uid) -> Uid {
        let mut at = uid;
        while let Some(&next) = self.0.get(&at).filter(|next| **next != at) {
            at = next;
        }
        self.0.insert(uid, at);
        at
    }

    fn join(&mut self, uids: &[Uid]) {
        for pair in uids.windows(2) {
            let [one, other] = [pair[0], pair[1]].map(|uid| self.root(uid));
            self.0.insert(one.max(other), one.min(other));
        }
    }

    fn one(&mut self) {
        let all: Vec<Uid> = self.0.keys().copied().collect();
        self.join(&all);
    }
}

/// Voids that one of two partitions has alone or that are called otherwise, and whose area is as it was.
pub fn renamed_voids(now: &Partition, goal: &Partition, components: &[Component]) -> Vec<Uid> {
    let moved = |uid: &Uid| components.iter().any(|component| component.moved.contains(uid));
    let there = owners(&goal.hierarchy);
    let name = |hierarchy: &Hierarchy, uid: Uid| {
        hierarchy.voids().iter().find(|void| void.uid == uid).map(|void| void.name.clone())
    };
    let all = now.hierarchy.owner_uids().into_iter().filter(|uid| there.contains_key(uid) && !moved(uid));
    all.filter(|&uid| name(&now.hierarchy, uid) != name(&goal.hierarchy, uid)).collect()
}

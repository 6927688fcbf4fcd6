//! The edits that make a partition another one: how an older version comes back, and how a file becomes a plan.
//!
//! ```text
//! units that are missing are made, from the top down, and put where they belong
//! borders that differ are drawn as they should be, group by group
//! units that should not be there are retired, from the bottom up; names and attributes follow
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::allot::{Allotment, Allotted, Pool};
use super::apply::{Refused, apply};
use super::edit::Edit;
use super::exact::groups;
use crate::coverage::Partition;
use crate::unit::{Attribute, Code, Hierarchy, Uid, UnitIndex};

/// An edit with what it draws.
pub type Step = (Edit, Vec<Allotted>);

struct Way<'a> {
    now: Partition,
    goal: &'a Partition,
    steps: Vec<Step>,
}

/// Edits that, done one after the other, make `base` into `goal`: the same uids, codes, names, attributes and borders,
/// to the vertex.
///
/// # Errors
/// [`Refused`] where no edits do: another outline, other levels or voids, codes that changed without a new parent.
pub fn toward(base: &Partition, goal: &Partition) -> Result<Vec<Step>, Refused> {
    if base.hierarchy.levels() != goal.hierarchy.levels() {
        return Err(Refused::new("expected the same levels, found others"));
    }
    let mut way = Way { now: base.clone(), goal, steps: Vec::new() };
    for level in 0..goal.hierarchy.levels().count() as u8 {
        way.make(level)?;
    }
    for areas in groups(&way.now, goal)? {
        way.go(Edit::Redraw { areas }, Vec::new())?;
    }
    way.retire()?;
    way.describe()?;
    let left = super::Delta::between(&way.now, goal);
    match left.touched().first() {
        None => Ok(way.steps),
        Some(uid) => {
            let detail = format!("expected what edits can bring about, found more at the unit of uid {uid}");
            Err(Refused::new(detail).of(code(&goal.hierarchy, *uid)))
        }
    }
}

impl Way<'_> {
    fn go(&mut self, edit: Edit, drawn: Vec<Allotted>) -> Result<(), Refused> {
        let mut none = Pool::default();
        self.now = apply(&self.now, &edit, Allotment::new(&drawn, &mut none))?.partition;
        self.steps.push((edit, drawn));
        Ok(())
    }

    /// The units of a level that are missing, and those that stand under another parent.
    fn make(&mut self, level: u8) -> Result<(), Refused> {
        let goal = &self.goal.hierarchy;
        for unit in goal.of_level(level) {
            let wanted = goal.unit(unit);
            let above = goal.parent(unit).map(|parent| goal.unit(parent).uid);
            let parent = above.and_then(|uid| code(&self.now.hierarchy, uid));
            let Some(found) = self.now.hierarchy.by_uid(wanted.uid) else {
                let drawn = vec![Allotted { uid: wanted.uid, code: wanted.code.clone() }];
                let own = parent.is_none().then(|| wanted.code.clone());
                let name = wanted.name.clone();
                self.go(Edit::CreateUnit { parent, name, code: own }, drawn)?;
                continue;
            };
            let hierarchy = &self.now.hierarchy;
            let stands = hierarchy.parent(found).map(|parent| hierarchy.unit(parent).uid);
            if let (Some(parent), true) = (parent, stands != above) {
                let drawn = self.codes_below(found);
                let unit = hierarchy.unit(found).code.clone();
                self.go(Edit::Assign { unit, parent }, drawn)?;
            }
        }
        Ok(())
    }

    /// The codes that a unit, and all below it, is to have, in the order in which they are drawn. What the goal has not
    /// keeps a code that fits nowhere, and is given another.
    fn codes_below(&self, unit: UnitIndex) -> Vec<Allotted> {
        let hierarchy = &self.now.hierarchy;
        let uid = hierarchy.unit(unit).uid;
        let wanted = code(&self.goal.hierarchy, uid);
        let own = Allotted { uid, code: wanted.unwrap_or_else(|| hierarchy.unit(unit).code.clone()) };
        let below = hierarchy.children(unit).iter().flat_map(|&child| self.codes_below(child));
        std::iter::once(own).chain(below).collect()
    }

    /// Units that should not be there, the lowest first.
    fn retire(&mut self) -> Result<(), Refused> {
        let stay: BTreeSet<Uid> = self.goal.hierarchy.units().iter().map(|unit| unit.uid).collect();
        let units = self.now.hierarchy.units().iter().filter(|unit| !stay.contains(&unit.uid));
        let mut gone: Vec<(u8, Code)> = units.map(|unit| (unit.level, unit.code.clone())).collect();
        gone.sort_unstable_by(|a, b| b.cmp(a));
        gone.into_iter().try_for_each(|(_, unit)| self.go(Edit::RetireUnit { unit }, Vec::new()))
    }

    /// Names and attributes.
    fn describe(&mut self) -> Result<(), Refused> {
        let goal = self.goal;
        for wanted in goal.hierarchy.units() {
            let Some(found) = self.now.hierarchy.by_uid(wanted.uid) else { continue };
            let has = self.now.hierarchy.unit(found).clone();
            if has.name != wanted.name {
                self.go(Edit::Rename { unit: has.code.clone(), name: wanted.name.clone() }, Vec::new())?;
            }
            let mut attributes: BTreeMap<String, Option<Attribute>> =
                has.attributes.keys().map(|name| (name.clone(), None)).collect();
            attributes
                .extend(wanted.attributes.iter().map(|(name, value)| (name.clone(), Some(value.clone()))));
            attributes.retain(|name, value| has.attributes.get(name) != value.as_ref());
            if !attributes.is_empty() {
                self.go(Edit::Set { unit: has.code, attributes }, Vec::new())?;
            }
        }
        Ok(())
    }
}

fn code(hierarchy: &Hierarchy, uid: Uid) -> Option<Code> {
    hierarchy.by_uid(uid).map(|unit| hierarchy.unit(unit).code.clone())
}

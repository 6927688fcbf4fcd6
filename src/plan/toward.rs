//! The edits that make a partition another one: how an older version comes back, and how a file becomes a plan.
//!
//! ```text
//! what differs ─ in groups that share nothing ─→ one redrawing each, with the units that are made, gone and renumbered
//! names and attributes of all others ─→ renamed and set, unit by unit
//! ```
//!
//! Groups share nothing, so what each is to be follows from the two partitions alone. Nothing is done here: whoever does the
//! edits one after the other has the goal, content hash and all.

use std::collections::BTreeMap;

use super::allot::Allotted;
use super::apply::owners;
use super::components::{Component, components, renamed_voids};
use super::edit::{Bordered, Edit, Redraw, Stated, Whose};
use super::regroup::{MOST_ATTRIBUTES, check_attribute, check_name};
use crate::coverage::Partition;
use crate::unit::{Attribute, Attributes, Code, Hierarchy, Uid, Unit};

/// An edit with what it draws.
pub type Step = (Edit, Vec<Allotted>);

/// More of a kind than this are one edit: nobody looks at them one by one.
const MOST: usize = 100;

/// Edits that, done one after the other, make `base` into `goal`: the same levels, codes, names, attributes and
/// borders, to the vertex.
#[must_use]
pub fn toward(base: &Partition, goal: &Partition) -> Vec<Step> {
    let mut components = components(base, goal);
    if components.len() > MOST {
        components = vec![components.into_iter().fold(Component::default(), Component::with)];
    }
    if components.is_empty() && base.hierarchy.levels() != goal.hierarchy.levels() {
        components.push(Component::default());
    }
    let voids = renamed_voids(base, goal, &components).into_iter();
    components.extend(voids.map(|uid| Component { moved: [uid].into(), ..Component::default() }));
    let redrawn = components.iter().map(|component| redraw(base, goal, component));
    redrawn.chain(words(base, goal, &components)).collect()
}

/// The borders and units of a component as they are to be.
fn redraw(base: &Partition, goal: &Partition, component: &Component) -> Step {
    let (before, after) = (&base.hierarchy, &goal.hierarchy);
    let mut wanted = Redraw::default();
    let mut drawn = Vec::new();
    if before.levels() != after.levels() {
        wanted.levels = Some(after.levels().clone());
    }
    for &uid in &component.restated {
        let was = unit(before, uid);
        let Some(is) = unit(after, uid) else {
            wanted.gone.extend(was.map(|was| was.code.clone()));
            continue;
        };
        if was.is_none_or(|was| was.code != is.code) {
            drawn.push(Allotted { uid, code: is.code.clone() });
        }
        wanted.units.push(stated(was.map(|was| was.code.clone()), is));
    }
    wanted.areas = component.moved.iter().filter_map(|&uid| bordered(base, goal, uid)).collect();
    (Edit::Redraw(wanted), drawn)
}

/// A leaf or a void with the area that it is to have; `None` for what is no leaf then.
fn bordered(base: &Partition, goal: &Partition, uid: Uid) -> Option<Bordered> {
    let hierarchy = &goal.hierarchy;
    let owner = owners(hierarchy).get(&uid).copied();
    let polygons = owner.map(|owner| goal.coverage.polygons(owner)).unwrap_or_default();
    let area = (!polygons.is_empty()).then(|| polygons.into());
    if let Some(leaf) = owner.and_then(|owner| hierarchy.leaf(owner)) {
        let code = hierarchy.unit(leaf).code.clone();
        return Some(Bordered { of: Whose::Unit(code), name: None, area });
    }
    let void = |hierarchy: &Hierarchy| hierarchy.voids().iter().find(|void| void.uid == uid).cloned();
    let (was, is) = (void(&base.hierarchy), void(hierarchy));
    let name = is.filter(|is| was.as_ref().is_none_or(|was| was.name != is.name)).map(|is| is.name);
    (was.is_some() || name.is_some()).then_some(Bordered { of: Whose::Void(uid), name, area })
}

/// Names and attributes of units that no component states.
fn words(base: &Partition, goal: &Partition, components: &[Component]) -> Vec<Step> {
    let stated_already = |uid: &Uid| components.iter().any(|component| component.restated.contains(uid));
    let differs = |is: &&Unit| {
        let was = unit(&base.hierarchy, is.uid);
        was.is_some_and(|was| was.name != is.name || was.attributes != is.attributes)
    };
    let units = goal.hierarchy.units().iter().filter(|is| !stated_already(&is.uid)).filter(differs);
    let pairs: Vec<(&Unit, &Unit)> =
        units.filter_map(|is| Some((unit(&base.hierarchy, is.uid)?, is))).collect();
    let whole = |units: Vec<Stated>| (Edit::Redraw(Redraw { units, ..Redraw::default() }), Vec::new());
    let own = |is: &Unit| stated(Some(is.code.clone()), is);
    if pairs.len() > MOST {
        return vec![whole(pairs.iter().map(|(_, is)| own(is)).collect())];
    }
    // Files once brought words that nobody may give by hand.
    let one = |&(was, is): &(&Unit, &Unit)| by_hand(was, is).unwrap_or_else(|| vec![whole(vec![own(is)])]);
    pairs.iter().flat_map(one).collect()
}

/// A unit renamed, and its attributes set; `None` where its words may not be given so.
fn by_hand(was: &Unit, is: &Unit) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    if was.name != is.name {
        check_name(&is.name).ok()?;
        steps.push((Edit::Rename { unit: is.code.clone(), name: is.name.clone() }, Vec::new()));
    }
    let attributes = changed(&was.attributes, &is.attributes);
    for (name, value) in &attributes {
        check_attribute(name, value.as_ref()).ok()?;
    }
    if !attributes.is_empty() {
        steps.push((Edit::Set { unit: is.code.clone(), attributes }, Vec::new()));
    }
    (is.attributes.len() <= MOST_ATTRIBUTES).then_some(steps)
}

/// What to set of some attributes so that they are others.
fn changed(was: &Attributes, is: &Attributes) -> BTreeMap<String, Option<Attribute>> {
    let mut attributes: BTreeMap<String, Option<Attribute>> =
        was.keys().map(|name| (name.clone(), None)).collect();
    attributes.extend(is.iter().map(|(name, value)| (name.clone(), Some(value.clone()))));
    attributes.retain(|name, value| was.get(name) != value.as_ref());
    attributes
}

fn unit(hierarchy: &Hierarchy, uid: Uid) -> Option<&Unit> {
    hierarchy.by_uid(uid).map(|unit| hierarchy.unit(unit))
}

fn stated(unit: Option<Code>, is: &Unit) -> Stated {
    Stated { unit, code: is.code.clone(), name: is.name.clone(), attributes: is.attributes.clone() }
}

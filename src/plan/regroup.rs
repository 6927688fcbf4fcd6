//! The commands that change units: merge, assign, set, rename, create, retire.

use std::collections::{BTreeMap, BTreeSet};

use super::allot::Allotment;
use super::apply::{Applied, Refused, leaf_of, owners, relabelled, tree, unit_of};
use crate::coverage::Partition;
use crate::unit::{Attribute, Attributes, Code, Hierarchy, Owner, Uid, Unit, UnitIndex};

/// The most characters of a name.
const LONGEST_NAME: usize = 200;
/// The most attributes of a unit, and characters of one.
pub(super) const MOST_ATTRIBUTES: usize = 100;
const LONGEST_ATTRIBUTE: usize = 2_000;

/// Makes one leaf of several that border each other.
pub fn merge(partition: &Partition, codes: &[Code], keep: Option<&Code>) -> Result<Applied, Refused> {
    let hierarchy = &partition.hierarchy;
    let distinct: BTreeSet<&Code> = codes.iter().collect();
    if distinct.len() < 2 || distinct.len() != codes.len() {
        return Err(Refused::new("expected two units or more, each once").of(codes.iter().cloned()));
    }
    let keep = keep.unwrap_or(&codes[0]);
    if !distinct.contains(keep) {
        return Err(
            Refused::new(format!("expected one of the units to keep, found {keep}")).of([keep.clone()])
        );
    }
    let leaves: Vec<(UnitIndex, Owner)> =
        codes.iter().map(|code| leaf_of(hierarchy, code)).collect::<Result<_, _>>()?;
    if let Some((apart, _)) = apart(partition, &leaves) {
        let code = hierarchy.unit(apart).code.clone();
        let detail =
            format!("expected units that border each other, found that {code} borders none of the others");
        return Err(Refused::new(detail).of([code]));
    }
    let kept = hierarchy.unit(unit_of(hierarchy, keep)?).uid;
    let gone: BTreeSet<Uid> =
        leaves.iter().map(|&(unit, _)| hierarchy.unit(unit).uid).filter(|&uid| uid != kept).collect();
    let units = hierarchy.units().iter().filter(|unit| !gone.contains(&unit.uid)).cloned().collect();
    let after = tree(hierarchy, units)?;
    // A parent that lost its last child would be taken for a leaf: it stands without area, and bars publishing.
    relabelled(partition, after, |uid| if gone.contains(&uid) { kept } else { uid }).map(Applied::new)
}

/// A leaf that no way over shared borders joins to the first.
fn apart(partition: &Partition, leaves: &[(UnitIndex, Owner)]) -> Option<(UnitIndex, Owner)> {
    let among: BTreeSet<Owner> = leaves.iter().map(|l| l.1).collect();
    let shared: Vec<(Owner, Owner)> = partition
        .coverage
        .arcs()
        .map(|arc| (arc.left, arc.right))
        .filter(|(l, r)| among.contains(l) && among.contains(r))
        .collect();
    let mut reached = BTreeSet::from([leaves[0].1]);
    let mut grown = true;
    while grown {
        let before = reached.len();
        for &(l, r) in &shared {
            if reached.contains(&l) || reached.contains(&r) {
                reached.extend([l, r]);
            }
        }
        grown = reached.len() > before;
    }
    leaves.iter().copied().find(|(_, owner)| !reached.contains(owner))
}

/// Puts a unit, with all below it, under another parent.
pub fn assign(
    partition: &Partition,
    code: &Code,
    parent: &Code,
    allotment: &mut Allotment<'_>,
) -> Result<Applied, Refused> {
    let hierarchy = &partition.hierarchy;
    let unit = unit_of(hierarchy, code)?;
    let to = unit_of(hierarchy, parent)?;
    let level = hierarchy.unit(unit).level;
    let both = || [code.clone(), parent.clone()];
    if hierarchy.unit(to).level + 1 != level {
        let upper = level.checked_sub(1).and_then(|l| hierarchy.levels().get(l));
        let expected = upper.map_or("no parent: the unit is of the top level", |l| l.name.as_str());
        return Err(Refused::new(format!("expected as the parent: {expected}; found {parent}")).of(both()));
    }
    if hierarchy.parent(unit) == Some(to) {
        return Err(Refused::new(format!("{code} is under {parent} already")).of(both()));
    }
    if hierarchy.children(to).is_empty() && has_area(partition, to) {
        let detail =
            format!("expected a parent that is divided, or has no area, found {parent}: divide it first");
        return Err(Refused::new(detail).of(both()));
    }
    let mut units: BTreeMap<Uid, Unit> = hierarchy.units().iter().map(|u| (u.uid, u.clone())).collect();
    renumber(hierarchy, unit, parent, &mut units, allotment)?;
    let after = tree(hierarchy, units.into_values().collect())?;
    relabelled(partition, after, |uid| uid).map(Applied::new)
}

/// Gives a unit, and all below it, codes under another parent.
fn renumber(
    hierarchy: &Hierarchy,
    unit: UnitIndex,
    parent: &Code,
    units: &mut BTreeMap<Uid, Unit>,
    allotment: &mut Allotment<'_>,
) -> Result<(), Refused> {
    let Unit { uid, level, .. } = *hierarchy.unit(unit);
    let digits = hierarchy.levels().get(level).map_or(0, |l| l.digits);
    let drawn = allotment.draw(Some(parent), digits, Some(uid))?;
    if let Some(unit) = units.get_mut(&uid) {
        unit.code = drawn.code.clone();
    }
    for &child in hierarchy.children(unit) {
        renumber(hierarchy, child, &drawn.code, units, allotment)?;
    }
    Ok(())
}

fn has_area(partition: &Partition, unit: UnitIndex) -> bool {
    let owner = partition.hierarchy.owner_of(unit);
    owner.is_some_and(|owner| !partition.coverage.polygons(owner).is_empty())
}

/// Sets attributes; `None` takes one away.
pub fn set(
    partition: &Partition,
    code: &Code,
    attributes: &BTreeMap<String, Option<Attribute>>,
) -> Result<Applied, Refused> {
    let change = |had: &mut Attributes| {
        for (name, value) in attributes {
            check_attribute(name, value.as_ref())?;
            match value {
                Some(value) => had.insert(name.clone(), value.clone()),
                None => had.remove(name),
            };
        }
        if had.len() > MOST_ATTRIBUTES {
            return Err(Refused::new(format!(
                "expected at most {MOST_ATTRIBUTES} attributes, found {}",
                had.len()
            )));
        }
        Ok(())
    };
    changed(partition, code, |unit| change(&mut unit.attributes))
}

pub(super) fn check_attribute(name: &str, value: Option<&Attribute>) -> Result<(), Refused> {
    let fits = match value {
        Some(Attribute::Number(n)) => n.is_finite(),
        Some(Attribute::Text(text)) => text.chars().count() <= LONGEST_ATTRIBUTE,
        _ => true,
    };
    if fits && is_text(name, MOST_ATTRIBUTES) && !name.is_empty() {
        return Ok(());
    }
    Err(Refused::new(format!(
        "expected attributes with names of 1 to {MOST_ATTRIBUTES} characters and values of at most {LONGEST_ATTRIBUTE}, found another at {name:?}"
    )))
}

/// Gives a unit another name.
pub fn rename(partition: &Partition, code: &Code, name: &str) -> Result<Applied, Refused> {
    check_name(name)?;
    changed(partition, code, |unit| {
        name.clone_into(&mut unit.name);
        Ok(())
    })
}

fn changed(
    partition: &Partition,
    code: &Code,
    change: impl FnOnce(&mut Unit) -> Result<(), Refused>,
) -> Result<Applied, Refused> {
    let hierarchy = &partition.hierarchy;
    let unit = unit_of(hierarchy, code)?;
    let mut units = hierarchy.units().to_vec();
    change(&mut units[unit as usize]).map_err(|refused| refused.of([code.clone()]))?;
    if units[unit as usize] == *hierarchy.unit(unit) {
        return Err(Refused::new(format!("{code} is so already")).of([code.clone()]));
    }
    relabelled(partition, tree(hierarchy, units)?, |uid| uid).map(Applied::new)
}

/// Makes a unit under a parent.
pub fn create(
    partition: &Partition,
    parent: Option<&Code>,
    name: &str,
    code: Option<&Code>,
    allotment: &mut Allotment<'_>,
) -> Result<Applied, Refused> {
    // As after a split: one without a name bars publishing, not drafting.
    if !name.is_empty() {
        check_name(name)?;
    }
    let hierarchy = &partition.hierarchy;
    let above = parent.map(|code| unit_of(hierarchy, code)).transpose()?;
    let level = above.map_or(0, |unit| hierarchy.unit(unit).level + 1);
    let Some(of) = hierarchy.levels().get(level) else {
        let detail = "expected a parent of a level that has one below it, found the lowest";
        return Err(Refused::new(detail).of(parent.cloned()));
    };
    let drawn = if let Some(code) = code {
        let fits = code.digits() == usize::from(of.digits) && parent.is_none_or(|p| code.starts_with(p));
        if !fits {
            let begin = parent.map_or_else(String::new, |parent| format!(" that begin with {parent}"));
            let detail = format!("expected a code of {} digits{begin}, found {code}", of.digits);
            return Err(Refused::new(detail).of([code.clone()]));
        }
        if hierarchy.by_code(code).is_some() {
            let detail = format!("expected a code that no unit has, found {code}");
            return Err(Refused::new(detail).of([code.clone()]));
        }
        allotment.state(code, None)?
    } else {
        allotment.draw(parent, of.digits, None)?
    };
    let attributes = match above.filter(|&above| has_area(partition, above)) {
        Some(leaf) => hierarchy.unit(leaf).attributes.clone(),
        None => Attributes::new(),
    };
    let heir = above.filter(|&above| has_area(partition, above)).map(|above| hierarchy.unit(above).uid);
    let mut units = hierarchy.units().to_vec();
    let (uid, name) = (drawn.uid, name.to_owned());
    units.push(Unit { uid, code: drawn.code, name, level, tint: 0, attributes });
    let after = tree(hierarchy, units)?;
    relabelled(partition, after, |before| if Some(before) == heir { uid } else { before }).map(Applied::new)
}

/// Retires a unit that has neither area nor children.
pub fn retire(partition: &Partition, code: &Code) -> Result<Applied, Refused> {
    let hierarchy = &partition.hierarchy;
    let unit = unit_of(hierarchy, code)?;
    if !hierarchy.children(unit).is_empty() || has_area(partition, unit) {
        let detail = format!(
            "expected a unit without area and without parts, found {code}: merge it, or assign its parts to others"
        );
        return Err(Refused::new(detail).of([code.clone()]));
    }
    let uid = hierarchy.unit(unit).uid;
    let units = hierarchy.units().iter().filter(|u| u.uid != uid).cloned().collect();
    let after = tree(hierarchy, units)?;
    // Nothing was the unit's, so it does not matter who stands for it.
    let first = owners(&after).into_keys().next();
    let anybody =
        first.ok_or_else(|| Refused::new("expected a unit beside the last one").of([code.clone()]))?;
    relabelled(partition, after, |before| if before == uid { anybody } else { before }).map(Applied::new)
}

pub(super) fn check_name(name: &str) -> Result<(), Refused> {
    if is_text(name, LONGEST_NAME) && !name.trim().is_empty() {
        return Ok(());
    }
    Err(Refused::new(format!("expected a name of 1 to {LONGEST_NAME} characters on one line, found another")))
}

fn is_text(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.chars().any(char::is_control)
}

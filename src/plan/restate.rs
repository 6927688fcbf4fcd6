//! The tree that a redrawing states: units made, called otherwise, numbered otherwise and gone, and voids likewise.
//!
//! ```text
//! village 001 (a leaf) ─ {"code": …001001}, {"code": …001002} ─→ village 001 with two grids; the areas say what each has
//! ```

use std::collections::BTreeMap;

use super::allot::Allotment;
use super::apply::{Refused, unit_of};
use super::edit::{Redraw, Stated, Whose};
use crate::unit::{Code, Hierarchy, Levels, Uid, Unit, Void};

/// The tree after a redrawing.
pub fn restated(
    before: &Hierarchy,
    wanted: &Redraw,
    allotment: &mut Allotment<'_>,
) -> Result<Hierarchy, Refused> {
    let levels = wanted.levels.as_ref().unwrap_or_else(|| before.levels());
    let mut units: BTreeMap<Uid, Unit> = before.units().iter().map(|u| (u.uid, u.clone())).collect();
    for code in &wanted.gone {
        let uid = before.unit(unit_of(before, code)?).uid;
        units.remove(&uid).ok_or_else(|| twice(code))?;
    }
    let mut seen: Vec<Uid> = Vec::new();
    for stated in &wanted.units {
        let unit = state(before, stated, &units, allotment)?;
        if seen.contains(&unit.uid) {
            return Err(twice(&stated.code));
        }
        seen.push(unit.uid);
        units.insert(unit.uid, unit);
    }
    for unit in units.values_mut() {
        unit.level = level_of(levels, &unit.code)?;
    }
    let voids = voids(before, wanted)?;
    Hierarchy::new(levels.clone(), units.into_values().collect(), voids).map_err(|faults| {
        let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Refused::new(said.join("; "))
    })
}

fn twice(code: &Code) -> Refused {
    Refused::new(format!("expected each unit once, found {code} twice")).of([code.clone()])
}

/// A unit as it is stated: one there is, or one that draws its uid.
fn state(
    before: &Hierarchy,
    stated: &Stated,
    units: &BTreeMap<Uid, Unit>,
    allotment: &mut Allotment<'_>,
) -> Result<Unit, Refused> {
    let Stated { unit, code, name, attributes } = stated;
    let was = match unit {
        Some(was) => Some(before.unit(unit_of(before, was)?)),
        None => None,
    };
    let was = was.map(|was| units.get(&was.uid).ok_or_else(|| twice(&was.code))).transpose()?;
    let uid = match was.filter(|was| was.code == *code) {
        Some(same) => same.uid,
        None => allotment.state(code, was.map(|was| was.uid))?.uid,
    };
    let (tint, level) = was.map_or((0, 0), |was| (was.tint, was.level));
    Ok(Unit { uid, code: code.clone(), name: name.clone(), level, tint, attributes: attributes.clone() })
}

fn level_of(levels: &Levels, code: &Code) -> Result<u8, Refused> {
    levels.of_digits(code.digits()).ok_or_else(|| {
        let detail = format!("expected a code with the digits of a level of {levels}, found {code}");
        Refused::new(detail).of([code.clone()])
    })
}

/// The voids that are left, by what they are called now, then those that come back.
fn voids(before: &Hierarchy, wanted: &Redraw) -> Result<Vec<Void>, Refused> {
    let mut voids = before.voids().to_vec();
    for area in &wanted.areas {
        let Whose::Void(uid) = area.of else { continue };
        let at = voids.iter().position(|void| void.uid == uid);
        match (at, &area.name, &area.area) {
            (Some(at), _, None) => {
                voids.remove(at);
            }
            (Some(at), Some(name), Some(_)) => voids[at].name.clone_from(name),
            (Some(_), None, Some(_)) => {}
            (None, Some(name), Some(_)) => voids.push(Void { uid, name: name.clone() }),
            (None, ..) => {
                let detail =
                    format!("expected the uid of a void, or one that comes back with its name, found {uid}");
                return Err(Refused::new(detail));
            }
        }
    }
    Ok(voids)
}

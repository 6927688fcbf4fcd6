//! Which uid a unit of a new version gets. A uid is for ever: none is ever given twice.

use std::collections::{BTreeMap, BTreeSet};

use super::record::Uids;
use super::rows::UnitRow;
use crate::unit::{Hierarchy, Uid};

/// The hierarchy with the uids that it is stored with. `current` are the current version's rows, `highest` the
/// highest uid any version ever gave or plan reserved, `reserved` those that plans did.
///
/// # Errors
/// What is wrong with uids that were to be kept.
pub fn settle(
    hierarchy: &Hierarchy,
    uids: Uids,
    current: &[UnitRow],
    highest: u32,
    reserved: &BTreeSet<Uid>,
) -> Result<Hierarchy, String> {
    match uids {
        Uids::ByCode => Ok(by_code(hierarchy, current, highest)),
        Uids::Kept => {
            let known = current.iter().map(|r| r.uid).chain(reserved.iter().copied()).collect();
            kept(hierarchy, &known, highest).map(|()| hierarchy.clone())
        }
    }
}

fn by_code(hierarchy: &Hierarchy, current: &[UnitRow], highest: u32) -> Hierarchy {
    let mut codes: BTreeMap<&str, Uid> = BTreeMap::new();
    let mut names: BTreeMap<&str, Vec<Uid>> = BTreeMap::new();
    for row in current.iter().rev() {
        match &row.code {
            Some(code) => {
                codes.insert(code, row.uid);
            }
            None => names.entry(&row.name).or_default().push(row.uid),
        }
    }
    let mut next = highest;
    let mut new = || {
        next += 1;
        Uid(next)
    };
    let units: Vec<Uid> = hierarchy
        .units()
        .iter()
        .map(|u| codes.get(u.code.as_str()).copied().unwrap_or_else(&mut new))
        .collect();
    let voids: Vec<Uid> = hierarchy
        .voids()
        .iter()
        .map(|v| names.get_mut(v.name.as_str()).and_then(Vec::pop).unwrap_or_else(&mut new))
        .collect();
    hierarchy.clone().with_uids(&units, &voids)
}

/// Whether every uid is one that is `known`, the current version's or reserved, or was never given.
///
/// # Errors
/// The first that is not.
pub fn kept(hierarchy: &Hierarchy, known: &BTreeSet<Uid>, highest: u32) -> Result<(), String> {
    let units = hierarchy.units().iter().map(|u| (u.uid, u.code.as_str()));
    let voids = hierarchy.voids().iter().map(|v| (v.uid, v.name.as_str()));
    match units.chain(voids).find(|(uid, _)| uid.0 <= highest && !known.contains(uid)) {
        Some((uid, unit)) => Err(format!(
            "{unit} has uid {uid}, which the current version has not: expected one of its own or one over {highest}"
        )),
        None => Ok(()),
    }
}

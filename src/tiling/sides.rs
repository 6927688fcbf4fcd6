//! Who lies beside an arc, as one number for units and voids of every level, and whom that number is in each layer.
//!
//! ```text
//! side      0 … units-1            units … units+voids-1     u32::MAX
//!           position in units()    voids in their order      the outside
//! ```
//!
//! The zoom coverages of low zooms know only villages, towns or the county; their arcs carry these numbers too, so a
//! layer asks the same table at every zoom.

use std::sync::Arc;

use crate::unit::{Hierarchy, Owner, Uid, UnitIndex};

/// Nobody, in a [`Group`].
pub(super) const NONE: u32 = u32::MAX;

/// Whom each side is in one layer; [`NONE`] where it is not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group(Vec<u32>);

impl Group {
    /// Whom a side is.
    pub fn of(&self, side: Owner) -> u32 {
        self.0.get(side.index()).copied().unwrap_or(NONE)
    }
}

/// The groups of a version.
#[derive(Clone, Debug)]
pub(super) struct Sides {
    /// By level: the ancestor there, or the leaf that stands higher.
    levels: Vec<Group>,
    /// By level: the leaves of that level alone.
    leaves: Vec<Group>,
    voids: Group,
    /// By level and owner: the side that an owner is in a coverage of units down to that level.
    owners: Vec<Vec<Owner>>,
    /// Who each side is, whatever its number.
    uids: Arc<[Uid]>,
}

impl Sides {
    pub fn new(hierarchy: &Hierarchy) -> Self {
        let units = hierarchy.units().len() as u32;
        let sides = units + hierarchy.voids().len() as u32;
        let levels = || 0..hierarchy.levels().count() as u8;
        let group = |of: &dyn Fn(UnitIndex) -> Option<UnitIndex>| {
            Group((0..sides).map(|s| (s < units).then(|| of(s)).flatten().unwrap_or(NONE)).collect())
        };
        let owner = |level, o: u32| match hierarchy.at_level(Owner(o), level) {
            Some(unit) => Owner(unit),
            None => Owner(units + o - hierarchy.leaves().len() as u32),
        };
        Self {
            levels: levels()
                .map(|l| group(&|u| hierarchy.chain(u).find(|&a| hierarchy.unit(a).level <= l)))
                .collect(),
            leaves: levels()
                .map(|l| {
                    let is_leaf = |u: &UnitIndex| hierarchy.owner_of(*u).is_some();
                    group(&|u| Some(u).filter(is_leaf).filter(|&u| hierarchy.unit(u).level == l))
                })
                .collect(),
            voids: Group((0..sides).map(|s| if s < units { NONE } else { s }).collect()),
            uids: hierarchy.uids().collect(),
            owners: levels()
                .map(|l| (0..hierarchy.owner_count() as u32).map(|o| owner(l, o)).collect())
                .collect(),
        }
    }

    /// How many sides there are.
    pub fn count(&self) -> usize {
        self.voids.0.len()
    }

    /// The uid of each side: units, then voids.
    pub fn uids(&self) -> &Arc<[Uid]> {
        &self.uids
    }

    /// The uid that stands for a side, whatever its number; that of nobody for the outside.
    pub fn uid(&self, side: Owner) -> u32 {
        self.uids.get(side.index()).map_or(NONE, |uid| uid.0)
    }

    /// How many levels there are.
    pub fn level_count(&self) -> u8 {
        self.levels.len() as u8
    }

    /// The side that an owner is in the coverage of units down to `level`.
    pub fn of_owner(&self, owner: Owner, level: u8) -> Owner {
        self.owners[usize::from(level)].get(owner.index()).copied().unwrap_or(Owner::OUTSIDE)
    }

    /// The layer of a level.
    pub fn level(&self, level: u8) -> &Group {
        &self.levels[usize::from(level)]
    }

    /// The leaves that stand at `level`.
    pub fn leaves(&self, level: u8) -> &Group {
        &self.leaves[usize::from(level)]
    }

    /// The voids.
    pub fn voids(&self) -> &Group {
        &self.voids
    }

    /// The highest level at which two sides differ, and whether it is a void's inner border: a bank, not a void's
    /// stretch of the outline. A void differs from everything at every level, and so does the outside.
    pub fn highest_difference(&self, left: Owner, right: Owner) -> (u8, bool) {
        let is_void = |side: Owner| self.voids.of(side) != NONE;
        let has_void = is_void(left) || is_void(right);
        let differs = |l: &u8| self.level(*l).of(left) != self.level(*l).of(right);
        let level = if has_void { 0 } else { (0..self.level_count()).find(differs).unwrap_or(0) };
        (level, has_void && !left.is_outside() && !right.is_outside())
    }
}

//! The tree of units, checked once: levels, parents, leaves, and which owner of the plane is which unit.
//!
//! In: units of every level and voids, in any order. Out: a [`Hierarchy`] sorted by (level, code), in which
//! parents are looked up by code prefix, leaves are the units without children, and **owners** are numbered:
//!
//! ```text
//! owner   0 … leaves-1            leaves … leaves+voids-1     u32::MAX
//!         leaves by code          voids in the order given    the outside
//! ```

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Code, Levels};

/// A unit's permanent small integer, never reused; 1 or more. Voids have one too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Uid(pub u32);

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Position of a unit in [`Hierarchy::units`].
pub type UnitIndex = u32;

/// Who owns a face of the plane: a leaf, a void or the outside, as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner(pub u32);

impl Owner {
    /// Nobody: the outside of the outline.
    pub const OUTSIDE: Self = Self(u32::MAX);

    /// As an index, for anything but the outside.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Whether this is the outside.
    #[must_use]
    pub const fn is_outside(self) -> bool {
        self.0 == u32::MAX
    }
}

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected true, false, a number or a text as the value of an attribute")]
pub enum Attribute {
    /// true or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any finite number.
    Number(f64),
    /// Text.
    Text(String),
}

/// Attributes by name, in a fixed order.
pub type Attributes = BTreeMap<String, Attribute>;

/// A node of the hierarchy.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// For ever.
    pub uid: Uid,
    /// What the county writes today.
    pub code: Code,
    /// May be empty.
    pub name: String,
    /// Index into the levels, 0 = top.
    pub level: u8,
    /// A colour 0–4 that no neighbour of the same level has, where five colours do.
    pub tint: u8,
    /// `kind` (`base`, `dedicated`) of a grid, and whatever the county keeps.
    pub attributes: Attributes,
}

/// A declared area of no grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Void {
    /// From the same numbers as the units'.
    pub uid: Uid,
    /// What it is called: a river, a reserve, the sea.
    pub name: String,
}

/// What is wrong with a list of units.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HierarchyFault {
    /// A code whose length is not its level's.
    #[error("expected a {level} code of {digits} digits, found {code}")]
    Digits {
        /// The unit's code.
        code: Code,
        /// Name of its level.
        level: String,
        /// Digits of that level.
        digits: u8,
    },
    /// Two units of one code.
    #[error("code {0} stands more than once")]
    DuplicateCode(Code),
    /// Two units of one uid.
    #[error("uid {0} stands more than once")]
    DuplicateUid(Uid),
    /// A unit whose parent does not exist.
    #[error("{code} has no parent: no unit has the code {parent}")]
    Orphan {
        /// The unit's code.
        code: Code,
        /// The prefix that should be a unit.
        parent: Code,
    },
}

/// The units of a version as a checked tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Hierarchy {
    levels: Levels,
    units: Vec<Unit>,
    voids: Vec<Void>,
    parents: Vec<Option<UnitIndex>>,
    children: Vec<Vec<UnitIndex>>,
    leaves: Vec<UnitIndex>,
    owner_of: Vec<Option<Owner>>,
    by_uid: BTreeMap<Uid, UnitIndex>,
}

impl Hierarchy {
    /// Builds the tree. Units are sorted by (level, code); voids keep their order.
    ///
    /// # Errors
    /// Every fault found, not just the first.
    pub fn new(levels: Levels, mut units: Vec<Unit>, voids: Vec<Void>) -> Result<Self, Vec<HierarchyFault>> {
        units.sort_by(|a, b| (a.level, &a.code).cmp(&(b.level, &b.code)));
        let mut faults = code_faults(&levels, &units);
        faults.extend(uid_faults(&units, &voids));
        let (parents, orphans) = find_parents(&levels, &units);
        faults.extend(orphans);
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut children = vec![Vec::new(); units.len()];
        for (child, parent) in parents.iter().enumerate() {
            if let Some(parent) = parent {
                children[*parent as usize].push(child as UnitIndex);
            }
        }
        let mut leaves: Vec<UnitIndex> =
            (0..units.len() as UnitIndex).filter(|&u| children[u as usize].is_empty()).collect();
        leaves.sort_by(|&a, &b| units[a as usize].code.cmp(&units[b as usize].code));
        let mut owner_of = vec![None; units.len()];
        for (owner, &unit) in leaves.iter().enumerate() {
            owner_of[unit as usize] = Some(Owner(owner as u32));
        }
        let by_uid = units.iter().enumerate().map(|(i, u)| (u.uid, i as UnitIndex)).collect();
        Ok(Self { levels, units, voids, parents, children, leaves, owner_of, by_uid })
    }

    /// The levels.
    #[must_use]
    pub fn levels(&self) -> &Levels {
        &self.levels
    }

    /// Every unit, by level (top first), then code.
    #[must_use]
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The unit at `index`.
    ///
    /// # Panics
    /// Where `index` did not come from this hierarchy.
    #[must_use]
    pub fn unit(&self, index: UnitIndex) -> &Unit {
        &self.units[index as usize]
    }

    /// The declared voids; void `i` is owner `leaves().len() + i`.
    #[must_use]
    pub fn voids(&self) -> &[Void] {
        &self.voids
    }

    /// The units without children, by code; leaf `i` is owner `i`.
    #[must_use]
    pub fn leaves(&self) -> &[UnitIndex] {
        &self.leaves
    }

    /// How many owners there are: leaves and voids.
    #[must_use]
    pub fn owner_count(&self) -> usize {
        self.leaves.len() + self.voids.len()
    }

    /// The leaf that an owner is; `None` for a void and the outside.
    #[must_use]
    pub fn leaf(&self, owner: Owner) -> Option<UnitIndex> {
        self.leaves.get(owner.index()).copied()
    }

    /// The void that an owner is.
    #[must_use]
    pub fn void(&self, owner: Owner) -> Option<&Void> {
        owner.index().checked_sub(self.leaves.len()).and_then(|i| self.voids.get(i))
    }

    /// Every uid: of the units in their order, then of the voids.
    pub fn uids(&self) -> impl Iterator<Item = Uid> + '_ {
        self.units.iter().map(|unit| unit.uid).chain(self.voids.iter().map(|void| void.uid))
    }

    /// The uid of each owner: leaves by code, then voids.
    #[must_use]
    pub fn owner_uids(&self) -> Vec<Uid> {
        let leaves = self.leaves.iter().map(|&leaf| self.unit(leaf).uid);
        leaves.chain(self.voids.iter().map(|v| v.uid)).collect()
    }

    /// The owner that a unit is, if it is a leaf.
    #[must_use]
    pub fn owner_of(&self, unit: UnitIndex) -> Option<Owner> {
        self.owner_of.get(unit as usize).copied().flatten()
    }

    /// A unit's parent; `None` at the top.
    #[must_use]
    pub fn parent(&self, unit: UnitIndex) -> Option<UnitIndex> {
        self.parents[unit as usize]
    }

    /// A unit's children, by code.
    #[must_use]
    pub fn children(&self, unit: UnitIndex) -> &[UnitIndex] {
        &self.children[unit as usize]
    }

    /// The unit itself, its parent, and so on to the top.
    pub fn chain(&self, unit: UnitIndex) -> impl Iterator<Item = UnitIndex> + '_ {
        std::iter::successors(Some(unit), |&u| self.parent(u))
    }

    /// Whom an owner belongs to in the layer of `level`: its ancestor there, or the leaf itself where it stands
    /// higher (a village not yet gridded is drawn among the grids too). `None` for voids and the outside.
    #[must_use]
    pub fn at_level(&self, owner: Owner, level: u8) -> Option<UnitIndex> {
        self.chain(self.leaf(owner)?).find(|&u| self.unit(u).level <= level)
    }

    /// The unit of that code.
    #[must_use]
    pub fn by_code(&self, code: &Code) -> Option<UnitIndex> {
        let level = self.levels.of_digits(code.digits())?;
        self.units.binary_search_by(|u| (u.level, &u.code).cmp(&(level, code))).ok().map(|i| i as UnitIndex)
    }

    /// The unit of that uid.
    #[must_use]
    pub fn by_uid(&self, uid: Uid) -> Option<UnitIndex> {
        self.by_uid.get(&uid).copied()
    }

    /// Indices of the units of a level.
    #[must_use]
    pub fn of_level(&self, level: u8) -> std::ops::Range<UnitIndex> {
        let start = self.units.partition_point(|u| u.level < level);
        let end = self.units.partition_point(|u| u.level <= level);
        start as UnitIndex..end as UnitIndex
    }

    /// The same tree with other uids: one for each unit and each void in order, all different.
    #[must_use]
    pub fn with_uids(mut self, units: &[Uid], voids: &[Uid]) -> Self {
        for (unit, &uid) in self.units.iter_mut().zip(units) {
            unit.uid = uid;
        }
        for (void, &uid) in self.voids.iter_mut().zip(voids) {
            void.uid = uid;
        }
        self.by_uid = self.units.iter().enumerate().map(|(i, u)| (u.uid, i as UnitIndex)).collect();
        self
    }

    /// The same tree with other tints, one for each unit in order.
    #[must_use]
    pub fn with_tints(mut self, tints: &[u8]) -> Self {
        for (unit, &tint) in self.units.iter_mut().zip(tints) {
            unit.tint = tint;
        }
        self
    }
}

fn code_faults(levels: &Levels, units: &[Unit]) -> Vec<HierarchyFault> {
    let mut faults: Vec<_> = units
        .windows(2)
        .filter(|w| w[0].level == w[1].level && w[0].code == w[1].code)
        .map(|w| HierarchyFault::DuplicateCode(w[1].code.clone()))
        .collect();
    faults.dedup();
    for unit in units {
        let level = levels.get(unit.level);
        if level.is_none_or(|l| usize::from(l.digits) != unit.code.digits()) {
            faults.push(HierarchyFault::Digits {
                code: unit.code.clone(),
                level: level.map_or_else(|| format!("level {}", unit.level), |l| l.name.clone()),
                digits: level.map_or(0, |l| l.digits),
            });
        }
    }
    faults
}

fn uid_faults(units: &[Unit], voids: &[Void]) -> Vec<HierarchyFault> {
    let mut uids: Vec<Uid> = units.iter().map(|u| u.uid).chain(voids.iter().map(|v| v.uid)).collect();
    uids.sort_unstable();
    let mut faults: Vec<_> =
        uids.windows(2).filter(|w| w[0] == w[1]).map(|w| HierarchyFault::DuplicateUid(w[0])).collect();
    faults.dedup();
    faults
}

/// Parents by code prefix; `units` is sorted by (level, code).
fn find_parents(levels: &Levels, units: &[Unit]) -> (Vec<Option<UnitIndex>>, Vec<HierarchyFault>) {
    let mut orphans = Vec::new();
    let mut parent_of = |unit: &Unit| {
        let upper = unit.level.checked_sub(1)?;
        let code = unit.code.prefix(usize::from(levels.get(upper)?.digits))?;
        let found = units.binary_search_by(|u| (u.level, &u.code).cmp(&(upper, &code)));
        if found.is_err() {
            orphans.push(HierarchyFault::Orphan { code: unit.code.clone(), parent: code });
        }
        found.ok().map(|i| i as UnitIndex)
    };
    let parents = units.iter().map(&mut parent_of).collect();
    (parents, orphans)
}

//! A command on a partition → the next partition, or why not and where.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::allot::{Allotment, Allotted};
use super::edit::Edit;
use super::{exact, redraw, regroup};
use crate::coverage::{Coverage, Gained, Partition, Snapped};
use crate::crs::{LonLat, Point};
use crate::unit::{Code, Hierarchy, Owner, Uid, Unit, UnitIndex};

/// What an edit did.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The partition after it.
    pub partition: Partition,
    /// What new and renumbered units drew.
    pub drawn: Vec<Allotted>,
    /// Points of the drawing that were taken to borders.
    pub snapped: Vec<Snapped>,
    /// Vertices that units gained whose borders it did not mean to change.
    pub noded: Vec<(Uid, Point)>,
}

/// An edit that would break the partition, or means nothing in it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub struct Refused {
    /// What was expected, what was found.
    pub detail: String,
    /// Where, on the lattice.
    pub at: Option<Point>,
    /// The units it concerns.
    pub units: Vec<Code>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)?;
        if let Some(at) = self.at {
            let place = LonLat::from_lattice(at);
            write!(f, " (at {:.7}, {:.7})", place.lon(), place.lat())?;
        }
        Ok(())
    }
}

impl Refused {
    pub(super) fn new(detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), at: None, units: Vec::new() }
    }

    /// Of an edit that changes nothing.
    #[must_use]
    pub fn nothing() -> Self {
        Self::new("expected an edit that changes something, found one that changes nothing")
    }

    /// Of a code that no unit has.
    #[must_use]
    pub fn missing(code: &Code) -> Self {
        Self::new(format!("expected the code of a unit, found {code}, which none has")).of([code.clone()])
    }

    /// Of a uid that no void has or had.
    #[must_use]
    pub fn missing_void(uid: Uid) -> Self {
        Self::new(format!("expected the uid of a void there is or was, found {uid}"))
    }

    pub(super) fn at(mut self, at: Point) -> Self {
        self.at = Some(at);
        self
    }

    pub(super) fn of(mut self, units: impl IntoIterator<Item = Code>) -> Self {
        self.units.extend(units);
        self
    }
}

/// Does one command. Deterministic: the same partition, command and allotment give the same partition.
///
/// # Errors
/// [`Refused`]; then nothing was drawn for good.
pub fn apply(partition: &Partition, edit: &Edit, mut allotment: Allotment<'_>) -> Result<Applied, Refused> {
    let room = &mut allotment;
    let mut applied = match edit {
        Edit::Split { unit, line, new, tolerance } => {
            redraw::split(partition, unit, line, new, *tolerance, room)
        }
        Edit::Merge { units, keep } => regroup::merge(partition, units, keep.as_ref()),
        Edit::Reshape { between, line, keep, tolerance } => {
            redraw::reshape(partition, between, line, keep.map(|place| place.0), *tolerance)
        }
        Edit::Transfer { from, to, area, tolerance } => {
            redraw::transfer(partition, from, to, area, *tolerance)
        }
        Edit::Redraw(wanted) => exact::redraw(partition, wanted, room),
        Edit::MoveNode { at, to, tolerance } => redraw::move_node(partition, at.0, to.0, *tolerance),
        Edit::Assign { unit, parent } => regroup::assign(partition, unit, parent, room),
        Edit::Set { unit, attributes } => regroup::set(partition, unit, attributes),
        Edit::Rename { unit, name } => regroup::rename(partition, unit, name),
        Edit::CreateUnit { parent, name, code } => {
            regroup::create(partition, parent.as_ref(), name, code.as_ref(), room)
        }
        Edit::RetireUnit { unit } => regroup::retire(partition, unit),
    }?;
    applied.drawn = allotment.into_drawn();
    Ok(applied)
}

impl Applied {
    pub(super) fn new(partition: Partition) -> Self {
        Self { partition, drawn: Vec::new(), snapped: Vec::new(), noded: Vec::new() }
    }

    /// With the vertices that others gained.
    pub(super) fn noding(mut self, gained: &[Gained]) -> Self {
        let hierarchy = &self.partition.hierarchy;
        let uid = |owner: Owner| match hierarchy.leaf(owner) {
            Some(unit) => Some(hierarchy.unit(unit).uid),
            None => hierarchy.void(owner).map(|void| void.uid),
        };
        self.noded = gained.iter().filter_map(|g| Some((uid(g.owner)?, g.at))).collect();
        self
    }
}

/// The unit of a code.
pub(super) fn unit_of(hierarchy: &Hierarchy, code: &Code) -> Result<UnitIndex, Refused> {
    hierarchy.by_code(code).ok_or_else(|| Refused::missing(code))
}

/// The leaf of a code, with its owner.
pub(super) fn leaf_of(hierarchy: &Hierarchy, code: &Code) -> Result<(UnitIndex, Owner), Refused> {
    let unit = unit_of(hierarchy, code)?;
    let parent = || {
        Refused::new(format!("expected a unit without parts, found {code}, which has some"))
            .of([code.clone()])
    };
    hierarchy.owner_of(unit).map(|owner| (unit, owner)).ok_or_else(parent)
}

/// The owner of each unit and void, by uid.
pub(super) fn owners(hierarchy: &Hierarchy) -> BTreeMap<Uid, Owner> {
    let leaves = hierarchy.leaves().iter().map(|&leaf| hierarchy.unit(leaf).uid);
    leaves.chain(hierarchy.voids().iter().map(|v| v.uid)).zip((0..).map(Owner)).collect()
}

/// The tree of other units; levels and voids stay.
pub(super) fn tree(before: &Hierarchy, units: Vec<Unit>) -> Result<Hierarchy, Refused> {
    Hierarchy::new(before.levels().clone(), units, before.voids().to_vec()).map_err(|faults| {
        let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Refused::new(said.join("; "))
    })
}

/// The same borders under another tree: each owner is now the one that `heir` of its uid is.
pub(super) fn relabelled(
    before: &Partition,
    hierarchy: Hierarchy,
    heir: impl Fn(Uid) -> Uid,
) -> Result<Partition, Refused> {
    let owners = owners(&hierarchy);
    let to: Option<Vec<Owner>> = (0..)
        .map(Owner)
        .zip(before.hierarchy.owner_uids())
        .map(|(owner, uid)| {
            // Who had no area leaves none behind.
            let nothing = || before.coverage.polygons(owner).is_empty().then_some(Owner::OUTSIDE);
            owners.get(&heir(uid)).copied().or_else(nothing)
        })
        .collect();
    let to =
        to.ok_or_else(|| Refused::new("expected somebody for every area, found one that would be nobody's"))?;
    let same = to.iter().enumerate().all(|(i, o)| o.index() == i) && owners.len() == to.len();
    let coverage = if same {
        before.coverage.clone()
    } else {
        before.coverage.relabelled(|owner| to[owner.index()], hierarchy.owner_count())
    };
    Ok(Partition { hierarchy, coverage })
}

/// The first of some owners that has no area.
pub(super) fn without_area(coverage: &Coverage, owners: &BTreeSet<Owner>) -> Option<Owner> {
    owners.iter().copied().find(|&owner| coverage.polygons(owner).is_empty())
}

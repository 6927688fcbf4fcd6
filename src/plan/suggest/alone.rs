//! A leaf by itself, everybody else the outside. A cut does here what it does in the whole: lines and what they cut lie
//! in the leaf, and borders bend alike for both sides. So the time does not grow with the county.

use crate::coverage::Partition;
use crate::plan::Refused;
use crate::plan::apply::tree;
use crate::unit::{Owner, UnitIndex};

/// The partition of a leaf, its parents and nobody else. Units keep their uids and codes.
pub fn alone(partition: &Partition, leaf: UnitIndex) -> Result<Partition, Refused> {
    let hierarchy = &partition.hierarchy;
    let units = hierarchy.chain(leaf).map(|unit| hierarchy.unit(unit).clone()).collect();
    let own = hierarchy.owner_of(leaf);
    let few = tree(hierarchy, units)?;
    let number = few.by_uid(hierarchy.unit(leaf).uid).and_then(|unit| few.owner_of(unit));
    let to = |owner: Owner| number.filter(|_| Some(owner) == own).unwrap_or(Owner::OUTSIDE);
    let coverage = partition.coverage.relabelled(to, few.owner_count());
    Ok(Partition { hierarchy: few, coverage })
}

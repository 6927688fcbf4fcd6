//! A version in memory and the rows that changed since → the later version; the same for every backend.
//!
//! ```text
//!   base partition  less the units that are gone  plus the rows written since ─ content hash checked ─→ partition
//! ```
//!
//! Whatever does not fit is no error here: the caller reads the version whole, which tells what is wrong.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::check::StoredRow;
use super::record::VersionRecord;
use super::rows::unit;
use crate::coverage::{Coverage, Partition};
use crate::crs::Polygon;
use crate::unit::{Hierarchy, Owner, Uid, Void};
use crate::wkb;

/// How the rows of a version differ from those of an earlier one.
pub struct Since {
    /// Rows that hold at the later and did not at the earlier.
    pub written: Vec<StoredRow>,
    /// Whose rows held at the earlier and do not at the later.
    pub gone: Vec<Uid>,
}

/// The partition of `version`, from an earlier one.
pub fn assemble(base: &Partition, version: &VersionRecord, since: &Since) -> Option<Partition> {
    if *base.hierarchy.levels() != version.levels || !since.written.par_iter().all(StoredRow::is_whole) {
        return None;
    }
    let hierarchy = hierarchy(base, version, since)?;
    let fresh: BTreeMap<Uid, &[u8]> =
        since.written.iter().map(|r| (r.row.uid, r.row.geometry.as_slice())).collect();
    let first_void = base.hierarchy.leaves().len() as u32;
    let voids: BTreeMap<Uid, Owner> =
        base.hierarchy.voids().iter().map(|v| v.uid).zip((first_void..).map(Owner)).collect();
    let shape = |uid: Uid| -> Option<Vec<Polygon>> {
        if let Some(blob) = fresh.get(&uid) {
            return wkb::decode(blob).ok();
        }
        if let Some(&owner) = voids.get(&uid) {
            return Some(base.coverage.polygons(owner));
        }
        Some(base.polygons_of(base.hierarchy.by_uid(uid)?))
    };
    let leaves = hierarchy.leaves().iter().map(|&leaf| hierarchy.unit(leaf).uid);
    let owners: Vec<Uid> = leaves.chain(hierarchy.voids().iter().map(|v| v.uid)).collect();
    let shapes: Vec<Vec<Polygon>> = owners.into_par_iter().map(shape).collect::<Option<_>>()?;
    let partition = Partition { hierarchy, coverage: Coverage::reassemble(&shapes)? };
    (partition.content_hash() == version.content_hash).then_some(partition)
}

/// The units and voids of the later version; voids in the order of their positions.
fn hierarchy(base: &Partition, version: &VersionRecord, since: &Since) -> Option<Hierarchy> {
    let gone: BTreeSet<Uid> = since.gone.iter().copied().collect();
    let mut units: Vec<_> =
        base.hierarchy.units().iter().filter(|u| !gone.contains(&u.uid)).cloned().collect();
    let there = (0..).zip(base.hierarchy.voids()).filter(|(_, v)| !gone.contains(&v.uid));
    let mut voids: BTreeMap<u32, Void> = there.map(|(position, v)| (position, v.clone())).collect();
    for StoredRow { row, .. } in &since.written {
        match row.position {
            None => units.push(unit(&version.levels, row).ok()?),
            Some(position) => {
                let fits = voids.insert(position, Void { uid: row.uid, name: row.name.clone() }).is_none();
                fits.then_some(())?;
            }
        }
    }
    Hierarchy::new(version.levels.clone(), units, voids.into_values().collect()).ok()
}

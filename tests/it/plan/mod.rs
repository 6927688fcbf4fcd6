//! Plans: what each edit does, and what holds after any sequence of them.

mod back;
mod edits;
mod groups;
pub mod random;
mod suggest;
pub mod synthetic;

use std::collections::BTreeSet;

use wangge::coverage::{Coverage, DefectKind, Partition};
use wangge::crs::Point;
use wangge::plan::{Allotment, Allotted, Applied, Edit, Pool, Refused, apply};
use wangge::unit::{Code, Owner};

/// What a store would have left after this partition.
pub fn pool(partition: &Partition) -> Pool {
    let units = partition.hierarchy.units();
    let voids = partition.hierarchy.voids().iter().map(|v| v.uid.0);
    Pool {
        next_uid: units.iter().map(|u| u.uid.0).chain(voids).max().unwrap_or_default() + 1,
        taken: units.iter().map(|u| u.code.clone()).collect::<BTreeSet<Code>>(),
        voids: partition.hierarchy.voids().iter().map(|v| v.uid).collect(),
    }
}

pub fn done(partition: &Partition, edit: &Edit) -> Result<Applied, Refused> {
    apply(partition, edit, Allotment::new(&[], &mut pool(partition)))
}

pub fn again(partition: &Partition, edit: &Edit, drawn: &[Allotted]) -> Result<Applied, Refused> {
    apply(partition, edit, Allotment::new(drawn, &mut pool(partition)))
}

pub fn edit(json: &str) -> Edit {
    serde_json::from_str(json).unwrap()
}

/// Twice the area of an owner.
pub fn area2(coverage: &Coverage, owner: Owner) -> i128 {
    crate::coverage::area2(&coverage.polygons(owner))
}

/// That a partition is one, in its canonical form, and nothing is wrong with it but what a draft may hold: crumbs, units
/// without area, an outline beside itself.
pub fn assert_whole(partition: &Partition) {
    let coverage = &partition.coverage;
    crate::coverage::assert_partition(coverage);
    let wrong: Vec<_> = coverage
        .validate()
        .into_iter()
        .filter(|d| !matches!(d.kind, DefectKind::StrayPart | DefectKind::NoArea | DefectKind::UnmatchedEdge))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// A path as a plan's JSON has it.
pub fn path(points: &[Point]) -> wangge::plan::Path {
    wangge::plan::Path::new(points.to_vec()).unwrap()
}

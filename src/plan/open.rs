//! What a draft may hold and a publish may not: units in pieces that were whole, parents without parts, units without
//! a name, crumbs.

use std::collections::BTreeSet;

use crate::coverage::{Partition, Polygon, RawDefect};
use crate::crs::{Point, ring_area_m2};
use crate::unit::{Owner, Uid, UnitIndex};

/// A part smaller than this, in m², is a crumb of somebody's editing; imports refuse it too.
const CRUMB_M2: f64 = 1.0;

/// The kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OpenKind {
    /// A leaf in more pieces than it had in the base.
    Pieces,
    /// A unit without area and without parts.
    Empty,
    /// A unit without a name that is new or had one.
    Nameless,
    /// A crumb of a leaf away from the rest of it. Size: m².
    Crumb,
    /// The outline of a leaf beside another's, or its own, so near that it looks like a border that does not match. Size:
    /// lattice units.
    Crack,
}

impl OpenKind {
    /// As answers name it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pieces => "in-pieces",
            Self::Empty => "empty",
            Self::Nameless => "missing-name",
            Self::Crumb => "stray-part",
            Self::Crack => "unmatched-edge",
        }
    }
}

/// One thing that bars publishing.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// What.
    pub kind: OpenKind,
    /// Of which unit.
    pub uid: Uid,
    /// Where, on the lattice; `None` where there is no area to point at.
    pub at: Option<Point>,
    /// How many pieces, m², or lattice units.
    pub size: f64,
}

/// Everything in `draft` that bars publishing and was not so in `base`; by unit.
#[must_use]
pub fn open(base: &Partition, draft: &Partition) -> Vec<Open> {
    let mut found = Vec::new();
    let hierarchy = &draft.hierarchy;
    for (index, unit) in (0..).zip(hierarchy.units()) {
        let was = base.hierarchy.by_uid(unit.uid);
        let had_name = was.is_none_or(|was| !base.hierarchy.unit(was).name.is_empty());
        let mut add = |kind, at, size| found.push(Open { kind, uid: unit.uid, at, size });
        let polygons = leaf_polygons(draft, index);
        if unit.name.is_empty() && had_name {
            add(OpenKind::Nameless, polygons.as_ref().and_then(|p| Some(p.first()?.shell[0])), 0.0);
        }
        let Some(polygons) = polygons else { continue };
        let before = was.and_then(|was| leaf_polygons(base, was));
        if before.as_ref() == Some(&polygons) {
            continue;
        }
        if polygons.is_empty() {
            add(OpenKind::Empty, None, 0.0);
        }
        if polygons.len() > before.map_or(1, |before| before.len()).max(1) {
            let least = polygons.iter().min_by(|p, q| m2(p).total_cmp(&m2(q)));
            add(OpenKind::Pieces, least.map(|p| p.shell[0]), polygons.len() as f64);
        }
        if polygons.len() > 1 {
            let crumbs = polygons.iter().map(|p| (p.shell[0], m2(p))).filter(|c| c.1 < CRUMB_M2);
            crumbs.for_each(|(at, size)| add(OpenKind::Crumb, Some(at), size));
        }
    }
    found.extend(cracks(base, draft));
    found
}

fn cracks(base: &Partition, draft: &Partition) -> Vec<Open> {
    let were: BTreeSet<Point> = base.coverage.cracks().into_iter().map(|d| d.at).collect();
    let uids = draft.hierarchy.owner_uids();
    let new = draft.coverage.cracks().into_iter().filter(|d| !were.contains(&d.at));
    let open = |d: RawDefect| {
        let uid = *uids.get(d.owners.first()?.index())?;
        Some(Open { kind: OpenKind::Crack, uid, at: Some(d.at), size: d.size })
    };
    new.filter_map(open).collect()
}

fn leaf_polygons(partition: &Partition, unit: UnitIndex) -> Option<Vec<Polygon>> {
    let owner: Owner = partition.hierarchy.owner_of(unit)?;
    Some(partition.coverage.polygons(owner))
}

fn m2(polygon: &Polygon) -> f64 {
    polygon.rings().map(ring_area_m2).sum()
}

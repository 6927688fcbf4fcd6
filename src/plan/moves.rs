//! What goes from whom to whom: the exact overlay of two partitions where they differ.
//!
//! ```text
//!  before  a a │ b        after  a │ b b        faces of both laid over each other know the set of their owners:
//!          a a │ b               a │ b b        {a before, b after} went from a to b
//! ```
//!
//! What stays one leaf's, under another unit than before, changes hands too: from one village to the next.

use std::collections::BTreeSet;

use crate::coverage::arrangement::{Segment, faces, node};
use crate::coverage::{Partition, Polygon, canonical};
use crate::unit::{Hierarchy, Owner, Uid};

/// A piece that changed hands: it is another leaf's or void's, or its leaf is under another unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// Whose it was; `None`: nobody's.
    pub from: Option<Uid>,
    /// Whose it is; as before, where its leaf is under another unit.
    pub to: Option<Uid>,
    /// The piece, in canonical form.
    pub polygon: Polygon,
}

/// Every piece that changed hands between two partitions; `touched` are all whose borders or words differ.
#[must_use]
pub fn moves(before: &Partition, after: &Partition, touched: &BTreeSet<Uid>) -> Vec<Move> {
    let [old, new] = [before, after].map(|p| p.hierarchy.owner_uids());
    let shift = old.len() as u32;
    let mut segments = sided(before, &old, touched, 0);
    segments.extend(sided(after, &new, touched, shift));
    let faces = faces(&node(&segments, 0, None), &segments);
    let mut found = Vec::new();
    for (index, cycle) in (0..).zip(&faces.cycles) {
        if cycle.face != Some(index) {
            continue;
        }
        let of = |side: &dyn Fn(u32) -> Option<Uid>| cycle.owners.iter().find_map(|w| side(w.0.0));
        let from = of(&|o| old.get(o as usize).copied());
        let to = of(&|o| new.get(o.checked_sub(shift)? as usize).copied());
        let changed = from != to || above(&before.hierarchy, from) != above(&after.hierarchy, to);
        if changed && !cycle.owners.is_empty() {
            let holes = faces.cycles.iter().filter(|c| c.face == Some(index) && c.area2 < 0);
            let mut holes: Vec<_> = holes.map(|c| canonical(faces.points(c))).collect();
            holes.sort_unstable();
            found.push(Move { from, to, polygon: Polygon { shell: canonical(faces.points(cycle)), holes } });
        }
    }
    found.sort_by(|p, q| (p.from, p.to, &p.polygon).cmp(&(q.from, q.to, &q.polygon)));
    found
}

/// The uids of the units above a leaf.
fn above(hierarchy: &Hierarchy, leaf: Option<Uid>) -> Vec<Uid> {
    let leaf = leaf.and_then(|uid| hierarchy.by_uid(uid));
    let chain = leaf.into_iter().flat_map(|leaf| hierarchy.chain(leaf).skip(1));
    chain.map(|unit| hierarchy.unit(unit).uid).collect()
}

fn sided(partition: &Partition, uids: &[Uid], touched: &BTreeSet<Uid>, shift: u32) -> Vec<Segment> {
    partition.coverage.sided(|owner| match uids.get(owner.index()) {
        Some(uid) if touched.contains(uid) => Owner(owner.0 + shift),
        _ => Owner::OUTSIDE,
    })
}

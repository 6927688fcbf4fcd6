//! What goes from whom to whom: the exact overlay of two partitions where they differ.
//!
//! ```text
//!  before  a a │ b        after  a │ b b        faces of both laid over each other know the set of their owners:
//!          a a │ b               a │ b b        {a before, b after} went from a to b
//! ```

use std::collections::BTreeSet;

use crate::coverage::arrangement::{Segment, faces, node};
use crate::coverage::{Partition, Polygon, canonical};
use crate::unit::{Owner, Uid};

/// A piece that changed hands.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// Whose it was; `None`: nobody's.
    pub from: Option<Uid>,
    /// Whose it is.
    pub to: Option<Uid>,
    /// The piece, in canonical form.
    pub polygon: Polygon,
}

/// Every piece that changed hands between two partitions; `touched` are all whose borders differ.
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
        if from != to && !cycle.owners.is_empty() {
            let holes = faces.cycles.iter().filter(|c| c.face == Some(index) && c.area2 < 0);
            let mut holes: Vec<_> = holes.map(|c| canonical(faces.points(c))).collect();
            holes.sort_unstable();
            found.push(Move { from, to, polygon: Polygon { shell: canonical(faces.points(cycle)), holes } });
        }
    }
    found.sort_by(|p, q| (p.from, p.to, &p.polygon).cmp(&(q.from, q.to, &q.polygon)));
    found
}

fn sided(partition: &Partition, uids: &[Uid], touched: &BTreeSet<Uid>, shift: u32) -> Vec<Segment> {
    partition.coverage.sided(|owner| match uids.get(owner.index()) {
        Some(uid) if touched.contains(uid) => Owner(owner.0 + shift),
        _ => Owner::OUTSIDE,
    })
}

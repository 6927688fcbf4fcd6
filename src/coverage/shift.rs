//! A vertex moved, with every border that meets there.
//!
//! ```text
//!        │                │         nothing may lie in the triangles that the segments sweep,
//!   ─────•─────   →   ────┼──•──    and no segment may come to lie on another
//!        │                 ╲ │
//! ```

use std::collections::BTreeSet;

use super::Coverage;
use super::arrangement::{Segment, node};
use crate::crs::{Bounds, Point, cross};
use crate::unit::Owner;

/// Why a vertex cannot be moved so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShiftFault {
    /// No border has it.
    #[error("expected a vertex of a border, found none there")]
    NoVertex(Point),
    /// A border is in the way.
    #[error("expected nothing between where the vertex is and where it is to go, found a border")]
    InTheWay(Point),
}

impl Coverage {
    /// The coverage in which the vertex `from` lies at `to`, and the owners whose borders it moved.
    ///
    /// # Errors
    /// [`ShiftFault`], with the place.
    pub fn shift(&self, from: Point, to: Point) -> Result<(Self, BTreeSet<Owner>), ShiftFault> {
        let mut segments = Vec::new();
        let (mut moved, mut owners) = (Vec::new(), BTreeSet::new());
        let near: Vec<bool> = self.arcs().map(|arc| arc.points.contains(&from)).collect();
        for (arc, _) in self.arcs().zip(&near).filter(|(_, near)| **near) {
            for w in arc.points.windows(2) {
                let mut s = Segment { a: w[0], b: w[1], left: arc.left, right: arc.right };
                if s.a == from || s.b == from {
                    owners.extend([s.left, s.right].into_iter().filter(|o| !o.is_outside()));
                    moved.push(if s.a == from { s.b } else { s.a });
                    (s.a, s.b) = (if s.a == from { to } else { s.a }, if s.b == from { to } else { s.b });
                }
                segments.push(s.ordered());
            }
        }
        if moved.is_empty() {
            return Err(ShiftFault::NoVertex(from));
        }
        self.is_free(from, to, &moved)?;
        segments.sort_unstable();
        Ok((self.spliced(&near, &segments, |owner| owner, self.owner_count()), owners))
    }

    /// Whether the segments from `ends` to `from` may turn round their ends until they lead to `to`.
    fn is_free(&self, from: Point, to: Point, ends: &[Point]) -> Result<(), ShiftFault> {
        let swept = ends.iter().fold(Bounds::of(&[from, to]), |all, &end| all.with(end));
        let mut near = Vec::new();
        for arc in self.arcs().filter(|arc| Bounds::of(arc.points).meets(swept)) {
            let stays = arc.points.windows(2).filter(|w| w[0] != from && w[1] != from);
            near.extend(stays.map(|w| Segment { a: w[0], b: w[1], left: arc.left, right: arc.right }));
        }
        for &end in ends {
            if to == end {
                return Err(ShiftFault::InTheWay(end));
            }
            let in_triangle = |p: Point| p != end && p != from && within([end, from, to], p);
            let vertices = near.iter().flat_map(|s| [s.a, s.b]).chain(ends.iter().copied());
            if let Some(at) = vertices.into_iter().find(|&p| in_triangle(p)) {
                return Err(ShiftFault::InTheWay(at));
            }
        }
        // Whatever crosses a segment's new course, or lies on it, cuts it.
        let still = near.len();
        let (left, right) = (Owner::OUTSIDE, Owner::OUTSIDE);
        near.extend(ends.iter().map(|&end| Segment { a: end, b: to, left, right }));
        let noded = node(&near, 0, None);
        let mut cut = vec![0; near.len()];
        for piece in &noded {
            cut[piece.input as usize] += 1;
        }
        match (0..near.len()).find(|&i| cut[i] != 1) {
            Some(i) if i < still => Err(ShiftFault::InTheWay(near[i].a)),
            Some(i) => {
                let at = noded.iter().find(|n| n.input as usize == i).map_or(to, |n| n.b);
                Err(ShiftFault::InTheWay(at))
            }
            None => Ok(()),
        }
    }
}

/// Whether a triangle holds a point, its sides included.
fn within([a, b, c]: [Point; 3], p: Point) -> bool {
    let turns = [cross(a, b, p), cross(b, c, p), cross(c, a, p)];
    if cross(a, b, c) == 0 {
        return Bounds::of(&[a, b, c]).contains(p) && turns.iter().all(|&t| t == 0);
    }
    turns.iter().all(|&t| t >= 0) || turns.iter().all(|&t| t <= 0)
}

//! The weights of a version's arcs where those of another are there: only what a change reaches is weighed again.
//!
//! ```text
//!   other:    an arc that the other version has not, or not with these sides
//!   reached:  other, or a vertex that came or went lies in its box: whether a vertex may go depends on those in its
//!             arc's triangles alone, and they lie in the box of the arc
//!   turned:   of a ring with an arc that is reached or other: its pins are counted anew, from the weights of all rings
//!             that run along it
//! ```
//!
//! Where arcs came or went, those that meet them have their common node in their box, and are reached: so a ring that
//! runs otherwise than before has an arc that is reached. Every other arc keeps its weights, pins among them. The result
//! is what weighing everything gives.

use std::collections::HashMap;

use super::arcs::Arcs;
use super::obstacles::Obstacles;
use super::pins::{Walks, pin_rings};
use super::sides::Sides;
use super::weigh::{ArcWeights, weigh_among};
use crate::crs::{Bounds, Point};
use crate::unit::Owner;

/// Beyond one arc in so many, everything is weighed again: that is no dearer.
const FEW: usize = 4;

/// The weights of `arcs` down to level `depth`, vertex by vertex, where those of another version's arcs are there; `None`
/// where most would be weighed again.
pub(super) fn reweigh(
    (old, weights): (&Arcs, &[u64]),
    now: impl Fn(Owner) -> Owner,
    arcs: &Arcs,
    (sides, depth): (&Sides, u8),
) -> Option<Vec<u64>> {
    let kept: Vec<&[u64]> = old.runs(weights).collect();
    let few = arcs.count() / FEW;
    let matched = Matched::new(old, arcs, now);
    if matched.other.iter().filter(|o| **o).count() > few {
        return None;
    }
    let boxes: Vec<Bounds> = arcs.iter().map(|arc| Bounds::of(arc.points)).collect();
    let reached = matched.reached(&boxes);
    let walks = Walks::new(arcs, sides, depth);
    let either: Vec<bool> = reached.iter().zip(&matched.other).map(|(r, o)| *r || *o).collect();
    let turned = along(&walks, &either);
    let asked = along(&walks, &turned);
    if asked.iter().filter(|a| **a).count() > few {
        return None;
    }
    let near = near(&boxes, &asked);
    let mut weights = weigh_among(arcs, &Obstacles::new(arcs, |i| near[i]), |i| asked[i]);
    pin_rings(&walks, &mut weights, |ring| ring.iter().any(|&half| turned[half as usize / 2]));
    let of = |(i, ArcWeights { weights, .. }): (usize, ArcWeights)| match matched.was[i] {
        Some(old) if !turned[i] => kept[old as usize].to_vec(),
        _ => weights,
    };
    Some(weights.into_iter().enumerate().flat_map(of).collect())
}

/// Which arcs two versions share.
struct Matched {
    /// By arc: the same points in the other version.
    was: Vec<Option<u32>>,
    /// By arc: whether the other version has not got it, or with other sides.
    other: Vec<bool>,
    /// The vertices of arcs that only one of the two has.
    vertices: Vec<Point>,
}

impl Matched {
    fn new(old: &Arcs, new: &Arcs, now: impl Fn(Owner) -> Owner) -> Self {
        // No two arcs begin with the same segment.
        let begin = |points: &[Point]| (points[0], points[1]);
        let known: HashMap<(Point, Point), u32> = old.iter().map(|arc| begin(arc.points)).zip(0..).collect();
        let mut gone = vec![true; old.count()];
        let mut matched = Self { was: Vec::new(), other: Vec::new(), vertices: Vec::new() };
        for arc in new.iter() {
            let same =
                known.get(&begin(arc.points)).copied().filter(|&i| old.get(i as usize).points == arc.points);
            let is_other = same.is_none_or(|i| {
                let was = old.get(i as usize);
                gone[i as usize] = false;
                (now(was.left), now(was.right)) != (arc.left, arc.right)
            });
            if same.is_none() {
                matched.vertices.extend_from_slice(arc.points);
            }
            matched.was.push(same);
            matched.other.push(is_other);
        }
        for (arc, _) in old.iter().zip(&gone).filter(|(_, gone)| **gone) {
            matched.vertices.extend_from_slice(arc.points);
        }
        matched
    }

    /// The arcs that are new, or in whose box a vertex came or went.
    fn reached(&self, boxes: &[Bounds]) -> Vec<bool> {
        let round = Bounds::of(&self.vertices);
        let holds = |b: &Bounds| b.meets(round) && self.vertices.iter().any(|&p| b.contains(p));
        self.was.iter().zip(boxes).map(|(was, b)| was.is_none() || holds(b)).collect()
    }
}

/// The arcs of rings that have a marked arc, and the marked ones.
fn along(walks: &Walks, marked: &[bool]) -> Vec<bool> {
    let mut found = marked.to_vec();
    walks.each(|ring| {
        if ring.iter().any(|&half| marked[half as usize / 2]) {
            for &half in ring {
                found[half as usize / 2] = true;
            }
        }
    });
    found
}

/// The arcs whose box meets that of an arc that is asked.
fn near(boxes: &[Bounds], asked: &[bool]) -> Vec<bool> {
    let of: Vec<Bounds> = boxes.iter().zip(asked).filter(|(_, asked)| **asked).map(|(b, _)| *b).collect();
    let round = of.iter().fold(Bounds::EMPTY, |all, &b| all.union(b));
    boxes.iter().map(|b| b.meets(round) && of.iter().any(|a| a.meets(*b))).collect()
}

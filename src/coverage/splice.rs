//! A coverage in which some arcs give way to other borders; all the others are taken over as they are.
//!
//! ```text
//!   ──•────•────•──        near arcs go, other segments come and are chained anew; where the far arcs meet them a node
//!     │ ╱╱ │ ╲╲ │     →    stays a node; only who bounds something that came or went is walked round again
//!   ──•────•────•──
//! ```
//!
//! The same as building the coverage from all its segments, in canonical form too: arcs stand in the order of their
//! points, and an owner's rings in that of their first half-arcs, which the far arcs keep.

use std::collections::HashSet;

use super::arrangement::{Chain, Segment, chains_between};
use super::rings::{self, RingSet};
use super::{Coverage, Span};
use crate::crs::Point;
use crate::unit::Owner;

/// The number of an arc that is no more.
const GONE: u32 = u32::MAX;

impl Coverage {
    /// The coverage of `owners` owners in which `segments` stand in the place of the arcs that are `near`, and the owners
    /// of all others are called `to`. Every arc that touches a point where a border comes or goes must be near.
    pub(super) fn spliced(
        &self,
        near: &[bool],
        segments: &[Segment],
        to: impl Fn(Owner) -> Owner,
        owners: usize,
    ) -> Self {
        let to = |owner: Owner| if owner.is_outside() { owner } else { to(owner) };
        let far = || self.arcs().zip(near).filter(|(_, near)| !**near).map(|(arc, _)| arc);
        let nodes: HashSet<Point> =
            far().flat_map(|arc| [arc.points[0], arc.points[arc.points.len() - 1]]).collect();
        let made = chains_between(segments, &nodes);
        let mut heirs = Heirs { was: vec![None; owners], walked: vec![false; owners] };
        far().flat_map(|arc| [arc.left, arc.right]).for_each(|side| heirs.takes_over(side, to(side)));
        made.iter().flat_map(|chain| [chain.left, chain.right]).for_each(|side| heirs.walk(side));
        let lost = self.arcs().zip(near).filter(|(_, near)| **near);
        heirs.have_lost(&lost.flat_map(|(arc, _)| [arc.left, arc.right]).collect());
        let (mut spliced, number) = self.merged(near, made, to);
        spliced.shapes = (0..owners).map(|owner| heirs.shapes(owner, &self.shapes, &number)).collect();
        let group = |owner: Owner| heirs.walked.get(owner.index()).filter(|walked| **walked).map(|_| owner.0);
        for (owner, sets) in rings::trace(&spliced, group) {
            spliced.shapes[owner as usize] = sets;
        }
        spliced
    }

    /// The far arcs and those that were made, in the order of their points; and the numbers that the far ones have now.
    fn merged(&self, near: &[bool], made: Vec<Chain>, to: impl Fn(Owner) -> Owner) -> (Self, Vec<u32>) {
        let mut merged = Self {
            points: Vec::with_capacity(self.points.len()),
            spans: Vec::with_capacity(self.spans.len()),
            shapes: Vec::new(),
        };
        let mut number = vec![GONE; self.arc_count()];
        let mut made = made.into_iter().peekable();
        for (i, arc) in self.arcs().enumerate().filter(|(i, _)| !near[*i]) {
            while let Some(chain) = made.next_if(|chain| chain.points.as_slice() < arc.points) {
                merged.push(&chain.points, chain.left, chain.right);
            }
            number[i] = merged.spans.len() as u32;
            merged.push(arc.points, to(arc.left), to(arc.right));
        }
        made.for_each(|chain| merged.push(&chain.points, chain.left, chain.right));
        (merged, number)
    }

    pub(super) fn push(&mut self, points: &[Point], left: Owner, right: Owner) {
        let start = self.points.len() as u32;
        self.points.extend_from_slice(points);
        self.spans.push(Span { start, end: self.points.len() as u32, left, right });
    }
}

/// Who of the owners before each owner is, by their far arcs, and who is to be walked round again.
struct Heirs {
    was: Vec<Option<Owner>>,
    walked: Vec<bool>,
}

impl Heirs {
    /// `now` has an arc of `was`. Whoever has several's is somebody else than each of them.
    fn takes_over(&mut self, was: Owner, now: Owner) {
        if let Some(known) = self.was.get_mut(now.index()) {
            if known.is_some_and(|known| known != was) {
                self.walk(now);
            } else {
                *known = Some(was);
            }
        }
    }

    fn walk(&mut self, owner: Owner) {
        if let Some(walked) = self.walked.get_mut(owner.index()) {
            *walked = true;
        }
    }

    /// Who was one of those that lost an arc is walked round.
    fn have_lost(&mut self, lost: &HashSet<Owner>) {
        for (was, walked) in self.was.iter().zip(&mut self.walked) {
            *walked |= was.is_some_and(|was| lost.contains(&was));
        }
    }

    /// The rings of an owner that is not walked round, with the arcs' new numbers.
    fn shapes(&self, owner: usize, before: &[Vec<RingSet>], number: &[u32]) -> Vec<RingSet> {
        match self.was[owner] {
            Some(was) if !self.walked[owner] => {
                let now = |half: u32| 2 * number[half as usize / 2] + half % 2;
                before[was.index()].iter().map(|set| set.renumbered(now)).collect()
            }
            _ => Vec::new(),
        }
    }
}

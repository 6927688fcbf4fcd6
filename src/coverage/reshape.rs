//! The border between two neighbours, drawn anew along a line.
//!
//! ```text
//!   both ends on one run of a|b      one end, or both, on the outer border of a and b
//!
//!        a                              ──•──────────•──        the run between, or the run that joins the ends'
//!   •──×····×──•   the run between      a : ········ |  b       rings: its nodes move along the ring to the ends
//!      └─────┘     is replaced          ──×··········•──
//!        b
//! ```
//!
//! The line has the side of its run on its left, so each piece beside the line belongs to one of the two; pieces that
//! met across the run that is gone go together.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::cut::Cut;
use super::snap::{Reach, Snapped};
use super::{ArcRef, Coverage};
use crate::crs::{Point, length_m};
use crate::unit::Owner;

/// A border that is to be drawn anew.
#[derive(Clone, Debug)]
pub struct Redrawn<'a> {
    /// The two neighbours.
    pub between: [Owner; 2],
    /// Its new course, at least two points.
    pub line: &'a [Point],
    /// A point of the border that stays, where the border is closed and either run could go.
    pub keep: Option<Point>,
}

/// Why a border cannot be drawn so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReshapeFault {
    /// They share no border.
    #[error("expected two neighbours, found two units that share no border")]
    NotNeighbours,
    /// The line leaves the two.
    #[error("expected a line within the two units, found one that leaves them")]
    Leaves(Point),
    /// The ends do not belong to one run.
    #[error(
        "expected both ends of the line at one stretch of the shared border, or where it ends, found them at two"
    )]
    Stretches(Point),
    /// One unit lies in the other, and an end is elsewhere.
    #[error("the shared border is closed: expected both ends of the line on it, found one elsewhere")]
    Closed(Point),
    /// The line has one of the two on both its sides.
    #[error(
        "expected a line with one unit to either side, found one that meets itself or the border that stays"
    )]
    Tangled(Point),
    /// Nothing would change.
    #[error("expected a line that moves the border, found one that lies on it")]
    Nothing(Point),
}

/// What a border drawn anew cuts, and which of the two each piece goes to.
#[derive(Debug)]
pub struct Reshaped<'a> {
    /// The pieces.
    pub cut: Cut<'a>,
    /// By piece.
    pub to: Vec<Owner>,
    /// The line's ends, where they were taken to a border.
    pub ends: [Option<Snapped>; 2],
}

impl Coverage {
    /// Draws the border between two neighbours anew. The line's ends go to the nearest point of the border of the two.
    ///
    /// # Errors
    /// [`ReshapeFault`], with the place.
    pub fn reshape(&self, redrawn: &Redrawn<'_>) -> Result<Reshaped<'_>, ReshapeFault> {
        let [a, b] = redrawn.between;
        let of_both = |owner: Owner| owner == a || owner == b;
        if !self.arcs().any(|arc| of_both(arc.left) && of_both(arc.right)) {
            return Err(ReshapeFault::NotNeighbours);
        }
        let mut line = redrawn.line.to_vec();
        let takes = |arc: ArcRef<'_>| of_both(arc.left) || of_both(arc.right);
        let anywhere = Reach { vertex: 0.0, border: f64::INFINITY };
        let last = line.len() - 1;
        let ends = [0, last].map(|end| self.snapped(line[end], anywhere, takes).filter(|s| s.from != s.to));
        for (end, snapped) in [0, last].into_iter().zip(&ends) {
            line[end] = snapped.map_or(line[end], |s| s.to);
        }
        let cut = self.cut(&BTreeSet::from([a, b]), &[line.clone()]);
        if let Some(at) = cut.strayed {
            return Err(ReshapeFault::Leaves(at));
        }
        let borders = Borders::of(&cut, a, b);
        let replaced = borders.replaced([line[0], line[last]], redrawn.keep)?;
        let to = sides(&cut, redrawn.between, &replaced, line[0])?;
        Ok(Reshaped { cut, to, ends })
    }
}

/// The run that a line replaces, from the line's first end to its last.
struct Replaced {
    /// At least two points, or none.
    run: Vec<Point>,
    /// Whether the first of the two neighbours lies to the left of the line.
    first_left: bool,
}

/// The shared border and the outer one, as graphs.
struct Borders {
    /// From each point of the shared border: the next, and whether the first neighbour is on the left.
    shared: BTreeMap<Point, Vec<(Point, bool)>>,
    /// From each point of the outer border: the next, and how far, in tenths of a millimetre.
    outer: BTreeMap<Point, Vec<(Point, u64)>>,
}

impl Borders {
    fn of(cut: &Cut<'_>, a: Owner, b: Owner) -> Self {
        let mut borders = Self { shared: BTreeMap::new(), outer: BTreeMap::new() };
        for s in cut.borders() {
            let ours = [s.left, s.right].map(|o| o == a || o == b);
            match ours {
                [true, true] => {
                    borders.shared.entry(s.a).or_default().push((s.b, s.left == a));
                    borders.shared.entry(s.b).or_default().push((s.a, s.right == a));
                }
                [false, false] => {}
                _ => {
                    let far = (length_m(&[s.a, s.b]) * 1e4) as u64;
                    borders.outer.entry(s.a).or_default().push((s.b, far));
                    borders.outer.entry(s.b).or_default().push((s.a, far));
                }
            }
        }
        borders
    }

    fn replaced(&self, [first, last]: [Point; 2], keep: Option<Point>) -> Result<Replaced, ReshapeFault> {
        let on_shared = [first, last].map(|end| self.shared.contains_key(&end));
        match on_shared {
            [true, true] => self.between(first, last, keep),
            [true, false] => self.towards(first, last),
            [false, true] => {
                let mut back = self.towards(last, first)?;
                back.run.reverse();
                Ok(Replaced { first_left: !back.first_left, ..back })
            }
            [false, false] => self.across(first, last),
        }
    }

    /// Both ends on the shared border: the run between them; the shorter of two, or the one without `keep`.
    fn between(&self, first: Point, last: Point, keep: Option<Point>) -> Result<Replaced, ReshapeFault> {
        if first == last {
            return Err(ReshapeFault::Tangled(first));
        }
        let mut runs: Vec<(Vec<Point>, bool)> =
            self.runs(first).into_iter().filter_map(|(run, left)| Some((upto(run, last)?, left))).collect();
        if let (Some(keep), true) = (keep, runs.len() > 1) {
            let from = |run: &[Point]| run.iter().map(|&p| (length_m(&[keep, p]) * 1e4) as u64).min();
            runs.sort_by_key(|(run, _)| Reverse(from(&run[1..run.len() - 1]).unwrap_or(u64::MAX)));
        } else {
            runs.sort_by(|p, q| length_m(&p.0).total_cmp(&length_m(&q.0)));
        }
        let found = runs.into_iter().next();
        found.map(|(run, first_left)| Replaced { run, first_left }).ok_or(ReshapeFault::Stretches(last))
    }

    /// One end on the shared border, the other on the outer one: the part of the run whose node is nearer along it.
    fn towards(&self, on_run: Point, outside: Point) -> Result<Replaced, ReshapeFault> {
        let far = self.along_outer(outside);
        let runs = self.runs(on_run).into_iter().filter(|(run, _)| run.last() != Some(&on_run));
        let nearest = runs
            .filter_map(|(run, left)| Some((*far.get(run.last()?)?, run, left)))
            .min_by(|p, q| (p.0, &p.1).cmp(&(q.0, &q.1)));
        let (_, run, first_left) = nearest.ok_or(ReshapeFault::Closed(outside))?;
        Ok(Replaced { run, first_left })
    }

    /// Both ends on the outer border: the whole run whose nodes have the shortest way to them.
    fn across(&self, first: Point, last: Point) -> Result<Replaced, ReshapeFault> {
        let (from_first, from_last) = (self.along_outer(first), self.along_outer(last));
        let nodes = self.shared.keys().filter(|p| self.outer.contains_key(p));
        let runs = nodes.flat_map(|&node| self.runs(node)).filter(|(run, _)| run.first() != run.last());
        let nearest = runs
            .filter_map(|(run, left)| {
                Some((from_first.get(run.first()?)? + from_last.get(run.last()?)?, run, left))
            })
            .min_by(|p, q| (p.0, &p.1).cmp(&(q.0, &q.1)));
        let (_, run, first_left) = nearest.ok_or(ReshapeFault::Closed(first))?;
        Ok(Replaced { run, first_left })
    }

    /// The runs of the shared border that leave a point, each to the node where it ends or back to the point; and
    /// whether the first neighbour lies to their left.
    fn runs(&self, from: Point) -> Vec<(Vec<Point>, bool)> {
        let leave = self.shared.get(&from).map_or(&[][..], Vec::as_slice);
        leave
            .iter()
            .map(|&(next, left)| {
                let mut run = vec![from, next];
                while let [before, here] = run[run.len() - 2..]
                    && here != from
                    && !self.outer.contains_key(&here)
                    && let [p, q] = self.shared[&here][..]
                {
                    run.push(if p.0 == before { q.0 } else { p.0 });
                }
                (run, left)
            })
            .collect()
    }

    /// How far each point of the outer border is from one of them, along it.
    fn along_outer(&self, from: Point) -> BTreeMap<Point, u64> {
        let mut far = BTreeMap::new();
        let mut next = BinaryHeap::from([Reverse((0, from))]);
        while let Some(Reverse((here, point))) = next.pop() {
            if far.contains_key(&point) {
                continue;
            }
            far.insert(point, here);
            let on = self.outer.get(&point).map_or(&[][..], Vec::as_slice);
            next.extend(on.iter().map(|&(to, step)| Reverse((here + step, to))));
        }
        far
    }
}

/// A run as far as a point of it that is not its first.
fn upto(mut run: Vec<Point>, last: Point) -> Option<Vec<Point>> {
    let at = run[1..].iter().position(|&p| p == last)? + 1;
    run.truncate(at + 1);
    Some(run)
}

/// Which of the two each piece goes to.
fn sides(
    cut: &Cut<'_>,
    [a, b]: [Owner; 2],
    replaced: &Replaced,
    at: Point,
) -> Result<Vec<Owner>, ReshapeFault> {
    let pieces = cut.pieces();
    let mut group: Vec<usize> = (0..pieces.len()).collect();
    // Where the line runs along the run, as it does for a unit before an end that was rounded, the border stays.
    let along = cut.line_edges();
    for w in replaced.run.windows(2).filter(|w| !along.contains(&(w[0].min(w[1]), w[0].max(w[1])))) {
        if let (Some(left), Some(right)) = cut.beside(w[0], w[1]) {
            let (into, from) = (group[left], group[right]);
            group.iter_mut().filter(|g| **g == from).for_each(|g| *g = into);
        }
    }
    let mut decided: BTreeMap<usize, Owner> = BTreeMap::new();
    let (left, right) = if replaced.first_left { (a, b) } else { (b, a) };
    for (piece, &group) in pieces.iter().zip(&group) {
        for owner in [(piece.left_of_line, left), (piece.right_of_line, right)]
            .into_iter()
            .filter_map(|(beside, owner)| beside.then_some(owner))
        {
            if *decided.entry(group).or_insert(owner) != owner {
                return Err(ReshapeFault::Tangled(piece.at));
            }
        }
    }
    let to: Vec<Owner> = pieces
        .iter()
        .zip(&group)
        .map(|(piece, group)| decided.get(group).copied().unwrap_or(piece.owner))
        .collect();
    if pieces.iter().zip(&to).all(|(piece, to)| piece.owner == *to) {
        return Err(ReshapeFault::Nothing(at));
    }
    Ok(to)
}

//! Vertices that no zoom may take away, so that no face collapses before it is too small to be seen.
//!
//! A ring of a unit (or of its part, or of its hole) starts from nothing but its nodes; the vertices that matter most
//! are added until it holds at least [half its area](ENOUGH), turning the right way round. Half, because a unit is
//! due in a tile from one square tile unit on and rounding takes up to half a unit on every side: what is pinned keeps
//! a unit visible while thinning is coarser than it is, and costs three vertices for a plain cell.
//!
//! Per arc the pinned vertices are the last to go in the order of thinning, so an arc with its pins is again the arc as
//! it stood at one moment, and meets its neighbours only at nodes. Rings are asked one by one, each from its nodes
//! alone, so the order of asking does not count.

use super::arcs::Arcs;
use super::sides::{Group, NONE, Sides};
use super::turns::Turns;
use super::weigh::{ArcWeights, KEPT};
use crate::crs::Point;

/// A pinned ring holds at least one part in this many of its area.
const ENOUGH: i128 = 2;

/// Raises to [`KEPT`] the weights of vertices that a unit's ring needs, for units of every level down to `depth` and
/// for voids.
pub(super) fn pin(arcs: &Arcs, weights: &mut [ArcWeights], sides: &Sides, depth: u8) {
    pin_rings(&Walks::new(arcs, sides, depth), weights, |_| true);
}

/// The same for some of the rings: those of which `asked` says so, given as half-arcs. Only arcs of theirs need weights.
pub(super) fn pin_rings(walks: &Walks, weights: &mut [ArcWeights], asked: impl Fn(&[u32]) -> bool) {
    let rings = Rings::new(walks.arcs, weights);
    let mut pins = vec![0; walks.arcs.count()];
    walks.each(|ring| {
        if asked(ring) {
            rings.pin_ring(ring, &mut pins);
        }
    });
    for (arc, &count) in weights.iter_mut().zip(&pins) {
        let ArcWeights { weights, order } = arc;
        for &i in &order[order.len() - count as usize..] {
            weights[i as usize] = KEPT;
        }
    }
}

/// Arcs and how they meet, ready to be walked round the rings of every layer down to a level, and of voids.
pub(super) struct Walks<'a> {
    arcs: &'a Arcs,
    turns: Turns,
    groups: Vec<&'a Group>,
}

impl<'a> Walks<'a> {
    pub fn new(arcs: &'a Arcs, sides: &'a Sides, depth: u8) -> Self {
        let turns = Turns::new(arcs.count(), |i| {
            let p = arcs.get(i).points;
            [p[0], p[1], p[p.len() - 2], p[p.len() - 1]]
        });
        let groups = (0..=depth).map(|level| sides.level(level)).chain([sides.voids()]).collect();
        Self { arcs, turns, groups }
    }

    /// Hands over every ring, as half-arcs in order.
    pub fn each(&self, mut ring: impl FnMut(&[u32])) {
        self.groups.iter().for_each(|group| self.of_group(group, &mut ring));
    }

    fn of_group(&self, group: &Group, found: &mut impl FnMut(&[u32])) {
        let sides: Vec<u32> = self.arcs.iter().flat_map(|a| [group.of(a.left), group.of(a.right)]).collect();
        let bounds = |half: u32| sides[half as usize] != sides[(half ^ 1) as usize];
        let mut seen = vec![false; sides.len()];
        let mut ring = Vec::new();
        for first in 0..sides.len() as u32 {
            if sides[first as usize] == NONE || !bounds(first) || seen[first as usize] {
                continue;
            }
            ring.clear();
            let mut half = first;
            while !seen[half as usize] {
                seen[half as usize] = true;
                ring.push(half);
                half = self.turns.next(half, bounds);
            }
            found(&ring);
        }
    }
}

/// Arcs with what they add to the area of a ring.
struct Rings<'a> {
    arcs: &'a Arcs,
    weights: &'a [ArcWeights],
    /// By arc: what it adds to twice the area of a ring that runs along it, whole and with nothing pinned.
    whole: Vec<i128>,
    bare: Vec<i128>,
}

impl<'a> Rings<'a> {
    fn new(arcs: &'a Arcs, weights: &'a [ArcWeights]) -> Self {
        let has_weights = |i: &usize| !weights[*i].weights.is_empty();
        let mut rings = Self { arcs, weights, whole: vec![0; arcs.count()], bare: vec![0; arcs.count()] };
        for i in (0..arcs.count()).filter(has_weights) {
            rings.whole[i] = swept(arcs.get(i).points.iter().copied());
            rings.bare[i] = rings.swept_with(i, 0);
        }
        rings
    }

    /// Raises `pins` to what a ring needs.
    fn pin_ring(&self, ring: &[u32], pins: &mut [u32]) {
        let along = |half: u32, swept: i128| if half.is_multiple_of(2) { swept } else { -swept };
        let whole: i128 = ring.iter().map(|&h| along(h, self.whole[h as usize / 2])).sum();
        let mut bare: Vec<i128> = ring.iter().map(|&h| along(h, self.bare[h as usize / 2])).collect();
        let mut counts = vec![0; ring.len()];
        while bare.iter().sum::<i128>() * whole.signum() * ENOUGH < whole.abs() {
            let Some(k) = (0..ring.len()).max_by_key(|&k| self.candidate(ring[k], counts[k])) else { break };
            if self.candidate(ring[k], counts[k]).is_none() {
                break;
            }
            counts[k] += 1;
            bare[k] = along(ring[k], self.swept_with(ring[k] as usize / 2, counts[k]));
        }
        for (&half, &count) in ring.iter().zip(&counts) {
            let pinned = &mut pins[half as usize / 2];
            *pinned = count.max(*pinned);
        }
    }

    /// The vertex to pin next on a half-arc of which `count` are pinned, by weight and place.
    fn candidate(&self, half: u32, count: u32) -> Option<(u64, Point)> {
        let arc = half as usize / 2;
        let ArcWeights { weights, order } = &self.weights[arc];
        let i = *order.get(order.len().checked_sub(count as usize + 1)?)?;
        Some((weights[i as usize], self.arcs.get(arc).points[i as usize]))
    }

    /// What an arc adds to twice a ring's area with `count` vertices pinned.
    fn swept_with(&self, arc: usize, count: u32) -> i128 {
        let ArcWeights { weights, order } = &self.weights[arc];
        let points = self.arcs.get(arc).points;
        let pinned = &order[order.len() - count as usize..];
        let stays = |i: usize| weights[i] == KEPT || pinned.contains(&(i as u32));
        swept((0..points.len()).filter(|&i| stays(i)).map(|i| points[i]))
    }
}

/// Twice the area that a line sweeps over as seen from the origin.
fn swept(points: impl Iterator<Item = Point>) -> i128 {
    let mut last: Option<Point> = None;
    let mut sum = 0;
    for p in points {
        if let Some(l) = last {
            sum += i128::from(l.x) * i128::from(p.y) - i128::from(l.y) * i128::from(p.x);
        }
        last = Some(p);
    }
    sum
}

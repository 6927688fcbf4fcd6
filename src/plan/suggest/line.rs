//! What stretches of a line leave on their left.
//!
//! ```text
//!        ┌──────────┐        A line crosses the rings; between two crossings it is inside or outside by turns. A run of
//!   ─ ─ ─P══Q┌─┐P'══Q'─ ─    inside stretches that starts and ends on one ring, and passes others once, cuts the leaf in
//!        │   └─┘    │        two: PQ P'Q' here, PQ alone would not. The piece on its left goes along PQ, the hole from Q
//!        └──────────┘        to P', P'Q', and the shell from Q' back to P.
//! ```

use super::frame::Frame;
use super::shape::{Mass, Shape, V, cross, east};
use crate::crs::Point;

/// Where a line crosses a ring: how far along the line in m, which ring, and where on it (edge + share of the edge).
#[derive(Clone, Copy, Debug)]
pub struct Crossing {
    pub t: f64,
    ring: usize,
    on: f64,
    at: V,
}

/// Stretches of a line that cut the leaf in two.
#[derive(Clone, Debug)]
pub struct Run {
    /// Each from where the line comes in to where it goes out.
    stretches: Vec<[Crossing; 2]>,
    /// How far, in m, the line is outside before and after.
    room: [f64; 2],
}

/// How far a line goes on outside the leaf, in m: far enough to cross the border whatever the lattice rounds.
const OVERHANG_M: f64 = 2.0;
impl Shape {
    /// The runs of the line at `c`.
    pub fn runs(&self, frame: &Frame, c: f64) -> Vec<Run> {
        let crossings = self.crossings(frame, c);
        let t = |i: usize| crossings.get(i).map_or(f64::INFINITY, |x| x.t);
        let stretches: Vec<[Crossing; 2]> = crossings.chunks_exact(2).map(|x| [x[0], x[1]]).collect();
        let mut runs = Vec::new();
        for (first, [start, _]) in stretches.iter().enumerate() {
            let mut passed = vec![start.ring];
            for (last, [_, end]) in stretches.iter().enumerate().skip(first) {
                if end.ring == start.ring {
                    let before = first.checked_sub(1).map_or(f64::INFINITY, |b| start.t - stretches[b][1].t);
                    let room = [before, t(2 * last + 2) - end.t];
                    runs.push(Run { stretches: stretches[first..=last].to_vec(), room });
                    break;
                }
                let goes_on = stretches.get(last + 1).is_some_and(|next| next[0].ring == end.ring);
                if passed.contains(&end.ring) || !goes_on {
                    break;
                }
                passed.push(end.ring);
            }
        }
        runs
    }

    fn crossings(&self, frame: &Frame, c: f64) -> Vec<Crossing> {
        let mut found = Vec::new();
        for (ring, s) in frame.s.iter().enumerate() {
            let mut before = s.len() - 1;
            for (here, &s1) in s.iter().enumerate() {
                let s0 = s[before];
                if (s0 < c) != (s1 < c) {
                    let share = (c - s0) / (s1 - s0);
                    let (a, b) = (self.rings[ring].points[before], self.rings[ring].points[here]);
                    let at = (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share);
                    let t = at.0 * frame.along.0 + at.1 * frame.along.1;
                    let on = before as f64 + share.min(1.0 - 1e-12);
                    found.push(Crossing { t, ring, on, at });
                }
                before = here;
            }
        }
        found.sort_unstable_by(|p, q| p.t.total_cmp(&q.t));
        found
    }

    /// How much lies left of a run: towards smaller `s`.
    pub fn left_of(&self, run: &Run) -> f64 {
        let left = Cycle::of(run, true);
        if self.swept(&left) > 0.0 {
            return self.within(&left);
        }
        self.total - self.within(&Cycle::of(run, false))
    }

    /// The signed area that a cycle goes round.
    fn swept(&self, cycle: &Cycle) -> f64 {
        let chords = cycle.chords.iter().map(|&(p, q)| cross(p, q));
        let along = cycle.ranges.iter().map(|&(ring, from, to)| self.rings[ring].between(from, to));
        chords.chain(along).sum::<f64>() / 2.0
    }

    fn within(&self, cycle: &Cycle) -> f64 {
        if !self.dwellings.is_empty() {
            return self.dwellings.iter().filter(|m| cycle.holds(m)).map(|m| m.weight).sum();
        }
        let passes = |ring: usize| cycle.ranges.iter().any(|r| r.0 == ring);
        let holes = self.holes.iter().filter(|hole| !passes(hole.ring) && cycle.holds(hole));
        self.swept(cycle) - holes.map(|hole| hole.weight).sum::<f64>()
    }

    /// The line of a run on the lattice, its ends a little outside.
    pub fn line(&self, frame: &Frame, run: &Run) -> [Point; 2] {
        let beyond = |from: V, by: f64| (from.0 + frame.along.0 * by, from.1 + frame.along.1 * by);
        let out = run.room.map(|room| (room / 2.0).min(OVERHANG_M));
        let [first, last] = run.ends();
        [self.plane.back(beyond(first.at, -out[0])), self.plane.back(beyond(last.at, out[1]))]
    }
}

/// A closed way along chords and rings, a piece on its left.
struct Cycle {
    chords: Vec<(V, V)>,
    /// Ring, from, to: forward.
    ranges: Vec<(usize, f64, f64)>,
}

impl Cycle {
    fn of(run: &Run, left: bool) -> Self {
        let next = run.stretches.iter().cycle().skip(1);
        let (mut chords, mut ranges) = (Vec::new(), Vec::new());
        for ([start, end], [then, _]) in run.stretches.iter().zip(next) {
            if left {
                chords.push((start.at, end.at));
                ranges.push((end.ring, end.on, then.on));
            } else {
                chords.push((end.at, start.at));
                ranges.push((end.ring, then.on, end.on));
            }
        }
        Self { chords, ranges }
    }

    fn holds(&self, mass: &Mass) -> bool {
        let on = |&(ring, on): &(usize, f64)| {
            self.ranges.iter().any(|&(r, from, to)| {
                let forth = from <= on && on < to;
                r == ring && if from <= to { forth } else { from <= on || on < to }
            })
        };
        let rings = mass.hits.iter().filter(|hit| on(hit)).count();
        let chords = self.chords.iter().filter(|chord| east(mass.at, **chord).is_some()).count();
        (rings + chords) % 2 == 1
    }
}

impl Run {
    fn ends(&self) -> [Crossing; 2] {
        [self.stretches[0][0], self.stretches[self.stretches.len() - 1][1]]
    }

    /// Its middle along the line.
    pub fn middle(&self) -> f64 {
        let [first, last] = self.ends();
        f64::midpoint(first.t, last.t)
    }

    /// How much of it is inside, in m.
    pub fn length(&self) -> f64 {
        self.stretches.iter().map(|[start, end]| end.t - start.t).sum()
    }
}

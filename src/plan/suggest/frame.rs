//! The lines of one direction across a leaf, and where a whole one has some weight before it.

use super::shape::{Shape, V};

/// The lines of one direction: `s` across, `t` along, both in metres.
pub struct Frame {
    pub along: V,
    /// By ring: `s` of each point.
    pub s: Vec<Vec<f64>>,
    /// The dwellings' `s` with their weights, sorted, and the sum up to each.
    pub ranks: Vec<(f64, f64)>,
    /// Smallest and largest `s`.
    pub range: [f64; 2],
}

/// How often a range of offsets is halved before chords are weighed: what is left is under 1e-4 of it.
const HALVINGS: usize = 14;

/// Dwellings nearer than this, in m across a line, are not told apart by it.
const SAME_M: f64 = 0.05;

impl Shape {
    /// The lines whose normal is at `angle` from the east.
    pub fn frame(&self, angle: f64) -> Frame {
        let (sin, cos) = libm::sincos(angle);
        let across = |p: &V| p.0 * cos + p.1 * sin;
        let s: Vec<Vec<f64>> = self.rings.iter().map(|r| r.points.iter().map(across).collect()).collect();
        let range = s[0].iter().fold([f64::INFINITY, f64::NEG_INFINITY], |r, &s| [r[0].min(s), r[1].max(s)]);
        let mut ranks: Vec<(f64, f64)> = self.dwellings.iter().map(|m| (across(&m.at), m.weight)).collect();
        ranks.sort_unstable_by(|p, q| p.0.total_cmp(&q.0));
        let mut sum = 0.0;
        for rank in &mut ranks {
            sum += rank.1;
            rank.1 = sum;
        }
        Frame { along: (-sin, cos), s, ranks, range }
    }

    /// The `s` at which a whole line has `target` of the area on its left.
    pub fn area_offset(&self, frame: &Frame, target: f64) -> f64 {
        let [mut low, mut high] = frame.range;
        for _ in 0..HALVINGS {
            let c = f64::midpoint(low, high);
            if self.area_below(frame, c) < target { low = c } else { high = c }
        }
        f64::midpoint(low, high)
    }

    /// ∬ over s < c = ∮ min(s − c, 0) dt.
    fn area_below(&self, frame: &Frame, c: f64) -> f64 {
        let mut sum = 0.0;
        for (ring, s) in self.rings.iter().zip(&frame.s) {
            let mut before = s.len() - 1;
            for (here, &s1) in s.iter().enumerate() {
                let (f0, f1) = (s[before] - c, s1 - c);
                if f0 < 0.0 || f1 < 0.0 {
                    let (a, b) = (ring.points[before], ring.points[here]);
                    let dt = (b.0 - a.0) * frame.along.0 + (b.1 - a.1) * frame.along.1;
                    sum += dt
                        * match (f0 < 0.0, f1 < 0.0) {
                            (true, true) => f64::midpoint(f0, f1),
                            (true, false) => f0 * f0 / (f0 - f1) / 2.0,
                            _ => f1 * f1 / (f1 - f0) / 2.0,
                        };
                }
                before = here;
            }
        }
        sum
    }
}

impl Frame {
    /// The middle of the gap between dwellings that has the weight nearest to `target` before it.
    pub fn gap(&self, target: f64) -> f64 {
        let n = self.ranks.len();
        let after = self.ranks.partition_point(|rank| rank.1 < target);
        let sum = |n: usize| n.checked_sub(1).map_or(0.0, |i| self.ranks[i].1);
        let parts = |&i: &usize| i == 0 || i >= n || self.ranks[i].0 - self.ranks[i - 1].0 > SAME_M;
        let down = (0..=after).rev().find(parts).unwrap_or_default();
        let up = (after + 1..=n).find(parts).unwrap_or(n);
        let far = |i: usize| (sum(i) - target).abs();
        self.gap_after(if far(down) <= far(up) { down } else { up })
    }

    fn gap_after(&self, n: usize) -> f64 {
        let s = |i: usize| self.ranks.get(i).map_or(self.range[1], |rank| rank.0);
        f64::midpoint(n.checked_sub(1).map_or(self.range[0], s), s(n))
    }

    /// How much the dwellings before `c` weigh.
    pub fn before(&self, c: f64) -> f64 {
        let n = self.ranks.partition_point(|rank| rank.0 < c);
        n.checked_sub(1).map_or(0.0, |i| self.ranks[i].1)
    }
}

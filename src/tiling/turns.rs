//! Lines that meet at their ends, seen as half-lines: who comes next round the face on the left.
//!
//! ```text
//!            ╲ 3
//!    half ────•──── 1      half `2 i` runs along line i, `2 i + 1` back. Arriving at a node, the next half round
//!            ╱ 2           the face on the left is the first one clockwise from the way back: here 3.
//! ```
//! (Drawn with y up; in world coordinates everything is mirrored alike.)

use std::cmp::Ordering;

use crate::crs::{Point, cross};

/// For each half-line, the half-line that leaves the same node next in clockwise order; itself, if it is alone.
#[derive(Clone, Debug)]
pub(super) struct Turns(Vec<u32>);

impl Turns {
    /// The turns of `count` lines; `line` gives one's first two and last two points.
    pub fn new(count: usize, line: impl Fn(usize) -> [Point; 4]) -> Self {
        let mut leaving: Vec<(Point, Point, u32)> = Vec::with_capacity(count * 2);
        for i in 0..count {
            let [start, second, last_but_one, end] = line(i);
            leaving.push((start, second, 2 * i as u32));
            leaving.push((end, last_but_one, 2 * i as u32 + 1));
        }
        leaving.sort_unstable();
        let mut clockwise = vec![0; leaving.len()];
        for star in leaving.chunk_by_mut(|p, q| p.0 == q.0) {
            star.sort_unstable_by(|p, q| by_angle(p.0, p.1, q.1));
            let mut last = star[star.len() - 1].2;
            for &(_, _, half) in &*star {
                clockwise[half as usize] = last;
                last = half;
            }
        }
        Self(clockwise)
    }

    /// The next half-line round the face on the left of `half`, among those that `bounds` says are there.
    /// A dead end turns back.
    pub fn next(&self, half: u32, bounds: impl Fn(u32) -> bool) -> u32 {
        let mut next = self.0[(half ^ 1) as usize];
        while !bounds(next) && next != half ^ 1 {
            next = self.0[next as usize];
        }
        next
    }
}

/// Orders directions out of `o` counter-clockwise, from just after west round by south, east and north to west.
pub(super) fn by_angle(o: Point, p: Point, q: Point) -> Ordering {
    // North half: above, or due west.
    let north = |t: Point| t.y > o.y || (t.y == o.y && t.x < o.x);
    north(p).cmp(&north(q)).then_with(|| 0.cmp(&cross(o, p, q)))
}

//! Who owns a point, the slow way: even-odd crossings of a ray to the **north**, owner by owner, exactly.
//!
//! It shares nothing with the locator, which counts to the west. The half-open rule is the same: the point asked is
//! (x + ε, y + ε²).

use wangge::crs::{Point, cross};
use wangge::unit::Owner;

use super::boards::Board;

type Edge = (Owner, Owner, Point, Point);

/// The edges of a board by columns, so that a ray meets only those that may stand above it.
pub struct Oracle {
    pub edges: Vec<Edge>,
    columns: Vec<Vec<u32>>,
    west: i64,
    width: i64,
}

impl Oracle {
    pub fn of(board: &Board) -> Self {
        let edges: Vec<Edge> = board.edges().collect();
        let xs = || edges.iter().flat_map(|e| [e.2.x, e.3.x]).map(i64::from);
        let (west, east) = (xs().min().unwrap_or(0), xs().max().unwrap_or(0));
        let count = (edges.len() as i64 / 64).clamp(1, 4096);
        let width = (east - west) / count + 1;
        let mut columns = vec![Vec::new(); count as usize];
        for (i, e) in edges.iter().enumerate() {
            let column = |x: i32| ((i64::from(x) - west) / width) as usize;
            for passed in &mut columns[column(e.2.x.min(e.3.x))..=column(e.2.x.max(e.3.x))] {
                passed.push(i as u32);
            }
        }
        Self { edges, columns, west, width }
    }

    /// The one owner of p; panics if there are two, or none with the ray's count odd.
    pub fn owner(&self, p: Point) -> Owner {
        let mut odd: Vec<Owner> = Vec::new();
        let mut toggle = |owner: Owner| match odd.iter().position(|&o| o == owner) {
            Some(at) => {
                odd.swap_remove(at);
            }
            None => odd.push(owner),
        };
        for &(left, right, a, b) in self.above(p) {
            if is_above(a, b, p) {
                toggle(left);
                toggle(right);
            }
        }
        odd.sort_unstable();
        match odd[..] {
            // The ray ends outside, so nothing but the outside may be there an even number of times.
            [] => Owner::OUTSIDE,
            [owner, Owner::OUTSIDE] => owner,
            _ => panic!("{p:?} lies in {odd:?}"),
        }
    }

    pub fn on_border(&self, p: Point) -> bool {
        let around = [-1, 0].into_iter().filter_map(|d| self.column(i64::from(p.x) + d));
        around.flatten().any(|&i| {
            let (_, _, a, b) = self.edges[i as usize];
            let within = |a: i32, b: i32, p: i32| a.min(b) <= p && p <= a.max(b);
            within(a.x, b.x, p.x) && within(a.y, b.y, p.y) && cross(a, b, p) == 0
        })
    }

    fn column(&self, x: i64) -> Option<&Vec<u32>> {
        self.columns.get(usize::try_from((x - self.west).div_euclid(self.width)).ok()?)
    }

    fn above(&self, p: Point) -> impl Iterator<Item = &Edge> {
        self.column(i64::from(p.x)).into_iter().flatten().map(|&i| &self.edges[i as usize])
    }
}

/// Whether the ray north from (x + ε, y + ε²) meets the edge.
fn is_above(a: Point, b: Point, p: Point) -> bool {
    let (west, east) = if a.x <= b.x { (a, b) } else { (b, a) };
    if p.x < west.x || p.x >= east.x {
        return false;
    }
    // Left of west → east is above it. On it, at x + ε the edge has risen by slope · ε, which beats ε² if it rises.
    match cross(west, east, p).signum() {
        0 => east.y > west.y,
        side => side < 0,
    }
}

//! Walks round faces → valid polygons: one simple shell each, simple holes inside that may touch it at points.
//!
//! ```text
//!  walk:  a b c a d e      split at the point met twice:   a d e  and  a b c; which is shell and which is hole,
//!                                                          the sign of its area tells
//! ```

use crate::coverage::Polygon;
use crate::crs::{Point, cross, ring_area2};

/// Points on the way round a face, and which of them may be met twice.
#[derive(Debug, Default)]
pub(super) struct Walk {
    points: Vec<Point>,
    /// Where runs start.
    nodes: Vec<u32>,
}

impl Walk {
    /// Appends a run that starts at a node.
    pub fn run(&mut self, points: impl IntoIterator<Item = Point>) {
        self.nodes.push(self.points.len() as u32);
        self.points.extend(points);
    }

    /// The walk as simple rings.
    fn split(self) -> Vec<Vec<Point>> {
        let twice = self.met_twice();
        if twice.is_empty() {
            return vec![self.points];
        }
        let (mut path, mut rings) = (Vec::new(), Vec::new());
        for p in self.points {
            if twice.binary_search(&p).is_ok()
                && let Some(at) = path.iter().rposition(|&q| q == p)
            {
                rings.push(path.split_off(at));
            }
            path.push(p);
        }
        rings.push(path);
        rings
    }

    /// The nodes that the walk meets more than once, sorted.
    fn met_twice(&self) -> Vec<Point> {
        let mut nodes: Vec<Point> = self.nodes.iter().map(|&i| self.points[i as usize]).collect();
        nodes.sort_unstable();
        let runs = nodes.chunk_by(|p, q| p == q);
        runs.filter(|run| run.len() > 1).map(|run| run[0]).collect()
    }
}

/// Polygons as they come together.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    polygons: Vec<(u32, Polygon)>,
    loose: Vec<(u32, Vec<Point>)>,
}

impl Shapes {
    /// Adds a polygon that is one ring.
    pub fn add_whole(&mut self, group: u32, ring: impl Into<Vec<Point>>) {
        self.polygons.push((group, Polygon { shell: ring.into(), holes: Vec::new() }));
    }

    /// Adds what a walk round a face of `group` goes round. A walk that has no shell goes round islands in it, whose
    /// shell is found at the end.
    pub fn add(&mut self, group: u32, walk: Walk) {
        let (mut shells, holes): (Vec<_>, Vec<_>) =
            walk.split().into_iter().filter(|r| r.len() > 2).partition(|r| ring_area2(r) > 0);
        match shells.pop() {
            Some(shell) if shells.is_empty() => self.polygons.push((group, Polygon { shell, holes })),
            shell => {
                shells.extend(shell);
                self.polygons
                    .extend(shells.into_iter().map(|s| (group, Polygon { shell: s, holes: vec![] })));
                self.loose.extend(holes.into_iter().map(|h| (group, h)));
            }
        }
    }

    /// The polygons in canonical form and order.
    pub fn finish(mut self) -> Vec<(u32, Polygon)> {
        for (group, hole) in std::mem::take(&mut self.loose) {
            let around = self
                .polygons
                .iter_mut()
                .filter(|(g, polygon)| *g == group && goes_round(&polygon.shell, hole[0]))
                .min_by_key(|(_, polygon)| ring_area2(&polygon.shell));
            if let Some((_, polygon)) = around {
                polygon.holes.push(hole);
            }
        }
        for (_, polygon) in &mut self.polygons {
            for ring in polygon.holes.iter_mut().chain([&mut polygon.shell]) {
                start_at_smallest(ring);
            }
            polygon.holes.sort_unstable();
        }
        self.polygons.sort_unstable();
        self.polygons
    }
}

fn start_at_smallest(ring: &mut [Point]) {
    if let Some(start) = (0..ring.len()).min_by_key(|&i| ring[i]) {
        ring.rotate_left(start);
    }
}

/// Whether a ring goes round a point that is not on it.
fn goes_round(ring: &[Point], p: Point) -> bool {
    let mut inside = false;
    for (i, &b) in ring.iter().enumerate() {
        let a = ring[(i + ring.len() - 1) % ring.len()];
        let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
        if low.y <= p.y && p.y < high.y && cross(low, high, p) > 0 {
            inside = !inside;
        }
    }
    inside
}

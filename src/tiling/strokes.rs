//! Background lines in a plane: weighed once, thinned for a zoom, clipped to a tile's buffered box.
//!
//! They bound nothing, so they may be cut where the box cuts them, and need no care for each other.

use super::arcs::Arcs;
use super::pieces::Mesh;
use super::plane::Plane;
use super::weigh::weigh_alone;
use crate::crs::{Bounds, Point, TileId};
use crate::unit::LineFeature;

/// Lines in world units, each with its vertices' weights.
#[derive(Debug)]
pub(super) struct Strokes(Vec<Stroke>);

#[derive(Debug)]
struct Stroke {
    /// Position among the features.
    feature: u32,
    bounds: Bounds,
    points: Vec<(Point, u64)>,
}

impl Strokes {
    pub fn new(features: &[LineFeature], plane: Plane) -> Self {
        let stroke = |(feature, line): (usize, &LineFeature)| {
            let points = Arcs::line(&line.points, plane);
            let weights = weigh_alone(&points);
            let bounds = Bounds::of(&points);
            (points.len() > 1).then(|| Stroke {
                feature: feature as u32,
                bounds,
                points: points.into_iter().zip(weights).collect(),
            })
        };
        Self(features.iter().enumerate().filter_map(stroke).collect())
    }

    /// The lines that `shown` lets through, as runs inside a tile's box in units from the tile's corner.
    pub fn of(
        &self,
        tile: TileId,
        extent: u32,
        threshold: u64,
        shown: impl Fn(u32) -> bool,
    ) -> Vec<(u32, Vec<Vec<Point>>)> {
        let shift = 32 - u32::from(tile.z()) - extent.ilog2();
        let buffer = i64::from(Mesh::new(extent).buffer);
        let clip = Clip { low: -buffer, high: i64::from(extent) + buffer };
        let origin = tile.world_min();
        let unit = |v: i32, min: i32| (i64::from(v) - i64::from(min) + (1 << shift >> 1)) >> shift;
        let local = |p: Point| (unit(p.x, origin.x), unit(p.y, origin.y));
        self.0
            .iter()
            .filter(|s| shown(s.feature) && clip.meets(local(s.bounds.min), local(s.bounds.max)))
            .map(|s| {
                let heavy = s.points.iter().filter(|(_, w)| *w >= threshold).map(|&(p, _)| local(p));
                (s.feature, clip.runs(heavy))
            })
            .filter(|(_, runs)| !runs.is_empty())
            .collect()
    }
}

/// A square from `low` to `high` both ways, rims included.
#[derive(Clone, Copy, Debug)]
struct Clip {
    low: i64,
    high: i64,
}

type Place = (i64, i64);

impl Clip {
    fn meets(self, min: Place, max: Place) -> bool {
        min.0 <= self.high && max.0 >= self.low && min.1 <= self.high && max.1 >= self.low
    }

    /// A line's runs inside, repeated points taken once.
    fn runs(self, line: impl Iterator<Item = Place>) -> Vec<Vec<Point>> {
        let mut runs: Vec<Vec<Point>> = Vec::new();
        let mut last: Option<Place> = None;
        for b in line {
            let inside = last.and_then(|a| self.cut(a, b));
            last = Some(b);
            let Some((from, to)) = inside.filter(|(from, to)| from != to) else { continue };
            match runs.last_mut().filter(|run| run.last() == Some(&from)) {
                Some(run) => run.push(to),
                None => runs.push(vec![from, to]),
            }
        }
        runs
    }

    /// The part of a → b inside (Liang and Barsky), rounded to units.
    fn cut(self, a: Place, b: Place) -> Option<(Point, Point)> {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
        for (p, d) in [(a.0, dx), (a.1, dy)] {
            let (to_low, to_high) = (self.low - p, self.high - p);
            if d == 0 {
                if to_low > 0 || to_high < 0 {
                    return None;
                }
                continue;
            }
            let (s, t) = (to_low as f64 / d as f64, to_high as f64 / d as f64);
            (enter, leave) = (enter.max(s.min(t)), leave.min(s.max(t)));
        }
        let at = |t: f64| {
            let unit =
                |p: i64, d: i64| ((p as f64 + t * d as f64).round() as i64).clamp(self.low, self.high) as i32;
            Point::new(unit(a.0, dx), unit(a.1, dy))
        };
        (enter <= leave).then(|| (at(enter), at(leave)))
    }
}

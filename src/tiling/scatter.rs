//! Points sorted for tiles: each stands in exactly one tile of a zoom, the one that holds its world point.

use crate::crs::{Point, TileId};

/// World points with whatever they stand for, sorted by x.
#[derive(Debug)]
pub(super) struct Scatter<T>(Vec<(Point, T)>);

impl<T: Copy + Ord> Scatter<T> {
    pub fn new(points: impl IntoIterator<Item = (Point, T)>) -> Self {
        let mut sorted: Vec<_> = points.into_iter().collect();
        sorted.sort_unstable();
        Self(sorted)
    }

    /// The points of a tile in tile units (its south and east edges excluded), ordered by what they stand for.
    pub fn of(&self, tile: TileId, extent: u32) -> Vec<(T, Point)> {
        let (min, side) = (tile.world_min(), tile.world_side() as i64);
        let shift = 32 - u32::from(tile.z()) - extent.ilog2();
        let within = |v: i32, min: i32| (0..side).contains(&(i64::from(v) - i64::from(min)));
        let unit = |v: i32, min: i32| ((i64::from(v) - i64::from(min)) >> shift) as i32;
        let from = self.0.partition_point(|(p, _)| p.x < min.x);
        let mut found: Vec<(T, Point)> = self.0[from..]
            .iter()
            .take_while(|(p, _)| within(p.x, min.x))
            .filter(|(p, _)| within(p.y, min.y))
            .map(|&(p, t)| (t, Point::new(unit(p.x, min.x), unit(p.y, min.y))))
            .collect();
        found.sort_unstable();
        found
    }
}

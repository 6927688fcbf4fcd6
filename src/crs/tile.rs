//! A tile's address that cannot be out of range: zoom 0 to 22, XYZ scheme (y south).

use std::fmt;

use super::Point;
use super::mercator::from_world;

/// The deepest zoom a tile may have: its side is then 2^10 world units.
pub const MAX_ZOOM: u8 = 22;

/// A tile of the Web Mercator pyramid; ordered by zoom, then x, then y.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

/// An address that is no tile's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTile {
    /// A zoom beyond 22.
    #[error("expected a zoom from 0 to {MAX_ZOOM}, found {0}")]
    Zoom(u8),
    /// A column or row beyond the zoom's last.
    #[error("expected x and y below {} at zoom {z}, found {x}, {y}", 1_u64 << z)]
    Range {
        /// The zoom.
        z: u8,
        /// The column.
        x: u32,
        /// The row.
        y: u32,
    },
}

impl TileId {
    /// Checks an address.
    ///
    /// # Errors
    /// [`BadTile`] where the zoom is beyond 22, or x or y is not below 2^z.
    pub fn new(z: u8, x: u32, y: u32) -> Result<Self, BadTile> {
        if z > MAX_ZOOM {
            return Err(BadTile::Zoom(z));
        }
        let side = 1_u32 << z;
        if x < side && y < side { Ok(Self { z, x, y }) } else { Err(BadTile::Range { z, x, y }) }
    }

    /// The tile of zoom `z` that holds a world point (its west and north edges belong to it). Zooms beyond 22
    /// give zoom 22.
    #[must_use]
    pub fn at(p: Point, z: u8) -> Self {
        let z = z.min(MAX_ZOOM);
        let index = |v: i32| ((i64::from(v) + HALF_WORLD) >> (32 - z)) as u32;
        Self { z, x: index(p.x), y: index(p.y) }
    }

    /// Zoom, 0 to 22.
    #[must_use]
    pub const fn z(self) -> u8 {
        self.z
    }

    /// Column, from the west.
    #[must_use]
    pub const fn x(self) -> u32 {
        self.x
    }

    /// Row, from the north.
    #[must_use]
    pub const fn y(self) -> u32 {
        self.y
    }

    /// West, south, east, north in degrees.
    #[must_use]
    pub fn bounds(self) -> [f64; 4] {
        let corner = |x: u32, y: u32| {
            let to_world = |i: u32| (i64::from(i) << (32 - self.z)) - HALF_WORLD;
            (to_world(x), to_world(y))
        };
        let (west, north) = corner(self.x, self.y);
        let (east, south) = corner(self.x + 1, self.y + 1);
        [degrees_east(west), degrees_north(south), degrees_east(east), degrees_north(north)]
    }

    /// The tile that holds this one at the zoom above; `None` at zoom 0.
    #[must_use]
    pub const fn parent(self) -> Option<Self> {
        if self.z == 0 { None } else { Some(Self { z: self.z - 1, x: self.x >> 1, y: self.y >> 1 }) }
    }

    /// The north-west corner in world units.
    #[must_use]
    pub const fn world_min(self) -> Point {
        let shift = 32 - self.z;
        Point::new(
            (((self.x as i64) << shift) - HALF_WORLD) as i32,
            (((self.y as i64) << shift) - HALF_WORLD) as i32,
        )
    }

    /// The side in world units: 2^(32 - z).
    #[must_use]
    pub const fn world_side(self) -> u64 {
        1 << (32 - self.z)
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.z, self.x, self.y)
    }
}

const HALF_WORLD: i64 = 1 << 31;

/// The world's east and south edges are one unit beyond `i32`, so a tile's edges are taken to degrees from `i64`.
fn degrees_east(units: i64) -> f64 {
    units as f64 / HALF_WORLD as f64 * 180.0
}

fn degrees_north(units: i64) -> f64 {
    match i32::try_from(units) {
        Ok(y) => from_world(Point::new(0, y)).lat(),
        Err(_) => -from_world(Point::new(0, i32::MIN)).lat(),
    }
}

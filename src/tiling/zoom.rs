//! The coverage of one zoom: arcs thinned for it, snap-rounded to its grid with all clip lines, cut into pieces.
//!
//! `build = carve(lost, cut(snap_round(thinned)))`. It never changes, and all polygon layers of the zoom are drawn from it, so grids,
//! villages, towns and the county coincide.

use std::collections::HashSet;

use super::carve::carve;
use super::lost::lost;
use super::pieces::{Mesh, Pieces};
use super::rings::Shapes;
use super::sides::{Group, Sides};
use super::trace::trace;
use super::weighed::Weighed;
use crate::coverage::arrangement::{Lines, snap_round};
use crate::crs::{Point, TileId};

/// Square tile units (of 4096) that a vertex's triangle must have to be kept.
///
/// A tile of 512 pixels shows 8 units a pixel, so what goes is less than a square pixel.
const THINNING: f64 = 64.0;

/// The borders of a version at one zoom of one plane, on that zoom's grid.
#[derive(Debug)]
pub struct ZoomCoverage {
    pieces: Pieces,
}

impl ZoomCoverage {
    pub(super) fn build(weighed: &Weighed, sides: &Sides, z: u8, extent: u32) -> Self {
        let shift = 32 - u32::from(z) - extent.ilog2();
        let mesh = Mesh::new(extent);
        let thinned = weighed.thinned(thinning(z));
        let lines = Lines { every: i64::from(mesh.extent), offset: i64::from(mesh.buffer) };
        // The one tile of zoom 0 has its edges half-way between multiples, and nothing beyond them to clip.
        let mut rounded = snap_round(&thinned, shift, (z > 0).then_some(lines));
        let grid = Grid { shift };
        for s in &mut rounded {
            (s.a, s.b) = (grid.counted_from_north_west(s.a), grid.counted_from_north_west(s.b));
        }
        let ends = thinned.iter().flat_map(|s| [s.a, s.b]).map(|p| grid.rounded(p));
        let vertices: HashSet<Point> = ends.filter(|&p| mesh.cuts(p)).collect();
        let mut pieces = Pieces::cut(&rounded, mesh, &vertices);
        let lost = lost(&pieces, weighed.arcs(), sides, z, weighed.depth());
        if !lost.is_empty() {
            let carved = carve(rounded, &pieces, weighed.arcs(), grid, &lost);
            pieces = Pieces::cut(&carved, mesh, &vertices);
        }
        Self { pieces }
    }

    /// How many points the zoom's borders have.
    #[must_use]
    pub fn point_count(&self) -> usize {
        self.pieces.point_count()
    }

    /// A tile's polygons in a layer, in units of the zoom from the world's north-west corner.
    pub(super) fn polygons(&self, tile: TileId, group: &Group) -> Shapes {
        trace(&self.pieces, tile, group)
    }

    pub(super) fn pieces(&self) -> &Pieces {
        &self.pieces
    }
}

/// What a vertex must weigh to be kept at a zoom: twice an area in square world units.
pub(super) fn thinning(z: u8) -> u64 {
    /// A tile's units are counted as if it had 2^12 a side, so that a finer grid shows no other shapes.
    const EXTENT: i32 = 12;
    (2.0 * THINNING * 4_f64.powi(32 - i32::from(z) - EXTENT)) as u64
}

/// A zoom's grid: cells of 2^`shift` world units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    shift: u32,
}

impl Grid {
    /// A cell counted from the world's north-west corner instead of its middle.
    fn counted_from_north_west(self, cell: Point) -> Point {
        let half_world = 1 << (31 - self.shift);
        Point::new(cell.x + half_world, cell.y + half_world)
    }

    /// The cell of a world point, from the north-west corner, as snap rounding has it.
    pub fn rounded(self, p: Point) -> Point {
        let cell = |v: i32| ((i64::from(v) + (1 << self.shift >> 1)) >> self.shift) as i32;
        self.counted_from_north_west(Point::new(cell(p.x), cell(p.y)))
    }
}

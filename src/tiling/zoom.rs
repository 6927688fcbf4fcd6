//! The coverage of one zoom: arcs thinned for it, snap-rounded to its grid with all clip lines, cut into pieces.
//!
//! `build = cut(snap_round(thinned))`. It never changes, and all polygon layers of the zoom are drawn from it, so grids,
//! villages, towns and the county coincide.

use super::pieces::{Mesh, Pieces};
use super::sides::Group;
use super::trace::trace;
use super::weighed::Weighed;
use crate::coverage::Polygon;
use crate::coverage::arrangement::{Lines, Segment, snap_round};
use crate::crs::{Point, TileId};

/// Square tile units (of 4096) that a vertex's triangle must have to be kept.
///
/// A tile of 512 pixels shows 8 units a pixel, so what goes is less than a 32nd of a square pixel: invisible at the
/// zoom's own scale and up to three zooms beyond the last.
const THINNING: f64 = 2.0;

/// The borders of a version at one zoom of one plane, on that zoom's grid.
#[derive(Debug)]
pub struct ZoomCoverage {
    pieces: Pieces,
}

impl ZoomCoverage {
    pub(super) fn build(weighed: &Weighed, z: u8, extent: u32) -> Self {
        let shift = 32 - u32::from(z) - extent.ilog2();
        let mesh = Mesh::new(extent);
        let thinned = weighed.thinned(thinning(z, extent));
        let lines = Lines { every: i64::from(mesh.extent), offset: i64::from(mesh.buffer) };
        // The one tile of zoom 0 has its edges half-way between multiples, and nothing beyond them to clip.
        let mut rounded = snap_round(&thinned, shift, (z > 0).then_some(lines));
        from_north_west(&mut rounded, 1 << (31 - shift));
        Self { pieces: Pieces::cut(&rounded, mesh) }
    }

    /// How many points the zoom's borders have.
    #[must_use]
    pub fn point_count(&self) -> usize {
        self.pieces.point_count()
    }

    /// A tile's polygons in a layer, in units of the zoom from the world's north-west corner.
    pub(super) fn polygons(&self, tile: TileId, group: &Group) -> Vec<(u32, Polygon)> {
        trace(&self.pieces, tile, group)
    }

    pub(super) fn pieces(&self) -> &Pieces {
        &self.pieces
    }
}

/// What a vertex must weigh to be kept at a zoom: twice an area in square world units.
pub(super) fn thinning(z: u8, extent: u32) -> u64 {
    let unit = 32 - u32::from(z) - 12;
    let _ = extent;
    (2.0 * THINNING * 4_f64.powi(unit as i32)) as u64
}

/// Moves the origin from the world's middle to its north-west corner.
fn from_north_west(segments: &mut [Segment], half_world: i32) {
    let moved = |p: Point| Point::new(p.x + half_world, p.y + half_world);
    for s in segments {
        (s.a, s.b) = (moved(s.a), moved(s.b));
    }
}

//! Vector tiles in which neighbours coincide at every zoom.
//!
//! `tile = encode(trace(pieces of its box))`, where the pieces come from
//!
//! ```text
//! coverage ─ arcs ─ weigh, pin ┐ once for each plane and level
//!                              └ thinned ─ snap_round ─ pieces   once for each zoom
//! ```
//!
//! A border is one arc with two sides all the way: it is thinned once, rounded once, and cut once at all tiles' clip
//! lines. Polygons are walks along its pieces. So no tile has a gap or an overlap that the coverage has not.
//!
//! | file | what |
//! |---|---|
//! | `atlas` | what callers hold: a version's tiles, parts made when first needed |
//! | `plane`, `arcs` | lattice → world, in WGS84 or GCJ-02; arcs of upper levels |
//! | `sides` | who lies beside an arc, and whom that is in each layer |
//! | `weigh`, `obstacles` | Visvalingam's weights that let no arc jump over a vertex |
//! | `reweigh` | weights where those of another version are there |
//! | `pins` | vertices without which a face would collapse |
//! | `zoom`, `zooms` | one zoom's borders on its grid; which zooms there are |
//! | `pieces`, `turns` | borders cut at clip lines, and how they meet |
//! | `lost`, `carve` | room for what rounding would lose |
//! | `trace`, `rings` | a tile's polygons |
//! | `borders`, `strokes`, `scatter` | a tile's lines and points |
//! | `facts` | areas and label points |
//! | `tint` | five colours for neighbours |
//! | `tileset`, `encode` | definitions in `tiles/`; bytes |
//! | `touched` | the tiles in which two versions differ |
//! | `format` | what a tile of somebody else's is |

mod arcs;
mod atlas;
mod borders;
mod carve;
mod encode;
mod facts;
mod format;
mod lost;
mod obstacles;
mod pieces;
mod pins;
mod plane;
mod reweigh;
mod rings;
mod scatter;
mod sides;
mod strokes;
mod tileset;
mod tint;
mod touched;
mod trace;
mod turns;
mod weigh;
mod weighed;
mod zoom;
mod zooms;

pub use atlas::{Atlas, Surroundings};
pub use format::TileFormat;
pub use plane::Plane;
pub use tileset::{BadTileset, ENCODER_REVISION, Tileset, VectorLayer};
pub use tint::{TINTS, tint};
pub use touched::{Difference, TileRect, Touched, differences, touched};
pub use zoom::ZoomCoverage;
pub use zooms::{BadZooms, LAST_ZOOM, LEGIBLE, Zooms};

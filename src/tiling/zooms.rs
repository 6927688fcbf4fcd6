//! From which zoom each level is shown, and how fine the tiles of each zoom are: chosen once, at import, and stored.
//!
//! The rule, for a coverage that configures nothing: the top level is shown from zoom 0; any other from the first zoom
//! at which its mean unit covers [`LEGIBLE`] square pixels of a 512-pixel tile. That gives the demo county towns from 4,
//! villages from 6, grids from 8. A zoom's extent is 4096, or 8192 where some unit that is large enough to be due would
//! be narrower than one 4096th and might vanish between two of them.

use serde::{Deserialize, Serialize};

use super::plane::Plane;
use crate::coverage::{Partition, Polygon};
use crate::crs::{Point, ring_area2};
use crate::unit::Owner;

/// The deepest zoom of every tileset; maps draw deeper ones from its tiles.
pub const LAST_ZOOM: u8 = 16;

/// Square pixels of a 512-pixel tile that the mean unit of a level covers where the level is first shown.
pub const LEGIBLE: f64 = 5.0;

/// First zooms by level and extents by zoom. Its serde form is what stores keep.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct Zooms {
    first: Vec<u8>,
    extents: Vec<u32>,
}

/// Zooms that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadZooms {
    /// A first zoom beyond the last, or before that of the level above.
    #[error("expected first zooms from 0 to {LAST_ZOOM}, top level first and never falling, found {0:?}")]
    First(Vec<u8>),
    /// Too few, too many, or not one of the three extents that tiles may have.
    #[error("expected {count} extents of 4096, 8192 or 16384, found {0:?}", count = LAST_ZOOM + 1)]
    Extents(Vec<u32>),
}

#[derive(Serialize, Deserialize)]
struct Raw {
    first: Vec<u8>,
    extents: Vec<u32>,
}

impl Zooms {
    /// First zooms by level, top first, with extent 4096 throughout.
    ///
    /// # Errors
    /// [`BadZooms`] where a zoom is out of range or lower than the one above it.
    pub fn new(first: Vec<u8>) -> Result<Self, BadZooms> {
        Raw { first, extents: vec![4096; usize::from(LAST_ZOOM) + 1] }.try_into()
    }

    /// The zooms that follow from the sizes of a version's units.
    #[must_use]
    pub fn choose(partition: &Partition) -> Self {
        Self::choose_with(partition, &[])
    }

    /// As [`choose`](Self::choose), with the first zooms of some levels given (`None` or beyond the end: chosen).
    /// A level is never shown before the one above it.
    #[must_use]
    pub fn choose_with(partition: &Partition, configured: &[Option<u8>]) -> Self {
        let levels = partition.hierarchy.levels().count() as u8;
        let sizes: Vec<Vec<Size>> = (0..levels).map(|l| sizes(partition, l)).collect();
        let mut first: Vec<u8> = Vec::new();
        for (level, sizes) in sizes.iter().enumerate() {
            let above = first.last().copied();
            let chosen = if level == 0 { 0 } else { first_zoom(sizes) };
            let given = configured.get(level).copied().flatten().unwrap_or(chosen);
            first.push(given.max(above.unwrap_or(0)).min(LAST_ZOOM));
        }
        let extents = (0..=LAST_ZOOM).map(|z| {
            let shown = || sizes.iter().zip(&first).filter(|&(_, &f)| f <= z).flat_map(|(s, _)| s);
            if shown().any(|s| s.may_vanish(z)) { 8192 } else { 4096 }
        });
        Self { extents: extents.collect(), first }
    }

    /// The first zoom of a level (0 = top).
    #[must_use]
    pub fn first(&self, level: u8) -> u8 {
        self.first.get(usize::from(level)).copied().unwrap_or(LAST_ZOOM)
    }

    /// The lowest level shown at a zoom; `None` where none is yet.
    #[must_use]
    pub fn depth(&self, z: u8) -> Option<u8> {
        (self.first.iter().filter(|&&f| f <= z).count() as u8).checked_sub(1)
    }

    /// Tile units a side of the tiles of a zoom.
    #[must_use]
    pub fn extent(&self, z: u8) -> u32 {
        self.extents.get(usize::from(z)).copied().unwrap_or(4096)
    }
}

impl TryFrom<Raw> for Zooms {
    type Error = BadZooms;
    fn try_from(Raw { first, extents }: Raw) -> Result<Self, BadZooms> {
        if first.is_empty() || first.windows(2).any(|w| w[0] > w[1]) || first.iter().any(|&z| z > LAST_ZOOM) {
            return Err(BadZooms::First(first));
        }
        let fits = |e: &u32| [4096, 8192, 16384].contains(e);
        if extents.len() != usize::from(LAST_ZOOM) + 1 || !extents.iter().all(fits) {
            return Err(BadZooms::Extents(extents));
        }
        Ok(Self { first, extents })
    }
}

impl From<Zooms> for Raw {
    fn from(Zooms { first, extents }: Zooms) -> Self {
        Self { first, extents }
    }
}

/// How large a unit is in the world: world units and square world units.
#[derive(Clone, Copy, Debug)]
struct Size {
    area: f64,
    /// Twice the area by the length of its border: the width of a strip, half the width of a square.
    width: f64,
}

impl Size {
    /// Whether the unit covers a 4096th squared of a tile and is narrower than one.
    fn may_vanish(self, z: u8) -> bool {
        let unit = 2_f64.powi(32 - 12 - i32::from(z));
        self.area >= unit * unit && self.width < unit
    }
}

/// The sizes of what a level's layer shows, leaves that stand higher among them.
fn sizes(partition: &Partition, level: u8) -> Vec<Size> {
    let hierarchy = &partition.hierarchy;
    let group = |owner: Owner| hierarchy.at_level(owner, level);
    partition.coverage.dissolve(group).values().map(|polygons| size(polygons)).collect()
}

fn size(polygons: &[Polygon]) -> Size {
    let (mut area, mut length) = (0.0, 0.0);
    for ring in polygons.iter().flat_map(Polygon::rings) {
        let world: Vec<Point> = ring.iter().map(|&p| Plane::Wgs84.world(p)).collect();
        // South is up in the world: shells turn negative.
        area -= ring_area2(&world) as f64 / 2.0;
        for (i, b) in world.iter().enumerate() {
            let a = world[(i + world.len() - 1) % world.len()];
            length += libm::hypot(f64::from(b.x) - f64::from(a.x), f64::from(b.y) - f64::from(a.y));
        }
    }
    Size { area, width: 2.0 * area / length.max(1.0) }
}

fn first_zoom(sizes: &[Size]) -> u8 {
    let mean = sizes.iter().map(|s| s.area).sum::<f64>() / (sizes.len().max(1) as f64);
    let legible = |&z: &u8| {
        let pixel = 2_f64.powi(32 - 9 - i32::from(z));
        mean >= LEGIBLE * pixel * pixel
    };
    (0..LAST_ZOOM).find(legible).unwrap_or(LAST_ZOOM)
}

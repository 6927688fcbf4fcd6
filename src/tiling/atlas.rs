//! Everything a version's tiles are drawn from, made when first asked for and kept: the one thing callers hold.
//!
//! ```text
//! partition ─┬─ facts (areas, label points)
//!            └─ for each plane:  arcs ─ weighed, by level ─ zoom coverages 0 … 16     places, lines, labels
//! ```

use std::sync::{Arc, OnceLock};

use super::arcs::Arcs;
use super::encode::{Sources, encode};
use super::facts::{Facts, Label};
use super::pieces::Pieces;
use super::plane::Plane;
use super::scatter::Scatter;
use super::sides::Sides;
use super::strokes::Strokes;
use super::tileset::Tileset;
use super::weighed::Weighed;
use super::zoom::ZoomCoverage;
use super::zooms::{LAST_ZOOM, Zooms};
use crate::coverage::Partition;
use crate::crs::{Point, TileId};
use crate::unit::{LineFeature, PointFeature, UnitIndex};

/// What tiles show beside units.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Places.
    pub places: Vec<PointFeature>,
    /// Background lines.
    pub lines: Vec<LineFeature>,
}

/// The tiles of one version. Threads share it; whoever first needs a part makes it while the others wait.
#[derive(Debug)]
pub struct Atlas {
    partition: Arc<Partition>,
    zooms: Zooms,
    surroundings: Arc<Surroundings>,
    sides: Sides,
    facts: OnceLock<Facts>,
    planes: [PlaneSheets; 2],
}

/// What is drawn in one plane.
#[derive(Debug, Default)]
struct PlaneSheets {
    arcs: OnceLock<Arcs>,
    /// By level.
    weighed: Vec<OnceLock<Weighed>>,
    /// By zoom.
    zooms: Vec<OnceLock<ZoomCoverage>>,
    labels: OnceLock<Scatter<UnitIndex>>,
    places: OnceLock<Scatter<u32>>,
    lines: OnceLock<Strokes>,
}

impl PlaneSheets {
    fn new(levels: u8) -> Self {
        let empty = |count| (0..count).map(|_| OnceLock::new()).collect();
        Self {
            weighed: empty(levels),
            zooms: (0..=LAST_ZOOM).map(|_| OnceLock::new()).collect(),
            ..Self::default()
        }
    }
}

impl Atlas {
    /// The tiles of a version with the zooms chosen for it. Nothing is computed yet.
    #[must_use]
    pub fn new(partition: Arc<Partition>, zooms: Zooms, surroundings: Arc<Surroundings>) -> Self {
        let sides = Sides::new(&partition.hierarchy);
        let planes = Plane::ALL.map(|_| PlaneSheets::new(sides.level_count()));
        Self { partition, zooms, surroundings, sides, facts: OnceLock::new(), planes }
    }

    /// A tile of a tileset, uncompressed; `None` where nothing is in it. Zooms without a layer have nothing in them.
    ///
    /// # Panics
    /// Never: what the encoder refuses (nameless layers, rings without points) is not drawn.
    #[must_use]
    pub fn tile(&self, tileset: &Tileset, tile: TileId, plane: Plane) -> Option<Vec<u8>> {
        if tile.z() > LAST_ZOOM {
            return None;
        }
        let sources = Sources {
            hierarchy: &self.partition.hierarchy,
            zooms: &self.zooms,
            sides: &self.sides,
            facts: &|| self.facts(),
            zoom: &|| self.zoom(plane, tile.z()),
            labels: &|| self.labels(plane),
            places: &|| self.places(plane),
            lines: &|| self.lines(plane),
        };
        encode(&sources, tileset, tile).expect("layers have names and rings have points")
    }

    /// Builds the coverage of a zoom (0 to 16), if it is not there yet.
    pub fn prepare(&self, plane: Plane, z: u8) {
        if z <= LAST_ZOOM && self.zooms.depth(z).is_some() {
            self.zoom(plane, z);
        }
    }

    /// Whether the coverage of a zoom is there.
    #[must_use]
    pub fn is_prepared(&self, plane: Plane, z: u8) -> bool {
        self.zooms.depth(z).is_none()
            || self.planes[plane as usize].zooms.get(usize::from(z)).is_none_or(|c| c.get().is_some())
    }

    /// Whether anything was drawn in a plane.
    #[must_use]
    pub fn is_used(&self, plane: Plane) -> bool {
        self.planes[plane as usize].zooms.iter().any(|coverage| coverage.get().is_some())
    }

    /// The zooms chosen for the version.
    #[must_use]
    pub fn zooms(&self) -> &Zooms {
        &self.zooms
    }

    /// A unit's area in m² on the CGCS2000 ellipsoid; a parent's is the sum of its children's.
    #[must_use]
    pub fn area_m2(&self, unit: UnitIndex) -> f64 {
        self.facts().areas.get(unit as usize).copied().unwrap_or(0.0)
    }

    /// The lattice point of a unit's label: well inside its largest part.
    #[must_use]
    pub fn label(&self, unit: UnitIndex) -> Option<Point> {
        self.facts().labels.get(unit as usize).copied().flatten().map(|label| label.at)
    }

    /// The units and their borders.
    pub(super) fn partition(&self) -> &Partition {
        &self.partition
    }

    /// Where units' names stand, in the hierarchy's order.
    pub(super) fn labels_of_units(&self) -> &[Option<Label>] {
        &self.facts().labels
    }

    /// The borders of a zoom from 0 to 16.
    pub(super) fn pieces(&self, plane: Plane, z: u8) -> &Pieces {
        self.zoom(plane, z).pieces()
    }

    fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| Facts::new(&self.partition))
    }

    fn sheets(&self, plane: Plane) -> &PlaneSheets {
        &self.planes[plane as usize]
    }

    fn zoom(&self, plane: Plane, z: u8) -> &ZoomCoverage {
        self.sheets(plane).zooms[usize::from(z)].get_or_init(|| {
            let depth = self.zooms.depth(z).unwrap_or(0);
            ZoomCoverage::build(self.weighed(plane, depth), &self.sides, z, self.zooms.extent(z))
        })
    }

    fn weighed(&self, plane: Plane, depth: u8) -> &Weighed {
        let sheets = self.sheets(plane);
        let arcs = || sheets.arcs.get_or_init(|| Arcs::project(&self.partition.coverage, plane));
        sheets.weighed[usize::from(depth)].get_or_init(|| Weighed::new(arcs(), &self.sides, depth))
    }

    fn labels(&self, plane: Plane) -> &Scatter<UnitIndex> {
        self.sheets(plane).labels.get_or_init(|| {
            let labels = (0..).zip(&self.facts().labels);
            Scatter::new(labels.filter_map(|(unit, label)| Some((plane.world((*label)?.at), unit))))
        })
    }

    fn places(&self, plane: Plane) -> (&[PointFeature], &Scatter<u32>) {
        let places = &self.surroundings.places;
        let scatter = self
            .sheets(plane)
            .places
            .get_or_init(|| Scatter::new((0..).zip(places).map(|(i, place)| (plane.world(place.at), i))));
        (places, scatter)
    }

    fn lines(&self, plane: Plane) -> (&[LineFeature], &Strokes) {
        let features = &self.surroundings.lines;
        (features, self.sheets(plane).lines.get_or_init(|| Strokes::new(features, plane)))
    }
}

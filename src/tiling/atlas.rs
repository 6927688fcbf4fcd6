//! Everything a version's tiles are drawn from, made when first asked for and kept: the one thing callers hold.
//!
//! ```text
//! partition ─┬─ facts (areas, label points)
//!            └─ for each plane:  arcs ─ weighed, by level ─ zoom coverages 0 … 16     places, lines, labels
//! ```
//!
//! Of a version that was made from another, weights are the other's but where the change reaches.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::arcs::Arcs;
use super::encode::{Sources, encode};
use super::facts::{self, Facts, Label};
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
use crate::unit::{LineFeature, Owner, PointFeature, Uid, UnitIndex};

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
    facts: OnceLock<Arc<Facts>>,
    /// Those of the version before, until this one's are there.
    earlier: Mutex<Option<facts::Earlier>>,
    planes: [PlaneSheets; 2],
}

/// What is drawn in one plane.
#[derive(Debug, Default)]
struct PlaneSheets {
    arcs: OnceLock<Arcs>,
    /// By level.
    weighed: Vec<OnceLock<Arc<Weighed>>>,
    /// By level: those of the version before, until this one's are there.
    earlier: Vec<Mutex<Option<Earlier>>>,
    /// By zoom.
    zooms: Vec<OnceLock<ZoomCoverage>>,
    labels: OnceLock<Scatter<UnitIndex>>,
    places: OnceLock<Scatter<u32>>,
    lines: OnceLock<Strokes>,
}

/// Weights of another version, and who its sides were.
#[derive(Debug)]
struct Earlier {
    weighed: Arc<Weighed>,
    uids: Arc<[Uid]>,
}

impl PlaneSheets {
    fn new(levels: u8) -> Self {
        Self {
            weighed: (0..levels).map(|_| OnceLock::new()).collect(),
            earlier: (0..levels).map(|_| Mutex::new(None)).collect(),
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
        let (facts, earlier) = (OnceLock::new(), Mutex::new(None));
        Self { partition, zooms, surroundings, sides, facts, earlier, planes }
    }

    /// The tiles of a version that another led to, of the same levels and with its zooms: the same as of a new one, made
    /// with less work where little differs.
    #[must_use]
    pub fn after(before: &Self, partition: Arc<Partition>, surroundings: Arc<Surroundings>) -> Self {
        let mut atlas = Self::new(partition, before.zooms.clone(), surroundings);
        let facts = before.facts.get().map(|facts| facts::Earlier {
            facts: Arc::clone(facts),
            partition: Arc::clone(&before.partition),
        });
        atlas.earlier = Mutex::new(facts);
        for (plane, was) in atlas.planes.iter_mut().zip(&before.planes) {
            for (earlier, weighed) in plane.earlier.iter_mut().zip(&was.weighed) {
                let of =
                    |weighed| Earlier { weighed: Arc::clone(weighed), uids: Arc::clone(before.sides.uids()) };
                *earlier = Mutex::new(weighed.get().map(of));
            }
        }
        atlas
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

    /// Who lies beside a piece of border.
    pub(super) fn sides(&self) -> &Sides {
        &self.sides
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
        self.facts.get_or_init(|| {
            let earlier = take(&self.earlier);
            Arc::new(
                earlier.map_or_else(|| Facts::new(&self.partition), |e| Facts::after(&e, &self.partition)),
            )
        })
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
        let depth_of = usize::from(depth);
        sheets.weighed[depth_of].get_or_init(|| {
            Arc::new(match take(&sheets.earlier[depth_of]) {
                Some(Earlier { weighed, uids }) => {
                    let now = now(&uids, self.sides.uids());
                    let side = |side: Owner| now.get(side.index()).copied().unwrap_or(Owner::OUTSIDE);
                    Weighed::after(&weighed, side, arcs(), &self.sides)
                }
                None => Weighed::new(arcs(), &self.sides, depth),
            })
        })
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

fn take<T>(kept: &Mutex<Option<T>>) -> Option<T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// The side that each of another version's is by now; of one that is no more, a side that nobody has.
fn now(uids: &[Uid], by_now: &[Uid]) -> Vec<Owner> {
    const NOBODY: Owner = Owner(u32::MAX - 1);
    let sides: HashMap<Uid, Owner> = by_now.iter().copied().zip((0..).map(Owner)).collect();
    uids.iter().map(|uid| sides.get(uid).copied().unwrap_or(NOBODY)).collect()
}

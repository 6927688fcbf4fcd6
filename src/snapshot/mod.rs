//! A version made ready to serve: everything that is computed from it, once, and never changes.
//!
//! ```text
//! partition ─┬─ Locator                          at once
//!            ├─ Atlas, zooms 0–8                 at once; the rest in the background, or when asked for
//!            ├─ Facts (area, box), Counts        in the background, or when asked for
//!            ├─ Finder                           likewise
//! features ──┘                                   points and lines: of the store, not of the version
//! ```

mod facts;
mod features;
mod finder;
mod landmarks;
mod measures;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use crate::coverage::Partition;
use crate::crs::Point;
use crate::locate::Locator;
use crate::tiling::{Atlas, LAST_ZOOM, Plane, Tileset, Zooms};
use crate::unit::{Hierarchy, Owner, UnitIndex};

pub use facts::{Fact, Facts, neighbours};
pub use features::Features;
pub use finder::Finder;
pub use landmarks::{Landmark, landmarks};
pub use measures::{Column, Counts, Measure};

/// The last zoom that must be there before a version is served.
pub const READY_ZOOM: u8 = 8;

/// One piece of what is built in the background.
enum Step {
    Zoom(u8),
    Facts,
    Labels,
    Finder,
    Counts,
}

/// One version, immutable; threads share it.
#[derive(Debug)]
pub struct Snapshot {
    number: u64,
    partition: Arc<Partition>,
    features: Arc<Features>,
    atlas: Atlas,
    locator: OnceLock<Locator>,
    facts: OnceLock<Facts>,
    counts: OnceLock<Counts>,
    finder: OnceLock<Finder>,
    leaf_codes: OnceLock<Vec<u64>>,
    leaf_uids: OnceLock<Vec<u64>>,
}

impl Snapshot {
    /// Of version `number`, with the zooms chosen for it. Nothing is computed yet.
    #[must_use]
    pub fn new(number: u64, partition: Arc<Partition>, zooms: Zooms, features: Arc<Features>) -> Self {
        let atlas = Atlas::new(Arc::clone(&partition), zooms, Arc::clone(features.surroundings()));
        Self::of(number, partition, atlas, features)
    }

    /// Of version `number`, which another of the same zooms led to: the same as a new one, made with less work where little
    /// differs.
    #[must_use]
    pub fn after(before: &Self, number: u64, partition: Arc<Partition>, features: Arc<Features>) -> Self {
        if before.hierarchy().levels() != partition.hierarchy.levels() {
            return Self::new(number, partition, before.atlas.zooms().clone(), features);
        }
        let surroundings = Arc::clone(features.surroundings());
        let atlas = Atlas::after(&before.atlas, Arc::clone(&partition), surroundings);
        Self::of(number, partition, atlas, features)
    }

    fn of(number: u64, partition: Arc<Partition>, atlas: Atlas, features: Arc<Features>) -> Self {
        Self {
            number,
            partition,
            features,
            atlas,
            locator: OnceLock::new(),
            facts: OnceLock::new(),
            counts: OnceLock::new(),
            finder: OnceLock::new(),
            leaf_codes: OnceLock::new(),
            leaf_uids: OnceLock::new(),
        }
    }

    /// Builds what must be there before anything is served: the locator and the zooms to [`READY_ZOOM`].
    pub fn make_ready(&self) {
        // The last zoom takes about as long as all else together.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let _built = self.locator();
                (0..READY_ZOOM).for_each(|z| self.atlas.prepare(Plane::Wgs84, z));
            });
            self.atlas.prepare(Plane::Wgs84, READY_ZOOM);
        });
    }

    /// Whether [`Self::make_ready`] is done.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let prepared = |z| self.atlas.is_prepared(Plane::Wgs84, z);
        self.locator.get().is_some() && (0..=READY_ZOOM).all(prepared)
    }

    /// Builds everything else but the GCJ-02 twin, which few ask for; step by step, for as long as it is `wanted`. What is
    /// not built is built when it is asked for.
    pub fn build_the_rest(&self, wanted: impl Fn() -> bool) {
        let zooms = (READY_ZOOM + 1..=LAST_ZOOM).map(Step::Zoom);
        for step in zooms.chain([Step::Facts, Step::Labels, Step::Finder, Step::Counts]) {
            if !wanted() {
                return;
            }
            self.build(&step);
        }
    }

    fn build(&self, step: &Step) {
        match step {
            Step::Zoom(z) => self.atlas.prepare(Plane::Wgs84, *z),
            Step::Facts => drop(self.facts()),
            Step::Labels => drop(self.label(0)),
            Step::Finder => drop(self.finder()),
            Step::Counts if self.features.dwellings().is_some() => drop(self.counts()),
            Step::Counts => {}
        }
    }

    /// How many zooms are built.
    #[must_use]
    pub fn zooms_built(&self) -> usize {
        (0..=LAST_ZOOM).filter(|&z| self.atlas.is_prepared(Plane::Wgs84, z)).count()
    }

    /// The version's number.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Units and coverage.
    #[must_use]
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    /// The same, for whoever holds on to it.
    #[must_use]
    pub fn shared_partition(&self) -> Arc<Partition> {
        Arc::clone(&self.partition)
    }

    /// The units.
    #[must_use]
    pub fn hierarchy(&self) -> &Hierarchy {
        &self.partition.hierarchy
    }

    /// The name of a level; empty for one there is not.
    #[must_use]
    pub fn level_name(&self, level: u8) -> &str {
        self.hierarchy().levels().get(level).map_or("", |l| l.name.as_str())
    }

    /// The names of the top units: what the coverage is called where nothing else is said.
    #[must_use]
    pub fn name(&self) -> String {
        let names: BTreeSet<&str> =
            self.hierarchy().of_level(0).map(|u| self.hierarchy().unit(u).name.as_str()).collect();
        names.into_iter().filter(|n| !n.is_empty()).take(3).collect::<Vec<_>>().join(" · ")
    }

    /// Points and lines.
    #[must_use]
    pub fn features(&self) -> &Arc<Features> {
        &self.features
    }

    /// The tiles.
    #[must_use]
    pub fn atlas(&self) -> &Atlas {
        &self.atlas
    }

    /// Point to owner.
    #[must_use]
    pub fn locator(&self) -> &Locator {
        self.locator.get_or_init(|| Locator::build(&self.partition.coverage, self.hierarchy().leaves().len()))
    }

    /// Areas and boxes.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| Facts::of(&self.partition))
    }

    /// Households and parts; no households until the features have their dwellings, so give them first.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        self.counts.get_or_init(|| {
            let dwellings = self.features.dwellings().unwrap_or_default();
            let (at, weights): (Vec<Point>, Vec<u32>) = dwellings.iter().copied().unzip();
            let mut owners = vec![Owner::OUTSIDE; at.len()];
            self.locator().owners_into(&at, &mut owners);
            Counts::of(self.hierarchy(), owners.into_iter().zip(weights))
        })
    }

    /// Text to units, places and landmarks.
    #[must_use]
    pub fn finder(&self) -> &Finder {
        let build = || Finder::build(&self.partition, self.features.surroundings(), self.locator());
        self.finder.get_or_init(build)
    }

    /// A measure at a level.
    #[must_use]
    pub fn column(&self, measure: Measure, level: u8) -> Column {
        self.column_of(measure, self.hierarchy().of_level(level))
    }

    /// A measure of some units.
    #[must_use]
    pub fn column_of(&self, measure: Measure, units: impl Iterator<Item = UnitIndex>) -> Column {
        Column::of(measure, self.counts(), self.facts(), units)
    }

    /// A unit's label point, inside it.
    #[must_use]
    pub fn label(&self, unit: UnitIndex) -> Option<Point> {
        self.atlas.label(unit)
    }

    /// Whether codes of leaves stay different as numbers: none begins with a zero.
    #[must_use]
    pub fn codes_fit(&self) -> bool {
        let hierarchy = self.hierarchy();
        hierarchy.leaves().iter().all(|&leaf| !hierarchy.unit(leaf).code.as_str().starts_with('0'))
    }

    /// Codes of the leaves as numbers, by owner.
    #[must_use]
    pub fn leaf_codes(&self) -> &[u64] {
        let hierarchy = self.hierarchy();
        let code = |&leaf: &UnitIndex| hierarchy.unit(leaf).code.to_u64();
        self.leaf_codes.get_or_init(|| hierarchy.leaves().iter().map(code).collect())
    }

    /// Uids of the leaves, by owner.
    #[must_use]
    pub fn leaf_uids(&self) -> &[u64] {
        let hierarchy = self.hierarchy();
        let uid = |&leaf: &UnitIndex| u64::from(hierarchy.unit(leaf).uid.0);
        self.leaf_uids.get_or_init(|| hierarchy.leaves().iter().map(uid).collect())
    }

    /// The token that, with the version, names a tileset's bytes for ever: its definition, the zooms and the encoder,
    /// and, where it draws points or lines, those too, because they change without a version.
    #[must_use]
    pub fn build_of(&self, tileset: &Tileset) -> String {
        let build = tileset.build(self.atlas.zooms());
        let levels = self.hierarchy().levels();
        let drawn = tileset.vector_layers(levels, self.atlas.zooms());
        let of_version =
            |id: &str| ["voids", "borders", "labels"].contains(&id) || levels.index_of(id).is_some();
        if drawn.iter().all(|layer| of_version(&layer.id)) {
            return build;
        }
        let mut hash = Sha256::new();
        hash.update(&build);
        hash.update(self.features.digest());
        hash.finalize()[..6].iter().fold(String::new(), |mut token, byte| {
            let _ = write!(token, "{byte:02x}");
            token
        })
    }
}

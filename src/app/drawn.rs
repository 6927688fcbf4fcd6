//! Which version drew a tile first, of those after which nothing in it changed: what a publish does not reach stays in the
//! cache, under the version that drew it.
//!
//! ```text
//! version   7 ── 8 ── 9      a tile that 8 touched and 9 did not is kept as 8's, and found there when 9's is asked for
//! tile      ·    ✎    ·
//! ```

use std::sync::{Arc, Mutex, PoisonError};

use super::Served;
use super::live::Change;
use crate::crs::TileId;
use crate::tiling::{Plane, Touched};

/// How many steps back a tile is looked for.
const KEPT: usize = 64;

/// What one version changed of the one before it.
struct Step {
    /// The two versions.
    versions: [u64; 2],
    /// Every tileset with its build in each; those that are drawn otherwise in the later one are not among them.
    builds: Vec<(String, [Arc<str>; 2])>,
    tiles: Touched,
    tiles_gcj02: Option<Touched>,
}

/// The last steps, the newest at the end.
#[derive(Default)]
pub(super) struct Drawn(Mutex<Vec<Step>>);

impl Drawn {
    /// Takes note of what a version changed. Nothing is, where that is not known tile by tile, or points and lines are
    /// others.
    pub fn add(&self, before: &Served, after: &Served, change: &Change) {
        let Some(tiles) = change.tiles.clone().filter(|_| before.features_stamp == after.features_stamp)
        else {
            return;
        };
        let builds = before.tilesets.iter().filter_map(|(tileset, was)| {
            let (_, is) = after.tilesets.iter().find(|(other, _)| other.name() == tileset.name())?;
            let same = definition(was) == definition(is);
            same.then(|| (tileset.name().to_owned(), [Arc::clone(was), Arc::clone(is)]))
        });
        let step = Step {
            versions: [before.record.number, after.record.number],
            builds: builds.collect(),
            tiles,
            tiles_gcj02: change.tiles_gcj02.clone(),
        };
        let mut steps = self.steps();
        steps.push(step);
        let surplus = steps.len().saturating_sub(KEPT);
        steps.drain(..surplus);
    }

    /// Drops all: the versions are others than those that were drawn.
    pub fn clear(&self) {
        self.steps().clear();
    }

    /// The version and build under which a tile is kept that is asked for as those of `version` and `build`.
    pub fn first(
        &self,
        (version, build): (u64, &Arc<str>),
        tileset: &str,
        (plane, tile): (Plane, TileId),
    ) -> (u64, Arc<str>) {
        let mut found = (version, Arc::clone(build));
        for step in self.steps().iter().rev() {
            let Some((_, [was, is])) = step.builds.iter().find(|(name, _)| name == tileset) else { continue };
            let tiles = match plane {
                Plane::Wgs84 => Some(&step.tiles),
                Plane::Gcj02 => step.tiles_gcj02.as_ref(),
            };
            let is_next = (step.versions[1], is) == (found.0, &found.1);
            if is_next && tiles.is_some_and(|touched| !touched.contains(tile)) {
                found = (step.versions[0], Arc::clone(was));
            }
        }
        found
    }

    fn steps(&self) -> std::sync::MutexGuard<'_, Vec<Step>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What of a build says how it is drawn: all but the last part, which says of which version.
fn definition(build: &str) -> &str {
    build.rsplit_once('-').map_or(build, |(definition, _)| definition)
}

//! What there is, in one glance.

use std::sync::Arc;

use super::{App, Error, Served};
use crate::access::Scope;
use crate::unit::Level;

/// Counts, areas and names of a version.
#[derive(Clone, Debug)]
pub struct Summary {
    /// What the coverage is called.
    pub name: String,
    /// Whether it is made up.
    pub synthetic: bool,
    /// Each level, top first, with how many units it has.
    pub levels: Vec<(Level, usize)>,
    /// Units without children.
    pub leaves: usize,
    /// Declared areas of no unit.
    pub voids: usize,
    /// Of leaves and voids, on the CGCS2000 ellipsoid.
    pub area_m2: f64,
    /// west, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// The build of tileset `county`.
    pub build: String,
}

impl App {
    /// Of a version.
    ///
    /// # Errors
    /// [`Error::Internal`] where the work failed.
    pub async fn summary(&self, scope: &Scope, served: &Arc<Served>) -> Result<Summary, Error> {
        let (served, scope) = (Arc::clone(served), scope.clone());
        self.pool.run(move || summary(&scope, &served)).await
    }
}

fn summary(scope: &Scope, served: &Served) -> Summary {
    let (snapshot, hierarchy) = (&served.snapshot, served.snapshot.hierarchy());
    let levels = (0..).zip(hierarchy.levels().as_slice());
    let facts = snapshot.facts();
    let shown = |units| served.shown(scope, units);
    let leaves = shown(hierarchy.leaves().to_vec());
    // Those of the top, where all are seen: the areas of leaves and of what they make up differ in the last digits.
    let areas = if scope.sees_all() { hierarchy.of_level(0).collect() } else { leaves.clone() };
    let areas = areas.into_iter().map(|u| facts.unit(u).area_m2);
    Summary {
        name: served.name.clone(),
        synthetic: served.synthetic,
        levels: levels
            .map(|(i, level)| (level.clone(), shown(hierarchy.of_level(i).collect()).len()))
            .collect(),
        leaves: leaves.len(),
        voids: hierarchy.voids().len(),
        area_m2: areas.chain(facts.voids().iter().map(|v| v.area_m2)).sum(),
        bounds: snapshot.partition().bounds().degrees(),
        build: served.build().to_string(),
    }
}

//! Whose is this point: one point, under one datum or under each.

use std::sync::Arc;

use super::{App, Error, Served};
use crate::access::Scope;
use crate::crs::{Datum, LonLat, Point};
use crate::unit::{Owner, UnitIndex};

/// What is known of a point.
#[derive(Clone, Debug)]
pub struct Located {
    /// Leaf, void or outside.
    pub owner: Owner,
    /// Whether it lies in the outline; a point on the outline may not, by the half-open rule.
    pub inside: bool,
    /// The leaf it is in.
    pub leaf: Option<UnitIndex>,
    /// Whether it lies on a border exactly.
    pub on_border: bool,
    /// Metres to the nearest border of its leaf or void.
    pub border_distance_m: Option<f64>,
    /// The leaf across that border.
    pub neighbour: Option<UnitIndex>,
    /// Leaves that it may be in, with their probability, where an accuracy was given.
    pub candidates: Option<Vec<(UnitIndex, f64)>>,
    /// Outside: the nearest leaf and the metres to it.
    pub nearest: Option<(UnitIndex, f64)>,
}

fn locate(served: &Served, p: Point) -> Located {
    let (locator, hierarchy) = (served.snapshot.locator(), served.snapshot.hierarchy());
    let owner = locator.owner(p);
    let border = locator.border(p);
    let outside = owner.is_outside().then(|| locator.nearest_leaf(p)).flatten();
    Located {
        owner,
        inside: !owner.is_outside(),
        leaf: hierarchy.leaf(owner),
        on_border: locator.on_border(p),
        border_distance_m: border.map(|b| b.distance_m),
        neighbour: border.and_then(|b| hierarchy.leaf(b.neighbour)),
        candidates: None,
        nearest: outside.and_then(|n| Some((hierarchy.leaf(n.owner)?, n.distance_m))),
    }
}

impl App {
    /// Whose a point is. It takes microseconds, less than a way to the pool and back.
    pub fn locate(&self, scope: &Scope, served: &Served, place: LonLat, datum: Datum) -> Located {
        locate(served, datum.to_wgs84(place).to_lattice()).seen_by(scope, served)
    }

    /// Whose a point may be, measured with an accuracy: the radius in metres that holds 68 %.
    ///
    /// # Errors
    /// [`Error::Internal`] where the work failed.
    pub async fn locate_within(
        &self,
        scope: &Scope,
        served: &Arc<Served>,
        place: LonLat,
        datum: Datum,
        accuracy_m: f64,
    ) -> Result<Located, Error> {
        let mut located = self.locate(scope, served, place, datum);
        let held = Arc::clone(served);
        let candidates = move || {
            let snapshot = &held.snapshot;
            let found = snapshot.locator().candidates(datum.to_wgs84(place).to_lattice(), accuracy_m);
            found.into_iter().filter_map(|(o, p)| Some((snapshot.hierarchy().leaf(o)?, p))).collect()
        };
        located.candidates = Some(self.pool.run(candidates).await?);
        Ok(located.seen_by(scope, served))
    }

    /// Whose a point is under each datum.
    pub fn locate_any(&self, scope: &Scope, served: &Served, place: LonLat) -> Vec<(Datum, Located)> {
        Datum::ALL.into_iter().map(|datum| (datum, self.locate(scope, served, place, datum))).collect()
    }
}

//! The points nearest to a place.

use super::{App, Error, When, excerpt};
use crate::access::Scope;
use crate::crs::LonLat;
use crate::unit::PointFeature;

/// A point found.
#[derive(Clone, Debug)]
pub struct Nearby {
    /// The point.
    pub point: PointFeature,
    /// Metres to it.
    pub distance_m: f64,
}

impl App {
    /// The `limit` places of service nearest to a WGS84 place, nearest first; of one kind, or of all.
    ///
    /// # Errors
    /// [`Error::Bad`] for a kind that there is none of.
    pub async fn near(
        &self,
        scope: &Scope,
        place: LonLat,
        kind: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Nearby>, Error> {
        let served = self.served(scope, &When::Now).await?;
        let features = served.snapshot.features().clone();
        let kinds: Vec<&str> = features.near().kinds().collect();
        if let Some(kind) = kind.filter(|k| !kinds.contains(k)) {
            let found = excerpt(kind);
            let detail = match &kinds[..] {
                [] => format!("there are no places, so none of kind {found:?}"),
                _ => format!("expected a kind ({}), found {found:?}", kinds.join(", ")),
            };
            return Err(Error::Bad { field: "kind", detail });
        }
        let kind = kind.map(str::to_owned);
        let scope = scope.clone();
        let find = move || {
            let points = features.places();
            let finder = served.snapshot.finder();
            let shown = |index: usize| served.shows_in(&scope, finder.home(index));
            // What is not shown takes the place of nothing.
            let most = if scope.sees_all() { limit } else { points.len() };
            let hits = features.near().nearest(place.to_lattice(), kind.as_deref(), most);
            hits.into_iter()
                .filter(|hit| shown(hit.index))
                .take(limit)
                .map(|hit| Nearby { point: points[hit.index].clone(), distance_m: hit.distance_m })
                .collect()
        };
        self.pool.run(find).await
    }
}

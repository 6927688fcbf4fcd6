//! Numbers per unit, level by level.

use std::sync::Arc;

use super::error::bad;
use super::{App, Error, Served, excerpt};
use crate::access::{Permission, Scope};
use crate::snapshot::{Column, Measure};
use crate::unit::UnitIndex;

impl App {
    /// Every measure at every level where it says something.
    ///
    /// # Errors
    /// [`Error::Internal`] where the work failed.
    pub async fn measures(
        &self,
        scope: &Scope,
        served: &Arc<Served>,
    ) -> Result<Vec<(Measure, u8, Column)>, Error> {
        self.with_dwellings(served).await?;
        let (served, scope) = (Arc::clone(served), scope.clone());
        let columns = move || {
            let hierarchy = served.snapshot.hierarchy();
            let levels = 0..hierarchy.levels().count() as u8;
            let pairs = Measure::ALL.into_iter().flat_map(|m| levels.clone().rev().map(move |l| (m, l)));
            let shown = pairs.filter(|&(m, l)| m.is_at(hierarchy, l));
            shown.map(|(m, l)| (m, l, column(&scope, &served, m, l))).collect()
        };
        self.pool.run(columns).await
    }

    /// One measure at a level; at the lowest where none is named.
    ///
    /// # Errors
    /// [`Error::Missing`] for a measure that there is not; [`Error::Bad`] for a level that it is not counted at.
    pub async fn measure(
        &self,
        scope: &Scope,
        served: &Arc<Served>,
        id: &str,
        level: Option<&str>,
    ) -> Result<(u8, Column), Error> {
        let hierarchy = served.snapshot.hierarchy();
        let Some(measure) = Measure::ALL.into_iter().find(|m| m.id(hierarchy) == id) else {
            let ids: Vec<&str> = Measure::ALL.iter().map(|m| m.id(hierarchy)).collect();
            let found = excerpt(id);
            return Err(Error::Missing(format!("expected one of {}, found {found:?}", ids.join(", "))));
        };
        let lowest = (0..hierarchy.levels().count() as u8).rev().find(|&l| measure.is_at(hierarchy, l));
        let level = level.map(|name| served.level("level", name)).transpose()?.or(lowest).unwrap_or(0);
        if !measure.is_at(hierarchy, level) {
            return Err(bad("level", "a level above the lowest", served.snapshot.level_name(level)));
        }
        self.with_dwellings(served).await?;
        let (served, scope) = (Arc::clone(served), scope.clone());
        let column = self.pool.run(move || column(&scope, &served, measure, level)).await?;
        Ok((level, column))
    }
}

/// The numbers of the units whose measures the caller may read, in classes of their own.
fn column(scope: &Scope, served: &Served, measure: Measure, level: u8) -> Column {
    if scope.covers_all(Permission::ReadMeasures) {
        return served.snapshot.column(measure, level);
    }
    let hierarchy = served.snapshot.hierarchy();
    let may = |unit: &UnitIndex| scope.covers(Permission::ReadMeasures, &hierarchy.unit(*unit).code);
    served.snapshot.column_of(measure, hierarchy.of_level(level).filter(may))
}

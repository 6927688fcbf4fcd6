//! The units that a drawn area or line meets, with what they have of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{App, Error, Served};
use crate::access::{Permission, Scope};
use crate::coverage::{Tangled, contains};
use crate::crs::{Bounds, Point};
use crate::snapshot::Snapshot;
use crate::unit::{Owner, UnitIndex};

/// What is drawn, on the lattice.
#[derive(Clone, Debug)]
pub enum Drawing {
    /// What an odd number of these rings go round; none repeats its first point.
    Area(Vec<Vec<Point>>),
    /// Lines.
    Lines(Vec<Vec<Point>>),
}

/// A unit that a drawing meets.
#[derive(Clone, Debug)]
pub struct Selected {
    /// The unit.
    pub unit: UnitIndex,
    /// What it has of an area.
    pub within: Option<Within>,
    /// Metres of a line that lie in it.
    pub length_m: Option<f64>,
}

/// What a unit has of an area.
#[derive(Clone, Copy, Debug, Default)]
pub struct Within {
    /// m².
    pub area_m2: f64,
    /// Of its area, 0 to 1.
    pub share: f64,
    /// Households within, and their share of the unit's; `None` where the caller may not count them, or none are known.
    pub households: Option<(u64, f64)>,
}

/// What leaves have of a drawing.
#[derive(Default)]
struct Sum {
    area_m2: f64,
    length_m: f64,
    households: u64,
}

impl App {
    /// The units of a level that a drawing meets, by code; leaves that stand higher among them.
    ///
    /// # Errors
    /// [`Error::Bad`] for a level there is none of; where the dwellings cannot be read.
    pub async fn select(
        &self,
        scope: &Scope,
        served: &Arc<Served>,
        drawing: Drawing,
        level: Option<&str>,
    ) -> Result<Vec<Selected>, Error> {
        let lowest = served.snapshot.hierarchy().levels().lowest();
        let level = level.map(|name| served.level("level", name)).transpose()?.unwrap_or(lowest);
        let counts = scope.has(Permission::ReadMeasures);
        if counts {
            self.with_dwellings(served).await?;
        }
        let (served, scope) = (Arc::clone(served), scope.clone());
        self.pool
            .run(move || selected(&served, &scope, &drawing, level, counts))
            .await?
            .map_err(|tangled| Error::Bad { field: "coordinates", detail: tangled.with_place() })
    }
}

fn selected(
    served: &Served,
    scope: &Scope,
    drawing: &Drawing,
    level: u8,
    counts: bool,
) -> Result<Vec<Selected>, Tangled> {
    let snapshot = &served.snapshot;
    let hierarchy = snapshot.hierarchy();
    let mut sums: BTreeMap<UnitIndex, Sum> = BTreeMap::new();
    let mut add = |owner: Owner, to: &dyn Fn(&mut Sum)| {
        if let Some(unit) = hierarchy.at_level(owner, level) {
            to(sums.entry(unit).or_default());
        }
    };
    match drawing {
        Drawing::Area(rings) => {
            for (owner, m2) in snapshot.partition().coverage.areas_within(rings)? {
                add(owner, &|sum| sum.area_m2 += m2);
            }
            if counts {
                for (owner, weight) in dwellings_within(snapshot, rings) {
                    add(owner, &|sum| sum.households += u64::from(weight));
                }
            }
        }
        Drawing::Lines(lines) => {
            let along = snapshot.partition().coverage.along(lines, |p| snapshot.locator().owner(p));
            for (owner, metres) in along {
                add(owner, &|sum| sum.length_m += metres);
            }
        }
    }
    let counted =
        |unit: UnitIndex| counts && scope.covers(Permission::ReadMeasures, &hierarchy.unit(unit).code);
    let found =
        sums.into_iter().filter(|&(unit, _)| served.shows(scope, unit)).map(|(unit, sum)| match drawing {
            Drawing::Lines(_) => Selected { unit, within: None, length_m: Some(sum.length_m) },
            Drawing::Area(_) => {
                let households =
                    counted(unit).then(|| share_of_households(snapshot, unit, sum.households)).flatten();
                let share = (sum.area_m2 / snapshot.facts().unit(unit).area_m2).min(1.0);
                Selected {
                    unit,
                    within: Some(Within { area_m2: sum.area_m2, share, households }),
                    length_m: None,
                }
            }
        });
    Ok(found.collect())
}

/// The dwellings in an area, each with the owner of its place.
fn dwellings_within(snapshot: &Snapshot, rings: &[Vec<Point>]) -> Vec<(Owner, u32)> {
    let bounds = Bounds::of(rings.iter().flatten());
    let dwellings = snapshot.features().dwellings().unwrap_or_default();
    let within =
        |p: Point| bounds.contains(p) && rings.iter().filter(|ring| contains(ring, p)).count() % 2 == 1;
    let inside = dwellings.iter().filter(|(at, _)| within(*at));
    inside.map(|&(at, weight)| (snapshot.locator().owner(at), weight)).collect()
}

fn share_of_households(snapshot: &Snapshot, unit: UnitIndex, within: u64) -> Option<(u64, f64)> {
    use crate::snapshot::Measure;
    if !snapshot.features().has_dwellings() {
        return None;
    }
    let all = Measure::Households.of(snapshot.counts(), snapshot.facts(), unit);
    Some((within, if all > 0.0 { within as f64 / all } else { 0.0 }))
}

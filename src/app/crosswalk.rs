//! Where the area and the households of each unit of one version are in another.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{App, Error, Served, When};
use crate::access::{Permission, Scope};
use crate::crs::Point;
use crate::plan::{Delta, crosswalk};
use crate::snapshot::Snapshot;
use crate::unit::{Code, Owner, Uid, UnitIndex};

/// What of a unit is in another unit of another version.
#[derive(Clone, Debug)]
pub struct Crossed {
    /// The unit of the former version.
    pub from: Code,
    /// That of the latter; `None`: what is nobody's any more.
    pub to: Option<Code>,
    /// Its share of the former's area on the lattice.
    pub area: f64,
    /// Its share of the former's households; `None` where there are none, or the caller may not count them.
    pub households: Option<f64>,
}

/// Units of two versions.
type Pair = (UnitIndex, Option<UnitIndex>);

impl App {
    /// Every pair of units of a level, the lowest where none is named, that have area in common; by the codes.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is no such version; [`Error::Bad`] for a level there is none of.
    pub async fn crosswalk(
        &self,
        scope: &Scope,
        from: u64,
        to: u64,
        level: Option<&str>,
    ) -> Result<Vec<Crossed>, Error> {
        let before = self.served(scope, &When::Version(from)).await?;
        let after = self.served(scope, &When::Version(to)).await?;
        let lowest = before.snapshot.hierarchy().levels().lowest();
        let level = level.map(|name| before.level("level", name)).transpose()?.unwrap_or(lowest);
        let counts = scope.has(Permission::ReadMeasures);
        if counts {
            self.with_dwellings(&before).await?;
        }
        let scope = scope.clone();
        self.pool.run(move || crossed(&before, &after, &scope, level, counts)).await
    }
}

fn crossed(
    before: &Arc<Served>,
    after: &Arc<Served>,
    scope: &Scope,
    level: u8,
    counts: bool,
) -> Vec<Crossed> {
    let (old, new) = (&before.snapshot, &after.snapshot);
    let touched = Delta::between(old.partition(), new.partition()).touched();
    let of = |snapshot: &Snapshot, uid: Option<Uid>| {
        let hierarchy = snapshot.hierarchy();
        let unit = hierarchy.by_uid(uid?)?;
        hierarchy.chain(unit).find(|&u| hierarchy.unit(u).level <= level)
    };
    let mut areas: BTreeMap<Pair, i128> = BTreeMap::new();
    for ((from, to), area) in crosswalk(old.partition(), new.partition(), &touched) {
        if let Some(from) = of(old, from) {
            *areas.entry((from, of(new, to))).or_default() += area;
        }
    }
    let households = if counts { households(old, new, level) } else { BTreeMap::new() };
    let (all_area, all_households) = (sums(&areas), sums(&households));
    let code = |snapshot: &Snapshot, unit: UnitIndex| snapshot.hierarchy().unit(unit).code.clone();
    let seen = |(from, to): Pair| before.shows(scope, from) && to.is_none_or(|to| after.shows(scope, to));
    let mut rows: Vec<Crossed> = areas
        .into_iter()
        .filter(|&(pair, _)| seen(pair))
        .map(|(pair, area)| {
            let from = code(old, pair.0);
            let all = all_households.get(&pair.0).copied().filter(|&all| all > 0);
            let all = all.filter(|_| scope.covers(Permission::ReadMeasures, &from));
            let within = households.get(&pair).copied().unwrap_or_default();
            Crossed {
                to: pair.1.map(|to| code(new, to)),
                area: area as f64 / all_area[&pair.0] as f64,
                households: all.map(|all| within as f64 / all as f64),
                from,
            }
        })
        .collect();
    rows.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
    rows
}

/// The households of each pair, by the places of their dwellings.
fn households(old: &Snapshot, new: &Snapshot, level: u8) -> BTreeMap<Pair, i128> {
    let dwellings = old.features().dwellings().unwrap_or_default();
    let places: Vec<Point> = dwellings.iter().map(|d| d.0).collect();
    let owners = |snapshot: &Snapshot| {
        let mut owners = vec![Owner::OUTSIDE; places.len()];
        snapshot.locator().owners_into(&places, &mut owners);
        owners
    };
    let mut found = BTreeMap::new();
    for ((from, to), (_, weight)) in owners(old).into_iter().zip(owners(new)).zip(dwellings) {
        if let Some(from) = old.hierarchy().at_level(from, level) {
            *found.entry((from, new.hierarchy().at_level(to, level))).or_default() += i128::from(*weight);
        }
    }
    found
}

fn sums(of: &BTreeMap<Pair, i128>) -> BTreeMap<UnitIndex, i128> {
    let mut sums = BTreeMap::new();
    for ((from, _), amount) in of {
        *sums.entry(*from).or_default() += amount;
    }
    sums
}

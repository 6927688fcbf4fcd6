//! What units became and came from, with shares of area and of households.
//!
//! ```text
//! rows of the store (share of area) ─ dwellings known today: whose they were, whose they are ─→ share of households
//! ```
//!
//! Which unit a dwelling is in is never stored: shares are counted when they are asked for, once for a version and the
//! points there are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{App, Error, Served, When};
use crate::access::{Permission, Scope};
use crate::crs::Point;
use crate::snapshot::Snapshot;
use crate::store::LineageRow;
use crate::unit::{Owner, Uid};

/// How many versions' shares are kept.
const KEPT: usize = 32;

/// A part of one unit that became part of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Inherited {
    /// Whose it was, whose it became, and its share of the former's area.
    pub row: LineageRow,
    /// Its share of the former's households; `None` where none are known, or the caller may not count them.
    pub households: Option<f64>,
}

/// What a unit came from and became with one version.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Descent {
    /// Units that it has area of.
    pub came_from: Vec<Inherited>,
    /// Units that have area of it.
    pub became: Vec<Inherited>,
}

/// Households by the units that they were in and are in; with `None`, of a unit in all.
type Households = BTreeMap<(Uid, Option<Uid>), u64>;

/// Of a version, with the points that there were.
type Counted = (u64, String, Arc<Households>);

/// Households counted for the versions asked about last.
#[derive(Default)]
pub(super) struct Counts(Mutex<Vec<Counted>>);

impl Counts {
    fn all(&self) -> MutexGuard<'_, Vec<Counted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, number: u64, stamp: &str) -> Option<Arc<Households>> {
        self.all().iter().find(|(n, s, _)| *n == number && s == stamp).map(|found| Arc::clone(&found.2))
    }

    fn keep(&self, number: u64, stamp: String, counted: &Arc<Households>) {
        let mut all = self.all();
        all.retain(|(n, ..)| *n != number);
        all.push((number, stamp, Arc::clone(counted)));
        let surplus = all.len().saturating_sub(KEPT);
        all.drain(..surplus);
    }

    /// Drops everything: the store has lost versions.
    pub(super) fn clear(&self) {
        self.all().clear();
    }
}

impl App {
    /// What became of units with a version, and what new ones came from, as far as the caller may see both.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is no such version.
    pub async fn lineage(&self, scope: &Scope, number: u64) -> Result<Vec<Inherited>, Error> {
        let rows = self.contact.note(self.store.lineage(number).await)?;
        self.inherited(scope, number, rows).await
    }

    /// What a unit came from and became with a version.
    ///
    /// # Errors
    /// As [`Self::lineage`].
    pub async fn descent(&self, scope: &Scope, number: u64, uid: Uid) -> Result<Descent, Error> {
        let mut rows = self.contact.note(self.store.lineage(number).await)?;
        rows.retain(|row| row.from.0 == uid || row.to.0 == uid);
        let found = self.inherited(scope, number, rows).await?;
        let (came_from, became) = found.into_iter().partition(|inherited| inherited.row.to.0 == uid);
        Ok(Descent { came_from, became })
    }

    /// Rows of a version with their shares of households.
    pub(super) async fn inherited(
        &self,
        scope: &Scope,
        number: u64,
        mut rows: Vec<LineageRow>,
    ) -> Result<Vec<Inherited>, Error> {
        rows.retain(|row| scope.sees(&row.from.1) && scope.sees(&row.to.1));
        let counts = |row: &LineageRow| scope.covers(Permission::ReadMeasures, &row.from.1);
        let counted =
            if rows.iter().any(counts) { self.counted(scope, number).await? } else { Arc::default() };
        let share = |row: &LineageRow| {
            let all = counted.get(&(row.from.0, None)).copied().filter(|&all| all > 0 && counts(row))?;
            let within = counted.get(&(row.from.0, Some(row.to.0))).copied().unwrap_or_default();
            Some(within as f64 / all as f64)
        };
        Ok(rows.into_iter().map(|row| Inherited { households: share(&row), row }).collect())
    }

    /// The households of the units that a version touched, where they were and where they are.
    async fn counted(&self, scope: &Scope, number: u64) -> Result<Arc<Households>, Error> {
        let stamp = self.current.load().features_stamp.clone();
        if let Some(counted) = self.counts.find(number, &stamp) {
            return Ok(counted);
        }
        let Some(former) = number.checked_sub(1).filter(|&former| former > 0) else {
            return Ok(Arc::default());
        };
        let after = self.served(scope, &When::Version(number)).await?;
        let before = self.served(scope, &When::Version(former)).await?;
        self.with_dwellings(&after).await?;
        let rows = self.contact.note(self.store.lineage(number).await)?;
        let counted = Arc::new(self.pool.run(move || counted(&before, &after, &rows)).await?);
        self.counts.keep(number, stamp, &counted);
        Ok(counted)
    }
}

fn counted(before: &Served, after: &Served, rows: &[LineageRow]) -> Households {
    let dwellings = after.snapshot.features().dwellings().unwrap_or_default();
    let places: Vec<Point> = dwellings.iter().map(|dwelling| dwelling.0).collect();
    let owners = |snapshot: &Snapshot| {
        let mut owners = vec![Owner::OUTSIDE; places.len()];
        snapshot.locator().owners_into(&places, &mut owners);
        owners
    };
    let former: BTreeMap<Uid, Vec<Uid>> = rows.iter().fold(BTreeMap::new(), |mut former, row| {
        former.entry(row.from.0).or_insert_with(Vec::new).push(row.to.0);
        former
    });
    let mut counted = Households::new();
    let both = owners(&before.snapshot).into_iter().zip(owners(&after.snapshot));
    for ((was, is), (_, weight)) in both.zip(dwellings) {
        let now = chain(&after.snapshot, is);
        for from in chain(&before.snapshot, was) {
            let Some(heirs) = former.get(&from) else { continue };
            *counted.entry((from, None)).or_default() += u64::from(*weight);
            for to in heirs.iter().filter(|to| now.contains(to)) {
                *counted.entry((from, Some(*to))).or_default() += u64::from(*weight);
            }
        }
    }
    counted
}

/// The units that an owner is, from the leaf up; none for a void and the outside.
fn chain(snapshot: &Snapshot, owner: Owner) -> Vec<Uid> {
    let hierarchy = snapshot.hierarchy();
    let leaf = hierarchy.leaf(owner);
    leaf.map(|leaf| hierarchy.chain(leaf).map(|unit| hierarchy.unit(unit).uid).collect()).unwrap_or_default()
}

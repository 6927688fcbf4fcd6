//! Who answers for a unit. People stand in memory by uid, so a lookup asks the store for nothing; they are read at the
//! start and again when the store's stamp of them has changed. They are today's, whichever version's unit is asked for,
//! and whether they are on duty is by the county's clocks now.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::{App, Error, Served};
use crate::access::{Permission, Scope};
use crate::store::Store;
use crate::unit::{Hierarchy, Person, Uid, UnitIndex};

/// Everyone that the store knows.
pub(super) struct People {
    stamp: String,
    by_unit: BTreeMap<Uid, Vec<Person>>,
}

/// Reads them. The stamp first: people replaced in between are read again.
pub(super) async fn read(store: &Store) -> Result<Arc<People>, Error> {
    let stamp = store.people_stamp().await?;
    let mut by_unit: BTreeMap<Uid, Vec<Person>> = BTreeMap::new();
    for person in store.people().await? {
        by_unit.entry(person.unit).or_default().push(person);
    }
    Ok(Arc::new(People { stamp, by_unit }))
}

/// Somebody who answers for a unit now.
#[derive(Clone, Debug)]
pub struct Responsible {
    /// The unit they answer for.
    pub unit: UnitIndex,
    /// Who they are.
    pub person: Person,
    /// Whether they are on duty.
    pub on_duty: bool,
}

impl App {
    /// Those who answer for a unit and for each unit above it, nearest first: of those units over which the caller may
    /// read people. Whoever is there for another time of a roster is left out.
    pub fn people(&self, scope: &Scope, served: &Served, unit: UnitIndex) -> Vec<Responsible> {
        let (people, hierarchy) = (self.people.load(), served.snapshot.hierarchy());
        let now = self.time_zone.to_datetime(Timestamp::now());
        let may_read = |unit: &UnitIndex| scope.covers(Permission::ReadPeople, &hierarchy.unit(*unit).code);
        let of = |unit: UnitIndex| people.by_unit.get(&hierarchy.unit(unit).uid).into_iter().flatten();
        let now_there = |person: &&Person| person.duty.is_of(now);
        let responsible = |unit: UnitIndex| {
            of(unit).filter(now_there).map(move |person| {
                let (person, on_duty) = (person.clone(), person.duty.holds(now));
                Responsible { unit, person, on_duty }
            })
        };
        hierarchy.chain(unit).filter(may_read).flat_map(responsible).collect()
    }

    /// Those of them who are on duty.
    pub fn responsible(&self, scope: &Scope, served: &Served, unit: UnitIndex) -> Vec<Responsible> {
        self.people(scope, served, unit).into_iter().filter(|r| r.on_duty).collect()
    }

    /// How many people answer for each unit or one below it, as of now: of the units over which the caller may read people.
    pub(super) fn workers(&self, scope: &Scope, hierarchy: &Hierarchy) -> BTreeMap<Uid, u64> {
        let (people, now) = (self.people.load(), self.time_zone.to_datetime(Timestamp::now()));
        let units = hierarchy.units().iter();
        let readable = units.filter(|unit| scope.covers(Permission::ReadPeople, &unit.code));
        let mut workers: BTreeMap<Uid, u64> = readable.map(|unit| (unit.uid, 0)).collect();
        for (uid, people) in &people.by_unit {
            let there = people.iter().filter(|person| person.duty.is_of(now)).count() as u64;
            for above in hierarchy.by_uid(*uid).into_iter().flat_map(|unit| hierarchy.chain(unit)) {
                if let Some(count) = workers.get_mut(&hierarchy.unit(above).uid) {
                    *count += there;
                }
            }
        }
        workers
    }

    /// Reads people again if the store has others.
    ///
    /// # Errors
    /// Where they cannot be read, or others may read them too: then those in memory stay.
    pub async fn follow_people(&self) -> Result<(), Error> {
        if self.contact.note(self.store.people_stamp().await)? != self.people.load().stamp {
            self.people.store(read(&self.store).await?);
        }
        Ok(())
    }
}

//! Who answers for a unit. People stand in memory by uid, so a lookup asks the store for nothing; they are read at the
//! start and again when the store's stamp of them has changed. They are today's, whichever version's unit is asked for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{App, Error, Served};
use crate::access::{Permission, Scope};
use crate::store::Store;
use crate::unit::{Person, Uid, UnitIndex};

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

impl App {
    /// Those who answer for a unit and for each unit above it, nearest first, each with the unit they answer for;
    /// nobody for a caller who may not read people.
    pub fn people(&self, scope: &Scope, served: &Served, unit: UnitIndex) -> Vec<(UnitIndex, Person)> {
        if !scope.has(Permission::ReadPeople) {
            return Vec::new();
        }
        let (people, hierarchy) = (self.people.load(), served.snapshot.hierarchy());
        let of = |unit: UnitIndex| people.by_unit.get(&hierarchy.unit(unit).uid).into_iter().flatten();
        hierarchy.chain(unit).flat_map(|u| of(u).map(move |person| (u, person.clone()))).collect()
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

//! `wangge import --as people`: who answers for which unit, in the place of all there were.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;

use super::record::record;
use super::say::{Fail, Progress, result};
use crate::exchange;
use crate::store::{Mode, Store};
use crate::unit::{Hierarchy, Person, Uid};

/// Imports, or changes nothing.
pub async fn import(store: &str, file: &Path, progress: &Progress) -> Result<(), Fail> {
    let store = Store::open(store, Mode::Existing).await?;
    let Some(latest) = store.latest().await? else {
        return Err(Fail(format!("{} holds no version yet: import or synth one first", store.location())));
    };
    let hierarchy = store.load(latest).await?.partition.hierarchy;
    progress.step(format_args!("reading {}", file.display()));
    let read = exchange::read_people(file, &hierarchy).await?;
    store.replace_people(&read.people).await?;
    record(&store, "people.replace", "people", json!({ "people": read.people.len() })).await?;
    store.close().await;
    read.notes.iter().for_each(|n| progress.done(n));
    result(said(&read.people, &hierarchy));
    Ok(())
}

/// How many people for how many units, and how many units of the lowest level have nobody of their own.
fn said(people: &[Person], hierarchy: &Hierarchy) -> String {
    let units: BTreeSet<Uid> = people.iter().map(|p| p.unit).collect();
    let lowest = hierarchy.levels().lowest();
    let name = hierarchy.levels().get(lowest).map_or("", |level| level.plural.as_str());
    let without = hierarchy.of_level(lowest).filter(|&u| !units.contains(&hierarchy.unit(u).uid)).count();
    let (people, units, all) = (people.len(), units.len(), hierarchy.of_level(lowest).len());
    format!(
        "{people} people for {units} units in the place of those there were; {without} of {all} {name} have nobody"
    )
}

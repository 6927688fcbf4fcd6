//! How versions get into a store: what is chosen once is chosen here.
//!
//! ```text
//! partition ─ tints (as the current version has them, where they still do) ─ zooms (if the store has none for these levels) ─▶ save
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::Error;
use super::versions::{NAME, SYNTHETIC, zooms_key};
use crate::coverage::Partition;
use crate::store::{NewVersion, Saved, Store, Uids};
use crate::tiling::{self, Zooms};
use crate::unit::{Hierarchy, Uid, Unit};

/// A version to be entered.
pub struct Entry {
    /// Its units and their coverage; tints are chosen here.
    pub partition: Partition,
    /// Which uids they get.
    pub uids: Uids,
    /// The version it was made from: `Some(0)` for an empty store, `None` where any will do.
    pub base: Option<u64>,
    /// From which day it holds.
    pub effective_from: Date,
    /// Who enters it.
    pub author: String,
    /// Why.
    pub note: String,
    /// The document it rests on; may be empty.
    pub document: String,
    /// What the coverage is called.
    pub name: String,
    /// Whether its borders are made up.
    pub synthetic: bool,
}

/// Saves a partition as the next version; `previous` is the store's current one, whose colours are kept where they
/// can be.
///
/// # Errors
/// Where the store refuses it or fails; then nothing has changed.
pub async fn enter(store: &Store, entry: Entry, previous: Option<Arc<Partition>>) -> Result<Saved, Error> {
    let (partition, uids) = (entry.partition, entry.uids);
    let key = zooms_key(partition.hierarchy.levels());
    let stored = store.setting(&key).await?.and_then(|text| serde_json::from_str::<Zooms>(&text).ok());
    let chosen = tokio::task::spawn_blocking(move || {
        let zooms = stored.unwrap_or_else(|| Zooms::choose(&partition));
        let before = previous.map(|p| tints_before(&p, &partition.hierarchy, uids)).unwrap_or_default();
        let tints = tiling::tint(&partition.hierarchy, &partition.coverage, &before);
        let partition =
            Partition { hierarchy: partition.hierarchy.with_tints(&tints), coverage: partition.coverage };
        (partition, zooms)
    });
    let (partition, zooms) = chosen.await.map_err(Error::internal)?;
    let zooms = serde_json::to_string(&zooms).map_err(Error::internal)?;
    let new = NewVersion {
        partition: Arc::new(partition),
        uids,
        base: entry.base,
        effective_from: entry.effective_from,
        author: entry.author,
        note: entry.note,
        document: entry.document,
        settings: vec![
            (NAME.into(), entry.name),
            (SYNTHETIC.into(), entry.synthetic.to_string()),
            (key, zooms),
        ],
        plan: None,
        changes: None,
    };
    Ok(store.save(&new).await?)
}

/// The tints that the units of `next` had in `previous`, as far as they were there: by code, or by uid where that is kept.
fn tints_before(previous: &Partition, next: &Hierarchy, uids: Uids) -> BTreeMap<Uid, u8> {
    let found = |unit: &Unit| match uids {
        Uids::ByCode => previous.hierarchy.by_code(&unit.code),
        Uids::Kept => previous.hierarchy.by_uid(unit.uid),
    };
    let before = |unit: &Unit| found(unit).map(|u| previous.hierarchy.unit(u).tint);
    next.units().iter().filter_map(|unit| Some((unit.uid, before(unit)?))).collect()
}

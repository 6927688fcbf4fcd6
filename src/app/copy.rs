//! A store's whole content into another store, of whatever kind.
//!
//! ```text
//! from ─▶ archive ─ every version checked ─▶ to, in one transaction ─▶ read again: equal? every version's hash?
//! ```

use std::sync::Arc;

use super::Error;
use crate::store::{Archive, Store};

/// What was copied.
#[derive(Clone, Copy, Debug)]
pub struct Copied {
    /// Versions.
    pub versions: usize,
    /// Rows of units and voids, past ones among them.
    pub rows: usize,
    /// Points of all layers.
    pub points: usize,
    /// Lines of the background.
    pub lines: usize,
    /// People.
    pub people: usize,
    /// Accounts, with their keys and the log.
    pub accounts: usize,
}

/// Copies everything of `from` into `target`, which is opened once `from` is known to be whole, and must be empty.
/// Tells each step.
///
/// # Errors
/// Where `from` was changed from outside, or the target holds something: then nothing is written. Where what was
/// written reads differently, which the target then should not be used for.
pub async fn copy(
    from: &Store,
    target: impl Future<Output = Result<Store, Error>>,
    tell: &(dyn Fn(String) + Sync),
) -> Result<(Store, Copied), Error> {
    tell(format!("reading {}", from.location()));
    let archive = Arc::new(from.archive().await?);
    let mut current = None;
    for version in archive.versions() {
        tell(format!("checking version {} of {}", version.number, archive.versions().len()));
        let (all, version) = (Arc::clone(&archive), version.clone());
        let checked = tokio::task::spawn_blocking(move || all.partition(&version));
        current = Some(checked.await.map_err(Error::internal)??);
    }
    let to = target.await?;
    tell(format!("writing {}", to.location()));
    to.restore(&archive, current.as_ref()).await?;
    tell(format!("comparing {}", to.location()));
    compare(&archive, &to).await?;
    let [rows, points, lines, people, accounts] = archive.counts();
    let versions = archive.versions().len();
    Ok((to, Copied { versions, rows, points, lines, people, accounts }))
}

/// What stands in a store is what was to be written, and each of its versions has its content hash.
async fn compare(archive: &Archive, to: &Store) -> Result<(), Error> {
    let written = to.archive().await?;
    if let Some(what) = archive.difference(&written) {
        return Err(Error::Internal(format!("{} of {} are not those that were copied", what, to.location())));
    }
    for version in archive.versions() {
        let loaded = to.load(version.number).await?;
        if loaded.version != *version {
            return Err(Error::Internal(format!(
                "version {} is not the one that was copied",
                version.number
            )));
        }
    }
    Ok(())
}

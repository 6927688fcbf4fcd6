//! `wangge check` and `wangge hash`: what a store or a file holds, and whether it is whole.

use std::path::{Path, PathBuf};

use clap::Args;

use super::export::{At, load};
use super::import::Reading;
use super::say::{Fail, Progress, result};
use crate::store::{Mode, Store};

/// Check a store, or a file: exit 1 if anything is wrong
#[derive(Args)]
pub struct Check {
    /// A file to check instead of the store
    file: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

impl Check {
    /// Says what is wrong, or that nothing is.
    pub async fn run(self, store: &str) -> Result<(), Fail> {
        let progress = Progress::new();
        match &self.file {
            Some(file) => self.file(file, &progress).await,
            None => Self::store(store, &progress).await,
        }
    }

    async fn file(&self, file: &Path, progress: &Progress) -> Result<(), Fail> {
        let imported = self.reading.read(file, None, progress).await?;
        imported.notes.iter().for_each(|n| progress.done(n));
        let (hierarchy, hash) = (&imported.partition.hierarchy, imported.partition.content_hash());
        let (leaves, voids) = (hierarchy.leaves().len(), hierarchy.voids().len());
        result(format_args!(
            "{}: a coverage of {leaves} leaves and {voids} voids, content hash {hash}",
            file.display()
        ));
        Ok(())
    }

    async fn store(store: &str, progress: &Progress) -> Result<(), Fail> {
        let store = Store::open(store, Mode::Existing).await?;
        progress.step(format_args!("checking {}", store.location()));
        let Some(version) = store.verify().await? else {
            return Err(Fail(format!("{} holds no version yet", store.location())));
        };
        let partition = store.load(version.number).await?.partition;
        store.close().await;
        let defects = tokio::task::spawn_blocking(move || partition.validate());
        let defects = defects.await.map_err(|e| Fail(format!("the check failed: {e}")))?;
        if let Some(first) = defects.first() {
            return Err(Fail(format!(
                "{} defects, the first: {}: {}",
                defects.len(),
                first.kind,
                first.detail
            )));
        }
        let (number, hash) = (version.number, version.content_hash);
        result(format_args!("version {number}: a coverage, as it was saved, content hash {hash}"));
        Ok(())
    }
}

/// Say the content hash of a store's version, or of a file
#[derive(Args)]
pub struct Hash {
    /// A file instead of the store
    file: Option<PathBuf>,
    /// A version's number, or a day: the version in force then
    #[arg(long, value_name = "VERSION|DATE", conflicts_with = "file")]
    at: Option<At>,
    #[command(flatten)]
    reading: Reading,
}

impl Hash {
    /// Says it, alone on a line.
    pub async fn run(self, store: &str) -> Result<(), Fail> {
        let hash = if let Some(file) = &self.file {
            self.reading.read(file, None, &Progress::new()).await?.partition.content_hash()
        } else {
            let store = Store::open(store, Mode::Existing).await?;
            let loaded = load(&store, self.at).await?;
            store.close().await;
            loaded.version.content_hash
        };
        result(hash);
        Ok(())
    }
}

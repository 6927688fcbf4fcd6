//! `wangge copy`: everything of one store into another, from a file to a database or back.

use clap::Args;
use serde_json::Value;

use super::record::record;
use super::say::{Fail, Progress, result};
use crate::app::{self, Copied};
use crate::store::{Mode, Store, StoreError};

/// Copy all versions, history, points, lines, people, accounts and the log into an empty store
#[derive(Args)]
pub struct Copy {
    /// The store to read
    #[arg(long, value_name = "STORE")]
    from: String,
    /// The store to fill; it is made where there is none
    #[arg(long, value_name = "STORE")]
    to: String,
}

impl Copy {
    /// Copies all, or changes nothing.
    pub async fn run(self) -> Result<(), Fail> {
        let progress = Progress::new();
        let from = Store::open(&self.from, Mode::Existing).await?;
        // Whether it may be filled shows at once, the reading takes its time.
        match Store::open(&self.to, Mode::Existing).await {
            Ok(there) => {
                let (empty, location) = (there.is_empty().await?, there.location());
                there.close().await;
                if !empty {
                    return Err(StoreError::NotEmpty { location }.into());
                }
            }
            Err(StoreError::NoStore { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        // In both logs, since the log is copied with the rest.
        record(&from, "store.copy", "store", Value::Null).await?;
        let target = async { Ok(Store::open(&self.to, Mode::Create).await?) };
        let (to, copied) = app::copy(&from, target, &|step| progress.step(step)).await?;
        from.close().await;
        to.close().await;
        drop(progress);
        let Copied { versions, rows, points, lines, people, accounts } = copied;
        result(format_args!(
            "{versions} versions with {rows} rows, {points} points, {lines} lines, {people} people and {accounts} \
             accounts to {}, read again and equal",
            to.location()
        ));
        Ok(())
    }
}

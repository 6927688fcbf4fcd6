//! `wangge export`: a version as a file that any GIS opens, and that `import` takes back unchanged.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::record::record;
use super::say::{Fail, Progress, result};
use crate::app::{Day, NAME, SYNTHETIC, When};
use crate::exchange::{self, ExportOptions, What};
use crate::store::{Loaded, Mode, Store};

/// Write a version to a file: .geojson, .json or .gpkg
#[derive(Args)]
pub struct Export {
    /// The file; what stands there is replaced
    file: PathBuf,
    /// A version's number, or a day: the version in force then
    #[arg(long, value_name = "VERSION|DATE")]
    at: Option<At>,
    /// The units of this level, instead of the lowest level's leaves
    #[arg(long, conflicts_with = "all")]
    level: Option<String>,
    /// The units of every level
    #[arg(long)]
    all: bool,
}

/// A version, by its number or by a day.
#[derive(Clone, Copy, Debug)]
pub enum At {
    /// Its number.
    Version(u64),
    /// A day that it was in force.
    Day(Date),
}

impl FromStr for At {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let day = |_| text.parse().map(|Day(date)| Self::Day(date));
        text.parse()
            .map(Self::Version)
            .or_else(day)
            .map_err(|_| format!("expected a version's number or a day as 2026-01-31, found {text:?}"))
    }
}

impl At {
    /// What it means to a server.
    pub const fn when(self) -> When {
        match self {
            Self::Version(number) => When::Version(number),
            Self::Day(day) => When::At(day),
        }
    }
}

/// A version of a store; the current one where none is meant.
pub async fn load(store: &Store, at: Option<At>) -> Result<Loaded, Fail> {
    let empty = || Fail(format!("{} holds no version yet", store.location()));
    let number = match at {
        None => store.latest().await?.ok_or_else(empty)?,
        Some(At::Version(number)) => number,
        Some(At::Day(day)) => {
            let none = || Fail(format!("no version was in force on {day}"));
            store.at(day).await?.ok_or_else(none)?.number
        }
    };
    Ok(store.load(number).await?)
}

impl Export {
    /// Writes the file whole, or not at all.
    pub async fn run(self, store: &str) -> Result<(), Fail> {
        let progress = Progress::new();
        let store = Store::open(store, Mode::Existing).await?;
        progress.step(format_args!("reading {}", store.location()));
        let Loaded { version, partition } = load(&store, self.at).await?;
        let what = match &self.level {
            _ if self.all => What::All,
            None => What::Lowest,
            Some(name) => {
                let names: Vec<&str> = version.levels.as_slice().iter().map(|l| l.name.as_str()).collect();
                let expected =
                    || Fail(format!("expected one of the levels {}, found {name:?}", names.join(", ")));
                What::Level(version.levels.index_of(name).ok_or_else(expected)?)
            }
        };
        let options = ExportOptions {
            what,
            name: store.setting(NAME).await?,
            synthetic: store.setting(SYNTHETIC).await?.is_some_and(|s| s == "true"),
            version: Some(version.number),
            only: None,
        };
        let after = json!({ "version": version.number, "level": self.level, "all": self.all });
        record(&store, "export", "units", after).await?;
        store.close().await;
        progress.step(format_args!("writing {}", self.file.display()));
        let written = exchange::export(&self.file, Arc::new(partition), &options).await?;
        drop(progress);
        let file = self.file.display();
        result(format_args!(
            "version {}: {} features to {file}, {} bytes",
            version.number, written.features, written.bytes
        ));
        Ok(())
    }
}

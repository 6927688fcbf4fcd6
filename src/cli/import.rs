//! `wangge import`: files in, as a version of the county, as a layer of points, or as people.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::people;
use super::record::{self, record};
use super::say::{Fail, Progress, result};
use crate::app::{self, Entry, NAME, SYNTHETIC};
use crate::coverage::{DEFAULT_TOLERANCE, Partition};
use crate::crs::Datum;
use crate::exchange::{self, Fields, ImportError, ImportOptions, Imported};
use crate::store::{Mode, Store, StoreError, Uids};
use crate::unit::{Levels, PointLayer};

/// Import a coverage as a new version, points as a layer, or people
#[derive(Args)]
pub struct Import {
    /// GeoJSON or GeoPackage of polygons; with --as, CSV or GeoJSON of points, or CSV of people
    file: PathBuf,
    /// The file holds points (dwellings, addresses or places) or people (code, role, name, phone, and if you like note,
    /// hours, from, until); they take the place of those there were
    #[arg(long = "as", value_name = "LAYER")]
    kind: Option<Kind>,
    #[command(flatten)]
    reading: Reading,
    /// From which day it holds; today, where none is given
    #[arg(long, value_name = "DATE", value_parser = date)]
    effective: Option<Date>,
    /// Who enters it
    #[arg(long, env = "WANGGE_AUTHOR", default_value = "wangge import")]
    author: String,
    /// Why
    #[arg(long, default_value = "")]
    note: String,
    /// The document it rests on
    #[arg(long, default_value = "")]
    document: String,
    /// Say that the borders are real, over a store whose borders were made up
    #[arg(long)]
    real: bool,
}

/// What a file holds that is no coverage.
#[derive(Clone, Copy)]
enum Kind {
    Points(PointLayer),
    People,
}

impl FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "people" => Ok(Self::People),
            _ => text
                .parse()
                .map(Self::Points)
                .map_err(|_| format!("expected dwellings, addresses, places or people, found {text:?}")),
        }
    }
}

/// How a file of polygons is read.
#[derive(Args, Clone)]
pub struct Reading {
    /// Field of the code
    #[arg(long, value_name = "FIELD")]
    code: Option<String>,
    /// Field of the name
    #[arg(long, value_name = "FIELD")]
    name: Option<String>,
    /// Field of the parent's code, to be held against the code's own beginning
    #[arg(long, value_name = "FIELD")]
    parent: Option<String>,
    /// Layer of a GeoPackage
    #[arg(long)]
    layer: Option<String>,
    /// Levels, top first: name (or name/plural) and digits of its codes [as the file or the store says, or
    /// county:6,town:9,village:12,grid:15]
    #[arg(long, value_name = "LEVELS")]
    levels: Option<Levels>,
    /// The level that the features stand at; the lowest, where none is given
    #[arg(long)]
    level: Option<String>,
    /// CSV with names of units: code, name, and whatever else
    #[arg(long, value_name = "FILE.csv")]
    units: Option<PathBuf>,
    /// What the coordinates are in: wgs84, cgcs2000, gcj02 or bd09
    #[arg(long, default_value = "wgs84")]
    crs: Datum,
    /// How far beside a neighbour's border a vertex may lie, in units of 1e-7 degree
    #[arg(long, default_value_t = DEFAULT_TOLERANCE, value_name = "UNITS")]
    tolerance: u32,
    /// File with areas of no unit
    #[arg(long, value_name = "FILE")]
    voids: Option<PathBuf>,
    /// Where to write all defects of a file that is refused
    #[arg(long, value_name = "FILE.geojson")]
    defects: Option<PathBuf>,
}

impl Reading {
    /// The partition that a file holds.
    pub async fn read(
        &self,
        file: &Path,
        previous: Option<Arc<Partition>>,
        progress: &Progress,
    ) -> Result<Imported, Fail> {
        progress.step(format_args!("reading {}", file.display()));
        let fields = Fields {
            code: self.code.clone(),
            name: self.name.clone(),
            parent: self.parent.clone(),
            layer: self.layer.clone(),
            ..Fields::default()
        };
        let raw = exchange::read_coverage(file, &fields).await?;
        let units = match &self.units {
            Some(path) => Some(exchange::read_units(path).await?),
            None => None,
        };
        let voids = match &self.voids {
            Some(path) => exchange::read_voids(path, self.name.as_deref()).await?,
            None => Vec::new(),
        };
        let options = ImportOptions {
            crs: self.crs,
            levels: self.levels.clone(),
            level: self.level.clone(),
            units,
            voids,
            tolerance: self.tolerance,
        };
        progress.step("looking whether it is a coverage");
        let work = move || exchange::import(raw, previous.as_deref(), &options);
        let done =
            tokio::task::spawn_blocking(work).await.map_err(|e| Fail(format!("the import failed: {e}")))?;
        match done {
            Ok(imported) => Ok(imported),
            Err(error) => Err(self.refused(error).await),
        }
    }

    /// The refusal as it is said, with all its defects in a file if one is named.
    async fn refused(&self, error: ImportError) -> Fail {
        let ImportError::Refused(refused) = &error else { return Fail(error.to_string()) };
        let more = match &self.defects {
            None => "; --defects FILE.geojson writes them all".to_owned(),
            Some(path) => match exchange::write_defects(path, &refused.defects).await {
                Ok(()) => format!("; all of them are in {}", path.display()),
                Err(error) => format!("; and they could not be written: {error}"),
            },
        };
        Fail(format!("{error}\n  {} in all{more}", refused.defects.len()))
    }
}

impl Import {
    /// Imports, or changes nothing.
    pub async fn run(self, store: &str) -> Result<(), Fail> {
        let progress = Progress::new();
        match self.kind {
            Some(Kind::Points(layer)) => self.points(store, layer, &progress).await,
            Some(Kind::People) => people::import(store, &self.file, &progress).await,
            None => self.coverage(store, &progress).await,
        }
    }

    async fn points(self, store: &str, layer: PointLayer, progress: &Progress) -> Result<(), Fail> {
        let store = Store::open(store, Mode::Existing).await?;
        progress.step(format_args!("reading {}", self.file.display()));
        let read = exchange::read_points(&self.file, layer, self.reading.crs).await?;
        store.replace_points(layer, &read.points).await?;
        let after = json!({ "points": read.points.len() });
        record(&store, "points.replace", format!("points:{layer}"), after).await?;
        store.close().await;
        read.notes.iter().for_each(|n| progress.done(n));
        result(format_args!("{} {layer} in the place of those there were", read.points.len()));
        Ok(())
    }

    async fn coverage(self, store: &str, progress: &Progress) -> Result<(), Fail> {
        // What is refused leaves nothing behind, not even an empty store.
        let (there, current) = match Store::open(store, Mode::Existing).await {
            Ok(there) => {
                let current = current(&there).await?;
                (Some(there), current)
            }
            Err(StoreError::NoStore { .. }) => (None, None),
            Err(error) => return Err(error.into()),
        };
        let previous = current.as_ref().map(|c| Arc::clone(&c.partition));
        let imported = self.reading.read(&self.file, previous, progress).await?;
        report(&imported, progress);
        let store = match there {
            Some(there) => there,
            None => Store::open(store, Mode::Create).await?,
        };
        let done = self.enter(&store, imported, current, progress).await;
        store.close().await;
        done
    }

    async fn enter(
        self,
        store: &Store,
        imported: Imported,
        current: Option<Current>,
        progress: &Progress,
    ) -> Result<(), Fail> {
        let hash = imported.partition.content_hash().to_string();
        let was_synthetic = store.setting(SYNTHETIC).await?.is_some_and(|s| s == "true");
        let kept_mark = was_synthetic && !self.real && !imported.synthetic;
        let synthetic = imported.synthetic || kept_mark;
        if let Some(same) = current.as_ref().filter(|c| c.hash == hash && synthetic == was_synthetic) {
            result(format_args!("nothing differs from version {}: content hash {hash}", same.number));
            if kept_mark {
                result("the store is marked synthetic: --real takes the mark off");
            }
            return Ok(());
        }
        progress.step(format_args!("saving it to {}", store.location()));
        let known = store.setting(NAME).await?;
        let name = imported.name.or(known).unwrap_or_else(|| top_name(&imported.partition));
        let mark = kept_mark.then(|| {
            format!(
                "the store is marked synthetic ({name}), and the new version keeps the mark: --real takes it off"
            )
        });
        let gone = current.as_ref().and_then(|c| gone_voids(c, &imported.partition));
        let held = if current.is_some() { held(store).await? } else { Vec::new() };
        let entry = Entry {
            uids: Uids::ByCode,
            partition: imported.partition,
            base: Some(current.as_ref().map_or(0, |c| c.number)),
            effective_from: self.effective.unwrap_or_else(app::today),
            author: self.author,
            note: self.note,
            document: self.document,
            name,
            synthetic,
        };
        let saved = app::enter(store, entry, current.map(|c| c.partition)).await?;
        let (version, rows) = (&saved.version, saved.rows_changed);
        record::entered(store, version, rows).await?;
        result(format_args!(
            "version {}: {} units, {rows} rows changed, content hash {}",
            version.number,
            saved.hierarchy.units().len(),
            version.content_hash
        ));
        ahead(version.effective_from, app::today()).into_iter().for_each(result);
        gone.into_iter().chain(mark).chain(stays(&held)).for_each(result);
        Ok(())
    }
}

/// What the store holds beside borders, and how much of it.
async fn held(store: &Store) -> Result<Vec<(String, u64)>, StoreError> {
    let mut held = store.features_held().await?;
    let people = store.people().await.map_or(0, |people| people.len() as u64);
    held.extend((people > 0).then(|| ("people".to_owned(), people)));
    Ok(held)
}

/// A date of the command line.
fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("expected a date as 2026-01-31, found {text:?}"))
}

/// The version that a store is at.
struct Current {
    number: u64,
    hash: String,
    partition: Arc<Partition>,
}

async fn current(store: &Store) -> Result<Option<Current>, Fail> {
    let Some(number) = store.latest().await? else { return Ok(None) };
    let loaded = store.load(number).await?;
    let hash = loaded.version.content_hash.to_string();
    Ok(Some(Current { number, hash, partition: Arc::new(loaded.partition) }))
}

fn report(imported: &Imported, progress: &Progress) {
    imported.notes.iter().for_each(|n| progress.done(n));
    if let Some(first) = imported.noded.first() {
        let more = imported.noded.len() - 1;
        let more = if more == 0 { String::new() } else { format!(", and {more} more") };
        progress.done(format_args!("noded: {} gained a vertex that a neighbour has{more}", first.unit));
    }
}

/// Which voids of the version before are not in the next.
fn gone_voids(current: &Current, next: &Partition) -> Option<String> {
    let mut left: Vec<&str> = next.hierarchy.voids().iter().map(|v| v.name.as_str()).collect();
    let mut gone = Vec::new();
    for void in current.partition.hierarchy.voids() {
        match left.iter().position(|&name| name == void.name) {
            Some(same) => drop(left.swap_remove(same)),
            None if void.name.is_empty() => gone.push("one without a name"),
            None => gone.push(&void.name),
        }
    }
    (!gone.is_empty()).then(|| {
        format!(
            "voids of version {} that are gone: {}; --voids FILE would declare them",
            current.number,
            gone.join(", ")
        )
    })
}

/// That a version holds from a day that lies ahead, and is served all the same.
fn ahead(from: Date, today: Date) -> Option<String> {
    (from > today).then(|| {
        format!("it holds from {from}, and is served from now on, as the newest version is; at={today} answers as of today")
    })
}

/// That points and lines, which belong to the store and not to a version, are still there.
fn stays(held: &[(String, u64)]) -> Option<String> {
    let each: Vec<String> = held.iter().map(|(what, n)| format!("{n} {what}")).collect();
    (!each.is_empty())
        .then(|| format!("what the store holds beside borders stays as it is: {}", each.join(", ")))
}

fn top_name(partition: &Partition) -> String {
    partition.hierarchy.units().first().map_or(String::new(), |u| u.name.clone())
}

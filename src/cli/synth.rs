//! `wangge synth`: a county made up from a seed, into an empty store.

use std::path::{Path, PathBuf};

use clap::Args;

use super::record;
use super::say::{Fail, Progress, result};
use crate::app::{self, Entry};
use crate::exchange;
use crate::store::{Mode, Store, StoreError, Uids};
use crate::synth::{self as maker, Recipe, SyntheticCounty};

/// Make a synthetic county up from a seed
#[derive(Args)]
pub struct Synth {
    #[command(flatten)]
    recipe: RecipeArgs,
}

/// What the county is made from.
#[derive(Args, Clone)]
pub struct RecipeArgs {
    /// The same seed makes the same county, on every machine
    #[arg(long, env = "WANGGE_SEED", default_value_t = 1)]
    seed: u64,
    /// How many grids
    #[arg(long, env = "WANGGE_GRIDS", default_value_t = 3689)]
    grids: usize,
    /// GeoJSON with the outline, one Polygon; Sheyang's schematic one, where none is given
    #[arg(long, value_name = "FILE")]
    outline: Option<PathBuf>,
    /// CSV of county, towns and villages: code, name, type, lon, lat, position; Sheyang's, where none is given
    #[arg(long, value_name = "FILE")]
    units: Option<PathBuf>,
}

impl Synth {
    /// Makes the county, unless the store holds something.
    pub async fn run(self, store: &str) -> Result<(), Fail> {
        if let Some(latest) = latest(store).await? {
            return Err(Fail(format!(
                "{} holds version {latest} already: expected an empty store, or --store with another",
                Store::shown(store)
            )));
        }
        self.recipe.make(store).await
    }
}

/// The version that a store is at; `None` where it is empty, or there is none.
pub async fn latest(store: &str) -> Result<Option<u64>, Fail> {
    match Store::open(store, Mode::Existing).await {
        Err(StoreError::NoStore { .. }) => Ok(None),
        Err(error) => Err(error.into()),
        Ok(store) => {
            let latest = store.latest().await?;
            store.close().await;
            Ok(latest)
        }
    }
}

impl RecipeArgs {
    /// Makes the county and saves it as version 1; where it cannot be made, no store is made either.
    pub async fn make(self, store: &str) -> Result<(), Fail> {
        let progress = Progress::new();
        let (name, text) = source(self.outline.as_deref(), OUTLINE)?;
        let outline = exchange::outline_from(&name, &text)?;
        let (name, text) = source(self.units.as_deref(), UNITS)?;
        let units = exchange::seed_units_from(&name, &text)?;
        progress.step(format_args!("making a county of {} grids from seed {}", self.grids, self.seed));
        let seed = self.seed;
        let made = tokio::task::spawn_blocking(move || {
            maker::county(&Recipe::new(seed, self.grids, &outline, &units))
        });
        let county = made.await.map_err(|e| Fail(format!("could not make the county: {e}")))??;
        progress.step(format_args!("saving it to {}", Store::shown(store)));
        let store = Store::open(store, Mode::Create).await?;
        let line = save(&store, county, seed).await?;
        store.close().await;
        drop(progress);
        result(line);
        Ok(())
    }
}

/// Saves a county, its points, lines and people; what to say of it.
async fn save(store: &Store, county: SyntheticCounty, seed: u64) -> Result<String, Fail> {
    let name = county.partition.hierarchy.units().first().map_or(String::new(), |u| u.name.clone());
    let entry = Entry {
        uids: Uids::ByCode,
        partition: county.partition,
        base: Some(0),
        effective_from: app::today(),
        author: "wangge synth".into(),
        note: format!("synthetic: every border below the county line is made up (seed {seed})"),
        document: String::new(),
        name: name.clone(),
        synthetic: true,
    };
    // The version last: where it stands, all of the county stands.
    for (layer, points) in &county.points {
        store.replace_points(*layer, points).await?;
    }
    store.replace_lines(&county.lines).await?;
    store.replace_people(&county.people).await?;
    let saved = app::enter(store, entry, None).await?;
    record::entered(store, &saved.version, saved.rows_changed).await?;
    let (grids, hash) = (saved.hierarchy.leaves().len(), saved.version.content_hash);
    let people = county.people.len();
    Ok(format!(
        "{name}: {grids} grids, synthetic, seed {seed}, content hash {hash}\n\
         {people} people, synthetic too: their numbers begin with 100 and are nobody's"
    ))
}

/// Sheyang's schematic outline, and its units with their real names and codes.
const OUTLINE: &str = include_str!("../../data/sheyang_outline_schematic.geojson");
const UNITS: &str = include_str!("../../data/units.csv");

/// Name and text of a file, or of what comes with the program.
fn source(path: Option<&Path>, built_in: &str) -> Result<(String, String), Fail> {
    let Some(path) = path else {
        return Ok(("the data that come with wangge".to_owned(), built_in.to_owned()));
    };
    let text = std::fs::read_to_string(path).map_err(Fail::to(format_args!("read {}", path.display())))?;
    Ok((path.display().to_string(), text))
}

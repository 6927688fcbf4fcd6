//! Text to units, places and coordinates: the table of queries over the demo county, and the cases one by one.

mod coordinates;
mod find;
mod quality;

use std::sync::LazyLock;

use wangge::locate::Locator;
use wangge::search::Target;
use wangge::snapshot::Finder;
use wangge::unit::PointLayer;

use crate::synth::{DEMO, points};

/// Of the demo county.
static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let partition = &DEMO.partition;
    let locator = Locator::build(&partition.coverage, partition.hierarchy.leaves().len());
    Finder::build(partition, points(PointLayer::Places), &locator)
});

/// Codes of units and names of places, best first.
fn found(text: &str, most: usize) -> Vec<String> {
    let hits = FINDER.find(text, most);
    let name = |target| match target {
        Target::Unit(unit) => DEMO.partition.hierarchy.unit(unit).code.to_string(),
        Target::Place(place) => points(PointLayer::Places)[place].name.clone(),
    };
    hits.into_iter().map(|hit| name(hit.target)).collect()
}

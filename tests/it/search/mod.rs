//! Text to units, places and coordinates: the table of queries over the demo county, and the cases one by one.

mod coordinates;
mod find;
mod landmarks;
mod quality;

use std::sync::LazyLock;

use wangge::locate::Locator;
use wangge::search::Target;
use wangge::snapshot::Finder;
use wangge::tiling::Surroundings;
use wangge::unit::PointLayer;

use crate::synth::{DEMO, points};

/// Of the demo county.
static FINDER: LazyLock<Finder> = LazyLock::new(|| {
    let partition = &DEMO.partition;
    let locator = Locator::build(&partition.coverage, partition.hierarchy.leaves().len());
    let places = points(PointLayer::Places).to_vec();
    Finder::build(partition, &Surroundings { places, lines: DEMO.lines.clone() }, &locator)
});

/// Codes of units and names of places and landmarks, best first.
fn found(text: &str, most: usize) -> Vec<String> {
    let hits = FINDER.find(text, most);
    let name = |target| match target {
        Target::Unit(unit) => DEMO.partition.hierarchy.unit(unit).code.to_string(),
        Target::Place(place) => points(PointLayer::Places)[place].name.clone(),
        Target::Landmark(landmark) => FINDER.landmarks()[landmark].name.clone(),
    };
    hits.into_iter().map(|hit| name(hit.target)).collect()
}

//! The seeded synthetic county: a partition that nobody drew, made so that a person from there would find it plausible.
//!
//! In: a [`Recipe`] (seed, number of grids, outline on the lattice, list of units). Out: a [`SyntheticCounty`] with
//! exactly so many grids, whose borders are shared by construction: the outline is cut in two again and again, and a
//! cut is one line with two sides. Same recipe, same bytes, on every machine: chance is `ChaCha`, mathematics is `libm`
//! and the four operations, nothing iterates over a hash map.
//!
//! ```text
//! recipe ─▶ board ─▶ land ─▶ grids ─▶ carve ─▶ draw ─▶ register
//!           outline   towns   cells,   yards    bend,    numbers, names,
//!           river     villages plots   within   round    partition
//!           canals    seats            others   once
//! ```
//!
//! Everything is cut on a board where lines are straight; `ground` bends the board onto the county. No real border
//! below the county's is known to it: every unit it makes carries `synthetic: true`.

mod board;
mod carve;
mod chance;
mod cut;
mod density;
mod draw;
mod graph;
mod grids;
mod ground;
mod land;
mod landscape;
mod lines;
mod matching;
mod mesh;
mod names;
mod outline;
mod people;
mod places;
mod plane;
mod recipe;
mod register;
mod roads;
mod share;
mod towns;
mod villages;
mod water;
mod workers;

pub use landscape::{Landscape, Reserve, River, Trunk};
pub use recipe::{Recipe, SeatSource, SeedUnit, SynthError};

use crate::coverage::Partition;
use crate::unit::{LineFeature, Person, PointFeature, PointLayer};
use chance::{Dice, Stage};

/// Most yards, and grids for each.
const YARDS: (usize, usize) = (14, 260);
/// Fewest yards of a county that can have any.
const FEWEST_YARDS: usize = 3;

/// A county that nobody lives in.
#[derive(Clone, Debug)]
pub struct SyntheticCounty {
    /// Units, voids and their borders.
    pub partition: Partition,
    /// Dwellings and places.
    pub points: Vec<(PointLayer, Vec<PointFeature>)>,
    /// Canals, roads and coast.
    pub lines: Vec<LineFeature>,
    /// A worker for every grid, a duty phone for every village and town.
    pub people: Vec<Person>,
}

/// Makes the county of a recipe.
///
/// # Errors
/// [`SynthError`] where the recipe's units or outline cannot make one.
pub fn county(recipe: &Recipe) -> Result<SyntheticCounty, SynthError> {
    let roll = recipe::check(recipe)?;
    let mut board = board::lay_out(recipe, &roll)?;
    let land = land::settle(&mut board, recipe, &roll)?;
    let wanted = yards_for(recipe.grids, roll.villages.len());
    let mut plots = grids::divide(&mut board, &land, recipe, &roll, recipe.grids - wanted);
    let mut dice = Dice::new(recipe.seed, Stage::Carve);
    let mut carver =
        carve::Carver { board: &mut board, land: &land, roll: &roll, plots: &mut plots, dice: &mut dice };
    let yards = carver.carve(wanted);
    grids::make_up(&board, recipe, &mut plots, &yards)?;
    let voids = voids(&board, &land, recipe);
    let owner = owners(&board, &plots, &voids);
    let drawing = draw::Drawing::new(&board, owner, plots.len());
    let shapes = drawing.shapes(&plots, &yards);
    let plane = &board.ground.plane;
    let points = vec![
        (PointLayer::Dwellings, people::dwellings(recipe, &board, &drawing.owner, &plots, &shapes)),
        (PointLayer::Places, places::places(recipe, &roll, &land, plane, &plots, &shapes)),
    ];
    let lines = lines::lines(recipe, &board, &drawing, &land);
    let first = plots.len() as u32;
    let voids =
        (first..).zip(voids).map(|(owner, (name, faces))| (name, drawing.polygons(owner, &faces))).collect();
    let partition = register::partition(&roll, &land, plane, &plots, shapes, voids)?;
    let people = workers::workers(recipe.seed, &partition.hierarchy);
    Ok(SyntheticCounty { partition, points, lines, people })
}

/// How many grids are to be yards.
fn yards_for(grids: usize, villages: usize) -> usize {
    let room = if grids::has_room_for_yards(grids, villages) { grids - villages } else { 0 };
    (grids / YARDS.1).clamp(FEWEST_YARDS, YARDS.0).min(room)
}

/// Name and faces of what is no grid's.
fn voids(board: &board::Board, land: &land::Land, recipe: &Recipe) -> Vec<(String, Vec<u32>)> {
    let river = recipe.landscape.river.as_ref().map(|r| (r.name.clone(), board.river.clone()));
    let reserve = recipe.landscape.reserve.as_ref().map(|r| (r.name.clone(), land.reserve.clone()));
    river.into_iter().chain(reserve).filter(|(_, faces)| !faces.is_empty()).collect()
}

/// Who holds each face: plots first, then voids.
fn owners(board: &board::Board, plots: &[grids::Plot], voids: &[(String, Vec<u32>)]) -> Vec<u32> {
    let mut owner = carve::owners(board, plots);
    for (number, (_, faces)) in (plots.len() as u32..).zip(voids) {
        for &face in faces {
            owner[face as usize] = number;
        }
    }
    owner
}

//! Grids: each village's blocks cut up into cells, and the cells put together into so many grids.
//!
//! A grid is about four cells, so it has corners and steps where ditches make it have them. How many grids a
//! village gets follows from how thickly it is settled.

use super::SynthError;
use super::board::{self, Board, weigh};
use super::carve::Yard;
use super::chance::{Dice, Stage};
use super::cut::{Cutter, Piece, Rank};
use super::density::{Centre, Density};
use super::graph::Graph;
use super::ground::Ground;
use super::land::Land;
use super::recipe::{Recipe, Roll};
use super::share::{Sharing, apportion};

/// Most plots of a village: its grids' numbers have three digits, and a few yards may come to them.
const MOST: usize = 999 - YARDS_OF_A_VILLAGE;
const YARDS_OF_A_VILLAGE: usize = 9;
/// Share of a grid that a cell holds at most.
const CELL: f64 = 0.30;
/// What gathers about the county's seat, a town's, and a village's: density against open country, and metres.
const COUNTY: (f64, f64) = (15.0, 2_500.0);
const TOWN: (f64, f64) = (8.0, 900.0);
const VILLAGE: (f64, f64) = (1.5, 420.0);

/// A grid in the making.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    /// Index in the roll.
    pub village: usize,
    /// Faces of the mesh; none where the plot is a yard alone.
    pub faces: Vec<u32>,
    /// What a dedicated grid is for: its name and a word for its kind.
    pub institution: Option<(String, &'static str)>,
    /// Lies apart from its village.
    pub exclave: bool,
}

/// Cuts the villages up into `count` plots.
pub(super) fn divide(
    board: &mut Board,
    land: &Land,
    recipe: &Recipe,
    roll: &Roll,
    count: usize,
) -> Vec<Plot> {
    let seats: Vec<_> = land.town_seats.iter().map(|s| Some(s.at)).collect();
    let fit = board.scale.fit();
    let centres = board::centres(roll, &seats, fit, COUNTY, TOWN);
    let mut cells = Vec::with_capacity(roll.villages.len());
    let weights: Vec<f64> = (0..roll.villages.len())
        .map(|v| {
            let density = around(&board.ground, land, recipe, &centres, v, fit);
            land.villages[v].iter().map(|&f| weigh(&Piece::of(&board.mesh, f), &board.ground, &density)).sum()
        })
        .collect();
    let most = if count < recipe.grids { MOST } else { MOST + YARDS_OF_A_VILLAGE };
    let wanted = apportion(count, &weights, &vec![most; weights.len()]);
    let mut dice = Dice::new(recipe.seed, Stage::Cells);
    for (v, faces) in land.villages.iter().enumerate() {
        let density = around(&board.ground, land, recipe, &centres, v, fit);
        let (rules, ground) = (board.scale.cells(), &board.ground);
        let mut cutter =
            Cutter { mesh: &mut board.mesh, lines: &mut board.lines, ground, dice: &mut dice, rules };
        let heaviest = weights[v] / wanted[v] as f64 * CELL;
        let one = wanted[v] == 1;
        cells.push(cutter.cut_up(
            faces.clone(),
            |_| Rank::Ditch,
            |p| one || weigh(p, ground, &density) < heaviest,
        ));
    }
    let rooms: Vec<usize> = cells.iter().map(|c| c.len().min(most)).collect();
    let counts = apportion(count, &weights, &rooms);
    let mut plots = Vec::with_capacity(count);
    let mut dice = Dice::new(recipe.seed, Stage::Grids);
    for (v, cells) in cells.into_iter().enumerate() {
        let density = around(&board.ground, land, recipe, &centres, v, fit);
        let mut graph = Graph::new(&board.mesh, &board.lines, cells);
        for cell in 0..graph.faces.len() {
            graph.weight[cell] = graph.area[cell] * density.at(board.ground.bend(graph.middle[cell]));
        }
        plots.extend(plots_of(board, &graph, land, v, counts[v], &mut dice));
    }
    plots
}

/// The density that a village's own seat adds to.
fn around<'a>(
    ground: &'a Ground,
    land: &Land,
    recipe: &Recipe,
    centres: &[Centre],
    village: usize,
    fit: f64,
) -> Density<'a> {
    let own = Centre { at: land.village_seats[village].at, peak: VILLAGE.0, radius: VILLAGE.1 * fit };
    let near = 18_000.0 * fit;
    let others = centres.iter().filter(|c| c.at.distance(own.at) < near + 3.0 * c.radius);
    Density::new(ground, recipe.seed, others.copied().chain([own]).collect())
}

fn plots_of(
    board: &Board,
    graph: &Graph,
    land: &Land,
    village: usize,
    count: usize,
    dice: &mut Dice,
) -> Vec<Plot> {
    let all: Vec<u32> = (0..graph.faces.len() as u32).collect();
    let turn = board.ground.turn(land.village_seats[village].at);
    let least = 0.6 * board.scale.cells().width;
    let parts = Sharing { graph, dice, turn, least }.share(all, count);
    parts
        .into_iter()
        .map(|part| Plot {
            village,
            faces: part.into_iter().map(|c| graph.faces[c as usize]).collect(),
            institution: None,
            exclave: false,
        })
        .collect()
}

/// There is room for yards only where no village is nearly full.
pub(super) fn has_room_for_yards(grids: usize, villages: usize) -> bool {
    grids <= villages * (MOST - 2 * YARDS_OF_A_VILLAGE)
}

/// Splits the plots of most cells until there are as many as the recipe asks for.
pub(super) fn make_up(
    board: &Board,
    recipe: &Recipe,
    plots: &mut Vec<Plot>,
    yards: &[Yard],
) -> Result<(), SynthError> {
    let mut dice = Dice::new(recipe.seed, Stage::Grids);
    while plots.len() < recipe.grids {
        let free = (0..plots.len()).filter(|p| yards.iter().all(|y| y.host != *p && y.owner != *p));
        let most = free.max_by_key(|&p| (plots[p].faces.len(), usize::MAX - p));
        let Some(plot) = most.filter(|&p| plots[p].faces.len() > 1) else {
            let width_m = board.scale.grid as u32;
            return Err(SynthError::NoRoom { grids: recipe.grids, width_m, least_m: width_m + 1 });
        };
        let graph = Graph::new(&board.mesh, &board.lines, std::mem::take(&mut plots[plot].faces));
        let all = (0..graph.faces.len() as u32).collect();
        let least = 0.6 * board.scale.cells().width;
        let parts = Sharing { graph: &graph, dice: &mut dice, turn: 0.0, least }.share(all, 2);
        let mut parts = parts.into_iter().map(|p| p.into_iter().map(|c| graph.faces[c as usize]).collect());
        let rest: Vec<u32> = parts.next().unwrap_or_default();
        let new = Plot { faces: parts.next().unwrap_or_default(), ..plots[plot].clone() };
        plots[plot].faces = rest;
        plots.push(new);
    }
    Ok(())
}

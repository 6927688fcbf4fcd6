//! Dwellings: points that count households, where people would have built.
//!
//! In the country houses stand in rows along canals and roads, on both banks of what runs through a grid; in the
//! towns in blocks, row behind row. How many households a grid has follows from its size (small grids are small
//! because many live there) and from the sea.

use super::board::Board;
use super::chance::{Dice, Stage};
use super::draw::{ring_holds, rings};
use super::grids::Plot;
use super::mesh::OUTSIDE;
use super::plane::{V, area};
use super::recipe::Recipe;
use crate::crs::{Bounds, Point, Polygon};
use crate::unit::{Attribute, Attributes, PointFeature};

/// Persons of a household.
const PERSONS: f64 = 3.17;
/// Grids smaller than this share of the average are built up in blocks.
const TOWNISH: f64 = 0.30;
/// How much the households of a grid fall as it grows, and between what bounds.
const CLAIM: (f64, f64, f64) = (0.6, 0.3, 6.0);
/// Within this distance of the sea hardly anybody lives; within the second fewer than elsewhere. In metres.
const BY_SEA: (f64, f64) = (2_500.0, 8_500.0);
/// Larger grids have more dwelling points, but not in proportion: a point of a town is a block of flats.
const POINTS: f64 = 0.7;
/// Metres between the houses of a row, and from its canal or road.
const HOUSE: (f64, f64) = (15.0, 27.0);
const SETBACK: (f64, f64) = (11.0, 34.0);
/// Metres between the blocks of a town, east and north.
const BLOCK: (f64, f64) = (30.0, 38.0);
/// Throws for a point.
const THROWS: usize = 200;

/// A grid as a place to live in.
struct Home<'a> {
    shape: &'a [Polygon],
    bounds: Bounds,
    /// Its share of the households.
    claim: f64,
    townish: bool,
    /// Edges on the board that houses may stand along, the best first.
    spines: Vec<(V, V)>,
}

/// The dwellings of all plots: at least `recipe.dwellings` points, about `recipe.households` households.
pub(super) fn dwellings(
    recipe: &Recipe,
    board: &Board,
    owner: &[u32],
    plots: &[Plot],
    shapes: &[Vec<Polygon>],
) -> Vec<PointFeature> {
    let mut dice = Dice::new(recipe.seed, Stage::People);
    let mean = board.scale.grid * board.scale.grid;
    let homes: Vec<Home> = plots
        .iter()
        .enumerate()
        .map(|(i, plot)| {
            let spines = spines(board, owner, plot, i as u32, &mut dice);
            home(board, plot, &shapes[i], spines, mean, &mut dice)
        })
        .collect();
    let all: f64 = homes.iter().map(|h| h.claim).sum();
    let points: f64 = homes.iter().map(|h| libm::pow(h.claim, POINTS)).sum();
    let mut found = Vec::with_capacity(recipe.dwellings + homes.len());
    for home in &homes {
        let households = f64::from(recipe.households) * home.claim / all;
        let count = (recipe.dwellings as f64 * libm::pow(home.claim, POINTS) / points).ceil() as usize;
        let spots = home.spots(board, count, &mut dice);
        let weights = weights(households, spots.len(), &mut dice);
        found.extend(spots.into_iter().zip(weights).map(|(at, weight)| dwelling(at, weight)));
    }
    found
}

fn dwelling(at: Point, weight: u32) -> PointFeature {
    let persons = (f64::from(weight) * PERSONS).round() as i64;
    PointFeature {
        at,
        kind: "dwelling".into(),
        name: String::new(),
        weight,
        attributes: Attributes::from([("persons".to_owned(), Attribute::Integer(persons))]),
    }
}

fn home<'a>(
    board: &Board,
    plot: &Plot,
    shape: &'a [Polygon],
    spines: Vec<(V, V)>,
    mean: f64,
    dice: &mut Dice,
) -> Home<'a> {
    let plane = &board.ground.plane;
    let rings = shape.iter().map(|p| p.shell.iter().map(|&q| plane.metres(q)).collect::<Vec<_>>());
    let share = rings.map(|r| area(&r)).sum::<f64>() / mean;
    let bounds = shape.iter().map(|p| Bounds::of(&p.shell)).fold(Bounds::EMPTY, Bounds::union);
    let sea = shape.first().map_or(0.0, |p| board.ground.sea_distance(plane.metres(p.shell[0])));
    let thin = if sea < BY_SEA.0 {
        0.12
    } else if sea < BY_SEA.1 {
        0.6
    } else {
        1.0
    };
    let (power, least, most) = CLAIM;
    let lived_in = libm::pow(share.max(1e-6), -power).clamp(least, most) * thin * dice.between(0.75, 1.25);
    let claim = match plot.institution.as_ref().map(|i| i.1) {
        Some("industrial_park" | "market") => lived_in * 0.25,
        Some(_) => lived_in * 0.05,
        None => lived_in,
    };
    Home { shape, bounds, claim, townish: share < TOWNISH, spines }
}

/// The edges inside a plot, longest first, then those of its border by chance.
fn spines(board: &Board, owner: &[u32], plot: &Plot, index: u32, dice: &mut Dice) -> Vec<(V, V)> {
    let mesh = &board.mesh;
    let inner = |h: &u32| mesh.across(*h) != OUTSIDE && owner[mesh.across(*h) as usize] == index;
    let mut inside: Vec<u32> =
        plot.faces.iter().flat_map(|&f| mesh.ring(f)).filter(|h| h % 2 == 0 && inner(h)).collect();
    inside.sort_by(|&a, &b| mesh.length(b).total_cmp(&mesh.length(a)).then(a.cmp(&b)));
    inside.truncate(2);
    let mut border: Vec<u32> = rings(mesh, owner, index, &plot.faces).into_iter().flatten().collect();
    border.retain(|&h| mesh.length(h) > 2.0 * board.scale.jog());
    for i in (1..border.len()).rev() {
        border.swap(i, dice.below(i + 1));
    }
    if dice.chance(0.5) {
        std::mem::swap(&mut inside, &mut border);
    }
    inside.into_iter().chain(border).map(|h| (mesh.start(h), mesh.end(h))).collect()
}

impl Home<'_> {
    fn spots(&self, board: &Board, count: usize, dice: &mut Dice) -> Vec<Point> {
        let mut spots = Vec::with_capacity(count);
        if !self.townish {
            for &spine in &self.spines {
                if spots.len() < count {
                    self.row(board, spine, count - spots.len(), dice, &mut spots);
                }
            }
        }
        while spots.len() < count {
            let Some(spot) = (0..THROWS).find_map(|_| self.block(board, dice)) else { break };
            spots.push(spot);
        }
        spots
    }

    fn holds(&self, p: Point) -> bool {
        self.shape.iter().any(|s| ring_holds(&s.shell, p) && !s.holes.iter().any(|h| ring_holds(h, p)))
    }

    /// Houses along one stretch of a canal or road.
    fn row(&self, board: &Board, (a, b): (V, V), most: usize, dice: &mut Dice, spots: &mut Vec<Point>) {
        let length = a.distance(b);
        let (mut along, end) = (length * dice.between(0.03, 0.3), length * dice.between(0.75, 0.97));
        let both = dice.chance(0.6);
        let side = if dice.chance(0.5) { 1.0 } else { -1.0 };
        let aside = dice.between(SETBACK.0, SETBACK.1);
        let before = spots.len();
        while along < end && spots.len() - before < most {
            let p = board.ground.bend(a.towards(b, along / length));
            let ahead = board.ground.bend(a.towards(b, (along / length + 0.02).min(1.0)));
            let side = if both && dice.chance(0.5) { -side } else { side };
            let off = (ahead - p).unit().left() * (side * (aside + dice.bell() * 2.5));
            let spot = board.ground.plane.lattice(p + off);
            if self.holds(spot) {
                spots.push(spot);
            }
            along += dice.between(HOUSE.0, HOUSE.1);
        }
    }

    /// A place in a row of blocks, if the throw falls inside.
    fn block(&self, board: &Board, dice: &mut Dice) -> Option<Point> {
        let plane = &board.ground.plane;
        let (low, high) = (plane.metres(self.bounds.min), plane.metres(self.bounds.max));
        let snap = |v: f64, step: f64| (v / step).round() * step;
        let x = snap(dice.between(low.x, high.x), BLOCK.0) + dice.bell() * 2.0;
        let y = snap(dice.between(low.y, high.y), BLOCK.1) + dice.bell() * 2.0;
        Some(plane.lattice(V::new(x, y))).filter(|&p| self.holds(p))
    }
}

/// `count` weights of at least 1 that sum to about `households`.
fn weights(households: f64, count: usize, dice: &mut Dice) -> Vec<u32> {
    let raw: Vec<f64> = (0..count).map(|_| dice.between(0.4, 1.6)).collect();
    let scale = households / raw.iter().sum::<f64>().max(1e-9);
    let (mut wanted, mut given) = (0.0, 0.0);
    raw.iter()
        .map(|r| {
            wanted += r * scale;
            let weight = (wanted - given).round().max(1.0);
            given += weight;
            weight as u32
        })
        .collect()
}

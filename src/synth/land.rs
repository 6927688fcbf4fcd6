//! Who holds which blocks: the reserve, the towns, the villages, and where their seats stand.

use super::SynthError;
use super::board::{self, Board};
use super::chance::{Dice, Stage};
use super::density::Density;
use super::graph::{Graph, NONE};
use super::landscape::Reserve;
use super::plane::{V, holds};
use super::recipe::{Recipe, Roll};
use super::share::Sharing;
use super::towns::{self, Outpost};
use super::villages::{self, Site};

/// Times that blocks are cut smaller for a town that has too few.
const ROUNDS: usize = 12;
/// Peak and radius of what draws villages together about the county's seat, and about a town's.
pub(super) const COUNTY: (f64, f64) = (5.0, 2_400.0);
pub(super) const TOWN: (f64, f64) = (1.3, 1_300.0);

/// Where a seat is, on the ground, and whether the list said so.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seat {
    pub at: V,
    pub listed: bool,
}

/// The board with its owners.
pub(super) struct Land {
    /// Faces of the reserve.
    pub reserve: Vec<u32>,
    /// Faces of each village, in the order of the roll.
    pub villages: Vec<Vec<u32>>,
    pub village_seats: Vec<Seat>,
    pub town_seats: Vec<Seat>,
}

/// Settles a board. Where a town comes out with fewer blocks than villages, its blocks are cut smaller and all is
/// settled again.
pub(super) fn settle(board: &mut Board, recipe: &Recipe, roll: &Roll) -> Result<Land, SynthError> {
    let reserve = recipe.landscape.reserve.as_ref().map_or_else(Vec::new, |r| reserved(board, r));
    board.blocks.retain(|b| !reserve.contains(b));
    enough_blocks(board, recipe, roll)?;
    let mut round = 0;
    loop {
        let towns = Towns::grow(board, recipe, roll)?;
        let Some(town) = (0..roll.towns.len()).find(|&t| towns.members(t).len() < roll.villages_of(t).len())
        else {
            let (villages, village_seats) = towns.villages(board, recipe, roll);
            return Ok(Land { reserve, villages, village_seats, town_seats: towns.seats });
        };
        let blocks: Vec<u32> = towns.members(town).iter().map(|&b| towns.graph.faces[b as usize]).collect();
        round += 1;
        if round > ROUNDS || !board.cut_smaller(&blocks, recipe.seed) {
            let villages = roll.villages_of(town).len();
            return Err(SynthError::Cramped { town: roll.towns[town].code.clone(), villages });
        }
    }
}

/// Sees to it that there is a block for every village, and so for every town's seat.
fn enough_blocks(board: &mut Board, recipe: &Recipe, roll: &Roll) -> Result<(), SynthError> {
    while board.blocks.len() < roll.villages.len() {
        let blocks = board.blocks.clone();
        if !board.cut_smaller(&blocks, recipe.seed) {
            let width_m = board.scale.grid as u32;
            return Err(SynthError::NoRoom { grids: recipe.grids, width_m, least_m: width_m + 1 });
        }
    }
    Ok(())
}

/// The blocks whose middle lies in the reserve's ellipse, and that hang together.
fn reserved(board: &Board, reserve: &Reserve) -> Vec<u32> {
    let graph = Graph::new(&board.mesh, &board.lines, board.blocks.clone());
    let middle = board.ground.plane.metres(reserve.middle);
    let inside = |m: V| {
        let d = board.ground.bend(m) - middle;
        let (x, y) = (d.x / reserve.half_m.0, d.y / reserve.half_m.1);
        x * x + y * y < 1.0
    };
    let blocks: Vec<u32> =
        (0..graph.faces.len() as u32).filter(|&b| inside(graph.middle[b as usize])).collect();
    let parts = graph.components(&blocks, board.scale.cells().width);
    let largest = parts.into_iter().max_by(|a, b| graph.weigh(a).total_cmp(&graph.weigh(b)));
    largest.unwrap_or_default().into_iter().map(|b| graph.faces[b as usize]).collect()
}

/// The blocks by town.
struct Towns {
    graph: Graph,
    /// The town of each block.
    owner: Vec<u32>,
    seats: Vec<Seat>,
}

impl Towns {
    /// Grows the towns, then weighs blocks by how many villages they are worth and settles odd parts.
    fn grow(board: &Board, recipe: &Recipe, roll: &Roll) -> Result<Self, SynthError> {
        let mut graph = Graph::new(&board.mesh, &board.lines, board.blocks.clone());
        for (a, b) in bridges(board, &graph) {
            graph.bridge(a, b);
        }
        let seats = seat_blocks(board, &graph, recipe, roll);
        let targets = towns::targets(roll, graph.area.iter().sum());
        let outposts = outposts(board, &graph, roll, &seats, &targets);
        let least = board.scale.cells().width;
        let mut owner = towns::assign(&graph, &seats, &outposts, &targets, board.scale.fit(), least)
            .ok_or(SynthError::CutOff)?;
        let at: Vec<Option<V>> =
            seats.iter().map(|&b| Some(board.ground.bend(graph.middle[b as usize]))).collect();
        let density = Density::new(
            &board.ground,
            recipe.seed,
            board::centres(roll, &at, board.scale.fit(), COUNTY, TOWN),
        );
        for block in 0..graph.faces.len() {
            graph.weight[block] = graph.area[block] * density.at(board.ground.bend(graph.middle[block]));
        }
        let counts: Vec<usize> = (0..seats.len()).map(|t| roll.villages_of(t).len()).collect();
        villages::settle(&graph, &mut owner, &seats, &counts, least);
        let seats = town_seats(board, &graph, roll, &seats);
        Ok(Self { graph, owner, seats })
    }

    fn members(&self, town: usize) -> Vec<u32> {
        (0..self.owner.len() as u32).filter(|&b| self.owner[b as usize] as usize == town).collect()
    }

    /// Faces and seat of every village.
    fn villages(&self, board: &Board, recipe: &Recipe, roll: &Roll) -> (Vec<Vec<u32>>, Vec<Seat>) {
        let mut dice = Dice::new(recipe.seed, Stage::Villages);
        let mut faces = vec![Vec::new(); roll.villages.len()];
        let mut seats = vec![Seat::default(); roll.villages.len()];
        for town in 0..roll.towns.len() {
            let listed = roll.villages_of(town);
            let turn = board.ground.turn(self.seats[town].at);
            let least = board.scale.cells().width;
            let mut sharing = Sharing { graph: &self.graph, dice: &mut dice, turn, least };
            let parts = villages::divide(&mut sharing, &self.members(town), listed.len());
            let placed = self.placed(board, roll, town, &parts, &mut dice);
            for ((village, part), seat) in listed.into_iter().zip(placed.0).zip(placed.1) {
                faces[village] = parts[part].iter().map(|&b| self.graph.faces[b as usize]).collect();
                seats[village] = seat;
            }
        }
        (faces, seats)
    }

    /// Which part each village of a town is, and where its seat stands.
    fn placed(
        &self,
        board: &Board,
        roll: &Roll,
        town: usize,
        parts: &[Vec<u32>],
        dice: &mut Dice,
    ) -> (Vec<usize>, Vec<Seat>) {
        let units: Vec<_> = roll.villages_of(town).into_iter().map(|v| &roll.villages[v]).collect();
        let known: Vec<Option<V>> =
            units.iter().map(|u| u.seat.map(|(p, _)| board.ground.plane.metres(p))).collect();
        let holder = |k: V| holder(board, &self.graph, board.ground.unbend(k));
        let holders: Vec<Option<u32>> = known.iter().map(|k| k.and_then(holder)).collect();
        let sites: Vec<Site> = parts
            .iter()
            .map(|part| Site {
                middle: board.ground.bend(self.graph.middle_of(part)),
                holds: holders.iter().map(|h| h.is_some_and(|h| part.contains(&h))).collect(),
            })
            .collect();
        let site_of = villages::place(&units, &known, &sites, self.seats[town].at, dice);
        let seat = |i: usize| {
            let (site, part) = (&sites[site_of[i]], &parts[site_of[i]]);
            match known[i].filter(|_| site.holds[i]) {
                Some(at) => Seat { at, listed: true },
                None => Seat { at: seat_in(board, &self.graph, part, site.middle), listed: false },
            }
        };
        let seats = (0..units.len()).map(seat).collect();
        (site_of, seats)
    }
}

/// Pairs of blocks that face each other across the river.
fn bridges(board: &Board, graph: &Graph) -> Vec<(u32, u32)> {
    let mut position = vec![NONE; board.mesh.faces()];
    for (i, &face) in graph.faces.iter().enumerate() {
        position[face as usize] = i as u32;
    }
    let mut found = Vec::new();
    for &face in &board.river {
        let banks: Vec<(u32, V, u32)> = board
            .mesh
            .ring(face)
            .into_iter()
            .map(|h| (board.mesh.line(h), board.mesh.start(h), position[board.mesh.across(h) as usize]))
            .filter(|b| b.2 != NONE)
            .collect();
        for &(line, at, block) in banks.iter().step_by(4) {
            let over = banks.iter().filter(|b| b.0 != line);
            let near = over.min_by(|a, b| a.1.distance(at).total_cmp(&b.1.distance(at)));
            found.extend(near.map(|n| (block, n.2)));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn seat_blocks(board: &Board, graph: &Graph, recipe: &Recipe, roll: &Roll) -> Vec<u32> {
    let known: Vec<Option<V>> = board::known_seats(&board.ground, roll)
        .into_iter()
        .map(|s| s.map(|s| board.ground.unbend(s)))
        .collect();
    let holder = |p: V| holder(board, graph, p);
    towns::seat_blocks(graph, &known, holder, &mut Dice::new(recipe.seed, Stage::Towns))
}

/// The piece that holds a place on the board.
fn holder(board: &Board, graph: &Graph, p: V) -> Option<u32> {
    let found = graph.faces.iter().position(|&f| holds(&board.mesh.corners(f), p));
    found.map(|i| i as u32)
}

/// The blocks of the villages' known seats.
fn outposts(board: &Board, graph: &Graph, roll: &Roll, seats: &[u32], targets: &[f64]) -> Vec<Outpost> {
    let known =
        roll.villages.iter().zip(&roll.town_of).filter_map(|(v, &t)| v.seat.map(|(p, _)| (p, t as u32)));
    known
        .filter_map(|(p, town)| {
            let at = board.ground.unbend(board.ground.plane.metres(p));
            let far = graph.middle[seats[town as usize] as usize].distance(at);
            if far > towns::OUTPOST_REACH * targets[town as usize].sqrt() {
                return None;
            }
            holder(board, graph, at).map(|block| Outpost { town, block })
        })
        .collect()
}

fn town_seats(board: &Board, graph: &Graph, roll: &Roll, seats: &[u32]) -> Vec<Seat> {
    let known = board::known_seats(&board.ground, roll);
    seats
        .iter()
        .zip(known)
        .map(|(&block, known)| {
            let inside = known.filter(|&k| holder(board, graph, board.ground.unbend(k)) == Some(block));
            let at = inside.unwrap_or_else(|| board.ground.bend(graph.middle[block as usize]));
            Seat { at, listed: inside.is_some() }
        })
        .collect()
}

/// Where a village's offices stand that no list knows: in the block nearest its middle, off the crossing.
fn seat_in(board: &Board, graph: &Graph, part: &[u32], middle: V) -> V {
    let far = |b: u32| board.ground.bend(graph.middle[b as usize]).distance(middle);
    let block = part.iter().copied().min_by(|&a, &b| far(a).total_cmp(&far(b)).then(a.cmp(&b)));
    block.map_or(middle, |b| {
        let corners = board.mesh.corners(graph.faces[b as usize]);
        let at = graph.middle[b as usize];
        let corner = corners.iter().copied().min_by(|a, b| a.distance(at).total_cmp(&b.distance(at)));
        board.ground.bend(corner.map_or(at, |c| at.towards(c, 0.4)))
    })
}

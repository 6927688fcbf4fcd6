//! The board before anyone is settled on it: outline, river, trunk canals, and blocks between canals.
//!
//! ```text
//! outline ─▶ dense ring ─▶ river's banks ─▶ trunk canals ─▶ blocks, about six a village
//! ```

use super::SynthError;
use super::chance::{Dice, Stage};
use super::cut::{Cutter, Line, Piece, Rank, Rules};
use super::density::{Centre, Density};
use super::ground::Ground;
use super::land;
use super::mesh::Mesh;
use super::outline::{self, Outline};
use super::plane::{V, area, holds};
use super::recipe::{Recipe, Roll};
use super::water;
use crate::crs::{Bounds, Point};

/// Narrowest grid on average that is still worth a border, in metres.
const LEAST_GRID_M: u32 = 100;
/// Share of a village that a block holds at most.
const BLOCK: f64 = 0.17;

/// Lengths that everything is measured by, in metres: the side of an average village and of an average grid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub village: f64,
    pub grid: f64,
}

impl Scale {
    /// How far apart lines start that meet at a border.
    pub fn jog(self) -> f64 {
        0.028 * self.grid.min(self.village)
    }

    /// How small blocks may get.
    pub fn blocks(self) -> Rules {
        Rules { width: 0.11 * self.village, jog: self.jog() }
    }

    /// How small the cells of grids may get.
    pub fn cells(self) -> Rules {
        Rules { width: 0.105 * self.grid.min(self.village), jog: self.jog() }
    }

    /// Distances that were set for a county of villages 3 km wide, fitted to this one.
    pub fn fit(self) -> f64 {
        self.village / 3_050.0
    }
}

/// The board.
pub(super) struct Board {
    pub mesh: Mesh,
    pub lines: Vec<Line>,
    pub ground: Ground,
    pub outline: Outline,
    pub scale: Scale,
    /// Faces of the river.
    pub river: Vec<u32>,
    /// The middle of the river's course on the ground.
    pub course: Vec<V>,
    /// All other faces.
    pub blocks: Vec<u32>,
}

/// Lays the board out for a recipe.
pub(super) fn lay_out(recipe: &Recipe, roll: &Roll) -> Result<Board, SynthError> {
    let ring = outline::checked(recipe.outline)?;
    let coast = outline::coast_of(&ring, recipe.landscape.coast);
    let by_sea: Vec<Point> = coast.iter().map(|&i| ring[i]).collect();
    let ground = Ground::new(recipe.seed, Bounds::of(&ring), &by_sea);
    let outline = outline::dense(&ring, &coast, &ground.plane, recipe.seed);
    let whole = area(&outline.ring);
    let side = |n: usize| (whole / n as f64).sqrt();
    let scale = Scale { village: side(roll.villages.len()), grid: side(recipe.grids) };
    if scale.grid < f64::from(LEAST_GRID_M) {
        let width_m = scale.grid as u32;
        return Err(SynthError::NoRoom { grids: recipe.grids, width_m, least_m: LEAST_GRID_M });
    }
    let on_board: Vec<V> = outline.ring.iter().map(|&p| ground.unbend(p)).collect();
    let mesh = Mesh::of_ring(&on_board, 0);
    let lines = vec![Line { rank: Rank::Outline, trunk: None }];
    let mut board = Board {
        mesh,
        lines,
        ground,
        outline,
        scale,
        river: Vec::new(),
        course: Vec::new(),
        blocks: Vec::new(),
    };
    board.lay_water(recipe);
    board.cut_blocks(recipe, roll);
    Ok(board)
}

impl Board {
    fn lay_water(&mut self, recipe: &Recipe) {
        let (mesh, lines, ground) = (&mut self.mesh, &mut self.lines, &self.ground);
        if let Some(river) = &recipe.landscape.river {
            (self.river, self.course) = water::lay_river(mesh, lines, ground, river, recipe.seed);
        }
        water::lay_trunks(mesh, lines, ground, &recipe.landscape, self.scale.blocks(), &self.river);
    }

    fn cut_blocks(&mut self, recipe: &Recipe, roll: &Roll) {
        let fit = self.scale.fit();
        let seats = known_seats(&self.ground, roll);
        let centres = centres(roll, &seats, fit, land::COUNTY, land::TOWN);
        let density = Density::new(&self.ground, recipe.seed, centres);
        let total = self.total(&density);
        let per_village = total / roll.villages.len() as f64;
        let village = self.scale.village * self.scale.village;
        let rules = self.scale.blocks();
        let open = (1..self.mesh.faces() as u32).filter(|f| !self.river.contains(f)).collect();
        let ground = &self.ground;
        let mut cutter = Cutter {
            mesh: &mut self.mesh,
            lines: &mut self.lines,
            ground,
            dice: &mut Dice::new(recipe.seed, Stage::Blocks),
            rules,
        };
        self.blocks = cutter.cut_up(
            open,
            |area| match area / village {
                a if a > 4.0 => Rank::Main,
                a if a > 0.8 => Rank::Lateral,
                _ => Rank::Branch,
            },
            |piece| weigh(piece, ground, &density) < BLOCK * per_village,
        );
    }

    /// Cuts some blocks once more, as small as cells may be; whether any could be cut.
    pub fn cut_smaller(&mut self, blocks: &[u32], seed: u64) -> bool {
        let rules = self.scale.cells();
        let mut cutter = Cutter {
            mesh: &mut self.mesh,
            lines: &mut self.lines,
            ground: &self.ground,
            dice: &mut Dice::new(seed, Stage::Towns),
            rules,
        };
        let before = self.blocks.len();
        for &block in blocks {
            let piece = Piece::of(cutter.mesh, block);
            self.blocks.extend(cutter.cut(&piece, |_| Rank::Branch));
        }
        self.blocks.len() > before
    }

    /// The density summed over the outline, by sampling.
    fn total(&self, density: &Density) -> f64 {
        let ring = &self.outline.ring;
        let sample: Vec<V> = ring.iter().step_by(1 + ring.len() / 900).copied().collect();
        let xs = ring.iter().map(|p| p.x);
        let ys = ring.iter().map(|p| p.y);
        let (west, east) = xs.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
        let (south, north) = ys.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), y| (l.min(y), h.max(y)));
        let steps = 90;
        let step = V::new((east - west) / f64::from(steps), (north - south) / f64::from(steps));
        let spots = (0..steps * steps).map(|i| {
            V::new(
                west + step.x * (f64::from(i % steps) + 0.5),
                south + step.y * (f64::from(i / steps) + 0.5),
            )
        });
        spots.filter(|&p| holds(&sample, p)).map(|p| density.at(p)).sum::<f64>() * step.x * step.y
    }
}

/// A piece's area by the mean density of a few places in it.
pub(super) fn weigh(piece: &Piece, ground: &Ground, density: &Density) -> f64 {
    let stride = 1 + piece.at.len() / 8;
    let corners = piece.at.iter().step_by(stride).map(|&p| p.towards(piece.middle, 0.35));
    let (mut sum, mut n) = (0.0, 0.0);
    for p in corners.chain([piece.middle]) {
        sum += density.at(ground.bend(p));
        n += 1.0;
    }
    piece.area * sum / n
}

/// The towns' known seats on the ground.
pub(super) fn known_seats(ground: &Ground, roll: &Roll) -> Vec<Option<V>> {
    roll.towns.iter().map(|t| t.seat.map(|(p, _)| ground.plane.metres(p))).collect()
}

/// The town with most villages: the county's seat.
pub(super) fn county_seat(roll: &Roll) -> usize {
    (0..roll.towns.len()).max_by_key(|&t| (roll.villages_of(t).len(), usize::MAX - t)).unwrap_or(0)
}

/// What gathers about the seats: peak and radius of the county's seat, and of a town's.
pub(super) fn centres(
    roll: &Roll,
    seats: &[Option<V>],
    fit: f64,
    county: (f64, f64),
    town: (f64, f64),
) -> Vec<Centre> {
    let chief = county_seat(roll);
    let mut found = Vec::new();
    for (t, seat) in seats.iter().enumerate() {
        let Some(at) = *seat else { continue };
        let farm = if roll.towns[t].kind == "zone_or_farm" { 0.7 } else { 1.0 };
        let (peak, radius) = if t == chief { county } else { (town.0 * farm, town.1 * farm) };
        found.push(Centre { at, peak, radius: radius * fit });
        if t == chief {
            found.push(Centre { at, peak: peak * 0.16, radius: radius * fit * 2.2 });
        }
    }
    found
}

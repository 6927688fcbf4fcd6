//! The lie of the land: how straight lines on the drawing board bend on the ground, and where the sea is.
//!
//! Everything is cut on a **board** where canals and ditches are straight, and carried to the **ground** (metres,
//! see [`Plane`]) by [`Ground::bend`]: a chain of small displacements, each with a slope well under 1, so the whole
//! is one-to-one and lines that do not cross on the board do not cross on the ground.
//!
//! ```text
//!  board  ┌───┬──┐     ground  ╭~~~┬~~╮
//!         │   ├──┤   ─bend─▶   (   )~~┤
//!         └───┴──┘             ╰~~~┴~~╯
//! ```

use super::chance::Noise;
use super::plane::{Plane, V, distance_to_line};
use crate::crs::{Bounds, Point};

/// One displacement: wavelength in metres, slope (displacement over wavelength), and how much of it wet old
/// country has more than reclaimed land.
struct Layer {
    wavelength: f64,
    slope: f64,
    by_age: f64,
}

/// From the sweep of the whole coast down to the crumbling of a ditch's bank.
const LAYERS: [Layer; 6] = [
    Layer { wavelength: 21_000.0, slope: 0.060, by_age: 0.0 },
    Layer { wavelength: 7_300.0, slope: 0.055, by_age: 0.3 },
    Layer { wavelength: 2_600.0, slope: 0.055, by_age: 0.6 },
    Layer { wavelength: 940.0, slope: 0.055, by_age: 0.7 },
    Layer { wavelength: 330.0, slope: 0.052, by_age: 0.6 },
    Layer { wavelength: 118.0, slope: 0.045, by_age: 0.4 },
];

/// Most steps of the fixed-point iteration that undoes one layer: slopes stay under 0.4.
const UNDO_STEPS: usize = 30;
/// Metres at which that iteration rests: a ten-thousandth of a lattice unit.
const UNDONE: f64 = 1e-6;
/// Within this distance of the sea the land was reclaimed lately: its ditches are straight and lie by the coast.
const RECLAIMED: f64 = 9_000.0;
/// Beyond this the old country begins.
const OLD: f64 = 24_000.0;

/// The map from board to ground, and the sea.
pub(super) struct Ground {
    pub plane: Plane,
    noise: Noise,
    coast: Vec<V>,
    /// How far the coast's direction leans from north, radians counter-clockwise.
    lean: f64,
}

impl Ground {
    /// The ground within `bounds`; `coast` is the outline's run along the sea, possibly empty.
    pub fn new(seed: u64, bounds: Bounds, coast: &[Point]) -> Self {
        let plane = Plane::about(bounds);
        let coast: Vec<V> = coast.iter().map(|&p| plane.metres(p)).collect();
        let lean = match (coast.first(), coast.last()) {
            (Some(&a), Some(&b)) if a != b => {
                let d = if b.y >= a.y { b - a } else { a - b };
                libm::atan2(-d.x, d.y)
            }
            _ => 0.0,
        };
        Self { plane, noise: Noise::new(seed), coast, lean }
    }

    /// From the board to the ground.
    pub fn bend(&self, p: V) -> V {
        (0..LAYERS.len()).fold(p, |p, i| p + self.shift(i, p))
    }

    /// From the ground to the board.
    pub fn unbend(&self, p: V) -> V {
        (0..LAYERS.len()).rev().fold(p, |target, i| {
            let mut guess = target;
            for _ in 0..UNDO_STEPS {
                let better = target - self.shift(i, guess);
                let moved = better.distance(guess);
                guess = better;
                if moved < UNDONE {
                    break;
                }
            }
            guess
        })
    }

    /// How far a place is from the sea, in metres; infinite where there is none.
    pub fn sea_distance(&self, ground: V) -> f64 {
        distance_to_line(ground, &self.coast)
    }

    /// Which way the ditches run here: radians to turn north–south lines by.
    pub fn turn(&self, ground: V) -> f64 {
        if self.coast.is_empty() { 0.0 } else { self.lean * (1.0 - self.age(ground)) }
    }

    /// 0 on lately reclaimed land by the sea, 1 in the old country.
    pub fn age(&self, ground: V) -> f64 {
        let t = ((self.sea_distance(ground) - RECLAIMED) / (OLD - RECLAIMED)).clamp(0.0, 1.0);
        t * t * (3.0 - 2.0 * t)
    }

    fn shift(&self, i: usize, p: V) -> V {
        let layer = &LAYERS[i];
        let at = p * (1.0 / layer.wavelength);
        let age = if layer.by_age > 0.0 { self.age(p) } else { 1.0 };
        let reach = layer.slope * layer.wavelength * (1.0 - layer.by_age + layer.by_age * age) * 2.0;
        let channel = 2 * i as u64;
        V::new(self.noise.at(channel, at), self.noise.at(channel + 1, at)) * reach
    }
}

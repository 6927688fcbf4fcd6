//! How thickly the land is settled: many small grids about the seats, few large ones in fields, salt pans and flats.

use super::chance::Noise;
use super::ground::Ground;
use super::plane::V;

/// A place that people gather about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Centre {
    /// On the ground.
    pub at: V,
    /// Density in the middle, against open country.
    pub peak: f64,
    /// Metres at which it has fallen to a third.
    pub radius: f64,
}

impl Centre {
    pub fn at(&self, p: V) -> f64 {
        let d = self.at - p;
        let t = d.dot(d) / (self.radius * self.radius);
        if t < 9.0 { self.peak * libm::exp(-t) } else { 0.0 }
    }
}

/// Tidal flats and salt pans reach so far from the sea, and new farms so far, in metres.
const FLATS: f64 = 2_500.0;
const FARMS: f64 = 8_500.0;
/// Density of flats and of farms against old country.
const ON_FLATS: f64 = 0.22;
const ON_FARMS: f64 = 0.62;

/// Density over the ground, without a unit: what is asked for fixes the scale.
pub(super) struct Density<'a> {
    ground: &'a Ground,
    noise: Noise,
    centres: Vec<Centre>,
}

impl<'a> Density<'a> {
    pub fn new(ground: &'a Ground, seed: u64, centres: Vec<Centre>) -> Self {
        Self { ground, noise: Noise::new(seed ^ 0x0044_454e_5349_5459), centres }
    }

    /// At a place on the ground.
    pub fn at(&self, p: V) -> f64 {
        self.open(p) + self.centres.iter().map(|c| c.at(p)).sum::<f64>()
    }

    /// Of open country alone.
    pub fn open(&self, p: V) -> f64 {
        let sea = self.ground.sea_distance(p);
        let ramp = |from: f64, to: f64| ((sea - from) / (to - from)).clamp(0.0, 1.0);
        let farms = ON_FLATS + (ON_FARMS - ON_FLATS) * ramp(FLATS, FLATS * 1.8);
        let base = farms + (1.0 - ON_FARMS) * ramp(FARMS, FARMS * 1.7);
        base * (1.0 + 0.5 * self.noise.at(1, p * (1.0 / 5_000.0)))
    }
}

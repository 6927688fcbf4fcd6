//! Chance that every machine repeats: dice from `ChaCha`, and smooth noise from a hash.
//!
//! Each stage of the work throws its own [`Dice`] (a stream of its own under the one seed), so a change in one
//! stage leaves the throws of the others as they were.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::plane::V;

/// Which stage throws.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stage {
    Outline = 2,
    Water,
    Blocks,
    Towns,
    Villages,
    Cells,
    Grids,
    Carve,
    People,
    Places,
    Workers,
}

/// A stream of throws.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of one stage under a seed.
    pub fn new(seed: u64, stage: Stage) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stage as u64);
        Self(rng)
    }

    /// Uniform in 0..1, with 53 bits.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform in low..high.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform in 0..n (0 where n is 0).
    pub fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n.saturating_sub(1))
    }

    /// Bell-shaped about 0, with a deviation near 1 and never beyond 3.5.
    pub fn bell(&mut self) -> f64 {
        (0..4).map(|_| self.unit() - 0.5).sum::<f64>() * 1.732
    }

    /// True with that probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }
}

/// Gradient noise over the plane: smooth, about -0.7 to 0.7, of wavelength 1.
pub(super) struct Noise {
    seed: u64,
    directions: [V; 32],
}

impl Noise {
    pub fn new(seed: u64) -> Self {
        let directions = std::array::from_fn(|i| V::at_angle(i as f64 * std::f64::consts::PI / 16.0));
        Self { seed, directions }
    }

    /// The noise of one channel at `p`.
    pub fn at(&self, channel: u64, p: V) -> f64 {
        let (x0, y0) = (p.x.floor(), p.y.floor());
        let f = V::new(p.x - x0, p.y - y0);
        let corner = |dx: i64, dy: i64| {
            let hash = mix(self.seed
                ^ mix(channel.wrapping_mul(0x9e37_79b9_7f4a_7c15))
                ^ mix((x0 as i64 + dx) as u64).wrapping_mul(3)
                ^ mix((y0 as i64 + dy) as u64).wrapping_mul(5));
            self.directions[(hash >> 59) as usize].dot(f - V::new(dx as f64, dy as f64))
        };
        let (u, v) = (fade(f.x), fade(f.y));
        let south = corner(0, 0) + u * (corner(1, 0) - corner(0, 0));
        let north = corner(0, 1) + u * (corner(1, 1) - corner(0, 1));
        south + v * (north - south)
    }
}

fn fade(t: f64) -> f64 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

/// `SplitMix64`'s finaliser: well-mixed bits of any number.
pub(super) fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

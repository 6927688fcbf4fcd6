//! Which leaves a noisy position may lie in, and how probably.
//!
//! The position is the centre of an isotropic Gaussian. It is integrated over every leaf at once by looking up
//! 4,096 points of equal weight on a sunflower's spiral, which no border can line up with: the shares are within
//! 0.3 % of the exact probabilities (0.1 % in the mean), the same on every machine, and sum to 1 with voids and the
//! outside.

use std::collections::BTreeMap;
use std::f64::consts::PI;

use super::locator::Locator;
use crate::crs::{LocalPlane, LonLat, Point};
use crate::unit::Owner;

/// How many points stand for the Gaussian.
const SAMPLES: u32 = 4096;
/// Candidates less probable than this are not named.
const LEAST: f64 = 0.005;
/// A radius that holds 68 % of an isotropic Gaussian, in σ.
const RADIUS_68: f64 = 1.515;

impl Locator {
    /// The leaves that a position measured at `p` may lie in, with their probabilities, the largest first; less
    /// probable ones than 0.5 % are left out, and voids and the outside take the rest. `accuracy_m` is the radius in
    /// metres that holds 68 %; where it is not above zero, the leaf of `p` is certain.
    #[must_use]
    pub fn candidates(&self, p: Point, accuracy_m: f64) -> Vec<(Owner, f64)> {
        let points = spiral(p, accuracy_m / RADIUS_68);
        let mut owners = vec![Owner::OUTSIDE; points.len()];
        self.owners_into(&points, &mut owners);
        let mut counts: BTreeMap<Owner, u32> = BTreeMap::new();
        for owner in owners.into_iter().filter(|o| o.0 < self.leaves) {
            *counts.entry(owner).or_default() += 1;
        }
        let share = |(owner, count): (Owner, u32)| (owner, f64::from(count) / points.len() as f64);
        let mut shares: Vec<_> = counts.into_iter().map(share).filter(|&(_, share)| share >= LEAST).collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        shares
    }
}

/// Points of equal weight for a Gaussian of `sigma_m` metres around `centre`, by rings of equal probability turned by
/// the golden angle; the centre alone where sigma is not above zero.
fn spiral(centre: Point, sigma_m: f64) -> Vec<Point> {
    if sigma_m.is_nan() || sigma_m <= 0.0 {
        return vec![centre];
    }
    let (east, north) = LocalPlane::at(LonLat::from_lattice(centre)).metres_per_unit();
    let golden = PI * (3.0 - libm::sqrt(5.0));
    let (sin, cos) = libm::sincos(golden);
    let mut turn = (1.0, 0.0);
    let points = (0..SAMPLES).map(|i| {
        turn = (turn.0 * cos - turn.1 * sin, turn.0 * sin + turn.1 * cos);
        let left = 1.0 - (f64::from(i) + 0.5) / f64::from(SAMPLES);
        let radius = sigma_m * libm::sqrt(-2.0 * libm::log(left));
        let off = |at: i32, metres: f64, per_unit: f64| {
            // Towards a pole a unit has no width: the cast stops at the edge of the lattice.
            (f64::from(at) + metres / per_unit.max(f64::MIN_POSITIVE)).round() as i32
        };
        Point::new(off(centre.x, radius * turn.0, east), off(centre.y, radius * turn.1, north))
    });
    points.collect()
}

//! What owners have of drawn areas and along drawn lines, against geo's Boolean operations and clipping.

use std::collections::BTreeMap;

use geo::{Area, BooleanOps, Coord, LineString, MultiPolygon};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::coverage::{Polygon, untangled};
use wangge::crs::{Bounds, Point, length_m, ring_area_m2, ring_area2};
use wangge::locate::Locator;
use wangge::unit::Owner;

use crate::{fixture, rounds};

/// In floats around a place, so that nothing is lost.
fn ring(ring: &[Point], zero: Point) -> LineString {
    let at = |p: &Point| Coord { x: f64::from(p.x - zero.x), y: f64::from(p.y - zero.y) };
    ring.iter().chain(ring.first()).map(at).collect()
}

fn shape(polygons: &[Polygon], zero: Point) -> MultiPolygon {
    let holes = |p: &Polygon| p.holes.iter().map(|hole| ring(hole, zero)).collect();
    MultiPolygon(polygons.iter().map(|p| geo::Polygon::new(ring(&p.shell, zero), holes(p))).collect())
}

#[test]
fn shares_of_drawn_areas_are_those_of_boolean_operations() {
    for seed in 0..rounds(60, 2_000) as u64 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let partition = fixture::random(seed);
        let coverage = &partition.coverage;
        let Bounds { min, max } = coverage.bounds();
        // Sometimes as far out as the world.
        let room = if seed % 5 == 4 { 500_000_000 } else { (max.x - min.x).min(max.y - min.y) / 4 };
        let mut point = || {
            Point::new(
                rng.random_range(min.x - room..=max.x + room),
                rng.random_range(min.y - room..=max.y + room),
            )
        };
        // A star round its middle does not cross itself.
        let (middle, mut corners) = (point(), (0..7).map(|_| point()).collect::<Vec<_>>());
        let angle = |p: &Point| f64::from(p.y - middle.y).atan2(f64::from(p.x - middle.x));
        corners.sort_by(|p, q| angle(p).total_cmp(&angle(q)));
        corners.dedup();
        let drawn = MultiPolygon::from(geo::Polygon::new(ring(&corners, min), vec![]));
        let areas = coverage.areas_within(std::slice::from_ref(&corners)).expect("hardly crossing");
        for owner in (0..coverage.owner_count() as u32).map(Owner) {
            let polygons = coverage.polygons(owner);
            let all: i128 = polygons.iter().flat_map(Polygon::rings).map(ring_area2).sum();
            let expected = shape(&polygons, min).intersection(&drawn).unsigned_area() * 2.0 / all as f64;
            let m2: f64 = polygons.iter().flat_map(Polygon::rings).map(ring_area_m2).sum();
            let share = areas.get(&owner).copied().unwrap_or_default() / m2;
            assert!(
                m2 == 0.0 || (share - expected).abs() < 1e-3,
                "seed {seed}, {owner:?}: {share}, not {expected}"
            );
        }
    }
}

#[test]
fn lengths_along_lines_sum_up_and_are_those_of_a_fine_walk() {
    for seed in 0..rounds(40, 1_000) as u64 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let partition = fixture::random(seed);
        let Bounds { min, max } = partition.coverage.bounds();
        let locator = Locator::build(&partition.coverage, partition.hierarchy.leaves().len());
        let mut point = || Point::new(rng.random_range(min.x..=max.x), rng.random_range(min.y..=max.y));
        let line = vec![point(), point(), point()];
        let found = partition.coverage.along(std::slice::from_ref(&line), |p| locator.owner(p));
        let whole: f64 = line.windows(2).map(length_m).sum();
        let sum: f64 = found.values().sum();
        assert!((sum - whole).abs() < 1e-9 * whole, "seed {seed}: {sum} m, not {whole} m along {line:?}");
        let steps = 20_000;
        let mut walked: BTreeMap<Owner, f64> = BTreeMap::new();
        for leg in line.windows(2) {
            for step in 0..steps {
                let t = (f64::from(step) + 0.5) / f64::from(steps);
                let at = |a: i32, b: i32| (f64::from(a) + t * f64::from(b - a)).round() as i32;
                let owner = locator.owner(Point::new(at(leg[0].x, leg[1].x), at(leg[0].y, leg[1].y)));
                *walked.entry(owner).or_default() += length_m(leg) / f64::from(steps);
            }
        }
        for owner in found.keys().chain(walked.keys()) {
            let [is, was] = [&found, &walked].map(|of| of.get(owner).copied().unwrap_or_default());
            assert!(
                (is - was).abs() < 2e-3 * whole,
                "seed {seed}, {owner:?}: {is} m, walked {was} m of {whole}"
            );
        }
    }
}

#[test]
fn a_drawing_that_crosses_itself_without_end_is_refused_with_where() {
    let partition = fixture::random(1);
    let Bounds { min, max } = partition.coverage.bounds();
    // A star of so many corners crosses itself about half a million times.
    let star = |corners: i32| -> Vec<Point> {
        let turn = f64::from(corners / 2) * std::f64::consts::TAU / f64::from(corners);
        let at = |i: i32| {
            let (sin, cos) = (f64::from(i) * turn).sin_cos();
            let across = |a: i32, b: i32, t: f64| {
                (f64::midpoint(a.into(), b.into()) + t * f64::from(b - a) / 2.0) as i32
            };
            Point::new(across(min.x, max.x, cos), across(min.y, max.y, sin))
        };
        (0..corners).map(at).collect()
    };
    let refused = partition.coverage.areas_within(&[star(1001)]).expect_err("tangled");
    assert!(
        (min.x..=max.x).contains(&refused.at.x) && (min.y..=max.y).contains(&refused.at.y),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("at most 100000 times"), "{refused}");
    assert!(untangled(&[star(1001)]).is_err());
    assert!(untangled(&[star(101)]).is_ok());
    let areas = partition.coverage.areas_within(&[star(101)]).expect("a star of few corners");
    assert!(!areas.is_empty());
}

#[test]
fn an_area_as_large_as_the_world_has_all_of_everybody() {
    let partition = fixture::random(3);
    let coverage = &partition.coverage;
    let (x, y) = (1_700_000_000, 800_000_000);
    let world = [(-x, -y), (x, -y), (x, y), (-x, y)];
    let areas = coverage.areas_within(&[world.map(|(x, y)| Point::new(x, y)).to_vec()]).unwrap();
    for owner in (0..coverage.owner_count() as u32).map(Owner) {
        let m2: f64 = coverage.polygons(owner).iter().flat_map(Polygon::rings).map(ring_area_m2).sum();
        assert!(
            (areas.get(&owner).copied().unwrap_or_default() - m2).abs() < 1e-6 * m2.max(1.0),
            "{owner:?}"
        );
    }
}

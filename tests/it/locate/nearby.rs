//! Borders, the nearest leaf, noisy positions, boxes, neighbours and points nearby, each against brute force.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::crs::{Bounds, LocalPlane, LonLat, Point, length_m};
use wangge::locate::{NearPoints, UnitTree};
use wangge::unit::{Attributes, Owner, PointFeature};

use super::boards::{Arc, Board, Recipe, fan};
use super::{SHEYANG, locator};

fn board(seed: u64) -> Board {
    Recipe { columns: 9, rows: 7, spacing: 70_000, origin: SHEYANG, vertices: 9, oddities: 3 }.board(seed)
}

fn somewhere(rng: &mut ChaCha8Rng, reach: i32) -> Point {
    Point::new(
        SHEYANG.0 + rng.random_range(-reach..630_000 + reach),
        SHEYANG.1 + rng.random_range(-reach..490_000 + reach),
    )
}

/// Metres from the plane's centre to the edge, by walking along it ever more finely.
fn distance(plane: &LocalPlane, a: Point, b: Point) -> f64 {
    let at = |t: f64| {
        let along = |a: i32, b: i32| f64::from(a) + t * (f64::from(b) - f64::from(a));
        let (east, north) = plane.metres_at(along(a.x, b.x), along(a.y, b.y));
        east.hypot(north)
    };
    let (mut from, mut to) = (0.0, 1.0);
    for _ in 0..60 {
        let (one, two) = (from + (to - from) / 3.0, to - (to - from) / 3.0);
        if at(one) < at(two) { to = two } else { from = one }
    }
    at(f64::midpoint(from, to))
}

#[test]
fn the_border_is_the_nearest_edge_of_the_owner() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for board in
        [board(1), board(2), fan(200, 90_000, Point::new(SHEYANG.0 + 300_000, SHEYANG.1 + 300_000), 1)]
    {
        let locator = locator(&board);
        let mut inside = 0;
        for _ in 0..300 {
            let p = somewhere(&mut rng, 0);
            let owner = locator.owner(p);
            let Some(border) = locator.border(p) else {
                assert_eq!(owner, Owner::OUTSIDE);
                continue;
            };
            inside += 1;
            let plane = LocalPlane::at(LonLat::from_lattice(p));
            let own = board.edges().filter(|e| e.0 == owner || e.1 == owner);
            let nearest = own.map(|(_, _, a, b)| distance(&plane, a, b)).fold(f64::INFINITY, f64::min);
            assert!((border.distance_m - nearest).abs() < 1e-6 * nearest + 1e-4, "{border:?} {nearest}");
            assert!((plane.distance_m(border.at) - nearest).abs() < 0.02);
            let across = board.edges().any(|(left, right, a, b)| {
                (left, right) == (owner, border.neighbour) && (distance(&plane, a, b) - nearest).abs() < 1e-4
                    || (right, left) == (owner, border.neighbour)
                        && (distance(&plane, a, b) - nearest).abs() < 1e-4
            });
            assert!(across, "{border:?}");
        }
        assert!(inside > 10, "{inside}");
    }
}

#[test]
fn on_a_border_the_distance_is_zero_and_the_neighbour_is_across() {
    let locator = super::nine_squares();
    let border = locator.border(Point::new(10, 15)).unwrap();
    assert_eq!((border.distance_m, border.at, border.neighbour), (0.0, Point::new(10, 15), Owner(3)));
    let border = locator.border(Point::new(19, 15)).unwrap();
    assert_eq!((border.at, border.neighbour), (Point::new(20, 15), Owner(5)));
    assert!((border.distance_m - 0.01113).abs() < 1e-4);
}

#[test]
fn the_nearest_leaf_is_the_nearest_from_any_distance() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let board = board(3);
    let locator = locator(&board);
    for reach in [20_000, 500_000, 8_000_000] {
        let mut outside = 0;
        while outside < 60 {
            let p = somewhere(&mut rng, reach);
            let owner = locator.owner(p);
            if owner.index() < board.leaves {
                continue;
            }
            outside += 1;
            let found = locator.nearest_leaf(p).unwrap();
            let plane = LocalPlane::at(LonLat::from_lattice(p));
            let of_leaves = board.edges().filter(|e| e.0.min(e.1).index() < board.leaves);
            let nearest = of_leaves.map(|(_, _, a, b)| distance(&plane, a, b)).fold(f64::INFINITY, f64::min);
            assert!((found.distance_m - nearest).abs() < 1e-6 * nearest + 1e-4, "{p:?} {found:?} {nearest}");
            assert!(found.owner.index() < board.leaves, "a void is no leaf");
        }
    }
    let antipode = Point::new(-590_000_000, -337_000_000);
    assert!(locator.nearest_leaf(antipode).is_some());
}

/// Two leaves on either side of a straight border through (x, y) in metres from Sheyang, turned by `angle`.
fn halves(offset_m: f64, angle: f64) -> Board {
    let centre = Point::new(SHEYANG.0, SHEYANG.1);
    let (east, north) = LocalPlane::at(LonLat::from_lattice(centre)).metres_per_unit();
    let (sin, cos) = angle.sin_cos();
    let at = |along: f64, off: f64| {
        let (x, y) = (along * cos - off * sin, along * sin + off * cos);
        Point::new(centre.x + (x / east).round() as i32, centre.y + (y / north).round() as i32)
    };
    let (west, east) = (at(-20_000.0, offset_m), at(20_000.0, offset_m));
    let around = |off: f64| vec![west, at(-20_000.0, off), at(20_000.0, off), east];
    let arcs = vec![
        Arc { points: vec![west, east], left: Owner(0), right: Owner(1) },
        Arc { points: around(20_000.0), left: Owner::OUTSIDE, right: Owner(0) },
        Arc { points: around(-20_000.0), left: Owner(1), right: Owner::OUTSIDE },
    ];
    Board { arcs, leaves: 2, owners: 2 }
}

#[test]
fn candidates_have_the_gaussians_share_of_either_side() {
    let p = Point::new(SHEYANG.0, SHEYANG.1);
    let (mut worst, mut sum, mut count) = (0.0_f64, 0.0, 0);
    for accuracy in [5.0, 50.0, 800.0] {
        for in_sigmas in [-2.0, -1.0, -0.3, 0.0, 0.1, 0.5, 1.5] {
            for turn in 0..16 {
                let sigma = accuracy / 1.515;
                let locator = locator(&halves(in_sigmas * sigma, f64::from(turn) * 0.39));
                let candidates = locator.candidates(p, accuracy);
                let below = 0.5 * libm::erfc(-in_sigmas / std::f64::consts::SQRT_2);
                assert!(candidates[0].1 >= candidates[1].1);
                for (owner, share) in candidates {
                    let exact = if owner == Owner(1) { below } else { 1.0 - below };
                    worst = worst.max((share - exact).abs());
                    sum += (share - exact).abs();
                    count += 1;
                }
            }
        }
    }
    assert!(worst < 0.003 && sum / f64::from(count) < 0.001, "{worst} {}", sum / f64::from(count));
}

#[test]
fn sixty_eight_percent_lie_within_the_accuracy() {
    // A leaf that is nearly a disc of 100 m.
    let centre = Point::new(SHEYANG.0, SHEYANG.1);
    let (east, north) = LocalPlane::at(LonLat::from_lattice(centre)).metres_per_unit();
    let turn = |i: i32| f64::from(i) / 720.0 * std::f64::consts::TAU;
    let mut points: Vec<Point> = (0..720)
        .map(|i| {
            let (x, y) = (100.0 * turn(i).cos() / east, 100.0 * turn(i).sin() / north);
            Point::new(centre.x + x.round() as i32, centre.y + y.round() as i32)
        })
        .collect();
    points.push(points[0]);
    let arcs = vec![Arc { points, left: Owner(0), right: Owner::OUTSIDE }];
    let locator = locator(&Board { arcs, leaves: 1, owners: 1 });
    let share = locator.candidates(centre, 100.0)[0].1;
    assert!((share - 0.6826).abs() < 0.003, "{share}");
}

#[test]
fn candidates_are_leaves_alone_and_sum_to_one_at_most() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let board = board(5);
    let locator = locator(&board);
    for _ in 0..60 {
        let p = somewhere(&mut rng, 30_000);
        let candidates = locator.candidates(p, rng.random_range(1.0..900.0));
        assert!(candidates.iter().all(|&(o, share)| o.index() < board.leaves && share >= 0.005));
        assert!(candidates.windows(2).all(|w| w[0].1 >= w[1].1));
        assert!(candidates.iter().map(|c| c.1).sum::<f64>() <= 1.0 + 1e-12);
        let certain = locator.candidates(p, 0.0);
        let owner = locator.owner(p);
        assert_eq!(certain, if owner.index() < board.leaves { vec![(owner, 1.0)] } else { vec![] });
        for odd in [f64::NAN, -5.0] {
            assert_eq!(locator.candidates(p, odd), certain);
        }
        assert!(locator.candidates(p, 1e300).iter().map(|c| c.1).sum::<f64>() <= 1.0);
    }
}

#[test]
fn boxes_and_neighbours_are_those_of_the_arcs() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let board = board(7);
    let tree = UnitTree::from_arcs(board.refs(), board.owners);
    let of = |owner: Owner| board.arcs.iter().filter(move |a| a.left == owner || a.right == owner);
    for owner in (0..board.owners as u32).map(Owner) {
        let bounds = of(owner).map(|a| Bounds::of(&a.points)).fold(Bounds::EMPTY, Bounds::union);
        assert_eq!(tree.bounds(owner), bounds);
        let mut length = 0.0;
        for neighbour in tree.neighbours(owner) {
            let shared = of(owner).filter(|a| a.left == neighbour.owner || a.right == neighbour.owner);
            let metres: f64 = shared.map(|a| length_m(&a.points)).sum();
            assert!(metres > 0.0 && (neighbour.shared_m - metres).abs() < 1e-9 * metres);
            length += metres;
        }
        assert!((length - of(owner).map(|a| length_m(&a.points)).sum::<f64>()).abs() < 1e-6);
        assert!(tree.neighbours(owner).windows(2).all(|w| w[0].owner < w[1].owner));
    }
    for _ in 0..300 {
        let within = Bounds::of(&[somewhere(&mut rng, 50_000), somewhere(&mut rng, 50_000)]);
        let meets = |o: &Owner| !tree.bounds(*o).is_empty() && tree.bounds(*o).meets(within);
        assert_eq!(
            tree.meeting(within),
            (0..board.owners as u32).map(Owner).filter(meets).collect::<Vec<_>>()
        );
    }
    assert_eq!(tree.meeting(Bounds::EMPTY), vec![]);
    assert!(tree.neighbours(Owner::OUTSIDE).is_empty() && tree.bounds(Owner::OUTSIDE).is_empty());
}

#[test]
fn the_nearest_points_of_a_kind_come_first() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    for reach in [100_000, 80_000_000] {
        let points: Vec<PointFeature> = (0..800).map(|i| point(somewhere(&mut rng, reach), i)).collect();
        let near = NearPoints::build(&points);
        assert_eq!(near.kinds().collect::<Vec<_>>(), ["court", "station", "window"]);
        for round in 0..200 {
            let p = somewhere(&mut rng, reach * 2);
            let kind = [None, Some("court"), Some("station"), Some("nothing")][round % 4];
            let limit = [0, 1, 5, 2000][round / 4 % 4];
            let plane = LocalPlane::at(LonLat::from_lattice(p));
            let of_kind = (0..points.len()).filter(|&i| kind.is_none_or(|k| points[i].kind == k));
            let mut expected: Vec<(f64, usize)> =
                of_kind.map(|i| (plane.distance_m(points[i].at), i)).collect();
            expected.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            expected.truncate(limit);
            let found: Vec<_> =
                near.nearest(p, kind, limit).iter().map(|n| (n.distance_m, n.index)).collect();
            assert_eq!(found, expected);
        }
    }
    assert!(NearPoints::build(&[]).nearest(Point::new(0, 0), None, 5).is_empty());
}

fn point(at: Point, i: usize) -> PointFeature {
    let kind = ["court", "station", "window"][i % 3].to_owned();
    PointFeature { at, kind, name: String::new(), weight: 1, attributes: Attributes::new() }
}

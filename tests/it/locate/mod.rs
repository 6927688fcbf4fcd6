//! The locator against a brute-force exact oracle, and what stands on it.

mod boards;
mod nearby;
mod oracle;

use boards::{Arc, Board, Recipe, fan};
use oracle::Oracle;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::coverage::{Coverage, Polygon};
use wangge::crs::{Bounds, Point};
use wangge::locate::Locator;
use wangge::unit::Owner;

use crate::rounds;

const SHEYANG: (i32, i32) = (1_202_582_000, 337_746_000);

/// Who owns a point of a coverage, the slow way.
pub fn brute_owner(coverage: &Coverage, p: Point) -> Owner {
    let arcs =
        coverage.arcs().map(|arc| Arc { points: arc.points.to_vec(), left: arc.left, right: arc.right });
    Oracle::of(&Board {
        arcs: arcs.collect(),
        leaves: coverage.owner_count(),
        owners: coverage.owner_count(),
    })
    .owner(p)
}

fn locator(board: &Board) -> Locator {
    Locator::from_arcs(board.refs(), board.leaves)
}

/// Nine squares of ten units, 0 to 8 from the south-west.
fn nine_squares() -> Locator {
    let square = |i: i32| {
        let (x, y) = (i % 3 * 10, i / 3 * 10);
        let shell = [(0, 0), (10, 0), (10, 10), (0, 10)].map(|(dx, dy)| Point::new(x + dx, y + dy));
        vec![Polygon { shell: shell.to_vec(), holes: vec![] }]
    };
    let shapes: Vec<Vec<Polygon>> = (0..9).map(square).collect();
    Locator::build(&Coverage::build(&shapes, 0).unwrap().coverage, 9)
}

#[test]
fn a_border_belongs_to_the_east_then_to_the_north() {
    let locator = nine_squares();
    let owner = |x, y| locator.owner(Point::new(x, y));
    assert_eq!(owner(15, 15), Owner(4));
    assert_eq!((owner(10, 15), owner(20, 15)), (Owner(4), Owner(5)), "a line north: who is east");
    assert_eq!((owner(15, 10), owner(15, 20)), (Owner(4), Owner(7)), "a line east: who is north");
    assert_eq!((owner(10, 10), owner(20, 10), owner(10, 20)), (Owner(4), Owner(5), Owner(7)), "a node");
    assert_eq!(
        (owner(0, 0), owner(0, 15), owner(15, 0)),
        (Owner(0), Owner(3), Owner(1)),
        "the outline west, south"
    );
    assert_eq!(
        (owner(30, 15), owner(15, 30), owner(30, 30)),
        (Owner::OUTSIDE, Owner::OUTSIDE, Owner::OUTSIDE)
    );
    assert_eq!((owner(-1, 5), owner(i32::MIN, i32::MAX)), (Owner::OUTSIDE, Owner::OUTSIDE));
}

#[test]
fn a_coverage_of_nothing_holds_nothing() {
    let locator = Locator::from_arcs([], 0);
    let p = Point::new(0, 0);
    assert_eq!((locator.owner(p), locator.on_border(p)), (Owner::OUTSIDE, false));
    assert_eq!((locator.border(p), locator.nearest_leaf(p)), (None, None));
    assert_eq!(locator.candidates(p, 100.0), vec![]);
}

/// Compares on every lattice point in and around the board; gives how many.
fn compare_everywhere(board: &Board) -> usize {
    let (locator, oracle) = (locator(board), Oracle::of(board));
    let bounds = board.arcs.iter().map(|a| Bounds::of(&a.points)).fold(Bounds::EMPTY, Bounds::union);
    let mut count = 0;
    for y in bounds.min.y - 3..=bounds.max.y + 3 {
        for x in bounds.min.x - 3..=bounds.max.x + 3 {
            let p = Point::new(x, y);
            assert_eq!(locator.owner(p), oracle.owner(p), "{p:?}");
            assert_eq!(locator.on_border(p), oracle.on_border(p), "{p:?}");
            count += 1;
        }
    }
    count
}

#[test]
fn every_point_of_tiny_boards_has_its_owner() {
    let mut count = 0;
    for seed in 0..rounds(40, 400) as u64 {
        for (spacing, vertices) in [(1, 0), (2, 0), (10, 0), (20, 1), (40, 2), (50, 5)] {
            let (columns, rows) = (1 + (seed % 5) as i32, 1 + (seed % 3) as i32);
            let origin = (-spacing * columns / 2, -spacing);
            let recipe = Recipe { columns, rows, spacing, origin, vertices, oddities: (seed % 6) as u32 };
            count += compare_everywhere(&recipe.board(seed));
        }
    }
    assert!(count > 500_000, "{count}");
}

#[test]
fn every_point_of_crowded_fans_has_its_owner() {
    for (blades, reach) in [(3, 5), (30, 20), (100, 60), (300, 150)] {
        compare_everywhere(&fan(blades, reach, Point::new(-7, 3), 5));
    }
}

/// Points that hug borders and nodes: on them, or off by up to two units.
fn hugging(board: &Board, rng: &mut ChaCha8Rng, count: usize) -> Vec<Point> {
    let edges: Vec<(Point, Point)> = board.edges().map(|(_, _, a, b)| (a, b)).collect();
    let hug = |_| {
        let (a, b) = edges[rng.random_range(0..edges.len())];
        let t = if rng.random() { 0.0 } else { rng.random_range(0.0..=1.0) };
        let at = |a: i32, b: i32| f64::from(a) + t * (f64::from(b) - f64::from(a));
        let off =
            |v: f64, d: i32| (v.round() as i64 + i64::from(d)).clamp(i32::MIN.into(), i32::MAX.into()) as i32;
        let (dx, dy) = (rng.random_range(-2..=2), rng.random_range(-2..=2));
        Point::new(off(at(a.x, b.x), dx), off(at(a.y, b.y), dy))
    };
    (0..count).map(hug).collect()
}

fn compare_hugging(board: &Board, seed: u64, count: usize) {
    let (locator, oracle) = (locator(board), Oracle::of(board));
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let points = hugging(board, &mut rng, count);
    let mut owners = vec![Owner(0); count];
    locator.owners_into(&points, &mut owners);
    let mut on_border = 0;
    for (&p, &owner) in points.iter().zip(&owners) {
        assert_eq!(owner, oracle.owner(p), "{p:?} in a batch");
        assert_eq!(locator.owner(p), owner, "{p:?} alone");
        assert_eq!(locator.on_border(p), oracle.on_border(p), "{p:?}");
        on_border += usize::from(oracle.on_border(p));
    }
    assert!(on_border > count / 100, "points do lie on borders: {on_border} of {count}");
}

#[test]
fn points_that_hug_borders_have_exactly_one_owner() {
    let boards = rounds(8, 40);
    let count = rounds(400_000, 4_000_000) / boards;
    for seed in 0..boards as u64 {
        let (columns, spacing) =
            ([5, 12, 25, 40][seed as usize % 4], [90_000, 7_000, 700, 120][seed as usize / 2 % 4]);
        let vertices = [16, 3, 0, 40][seed as usize % 4];
        let recipe = Recipe { columns, rows: columns - 2, spacing, origin: SHEYANG, vertices, oddities: 2 };
        compare_hugging(&recipe.board(seed), seed, count);
    }
}

#[test]
fn points_that_hug_long_edges_and_the_ends_of_the_lattice_have_exactly_one_owner() {
    for seed in 0..rounds(6, 60) as u64 {
        let [spacing, columns] = [[700_000_000, 5], [1_000_000, 9], [300_000_000, 12]][seed as usize % 3];
        let origin = (-(spacing / 2 * columns), -(spacing / 2 * 5));
        let recipe = Recipe { columns, rows: 5, spacing, origin, vertices: seed as i32 % 4, oddities: 2 };
        compare_hugging(&recipe.board(seed), seed, 5_000);
    }
    let (min, max) = (i32::MIN, i32::MAX);
    let ring = [(min, min), (max, min), (max, max), (min, max), (min, min)].map(|(x, y)| Point::new(x, y));
    let diagonal = vec![ring[0], Point::new(5, 6), ring[2]];
    let (south, north) = (ring[..3].to_vec(), ring[2..].to_vec());
    let arcs = vec![
        Arc { points: south, left: Owner(0), right: Owner::OUTSIDE },
        Arc { points: north, left: Owner(1), right: Owner::OUTSIDE },
        Arc { points: diagonal, left: Owner(1), right: Owner(0) },
    ];
    compare_hugging(&Board { arcs, leaves: 2, owners: 2 }, 1, 5_000);
}

#[test]
fn points_that_hug_a_crowded_node_have_exactly_one_owner() {
    for (blades, reach) in [(50, 1_000_000), (500, 30_000), (3000, 400_000)] {
        compare_hugging(&fan(blades, reach, Point::new(SHEYANG.0, SHEYANG.1), 3), 7, rounds(4_000, 40_000));
    }
}

#[test]
fn an_arc_of_more_vertices_than_one_chain_holds_is_split() {
    // Seventy thousand vertices in a patch of a thousand units, and a square far off that makes cells large.
    let teeth = (0..35_000).flat_map(|i| [Point::new(2 * i, i % 700), Point::new(2 * i + 1, 700 + i % 90)]);
    let comb: Vec<Point> =
        teeth.chain([Point::new(70_000, 5_000), Point::new(0, 5_000), Point::new(0, 0)]).collect();
    let far = 1_700_000_000;
    let square: Vec<Point> =
        [(0, 0), (9, 0), (9, 9), (0, 9), (0, 0)].map(|(x, y)| Point::new(far + x, y)).to_vec();
    let arcs = vec![
        Arc { points: comb, left: Owner(0), right: Owner::OUTSIDE },
        Arc { points: square, left: Owner(1), right: Owner::OUTSIDE },
    ];
    compare_hugging(&Board { arcs, leaves: 2, owners: 2 }, 1, rounds(200, 2_000));
}

#[test]
fn a_batch_goes_as_far_as_both_slices_do() {
    let locator = nine_squares();
    let points = vec![Point::new(15, 15); 1000];
    let mut owners = vec![Owner(77); 1300];
    locator.owners_into(&points, &mut owners);
    assert!(owners[..1000].iter().all(|&o| o == Owner(4)) && owners[1000..].iter().all(|&o| o == Owner(77)));
    locator.owners_into(&points, &mut owners[1000..1300]);
    assert!(owners.iter().all(|&o| o == Owner(4)));
}

#[test]
fn points_anywhere_have_their_owner() {
    let recipe =
        Recipe { columns: 20, rows: 20, spacing: 60_000, origin: SHEYANG, vertices: 12, oddities: 3 };
    let board = recipe.board(77);
    let (locator, oracle) = (locator(&board), Oracle::of(&board));
    let mut rng = ChaCha8Rng::seed_from_u64(77);
    let (mut inside, mut voids) = (0, 0);
    for _ in 0..50_000 {
        let p = Point::new(
            SHEYANG.0 + rng.random_range(-100_000..1_300_000),
            SHEYANG.1 + rng.random_range(-100_000..1_300_000),
        );
        let owner = locator.owner(p);
        assert_eq!(owner, oracle.owner(p));
        inside += usize::from(!owner.is_outside());
        voids += usize::from(!owner.is_outside() && owner.index() >= locator.leaves());
    }
    assert!(inside > 25_000 && voids > 1_000, "{inside} {voids}");
}

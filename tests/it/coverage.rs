//! The coverage: small cases that have names, and random ones against what must hold of every partition.

use std::collections::BTreeSet;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::coverage::arrangement::{Lines, Segment, chains, snap_round};
use wangge::coverage::{Built, Coverage, DefectKind, Polygon, Refusal};
use wangge::crs::{Point, cross, ring_area2};
use wangge::unit::Owner;

/// A place in Sheyang, so that sizes in m² mean something.
const ORIGIN: (i32, i32) = (1_202_000_000, 337_000_000);

fn at(x: i32, y: i32) -> Point {
    Point::new(ORIGIN.0 + x, ORIGIN.1 + y)
}

fn ring(points: &[(i32, i32)]) -> Vec<Point> {
    points.iter().map(|&(x, y)| at(x, y)).collect()
}

fn polygon(shell: &[(i32, i32)], holes: &[&[(i32, i32)]]) -> Polygon {
    Polygon { shell: ring(shell), holes: holes.iter().map(|h| ring(h)).collect() }
}

fn square(x: i32, y: i32, side: i32) -> Polygon {
    polygon(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)], &[])
}

fn build(shapes: &[Vec<Polygon>]) -> Result<Built, Refusal> {
    Coverage::build(shapes, 2)
}

fn kinds(shapes: &[Vec<Polygon>]) -> Vec<DefectKind> {
    build(shapes).unwrap_err().defects.iter().map(|d| d.kind).collect()
}

pub fn area2(polygons: &[Polygon]) -> i128 {
    polygons.iter().flat_map(Polygon::rings).map(ring_area2).sum()
}

/// What must hold of every coverage, whatever a draft may hold: invariants 1 and 2, valid rings, canonical form.
pub fn assert_partition(coverage: &Coverage) {
    let mut edges = BTreeSet::new();
    for arc in coverage.arcs() {
        assert_ne!(arc.left, arc.right, "an arc has two different sides");
        for w in arc.points.windows(2) {
            assert!(edges.insert((w[0].min(w[1]), w[0].max(w[1]))), "each edge stands once");
        }
    }
    let shapes: Vec<Vec<Polygon>> =
        (0..coverage.owner_count() as u32).map(|o| coverage.polygons(Owner(o))).collect();
    for polygon in shapes.iter().flatten() {
        assert!(ring_area2(&polygon.shell) > 0);
        assert!(polygon.holes.iter().all(|h| ring_area2(h) < 0));
        for r in polygon.rings() {
            assert_eq!(r.iter().collect::<BTreeSet<_>>().len(), r.len(), "a ring meets no point twice");
        }
    }
    let outline = coverage.dissolve(|_| Some(0)).remove(&0).unwrap();
    assert_eq!(
        shapes.iter().map(|s| area2(s)).sum::<i128>(),
        area2(&outline),
        "leaves and voids sum to the outline"
    );
    assert_eq!(Coverage::reassemble(&shapes).as_ref(), Some(coverage));
}

/// The same, and that building it again changes nothing.
fn assert_sound(coverage: &Coverage) {
    assert_partition(coverage);
    let shapes: Vec<Vec<Polygon>> =
        (0..coverage.owner_count() as u32).map(|o| coverage.polygons(Owner(o))).collect();
    assert_eq!(coverage.validate(), []);
    let again = build(&shapes).unwrap();
    assert_eq!(&again.coverage, coverage, "building what was built changes nothing");
    assert!(again.gained.is_empty());
}

#[test]
fn two_squares_share_one_arc() {
    let coverage = build(&[vec![square(0, 0, 1000)], vec![square(1000, 0, 1000)]]).unwrap().coverage;
    assert_sound(&coverage);
    assert_eq!(coverage.arc_count(), 3);
    let shared: Vec<_> = coverage.arcs().filter(|a| !a.left.is_outside() && !a.right.is_outside()).collect();
    assert_eq!(shared.len(), 1);
    assert_eq!(shared[0].points, ring(&[(1000, 0), (1000, 1000)]));
    assert_eq!((shared[0].left, shared[0].right), (Owner(0), Owner(1)));
}

#[test]
fn the_way_a_ring_runs_and_where_it_starts_do_not_matter() {
    let mut turned = square(0, 0, 1000);
    turned.shell.reverse();
    turned.shell.rotate_left(2);
    turned.shell.push(turned.shell[0]);
    let one = build(&[vec![square(0, 0, 1000)], vec![square(1000, 0, 1000)]]).unwrap();
    let other = build(&[vec![turned], vec![square(1000, 0, 1000)]]).unwrap();
    assert_eq!(one, other);
}

#[test]
fn an_enclave_in_an_enclave_is_a_hole_in_a_hole() {
    let frame = |x: i32, side: i32, inner: i32| {
        let (lo, hi) = (x + inner, x + side - inner);
        polygon(
            &[(x, x), (x + side, x), (x + side, x + side), (x, x + side)],
            &[&[(lo, lo), (lo, hi), (hi, hi), (hi, lo)]],
        )
    };
    let shapes = [vec![frame(0, 9000, 3000)], vec![frame(3000, 3000, 1000)], vec![square(4000, 4000, 1000)]];
    let coverage = build(&shapes).unwrap().coverage;
    assert_sound(&coverage);
    assert_eq!(coverage.arc_count(), 3, "three rings without a node");
    assert_eq!(coverage.polygons(Owner(0))[0].holes.len(), 1);
}

#[test]
fn a_hole_may_touch_its_shell_at_a_point() {
    let diamond: &[(i32, i32)] = &[(0, 500), (300, 300), (600, 500), (300, 700)];
    let host = polygon(&[(0, 0), (1000, 0), (1000, 1000), (0, 1000), (0, 500)], &[diamond]);
    let coverage = build(&[vec![host], vec![polygon(diamond, &[])]]).unwrap().coverage;
    assert_sound(&coverage);
    let host = &coverage.polygons(Owner(0))[0];
    assert_eq!((host.shell.len(), host.holes.len()), (5, 1));
}

#[test]
fn a_unit_may_have_parts_that_touch_at_a_point() {
    let checker = |odd: i32| {
        (0..9).filter(|i| i % 2 == odd).map(|i| square(i % 3 * 100, i / 3 * 100, 100)).collect::<Vec<_>>()
    };
    let coverage = build(&[checker(0), checker(1)]).unwrap().coverage;
    assert_sound(&coverage);
    assert_eq!(coverage.polygons(Owner(0)).len(), 5);
}

#[test]
fn a_part_inside_a_hole_may_touch_it_and_takes_no_hole() {
    // Owner 0: a frame round a hole, and a square inside the hole that touches the hole's westernmost point.
    let hole: &[(i32, i32)] = &[(1000, 3000), (3000, 1000), (5000, 3000), (3000, 5000)];
    let frame = polygon(&[(0, 0), (6000, 0), (6000, 6000), (0, 6000)], &[hole]);
    let inner: &[(i32, i32)] = &[(1000, 3000), (2000, 2500), (2500, 3000), (2000, 3500)];
    let ring_between = polygon(
        &[
            (1000, 3000),
            (3000, 1000),
            (5000, 3000),
            (3000, 5000),
            (1000, 3000),
            (2000, 3500),
            (2500, 3000),
            (2000, 2500),
        ],
        &[],
    );
    let coverage = build(&[vec![frame, polygon(inner, &[])], vec![ring_between]]).unwrap().coverage;
    assert_sound(&coverage);
    let holes: Vec<usize> = coverage.polygons(Owner(0)).iter().map(|p| p.holes.len()).collect();
    assert_eq!(holes, [1, 0]);
    let between = coverage.polygons(Owner(1));
    assert_eq!((between.len(), between[0].holes.len()), (1, 1), "a hole that touches its shell");
}

#[test]
fn islands_need_no_bridge() {
    let shapes: Vec<_> = (0..20).map(|i| vec![square(i % 5 * 3000, i / 5 * 3000, 1000)]).collect();
    assert_sound(&build(&shapes).unwrap().coverage);
}

#[test]
fn a_vertex_beside_a_segment_is_noded_into_it() {
    let long = polygon(&[(0, -1000), (2001, -1000), (2001, 0), (0, 0)], &[]);
    let left = polygon(&[(0, 0), (1000, 2), (1000, 1000), (0, 1000)], &[]);
    let right = polygon(&[(1000, 2), (2001, 0), (2001, 1000), (1000, 1000)], &[]);
    let built = build(&[vec![long.clone()], vec![left.clone()], vec![right.clone()]]).unwrap();
    assert_sound(&built.coverage);
    assert_eq!(built.gained.len(), 1);
    assert_eq!((built.gained[0].owner, built.gained[0].at), (Owner(0), at(1000, 2)));
    let refusal = Coverage::build(&[vec![long], vec![left], vec![right]], 1).unwrap_err();
    assert_eq!(refusal.defects[0].kind, DefectKind::TJunction);
    assert_eq!(refusal.defects[0].at, at(1000, 2));
    assert_eq!(refusal.tolerance, Some(2), "the refusal names the smallest tolerance that would do");
}

#[test]
fn the_tolerance_that_a_refusal_names_does_and_one_less_does_not() {
    let mut rng = ChaCha8Rng::seed_from_u64(19);
    let mut refused = 0;
    for _ in 0..50 {
        // A row of cells north of one long cell whose border lacks their corners, which lie up to `off` beside it.
        let off = rng.random_range(4..=90);
        let corners: Vec<(i32, i32)> = (0..=12)
            .map(|i| (i * 1000, if i % 12 == 0 { 0 } else { rng.random_range(-off..=off) }))
            .collect();
        let long = polygon(&[(0, -3000), (12_000, -3000), (12_000, 0), (0, 0)], &[]);
        let cell = |w: &[(i32, i32)]| {
            let ((x0, y0), (x1, y1)) = (w[0], w[1]);
            // The corner in the middle of the north side is far from every other border, but not out of reach.
            polygon(&[(x0, y0), (x1, y1), (x1, 900), (i32::midpoint(x0, x1), 880), (x0, 900)], &[])
        };
        let shapes: Vec<_> =
            std::iter::once(vec![long]).chain(corners.windows(2).map(|w| vec![cell(w)])).collect();
        let Err(refusal) = build(&shapes) else { continue };
        refused += 1;
        let named = refusal.tolerance.unwrap();
        assert!(Coverage::build(&shapes, named).is_ok(), "{named} does");
        assert!(Coverage::build(&shapes, named - 1).is_err(), "{named} is the smallest");
        // As wide as the cells: refused or not, it comes to an end.
        let _ = Coverage::build(&shapes, 880);
    }
    assert!(refused > 40, "{refused} of 50 are refused at first");
}

/// Two cells with a border of `steps` vertices between them that bends by a right angle, each cell's own copy of every
/// vertex moved by at most `off` an axis.
fn bent_copies(rng: &mut ChaCha8Rng, steps: i32, off: i32) -> Vec<Vec<Polygon>> {
    let border = (0..=steps)
        .map(|i| if i < steps / 2 { (i * 700, 0) } else { (steps / 2 * 700, (i - steps / 2) * 700) });
    let border: Vec<(i32, i32)> = border.collect();
    let far = steps * 700;
    let mut copy = || -> Vec<(i32, i32)> {
        let ends = [0, border.len() - 1];
        let mut moved =
            |i: usize, v: i32| if ends.contains(&i) { v } else { v + rng.random_range(-off..=off) };
        border.iter().enumerate().map(|(i, &(x, y))| (moved(i, x), moved(i, y))).collect()
    };
    let (mut south, mut north) = (copy(), copy());
    let top = border[border.len() - 1];
    south.extend([(far, top.1), (far, -far), (0, -far)]);
    north.extend([(0, top.1)]);
    vec![vec![polygon(&south, &[])], vec![polygon(&north, &[])]]
}

#[test]
fn a_sliver_is_as_large_as_its_borders_are_apart_however_it_bends() {
    let mut rng = ChaCha8Rng::seed_from_u64(23);
    let mut slivers = 0;
    for round in 0..crate::rounds(60, 2000) {
        let off = rng.random_range(1..=7);
        let shapes = bent_copies(&mut rng, 4 + round as i32 % 40, off);
        // Two copies are at most twice as far apart on each axis.
        let most = f64::from(2 * off) * std::f64::consts::SQRT_2 + 0.01;
        let Err(refusal) = Coverage::build(&shapes, 1) else { continue };
        for defect in refusal.defects.iter().filter(|d| d.kind == DefectKind::TJunction) {
            assert!(defect.size <= most, "round {round}: {defect:?}, at most {most}");
            slivers += 1;
        }
    }
    assert!(slivers > 100, "{slivers}");
    // One copy lies beside the other all the way round the bend.
    let (path, beside) = ([(0, 0), (5000, 0), (5000, 5000)], [(0, 0), (4991, 9), (5000, 5000)]);
    let cell = |border: &[(i32, i32)], rest: &[(i32, i32)]| vec![polygon(&[border, rest].concat(), &[])];
    let shapes = [cell(&path, &[(9000, 5000), (9000, -900), (0, -900)]), cell(&beside, &[(0, 5000)])];
    let refusal = build(&shapes).unwrap_err();
    let sizes: Vec<(DefectKind, f64)> = refusal.defects.iter().map(|d| (d.kind, d.size)).collect();
    assert_eq!((sizes.len(), sizes[0].0), (1, DefectKind::TJunction), "{sizes:?}");
    assert!((sizes[0].1 - 162_f64.sqrt()).abs() < 0.01, "from corner to corner: {sizes:?}");
}

#[test]
fn a_gap_is_located_inside() {
    let host = polygon(
        &[(0, 0), (9000, 0), (9000, 9000), (0, 9000)],
        &[&[(3000, 3000), (3000, 6000), (6000, 6000), (6000, 3000)]],
    );
    let refusal = build(&[vec![host]]).unwrap_err();
    assert_eq!(refusal.defects.len(), 1);
    let gap = &refusal.defects[0];
    assert_eq!((gap.kind, gap.owners.as_slice()), (DefectKind::Gap, &[Owner(0)][..]));
    assert!((3000..6000).contains(&(gap.at.x - ORIGIN.0)) && (3000..6000).contains(&(gap.at.y - ORIGIN.1)));
    // 3000 units are 33.3 m by 27.8 m here.
    assert!((gap.size - 926.0).abs() < 10.0, "{}", gap.size);
    assert_eq!(refusal.tolerance, None);
}

#[test]
fn an_overlap_names_both_and_its_area() {
    let refusal = build(&[vec![square(0, 0, 3000)], vec![square(2000, 1000, 3000)]]).unwrap_err();
    let overlap = refusal.defects.iter().find(|d| d.kind == DefectKind::Overlap).unwrap();
    assert_eq!(overlap.owners, [Owner(0), Owner(1)]);
    assert!((overlap.size - 205.0).abs() < 5.0, "{}", overlap.size);
}

#[test]
fn a_bow_tie_crosses_itself() {
    let tie = polygon(&[(0, 0), (2000, 2000), (2000, 0), (0, 2100)], &[]);
    assert!(kinds(&[vec![tie]]).contains(&DefectKind::SelfCrossing));
    let even = polygon(&[(0, 0), (2000, 2000), (2000, 0), (0, 2000)], &[]);
    assert_eq!(ring_area2(&even.shell), 0);
    assert_eq!(kinds(&[vec![even]]), [DefectKind::SelfCrossing], "its two halves sum to nothing");
    let there_and_back = polygon(&[(0, 0), (1000, 0), (1000, 1000), (1000, 0)], &[]);
    assert_eq!(kinds(&[vec![there_and_back]]), [DefectKind::NoArea]);
}

#[test]
fn a_polygon_that_stands_twice_is_named_as_such() {
    assert_eq!(kinds(&[vec![square(0, 0, 1000)], vec![square(0, 0, 1000)]]), [DefectKind::DuplicatePolygon]);
}

#[test]
fn a_crack_open_to_the_outside_is_an_unmatched_edge() {
    let left = polygon(&[(0, 0), (1000, 0), (1000, 500), (1000, 1000), (0, 1000)], &[]);
    let right = polygon(&[(1000, 0), (2000, 0), (2000, 1000), (1010, 1000), (1010, 500)], &[]);
    let kinds = kinds(&[vec![left], vec![right]]);
    assert!(kinds.iter().all(|&k| k == DefectKind::UnmatchedEdge) && !kinds.is_empty(), "{kinds:?}");
}

#[test]
fn a_crumb_away_from_its_unit_is_a_stray_part() {
    assert_eq!(kinds(&[vec![square(0, 0, 5000), square(9000, 9000, 20)]]), [DefectKind::StrayPart]);
}

#[test]
fn nothing_at_all_and_rings_without_area_are_refused_not_panicked_over() {
    assert!(build(&[]).is_ok_and(|b| b.coverage.arc_count() == 0));
    for shell in [vec![], vec![at(0, 0)], vec![at(0, 0), at(5, 5)], vec![at(0, 0), at(5, 5), at(9, 9)]] {
        assert!(build(&[vec![Polygon { shell, holes: vec![] }]]).is_err());
    }
    let edge = i32::MAX;
    let world = vec![
        Point::new(-edge, -edge),
        Point::new(edge, -edge),
        Point::new(edge, edge),
        Point::new(-edge, edge),
    ];
    assert!(build(&[vec![Polygon { shell: world, holes: vec![] }]]).is_ok());
}

/// A partition of jittered cells with wiggly borders, some cells merged, some punched with enclaves.
pub fn random_partition(rng: &mut ChaCha8Rng, size: i32) -> Vec<Vec<Polygon>> {
    let cell = 4000;
    let mut nodes = Vec::new();
    for y in 0..=size {
        for x in 0..=size {
            let mut jitter = || rng.random_range(-1200..=1200);
            nodes.push(at(x * cell + jitter(), y * cell + jitter()));
        }
    }
    let node = |x: i32, y: i32| nodes[(y * (size + 1) + x) as usize];
    let mut border = |a: Point, b: Point| -> Vec<Point> {
        let steps = rng.random_range(1..6);
        let wiggle = |i: i32, r: i32, from: i32, to: i32| from + (to - from) / steps * i + r;
        let mut points = vec![a];
        for i in 1..steps {
            let (rx, ry) = (rng.random_range(-150..=150), rng.random_range(-150..=150));
            points.push(Point::new(wiggle(i, rx, a.x, b.x), wiggle(i, ry, a.y, b.y)));
        }
        points.push(b);
        points
    };
    let across: Vec<Vec<Point>> = (0..=size)
        .flat_map(|y| (0..size).map(move |x| (x, y)))
        .map(|(x, y)| border(node(x, y), node(x + 1, y)))
        .collect();
    let up: Vec<Vec<Point>> = (0..=size)
        .flat_map(|x| (0..size).map(move |y| (x, y)))
        .map(|(x, y)| border(node(x, y), node(x, y + 1)))
        .collect();
    let mut shapes = Vec::new();
    for y in 0..size {
        for x in 0..size {
            let mut shell = across[(y * size + x) as usize].clone();
            shell.extend(&up[((x + 1) * size + y) as usize]);
            shell.extend(across[((y + 1) * size + x) as usize].iter().rev());
            shell.extend(up[(x * size + y) as usize].iter().rev());
            shell.dedup();
            shell.pop();
            let mut host = Polygon { shell, holes: vec![] };
            if rng.random_range(0..4) == 0 {
                let hole = square(x * cell + 1500, y * cell + 1500, 900);
                shapes.push(vec![hole.clone()]);
                host.holes.push(hole.shell);
            }
            match shapes.last_mut() {
                Some(last) if rng.random_range(0..6) == 0 => last.push(host),
                _ => shapes.push(vec![host]),
            }
        }
    }
    shapes
}

#[test]
fn random_partitions_are_sound_in_any_order() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    for round in 0..crate::rounds(30, 1000) {
        let shapes = random_partition(&mut rng, 2 + round as i32 % 6);
        let built = build(&shapes).unwrap_or_else(|r| panic!("round {round}: {:?}", r.defects));
        assert_sound(&built.coverage);
        let reversed: Vec<_> = shapes.iter().rev().cloned().collect();
        let other = build(&reversed).unwrap().coverage;
        let n = shapes.len() as u32;
        for o in 0..n {
            assert_eq!(built.coverage.polygons(Owner(o)), other.polygons(Owner(n - 1 - o)));
        }
    }
}

#[test]
fn a_moved_vertex_is_always_found() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    for _ in 0..crate::rounds(40, 1000) {
        let mut shapes = random_partition(&mut rng, 4);
        let coverage = build(&shapes).unwrap().coverage;
        // A vertex inside an arc that two owners share: moving it for one of them must tear or overlap.
        let arcs: Vec<_> = coverage
            .arcs()
            .filter(|a| a.points.len() > 2 && !a.left.is_outside() && !a.right.is_outside())
            .map(|a| (a.points[1], a.left))
            .collect();
        let (vertex, owner) = arcs[rng.random_range(0..arcs.len())];
        let moved = Point::new(vertex.x + rng.random_range(20..60), vertex.y - rng.random_range(20..60));
        for polygon in &mut shapes[owner.index()] {
            for p in polygon.shell.iter_mut().chain(polygon.holes.iter_mut().flatten()) {
                if *p == vertex {
                    *p = moved;
                }
            }
        }
        let refusal = build(&shapes).unwrap_err();
        assert!(refusal.defects.iter().any(|d| d.owners.contains(&owner)), "{:?}", refusal.defects);
    }
}

fn properly_cross(s: &Segment, t: &Segment) -> bool {
    let opposite = |p: i128, q: i128| (p < 0 && q > 0) || (p > 0 && q < 0);
    opposite(cross(s.a, s.b, t.a), cross(s.a, s.b, t.b))
        && opposite(cross(t.a, t.b, s.a), cross(t.a, t.b, s.b))
}

fn strictly_on(s: &Segment, p: Point) -> bool {
    cross(s.a, s.b, p) == 0
        && p != s.a
        && p != s.b
        && (s.a.x.min(s.b.x)..=s.a.x.max(s.b.x)).contains(&p.x)
        && (s.a.y.min(s.b.y)..=s.a.y.max(s.b.y)).contains(&p.y)
}

#[test]
fn snap_rounded_borders_meet_only_at_their_ends_and_keep_their_sides() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for round in 0..crate::rounds(24, 500) {
        let coverage = build(&random_partition(&mut rng, 4)).unwrap().coverage;
        let segments: Vec<Segment> = coverage
            .arcs()
            .flat_map(|a| {
                a.points.windows(2).map(move |w| Segment { a: w[0], b: w[1], left: a.left, right: a.right })
            })
            .collect();
        let lines = Lines { every: 16, offset: 3 };
        let rounded = snap_round(&segments, 4 + round as u32 % 7, Some(lines));
        for (i, s) in rounded.iter().enumerate() {
            assert!(s.a < s.b && s.left != s.right);
            for t in &rounded[i + 1..] {
                assert!(!properly_cross(s, t), "{s:?} crosses {t:?}");
                assert!(![t.a, t.b].iter().any(|&p| strictly_on(s, p)), "{t:?} ends on {s:?}");
                assert!(![s.a, s.b].iter().any(|&p| strictly_on(t, p)), "{s:?} ends on {t:?}");
            }
            for (u, v) in [(s.a.x, s.b.x), (s.a.y, s.b.y)] {
                let (low, high) = (u.min(v) + 1, u.max(v) - 1);
                assert!(
                    (low..=high).all(|c| ![3, 13].contains(&c.rem_euclid(16))),
                    "{s:?} crosses a clip line"
                );
            }
        }
        // Sides that agree round every point close up: each owner's edges form cycles.
        let arcs = chains(&rounded);
        let mut balance = std::collections::BTreeMap::new();
        for c in &arcs {
            let (first, last) = (c.points[0], *c.points.last().unwrap());
            for (owner, sign) in [(c.left, 1), (c.right, -1)] {
                *balance.entry((owner, first)).or_insert(0) += sign;
                *balance.entry((owner, last)).or_insert(0) -= sign;
            }
        }
        assert!(balance.values().all(|&b| b == 0));
        assert_eq!(
            snap_round(
                &segments.iter().rev().map(|s| s.reversed()).collect::<Vec<_>>(),
                4 + round as u32 % 7,
                Some(lines)
            ),
            rounded
        );
    }
}

mod partition {
    use super::*;
    use wangge::coverage::{ContentHash, Partition};
    use wangge::unit::{Attribute, Attributes, Code, Hierarchy, Levels, Uid, Unit, Void};

    fn unit(uid: u32, level: u8, code: &str) -> Unit {
        let attributes = Attributes::from([("kind".to_owned(), Attribute::Text("base".to_owned()))]);
        Unit {
            uid: Uid(uid),
            code: Code::new(code).unwrap(),
            name: format!("n{code}"),
            level,
            tint: 0,
            attributes,
        }
    }

    /// Two villages of a 5 × 5 board: village 11 owns three columns but for an enclave of village 12 at (1, 1), and an
    /// exclave at (4, 4); one cell of the right half is a void.
    fn board(first_uid: u32, tint: u8) -> Partition {
        let levels: Levels = "county:1,village:2,grid:4".parse().unwrap();
        let mut units =
            vec![unit(first_uid, 0, "1"), unit(first_uid + 1, 1, "11"), unit(first_uid + 2, 1, "12")];
        let mut cells: Vec<(String, Polygon)> = Vec::new();
        for (x, y) in (0..25).map(|i| (i % 5, i / 5)) {
            let village = if (x < 3 && (x, y) != (1, 1)) || (x, y) == (4, 4) { 11 } else { 12 };
            if (x, y) != (4, 0) {
                cells.push((format!("{village}{x}{y}"), square(x * 1000, y * 1000, 1000)));
            }
        }
        cells.sort_by(|a, b| a.0.cmp(&b.0));
        units.extend(cells.iter().enumerate().map(|(i, (code, _))| unit(first_uid + 3 + i as u32, 2, code)));
        for u in &mut units {
            u.tint = tint;
        }
        let void = Void { uid: Uid(first_uid + 90), name: "河".to_owned() };
        let hierarchy = Hierarchy::new(levels, units, vec![void]).unwrap();
        let mut shapes: Vec<Vec<Polygon>> = cells.into_iter().map(|(_, p)| vec![p]).collect();
        shapes.push(vec![square(4000, 0, 1000)]);
        Partition { hierarchy, coverage: build(&shapes).unwrap().coverage }
    }

    #[test]
    fn a_village_is_its_grids_less_the_inner_arcs() {
        let board = board(1, 0);
        let villages = board.polygons_at(1);
        let parts: Vec<(usize, usize)> =
            villages.values().map(|p| (p.len(), p.iter().map(|p| p.holes.len()).sum())).collect();
        // The enclave is a hole in one village and a part of the other; the exclave is a part of the first.
        assert_eq!(parts, [(2, 1), (2, 0)]);
        let sums: Vec<i128> = villages.values().map(|p| area2(p) / 2_000_000).collect();
        assert_eq!(sums, [15, 9]);
        for (&unit, polygons) in &villages {
            assert_eq!(&board.polygons_of(unit), polygons);
        }
        let county = board.polygons_at(0);
        assert_eq!(
            county.values().map(|p| area2(p) / 2_000_000).sum::<i128>(),
            24,
            "the void belongs to nobody"
        );
    }

    #[test]
    fn the_content_hash_is_of_the_county_not_of_the_store() {
        let hash = board(1, 0).content_hash();
        assert_eq!(board(500, 3).content_hash(), hash, "uids and tints are a store's own");
        assert_eq!(ContentHash::from_hex(&hash.to_string()), Some(hash));
        let mut renamed = board(1, 0);
        let levels = renamed.hierarchy.levels().clone();
        let mut units = renamed.hierarchy.units().to_vec();
        units[4].name.push('x');
        renamed.hierarchy = Hierarchy::new(levels, units, renamed.hierarchy.voids().to_vec()).unwrap();
        assert_ne!(renamed.content_hash(), hash);
    }
}

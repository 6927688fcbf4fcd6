//! Suggested ways: each applies, gives as many parts as were asked for, each in one piece, with the figures that were
//! said; none balances better that a plain search finds.

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::coverage::{Coverage, Partition, Polygon};
use wangge::crs::{Bounds, Point, length_m, ring_area_m2};
use wangge::plan::{
    Allotment, Edit, Pool, Recorded, Refused, Way, Weight, apply, regroup_ways, replay, split_ways,
};
use wangge::unit::{Code, Owner, Uid, UnitIndex};

use super::{assert_whole, path, pool};
use crate::fixture::{self, ORIGIN, SIDE};

fn unit(partition: &Partition, code: &str) -> UnitIndex {
    partition.hierarchy.by_code(&Code::new(code).unwrap()).unwrap()
}

fn polygons(partition: &Partition, code: &Code) -> Vec<Polygon> {
    partition.polygons_of(partition.hierarchy.by_code(code).unwrap())
}

fn area_m2(polygons: &[Polygon]) -> f64 {
    polygons.iter().flat_map(Polygon::rings).map(ring_area_m2).sum()
}

/// By the half-open rule, all owners looked at.
fn households_in(partition: &Partition, code: &Code, dwellings: &[(Point, u32)]) -> f64 {
    let hierarchy = &partition.hierarchy;
    let owner = hierarchy.owner_of(hierarchy.by_code(code).unwrap()).unwrap();
    let inside = dwellings.iter().filter(|d| crate::locate::brute_owner(&partition.coverage, d.0) == owner);
    inside.map(|d| f64::from(d.1)).sum()
}

fn dwellings(rng: &mut ChaCha8Rng, partition: &Partition, owner: Owner, n: usize) -> Vec<(Point, u32)> {
    let shells = partition.coverage.polygons(owner);
    let Bounds { min, max } = Bounds::of(shells.iter().flat_map(|p| &p.shell));
    let (hamlet, spread) = (Point::new(rng.random_range(min.x..max.x), rng.random_range(min.y..max.y)), 700);
    let mut found = Vec::new();
    for _ in 0..50 * n {
        let p = if rng.random_range(0..2) == 0 {
            Point::new(rng.random_range(min.x..max.x), rng.random_range(min.y..max.y))
        } else {
            let mut near = |v: i32| v + rng.random_range(-spread..spread);
            Point::new(near(hamlet.x), near(hamlet.y))
        };
        if found.len() < n && crate::locate::brute_owner(&partition.coverage, p) == owner {
            found.push((p, rng.random_range(1..6)));
        }
    }
    found
}

fn replayed(partition: &Partition, way: &Way) -> Partition {
    let recorded: Vec<Recorded> = (1..)
        .zip(&way.edits)
        .map(|(id, s)| Recorded { id, edit: s.edit.clone(), drawn: s.drawn.clone() })
        .collect();
    // With nothing left to draw: all was drawn.
    let after = replay(partition, &recorded, &mut Pool::default());
    assert!(after.refused.is_none(), "{:?}", after.refused);
    let drawn: Vec<_> = way.edits.iter().map(|s| s.drawn.clone()).collect();
    assert_eq!(after.drawn, drawn);
    assert_whole(&after.partition);
    after.partition
}

/// That a way is what it says.
fn assert_true(
    before: &Partition,
    of: UnitIndex,
    way: &Way,
    parts: usize,
    weigh: impl Fn(&Partition, &Code) -> f64,
) {
    let after = replayed(before, way);
    assert_eq!(way.parts.len(), parts);
    let codes: BTreeSet<&Code> = way.parts.iter().map(|part| &part.code).collect();
    assert_eq!(codes.len(), parts);
    let mean = way.parts.iter().map(|part| part.weight).sum::<f64>() / parts as f64;
    let mut most = 0.0_f64;
    for part in &way.parts {
        let polygons = polygons(&after, &part.code);
        assert_eq!(polygons.len(), 1, "{} is in one piece", part.code);
        assert_eq!(polygons, part.polygons);
        let area = area_m2(&polygons);
        assert!((area - part.area_m2).abs() <= 1e-6 * area, "{area} {}", part.area_m2);
        let weight = weigh(&after, &part.code);
        assert!((weight - part.weight).abs() <= 1e-6 * weight, "{weight} {}", part.weight);
        assert!(part.compactness > 0.0 && part.compactness <= 1.0);
        most = most.max((weight / mean - 1.0).abs());
    }
    assert!((most - way.deviation).abs() < 1e-6, "{most} {}", way.deviation);
    let owners: BTreeSet<Owner> = way
        .parts
        .iter()
        .map(|part| {
            let unit = after.hierarchy.by_code(&part.code).unwrap();
            after.hierarchy.owner_of(unit).unwrap()
        })
        .collect();
    let inner = after.coverage.arcs().filter(|a| owners.contains(&a.left) && owners.contains(&a.right));
    let border: f64 = inner.map(|arc| length_m(arc.points)).sum();
    assert!((border - way.border_m).abs() <= 1e-5 * (1.0 + border), "{border} {}", way.border_m);
    // The parts are what was there.
    let whole = area_m2(&before.polygons_of(of));
    let sum: f64 = way.parts.iter().map(|part| part.area_m2).sum();
    // Its border may bend by half a unit at the ends of each cut.
    assert!((whole - sum).abs() <= 1e-3 * whole, "{whole} {sum}");
}

fn step(deviation: f64) -> u32 {
    (deviation * 100.0 + 1e-6) as u32
}

fn assert_ranked(ways: &[Way]) {
    assert!((1..=3).contains(&ways.len()));
    // No two make the same parts under other codes.
    let shapes = |way: &Way| way.parts.iter().map(|part| part.polygons.clone()).collect::<BTreeSet<_>>();
    let different: BTreeSet<_> = ways.iter().map(shapes).collect();
    assert_eq!(different.len(), ways.len());
    for pair in ways.windows(2) {
        let rank = |way: &Way| (step(way.deviation), way.border_m);
        assert!(rank(&pair[0]) <= rank(&pair[1]));
        assert_ne!(pair[0].edits, pair[1].edits);
    }
}

/// The best deviation of a cut in two along whole lines in many directions and at many offsets.
fn best_line(partition: &Partition, leaf: UnitIndex, weigh: impl Fn(&Partition, &Code) -> f64) -> f64 {
    let code = partition.hierarchy.unit(leaf).code.clone();
    let owner = partition.hierarchy.owner_of(leaf).unwrap();
    let shell = &partition.coverage.polygons(owner)[0].shell;
    let Bounds { min, max } = Bounds::of(shell);
    let (cx, cy) = (f64::midpoint(min.x.into(), max.x.into()), f64::midpoint(min.y.into(), max.y.into()));
    let far = f64::from(max.x - min.x).hypot(f64::from(max.y - min.y));
    let mut best = f64::INFINITY;
    for direction in 0..12 {
        let (sin, cos) = (std::f64::consts::PI * f64::from(direction) / 12.0).sin_cos();
        for offset in -15..=15 {
            let s = far / 2.0 * f64::from(offset) / 15.0;
            let end = |t: f64| Point::new((cx + s * cos - t * sin) as i32, (cy + s * sin + t * cos) as i32);
            let edit = Edit::Split {
                unit: code.clone(),
                line: path(&[end(-far), end(far)]),
                new: vec![],
                tolerance: 0.0,
            };
            let Ok(applied) = apply(partition, &edit, Allotment::new(&[], &mut pool(partition))) else {
                continue;
            };
            if applied.drawn.len() != 1 {
                continue;
            }
            let weights = [&code, &applied.drawn[0].code].map(|code| weigh(&applied.partition, code));
            let mean = f64::midpoint(weights[0], weights[1]);
            best = best.min((weights[0] / mean - 1.0).abs());
        }
    }
    best
}

#[test]
fn random_leaves_are_split_into_parts_that_are_what_is_said() {
    let mut rng = ChaCha8Rng::seed_from_u64(41);
    let (mut split, mut refused) = (0, Vec::new());
    for round in 0..crate::rounds(40, 2000) {
        let shapes = crate::coverage::random_partition(&mut rng, 2 + round as i32 % 3);
        let partition = fixture::coded(&shapes);
        let owner = Owner(rng.random_range(0..shapes.len()) as u32);
        let leaf = partition.hierarchy.leaf(owner).unwrap();
        let parts = 2 + round % 4;
        let weight = if round % 2 == 0 { Weight::Households } else { Weight::Area };
        let places = dwellings(&mut rng, &partition, owner, 60);
        let pool = pool(&partition);
        let suggest = || split_ways(&partition, leaf, parts, weight, &places, &pool);
        let ways = match suggest() {
            Ok(ways) => ways,
            Err(why) => {
                refused.push((round, partition.coverage.polygons(owner).len(), why.to_string()));
                continue;
            }
        };
        assert_eq!(Ok(&ways), suggest().as_ref(), "the same again");
        assert_ranked(&ways);
        split += 1;
        let weigh = |after: &Partition, code: &Code| match weight {
            Weight::Households => households_in(after, code, &places),
            Weight::Area => area_m2(&polygons(after, code)),
        };
        for way in &ways {
            assert_eq!(way.edits.len(), parts - 1);
            assert_true(&partition, leaf, way, parts, weigh);
        }
        if parts == 2 {
            let plain = best_line(&partition, leaf, weigh);
            assert!(ways[0].deviation <= plain + 0.01, "round {round}: {} {plain}", ways[0].deviation);
        }
        let bound = if weight == Weight::Area { 0.08 } else { 0.35 };
        assert!(ways[0].deviation < bound, "round {round}, {parts} parts: {}", ways[0].deviation);
    }
    assert!(split > 20, "{split}: {refused:?}");
    assert!(
        refused.iter().all(|(_, pieces, why)| *pieces > 1 && why.contains("in one piece")),
        "{refused:?}"
    );
}

#[test]
fn a_square_is_halved_in_three_directions_that_differ() {
    let nine = fixture::nine();
    let leaf = unit(&nine, "320924101001002");
    let ways = split_ways(&nine, leaf, 2, Weight::Area, &[], &pool(&nine)).unwrap();
    assert_eq!(ways.len(), 3);
    assert!(ways.iter().all(|way| way.deviation < 0.01));
    let drawn = &ways[0].edits[0].drawn[0];
    assert_eq!((drawn.code.as_str(), drawn.uid), ("320924101001004", Uid(pool(&nine).next_uid)));
    // Degrees of longitude are shorter here: the shortest cut runs west to east.
    let width = length_m(&[Point::new(ORIGIN.0, ORIGIN.1), Point::new(ORIGIN.0 + SIDE, ORIGIN.1)]);
    assert!((ways[0].border_m - width).abs() < 0.01 * width, "{} {width}", ways[0].border_m);
}

#[test]
fn a_way_is_appended_with_other_codes_where_others_drew_its_own() {
    let nine = fixture::nine();
    let leaf = unit(&nine, "320924101001002");
    let ways = split_ways(&nine, leaf, 4, Weight::Area, &[], &pool(&nine)).unwrap();
    let way = &ways[0];
    // An edit of another plan drew the code that the first edit of this way would.
    let mut later = pool(&nine);
    later.next_uid += 1;
    later.taken.insert(way.edits[0].drawn[0].code.clone());
    let (mut after, mut codes) = (nine.clone(), BTreeMap::new());
    for suggested in &way.edits {
        let edit = suggested.renamed(&codes);
        let applied = apply(&after, &edit, Allotment::new(&[], &mut later)).unwrap();
        let pairs = suggested.drawn.iter().zip(&applied.drawn);
        codes.extend(pairs.map(|(was, is)| (was.code.clone(), is.code.clone())));
        after = applied.partition;
    }
    for part in &way.parts {
        let code = codes.get(&part.code).unwrap_or(&part.code);
        assert_eq!(polygons(&after, code), part.polygons);
    }
    assert!(codes.iter().all(|(was, is)| was != is));
}

#[test]
fn leaves_that_are_bent_or_have_holes_are_split_too() {
    for drawing in [
        &["aaaaa", "abbba", "abbba", "aaaaa"][..],
        &["aba", "aba", "aba", "aaa"],
        &["aabaaa", "abbaba", "aaaaba", "cccccc"],
        &["aaaaaaa", "abacaba", "aaaaaaa"],
    ] {
        let partition = fixture::nine_drawn(drawing);
        let leaf = unit(&partition, "320924100001001");
        for parts in 2..6 {
            let ways = split_ways(&partition, leaf, parts, Weight::Area, &[], &pool(&partition));
            let ways = match ways {
                // The b's are in two pieces, which is not the leaf's business.
                Ok(ways) => ways,
                Err(why) => panic!("{drawing:?} {parts}: {why}"),
            };
            for way in &ways {
                let weigh = |after: &Partition, code: &Code| area_m2(&polygons(after, code));
                assert_true(&partition, leaf, way, parts, weigh);
            }
            assert!(ways[0].deviation < 0.1, "{drawing:?} {parts}: {}", ways[0].deviation);
        }
    }
}

fn said<T>(outcome: Result<T, Refused>) -> String {
    outcome.err().map(|refused| refused.to_string()).unwrap_or_default()
}

#[test]
fn where_a_leaf_cannot_be_split_it_is_said_why() {
    let nine = fixture::nine();
    let leaf = unit(&nine, "320924101001002");
    let middle = Point::new(ORIGIN.0 + SIDE * 3 / 2, ORIGIN.1 + SIDE * 3 / 2);
    let beside = Point::new(middle.x + 100, middle.y);
    let ask = |parts: usize, places: &[(Point, u32)]| {
        said(split_ways(&nine, leaf, parts, Weight::Households, places, &pool(&nine)))
    };
    assert!(ask(2, &[(middle, 300), (middle, 12)]).contains("all 312 households are at one place"));
    assert!(ask(2, &[]).contains("no households"));
    assert!(ask(2, &[(middle, 0)]).contains("no households"));
    assert!(ask(3, &[(middle, 3), (beside, 4)]).contains("at 2 places, fewer than 3 parts"));
    assert!(ask(1, &[(middle, 3), (beside, 4)]).contains("expected 2 to"));
    assert!(ask(0, &[]).contains("expected 2 to"));
    let heavy = ask(2, &[(middle, 90), (beside, 10)]);
    assert!(heavy.contains("80 % at best") && heavy.contains("90"), "{heavy}");
    assert_eq!(ask(2, &[(middle, 3), (beside, 4)]), "");
    let village = unit(&nine, "320924101001");
    assert!(
        said(split_ways(&nine, village, 2, Weight::Area, &[], &pool(&nine)))
            .contains("expected a unit without parts")
    );
    let mut used = pool(&nine);
    used.taken.extend((1..999).map(|n| Code::new(&format!("320924101001{n:03}")).unwrap()));
    assert_eq!(said(split_ways(&nine, leaf, 2, Weight::Area, &[], &used)), "");
    let full = said(split_ways(&nine, leaf, 3, Weight::Area, &[], &used));
    assert!(full.contains("has been used"), "{full}");
    let parted = fixture::nine_drawn(&["aba"]);
    let leaf = unit(&parted, "320924100001001");
    assert!(
        said(split_ways(&parted, leaf, 2, Weight::Area, &[], &pool(&parted)))
            .contains("found 320924100001001 in 2")
    );
}

/// The best deviation of all groupings into `parts` connected groups, tried one by one.
fn best_groups(coverage: &Coverage, weights: &[f64], parts: usize) -> f64 {
    let n = weights.len();
    let joined: BTreeSet<(usize, usize)> = coverage
        .arcs()
        .filter(|a| a.left.index() < n && a.right.index() < n)
        .flat_map(|a| [(a.left.index(), a.right.index()), (a.right.index(), a.left.index())])
        .collect();
    let connected = |members: &[usize]| {
        let mut reached = vec![members[0]];
        while let Some(&next) = members
            .iter()
            .find(|m| !reached.contains(m) && reached.iter().any(|r| joined.contains(&(*r, **m))))
        {
            reached.push(next);
        }
        reached.len() == members.len()
    };
    let mean = weights.iter().sum::<f64>() / parts as f64;
    let mut best = f64::INFINITY;
    for number in 0..parts.pow(n as u32) {
        let group = |leaf: usize| number / parts.pow(leaf as u32) % parts;
        let groups: Vec<Vec<usize>> =
            (0..parts).map(|g| (0..n).filter(|&leaf| group(leaf) == g).collect()).collect();
        if groups.iter().any(Vec::is_empty) || !groups.iter().all(|g| connected(g)) {
            continue;
        }
        let weight = |g: &Vec<usize>| g.iter().map(|&leaf| weights[leaf]).sum::<f64>();
        let worst = groups.iter().map(|g| (weight(g) / mean - 1.0).abs()).fold(0.0, f64::max);
        best = best.min(worst);
    }
    best
}

/// One village of random grids.
fn village(rng: &mut ChaCha8Rng, size: i32) -> Partition {
    // The second half is the second village's, drawn far away.
    let shapes = crate::coverage::random_partition(rng, size);
    let shapes: Vec<Vec<Polygon>> = shapes.into_iter().flatten().map(|polygon| vec![polygon]).collect();
    let far = |p: &Point| Point::new(p.x + 10_000_000, p.y);
    let moved = |polygon: &Polygon| Polygon {
        shell: polygon.shell.iter().map(far).collect(),
        holes: polygon.holes.iter().map(|hole| hole.iter().map(far).collect()).collect(),
    };
    let other: Vec<Vec<Polygon>> = shapes.iter().map(|shape| shape.iter().map(moved).collect()).collect();
    fixture::coded(&[shapes, other].concat())
}

#[test]
fn villages_are_regrouped_as_well_as_any_way_there_is() {
    let mut rng = ChaCha8Rng::seed_from_u64(43);
    let (mut compared, mut refused) = (0, Vec::new());
    for round in 0..crate::rounds(40, 2000) {
        let partition = village(&mut rng, 2 + round as i32 % 5);
        let parent = unit(&partition, "320924100001");
        let n = partition.hierarchy.children(parent).len();
        if n < 3 {
            continue;
        }
        let parts = 1 + rng.random_range(0..(n - 1).min(6));
        let households: Vec<f64> = (0..n).map(|_| f64::from(rng.random_range(20..400))).collect();
        let weight = if round % 3 == 0 { Weight::Area } else { Weight::Households };
        let suggest = || regroup_ways(&partition, parent, parts, weight, &households, &partition.hierarchy);
        let ways = match suggest() {
            Ok(ways) => ways,
            Err(why) => {
                refused.push(why.to_string());
                continue;
            }
        };
        assert_eq!(Ok(&ways), suggest().as_ref(), "the same again");
        assert_ranked(&ways);
        let codes: Vec<Code> = partition
            .hierarchy
            .children(parent)
            .iter()
            .map(|&child| partition.hierarchy.unit(child).code.clone())
            .collect();
        let weights: Vec<f64> = match weight {
            Weight::Households => households.clone(),
            Weight::Area => codes.iter().map(|code| area_m2(&polygons(&partition, code))).collect(),
        };
        for way in &ways {
            let group_of = |code: &Code| -> Vec<usize> {
                let merge = way.edits.iter().find_map(|s| match &s.edit {
                    Edit::Merge { units, .. } if units.contains(code) => Some(units.clone()),
                    _ => None,
                });
                let members = merge.unwrap_or_else(|| vec![code.clone()]);
                members.iter().map(|m| codes.iter().position(|c| c == m).unwrap()).collect()
            };
            let weigh = |_: &Partition, code: &Code| {
                let group = group_of(code);
                let kept = codes.iter().position(|c| c == code).unwrap();
                assert!(group.iter().all(|&member| weights[member] <= weights[kept]), "the heaviest stays");
                group.iter().map(|&member| weights[member]).sum()
            };
            assert_true(&partition, parent, way, parts, weigh);
        }
        if n <= 9 && parts.pow(n as u32) < 300_000 {
            let best = best_groups(&partition.coverage, &weights, parts);
            assert!(
                ways[0].deviation <= best + 0.01,
                "round {round}, {n} into {parts}: {} {best}",
                ways[0].deviation
            );
            compared += 1;
        }
    }
    assert!(compared > 5, "{compared}, {refused:?}");
    assert!(refused.iter().all(|why| why.contains("in pieces")), "{refused:?}");
}

#[test]
fn where_a_village_cannot_be_regrouped_it_is_said_why() {
    let nine = fixture::nine();
    let village = unit(&nine, "320924101001");
    let ask = |parts: usize, weight: Weight, households: &[f64]| {
        said(regroup_ways(&nine, village, parts, weight, households, &nine.hierarchy))
    };
    assert_eq!(ask(2, Weight::Households, &[5.0, 6.0, 7.0]), "");
    assert_eq!(ask(1, Weight::Area, &[]), "");
    for parts in [0, 3, 4] {
        assert!(ask(parts, Weight::Area, &[]).contains("expected 1 to 2 parts"));
    }
    assert!(ask(2, Weight::Households, &[]).contains("no households"));
    let ask =
        |code: &str| said(regroup_ways(&nine, unit(&nine, code), 2, Weight::Area, &[], &nine.hierarchy));
    assert!(ask("320924101001002").contains("expected a unit of two parts or more"));
    assert!(ask("320924").contains("is divided"));
    let apart = fixture::nine_drawn(&["adb", "cee"]);
    let village = unit(&apart, "320924100001");
    let why = said(regroup_ways(&apart, village, 2, Weight::Area, &[], &apart.hierarchy));
    assert!(why.contains("in pieces") && why.contains("320924100001002"), "{why}");
}

/// What the new parts of a grid of the nine squares are called where grids are called otherwise.
fn called(names: impl Fn(&Code) -> String, grid: &str, parts: usize) -> Vec<String> {
    let nine = fixture::changed(&fixture::nine(), |unit| unit.name = names(&unit.code));
    let ways = split_ways(&nine, unit(&nine, grid), parts, Weight::Area, &[], &pool(&nine)).unwrap();
    let new = ways[0].edits.iter().flat_map(|suggested| match &suggested.edit {
        Edit::Split { new, .. } => new.clone(),
        other => panic!("{other:?}"),
    });
    new.map(|new| new.name).collect()
}

#[test]
fn new_parts_are_called_in_the_way_of_the_grid_that_is_split() {
    let grid = "320924101001002";
    let number =
        |code: &Code| code.as_str().get(12..).and_then(|n| n.parse::<u64>().ok()).unwrap_or_default();
    let numbered = |code: &Code| format!("合兴村第{}网格", number(code));
    assert_eq!(called(numbered, grid, 3), ["合兴村第4网格", "合兴村第5网格"]);
    let padded = |code: &Code| format!("合兴{:02}号", number(code));
    assert_eq!(called(padded, grid, 2), ["合兴04号"]);
    // A number that is not its code's is part of a name; （2） is somebody's already.
    let named = |code: &Code| match number(code) {
        1 => "八一小区（2）".to_owned(),
        2 => "八一小区".to_owned(),
        _ => "81号".to_owned(),
    };
    assert_eq!(called(named, grid, 3), ["八一小区（3）", "八一小区（4）"]);
    assert_eq!(called(named, "320924101001003", 2), ["81号（2）"]);
    // Without a name of its own, after its parent; without that, after its code.
    let parent = |code: &Code| if code.digits() == 12 { "合兴村".to_owned() } else { String::new() };
    assert_eq!(called(parent, grid, 2), ["合兴村（2）"]);
    assert_eq!(called(|_| String::new(), grid, 2), ["320924101001004"]);
}

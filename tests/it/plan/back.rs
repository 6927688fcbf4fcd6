//! What was edited comes back to the vertex; files that were edited become edits.

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::coverage::{Partition, Polygon};
use wangge::crs::Point;
use wangge::plan::{Allotment, Edit, Pool, Refused, Shape, Toward, apply, file, toward};
use wangge::unit::{Attributes, Code, Hierarchy, Owner, Uid, UnitIndex};

use super::random::{Chance, any, base, polygons_by_uid};
use super::synthetic::synthetic;
use super::{assert_whole, path, pool};
use crate::fixture;

/// Of the grids a and b of the nine squares.
fn code(letter: char) -> Code {
    Code::new(if letter == 'a' { "320924100001001" } else { "320924100001002" }).unwrap()
}

/// Some edits done to a partition.
fn edited(rng: &mut ChaCha8Rng, base: &Partition, times: usize) -> Partition {
    let mut now = base.clone();
    let mut pool = pool(base);
    for _ in 0..times {
        let edit = Chance { rng, partition: &now }.edit();
        if let Ok(applied) = apply(&now, &edit, Allotment::new(&[], &mut pool)) {
            now = applied.partition;
        }
    }
    now
}

fn followed(base: &Partition, steps: &[Toward]) -> Partition {
    steps.iter().fold(base.clone(), |now, (edit, drawn)| {
        let mut none = Pool::default();
        let applied = apply(&now, edit, Allotment::new(drawn, &mut none));
        applied.unwrap_or_else(|refused| panic!("{refused} at {edit:?}")).partition
    })
}

/// What is to be the same of two partitions: all but tints, which are chosen when a version is entered, and the order of
/// voids.
fn content(partition: &Partition) -> impl PartialEq {
    let hierarchy = &partition.hierarchy;
    let units: Vec<_> = hierarchy
        .units()
        .iter()
        .map(|u| (u.uid, u.code.clone(), u.name.clone(), u.attributes.clone()))
        .collect();
    let voids: BTreeMap<_, _> = hierarchy.voids().iter().map(|v| (v.uid, v.name.clone())).collect();
    (hierarchy.levels().clone(), units, voids, polygons_by_uid(partition), partition.content_hash())
}

fn assert_same(found: &Partition, expected: &Partition, context: &str) {
    assert!(content(found) == content(expected), "{context}");
}

/// That each of two partitions becomes the other by edits, all drafts between them partitions.
fn assert_there_and_back(one: &Partition, other: &Partition, context: &str) {
    for (from, to) in [(one, other), (other, one)] {
        let steps = toward(from, to);
        let mut now = from.clone();
        for (edit, drawn) in &steps {
            let text = serde_json::to_string(edit).unwrap();
            assert!(serde_json::from_str::<Edit>(&text).unwrap() == *edit, "{context}: {text}");
            now = followed(&now, &[(edit.clone(), drawn.clone())]);
            assert_whole(&now);
        }
        assert_same(&now, to, context);
    }
}

#[test]
fn any_version_comes_back_by_edits_whatever_was_done_since() {
    let mut rng = ChaCha8Rng::seed_from_u64(33);
    let mut changes: BTreeMap<&str, usize> = BTreeMap::new();
    for round in 0..crate::rounds(300, 10_000) {
        let before = any(&mut rng, round);
        let after = edited(&mut rng, &before, 1 + round % 9);
        assert_there_and_back(&before, &after, &format!("round {round}"));
        for change in changed(&before, &after) {
            *changes.entry(change).or_default() += 1;
        }
    }
    for change in ["made", "gone", "renumbered", "divided", "whole again", "void gone", "void renamed"] {
        assert!(changes.contains_key(change), "{change} is not among {changes:?}");
    }
}

/// What an edit history came to, where older programs could not go back.
fn changed(before: &Partition, after: &Partition) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    let (old, new) = (&before.hierarchy, &after.hierarchy);
    for unit in old.units() {
        let Some(is) = new.by_uid(unit.uid) else {
            found.insert("gone");
            continue;
        };
        let was = old.by_uid(unit.uid).unwrap();
        match (old.owner_of(was).is_some(), new.owner_of(is).is_some()) {
            (true, false) => found.insert("divided"),
            (false, true) => found.insert("whole again"),
            _ => new.unit(is).code != unit.code && found.insert("renumbered"),
        };
    }
    if new.units().iter().any(|unit| old.by_uid(unit.uid).is_none()) {
        found.insert("made");
    }
    for void in old.voids() {
        match new.voids().iter().find(|v| v.uid == void.uid) {
            None => found.insert("void gone"),
            Some(is) => is.name != void.name && found.insert("void renamed"),
        };
    }
    found
}

/// An import as the next version after another: units keep the uids of their codes, voids those of their names.
fn imported_after(before: &Partition, next: Partition) -> Partition {
    let mut fresh = pool(before).next_uid;
    let mut new = || {
        fresh += 1;
        Uid(fresh)
    };
    let old = &before.hierarchy;
    let units: Vec<Uid> = next
        .hierarchy
        .units()
        .iter()
        .map(|unit| old.by_code(&unit.code).map_or_else(&mut new, |had| old.unit(had).uid))
        .collect();
    let mut named = old.voids().to_vec();
    let mut void = |name: &str| {
        let at = named.iter().position(|void| void.name == name)?;
        Some(named.remove(at).uid)
    };
    let voids: Vec<Uid> =
        next.hierarchy.voids().iter().map(|v| void(&v.name).unwrap_or_else(&mut new)).collect();
    Partition { hierarchy: next.hierarchy.with_uids(&units, &voids), coverage: next.coverage }
}

#[test]
fn any_import_comes_back_after_any_other() {
    let mut rng = ChaCha8Rng::seed_from_u64(34);
    for round in 0..crate::rounds(60, 3_000) {
        // Two made-up counties; now and then one of other levels.
        let mut one = |n: usize| match (round + n) % 7 {
            0 => fixture::odd(),
            1 => base(&mut rng, n),
            _ => synthetic(&mut rng),
        };
        let before = one(0);
        let after = imported_after(&before, one(1));
        assert_there_and_back(&before, &after, &format!("round {round}"));
    }
}

#[test]
fn more_changes_than_anybody_looks_at_are_one_edit_and_levels_may_be_called_otherwise() {
    let mut rng = ChaCha8Rng::seed_from_u64(35);
    let board = fixture::coded(&crate::coverage::random_partition(&mut rng, 24));
    let renamed = fixture::changed(&board, |unit| unit.name.push('新'));
    assert_eq!(toward(&board, &renamed).len(), 1);
    assert_there_and_back(&board, &renamed, "names");
    let levels = "county:6,town:9,hamlet:12,plot:15".parse().unwrap();
    let tree = &board.hierarchy;
    let hierarchy = Hierarchy::new(levels, tree.units().to_vec(), tree.voids().to_vec()).unwrap();
    let other = Partition { hierarchy, coverage: board.coverage.clone() };
    assert_there_and_back(&board, &other, "levels");
    // Words that no edit may give, and that a file once brought.
    let odd = fixture::changed(&board, |unit| unit.name.clear());
    let long = fixture::changed(&board, |unit| unit.name = "长".repeat(500));
    assert_there_and_back(&odd, &long, "words");
}

#[test]
fn areas_that_cover_something_else_are_refused_with_the_place() {
    let partition = fixture::nine();
    let of = |letter: char| partition.hierarchy.by_code(&code(letter)).unwrap();
    let polygons = |letter| partition.polygons_of(of(letter));
    let redraw = |areas: &[(char, Vec<Polygon>)]| {
        let areas: Vec<_> = areas
            .iter()
            .map(|(letter, polygons)| wangge::plan::Bordered {
                of: wangge::plan::Whose::Unit(partition.hierarchy.unit(of(*letter)).code.clone()),
                name: None,
                area: Some(polygons.clone().into()),
            })
            .collect();
        let redraw = wangge::plan::Redraw { areas, ..Default::default() };
        super::done(&partition, &wangge::plan::Edit::Redraw(redraw))
    };
    let at =
        |refused: Result<_, Refused>| refused.map(|_: wangge::plan::Applied| ()).unwrap_err().at.unwrap();
    let mut grown = polygons('a');
    let corner = grown[0].shell[2];
    grown[0].shell[2] = Point::new(corner.x + 500, corner.y + 500);
    at(redraw(&[('a', grown.clone())]));
    // Both the same square: over each other, and a gap where the other was.
    at(redraw(&[('a', polygons('a')), ('b', polygons('a'))]));
    // Exchanged, they cover what they covered.
    let swapped = redraw(&[('a', polygons('b')), ('b', polygons('a'))]).unwrap().partition;
    assert_whole(&swapped);
    assert_eq!(
        swapped.polygons_of(swapped.hierarchy.by_uid(partition.hierarchy.unit(of('a')).uid).unwrap()),
        polygons('b')
    );
}

/// The leaves as a file has them.
fn shapes(partition: &Partition, takes: impl Fn(UnitIndex) -> bool) -> Vec<Shape> {
    let hierarchy = &partition.hierarchy;
    let leaves = hierarchy.leaves().iter().zip((0..).map(Owner)).filter(|(leaf, _)| takes(**leaf));
    let shape = |(&leaf, owner)| Shape {
        code: hierarchy.unit(leaf).code.clone(),
        name: Some(hierarchy.unit(leaf).name.clone()),
        attributes: Attributes::new(),
        polygons: partition.coverage.polygons(owner),
    };
    leaves.map(shape).filter(|shape| !shape.polygons.is_empty()).collect()
}

fn manhattan(ring: &[Point]) -> i128 {
    let ends = ring.iter().skip(1).chain(ring.first());
    ring.iter().zip(ends).map(|(a, b)| i128::from((a.x - b.x).abs() + (a.y - b.y).abs())).sum()
}

#[test]
fn an_edited_file_becomes_the_edits_that_were_made_in_it() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut compared = 0;
    for round in 0..crate::rounds(120, 3_000) {
        let before = base(&mut rng, 2 * round + 1);
        // One border drawn anew between two leaves, or one leaf split.
        let mut chance = Chance { rng: &mut rng, partition: &before };
        let edit = loop {
            let edit = chance.edit();
            if matches!(edit.op(), "reshape" | "split" | "transfer") {
                break edit;
            }
        };
        let Ok(applied) = super::done(&before, &edit) else { continue };
        let after = applied.partition;
        let file_of = shapes(&after, |_| true);
        let Ok(goal) = file(&before, file_of, None, 0.0, &mut pool(&before)) else { continue };
        let found = followed(&before, &toward(&before, &goal.partition));
        assert_whole(&found);
        for leaf in after.hierarchy.leaves() {
            let code = &after.hierarchy.unit(*leaf).code;
            let is = found.hierarchy.by_code(code).unwrap_or_else(|| panic!("round {round}: no {code}"));
            // Faces less than two units wide are taken for the lattice's noise.
            let [found, drawn] = [found.polygons_of(is), after.polygons_of(*leaf)];
            let [is, was] = [&found, &drawn].map(|polygons| crate::coverage::area2(polygons));
            let around: i128 = drawn.iter().flat_map(Polygon::rings).map(manhattan).sum();
            assert!((is - was).abs() <= 4 * around, "round {round}, {code}: {edit:?}");
        }
        compared += 1;
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn a_file_that_is_a_little_off_leaves_the_borders_as_they_are() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let before = fixture::coded(&crate::coverage::random_partition(&mut rng, 4));
    let mut drawn = shapes(&before, |_| true);
    // Each vertex up to 10 cm off, in each leaf another way.
    for ring in drawn
        .iter_mut()
        .flat_map(|s| &mut s.polygons)
        .flat_map(|p| std::iter::once(&mut p.shell).chain(&mut p.holes))
    {
        for p in ring {
            *p = Point::new(p.x + rng.random_range(-9..=9), p.y + rng.random_range(-9..=9));
        }
    }
    let goal = file(&before, drawn.clone(), None, 0.5, &mut pool(&before)).unwrap();
    assert!(!goal.snapped.is_empty());
    assert!(toward(&before, &goal.partition).is_empty(), "nothing was meant");
    let refused = file(&before, drawn, None, 0.0, &mut pool(&before)).unwrap_err();
    assert!(refused.at.is_some() && !refused.units.is_empty(), "{refused}");
}

#[test]
fn a_leaf_that_a_whole_file_has_not_is_gone_and_a_new_one_is_there() {
    let partition = fixture::nine();
    let (a, b) = (code('a'), code('b'));
    let village = partition
        .hierarchy
        .unit(partition.hierarchy.parent(partition.hierarchy.by_code(&a).unwrap()).unwrap())
        .code
        .clone();
    let merged = super::done(&partition, &super::edit(&format!(r#"{{"op":"merge","units":["{a}","{b}"]}}"#)))
        .unwrap()
        .partition;
    let of_village = |p: &Partition| shapes(p, |leaf| p.hierarchy.unit(leaf).code.starts_with(&village));
    let goal = file(&partition, of_village(&merged), Some(&village), 0.5, &mut pool(&partition)).unwrap();
    let found = followed(&partition, &toward(&partition, &goal.partition));
    assert_same(&found, &merged, "b is a's");
    // The other way: the file has a leaf more, whose code nobody ever had.
    let split = super::done(
        &partition,
        &wangge::plan::Edit::Split {
            unit: a.clone(),
            line: path(&[Point::new(1_202_004_000, 337_010_000), Point::new(1_202_004_000, 337_040_000)]),
            new: vec![],
            tolerance: 0.0,
        },
    );
    let split = split.unwrap().partition;
    let mut drawn = of_village(&split);
    let new = drawn.iter_mut().find(|s| partition.hierarchy.by_code(&s.code).is_none()).unwrap();
    new.code = Code::new(&format!("{village}077")).unwrap();
    new.name = Some("新".into());
    let goal = file(&partition, drawn, Some(&village), 0.5, &mut pool(&partition)).unwrap();
    let found = followed(&partition, &toward(&partition, &goal.partition));
    let unit = found.hierarchy.by_code(&Code::new(&format!("{village}077")).unwrap()).unwrap();
    assert_eq!(found.hierarchy.unit(unit).name, "新");
    assert_eq!(found.coverage.arc_count(), split.coverage.arc_count());
}

#[test]
fn a_file_divides_a_village_for_the_first_time_and_makes_it_whole_again() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    for round in 0..crate::rounds(20, 500) {
        let divided = synthetic(&mut rng);
        let hierarchy = &divided.hierarchy;
        let village = hierarchy.of_level(2).find(|&unit| !hierarchy.children(unit).is_empty());
        let Some(village) = village else { continue };
        let code = hierarchy.unit(village).code.clone();
        let one = Shape {
            code: code.clone(),
            name: None,
            attributes: Attributes::new(),
            polygons: divided.polygons_of(village),
        };
        let whole = file(&divided, vec![one], Some(&code), 0.0, &mut pool(&divided)).unwrap().partition;
        assert_there_and_back(&divided, &whole, &format!("round {round}"));
        let is = whole.hierarchy.by_code(&code).unwrap();
        assert!(whole.hierarchy.owner_of(is).is_some(), "round {round}");
        // Its grids again, under codes that nobody had.
        let mut grids = shapes(&divided, |leaf| hierarchy.unit(leaf).code.starts_with(&code));
        for (n, grid) in grids.iter_mut().enumerate() {
            grid.code = Code::new(&format!("{code}{:03}", 700 + n)).unwrap();
        }
        let again = file(&whole, grids.clone(), Some(&code), 0.0, &mut pool(&whole)).unwrap().partition;
        assert_there_and_back(&whole, &again, &format!("round {round}"));
        let is = again.hierarchy.by_code(&code).unwrap();
        assert_eq!(again.hierarchy.children(is).len(), grids.len(), "round {round}");
        assert!(again.polygons_of(is) == whole.polygons_of(whole.hierarchy.by_code(&code).unwrap()));
    }
}

//! What was edited comes back to the vertex; files that were edited become edits.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::coverage::{Partition, Polygon};
use wangge::crs::Point;
use wangge::plan::{Allotment, Pool, Refused, Shape, Toward, apply, file, toward};
use wangge::unit::{Attributes, Code, Owner, UnitIndex};

use super::random::{Chance, base};
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

/// The same but for tints, which are chosen when a version is entered.
fn assert_same(found: &Partition, expected: &Partition, context: &str) {
    assert_eq!(found.content_hash(), expected.content_hash(), "{context}");
    assert_eq!(found.coverage, expected.coverage, "{context}");
    let uids =
        |p: &Partition| p.hierarchy.units().iter().map(|u| (u.uid, u.code.clone())).collect::<Vec<_>>();
    assert_eq!(uids(found), uids(expected), "{context}");
}

#[test]
fn an_older_partition_comes_back_by_edits_whatever_was_done_since() {
    let mut rng = ChaCha8Rng::seed_from_u64(33);
    let (mut back, mut refused) = (0, 0);
    for round in 0..crate::rounds(300, 10_000) {
        let before = base(&mut rng, round);
        let after = edited(&mut rng, &before, 1 + round % 6);
        for (from, to) in [(&after, &before), (&before, &after)] {
            match toward(from, to) {
                Ok(steps) => {
                    let found = followed(from, &steps);
                    assert_whole(&found);
                    assert_same(&found, to, &format!("round {round}"));
                    back += 1;
                }
                // A unit that was divided for the first time and is whole again, or the other way round.
                Err(why) => {
                    assert!(!why.detail.is_empty(), "round {round}");
                    refused += 1;
                }
            }
        }
    }
    assert!(back > 8 * refused, "{back} came back, {refused} were refused");
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
                area: Some(polygons.clone().into()),
            })
            .collect();
        super::done(&partition, &wangge::plan::Edit::Redraw { areas })
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
        let found = followed(&before, &toward(&before, &goal.partition).unwrap());
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
    assert!(toward(&before, &goal.partition).unwrap().is_empty(), "nothing was meant");
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
    let found = followed(&partition, &toward(&partition, &goal.partition).unwrap());
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
    let found = followed(&partition, &toward(&partition, &goal.partition).unwrap());
    let unit = found.hierarchy.by_code(&Code::new(&format!("{village}077")).unwrap()).unwrap();
    assert_eq!(found.hierarchy.unit(unit).name, "新");
    assert_eq!(found.coverage.arc_count(), split.coverage.arc_count());
}

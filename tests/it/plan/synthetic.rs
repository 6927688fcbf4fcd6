//! Small counties that nobody drew: towns, villages and grids within a random outline, yards that lie inside others'
//! grids, a river and a reserve that are nobody's, and villages that have no grids yet.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::coverage::Partition;
use wangge::crs::Point;
use wangge::synth::{Recipe, Reserve, SeedUnit, county};
use wangge::unit::{Code, Hierarchy, Owner, Unit};

/// A county of its own for each state of the generator.
pub fn synthetic(rng: &mut ChaCha8Rng) -> Partition {
    loop {
        let seed = rng.random_range(1..1_000_000);
        let outline = outline(rng);
        let units = list(rng.random_range(1..=2), rng.random_range(1..=3));
        let villages = units.iter().filter(|unit| unit.code.digits() == 12).count();
        let grids = villages + rng.random_range(0..=2 * villages + 4);
        let mut recipe = Recipe::new(seed, grids, &outline, &units);
        (recipe.households, recipe.dwellings, recipe.service_points) = (300, 60, 1);
        if rng.random_bool(0.5) {
            let middle = Point::new(1_200_000_000 + 60_000, 337_000_000 + 60_000);
            recipe.landscape.reserve =
                Some(Reserve { name: "保护区".into(), middle, half_m: (600.0, 500.0) });
        }
        if rng.random_bool(0.2) {
            recipe.landscape.river = None;
        }
        // Some outlines have no room for what is asked.
        let Ok(made) = county(&recipe) else { continue };
        return ungridded(rng, made.partition);
    }
}

/// A ring of some corners round a place, 3 to 8 km across.
fn outline(rng: &mut ChaCha8Rng) -> Vec<Point> {
    let corners = rng.random_range(4..12);
    let corner = |i: i32| {
        let turn = f64::from(i) / f64::from(corners) * std::f64::consts::TAU;
        let reach = rng.random_range(200_000.0..450_000.0);
        Point::new(1_200_000_000 + (reach * turn.cos()) as i32, 337_000_000 + (reach * turn.sin()) as i32)
    };
    (0..corners).map(corner).collect()
}

/// One county with towns of so many villages each.
fn list(towns: usize, villages: usize) -> Vec<SeedUnit> {
    let unit = |code: String, name: String| SeedUnit {
        code: Code::new(&code).unwrap(),
        name,
        kind: String::new(),
        seat: None,
    };
    let mut units = vec![unit("990101".into(), "县".into())];
    for town in 100..100 + towns {
        units.push(unit(format!("990101{town}"), format!("第{town}镇")));
        let village = |v| unit(format!("990101{town}{v:03}"), format!("{town}乡{v}村委会"));
        units.extend((1..=villages).map(village));
    }
    units
}

/// The same with the grids of some villages taken away: these are leaves then.
fn ungridded(rng: &mut ChaCha8Rng, partition: Partition) -> Partition {
    let Partition { hierarchy, coverage } = partition;
    let bare: Vec<Code> = hierarchy
        .of_level(2)
        .filter(|_| rng.random_range(0..4) == 0)
        .map(|village| hierarchy.unit(village).code.clone())
        .collect();
    let stays = |unit: &&Unit| unit.level < 3 || !bare.iter().any(|village| unit.code.starts_with(village));
    let units = hierarchy.units().iter().filter(stays).cloned().collect();
    let after = Hierarchy::new(hierarchy.levels().clone(), units, hierarchy.voids().to_vec()).unwrap();
    let first = after.leaves().len() as u32;
    let to = |owner: Owner| match hierarchy.leaf(owner) {
        Some(leaf) => {
            let stands = hierarchy.chain(leaf).find_map(|unit| after.by_uid(hierarchy.unit(unit).uid));
            after.owner_of(stands.unwrap()).unwrap()
        }
        None => Owner(owner.0 - hierarchy.leaves().len() as u32 + first),
    };
    let coverage = coverage.relabelled(to, after.owner_count());
    Partition { hierarchy: after, coverage }
}

#[test]
fn synthetic_counties_have_what_edits_could_stumble_over() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let (mut voids, mut bare, mut holes, mut parts) = (0, 0, 0, 0);
    for _ in 0..20 {
        let made = synthetic(&mut rng);
        super::assert_whole(&made);
        let (hierarchy, coverage) = (&made.hierarchy, &made.coverage);
        voids += hierarchy.voids().len();
        bare += hierarchy.leaves().iter().filter(|&&leaf| hierarchy.unit(leaf).level == 2).count();
        for owner in (0..hierarchy.leaves().len() as u32).map(Owner) {
            let polygons = coverage.polygons(owner);
            holes += polygons.iter().map(|polygon| polygon.holes.len()).sum::<usize>();
            parts += usize::from(polygons.len() > 1);
        }
    }
    let found = format!("{voids} voids, {bare} bare villages, {holes} holes, {parts} in parts");
    assert!(voids > 10 && bare > 5 && holes > 5 && parts > 5, "{found}");
}

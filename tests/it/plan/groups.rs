//! Groups of edits: what makes two edits one, and that any whole groups can be done without the others.

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::coverage::Partition;
use wangge::plan::{
    Allotted, Decided, Decision, Delta, Edit, Group, Outcome, Pool, Recorded, Verdict, anew, groups, outcome,
    replay,
};
use wangge::unit::{Code, Uid};

use super::random::Chance;
use super::{edit, pool};
use crate::fixture::nine;

/// Edits as a plan keeps them, with what they drew.
fn recorded(base: &Partition, edits: Vec<Edit>) -> Vec<Recorded> {
    let bare = |(id, edit)| Recorded { id, edit, drawn: Vec::new() };
    let mut all: Vec<Recorded> = (1..).zip(edits).map(bare).collect();
    let replayed = replay(base, &all, &mut pool(base));
    assert!(replayed.refused.is_none(), "{:?}", replayed.refused);
    for (edit, drawn) in all.iter_mut().zip(replayed.drawn) {
        edit.drawn = drawn;
    }
    all
}

fn grouped(base: &Partition, all: &[Recorded]) -> Vec<Group> {
    let deltas = replay(base, all, &mut Pool::default()).deltas;
    groups(&base.hierarchy, all, &deltas)
}

fn of(edits: &[&str]) -> Vec<Vec<u64>> {
    let base = nine();
    let all = recorded(&base, edits.iter().map(|json| edit(json)).collect());
    grouped(&base, &all).into_iter().map(|group| group.edits).collect()
}

#[test]
fn edits_on_other_units_are_groups_of_their_own_and_a_parent_in_common_joins_nothing() {
    let rename = |code: &str| format!(r#"{{"op":"rename","unit":"{code}","name":"新"}}"#);
    let [a, b, village, town] =
        ["320924100001001", "320924100001002", "320924100001", "320924100"].map(rename);
    assert_eq!(of(&[&a, &b, &village, &town]), [vec![1], vec![2], vec![3], vec![4]]);
    let again = r#"{"op":"set","unit":"320924100001001","attributes":{"k":"v"}}"#;
    assert_eq!(of(&[&a, &b, again]), [vec![1, 3], vec![2]]);
}

#[test]
fn what_is_made_in_a_plan_joins_who_works_on_it_and_under_it() {
    let made = r#"{"op":"create_unit","parent":"320924100","name":"新村"}"#;
    let assigned = r#"{"op":"assign","unit":"320924100001001","parent":"320924100002"}"#;
    let elsewhere = r#"{"op":"rename","unit":"320924101001001","name":"新"}"#;
    assert_eq!(of(&[made, elsewhere, assigned]), [vec![1, 3], vec![2]]);
    // A village that is emptied, then retired: neither does without the other.
    let away = |n: u8| format!(r#"{{"op":"assign","unit":"32092410000100{n}","parent":"320924101001"}}"#);
    let retired = r#"{"op":"retire_unit","unit":"320924100001"}"#;
    let all = [away(1), away(2), away(3)];
    let edits: Vec<&str> = all.iter().map(String::as_str).chain([retired, elsewhere]).collect();
    assert_eq!(of(&edits), [vec![1, 2, 3, 4], vec![5]]);
}

#[test]
fn edits_that_leave_a_plan_draw_codes_of_their_own_and_name_them() {
    let base = nine();
    let bounds = base.coverage.bounds();
    let at = wangge::crs::LonLat::from_lattice(bounds.min);
    let (x, y) = (at.lon() + 0.0005, at.lat());
    let split = format!(
        r#"{{"op":"split","unit":"320924100001003","line":[[{x:.7},{:.7}],[{x:.7},{:.7}]],"new":[]}}"#,
        y - 0.001,
        y + 0.002,
    );
    let named = r#"{"op":"rename","unit":"320924100001004","name":"新"}"#;
    let moved = r#"{"op":"assign","unit":"320924100001001","parent":"320924101001"}"#;
    let all = recorded(&base, vec![edit(&split), edit(named), edit(moved)]);
    let unborn = all[0].drawn.iter().map(|drawn| drawn.uid).collect::<BTreeSet<Uid>>();
    let mut left = pool(&base);
    left.next_uid = 500;
    left.taken.extend(all.iter().flat_map(|edit| &edit.drawn).map(|drawn| drawn.code.clone()));
    let (done, partition) = anew(&base, &all, &unborn, &mut left).unwrap();
    assert_eq!((done[0].1[0].uid, done[0].1[0].code.as_str()), (Uid(500), "320924100001005"));
    assert_eq!(done[1].0, edit(&named.replace("1004", "1005")));
    assert_eq!(
        done[2],
        (all[2].edit.clone(), all[2].drawn.clone()),
        "a unit that is there keeps what it drew"
    );
    let new = partition.hierarchy.by_uid(Uid(500)).unwrap();
    assert_eq!(partition.hierarchy.unit(new).name, "新");
}

#[test]
fn codes_that_an_edit_states_are_others_where_it_leaves_its_plan_and_what_is_under_them_follows() {
    let base = nine();
    let stated = r#"{"op":"redraw","areas":[],"units":[{"code":"320924100009","name":"新村"},
        {"unit":"320924100001001","code":"320924100009001","name":"甲"}]}"#;
    let made = r#"{"op":"create_unit","parent":"320924100","name":"又村","code":"320924100008"}"#;
    let put = r#"{"op":"assign","unit":"320924100001002","parent":"320924100008"}"#;
    let named = r#"{"op":"rename","unit":"320924100009001","name":"乙"}"#;
    let all = recorded(&base, [stated, made, put, named].map(edit).to_vec());
    let (left, done, partition) = left_anew(&base, &all);
    let code_of = |name: &str| {
        let found = partition.hierarchy.units().iter().find(|unit| unit.name == name);
        found.map(|unit| unit.code.to_string()).unwrap_or_default()
    };
    assert_eq!(code_of("新村"), "320924100010");
    assert_eq!(code_of("乙"), "320924100010001");
    assert_eq!(code_of("又村"), "320924100011");
    let second =
        partition.hierarchy.unit(partition.hierarchy.by_uid(uid_of(&base, "320924100001002")).unwrap());
    assert_eq!(second.code.as_str(), "320924100011001");
    assert_eq!(
        uid_of(&partition, "320924100010001"),
        uid_of(&base, "320924100001001"),
        "who is there stays who it is"
    );
    assert!(left.next_uid > 501);
    // As a plan of its own it can be replayed.
    let own: Vec<Recorded> =
        (1..).zip(done).map(|(id, (edit, drawn))| Recorded { id, edit, drawn }).collect();
    let replayed = replay(&base, &own, &mut Pool::default());
    assert!(replayed.refused.is_none(), "{:?}", replayed.refused);
    assert!(replayed.partition == partition);
}

fn uid_of(partition: &Partition, code: &str) -> Uid {
    let hierarchy = &partition.hierarchy;
    hierarchy.unit(hierarchy.by_code(&Code::new(code).unwrap()).unwrap()).uid
}

/// All edits of a plan leave it: what is left to draw from, the edits as another plan has them, and what they make.
fn left_anew(base: &Partition, all: &[Recorded]) -> (Pool, Vec<(Edit, Vec<Allotted>)>, Partition) {
    let mut left = pool(base);
    let drawn = || all.iter().flat_map(|edit| &edit.drawn);
    left.next_uid = 500;
    left.taken.extend(drawn().map(|drawn| drawn.code.clone()));
    let unborn = drawn().map(|drawn| drawn.uid).filter(|&uid| base.hierarchy.by_uid(uid).is_none()).collect();
    let taken = left.taken.clone();
    let (done, partition) = anew(base, all, &unborn, &mut left).expect("what was done can be done again");
    for Allotted { uid, code } in done.iter().flat_map(|(_, drawn)| drawn) {
        assert!(!unborn.contains(uid), "{uid} is the other plan's");
        assert!(base.hierarchy.by_uid(*uid).is_some() || !taken.contains(code), "{code} is the other plan's");
    }
    (left, done, partition)
}

/// Whole groups alone: each edit does what it does among all.
fn assert_apart(base: &Partition, all: &[Recorded], deltas: &[Delta], taken: &BTreeSet<u64>) {
    let some: Vec<Recorded> = all.iter().filter(|edit| taken.contains(&edit.id)).cloned().collect();
    let alone = replay(base, &some, &mut Pool::default());
    assert!(alone.refused.is_none(), "{taken:?}: {:?}", alone.refused);
    let among = all.iter().zip(deltas).filter(|(edit, _)| taken.contains(&edit.id)).map(|(_, delta)| delta);
    assert!(alone.deltas.iter().eq(among), "{taken:?} do something else alone");
    let (_, done, partition) = left_anew(base, &some);
    assert_eq!(done.len(), some.len());
    assert_eq!(partition.hierarchy.units().len(), alone.partition.hierarchy.units().len());
}

#[test]
fn any_whole_groups_can_be_done_without_the_others_and_do_the_same() {
    let mut rng = ChaCha8Rng::seed_from_u64(40);
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for round in 0..crate::rounds(200, 5_000) {
        let base = super::random::base(&mut rng, round);
        let mut all: Vec<Recorded> = Vec::new();
        let mut partition = base.clone();
        let mut left = pool(&base);
        for _ in 0..24 {
            let edit = Chance { rng: &mut rng, partition: &partition }.edit();
            let allotment = wangge::plan::Allotment::new(&[], &mut left);
            let Ok(applied) = wangge::plan::apply(&partition, &edit, allotment) else { continue };
            all.push(Recorded { id: all.len() as u64 + 1, edit, drawn: applied.drawn });
            partition = applied.partition;
        }
        let deltas = replay(&base, &all, &mut Pool::default()).deltas;
        let found = groups(&base.hierarchy, &all, &deltas);
        *sizes.entry(found.len()).or_default() += 1;
        let edits: BTreeSet<u64> = found.iter().flat_map(|group| &group.edits).copied().collect();
        assert_eq!(edits.len(), all.len(), "each edit is in one group");
        assert!(found.iter().all(|group| group.edits.first() == Some(&group.id)));
        for _ in 0..4 {
            let chosen: Vec<&Group> = found.iter().filter(|_| rng.random_range(0..2) == 0).collect();
            let taken: BTreeSet<u64> = chosen.iter().flat_map(|group| &group.edits).copied().collect();
            let context = format!(
                "round {round}, {}",
                serde_json::to_string(&all.iter().map(|r| &r.edit).collect::<Vec<_>>()).unwrap()
            );
            let checked = std::panic::catch_unwind(|| assert_apart(&base, &all, &deltas, &taken));
            assert!(checked.is_ok(), "{context}");
        }
    }
    let several: usize = sizes.iter().filter(|(groups, _)| **groups > 1).map(|(_, rounds)| rounds).sum();
    assert!(several > 20, "{sizes:?}");
}

#[test]
fn reasons_name_the_edits_as_the_plan_has_them_that_they_become() {
    let group = |edits: &[u64], reason: &str| Decided {
        group: edits[0],
        edits: edits.to_vec(),
        units: Vec::new(),
        decision: Some(Decision {
            verdict: if reason.is_empty() { Verdict::Approved } else { Verdict::Returned },
            by: String::new(),
            at: jiff::Timestamp::UNIX_EPOCH,
            reason: reason.to_owned(),
        }),
    };
    let groups = [group(&[1, 4], "甲"), group(&[2], ""), group(&[3], "乙"), group(&[5], "")];
    assert_eq!(outcome(&groups), Outcome::Divided(vec![1, 3, 4], "#1 #3: 甲\n#2: 乙".to_owned()));
    let all = [group(&[2, 4], "甲"), group(&[3], "乙")];
    assert_eq!(outcome(&all), Outcome::Returned("#2 #4: 甲\n#3: 乙".to_owned()));
}

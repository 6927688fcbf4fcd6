//! The contract: each function takes a new, empty store of any kind.

use std::sync::Arc;

use jiff::civil::date;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use wangge::coverage::Partition;
use wangge::crs::Point;
use wangge::plan::{Allotment, apply};
use wangge::store::{Aspect, ChangeKind, Known, NewVersion, Store, StoreError, Uids};
use wangge::unit::{Attribute, Duty, Hierarchy, LineFeature, Person, PointFeature, PointLayer, Uid};

use super::{code, save, uid_of, version};
use crate::fixture::{changed, nine, nine_drawn, odd, random, with_attribute};
use crate::plan::random::{Chance, base};

contract! {
    an_empty_store_has_no_version;
    what_is_saved_is_loaded_again;
    random_counties_one_after_another_are_all_there_still;
    only_rows_that_differ_are_written;
    the_same_again_is_a_version_without_rows;
    old_versions_stay;
    uids_follow_codes_and_are_never_given_twice;
    kept_uids_are_kept_and_checked;
    what_became_of_a_retired_code_is_known;
    a_units_history_says_what_each_version_changed;
    a_stale_base_is_refused;
    a_version_compared_in_memory_is_stored_as_any_other;
    a_day_has_its_version;
    levels_may_change;
    levels_may_change_beside_the_version_in_memory;
    a_level_named_like_a_table_is_refused;
    changes_feed_and_settings;
    points_and_lines_come_back_in_order;
    a_version_is_read_from_an_earlier_one;
    people_come_back_in_order;
}

async fn an_empty_store_has_no_version(store: &Store) {
    assert_eq!(store.latest().await.unwrap(), None);
    assert_eq!(store.versions().await.unwrap(), []);
    assert_eq!(store.at(date(2026, 1, 1)).await.unwrap(), None);
    assert_eq!(store.verify().await.unwrap(), None);
    assert_eq!(store.load(1).await.unwrap_err().to_string(), "no version 1: the store has none");
}

async fn what_is_saved_is_loaded_again(store: &Store) {
    for (n, partition) in [(1, nine()), (2, odd())] {
        let saved = save(store, &partition).await;
        assert_eq!(saved.version.number, n);
        assert_eq!(saved.version.content_hash, partition.content_hash());
        let loaded = store.load(n).await.unwrap();
        assert_eq!(loaded.version, saved.version);
        assert_eq!(loaded.partition.hierarchy, saved.hierarchy);
        assert_eq!(loaded.partition.coverage, partition.coverage);
        assert_eq!(loaded.partition.content_hash(), partition.content_hash());
        assert_eq!(store.verify().await.unwrap(), Some(saved.version));
    }
    let author = store.version(1).await.unwrap();
    assert_eq!(
        (author.author.as_str(), author.note.as_str(), author.document.as_str()),
        ("张三", "划定", "射政发〔2026〕1号")
    );
}

async fn random_counties_one_after_another_are_all_there_still(store: &Store) {
    let counties: Vec<Partition> = (0..20).map(random).collect();
    for county in &counties {
        save(store, county).await;
        assert!(store.verify().await.unwrap().is_some());
    }
    for (n, county) in (1..).zip(&counties) {
        let loaded = store.load(n).await.unwrap().partition;
        assert_eq!(loaded.content_hash(), county.content_hash(), "version {n}");
        assert_eq!(loaded.coverage, county.coverage, "version {n}");
        let shares: f64 = store.lineage(n).await.unwrap().iter().map(|r| r.share).fold(0.0, f64::max);
        assert!(shares <= 1.0, "version {n}: no unit gives away more than it had, {shares}");
    }
}

async fn only_rows_that_differ_are_written(store: &Store) {
    let first = save(store, &nine()).await;
    assert_eq!(first.rows_changed, 1 + 3 + 3 + 9);
    let renamed = changed(&nine(), |u| {
        if u.code.as_str() == "320924101001002" {
            "五号".clone_into(&mut u.name);
        }
    });
    assert_eq!(save(store, &renamed).await.rows_changed, 1);
    // The border between a and d moves: two grids, their villages and towns; the county's outline stays.
    let moved = nine_drawn(&["aadg", "abeh", "ccfi"]);
    let before = nine_drawn(&["aadg", "bbeh", "ccfi"]);
    save(store, &before).await;
    assert_eq!(save(store, &moved).await.rows_changed, 2);
    let shifted = nine_drawn(&["addg", "abeh", "ccfi"]);
    assert_eq!(save(store, &shifted).await.rows_changed, 6);
}

async fn the_same_again_is_a_version_without_rows(store: &Store) {
    let first = save(store, &odd()).await;
    let second = save(store, &odd()).await;
    assert_eq!((second.version.number, second.rows_changed), (2, 0));
    assert_eq!(second.version.content_hash, first.version.content_hash);
    assert_eq!(store.load(2).await.unwrap().partition, store.load(1).await.unwrap().partition);
    assert_eq!(store.changes(2).await.unwrap(), []);
}

async fn old_versions_stay(store: &Store) {
    let steps =
        [nine(), nine_drawn(&["aadg", "bbeh", "ccfi"]), odd(), nine_drawn(&["bdg", "beh", "cfi"]), nine()];
    for step in &steps {
        save(store, step).await;
    }
    for (n, step) in (1..).zip(&steps) {
        let loaded = store.load(n).await.unwrap();
        assert_eq!(loaded.partition.coverage, step.coverage, "version {n}");
        assert_eq!(loaded.partition.content_hash(), step.content_hash(), "version {n}");
    }
    let gone = store.load(6).await.unwrap_err();
    assert_eq!(gone.to_string(), "no version 6: the store has versions 1 to 5");
}

async fn uids_follow_codes_and_are_never_given_twice(store: &Store) {
    save(store, &nine()).await;
    let one = store.load(1).await.unwrap().partition;
    save(store, &nine_drawn(&["bdg", "beh", "cfi"])).await;
    let two = store.load(2).await.unwrap().partition;
    for unit in two.hierarchy.units() {
        assert_eq!(uid_of(&one, unit.code.as_str()), unit.uid);
    }
    save(store, &nine()).await;
    let three = store.load(3).await.unwrap().partition;
    let came_back = uid_of(&three, "320924100001001");
    assert!(one.hierarchy.units().iter().all(|u| u.uid != came_back), "a retired uid stays retired");
    save(store, &odd()).await;
    save(store, &odd()).await;
    let (four, five) = (store.load(4).await.unwrap().partition, store.load(5).await.unwrap().partition);
    let voids: Vec<Uid> = four.hierarchy.voids().iter().map(|v| v.uid).collect();
    assert_eq!(voids, five.hierarchy.voids().iter().map(|v| v.uid).collect::<Vec<_>>());
    assert!(voids.iter().all(|v| *v > came_back));
}

async fn kept_uids_are_kept_and_checked(store: &Store) {
    save(store, &nine()).await;
    let current = store.load(1).await.unwrap().partition;
    let highest = current.hierarchy.units().iter().map(|u| u.uid.0).max().unwrap();
    let kept = |partition| NewVersion { uids: Uids::Kept, ..version(partition) };
    // A grid is renumbered and keeps its uid.
    let renumbered = changed(&current, |u| {
        if u.code.as_str() == "320924100001001" {
            u.code = code("320924100001009");
        }
    });
    let uid = uid_of(&current, "320924100001001");
    // Its place among the owners is another, so its coverage is built anew from the same drawing.
    let drawing = nine_drawn(&["adg", "beh", "cfi"]);
    let shapes: Vec<_> = renumbered
        .hierarchy
        .leaves()
        .iter()
        .map(|&l| {
            let c = renumbered.hierarchy.unit(l).code.as_str().replace("1009", "1001");
            drawing.polygons_of(drawing.hierarchy.by_code(&code(&c)).unwrap())
        })
        .collect();
    let coverage = wangge::coverage::Coverage::build(&shapes, 0).unwrap().coverage;
    let renumbered = Partition { hierarchy: renumbered.hierarchy, coverage };
    store.save(&kept(renumbered)).await.unwrap();
    let after = store.load(2).await.unwrap().partition;
    assert_eq!(uid_of(&after, "320924100001009"), uid);
    let lineage = store.lineage(2).await.unwrap();
    assert_eq!(lineage.len(), 1);
    assert_eq!(
        (lineage[0].from.clone(), lineage[0].to.clone()),
        ((uid, code("320924100001001")), (uid, code("320924100001009")))
    );
    let history = store.history(uid).await.unwrap();
    assert_eq!(
        history.iter().map(|r| r.changed.clone()).collect::<Vec<_>>(),
        [[Aspect::Created], [Aspect::Code]]
    );
    assert_eq!(store.holder(&code("320924100001001")).await.unwrap(), Some(uid), "had it last");
    // A uid that the current version has not, though it was given once.
    save(store, &nine_drawn(&["bdg", "beh", "cfi"])).await;
    let refused = store.save(&kept(after)).await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Refused(why) if why.contains(&format!("over {highest}"))),
        "{refused}"
    );
    assert_eq!(store.latest().await.unwrap(), Some(3));
}

async fn what_became_of_a_retired_code_is_known(store: &Store) {
    save(store, &nine_drawn(&["aadg", "abeh", "ccfi"])).await;
    // a goes: a third to b, two thirds to d.
    save(store, &nine_drawn(&["bddg", "dbeh", "ccfi"])).await;
    let retired = store.retired(&code("320924100001001"), 2).await.unwrap().unwrap();
    assert_eq!((retired.version, retired.name.as_str()), (2, "一"));
    let became: Vec<(&str, String)> =
        retired.became.iter().map(|r| (r.to.1.as_str(), format!("{:.4}", r.share))).collect();
    assert_eq!(became, [("320924101001001", "0.6667".to_owned()), ("320924100001002", "0.3333".to_owned())]);
    assert_eq!(store.retired(&code("320924100001002"), 2).await.unwrap(), None, "in use");
    assert_eq!(store.retired(&code("999999"), 2).await.unwrap(), None, "never seen");
    // New units know what they came from.
    save(store, &nine_drawn(&["aadg", "abeh", "ccfi"])).await;
    let came: Vec<String> = store
        .lineage(3)
        .await
        .unwrap()
        .iter()
        .map(|r| format!("{} {} {:.2}", r.from.1, r.to.1, r.share))
        .collect();
    assert_eq!(came, ["320924100001002 320924100001001 0.50", "320924101001001 320924100001001 0.67"]);
    let retired_by = async |number| store.retired(&code("320924100001001"), number).await.unwrap();
    assert_eq!(retired_by(3).await, None, "in use again");
    assert_eq!(retired_by(2).await, Some(retired), "what came later does not change what held then");
    assert_eq!(retired_by(1).await, None, "in use then");
    save(store, &nine_drawn(&["bddg", "dbeh", "ccfi"])).await;
    assert_eq!(retired_by(5).await.map(|r| r.version), Some(4), "the last of several times");
}

async fn a_units_history_says_what_each_version_changed(store: &Store) {
    let b = "320924100001002";
    let named = |partition: &Partition, name: &str| {
        changed(partition, |u| {
            if u.code.as_str() == b {
                name.clone_into(&mut u.name);
            }
        })
    };
    let (first, second) = (nine(), named(&nine(), "贰"));
    save(store, &first).await;
    save(store, &second).await;
    save(store, &second).await;
    save(store, &with_attribute(&second, b, "note", &Attribute::Bool(true))).await;
    save(store, &named(&nine_drawn(&["bdg", "beh", "cfi"]), "叁")).await;
    save(store, &nine_drawn(&["edg", "eeh", "cfi"])).await;
    let uid = store.holder(&code(b)).await.unwrap().unwrap();
    assert_eq!(uid, uid_of(&store.load(1).await.unwrap().partition, b));
    let history = store.history(uid).await.unwrap();
    let told: Vec<(u64, &str, &[Aspect])> =
        history.iter().map(|r| (r.version.number, r.name.as_str(), &r.changed[..])).collect();
    assert_eq!(
        told,
        [
            (1, "二", &[Aspect::Created][..]),
            (2, "贰", &[Aspect::Name]),
            (4, "贰", &[Aspect::Attributes]),
            (5, "叁", &[Aspect::Name, Aspect::Attributes, Aspect::Geometry]),
            (6, "叁", &[Aspect::Retired]),
        ]
    );
    let last = &history[4];
    assert_eq!((last.code.as_deref(), last.parent.as_deref()), (Some(b), Some("320924100001")));
    // The code comes back with another unit, which has a history of its own.
    save(store, &first).await;
    let other = store.holder(&code(b)).await.unwrap().unwrap();
    assert_ne!(other, uid);
    assert_eq!(store.history(other).await.unwrap().len(), 1);
    assert_eq!(store.history(uid).await.unwrap().len(), 5);
    assert_eq!(store.holder(&code("999999")).await.unwrap(), None);
    assert_eq!(store.history(Uid(999_999)).await.unwrap(), []);
}

async fn a_stale_base_is_refused(store: &Store) {
    let based = |base| NewVersion { base: Some(base), ..version(nine()) };
    store.save(&based(0)).await.unwrap();
    let stale = store.save(&based(0)).await.unwrap_err();
    assert!(matches!(stale, StoreError::Stale { base: 0, current: 1 }));
    store.save(&based(1)).await.unwrap();
    assert_eq!(store.latest().await.unwrap(), Some(2));
}

/// Random edits, each a version that is compared with the one in memory; every row is then what the leaves make.
async fn a_version_compared_in_memory_is_stored_as_any_other(store: &Store) {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    store.save(&version(base(&mut rng, 1))).await.unwrap();
    let first = store.load(1).await.unwrap();
    // No uid and no code is given twice.
    let mut pool = crate::plan::pool(&first.partition);
    let mut known = Known { version: first.version, partition: Arc::new(first.partition) };
    let mut rows = 0;
    for _ in 0..60 {
        let edit = Chance { rng: &mut rng, partition: &known.partition }.edit();
        let Ok(applied) = apply(&known.partition, &edit, Allotment::new(&[], &mut pool)) else { continue };
        let base = Some(known.version.number);
        let mut next = NewVersion { uids: Uids::Kept, base, ..version(applied.partition) };
        next.changes = known.toward(&next.partition).unwrap().map(Arc::new);
        assert!(next.changes.is_some());
        let saved = store.save(&next).await.unwrap();
        rows += saved.rows_changed;
        assert_eq!(store.verify().await.unwrap(), Some(saved.version.clone()), "{}", edit.op());
        assert_eq!(store.load(saved.version.number).await.unwrap().partition, *next.partition);
        let stale = store.save(&next).await.unwrap_err();
        assert!(matches!(stale, StoreError::Stale { .. }), "{stale}");
        known = Known { version: saved.version, partition: next.partition };
    }
    assert!(rows > 40, "{rows}");
}

async fn a_day_has_its_version(store: &Store) {
    for (year, month) in [(2025, 1), (2027, 1), (2026, 6)] {
        let new = NewVersion { effective_from: date(year, month, 1), ..version(nine()) };
        store.save(&new).await.unwrap();
    }
    let in_force = async |y, m, d| store.at(date(y, m, d)).await.unwrap().map(|v| v.number);
    assert_eq!(in_force(2024, 12, 31).await, None);
    assert_eq!(in_force(2025, 1, 1).await, Some(1));
    assert_eq!(in_force(2026, 5, 31).await, Some(1));
    assert_eq!(in_force(2026, 6, 1).await, Some(3));
    assert_eq!(in_force(2027, 1, 1).await, Some(2));
    let recorded = store.versions().await.unwrap();
    assert!(recorded.windows(2).all(|w| w[0].recorded_at <= w[1].recorded_at));
}

async fn levels_may_change(store: &Store) {
    save(store, &nine()).await;
    save(store, &odd()).await;
    save(store, &nine()).await;
    assert_eq!(
        store.version(2).await.unwrap().levels.to_string(),
        "prefecture:4,town:7,village/hamlets:9,plot:12"
    );
    assert_eq!(store.load(3).await.unwrap().partition.content_hash(), nine().content_hash());
}

/// A row names its level, so every row of a level that is called otherwise is another one.
async fn levels_may_change_beside_the_version_in_memory(store: &Store) {
    save(store, &nine()).await;
    let first = store.load(1).await.unwrap();
    let before = &first.partition.hierarchy;
    let levels = "county:6,town:9,hamlet:12,plot:15".parse().unwrap();
    let hierarchy = Hierarchy::new(levels, before.units().to_vec(), before.voids().to_vec()).unwrap();
    let partition = Partition { hierarchy, coverage: first.partition.coverage.clone() };
    let known = Known { version: first.version, partition: Arc::new(first.partition) };
    let next = NewVersion { uids: Uids::Kept, base: Some(1), ..version(partition) };
    assert!(known.toward(&next.partition).unwrap().is_none());
    store.save(&next).await.unwrap();
    assert!(store.verify().await.unwrap().is_some());
    assert_eq!(store.load(2).await.unwrap().partition.hierarchy.levels().lowest(), 3);
}

async fn a_level_named_like_a_table_is_refused(store: &Store) {
    use crate::fixture::{Of, drawn};
    let levels = "county:6,line:9".parse().unwrap();
    let partition = drawn(&["a"], &levels, &[('a', Of::Leaf("320924100", ""))]);
    let refused = store.save(&version(partition)).await.unwrap_err();
    assert!(refused.to_string().contains("\"lines\""), "{refused}");
    assert_eq!(store.latest().await.unwrap(), None);
}

async fn changes_feed_and_settings(store: &Store) {
    save(store, &nine()).await;
    save(store, &nine_drawn(&["bdg", "beh", "cfi"])).await;
    let changes: Vec<(String, ChangeKind)> =
        store.changes(2).await.unwrap().into_iter().map(|c| (c.code, c.kind)).collect();
    assert_eq!(
        changes,
        [
            ("320924100001001".to_owned(), ChangeKind::Retired),
            ("320924100001002".to_owned(), ChangeKind::Changed)
        ]
    );
    assert!(store.changes(1).await.unwrap().iter().all(|c| c.kind == ChangeKind::Added));
    let feed = store.feed(0, 10).await.unwrap();
    assert_eq!(feed.iter().map(|f| (f.seq, f.version)).collect::<Vec<_>>(), [(1, Some(1)), (2, Some(2))]);
    assert_eq!((feed[1].kind.as_str(), feed[1].payload.contains("\"version\":2")), ("published", true));
    assert_eq!(store.feed(1, 10).await.unwrap().len(), 1);
    assert_eq!(store.setting("zooms").await.unwrap(), None);
    let with = |zooms: &str| NewVersion {
        settings: vec![("zooms".to_owned(), zooms.to_owned())],
        ..version(nine())
    };
    store.save(&with("[8]")).await.unwrap();
    store.save(&with("[9]")).await.unwrap();
    save(store, &nine()).await;
    assert_eq!(store.setting("zooms").await.unwrap().as_deref(), Some("[9]"));
    let stale = NewVersion { base: Some(1), ..with("[7]") };
    store.save(&stale).await.unwrap_err();
    assert_eq!(store.setting("zooms").await.unwrap().as_deref(), Some("[9]"), "no version, no settings");
}

async fn points_and_lines_come_back_in_order(store: &Store) {
    let dwellings: Vec<PointFeature> = (0..1234)
        .map(|i| PointFeature {
            at: Point::new(1_202_000_000 + i, 337_000_000 - i),
            kind: "dwelling".to_owned(),
            name: String::new(),
            weight: i as u32,
            attributes: [].into(),
        })
        .collect();
    let place = PointFeature {
        kind: "court".to_owned(),
        name: "微法庭".to_owned(),
        attributes: [("open".to_owned(), Attribute::Bool(true))].into(),
        ..dwellings[7].clone()
    };
    assert_eq!(store.features_stamp().await.unwrap(), "");
    assert_eq!(store.features_held().await.unwrap(), []);
    store.replace_points(PointLayer::Dwellings, &dwellings[..3]).await.unwrap();
    let stamp = store.features_stamp().await.unwrap();
    store.replace_points(PointLayer::Dwellings, &dwellings).await.unwrap();
    store.replace_points(PointLayer::Places, std::slice::from_ref(&place)).await.unwrap();
    assert_eq!(store.points(PointLayer::Dwellings).await.unwrap(), dwellings);
    assert_eq!(store.points(PointLayer::Places).await.unwrap(), [place]);
    assert_eq!(store.points(PointLayer::Addresses).await.unwrap(), []);
    let line = |layer: &str, n: i32| LineFeature {
        layer: layer.to_owned(),
        kind: "trunk".to_owned(),
        name: "射阳河".to_owned(),
        points: (0..n).map(|i| Point::new(1_200_000_001 + i, 330_000_003 * (i % 2))).collect(),
    };
    let lines = vec![line("canals", 5), line("roads", 2), line("canals", 100)];
    store.replace_lines(&lines).await.unwrap();
    assert_eq!(store.lines().await.unwrap(), lines);
    let held = store.features_held().await.unwrap();
    let held: Vec<(&str, u64)> = held.iter().map(|(what, n)| (what.as_str(), *n)).collect();
    assert_eq!(held, [("dwellings", 1234), ("places", 1), ("background lines", 3)]);
    assert_ne!(store.features_stamp().await.unwrap(), stamp);
}

async fn a_version_is_read_from_an_earlier_one(store: &Store) {
    let mut steps: Vec<Partition> = (0..12).map(random).collect();
    steps.extend([
        nine(),
        nine_drawn(&["bdg", "beh", "cfi"]),
        nine_drawn(&["adg", "beh", "cfi"]),
        odd(),
        odd(),
    ]);
    for step in &steps {
        save(store, step).await;
    }
    let mut wholes = Vec::new();
    for n in 1..=steps.len() as u64 {
        wholes.push(store.load(n).await.unwrap());
    }
    for base in &wholes {
        for whole in &wholes {
            let number = whole.version.number;
            let loaded = store.load_after(number, &base.version, &base.partition).await.unwrap();
            assert_eq!(loaded.version, whole.version);
            assert_eq!(loaded.partition, whole.partition, "{number} from {}", base.version.number);
        }
    }
    // A base that is not this store's is not built upon.
    let mut strange = wholes[0].clone();
    "another store's".clone_into(&mut strange.version.note);
    strange.partition = nine();
    let loaded = store.load_after(2, &strange.version, &strange.partition).await.unwrap();
    assert_eq!(loaded.partition, wholes[1].partition);
}

/// Of all kinds.
fn duty(n: u32) -> Duty {
    let of = |hours, from, until| Duty::of(hours, from, until).unwrap();
    match n % 4 {
        0 => Duty::default(),
        1 => of("24/7", "", "2026-11-30"),
        2 => of("Mo-Fr 08:00-12:00,14:00-18:00; Sa 18:00-08:00", "2026-11-27T18:00", "2026-11-28T08:00"),
        _ => of("off", "2026-11-27", "2026-11-27"),
    }
}

async fn people_come_back_in_order(store: &Store) {
    save(store, &nine()).await;
    assert_eq!(store.people_stamp().await.unwrap(), "");
    assert_eq!(store.people().await.unwrap(), []);
    let people: Vec<Person> = (0..1234)
        .map(|i| Person {
            unit: Uid(i % 7),
            role: "grid_worker".to_owned(),
            name: format!("甲{i}"),
            phone: format!("100{i:08}"),
            note: String::new(),
            duty: duty(i),
        })
        .collect();
    store.replace_people(&people[..5]).await.unwrap();
    let stamp = store.people_stamp().await.unwrap();
    store.replace_people(&people).await.unwrap();
    assert!(store.people().await.unwrap() == people);
    assert_ne!(store.people_stamp().await.unwrap(), stamp);
    store.replace_people(&[]).await.unwrap();
    assert_eq!(store.people().await.unwrap(), []);
}

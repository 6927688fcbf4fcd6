//! A county moved from one kind of store to another and back is the same county.

use wangge::app;
use wangge::crs::Point;
use wangge::plan::{Allotted, Step};
use wangge::store::{Mode, NewAttachment, NewPlan, PlanEdit, Store, StoreError, Written};
use wangge::unit::{Attribute, Code, Duty, LineFeature, Person, PointFeature, PointLayer, Uid};

use super::{save, version};
use crate::cluster::Cluster;
use crate::fixture::{nine, nine_drawn, odd, random};

/// Twelve versions, points, lines, settings and people.
async fn fill(store: &Store) {
    for county in (0..8).map(random).chain([nine(), nine_drawn(&["bdg", "beh", "cfi"]), odd()]) {
        save(store, &county).await;
    }
    let settings = vec![("name".to_owned(), "射阳县".to_owned()), ("zooms".to_owned(), "[8]".to_owned())];
    store.save(&wangge::store::NewVersion { settings, ..version(nine()) }).await.unwrap();
    let point = |i: i32| PointFeature {
        at: Point::new(1_202_000_000 + i, 337_000_000 - i),
        kind: "court".to_owned(),
        name: format!("微法庭{i}"),
        weight: i as u32,
        attributes: [("ratio".to_owned(), Attribute::Number(0.1 + f64::from(i)))].into(),
    };
    let points: Vec<PointFeature> = (0..600).map(point).collect();
    store.replace_points(PointLayer::Places, &points).await.unwrap();
    store.replace_points(PointLayer::Dwellings, &points[..7]).await.unwrap();
    let line = LineFeature {
        layer: "roads".to_owned(),
        kind: String::new(),
        name: "路".to_owned(),
        points: points.iter().map(|p| p.at).collect(),
    };
    store.replace_lines(&[line.clone(), line]).await.unwrap();
    let person = |i: u32| Person {
        unit: Uid(i),
        role: "police".to_owned(),
        name: format!("甲{i}"),
        phone: format!("100{i:08}"),
        note: String::new(),
        duty: Duty::of("Mo-Fr 08:00-18:00", "2026-11-01", "").unwrap(),
    };
    store.replace_people(&(0..50).map(person).collect::<Vec<_>>()).await.unwrap();
    super::ledger::fill(store).await;
    let new =
        NewPlan {
            title: "调整".into(), note: String::new(), base: 12, account: None, author: "甲".into()
        };
    let mut plan = store.add_plan(new).await.unwrap();
    plan.steps.push(Step::Add(1));
    plan.done = 1;
    let edit = serde_json::from_str(r#"{"op":"rename","unit":"320924100001001","name":"新"}"#).unwrap();
    let drawn = vec![Allotted { uid: Uid(900), code: Code::new("320924100001900").unwrap() }];
    let written = store.put_plan(plan, Some(PlanEdit { edit, drawn, author: "乙".into() })).await.unwrap();
    let Written::Done(mut plan) = written else { panic!("{written:?}") };
    assert_eq!(plan.revision, 2);
    let new = NewAttachment {
        plan: plan.id,
        name: "批复.pdf".into(),
        media_type: "application/pdf".into(),
        author: "甲".into(),
        body: vec![0, 255, 10],
    };
    plan.attachments.push(store.add_attachment(new).await.unwrap());
    assert!(matches!(store.put_plan(*plan, None).await.unwrap(), Written::Done(_)));
}

async fn copied(from: &Store, to: &str) -> Store {
    let target = async { Ok(Store::open(to, Mode::Create).await?) };
    let (to, copied) = app::copy(from, target, &|_| {}).await.unwrap();
    assert_eq!((copied.versions, copied.points, copied.lines, copied.people), (12, 607, 2, 50));
    assert_eq!(copied.accounts, 3);
    to
}

#[tokio::test]
async fn a_county_goes_to_a_database_and_back_unchanged() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let first = Store::open(&path("first.gpkg"), Mode::Create).await.unwrap();
    fill(&first).await;
    let middle = copied(&first, &Cluster::shared().new_url()).await;
    let other = copied(&middle, &Cluster::shared().new_url()).await;
    let last = copied(&other, &path("last.gpkg")).await;
    let hashes = async |store: &Store| -> Vec<String> {
        store.versions().await.unwrap().iter().map(|v| v.content_hash.to_string()).collect()
    };
    for store in [&middle, &other, &last] {
        assert_eq!(hashes(store).await, hashes(&first).await);
        assert_eq!(store.archive().await.unwrap().difference(&first.archive().await.unwrap()), None);
        assert_eq!(store.features_stamp().await.unwrap(), first.features_stamp().await.unwrap());
        assert_eq!(store.setting("name").await.unwrap().as_deref(), Some("射阳县"));
        assert!(store.people().await.unwrap() == first.people().await.unwrap());
        let (plan, _) = store.plan(1).await.unwrap().unwrap();
        assert_eq!(store.attachment(plan.attachments[0].id).await.unwrap(), Some(vec![0, 255, 10]));
        for n in 1..=12 {
            assert_eq!(store.load(n).await.unwrap().partition, first.load(n).await.unwrap().partition);
            assert_eq!(store.lineage(n).await.unwrap(), first.lineage(n).await.unwrap());
            assert_eq!(store.changes(n).await.unwrap(), first.changes(n).await.unwrap());
        }
        assert!(store.verify().await.unwrap().is_some());
        // It goes on from there: no uid and no number of the feed is given twice.
        let saved = save(store, &random(77)).await;
        assert_eq!(saved.version.number, 13);
        assert_eq!(store.feed(15, 9).await.unwrap().iter().map(|f| f.seq).collect::<Vec<_>>(), [16]);
    }
    let uids = async |store: &Store| -> Vec<Uid> {
        store.load(13).await.unwrap().partition.hierarchy.units().iter().map(|u| u.uid).collect()
    };
    assert_eq!(uids(&middle).await, uids(&last).await);
}

#[tokio::test]
async fn only_an_empty_store_is_filled_and_only_from_a_whole_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let from = Store::open(&path("from.gpkg"), Mode::Create).await.unwrap();
    save(&from, &nine()).await;
    for url in [path("to.gpkg"), Cluster::shared().new_url()] {
        let to = Store::open(&url, Mode::Create).await.unwrap();
        save(&to, &odd()).await;
        let target = async { Ok(to.clone()) };
        let error = app::copy(&from, target, &|_| {}).await.map(drop).unwrap_err();
        assert!(error.to_string().contains("expected an empty store"), "{error}");
        let error = to.restore(&from.archive().await.unwrap(), None).await.unwrap_err();
        assert!(matches!(error, StoreError::NotEmpty { .. }));
        assert_eq!(to.latest().await.unwrap(), Some(1));
    }
    let mut connection =
        <sqlx::SqliteConnection as sqlx::Connection>::connect(&path("from.gpkg")).await.unwrap();
    sqlx::raw_sql("UPDATE unit_rows SET name = '冒名' WHERE level = 'grid'")
        .execute(&mut connection)
        .await
        .unwrap();
    let target = async { panic!("nothing is made for what cannot be copied") };
    let error = app::copy(&from, target, &|_| {}).await.map(drop).unwrap_err();
    assert!(error.to_string().contains("changed from outside"), "{error}");
}

//! Plans in a store: what is kept of them, and what happens as one.

use jiff::Timestamp;
use wangge::plan::{Allotted, Decided, Decision, Status, Step, Verdict};
use wangge::store::{NewDraft, NewPlan, Plan, PlanEdit, Scheduled, Store, Written};
use wangge::unit::{Code, Uid};

use super::{code, save};
use crate::fixture::nine;

contract! {
    a_plan_is_due_from_its_day_while_it_waits;
    edits_leave_a_plan_for_another_as_one;
}

fn new() -> NewPlan {
    NewPlan { title: "调整".into(), note: String::new(), base: 1, account: None, author: "甲".into() }
}

fn edit(drawn: &[(u32, &str)]) -> PlanEdit {
    let edit = serde_json::from_str(r#"{"op":"rename","unit":"320924100001001","name":"新"}"#).unwrap();
    let drawn = drawn.iter().map(|(uid, text)| Allotted { uid: Uid(*uid), code: code(text) }).collect();
    PlanEdit { edit, drawn, author: "乙".into() }
}

async fn put(store: &Store, plan: Plan, edit: Option<PlanEdit>) -> Plan {
    match store.put_plan(plan, edit).await.unwrap() {
        Written::Done(plan) => *plan,
        other => panic!("{other:?}"),
    }
}

/// A plan with two edits, of which each drew a unit, and one of a unit that is there.
async fn two(store: &Store) -> Plan {
    let there = store.load(1).await.unwrap().partition.hierarchy.units()[0].uid.0;
    let mut plan = store.add_plan(new()).await.unwrap();
    let drawn = [vec![(901, "320924100001901"), (there, "320924101001902")], vec![(902, "320924100001902")]];
    for (record, drawn) in (1..).zip(drawn) {
        plan.steps.push(Step::Add(record));
        plan.done += 1;
        plan = put(store, plan, Some(edit(&drawn))).await;
    }
    plan
}

fn decided(group: u64, verdict: Option<Verdict>) -> Decided {
    let at = Timestamp::from_millisecond(1_795_000_000_123).unwrap();
    let decision = verdict.map(|verdict| Decision { verdict, by: "丙".into(), at, reason: "因".into() });
    Decided { group, edits: vec![group], units: vec![code("320924100001001")], decision }
}

async fn a_plan_is_due_from_its_day_while_it_waits(store: &Store) {
    save(store, &nine()).await;
    let day = jiff::civil::date(2027, 3, 1);
    let due = async |d| store.due_plans(jiff::civil::date(2027, d, 1)).await.unwrap();
    let mut plan = store.add_plan(new()).await.unwrap();
    plan.effective_from = Some(day);
    plan.status = Status::Approved;
    plan = put(store, plan, None).await;
    assert!(due(12).await.is_empty(), "nobody said that it may become a version by itself");
    let at = Timestamp::from_millisecond(1_795_000_000_123).unwrap();
    plan.status = Status::Scheduled;
    plan.scheduled = Some(Scheduled { by: "丙".into(), at, note: "注".into() });
    plan = put(store, plan, None).await;
    assert_eq!(store.plan(plan.id).await.unwrap().unwrap().0, plan, "who said so is kept");
    assert_eq!((due(2).await, due(3).await, due(12).await), (vec![], vec![plan.id], vec![plan.id]));
    plan = put(store, Plan { status: Status::Submitted, ..plan }, None).await;
    assert_eq!((due(12).await, plan.scheduled), (vec![], None), "what is submitted waits for nothing");
}

async fn edits_leave_a_plan_for_another_as_one(store: &Store) {
    save(store, &nine()).await;
    let mut plan = two(store).await;
    assert_eq!(store.unborn(plan.id).await.unwrap(), [Uid(901), Uid(902)].into());
    plan.status = Status::Submitted;
    plan.groups = vec![decided(1, Some(Verdict::Approved)), decided(2, None)];
    plan = put(store, plan, None).await;
    assert_eq!(store.plan(plan.id).await.unwrap().unwrap().0, plan, "what is decided is kept");

    plan.groups[1] = decided(2, Some(Verdict::Returned));
    plan.steps.push(Step::Drop(2));
    plan.done += 1;
    plan.status = Status::Approved;
    let leaves = |drawn: &[(u32, &str)]| NewDraft {
        plan: NewPlan { title: "退回".into(), ..new() },
        document: "文号".into(),
        effective_from: Some(jiff::civil::date(2027, 1, 1)),
        edits: vec![edit(drawn), edit(&[])],
        touches: vec![code("320924100001001")],
    };
    let feed = store.feed(0, 1000).await.unwrap().len();
    let stale = Plan { revision: plan.revision - 1, ..plan.clone() };
    assert_eq!(store.divide_plan(stale, leaves(&[])).await.unwrap(), Written::Stale);
    let taken = store.divide_plan(plan.clone(), leaves(&[(950, "320924100001902")])).await.unwrap();
    assert_eq!(taken, Written::Taken, "a code that the other plan drew stays with it");
    assert_eq!((store.plans().await.unwrap().len(), store.feed(0, 1000).await.unwrap().len()), (1, feed));

    let done = store.divide_plan(plan.clone(), leaves(&[(950, "320924100001950")])).await.unwrap();
    let (kept, _) = store.plan(plan.id).await.unwrap().unwrap();
    assert_eq!(done, Written::Done(Box::new(kept.clone())));
    assert_eq!((kept.revision, kept.returned_as, &kept.groups), (plan.revision + 1, Some(2), &plan.groups));
    let (other, records) = store.plan(2).await.unwrap().unwrap();
    assert_eq!((other.title.as_str(), other.document.as_str(), other.revision), ("退回", "文号", 1));
    assert_eq!((other.status, other.base, other.author.as_str()), (Status::Draft, 1, "甲"));
    assert_eq!((other.edits(&records).len(), other.touches.len()), (2, 1));
    assert_eq!(other.effective_from, Some(jiff::civil::date(2027, 1, 1)));
    assert!(records.iter().all(|record| record.author == "乙"));
    let pool = store.unused().await.unwrap();
    assert!(pool.next_uid == 951 && pool.taken.contains(&Code::new("320924100001950").unwrap()));
    assert_eq!(store.feed(0, 1000).await.unwrap().len(), feed + 2, "both are told");

    // A draft has nothing to decide.
    let draft = put(store, Plan { status: Status::Draft, ..kept }, None).await;
    assert_eq!(draft.groups, []);
}

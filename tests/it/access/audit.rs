//! The log: whatever is done to it shows, and where.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::access::audit::{Breach, Event, Hash, Head, Outcome, Record, verify};

use crate::rounds;

fn event(n: u64) -> Event {
    Event {
        who: format!("account:{n}"),
        via: "session:ab".to_owned(),
        from: "10.0.0.1".to_owned(),
        action: "account.grants".to_owned(),
        target: format!("account:{}", n % 7),
        outcome: if n.is_multiple_of(5) { Outcome::Refused } else { Outcome::Done },
        before: if n.is_multiple_of(3) { String::new() } else { format!("[{n}]") },
        after: format!("{{\"n\":{n}}}"),
    }
}

fn log(length: u64) -> Vec<Record> {
    let mut head = Head::EMPTY;
    let mut records = Vec::new();
    for n in 0..length {
        let record = head.append(event(n), format!("2026-11-27T00:00:{:02}.000Z", n % 60));
        head = record.head();
        records.push(record);
    }
    records
}

fn field(record: &mut Record, n: u64) -> &mut String {
    match n % 9 {
        0 => &mut record.at,
        1 => &mut record.who,
        2 => &mut record.via,
        3 => &mut record.from,
        4 => &mut record.action,
        5 => &mut record.target,
        6 => &mut record.outcome,
        7 => &mut record.before,
        _ => &mut record.after,
    }
}

/// Changes the log in some way; the first record by which that can show.
fn tamper(records: &mut Vec<Record>, lot: &mut ChaCha8Rng) -> u64 {
    let length = records.len() as u64;
    let at = lot.next_u64() % length;
    let i = at as usize;
    match lot.next_u64() % 8 {
        0 => field(&mut records[i], lot.next_u64()).push('x'),
        // A text's end goes over to the next field: the same letters in the same order.
        1 => {
            let moved = records[i].who.pop().unwrap();
            records[i].via.insert(0, moved);
        }
        2 => records[i].hash.0[(lot.next_u64() % 32) as usize] ^= 1 << (lot.next_u64() % 8),
        3 => drop(records.remove(i)),
        4 => {
            let other = (i + 1 + (lot.next_u64() % (length - 1)) as usize) % records.len();
            records.swap(i, other);
            return at.min(other as u64) + 1;
        }
        5 => {
            let copy = records[(lot.next_u64() % length) as usize].clone();
            records.insert(i, copy);
            if records[i] == records[i + 1] {
                return at + 2;
            }
        }
        6 => records.truncate(i),
        // Written anew from here on, every hash right.
        _ => {
            let mut head = if i == 0 { Head::EMPTY } else { records[i - 1].head() };
            field(&mut records[i], 4).push('x');
            for record in &mut records[i..] {
                let outcome = if record.outcome == "done" { Outcome::Done } else { Outcome::Refused };
                let event = Event {
                    who: record.who.clone(),
                    via: record.via.clone(),
                    from: record.from.clone(),
                    action: record.action.clone(),
                    target: record.target.clone(),
                    outcome,
                    before: record.before.clone(),
                    after: record.after.clone(),
                };
                *record = head.append(event, record.at.clone());
                head = record.head();
            }
            return length;
        }
    }
    at + 1
}

#[test]
fn a_thousand_tampers_are_all_found_where_they_are() {
    let whole = log(60);
    let head = whole.last().unwrap().head();
    assert_eq!(verify(&whole, Some(head)), Ok(head));
    let mut lot = ChaCha8Rng::seed_from_u64(5);
    for round in 0..rounds(1000, 20_000) {
        let mut records = whole.clone();
        let due = tamper(&mut records, &mut lot);
        let breach = verify(&records, Some(head)).expect_err(&format!("round {round} was not found"));
        assert_eq!(breach.seq(), due, "round {round}: {breach}");
    }
}

#[test]
fn a_head_kept_elsewhere_shows_what_the_chain_alone_cannot() {
    let whole = log(20);
    let kept = whole[14].head();
    assert_eq!(verify(&whole, Some(kept)), Ok(whole[19].head()), "the log has gone on since");
    assert_eq!(verify(&whole[..10], None), Ok(whole[9].head()), "a cut tail cannot show by itself");
    assert_eq!(verify(&whole[..10], Some(kept)), Err(Breach::Cut { last: 10, head: 15 }));
    assert_eq!(verify(&[], Some(kept)), Err(Breach::Cut { last: 0, head: 15 }));
    assert_eq!(verify(&[], None), Ok(Head::EMPTY));
    let text = serde_json::to_string(&kept).unwrap();
    assert_eq!(serde_json::from_str::<Head>(&text).unwrap(), kept);
    for bad in ["", "zz", &"g".repeat(64), &"a".repeat(65)] {
        assert!(Hash::try_from(bad.to_owned()).is_err());
    }
}

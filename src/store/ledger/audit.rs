//! The log's rows. Rows are only ever added: the tables' triggers refuse any other change, and any row that does not
//! continue the chain's numbers.

use jiff::{Timestamp, ToSpan};

use super::{Deed, Question};
use crate::access::Digest;
use crate::access::audit::{Event, Hash, Head, Record};
use crate::store::line::{Line, Row, Value, bytes, int, text};

const COLUMNS: &str = "seq, at, who, via, address, action, target, outcome, before, after, hash";

fn record(row: &Row) -> Result<Record, sqlx::Error> {
    Ok(Record {
        seq: row.number(0)?,
        at: row.text(1)?,
        who: row.text(2)?,
        via: row.text(3)?,
        from: row.text(4)?,
        action: row.text(5)?,
        target: row.text(6)?,
        outcome: row.text(7)?,
        before: row.text(8)?,
        after: row.text(9)?,
        hash: Hash(row.digest(10)?.0),
    })
}

pub async fn put(line: &mut Line<'_>, record: &Record) -> Result<(), sqlx::Error> {
    let sql =
        "INSERT INTO {p}audit (seq, at, who, via, address, action, target, outcome, before, after, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let texts = [
        &record.at,
        &record.who,
        &record.via,
        &record.from,
        &record.action,
        &record.target,
        &record.outcome,
        &record.before,
        &record.after,
    ];
    let mut values: Vec<Value> = vec![int(record.seq as i64)];
    values.extend(texts.map(|t| text(t)));
    values.push(bytes(&Digest(record.hash.0)));
    line.run(sql, values).await
}

/// Adds a record where the chain ends; whoever calls holds the directory's lock.
pub async fn append(line: &mut Line<'_>, event: Event, at: Timestamp) -> Result<Head, sqlx::Error> {
    let head = head(line).await?;
    // To the millisecond, which is how moments are kept everywhere here.
    let at = at.checked_sub((at.subsec_nanosecond() % 1_000_000).nanoseconds()).unwrap_or(at);
    let record = head.append(event, format!("{at:.3}"));
    put(line, &record).await?;
    Ok(record.head())
}

pub async fn head(line: &mut Line<'_>) -> Result<Head, sqlx::Error> {
    let row = line.row("SELECT seq, hash FROM {p}audit_head", vec![]).await?;
    let row = row.ok_or(sqlx::Error::RowNotFound)?;
    Ok(Head { seq: row.number(0)?, hash: Hash(row.digest(1)?.0) })
}

pub struct Append {
    pub event: Event,
    pub at: Timestamp,
}

impl Deed for Append {
    type Answer = Head;
    async fn act(self, line: &mut Line<'_>) -> Result<Head, sqlx::Error> {
        line.lock().await?;
        append(line, self.event, self.at).await
    }
}

pub struct Ends;

impl Question for Ends {
    type Answer = Head;
    fn nothing(&self) -> Head {
        Head::EMPTY
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Head, sqlx::Error> {
        head(line).await
    }
}

pub struct After(pub u64, pub u32);

impl Question for After {
    type Answer = Vec<Record>;
    fn nothing(&self) -> Vec<Record> {
        Vec::new()
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Vec<Record>, sqlx::Error> {
        let sql = format!("SELECT {COLUMNS} FROM {{p}}audit WHERE seq > $1 ORDER BY seq LIMIT $2");
        let after = i64::try_from(self.0).unwrap_or(i64::MAX);
        line.rows(&sql, vec![int(after), int(i64::from(self.1))]).await?.iter().map(record).collect()
    }
}

pub struct Before(pub Option<u64>, pub u32);

impl Question for Before {
    type Answer = Vec<Record>;
    fn nothing(&self) -> Vec<Record> {
        Vec::new()
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Vec<Record>, sqlx::Error> {
        let sql = format!("SELECT {COLUMNS} FROM {{p}}audit WHERE seq < $1 ORDER BY seq DESC LIMIT $2");
        let before = self.0.and_then(|n| i64::try_from(n).ok()).unwrap_or(i64::MAX);
        line.rows(&sql, vec![int(before), int(i64::from(self.1))]).await?.iter().map(record).collect()
    }
}

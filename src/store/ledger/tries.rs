//! Places for tries at passwords, counted over all servers.
//!
//! Each thing that is counted has a row, and its row is locked before it is read: of tries at the same time each sees
//! those before it. The name's row comes first, then the address's, so that no two wait for each other.

use super::Deed;
use super::record::Place;
use crate::access::lockout::{Counted, WINDOW, counting, judge};
use crate::store::line::{Line, int, json, text};

pub struct Take(pub Vec<Counted>);

impl Deed for Take {
    type Answer = Place;
    async fn act(self, line: &mut Line<'_>) -> Result<Place, sqlx::Error> {
        let mut rows = Vec::new();
        for counted in &self.0 {
            rows.push(lock(line, &counted.key).await?);
        }
        let now = line.now().await?;
        let waits = self.0.iter().zip(&rows).filter_map(|(c, (tries, _))| judge(tries, now, c.limit).err());
        let wait = waits.max();
        let turned_away = rows.iter().map(|(_, turned_away)| *turned_away).max().unwrap_or_default();
        for (counted, (tries, turned_away)) in self.0.iter().zip(rows) {
            let mut tries = counting(&tries, now);
            let turned_away = if wait.is_some() { turned_away + 1 } else { 0 };
            if wait.is_none() {
                tries.push(now);
            }
            put(line, &counted.key, &tries, turned_away, now).await?;
        }
        let turned_away = turned_away as u64;
        forget(line, now).await?;
        Ok(match wait {
            Some(wait) => Place::None { wait, first: turned_away == 0 },
            None => Place::Taken { at: now, turned_away },
        })
    }
}

/// Locks the row of something that is counted, which is made where there is none; its tries, and how many were turned
/// away since.
async fn lock(line: &mut Line<'_>, key: &str) -> Result<(Vec<i64>, i64), sqlx::Error> {
    let sql = "INSERT INTO {p}tries (key, times, turned_away, until) VALUES ($1, '[]', 0, 0)
        ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING times, turned_away";
    let row = line.row(sql, vec![text(key)]).await?.ok_or(sqlx::Error::RowNotFound)?;
    Ok((row.json(0)?, row.int(1)?))
}

async fn put(
    line: &mut Line<'_>,
    key: &str,
    tries: &[i64],
    turned_away: i64,
    now: i64,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE {p}tries SET times = $2, turned_away = $3, until = $4 WHERE key = $1";
    line.run(sql, vec![text(key), json(&tries)?, int(turned_away), int(now + WINDOW)]).await
}

/// Drops some rows that count no more; those that somebody holds are left.
async fn forget(line: &mut Line<'_>, now: i64) -> Result<(), sqlx::Error> {
    let lock = if matches!(line, Line::Database(..)) { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "DELETE FROM {{p}}tries WHERE key IN (SELECT key FROM {{p}}tries WHERE until < $1 LIMIT 100 {lock})"
    );
    line.run(&sql, vec![int(now)]).await
}

pub struct GiveBack(pub Vec<Counted>, pub i64);

impl Deed for GiveBack {
    type Answer = ();
    async fn act(self, line: &mut Line<'_>) -> Result<(), sqlx::Error> {
        let Self(counted, taken) = self;
        for Counted { key, .. } in counted {
            let (mut tries, turned_away) = lock(line, &key).await?;
            if let Some(at) = tries.iter().position(|&at| at == taken) {
                tries.remove(at);
            }
            put(line, &key, &tries, turned_away, taken).await?;
        }
        Ok(())
    }
}

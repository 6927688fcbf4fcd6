//! A partition → the rows that differ, in one transaction with the version, its lineage and the feed's row.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection};

use super::history::{VERSION_COLUMNS, record_of};
use super::load::{COLUMNS, bare_row, narrow, whole};
use super::{PostGis, StoreError, compute, layers, put_setting};
use crate::store::delta::{Current, Delta, differ, record};
use crate::store::known::Head;
use crate::store::line::Line;
use crate::store::plans;
use crate::store::record::{LineageRow, NewVersion, Saved, VersionRecord};
use crate::store::rows::UnitRow;
use crate::unit::Uid;
use crate::wkb::{SRS_ID, wkb_of};

/// Rows in one INSERT: with geometry, some megabytes.
pub(super) const BATCH: usize = 1000;

/// A row with what stands beside it.
pub(super) struct PutRow<'a> {
    pub row: &'a UnitRow,
    pub digest: &'a [u8],
    pub from: i64,
    pub to: Option<i64>,
}

impl PostGis {
    pub(in crate::store) async fn save(&self, new: &NewVersion) -> Result<Saved, StoreError> {
        if let Some(refusal) = layers::refusal(&new.partition) {
            return Err(StoreError::Refused(refusal));
        }
        let side = &self.primary;
        let mut transaction = self.begin().await?;
        let quick = match new.worked_out() {
            Some(changes) => changes.on(self.head(&mut transaction, changes.closed()).await?)?,
            None => None,
        };
        let compared;
        let (number, delta) = if let Some(quick) = quick {
            quick
        } else {
            let current = self.current(&mut transaction).await?;
            current.expect(new.base)?;
            let (partition, uids, number) = (Arc::clone(&new.partition), new.uids, current.number() + 1);
            compared = compute(move || differ(&partition, uids, current)).await?;
            (number, &compared)
        };
        let version = record(new, number, delta.content_hash);
        side.within(&side.write, write(&mut transaction, &version, delta, new)).await?;
        if let Some(plan) = new.plan {
            let publish = async {
                plans::publish(&mut Line::Database(&mut transaction, &side.schema), plan, number).await
            };
            if !side.within(&side.write, publish).await? {
                return Err(plans::changed(plan));
            }
        }
        self.commit(transaction).await?;
        Ok(delta.saved(version))
    }

    /// The current version, whole.
    async fn current(&self, connection: &mut PgConnection) -> Result<Current, StoreError> {
        let side = &self.primary;
        let read = async {
            let (version, highest, reserved) = newest(connection, &side.schema).await?;
            let query = format!(
                "SELECT {COLUMNS} FROM unit_rows WHERE to_version IS NULL ORDER BY position NULLS FIRST"
            );
            let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(connection).await?;
            let rows: Vec<_> = rows.iter().map(bare_row).collect::<Result<_, _>>()?;
            Ok((version, highest, rows, reserved))
        };
        let (version, highest, rows, reserved): (_, _, Vec<_>, _) = side.within(&side.write, read).await?;
        let version = version.map(|row| record_of(side, &row)).transpose()?;
        let rows = compute(move || rows.into_par_iter().map(whole).collect()).await;
        Ok(Current { version, rows, highest, reserved })
    }

    /// The current version, and of its rows those of some units.
    async fn head(&self, connection: &mut PgConnection, units: &[Uid]) -> Result<Head, StoreError> {
        let side = &self.primary;
        let read = async {
            let (version, highest, reserved) = newest(connection, &side.schema).await?;
            let count = "SELECT count(*) FROM unit_rows WHERE to_version IS NULL";
            let count: i64 = sqlx::query_scalar(count).fetch_one(&mut *connection).await?;
            let query =
                format!("SELECT {COLUMNS} FROM unit_rows WHERE uid = ANY ($1) AND to_version IS NULL");
            let units: Vec<i64> = units.iter().map(|uid| i64::from(uid.0)).collect();
            let rows = sqlx::query(AssertSqlSafe(query)).bind(units).fetch_all(connection).await?;
            Ok((version, highest, reserved, count as usize, rows))
        };
        let (version, highest, reserved, rows, closed) = side.within(&side.write, read).await?;
        let version = version.map(|row| record_of(side, &row)).transpose()?;
        // What cannot be read is a change from outside: what is missing here is looked for.
        let closed = closed.iter().filter_map(|row| bare_row(row).ok()).map(whole).collect();
        Ok(Head { version, rows, highest, reserved, closed })
    }
}

/// The newest version's row, the highest uid ever given or reserved, and those that are reserved.
async fn newest(
    connection: &mut PgConnection,
    schema: &str,
) -> Result<(Option<PgRow>, u32, BTreeSet<Uid>), sqlx::Error> {
    let query = format!("SELECT {VERSION_COLUMNS} FROM versions ORDER BY number DESC LIMIT 1");
    let version = sqlx::query(AssertSqlSafe(query)).fetch_optional(&mut *connection).await?;
    let given: i64 =
        sqlx::query_scalar("SELECT coalesce(max(uid), 0) FROM unit_rows").fetch_one(&mut *connection).await?;
    let given: u32 = narrow(given)?;
    let reserved = plans::reserved(&mut Line::Database(connection, schema)).await?;
    Ok((version, reserved.last().map_or(given, |uid| given.max(uid.0)), reserved))
}

async fn write(
    connection: &mut PgConnection,
    version: &VersionRecord,
    delta: &Delta,
    new: &NewVersion,
) -> Result<(), sqlx::Error> {
    let number = version.number as i64;
    put_version(connection, version).await?;
    let closed: Vec<i64> = delta.closed.iter().map(|uid| i64::from(uid.0)).collect();
    sqlx::query("UPDATE unit_rows SET to_version = $1 WHERE uid = ANY ($2) AND to_version IS NULL")
        .bind(number)
        .bind(closed)
        .execute(&mut *connection)
        .await?;
    for batch in delta.written.chunks(BATCH) {
        let rows = batch.iter().map(|(row, digest)| PutRow { row, digest, from: number, to: None });
        put_rows(connection, rows).await?;
    }
    put_lineage(connection, &delta.lineage).await?;
    for (key, value) in &new.settings {
        put_setting(connection, key, value).await?;
    }
    layers::refresh(connection, &new.partition).await?;
    put_feed(connection, version, delta).await
}

pub(super) async fn put_version(
    connection: &mut PgConnection,
    version: &VersionRecord,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO versions VALUES ($1, $2::text::timestamptz, $3::text::date, $4, $5, $6, $7, $8)",
    )
    .bind(version.number as i64)
    .bind(version.recorded_at.to_string())
    .bind(version.effective_from.to_string())
    .bind(&version.author)
    .bind(&version.note)
    .bind(&version.document)
    .bind(version.levels.to_string())
    .bind(version.content_hash.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes rows in their order.
pub(super) async fn put_rows<'a>(
    connection: &mut PgConnection,
    rows: impl Iterator<Item = PutRow<'a>> + Clone,
) -> Result<(), sqlx::Error> {
    let query = format!(
        "INSERT INTO unit_rows
           (uid, level, code, name, parent, tint, position, attributes, digest, geometry, from_version, to_version)
         SELECT uid, level, code, name, parent, tint, position, attributes::json, digest,
           ST_GeomFromWKB(wkb, {SRS_ID}), first, last
         FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::bigint[],
           $8::text[], $9::bytea[], $10::bytea[], $11::bigint[], $12::bigint[]) WITH ORDINALITY
           AS r (uid, level, code, name, parent, tint, position, attributes, digest, wkb, first, last, n)
         ORDER BY n"
    );
    let all = || rows.clone();
    sqlx::query(AssertSqlSafe(query))
        .bind(all().map(|r| i64::from(r.row.uid.0)).collect::<Vec<_>>())
        .bind(all().map(|r| r.row.level.as_str()).collect::<Vec<_>>())
        .bind(all().map(|r| r.row.code.as_deref()).collect::<Vec<_>>())
        .bind(all().map(|r| r.row.name.as_str()).collect::<Vec<_>>())
        .bind(all().map(|r| r.row.parent.as_deref()).collect::<Vec<_>>())
        .bind(all().map(|r| i16::from(r.row.tint)).collect::<Vec<_>>())
        .bind(all().map(|r| r.row.position.map(i64::from)).collect::<Vec<_>>())
        .bind(all().map(|r| r.row.attributes.as_str()).collect::<Vec<_>>())
        .bind(all().map(|r| r.digest).collect::<Vec<_>>())
        .bind(all().map(|r| wkb_of(&r.row.geometry)).collect::<Vec<_>>())
        .bind(all().map(|r| r.from).collect::<Vec<_>>())
        .bind(all().map(|r| r.to).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn put_lineage(
    connection: &mut PgConnection,
    rows: &[LineageRow],
) -> Result<(), sqlx::Error> {
    for rows in rows.chunks(BATCH) {
        sqlx::query(
            "INSERT INTO lineage (version, from_uid, from_code, to_uid, to_code, share)
             SELECT version, from_uid, from_code, to_uid, to_code, share
             FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::float8[])
               WITH ORDINALITY AS r (version, from_uid, from_code, to_uid, to_code, share, n) ORDER BY n",
        )
        .bind(rows.iter().map(|r| r.version as i64).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| i64::from(r.from.0.0)).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.from.1.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| i64::from(r.to.0.0)).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.to.1.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|r| r.share).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn put_feed(
    connection: &mut PgConnection,
    version: &VersionRecord,
    delta: &Delta,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "WITH next AS (UPDATE counters SET feed = feed + 1 RETURNING feed)
         INSERT INTO feed (seq, at, kind, version, payload)
         SELECT feed, $1::text::timestamptz, 'published', $2, $3 FROM next",
    )
    .bind(version.recorded_at.to_string())
    .bind(version.number as i64)
    .bind(delta.payload(version))
    .execute(connection)
    .await?;
    Ok(())
}

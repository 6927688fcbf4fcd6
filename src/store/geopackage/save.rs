//! A partition → the rows that differ, in one transaction with the version, its lineage and the feed's row.

use std::collections::BTreeSet;
use std::sync::Arc;

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::load::{COLUMNS, stored_row};
use super::{GeoPackage, StoreError, compute, layers, put_setting};
use crate::store::delta::{Current, Delta, differ, record};
use crate::store::known::Head;
use crate::store::line::Line;
use crate::store::plans;
use crate::store::record::{LineageRow, NewVersion, Saved, VersionRecord};
use crate::store::rows::UnitRow;
use crate::unit::Uid;

impl GeoPackage {
    pub(in crate::store) async fn save(&self, new: &NewVersion) -> Result<Saved, StoreError> {
        if let Some(refusal) = layers::refusal(&new.partition) {
            return Err(StoreError::Refused(refusal));
        }
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
        self.write(&mut transaction, &version, delta, new).await.map_err(|e| self.failed(e))?;
        if let Some(plan) = new.plan
            && !plans::publish(&mut Line::File(&mut transaction), plan, number)
                .await
                .map_err(|e| self.failed(e))?
        {
            return Err(plans::changed(plan));
        }
        self.commit(transaction).await?;
        Ok(delta.saved(version))
    }

    /// The current version, whole.
    async fn current(&self, connection: &mut SqliteConnection) -> Result<Current, StoreError> {
        let failed = |e| self.failed(e);
        let (highest, reserved) = uids(connection).await.map_err(failed)?;
        let query = format!("SELECT {COLUMNS} FROM unit_rows WHERE to_version IS NULL ORDER BY position");
        let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(&mut *connection).await.map_err(failed)?;
        let rows = rows.iter().map(stored_row).collect::<Result<_, _>>().map_err(failed)?;
        let version = self.newest(connection).await?;
        Ok(Current { version, rows, highest, reserved })
    }

    /// The current version, and of its rows those of some units.
    async fn head(&self, connection: &mut SqliteConnection, units: &[Uid]) -> Result<Head, StoreError> {
        let failed = |e| self.failed(e);
        let (highest, reserved) = uids(connection).await.map_err(failed)?;
        let rows: u32 = sqlx::query_scalar("SELECT count(*) FROM unit_rows WHERE to_version IS NULL")
            .fetch_one(&mut *connection)
            .await
            .map_err(failed)?;
        let mut closed = Vec::with_capacity(units.len());
        for uid in units {
            let query = format!("SELECT {COLUMNS} FROM unit_rows WHERE uid = ? AND to_version IS NULL");
            let row = sqlx::query(AssertSqlSafe(query)).bind(uid.0).fetch_all(&mut *connection).await;
            // A value of another type than is ever written is a change from outside: what is missing here is looked for.
            closed.extend(row.map_err(failed)?.iter().filter_map(|row| stored_row(row).ok()));
        }
        let version = self.newest(connection).await?;
        Ok(Head { version, rows: rows as usize, highest, reserved, closed })
    }

    async fn newest(&self, connection: &mut SqliteConnection) -> Result<Option<VersionRecord>, StoreError> {
        let query = "SELECT * FROM versions ORDER BY number DESC LIMIT 1";
        let row = sqlx::query(query).fetch_optional(connection).await.map_err(|e| self.failed(e))?;
        row.map(|row| self.record(&row)).transpose()
    }

    async fn write(
        &self,
        connection: &mut SqliteConnection,
        version: &VersionRecord,
        delta: &Delta,
        new: &NewVersion,
    ) -> Result<(), sqlx::Error> {
        let number = version.number as i64;
        put_version(connection, version).await?;
        for uid in &delta.closed {
            sqlx::query("UPDATE unit_rows SET to_version = ? WHERE uid = ? AND to_version IS NULL")
                .bind(number)
                .bind(uid.0)
                .execute(&mut *connection)
                .await?;
        }
        for (row, digest) in &delta.written {
            put_row(connection, row, digest, number, None).await?;
        }
        for row in &delta.lineage {
            put_lineage(connection, row).await?;
        }
        for (key, value) in &new.settings {
            put_setting(connection, key, value).await?;
        }
        layers::refresh(connection, &new.partition).await?;
        put_feed(connection, version, delta).await
    }
}

/// The highest uid ever given or reserved, and those that are reserved.
async fn uids(connection: &mut SqliteConnection) -> Result<(u32, BTreeSet<Uid>), sqlx::Error> {
    let given: u32 =
        sqlx::query_scalar("SELECT coalesce(max(uid), 0) FROM unit_rows").fetch_one(&mut *connection).await?;
    let reserved = plans::reserved(&mut Line::File(connection)).await?;
    Ok((reserved.last().map_or(given, |uid| given.max(uid.0)), reserved))
}

pub(super) async fn put_version(
    connection: &mut SqliteConnection,
    version: &VersionRecord,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
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

pub(super) async fn put_row(
    connection: &mut SqliteConnection,
    row: &UnitRow,
    digest: &[u8],
    from: i64,
    to: Option<i64>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO unit_rows
         (uid, level, code, name, parent, tint, position, attributes, from_version, to_version, digest, geometry)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(row.uid.0)
    .bind(&row.level)
    .bind(&row.code)
    .bind(&row.name)
    .bind(&row.parent)
    .bind(row.tint)
    .bind(row.position)
    .bind(&row.attributes)
    .bind(from)
    .bind(to)
    .bind(digest)
    .bind(&row.geometry)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn put_lineage(
    connection: &mut SqliteConnection,
    row: &LineageRow,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO lineage VALUES (?, ?, ?, ?, ?, ?)")
        .bind(row.version as i64)
        .bind(row.from.0.0)
        .bind(row.from.1.as_str())
        .bind(row.to.0.0)
        .bind(row.to.1.as_str())
        .bind(row.share)
        .execute(connection)
        .await?;
    Ok(())
}

async fn put_feed(
    connection: &mut SqliteConnection,
    version: &VersionRecord,
    delta: &Delta,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO feed (at, kind, version, payload) VALUES (?, 'published', ?, ?)")
        .bind(version.recorded_at.to_string())
        .bind(version.number as i64)
        .bind(delta.payload(version))
        .execute(connection)
        .await?;
    Ok(())
}

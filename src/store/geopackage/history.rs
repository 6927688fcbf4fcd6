//! Records of versions, what each changed, what became of codes, the feed, and settings.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use jiff::civil::Date;

use super::{GeoPackage, StoreError};
use crate::store::record::{Change, FeedRow, LineageRow, Retired, Revision, VersionRecord, VersionTexts};
use crate::store::revision::{HistoryRow, change_kind, in_order, largest_first, revisions};
use crate::unit::{Code, Uid};

impl GeoPackage {
    pub(in crate::store) async fn latest(&self) -> Result<Option<u64>, StoreError> {
        let number: Option<i64> = sqlx::query_scalar("SELECT max(number) FROM versions")
            .fetch_one(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(number.map(|n| n as u64))
    }

    pub(in crate::store) async fn versions(&self) -> Result<Vec<VersionRecord>, StoreError> {
        let rows = sqlx::query("SELECT * FROM versions ORDER BY number")
            .fetch_all(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        rows.iter().map(|r| self.record(r)).collect()
    }

    pub(in crate::store) async fn version(&self, number: u64) -> Result<VersionRecord, StoreError> {
        let row = sqlx::query("SELECT * FROM versions WHERE number = ?")
            .bind(i64::try_from(number).unwrap_or(i64::MAX))
            .fetch_optional(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        match row {
            Some(row) => self.record(&row),
            None => Err(StoreError::NoVersion { number, latest: self.latest().await? }),
        }
    }

    pub(in crate::store) async fn at(&self, date: Date) -> Result<Option<VersionRecord>, StoreError> {
        let query = "SELECT * FROM versions WHERE effective_from <= ? ORDER BY effective_from DESC, number DESC LIMIT 1";
        let row = sqlx::query(query)
            .bind(date.to_string())
            .fetch_optional(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        row.map(|r| self.record(&r)).transpose()
    }

    pub(super) fn record(&self, row: &SqliteRow) -> Result<VersionRecord, StoreError> {
        let texts = || {
            Ok(VersionTexts {
                number: row.try_get("number")?,
                recorded_at: row.try_get("recorded_at")?,
                effective_from: row.try_get("effective_from")?,
                author: row.try_get("author")?,
                note: row.try_get("note")?,
                document: row.try_get("document")?,
                levels: row.try_get("levels")?,
                content_hash: row.try_get("content_hash")?,
            })
        };
        texts().map_err(|e| self.failed(e))?.parse().map_err(|e| self.odd(e))
    }

    pub(in crate::store) async fn changes(&self, number: u64) -> Result<Vec<Change>, StoreError> {
        self.version(number).await?;
        // Of a unit that changed, two rows meet at this version: max() takes the other columns from the later one.
        let query = "SELECT uid, level, coalesce(code, '') AS code, name, max(from_version) = ?1 AS fresh,
               count(*) AS rows
             FROM unit_rows WHERE from_version = ?1 OR to_version = ?1 GROUP BY uid";
        let rows = sqlx::query(query)
            .bind(number as i64)
            .fetch_all(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        rows.iter().map(change).collect::<Result<_, _>>().map(in_order).map_err(|e| self.failed(e))
    }

    pub(in crate::store) async fn retired(
        &self,
        code: &Code,
        number: u64,
    ) -> Result<Option<Retired>, StoreError> {
        let query = "SELECT uid, name, to_version FROM unit_rows WHERE code = ?1 AND to_version <= ?2
             AND NOT EXISTS (SELECT 1 FROM unit_rows WHERE code = ?1 AND from_version <= ?2
               AND (to_version IS NULL OR to_version > ?2))
             ORDER BY to_version DESC LIMIT 1";
        let row = sqlx::query(query)
            .bind(code.as_str())
            .bind(i64::try_from(number).unwrap_or(i64::MAX))
            .fetch_optional(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        let Some(row) = row else { return Ok(None) };
        let get = || Ok((Uid(row.try_get(0)?), row.try_get::<String, _>(1)?, row.try_get::<i64, _>(2)?));
        let (uid, name, version) = get().map_err(|e: sqlx::Error| self.failed(e))?;
        let became = self.lineage_rows("version = ? AND from_code = ?", version, Some(code)).await?;
        let became = largest_first(became);
        Ok(Some(Retired { uid, name, version: version as u64, became }))
    }

    pub(in crate::store) async fn holder(&self, code: &Code) -> Result<Option<Uid>, StoreError> {
        let query = "SELECT uid FROM unit_rows WHERE code = ?
             ORDER BY to_version IS NULL DESC, to_version DESC LIMIT 1";
        let uid: Option<u32> = sqlx::query_scalar(query)
            .bind(code.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(uid.map(Uid))
    }

    pub(in crate::store) async fn history(&self, uid: Uid) -> Result<Vec<Revision>, StoreError> {
        let query = "SELECT level, code, name, parent, tint, attributes, from_version, to_version,
               geometry IS lag(geometry) OVER (ORDER BY from_version) AS same_geometry
             FROM unit_rows WHERE uid = ? ORDER BY from_version";
        let rows =
            sqlx::query(query).bind(uid.0).fetch_all(&self.readers).await.map_err(|e| self.failed(e))?;
        let rows: Vec<HistoryRow> =
            rows.iter().map(history_row).collect::<Result<_, _>>().map_err(|e| self.failed(e))?;
        revisions(uid, &rows, &self.versions().await?)
            .map_err(|number| self.odd(format!("unit {uid} changed in version {number}, which is not there")))
    }

    pub(in crate::store) async fn lineage(&self, number: u64) -> Result<Vec<LineageRow>, StoreError> {
        self.lineage_rows("version = ? AND ? IS NULL", number as i64, None).await
    }

    async fn lineage_rows(
        &self,
        which: &'static str,
        version: i64,
        code: Option<&Code>,
    ) -> Result<Vec<LineageRow>, StoreError> {
        let query = format!(
            "SELECT version, from_uid, from_code, to_uid, to_code, share FROM lineage WHERE {which} ORDER BY rowid"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(version)
            .bind(code.map(Code::as_str))
            .fetch_all(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        rows.iter().map(lineage_row).collect::<Result<_, _>>().map_err(|e| self.failed(e))
    }

    pub(in crate::store) async fn feed(&self, seq: u64, limit: u32) -> Result<Vec<FeedRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT seq, at, kind, version, payload FROM feed WHERE seq > ? ORDER BY seq LIMIT ?",
        )
        .bind(i64::try_from(seq).unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(&self.readers)
        .await
        .map_err(|e| self.failed(e))?;
        rows.iter().map(feed_row).collect::<Result<_, _>>().map_err(|e| self.failed(e))
    }

    pub(in crate::store) async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar("SELECT value FROM meta WHERE key = ?")
            .bind(key)
            .fetch_optional(&self.readers)
            .await
            .map_err(|e| self.failed(e))
    }
}

fn change(row: &SqliteRow) -> Result<Change, sqlx::Error> {
    Ok(Change {
        uid: Uid(row.try_get("uid")?),
        level: row.try_get("level")?,
        code: row.try_get("code")?,
        name: row.try_get("name")?,
        kind: change_kind(row.try_get("fresh")?, row.try_get("rows")?),
    })
}

fn history_row(row: &SqliteRow) -> Result<HistoryRow, sqlx::Error> {
    Ok(HistoryRow {
        level: row.try_get("level")?,
        code: row.try_get("code")?,
        name: row.try_get("name")?,
        parent: row.try_get("parent")?,
        tint: row.try_get("tint")?,
        attributes: row.try_get("attributes")?,
        same_geometry: row.try_get("same_geometry")?,
        from: row.try_get::<i64, _>("from_version")? as u64,
        to: row.try_get::<Option<i64>, _>("to_version")?.map(|v| v as u64),
    })
}

pub(super) fn lineage_row(row: &SqliteRow) -> Result<LineageRow, sqlx::Error> {
    let code = |column: &str| {
        let text: String = row.try_get(column)?;
        Code::new(&text).map_err(|e| sqlx::Error::Decode(Box::new(e)))
    };
    Ok(LineageRow {
        version: row.try_get::<i64, _>("version")? as u64,
        from: (Uid(row.try_get("from_uid")?), code("from_code")?),
        to: (Uid(row.try_get("to_uid")?), code("to_code")?),
        share: row.try_get("share")?,
    })
}

pub(super) fn feed_row(row: &SqliteRow) -> Result<FeedRow, sqlx::Error> {
    let at: String = row.try_get("at")?;
    Ok(FeedRow {
        seq: row.try_get::<i64, _>("seq")? as u64,
        at: at.parse().map_err(|e: jiff::Error| sqlx::Error::Decode(Box::new(e)))?,
        kind: row.try_get("kind")?,
        version: row.try_get::<Option<i64>, _>("version")?.map(|v| v as u64),
        payload: row.try_get("payload")?,
    })
}

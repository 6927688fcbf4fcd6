//! Records of versions, what each changed, what became of codes, the feed, and settings.

use jiff::civil::Date;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row};

use super::load::{has_version, narrow, uid};
use super::side::Side;
use super::{PostGis, StoreError, prefer_replica};
use crate::store::record::{Change, FeedRow, LineageRow, Retired, Revision, VersionRecord, VersionTexts};
use crate::store::revision::{HistoryRow, change_kind, in_order, largest_first, revisions};
use crate::unit::{Code, Uid};

/// The columns of a record, as [`record_of`] reads them.
pub(super) const VERSION_COLUMNS: &str = "number, \
     to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS recorded_at, \
     to_char(effective_from, 'YYYY-MM-DD') AS effective_from, author, note, document, levels, content_hash";

/// A version's record.
pub(super) fn record_of(side: &Side, row: &PgRow) -> Result<VersionRecord, StoreError> {
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
    texts().map_err(|e| side.failed(e))?.parse().map_err(|e| side.odd(e))
}

/// A number as the database holds it; one beyond is as good as the highest.
fn wide(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Side {
    pub(super) async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        let query = sqlx::query_scalar("SELECT value FROM meta WHERE key = $1").bind(key);
        self.watch(query.fetch_optional(&self.watch.pool)).await
    }
}

impl PostGis {
    pub(in crate::store) async fn latest(&self) -> Result<Option<u64>, StoreError> {
        let side = &self.primary;
        let query = sqlx::query_scalar("SELECT max(number) FROM versions");
        let number: Option<i64> = side.watch(query.fetch_one(&side.watch.pool)).await?;
        Ok(number.map(|n| n as u64))
    }

    pub(in crate::store) async fn versions(&self) -> Result<Vec<VersionRecord>, StoreError> {
        let side = &self.primary;
        let query = format!("SELECT {VERSION_COLUMNS} FROM versions ORDER BY number");
        let rows = side.ask(sqlx::query(AssertSqlSafe(query)).fetch_all(&side.serve.pool)).await?;
        rows.iter().map(|r| record_of(side, r)).collect()
    }

    pub(in crate::store) async fn version(&self, number: u64) -> Result<VersionRecord, StoreError> {
        let side = &self.primary;
        let query = format!("SELECT {VERSION_COLUMNS} FROM versions WHERE number = $1");
        let query = sqlx::query(AssertSqlSafe(query)).bind(wide(number));
        match side.watch(query.fetch_optional(&side.watch.pool)).await? {
            Some(row) => record_of(side, &row),
            None => Err(StoreError::NoVersion { number, latest: self.latest().await? }),
        }
    }

    pub(in crate::store) async fn at(&self, date: Date) -> Result<Option<VersionRecord>, StoreError> {
        let side = &self.primary;
        let query = format!(
            "SELECT {VERSION_COLUMNS} FROM versions WHERE effective_from <= $1::text::date
             ORDER BY versions.effective_from DESC, number DESC LIMIT 1"
        );
        let query = sqlx::query(AssertSqlSafe(query)).bind(date.to_string());
        let row = side.ask(query.fetch_optional(&side.serve.pool)).await?;
        row.map(|r| record_of(side, &r)).transpose()
    }

    pub(in crate::store) async fn changes(&self, number: u64) -> Result<Vec<Change>, StoreError> {
        let version = self.version(number).await?;
        let rows = prefer_replica!(
            self,
            has side => has_version(side, Some(&version)),
            read side => changes(side, number)
        )?;
        rows.iter().map(change).collect::<Result<_, _>>().map(in_order).map_err(|e| self.primary.failed(e))
    }

    pub(in crate::store) async fn retired(
        &self,
        code: &Code,
        number: u64,
    ) -> Result<Option<Retired>, StoreError> {
        let newest = self.newest_to_compare().await?;
        prefer_replica!(self, has side => has_version(side, newest.as_ref()), read side => retired(side, code, number))
    }

    pub(in crate::store) async fn holder(&self, code: &Code) -> Result<Option<Uid>, StoreError> {
        let newest = self.newest_to_compare().await?;
        prefer_replica!(self, has side => has_version(side, newest.as_ref()), read side => holder(side, code))
    }

    pub(in crate::store) async fn history(&self, uid: Uid) -> Result<Vec<Revision>, StoreError> {
        let newest = self.newest_to_compare().await?;
        let rows = prefer_replica!(
            self,
            has side => has_version(side, newest.as_ref()),
            read side => history(side, uid)
        )?;
        // Records after rows: every version that a row names is among them.
        revisions(uid, &rows, &self.versions().await?).map_err(|number| {
            self.primary.odd(format!("unit {uid} changed in version {number}, which is not there"))
        })
    }

    pub(in crate::store) async fn lineage(&self, number: u64) -> Result<Vec<LineageRow>, StoreError> {
        let newest = self.newest_to_compare().await?;
        prefer_replica!(
            self,
            has side => has_version(side, newest.as_ref()),
            read side => lineage_rows(side, "version = $1 AND $2::text IS NULL", wide(number), None)
        )
    }

    pub(in crate::store) async fn feed(&self, seq: u64, limit: u32) -> Result<Vec<FeedRow>, StoreError> {
        let side = &self.primary;
        let query = format!("SELECT {FEED_COLUMNS} FROM feed WHERE seq > $1 ORDER BY seq LIMIT $2");
        let query = sqlx::query(AssertSqlSafe(query)).bind(wide(seq)).bind(i64::from(limit));
        let rows = side.ask(query.fetch_all(&side.serve.pool)).await?;
        rows.iter().map(feed_row).collect::<Result<_, _>>().map_err(|e| side.failed(e))
    }

    pub(in crate::store) async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.primary.setting(key).await
    }

    /// The primary's newest version, where there is a replica that may have it.
    async fn newest_to_compare(&self) -> Result<Option<VersionRecord>, StoreError> {
        if self.replica.is_none() {
            return Ok(None);
        }
        let side = &self.primary;
        let query = format!("SELECT {VERSION_COLUMNS} FROM versions ORDER BY number DESC LIMIT 1");
        let query = sqlx::query(AssertSqlSafe(query)).fetch_optional(&side.watch.pool);
        side.watch(query).await?.map(|row| record_of(side, &row)).transpose()
    }
}

async fn changes(side: &Side, number: u64) -> Result<Vec<PgRow>, StoreError> {
    // Of a unit that changed, two rows meet at this version: the later one tells.
    let query =
        "SELECT DISTINCT ON (uid) uid, level, coalesce(code, '') AS code, name, from_version = $1 AS fresh,
           count(*) OVER (PARTITION BY uid) AS rows
         FROM unit_rows WHERE from_version = $1 OR to_version = $1 ORDER BY uid, from_version DESC";
    side.ask(sqlx::query(query).bind(wide(number)).fetch_all(&side.serve.pool)).await
}

async fn retired(side: &Side, code: &Code, number: u64) -> Result<Option<Retired>, StoreError> {
    let query = "SELECT uid, name, to_version FROM unit_rows WHERE code = $1 AND to_version <= $2
         AND NOT EXISTS (SELECT 1 FROM unit_rows WHERE code = $1 AND from_version <= $2
           AND (to_version IS NULL OR to_version > $2))
         ORDER BY to_version DESC LIMIT 1";
    let query = sqlx::query(query).bind(code.as_str()).bind(wide(number));
    let Some(row) = side.ask(query.fetch_optional(&side.serve.pool)).await? else { return Ok(None) };
    let get = || Ok((uid(&row, 0)?, row.try_get::<String, _>(1)?, row.try_get::<i64, _>(2)?));
    let (uid, name, version) = get().map_err(|e: sqlx::Error| side.failed(e))?;
    let became = lineage_rows(side, "version = $1 AND from_code = $2", version, Some(code)).await?;
    Ok(Some(Retired { uid, name, version: version as u64, became: largest_first(became) }))
}

async fn holder(side: &Side, code: &Code) -> Result<Option<Uid>, StoreError> {
    let query = "SELECT uid FROM unit_rows WHERE code = $1
         ORDER BY to_version IS NULL DESC, to_version DESC LIMIT 1";
    let query = sqlx::query_scalar(query).bind(code.as_str());
    let uid: Option<i64> = side.ask(query.fetch_optional(&side.serve.pool)).await?;
    uid.map(narrow).transpose().map(|uid| uid.map(Uid)).map_err(|e| side.failed(e))
}

async fn history(side: &Side, uid: Uid) -> Result<Vec<HistoryRow>, StoreError> {
    let query =
        "SELECT level, code, name, parent, tint, attributes::text AS attributes, from_version, to_version,
           ST_AsBinary(geometry) IS NOT DISTINCT FROM lag(ST_AsBinary(geometry)) OVER (ORDER BY from_version)
             AS same_geometry
         FROM unit_rows WHERE uid = $1 ORDER BY from_version";
    let rows = side.ask(sqlx::query(query).bind(i64::from(uid.0)).fetch_all(&side.serve.pool)).await?;
    rows.iter().map(history_row).collect::<Result<_, _>>().map_err(|e| side.failed(e))
}

async fn lineage_rows(
    side: &Side,
    which: &'static str,
    version: i64,
    code: Option<&Code>,
) -> Result<Vec<LineageRow>, StoreError> {
    let query = format!("SELECT {LINEAGE_COLUMNS} FROM lineage WHERE {which} ORDER BY id");
    let query = sqlx::query(AssertSqlSafe(query)).bind(version).bind(code.map(Code::as_str));
    let rows = side.ask(query.fetch_all(&side.serve.pool)).await?;
    rows.iter().map(lineage_row).collect::<Result<_, _>>().map_err(|e| side.failed(e))
}

fn change(row: &PgRow) -> Result<Change, sqlx::Error> {
    Ok(Change {
        uid: uid(row, 0)?,
        level: row.try_get("level")?,
        code: row.try_get("code")?,
        name: row.try_get("name")?,
        kind: change_kind(row.try_get("fresh")?, row.try_get("rows")?),
    })
}

fn history_row(row: &PgRow) -> Result<HistoryRow, sqlx::Error> {
    Ok(HistoryRow {
        level: row.try_get("level")?,
        code: row.try_get("code")?,
        name: row.try_get("name")?,
        parent: row.try_get("parent")?,
        tint: narrow(i64::from(row.try_get::<i16, _>("tint")?))?,
        attributes: row.try_get("attributes")?,
        same_geometry: row.try_get("same_geometry")?,
        from: row.try_get::<i64, _>("from_version")? as u64,
        to: row.try_get::<Option<i64>, _>("to_version")?.map(|v| v as u64),
    })
}

/// The columns of a [`LineageRow`], as [`lineage_row`] reads them.
pub(super) const LINEAGE_COLUMNS: &str = "version, from_uid, from_code, to_uid, to_code, share";

pub(super) fn lineage_row(row: &PgRow) -> Result<LineageRow, sqlx::Error> {
    let code = |column: usize| {
        let text: &str = row.try_get(column)?;
        Code::new(text).map_err(|e| sqlx::Error::Decode(Box::new(e)))
    };
    Ok(LineageRow {
        version: row.try_get::<i64, _>(0)? as u64,
        from: (uid(row, 1)?, code(2)?),
        to: (uid(row, 3)?, code(4)?),
        share: row.try_get(5)?,
    })
}

/// The columns of a [`FeedRow`], as [`feed_row`] reads them.
pub(super) const FEED_COLUMNS: &str =
    "seq, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), kind, version, payload";

pub(super) fn feed_row(row: &PgRow) -> Result<FeedRow, sqlx::Error> {
    let at: &str = row.try_get(1)?;
    Ok(FeedRow {
        seq: row.try_get::<i64, _>(0)? as u64,
        at: at.parse().map_err(|e: jiff::Error| sqlx::Error::Decode(Box::new(e)))?,
        kind: row.try_get(2)?,
        version: row.try_get::<Option<i64>, _>(3)?.map(|v| v as u64),
        payload: row.try_get(4)?,
    })
}

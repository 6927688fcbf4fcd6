//! Everything that the schemas hold, out and in.

use rayon::prelude::*;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::features::{lines_in, points_in, put_lines, put_points};
use super::history::{FEED_COLUMNS, LINEAGE_COLUMNS, VERSION_COLUMNS, feed_row, lineage_row, record_of};
use super::load::{COLUMNS, bare_row, whole};
use super::people::{people_in, put_people};
use super::save::{BATCH, PutRow, put_lineage, put_rows, put_version};
use super::{PostGis, StoreError, compute, layers, put_setting};
use crate::coverage::Partition;
use crate::store::archive::{Archive, PastRow, held};
use crate::store::attachments::{PutAttachments, WholeAttachments};
use crate::store::ledger::{PutLedger, WholeLedger};
use crate::store::line::{Deed, Line, Question};
use crate::store::plans::{PutWhole, Whole};
use crate::store::record::FeedRow;
use crate::unit::PointLayer;

/// What reads everything as it was at one moment.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

impl PostGis {
    pub(in crate::store) async fn archive(&self) -> Result<Archive, StoreError> {
        let side = &self.primary;
        let mut read = side.read(side.bulk.pool.begin_with(SNAPSHOT)).await?;
        let query = format!("SELECT {VERSION_COLUMNS} FROM versions ORDER BY number");
        let versions = side.read(sqlx::query(AssertSqlSafe(query)).fetch_all(&mut *read)).await?;
        let versions = versions.iter().map(|r| record_of(side, r)).collect::<Result<_, _>>()?;
        let query = format!("SELECT {COLUMNS}, from_version, to_version FROM unit_rows ORDER BY rowno");
        let rows = side.read(sqlx::query(AssertSqlSafe(query)).fetch_all(&mut *read)).await?;
        let rows: Vec<PastRow> =
            rows.iter().map(past_row).collect::<Result<_, _>>().map_err(|e| side.failed(e))?;
        let rows = compute(move || rows.into_par_iter().map(past_whole).collect()).await;
        let query = format!("SELECT {LINEAGE_COLUMNS} FROM lineage ORDER BY id");
        let lineage = side.read(sqlx::query(AssertSqlSafe(query)).fetch_all(&mut *read)).await?;
        let lineage =
            lineage.iter().map(lineage_row).collect::<Result<_, _>>().map_err(|e| side.failed(e))?;
        let query = format!("SELECT {FEED_COLUMNS} FROM feed ORDER BY seq");
        let feed = side.read(sqlx::query(AssertSqlSafe(query)).fetch_all(&mut *read)).await?;
        let feed = feed.iter().map(feed_row).collect::<Result<_, _>>().map_err(|e| side.failed(e))?;
        let settings = side.read(sqlx::query_as("SELECT key, value FROM meta").fetch_all(&mut *read)).await?;
        let mut points = Vec::new();
        for layer in PointLayer::ALL {
            points.push((layer, side.read(points_in(&mut read, layer)).await?));
        }
        let lines = side.read(lines_in(&mut read)).await?;
        let people = side.read(people_in(&mut read, &side.private)).await?;
        let ledger = side.read(WholeLedger.ask(&mut Line::Database(&mut read, &side.private))).await?;
        let attachments =
            side.read(WholeAttachments.ask(&mut Line::Database(&mut read, &side.private))).await?;
        let plans = side.read(Whole.ask(&mut Line::Database(&mut read, &side.schema))).await?;
        let settings = held(settings);
        Ok(Archive {
            versions,
            rows,
            lineage,
            feed,
            settings,
            points,
            lines,
            people,
            ledger,
            plans,
            attachments,
        })
    }

    pub(in crate::store) async fn restore(
        &self,
        archive: &Archive,
        current: Option<&Partition>,
    ) -> Result<(), StoreError> {
        let side = &self.primary;
        if let Some(refusal) = current.and_then(layers::refusal) {
            return Err(StoreError::Refused(refusal));
        }
        let attributes = archive.attributes().map_err(StoreError::Refused)?;
        let mut transaction = self.begin().await?;
        let there = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM versions)");
        if side.ask(there.fetch_one(&mut *transaction)).await? {
            return Err(StoreError::NotEmpty { location: self.location() });
        }
        // Versions first: rows name them.
        side.within(&side.write, put_versions(&mut transaction, archive)).await?;
        for rows in archive.rows.chunks(BATCH) {
            let rows = rows.iter().map(|PastRow { stored, from, to }| PutRow {
                row: &stored.row,
                digest: &stored.digest,
                from: *from as i64,
                to: to.map(|to| to as i64),
            });
            side.within(&side.write, put_rows(&mut transaction, rows)).await?;
        }
        let rest = async {
            put_rest(&mut transaction, archive, &attributes).await?;
            put_people(&mut transaction, &side.private, &archive.people).await?;
            let mut line = Line::Database(&mut transaction, &side.private);
            let put = PutLedger(archive.ledger.clone()).act(&mut line).await?;
            PutAttachments(archive.attachments.clone()).act(&mut line).await?;
            let mut line = Line::Database(&mut transaction, &side.schema);
            PutWhole(archive.plans.clone()).act(&mut line).await?;
            if let Some(current) = current {
                layers::refresh(&mut transaction, current).await?;
            }
            Ok(put)
        };
        if !side.within(&side.write, rest).await? {
            return Err(StoreError::NotEmpty { location: self.location() });
        }
        self.commit(transaction).await
    }
}

async fn put_versions(connection: &mut PgConnection, archive: &Archive) -> Result<(), sqlx::Error> {
    for version in &archive.versions {
        put_version(connection, version).await?;
    }
    Ok(())
}

async fn put_rest(
    connection: &mut PgConnection,
    archive: &Archive,
    attributes: &[Vec<String>],
) -> Result<(), sqlx::Error> {
    put_lineage(connection, &archive.lineage).await?;
    put_feed(connection, &archive.feed).await?;
    for (key, value) in &archive.settings {
        put_setting(connection, key, value).await?;
    }
    for ((layer, points), attributes) in archive.points.iter().zip(attributes) {
        put_points(connection, *layer, points, attributes).await?;
    }
    put_lines(connection, &archive.lines).await
}

async fn put_feed(connection: &mut PgConnection, feed: &[FeedRow]) -> Result<(), sqlx::Error> {
    for row in feed {
        sqlx::query("INSERT INTO feed (seq, at, kind, version, payload) VALUES ($1, $2::text::timestamptz, $3, $4, $5)")
            .bind(row.seq as i64)
            .bind(row.at.to_string())
            .bind(&row.kind)
            .bind(row.version.map(|v| v as i64))
            .bind(&row.payload)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query("UPDATE counters SET feed = (SELECT coalesce(max(seq), 0) FROM feed)")
        .execute(connection)
        .await?;
    Ok(())
}

fn past_row(row: &PgRow) -> Result<PastRow, sqlx::Error> {
    let (from, to): (i64, Option<i64>) = (row.try_get(10)?, row.try_get(11)?);
    Ok(PastRow { stored: bare_row(row)?, from: from as u64, to: to.map(|to| to as u64) })
}

fn past_whole(bare: PastRow) -> PastRow {
    PastRow { stored: whole(bare.stored), ..bare }
}

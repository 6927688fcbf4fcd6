//! Everything that the file holds, out and in.

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::features::{put_lines, put_points};
use super::history::{feed_row, lineage_row};
use super::load::{COLUMNS, stored_row};
use super::save::{put_lineage, put_row, put_version};
use super::{GeoPackage, StoreError, layers, put_setting};
use crate::coverage::Partition;
use crate::store::archive::{Archive, PastRow, held};
use crate::store::attachments::{PutAttachments, WholeAttachments};
use crate::store::ledger::{PutLedger, WholeLedger};
use crate::store::line::{Deed, Line, Question};
use crate::store::plans::{PutWhole, Whole};
use crate::store::record::FeedRow;
use crate::unit::PointLayer;

impl GeoPackage {
    pub(in crate::store) async fn archive(&self) -> Result<Archive, StoreError> {
        let failed = |e| self.failed(e);
        let (people, ledger) = (self.people().await?, self.ask_ledger(WholeLedger).await?);
        let attachments = self.ask_attachments(WholeAttachments).await?;
        let mut read = self.readers.begin().await.map_err(failed)?;
        let versions = sqlx::query("SELECT * FROM versions ORDER BY number").fetch_all(&mut *read).await;
        let versions = versions.map_err(failed)?.iter().map(|r| self.record(r)).collect::<Result<_, _>>()?;
        let query = format!("SELECT {COLUMNS}, from_version, to_version FROM unit_rows ORDER BY rowno");
        let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(&mut *read).await.map_err(failed)?;
        let rows = rows.iter().map(past_row).collect::<Result<_, _>>().map_err(failed)?;
        let lineage = sqlx::query("SELECT * FROM lineage ORDER BY rowid").fetch_all(&mut *read).await;
        let lineage = lineage.and_then(|rows| rows.iter().map(lineage_row).collect()).map_err(failed)?;
        let feed = sqlx::query("SELECT * FROM feed ORDER BY seq").fetch_all(&mut *read).await;
        let feed = feed.and_then(|rows| rows.iter().map(feed_row).collect()).map_err(failed)?;
        let settings =
            sqlx::query_as("SELECT key, value FROM meta").fetch_all(&mut *read).await.map_err(failed)?;
        let mut points = Vec::new();
        for layer in PointLayer::ALL {
            points.push((layer, self.points_in(&mut read, layer).await?));
        }
        let lines = self.lines_in(&mut read).await?;
        let plans = Whole.ask(&mut Line::File(&mut read)).await.map_err(failed)?;
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
        // They stand in a file of their own: first they, so that where a version stands, all stands.
        if !archive.people.is_empty() {
            self.replace_people(&archive.people).await?;
        }
        let ledger = &archive.ledger;
        if !ledger.is_empty() && !self.act_on_ledger(PutLedger(ledger.clone())).await? {
            return Err(StoreError::NotEmpty { location: self.location() });
        }
        if !archive.attachments.is_empty() {
            self.act_on_ledger(PutAttachments(archive.attachments.clone())).await?;
        }
        let attributes = archive.attributes().map_err(StoreError::Refused)?;
        let mut transaction = self.begin().await?;
        let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM versions)")
            .fetch_one(&mut *transaction)
            .await
            .map_err(|e| self.failed(e))?;
        if there {
            return Err(StoreError::NotEmpty { location: self.location() });
        }
        put(&mut transaction, archive, &attributes).await.map_err(|e| self.failed(e))?;
        if let Some(current) = current {
            layers::refresh(&mut transaction, current).await.map_err(|e| self.failed(e))?;
        }
        self.commit(transaction).await
    }
}

async fn put(
    connection: &mut SqliteConnection,
    archive: &Archive,
    attributes: &[Vec<String>],
) -> Result<(), sqlx::Error> {
    for version in &archive.versions {
        put_version(connection, version).await?;
    }
    for PastRow { stored, from, to } in &archive.rows {
        put_row(connection, &stored.row, &stored.digest, *from as i64, to.map(|to| to as i64)).await?;
    }
    for row in &archive.lineage {
        put_lineage(connection, row).await?;
    }
    for row in &archive.feed {
        put_feed_row(connection, row).await?;
    }
    for (key, value) in &archive.settings {
        put_setting(connection, key, value).await?;
    }
    for ((layer, points), attributes) in archive.points.iter().zip(attributes) {
        put_points(connection, *layer, points, attributes).await?;
    }
    put_lines(connection, &archive.lines).await?;
    PutWhole(archive.plans.clone()).act(&mut Line::File(connection)).await
}

async fn put_feed_row(connection: &mut SqliteConnection, row: &FeedRow) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO feed (seq, at, kind, version, payload) VALUES (?, ?, ?, ?, ?)")
        .bind(row.seq as i64)
        .bind(row.at.to_string())
        .bind(&row.kind)
        .bind(row.version.map(|v| v as i64))
        .bind(&row.payload)
        .execute(connection)
        .await?;
    Ok(())
}

fn past_row(row: &SqliteRow) -> Result<PastRow, sqlx::Error> {
    let (from, to): (i64, Option<i64>) = (row.try_get(10)?, row.try_get(11)?);
    Ok(PastRow { stored: stored_row(row)?, from: from as u64, to: to.map(|to| to as u64) })
}

//! Points and lines, in the order they were given.

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

use super::load::narrow;
use super::side::Side;
use super::{PostGis, StoreError, compute, prefer_replica, put_setting};
use crate::crs::Point;
use crate::store::rows::attributes_of;
use crate::unit::{LineFeature, PointFeature, PointLayer};
use crate::wkb;

/// Points in one INSERT.
const BATCH: usize = 10_000;

/// Where the moment of the last replacement stands.
pub(super) const STAMP_KEY: &str = "features";

impl PostGis {
    pub(in crate::store) async fn points(&self, layer: PointLayer) -> Result<Vec<PointFeature>, StoreError> {
        let stamp = self.stamp_to_compare().await?;
        prefer_replica!(self, has side => has_features(side, stamp.as_deref()), read side => points(side, layer))
    }

    pub(in crate::store) async fn replace_points(
        &self,
        layer: PointLayer,
        points: &[PointFeature],
    ) -> Result<(), StoreError> {
        let side = &self.primary;
        let attributes = attributes_of(points).map_err(StoreError::Refused)?;
        let mut transaction = self.begin().await?;
        let written = async {
            let delete = sqlx::query("DELETE FROM points WHERE layer = $1").bind(layer.as_str());
            delete.execute(&mut *transaction).await?;
            put_points(&mut transaction, layer, points, &attributes).await?;
            stamp(&mut transaction).await
        };
        side.within(&side.write, written).await?;
        self.commit(transaction).await
    }

    pub(in crate::store) async fn lines(&self) -> Result<Vec<LineFeature>, StoreError> {
        let stamp = self.stamp_to_compare().await?;
        prefer_replica!(self, has side => has_features(side, stamp.as_deref()), read side => lines(side))
    }

    pub(in crate::store) async fn replace_lines(&self, lines: &[LineFeature]) -> Result<(), StoreError> {
        let side = &self.primary;
        let mut transaction = self.begin().await?;
        let written = async {
            sqlx::query("DELETE FROM lines").execute(&mut *transaction).await?;
            put_lines(&mut transaction, lines).await?;
            stamp(&mut transaction).await
        };
        side.within(&side.write, written).await?;
        self.commit(transaction).await
    }

    pub(in crate::store) async fn features_held(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let side = &self.primary;
        let query = "SELECT layer, n FROM (
               SELECT 0 AS part, layer, count(*) AS n FROM points GROUP BY layer
               UNION ALL SELECT 1, 'background lines', count(*) FROM lines HAVING count(*) > 0
             ) AS held ORDER BY part, layer";
        let rows = side.read(sqlx::query(query).fetch_all(&side.bulk.pool)).await?;
        let held = |row: &PgRow| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? as u64));
        rows.iter().map(held).collect::<Result<_, _>>().map_err(|e| side.failed(e))
    }

    pub(in crate::store) async fn features_stamp(&self) -> Result<String, StoreError> {
        Ok(self.setting(STAMP_KEY).await?.unwrap_or_default())
    }

    /// The stamp of the primary's points and lines, where there is a replica that may have them.
    async fn stamp_to_compare(&self) -> Result<Option<String>, StoreError> {
        match self.replica {
            Some(_) => self.features_stamp().await.map(Some),
            None => Ok(None),
        }
    }
}

/// Whether a database has the points and lines of a stamp already.
async fn has_features(side: &Side, stamp: Option<&str>) -> Result<bool, StoreError> {
    let Some(stamp) = stamp else { return Ok(false) };
    Ok(side.setting(STAMP_KEY).await?.unwrap_or_default() == stamp)
}

async fn points(side: &Side, layer: PointLayer) -> Result<Vec<PointFeature>, StoreError> {
    let read = async { points_in(&mut *side.bulk.pool.acquire().await?, layer).await };
    side.read(read).await
}

pub(super) async fn points_in(
    connection: &mut PgConnection,
    layer: PointLayer,
) -> Result<Vec<PointFeature>, sqlx::Error> {
    let query =
        "SELECT x, y, kind, name, weight, attributes::text FROM points WHERE layer = $1 ORDER BY position";
    let rows = sqlx::query(query).bind(layer.as_str()).fetch_all(connection).await?;
    compute(move || rows.iter().map(point).collect()).await
}

async fn lines(side: &Side) -> Result<Vec<LineFeature>, StoreError> {
    let read = async { lines_in(&mut *side.bulk.pool.acquire().await?).await };
    side.read(read).await
}

pub(super) async fn lines_in(connection: &mut PgConnection) -> Result<Vec<LineFeature>, sqlx::Error> {
    let query = "SELECT layer, kind, name, blob FROM lines ORDER BY position";
    sqlx::query(query).fetch_all(connection).await?.iter().map(line).collect()
}

pub(super) async fn put_points(
    connection: &mut PgConnection,
    layer: PointLayer,
    points: &[PointFeature],
    attributes: &[String],
) -> Result<(), sqlx::Error> {
    for (n, (points, attributes)) in points.chunks(BATCH).zip(attributes.chunks(BATCH)).enumerate() {
        sqlx::query(
            "INSERT INTO points (layer, position, kind, name, weight, attributes, x, y)
             SELECT $1, $2 + n, kind, name, weight, attributes::json, x, y
             FROM unnest($3::text[], $4::text[], $5::bigint[], $6::text[], $7::integer[], $8::integer[])
               WITH ORDINALITY AS p (kind, name, weight, attributes, x, y, n)",
        )
        .bind(layer.as_str())
        .bind((n * BATCH) as i64)
        .bind(points.iter().map(|p| p.kind.as_str()).collect::<Vec<_>>())
        .bind(points.iter().map(|p| p.name.as_str()).collect::<Vec<_>>())
        .bind(points.iter().map(|p| i64::from(p.weight)).collect::<Vec<_>>())
        .bind(attributes)
        .bind(points.iter().map(|p| p.at.x).collect::<Vec<_>>())
        .bind(points.iter().map(|p| p.at.y).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

pub(super) async fn put_lines(
    connection: &mut PgConnection,
    lines: &[LineFeature],
) -> Result<(), sqlx::Error> {
    for (n, lines) in lines.chunks(BATCH).enumerate() {
        sqlx::query(
            "INSERT INTO lines (position, layer, kind, name, blob)
             SELECT $1 + n, layer, kind, name, blob FROM unnest($2::text[], $3::text[], $4::text[], $5::bytea[])
               WITH ORDINALITY AS l (layer, kind, name, blob, n)",
        )
        .bind((n * BATCH) as i64)
        .bind(lines.iter().map(|l| l.layer.as_str()).collect::<Vec<_>>())
        .bind(lines.iter().map(|l| l.kind.as_str()).collect::<Vec<_>>())
        .bind(lines.iter().map(|l| l.name.as_str()).collect::<Vec<_>>())
        .bind(lines.iter().map(|l| wkb::encode_line(&l.points)).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn stamp(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    put_setting(connection, STAMP_KEY, &Timestamp::now().to_string()).await
}

fn point(row: &PgRow) -> Result<PointFeature, sqlx::Error> {
    let attributes: &str = row.try_get(5)?;
    Ok(PointFeature {
        at: Point::new(row.try_get(0)?, row.try_get(1)?),
        kind: row.try_get(2)?,
        name: row.try_get(3)?,
        weight: narrow(row.try_get(4)?)?,
        attributes: serde_json::from_str(attributes).map_err(|e| sqlx::Error::Decode(Box::new(e)))?,
    })
}

fn line(row: &PgRow) -> Result<LineFeature, sqlx::Error> {
    let blob: &[u8] = row.try_get(3)?;
    Ok(LineFeature {
        layer: row.try_get(0)?,
        kind: row.try_get(1)?,
        name: row.try_get(2)?,
        points: wkb::decode_line(blob).map_err(|e| sqlx::Error::Decode(Box::new(e)))?,
    })
}

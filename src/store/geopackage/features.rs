//! Points and lines, in the order they were given.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, SqliteConnection};

use super::{GeoPackage, StoreError, compute, put_setting};
use crate::crs::Point;
use crate::store::rows::attributes_of;
use crate::unit::{Attributes, LineFeature, PointFeature, PointLayer};
use crate::wkb;

/// Rows in one INSERT: 7 values each stay well below SQLite's 32,766 parameters.
const BATCH: usize = 500;

/// Points in one pack: a few hundred kilobytes, far below SQLite's limit on text.
const PACK: i64 = 5000;

/// Where the moment of the last replacement stands.
const STAMP_KEY: &str = "features";

impl GeoPackage {
    pub(in crate::store) async fn points(&self, layer: PointLayer) -> Result<Vec<PointFeature>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(|e| self.failed(e))?;
        self.points_in(&mut connection, layer).await
    }

    pub(super) async fn points_in(
        &self,
        connection: &mut SqliteConnection,
        layer: PointLayer,
    ) -> Result<Vec<PointFeature>, StoreError> {
        // SQLite packs rows into JSON three times as fast as rows cross from its thread one by one.
        let query = "SELECT json_group_array(json_array(id, x, y, kind, name, weight, json(attributes)))
             FROM points WHERE layer = ?1 GROUP BY id / ?2";
        let packs: Vec<String> = sqlx::query_scalar(query)
            .bind(layer.as_str())
            .bind(PACK)
            .fetch_all(connection)
            .await
            .map_err(|e| self.failed(e))?;
        compute(move || unpacked(&packs)).await.map_err(|e| self.odd(format!("points: {e}")))
    }

    pub(in crate::store) async fn replace_points(
        &self,
        layer: PointLayer,
        points: &[PointFeature],
    ) -> Result<(), StoreError> {
        let attributes = attributes_of(points).map_err(StoreError::Refused)?;
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM points WHERE layer = ?")
            .bind(layer.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(|e| self.failed(e))?;
        put_points(&mut transaction, layer, points, &attributes).await.map_err(|e| self.failed(e))?;
        self.stamp(&mut transaction).await?;
        self.commit(transaction).await
    }

    pub(in crate::store) async fn lines(&self) -> Result<Vec<LineFeature>, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(|e| self.failed(e))?;
        self.lines_in(&mut connection).await
    }

    pub(super) async fn lines_in(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Vec<LineFeature>, StoreError> {
        let rows = sqlx::query("SELECT layer, kind, name, geometry FROM lines ORDER BY id")
            .fetch_all(connection)
            .await
            .map_err(|e| self.failed(e))?;
        rows.iter().map(line).collect::<Result<_, _>>().map_err(|e| self.failed(e))
    }

    pub(in crate::store) async fn replace_lines(&self, lines: &[LineFeature]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM lines").execute(&mut *transaction).await.map_err(|e| self.failed(e))?;
        put_lines(&mut transaction, lines).await.map_err(|e| self.failed(e))?;
        self.stamp(&mut transaction).await?;
        self.commit(transaction).await
    }

    pub(in crate::store) async fn features_held(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let query = "SELECT layer, count(*) FROM points GROUP BY layer
             UNION ALL SELECT 'background lines', count(*) FROM lines HAVING count(*) > 0";
        let rows = sqlx::query(query).fetch_all(&self.readers).await.map_err(|e| self.failed(e))?;
        let held = |row: &SqliteRow| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? as u64));
        rows.iter().map(held).collect::<Result<_, _>>().map_err(|e| self.failed(e))
    }

    pub(in crate::store) async fn features_stamp(&self) -> Result<String, StoreError> {
        Ok(self.setting(STAMP_KEY).await?.unwrap_or_default())
    }

    async fn stamp(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        put_setting(connection, STAMP_KEY, &Timestamp::now().to_string()).await.map_err(|e| self.failed(e))
    }
}

pub(super) async fn put_points(
    connection: &mut SqliteConnection,
    layer: PointLayer,
    points: &[PointFeature],
    attributes: &[String],
) -> Result<(), sqlx::Error> {
    for (batch, attributes) in points.chunks(BATCH).zip(attributes.chunks(BATCH)) {
        let mut insert =
            QueryBuilder::new("INSERT INTO points (layer, kind, name, weight, attributes, x, y) ");
        insert.push_values(batch.iter().zip(attributes), |mut row, (point, attributes)| {
            row.push_bind(layer.as_str())
                .push_bind(&point.kind)
                .push_bind(&point.name)
                .push_bind(point.weight);
            row.push_bind(attributes).push_bind(point.at.x).push_bind(point.at.y);
        });
        insert.build().execute(&mut *connection).await?;
    }
    Ok(())
}

pub(super) async fn put_lines(
    connection: &mut SqliteConnection,
    lines: &[LineFeature],
) -> Result<(), sqlx::Error> {
    for batch in lines.chunks(BATCH) {
        let mut insert = QueryBuilder::new("INSERT INTO lines (layer, kind, name, geometry) ");
        insert.push_values(batch, |mut row, line| {
            row.push_bind(&line.layer).push_bind(&line.kind).push_bind(&line.name);
            row.push_bind(wkb::encode_line(&line.points));
        });
        insert.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// A point as its pack has it: id, x, y, kind, name, weight, attributes.
type Packed = (i64, i32, i32, String, String, u32, Attributes);

/// The points of packs, by id.
fn unpacked(packs: &[String]) -> serde_json::Result<Vec<PointFeature>> {
    let packs: Vec<Vec<Packed>> =
        packs.iter().map(|text| serde_json::from_str(text)).collect::<Result<_, _>>()?;
    let mut points: Vec<Packed> = packs.into_iter().flatten().collect();
    points.sort_by_key(|p| p.0);
    let point = |(_, x, y, kind, name, weight, attributes)| {
        let at = Point::new(x, y);
        PointFeature { at, kind, name, weight, attributes }
    };
    Ok(points.into_iter().map(point).collect())
}

fn line(row: &SqliteRow) -> Result<LineFeature, sqlx::Error> {
    let blob: &[u8] = row.try_get(3)?;
    Ok(LineFeature {
        layer: row.try_get(0)?,
        kind: row.try_get(1)?,
        name: row.try_get(2)?,
        points: wkb::decode_line(blob).map_err(|e| sqlx::Error::Decode(Box::new(e)))?,
    })
}

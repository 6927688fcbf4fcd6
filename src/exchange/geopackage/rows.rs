//! Rows of a layer → records and polygons.

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Column, Row, SqliteConnection, TypeInfo, ValueRef};

use super::layers::Layer;
use crate::exchange::error::{ExchangeError, Named};
use crate::exchange::geojson::place_of;
use crate::exchange::raw::RawPolygon;
use crate::exchange::record::Record;
use crate::unit::Attribute;
use crate::wkb::{ForeignGeometry, decode_foreign};

/// What rows were read, and what was passed over.
#[derive(Default)]
pub struct Rows {
    pub found: Vec<(Record, Vec<RawPolygon>)>,
    /// Rows whose third or fourth coordinates were dropped.
    pub dropped_zm: usize,
    /// Values of columns that hold bytes.
    pub blobs: usize,
}

/// Reads every row of a layer, or of a table without geometry.
pub async fn read(
    connection: &mut SqliteConnection,
    table: &str,
    layer: Option<&Layer>,
    named: &Named,
) -> Result<Rows, ExchangeError> {
    let query = format!("SELECT * FROM {}", quoted(table));
    let found =
        sqlx::query(AssertSqlSafe(query)).fetch_all(&mut *connection).await.map_err(|e| named.database(e))?;
    let columns = Columns::of(connection, table, layer, named).await?;
    let mut rows = Rows::default();
    for (index, row) in found.iter().enumerate() {
        let (mut record, blob) = columns.record(row, &mut rows.blobs).map_err(|e| named.database(e))?;
        let fid = record
            .id
            .as_ref()
            .map_or_else(|| format!("row {}", index + 1), |id| format!("fid {}", super::read::text(id)));
        record.place = format!("layer {table}, {fid}");
        let polygons = match layer {
            Some(_) => {
                let geometry = decoded(&record.place, blob.as_deref(), named)?;
                rows.dropped_zm += usize::from(geometry.dropped_zm);
                geometry.polygons.iter().map(|p| places(&record.place, p, named)).collect::<Result<_, _>>()?
            }
            None => Vec::new(),
        };
        rows.found.push((record, polygons));
    }
    Ok(rows)
}

/// A name as SQL.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Which columns of a table are its key, its geometry, and true or false.
struct Columns {
    key: Option<String>,
    geometry: Option<String>,
    booleans: Vec<String>,
}

impl Columns {
    async fn of(
        connection: &mut SqliteConnection,
        table: &str,
        layer: Option<&Layer>,
        named: &Named,
    ) -> Result<Self, ExchangeError> {
        let info: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT name, type, pk FROM pragma_table_info(?)")
                .bind(table)
                .fetch_all(connection)
                .await
                .map_err(|e| named.database(e))?;
        let key = info.iter().find(|(name, kind, pk)| {
            kind.eq_ignore_ascii_case("integer")
                && (*pk == 1 || ["fid", "ogc_fid"].contains(&name.to_lowercase().as_str()))
        });
        let booleans = info.iter().filter(|(_, kind, _)| kind.eq_ignore_ascii_case("boolean"));
        Ok(Self {
            key: key.map(|(name, ..)| name.clone()),
            geometry: layer.map(|l| l.geometry.clone()),
            booleans: booleans.map(|(name, ..)| name.clone()).collect(),
        })
    }

    /// A row's values, and its geometry.
    fn record(&self, row: &SqliteRow, blobs: &mut usize) -> Result<(Record, Option<Vec<u8>>), sqlx::Error> {
        let mut record = Record::default();
        let mut geometry = None;
        for (index, column) in row.columns().iter().enumerate() {
            let name = column.name();
            if self.geometry.as_deref() == Some(name) {
                geometry = row.try_get_unchecked(index)?;
                continue;
            }
            let value = self.value(row, index, name)?;
            *blobs += usize::from(value.is_none() && !row.try_get_raw(index)?.is_null());
            if self.key.as_deref() == Some(name) {
                record.id = value;
            } else {
                record.fields.push((name.to_owned(), value));
            }
        }
        Ok((record, geometry))
    }

    /// A value by how it is stored; bytes are none.
    fn value(&self, row: &SqliteRow, index: usize, name: &str) -> Result<Option<Attribute>, sqlx::Error> {
        let raw = row.try_get_raw(index)?;
        if raw.is_null() {
            return Ok(None);
        }
        let boolean = self.booleans.iter().any(|b| b == name);
        Ok(match raw.type_info().name() {
            "INTEGER" | "BOOLEAN" if boolean => {
                Some(Attribute::Bool(row.try_get_unchecked::<i64, _>(index)? != 0))
            }
            "INTEGER" => Some(Attribute::Integer(row.try_get_unchecked(index)?)),
            "REAL" => Some(Attribute::Number(row.try_get_unchecked(index)?)),
            "TEXT" => Some(Attribute::Text(row.try_get_unchecked(index)?)),
            _ => None,
        })
    }
}

fn decoded(place: &str, blob: Option<&[u8]>, named: &Named) -> Result<ForeignGeometry, ExchangeError> {
    const DUE: &str = "Polygon or MultiPolygon";
    let Some(blob) = blob else { return Err(named.content(place, DUE, "null")) };
    let geometry = decode_foreign(blob).map_err(|bad| {
        named.content(format!("{place}, geometry byte {}", bad.offset), bad.expected, bad.found)
    })?;
    let others = geometry.others.first().copied().or((!geometry.points.is_empty()).then_some("Point"));
    match others {
        Some(other) => Err(named.content(format!("{place}, geometry"), DUE, other)),
        None if geometry.polygons.is_empty() => {
            Err(named.content(format!("{place}, geometry"), DUE, "nothing"))
        }
        None => Ok(geometry),
    }
}

fn places(place: &str, polygon: &[Vec<[f64; 2]>], named: &Named) -> Result<RawPolygon, ExchangeError> {
    let at = |ring: usize, vertex: usize| format!("{place}, ring {ring}, vertex {vertex}");
    let ring = |(r, ring): (usize, &Vec<[f64; 2]>)| {
        let vertices = ring.iter().enumerate();
        vertices
            .map(|(v, &[x, y])| place_of(x, y).map_err(|(due, found)| named.content(at(r, v), due, found)))
            .collect::<Result<Vec<_>, _>>()
    };
    if polygon.is_empty() {
        return Err(named.content(place, "at least one ring", "none"));
    }
    polygon.iter().enumerate().map(ring).collect()
}

//! Sheet → GeoPackage: a layer of the level, or one for each; voids; and in tables whose names begin with `wangge`
//! what the layers do not tell.

use std::path::Path;

use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

use super::columns::Columns;
use super::rows::quoted;
use super::{ABOUT, LEAVES, UNITS, VOIDS};
use crate::coverage::Partition;
use crate::crs::{Bounds, LonLat};
use crate::exchange::atomic::Draft;
use crate::exchange::error::{ExchangeError, Named};
use crate::exchange::export::ExportOptions;
use crate::exchange::sheet::{Drawn, Sheet};
use crate::unit::{Attribute, Hierarchy, Levels, UnitIndex};
use crate::wkb::tables::{APPLICATION_ID, REQUIRED, USER_VERSION};
use crate::wkb::{self, SRS_ID};

/// Writes a sheet to a file, whole or not at all.
pub async fn write(
    path: &Path,
    partition: &Partition,
    sheet: &Sheet,
    options: &ExportOptions,
) -> Result<(), ExchangeError> {
    let named = Named::of(path);
    let draft = Draft::beside(path).map_err(|e| named.io(e))?;
    let file = SqliteConnectOptions::new()
        .filename(&draft.path)
        .create_if_missing(true)
        // Nobody reads the draft, and it is flushed before it is put in its place.
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off);
    let mut connection = file.connect().await.map_err(|e| named.database(e))?;
    Writer { connection: &mut connection, partition, options }
        .all(sheet)
        .await
        .map_err(|e| named.database(e))?;
    connection.close().await.map_err(|e| named.database(e))?;
    draft.keep().map_err(|e| named.io(e))
}

struct Writer<'a> {
    connection: &'a mut SqliteConnection,
    partition: &'a Partition,
    options: &'a ExportOptions,
}

/// A layer to be written.
struct Layer<'a> {
    name: &'a str,
    units: Vec<&'a Drawn>,
    bounds: Bounds,
}

impl Writer<'_> {
    async fn all(&mut self, sheet: &Sheet) -> Result<(), sqlx::Error> {
        let marks =
            format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {USER_VERSION};");
        self.run(&format!("{marks} BEGIN; {REQUIRED}")).await?;
        let layers = layers(&self.partition.hierarchy, sheet);
        let names: Vec<&str> = layers.iter().map(|l| l.name).filter(|n| *n != LEAVES).collect();
        let names = names.join(",");
        let mut unfit = Vec::new();
        for layer in &layers {
            unfit.extend(self.layer(layer).await?);
        }
        self.voids(sheet).await?;
        self.units(sheet.units.iter().copied().chain(unfit)).await?;
        self.about(sheet, &names).await?;
        self.run("COMMIT").await
    }

    async fn run(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *self.connection).await.map(|_| ())
    }

    /// Writes a layer of units; returns those whose attributes do not all have a column.
    async fn layer(&mut self, layer: &Layer<'_>) -> Result<Vec<UnitIndex>, sqlx::Error> {
        let hierarchy = &self.partition.hierarchy;
        let columns = Columns::of(layer.units.iter().map(|d| &hierarchy.unit(d.unit).attributes));
        let fields = format!("code TEXT, name TEXT, level TEXT, parent TEXT{}", columns.declared());
        self.feature_table(layer.name, &fields, layer.bounds).await?;
        let count = 6 + columns.names().count();
        let insert = format!("INSERT INTO {} VALUES (?{})", quoted(layer.name), ", ?".repeat(count - 1));
        for drawn in &layer.units {
            let unit = hierarchy.unit(drawn.unit);
            let level = hierarchy.levels().get(unit.level).map(|l| l.name.as_str());
            let parent = hierarchy.parent(drawn.unit).map(|p| hierarchy.unit(p).code.as_str());
            let mut query = sqlx::query(AssertSqlSafe(insert.clone()))
                .bind(unit.uid.0)
                .bind(wkb::encode(&drawn.polygons))
                .bind(unit.code.as_str())
                .bind(&unit.name)
                .bind(level)
                .bind(parent);
            for name in columns.names() {
                query = bind(query, unit.attributes.get(name));
            }
            query.execute(&mut *self.connection).await?;
        }
        let units = layer.units.iter().map(|d| d.unit);
        Ok(units.filter(|&u| !columns.hold(&hierarchy.unit(u).attributes)).collect())
    }

    async fn voids(&mut self, sheet: &Sheet) -> Result<(), sqlx::Error> {
        self.feature_table(VOIDS, "name TEXT", self.partition.bounds()).await?;
        for (index, polygons) in &sheet.voids {
            let void = &self.partition.hierarchy.voids()[*index as usize];
            sqlx::query(AssertSqlSafe(format!("INSERT INTO {VOIDS} VALUES (?, ?, ?)")))
                .bind(void.uid.0)
                .bind(wkb::encode(polygons))
                .bind(&void.name)
                .execute(&mut *self.connection)
                .await?;
        }
        Ok(())
    }

    /// Makes and registers a layer of polygons within bounds: `fid`, `geom` and `fields`.
    async fn feature_table(&mut self, name: &str, fields: &str, bounds: Bounds) -> Result<(), sqlx::Error> {
        let table = quoted(name);
        self.run(&format!(
            "CREATE TABLE {table} (fid INTEGER PRIMARY KEY NOT NULL, geom MULTIPOLYGON, {fields})"
        ))
        .await?;
        let corner = |point| (!bounds.is_empty()).then(|| LonLat::from_lattice(point));
        let (min, max) = (corner(bounds.min), corner(bounds.max));
        let description = if self.options.synthetic { "synthetic, not survey data" } else { "" };
        sqlx::query(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, min_x, min_y, max_x, max_y, srs_id)
             VALUES (?1, 'features', ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .bind(name)
        .bind(description)
        .bind(min.map(LonLat::lon))
        .bind(min.map(LonLat::lat))
        .bind(max.map(LonLat::lon))
        .bind(max.map(LonLat::lat))
        .bind(SRS_ID)
        .execute(&mut *self.connection)
        .await?;
        sqlx::query("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'MULTIPOLYGON', ?, 0, 0)")
            .bind(name)
            .bind(SRS_ID)
            .execute(&mut *self.connection)
            .await?;
        Ok(())
    }

    async fn attribute_table(&mut self, name: &str, fields: &str) -> Result<(), sqlx::Error> {
        self.run(&format!(
            "CREATE TABLE {name} (id INTEGER PRIMARY KEY NOT NULL, {fields});
             INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('{name}', 'attributes', '{name}');"
        ))
        .await
    }

    async fn units(&mut self, units: impl Iterator<Item = UnitIndex>) -> Result<(), sqlx::Error> {
        self.attribute_table(UNITS, "code TEXT, name TEXT, level TEXT, parent TEXT, attributes TEXT").await?;
        let hierarchy = &self.partition.hierarchy;
        for index in units {
            let unit = hierarchy.unit(index);
            let attributes =
                serde_json::to_string(&unit.attributes).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
            let insert =
                "INSERT INTO wangge_units (code, name, level, parent, attributes) VALUES (?, ?, ?, ?, ?)";
            sqlx::query(insert)
                .bind(unit.code.as_str())
                .bind(&unit.name)
                .bind(hierarchy.levels().get(unit.level).map(|l| l.name.as_str()))
                .bind(hierarchy.parent(index).map(|p| hierarchy.unit(p).code.as_str()))
                .bind(attributes)
                .execute(&mut *self.connection)
                .await?;
        }
        Ok(())
    }

    /// What the file says of itself. An export of the top level alone is no coverage, and has no such table.
    async fn about(&mut self, sheet: &Sheet, layers: &str) -> Result<(), sqlx::Error> {
        let Some(levels) = &sheet.levels else { return Ok(()) };
        self.attribute_table(ABOUT, "key TEXT NOT NULL UNIQUE, value TEXT NOT NULL").await?;
        let whole = levels == self.partition.hierarchy.levels();
        let version = self.options.version.map(|v| v.to_string());
        let said = [
            ("levels", Some(levels.to_string())),
            ("layers", Some(layers.to_owned())),
            ("all", Some(sheet.all.to_string())),
            ("name", self.options.name.clone()),
            ("synthetic", Some(self.options.synthetic.to_string())),
            ("version", version),
            ("content_hash", whole.then(|| self.partition.content_hash().to_string())),
        ];
        for (key, value) in said {
            let Some(value) = value else { continue };
            let insert = "INSERT INTO wangge (key, value) VALUES (?, ?)";
            sqlx::query(insert).bind(key).bind(value).execute(&mut *self.connection).await?;
        }
        Ok(())
    }
}

/// A layer for each level that has features, named by its plural, and one for leaves that stand higher.
fn layers<'a>(hierarchy: &'a Hierarchy, sheet: &'a Sheet) -> Vec<Layer<'a>> {
    let mut layers = Vec::new();
    for (index, level) in (0u8..).zip(hierarchy.levels().as_slice()) {
        let bottom = sheet.levels.as_ref().map_or(0, Levels::lowest);
        if sheet.all || index == bottom {
            let units = sheet.features.iter().filter(|d| hierarchy.unit(d.unit).level == index).collect();
            layers.push(Layer { name: &level.plural, units, bounds: sheet.bounds });
        }
    }
    if !sheet.leaves.is_empty() {
        layers.push(Layer { name: LEAVES, units: sheet.leaves.iter().collect(), bounds: sheet.bounds });
    }
    layers
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Sqlite, SqliteArguments>;

fn bind<'q>(query: Query<'q>, value: Option<&'q Attribute>) -> Query<'q> {
    match value {
        None => query.bind(None::<String>),
        Some(Attribute::Bool(b)) => query.bind(*b),
        Some(Attribute::Integer(n)) => query.bind(*n),
        Some(Attribute::Number(n)) => query.bind(*n),
        Some(Attribute::Text(text)) => query.bind(text),
    }
}

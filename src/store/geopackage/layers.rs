//! The layers that a GIS sees: views of the current version, one for each level and one for voids.
//!
//! Views, because a GIS cannot edit them or put a spatial index on them: both were seen to break later writes. They
//! begin with a proper integer `fid` (the uid), which GDAL takes for the feature id, and keep `code` text.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::put_setting;
use crate::coverage::Partition;
use crate::crs::{Bounds, LonLat};
use crate::store::rows::{VOID, bounds_of};
use crate::wkb::SRS_ID;

/// The name of the layer of voids.
const VOIDS: &str = "voids";

/// Tables and views of the store's own.
const TAKEN: [&str; 8] = ["meta", "versions", "unit_rows", "lineage", "feed", "points", "lines", "about"];

/// A layer: its name, what stands in `unit_rows.level`, and its box.
struct Layer {
    name: String,
    level: String,
    bounds: Bounds,
}

/// Whether the levels' layers can stand in a store.
pub(super) fn refusal(partition: &Partition) -> Option<String> {
    let taken = |name: &str| {
        TAKEN.contains(&name) || ["gpkg_", "sqlite_", "rtree_"].iter().any(|p| name.starts_with(p))
    };
    let bad = partition.hierarchy.levels().as_slice().iter().find(|l| taken(&l.plural))?;
    Some(format!("a level whose plural is {:?}: the store has a table of that name", bad.plural))
}

/// Where the store keeps which levels its layers are of.
const LEVELS_KEY: &str = "wangge_layers";

/// Makes the layers those of `partition`'s levels, with its boxes. Where levels are as before, views stay: who has
/// them open reads on.
pub(super) async fn refresh(
    connection: &mut SqliteConnection,
    partition: &Partition,
) -> Result<(), sqlx::Error> {
    let layers = layers(partition);
    let levels = partition.hierarchy.levels().to_string();
    let there: Option<String> = sqlx::query_scalar("SELECT value FROM meta WHERE key = ?")
        .bind(LEVELS_KEY)
        .fetch_optional(&mut *connection)
        .await?;
    if there.as_ref() != Some(&levels) {
        drop_all(connection).await?;
        for layer in &layers {
            create(connection, layer).await?;
        }
        put_setting(connection, LEVELS_KEY, &levels).await?;
    }
    for layer in &layers {
        set_bounds(connection, layer).await?;
    }
    describe(connection).await
}

/// One for each level, top first, and one for voids.
fn layers(partition: &Partition) -> Vec<Layer> {
    let levels = (0..).zip(partition.hierarchy.levels().as_slice());
    let of_level = |(i, level): (u8, &crate::unit::Level)| Layer {
        name: level.plural.clone(),
        level: level.name.clone(),
        bounds: bounds_of(partition, Some(i)),
    };
    let voids = Layer { name: VOIDS.to_owned(), level: VOID.to_owned(), bounds: bounds_of(partition, None) };
    levels.map(of_level).chain([voids]).collect()
}

/// Removes every layer, so that those made next are listed in the order of the levels.
async fn drop_all(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let there: Vec<String> =
        sqlx::query_scalar("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'")
            .fetch_all(&mut *connection)
            .await?;
    for name in there {
        let view = name.replace('"', "\"\"");
        sqlx::raw_sql(AssertSqlSafe(format!("DROP VIEW IF EXISTS \"{view}\"")))
            .execute(&mut *connection)
            .await?;
    }
    let rows = "DELETE FROM gpkg_geometry_columns; DELETE FROM gpkg_contents WHERE data_type = 'features'";
    sqlx::raw_sql(rows).execute(&mut *connection).await?;
    Ok(())
}

/// Makes one layer. Level names are a–z, 0–9 and _, checked by [`crate::unit::Levels`].
async fn create(connection: &mut SqliteConnection, layer: &Layer) -> Result<(), sqlx::Error> {
    let Layer { name, level, .. } = layer;
    let columns = if level == VOID {
        "name"
    } else {
        "code, name, level, parent, tint, json_extract(attributes, '$.kind') AS kind, attributes"
    };
    let view = format!(
        "CREATE VIEW \"{name}\" AS SELECT uid AS fid, uid, {columns}, geometry AS geom
         FROM unit_rows WHERE level = '{level}' AND to_version IS NULL;"
    );
    sqlx::raw_sql(AssertSqlSafe(view)).execute(&mut *connection).await?;
    sqlx::query("INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?1, 'features', ?1, ?2)")
        .bind(name)
        .bind(SRS_ID)
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'MULTIPOLYGON', ?, 0, 0)")
        .bind(name)
        .bind(SRS_ID)
        .execute(&mut *connection)
        .await?;
    Ok(())
}

async fn set_bounds(connection: &mut SqliteConnection, layer: &Layer) -> Result<(), sqlx::Error> {
    let Layer { name, bounds, .. } = layer;
    let (min, max) = (LonLat::from_lattice(bounds.min), LonLat::from_lattice(bounds.max));
    let known = |value: f64| (!bounds.is_empty()).then_some(value);
    sqlx::query(
        "UPDATE gpkg_contents SET min_x = ?2, min_y = ?3, max_x = ?4, max_y = ?5,
           last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = ?1",
    )
    .bind(name)
    .bind(known(min.lon()))
    .bind(known(min.lat()))
    .bind(known(max.lon()))
    .bind(known(max.lat()))
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Says in every layer's description whose it is, and that it is synthetic where it is.
async fn describe(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE gpkg_contents SET description =
           coalesce((SELECT value FROM meta WHERE key = 'name') || ' ', '') || table_name ||
           CASE (SELECT value FROM meta WHERE key = 'synthetic')
             WHEN 'true' THEN ': synthetic, not survey data' ELSE '' END
         WHERE data_type = 'features'",
    )
    .execute(connection)
    .await?;
    Ok(())
}

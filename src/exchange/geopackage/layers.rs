//! Which layers a file has, and which of them is meant.

use std::io::Read;
use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

use super::STORE;

use crate::exchange::error::{ExchangeError, Named, quoted};

/// A layer of polygons.
#[derive(Clone, Debug)]
pub struct Layer {
    pub table: String,
    /// The column of its geometry.
    pub geometry: String,
    /// Its reference system, as the file names it: `EPSG:4490`.
    pub system: String,
    /// The kind of geometry it declares.
    pub kind: String,
}

/// The reference systems that are longitude and latitude on an ellipsoid we read.
const SYSTEMS: [&str; 2] = ["EPSG:4326", "EPSG:4490"];

/// Opens a file for reading only.
pub async fn open(path: &Path, named: &Named) -> Result<SqliteConnection, ExchangeError> {
    let mut start = [0; 16];
    let read = std::fs::File::open(path).and_then(|mut f| f.read_exact(&mut start));
    match read {
        Err(e) if e.kind() != std::io::ErrorKind::UnexpectedEof => return Err(named.io(e)),
        Ok(()) if start == *b"SQLite format 3\0" => {}
        _ => {
            return Err(named.content("its beginning", "a GeoPackage (a SQLite database)", "something else"));
        }
    }
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    options.connect().await.map_err(|e| named.database(e))
}

/// Refuses to have a store replaced: all its versions would be gone. Likewise a database that another program has
/// open: what that one has yet to write would end up in the new file.
pub async fn replaceable(path: &Path, named: &Named) -> Result<(), ExchangeError> {
    let refuse = |found| Err(named.content("its place", "a file that may be replaced", found));
    // What cannot be opened as a database is none.
    let Ok(mut connection) = open(path, named).await else { return Ok(()) };
    let store = has(&mut connection, STORE, named).await.unwrap_or(false);
    connection.close().await.map_err(|e| named.database(e))?;
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if store {
        refuse("a Wangge store")
    } else if std::fs::metadata(log).is_ok_and(|log| log.len() > 0) {
        refuse("a database that another program has open")
    } else {
        Ok(())
    }
}

/// Whether the file has a table or view of that name.
pub async fn has(
    connection: &mut SqliteConnection,
    table: &str,
    named: &Named,
) -> Result<bool, ExchangeError> {
    sqlx::query_scalar("SELECT count(*) > 0 FROM sqlite_master WHERE name = ? AND type IN ('table', 'view')")
        .bind(table)
        .fetch_one(connection)
        .await
        .map_err(|e| named.database(e))
}

/// The layers that hold polygons, or may.
pub async fn polygons(connection: &mut SqliteConnection, named: &Named) -> Result<Vec<Layer>, ExchangeError> {
    for table in ["gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"] {
        if !has(connection, table, named).await? {
            return Err(named.content(
                "its tables",
                format!("a GeoPackage with {table}"),
                "a database without",
            ));
        }
    }
    let query = "SELECT g.table_name, g.column_name, upper(g.geometry_type_name),
           coalesce(upper(s.organization) || ':' || s.organization_coordsys_id, 'srs ' || g.srs_id)
         FROM gpkg_geometry_columns g JOIN gpkg_contents c ON c.table_name = g.table_name AND c.data_type = 'features'
         LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id ORDER BY c.rowid";
    let rows = sqlx::query(query).fetch_all(connection).await.map_err(|e| named.database(e))?;
    let layer = |row: &sqlx::sqlite::SqliteRow| {
        Ok(Layer {
            table: row.try_get(0)?,
            geometry: row.try_get(1)?,
            kind: row.try_get(2)?,
            system: row.try_get(3)?,
        })
    };
    let layers: Vec<Layer> =
        rows.iter().map(layer).collect::<Result<_, _>>().map_err(|e| named.database(e))?;
    Ok(layers)
}

/// The layer that is meant: the one named, or the only one of polygons.
pub fn choose(mut layers: Vec<Layer>, wanted: Option<&str>, named: &Named) -> Result<Layer, ExchangeError> {
    let listed =
        || layers.iter().map(|l| format!("{} ({})", l.table, l.kind.to_lowercase())).collect::<Vec<_>>();
    let list = match listed() {
        names if names.is_empty() => "none".to_owned(),
        names => names.join(", "),
    };
    if let Some(wanted) = wanted {
        let found = layers.into_iter().find(|l| l.table == wanted);
        return found.ok_or_else(|| named.content("its layers", format!("a layer {}", quoted(wanted)), list));
    }
    layers.retain(|l| l.kind.contains("POLYGON") || l.kind == "GEOMETRY" || l.kind.contains("SURFACE"));
    match layers.len() {
        1 => Ok(layers.remove(0)),
        0 => Err(named.content("its layers", "a layer of polygons", list)),
        _ => Err(named.content("its layers", "one layer of polygons (--layer NAME chooses)", list)),
    }
}

impl Layer {
    /// Refuses coordinates that are not longitude and latitude.
    pub fn check(&self, named: &Named) -> Result<(), ExchangeError> {
        if SYSTEMS.contains(&self.system.as_str()) {
            return Ok(());
        }
        let due = format!("{} (reproject with ogr2ogr -t_srs EPSG:4490)", SYSTEMS.join(" or "));
        Err(named.content(format!("layer {}, its reference system", self.table), due, &self.system))
    }
}

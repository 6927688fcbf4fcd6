//! A file → raw coverage or voids. Our own exports are known by their table `wangge`.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::{Connection, SqliteConnection};

use super::layers::{self, Layer};
use super::rows::{self, Rows};
use super::{ABOUT, LEAVES, STORE, UNITS, VOIDS};
use crate::exchange::error::{ExchangeError, Named};
use crate::exchange::raw::{Fields, Own, RawCoverage, RawVoid, UnitFacts};
use crate::exchange::record::{self, Meaning, Record};
use crate::unit::{Attribute, Code, Levels};

pub use record::as_text as text;

/// Reads a layer of polygons, or an export of our own whole.
pub async fn coverage(path: &Path, fields: &Fields) -> Result<RawCoverage, ExchangeError> {
    let named = Named::of(path);
    let mut connection = layers::open(path, &named).await?;
    let layers = layers::polygons(&mut connection, &named).await?;
    let own = fields.layer.is_none() && layers::has(&mut connection, ABOUT, &named).await?;
    if !own && layers::has(&mut connection, STORE, &named).await? && fields.layer.is_none() {
        let found = "a Wangge store (name it with --store; `wangge export` makes a file of it)";
        return Err(named.content("its tables", "a file of polygons", found));
    }
    let raw = if own {
        ours(&mut connection, &layers, fields, &named).await?
    } else {
        let layer = layers::choose(layers, fields.layer.as_deref(), &named)?;
        let mut reader = Reader { raw: RawCoverage::default(), dropped_zm: 0, blobs: 0 };
        reader.layer(&mut connection, &layer, &Meaning::new(&named, false, fields), &named).await?;
        reader.raw()
    };
    connection.close().await.map_err(|e| named.database(e))?;
    Ok(RawCoverage { file: named.0, ..raw })
}

/// Reads a layer of voids.
pub async fn voids(path: &Path, name: Option<&str>) -> Result<Vec<RawVoid>, ExchangeError> {
    let named = Named::of(path);
    let mut connection = layers::open(path, &named).await?;
    let layers = layers::polygons(&mut connection, &named).await?;
    let layer = layers::choose(layers, None, &named)?;
    let voids = void_rows(&mut connection, &layer, name.unwrap_or("name"), &named).await?;
    connection.close().await.map_err(|e| named.database(e))?;
    Ok(voids)
}

async fn void_rows(
    connection: &mut SqliteConnection,
    layer: &Layer,
    name: &str,
    named: &Named,
) -> Result<Vec<RawVoid>, ExchangeError> {
    layer.check(named)?;
    let rows = rows::read(connection, &layer.table, Some(layer), named).await?;
    Ok(rows.found.into_iter().map(|(record, polygons)| record::void(record, name, polygons)).collect())
}

/// Gathers layers.
struct Reader {
    raw: RawCoverage,
    dropped_zm: usize,
    blobs: usize,
}

impl Reader {
    async fn layer(
        &mut self,
        connection: &mut SqliteConnection,
        layer: &Layer,
        meaning: &Meaning<'_>,
        named: &Named,
    ) -> Result<(), ExchangeError> {
        layer.check(named)?;
        let Rows { found, dropped_zm, blobs } =
            rows::read(connection, &layer.table, Some(layer), named).await?;
        self.dropped_zm += dropped_zm;
        self.blobs += blobs;
        for (record, polygons) in found {
            self.raw.features.push(meaning.feature(record, polygons)?);
        }
        Ok(())
    }

    fn raw(mut self) -> RawCoverage {
        if self.dropped_zm > 0 {
            self.raw.notes.push(format!("heights or measures of {} features were dropped", self.dropped_zm));
        }
        if self.blobs > 0 {
            self.raw.notes.push(format!("{} values of bytes were left out", self.blobs));
        }
        self.raw
    }
}

/// An export of our own.
async fn ours(
    connection: &mut SqliteConnection,
    layers: &[Layer],
    fields: &Fields,
    named: &Named,
) -> Result<RawCoverage, ExchangeError> {
    let about = about(connection, named).await?;
    let said = |key: &str| about.get(key).map(String::as_str);
    let levels: Levels = said("levels").unwrap_or_default().parse().map_err(|_| {
        named.content(
            "table wangge, key levels",
            "levels as county:6,town:9",
            said("levels").unwrap_or("nothing"),
        )
    })?;
    let drawn: Vec<&str> = said("layers").unwrap_or_default().split(',').collect();
    let meaning = Meaning::new(named, true, fields);
    let mut reader = Reader { raw: RawCoverage::default(), dropped_zm: 0, blobs: 0 };
    for layer in layers.iter().filter(|l| drawn.contains(&l.table.as_str()) || l.table == LEAVES) {
        reader.layer(connection, layer, &meaning, named).await?;
    }
    let mut raw = reader.raw();
    if let Some(layer) = layers.iter().find(|l| l.table == VOIDS) {
        raw.voids = void_rows(connection, layer, "name", named).await?;
    }
    raw.own = Some(Own {
        levels,
        units: units(connection, named).await?,
        all: said("all") == Some("true"),
        name: said("name").map(ToOwned::to_owned),
        synthetic: said("synthetic") == Some("true"),
    });
    Ok(raw)
}

/// The fields of a record that are text.
fn texts(record: Record) -> BTreeMap<String, String> {
    let text = |(key, value): (String, Option<Attribute>)| Some((key, text(&value?)));
    record.fields.into_iter().filter_map(text).collect()
}

async fn about(
    connection: &mut SqliteConnection,
    named: &Named,
) -> Result<BTreeMap<String, String>, ExchangeError> {
    let rows = rows::read(connection, ABOUT, None, named).await?;
    let pair = |(record, _)| {
        let mut texts = texts(record);
        Some((texts.remove("key")?, texts.remove("value")?))
    };
    Ok(rows.found.into_iter().filter_map(pair).collect())
}

async fn units(connection: &mut SqliteConnection, named: &Named) -> Result<Vec<UnitFacts>, ExchangeError> {
    let rows = rows::read(connection, UNITS, None, named).await?;
    let unit = |(record, _): (Record, _)| {
        let place = record.place.clone();
        let mut texts = texts(record);
        let code = texts.remove("code").unwrap_or_default();
        let code = Code::new(&code).map_err(|e| named.content(&place, "a code of 1 to 18 digits", e.0))?;
        let attributes = texts.remove("attributes").unwrap_or_else(|| "{}".to_owned());
        let attributes = serde_json::from_str(&attributes)
            .map_err(|e| named.content(&place, "attributes as a JSON object", e))?;
        Ok(UnitFacts { code, name: texts.remove("name").unwrap_or_default(), attributes })
    };
    rows.found.into_iter().map(unit).collect()
}

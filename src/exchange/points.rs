//! Points in CSV (`lon`, `lat`, `weight`, `name`, `kind`, others kept as text) and GeoJSON (the same as properties).

use std::io::Write;
use std::path::Path;

use super::error::{ExchangeError, Named, quoted};
use super::geojson;
use super::read::compute;
use super::record::{Record, as_text};
use super::table::{Row, Table};
use super::{atomic, text};
use crate::crs::{Datum, LonLat};
use crate::unit::{Attribute, Attributes, PointFeature, PointLayer};

/// Columns that are no attributes.
const KNOWN: [&str; 5] = ["lon", "lat", "weight", "name", "kind"];

/// Points of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct PointsRead {
    /// In the order of the file.
    pub points: Vec<PointFeature>,
    /// What was passed over or converted, for people to read.
    pub notes: Vec<String>,
}

/// Reads points of a layer: CSV (`.csv`) or GeoJSON. A point without a weight counts 1, one without a kind is of its
/// layer's.
///
/// # Errors
/// [`ExchangeError`] for the first row that is no point; nothing is left out in silence.
pub async fn read_points(path: &Path, layer: PointLayer, crs: Datum) -> Result<PointsRead, ExchangeError> {
    let named = Named::of(path);
    let text = text::read(path).await?;
    let csv = path.extension().is_some_and(|s| s.eq_ignore_ascii_case("csv"));
    let geojson =
        path.extension().is_some_and(|s| s.eq_ignore_ascii_case("geojson") || s.eq_ignore_ascii_case("json"));
    if !csv && !geojson {
        return Err(named.content("its suffix", ".csv, .geojson or .json", path.display()));
    }
    compute(move || {
        let rows = if csv { csv_rows(&named, &text)? } else { geojson::points(&named, &text)? };
        let points = rows.into_iter().map(|row| point(&named, row, layer, crs)).collect::<Result<_, _>>()?;
        let converted = !matches!(crs, Datum::Wgs84 | Datum::Cgcs2000);
        let notes = if converted {
            vec![format!("coordinates were converted from {crs} to CGCS2000")]
        } else {
            vec![]
        };
        Ok(PointsRead { points, notes })
    })
    .await
}

fn csv_rows(named: &Named, text: &str) -> Result<Vec<(Record, LonLat)>, ExchangeError> {
    let table = Table::read(named, text)?;
    let (lon, lat) = (table.column("lon")?, table.column("lat")?);
    let row = |row: &Row| {
        let degrees = |column: &str, index: usize| -> Result<f64, ExchangeError> {
            let cell = &row.cells[index];
            cell.parse().map_err(|_| named.content(row.place(column), "degrees", quoted(cell)))
        };
        let place = LonLat::new(degrees("lon", lon)?, degrees("lat", lat)?)
            .map_err(|e| named.content(row.place("lon"), "a place", e))?;
        let cell = |(name, value): (&String, &String)| {
            (name.clone(), (!value.is_empty()).then(|| Attribute::Text(value.clone())))
        };
        let fields = table.header.iter().zip(&row.cells).map(cell).collect();
        Ok((Record { place: format!("line {}", row.line), id: None, fields }, place))
    };
    table.rows.iter().map(row).collect()
}

fn point(
    named: &Named,
    (record, place): (Record, LonLat),
    layer: PointLayer,
    crs: Datum,
) -> Result<PointFeature, ExchangeError> {
    let text = |field: &str| {
        record.fields.iter().find(|(n, _)| n == field).and_then(|(_, v)| v.as_ref()).map(as_text)
    };
    let weight = match text("weight") {
        None => 1,
        Some(found) => found.parse().map_err(|_| {
            named.content(
                format!("{}, weight", record.place),
                "a whole number from 0 to 4294967295",
                quoted(&found),
            )
        })?,
    };
    let default_kind = match layer {
        PointLayer::Dwellings => "dwelling",
        PointLayer::Addresses => "address",
        PointLayer::Places => "place",
    };
    let (kind, name) =
        (text("kind").unwrap_or_else(|| default_kind.to_owned()), text("name").unwrap_or_default());
    let others =
        record.fields.into_iter().filter(|(key, _)| !KNOWN.contains(&key.as_str()) && !key.is_empty());
    let attributes: Attributes = others.filter_map(|(key, value)| Some((key, value?))).collect();
    Ok(PointFeature { at: crs.to_wgs84(place).to_lattice(), kind, name, weight, attributes })
}

/// Writes points as CSV, whole or not at all; attributes are columns.
///
/// # Errors
/// [`ExchangeError::Io`].
pub async fn write_points(path: &Path, points: Vec<PointFeature>) -> Result<(), ExchangeError> {
    let named = Named::of(path);
    let path = path.to_owned();
    compute(move || atomic::write(&path, |out| write_csv(out, &points)).map_err(|e| named.io(e))).await
}

fn write_csv(out: &mut dyn Write, points: &[PointFeature]) -> std::io::Result<()> {
    let mut others: Vec<&str> = points.iter().flat_map(|p| p.attributes.keys().map(String::as_str)).collect();
    others.sort_unstable();
    others.dedup();
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(KNOWN.iter().chain(&others))?;
    for point in points {
        let place = LonLat::from_lattice(point.at);
        let known = [place.lon().to_string(), place.lat().to_string(), point.weight.to_string()];
        let texts = [point.name.clone(), point.kind.clone()];
        let others = others.iter().map(|key| point.attributes.get(*key).map(as_text).unwrap_or_default());
        csv.write_record(known.into_iter().chain(texts).chain(others))?;
    }
    csv.flush()
}

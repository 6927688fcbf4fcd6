//! What a synthetic county is made from: an outline in GeoJSON, and a CSV of units (`code`, `name`, `type`, `lon`,
//! `lat`, `position`). Texts, because defaults come with the program.

use super::error::{ExchangeError, Named, quoted};
use super::geojson;
use super::rings::Rings;
use super::table::{Row, Table};
use crate::crs::{LonLat, Point};
use crate::synth::{SeatSource, SeedUnit};
use crate::unit::Code;

/// The outline's ring on the lattice, first point not repeated; `file` names it in messages.
///
/// # Errors
/// [`ExchangeError`] where it is not one polygon without holes.
pub fn outline_from(file: &str, text: &str) -> Result<Vec<Point>, ExchangeError> {
    let named = Named(file.to_owned());
    let raw = geojson::outline(&named, text)?;
    let mut polygons = Rings::default().polygons(&[vec![raw]]);
    match polygons.pop() {
        Some(polygon) => Ok(polygon.shell),
        None => Err(named.content("/features/0/geometry", "an area", "none at 7 decimals")),
    }
}

/// The units above the grids; `file` names them in messages.
///
/// # Errors
/// [`ExchangeError`] that names line and column.
pub fn seed_units_from(file: &str, text: &str) -> Result<Vec<SeedUnit>, ExchangeError> {
    let named = Named(file.to_owned());
    let table = Table::read(&named, text)?;
    let (code, name) = (table.column("code")?, table.column("name")?);
    let optional =
        |row: &Row, column: &str| table.find(column).map(|c| row.cells[c].clone()).unwrap_or_default();
    let unit = |row: &Row| {
        let code = Code::new(&row.cells[code])
            .map_err(|e| named.content(row.place("code"), "a code of 1 to 18 digits", quoted(&e.0)))?;
        let seat = seat(&named, row, ["lon", "lat", "position"].map(|column| optional(row, column)))?;
        Ok(SeedUnit { code, name: row.cells[name].clone(), kind: optional(row, "type"), seat })
    };
    table.rows.iter().map(unit).collect()
}

/// Where a unit's offices stand, if its row says so.
fn seat(
    named: &Named,
    row: &Row,
    [lon, lat, position]: [String; 3],
) -> Result<Option<(Point, SeatSource)>, ExchangeError> {
    if lon.is_empty() && lat.is_empty() {
        return Ok(None);
    }
    let number = |column: &str, text: &str| {
        text.parse::<f64>().map_err(|_| named.content(row.place(column), "degrees", quoted(text)))
    };
    let place = LonLat::new(number("lon", &lon)?, number("lat", &lat)?)
        .map_err(|e| named.content(row.place("lon"), "a place", e))?;
    let source: SeatSource = position
        .parse()
        .map_err(|_| named.content(row.place("position"), "published or approximate", quoted(&position)))?;
    Ok(Some((place.to_lattice(), source)))
}

//! What a synthetic county is made from: an outline in GeoJSON. Text, because a default comes with the program.

use super::error::{ExchangeError, Named};
use super::geojson;
use super::rings::Rings;
use crate::crs::Point;

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

//! A geometry's members → polygons or a point, each error with its JSON pointer.

use super::json::{Feature, Geometry, Node};
use crate::crs::LonLat;
use crate::exchange::error::{ExchangeError, Named, quoted};
use crate::exchange::raw::RawPolygon;

/// Reads geometries, and counts what it passes over.
pub struct Geometries<'a> {
    pub named: &'a Named,
    /// Positions that had more than two numbers.
    pub dropped_z: usize,
}

impl Geometries<'_> {
    /// The polygons of the feature at `place`.
    pub fn polygons(&mut self, place: &str, feature: &Feature) -> Result<Vec<RawPolygon>, ExchangeError> {
        const DUE: &str = "Polygon or MultiPolygon";
        let (kind, coordinates, place) = self.members(place, feature.geometry.as_ref(), DUE)?;
        match kind {
            "Polygon" => Ok(vec![self.polygon(&place, coordinates)?]),
            "MultiPolygon" => {
                let parts = self.list(&place, coordinates, "an array of polygons")?.iter().enumerate();
                parts.map(|(i, node)| self.polygon(&format!("{place}/{i}"), node)).collect()
            }
            other => Err(self.wrong_type(&place, DUE, other)),
        }
    }

    /// The place of the point feature at `place`.
    pub fn point(&mut self, place: &str, feature: &Feature) -> Result<LonLat, ExchangeError> {
        let (kind, coordinates, place) = self.members(place, feature.geometry.as_ref(), "Point")?;
        match kind {
            "Point" => self.position(&place, coordinates),
            other => Err(self.wrong_type(&place, "Point", other)),
        }
    }

    fn members<'g>(
        &self,
        place: &str,
        geometry: Option<&'g Geometry>,
        due: &str,
    ) -> Result<(&'g str, &'g Node, String), ExchangeError> {
        let place = format!("{place}/geometry");
        let Some(geometry) = geometry else { return Err(self.named.content(place, due, "null")) };
        let Some(kind) = geometry.kind.as_str() else {
            return Err(self.named.content(format!("{place}/type"), due, &geometry.kind));
        };
        let place = format!("{place}/coordinates");
        match &geometry.coordinates {
            Some(coordinates) => Ok((kind, coordinates, place)),
            None if kind == "GeometryCollection" => Err(self.wrong_type(&place, due, kind)),
            None => Err(self.named.content(place, "coordinates", "nothing")),
        }
    }

    fn wrong_type(&self, coordinates: &str, due: &str, found: &str) -> ExchangeError {
        self.named.content(coordinates.replace("/coordinates", "/type"), due, quoted(found))
    }

    fn polygon(&mut self, place: &str, node: &Node) -> Result<RawPolygon, ExchangeError> {
        let rings = self.list(place, node, "an array of rings")?;
        if rings.is_empty() {
            return Err(self.named.content(place, "at least one ring", "none"));
        }
        rings.iter().enumerate().map(|(i, ring)| self.ring(&format!("{place}/{i}"), ring)).collect()
    }

    fn ring(&mut self, place: &str, node: &Node) -> Result<Vec<LonLat>, ExchangeError> {
        let positions = self.list(place, node, "a ring: an array of positions")?;
        let ring: Vec<LonLat> = positions
            .iter()
            .enumerate()
            .map(|(i, node)| match node {
                Node::Position([x, y], more) => {
                    self.dropped_z += usize::from(*more);
                    place_of(*x, *y)
                        .map_err(|(due, found)| self.named.content(format!("{place}/{i}"), due, found))
                }
                other => {
                    Err(self.named.content(format!("{place}/{i}"), "a position [lon, lat]", other.name()))
                }
            })
            .collect::<Result<_, _>>()?;
        let closed = ring.len() > 1 && ring.first() == ring.last();
        if ring.len() - usize::from(closed) < 3 {
            return Err(self.named.content(place, "a ring of at least 4 positions", ring.len()));
        }
        Ok(ring)
    }

    fn position(&mut self, place: &str, node: &Node) -> Result<LonLat, ExchangeError> {
        match node {
            Node::Position([x, y], more) => {
                self.dropped_z += usize::from(*more);
                place_of(*x, *y).map_err(|(due, found)| self.named.content(place, due, found))
            }
            other => Err(self.named.content(place, "a position [lon, lat]", other.name())),
        }
    }

    fn list<'n>(&self, place: &str, node: &'n Node, due: &str) -> Result<&'n [Node], ExchangeError> {
        match node {
            Node::List(nodes) => Ok(nodes),
            other => Err(self.named.content(place, due, other.name())),
        }
    }
}

/// Beyond this a number is no degree, but very likely a metre.
const SURELY_METRES: f64 = 1000.0;

/// A place, or what was due and what was found.
pub fn place_of(x: f64, y: f64) -> Result<LonLat, (String, String)> {
    LonLat::new(x, y).map_err(|bad| {
        let message = bad.to_string();
        let plain = message.strip_prefix("expected ").unwrap_or(&message);
        let (due, found) = plain.split_once(", found ").unwrap_or((plain, "something else"));
        let hint = if x.abs() > SURELY_METRES && y.abs() > SURELY_METRES {
            " (metres? reproject it to EPSG:4490: longitude and latitude in degrees)"
        } else {
            ""
        };
        (due.to_owned(), format!("{found}{hint}"))
    })
}

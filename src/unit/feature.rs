//! What lies in units without bounding them: weighted points and background lines, both on the lattice.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Attributes;
use crate::crs::Point;

/// A layer of weighted points. Membership in a grid is computed per version, never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PointLayer {
    /// Where people live; the weight is a number of households.
    Dwellings,
    /// Doors; the weight is 1.
    Addresses,
    /// Points of service and named places.
    Places,
}

impl PointLayer {
    /// Every layer, in the order they are listed.
    pub const ALL: [Self; 3] = [Self::Dwellings, Self::Addresses, Self::Places];

    /// The layer's name as commands and stores write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dwellings => "dwellings",
            Self::Addresses => "addresses",
            Self::Places => "places",
        }
    }
}

impl fmt::Display for PointLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for PointLayer {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|l| l.as_str() == text)
            .ok_or_else(|| format!("expected dwellings, addresses or places, found {text:?}"))
    }
}

/// One point of a layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointFeature {
    /// Where, on the lattice.
    pub at: Point,
    /// What it is (`dwelling`, `service_centre`, `civilisation_station` …), a short word.
    pub kind: String,
    /// Its name; empty where it has none.
    pub name: String,
    /// How much it counts: households for a dwelling, 1 for the rest.
    pub weight: u32,
    /// Anything else.
    pub attributes: Attributes,
}

/// A background line: a canal, a road, a stretch of coast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineFeature {
    /// Layer of the background tileset: `canals`, `roads`, `coast`.
    pub layer: String,
    /// A finer kind (`trunk`, `lateral` …), or the layer's again.
    pub kind: String,
    /// Its name; empty where it has none.
    pub name: String,
    /// At least two lattice points.
    pub points: Vec<Point>,
}

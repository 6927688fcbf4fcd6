//! Lattice → world: which Web Mercator a map is drawn in, and arcs taken there without swapping sides.
//!
//! ```text
//! lattice   a ────────────── b        a straight border on the lattice is a curve in the world;
//! world     a ──────•─────── b        where it bends by more than two units it gets a vertex,
//!                   m                 so no neighbour's vertex changes sides
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::crs::{Datum, LonLat, Point, lattice_to_world, to_world};

/// The plane that tiles are drawn in: Web Mercator of one of two datums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plane {
    /// WGS84 (and CGCS2000), as every web map outside China's own.
    #[default]
    Wgs84,
    /// GCJ-02, for maps drawn over Amap or Tencent.
    Gcj02,
}

impl Plane {
    /// Both planes.
    pub const ALL: [Self; 2] = [Self::Wgs84, Self::Gcj02];

    /// The plane that a datum's coordinates are drawn in; `None` for BD-09, whose maps are not Web Mercator.
    #[must_use]
    pub const fn of(datum: Datum) -> Option<Self> {
        match datum {
            Datum::Wgs84 | Datum::Cgcs2000 => Some(Self::Wgs84),
            Datum::Gcj02 => Some(Self::Gcj02),
            Datum::Bd09 => None,
        }
    }

    /// The world point of a lattice point in this plane.
    #[must_use]
    pub fn world(self, p: Point) -> Point {
        match self {
            Self::Wgs84 => lattice_to_world(p),
            Self::Gcj02 => to_world(Datum::Gcj02.from_wgs84(LonLat::from_lattice(p))),
        }
    }

    /// Appends the world points of a lattice line to `out`, with a vertex wherever a segment bends. The result
    /// does not depend on the line's direction.
    pub(super) fn project(self, line: &[Point], out: &mut Vec<Point>) {
        let mut last: Option<(Point, Point)> = None;
        for &b in line {
            let there = self.world(b);
            if let Some((a, from)) = last {
                self.bend((a, from), (b, there), out);
            }
            out.push(there);
            last = Some((b, there));
        }
    }

    /// Appends what lies between `a` and `b`, each given on the lattice and in the world.
    fn bend(self, a: (Point, Point), b: (Point, Point), out: &mut Vec<Point>) {
        let length = i64::from(a.0.x).abs_diff(b.0.x.into()).max(i64::from(a.0.y).abs_diff(b.0.y.into()));
        if length < STRAIGHT {
            return;
        }
        let lattice = middle(a.0, b.0);
        let (there, chord) = (self.world(lattice), middle(a.1, b.1));
        let off = there.x.abs_diff(chord.x).max(there.y.abs_diff(chord.y));
        if length < LONG && off <= TOLERANCE {
            return;
        }
        let m = (lattice, there);
        self.bend(a, m, out);
        if there != a.1 && there != b.1 {
            out.push(there);
        }
        self.bend(m, b, out);
    }
}

impl fmt::Display for Plane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Wgs84 => "wgs84",
            Self::Gcj02 => "gcj02",
        })
    }
}

/// Lattice units (about 110 m) below which no segment bends by more than [`TOLERANCE`], in either plane.
const STRAIGHT: u64 = 10_000;
/// Lattice units (about 6 km) above which the middle alone does not tell: GCJ-02 waves every 33 km.
const LONG: u64 = 500_000;
/// World units (about 2 cm) by which a segment's middle may leave the chord.
const TOLERANCE: u32 = 2;

/// The point half-way, rounded towards minus infinity whichever way round it is asked.
fn middle(a: Point, b: Point) -> Point {
    let half = |p: i32, q: i32| ((i64::from(p) + i64::from(q)) >> 1) as i32;
    Point::new(half(a.x, b.x), half(a.y, b.y))
}

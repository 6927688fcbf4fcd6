//! The commands of a plan, in the form that clients send and stores keep.
//!
//! Places are `[lon, lat]` in degrees (WGS84 or CGCS2000), rounded to the lattice when they are read.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::crs::{LonLat, Point, Polygon};
use crate::unit::{Attribute, Attributes, Code, Levels, Uid};

/// One command. `tolerance` is how far, in metres, drawn points are taken to junctions, vertices and borders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// Cuts a leaf along a line. The largest piece keeps uid and code; the others are new, west to east.
    Split {
        /// The leaf.
        unit: Code,
        /// Where it is cut.
        line: Path,
        /// What the new pieces are called, west to east; those without an entry have no name yet.
        #[serde(default)]
        new: Vec<NewUnit>,
        /// See [`Edit`].
        #[serde(default)]
        tolerance: f64,
    },
    /// Makes one leaf of several that border each other.
    Merge {
        /// The leaves.
        units: Vec<Code>,
        /// The one of them that stays; the first, where none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<Code>,
    },
    /// Draws the border between two leaves anew.
    Reshape {
        /// The two.
        between: [Code; 2],
        /// The new border; its ends go to the nearest point of the border of the two.
        line: Path,
        /// A point of the border that stays, where the border is closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<Place>,
        /// See [`Edit`]; for the points between the ends.
        #[serde(default)]
        tolerance: f64,
    },
    /// Gives what of a leaf lies in an area to another.
    Transfer {
        /// Who loses it.
        from: Code,
        /// Who gains it.
        to: Code,
        /// The area.
        area: Area,
        /// See [`Edit`].
        #[serde(default)]
        tolerance: f64,
    },
    /// Gives leaves and voids the borders that they are given, vertex for vertex, and units their codes and words.
    Redraw(Redraw),
    /// Moves a vertex with every border that meets there.
    MoveNode {
        /// Near which the vertex is.
        at: Place,
        /// Where it goes.
        to: Place,
        /// How far from `at` the vertex may be, in metres.
        #[serde(default)]
        tolerance: f64,
    },
    /// Puts a unit, with all below it, under another parent. It keeps its uid and takes a new code.
    Assign {
        /// The unit.
        unit: Code,
        /// The parent to be, of the level above it.
        parent: Code,
    },
    /// Sets attributes; `null` takes one away.
    Set {
        /// The unit.
        unit: Code,
        /// By name.
        attributes: std::collections::BTreeMap<String, Option<Attribute>>,
    },
    /// Gives a unit another name.
    Rename {
        /// The unit.
        unit: Code,
        /// The name.
        name: String,
    },
    /// Makes a unit under a parent: one without area, for others to be assigned to it; under a leaf, which is divided
    /// for the first time, one that has all of the leaf's area.
    CreateUnit {
        /// The parent; none for a unit of the top level.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<Code>,
        /// What it is called.
        name: String,
        /// Its code where the parent is none; else one is drawn.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Code>,
    },
    /// Retires a unit that has neither area nor children.
    RetireUnit {
        /// The unit.
        unit: Code,
    },
}

/// Leaves and voids with all of their area, and units with all that is said of them, as they are afterwards. Together
/// they cover what they covered before; units that become leaves, or are none any more, are among them by that.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redraw {
    /// Each leaf and void with its area.
    pub areas: Vec<Bordered>,
    /// Units of which something else is said, and new ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<Stated>,
    /// Units that are no more; their areas are others'.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Code>,
    /// The levels, where they are others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<Levels>,
}

/// A unit as it is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// The code that it has; none for one that is new or comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Code>,
    /// The code that it is to have.
    pub code: Code,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// All of its attributes.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
}

/// A leaf, or a void, and all of its area: `{"unit": CODE, "area": {…}}`, `{"void": UID, "name": …, "area": {…}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Bordered {
    /// Whose.
    #[serde(flatten)]
    pub of: Whose,
    /// What a void is called that comes back, or is called otherwise now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its area; `None`: nothing is left of it, and a void is no more.
    pub area: Option<Areas>,
}

/// What is written of an area: no field is another's, and to say that nothing is left takes a word.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    unit: Option<Code>,
    void: Option<Uid>,
    name: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    area: Option<Areas>,
}

impl TryFrom<Fields> for Bordered {
    type Error = &'static str;
    fn try_from(Fields { unit, void, name, area }: Fields) -> Result<Self, Self::Error> {
        let of = match (unit, void) {
            (Some(code), None) => Whose::Unit(code),
            (None, Some(uid)) => Whose::Void(uid),
            _ => return Err("expected the area of a unit or of a void, found both or neither"),
        };
        Ok(Self { of, name, area })
    }
}

/// Whose an area is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// The leaf's of a code, as it is afterwards.
    Unit(Code),
    /// The void's of a uid: voids have no codes.
    Void(Uid),
}

/// The areas of a GeoJSON `MultiPolygon`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "MultiGeometry", into = "MultiGeometry")]
pub struct Areas(Vec<Area>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MultiGeometry {
    #[serde(rename = "type")]
    kind: String,
    coordinates: Vec<Vec<Vec<Place>>>,
}

impl Areas {
    /// The polygons; their rings run as they were given.
    #[must_use]
    pub fn polygons(&self) -> Vec<Polygon> {
        let polygon = |area: &Area| Polygon { shell: area.0[0].clone(), holes: area.0[1..].to_vec() };
        self.0.iter().map(polygon).collect()
    }
}

impl From<Vec<Polygon>> for Areas {
    fn from(polygons: Vec<Polygon>) -> Self {
        let area = |p: Polygon| Area(std::iter::once(p.shell).chain(p.holes).collect());
        Self(polygons.into_iter().map(area).collect())
    }
}

impl TryFrom<MultiGeometry> for Areas {
    type Error = String;
    fn try_from(geometry: MultiGeometry) -> Result<Self, String> {
        if geometry.kind != "MultiPolygon" || geometry.coordinates.is_empty() {
            let found: String = geometry.kind.chars().take(40).collect();
            return Err(format!(
                "expected a GeoJSON geometry of type MultiPolygon with a part, found {found:?}"
            ));
        }
        let of = |rings: Vec<Vec<Place>>| {
            // A river may have more vertices than anybody draws: the whole request is bounded, not each of its areas.
            let rings = rings.into_iter().map(|ring| ring.into_iter().map(|place| place.0).collect());
            Area::of(rings.collect(), usize::MAX)
        };
        geometry.coordinates.into_iter().map(of).collect::<Result<_, _>>().map(Self)
    }
}

impl From<Areas> for MultiGeometry {
    fn from(areas: Areas) -> Self {
        let coordinates = areas.0.into_iter().map(|area| Geometry::from(area).coordinates).collect();
        Self { kind: "MultiPolygon".to_owned(), coordinates }
    }
}

/// What a new unit is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUnit {
    /// Its name.
    #[serde(default)]
    pub name: String,
}

/// A line that somebody drew: two points or more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Place>", into = "Vec<Place>")]
pub struct Path(Vec<Point>);

impl Path {
    /// The most points that are taken.
    pub const MOST: usize = 10_000;

    /// The points, on the lattice.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.0
    }

    /// A line through points on the lattice.
    ///
    /// # Errors
    /// Where there are fewer than two, or more than [`Path::MOST`].
    pub fn new(points: Vec<Point>) -> Result<Self, String> {
        match points.len() {
            2..=Self::MOST => Ok(Self(points)),
            n => Err(format!("expected a line of 2 to {} points, found {n}", Self::MOST)),
        }
    }
}

impl TryFrom<Vec<Place>> for Path {
    type Error = String;
    fn try_from(places: Vec<Place>) -> Result<Self, String> {
        Self::new(places.into_iter().map(|p| p.0).collect())
    }
}

impl From<Path> for Vec<Place> {
    fn from(path: Path) -> Self {
        path.0.into_iter().map(Place).collect()
    }
}

/// A place, `[lon, lat]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub Point);

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let [lon, lat] = <[f64; 2]>::deserialize(from)?;
        LonLat::new(lon, lat).map(|place| Self(place.to_lattice())).map_err(serde::de::Error::custom)
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let place = LonLat::from_lattice(self.0);
        [place.lon(), place.lat()].serialize(to)
    }
}

/// The area of a GeoJSON polygon, its rings closed or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Geometry", into = "Geometry")]
pub struct Area(Vec<Vec<Point>>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Geometry {
    #[serde(rename = "type")]
    kind: String,
    coordinates: Vec<Vec<Place>>,
}

impl Area {
    /// The shell, then the holes; no ring repeats its first point.
    #[must_use]
    pub fn rings(&self) -> &[Vec<Point>] {
        &self.0
    }

    /// The area within a shell and without its holes.
    ///
    /// # Errors
    /// Where a ring has fewer than three points, or all rings more than [`Path::MOST`].
    pub fn new(rings: Vec<Vec<Point>>) -> Result<Self, String> {
        Self::of(rings, Path::MOST)
    }

    fn of(mut rings: Vec<Vec<Point>>, most: usize) -> Result<Self, String> {
        for ring in &mut rings {
            if ring.len() > 1 && ring.first() == ring.last() {
                ring.pop();
            }
        }
        let points: usize = rings.iter().map(Vec::len).sum();
        if rings.is_empty() || rings.iter().any(|ring| ring.len() < 3) || points > most {
            let bound = if most == usize::MAX { String::new() } else { format!(", {most} in all at most") };
            return Err(format!("expected a polygon whose rings have 3 points or more{bound}"));
        }
        Ok(Self(rings))
    }
}

impl TryFrom<Geometry> for Area {
    type Error = String;
    fn try_from(geometry: Geometry) -> Result<Self, String> {
        if geometry.kind != "Polygon" {
            let found: String = geometry.kind.chars().take(40).collect();
            return Err(format!("expected a GeoJSON geometry of type Polygon, found {found:?}"));
        }
        Self::new(geometry.coordinates.into_iter().map(|r| r.into_iter().map(|p| p.0).collect()).collect())
    }
}

impl From<Area> for Geometry {
    fn from(area: Area) -> Self {
        let ring = |mut ring: Vec<Point>| {
            ring.extend(ring.first().copied());
            ring.into_iter().map(Place).collect()
        };
        Self { kind: "Polygon".to_owned(), coordinates: area.0.into_iter().map(ring).collect() }
    }
}

impl Edit {
    /// The voids that it speaks of.
    pub fn voids(&self) -> impl Iterator<Item = Uid> {
        let areas = if let Self::Redraw(redraw) = self { &redraw.areas[..] } else { &[] };
        areas.iter().filter_map(|area| match area.of {
            Whose::Void(uid) => Some(uid),
            Whose::Unit(_) => None,
        })
    }

    /// The leaves to which it gives all of their area, as they are called afterwards.
    pub fn areas_of(&self) -> impl Iterator<Item = &Code> {
        let areas = if let Self::Redraw(redraw) = self { &redraw.areas[..] } else { &[] };
        areas.iter().filter_map(|area| match &area.of {
            Whose::Unit(code) => Some(code),
            Whose::Void(_) => None,
        })
    }

    /// The command's word.
    #[must_use]
    pub const fn op(&self) -> &'static str {
        match self {
            Self::Split { .. } => "split",
            Self::Merge { .. } => "merge",
            Self::Reshape { .. } => "reshape",
            Self::Transfer { .. } => "transfer",
            Self::Redraw(_) => "redraw",
            Self::MoveNode { .. } => "move_node",
            Self::Assign { .. } => "assign",
            Self::Set { .. } => "set",
            Self::Rename { .. } => "rename",
            Self::CreateUnit { .. } => "create_unit",
            Self::RetireUnit { .. } => "retire_unit",
        }
    }
}

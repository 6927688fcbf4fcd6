//! A hierarchy and the coverage of its leaves and voids: what a version is.

use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest, Sha256};

use super::{Coverage, Defect, Polygon};
use crate::crs::Bounds;
use crate::unit::{Attribute, Hierarchy, Owner, Unit, UnitIndex};

/// Units and the coverage of their leaves; owner numbers are the hierarchy's.
#[derive(Clone, Debug, PartialEq)]
pub struct Partition {
    /// The units and voids.
    pub hierarchy: Hierarchy,
    /// Who owns what part of the plane.
    pub coverage: Coverage,
}

/// SHA-256 of a version's units and lattice coordinates in canonical order. Two stores that hold the same county have
/// the same hash: uids, tints and the order of rows are not in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash([u8; 32]);

impl Partition {
    /// The content hash.
    #[must_use]
    pub fn content_hash(&self) -> ContentHash {
        let mut hash = Canonical(Sha256::new());
        hash.text("wangge content 1");
        hash.text(&self.hierarchy.levels().to_string());
        for (index, unit) in self.hierarchy.units().iter().enumerate() {
            hash.unit(unit);
            if let Some(owner) = self.hierarchy.owner_of(index as UnitIndex) {
                hash.polygons(&self.coverage.polygons(owner));
            }
        }
        let first = self.hierarchy.leaves().len() as u32;
        let voids = self.hierarchy.voids().iter().enumerate();
        let mut voids: Vec<_> =
            voids.map(|(i, v)| (&v.name, self.coverage.polygons(Owner(first + i as u32)))).collect();
        voids.sort_unstable();
        for (name, polygons) in voids {
            hash.text("void");
            hash.text(name);
            hash.polygons(&polygons);
        }
        ContentHash(hash.0.finalize().into())
    }

    /// The polygons of any unit: a leaf's own, or its leaves' with their inner arcs dropped.
    #[must_use]
    pub fn polygons_of(&self, unit: UnitIndex) -> Vec<Polygon> {
        if let Some(owner) = self.hierarchy.owner_of(unit) {
            return self.coverage.polygons(owner);
        }
        let level = self.hierarchy.unit(unit).level;
        let group = |owner| self.hierarchy.at_level(owner, level).filter(|&u| u == unit);
        self.coverage.dissolve(group).remove(&unit).unwrap_or_default()
    }

    /// The polygons of every unit that is drawn at `level`, leaves that stand higher among them.
    #[must_use]
    pub fn polygons_at(&self, level: u8) -> BTreeMap<UnitIndex, Vec<Polygon>> {
        self.coverage.dissolve(|owner| self.hierarchy.at_level(owner, level))
    }

    /// The box around everything.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.coverage.bounds()
    }

    /// Code of a leaf or name of a void.
    #[must_use]
    pub fn owner_name(&self, owner: Owner) -> String {
        match self.hierarchy.leaf(owner) {
            Some(unit) => self.hierarchy.unit(unit).code.to_string(),
            None => self.hierarchy.void(owner).map_or_else(|| "outside".to_owned(), |v| v.name.clone()),
        }
    }

    /// Every defect of the stored geometry: none, unless something went wrong.
    #[must_use]
    pub fn validate(&self) -> Vec<Defect> {
        self.coverage.validate().iter().map(|d| d.named(|owner| self.owner_name(owner))).collect()
    }
}

impl ContentHash {
    /// The hash from its 64 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What goes into the hash. Texts, attributes, polygons and rings have their length or number before them; units and
/// voids have none: a unit begins with its level, a void with a word, and which units have polygons follows from the
/// codes. Polygons could be read as the next unit only if a ring had as many vertices as two digits of a code and six
/// bytes more say as a number: 12,336 at least, whose coordinates spell all the units that follow.
struct Canonical(Sha256);

impl Canonical {
    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text.as_bytes());
    }

    fn count(&mut self, n: usize) {
        self.0.update((n as u64).to_le_bytes());
    }

    fn unit(&mut self, unit: &Unit) {
        self.count(usize::from(unit.level));
        self.text(unit.code.as_str());
        self.text(&unit.name);
        self.count(unit.attributes.len());
        for (name, value) in &unit.attributes {
            self.text(name);
            match value {
                Attribute::Bool(b) => self.text(if *b { "true" } else { "false" }),
                Attribute::Integer(n) => self.text(&n.to_string()),
                Attribute::Number(n) => self.text(&format!("{n:?}")),
                Attribute::Text(t) => self.text(&format!("\"{t}")),
            }
        }
    }

    fn polygons(&mut self, polygons: &[Polygon]) {
        self.count(polygons.len());
        let mut bytes = Vec::new();
        for polygon in polygons {
            self.count(1 + polygon.holes.len());
            for ring in polygon.rings() {
                self.count(ring.len());
                bytes.clear();
                bytes.extend(ring.iter().flat_map(|p| [p.x, p.y]).flat_map(i32::to_le_bytes));
                self.0.update(&bytes);
            }
        }
    }
}

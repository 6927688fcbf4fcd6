//! What can be wrong with a set of polygons that should be a coverage. A bad border is data, not an error.

use std::fmt;

use crate::crs::Point;
use crate::unit::Owner;

/// The kinds of defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DefectKind {
    /// An enclosed area that nobody owns. Size: m².
    Gap,
    /// An area that several own. Size: m².
    Overlap,
    /// Two outer borders that run beside each other and should be one. Size: distance in lattice units.
    UnmatchedEdge,
    /// A vertex beside a neighbour's segment, further off than the tolerance. Size: distance in lattice units.
    TJunction,
    /// A polygon whose own rings cross or lie over each other. Size: m².
    SelfCrossing,
    /// Two units with the same polygon. Size: m².
    DuplicatePolygon,
    /// Two units with the same code. Size: how many.
    DuplicateCode,
    /// A unit without a parent. Size: 0.
    Orphan,
    /// A unit whose parent's code is not the beginning of its own. Size: 0.
    ParentMismatch,
    /// A crumb of a unit away from the rest of it. Size: m².
    StrayPart,
    /// A unit that covers no area on the lattice. Size: 0 m².
    NoArea,
}

impl DefectKind {
    /// Every kind, in the order reports list them.
    pub const ALL: [Self; 11] = [
        Self::Gap,
        Self::Overlap,
        Self::UnmatchedEdge,
        Self::TJunction,
        Self::SelfCrossing,
        Self::DuplicatePolygon,
        Self::DuplicateCode,
        Self::Orphan,
        Self::ParentMismatch,
        Self::StrayPart,
        Self::NoArea,
    ];

    /// The kind's name in reports and files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Overlap => "overlap",
            Self::UnmatchedEdge => "unmatched-edge",
            Self::TJunction => "t-junction",
            Self::SelfCrossing => "self-crossing",
            Self::DuplicatePolygon => "duplicate-polygon",
            Self::DuplicateCode => "duplicate-code",
            Self::Orphan => "orphan",
            Self::ParentMismatch => "parent-mismatch",
            Self::StrayPart => "stray-part",
            Self::NoArea => "no-area",
        }
    }

    /// What its size is measured in; empty where it has none.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::UnmatchedEdge | Self::TJunction => "lattice units",
            Self::DuplicateCode => "units",
            Self::Orphan | Self::ParentMismatch => "",
            _ => "m²",
        }
    }
}

impl fmt::Display for DefectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A defect among owners that do not have names yet.
#[derive(Clone, Debug, PartialEq)]
pub struct RawDefect {
    /// What is wrong.
    pub kind: DefectKind,
    /// Whose polygons it concerns, sorted.
    pub owners: Vec<Owner>,
    /// Where, on the lattice: a point in the area, or the vertex.
    pub at: Point,
    /// How large; [`DefectKind`] says in what.
    pub size: f64,
}

/// One located finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Defect {
    /// What is wrong.
    pub kind: DefectKind,
    /// Codes of the units, or names of the voids, that it concerns.
    pub units: Vec<String>,
    /// Where, on the lattice; `None` where a unit has no geometry to point at.
    pub at: Option<Point>,
    /// How large; [`DefectKind`] says in what.
    pub size: f64,
    /// A sentence: what was expected, what was found.
    pub detail: String,
}

impl RawDefect {
    /// The same with names for its owners.
    pub fn named(&self, name: impl Fn(Owner) -> String) -> Defect {
        let units: Vec<String> = self.owners.iter().map(|&o| name(o)).collect();
        let list = units.join(", ");
        let size = self.size;
        let detail = match self.kind {
            DefectKind::Gap => {
                format!("no unit covers {size:.2} m² between {list}: expected a unit or a declared void")
            }
            DefectKind::Overlap => format!("{list} all cover the same {size:.2} m²: expected one owner"),
            DefectKind::UnmatchedEdge => {
                format!("the borders of {list} run {size:.1} lattice units apart: expected one shared border")
            }
            DefectKind::TJunction => format!(
                "a vertex lies {size:.1} lattice units beside a segment between {list}: expected it on the segment"
            ),
            DefectKind::SelfCrossing => {
                format!("the rings of {list} cross or cover each other over {size:.2} m²")
            }
            DefectKind::DuplicatePolygon => format!("{list} have the same polygon of {size:.2} m²"),
            DefectKind::StrayPart => format!("a part of {list} of {size:.2} m² lies apart from the rest"),
            DefectKind::NoArea => format!("expected an area, found none at 7 decimals in {list}"),
            DefectKind::DuplicateCode | DefectKind::Orphan | DefectKind::ParentMismatch => list,
        };
        Defect { kind: self.kind, units, at: Some(self.at), size, detail }
    }
}

//! Partition → unit rows → partition, the same for every backend.
//!
//! ```text
//! unit   uid level code name parent tint attributes geometry      a leaf's own polygons, or its leaves' dissolved
//! void   uid void  -    name -      -    -          geometry      position keeps the order among voids
//!        └────────────── digest ──────────────────┘               tells which row was changed from outside
//! ```
//!
//! Blobs and attributes are written in canonical form, so rows that mean the same are the same bytes, and a row of
//! the next version differs only where its unit does.

use std::collections::BTreeSet;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::coverage::{Coverage, Partition};
use crate::crs::{Bounds, Polygon};
use crate::unit::{
    Attributes, Code, Hierarchy, Level, Levels, Owner, PointFeature, Uid, Unit, UnitIndex, Void,
};
use crate::wkb;

/// What stands for a level in the rows of voids.
pub const VOID: &str = "void";

/// A row of a unit or a void, without the versions it holds for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRow {
    pub uid: Uid,
    /// Name of the level, or [`VOID`].
    pub level: String,
    /// `None` for a void.
    pub code: Option<String>,
    pub name: String,
    /// Code of the parent; `None` at the top and for a void.
    pub parent: Option<String>,
    pub tint: u8,
    /// Place among the voids; `None` for a unit.
    pub position: Option<u32>,
    /// A JSON object.
    pub attributes: String,
    /// A blob of [`wkb`].
    pub geometry: Vec<u8>,
}

/// The first 16 bytes of a row's SHA-256.
pub type RowDigest = [u8; 16];

impl UnitRow {
    /// Digest of everything in the row, each item with its length before it.
    pub fn digest(&self) -> RowDigest {
        let mut hash = Sha256::new();
        let position = self.position.map(|p| p.to_string());
        let numbers = [self.uid.to_string(), self.tint.to_string()];
        let optional =
            |text: &'_ Option<String>| text.as_ref().map_or_else(|| "-".into(), |t| format!("+{t}"));
        let texts =
            [&self.level, &optional(&self.code), &self.name, &optional(&self.parent), &optional(&position)];
        for text in numbers.iter().chain(texts).chain([&self.attributes]) {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        hash.update(&self.geometry);
        let digest: [u8; 32] = hash.finalize().into();
        std::array::from_fn(|i| digest[i])
    }

    /// The row's unit, for messages: its code, or a void's name.
    pub fn label(&self) -> String {
        self.code.clone().unwrap_or_else(|| self.name.clone())
    }
}

/// The rows of a partition whose units have the uids of `hierarchy` (otherwise the partition's own): units by level
/// and code, then voids.
///
/// # Errors
/// A number among the attributes that is not finite.
pub fn rows_of(partition: &Partition, hierarchy: &Hierarchy) -> Result<Vec<UnitRow>, String> {
    some_rows_of(partition, hierarchy, |_| true)
}

/// The rows of the units and voids that are `asked`, as [`rows_of`] has them.
///
/// # Errors
/// As [`rows_of`].
pub fn some_rows_of(
    partition: &Partition,
    hierarchy: &Hierarchy,
    asked: impl Fn(Uid) -> bool + Sync,
) -> Result<Vec<UnitRow>, String> {
    let units: Vec<UnitIndex> =
        (0..).zip(hierarchy.units()).filter(|(_, u)| asked(u.uid)).map(|(i, _)| i).collect();
    let geometries = geometries(partition, &units);
    let unit_rows =
        units.into_iter().zip(geometries).map(|(index, geometry)| unit_row(hierarchy, index, geometry));
    let first = hierarchy.leaves().len() as u32;
    let voids = hierarchy.voids().iter().zip(0u32..).filter(|(void, _)| asked(void.uid));
    let void_rows = voids.map(|(void, position)| {
        let geometry = wkb::encode(&partition.coverage.polygons(Owner(first + position)));
        Ok(UnitRow {
            uid: void.uid,
            level: VOID.to_owned(),
            code: None,
            name: void.name.clone(),
            parent: None,
            tint: 0,
            position: Some(position),
            attributes: "{}".to_owned(),
            geometry,
        })
    });
    unit_rows.chain(void_rows).collect()
}

/// The blobs of units, in their order.
fn geometries(partition: &Partition, units: &[UnitIndex]) -> Vec<Vec<u8>> {
    let hierarchy = &partition.hierarchy;
    let above: BTreeSet<UnitIndex> =
        units.iter().copied().filter(|&u| hierarchy.owner_of(u).is_none()).collect();
    let upper: BTreeSet<u8> = above.iter().map(|&u| hierarchy.unit(u).level).collect();
    let dissolve = |level: u8| {
        let of_level = |owner| hierarchy.at_level(owner, level).filter(|unit| above.contains(unit));
        (level, partition.coverage.dissolve(of_level))
    };
    let dissolved: Vec<_> = upper.into_par_iter().map(dissolve).collect();
    units
        .par_iter()
        .map(|&index| {
            if let Some(owner) = hierarchy.owner_of(index) {
                return wkb::encode(&partition.coverage.polygons(owner));
            }
            let level = hierarchy.unit(index).level;
            let of_level = dissolved.iter().find(|(l, _)| *l == level).map(|(_, polygons)| polygons);
            wkb::encode(of_level.and_then(|polygons| polygons.get(&index)).map_or(&[], Vec::as_slice))
        })
        .collect()
}

fn unit_row(hierarchy: &Hierarchy, index: UnitIndex, geometry: Vec<u8>) -> Result<UnitRow, String> {
    let unit = hierarchy.unit(index);
    let level = hierarchy.levels().get(unit.level).map_or_else(String::new, |l| l.name.clone());
    let parent = hierarchy.parent(index).map(|p| hierarchy.unit(p).code.to_string());
    Ok(UnitRow {
        uid: unit.uid,
        level,
        code: Some(unit.code.to_string()),
        name: unit.name.clone(),
        parent,
        tint: unit.tint,
        position: None,
        attributes: json(&unit.attributes).map_err(|e| format!("{}: {e}", unit.code))?,
        geometry,
    })
}

/// Attributes as a JSON object, in order of name.
pub fn json(attributes: &Attributes) -> Result<String, String> {
    use crate::unit::Attribute::Number;
    if let Some((name, _)) = attributes.iter().find(|(_, v)| matches!(v, Number(n) if !n.is_finite())) {
        return Err(format!("attribute {name:?} is not a finite number"));
    }
    serde_json::to_string(attributes).map_err(|e| e.to_string())
}

/// Every point's attributes, as they are stored.
///
/// # Errors
/// As [`json`].
pub fn attributes_of(points: &[PointFeature]) -> Result<Vec<String>, String> {
    points.iter().map(|p| json(&p.attributes)).collect()
}

/// The partition that rows are of: the opposite of [`rows_of`]. Geometry of units above the leaves is not read.
///
/// # Errors
/// The first thing that makes them no partition.
pub fn partition_of(levels: &Levels, mut rows: Vec<UnitRow>) -> Result<Partition, String> {
    rows.sort_by_key(|r| r.position);
    let units =
        rows.iter().filter(|r| r.position.is_none()).map(|r| unit(levels, r)).collect::<Result<_, _>>()?;
    let voids: Vec<Void> = rows
        .iter()
        .filter(|r| r.position.is_some())
        .map(|r| Void { uid: r.uid, name: r.name.clone() })
        .collect();
    let hierarchy = Hierarchy::new(levels.clone(), units, voids).map_err(|f| f[0].to_string())?;
    let shapes: Vec<Vec<Polygon>> = owner_rows(&hierarchy, &rows)
        .into_par_iter()
        .map(|row| wkb::decode(&row.geometry).map_err(|e| format!("{}: {e}", row.label())))
        .collect::<Result<_, _>>()?;
    let coverage = Coverage::reassemble(&shapes).ok_or("the borders of units do not fit together")?;
    Ok(Partition { hierarchy, coverage })
}

/// The row of each owner; `rows` has the voids last, in order.
fn owner_rows<'a>(hierarchy: &Hierarchy, rows: &'a [UnitRow]) -> Vec<&'a UnitRow> {
    let (units, voids) = rows.split_at(rows.iter().filter(|r| r.position.is_none()).count());
    let mut leaves: Vec<&UnitRow> = units
        .iter()
        .filter(|r| hierarchy.by_uid(r.uid).is_some_and(|u| hierarchy.owner_of(u).is_some()))
        .collect();
    leaves.sort_by(|a, b| a.code.cmp(&b.code));
    leaves.into_iter().chain(voids).collect()
}

/// The unit of a row.
///
/// # Errors
/// What about the row is no unit.
pub fn unit(levels: &Levels, row: &UnitRow) -> Result<Unit, String> {
    let level = levels.as_slice().iter().position(|l: &Level| l.name == row.level);
    let level = level.ok_or_else(|| format!("{}: there is no level {:?}", row.label(), row.level))?;
    let code = row.code.as_deref().ok_or_else(|| format!("unit {} has no code", row.uid))?;
    Ok(Unit {
        uid: row.uid,
        code: Code::new(code).map_err(|e| e.to_string())?,
        name: row.name.clone(),
        level: level as u8,
        tint: row.tint,
        attributes: serde_json::from_str(&row.attributes).map_err(|e| format!("{code}: attributes: {e}"))?,
    })
}

/// The box around what is stored at a level, in lattice units, from the envelopes of its blobs.
pub fn bounds_of(partition: &Partition, level: Option<u8>) -> Bounds {
    let hierarchy = &partition.hierarchy;
    let held = |owner: Owner| match level {
        None => hierarchy.void(owner).is_some(),
        Some(level) => hierarchy.leaf(owner).is_some_and(|leaf| hierarchy.unit(leaf).level >= level),
    };
    let arcs = partition
        .coverage
        .arcs()
        .filter(|a| [a.left, a.right].into_iter().any(|o| !o.is_outside() && held(o)));
    Bounds::of(arcs.flat_map(|a| a.points))
}

//! What a file of edited leaves would make of a partition.
//!
//! ```text
//! drawn ─ vertices taken to the borders near them ─→ laid over the base ─→ each face to one leaf, or refused with the place
//! ```
//!
//! A leaf under which the file has units is divided for the first time; a unit that it has in the place of all its parts is
//! whole again.
//!
//! Within the tolerance the base is right: thin faces that two drawn leaves share, or that none has, stay whose they were.

use std::collections::BTreeSet;

use super::allot::{Allotted, Pool};
use super::apply::{Refused, owners, tree, unit_of};
use crate::coverage::{Bounded, Coverage, Face, Partition, Polygon, Reach, Snapped};
use crate::crs::{Bounds, LonLat, Point};
use crate::unit::{Attributes, Code, Hierarchy, Owner, Uid, Unit, UnitIndex};

/// The widest tolerance, in metres.
const WIDEST: f64 = 100.0;
/// Faces no wider than this, in metres, are the lattice's own noise.
const NOISE_M: f64 = 0.02;

/// A leaf of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Its code; one that no unit has is a new leaf.
    pub code: Code,
    /// Its name, where the file says one.
    pub name: Option<String>,
    /// What else is said of it, for new leaves.
    pub attributes: Attributes,
    /// Its area.
    pub polygons: Vec<Polygon>,
}

/// What a file makes of a partition.
#[derive(Debug)]
pub struct Goal {
    /// The partition that it would be.
    pub partition: Partition,
    /// Drawn vertices that were taken to borders.
    pub snapped: Vec<Snapped>,
}

/// The partition that shapes make of a base. `under`: the shapes are all leaves of that unit, those that are missing are
/// gone; without it only what the file has is compared. `tolerance` is in metres.
///
/// # Errors
/// [`Refused`] with the place where shapes overlap, leave a gap, or take of units that the file has not.
pub fn file(
    base: &Partition,
    shapes: Vec<Shape>,
    under: Option<&Code>,
    tolerance: f64,
    pool: &mut Pool,
) -> Result<Goal, Refused> {
    if !(0.0..=WIDEST).contains(&tolerance) {
        return Err(Refused::new(format!("expected a tolerance of 0 to {WIDEST} m, found {tolerance}")));
    }
    if let Some(shape) = shapes.iter().find(|shape| shape.polygons.is_empty()) {
        let detail = format!("expected an area for each unit, found none for {}", shape.code);
        return Err(Refused::new(detail).of([shape.code.clone()]));
    }
    if shapes.is_empty() {
        return Err(Refused::new("expected units, found none"));
    }
    near(&base.coverage, &shapes)?;
    let (hierarchy, drawn) = units(base, &shapes, under, pool)?;
    let (polygons, snapped) = snapped(&base.coverage, shapes, tolerance);
    let owner_of = owners(&hierarchy);
    let before = base.hierarchy.owner_uids();
    let of = |uid: Uid| owner_of.get(&uid).copied();
    let known: BTreeSet<Uid> = drawn.iter().copied().collect();
    let codes = |face: &Face| {
        let uids = face.shapes.iter().filter_map(|&i| drawn.get(i));
        let units = uids.filter_map(|&uid| hierarchy.by_uid(uid));
        units.map(|unit| hierarchy.unit(unit).code.clone()).collect::<Vec<_>>()
    };
    let decide = |face: &Face| {
        let was = before.get(face.was.index()).copied();
        let stays = was.and_then(of).unwrap_or(Owner::OUTSIDE);
        let wide = face.width_m > tolerance.max(NOISE_M);
        let refused = |detail: String| Refused::new(detail).of(codes(face)).at(face.at);
        let gone = was.is_some_and(|uid| of(uid).is_none());
        let inside = was.is_some_and(|uid| known.contains(&uid)) || gone;
        match face.shapes[..] {
            [one] if inside => Ok(of(drawn[one]).unwrap_or(stays)),
            [_] if wide => Err(refused(format!(
                "expected areas within the units of the file, found {:.1} m² of another",
                face.area_m2
            ))),
            [] if inside && (wide || gone) => Err(refused(format!(
                "expected every area to be somebody's, found {:.1} m² that is nobody's",
                face.area_m2
            ))),
            [one, ..] if face.shapes.len() > 1 && gone && !wide => Ok(of(drawn[one]).unwrap_or(stays)),
            [_, _, ..] if wide => Err(refused(format!(
                "expected every area once, found {:.1} m² that is several units'",
                face.area_m2
            ))),
            _ => Ok(stays),
        }
    };
    let coverage = base.coverage.relaid(&polygons, hierarchy.owner_count(), decide)?;
    Ok(Goal { partition: Partition { hierarchy, coverage }, snapped })
}

/// That nothing is drawn far from the coverage: what is laid over it is binned by its extent.
fn near(coverage: &Coverage, shapes: &[Shape]) -> Result<(), Refused> {
    let around = grown(coverage.bounds(), WIDEST);
    let far =
        |shape: &Shape| shape.polygons.iter().flat_map(|p| &p.shell).copied().find(|&p| !around.contains(p));
    let Some((shape, at)) = shapes.iter().find_map(|shape| far(shape).map(|at| (shape, at))) else {
        return Ok(());
    };
    let detail = format!(
        "expected places within the coverage's box, found one of {} more than {WIDEST} m outside it",
        shape.code
    );
    Err(Refused::new(detail).of([shape.code.clone()]).at(at))
}

/// The tree that the shapes make, and the uid of each.
fn units(
    base: &Partition,
    shapes: &[Shape],
    under: Option<&Code>,
    pool: &mut Pool,
) -> Result<(Hierarchy, Vec<Uid>), Refused> {
    let hierarchy = &base.hierarchy;
    let mut units = hierarchy.units().to_vec();
    let mut drawn: Vec<Uid> = Vec::new();
    for shape in shapes {
        if let Some(unit) = hierarchy.by_code(&shape.code) {
            if hierarchy.owner_of(unit).is_none() && !is_whole_again(&shape.code, shapes, under) {
                let detail = format!("expected units without parts, found {}, which has some", shape.code);
                return Err(Refused::new(detail).of([shape.code.clone()]));
            }
            if let Some(name) = &shape.name {
                name.clone_into(&mut units[unit as usize].name);
            }
            drawn.push(hierarchy.unit(unit).uid);
            continue;
        }
        let (level, parent) = place_of(hierarchy, &shape.code)?;
        let Allotted { uid, code } = pool.fresh(&shape.code, parent.as_ref()).ok_or_else(|| {
            Refused::new("expected a code that is free, found every one used").of([shape.code.clone()])
        })?;
        let name = shape.name.clone().unwrap_or_default();
        units.push(Unit { uid, code, name, level, tint: 0, attributes: shape.attributes.clone() });
        drawn.push(uid);
    }
    let distinct: BTreeSet<Uid> = drawn.iter().copied().collect();
    if distinct.len() != drawn.len() {
        return Err(Refused::new("expected each unit once, found one twice"));
    }
    if let Some(under) = under {
        let gone = gone(hierarchy, unit_of(hierarchy, under)?, shapes, &distinct);
        units.retain(|unit| !gone.contains(&unit.uid));
    }
    Ok((tree(hierarchy, units)?, drawn))
}

/// Whether a file has units below one, which is then no leaf.
fn is_divided(code: &Code, shapes: &[Shape]) -> bool {
    shapes.iter().any(|shape| shape.code != *code && shape.code.starts_with(code))
}

/// Whether a file has a unit itself in the place of all its parts.
fn is_whole_again(code: &Code, shapes: &[Shape], under: Option<&Code>) -> bool {
    under.is_some_and(|under| code.starts_with(under)) && !is_divided(code, shapes)
}

/// The units under one that a file of all its leaves has not: leaves, but for those that it divides, and all parts of
/// what is whole again.
fn gone(hierarchy: &Hierarchy, top: UnitIndex, shapes: &[Shape], drawn: &BTreeSet<Uid>) -> BTreeSet<Uid> {
    let leaves = hierarchy.leaves().iter().copied();
    let under = leaves.filter(|&leaf| hierarchy.chain(leaf).any(|unit| unit == top));
    let missing = under.filter(|&leaf| !is_divided(&hierarchy.unit(leaf).code, shapes));
    let above = |unit: &Unit| {
        shapes.iter().any(|shape| shape.code != unit.code && unit.code.starts_with(&shape.code))
    };
    let parts = hierarchy.units().iter().filter(|unit| above(unit)).map(|unit| unit.uid);
    let missing = missing.map(|leaf| hierarchy.unit(leaf).uid);
    missing.chain(parts).filter(|uid| !drawn.contains(uid)).collect()
}

/// The level of a new code, and its parent's code.
fn place_of(hierarchy: &Hierarchy, code: &Code) -> Result<(u8, Option<Code>), Refused> {
    let levels = hierarchy.levels();
    let level = (0..levels.count() as u8)
        .find(|&l| levels.get(l).is_some_and(|l| usize::from(l.digits) == code.digits()));
    let level = level.ok_or_else(|| {
        Refused::new(format!("expected a code with the digits of a level, found {code}")).of([code.clone()])
    })?;
    let above = level.checked_sub(1).and_then(|l| levels.get(l));
    let parent = above.and_then(|above| code.prefix(above.digits.into()));
    match parent {
        Some(parent) if hierarchy.by_code(&parent).is_none() => {
            let detail = format!("expected the code of a new unit under a unit there is, found {code}");
            Err(Refused::new(detail).of([code.clone()]))
        }
        parent => Ok((level, parent)),
    }
}

/// The polygons of shapes with their vertices taken to the borders near them.
fn snapped(coverage: &Coverage, shapes: Vec<Shape>, tolerance: f64) -> (Vec<Vec<Polygon>>, Vec<Snapped>) {
    let reach = Reach { vertex: tolerance, border: tolerance };
    let around = Bounds::of(shapes.iter().flat_map(|s| &s.polygons).flat_map(|p| &p.shell));
    let near = Bounded::within(coverage, grown(around, tolerance));
    let mut moved = Vec::new();
    let mut take = |ring: Vec<Point>| {
        let points = ring.into_iter().map(|point| match near.snapped(point, reach) {
            Some(found) if found.to != point => {
                moved.push(found);
                found.to
            }
            _ => point,
        });
        let mut ring: Vec<Point> = points.collect();
        ring.dedup();
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        ring
    };
    let mut polygon =
        |p: Polygon| Polygon { shell: take(p.shell), holes: p.holes.into_iter().map(&mut take).collect() };
    let polygons =
        shapes.into_iter().map(|shape| shape.polygons.into_iter().map(&mut polygon).collect()).collect();
    (polygons, moved)
}

fn grown(bounds: Bounds, metres: f64) -> Bounds {
    let (east, north) = crate::crs::LocalPlane::at(LonLat::from_lattice(bounds.min)).metres_per_unit();
    let by = |per: f64| (metres / per.max(f64::MIN_POSITIVE)).ceil().min(1e9) as i32 + 1;
    let (x, y) = (by(east), by(north));
    let min = Point::new(bounds.min.x.saturating_sub(x), bounds.min.y.saturating_sub(y));
    let max = Point::new(bounds.max.x.saturating_add(x), bounds.max.y.saturating_add(y));
    Bounds { min, max }
}

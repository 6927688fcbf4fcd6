//! Faces → defects: every face must have one owner, once; no border may run beside another; no part may be a crumb.

use std::collections::BTreeSet;

use super::arrangement::{Cycle, Faces, Segment};
use super::near::{Beside, Unmatched};
use super::rings::contains;
use super::sliver::sliver;
use super::{Coverage, DefectKind, Polygon, RawDefect};
use crate::crs::{Bounds, Point, ring_area_m2};
use crate::unit::Owner;

/// How many times the tolerance apart two outer borders are taken for one that does not match, rather than for water.
const CRACK: u32 = 10;

/// A part smaller than this, in m², away from the rest of its unit is a crumb of somebody's editing.
const CRUMB_M2: f64 = 1.0;

/// Every defect of an arrangement.
pub fn judge(shapes: &[Vec<Polygon>], segments: &[Segment], faces: &Faces, tolerance: u32) -> Vec<RawDefect> {
    let mut defects = duplicates(shapes);
    let twins: BTreeSet<Vec<Owner>> = defects.iter().map(|d| d.owners.clone()).collect();
    let mut explained = BTreeSet::new();
    for (i, cycle) in faces.cycles.iter().enumerate() {
        if cycle.face == Some(i as u32)
            && let Some(defect) = face_defect(faces, i as u32, cycle)
        {
            explained.extend(faces.points(cycle));
            defects.extend(Some(defect).filter(|d| !twins.contains(&d.owners)));
        }
    }
    defects.extend(cracks(segments, tolerance).into_iter().filter(|d| !explained.contains(&d.at)));
    defects.extend(nothing(shapes, faces));
    defects
}

/// Parts of multipart owners that are crumbs.
pub fn stray_parts(coverage: &Coverage) -> Vec<RawDefect> {
    let mut defects = Vec::new();
    for owner in (0..coverage.owner_count() as u32).map(Owner) {
        let polygons = coverage.polygons(owner);
        if polygons.len() < 2 {
            continue;
        }
        for polygon in polygons {
            let size: f64 = polygon.rings().map(ring_area_m2).sum();
            if size < CRUMB_M2 {
                let at = polygon.shell[0];
                defects.push(RawDefect { kind: DefectKind::StrayPart, owners: vec![owner], at, size });
            }
        }
    }
    defects
}

/// Owners whose polygons are the same.
fn duplicates(shapes: &[Vec<Polygon>]) -> Vec<RawDefect> {
    let outline = |polygons: &[Polygon]| {
        let mut points: Vec<Point> = polygons.iter().flat_map(Polygon::rings).flatten().copied().collect();
        points.sort_unstable();
        points.dedup();
        points
    };
    let mut order: Vec<(Vec<Point>, u32)> = shapes
        .iter()
        .enumerate()
        .filter(|(_, s)| !s.is_empty())
        .map(|(i, s)| (outline(s), i as u32))
        .collect();
    order.sort_unstable();
    order
        .chunk_by(|p, q| p.0 == q.0)
        .filter(|same| same.len() > 1)
        .map(|same| {
            let owners: Vec<Owner> = same.iter().map(|s| Owner(s.1)).collect();
            let size = shapes[owners[0].index()].iter().map(|p| ring_area_m2(&p.shell).abs()).sum();
            let at = same[0].0.first().copied().unwrap_or_default();
            RawDefect { kind: DefectKind::DuplicatePolygon, owners, at, size }
        })
        .collect()
}

/// Owners without an area: those of no face. Rings that cross themselves may sum to nothing and have one.
fn nothing<'a>(shapes: &'a [Vec<Polygon>], faces: &Faces) -> impl Iterator<Item = RawDefect> + 'a {
    let mut drawn = vec![false; shapes.len()];
    for (owner, _) in faces.cycles.iter().flat_map(|c| &c.owners) {
        drawn[owner.index()] = true;
    }
    shapes.iter().enumerate().filter(move |(i, _)| !drawn[*i]).map(|(i, s)| {
        let at = s.first().and_then(|p| p.shell.first()).copied().unwrap_or_default();
        RawDefect { kind: DefectKind::NoArea, owners: vec![Owner(i as u32)], at, size: 0.0 }
    })
}

fn face_defect(faces: &Faces, face: u32, cycle: &Cycle) -> Option<RawDefect> {
    let mut kind = match cycle.owners.as_slice() {
        [(_, 1)] => return None,
        [] => DefectKind::Gap,
        windings if windings.iter().any(|w| w.1 != 1) => DefectKind::SelfCrossing,
        _ => DefectKind::Overlap,
    };
    let ring = faces.points(cycle);
    let holes: Vec<Vec<Point>> = faces
        .cycles
        .iter()
        .enumerate()
        .filter(|(i, c)| c.face == Some(face) && *i as u32 != face)
        .map(|(_, c)| faces.points(c))
        .collect();
    let mut size: f64 = ring_area_m2(&ring) + holes.iter().map(|h| ring_area_m2(h)).sum::<f64>();
    let mut at = inner_point(&ring, &holes);
    let owners: BTreeSet<Owner> = match kind {
        DefectKind::Gap => faces.across(cycle).flat_map(|c| c.owners.iter().map(|w| w.0)).collect(),
        _ => cycle.owners.iter().map(|w| w.0).collect(),
    };
    if kind != DefectKind::SelfCrossing
        && let Some((vertex, distance)) = sliver(faces, cycle, &ring)
    {
        (kind, at, size) = (DefectKind::TJunction, vertex, distance);
    }
    Some(RawDefect { kind, owners: owners.into_iter().collect(), at, size })
}

/// Outer borders of two owners that run beside each other.
/// Outer borders that run beside each other.
pub fn cracks(segments: &[Segment], tolerance: u32) -> Vec<RawDefect> {
    let reach = f64::from(tolerance.max(1) * CRACK);
    let mut seen = BTreeSet::new();
    Unmatched::of(segments)
        .beside(reach)
        .into_iter()
        .filter(|b| seen.insert((b.owner.min(b.line_owner), b.owner.max(b.line_owner), b.vertex)))
        .map(|Beside { vertex, owner, line_owner, distance, .. }| RawDefect {
            kind: DefectKind::UnmatchedEdge,
            owners: vec![owner.min(line_owner), owner.max(line_owner)],
            at: vertex,
            size: distance,
        })
        .collect()
}

/// A lattice point inside a ring and outside its holes, or a vertex where the area is too thin to hold one.
fn inner_point(ring: &[Point], holes: &[Vec<Point>]) -> Point {
    let bounds = Bounds::of(ring);
    let steps = 16;
    let height = i64::from(bounds.max.y) - i64::from(bounds.min.y);
    let all = || std::iter::once(ring).chain(holes.iter().map(Vec::as_slice));
    let inside = |p: Point| all().filter(|r| contains(r, p)).count() % 2 == 1;
    (1..steps)
        .filter_map(|i| {
            let y = (i64::from(bounds.min.y) + height * i / steps) as i32;
            widest_run(all(), y).map(|(width, x)| (width, Point::new(x, y)))
        })
        .filter(|&(_, p)| inside(p))
        .max_by(|p, q| p.0.total_cmp(&q.0).then(q.1.cmp(&p.1)))
        .map_or(ring[0], |(_, p)| p)
}

/// The width and the middle of the widest stretch of a height that lies inside rings.
fn widest_run<'a>(rings: impl Iterator<Item = &'a [Point]>, y: i32) -> Option<(f64, i32)> {
    let mut xs = Vec::new();
    for ring in rings {
        for (&a, &b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
            if low.y <= y && y < high.y {
                let share = f64::from(y - low.y) / (f64::from(high.y) - f64::from(low.y));
                xs.push(f64::from(low.x) + share * (f64::from(high.x) - f64::from(low.x)));
            }
        }
    }
    xs.sort_by(f64::total_cmp);
    xs.chunks_exact(2)
        .map(|run| (run[1] - run[0], f64::midpoint(run[0], run[1]) as i32))
        .max_by(|p, q| p.0.total_cmp(&q.0))
}

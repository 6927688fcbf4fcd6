//! The commands that move borders: split, reshape, transfer, move a vertex.

use std::collections::{BTreeMap, BTreeSet};

use super::allot::Allotment;
use super::apply::{Applied, Refused, leaf_of, owners, tree, without_area};
use super::edit::{Area, NewUnit, Path};
use crate::coverage::{Coverage, Cut, Partition, Polygon, Reach, Redrawn, Snapped, contains, untangled};
use crate::crs::{Point, ring_area2};
use crate::unit::{Code, Hierarchy, Owner, Uid, Unit};

/// The widest tolerance, in metres.
const WIDEST: f64 = 1_000.0;

/// The most pieces of one split: each draws a code, which is never drawn again.
const MOST_PIECES: usize = 100;

/// Cuts a leaf along a line.
pub fn split(
    partition: &Partition,
    code: &Code,
    line: &Path,
    new: &[NewUnit],
    tolerance: f64,
    allotment: &mut Allotment<'_>,
) -> Result<Applied, Refused> {
    let hierarchy = &partition.hierarchy;
    let (unit, owner) = leaf_of(hierarchy, code)?;
    let (line, snapped) = snap(&partition.coverage, line.points(), tolerance)?;
    let cut = partition.coverage.cut(&BTreeSet::from([owner]), &[line]);
    let mut pieces: Vec<usize> = (0..cut.pieces().len())
        .filter(|&i| cut.pieces()[i].left_of_line || cut.pieces()[i].right_of_line)
        .collect();
    if pieces.len() < 2 {
        let detail = format!("expected a line across {code}, found one that does not divide it");
        let at = cut.loose.or(cut.strayed);
        let refused = Refused::new(detail).of([code.clone()]);
        return Err(match at {
            Some(at) => refused.at(at),
            None => refused,
        });
    }
    if pieces.len() > MOST_PIECES {
        let detail = format!(
            "expected a line that cuts {code} into at most {MOST_PIECES} pieces, found one that makes {}",
            pieces.len()
        );
        return Err(Refused::new(detail).of([code.clone()]).at(cut.pieces()[pieces[0]].at));
    }
    // Parts that the line does not touch stay with the piece that keeps the code.
    let largest = pieces.iter().copied().max_by_key(|&i| (cut.pieces()[i].area2, cut.pieces()[i].at));
    pieces.retain(|&i| Some(i) != largest);
    pieces.sort_by_key(|&i| cut.pieces()[i].at);
    let level = hierarchy.unit(unit).level;
    let digits = hierarchy.levels().get(level).map_or(0, |l| l.digits);
    let parent = hierarchy.parent(unit).map(|p| hierarchy.unit(p).code.clone());
    let mut units = hierarchy.units().to_vec();
    let mut uid_of_piece: BTreeMap<usize, Uid> = BTreeMap::new();
    for (n, &piece) in pieces.iter().enumerate() {
        let drawn = allotment.draw(parent.as_ref(), digits, None)?;
        uid_of_piece.insert(piece, drawn.uid);
        let name = new.get(n).map(|unit| unit.name.clone()).unwrap_or_default();
        units.push(Unit { uid: drawn.uid, code: drawn.code, name, ..hierarchy.unit(unit).clone() });
    }
    let hierarchy = tree(hierarchy, units)?;
    let uid = partition.hierarchy.unit(unit).uid;
    give(partition, &cut, hierarchy, |i| uid_of_piece.get(&i).copied().unwrap_or(uid))
        .map(|applied| Applied { snapped, ..applied })
}

/// Draws the border between two leaves anew.
pub fn reshape(
    partition: &Partition,
    between: &[Code; 2],
    line: &Path,
    keep: Option<Point>,
    tolerance: f64,
) -> Result<Applied, Refused> {
    let hierarchy = &partition.hierarchy;
    let (_, a) = leaf_of(hierarchy, &between[0])?;
    let (_, b) = leaf_of(hierarchy, &between[1])?;
    if a == b {
        return Err(Refused::new("expected two units, found one twice").of([between[0].clone()]));
    }
    let (inner, mut snapped) = {
        let ends = [line.points()[0], line.points()[line.points().len() - 1]];
        let (mut points, snapped) = snap(&partition.coverage, line.points(), tolerance)?;
        let last = points.len() - 1;
        (points[0], points[last]) = (ends[0], ends[1]);
        (points, snapped.into_iter().filter(|s| !ends.contains(&s.from)).collect::<Vec<_>>())
    };
    let redrawn = Redrawn { between: [a, b], line: &inner, keep };
    let reshaped = partition.coverage.reshape(&redrawn).map_err(|fault| {
        use crate::coverage::ReshapeFault as Fault;
        let refused = Refused::new(fault.to_string()).of(between.clone());
        match fault {
            Fault::NotNeighbours => refused,
            Fault::Leaves(at)
            | Fault::Stretches(at)
            | Fault::Closed(at)
            | Fault::Tangled(at)
            | Fault::Nothing(at) => refused.at(at),
        }
    })?;
    snapped.extend(reshaped.ends.iter().flatten());
    let uids = hierarchy.owner_uids();
    give(partition, &reshaped.cut, hierarchy.clone(), |i| uids[reshaped.to[i].index()])
        .map(|applied| Applied { snapped, ..applied })
}

/// Gives what of one leaf lies in an area to another.
pub fn transfer(
    partition: &Partition,
    from: &Code,
    to: &Code,
    area: &Area,
    tolerance: f64,
) -> Result<Applied, Refused> {
    let hierarchy = &partition.hierarchy;
    let (loses, owner) = leaf_of(hierarchy, from)?;
    let (gains, other) = leaf_of(hierarchy, to)?;
    if owner == other {
        return Err(Refused::new("expected two units, found one twice").of([from.clone()]));
    }
    let (rings, snapped) = rings(&partition.coverage, area, tolerance)?;
    let lines: Vec<Vec<Point>> =
        rings.iter().map(|ring| ring.iter().chain(ring.first()).copied().collect()).collect();
    let cut = partition.coverage.cut(&BTreeSet::from([owner]), &lines);
    let on_line = cut.line_points();
    let inside = |i: usize| {
        let piece = &cut.pieces()[i];
        if piece.left_of_line || piece.right_of_line {
            return piece.left_of_line;
        }
        let off = cut.outer(piece).into_iter().find(|p| !on_line.contains(p));
        off.is_some_and(|p| rings.iter().filter(|ring| contains(ring, p)).count() % 2 == 1)
    };
    let inside: Vec<bool> = (0..cut.pieces().len()).map(inside).collect();
    let nothing = |detail: String| Refused::new(detail).of([from.clone()]).at(rings[0][0]);
    if !inside.contains(&true) {
        return Err(nothing(format!(
            "expected an area that {from} has some of, found one that it has nothing of"
        )));
    }
    if !inside.contains(&false) {
        let detail =
            format!("expected an area that leaves {from} some, found one with all of it: merge the two");
        return Err(nothing(detail));
    }
    let (loses, gains) = (hierarchy.unit(loses).uid, hierarchy.unit(gains).uid);
    give(partition, &cut, hierarchy.clone(), |i| if inside[i] { gains } else { loses })
        .map(|applied| Applied { snapped, ..applied })
}

/// Moves a vertex with every border that meets there.
pub fn move_node(partition: &Partition, at: Point, to: Point, tolerance: f64) -> Result<Applied, Refused> {
    let reach = Reach { vertex: bounded(tolerance)?, border: -1.0 };
    let missing = || {
        Refused::new(format!("expected a vertex of a border within {tolerance} m, found none there")).at(at)
    };
    let snapped = partition.coverage.snapped(at, reach, |_| true).ok_or_else(missing)?;
    let (coverage, moved) = partition.coverage.shift(snapped.to, to).map_err(|fault| {
        use crate::coverage::ShiftFault as Fault;
        let (Fault::NoVertex(place) | Fault::InTheWay(place)) = fault;
        Refused::new(fault.to_string()).at(place)
    })?;
    if let Some(owner) = without_area(&coverage, &moved) {
        return Err(Refused::new(format!("{} would have no area", partition.owner_name(owner))).at(to));
    }
    let moved = Partition { hierarchy: partition.hierarchy.clone(), coverage };
    let snapped = Some(snapped).filter(|s| s.from != s.to).into_iter().collect();
    Ok(Applied { snapped, ..Applied::new(moved) })
}

/// The partition in which each piece is the leaf's of a uid.
fn give(
    partition: &Partition,
    cut: &Cut<'_>,
    hierarchy: Hierarchy,
    to: impl Fn(usize) -> Uid,
) -> Result<Applied, Refused> {
    let owner_of = owners(&hierarchy);
    let before = partition.hierarchy.owner_uids();
    let owner = |uid: Uid| owner_of.get(&uid).copied().unwrap_or(Owner::OUTSIDE);
    let recut = cut.give(|i| owner(to(i)), |o| owner(before[o.index()]), hierarchy.owner_count());
    // Those who had the region too: whoever is given no piece of it is left with nothing.
    let touched: BTreeSet<Owner> = (0..)
        .zip(cut.pieces())
        .flat_map(|(i, piece)| [owner(to(i)), owner(before[piece.owner.index()])])
        .chain(recut.gained.iter().map(|g| g.owner))
        .collect();
    let after = Partition { hierarchy, coverage: recut.coverage };
    if let Some(owner) = without_area(&after.coverage, &touched) {
        let refused = Refused::new(format!("{} would have no area", after.owner_name(owner)));
        return Err(match cut.pieces().first() {
            Some(piece) => refused.at(piece.at),
            None => refused,
        });
    }
    Ok(Applied::new(after).noding(&recut.gained))
}

/// A drawn line whose points are where the borders near them are.
fn snap(coverage: &Coverage, line: &[Point], tolerance: f64) -> Result<(Vec<Point>, Vec<Snapped>), Refused> {
    let tolerance = bounded(tolerance)?;
    let reach = Reach { vertex: tolerance, border: tolerance };
    let mut snapped = Vec::new();
    let points = line.iter().map(|&point| match coverage.snapped(point, reach, |_| true) {
        Some(found) if found.to != point => {
            snapped.push(found);
            found.to
        }
        _ => point,
    });
    let points: Vec<Point> = points.collect();
    drawable(std::slice::from_ref(&points))?;
    Ok((points, snapped))
}

fn drawable(lines: &[Vec<Point>]) -> Result<(), Refused> {
    untangled(lines).map_err(|tangled| Refused::new(tangled.to_string()).at(tangled.at))
}

fn bounded(tolerance: f64) -> Result<f64, Refused> {
    if (0.0..=WIDEST).contains(&tolerance) {
        return Ok(tolerance);
    }
    Err(Refused::new(format!("expected a tolerance of 0 to {WIDEST} m, found {tolerance}")))
}

/// The rings of an area, snapped; the shell counter-clockwise, holes clockwise.
fn rings(
    coverage: &Coverage,
    area: &Area,
    tolerance: f64,
) -> Result<(Vec<Vec<Point>>, Vec<Snapped>), Refused> {
    let mut all = Vec::new();
    let mut snapped = Vec::new();
    for (i, ring) in area.rings().iter().enumerate() {
        let (mut ring, moved) = snap(coverage, ring, tolerance)?;
        snapped.extend(moved);
        ring.dedup();
        if (ring_area2(&ring) > 0) != (i == 0) {
            ring.reverse();
        }
        all.push(ring);
    }
    drawable(&all)?;
    let polygon = Polygon { shell: all[0].clone(), holes: all[1..].to_vec() };
    if let Err(refusal) = Coverage::build(&[vec![polygon]], 0) {
        let at = refusal.defects.first().map_or(all[0][0], |defect| defect.at);
        return Err(Refused::new("expected a valid polygon, found rings that cross or have no area").at(at));
    }
    Ok((all, snapped))
}

//! Borders given whole, vertex for vertex, and units with all that is said of them: what a file or an older version says.
//!
//! ```text
//! who is named, who is gone and who is no leaf any more had together what the named have now, edge for edge;
//! within that the borders are any
//! ```
//!
//! Nothing is noded. Every edge is used twice, once from either side, or once where it was the outline; so areas that are
//! sound each by itself neither overlap nor leave anything over.

use std::collections::{BTreeMap, BTreeSet};

use super::allot::Allotment;
use super::apply::{Applied, Refused, leaf_of, owners, relabelled};
use super::edit::{Areas, Redraw, Whose};
use super::restate::restated;
use crate::coverage::arrangement::{faces, node};
use crate::coverage::{Coverage, Partition, Polygon};
use crate::crs::Point;
use crate::unit::{Code, Hierarchy, Owner, Uid};

/// An edge of a border, from its smaller end.
type Edge = (Point, Point);

/// The areas that are given, by the uid of whose they are to be.
type Given = BTreeMap<Uid, Vec<Polygon>>;

/// Gives leaves and voids the areas, and units the words, that they are given.
pub fn redraw(
    partition: &Partition,
    wanted: &Redraw,
    allotment: &mut Allotment<'_>,
) -> Result<Applied, Refused> {
    let hierarchy = restated(&partition.hierarchy, wanted, allotment)?;
    let given = given(&hierarchy, wanted)?;
    let gives = giving(partition, &hierarchy, &given);
    let has_area = |&owner: &Owner| !partition.coverage.polygons(owner).is_empty();
    if given.is_empty() && !gives.iter().any(has_area) {
        if hierarchy == partition.hierarchy {
            return Err(Refused::nothing());
        }
        return relabelled(partition, hierarchy, |uid| uid).map(Applied::new);
    }
    let coverage = recovered(partition, &hierarchy, &given, &gives)
        .map_err(|(detail, at)| placed(Refused::new(detail).of(codes(wanted)), at))?;
    Ok(Applied::new(Partition { hierarchy, coverage }))
}

/// Whose area is others' afterwards: the named, those who are gone, those who have become parents.
fn giving(partition: &Partition, after: &Hierarchy, given: &Given) -> BTreeSet<Owner> {
    let stays = owners(after);
    let all = (0..).map(Owner).zip(partition.hierarchy.owner_uids());
    all.filter(|(_, uid)| given.contains_key(uid) || !stays.contains_key(uid))
        .map(|(owner, _)| owner)
        .collect()
}

/// The coverage with the areas given.
///
/// # Errors
/// What was expected and found, and where.
fn recovered(
    partition: &Partition,
    hierarchy: &Hierarchy,
    given: &Given,
    gives: &BTreeSet<Owner>,
) -> Result<Coverage, (&'static str, Option<Point>)> {
    let mismatch = |at: Option<Point>| {
        ("expected areas that cover together what is covered now, to the vertex, found others", at)
    };
    let was = border(&partition.coverage, |owner| gives.contains(&owner));
    let is = outer(given.values()).map_err(|at| mismatch(Some(at)))?;
    if let Some(edge) = was.among.difference(&is).next() {
        return Err(mismatch(Some(edge.0)));
    }
    let all = laid(partition, hierarchy, given);
    let coverage = Coverage::reassemble(&all).ok_or_else(|| mismatch(None))?;
    // Where the outline is another, all others must be looked at too: none may be covered, and no hole remain.
    let whole = &is - &was.among != was.outline;
    let after = hierarchy.owner_uids();
    let looked_at = |owner: Owner| whole || given.contains_key(&after[owner.index()]);
    match unsound(&coverage, looked_at, whole) {
        None => Ok(coverage),
        at => Err(("expected areas that are valid, do not overlap and leave no gap, found others", at)),
    }
}

fn placed(refused: Refused, at: Option<Point>) -> Refused {
    match at {
        Some(at) => refused.at(at),
        None => refused,
    }
}

/// The areas by uid; a void without one is no more.
fn given(hierarchy: &Hierarchy, wanted: &Redraw) -> Result<Given, Refused> {
    let mut given = Given::new();
    let mut named = BTreeSet::new();
    for bordered in &wanted.areas {
        let uid = match &bordered.of {
            Whose::Unit(code) => hierarchy.unit(leaf_of(hierarchy, code)?.0).uid,
            Whose::Void(uid) => *uid,
        };
        if !named.insert(uid) {
            let detail = format!("expected each unit and void once, found that of uid {uid} twice");
            return Err(Refused::new(detail).of(codes(wanted)));
        }
        let polygons = bordered.area.as_ref().map(Areas::polygons);
        match (&bordered.of, polygons) {
            (Whose::Void(_), None) => {}
            (_, polygons) => {
                given.insert(uid, polygons.unwrap_or_default());
            }
        }
    }
    Ok(given)
}

fn codes(wanted: &Redraw) -> Vec<Code> {
    let code = |of: &Whose| match of {
        Whose::Unit(code) => Some(code.clone()),
        Whose::Void(_) => None,
    };
    wanted.areas.iter().filter_map(|area| code(&area.of)).collect()
}

/// The polygons of every owner of the tree to be.
fn laid(partition: &Partition, hierarchy: &Hierarchy, given: &Given) -> Vec<Vec<Polygon>> {
    let had = owners(&partition.hierarchy);
    let polygons = |uid: Uid| match given.get(&uid) {
        Some(polygons) => polygons.clone(),
        None => had.get(&uid).map(|&owner| partition.coverage.polygons(owner)).unwrap_or_default(),
    };
    hierarchy.owner_uids().into_iter().map(polygons).collect()
}

/// The edges round some owners.
struct Border {
    /// Against other owners.
    among: BTreeSet<Edge>,
    /// Against nobody.
    outline: BTreeSet<Edge>,
}

fn border(coverage: &Coverage, of: impl Fn(Owner) -> bool) -> Border {
    let mut border = Border { among: BTreeSet::new(), outline: BTreeSet::new() };
    for arc in coverage.arcs().filter(|arc| of(arc.left) != of(arc.right)) {
        let outline = arc.left.is_outside() || arc.right.is_outside();
        let to = if outline { &mut border.outline } else { &mut border.among };
        to.extend(arc.points.windows(2).map(|w| (w[0].min(w[1]), w[0].max(w[1]))));
    }
    border
}

/// The edges that one of some shapes has alone.
///
/// # Errors
/// An end of an edge that one shape has twice, or that more than two have.
fn outer<'a>(shapes: impl Iterator<Item = &'a Vec<Polygon>>) -> Result<BTreeSet<Edge>, Point> {
    let mut uses: BTreeMap<Edge, u8> = BTreeMap::new();
    for shape in shapes {
        let mut own = BTreeSet::new();
        for ring in shape.iter().flat_map(Polygon::rings) {
            let ends = ring.iter().skip(1).chain(ring.first());
            for (&a, &b) in ring.iter().zip(ends).filter(|(a, b)| a != b) {
                let edge = (a.min(b), a.max(b));
                let count = uses.entry(edge).or_default();
                *count += 1;
                if !own.insert(edge) || *count > 2 {
                    return Err(a);
                }
            }
        }
    }
    Ok(uses.into_iter().filter(|&(_, count)| count == 1).map(|(edge, _)| edge).collect())
}

/// A place that an owner covers twice, or several do, or, where gaps are looked for, nobody within the whole.
fn unsound(coverage: &Coverage, of: impl Fn(Owner) -> bool, gaps: bool) -> Option<Point> {
    let segments = coverage.sided(|owner| if of(owner) { owner } else { Owner::OUTSIDE });
    let faces = faces(&node(&segments, 0, None), &segments);
    let bounded = (0..).zip(&faces.cycles).filter(|(index, cycle)| cycle.face == Some(*index));
    let mut cycles = bounded.map(|(_, cycle)| cycle);
    let wrong = cycles.find(|cycle| match cycle.owners[..] {
        [] => gaps,
        [(_, times)] => times != 1,
        _ => true,
    });
    wrong.and_then(|cycle| faces.points(cycle).first().copied())
}

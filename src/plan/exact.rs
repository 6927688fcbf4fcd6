//! Borders given whole, vertex for vertex: what a file or an older version says.
//!
//! ```text
//! the leaves named cover together what they covered before, edge for edge; within that the borders are any
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::apply::{Applied, Refused, leaf_of, uids};
use super::edit::{Areas, Bordered, Whose};
use crate::coverage::{Coverage, DefectKind, Partition, Polygon};
use crate::crs::Point;
use crate::unit::{Code, Owner, Uid};

/// An edge of a border, from its smaller end.
type Edge = (Point, Point);

/// Gives leaves and voids the areas that they are given; those without one are left with nothing.
pub fn redraw(partition: &Partition, areas: &[Bordered]) -> Result<Applied, Refused> {
    let coverage = &partition.coverage;
    let given = named(partition, areas)?;
    let mut all: Vec<Vec<Polygon>> =
        (0..coverage.owner_count() as u32).map(|owner| coverage.polygons(Owner(owner))).collect();
    for (owner, polygons) in &given {
        all[owner.index()].clone_from(polygons);
    }
    let was = border(coverage, |owner| given.contains_key(&owner));
    let is = outer(given.values().flatten());
    let mismatch = |at: Option<Point>| {
        let detail = "expected areas that cover together what is covered now, to the vertex, found others";
        let refused = Refused::new(detail).of(codes(areas));
        match at {
            Some(at) => refused.at(at),
            None => refused,
        }
    };
    if let Some(edge) = was.among.difference(&is).next() {
        return Err(mismatch(Some(edge.0)));
    }
    // Where the outline is another, all others must be looked at too: none may be covered, and no hole remain.
    let same_outline = &is - &was.among == was.outline;
    let passed = |owner: u32| same_outline && !given.contains_key(&Owner(owner));
    let judged: Vec<Vec<Polygon>> = (0..)
        .zip(&all)
        .map(|(owner, shape)| if passed(owner) { Vec::new() } else { shape.clone() })
        .collect();
    if let Err(refusal) = Coverage::build(&judged, 0) {
        use DefectKind::{Gap, NoArea, StrayPart, UnmatchedEdge};
        let mut wrong = refusal.defects.iter();
        let wrong = wrong.find(|d| match d.kind {
            // What a draft may hold.
            StrayPart | NoArea | UnmatchedEdge => false,
            Gap => !same_outline,
            _ => true,
        });
        if let Some(defect) = wrong {
            let detail = "expected areas that are valid and do not overlap, found others";
            return Err(Refused::new(detail).of(codes(areas)).at(defect.at));
        }
    }
    let coverage = Coverage::reassemble(&all).ok_or_else(|| mismatch(None))?;
    Ok(Applied::new(Partition { hierarchy: partition.hierarchy.clone(), coverage }))
}

/// The areas by owner.
fn named(partition: &Partition, areas: &[Bordered]) -> Result<BTreeMap<Owner, Vec<Polygon>>, Refused> {
    let hierarchy = &partition.hierarchy;
    let mut given = BTreeMap::new();
    for Bordered { of, area } in areas {
        let (owner, called) = match of {
            Whose::Unit(code) => (leaf_of(hierarchy, code)?.1, code.to_string()),
            Whose::Void(uid) => {
                let first = hierarchy.leaves().len();
                let at = hierarchy.voids().iter().position(|void| void.uid == *uid);
                let at =
                    at.ok_or_else(|| Refused::new(format!("expected the uid of a void, found {uid}")))?;
                (Owner((first + at) as u32), format!("void {uid}"))
            }
        };
        let polygons = area.as_ref().map(Areas::polygons).unwrap_or_default();
        if given.insert(owner, polygons).is_some() {
            return Err(
                Refused::new(format!("expected each unit once, found {called} twice")).of(codes(areas))
            );
        }
    }
    if given.is_empty() { Err(Refused::nothing()) } else { Ok(given) }
}

fn codes(areas: &[Bordered]) -> Vec<Code> {
    let code = |area: &Bordered| match &area.of {
        Whose::Unit(code) => Some(code.clone()),
        Whose::Void(_) => None,
    };
    areas.iter().filter_map(code).collect()
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

/// The edges that one of some polygons has alone.
fn outer<'a>(polygons: impl Iterator<Item = &'a Polygon>) -> BTreeSet<Edge> {
    let mut alone = BTreeSet::new();
    for ring in polygons.flat_map(Polygon::rings) {
        for (&a, &b) in ring.iter().zip(ring.iter().skip(1).chain(ring.first())) {
            let edge = (a.min(b), a.max(b));
            if !alone.remove(&edge) {
                alone.insert(edge);
            }
        }
    }
    alone
}

/// Leaves and voids whose borders differ between two partitions, in groups that share none of what differs; leaves that
/// the latter has not are given nothing.
pub(super) fn groups(now: &Partition, goal: &Partition) -> Result<Vec<Vec<Bordered>>, Refused> {
    let delta = super::Delta::between(now, goal);
    let mut of: BTreeMap<Uid, Uid> = BTreeMap::new();
    for &(_, _, left, right) in delta.gone.iter().chain(&delta.made) {
        let Some(one) = left.or(right) else { continue };
        let [one, other] = [one, right.unwrap_or(one)].map(|uid| root(&mut of, uid));
        of.insert(one.max(other), one.min(other));
    }
    let shapes: BTreeMap<Uid, Owner> = uids(&goal.hierarchy).into_iter().zip((0..).map(Owner)).collect();
    let mut groups: BTreeMap<Uid, Vec<Bordered>> = BTreeMap::new();
    for uid in of.keys().copied().collect::<Vec<_>>() {
        let hierarchy = &now.hierarchy;
        let void = || hierarchy.voids().iter().any(|void| void.uid == uid).then_some(Whose::Void(uid));
        let unit = hierarchy.by_uid(uid).map(|unit| Whose::Unit(hierarchy.unit(unit).code.clone()));
        let whose = unit.or_else(void);
        let whose = whose.ok_or_else(|| Refused::new("expected the voids that there are, found others"))?;
        let polygons = shapes.get(&uid).map(|&owner| goal.coverage.polygons(owner)).unwrap_or_default();
        let area = (!polygons.is_empty()).then(|| polygons.into());
        groups.entry(root(&mut of, uid)).or_default().push(Bordered { of: whose, area });
    }
    Ok(groups.into_values().collect())
}

/// Who stands for the group of a unit.
fn root(of: &mut BTreeMap<Uid, Uid>, uid: Uid) -> Uid {
    let mut at = uid;
    while let Some(&next) = of.get(&at).filter(|next| **next != at) {
        at = next;
    }
    of.insert(uid, at);
    at
}

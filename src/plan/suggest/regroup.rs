//! A unit's leaves in fewer groups, each of them one merge.

use std::collections::{BTreeMap, BTreeSet};

use super::every::{FEW, every};
use super::graph::{Graph, Groups};
use super::grow::groupings;
use super::{Part, Suggested, Way, Weight, chosen, compactness, deviation, measured, step};
use crate::coverage::{Coverage, Partition, Polygon};
use crate::plan::{Edit, Refused};
use crate::unit::{Code, Hierarchy, Owner, UnitIndex};

/// How many of the best groupings become ways.
const CARRIED: usize = 60;

/// The best ways to make `parts` leaves of the leaves under `parent`, at most three, the best first. `households` are
/// those of its children, in their order; they are not looked at where area is balanced. Merges draw nothing; a group of
/// one leaf stays as it is and needs none. Units that `published` has keep their codes before those that it has not.
///
/// # Errors
/// [`Refused`] where there is none, and why: not a unit of leaves, as many parts as leaves or more, leaves that are in
/// pieces or do not border each other, no households.
pub fn regroup_ways(
    partition: &Partition,
    parent: UnitIndex,
    parts: usize,
    weight: Weight,
    households: &[f64],
    published: &Hierarchy,
) -> Result<Vec<Way>, Refused> {
    let hierarchy = &partition.hierarchy;
    let village = &hierarchy.unit(parent).code;
    let refused = |detail: String| Refused::new(detail).of([village.clone()]);
    let codes = leaves(hierarchy, parent)?;
    let n = codes.len();
    if parts < 1 || parts >= n {
        let detail =
            format!("expected 1 to {} parts, fewer than the {n} that {village} has, found {parts}", n - 1);
        return Err(refused(detail));
    }
    let owners: BTreeMap<Owner, Owner> = hierarchy
        .children(parent)
        .iter()
        .filter_map(|&child| hierarchy.owner_of(child))
        .zip((0..).map(Owner))
        .collect();
    let coverage =
        partition.coverage.relabelled(|owner| owners.get(&owner).copied().unwrap_or(Owner::OUTSIDE), n);
    let shapes: Vec<Vec<Polygon>> = (0..n as u32).map(|leaf| coverage.polygons(Owner(leaf))).collect();
    if let Some((code, _)) = codes.iter().zip(&shapes).find(|(_, shape)| shape.is_empty()) {
        return Err(
            Refused::new(format!("expected leaves with an area, found {code} without")).of([code.clone()])
        );
    }
    let weights: Vec<f64> = match weight {
        Weight::Area => shapes.iter().map(|shape| measured(shape).0).collect(),
        Weight::Households => (0..n)
            .map(|i| households.get(i).copied().filter(|h| h.is_finite()).unwrap_or_default().max(0.0))
            .collect(),
    };
    if weights.iter().sum::<f64>() <= 0.0 {
        return Err(refused(format!("{village}: there are no households: weigh by area")));
    }
    let graph = Graph::of(&coverage, weights);
    let is_known = |&child: &UnitIndex| published.by_uid(hierarchy.unit(child).uid).is_some();
    let known: Vec<bool> = hierarchy.children(parent).iter().map(is_known).collect();
    one_piece(&graph, &codes).map_err(|detail| refused(format!("{village}: {detail}")))?;
    let mut groupings =
        if n <= FEW { every(&graph, parts) } else { groupings(&graph, parts, seed(hierarchy, parent)) };
    let rank = |groups: &Groups| (step(deviation(&groups.weights)), groups.border_m);
    groupings.sort_by(|p, q| {
        let (p, q) = (rank(p), rank(q));
        p.0.cmp(&q.0).then(p.1.total_cmp(&q.1))
    });
    groupings.truncate(CARRIED);
    let ways = groupings
        .iter()
        .filter_map(|groups| Some((way(&coverage, &graph, groups, (&codes, &known))?, cuts(&graph, groups))));
    let ways: Vec<(Way, Vec<bool>)> = ways.collect();
    if ways.is_empty() {
        let apart = codes.iter().zip(&shapes).find(|(_, shape)| shape.len() > 1);
        let why = apart.map_or_else(String::new, |(code, shape)| format!(": {code} lies in {}", shape.len()));
        return Err(refused(format!("found no groups of {village}'s leaves in one piece each{why}")));
    }
    Ok(chosen(ways, |p, q| differ(p, q)))
}

/// Whether two groupings are two ways: a tenth of the borders tell them apart, or where few lie between groups, or few
/// within, half as many as those.
fn differ(p: &[bool], q: &[bool]) -> bool {
    let cut = p.iter().filter(|cut| **cut).count();
    let differing = p.iter().zip(q).filter(|(p, q)| p != q).count();
    10 * differing >= p.len() || 2 * differing >= cut.min(p.len() - cut)
}

/// Codes of the leaves under a unit.
fn leaves(hierarchy: &Hierarchy, parent: UnitIndex) -> Result<Vec<Code>, Refused> {
    let code = |unit: UnitIndex| hierarchy.unit(unit).code.clone();
    let children = hierarchy.children(parent);
    let village = code(parent);
    if children.len() < 2 {
        let detail =
            format!("expected a unit of two parts or more, found {village}, which has {}", children.len());
        return Err(Refused::new(detail).of([village]));
    }
    if let Some(&child) = children.iter().find(|&&child| hierarchy.owner_of(child).is_none()) {
        let detail =
            format!("expected a unit whose parts are leaves, found {village}: {} is divided", code(child));
        return Err(Refused::new(detail).of([village, code(child)]));
    }
    Ok(children.iter().map(|&child| code(child)).collect())
}

/// That every leaf can be reached from the first over shared borders.
fn one_piece(graph: &Graph, codes: &[Code]) -> Result<(), String> {
    let reached: BTreeSet<usize> = graph.reached(0, |_| true).into_iter().collect();
    match (0..graph.len()).find(|leaf| !reached.contains(leaf)) {
        None => Ok(()),
        Some(leaf) => Err(format!(
            "expected parts that border each other, found it in pieces: nothing joins {} to {}",
            codes[leaf], codes[0]
        )),
    }
}

/// From the uids, so that it stays when codes change (FNV-1a).
fn seed(hierarchy: &Hierarchy, parent: UnitIndex) -> u64 {
    let uids = hierarchy.children(parent).iter().map(|&child| hierarchy.unit(child).uid.0);
    uids.fold(0xcbf2_9ce4_8422_2325, |hash, uid| (hash ^ u64::from(uid)).wrapping_mul(0x0100_0000_01b3))
}

/// Which of the shared borders lie between groups.
fn cuts(graph: &Graph, groups: &Groups) -> Vec<bool> {
    graph.borders().map(|(a, b, _)| groups.of[a] != groups.of[b]).collect()
}

/// A grouping as merges; `None` where a group is not one piece.
fn way(
    coverage: &Coverage,
    graph: &Graph,
    groups: &Groups,
    (codes, known): (&[Code], &[bool]),
) -> Option<Way> {
    let mut shapes = coverage.dissolve(|owner| groups.of.get(owner.index()).map(|&group| group as u32));
    let mut edits = Vec::new();
    let mut parts = Vec::new();
    for (group, &weight) in groups.weights.iter().enumerate() {
        let members: Vec<usize> = (0..graph.len()).filter(|&leaf| groups.of[leaf] == group).collect();
        let polygons = shapes.remove(&(group as u32)).filter(|polygons| polygons.len() == 1)?;
        // Of leaves that weigh the same, the first.
        let rank = |leaf: usize| (known[leaf], graph.weights[leaf]);
        let by_rank = |&p: &usize, &q: &usize| {
            let (p, q) = (rank(p), rank(q));
            p.0.cmp(&q.0).then(p.1.total_cmp(&q.1))
        };
        let keep = members.iter().copied().rev().max_by(by_rank)?;
        let code = codes[keep].clone();
        if members.len() > 1 {
            let units = members.iter().map(|&leaf| codes[leaf].clone()).collect();
            let edit = Edit::Merge { units, keep: Some(code.clone()) };
            edits.push(Suggested { edit, drawn: Vec::new() });
        }
        let (area_m2, perimeter_m) = measured(&polygons);
        parts.push(Part { code, weight, area_m2, compactness: compactness(area_m2, perimeter_m), polygons });
    }
    parts.sort_by(|p, q| p.code.cmp(&q.code));
    Some(Way { edits, parts, deviation: deviation(&groups.weights), border_m: groups.border_m })
}

//! Polygons → coverage, or every reason why they are none.
//!
//! `build = assemble(judge(faces(settle(outline))))`: outlines become labelled segments; segments are noded until
//! nothing moves any more, so building from what was built changes nothing; faces with other than one owner are
//! defects; what is left are borders with one owner a side.

use rayon::slice::ParallelSliceMut;

use super::arrangement::{Edge, Faces, Noded, Segment, faces, node};
use super::{Coverage, DefectKind, Polygon, RawDefect, judge, near};
use crate::crs::{Point, ring_area2};
use crate::unit::Owner;

/// How far beside a neighbour's segment a vertex may lie and still be noded into it, in lattice units.
pub const DEFAULT_TOLERANCE: u32 = 2;

/// The widest tolerance that a refusal may name: about 11 m.
const WIDEST_TOLERANCE: f64 = 1000.0;

/// How many tolerances are tried out for that, each twice as far down the list of distances as the one before.
const TRIES: u32 = 8;

/// Noding settles in two or three rounds; what has not by then is noded all the same, only not for good.
const ROUNDS: usize = 12;

/// How many vertices bending may add for each segment there is. Files whose corners are a tenth of a second off take less
/// than one; a tolerance as wide as the units themselves doubles their borders in every round.
const BENDS: usize = 4;

/// A coverage and what was done to make it one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The coverage.
    pub coverage: Coverage,
    /// Vertices that owners gained because a neighbour has them, sorted.
    pub gained: Vec<Gained>,
}

/// A vertex that an owner's border gained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gained {
    /// Whose border.
    pub owner: Owner,
    /// The vertex, on the lattice.
    pub at: Point,
}

/// Why polygons are no coverage.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Everything that is wrong.
    pub defects: Vec<RawDefect>,
    /// The smallest tolerance, in lattice units, with which nothing would be: with one less something is.
    pub tolerance: Option<u32>,
}

impl Coverage {
    /// Builds the coverage of `shapes`, one list of polygons for each owner.
    ///
    /// Rings may run either way and may repeat their first point. Vertices within `tolerance` lattice units of a
    /// neighbour's segment are noded into it.
    ///
    /// # Errors
    /// [`Refusal`] with every defect, where the polygons are not a partition.
    pub fn build(shapes: &[Vec<Polygon>], tolerance: u32) -> Result<Built, Refusal> {
        let segments = outline(shapes);
        match attempt(shapes, &segments, tolerance) {
            Ok(coverage) => Ok(Built { gained: gained(&segments, &coverage), coverage }),
            Err(defects) => {
                let tolerance = smallest_tolerance(shapes, &segments, &defects, tolerance);
                Err(Refusal { defects, tolerance })
            }
        }
    }

    /// The coverage of shapes that came from one, vertex for vertex: nothing is noded or searched.
    /// `None` where some border has not exactly one owner a side.
    #[must_use]
    pub fn reassemble(shapes: &[Vec<Polygon>]) -> Option<Self> {
        let mut segments: Vec<Segment> = outline(shapes).into_iter().map(Segment::ordered).collect();
        segments.par_sort_unstable_by_key(|s| (s.a, s.b));
        let merged: Option<Vec<Segment>> =
            segments.chunk_by(|p, q| (p.a, p.b) == (q.a, q.b)).map(pair).collect();
        Some(Self::from_segments(&merged?, shapes.len()))
    }

    /// Places where the outline runs beside itself, so near that an import would take it for a border that does not match.
    #[must_use]
    pub fn cracks(&self) -> Vec<RawDefect> {
        let mut segments = Vec::new();
        for arc in self.arcs().filter(|arc| arc.left.is_outside() || arc.right.is_outside()) {
            let piece = |w: &[Point]| Segment { a: w[0], b: w[1], left: arc.left, right: arc.right };
            let owned = |s: Segment| if s.left.is_outside() { s.reversed() } else { s };
            segments.extend(arc.points.windows(2).map(piece).map(owned));
        }
        judge::cracks(&segments, DEFAULT_TOLERANCE)
    }

    /// Every defect of the coverage taken as polygons again: none, unless something went wrong.
    #[must_use]
    pub fn validate(&self) -> Vec<RawDefect> {
        let shapes: Vec<_> = (0..self.owner_count() as u32).map(|o| self.polygons(Owner(o))).collect();
        attempt(&shapes, &outline(&shapes), 0).err().unwrap_or_default()
    }
}

/// One segment with both its sides from the one or two that lie on it.
fn pair(same: &[Segment]) -> Option<Segment> {
    match *same {
        [s] => Some(s),
        [p, q] if p.right.is_outside() && q.left.is_outside() => Some(Segment { right: q.right, ..p }),
        [p, q] if p.left.is_outside() && q.right.is_outside() => Some(Segment { left: q.left, ..p }),
        _ => None,
    }
}

fn attempt(
    shapes: &[Vec<Polygon>],
    segments: &[Segment],
    tolerance: u32,
) -> Result<Coverage, Vec<RawDefect>> {
    let (segments, noded) = settle(segments, tolerance);
    let faces = faces(&noded, &segments);
    let mut defects = judge::judge(shapes, &segments, &faces, tolerance);
    if defects.is_empty() {
        let coverage = Coverage::from_segments(&borders(&faces), shapes.len());
        defects = judge::stray_parts(&coverage);
        if defects.is_empty() {
            return Ok(coverage);
        }
    }
    Err(defects)
}

/// Every ring's segments, its owner on the left.
fn outline(shapes: &[Vec<Polygon>]) -> Vec<Segment> {
    let mut segments = Vec::new();
    for (owner, polygons) in shapes.iter().enumerate() {
        for polygon in polygons {
            for (i, ring) in polygon.rings().enumerate() {
                let counter_clockwise = ring_area2(ring) > 0;
                let turned = counter_clockwise != (i == 0);
                for (k, &b) in ring.iter().enumerate() {
                    let a = ring[(k + ring.len() - 1) % ring.len()];
                    let (a, b) = if turned { (b, a) } else { (a, b) };
                    if a != b {
                        segments.push(Segment { a, b, left: Owner(owner as u32), right: Owner::OUTSIDE });
                    }
                }
            }
        }
    }
    segments
}

/// Bends and nodes until nothing changes: bending may bring a segment close to another vertex. Where the tolerance is so
/// wide that borders bend to and fro, more in each round, nothing is bent: what is wrong then shows as it stands.
fn settle(outline: &[Segment], tolerance: u32) -> (Vec<Segment>, Vec<Noded>) {
    let mut segments = outline.to_vec();
    let mut room = BENDS * outline.len();
    for _ in 1..ROUNDS {
        let bent = near::bend(&segments, tolerance);
        let changed = bent.is_some();
        if let Some(bent) = bent {
            match room.checked_sub(bent.len() - segments.len()) {
                Some(left) => (room, segments) = (left, bent),
                None => return settle(outline, 0),
            }
        }
        let noded = node(&segments, 0, None);
        if noded.len() == segments.len() && !changed {
            return (segments, noded);
        }
        segments = pieces(&segments, &noded);
    }
    let noded = node(&segments, 0, None);
    (segments, noded)
}

fn pieces(segments: &[Segment], noded: &[Noded]) -> Vec<Segment> {
    let piece = |n: &Noded| {
        let Segment { left, right, .. } = segments[n.input as usize];
        let (a, b) = if n.forward { (n.a, n.b) } else { (n.b, n.a) };
        Segment { a, b, left, right }
    };
    noded.iter().map(piece).collect()
}

/// The edges of a sound arrangement with the one owner on either side.
fn borders(faces: &Faces) -> Vec<Segment> {
    let owner = |half: usize| faces.cycle_left_of(half as u32).owners.first().map_or(Owner::OUTSIDE, |w| w.0);
    let border =
        |(i, e): (usize, &Edge)| Segment { a: e.a, b: e.b, left: owner(2 * i), right: owner(2 * i + 1) };
    faces.edges.iter().enumerate().map(border).collect()
}

/// Vertices of the coverage that the owner's own outline did not have.
fn gained(segments: &[Segment], coverage: &Coverage) -> Vec<Gained> {
    let mut had: Vec<Gained> = segments.iter().map(|s| Gained { owner: s.left, at: s.a }).collect();
    had.par_sort_unstable();
    had.dedup();
    let mut has: Vec<Gained> = coverage
        .arcs()
        .flat_map(|arc| [arc.left, arc.right].map(|owner| (arc.points, owner)))
        .filter(|(_, owner)| !owner.is_outside())
        .flat_map(|(points, owner)| points.iter().map(move |&at| Gained { owner, at }))
        .collect();
    has.par_sort_unstable();
    has.dedup();
    has.retain(|g| had.binary_search(g).is_err());
    has
}

/// The smallest tolerance above `failed` that makes a coverage of the segments, where all that is wrong are vertices
/// beside segments: one less would not do. Borders bend one after the other, so what a defect measures may be more or
/// less than what it takes; some tolerance that does is looked for among the distances there are, and then halved down.
fn smallest_tolerance(
    shapes: &[Vec<Polygon>],
    segments: &[Segment],
    defects: &[RawDefect],
    failed: u32,
) -> Option<u32> {
    let beside_only =
        defects.iter().all(|d| matches!(d.kind, DefectKind::TJunction | DefectKind::UnmatchedEdge));
    let needed = defects.iter().map(|d| d.size).fold(0.0, f64::max);
    if !beside_only || needed > WIDEST_TOLERANCE {
        return None;
    }
    let does = |tolerance: u32| attempt(shapes, segments, tolerance).is_ok();
    let noded = node(segments, 0, None);
    let beside = near::Unmatched::of(&pieces(segments, &noded)).beside(WIDEST_TOLERANCE);
    let mut distances: Vec<u32> = beside.iter().map(|b| b.distance.ceil() as u32).collect();
    distances.push(needed.ceil() as u32);
    distances.retain(|&d| d > failed && f64::from(d) >= needed);
    distances.sort_unstable();
    distances.dedup();
    let mut failed = failed;
    let mut found = None;
    for tried in (0..TRIES).map_while(|n| distances.get((1 << n) - 1).copied()) {
        if does(tried) {
            found = Some(tried);
            break;
        }
        failed = tried;
    }
    let mut found = found?;
    while found - failed > 1 {
        let middle = failed.midpoint(found);
        if does(middle) { found = middle } else { failed = middle }
    }
    Some(found)
}

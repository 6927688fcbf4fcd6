//! Shapes laid over a coverage, and each face given to somebody: how an edited file meets the borders there are.
//!
//! ```text
//! ──●────────●──   border as it is       a face knows whose it was and which shapes cover it; who it goes to is decided
//!   └─~~~~~~─┘     border as drawn       for each, so that nothing is ever left over. Borders that stay keep their
//!                                        vertices: what crossed them for nothing leaves no trace
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::arrangement::{Faces, Noded, Segment, faces, node};
use super::{Coverage, Polygon};
use crate::crs::{Point, length_m, ring_area_m2};
use crate::unit::Owner;

/// A face of a coverage and the shapes that lie over it.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    /// Whose it was; the outside, where nobody's.
    pub was: Owner,
    /// The shapes that cover it, by index, rising.
    pub shapes: Vec<usize>,
    /// m² on the CGCS2000 ellipsoid.
    pub area_m2: f64,
    /// About how wide it is, in metres: its area over half the length of its border.
    pub width_m: f64,
    /// A corner of it.
    pub at: Point,
}

impl Coverage {
    /// The coverage of `owners` owners in which each face is the owner's that `decide` gives it to; the unbounded face
    /// stays nobody's.
    ///
    /// # Errors
    /// Where `decide` fails.
    pub fn relaid<E>(
        &self,
        shapes: &[Vec<Polygon>],
        owners: usize,
        decide: impl Fn(&Face) -> Result<Owner, E>,
    ) -> Result<Self, E> {
        let first = self.owner_count() as u32;
        let mut segments = self.sided(|owner| owner);
        let own = segments.len();
        for (shape, owner) in shapes.iter().zip((first..).map(Owner)) {
            for ring in shape.iter().flat_map(Polygon::rings) {
                let ends = ring.iter().skip(1).chain(ring.first());
                let piece = |(&a, &b)| Segment { a, b, left: owner, right: Owner::OUTSIDE };
                segments.extend(ring.iter().zip(ends).filter(|(a, b)| a != b).map(piece));
            }
        }
        let noded = node(&segments, 0, None);
        let faces = faces(&noded, &segments);
        let heirs = heirs(&faces, first, decide)?;
        let sides = |piece: &Noded| {
            let of = |half| faces.cycle_left_of(half).face.and_then(|face| heirs.get(&face));
            let half = faces.half_of(piece.a, piece.b)?;
            let owner = |half| of(half).copied().unwrap_or(Owner::OUTSIDE);
            Some((owner(half), owner(half ^ 1)))
        };
        let mut pieces: BTreeMap<(Point, Point), (Owner, Owner)> = BTreeMap::new();
        let mut drawn: BTreeSet<Point> = BTreeSet::new();
        let mut laid: BTreeSet<(Point, Point)> = BTreeSet::new();
        for piece in &noded {
            if let Some((left, right)) = sides(piece).filter(|(left, right)| left != right) {
                pieces.insert((piece.a, piece.b), (left, right));
            }
            if (piece.input as usize) < own {
                laid.insert((piece.a, piece.b));
            }
        }
        for &(a, b) in pieces.keys().filter(|edge| !laid.contains(*edge)) {
            drawn.extend([a, b]);
        }
        straightened(&noded, &segments[..own], &drawn, &mut pieces);
        let mut all: Vec<Segment> =
            pieces.into_iter().map(|((a, b), (left, right))| Segment { a, b, left, right }).collect();
        all.sort_unstable();
        Ok(Self::from_segments(&all, owners))
    }
}

/// Who gets each face.
fn heirs<E>(
    faces: &Faces,
    first: u32,
    decide: impl Fn(&Face) -> Result<Owner, E>,
) -> Result<BTreeMap<u32, Owner>, E> {
    let mut found: BTreeMap<u32, (Face, f64)> = BTreeMap::new();
    for cycle in &faces.cycles {
        let Some(face) = cycle.face else { continue };
        let mut points = faces.points(cycle);
        let area = ring_area_m2(&points);
        points.extend(points.first().copied());
        let (known, around) = found.entry(face).or_insert_with(|| {
            let own = cycle.owners.iter().map(|w| w.0).find(|owner| owner.0 < first);
            let over = cycle.owners.iter().filter(|w| w.0.0 >= first && w.1 > 0);
            let shapes = over.map(|w| (w.0.0 - first) as usize).collect();
            let was = own.unwrap_or(Owner::OUTSIDE);
            (Face { was, shapes, area_m2: 0.0, width_m: 0.0, at: points[0] }, 0.0)
        });
        known.area_m2 += area;
        *around += length_m(&points);
    }
    let decided = found.into_iter().map(|(index, (mut face, around))| {
        face.width_m = if around > 0.0 { 2.0 * face.area_m2 / around } else { 0.0 };
        decide(&face).map(|owner| (index, owner))
    });
    decided.collect()
}

/// Puts border segments as they were in the place of their pieces, where all have the same two sides still and nothing new
/// meets them between their ends.
fn straightened(
    noded: &[Noded],
    own: &[Segment],
    drawn: &BTreeSet<Point>,
    pieces: &mut BTreeMap<(Point, Point), (Owner, Owner)>,
) {
    let mut of: BTreeMap<u32, Vec<(Point, Point)>> = BTreeMap::new();
    let mut uses: BTreeMap<(Point, Point), usize> = BTreeMap::new();
    for piece in noded.iter().filter(|piece| (piece.input as usize) < own.len()) {
        of.entry(piece.input).or_default().push((piece.a, piece.b));
        *uses.entry((piece.a, piece.b)).or_default() += 1;
    }
    for (input, edges) in of.into_iter().filter(|(_, edges)| edges.len() > 1) {
        let Segment { a, b, .. } = own[input as usize];
        let ends = [a, b];
        let met = edges.iter().flat_map(|e| [e.0, e.1]).any(|p| !ends.contains(&p) && drawn.contains(&p));
        let shared = edges.iter().any(|edge| uses[edge] > 1);
        let mut sides =
            edges.iter().map(|edge| pieces.get(edge).copied().map(|sides| turned(*edge, sides, (a, b))));
        let Some(Some(one)) = sides.next() else { continue };
        if met || shared || !sides.all(|other| other == Some(one)) {
            continue;
        }
        for edge in &edges {
            pieces.remove(edge);
        }
        let (edge, sides) = if a < b { ((a, b), one) } else { ((b, a), (one.1, one.0)) };
        pieces.insert(edge, sides);
    }
}

/// The sides of an edge as seen along a segment that it is a piece of.
fn turned(edge: (Point, Point), (left, right): (Owner, Owner), (a, b): (Point, Point)) -> (Owner, Owner) {
    let along = |p: Point, q: Point| (i64::from(q.x) - i64::from(p.x), i64::from(q.y) - i64::from(p.y));
    let ((ex, ey), (sx, sy)) = (along(edge.0, edge.1), along(a, b));
    if ex * sx + ey * sy > 0 { (left, right) } else { (right, left) }
}

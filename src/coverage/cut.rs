//! The region of some owners, cut along lines into pieces; the pieces given to owners anew, a coverage again.
//!
//! ```text
//!   ┌───────┬─────┐           ┌───────┬─────┐
//!   │ a   ──┼──┐  │   cut     │   0   ├──┐  │      what of a line lies outside the region, or ends within a
//!   │       │ b└──┼──   →     │       │1 └──┤      piece, bounds nothing: it is left out, and leaves no vertex
//!   └───────┴─────┘           └───────┤   2 │
//!                                     └─────┘
//! ```
//!
//! Where a line meets a border, the border bends to the nearest lattice point, alike for all who share it; whoever else
//! gains that vertex is named ([`Recut::gained`]). All others keep their points to the bit.

use std::collections::{BTreeMap, BTreeSet};

use super::arrangement::{Faces, Noded, Segment, node, subdivide, telescope};
use super::{Coverage, Gained};
use crate::crs::{Bounds, Point};
use crate::unit::Owner;

/// How often what was cut is noded again until nothing changes.
const ROUNDS: usize = 12;

/// How far beside the region borders may bend, in lattice units.
const REACH: i32 = 4;

/// A region cut into pieces.
#[derive(Debug)]
pub struct Cut<'a> {
    coverage: &'a Coverage,
    region: BTreeSet<Owner>,
    /// By arc: whether it is near enough to bend.
    near: Vec<bool>,
    laid: Laid,
    noded: Vec<Noded>,
    faces: Faces,
    pieces: Vec<Piece>,
    /// By cycle that stands for a face.
    piece_of: BTreeMap<u32, usize>,
    /// Where a line leaves the region.
    pub strayed: Option<Point>,
    /// Where a line ends within a piece.
    pub loose: Option<Point>,
}

/// A part of the region that no line cuts any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Whose it is.
    pub owner: Owner,
    /// Twice its area, in square lattice units.
    pub area2: i128,
    /// Its westernmost point, the southernmost of several.
    pub at: Point,
    /// Whether a line runs along it with the piece to its left.
    pub left_of_line: bool,
    /// Whether a line runs along it with the piece to its right.
    pub right_of_line: bool,
    /// A half-edge of its outer cycle.
    first: u32,
}

/// A coverage after its pieces were given anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recut {
    /// The coverage.
    pub coverage: Coverage,
    /// Vertices that owners outside the region gained, sorted; numbered as the new coverage's.
    pub gained: Vec<Gained>,
}

/// Segments to be noded together, and which of them are pieces of lines.
#[derive(Debug, Default)]
struct Laid {
    segments: Vec<Segment>,
    line: Vec<bool>,
}

impl Coverage {
    /// Cuts the region of `owners` along `lines`, on the lattice, each of at least two points.
    #[must_use]
    pub fn cut(&self, owners: &BTreeSet<Owner>, lines: &[Vec<Point>]) -> Cut<'_> {
        let inside = |owner: Owner| owners.contains(&owner);
        let borders: Vec<bool> = self.arcs().map(|arc| inside(arc.left) || inside(arc.right)).collect();
        let within = |take: &[bool]| {
            let mut laid = Laid::default();
            for (arc, _) in self.arcs().zip(take).filter(|(_, take)| **take) {
                laid.segments.extend(arc.points.windows(2).map(|w| Segment {
                    a: w[0],
                    b: w[1],
                    left: arc.left,
                    right: arc.right,
                }));
            }
            laid.line.resize(laid.segments.len(), false);
            laid
        };
        let Kept { lines, strayed, loose } = kept(within(&borders).with(lines), owners);
        let bounds = self.arcs().zip(&borders).filter(|(_, b)| **b);
        let bounds = bounds.fold(Bounds::EMPTY, |all, (arc, _)| all.union(Bounds::of(arc.points)));
        // What lies a little beside may bend too.
        let bounds = bounds.grown(REACH);
        let near: Vec<bool> = self
            .arcs()
            .zip(&borders)
            .map(|(arc, &border)| border || Bounds::of(arc.points).meets(bounds))
            .collect();
        let mut laid = within(&near);
        laid.segments.extend(lines);
        laid.line.resize(laid.segments.len(), true);
        let (laid, noded) = laid.settle();
        let faces = laid.faces(&noded, owners);
        let mut cut = Cut {
            coverage: self,
            region: owners.clone(),
            near,
            laid,
            noded,
            faces,
            pieces: Vec::new(),
            piece_of: BTreeMap::new(),
            strayed,
            loose,
        };
        cut.find_pieces();
        cut
    }
}

impl Laid {
    fn with(mut self, lines: &[Vec<Point>]) -> Self {
        let (left, right) = (Owner::OUTSIDE, Owner::OUTSIDE);
        for line in lines {
            let pieces = line.windows(2).filter(|w| w[0] != w[1]);
            self.segments.extend(pieces.map(|w| Segment { a: w[0], b: w[1], left, right }));
        }
        self.line.resize(self.segments.len(), true);
        self
    }

    /// Nodes until nothing changes: bending may bring a segment close to another vertex.
    fn settle(mut self) -> (Self, Vec<Noded>) {
        let mut noded = node(&self.segments, 0, None);
        for _ in 1..ROUNDS {
            if noded.len() == self.segments.len() {
                break;
            }
            let line = noded.iter().map(|n| self.line[n.input as usize]).collect();
            let piece = |n: &Noded| {
                let Segment { left, right, .. } = self.segments[n.input as usize];
                let (a, b) = if n.forward { (n.a, n.b) } else { (n.b, n.a) };
                Segment { a, b, left, right }
            };
            self = Self { segments: noded.iter().map(piece).collect(), line };
            noded = node(&self.segments, 0, None);
        }
        (self, noded)
    }

    /// The faces of the region and of what lies outside it, which is nobody's here.
    fn faces(&self, noded: &[Noded], region: &BTreeSet<Owner>) -> Faces {
        let inside = |owner| if region.contains(&owner) { owner } else { Owner::OUTSIDE };
        let sided: Vec<Segment> = self
            .segments
            .iter()
            .map(|s| Segment { left: inside(s.left), right: inside(s.right), ..*s })
            .collect();
        let bounds = |n: &&Noded| {
            let s = &sided[n.input as usize];
            self.line[n.input as usize] || s.left != s.right
        };
        let noded: Vec<Noded> = noded.iter().filter(bounds).copied().collect();
        subdivide(&noded, &sided)
    }

    /// The pieces of lines, with the half-edge that each runs along.
    fn lines<'l>(
        &'l self,
        noded: &'l [Noded],
        faces: &'l Faces,
    ) -> impl Iterator<Item = (Segment, u32)> + 'l {
        noded.iter().filter(|n| self.line[n.input as usize]).filter_map(|n| {
            let half = faces.half_of(n.a, n.b)? ^ u32::from(!n.forward);
            let (a, b) = if n.forward { (n.a, n.b) } else { (n.b, n.a) };
            Some((Segment { a, b, left: Owner::OUTSIDE, right: Owner::OUTSIDE }, half))
        })
    }
}

/// What of the lines cuts the region.
struct Kept {
    lines: Vec<Segment>,
    strayed: Option<Point>,
    loose: Option<Point>,
}

fn kept(laid: Laid, region: &BTreeSet<Owner>) -> Kept {
    let (laid, noded) = laid.settle();
    let faces = laid.faces(&noded, region);
    let mut kept = Kept { lines: Vec::new(), strayed: None, loose: None };
    for (line, half) in laid.lines(&noded, &faces) {
        let (left, right) = (faces.cycle_left_of(half), faces.cycle_left_of(half ^ 1));
        if left.owners.is_empty() && right.owners.is_empty() {
            kept.strayed.get_or_insert(line.a);
        } else if left.face == right.face {
            kept.loose.get_or_insert(line.b);
        } else {
            kept.lines.push(line);
        }
    }
    kept
}

impl Cut<'_> {
    fn find_pieces(&mut self) {
        let mut area2: BTreeMap<u32, i128> = BTreeMap::new();
        for cycle in &self.faces.cycles {
            if let Some(face) = cycle.face {
                *area2.entry(face).or_default() += cycle.area2;
            }
        }
        for (index, cycle) in (0..).zip(&self.faces.cycles) {
            let (Some(&(owner, _)), true) = (cycle.owners.first(), cycle.face == Some(index)) else {
                continue;
            };
            let at = self.faces.points(cycle).into_iter().min().unwrap_or_default();
            self.piece_of.insert(index, self.pieces.len());
            self.pieces.push(Piece {
                owner,
                area2: area2.get(&index).copied().unwrap_or_default(),
                at,
                left_of_line: false,
                right_of_line: false,
                first: cycle.first,
            });
        }
        for (_, half) in self.laid.lines(&self.noded, &self.faces).collect::<Vec<_>>() {
            if let Some(left) = self.piece_left_of(half) {
                self.pieces[left].left_of_line = true;
            }
            if let Some(right) = self.piece_left_of(half ^ 1) {
                self.pieces[right].right_of_line = true;
            }
        }
    }

    fn piece_left_of(&self, half: u32) -> Option<usize> {
        self.piece_of.get(&self.faces.cycle_left_of(half).face?).copied()
    }

    /// The pieces, in no order that means anything.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The pieces to the left and right of the border piece a → b, where there is one.
    #[must_use]
    pub fn beside(&self, a: Point, b: Point) -> (Option<usize>, Option<usize>) {
        let half = if a < b { self.faces.half_of(a, b) } else { self.faces.half_of(b, a).map(|h| h ^ 1) };
        half.map_or((None, None), |half| (self.piece_left_of(half), self.piece_left_of(half ^ 1)))
    }

    /// The points of a piece's outer border, in order.
    #[must_use]
    pub fn outer(&self, piece: &Piece) -> Vec<Point> {
        self.faces.points(self.faces.cycle_left_of(piece.first))
    }

    /// The borders in and round the region as they were, noded: each once, with its owners then. No lines.
    pub fn borders(&self) -> impl Iterator<Item = Segment> {
        self.edges().filter_map(|(a, b, sides)| sides.map(|(left, right)| Segment { a, b, left, right }))
    }

    /// The points that lines run through.
    #[must_use]
    pub fn line_points(&self) -> BTreeSet<Point> {
        let lines = self.noded.iter().filter(|n| self.laid.line[n.input as usize]);
        lines.flat_map(|n| [n.a, n.b]).collect()
    }

    /// The edges that lines run along, each from its smaller end.
    #[must_use]
    pub fn line_edges(&self) -> BTreeSet<(Point, Point)> {
        let lines = self.noded.iter().filter(|n| self.laid.line[n.input as usize]);
        lines.map(|n| (n.a, n.b)).collect()
    }

    /// Every distinct edge, and its owners where it is more than a line's.
    fn edges(&self) -> impl Iterator<Item = (Point, Point, Option<(Owner, Owner)>)> {
        self.noded.chunk_by(|m, n| (m.a, m.b) == (n.a, n.b)).map(|same| {
            let borders: Vec<_> = same
                .iter()
                .filter(|n| !self.laid.line[n.input as usize])
                .map(|n| n.sides(&self.laid.segments))
                .collect();
            (same[0].a, same[0].b, telescope(borders.into_iter()))
        })
    }

    /// The coverage in which piece `i` is `to(i)`'s, and what every other owner had is `renumbered`'s; of `owners`.
    #[must_use]
    pub fn give(
        &self,
        to: impl Fn(usize) -> Owner,
        renumbered: impl Fn(Owner) -> Owner,
        owners: usize,
    ) -> Recut {
        let renumbered = |owner: Owner| if owner.is_outside() { owner } else { renumbered(owner) };
        let mut segments = Vec::new();
        let mut had: BTreeSet<Gained> = BTreeSet::new();
        for (arc, _) in self.coverage.arcs().zip(&self.near).filter(|(_, near)| **near) {
            let sides = [arc.left, arc.right];
            let others = sides.into_iter().filter(|o| !o.is_outside() && !self.region.contains(o));
            had.extend(others.flat_map(|o| {
                let owner = renumbered(o);
                arc.points.iter().map(move |&at| Gained { owner, at })
            }));
        }
        let mut gained = BTreeSet::new();
        for (a, b, sides) in self.edges() {
            let (left, right) = sides.unwrap_or((Owner::OUTSIDE, Owner::OUTSIDE));
            let (over, under) = self.beside(a, b);
            let side = |piece: Option<usize>, owner: Owner| match piece {
                Some(piece) => to(piece),
                None => renumbered(owner),
            };
            for owner in [left, right] {
                if !owner.is_outside() && !self.region.contains(&owner) {
                    gained.extend([a, b].map(|at| Gained { owner: renumbered(owner), at }));
                }
            }
            let (left, right) = (side(over, left), side(under, right));
            if left != right {
                segments.push(Segment { a, b, left, right });
            }
        }
        let gained = gained.into_iter().filter(|g| !had.contains(g)).collect();
        segments.sort_unstable();
        Recut { coverage: self.coverage.spliced(&self.near, &segments, renumbered, owners), gained }
    }
}

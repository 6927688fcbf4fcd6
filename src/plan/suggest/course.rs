//! A leaf on its way to parts: cut by cut, each really done, then the figures of what came of it.

use super::chord::{Chord, chords};
use super::shape::Shape;
use super::{Part, Suggested, Way, Weight, compactness, deviation, measured};
use crate::coverage::{Partition, Polygon};
use crate::crs::{Point, cross, length_m};
use crate::plan::{Allotment, Edit, Path, Pool, apply};
use crate::unit::{Code, Owner, Uid};

/// How many chords are tried before a piece counts as one that cannot be cut.
const CHORDS: usize = 12;
/// A piece that is to become some parts.
#[derive(Clone)]
pub struct Piece {
    /// The leaf that it is.
    pub uid: Uid,
    /// How many.
    pub parts: usize,
    /// Those inside, by y, then x.
    pub dwellings: Vec<(Point, u32)>,
}

/// What has been done so far.
#[derive(Clone)]
pub struct Course {
    partition: Partition,
    pool: Pool,
    edits: Vec<Suggested>,
    done: Vec<Piece>,
}

/// How many of the parts a chord may leave on its left: half of them, or one.
pub fn lefts(parts: usize, all: bool) -> Vec<usize> {
    let mut lefts = vec![parts / 2, parts.div_ceil(2)];
    if all {
        lefts.extend([1, parts - 1]);
    }
    lefts.sort_unstable();
    lefts.dedup();
    lefts
}

impl Course {
    /// Nothing done yet.
    pub fn new(partition: Partition, pool: Pool) -> Self {
        Self { partition, pool, edits: Vec::new(), done: Vec::new() }
    }

    fn polygons(&self, uid: Uid) -> Vec<Polygon> {
        let hierarchy = &self.partition.hierarchy;
        let owner: Option<Owner> = hierarchy.by_uid(uid).and_then(|unit| hierarchy.owner_of(unit));
        owner.map_or_else(Vec::new, |owner| self.partition.coverage.polygons(owner))
    }

    fn code(&self, uid: Uid) -> Option<Code> {
        let hierarchy = &self.partition.hierarchy;
        hierarchy.by_uid(uid).map(|unit| hierarchy.unit(unit).code.clone())
    }

    /// Chords that leave one of `lefts` parts on their left, the best first.
    pub fn chords(&self, piece: &Piece, weight: Weight, lefts: &[usize]) -> Vec<Chord> {
        let polygons = self.polygons(piece.uid);
        let [polygon] = &polygons[..] else { return Vec::new() };
        let counted = (weight == Weight::Households).then_some(&piece.dwellings[..]);
        let shape = Shape::new(polygon, counted.filter(|dwellings| !dwellings.is_empty()));
        chords(&shape, lefts, piece.parts)
    }

    /// Cuts a piece along the best chord that does, and what comes of it, until all parts are there.
    pub fn divide(mut self, piece: Piece, weight: Weight) -> Option<Self> {
        if piece.parts == 1 {
            self.done.push(piece);
            return Some(self);
        }
        let candidates = self.chords(&piece, weight, &lefts(piece.parts, false));
        let cut = candidates.iter().take(CHORDS).find_map(|chord| self.cut(&piece, chord, weight));
        let (course, sides) = cut?;
        sides.into_iter().try_fold(course, |course, side| course.divide(side, weight))
    }

    /// Really cuts a piece; `None` where not exactly two pieces come of it.
    pub fn cut(&self, piece: &Piece, chord: &Chord, weight: Weight) -> Option<(Self, [Piece; 2])> {
        let line = Path::new(chord.line.to_vec()).ok()?;
        let edit = Edit::Split { unit: self.code(piece.uid)?, line, new: Vec::new(), tolerance: 0.0 };
        let mut pool = self.pool.clone();
        let applied = apply(&self.partition, &edit, Allotment::new(&[], &mut pool)).ok()?;
        let [new] = &applied.drawn[..] else { return None };
        let new = new.uid;
        let mut edits = self.edits.clone();
        edits.push(Suggested { edit, drawn: applied.drawn });
        let course = Self { partition: applied.partition, pool, edits, done: self.done.clone() };
        let (kept, cut_off) = (course.polygons(piece.uid), course.polygons(new));
        if kept.len() != 1 || cut_off.len() != 1 {
            return None;
        }
        let [here, there] = [&kept[0], &cut_off[0]].map(|polygon| held(polygon, &piece.dwellings));
        let mut sides = [
            Piece { uid: piece.uid, parts: chord.left, dwellings: here },
            Piece { uid: new, parts: piece.parts - chord.left, dwellings: there },
        ];
        let weights = [weight_of(&sides[0], &kept, weight), weight_of(&sides[1], &cut_off, weight)];
        let off = |parts: [usize; 2]| {
            let mean = weights.iter().sum::<f64>() / piece.parts as f64;
            let off = |i: usize| (weights[i] / parts[i] as f64 / mean - 1.0).abs();
            off(0).max(off(1))
        };
        let (a, b) = (sides[0].parts, sides[1].parts);
        if off([b, a]) < off([a, b]) {
            (sides[0].parts, sides[1].parts) = (b, a);
        }
        Some((course, sides))
    }

    /// The way, with its figures: later cuts bend borders of earlier ones, so households are counted once more.
    pub fn way(mut self, whole: &Piece, weight: Weight) -> Option<Way> {
        for i in 0..self.done.len() {
            let polygons = self.polygons(self.done[i].uid);
            self.done[i].dwellings = polygons.first().map_or_else(Vec::new, |p| held(p, &whole.dwellings));
        }
        let hierarchy = &self.partition.hierarchy;
        let owners: Vec<Owner> = self
            .done
            .iter()
            .filter_map(|piece| hierarchy.by_uid(piece.uid).and_then(|unit| hierarchy.owner_of(unit)))
            .collect();
        let between = |owner: Owner| owners.contains(&owner);
        let borders = self.partition.coverage.arcs().filter(|arc| between(arc.left) && between(arc.right));
        let border_m = borders.map(|arc| length_m(arc.points)).sum();
        let part = |piece: &Piece| {
            let polygons = self.polygons(piece.uid);
            let (area_m2, perimeter_m) = measured(&polygons);
            Some(Part {
                code: self.code(piece.uid)?,
                weight: weight_of(piece, &polygons, weight),
                area_m2,
                compactness: compactness(area_m2, perimeter_m),
                polygons,
            })
        };
        let mut parts: Vec<Part> = self.done.iter().filter_map(part).collect();
        parts.sort_by(|p, q| p.code.cmp(&q.code));
        let deviation = deviation(&parts.iter().map(|part| part.weight).collect::<Vec<_>>());
        Some(Way { edits: self.edits, parts, deviation, border_m }).filter(|way| way.deviation.is_finite())
    }
}

fn weight_of(piece: &Piece, polygons: &[Polygon], weight: Weight) -> f64 {
    match weight {
        Weight::Households => piece.dwellings.iter().map(|dwelling| f64::from(dwelling.1)).sum(),
        Weight::Area => measured(polygons).0,
    }
}

/// The dwellings that a polygon holds, by the half-open rule. They are sorted by y: each edge looks at those beside it.
fn held(polygon: &Polygon, dwellings: &[(Point, u32)]) -> Vec<(Point, u32)> {
    let mut held = vec![false; dwellings.len()];
    for ring in polygon.rings() {
        for (&a, &b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
            let first = dwellings.partition_point(|dwelling| dwelling.0.y < low.y);
            let beside = dwellings[first..].iter().take_while(|dwelling| dwelling.0.y < high.y);
            for (dwelling, held) in beside.zip(&mut held[first..]) {
                *held ^= cross(low, high, dwelling.0) > 0;
            }
        }
    }
    dwellings.iter().zip(held).filter(|(_, held)| *held).map(|(dwelling, _)| *dwelling).collect()
}

//! Cutting the board up: one straight chord across a face at a time, the way canals, laterals and ditches were dug.
//!
//! Each cut takes the best of a few chords. A good chord halves the face across its longer side, meets the border
//! at a wide angle, keeps clear of other corners, and likes to go on where a canal of the other side ends, a few
//! metres aside: so lines run on for miles, yet no four borders ever meet in one point.
//!
//! ```text
//!      │        A line that ends at the border from the other side is taken up
//!   ───┤        again `jog` metres along. Three borders meet at every node,
//!      ├────    so no shape can touch itself at a corner.
//!      │
//! ```

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};

use super::chance::Dice;
use super::ground::Ground;
use super::mesh::Mesh;
use super::plane::{V, centroid};

/// What a line is, from the widest water to the smallest ditch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Outline,
    Bank,
    Trunk,
    Main,
    Lateral,
    Branch,
    Ditch,
}

/// A line on the board: one or many chords that run on from each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub rank: Rank,
    /// Index of a trunk in the landscape.
    pub trunk: Option<usize>,
}

/// How small things may get, in metres.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// No piece is narrower.
    pub width: f64,
    /// A line that is taken up on the other side of a border starts so far aside; no two nodes are closer.
    pub jog: f64,
}

/// Least sine of the angle at which a chord meets a border: 35°.
const LEAST_SINE: f64 = 0.57;
/// Other corners keep out of a wedge of this slope at each end of a chord: 29°.
const WEDGE: f64 = 0.55;
/// A corner this near serves as a chord's end, in metres.
const REUSE: f64 = 4.0;

/// A face while it is being cut.
pub(super) struct Piece {
    pub halves: Vec<u32>,
    pub at: Vec<V>,
    pub middle: V,
    pub area: f64,
    /// Corners where three borders meet, by position.
    nodes: Vec<usize>,
    /// Running sums of twice the area about `middle`.
    sums: Vec<f64>,
}

impl Piece {
    pub fn of(mesh: &Mesh, face: u32) -> Self {
        let halves = mesh.ring(face);
        let at: Vec<V> = halves.iter().map(|&h| mesh.start(h)).collect();
        let nodes = (0..halves.len()).filter(|&i| mesh.is_node(halves[i])).collect();
        let middle = centroid(&at);
        let mut sums = Vec::with_capacity(at.len() + 1);
        sums.push(0.0);
        for i in 0..at.len() {
            let twice = (at[i] - middle).cross(at[(i + 1) % at.len()] - middle);
            sums.push(sums[i] + twice);
        }
        let area = sums[at.len()] / 2.0;
        Self { halves, at, middle, area, nodes, sums }
    }

    /// Least and greatest reach along a direction.
    fn reach(&self, direction: V) -> (f64, f64) {
        self.at
            .iter()
            .map(|p| (*p - self.middle).dot(direction))
            .fold((0.0, 0.0), |(low, high), s| (f64::min(low, s), f64::max(high, s)))
    }

    /// Area to the left of the chord from A on edge i to B on edge j: of the ring A, B, j+1 … i.
    fn area_left(&self, (i, a): (usize, V), (j, b): (usize, V)) -> f64 {
        let n = self.at.len();
        let (m, next) = (self.middle, (j + 1) % n);
        let run = if next <= i {
            self.sums[i] - self.sums[next]
        } else {
            self.sums[n] - self.sums[next] + self.sums[i]
        };
        let ends = (b - m).cross(self.at[next] - m) + (self.at[i] - m).cross(a - m) + (a - m).cross(b - m);
        f64::midpoint(run, ends)
    }
}

/// Where a chord may run: through a point, in a direction, taking up a line or starting one.
struct Candidate {
    through: V,
    direction: V,
    takes_up: Option<u32>,
}

/// An end of a chord: on the edge that starts at ring position `edge`.
#[derive(Clone, Copy)]
struct End {
    edge: usize,
    at: V,
    reuse: bool,
}

struct Chord {
    ends: [End; 2],
    takes_up: Option<u32>,
    score: f64,
}

/// Cuts faces until `done` says so of each piece, or nothing more can be cut. `rank` ranks a line by the area that
/// it cuts.
pub(super) struct Cutter<'a> {
    pub mesh: &'a mut Mesh,
    pub lines: &'a mut Vec<Line>,
    pub ground: &'a Ground,
    pub dice: &'a mut Dice,
    pub rules: Rules,
}

impl Cutter<'_> {
    /// All the pieces that come of `faces`.
    pub fn cut_up(
        &mut self,
        faces: Vec<u32>,
        rank: impl Fn(f64) -> Rank,
        done: impl Fn(&Piece) -> bool,
    ) -> Vec<u32> {
        let mut pieces = Vec::new();
        let mut open = faces;
        while let Some(face) = open.pop() {
            let piece = Piece::of(self.mesh, face);
            let new = if done(&piece) { None } else { self.cut(&piece, &rank) };
            match new {
                Some(new) => open.extend([new, face]),
                None => pieces.push(face),
            }
        }
        pieces
    }

    /// Cuts a piece in two and gives the new face.
    pub fn cut(&mut self, piece: &Piece, rank: impl Fn(f64) -> Rank) -> Option<u32> {
        let best = self.best(piece, false).or_else(|| self.best(piece, true))?;
        let line = best.takes_up.unwrap_or_else(|| {
            self.lines.push(Line { rank: rank(piece.area), trunk: None });
            self.lines.len() as u32 - 1
        });
        let [a, b] = best.ends.map(|end| {
            let half = piece.halves[end.edge];
            if end.reuse { half } else { self.mesh.split_edge(half, end.at) }
        });
        Some(self.mesh.split_face(a, b, &[], line))
    }

    /// The best chord across a piece's longer side; `anyhow` also across the other, and aslant.
    fn best(&mut self, piece: &Piece, anyhow: bool) -> Option<Chord> {
        let mut candidates = self.candidates(piece);
        if anyhow {
            let turned = |c: &Candidate, angle: f64| Candidate { direction: c.direction.turned(angle), ..*c };
            let fresh: Vec<Candidate> =
                candidates.iter().filter(|c| c.takes_up.is_none()).map(|c| turned(c, 0.0)).collect();
            for angle in [FRAC_PI_2, FRAC_PI_4, -FRAC_PI_4] {
                candidates.extend(fresh.iter().map(|c| turned(c, angle)));
            }
        }
        let chords = candidates.iter().flat_map(|c| chords(piece, c, self.rules));
        chords.min_by(|a, b| a.score.total_cmp(&b.score))
    }

    fn candidates(&mut self, piece: &Piece) -> Vec<Candidate> {
        let place = self.ground.bend(piece.middle);
        let turn = self.ground.turn(place) + self.dice.bell() * 0.03;
        let (east, north) = (V::at_angle(turn), V::at_angle(turn).left());
        let length = |d: V| {
            let (low, high) = piece.reach(d);
            high - low
        };
        let ratio = length(east) / length(north);
        let along_east = if (0.72..1.38).contains(&ratio) { self.dice.chance(0.5) } else { ratio > 1.0 };
        let along = if along_east { east } else { north };
        let (low, high) = piece.reach(along);
        let loose = 0.03 + 0.05 * self.ground.age(place);
        let mut found: Vec<Candidate> = (0..5)
            .map(|_| {
                let t = (0.5 + self.dice.bell() * 0.09).clamp(0.25, 0.75);
                let direction = along.left().turned(self.dice.bell() * loose);
                Candidate {
                    through: piece.middle + along * (low + (high - low) * t),
                    direction,
                    takes_up: None,
                }
            })
            .collect();
        found.extend(self.continuations(piece, along, (low, high)));
        found
    }

    /// Chords that take up a line which ends at the piece's border from outside.
    fn continuations(&mut self, piece: &Piece, along: V, (low, high): (f64, f64)) -> Vec<Candidate> {
        let mut found = Vec::new();
        for &i in &piece.nodes {
            let (p, n) = (piece.at[i], piece.at.len());
            let share = ((p - piece.middle).dot(along) - low) / (high - low);
            let (into, out) = ((p - piece.at[(i + n - 1) % n]).unit(), (piece.at[(i + 1) % n] - p).unit());
            if !(0.27..0.73).contains(&share) || into.dot(out) < 0.97 || out.dot(along).abs() < 0.7 {
                continue;
            }
            let third = self.mesh.next(piece.halves[i] ^ 1);
            let line = self.mesh.line(third);
            if self.lines[line as usize].rank < Rank::Main {
                continue;
            }
            let direction = (self.mesh.end(third) - self.mesh.start(third)).unit();
            let direction =
                direction.towards(along.left() * along.left().dot(direction).signum(), 0.4).unit();
            for side in [-1.0, 1.0] {
                let through = p + out * (self.rules.jog * 1.1 * side);
                found.push(Candidate { through, direction, takes_up: Some(line) });
            }
        }
        found
    }
}

/// The acceptable chords of a piece along a candidate's line.
fn chords(piece: &Piece, candidate: &Candidate, rules: Rules) -> Vec<Chord> {
    let n = piece.at.len();
    let direction = candidate.direction.unit();
    let aside = |p: V| direction.cross(p - candidate.through);
    let mut ends: Vec<(f64, End)> = Vec::new();
    let mut from = aside(piece.at[0]);
    for edge in 0..n {
        let to = aside(piece.at[(edge + 1) % n]);
        if (from < 0.0) != (to < 0.0) {
            let at = piece.at[edge].towards(piece.at[(edge + 1) % n], from / (from - to));
            ends.push(((at - candidate.through).dot(direction), snapped(piece, edge, at)));
        }
        from = to;
    }
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    ends.chunks_exact(2)
        .filter_map(|pair| chord(piece, [pair[0].1, pair[1].1], candidate.takes_up, rules))
        .collect()
}

/// An end on a corner that is near, else where it fell.
fn snapped(piece: &Piece, edge: usize, at: V) -> End {
    let next = (edge + 1) % piece.at.len();
    for corner in [edge, next] {
        if piece.at[corner].distance(at) < REUSE {
            return End { edge: corner, at: piece.at[corner], reuse: true };
        }
    }
    End { edge, at, reuse: false }
}

fn chord(piece: &Piece, ends: [End; 2], takes_up: Option<u32>, rules: Rules) -> Option<Chord> {
    let [a, b] = ends;
    let length = a.at.distance(b.at);
    let direction = (b.at - a.at).unit();
    let sine = sine_at(piece, a, direction).min(sine_at(piece, b, direction));
    if length < rules.width || sine < LEAST_SINE || crowded(piece, ends, rules) {
        return None;
    }
    let left = piece.area_left((a.edge, a.at), (b.edge, b.at));
    let share = left / piece.area;
    let least = left.min(piece.area - left);
    let (mut deep_left, mut deep_right) = (0.0_f64, 0.0_f64);
    for p in &piece.at {
        let s = direction.cross(*p - a.at);
        deep_left = deep_left.max(s);
        deep_right = deep_right.max(-s);
    }
    if least < 0.7 * rules.width * length || deep_left.min(deep_right) < rules.width {
        return None;
    }
    let score = (share - 0.5).abs() * 2.0 + (1.0 - sine) - if takes_up.is_some() { 0.45 } else { 0.0 };
    Some(Chord { ends, takes_up, score })
}

/// Sine of the sharper angle between a chord and the border at one of its ends.
fn sine_at(piece: &Piece, end: End, direction: V) -> f64 {
    let n = piece.at.len();
    let before = if end.reuse { piece.at[(end.edge + n - 1) % n] } else { piece.at[end.edge] };
    let after = piece.at[(end.edge + 1) % n];
    let sine = |to: V| (to - end.at).unit().cross(direction).abs();
    sine(before).min(sine(after))
}

/// Whether a chord comes too near a node with its ends, or too near anything on its way.
fn crowded(piece: &Piece, [a, b]: [End; 2], rules: Rules) -> bool {
    let near_node = |p: V| piece.nodes.iter().any(|&i| piece.at[i].distance(p) < rules.jog);
    if near_node(a.at) || near_node(b.at) {
        return true;
    }
    let (clear, direction, length) = (0.6 * rules.width, (b.at - a.at).unit(), a.at.distance(b.at));
    piece.at.iter().any(|&p| {
        let along = (p - a.at).dot(direction);
        let from_end = along.min(length - along);
        from_end > 0.0 && direction.cross(p - a.at).abs() < clear.min(WEDGE * from_end)
    })
}

//! Straight chords of a leaf that balance: in every direction the one that leaves the right weight on its left, then the
//! shortest that leaves hardly less or more.

use super::frame::Frame;
use super::line::Run;
use super::shape::Shape;
use super::step;
use crate::crs::Point;

/// How many directions are tried.
pub const DIRECTIONS: usize = 36;
/// How often a chord is moved to where it balances better.
const MOVES: usize = 5;
/// How many offsets about the balanced one are tried for a shorter chord.
const ABOUT: usize = 8;
/// How many of the best are moved about.
const POLISHED: usize = 12;
/// How many stretches of one line are tried, the longest first.
const STRETCHES: usize = 3;
/// Where lines start too, as shares of the width, when too few chords are any good.
const STARTS: [f64; 7] = [0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9];
/// A chord this good is good, and this many are enough.
const GOOD: (f64, usize) = (0.03, 6);

/// A chord that cuts a leaf in two.
#[derive(Clone, Debug)]
pub struct Chord {
    /// Its ends, a little outside the leaf.
    pub line: [Point; 2],
    /// Which of the directions it has.
    pub direction: usize,
    /// How far the two pieces are from what they should weigh, as a share of the mean part.
    pub deviation: f64,
    length: f64,
    offset: f64,
    middle: f64,
    /// How many parts its left is to become.
    pub left: usize,
}

/// Chords of a leaf that leave `left` of `parts` parts on their left, for each of `lefts`; the best first.
pub fn chords(shape: &Shape, lefts: &[usize], parts: usize) -> Vec<Chord> {
    let frames: Vec<Frame> = (0..DIRECTIONS)
        .map(|direction| shape.frame(std::f64::consts::PI * direction as f64 / DIRECTIONS as f64))
        .collect();
    let mut found = Vec::new();
    let searches = || {
        let frames = frames.iter().enumerate();
        frames.flat_map(|(direction, frame)| {
            lefts.iter().map(move |&left| Search { shape, frame, direction, left, parts })
        })
    };
    for search in searches() {
        search.from(search.start(), &mut found);
    }
    if found.iter().filter(|chord| chord.deviation < GOOD.0).count() < GOOD.1 {
        for search in searches() {
            let [low, high] = search.frame.range;
            for share in STARTS {
                search.from(low + (high - low) * share, &mut found);
            }
        }
    }
    sort(&mut found);
    for chord in found.iter_mut().take(POLISHED) {
        let search = Search {
            shape,
            frame: &frames[chord.direction],
            direction: chord.direction,
            left: chord.left,
            parts,
        };
        search.polish(chord);
    }
    sort(&mut found);
    found
}

fn sort(chords: &mut [Chord]) {
    chords.sort_by(|p, q| {
        let [a, b] = [p, q].map(|chord| step(chord.deviation));
        a.cmp(&b).then(p.length.total_cmp(&q.length)).then(p.line.cmp(&q.line))
    });
}

struct Search<'a> {
    shape: &'a Shape,
    frame: &'a Frame,
    direction: usize,
    left: usize,
    parts: usize,
}

impl Search<'_> {
    fn mean(&self) -> f64 {
        self.shape.total / self.parts as f64
    }

    fn target(&self) -> f64 {
        self.mean() * self.left as f64
    }

    /// Where a whole line has the right weight before it.
    fn start(&self) -> f64 {
        if self.frame.ranks.is_empty() {
            return self.shape.area_offset(self.frame, self.target());
        }
        self.frame.gap(self.target())
    }

    /// Takes the chords of the line at `start` to where they balance.
    fn from(&self, start: f64, found: &mut Vec<Chord>) {
        let mut runs = self.shape.runs(self.frame, start);
        runs.sort_by(|p, q| q.length().total_cmp(&p.length()));
        for run in runs.into_iter().take(STRETCHES) {
            let mut best = self.chord(start, &run);
            let mut here = (start, self.shape.left_of(&run), run);
            for _ in 0..MOVES {
                let c = self.moved(here.0, here.1, here.2.length());
                let Some(run) = self.near(c, here.2.middle()).filter(|_| c.to_bits() != here.0.to_bits())
                else {
                    break;
                };
                let chord = self.chord(c, &run);
                let better = chord.deviation < best.deviation;
                here = (c, self.shape.left_of(&run), run);
                if better {
                    best = chord;
                }
                if best.deviation < ENOUGH {
                    break;
                }
            }
            found.push(best);
        }
    }

    /// Where a chord at `c` with `left` on its left would balance, were everything as near it is.
    fn moved(&self, c: f64, left: f64, length: f64) -> f64 {
        let missing = self.target() - left;
        let [low, high] = self.frame.range;
        if self.frame.ranks.is_empty() {
            return (c + missing / length.max(1.0)).clamp(low, high);
        }
        self.frame.gap(self.frame.before(c) + missing)
    }

    /// The run at `c` that is nearest along the line.
    fn near(&self, c: f64, middle: f64) -> Option<Run> {
        let far = |run: &Run| (run.middle() - middle).abs();
        self.shape.runs(self.frame, c).into_iter().min_by(|p, q| far(p).total_cmp(&far(q)))
    }

    fn chord(&self, offset: f64, run: &Run) -> Chord {
        let left = self.shape.left_of(run);
        let (a, b) = (self.left as f64, (self.parts - self.left) as f64);
        let share = |weight: f64, parts: f64| (weight / parts / self.mean() - 1.0).abs();
        Chord {
            line: self.shape.line(self.frame, run),
            direction: self.direction,
            deviation: share(left, a).max(share(self.shape.total - left, b)),
            length: run.length(),
            offset,
            middle: run.middle(),
            left: self.left,
        }
    }

    /// Moves a chord to where it is shortest, as long as it balances as well but for a step.
    fn polish(&self, chord: &mut Chord) {
        let [low, high] = self.about(chord);
        let (steps, middle) = (step(chord.deviation), chord.middle);
        for i in 0..=ABOUT {
            let c = low + (high - low) * (i as f64 + 0.5) / (ABOUT as f64 + 1.0);
            let Some(run) = self.near(c, middle).filter(|run| run.length() < chord.length) else { continue };
            let other = self.chord(c, &run);
            if step(other.deviation) <= steps {
                *chord = other;
            }
        }
    }

    /// The offsets between which a chord passes no more than a step of weight.
    fn about(&self, chord: &Chord) -> [f64; 2] {
        let room = self.mean() / 100.0;
        let [low, high] = self.frame.range;
        if self.frame.ranks.is_empty() {
            let far = room / chord.length.max(1.0);
            return [(chord.offset - far).max(low), (chord.offset + far).min(high)];
        }
        let ranks = &self.frame.ranks;
        let before = self.frame.before(chord.offset);
        let first = ranks.partition_point(|rank| rank.1 < before - room);
        let last = ranks.partition_point(|rank| rank.1 <= before + room);
        let s = |i: usize, edge: f64| ranks.get(i).map_or(edge, |rank| rank.0);
        [if first == 0 { low } else { s(first, low).min(chord.offset) }, s(last, high).max(chord.offset)]
    }
}

/// No chord is moved any more that balances to this.
const ENOUGH: f64 = 1e-3;

//! The edits of a plan in groups that have nothing to do with each other, so that each can be decided for itself.
//!
//! ```text
//! e1  splits a          touches a, a'      ┐
//! e2  moves a | b       touches a, b       ├─ group 1: e1 e2 e4
//! e3  renames g         touches g          │  group 3: e3
//! e4  draws near a | b, within its reach   ┘
//! ```
//!
//! Two edits are in one group where they touch, name or make a unit in common; where one is done under a unit that the
//! other makes, retires, renumbers or gives area; where one gives a unit its area while the other makes or takes units
//! under it; and where one takes its points to borders that the other moved. A unit
//! under which both work, and which stays as it is, joins nothing. Any whole groups, in order, can be done without the
//! others, and do the same.

use std::collections::{BTreeMap, BTreeSet};

use super::delta::Delta;
use super::replay::Recorded;
use crate::crs::{Bounds, LocalPlane, LonLat, Point};
use crate::unit::{Code, Hierarchy, Uid};

/// Edits that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The number of its first edit.
    pub id: u64,
    /// Its edits, in order.
    pub edits: Vec<u64>,
    /// The units and voids whose borders or words they change.
    pub units: BTreeSet<Uid>,
}

/// The groups of edits on a base, by their first edits; `deltas` says what each edit did, and those beyond it were not done.
#[must_use]
pub fn groups(base: &Hierarchy, edits: &[Recorded], deltas: &[Delta]) -> Vec<Group> {
    let mut held = Vec::new();
    let mut codes = Codes::of(base);
    for (edit, delta) in edits.iter().zip(deltas) {
        held.push(Held::by(edit, delta, &mut codes));
    }
    let mut sets = Sets::of(held.len());
    join_shared(&held, &mut sets);
    join_beneath(&held, &mut sets);
    join_near(&held, deltas, &mut sets);
    gathered(edits, deltas, &mut sets)
}

/// What an edit has to do with.
struct Held {
    /// The units that it touches, names or makes.
    units: BTreeSet<Uid>,
    /// The codes that it gives or takes away.
    codes: BTreeSet<Code>,
    /// The units above them, before and after.
    above: BTreeSet<Uid>,
    /// Those of which it makes more than other words: borders, existence, codes.
    shaped: BTreeSet<Uid>,
    /// Those that must be leaves for it, whether or not it changes them.
    leaves: BTreeSet<Uid>,
    /// Where it looks for borders.
    looks: Vec<Bounds>,
    /// Where it moved borders.
    moved: Bounds,
}

impl Held {
    /// `codes` are those before the edit, and then those after it.
    fn by(recorded: &Recorded, delta: &Delta, codes: &mut Codes<'_>) -> Self {
        let named = recorded.edit.works_on().into_iter().filter_map(|code| codes.by_code.get(code));
        let mut units: BTreeSet<Uid> = named.copied().collect();
        units.extend(recorded.drawn.iter().map(|drawn| drawn.uid));
        units.extend(recorded.edit.voids());
        units.extend(delta.touched());
        let borders = || delta.gone.iter().chain(&delta.made);
        let mut shaped: BTreeSet<Uid> = borders().flat_map(|b| [b.2, b.3]).flatten().collect();
        let mut given = BTreeSet::new();
        for (uid, (was, is)) in &delta.units {
            let [was, is] = [was, is].map(|said| said.as_ref().map(|said| said.code.as_ref()));
            if was != is {
                shaped.insert(*uid);
                given.extend(was.into_iter().chain(is).flatten().cloned());
            }
        }
        let mut above = codes.above(&units);
        codes.follow(delta);
        above.extend(codes.above(&units));
        let leaves = recorded.edit.areas_of().filter_map(|code| codes.by_code.get(code)).copied().collect();
        let moved = Bounds::of(borders().flat_map(|b| [&b.0, &b.1]));
        Self { units, codes: given, above, shaped, leaves, looks: looks(recorded), moved }
    }
}

/// The boxes in which an edit looks for borders.
fn looks(recorded: &Recorded) -> Vec<Bounds> {
    let (points, metres) = recorded.edit.snapping();
    if metres <= 0.0 {
        return Vec::new();
    }
    points.into_iter().map(|point| around(point, metres)).collect()
}

/// A box that holds all within a distance of a point.
fn around(point: Point, metres: f64) -> Bounds {
    let (east, north) = LocalPlane::at(LonLat::from_lattice(point)).metres_per_unit();
    let reach = |unit: f64| (metres / unit).ceil() as i32 + 1;
    let (dx, dy) = (reach(east), reach(north));
    Bounds {
        min: Point::new(point.x.saturating_sub(dx), point.y.saturating_sub(dy)),
        max: Point::new(point.x.saturating_add(dx), point.y.saturating_add(dy)),
    }
}

/// Who has which code, from edit to edit.
struct Codes<'a> {
    base: &'a Hierarchy,
    by_uid: BTreeMap<Uid, Code>,
    by_code: BTreeMap<Code, Uid>,
}

impl<'a> Codes<'a> {
    fn of(base: &'a Hierarchy) -> Self {
        let units = base.units();
        Self {
            base,
            by_uid: units.iter().map(|unit| (unit.uid, unit.code.clone())).collect(),
            by_code: units.iter().map(|unit| (unit.code.clone(), unit.uid)).collect(),
        }
    }

    fn follow(&mut self, delta: &Delta) {
        for (uid, (was, _)) in &delta.units {
            if let Some(code) = was.as_ref().and_then(|was| was.code.as_ref()) {
                self.by_uid.remove(uid);
                self.by_code.remove(code);
            }
        }
        for (uid, (_, is)) in &delta.units {
            if let Some(code) = is.as_ref().and_then(|is| is.code.as_ref()) {
                self.by_uid.insert(*uid, code.clone());
                self.by_code.insert(code.clone(), *uid);
            }
        }
    }

    /// The units above some: those whose codes theirs begin with.
    fn above(&self, units: &BTreeSet<Uid>) -> BTreeSet<Uid> {
        let mut found = BTreeSet::new();
        for code in units.iter().filter_map(|uid| self.by_uid.get(uid)) {
            let levels = self.base.levels().as_slice().iter().map(|level| usize::from(level.digits));
            let prefixes = levels.filter(|digits| *digits < code.digits()).filter_map(|d| code.prefix(d));
            found.extend(prefixes.filter_map(|prefix| self.by_code.get(&prefix)));
        }
        found
    }
}

/// Edits that have a unit or a code in common.
fn join_shared(held: &[Held], sets: &mut Sets) {
    let mut first_with = (BTreeMap::new(), BTreeMap::new());
    for (i, edit) in held.iter().enumerate() {
        for uid in &edit.units {
            sets.join(i, *first_with.0.entry(uid).or_insert(i));
        }
        for code in &edit.codes {
            sets.join(i, *first_with.1.entry(code).or_insert(i));
        }
    }
}

/// Edits under a unit that another shapes, or that must be a leaf for another while they make or take units under it.
fn join_beneath(held: &[Held], sets: &mut Sets) {
    let shapers: BTreeMap<Uid, usize> =
        held.iter().enumerate().flat_map(|(i, edit)| edit.shaped.iter().map(move |uid| (*uid, i))).collect();
    for (i, edit) in held.iter().enumerate() {
        for shaper in edit.above.iter().filter_map(|uid| shapers.get(uid)) {
            sets.join(i, *shaper);
        }
    }
    for (i, edit) in held.iter().enumerate().filter(|(_, edit)| !edit.leaves.is_empty()) {
        for (j, other) in held.iter().enumerate().filter(|(_, other)| !other.codes.is_empty()) {
            if !edit.leaves.is_disjoint(&other.above) {
                sets.join(i, j);
            }
        }
    }
}

/// Edits that look for borders where another moved some.
fn join_near(held: &[Held], deltas: &[Delta], sets: &mut Sets) {
    for (i, edit) in held.iter().enumerate() {
        for (j, other) in held.iter().enumerate() {
            let mut meets = edit.looks.iter().filter(|bounds| bounds.meets(other.moved));
            if i != j && !sets.joined(i, j) && meets.any(|bounds| moves_within(&deltas[j], *bounds)) {
                sets.join(i, j);
            }
        }
    }
}

/// Whether an edit moved a piece of border whose box meets another.
fn moves_within(delta: &Delta, bounds: Bounds) -> bool {
    delta.gone.iter().chain(&delta.made).any(|b| Bounds::of([&b.0, &b.1]).meets(bounds))
}

fn gathered(edits: &[Recorded], deltas: &[Delta], sets: &mut Sets) -> Vec<Group> {
    let mut found: BTreeMap<usize, Group> = BTreeMap::new();
    for (i, (edit, delta)) in edits.iter().zip(deltas).enumerate() {
        let new = || Group { id: edit.id, edits: Vec::new(), units: BTreeSet::new() };
        let group = found.entry(sets.first(i)).or_insert_with(new);
        group.edits.push(edit.id);
        group.units.extend(delta.changed());
    }
    found.into_values().collect()
}

/// Disjoint sets of the first so many numbers; each goes by its least.
struct Sets(Vec<usize>);

impl Sets {
    fn of(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn first(&mut self, mut i: usize) -> usize {
        while self.0[i] != i {
            self.0[i] = self.0[self.0[i]];
            i = self.0[i];
        }
        i
    }

    fn joined(&mut self, i: usize, j: usize) -> bool {
        self.first(i) == self.first(j)
    }

    fn join(&mut self, i: usize, j: usize) {
        let (i, j) = (self.first(i), self.first(j));
        self.0[i.max(j)] = i.min(j);
    }
}

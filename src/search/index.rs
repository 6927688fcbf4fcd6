//! Everything of one version that can be found, in the order in which equals are listed.
//!
//! ```text
//! entries   units above the lowest level   places         landmarks   units of the lowest level
//!           by level, then code            by name        as given    by code
//!           └──── uppers ────┘
//! ```
//!
//! A place is listed after villages and before grids: a village has a few of them, and many grids. So is a landmark (a
//! river, a road), but behind a unit that bears its very name.

use std::collections::BTreeSet;

use super::alphabet::{Alphabet, Glyph};
use super::fold::squeezed;
use super::name::{forms, numbered};
use crate::unit::{Hierarchy, PointFeature, UnitIndex};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A unit of the hierarchy.
    Unit(UnitIndex),
    /// A place, by its position in the list given.
    Place(usize),
    /// A landmark, by its position in the list given.
    Landmark(usize),
}

/// What has a name and an extent and is no unit: a void, a canal, a road.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedExtent<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The leaves it touches.
    pub touches: &'a [UnitIndex],
}

/// Position of something in the index.
pub(super) type EntryIndex = u32;

/// Something that can be found.
#[derive(Debug)]
pub(super) struct Entry {
    pub target: Target,
    /// A unit's code; empty for the rest.
    pub code: Box<str>,
    /// The unit above it; for a place the leaf it lies in; none for a landmark.
    pub parent: Option<EntryIndex>,
    /// A leaf's number in the unit above it: what its name ends with, or else the end of its code.
    pub number: Option<u32>,
}

/// One way to write the name of an entry.
#[derive(Debug)]
pub(super) struct Written {
    pub entry: EntryIndex,
    pub name: Box<[Glyph]>,
    /// Bit `n`: its first `n` characters are a whole name.
    pub ends: u64,
}

/// What can be found in one version. Threads share it.
#[derive(Debug)]
pub struct Index {
    pub(super) alphabet: Alphabet,
    pub(super) entries: Vec<Entry>,
    /// How many of the entries are units above the lowest level.
    pub(super) uppers: usize,
    /// By entry.
    pub(super) written: Vec<Written>,
    /// How many of `written` belong to uppers.
    pub(super) written_uppers: usize,
    /// By landmark: the units it runs through.
    through: Vec<Vec<EntryIndex>>,
    /// Digits of a code after which a level begins.
    pub(super) bounds: Vec<usize>,
}

impl Index {
    /// Of the units, places and landmarks of a version; `homes` has the leaf that each place lies in.
    #[must_use]
    pub fn build(
        hierarchy: &Hierarchy,
        places: &[PointFeature],
        homes: &[Option<UnitIndex>],
        landmarks: &[NamedExtent],
    ) -> Self {
        let lowest = hierarchy.of_level(hierarchy.levels().lowest());
        let uppers = lowest.start as usize;
        let between = (places.len() + landmarks.len()) as u32;
        let at = |unit: UnitIndex| if unit < lowest.start { unit } else { unit + between };
        let unit = |index: UnitIndex| unit_entry(hierarchy, index, hierarchy.parent(index).map(at));
        let place = |&i: &usize| Entry {
            target: Target::Place(i),
            code: Box::default(),
            parent: homes.get(i).copied().flatten().map(at),
            number: None,
        };
        let landmark = |i: usize| Entry {
            target: Target::Landmark(i),
            code: Box::default(),
            parent: None,
            number: None,
        };
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by_key(|&i| (&places[i].name, &places[i].kind, i));
        let entries: Vec<Entry> = (0..lowest.start)
            .map(unit)
            .chain(order.iter().map(place))
            .chain((0..landmarks.len()).map(landmark))
            .chain(lowest.clone().map(unit))
            .collect();
        let name_of = |target: Target| match target {
            Target::Unit(unit) => hierarchy.unit(unit).name.as_str(),
            Target::Place(place) => places[place].name.as_str(),
            Target::Landmark(landmark) => landmarks[landmark].name,
        };
        let mut alphabet = Alphabet::default();
        let written: Vec<Written> = (0..)
            .zip(&entries)
            .flat_map(|(index, entry)| write(&mut alphabet, index, name_of(entry.target)))
            .collect();
        let written_uppers = written.partition_point(|w| (w.entry as usize) < uppers);
        let bounds = hierarchy.levels().as_slice().iter().map(|level| usize::from(level.digits)).collect();
        let through = landmarks.iter().map(|l| uppers_of(hierarchy, l.touches, uppers)).collect();
        Self { alphabet, entries, uppers, written, written_uppers, through, bounds }
    }

    /// The uppers above an entry, from below; for a landmark those it runs through.
    pub(super) fn above(&self, entry: EntryIndex) -> impl Iterator<Item = EntryIndex> + '_ {
        let parent = |entry: &EntryIndex| self.entries[*entry as usize].parent;
        let through = match self.entries[entry as usize].target {
            Target::Landmark(landmark) => self.through[landmark].as_slice(),
            _ => &[],
        };
        std::iter::successors(parent(&entry), parent).chain(through.iter().copied())
    }
}

/// Each unit above the lowest level that some leaves belong to, once.
fn uppers_of(hierarchy: &Hierarchy, leaves: &[UnitIndex], uppers: usize) -> Vec<EntryIndex> {
    let units = leaves.iter().flat_map(|&leaf| hierarchy.chain(leaf));
    let found: BTreeSet<UnitIndex> = units.filter(|&unit| (unit as usize) < uppers).collect();
    found.into_iter().collect()
}

fn unit_entry(hierarchy: &Hierarchy, index: UnitIndex, parent: Option<EntryIndex>) -> Entry {
    let unit = hierarchy.unit(index);
    let code = unit.code.as_str();
    let number = hierarchy.owner_of(index).and(hierarchy.parent(index)).and_then(|upper| {
        let named = numbered(&squeezed(&unit.name)).map(|(number, _)| number);
        named.or_else(|| code.get(hierarchy.unit(upper).code.digits()..)?.parse().ok())
    });
    Entry { target: Target::Unit(index), code: code.into(), parent, number }
}

fn write(alphabet: &mut Alphabet, entry: EntryIndex, name: &str) -> Vec<Written> {
    let mut glyphs = |text: &[char]| text.iter().map(|&c| alphabet.add(c)).collect::<Option<Box<[Glyph]>>>();
    forms(name)
        .into_iter()
        .filter_map(|form| Some(Written { entry, name: glyphs(&form.text)?, ends: form.ends }))
        .collect()
}

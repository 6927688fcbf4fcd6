//! Five colours such that no two neighbours of a level share one, and as few units as can be change theirs.
//!
//! In: who borders whom, and the colours before. Units that still differ from their neighbours keep theirs; the others
//! are coloured last-to-first in the order of *smallest degree last*, in which a planar map needs six at most; where all
//! five are taken, a Kempe chain (the neighbours of two colours that hang together) is swapped to free one. Units that
//! have pieces apart make a map that is not planar; where even a swap does not do, the colour that fewest neighbours
//! have is taken.

use std::collections::{BTreeMap, BTreeSet};

use crate::coverage::Coverage;
use crate::unit::{Hierarchy, Uid, UnitIndex};

/// How many colours there are.
pub const TINTS: u8 = 5;

const FREE: u8 = u8::MAX;

/// A tint (0 to 4) for every unit in the order of [`Hierarchy::units`], such that neighbours in a level's layer differ.
/// `previous` holds the tints of the version before, by uid; those that are still proper stay.
#[must_use]
pub fn tint(hierarchy: &Hierarchy, coverage: &Coverage, previous: &BTreeMap<Uid, u8>) -> Vec<u8> {
    let mut tints = vec![FREE; hierarchy.units().len()];
    for level in 0..hierarchy.levels().count() as u8 {
        // Leaves that stand higher were coloured with their own level and stay.
        let fixed: Vec<bool> = tints.iter().map(|&t| t != FREE).collect();
        for unit in hierarchy.of_level(level) {
            let before = previous.get(&hierarchy.unit(unit).uid).copied();
            tints[unit as usize] = before.filter(|&t| t < TINTS).unwrap_or(FREE);
        }
        let map = Map::new(hierarchy, coverage, level, fixed);
        map.free_the_improper(&mut tints);
        map.colour(&mut tints);
    }
    tints
}

/// Who borders whom in a level's layer, by unit index.
struct Map {
    units: Vec<UnitIndex>,
    neighbours: Vec<Vec<UnitIndex>>,
    fixed: Vec<bool>,
}

impl Map {
    fn new(hierarchy: &Hierarchy, coverage: &Coverage, level: u8, fixed: Vec<bool>) -> Self {
        let mut neighbours = vec![Vec::new(); hierarchy.units().len()];
        for arc in coverage.arcs() {
            let [left, right] = [arc.left, arc.right].map(|owner| hierarchy.at_level(owner, level));
            if let (Some(a), Some(b)) = (left, right)
                && a != b
            {
                neighbours[a as usize].push(b);
                neighbours[b as usize].push(a);
            }
        }
        for list in &mut neighbours {
            list.sort_unstable();
            list.dedup();
        }
        Self { units: hierarchy.of_level(level).collect(), neighbours, fixed }
    }

    fn around(&self, unit: UnitIndex) -> &[UnitIndex] {
        &self.neighbours[unit as usize]
    }

    /// Takes the colour from units that share theirs with a neighbour that stays: fixed, or before them in order.
    fn free_the_improper(&self, tints: &mut [u8]) {
        for &unit in &self.units {
            let stays = |&n: &UnitIndex| self.fixed[n as usize] || n < unit;
            let taken = |n: &UnitIndex| tints[*n as usize] == tints[unit as usize];
            if tints[unit as usize] != FREE && self.around(unit).iter().filter(|n| stays(n)).any(taken) {
                tints[unit as usize] = FREE;
            }
        }
    }

    fn colour(&self, tints: &mut [u8]) {
        let mut used = [0_usize; TINTS as usize];
        tints.iter().filter(|&&t| t != FREE).for_each(|&t| used[usize::from(t)] += 1);
        for unit in self.smallest_last(tints) {
            let tint = self.free_tint(unit, tints, &used).or_else(|| self.swap(unit, tints));
            let tint = tint.unwrap_or_else(|| self.rarest_around(unit, tints));
            tints[unit as usize] = tint;
            used[usize::from(tint)] += 1;
        }
    }

    /// The uncoloured units, so that each has few neighbours among those before it: repeatedly the one with the fewest
    /// neighbours left is put to the end.
    fn smallest_last(&self, tints: &[u8]) -> Vec<UnitIndex> {
        let waiting = |u: UnitIndex| tints[u as usize] == FREE && self.units.binary_search(&u).is_ok();
        let mut degree: BTreeMap<UnitIndex, usize> =
            self.units.iter().filter(|&&u| waiting(u)).map(|&u| (u, self.around(u).len())).collect();
        let mut queue: BTreeSet<(usize, UnitIndex)> = degree.iter().map(|(&u, &d)| (d, u)).collect();
        let mut order = Vec::with_capacity(queue.len());
        while let Some((_, unit)) = queue.pop_first() {
            degree.remove(&unit);
            order.push(unit);
            for n in self.around(unit) {
                if let Some(d) = degree.get_mut(n) {
                    queue.remove(&(*d, *n));
                    *d -= 1;
                    queue.insert((*d, *n));
                }
            }
        }
        order.reverse();
        order
    }

    fn counts_around(&self, unit: UnitIndex, tints: &[u8]) -> [usize; TINTS as usize] {
        let mut counts = [0; TINTS as usize];
        for &n in self.around(unit) {
            if tints[n as usize] != FREE {
                counts[usize::from(tints[n as usize])] += 1;
            }
        }
        counts
    }

    /// The colour that no neighbour has and fewest units have so far.
    fn free_tint(&self, unit: UnitIndex, tints: &[u8], used: &[usize]) -> Option<u8> {
        let around = self.counts_around(unit, tints);
        (0..TINTS).filter(|&t| around[usize::from(t)] == 0).min_by_key(|&t| (used[usize::from(t)], t))
    }

    fn rarest_around(&self, unit: UnitIndex, tints: &[u8]) -> u8 {
        let around = self.counts_around(unit, tints);
        (0..TINTS).min_by_key(|&t| (around[usize::from(t)], t)).unwrap_or(0)
    }

    /// Frees a colour by swapping two in the chains that hang on `unit`'s neighbours of the one; gives that one.
    fn swap(&self, unit: UnitIndex, tints: &mut [u8]) -> Option<u8> {
        let pairs = (0..TINTS).flat_map(|a| (0..TINTS).map(move |b| (a, b))).filter(|(a, b)| a != b);
        let (from, to, chain) =
            pairs.map(|(a, b)| (a, b, self.chain(unit, a, b, tints))).find(|(_, b, chain)| {
                let holds_both =
                    self.around(unit).iter().any(|n| tints[*n as usize] == *b && chain.contains(n));
                !holds_both && !chain.iter().any(|&u| self.fixed[u as usize])
            })?;
        for u in chain {
            tints[u as usize] = if tints[u as usize] == from { to } else { from };
        }
        Some(from)
    }

    /// Everything of colours `a` and `b` that hangs together with `unit`'s neighbours of colour `a`.
    fn chain(&self, unit: UnitIndex, a: u8, b: u8, tints: &[u8]) -> BTreeSet<UnitIndex> {
        let mut waiting: Vec<UnitIndex> =
            self.around(unit).iter().copied().filter(|&n| tints[n as usize] == a).collect();
        let mut chain = BTreeSet::new();
        while let Some(u) = waiting.pop() {
            if chain.insert(u) {
                let in_chain = |&n: &UnitIndex| n != unit && [a, b].contains(&tints[n as usize]);
                waiting.extend(self.around(u).iter().copied().filter(in_chain));
            }
        }
        chain
    }
}

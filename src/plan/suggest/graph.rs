//! Leaves as a graph: two are joined where they share an arc, a point alone joins nobody.

use std::collections::BTreeMap;

use crate::coverage::Coverage;
use crate::crs::length_m;

/// Leaves with weights, and how long the border between two of them is.
pub struct Graph {
    /// By leaf: households or m².
    pub weights: Vec<f64>,
    /// By leaf: each neighbour, with the length of the shared border in m.
    pub beside: Vec<Vec<(usize, f64)>>,
}

/// Leaves in groups, each connected.
#[derive(Clone, Debug)]
pub struct Groups {
    /// By leaf: its group, numbered as they come.
    pub of: Vec<usize>,
    /// By group.
    pub weights: Vec<f64>,
    /// By group: how many leaves.
    pub sizes: Vec<usize>,
    /// Length of the borders between groups, in m.
    pub border_m: f64,
}

impl Graph {
    /// The owners of a coverage.
    pub fn of(coverage: &Coverage, weights: Vec<f64>) -> Self {
        let mut shared: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for arc in coverage.arcs().filter(|arc| !arc.left.is_outside() && !arc.right.is_outside()) {
            let (a, b) = (arc.left.index(), arc.right.index());
            *shared.entry((a.min(b), a.max(b))).or_default() += length_m(arc.points);
        }
        let mut beside = vec![Vec::new(); weights.len()];
        for ((a, b), length) in shared {
            beside[a].push((b, length));
            beside[b].push((a, length));
        }
        Self { weights, beside }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// What can be reached from a leaf over leaves that `among` takes, the leaf itself first.
    pub fn reached(&self, from: usize, among: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut seen = vec![false; self.len()];
        seen[from] = true;
        let mut found = vec![from];
        let mut next = 0;
        while let Some(&here) = found.get(next) {
            next += 1;
            for &(there, _) in &self.beside[here] {
                if !seen[there] && among(there) {
                    seen[there] = true;
                    found.push(there);
                }
            }
        }
        found
    }

    /// Every shared border, once: the two, and its length in m.
    pub fn borders(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        let all = self.beside.iter().enumerate();
        all.flat_map(|(a, beside)| beside.iter().filter(move |b| a < b.0).map(move |&(b, m)| (a, b, m)))
    }
}

impl Groups {
    /// Groups by leaf, however they are numbered.
    pub fn new(graph: &Graph, labels: &[usize]) -> Self {
        let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
        let of: Vec<usize> = labels
            .iter()
            .map(|&label| {
                let next = numbers.len();
                *numbers.entry(label).or_insert(next)
            })
            .collect();
        let mut groups =
            Self { weights: vec![0.0; numbers.len()], sizes: vec![0; numbers.len()], border_m: 0.0, of };
        for (leaf, &group) in groups.of.iter().enumerate() {
            groups.weights[group] += graph.weights[leaf];
            groups.sizes[group] += 1;
        }
        let cut = graph.borders().filter(|&(a, b, _)| groups.of[a] != groups.of[b]);
        groups.border_m = cut.map(|(_, _, length)| length).sum();
        groups
    }

    /// Puts a leaf into another group.
    pub fn put(&mut self, graph: &Graph, leaf: usize, to: usize) {
        let from = std::mem::replace(&mut self.of[leaf], to);
        self.weights[from] -= graph.weights[leaf];
        self.weights[to] += graph.weights[leaf];
        self.sizes[from] -= 1;
        self.sizes[to] += 1;
        for &(other, length) in &graph.beside[leaf] {
            if self.of[other] == from {
                self.border_m += length;
            } else if self.of[other] == to {
                self.border_m -= length;
            }
        }
    }

    /// Whether the group of a leaf is connected.
    pub fn is_connected(&self, graph: &Graph, leaf: usize) -> bool {
        let group = self.of[leaf];
        graph.reached(leaf, |other| self.of[other] == group).len() == self.sizes[group]
    }
}

//! Groups of leaves: a random spanning tree is cut where it balances, the two sides again; then leaves at the borders of
//! groups go over, or change places, while that betters the balance, and then the length of the borders.
//!
//! ```text
//!   ●─●─●        ●─●─●
//!     │ │   →    ╳   │        a tree, and the edge whose loss leaves each side the weight of its groups
//!   ●─● ●        ●─● ●
//! ```
//!
//! Seeded: the same graph and seed give the same groups.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::graph::{Graph, Groups};
use super::{deviation, step};

/// How many leaves are put into groups in all: fewer tries where there are many, which take longer.
const WORK: usize = 4_800;
/// The fewest and the most tries.
const TRIES: (usize, usize) = (16, 600);
/// How often leaves go over for the balance, and then for the borders.
const TURNS: u32 = 2;
/// Sweeps over all leaves before a search counts as done.
const SWEEPS: usize = 40;

/// Every distinct grouping into `parts` connected groups that was found.
pub fn groupings(graph: &Graph, parts: usize, seed: u64) -> Vec<Groups> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let all: Vec<usize> = (0..graph.len()).collect();
    let mut found: BTreeMap<Vec<usize>, Groups> = BTreeMap::new();
    for turn in 0..(WORK / graph.len().max(1)).clamp(TRIES.0, TRIES.1) {
        // By turns long borders are likelier to stay within a group, and all alike.
        let lengths = turn % 2 == 0;
        let mut labels = vec![0; graph.len()];
        let mut next = 0;
        let mut chance = Chance { rng: &mut rng, lengths };
        divide(graph, &all, parts, &mut chance, &mut labels, &mut next);
        let mut groups = Groups::new(graph, &labels);
        for turn in 0..TURNS {
            // First all groups, then the worst before the others.
            better(graph, &mut groups, |g| (turn * step(deviation(&g.weights)), unevenness(g)));
            better(graph, &mut groups, |g| (step(deviation(&g.weights)), g.border_m));
            let groups = Groups::new(graph, &groups.of);
            found.entry(groups.of.clone()).or_insert(groups);
        }
    }
    found.into_values().collect()
}

/// The sum of squared deviations.
fn unevenness(groups: &Groups) -> f64 {
    let mean = groups.weights.iter().sum::<f64>() / groups.weights.len() as f64;
    groups.weights.iter().map(|w| (w / mean - 1.0) * (w / mean - 1.0)).sum()
}

/// How trees are thrown.
struct Chance<'a> {
    rng: &'a mut ChaCha8Rng,
    lengths: bool,
}

impl Chance<'_> {
    /// What an edge counts in a tree, for a border of some metres.
    fn throw(&mut self, metres: f64) -> f64 {
        // Uniform in 0..1, never 0.
        let unit = ((self.rng.next_u64() >> 11) as f64 + 0.5) * (1.0 / (1u64 << 53) as f64);
        -libm::log(unit) / if self.lengths { metres.max(1e-3) } else { 1.0 }
    }
}

/// Labels connected leaves with `parts` groups.
fn divide(
    graph: &Graph,
    leaves: &[usize],
    parts: usize,
    chance: &mut Chance<'_>,
    labels: &mut [usize],
    next: &mut usize,
) {
    let cut = if parts > 1 { Tree::random(graph, leaves, chance).cut(graph, parts) } else { None };
    let Some((side, share)) = cut else {
        for &leaf in leaves {
            labels[leaf] = *next;
        }
        *next += 1;
        return;
    };
    let (one, other): (Vec<usize>, Vec<usize>) = leaves.iter().partition(|leaf| side.contains(leaf));
    divide(graph, &one, share, chance, labels, next);
    divide(graph, &other, parts - share, chance, labels, next);
}

/// A spanning tree: leaves from the root on, each with its parent's position.
struct Tree {
    order: Vec<(usize, usize)>,
}

impl Tree {
    /// Prim's tree under random lengths.
    fn random(graph: &Graph, leaves: &[usize], chance: &mut Chance<'_>) -> Self {
        let mut lengths: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        let mut among = vec![false; graph.len()];
        for &leaf in leaves {
            among[leaf] = true;
        }
        for (a, b, metres) in graph.borders().filter(|&(a, b, _)| among[a] && among[b]) {
            lengths.insert((a, b), chance.throw(metres));
        }
        let mut order = vec![(leaves[0], 0)];
        among[leaves[0]] = false;
        // What each leaf outside the tree would be joined by.
        let mut near: BTreeMap<usize, (f64, usize)> = BTreeMap::new();
        loop {
            let here = order.len() - 1;
            let leaf = order[here].0;
            for &(other, _) in graph.beside[leaf].iter().filter(|other| among[other.0]) {
                let length = lengths[&(leaf.min(other), leaf.max(other))];
                let entry = near.entry(other).or_insert((length, here));
                if length < entry.0 {
                    *entry = (length, here);
                }
            }
            let next = near.iter().min_by(|p, q| p.1.0.total_cmp(&q.1.0)).map(|(&leaf, &(_, at))| (leaf, at));
            let Some((leaf, at)) = next else { break };
            near.remove(&leaf);
            among[leaf] = false;
            order.push((leaf, at));
        }
        Self { order }
    }

    /// The leaves below the edge whose loss balances best, and how many of the parts they become.
    fn cut(&self, graph: &Graph, parts: usize) -> Option<(Vec<usize>, usize)> {
        let n = self.order.len();
        let mut weights: Vec<f64> = self.order.iter().map(|&(leaf, _)| graph.weights[leaf]).collect();
        let mut sizes = vec![1; n];
        for i in (1..n).rev() {
            let parent = self.order[i].1;
            weights[parent] += weights[i];
            sizes[parent] += sizes[i];
        }
        let mean = weights[0] / parts as f64;
        let mut best: Option<(f64, usize, usize)> = None;
        for i in 1..n {
            let fewest = parts.saturating_sub(n - sizes[i]).max(1);
            for share in fewest..parts.min(sizes[i] + 1) {
                let off = |weight: f64, parts: usize| (weight / parts as f64 - mean).abs();
                let far = off(weights[i], share).max(off(weights[0] - weights[i], parts - share));
                if best.is_none_or(|best| far < best.0) {
                    best = Some((far, i, share));
                }
            }
        }
        let (_, top, share) = best?;
        let mut below = vec![false; n];
        below[top] = true;
        for i in top + 1..n {
            below[i] = below[self.order[i].1];
        }
        let leaves = self.order.iter().zip(&below).filter(|(_, below)| **below);
        Some((leaves.map(|(&(leaf, _), _)| leaf).collect(), share))
    }
}

/// Leaves at the borders of groups go over, or change places, while that makes the key less.
fn better(graph: &Graph, groups: &mut Groups, key: impl Fn(&Groups) -> (u32, f64)) {
    let less = |p: (u32, f64), q: (u32, f64)| p.0 < q.0 || p.0 == q.0 && p.1 < q.1 - 1e-9 * q.1.abs();
    let mut least = key(groups);
    for _ in 0..SWEEPS {
        let mut moved = false;
        for leaf in 0..graph.len() {
            for to in others(graph, groups, leaf) {
                let from = groups.of[leaf];
                if from == to {
                    continue;
                }
                if groups.sizes[from] > 1 {
                    let found = attempt(graph, groups, &[(leaf, to)], |g| less(key(g), least));
                    if found {
                        (least, moved) = (key(groups), true);
                        continue;
                    }
                }
                let partners = (0..graph.len()).filter(|&other| groups.of[other] == to);
                let partners: Vec<usize> =
                    partners.filter(|&other| touches(graph, groups, other, from)).collect();
                for other in partners {
                    if attempt(graph, groups, &[(leaf, to), (other, from)], |g| less(key(g), least)) {
                        (least, moved) = (key(groups), true);
                        break;
                    }
                }
            }
        }
        if !moved {
            break;
        }
    }
}

/// The groups beside a leaf that it is not in.
fn others(graph: &Graph, groups: &Groups, leaf: usize) -> Vec<usize> {
    let mut others: Vec<usize> = graph.beside[leaf].iter().map(|&(other, _)| groups.of[other]).collect();
    others.sort_unstable();
    others.dedup();
    others.retain(|&group| group != groups.of[leaf]);
    others
}

fn touches(graph: &Graph, groups: &Groups, leaf: usize, group: usize) -> bool {
    graph.beside[leaf].iter().any(|&(other, _)| groups.of[other] == group)
}

/// Puts leaves into other groups, and back unless that is better and all groups stay connected.
fn attempt(
    graph: &Graph,
    groups: &mut Groups,
    moves: &[(usize, usize)],
    better: impl Fn(&Groups) -> bool,
) -> bool {
    let (border_m, weights) = (groups.border_m, groups.weights.clone());
    let back: Vec<(usize, usize)> = moves.iter().map(|&(leaf, _)| (leaf, groups.of[leaf])).collect();
    for &(leaf, to) in moves {
        groups.put(graph, leaf, to);
    }
    if better(groups) && are_connected(graph, groups, moves, &back) {
        return true;
    }
    for &(leaf, from) in back.iter().rev() {
        groups.put(graph, leaf, from);
    }
    // To the bit: sums do not drift.
    (groups.border_m, groups.weights) = (border_m, weights);
    false
}

fn are_connected(graph: &Graph, groups: &Groups, moves: &[(usize, usize)], back: &[(usize, usize)]) -> bool {
    let touched = moves.iter().chain(back).map(|&(_, group)| group);
    let mut touched: Vec<usize> = touched.collect();
    touched.sort_unstable();
    touched.dedup();
    touched.into_iter().all(|group| {
        let first = groups.of.iter().position(|&of| of == group);
        first.is_some_and(|leaf| groups.is_connected(graph, leaf))
    })
}

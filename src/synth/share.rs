//! Sharing pieces out: a connected set of pieces becomes so many connected parts of about equal weight.
//!
//! The set is halved across, along the edges that are there, then each half again. Borders keep to wide lines
//! where they can (a canal makes a better border than a ditch). Parts hang together by construction: what a cut
//! strands goes over to the other side, and the numbers follow the weights that result. So the count is exact
//! for any connected set of at least so many pieces.

use super::chance::Dice;
use super::cut::Rank;
use super::graph::{Graph, NONE};
use super::plane::V;

/// Makes shares of a graph's pieces.
pub(super) struct Sharing<'a> {
    pub graph: &'a Graph,
    pub dice: &'a mut Dice,
    /// Which way the lines run: radians.
    pub turn: f64,
    /// Borders shorter than this do not hold a part together, in metres.
    pub least: f64,
}

/// Weights of parts, against the mean, that straightening keeps to.
const FAIR: (f64, f64) = (0.65, 1.5);
/// Most passes of straightening.
const STRAIGHTENINGS: usize = 6;

struct Halves {
    first: Vec<u32>,
    second: Vec<u32>,
    /// Parts of the first.
    parts: usize,
    score: f64,
}

/// How gladly a border follows a line, as a factor on its length.
pub(super) fn dislike(rank: Rank) -> f64 {
    match rank {
        Rank::Outline | Rank::Bank | Rank::Trunk => 0.25,
        Rank::Main => 0.45,
        Rank::Lateral => 0.65,
        Rank::Branch => 0.85,
        Rank::Ditch => 1.0,
    }
}

impl Sharing<'_> {
    /// `parts` connected parts of a connected set of at least as many pieces.
    pub fn share(&mut self, members: Vec<u32>, parts: usize) -> Vec<Vec<u32>> {
        let mut done = Vec::with_capacity(parts);
        let mut open = vec![(members, parts)];
        while let Some((set, parts)) = open.pop() {
            if parts <= 1 || set.len() <= 1 {
                done.push(set);
                continue;
            }
            let halves = self.halve(&set, parts);
            open.push((halves.second, parts - halves.parts));
            open.push((halves.first, halves.parts));
        }
        let mean = done.iter().map(|p| self.graph.weigh(p)).sum::<f64>() / done.len().max(1) as f64;
        let bounds: Vec<(f64, f64)> = done
            .iter()
            .map(|p| self.graph.weigh(p))
            .map(|w| (f64::min(w, FAIR.0 * mean), f64::max(w, FAIR.1 * mean)))
            .collect();
        straighten(self.graph, &mut done, &bounds, &[], self.least);
        done
    }

    fn halve(&mut self, set: &[u32], parts: usize) -> Halves {
        let mut best: Option<Halves> = None;
        for quarter in [0.0, std::f64::consts::FRAC_PI_2] {
            for _ in 0..3 {
                let direction = V::at_angle(self.turn + quarter + self.dice.bell() * 0.10);
                let odd = if parts % 2 == 1 { usize::from(self.dice.chance(0.5)) } else { 0 };
                let first = (parts / 2 + odd).clamp(1, parts - 1);
                let halves = self.try_halve(set, parts, first, direction);
                if best.as_ref().is_none_or(|b| halves.score < b.score) {
                    best = Some(halves);
                }
            }
        }
        best.expect("six cuts were tried")
    }

    fn try_halve(&self, set: &[u32], parts: usize, wanted: usize, direction: V) -> Halves {
        let graph = self.graph;
        let mut order = set.to_vec();
        let along = |m: u32| graph.middle[m as usize].dot(direction);
        order.sort_by(|&a, &b| along(a).total_cmp(&along(b)).then(a.cmp(&b)));
        let total = graph.weigh(set);
        let goal = total * wanted as f64 / parts as f64;
        let (mut sum, mut cut) = (0.0, 0);
        while cut < order.len() - 1 && (cut == 0 || sum + graph.weight[order[cut] as usize] / 2.0 < goal) {
            sum += graph.weight[order[cut] as usize];
            cut += 1;
        }
        let (first, second) = self.connected(set, &order[..cut]);
        let share = graph.weigh(&first) / total;
        let least = parts.saturating_sub(second.len()).max(1);
        let most = first.len().min(parts - 1).max(least);
        let got = ((share * parts as f64).round() as usize).clamp(least, most);
        let score = self.score(&first, &second, share - got as f64 / parts as f64, parts);
        Halves { first, second, parts: got, score }
    }

    /// Two connected sides: the main part of `side`, and the main part of all that is left; what is stranded
    /// joins the first.
    fn connected(&self, set: &[u32], side: &[u32]) -> (Vec<u32>, Vec<u32>) {
        let main = |members: &[u32]| {
            let components = self.graph.components(members, self.least);
            components
                .into_iter()
                .map(|c| (self.graph.weigh(&c), c))
                .reduce(|a, b| if b.0 > a.0 { b } else { a })
                .map_or_else(Vec::new, |c| c.1)
        };
        let mut first = main(side);
        first.sort_unstable();
        let rest: Vec<u32> = set.iter().copied().filter(|m| first.binary_search(m).is_err()).collect();
        let mut second = main(&rest);
        second.sort_unstable();
        let first = set.iter().copied().filter(|m| second.binary_search(m).is_err()).collect();
        (first, second)
    }

    /// Length of the new border against the size of the set, and how unfair the shares are.
    fn score(&self, first: &[u32], second: &[u32], unfair: f64, parts: usize) -> f64 {
        let graph = self.graph;
        let border: f64 = first
            .iter()
            .flat_map(|&m| &graph.links[m as usize])
            .filter(|l| second.binary_search(&l.to).is_ok())
            .map(|l| l.shared * dislike(l.rank))
            .sum();
        let area: f64 = first.iter().chain(second).map(|&m| graph.area[m as usize]).sum();
        border / area.sqrt() + unfair.abs() * parts as f64 * 0.8
    }
}

/// Shares `count` things out by weight, at least one and at most `room` to each, by the method of odd divisors.
/// There are at least as many things as shares; where the rooms are too few the rest is left over.
pub(super) fn apportion(count: usize, weights: &[f64], room: &[usize]) -> Vec<usize> {
    let mut shares = vec![1; weights.len()];
    for _ in weights.len()..count {
        let claim = |i: usize| weights[i] / (shares[i] as f64 + 0.5);
        let open = (0..weights.len()).filter(|&i| shares[i] < room[i]);
        let Some(next) = open.max_by(|&a, &b| claim(a).total_cmp(&claim(b)).then(b.cmp(&a))) else { break };
        shares[next] += 1;
    }
    shares
}

/// Straightens the borders between parts: a piece that sticks out goes to the part it borders most, as long as
/// both stay within their `bounds` of weight and hang together. Pieces of `pinned` stay.
pub(super) fn straighten(
    graph: &Graph,
    parts: &mut [Vec<u32>],
    bounds: &[(f64, f64)],
    pinned: &[u32],
    least: f64,
) {
    let mut part_of = vec![NONE; graph.faces.len()];
    for (i, part) in parts.iter().enumerate() {
        for &m in part {
            part_of[m as usize] = i as u32;
        }
    }
    let mut weights: Vec<f64> = parts.iter().map(|p| graph.weigh(p)).collect();
    for _ in 0..STRAIGHTENINGS {
        let mut moved = false;
        for m in 0..graph.faces.len() as u32 {
            let own = part_of[m as usize];
            if own == NONE || pinned.contains(&m) {
                continue;
            }
            let Some(other) = better(graph, &part_of, m, least) else { continue };
            let (own, weight) = (own as usize, graph.weight[m as usize]);
            let fits = weights[own] - weight >= bounds[own].0 && weights[other] + weight <= bounds[other].1;
            let rest: Vec<u32> = parts[own].iter().copied().filter(|&p| p != m).collect();
            if fits && holds_together(graph, &parts[own], &rest, least) {
                weights[own] -= weight;
                weights[other] += weight;
                parts[own] = rest;
                parts[other].push(m);
                part_of[m as usize] = other as u32;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
}

/// Whether a part has as few pieces apart as before.
fn holds_together(graph: &Graph, before: &[u32], after: &[u32], least: f64) -> bool {
    !after.is_empty() && graph.components(after, least).len() <= graph.components(before, least).len()
}

/// The part that a piece borders by more than its own, if there is one.
fn better(graph: &Graph, part_of: &[u32], piece: u32, least: f64) -> Option<usize> {
    let links = &graph.links[piece as usize];
    let along = |part: u32| -> f64 {
        links.iter().filter(|l| part_of[l.to as usize] == part).map(|l| l.shared * dislike(l.rank)).sum()
    };
    let own = part_of[piece as usize];
    let margin = 0.15 * graph.area[piece as usize].sqrt();
    links
        .iter()
        .filter(|l| l.shared >= least)
        .map(|l| part_of[l.to as usize])
        .filter(|&p| p != own && p != NONE)
        .map(|p| (p, along(p)))
        .reduce(|a, b| if b.1 > a.1 { b } else { a })
        .filter(|&(_, length)| length > along(own) + margin)
        .map(|(part, _)| part as usize)
}

//! Villages: each town's blocks shared out, and the names put where they make sense.
//!
//! How many villages a side of the river gets follows from how thickly it is settled. Which is which is an
//! assignment at the least cost: a known seat lies in its village, communities lie near the town's seat, 城东 lies
//! east of it.

use super::chance::Dice;
use super::graph::Graph;
use super::matching::cheapest;
use super::names::{Bearing, bearing};
use super::plane::V;
use super::recipe::SeedUnit;
use super::share::{Sharing, apportion};

/// A side of a river with less than this of a village goes to the neighbour town.
const TOO_LITTLE: f64 = 0.55;

/// Lets go of what a town cannot use: parts too small for a village go to the town they border most.
pub(super) fn settle(graph: &Graph, owner: &mut [u32], seats: &[u32], villages: &[usize], least: f64) {
    for _ in 0..3 {
        for town in 0..seats.len() as u32 {
            let members: Vec<u32> = (0..owner.len() as u32).filter(|&b| owner[b as usize] == town).collect();
            for stray in graph.components(&members, 0.0) {
                if !stray.contains(&seats[town as usize]) {
                    give_away(graph, owner, &stray, town);
                }
            }
            let members: Vec<u32> = members.into_iter().filter(|&b| owner[b as usize] == town).collect();
            let whole = graph.weigh(&members);
            let mut parts = graph.components(&members, least);
            parts.retain(|p| !p.contains(&seats[town as usize]));
            parts.sort_by(|a, b| graph.weigh(b).total_cmp(&graph.weigh(a)));
            for (i, part) in parts.iter().enumerate() {
                let worth = graph.weigh(part) / whole * villages[town as usize] as f64;
                if worth < TOO_LITTLE || i + 1 >= villages[town as usize] {
                    give_away(graph, owner, part, town);
                }
            }
        }
    }
}

fn give_away(graph: &Graph, owner: &mut [u32], part: &[u32], town: u32) {
    let mut shared: Vec<(u32, f64)> = Vec::new();
    for link in part.iter().flat_map(|&b| &graph.links[b as usize]) {
        let other = owner[link.to as usize];
        if other != town && link.shared > 0.0 {
            match shared.iter_mut().find(|(t, _)| *t == other) {
                Some((_, sum)) => *sum += link.shared,
                None => shared.push((other, link.shared)),
            }
        }
    }
    let most = shared.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a });
    if let Some((other, _)) = most {
        for &block in part {
            owner[block as usize] = other;
        }
    }
}

/// Shares a town's blocks out among `count` villages.
pub(super) fn divide(sharing: &mut Sharing, members: &[u32], count: usize) -> Vec<Vec<u32>> {
    let parts = sharing.graph.components(members, sharing.least);
    let (parts, strays) = parts.split_at(parts.len().min(count));
    let mut parts = parts.to_vec();
    parts[0].extend(strays.iter().flatten());
    let weights: Vec<f64> = parts.iter().map(|p| sharing.graph.weigh(p)).collect();
    let rooms: Vec<usize> = parts.iter().map(Vec::len).collect();
    let counts = apportion(count, &weights, &rooms);
    parts.into_iter().zip(counts).flat_map(|(part, n)| sharing.share(part, n)).collect()
}

/// A place for a village: its middle on the ground, and which of the known seats it holds.
pub(super) struct Site {
    pub middle: V,
    pub holds: Vec<bool>,
}

/// The site of each village of a town, whose seat stands at `seat`; `known` are the villages' own seats.
pub(super) fn place(
    villages: &[&SeedUnit],
    known: &[Option<V>],
    sites: &[Site],
    seat: V,
    dice: &mut Dice,
) -> Vec<usize> {
    let reach = sites.iter().map(|s| s.middle.distance(seat)).fold(1.0, f64::max);
    let cost: Vec<Vec<f64>> = (0..villages.len())
        .map(|v| {
            let wish = bearing(&villages[v].name);
            let community = villages[v].kind == "residents_committee";
            let fit = |s: &Site| {
                let (way, far) = ((s.middle - seat).unit(), s.middle.distance(seat) / reach);
                let pointing = match wish {
                    Bearing::Middle => 6.0 * far,
                    Bearing::Way(to, true) => 3.0 * (1.0 - way.dot(to)) + 2.5 * far,
                    Bearing::Way(to, false) => 1.2 * (1.0 - way.dot(to)),
                    Bearing::Nowhere => 0.0,
                };
                let seated = known[v]
                    .map_or(0.0, |k| if s.holds[v] { 0.0 } else { 10.0 + k.distance(s.middle) / 500.0 });
                pointing + seated + if community { 2.0 * far } else { 0.0 }
            };
            sites.iter().map(|s| fit(s) + dice.unit() * 0.4).collect()
        })
        .collect();
    cheapest(&cost)
}

//! Towns: blocks go to the seat they are nearest to, by way of the blocks between.
//!
//! Each town grows from its seat's block at the same pace, held up by rivers and canals; a head start is tuned
//! until the areas come near their targets. What grows from a block is connected, so every town is; a town may
//! reach over a river by a bridge.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::chance::Dice;
use super::cut::Rank;
use super::graph::{Graph, NONE};
use super::plane::V;
use super::recipe::Roll;
use super::share::straighten;

/// Rounds of tuning.
const ROUNDS: usize = 90;
/// Share of a county's area that a zone or farm takes on average, against a village of a town.
const ZONE_SHARE: f64 = 0.034;

/// A block that holds the known seat of a village: its town reaches there early.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outpost {
    pub town: u32,
    pub block: u32,
}

/// An outpost further from the seat than this share of the town's side is not believed.
pub(super) const OUTPOST_REACH: f64 = 0.62;
/// No town starts earlier than another by more than this share of the way between their seats.
const LEAD: f64 = 0.55;
/// How early: the share of the way that still counts.
const OUTPOST_DELAY: f64 = 0.35;

/// The town of every block; `None` where water cuts some block off from every seat.
pub(super) fn assign(
    graph: &Graph,
    seats: &[u32],
    outposts: &[Outpost],
    targets: &[f64],
    scale: f64,
    least: f64,
) -> Option<Vec<u32>> {
    let mut head_start = vec![0.0; seats.len()];
    let mut best = (f64::INFINITY, Vec::new());
    for round in 0..ROUNDS {
        let owner = grow(graph, seats, outposts, &head_start, scale);
        if owner.contains(&NONE) {
            return None;
        }
        let mut area = vec![0.0; seats.len()];
        for (block, &town) in owner.iter().enumerate() {
            area[town as usize] += graph.area[block];
        }
        let misfit = area.iter().zip(targets).map(|(a, t)| ((a - t) / t) * ((a - t) / t)).sum();
        if misfit < best.0 {
            best = (misfit, owner);
        }
        let pace = 0.5 / (1.0 + round as f64 / 20.0);
        for ((start, area), target) in head_start.iter_mut().zip(&area).zip(targets) {
            *start += pace * (target.sqrt() - area.sqrt());
        }
        keep_seats_first(graph, seats, &mut head_start);
    }
    let mut owner = best.1;
    let mut parts: Vec<Vec<u32>> = vec![Vec::new(); seats.len()];
    for (block, &town) in owner.iter().enumerate() {
        parts[town as usize].push(block as u32);
    }
    let bounds: Vec<(f64, f64)> = parts.iter().map(|p| graph.weigh(p)).map(|w| (0.8 * w, 1.25 * w)).collect();
    let pinned: Vec<u32> = seats.iter().copied().chain(outposts.iter().map(|o| o.block)).collect();
    straighten(graph, &mut parts, &bounds, &pinned, least);
    for (town, part) in parts.iter().enumerate() {
        for &block in part {
            owner[block as usize] = town as u32;
        }
    }
    Some(owner)
}

/// Sees to it that nobody comes to a town's seat much before the town starts.
fn keep_seats_first(graph: &Graph, seats: &[u32], head_start: &mut [f64]) {
    for _ in 0..3 {
        for t in 0..seats.len() {
            for u in 0..seats.len() {
                let apart = graph.middle[seats[t] as usize].distance(graph.middle[seats[u] as usize]);
                head_start[t] = head_start[t].max(head_start[u] - LEAD * apart);
            }
        }
    }
}

/// Grows all towns at once; `head_start` is in metres.
fn grow(graph: &Graph, seats: &[u32], outposts: &[Outpost], head_start: &[f64], scale: f64) -> Vec<u32> {
    let most = head_start.iter().copied().fold(0.0, f64::max);
    let mut owner = vec![NONE; graph.faces.len()];
    let mut reached = vec![f64::INFINITY; graph.faces.len()];
    let mut open = BinaryHeap::new();
    for (town, &seat) in seats.iter().enumerate() {
        owner[seat as usize] = town as u32;
        reached[seat as usize] = -1.0;
        // Lengths are never negative, so their bits order as they do.
        open.push(Reverse(((most - head_start[town]).to_bits(), seat, town as u32)));
    }
    for post in outposts {
        let seat = graph.middle[seats[post.town as usize] as usize];
        let there = OUTPOST_DELAY * seat.distance(graph.middle[post.block as usize]);
        let start = most - head_start[post.town as usize] + there;
        if start < reached[post.block as usize] {
            owner[post.block as usize] = post.town;
            reached[post.block as usize] = start;
            open.push(Reverse((start.to_bits(), post.block, post.town)));
        }
    }
    while let Some(Reverse((bits, block, town))) = open.pop() {
        let here = f64::from_bits(bits);
        if owner[block as usize] != town || reached[block as usize] >= 0.0 && here > reached[block as usize] {
            continue;
        }
        for link in &graph.links[block as usize] {
            let step = graph.middle[block as usize].distance(graph.middle[link.to as usize]);
            let there = here + step + barrier(link.rank) * scale;
            if there < reached[link.to as usize] {
                reached[link.to as usize] = there;
                owner[link.to as usize] = town;
                open.push(Reverse((there.to_bits(), link.to, town)));
            }
        }
    }
    owner
}

/// What it costs a town to grow across a line, in metres.
fn barrier(rank: Rank) -> f64 {
    match rank {
        Rank::Outline | Rank::Bank => 3_200.0,
        Rank::Trunk => 1_500.0,
        Rank::Main => 600.0,
        _ => 0.0,
    }
}

/// The area each town should have, in the unit of `total`.
pub(super) fn targets(roll: &Roll, total: f64) -> Vec<f64> {
    let is_zone: Vec<bool> = roll.towns.iter().map(|t| t.kind == "zone_or_farm").collect();
    let zones = is_zone.iter().filter(|&&z| z).count() as f64;
    let shared_out = if is_zone.iter().all(|&z| z) { 1.0 } else { (ZONE_SHARE * zones).min(0.5) };
    let mut size = vec![0.0; roll.towns.len()];
    for (village, &town) in roll.villages.iter().zip(&roll.town_of) {
        size[town] += match (is_zone[town], village.kind.as_str()) {
            (true, _) => 0.15,
            (false, "residents_committee") => 0.72,
            _ => 1.0,
        };
    }
    for (size, &zone) in size.iter_mut().zip(&is_zone) {
        *size += if zone { 1.0 } else { 2.0 };
    }
    let sum = |of_zones: bool| -> f64 {
        size.iter().zip(&is_zone).filter(|(_, z)| **z == of_zones).map(|(s, _)| s).sum()
    };
    let (zone_sum, town_sum) = (sum(true).max(1e-9), sum(false).max(1e-9));
    size.iter()
        .zip(&is_zone)
        .map(|(s, &zone)| if zone { s / zone_sum * shared_out } else { s / town_sum * (1.0 - shared_out) })
        .map(|share| share * total)
        .collect()
}

/// A block for each town's seat: the one that holds it, else the nearest that no other has. Towns without a known
/// seat are spread over the rest by relaxed sampling.
pub(super) fn seat_blocks(
    graph: &Graph,
    known: &[Option<V>],
    holder: impl Fn(V) -> Option<u32>,
    dice: &mut Dice,
) -> Vec<u32> {
    let mut taken: Vec<u32> = Vec::new();
    let mut blocks = vec![NONE; known.len()];
    for (town, seat) in known.iter().enumerate() {
        let Some(seat) = *seat else { continue };
        let block = holder(seat).filter(|b| !taken.contains(b)).or_else(|| nearest_free(graph, seat, &taken));
        if let Some(block) = block {
            taken.push(block);
            blocks[town] = block;
        }
    }
    let mut spots = relaxed(graph, &blocks, dice);
    for block in blocks.iter_mut().filter(|b| **b == NONE) {
        let spot = spots.pop().unwrap_or_default();
        if let Some(free) = nearest_free(graph, spot, &taken) {
            taken.push(free);
            *block = free;
        }
    }
    blocks
}

fn nearest_free(graph: &Graph, p: V, taken: &[u32]) -> Option<u32> {
    let free = (0..graph.faces.len() as u32).filter(|b| !taken.contains(b));
    free.min_by(|&a, &b| {
        let far = |b: u32| graph.middle[b as usize].distance(p);
        far(a).total_cmp(&far(b)).then(a.cmp(&b))
    })
}

/// Spots for the seats that are `NONE`: thrown at random, then moved to the middle of what is theirs a few times.
fn relaxed(graph: &Graph, blocks: &[u32], dice: &mut Dice) -> Vec<V> {
    let fixed: Vec<V> = blocks.iter().filter(|&&b| b != NONE).map(|&b| graph.middle[b as usize]).collect();
    let missing = blocks.len() - fixed.len();
    let mut spots: Vec<V> = fixed.clone();
    spots.extend((0..missing).map(|_| graph.middle[dice.below(graph.faces.len())]));
    for _ in 0..20 {
        let mut sums = vec![(V::default(), 0.0); spots.len()];
        for (block, &middle) in graph.middle.iter().enumerate() {
            let near = (0..spots.len()).min_by(|&a, &b| {
                spots[a].distance(middle).total_cmp(&spots[b].distance(middle)).then(a.cmp(&b))
            });
            if let Some(near) = near {
                sums[near].0 = sums[near].0 + middle * graph.area[block];
                sums[near].1 += graph.area[block];
            }
        }
        for (spot, (sum, area)) in spots.iter_mut().zip(sums).skip(fixed.len()) {
            if area > 0.0 {
                *spot = sum * (1.0 / area);
            }
        }
    }
    spots.split_off(fixed.len())
}

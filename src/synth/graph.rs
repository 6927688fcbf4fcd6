//! Pieces and who borders whom: what towns, villages and grids are put together from.

use super::cut::{Line, Rank};
use super::mesh::{Mesh, OUTSIDE};
use super::plane::{V, centroid};

/// A border between two pieces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    /// The other piece.
    pub to: u32,
    /// Its length in metres.
    pub shared: f64,
    /// The widest line it follows.
    pub rank: Rank,
}

/// Pieces by position in the list they were given in.
pub(super) struct Graph {
    /// The mesh's faces.
    pub faces: Vec<u32>,
    /// Middles on the board.
    pub middle: Vec<V>,
    /// Areas on the board in m².
    pub area: Vec<f64>,
    /// What each counts when shares are made.
    pub weight: Vec<f64>,
    /// Borders of each, by piece.
    pub links: Vec<Vec<Link>>,
}

/// No piece.
pub(super) const NONE: u32 = u32::MAX;

impl Graph {
    /// The graph of some faces; weights are areas.
    pub fn new(mesh: &Mesh, lines: &[Line], faces: Vec<u32>) -> Self {
        let mut position = vec![NONE; mesh.faces()];
        for (i, &face) in faces.iter().enumerate() {
            position[face as usize] = i as u32;
        }
        let corners: Vec<Vec<V>> = faces.iter().map(|&f| mesh.corners(f)).collect();
        let area: Vec<f64> = corners.iter().map(|c| super::plane::area(c)).collect();
        let middle = corners.iter().map(|c| centroid(c)).collect();
        let links = faces.iter().map(|&f| links_of(mesh, lines, &position, f)).collect();
        Self { faces, middle, weight: area.clone(), area, links }
    }

    /// Joins two pieces that do not touch, as by a bridge.
    pub fn bridge(&mut self, a: u32, b: u32) {
        for (from, to) in [(a, b), (b, a)] {
            let links = &mut self.links[from as usize];
            if links.iter().all(|l| l.to != to) {
                links.push(Link { to, shared: 0.0, rank: Rank::Bank });
            }
        }
    }

    /// Parts of `members` that hang together by borders of at least `least` metres.
    pub fn components(&self, members: &[u32], least: f64) -> Vec<Vec<u32>> {
        let mut open = vec![false; self.faces.len()];
        for &m in members {
            open[m as usize] = true;
        }
        let mut found = Vec::new();
        for &m in members {
            if !std::mem::take(&mut open[m as usize]) {
                continue;
            }
            let (mut component, mut next) = (vec![m], 0);
            while let Some(&piece) = component.get(next) {
                next += 1;
                for link in &self.links[piece as usize] {
                    if link.shared >= least && std::mem::take(&mut open[link.to as usize]) {
                        component.push(link.to);
                    }
                }
            }
            found.push(component);
        }
        found
    }

    /// Sum of the weights of some pieces.
    pub fn weigh(&self, members: &[u32]) -> f64 {
        members.iter().map(|&m| self.weight[m as usize]).sum()
    }

    /// Centre of mass of some pieces on the board.
    pub fn middle_of(&self, members: &[u32]) -> V {
        let area: f64 = members.iter().map(|&m| self.area[m as usize]).sum();
        let sum =
            members.iter().fold(V::default(), |s, &m| s + self.middle[m as usize] * self.area[m as usize]);
        sum * (1.0 / area.max(1e-9))
    }
}

fn links_of(mesh: &Mesh, lines: &[Line], position: &[u32], face: u32) -> Vec<Link> {
    let mut links: Vec<Link> = mesh
        .ring(face)
        .into_iter()
        .filter(|&h| mesh.across(h) != OUTSIDE)
        .map(|h| Link {
            to: position[mesh.across(h) as usize],
            shared: mesh.length(h),
            rank: lines[mesh.line(h) as usize].rank,
        })
        .filter(|l| l.to != NONE)
        .collect();
    links.sort_by_key(|l| l.to);
    links.dedup_by(|next, kept| {
        let same = next.to == kept.to;
        if same {
            kept.shared += next.shared;
            kept.rank = kept.rank.min(next.rank);
        }
        same
    });
    links
}

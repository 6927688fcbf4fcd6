//! Main roads: from seat to seat along borders.
//!
//! A shortest way over the borders' edges in which turning costs and which likes to run where a road is already.
//! Rivers are crossed on bridges, a few kilometres apart.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::board::Board;
use super::cut::Rank;
use super::draw::Drawing;
use super::land::Land;
use super::plane::V;
use super::recipe::Recipe;
use crate::crs::Point;
use crate::unit::LineFeature;

/// What a right angle costs, in metres.
const TURN_M: f64 = 130.0;
/// What a metre costs where a road runs already, and along a wide canal.
const ROAD: f64 = 0.6;
const CANAL: f64 = 1.15;
/// What a bridge costs beside its length, and how far apart bridges stand, in metres.
const BRIDGE_M: f64 = 600.0;
const BRIDGES_M: f64 = 2_600.0;

/// Where one may go on from a place, and at what cost: a half-edge, or a bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Edge(u32),
    Bridge(u32),
}

struct Net<'a> {
    board: &'a Board,
    drawing: &'a Drawing<'a>,
    /// Pairs of vertices; bridge `2i` leads over the pair, `2i + 1` back.
    bridges: Vec<(u32, u32)>,
    /// Edges that are roads already.
    road: Vec<bool>,
    /// A half-edge of each vertex.
    spoke: Vec<u32>,
}

/// The main roads, each stretch once.
pub(super) fn main(recipe: &Recipe, board: &Board, drawing: &Drawing, land: &Land) -> Vec<LineFeature> {
    let mesh = &board.mesh;
    let mut spoke = vec![0; mesh.at.len()];
    for half in 0..(mesh.edges() * 2) as u32 {
        spoke[mesh.origin(half) as usize] = half;
    }
    let mut net = Net { board, drawing, bridges: bridges(board), road: vec![false; mesh.edges()], spoke };
    let seats: Vec<V> = land.town_seats.iter().map(|s| board.ground.unbend(s.at)).collect();
    let doors: Vec<u32> = seats.iter().map(|&s| net.door(s)).collect();
    let mut found = Vec::new();
    for (i, (a, b)) in pairs(&seats).into_iter().enumerate() {
        let Some(way) = net.way(doors[a], doors[b]) else { continue };
        let names = &recipe.landscape.roads;
        let name = if names.is_empty() { "" } else { &names[i % names.len()] };
        found.extend(net.new_stretches(&way).into_iter().map(|points| LineFeature {
            layer: "roads".into(),
            kind: "main".into(),
            name: name.to_owned(),
            points,
        }));
    }
    found
}

/// Which seats to join: each with its two nearest, and all with all by way of others.
fn pairs(seats: &[V]) -> Vec<(usize, usize)> {
    let n = seats.len();
    let mut found = Vec::new();
    let (mut joined, mut rest): (Vec<usize>, Vec<usize>) = (vec![0], (1..n).collect());
    while !rest.is_empty() {
        let far = |&(a, b): &(usize, usize)| seats[a].distance(seats[b]);
        let all = joined.iter().flat_map(|&a| rest.iter().map(move |&b| (a, b)));
        let Some(pair) = all.min_by(|x, y| far(x).total_cmp(&far(y)).then(x.cmp(y))) else { break };
        found.push(pair);
        joined.push(pair.1);
        rest.retain(|&r| r != pair.1);
    }
    for a in 0..n {
        let mut others: Vec<usize> = (0..n).filter(|&b| b != a).collect();
        others.sort_by(|&x, &y| {
            seats[a].distance(seats[x]).total_cmp(&seats[a].distance(seats[y])).then(x.cmp(&y))
        });
        for b in others.into_iter().take(2) {
            if !found.contains(&(a, b)) && !found.contains(&(b, a)) {
                found.push((a, b));
            }
        }
    }
    found
}

/// Pairs of nodes on the two banks of the river.
fn bridges(board: &Board) -> Vec<(u32, u32)> {
    let mesh = &board.mesh;
    let mut found: Vec<(u32, u32)> = Vec::new();
    for &face in &board.river {
        let banks: Vec<u32> = mesh.ring(face).into_iter().filter(|&h| mesh.is_node(h)).collect();
        for &h in &banks {
            let over = banks.iter().copied().filter(|&o| mesh.line(o) != mesh.line(h));
            let far = |o: u32| mesh.start(o).distance(mesh.start(h));
            let Some(near) = over.min_by(|&a, &b| far(a).total_cmp(&far(b)).then(a.cmp(&b))) else {
                continue;
            };
            let apart = |&(v, _): &(u32, u32)| {
                mesh.at[v as usize].distance(mesh.start(h)) > BRIDGES_M * board.scale.fit()
            };
            if far(near) < 650.0 && found.iter().all(apart) {
                found.push((mesh.origin(h), mesh.origin(near)));
            }
        }
    }
    found
}

impl Net<'_> {
    /// The vertex on a border that is nearest a place on the board.
    fn door(&self, p: V) -> u32 {
        let mesh = &self.board.mesh;
        let on_border = (0..mesh.at.len() as u32).filter(|&v| self.out_of(v).next().is_some());
        let far = |v: u32| mesh.at[v as usize].distance(p);
        on_border.min_by(|&a, &b| far(a).total_cmp(&far(b)).then(a.cmp(&b))).unwrap_or(0)
    }

    /// The border half-edges that start at a vertex.
    fn out_of(&self, vertex: u32) -> impl Iterator<Item = u32> {
        let mesh = &self.board.mesh;
        let first = self.spoke[vertex as usize];
        let around =
            std::iter::successors(Some(first), move |&h| Some(mesh.next(h ^ 1)).filter(|&n| n != first));
        around.filter(|&h| self.drawing.is_border(h / 2) && self.rank(h) > Rank::Outline)
    }

    fn rank(&self, half: u32) -> Rank {
        self.board.lines[self.board.mesh.line(half) as usize].rank
    }

    fn ends(&self, step: Step) -> (u32, u32) {
        match step {
            Step::Edge(h) => (self.board.mesh.origin(h), self.board.mesh.origin(h ^ 1)),
            Step::Bridge(b) => {
                let (from, to) = self.bridges[b as usize / 2];
                if b % 2 == 0 { (from, to) } else { (to, from) }
            }
        }
    }

    fn steps_from(&self, vertex: u32) -> Vec<Step> {
        let edges = self.out_of(vertex).map(Step::Edge);
        let bridges = (0..self.bridges.len() as u32 * 2).map(Step::Bridge);
        edges.chain(bridges.filter(|&b| self.ends(b).0 == vertex)).collect()
    }

    fn direction(&self, step: Step) -> V {
        let (from, to) = self.ends(step);
        (self.board.mesh.at[to as usize] - self.board.mesh.at[from as usize]).unit()
    }

    fn cost(&self, step: Step) -> f64 {
        let (from, to) = self.ends(step);
        let length = self.board.mesh.at[from as usize].distance(self.board.mesh.at[to as usize]);
        match step {
            Step::Bridge(_) => length + BRIDGE_M,
            Step::Edge(h) if self.road[h as usize / 2] => length * ROAD,
            Step::Edge(h) if self.rank(h) <= Rank::Main => length * CANAL,
            Step::Edge(_) => length,
        }
    }

    fn slot(&self, step: Step) -> usize {
        match step {
            Step::Edge(h) => h as usize,
            Step::Bridge(b) => self.board.mesh.edges() * 2 + b as usize,
        }
    }

    /// The cheapest way between two vertices, the first step first.
    fn way(&self, from: u32, to: u32) -> Option<Vec<Step>> {
        let states = self.board.mesh.edges() * 2 + self.bridges.len() * 2;
        let (mut best, mut before) = (vec![f64::INFINITY; states], vec![None; states]);
        let goal = self.board.mesh.at[to as usize];
        let left = |vertex: u32| self.board.mesh.at[vertex as usize].distance(goal) * ROAD;
        let mut open = BinaryHeap::new();
        for step in self.steps_from(from) {
            best[self.slot(step)] = self.cost(step);
            open.push(Reverse(((self.cost(step) + left(self.ends(step).1)).to_bits(), step)));
        }
        while let Some(Reverse((bits, step))) = open.pop() {
            let (slot, end) = (self.slot(step), self.ends(step).1);
            if end == to {
                return Some(self.back(step, &before));
            }
            if f64::from_bits(bits) > best[slot] + left(end) + 1e-6 {
                continue;
            }
            for on in self.steps_from(end) {
                let turn = (1.0 - self.direction(step).dot(self.direction(on))) * TURN_M;
                let cost = best[slot] + turn + self.cost(on);
                if cost < best[self.slot(on)] {
                    best[self.slot(on)] = cost;
                    before[self.slot(on)] = Some(step);
                    open.push(Reverse(((cost + left(self.ends(on).1)).to_bits(), on)));
                }
            }
        }
        None
    }

    fn back(&self, last: Step, before: &[Option<Step>]) -> Vec<Step> {
        let mut way: Vec<Step> = std::iter::successors(Some(last), |&s| before[self.slot(s)]).collect();
        way.reverse();
        way
    }

    /// The runs of a way that are no road yet, which they are from now on.
    fn new_stretches(&mut self, way: &[Step]) -> Vec<Vec<Point>> {
        let mut found: Vec<Vec<Point>> = Vec::new();
        let mut run: Vec<Point> = Vec::new();
        for &step in way {
            let old =
                matches!(step, Step::Edge(h) if std::mem::replace(&mut self.road[h as usize / 2], true));
            if old {
                found.push(std::mem::take(&mut run));
                continue;
            }
            let points = match step {
                Step::Edge(h) => self.drawing.along(&[h]),
                Step::Bridge(_) => {
                    let (a, b) = self.ends(step);
                    vec![self.drawing.vertex(a), self.drawing.vertex(b)]
                }
            };
            run.pop();
            run.extend(points);
        }
        found.push(run);
        found.retain(|r| r.len() > 1);
        found
    }
}

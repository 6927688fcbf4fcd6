//! Yards: the grids that lie within others. Schools, hospitals and works with a grid of their own, a piece of one
//! village amid another, and one yard whose fence touches the border of the grid around it.
//!
//! ```text
//!  ┌────────────┐   ┌─────V──────┐   V is a vertex of the border: the hole touches
//!  │   ┌───┐    │   │    / \     │   the shell in that one point, and four grids' worth
//!  │   └───┘    │   │    └──┘    │   of rings meet there
//!  └────────────┘   └────────────┘
//! ```
//!
//! A yard is a ring on the board well inside its host, so no other border can come near it.

use super::board::Board;
use super::chance::Dice;
use super::draw::rings;
use super::grids::Plot;
use super::land::Land;
use super::mesh::OUTSIDE;
use super::plane::{V, distance_to_segment, holds};
use super::recipe::Roll;

/// A ring cut out of a host.
pub(super) struct Yard {
    /// Corners on the board, counter-clockwise.
    pub ring: Vec<V>,
    /// The mesh's vertex that the first corner is, where the yard touches its host's border.
    pub touches: Option<u32>,
    /// Index of the plot it is cut out of.
    pub host: usize,
    /// Index of the plot it belongs to.
    pub owner: usize,
}

/// A plot with room inside: its roomiest place, and how far that is from the border.
struct Room {
    plot: usize,
    at: V,
    radius: f64,
}

/// What is being carved.
pub(super) struct Carver<'a> {
    pub board: &'a mut Board,
    pub land: &'a Land,
    pub roll: &'a Roll,
    pub plots: &'a mut Vec<Plot>,
    pub dice: &'a mut Dice,
}

/// Half the width of the smallest yard, and the least width of the land around it, against the least cell's width.
const HALF: f64 = 0.74;
const AROUND: f64 = 0.55;

impl Carver<'_> {
    /// Makes up to `count` plots out of yards, and where there was room for all of them one yard more that belongs
    /// to a plot next door.
    pub fn carve(&mut self, count: usize) -> Vec<Yard> {
        let owner = owners(self.board, self.plots);
        let mut rooms = rooms(self.board, self.plots, &owner);
        let mut yards = Vec::new();
        let before = self.plots.len();
        if count > 0 {
            yards.extend(self.touching(&mut rooms, &owner));
        }
        if count > 1 {
            yards.extend(self.exclave(&mut rooms, &owner));
        }
        for (near, institution) in self.institutions(count) {
            if self.plots.len() - before < count {
                yards.extend(self.dedicated(&mut rooms, near, institution));
            }
        }
        if count > 2 && self.plots.len() - before == count {
            yards.extend(self.outlier(&mut rooms, &owner));
        }
        yards
    }

    /// What has a grid of its own, and near what place on the ground.
    fn institutions(&self, count: usize) -> Vec<(V, (String, &'static str))> {
        let chief = super::board::county_seat(self.roll);
        let county = &self.roll.county.name;
        let stem = county.strip_suffix(['县', '市', '区']).unwrap_or(county);
        let seat = |t: usize| self.land.town_seats[t].at;
        let zone = (0..self.roll.towns.len())
            .filter(|&t| self.roll.towns[t].name.contains("开发区"))
            .min_by(|&a, &b| seat(a).distance(seat(chief)).total_cmp(&seat(b).distance(seat(chief))));
        let mut found = vec![
            (seat(chief), (format!("{stem}中学"), "school")),
            (seat(chief), (format!("{county}人民医院"), "hospital")),
            (seat(zone.unwrap_or(chief)), (format!("{stem}高新技术产业园"), "industrial_park")),
        ];
        let kinds = [("中心小学", "school"), ("卫生院", "hospital"), ("农贸市场", "market")];
        let others =
            (0..self.roll.towns.len()).filter(|&t| t != chief && self.roll.towns[t].kind != "zone_or_farm");
        found.extend(others.cycle().take(count * usize::from(self.roll.towns.len() > 1)).enumerate().map(
            |(i, t)| {
                let (what, kind) = kinds[i % kinds.len()];
                (seat(t), (format!("{}{what}", self.roll.towns[t].name), kind))
            },
        ));
        found
    }

    fn dedicated(
        &mut self,
        rooms: &mut Vec<Room>,
        near: V,
        institution: (String, &'static str),
    ) -> Option<Yard> {
        let width = self.board.scale.cells().width;
        let far = |r: &Room| self.board.ground.bend(r.at).distance(near);
        let wide = (0..rooms.len()).filter(|&i| rooms[i].radius > (HALF * 1.6 + AROUND) * width);
        let best = wide.min_by(|&a, &b| far(&rooms[a]).total_cmp(&far(&rooms[b])).then(a.cmp(&b)))?;
        let room = rooms.remove(best);
        let plot = Plot {
            village: self.plots[room.plot].village,
            faces: Vec::new(),
            institution: Some(institution),
            exclave: false,
        };
        Some(self.yard(&room, Some(plot), 0))
    }

    /// A grid of one village within a grid of the village next door.
    fn exclave(&mut self, rooms: &mut Vec<Room>, owner: &[u32]) -> Option<Yard> {
        let (room, next_door) = self.room_by_another_village(rooms, owner, 2.6)?;
        let village = self.plots[next_door].village;
        let plot = Plot { village, faces: Vec::new(), institution: None, exclave: true };
        Some(self.yard(&room, Some(plot), 0))
    }

    /// A second part of a grid, within a grid of the village next door.
    fn outlier(&mut self, rooms: &mut Vec<Room>, owner: &[u32]) -> Option<Yard> {
        let (room, next_door) = self.room_by_another_village(rooms, owner, 2.2)?;
        Some(self.yard(&room, None, next_door))
    }

    /// A roomy plot that borders a plot of another village of its town; not on the flats, where nobody would care.
    fn room_by_another_village(
        &self,
        rooms: &mut Vec<Room>,
        owner: &[u32],
        roomy: f64,
    ) -> Option<(Room, usize)> {
        let width = self.board.scale.cells().width;
        let found = (0..rooms.len()).filter(|&i| rooms[i].radius > roomy * width).find_map(|i| {
            let plot = rooms[i].plot;
            let village = self.plots[plot].village;
            let town = self.roll.town_of[village];
            let borders = rings(&self.board.mesh, owner, plot as u32, &self.plots[plot].faces);
            let across =
                borders.into_iter().flatten().map(|h| owner[self.board.mesh.across(h) as usize] as usize);
            let other =
                across.filter(|&p| p < self.plots.len() && !self.plots[p].faces.is_empty()).find(|&p| {
                    self.plots[p].village != village && self.roll.town_of[self.plots[p].village] == town
                });
            other.map(|other| (i, other))
        });
        found.map(|(i, other)| (rooms.remove(i), other))
    }

    /// A four- or five-sided yard in a room, for a new plot or an old one.
    fn yard(&mut self, room: &Room, plot: Option<Plot>, old: usize) -> Yard {
        let width = self.board.scale.cells().width;
        let half = ((room.radius - AROUND * width) / 1.6).min(2.2 * width);
        let turn = self.board.ground.turn(self.board.ground.bend(room.at)) + self.dice.bell() * 0.08;
        let (east, north) = (V::at_angle(turn) * half, V::at_angle(turn).left() * half);
        let mut side = || self.dice.between(0.92, 1.12);
        let (e, w, n, s) = (side(), side(), side(), side());
        let corner = |x: f64, y: f64| room.at + east * x + north * y;
        let ring = vec![
            corner(-w, -s),
            corner(e * 0.95, -s),
            corner(e, n * 0.55),
            corner(e * 0.6, n),
            corner(-w, n * 0.95),
        ];
        let owner = plot.map_or(old, |plot| {
            self.plots.push(plot);
            self.plots.len() - 1
        });
        Yard { ring, touches: None, host: room.plot, owner }
    }

    /// A depot by a canal whose fence touches the border in one point.
    fn touching(&mut self, rooms: &mut Vec<Room>, owner: &[u32]) -> Option<Yard> {
        let width = self.board.scale.cells().width;
        let (index, half, ring) =
            (0..rooms.len()).filter(|&i| rooms[i].radius > 2.4 * width).find_map(|i| {
                let plot = rooms[i].plot;
                let faces = &self.plots[plot].faces;
                let borders: Vec<u32> =
                    rings(&self.board.mesh, owner, plot as u32, faces).into_iter().flatten().collect();
                borders.iter().find_map(|&h| self.touching_ring(&borders, owner, h).map(|ring| (i, h, ring)))
            })?;
        let room = rooms.remove(index);
        let on = self.board.mesh.split_edge(half, ring[0]);
        let village = self.plots[room.plot].village;
        let town = &self.roll.towns[self.roll.town_of[village]].name;
        let institution = Some((format!("{town}粮食储备库"), "depot"));
        self.plots.push(Plot { village, faces: Vec::new(), institution, exclave: false });
        let touches = Some(self.board.mesh.origin(on));
        Some(Yard { ring, touches, host: room.plot, owner: self.plots.len() - 1 })
    }

    /// The yard that touches the middle of an edge, if it keeps clear of all the others.
    fn touching_ring(&self, borders: &[u32], owner: &[u32], half: u32) -> Option<Vec<V>> {
        let mesh = &self.board.mesh;
        let width = self.board.scale.cells().width;
        let beyond = owner[mesh.across(half) as usize] as usize;
        if mesh.across(half) == OUTSIDE || beyond >= self.plots.len() || mesh.length(half) < 3.0 * width {
            return None;
        }
        let (a, b) = (mesh.start(half), mesh.end(half));
        let (p, along) = (a.towards(b, 0.5), (b - a).unit() * (2.0 * width));
        let inward = along.left();
        let corner = |t: f64, n: f64| p + along * t + inward * n;
        let ring = vec![p, corner(0.42, 0.46), corner(0.36, 1.08), corner(-0.40, 1.0), corner(-0.38, 0.42)];
        let clear = |q: V| {
            borders.iter().all(|&h| distance_to_segment(q, mesh.start(h), mesh.end(h)) > AROUND * width)
        };
        ring[1..].iter().all(|&q| clear(q)).then_some(ring)
    }
}

/// The plot of every face.
pub(super) fn owners(board: &Board, plots: &[Plot]) -> Vec<u32> {
    let mut owner = vec![super::draw::NOBODY; board.mesh.faces()];
    for (i, plot) in plots.iter().enumerate() {
        for &face in &plot.faces {
            owner[face as usize] = i as u32;
        }
    }
    owner
}

/// The plots that have room for a yard, in no order that chance has not made.
fn rooms(board: &Board, plots: &[Plot], owner: &[u32]) -> Vec<Room> {
    let least = (HALF * 1.6 + AROUND) * board.scale.cells().width;
    let mut found: Vec<Room> =
        (0..plots.len()).map(|p| roomiest(board, &plots[p], p, owner)).filter(|r| r.radius > least).collect();
    found.sort_by_key(|r| super::chance::mix(r.plot as u64));
    found
}

/// The place of a plot that is farthest from its border, nearly: the best of its cells' middles and the middles of
/// the edges between them, improved by small steps.
fn roomiest(board: &Board, plot: &Plot, index: usize, owner: &[u32]) -> Room {
    let mesh = &board.mesh;
    let borders: Vec<(V, V)> = rings(mesh, owner, index as u32, &plot.faces)
        .into_iter()
        .flatten()
        .map(|h| (mesh.start(h), mesh.end(h)))
        .collect();
    let radius =
        |p: V| borders.iter().map(|&(a, b)| distance_to_segment(p, a, b)).fold(f64::INFINITY, f64::min);
    let inner = |h: &u32| mesh.across(*h) != OUTSIDE && owner[mesh.across(*h) as usize] == index as u32;
    let edges = plot.faces.iter().flat_map(|&f| mesh.ring(f)).filter(inner);
    let spots = edges.map(|h| mesh.start(h).towards(mesh.end(h), 0.5));
    let middles = plot.faces.iter().map(|&f| super::plane::centroid(&mesh.corners(f)));
    let inside = |p: V| plot.faces.iter().any(|&f| holds(&mesh.corners(f), p));
    let start = middles.chain(spots).map(|p| (p, radius(p))).reduce(|a, b| if b.1 > a.1 { b } else { a });
    let (mut at, mut best) = start.unwrap_or_default();
    let mut step = best * 0.5;
    for _ in 0..8 {
        let around = (0..8).map(|k| at + V::at_angle(f64::from(k) * std::f64::consts::FRAC_PI_4) * step);
        let better = around.map(|p| (p, radius(p))).filter(|&(p, r)| r > best && inside(p));
        match better.reduce(|a, b| if b.1 > a.1 { b } else { a }) {
            Some(found) => (at, best) = found,
            None => step *= 0.5,
        }
    }
    Room { plot: index, at, radius: best }
}

//! From the board to the lattice: each border once, bent and dense, then rings around whatever one owner holds.

use super::board::Board;
use super::carve::Yard;
use super::cut::Rank;
use super::grids::Plot;
use super::mesh::{Mesh, OUTSIDE};
use super::plane::{V, area};
use crate::crs::{Point, Polygon, cross, ring_area2};

/// Distance of a border's vertices, as a share of the side of the smaller grid beside it.
const STEP: f64 = 0.072;

/// Owner of what nobody holds.
pub(super) const NOBODY: u32 = u32::MAX;

/// The board carried to the lattice.
pub(super) struct Drawing<'a> {
    board: &'a Board,
    /// Owner of each face.
    pub owner: Vec<u32>,
    /// Side of a square as large as what each owner holds, in metres.
    side: Vec<f64>,
    vertices: Vec<Point>,
    /// Points within each edge, in the direction of its even half.
    inner: Vec<Vec<Point>>,
}

impl<'a> Drawing<'a> {
    /// Draws the borders between the owners of faces, and wide canals also where they are none; owners are `0..count` or [`NOBODY`].
    pub fn new(board: &'a Board, owner: Vec<u32>, count: usize) -> Self {
        let mesh = &board.mesh;
        let side = sides(mesh, &owner, count);
        let vertices = (0..mesh.at.len()).map(|v| lattice_vertex(board, v)).collect();
        let inner = (0..mesh.edges() as u32)
            .map(|edge| {
                let (a, b) = (owner[mesh.face(edge * 2) as usize], owner[mesh.across(edge * 2) as usize]);
                let smaller = [a, b]
                    .into_iter()
                    .filter_map(|o| side.get(o as usize))
                    .fold(f64::INFINITY, |l, &s| l.min(s));
                let wide = board.lines[mesh.line(edge * 2) as usize].rank <= Rank::Main;
                if a == b && !wide {
                    Vec::new()
                } else {
                    within(board, mesh.start(edge * 2), mesh.end(edge * 2), STEP * smaller)
                }
            })
            .collect();
        Self { board, owner, side, vertices, inner }
    }

    /// The points of a half-edge with its start and without its end.
    pub fn points(&self, half: u32) -> Vec<Point> {
        let inner = &self.inner[half as usize / 2];
        let start = self.vertices[self.board.mesh.origin(half) as usize];
        let rest: Vec<Point> =
            if half.is_multiple_of(2) { inner.clone() } else { inner.iter().rev().copied().collect() };
        std::iter::once(start).chain(rest).collect()
    }

    /// The lattice point of a vertex.
    pub fn vertex(&self, vertex: u32) -> Point {
        self.vertices[vertex as usize]
    }

    /// The points of a run of half-edges, both ends included.
    pub fn along(&self, run: &[u32]) -> Vec<Point> {
        let mut points: Vec<Point> = run.iter().flat_map(|&h| self.points(h)).collect();
        points.extend(run.last().map(|&h| self.end(h)));
        points
    }

    /// The side of the larger grid beside an edge, in metres; endless where one side is no grid.
    pub fn larger_side(&self, edge: u32) -> f64 {
        let mesh = &self.board.mesh;
        let side =
            |face: u32| self.side.get(self.owner[face as usize] as usize).copied().unwrap_or(f64::INFINITY);
        side(mesh.face(edge * 2)).max(side(mesh.across(edge * 2)))
    }

    /// Whether an edge has two owners.
    pub fn is_border(&self, edge: u32) -> bool {
        let mesh = &self.board.mesh;
        self.owner[mesh.face(edge * 2) as usize] != self.owner[mesh.across(edge * 2) as usize]
    }

    /// The ring of a yard, counter-clockwise.
    fn yard(&self, yard: &Yard) -> Vec<Point> {
        let board = self.board;
        let step = STEP * area(&yard.ring).sqrt();
        let corner = |i: usize| match yard.touches {
            Some(vertex) if i == 0 => self.vertices[vertex as usize],
            _ => board.ground.plane.lattice(board.ground.bend(yard.ring[i])),
        };
        let n = yard.ring.len();
        let side = |i: usize| within(board, yard.ring[i], yard.ring[(i + 1) % n], step);
        (0..n).flat_map(|i| std::iter::once(corner(i)).chain(side(i))).collect()
    }

    /// The polygons of every plot: yards are cut out of their hosts and given to their owners.
    pub fn shapes(&self, plots: &[Plot], yards: &[Yard]) -> Vec<Vec<Polygon>> {
        let mut shapes: Vec<Vec<Polygon>> =
            plots.iter().enumerate().map(|(i, p)| self.polygons(i as u32, &p.faces)).collect();
        for yard in yards {
            let shell = self.yard(yard);
            let inside = shell[shell.len() / 2];
            let hole = shell.iter().rev().copied().collect();
            if let Some(host) = shapes[yard.host].iter_mut().find(|p| ring_holds(&p.shell, inside)) {
                host.holes.push(hole);
            }
            shapes[yard.owner].push(Polygon { shell, holes: Vec::new() });
        }
        shapes
    }

    /// Where a half-edge ends.
    pub fn end(&self, half: u32) -> Point {
        self.vertices[self.board.mesh.origin(half ^ 1) as usize]
    }

    /// The rings around what `owner` holds, of whose faces `faces` are all; shells first.
    pub fn polygons(&self, owner: u32, faces: &[u32]) -> Vec<Polygon> {
        let rings = rings(&self.board.mesh, &self.owner, owner, faces);
        let drawn = rings.into_iter().map(|ring| {
            let mut points: Vec<Point> = ring.into_iter().flat_map(|h| self.points(h)).collect();
            points.dedup();
            points
        });
        let (shells, holes): (Vec<_>, Vec<_>) = drawn.partition(|r| ring_area2(r) > 0);
        let mut polygons: Vec<Polygon> =
            shells.into_iter().map(|shell| Polygon { shell, holes: Vec::new() }).collect();
        for hole in holes {
            let around = polygons.iter_mut().find(|p| ring_holds(&p.shell, hole[0]));
            if let Some(polygon) = around {
                polygon.holes.push(hole);
            }
        }
        polygons
    }
}

/// The lattice point of a vertex: the given one where the outline gave it.
fn lattice_vertex(board: &Board, vertex: usize) -> Point {
    let given = board.outline.given.get(vertex).copied().flatten();
    given.unwrap_or_else(|| board.ground.plane.lattice(board.ground.bend(board.mesh.at[vertex])))
}

/// The side of a square as large as what each owner holds, in metres.
fn sides(mesh: &Mesh, owner: &[u32], count: usize) -> Vec<f64> {
    let mut area = vec![0.0; count];
    for face in 1..mesh.faces() as u32 {
        if let Some(sum) = area.get_mut(owner[face as usize] as usize) {
            *sum += mesh.area(face);
        }
    }
    area.into_iter().map(f64::sqrt).collect()
}

/// Lattice points between two places on the board, about `step` metres apart.
pub(super) fn within(board: &Board, a: V, b: V, step: f64) -> Vec<Point> {
    let parts = (a.distance(b) / step).round().max(1.0) as usize;
    let at = |i: usize| board.ground.plane.lattice(board.ground.bend(a.towards(b, i as f64 / parts as f64)));
    (1..parts).map(at).collect()
}

/// The half-edges of each ring around an owner's faces, the owner to the left.
pub(super) fn rings(mesh: &Mesh, owner_of: &[u32], owner: u32, faces: &[u32]) -> Vec<Vec<u32>> {
    let own = |half: u32| mesh.across(half) != OUTSIDE && owner_of[mesh.across(half) as usize] == owner;
    let mut borders: Vec<u32> = faces.iter().flat_map(|&f| mesh.ring(f)).filter(|&h| !own(h)).collect();
    borders.sort_unstable();
    let mut seen = vec![false; borders.len()];
    let mut rings = Vec::new();
    for i in 0..borders.len() {
        if seen[i] {
            continue;
        }
        let (mut ring, mut half) = (Vec::new(), borders[i]);
        while let Ok(k) = borders.binary_search(&half) {
            if std::mem::replace(&mut seen[k], true) {
                break;
            }
            ring.push(half);
            half = mesh.next(half);
            while own(half) {
                half = mesh.next(half ^ 1);
            }
        }
        rings.push(ring);
    }
    rings
}

/// Whether a lattice ring holds a point; border points go either way.
pub(super) fn ring_holds(ring: &[Point], p: Point) -> bool {
    let mut inside = false;
    let Some(&last) = ring.last() else { return false };
    let mut a = last;
    for &b in ring {
        if (a.y > p.y) != (b.y > p.y) {
            let left = cross(a, b, p) > 0;
            if left == (b.y > a.y) {
                inside = !inside;
            }
        }
        a = b;
    }
    inside
}

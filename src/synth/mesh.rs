//! The board as a planar graph: every border is one edge with two sides, from the first cut to the last.
//!
//! ```text
//!            next                    half-edge h runs from origin(h); its other side is h ^ 1;
//!      ┌──────────────▶              the face lies to the left of its half-edges, so the ring of an
//!      │   face f                    inner face runs counter-clockwise; face 0 is the outside
//!   h  │
//! ```
//!
//! Two operations change it, and both keep it planar as long as what they are given lies inside the face:
//! [`Mesh::split_edge`] puts a vertex on an edge, [`Mesh::split_face`] draws a path between two vertices of a face.

use super::plane::{V, area};

/// The face outside the outline.
pub(super) const OUTSIDE: u32 = 0;

/// Half-edges, vertices and faces.
pub(super) struct Mesh {
    /// Vertices on the board.
    pub at: Vec<V>,
    origin: Vec<u32>,
    next: Vec<u32>,
    prev: Vec<u32>,
    face: Vec<u32>,
    /// The line that each edge belongs to.
    line: Vec<u32>,
    /// A half-edge of each face.
    entry: Vec<u32>,
}

impl Mesh {
    /// A single face within a ring that runs counter-clockwise; its edges belong to `line`.
    pub fn of_ring(ring: &[V], line: u32) -> Self {
        let n = ring.len() as u32;
        let half = |edge: u32, side: u32| edge % n * 2 + side;
        let mut mesh = Self {
            at: ring.to_vec(),
            origin: Vec::new(),
            next: Vec::new(),
            prev: Vec::new(),
            face: Vec::new(),
            line: vec![line; n as usize],
            entry: vec![1, 0],
        };
        for edge in 0..n {
            mesh.origin.extend([edge, (edge + 1) % n]);
            mesh.next.extend([half(edge + 1, 0), half(edge + n - 1, 1)]);
            mesh.prev.extend([half(edge + n - 1, 0), half(edge + 1, 1)]);
            mesh.face.extend([1, OUTSIDE]);
        }
        mesh
    }

    pub fn faces(&self) -> usize {
        self.entry.len()
    }

    pub fn edges(&self) -> usize {
        self.line.len()
    }

    pub fn origin(&self, half: u32) -> u32 {
        self.origin[half as usize]
    }

    pub fn next(&self, half: u32) -> u32 {
        self.next[half as usize]
    }

    pub fn prev(&self, half: u32) -> u32 {
        self.prev[half as usize]
    }

    pub fn face(&self, half: u32) -> u32 {
        self.face[half as usize]
    }

    /// The face on the other side.
    pub fn across(&self, half: u32) -> u32 {
        self.face[half as usize ^ 1]
    }

    pub fn line(&self, half: u32) -> u32 {
        self.line[half as usize / 2]
    }

    /// Where a half-edge starts.
    pub fn start(&self, half: u32) -> V {
        self.at[self.origin(half) as usize]
    }

    /// Where a half-edge ends.
    pub fn end(&self, half: u32) -> V {
        self.start(half ^ 1)
    }

    pub fn length(&self, half: u32) -> f64 {
        self.start(half).distance(self.end(half))
    }

    /// Whether three or more edges meet where `half` starts.
    pub fn is_node(&self, half: u32) -> bool {
        self.next(half ^ 1) != self.prev(half) ^ 1
    }

    /// The half-edges around a face, in order.
    pub fn ring(&self, face: u32) -> Vec<u32> {
        let first = self.entry[face as usize];
        let mut ring = vec![first];
        let mut half = self.next(first);
        while half != first {
            ring.push(half);
            half = self.next(half);
        }
        ring
    }

    /// The corners of a face.
    pub fn corners(&self, face: u32) -> Vec<V> {
        self.ring(face).into_iter().map(|h| self.start(h)).collect()
    }

    /// Area of a face on the board, in m².
    pub fn area(&self, face: u32) -> f64 {
        area(&self.corners(face))
    }

    /// Puts a vertex at `p` on the edge of `half`, which then ends there; gives the half-edge that starts there
    /// and runs on in the same face.
    pub fn split_edge(&mut self, half: u32, p: V) -> u32 {
        let (twin, vertex) = (half ^ 1, self.at.len() as u32);
        let on = self.new_edge(self.line(half));
        let (on_next, back_prev) = (self.next(half), self.prev(twin));
        self.at.push(p);
        self.origin[on as usize] = vertex;
        self.origin[on as usize ^ 1] = self.origin(twin);
        self.origin[twin as usize] = vertex;
        self.face[on as usize] = self.face(half);
        self.face[on as usize ^ 1] = self.face(twin);
        if on_next == twin {
            self.link(on, on ^ 1);
        } else {
            self.link(on, on_next);
            self.link(back_prev, on ^ 1);
        }
        self.link(half, on);
        self.link(on ^ 1, twin);
        on
    }

    /// Draws a path inside a face from where `a` starts, through `path`, to where `b` starts; both are
    /// half-edges of that face. The face keeps the side of `a`; the side of `b`, to the left of the path, is
    /// new and is given back.
    pub fn split_face(&mut self, a: u32, b: u32, path: &[V], line: u32) -> u32 {
        let (old, new) = (self.face(a), self.entry.len() as u32);
        let (into_a, into_b) = (self.prev(a), self.prev(b));
        let (from, to) = (self.origin(a), self.origin(b));
        let first = (self.line.len() * 2) as u32;
        let mut start = from;
        for i in 0..=path.len() {
            let half = self.new_edge(line);
            let end = path.get(i).map_or(to, |&p| {
                self.at.push(p);
                self.at.len() as u32 - 1
            });
            self.origin[half as usize] = start;
            self.origin[half as usize ^ 1] = end;
            self.face[half as usize] = new;
            self.face[half as usize ^ 1] = old;
            if half > first {
                self.link(half - 2, half);
                self.link(half ^ 1, half - 1);
            }
            start = end;
        }
        let last = first + 2 * path.len() as u32;
        self.link(into_a, first);
        self.link(last, b);
        self.link(into_b, last ^ 1);
        self.link(first ^ 1, a);
        self.entry.push(b);
        self.entry[old as usize] = a;
        let mut half = b;
        while self.face(half) != new {
            self.face[half as usize] = new;
            half = self.next(half);
        }
        new
    }

    fn new_edge(&mut self, line: u32) -> u32 {
        let half = (self.line.len() * 2) as u32;
        self.line.push(line);
        for list in [&mut self.origin, &mut self.next, &mut self.prev, &mut self.face] {
            list.extend([u32::MAX, u32::MAX]);
        }
        half
    }

    fn link(&mut self, before: u32, after: u32) {
        self.next[before as usize] = after;
        self.prev[after as usize] = before;
    }
}

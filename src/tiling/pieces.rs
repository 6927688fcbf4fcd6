//! The borders of a zoom cut at every tile's clip lines, so that clipping a tile is choosing nine cells.
//!
//! In: rounded segments, noded where they cross a clip line. Out: **pieces**, runs of border that no clip line cuts,
//! each in one cell of the mesh that all clip lines make. A tile's buffered box is three columns by three rows of it:
//!
//! ```text
//!        2x    2x+1   2x+2                column 2x    the seam between tiles x-1 and x: both their buffers
//!       ┌──┬────────┬──┐                  column 2x+1  the middle of tile x, which no other tile sees
//!   2y  ├──┼────────┼──┤
//!       │  │        │  │  2y+1            coordinates: tile units from the world's north-west corner, y south
//!  2y+2 ├──┼────────┼──┤
//!       └──┴────────┴──┘
//! ```
//!
//! Where a border crosses a clip line it has a vertex that only the tiles whose rim this is need: a **seam**. For the
//! others it is left out. What they then have is the rounding of the same borders with fewer cells hot, hence as sound;
//! only, a border that would lose its last vertex between two nodes keeps one, so that no face goes flat.

use std::collections::HashSet;
use std::ops::Range;

use super::turns::Turns;
use crate::coverage::arrangement::{Chain, Segment, chains};
use crate::crs::{Bounds, Point, TileId};
use crate::unit::Owner;

/// Clip lines: k × `extent` ± `buffer`, in tile units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mesh {
    pub extent: i32,
    pub buffer: i32,
}

impl Mesh {
    /// The mesh of tiles of `extent`, with the buffer of 64 in 4096.
    pub fn new(extent: u32) -> Self {
        Self { extent: extent as i32, buffer: extent as i32 / 64 }
    }

    /// A tile without its buffer, in tile units.
    pub fn square(self, tile: TileId) -> Bounds {
        let min = Point::new(tile.x() as i32 * self.extent, tile.y() as i32 * self.extent);
        Bounds { min, max: Point::new(min.x + self.extent, min.y + self.extent) }
    }

    /// A tile with its buffer, in tile units.
    pub fn boxed(self, tile: TileId) -> Bounds {
        let (x, y) = (tile.x() as i32 * self.extent, tile.y() as i32 * self.extent);
        let (low, high) = (-self.buffer, self.extent + self.buffer);
        Bounds { min: Point::new(x + low, y + low), max: Point::new(x + high, y + high) }
    }

    /// The column (or row) of a coordinate given in halves of a unit; a line belongs to the one beyond it.
    fn column(self, halves: i64) -> i32 {
        let (extent, buffer) = (2 * i64::from(self.extent), 2 * i64::from(self.buffer));
        let tile = (halves + buffer).div_euclid(extent);
        let in_seam = (halves + buffer).rem_euclid(extent) < 2 * buffer;
        (2 * tile + i64::from(!in_seam)) as i32
    }

    fn on_line(self, v: i32) -> bool {
        let beyond = (v + self.buffer).rem_euclid(self.extent);
        beyond == 0 || beyond == 2 * self.buffer
    }

    /// Whether a point lies on a clip line.
    pub fn cuts(self, p: Point) -> bool {
        self.on_line(p.x) || self.on_line(p.y)
    }

    /// Row and column of a segment: those of its middle.
    fn cell(self, a: Point, b: Point) -> (i32, i32) {
        let column = |p: i32, q: i32| self.column(i64::from(p) + i64::from(q));
        (column(a.y, b.y), column(a.x, b.x))
    }
}

/// A piece: at least two points, and a side left and right.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    end: u32,
    left: Owner,
    right: Owner,
    /// Whether its start and its end are seams.
    seams: [bool; 2],
}

/// A piece as it is cut: its cell, its points, its sides, whether its ends are seams.
type Cut<'a> = ((i32, i32), &'a [Point], (Owner, Owner), [bool; 2]);

/// The pieces of a zoom by cell, and how they meet.
#[derive(Debug)]
pub(super) struct Pieces {
    mesh: Mesh,
    points: Vec<Point>,
    spans: Vec<Span>,
    turns: Turns,
    /// Row, column and first piece of each cell that has any, sorted.
    cells: Vec<(i32, i32, u32)>,
}

impl Pieces {
    /// Cuts rounded segments. `vertices` are the points on clip lines that would be there without them. Where
    /// rounding turned a sliver inside out, its border is given one owner.
    pub fn cut(segments: &[Segment], mesh: Mesh, vertices: &HashSet<Point>) -> Self {
        let mut pieces = Self::from_segments(segments, mesh, vertices);
        if let Some(healed) = pieces.healed() {
            pieces = Self::from_segments(&healed, mesh, vertices);
        }
        pieces
    }

    fn from_segments(segments: &[Segment], mesh: Mesh, vertices: &HashSet<Point>) -> Self {
        let chains = chains(segments);
        let mut cut: Vec<Cut> = Vec::with_capacity(chains.len());
        for chain in &chains {
            cut_chain(chain, mesh, vertices, &mut cut);
        }
        // Stable: within a cell in the order of the chains.
        cut.sort_by_key(|c| c.0);
        let (mut points, mut spans, mut cells) = (Vec::new(), Vec::with_capacity(cut.len()), Vec::new());
        for &((row, col), line, (left, right), seams) in &cut {
            if cells.last().is_none_or(|&(r, c, _)| (r, c) != (row, col)) {
                cells.push((row, col, spans.len() as u32));
            }
            let start = points.len() as u32;
            points.extend_from_slice(line);
            spans.push(Span { start, end: points.len() as u32, left, right, seams });
        }
        let turns = Turns::new(cut.len(), |i| {
            let p = cut[i].1;
            [p[0], p[1], p[p.len() - 2], p[p.len() - 1]]
        });
        Self { mesh, points, spans, turns, cells }
    }

    /// The segments again with one side all round each walk, if some walk has two; slivers under a unit wide, whose
    /// borders crossed when they were rounded to the world's grid.
    fn healed(&self) -> Option<Vec<Segment>> {
        let mut sides: Vec<Owner> = self.spans.iter().flat_map(|s| [s.left, s.right]).collect();
        let mut seen = vec![false; sides.len()];
        let (mut ring, mut torn) = (Vec::new(), false);
        for first in 0..sides.len() as u32 {
            ring.clear();
            let mut half = first;
            while !seen[half as usize] {
                seen[half as usize] = true;
                ring.push(half);
                half = self.turns.next(half, |_| true);
            }
            if ring.iter().any(|&h| sides[h as usize] != sides[first as usize]) {
                torn = true;
                let side = most_frequent(ring.iter().map(|&h| sides[h as usize]));
                for &h in &ring {
                    sides[h as usize] = side;
                }
            }
        }
        torn.then(|| self.segments(&sides))
    }

    fn segments(&self, sides: &[Owner]) -> Vec<Segment> {
        let mut segments = Vec::with_capacity(self.points.len());
        for (i, side) in sides.chunks_exact(2).enumerate().filter(|(_, s)| s[0] != s[1]) {
            let line = self.line(i as u32).windows(2);
            segments.extend(line.map(|w| Segment { a: w[0], b: w[1], left: side[0], right: side[1] }));
        }
        segments
    }

    /// How many points there are.
    pub fn point_count(&self) -> usize {
        self.points.len()
    }

    /// The points of piece `i`.
    pub fn line(&self, i: u32) -> &[Point] {
        let Span { start, end, .. } = self.spans[i as usize];
        &self.points[start as usize..end as usize]
    }

    /// Whether a half-piece starts at a seam.
    pub fn starts_at_seam(&self, half: u32) -> bool {
        self.spans[half as usize / 2].seams[half as usize % 2]
    }

    /// Who lies left and right of piece `i`.
    pub fn sides(&self, i: u32) -> (Owner, Owner) {
        let Span { left, right, .. } = self.spans[i as usize];
        (left, right)
    }

    /// How pieces meet.
    pub fn turns(&self) -> &Turns {
        &self.turns
    }

    /// The mesh.
    pub fn mesh(&self) -> Mesh {
        self.mesh
    }

    /// Row and column of every cell that has pieces, sorted.
    pub fn cells(&self) -> impl Iterator<Item = (i32, i32)> + '_ {
        self.cells.iter().map(|&(row, col, _)| (row, col))
    }

    /// The pieces of a cell, by row and column.
    pub fn cell(&self, cell: (i32, i32)) -> Range<u32> {
        let at = self.cells.partition_point(|&(r, c, _)| (r, c) < cell);
        let start = |i: usize| self.cells.get(i).map_or(self.spans.len() as u32, |c| c.2);
        let is_there = self.cells.get(at).is_some_and(|&(r, c, _)| (r, c) == cell);
        start(at)..start(at + usize::from(is_there))
    }

    /// The pieces of a tile's box, row by row. Pieces along its west and north rims are among them, along its east
    /// and south rims are not.
    pub fn window(&self, tile: TileId) -> Window {
        let (col, row) = (2 * tile.x() as i32, 2 * tile.y() as i32);
        let starts = |row: i32, col: i32| {
            let cell = self.cells.partition_point(|&(r, c, _)| (r, c) < (row, col));
            self.cells.get(cell).map_or(self.spans.len() as u32, |c| c.2)
        };
        Window::new([row, row + 1, row + 2].map(|r| starts(r, col)..starts(r, col + 3)))
    }

    /// The side on which a tile's box has its first corner.
    pub fn side_of_corner(&self, tile: TileId) -> Owner {
        self.side_east_of(self.mesh.boxed(tile).min, 0.5)
    }

    /// The side that a triangle of half a grid cell lies on, through which no border runs.
    pub fn side_at(&self, t: [Point; 3]) -> Owner {
        let min = Point::new(t[0].x.min(t[1].x).min(t[2].x), t[0].y.min(t[1].y).min(t[2].y));
        // Half-way up, the triangle reaches from one of its upright edges to the middle of the slanting one.
        let west = t.iter().filter(|p| p.x == min.x).count() == 2;
        self.side_east_of(min, if west { 0.25 } else { 0.75 })
    }

    /// The side on which the place half a unit beyond `base`'s y and `east` of its x lies: what lies west decides.
    fn side_east_of(&self, base: Point, east: f64) -> Owner {
        let halves = |v: i32| 2 * i64::from(v) + 1;
        let (row, col) = (self.mesh.column(halves(base.y)), self.mesh.column(halves(base.x)));
        let beyond = self.cells.partition_point(|&(r, c, _)| (r, c) <= (row, col));
        for cell in (0..beyond).rev().take_while(|&cell| self.cells[cell].0 == row) {
            let end = self.cells.get(cell + 1).map_or(self.spans.len() as u32, |c| c.2);
            let crossings = (self.cells[cell].2..end).flat_map(|i| {
                self.line(i).windows(2).filter_map(move |w| Some((i, east_of(w[0], w[1], base)?)))
            });
            let last = crossings.filter(|(_, c)| c.x < east).max_by(|(_, c), (_, d)| c.x.total_cmp(&d.x));
            if let Some((i, crossing)) = last {
                let (left, right) = self.sides(i);
                return if crossing.upward { right } else { left };
            }
        }
        Owner::OUTSIDE
    }
}

/// Cuts a chain at the clip lines it has vertices on.
fn cut_chain<'a>(chain: &'a Chain, mesh: Mesh, vertices: &HashSet<Point>, cut: &mut Vec<Cut<'a>>) {
    let p = chain.points.as_slice();
    let last = p.len() - 1;
    let on_line = |i: usize| (1..last).contains(&i) && mesh.cuts(p[i]);
    let for_line = |i: usize| on_line(i) && !vertices.contains(&p[i]);
    let stay = last - 1 - (1..last).filter(|&i| for_line(i)).count();
    let mut to_keep = (1 + usize::from(p[0] == p[last])).saturating_sub(stay);
    let (mut start, mut seam) = (0, false);
    for end in 1..=last {
        if end == last || on_line(end) {
            let mut is_seam = for_line(end);
            if is_seam && to_keep > 0 {
                (is_seam, to_keep) = (false, to_keep - 1);
            }
            let cell = mesh.cell(p[start], p[start + 1]);
            cut.push((cell, &p[start..=end], (chain.left, chain.right), [seam, is_seam]));
            (start, seam) = (end, is_seam);
        }
    }
}

/// Where a segment crosses the line half a unit beyond a base's y.
struct Crossing {
    /// East of the base. Segments of one cell are short enough that distinct crossings differ as doubles.
    x: f64,
    /// Whether the segment runs towards greater y, with its right side east.
    upward: bool,
}

fn east_of(a: Point, b: Point, base: Point) -> Option<Crossing> {
    if (a.y <= base.y) == (b.y <= base.y) {
        return None;
    }
    let (dx, dy) = (f64::from(b.x - a.x), f64::from(b.y - a.y));
    let along = (f64::from(base.y - a.y) + 0.5) / dy;
    Some(Crossing { x: f64::from(a.x - base.x) + along * dx, upward: b.y > a.y })
}

fn most_frequent(sides: impl Iterator<Item = Owner>) -> Owner {
    let mut sorted: Vec<Owner> = sides.collect();
    sorted.sort_unstable();
    let runs = sorted.chunk_by(|p, q| p == q);
    runs.max_by_key(|run| (run.len(), std::cmp::Reverse(run[0]))).map_or(Owner::OUTSIDE, |run| run[0])
}

/// The pieces of a tile, numbered from 0 for as long as it is drawn.
#[derive(Clone, Debug)]
pub(super) struct Window {
    rows: [Range<u32>; 3],
    /// What to take from a piece's number, by row, to get its local one.
    offsets: [u32; 3],
    count: u32,
}

impl Window {
    fn new(rows: [Range<u32>; 3]) -> Self {
        let mut count = 0;
        let offsets = rows.clone().map(|row| {
            let offset = row.start - count;
            count += row.len() as u32;
            offset
        });
        Self { rows, offsets, count }
    }

    /// How many pieces there are.
    pub fn count(&self) -> usize {
        self.count as usize
    }

    /// Every piece, in local order.
    pub fn pieces(&self) -> impl Iterator<Item = u32> + '_ {
        self.rows.iter().cloned().flatten()
    }

    /// The local number of a half-piece, if its piece is in the window.
    pub fn local(&self, half: u32) -> Option<usize> {
        let piece = half / 2;
        let row = self.rows.iter().position(|row| row.contains(&piece))?;
        Some((half - 2 * self.offsets[row]) as usize)
    }
}

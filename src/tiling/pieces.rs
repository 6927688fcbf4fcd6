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

use std::ops::Range;

use super::turns::Turns;
use crate::coverage::arrangement::{Segment, chains};
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

    fn cuts(self, p: Point) -> bool {
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
}

/// A piece as it is cut: its cell, its points, its sides.
type Cut<'a> = ((i32, i32), &'a [Point], Owner, Owner);

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
    /// Cuts rounded segments. Where rounding turned a sliver inside out, its border is given one owner.
    pub fn cut(segments: &[Segment], mesh: Mesh) -> Self {
        let mut pieces = Self::from_segments(segments, mesh);
        if let Some(healed) = pieces.healed() {
            pieces = Self::from_segments(&healed, mesh);
        }
        pieces
    }

    fn from_segments(segments: &[Segment], mesh: Mesh) -> Self {
        let chains = chains(segments);
        let mut cut: Vec<Cut> = Vec::with_capacity(chains.len());
        for chain in &chains {
            let p = chain.points.as_slice();
            let mut start = 0;
            for end in 1..p.len() {
                if end == p.len() - 1 || mesh.cuts(p[end]) {
                    let cell = mesh.cell(p[start], p[start + 1]);
                    cut.push((cell, &p[start..=end], chain.left, chain.right));
                    start = end;
                }
            }
        }
        // Stable: within a cell in the order of the chains.
        cut.sort_by_key(|c| c.0);
        let (mut points, mut spans, mut cells) = (Vec::new(), Vec::with_capacity(cut.len()), Vec::new());
        for &((row, col), line, left, right) in &cut {
            if cells.last().is_none_or(|&(r, c, _)| (r, c) != (row, col)) {
                cells.push((row, col, spans.len() as u32));
            }
            let start = points.len() as u32;
            points.extend_from_slice(line);
            spans.push(Span { start, end: points.len() as u32, left, right });
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

    /// The side on which a tile's box has its first corner, a hair inside: what lies west of it decides.
    pub fn side_of_corner(&self, tile: TileId) -> Owner {
        let (corner, row, col) = (self.mesh.boxed(tile).min, 2 * tile.y() as i32, 2 * tile.x() as i32);
        let beyond = self.cells.partition_point(|&(r, c, _)| (r, c) <= (row, col));
        for cell in (0..beyond).rev().take_while(|&cell| self.cells[cell].0 == row) {
            let end = self.cells.get(cell + 1).map_or(self.spans.len() as u32, |c| c.2);
            let crossings = (self.cells[cell].2..end).flat_map(|i| {
                self.line(i).windows(2).filter_map(move |w| Some((i, east_of(w[0], w[1], corner)?)))
            });
            let last = crossings.filter(|(_, c)| c.x < 0.5).max_by(|(_, c), (_, d)| c.x.total_cmp(&d.x));
            if let Some((i, crossing)) = last {
                let (left, right) = self.sides(i);
                return if crossing.upward { right } else { left };
            }
        }
        Owner::OUTSIDE
    }
}

/// Where a segment crosses the line half a unit beyond a corner's y.
struct Crossing {
    /// East of the corner. Segments of one cell are short enough that distinct crossings differ as doubles.
    x: f64,
    /// Whether the segment runs towards greater y, with its right side east.
    upward: bool,
}

fn east_of(a: Point, b: Point, corner: Point) -> Option<Crossing> {
    if (a.y <= corner.y) == (b.y <= corner.y) {
        return None;
    }
    let (dx, dy) = (f64::from(b.x - a.x), f64::from(b.y - a.y));
    let along = (f64::from(corner.y - a.y) + 0.5) / dy;
    Some(Crossing { x: f64::from(a.x - corner.x) + along * dx, upward: b.y > a.y })
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

//! Arcs → the directory: one word for every cell of the grid, and the records of those that borders meet.
//!
//! ```text
//! word of a cell    0 owner (31 bits)          every point of it has this owner
//!                   1 0 offset (30 bits)       a record (see `record`)
//!                   1 1 offset (30 bits)       four words, one for each quarter: too many edges for one record
//! ```
//!
//! `build = for each strip of rows: thread the arcs through the cells; then walk each row from the outside in the
//! west, place each cell's record and carry the owner of the south-west corner on to the next cell.`

use std::ops::Range;

use super::grid::{Grid, LEAST_K, Square};
use super::record::{Piece, owner_at, write};
use crate::coverage::ArcRef;
use crate::crs::{Bounds, Point};

/// Set in the word of a cell that borders meet.
pub const OPEN: u32 = 1 << 31;
/// Set in the word of a cell that is quartered.
pub const QUARTERED: u32 = OPEN | 1 << 30;
/// Where an open cell's words are.
pub const OFFSET: u32 = (1 << 30) - 1;

/// The word of a cell of one owner.
const fn closed(owner: u32) -> u32 {
    owner & !OPEN
}

/// The owner in a closed cell's word; the outside is all ones.
#[inline]
pub const fn owner_of(word: u32) -> u32 {
    ((word << 1) as i32 >> 1) as u32
}

/// The cells of a grid by row, and the words of the open ones.
#[derive(Debug)]
pub struct Directory {
    pub grid: Grid,
    pub cells: Vec<u32>,
    pub words: Vec<u32>,
}

/// Consecutive edges of an arc that meet one cell; `next` is one more than the cell's next run, 0 at the end.
#[derive(Clone, Copy)]
struct Run {
    arc: u32,
    first: u32,
    count: u32,
    next: u32,
}

impl Directory {
    pub fn build(arcs: &[ArcRef]) -> Self {
        let edges = arcs.iter().map(|a| a.points.len().saturating_sub(1)).sum();
        let boxes: Vec<Bounds> = arcs.iter().map(|a| Bounds::of(a.points)).collect();
        let grid = Grid::over(boxes.iter().copied().fold(Bounds::EMPTY, Bounds::union), edges);
        let heights = boxes.iter().map(|b| (b.min.y, b.max.y)).collect();
        let mut builder = Builder { arcs, heights, words: Vec::new(), runs: Vec::new(), scratch: Vec::new() };
        let mut cells = vec![0; grid.columns * grid.rows];
        let strips = (edges / EDGES_PER_STRIP + 1).min(grid.rows.max(1));
        for strip in 0..strips {
            builder.strip(&grid, grid.rows * strip / strips..grid.rows * (strip + 1) / strips, &mut cells);
        }
        let mut words = builder.words;
        words.shrink_to_fit();
        assert!(words.len() < OFFSET as usize, "borders for less than 4 GB of records");
        Self { grid, cells, words }
    }
}

struct Builder<'a> {
    arcs: &'a [ArcRef<'a>],
    /// Lowest and highest y of each arc.
    heights: Vec<(i32, i32)>,
    words: Vec<u32>,
    runs: Vec<Run>,
    scratch: Vec<Run>,
}

impl Builder<'_> {
    /// Some rows of the grid. While it works, a cell's word is one more than its newest run.
    fn strip(&mut self, grid: &Grid, rows: Range<usize>, cells: &mut [u32]) {
        self.thread(grid, &rows, cells);
        for row in rows {
            let mut corner = u32::MAX;
            for column in 0..grid.columns {
                let cell = &mut cells[row * grid.columns + column];
                if *cell == 0 {
                    *cell = closed(corner);
                } else {
                    let runs = self.runs_of(*cell);
                    (*cell, corner) = self.place(grid.square(column, row), &runs, corner);
                    self.scratch = runs;
                }
            }
        }
    }

    /// Leads every arc through the cells of `rows`, leaving runs.
    fn thread(&mut self, grid: &Grid, rows: &Range<usize>, cells: &mut [u32]) {
        self.runs.clear();
        let (south, north) = (grid.square(0, rows.start).y0 - 1, grid.square(0, rows.end).y0 + 1);
        let misses = |low: i32, high: i32| i64::from(high) < south || i64::from(low) > north;
        for (arc, &(low, high)) in self.heights.iter().enumerate() {
            if misses(low, high) {
                continue;
            }
            for (i, edge) in self.arcs[arc].points.windows(2).enumerate() {
                if misses(edge[0].y.min(edge[1].y), edge[0].y.max(edge[1].y)) {
                    continue;
                }
                let (arc, first) = (arc as u32, i as u32);
                grid.cover(rows, edge[0], edge[1], |cell| {
                    let newest = cells[cell];
                    match self.runs.get_mut((newest as usize).wrapping_sub(1)) {
                        Some(run) if run.arc == arc && run.first + run.count == first => run.count += 1,
                        _ => {
                            self.runs.push(Run { arc, first, count: 1, next: newest });
                            cells[cell] = self.runs.len() as u32;
                        }
                    }
                });
            }
        }
    }

    /// A cell's runs, in the scratch list (give it back when done).
    fn runs_of(&mut self, newest: u32) -> Vec<Run> {
        let mut runs = std::mem::take(&mut self.scratch);
        runs.clear();
        let mut at = newest;
        while let Some(&run) = self.runs.get((at as usize).wrapping_sub(1)) {
            runs.push(run);
            at = run.next;
        }
        runs
    }

    /// Appends what the square needs; gives its word, and the owner of the corner south-east of it.
    fn place(&mut self, square: Square, runs: &[Run], corner: u32) -> (u32, u32) {
        let at = self.words.len();
        let arcs = self.arcs;
        write(&mut self.words, square, runs.iter().map(|run| piece(arcs, run)), corner);
        let half = square.side() / 2;
        let owner = |words: &[u32], x: i64, y: i64| {
            owner_at(&words[at..], (x - half, y - half), (square.x0 + x, square.y0 + y))
        };
        let east = owner(&self.words, square.side(), 0);
        if runs.iter().map(|r| r.count).sum::<u32>() <= CROWD || square.k <= LEAST_K {
            return (OPEN | at as u32, east);
        }
        let corners = [(0, 0), (half, 0), (0, half), (half, half)].map(|(x, y)| owner(&self.words, x, y));
        self.words.truncate(at);
        self.words.extend([0; 4]);
        for (i, corner) in corners.into_iter().enumerate() {
            let quarter = square.quarter(i);
            let within = self.within(quarter, runs);
            let word =
                if within.is_empty() { closed(corner) } else { self.place(quarter, &within, corner).0 };
            self.words[at + i] = word;
        }
        (QUARTERED | at as u32, east)
    }

    /// The parts of runs that meet a quarter.
    fn within(&self, quarter: Square, runs: &[Run]) -> Vec<Run> {
        let mut within: Vec<Run> = Vec::new();
        for run in runs {
            for (i, edge) in piece(self.arcs, run).points.windows(2).enumerate() {
                if !quarter.touches(edge[0], edge[1]) {
                    continue;
                }
                let first = run.first + i as u32;
                match within.last_mut() {
                    Some(last) if last.arc == run.arc && last.first + last.count == first => last.count += 1,
                    _ => within.push(Run { first, count: 1, ..*run }),
                }
            }
        }
        within
    }
}

fn piece<'a>(arcs: &[ArcRef<'a>], run: &Run) -> Piece<'a> {
    let arc = arcs[run.arc as usize];
    let points: &'a [Point] = &arc.points[run.first as usize..=(run.first + run.count) as usize];
    Piece { points, left: arc.left, right: arc.right }
}

/// More edges than this in a cell and it is quartered: past it, adding up costs more than another step down.
const CROWD: u32 = 24;
/// What is threaded at once, so that the runs of millions of grids do not all lie in memory.
const EDGES_PER_STRIP: usize = 1 << 22;

//! Noding: segments → the same segments cut and bent at every hot cell they pass, on the grid.
//!
//! `node = emit(paths(hot(unique)))`: each piece of line is handled once however many segments lie on it; cells are
//! hot where a segment ends, where two cross, and where one crosses a clip line; a segment's path is the hot cells it
//! passes, in its own order.

use std::ops::ControlFlow;

use rayon::slice::ParallelSliceMut;

use super::bins::{Bins, Fine};
use super::hot::Grid;
use super::{Lines, Segment};
use crate::crs::Point;
use crate::unit::Owner;

/// A piece of an input segment on the grid, with a < b.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Noded {
    /// Start, in cells.
    pub a: Point,
    /// End, in cells.
    pub b: Point,
    /// Index of the input segment.
    pub input: u32,
    /// Whether a → b runs the way the input segment does.
    pub forward: bool,
}

impl Noded {
    /// Who lies left and right of a → b.
    pub fn sides(self, segments: &[Segment]) -> (Owner, Owner) {
        let s = &segments[self.input as usize];
        if self.forward { (s.left, s.right) } else { (s.right, s.left) }
    }
}

/// Cuts and bends segments at every hot cell they pass. The result is sorted, so equal pieces stand together.
pub fn node(segments: &[Segment], shift: u32, lines: Option<Lines>) -> Vec<Noded> {
    let (grid, scale) = Grid::new(shift);
    let (unique, line_of) = unique_lines(segments, scale);
    let hot = hot_cells(&unique, grid, lines);
    let paths = Paths::through(&unique, &hot, grid);
    let mut noded = Vec::with_capacity(segments.len());
    for (input, (segment, &line)) in segments.iter().zip(&line_of).enumerate() {
        let with_line = segment.a <= segment.b;
        for w in paths.of(line).windows(2) {
            let (a, b, forward) =
                if w[0] < w[1] { (w[0], w[1], with_line) } else { (w[1], w[0], !with_line) };
            noded.push(Noded { a, b, input: input as u32, forward });
        }
    }
    noded.par_sort_unstable();
    noded
}

/// Each distinct line once, from its smaller end to its greater, in fine units; and which line each segment lies on.
fn unique_lines(segments: &[Segment], scale: i64) -> (Vec<Fine>, Vec<u32>) {
    let key = |s: &Segment| if s.a <= s.b { (s.a, s.b) } else { (s.b, s.a) };
    let mut order: Vec<(Point, Point, u32)> = segments
        .iter()
        .enumerate()
        .map(|(i, s)| {
            let (a, b) = key(s);
            (a, b, i as u32)
        })
        .collect();
    order.par_sort_unstable();
    let fine = |p: Point| (i64::from(p.x) * scale, i64::from(p.y) * scale);
    let mut unique = Vec::with_capacity(segments.len());
    let mut line_of = vec![0; segments.len()];
    for same in order.chunk_by(|p, q| (p.0, p.1) == (q.0, q.1)) {
        for &(_, _, segment) in same {
            line_of[segment as usize] = unique.len() as u32;
        }
        unique.push((fine(same[0].0), fine(same[0].1)));
    }
    (unique, line_of)
}

/// The hot cells, sorted and without repeats.
fn hot_cells(unique: &[Fine], grid: Grid, lines: Option<Lines>) -> Vec<(i64, i64)> {
    let mut hot: Vec<(i64, i64)> =
        unique.iter().flat_map(|&(a, b)| [a, b]).map(|p| (grid.cell(p.0), grid.cell(p.1))).collect();
    cross_each_other(unique, grid, &mut hot);
    if let Some(lines) = lines {
        for &segment in unique {
            cross_lines(segment, grid, lines, &mut hot);
        }
    }
    hot.par_sort_unstable();
    hot.dedup();
    hot
}

/// Where the pieces of drawn lines have crossed each other and the segments of `others` more often than `most` times.
///
/// What is found more often than once counts as often: this bounds the work of [`node`], no more.
pub fn tangle(drawn: &[Segment], others: &[Segment], most: usize) -> Option<Point> {
    let (grid, scale) = Grid::new(0);
    let all = [drawn, others].concat();
    let (unique, line_of) = unique_lines(&all, scale);
    let mut is_drawn = vec![false; unique.len()];
    for &line in &line_of[..drawn.len()] {
        is_drawn[line as usize] = true;
    }
    let mut left = most;
    let found = each_crossing(&unique, grid, |i, j, cell| {
        if !is_drawn[i as usize] && !is_drawn[j as usize] {
            return ControlFlow::Continue(());
        }
        let Some(less) = left.checked_sub(1) else { return ControlFlow::Break(cell) };
        left = less;
        ControlFlow::Continue(())
    });
    found.break_value().map(|(x, y)| Point::new(x as i32, y as i32))
}

fn cross_each_other(unique: &[Fine], grid: Grid, hot: &mut Vec<(i64, i64)>) {
    let _: ControlFlow<()> = each_crossing(unique, grid, |_, _, cell| {
        hot.push(cell);
        ControlFlow::Continue(())
    });
}

/// Calls `f` with two lines that cross and the cell in which they do, once for each bin that both run through.
fn each_crossing<B>(
    unique: &[Fine],
    grid: Grid,
    mut f: impl FnMut(u32, u32, (i64, i64)) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let bins = Bins::of_segments(unique.len(), |i| unique[i], 0);
    for bin in 0..bins.count() {
        let items = bins.bin(bin);
        for (n, &i) in items.iter().enumerate() {
            let s = unique[i as usize];
            let (south, north) = (s.0.1.min(s.1.1), s.0.1.max(s.1.1));
            for &j in &items[n + 1..] {
                let t = unique[j as usize];
                // Lines run west to east: compare extents before anything dear.
                let apart =
                    t.0.0 > s.1.0 || s.0.0 > t.1.0 || t.0.1.max(t.1.1) < south || t.0.1.min(t.1.1) > north;
                if !apart && let Some(cell) = grid.crossing(s, t) {
                    f(i, j, cell)?;
                }
            }
        }
    }
    ControlFlow::Continue(())
}

fn cross_lines((a, b): Fine, grid: Grid, lines: Lines, hot: &mut Vec<(i64, i64)>) {
    let flip = |p: (i64, i64)| (p.1, p.0);
    for offset in [-lines.offset, lines.offset] {
        for x in multiples(grid.cell(a.0.min(b.0)), grid.cell(a.0.max(b.0)), lines.every, offset) {
            hot.extend(grid.on_column((a, b), x));
        }
        for y in multiples(grid.cell(a.1.min(b.1)), grid.cell(a.1.max(b.1)), lines.every, offset) {
            hot.extend(grid.on_column((flip(a), flip(b)), y).map(flip));
        }
    }
}

/// Every k × every + offset from `low` to `high`.
fn multiples(low: i64, high: i64, every: i64, offset: i64) -> impl Iterator<Item = i64> {
    let first = (low - offset).div_euclid(every) * every + offset;
    (0..).map(move |k| first + k * every).skip_while(move |&v| v < low).take_while(move |&v| v <= high)
}

/// For each line, the cells it passes.
struct Paths {
    starts: Vec<usize>,
    cells: Vec<Point>,
}

impl Paths {
    fn through(unique: &[Fine], hot: &[(i64, i64)], grid: Grid) -> Self {
        let centre = |i: usize| (grid.centre(hot[i].0), grid.centre(hot[i].1));
        let bins = Bins::of_segments(hot.len(), |i| (centre(i), centre(i)), 0);
        let mut paths = Self { starts: Vec::with_capacity(unique.len() + 1), cells: Vec::new() };
        paths.starts.push(0);
        let mut passed: Vec<(i128, (i64, i64))> = Vec::new();
        for &(a, b) in unique {
            passed.clear();
            bins.visit((a, b), grid.half(), |bin| {
                for &i in bins.bin(bin) {
                    let cell = hot[i as usize];
                    if grid.passes((a, b), cell) {
                        passed.push((progress((a, b), centre(i as usize)), cell));
                    }
                }
            });
            passed.sort_unstable();
            paths.cells.extend(passed.iter().map(|&(_, (x, y))| Point::new(x as i32, y as i32)));
            paths.starts.push(paths.cells.len());
        }
        paths
    }

    fn of(&self, line: u32) -> &[Point] {
        &self.cells[self.starts[line as usize]..self.starts[line as usize + 1]]
    }
}

/// How far along a segment a point lies, growing with it.
fn progress((a, b): Fine, p: (i64, i64)) -> i128 {
    i128::from(b.0 - a.0) * i128::from(p.0 - a.0) + i128::from(b.1 - a.1) * i128::from(p.1 - a.1)
}

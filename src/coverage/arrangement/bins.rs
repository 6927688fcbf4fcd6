//! A static grid of bins over segments or points, so that only near things are compared.
//!
//! In: boxes' worth of items once, by count-then-fill. Out: the items of a bin as a slice. A segment is put into
//! every bin it may touch, row by row, so long coast segments do not fill their bounding box.

/// A segment in fine units, both ends as (x, y).
pub type Fine = ((i64, i64), (i64, i64));

/// Square bins of 2^`log2` fine units.
#[derive(Debug)]
pub struct Bins {
    min: (i64, i64),
    log2: u32,
    cols: i64,
    rows: i64,
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Bins {
    /// Bins over `count` segments, each put where it passes within `margin` fine units.
    pub fn of_segments(count: usize, segment: impl Fn(usize) -> Fine, margin: i64) -> Self {
        let mut bins = Self::sized(count, &segment, margin);
        bins.starts = vec![0; (bins.cols * bins.rows) as usize + 1];
        for i in 0..count {
            let mut starts = std::mem::take(&mut bins.starts);
            bins.visit(segment(i), margin, |bin| starts[bin + 1] += 1);
            bins.starts = starts;
        }
        for i in 1..bins.starts.len() {
            bins.starts[i] += bins.starts[i - 1];
        }
        let mut next = bins.starts.clone();
        let mut items = vec![0; *bins.starts.last().unwrap_or(&0) as usize];
        for i in 0..count {
            bins.visit(segment(i), margin, |bin| {
                items[next[bin] as usize] = i as u32;
                next[bin] += 1;
            });
        }
        bins.items = items;
        bins
    }

    fn sized(count: usize, segment: impl Fn(usize) -> Fine, margin: i64) -> Self {
        let (mut min, mut max) = ((i64::MAX, i64::MAX), (i64::MIN, i64::MIN));
        for i in 0..count {
            let (a, b) = segment(i);
            for p in [a, b] {
                min = (min.0.min(p.0 - margin), min.1.min(p.1 - margin));
                max = (max.0.max(p.0 + margin), max.1.max(p.1 + margin));
            }
        }
        if count == 0 {
            (min, max) = ((0, 0), (0, 0));
        }
        let (width, height) = (max.0 - min.0 + 1, max.1 - min.1 + 1);
        let mut log2 = 0;
        while (i128::from(width >> log2) + 1) * (i128::from(height >> log2) + 1) > 2 * count as i128 + 16 {
            log2 += 1;
        }
        let (cols, rows) = ((width >> log2) + 1, (height >> log2) + 1);
        Self { min, log2, cols, rows, starts: Vec::new(), items: Vec::new() }
    }

    /// The items of a bin.
    pub fn bin(&self, bin: usize) -> &[u32] {
        &self.items[self.starts[bin] as usize..self.starts[bin + 1] as usize]
    }

    /// How many bins there are.
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// Calls `f` with every bin that `segment` may pass within `margin` fine units.
    pub fn visit(&self, ((ax, ay), (bx, by)): Fine, margin: i64, mut f: impl FnMut(usize)) {
        let first = self.row(ay.min(by) - margin);
        let last = self.row(ay.max(by) + margin);
        for row in first..=last {
            let (low, high) = if first == last {
                (ax.min(bx), ax.max(bx))
            } else {
                let south = self.min.1 + (row << self.log2) - margin;
                let north = south + (1 << self.log2) + 2 * margin;
                span((ax, ay), (bx, by), south, north)
            };
            for col in self.col(low - margin)..=self.col(high + margin) {
                f((row * self.cols + col) as usize);
            }
        }
    }

    /// Calls `f` with every bin west of and at x on the row of y, from east to west, until it says so.
    pub fn westward(&self, x: i64, y: i64, mut stop: impl FnMut(usize, i64) -> bool) {
        let row = self.row(y);
        for col in (0..=self.col(x)).rev() {
            let west_edge = self.min.0 + (col << self.log2);
            if stop((row * self.cols + col) as usize, west_edge) {
                return;
            }
        }
    }

    fn row(&self, y: i64) -> i64 {
        ((y - self.min.1) >> self.log2).clamp(0, self.rows - 1)
    }

    fn col(&self, x: i64) -> i64 {
        ((x - self.min.0) >> self.log2).clamp(0, self.cols - 1)
    }
}

/// The x-range of a segment between two heights, one unit wider than it may be.
fn span((ax, ay): (i64, i64), (bx, by): (i64, i64), south: i64, north: i64) -> (i64, i64) {
    if ay == by {
        return (ax.min(bx), ax.max(bx));
    }
    let slope = (bx - ax) as f64 / (by - ay) as f64;
    let at = |y: i64| ax as f64 + (y.clamp(ay.min(by), ay.max(by)) - ay) as f64 * slope;
    let (p, q) = (at(south), at(north));
    (p.min(q) as i64 - 1, p.max(q) as i64 + 1)
}

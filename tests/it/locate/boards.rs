//! Random coverages as arcs, small or as large as a county: partitions by construction.
//!
//! ```text
//! ●─╮ ╭──●      nodes jittered by a tenth of the spacing; edges wiggle by a tenth more, and only in their middle
//! │ ╰─╯  ╰╮     third, so none meets another; cells are leaves, voids or outside, some are merged, some hold an
//! ╰╮  ◇   │     enclave with an enclave of its own
//! ●╯──────●
//! ```

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::coverage::ArcRef;
use wangge::crs::Point;
use wangge::unit::Owner;

/// An arc that owns its points.
pub struct Arc {
    pub points: Vec<Point>,
    pub left: Owner,
    pub right: Owner,
}

/// A partition as arcs; owners below `leaves` are leaves, the others below `owners` voids.
pub struct Board {
    pub arcs: Vec<Arc>,
    pub leaves: usize,
    pub owners: usize,
}

impl Board {
    pub fn refs(&self) -> impl Iterator<Item = ArcRef<'_>> + Clone {
        self.arcs.iter().map(|a| ArcRef { points: &a.points, left: a.left, right: a.right })
    }

    pub fn edges(&self) -> impl Iterator<Item = (Owner, Owner, Point, Point)> + '_ {
        self.arcs.iter().flat_map(|a| a.points.windows(2).map(|w| (a.left, a.right, w[0], w[1])))
    }
}

/// What a board is made from.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    pub columns: i32,
    pub rows: i32,
    /// Units between nodes; 100 or more where edges shall wiggle.
    pub spacing: i32,
    /// South-west corner.
    pub origin: (i32, i32),
    /// Vertices within each edge.
    pub vertices: i32,
    /// Of ten cells so many are outside, void or one with their western neighbour.
    pub oddities: u32,
}

impl Recipe {
    pub fn board(self, seed: u64) -> Board {
        let mut maker = Maker { recipe: self, rng: ChaCha8Rng::seed_from_u64(seed), arcs: Vec::new() };
        let cells = maker.cells();
        let leaves = (self.columns * self.rows) as usize;
        let nodes: Vec<Point> = (0..(self.columns + 1) * (self.rows + 1)).map(|n| maker.node(n)).collect();
        let cell = |i: i32, j: i32| {
            let inside = (0..self.columns).contains(&i) && (0..self.rows).contains(&j);
            if inside { cells[(j * self.columns + i) as usize] } else { Owner::OUTSIDE }
        };
        let node = |i: i32, j: i32| nodes[(j * (self.columns + 1) + i) as usize];
        for j in 0..=self.rows {
            for i in 0..=self.columns {
                if i < self.columns {
                    maker.edge(node(i, j), node(i + 1, j), cell(i, j), cell(i, j - 1));
                }
                if j < self.rows {
                    maker.edge(node(i, j), node(i, j + 1), cell(i - 1, j), cell(i, j));
                }
                if i < self.columns && j < self.rows && self.oddities > 0 {
                    maker.enclaves((i, j), cell(i, j), leaves as u32);
                }
            }
        }
        Board { arcs: maker.arcs, leaves, owners: leaves + VOIDS as usize }
    }
}

/// Voids of a board, numbered after its leaves.
const VOIDS: u32 = 3;

struct Maker {
    recipe: Recipe,
    rng: ChaCha8Rng,
    arcs: Vec<Arc>,
}

impl Maker {
    fn cells(&mut self) -> Vec<Owner> {
        let Recipe { columns, rows, oddities, .. } = self.recipe;
        let leaves = (columns * rows) as u32;
        let mut cells: Vec<Owner> = (0..leaves).map(Owner).collect();
        for i in 0..cells.len() {
            if self.rng.random_range(0..10) < oddities {
                cells[i] = match self.rng.random_range(0..3) {
                    0 => Owner::OUTSIDE,
                    1 => Owner(leaves + self.rng.random_range(0..VOIDS)),
                    _ => cells[i.saturating_sub(1)],
                };
            }
        }
        cells
    }

    fn place(&self, i: i32, j: i32) -> (i32, i32) {
        let Recipe { spacing, origin, .. } = self.recipe;
        let at = |o: i32, steps: i32| (i64::from(o) + i64::from(steps) * i64::from(spacing)) as i32;
        (at(origin.0, i), at(origin.1, j))
    }

    /// From 0 to a tenth of the spacing either way.
    fn jitter(&mut self) -> i32 {
        let reach = self.recipe.spacing / 10;
        self.rng.random_range(-reach..=reach)
    }

    fn node(&mut self, n: i32) -> Point {
        let (x, y) = self.place(n % (self.recipe.columns + 1), n / (self.recipe.columns + 1));
        Point::new(x + self.jitter(), y + self.jitter())
    }

    /// An edge north or east; half of them are drawn the other way round.
    fn edge(&mut self, a: Point, b: Point, left: Owner, right: Owner) {
        if left == right {
            return;
        }
        let Recipe { spacing, vertices, .. } = self.recipe;
        let eastward = i64::from(b.x) - i64::from(a.x) > i64::from(b.y) - i64::from(a.y);
        let mut points = vec![a];
        for v in 1..=vertices {
            let along = spacing / 20 * 7 + spacing / 10 * 3 / (vertices + 1) * v;
            let off = self.jitter();
            // From the undisturbed place of the edge's start, which a is within a tenth of.
            let (x, y) = self.undisturbed(a);
            points.push(if eastward {
                Point::new(x + along, y + off)
            } else {
                Point::new(x + off, y + along)
            });
        }
        points.push(b);
        points.dedup();
        self.push(points, left, right);
    }

    fn undisturbed(&self, p: Point) -> (i32, i32) {
        let Recipe { spacing, origin, .. } = self.recipe;
        let round = |v: i32, o: i32| {
            let steps = (i64::from(v) - i64::from(o) + i64::from(spacing) / 2).div_euclid(i64::from(spacing));
            (i64::from(o) + steps * i64::from(spacing)) as i32
        };
        (round(p.x, origin.0), round(p.y, origin.1))
    }

    /// A diamond in a cell's middle, and one in that, which belongs to the cell again.
    fn enclaves(&mut self, (i, j): (i32, i32), cell: Owner, leaves: u32) {
        let spacing = self.recipe.spacing;
        if spacing < 40 || self.rng.random_range(0..4) > 0 {
            return;
        }
        let (x, y) = self.place(i, j);
        let (cx, cy) = (x + spacing / 2, y + spacing / 2);
        let other = Owner(self.rng.random_range(0..leaves));
        if other == cell {
            return;
        }
        for (reach, left, right) in [(spacing / 5, other, cell), (spacing / 9, cell, other)] {
            let ring = [(reach, 0), (0, reach), (-reach, 0), (0, -reach), (reach, 0)];
            let points = ring.iter().map(|(dx, dy)| Point::new(cx + dx, cy + dy)).collect();
            self.push(points, left, right);
        }
    }

    fn push(&mut self, mut points: Vec<Point>, left: Owner, right: Owner) {
        if self.rng.random() {
            self.arcs.push(Arc { points, left, right });
        } else {
            points.reverse();
            self.arcs.push(Arc { points, left: right, right: left });
        }
    }
}

/// A fan: `blades` triangles round one node, `reach` units far; as crowded as a directory's cell can be.
pub fn fan(blades: u32, reach: i32, centre: Point, seed: u64) -> Board {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut tips: Vec<(i32, i32)> = (0..blades)
        .map(|i| {
            let turn = f64::from(i) / f64::from(blades) * std::f64::consts::TAU;
            let far = f64::from(reach) * rng.random_range(0.7..1.0);
            ((far * turn.cos()) as i32, (far * turn.sin()) as i32)
        })
        .collect();
    // Rounding may have put two tips in line with the centre.
    let cross =
        |a: (i32, i32), b: (i32, i32)| i64::from(a.0) * i64::from(b.1) - i64::from(a.1) * i64::from(b.0);
    tips.dedup_by(|b, a| cross(*a, *b) <= 0);
    let count = tips.len() as u32;
    let tip = |i: u32| {
        let (x, y) = tips[(i % count) as usize];
        Point::new(centre.x + x, centre.y + y)
    };
    let arcs = (0..count).flat_map(|i| {
        let spoke =
            Arc { points: vec![centre, tip(i)], left: Owner(i), right: Owner((i + count - 1) % count) };
        let rim = Arc { points: vec![tip(i), tip(i + 1)], left: Owner(i), right: Owner::OUTSIDE };
        [spoke, rim]
    });
    Board { arcs: arcs.collect(), leaves: count as usize, owners: count as usize }
}

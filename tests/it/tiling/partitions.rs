//! Random clean partitions of every awkward kind, from a seed: cells of an uneven, jittered lattice with wiggly borders,
//! merged into units with enclaves, exclaves, islands, holes that touch their shells and very thin strips.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::coverage::{Coverage, Partition, Polygon};
use wangge::crs::{LonLat, Point};
use wangge::unit::{Attribute, Attributes, Code, Hierarchy, Levels, Owner, Uid, Unit, Void};

/// What kind of partition to make.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The same recipe gives the same partition.
    pub seed: u64,
    /// South-west corner, degrees.
    pub at: (f64, f64),
    /// Lattice units between lattice lines, before they are made uneven.
    pub spacing: i32,
    /// Columns and rows of cells.
    pub cells: (usize, usize),
    /// Vertices put between two nodes: 2^depth - 1.
    pub depth: u32,
    /// How many cells are merged away, as a share of all.
    pub merged: f64,
    /// Cells left out, as a share: bays and islands at the rim, voids inside.
    pub missing: f64,
    /// Cells that are voids, as a share.
    pub voids: f64,
    /// Cells given to a unit elsewhere, as a share.
    pub exclaves: f64,
    /// Lattice lines that come very close to the one before, as a share.
    pub thin: f64,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            seed: 1,
            at: (120.0, 33.5),
            spacing: 40_000,
            cells: (12, 12),
            depth: 3,
            merged: 0.3,
            missing: 0.03,
            voids: 0.02,
            exclaves: 0.05,
            thin: 0.1,
        }
    }
}

/// Makes a partition of four levels.
pub fn partition(recipe: &Recipe) -> Partition {
    let mut rng = ChaCha8Rng::seed_from_u64(recipe.seed);
    let lattice = Lattice::new(recipe, &mut rng);
    let (columns, rows) = recipe.cells;
    let cells: Vec<Vec<Polygon>> = (0..columns * rows)
        .map(|i| vec![Polygon { shell: lattice.cell(i % columns, i / columns), holes: vec![] }])
        .collect();
    let fine = Coverage::build(&cells, 0).unwrap().coverage;
    let (groups, voids) = group(recipe, &mut rng);
    let merged = fine.dissolve(|owner| groups[owner.index()]);
    let (units, owner_of) = units(recipe, &groups, voids, &merged);
    let void_list: Vec<Void> =
        (0..voids).map(|v| Void { uid: Uid(1_000_000 + v as u32), name: format!("void {v}") }).collect();
    let hierarchy = Hierarchy::new(Levels::default(), units, void_list).unwrap();
    let mut shapes = vec![Vec::new(); hierarchy.owner_count()];
    for (group, polygons) in merged {
        shapes[owner_of(&hierarchy, group).index()] = polygons;
    }
    let coverage = Coverage::build(&shapes, 0).unwrap().coverage;
    Partition { hierarchy, coverage }
}

/// Nodes and wiggly edges of an uneven lattice.
struct Lattice {
    nodes: BTreeMap<(usize, usize), Point>,
    /// From a node east (0) or north (1): the points between.
    edges: BTreeMap<(usize, usize, usize), Vec<Point>>,
}

impl Lattice {
    fn new(recipe: &Recipe, rng: &mut ChaCha8Rng) -> Self {
        let (columns, rows) = recipe.cells;
        let origin = LonLat::new(recipe.at.0, recipe.at.1).unwrap().to_lattice();
        let mut lines = |count: usize| {
            let mut at = vec![0_i32];
            for _ in 0..count {
                let thin = rng.random_bool(recipe.thin);
                let step = if thin { recipe.spacing / 200 + 30 } else { recipe.spacing };
                let step = f64::from(step) * rng.random_range(0.6..1.4);
                at.push(at[at.len() - 1] + step as i32);
            }
            at
        };
        let (xs, ys) = (lines(columns), lines(rows));
        let room = |at: &[i32], i: usize| {
            let before = if i > 0 { at[i] - at[i - 1] } else { i32::MAX };
            let after = if i + 1 < at.len() { at[i + 1] - at[i] } else { i32::MAX };
            f64::from(before.min(after))
        };
        let mut lattice = Self { nodes: BTreeMap::new(), edges: BTreeMap::new() };
        for (i, &x) in xs.iter().enumerate() {
            for (j, &y) in ys.iter().enumerate() {
                let (dx, dy) = (room(&xs, i) * 0.2, room(&ys, j) * 0.2);
                let jitter = |d: f64, rng: &mut ChaCha8Rng| rng.random_range(-d..d) as i32;
                let p = Point::new(origin.x + x + jitter(dx, rng), origin.y + y + jitter(dy, rng));
                lattice.nodes.insert((i, j), p);
            }
        }
        for i in 0..=columns {
            for j in 0..=rows {
                for (way, to) in [(0, (i + 1, j)), (1, (i, j + 1))] {
                    if let Some(&b) = lattice.nodes.get(&to) {
                        let wiggle =
                            0.15 * room(&xs, i).min(room(&ys, j)).min(room(&xs, to.0)).min(room(&ys, to.1));
                        let mut between = Vec::new();
                        wiggly(lattice.nodes[&(i, j)], b, recipe.depth, wiggle, rng, &mut between);
                        lattice.edges.insert((i, j, way), between);
                    }
                }
            }
        }
        lattice
    }

    /// The ring of a cell, counter-clockwise.
    fn cell(&self, i: usize, j: usize) -> Vec<Point> {
        let mut ring = vec![self.nodes[&(i, j)]];
        ring.extend(&self.edges[&(i, j, 0)]);
        ring.push(self.nodes[&(i + 1, j)]);
        ring.extend(&self.edges[&(i + 1, j, 1)]);
        ring.push(self.nodes[&(i + 1, j + 1)]);
        ring.extend(self.edges[&(i, j + 1, 0)].iter().rev());
        ring.push(self.nodes[&(i, j + 1)]);
        ring.extend(self.edges[&(i, j, 1)].iter().rev());
        ring
    }
}

/// Midpoint displacement, never farther than `room` from the chord in all.
fn wiggly(a: Point, b: Point, depth: u32, room: f64, rng: &mut ChaCha8Rng, out: &mut Vec<Point>) {
    if depth == 0 {
        return;
    }
    let half = room / 2.0;
    let mid = |p: i32, q: i32, rng: &mut ChaCha8Rng| {
        i32::midpoint(p, q) + if half >= 1.0 { rng.random_range(-half..half) as i32 } else { 0 }
    };
    let m = Point::new(mid(a.x, b.x, rng), mid(a.y, b.y, rng));
    wiggly(a, m, depth - 1, half, rng, out);
    if m != a && m != b {
        out.push(m);
    }
    wiggly(m, b, depth - 1, half, rng, out);
}

/// A group for each cell: units first by number, then voids from `VOID`; `None` where there is nobody.
fn group(recipe: &Recipe, rng: &mut ChaCha8Rng) -> (Vec<Option<u32>>, usize) {
    let (columns, rows) = recipe.cells;
    let count = columns * rows;
    let mut of: Vec<usize> = (0..count).collect();
    for _ in 0..(count as f64 * recipe.merged) as usize {
        let i = rng.random_range(0..count);
        let (x, y) = (i % columns, i / columns);
        let (x, y) = match rng.random_range(0..4) {
            0 => (x + 1, y),
            1 => (x.wrapping_sub(1), y),
            2 => (x, y + 1),
            _ => (x, y.wrapping_sub(1)),
        };
        if x < columns && y < rows {
            let (from, to) = (of[i], of[y * columns + x]);
            of.iter_mut().filter(|g| **g == from).for_each(|g| *g = to);
        }
    }
    for _ in 0..(count as f64 * recipe.exclaves) as usize {
        of[rng.random_range(0..count)] = of[rng.random_range(0..count)];
    }
    let away: Vec<bool> = (0..count).map(|_| rng.random_bool(recipe.missing)).collect();
    let sea = from_outside(&away, columns, rows);
    let mut numbers = BTreeMap::new();
    let mut voids = 0;
    let groups = (0..count)
        .map(|i| {
            if sea[i] {
                return None;
            }
            // What is left out but enclosed would be a gap: it is declared.
            if rng.random_bool(recipe.voids) || away[i] {
                voids += 1;
                return Some(VOID + voids as u32 - 1);
            }
            let next = numbers.len() as u32;
            Some(*numbers.entry(of[i]).or_insert(next))
        })
        .collect();
    (groups, voids)
}

/// Which of the cells left out hang together with the outside.
fn from_outside(away: &[bool], columns: usize, rows: usize) -> Vec<bool> {
    let mut sea = vec![false; away.len()];
    let rim = |i: usize| {
        i.is_multiple_of(columns) || i % columns == columns - 1 || i < columns || i >= columns * (rows - 1)
    };
    let mut waiting: Vec<usize> = (0..away.len()).filter(|&i| away[i] && rim(i)).collect();
    while let Some(i) = waiting.pop() {
        if std::mem::replace(&mut sea[i], true) {
            continue;
        }
        let (x, y) = (i % columns, i / columns);
        let around = [(x + 1, y), (x.wrapping_sub(1), y), (x, y + 1), (x, y.wrapping_sub(1))];
        let cells = around.into_iter().filter(|&(x, y)| x < columns && y < rows);
        waiting.extend(cells.map(|(x, y)| y * columns + x).filter(|&k| away[k]));
    }
    sea
}

const VOID: u32 = 1 << 20;

/// Units of four levels: grids by number, seven to a village, five villages to a town; one village in nine is not
/// yet gridded and is a leaf itself. And which owner a group is.
fn units(
    recipe: &Recipe,
    groups: &[Option<u32>],
    voids: usize,
    merged: &BTreeMap<u32, Vec<Polygon>>,
) -> (Vec<Unit>, impl Fn(&Hierarchy, u32) -> Owner + use<>) {
    assert_eq!(merged.keys().filter(|&&g| g >= VOID).count(), voids);
    let mut all: Vec<u32> = groups.iter().flatten().copied().filter(|&g| g < VOID).collect();
    all.sort_unstable();
    all.dedup();
    let code_of = |g: u32| {
        let (village, town) = (g / 7, g / 35);
        // A group whose number says so is a village of its own.
        if g % 63 == 5 {
            format!("320924{:03}{:03}", town + 100, 500 + g % 35)
        } else {
            format!("320924{:03}{:03}{:03}", town + 100, village % 5 + 1, g % 7 + 1)
        }
    };
    let mut codes: BTreeMap<String, u32> = all.iter().map(|&g| (code_of(g), g)).collect();
    let seen: Vec<String> = codes.keys().cloned().collect();
    for code in &seen {
        for digits in [6, 9, 12] {
            if code.len() > digits {
                codes.entry(code[..digits].to_owned()).or_insert(u32::MAX);
            }
        }
    }
    let levels = Levels::default();
    let mut uid = 1000 + recipe.seed as u32 % 7;
    let units = codes
        .keys()
        .map(|code| {
            uid += 1;
            let level = levels.of_digits(code.len()).unwrap();
            let mut attributes = Attributes::new();
            if level == 3 {
                let kind = if uid.is_multiple_of(17) { "dedicated" } else { "base" };
                attributes.insert("kind".into(), Attribute::Text(kind.into()));
            }
            let name = format!("{}网格", &code[code.len() - 3..]);
            Unit { uid: Uid(uid), code: Code::new(code).unwrap(), name, level, tint: 0, attributes }
        })
        .collect();
    let owner_of = move |hierarchy: &Hierarchy, g: u32| {
        if g >= VOID {
            return Owner(hierarchy.leaves().len() as u32 + g - VOID);
        }
        let unit = hierarchy.by_code(&Code::new(&code_of(g)).unwrap()).unwrap();
        hierarchy.owner_of(unit).unwrap()
    };
    (units, owner_of)
}

//! Small counties drawn as letters: each letter is a leaf or a void, each place a square of 0.001 degree.
//!
//! ```text
//!   "aab"      a is three squares in an L, b two, the dot is outside
//!   "ab."
//! ```

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::coverage::{Coverage, Partition, Polygon};
use wangge::crs::Point;
use wangge::unit::{Attribute, Code, Hierarchy, Levels, Owner, Uid, Unit, Void};

/// South-west corner: a place in Sheyang.
pub const ORIGIN: (i32, i32) = (1_202_000_000, 337_000_000);
/// Side of a square, in lattice units.
pub const SIDE: i32 = 10_000;

/// What a letter stands for.
#[derive(Clone, Copy)]
pub enum Of<'a> {
    /// A leaf: its code and name.
    Leaf(&'a str, &'a str),
    /// A void: its name.
    Void(&'a str),
}

/// The polygons of each letter of a drawing, north up.
pub fn polygons(drawing: &[&str]) -> BTreeMap<char, Vec<Polygon>> {
    let mut squares = Vec::new();
    let mut letters = Vec::new();
    for (row, line) in drawing.iter().rev().enumerate() {
        for (column, letter) in line.chars().enumerate().filter(|(_, c)| *c != '.') {
            let (x, y) = (ORIGIN.0 + column as i32 * SIDE, ORIGIN.1 + row as i32 * SIDE);
            let shell =
                [(0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE)].map(|(dx, dy)| Point::new(x + dx, y + dy));
            squares.push(vec![Polygon { shell: shell.to_vec(), holes: vec![] }]);
            letters.push(letter);
        }
    }
    let coverage = Coverage::build(&squares, 0).unwrap().coverage;
    let found = coverage.dissolve(|owner| Some(letters[owner.index()] as u32));
    found.into_iter().map(|(letter, polygons)| (char::from_u32(letter).unwrap(), polygons)).collect()
}

/// A partition drawn as letters. Units above the leaves follow from the codes and have no name.
pub fn drawn(drawing: &[&str], levels: &Levels, legend: &[(char, Of)]) -> Partition {
    let mut shapes = polygons(drawing);
    let mut codes: BTreeMap<Code, String> = BTreeMap::new();
    for (_, of) in legend {
        if let Of::Leaf(code, name) = of {
            let code = Code::new(code).unwrap();
            for level in levels.as_slice() {
                if let Some(upper) = code.prefix(level.digits.into()) {
                    codes.entry(upper).or_default();
                }
            }
            codes.insert(code, (*name).to_owned());
        }
    }
    let units: Vec<Unit> =
        (1..).zip(codes).map(|(uid, (code, name))| unit(levels, uid, code, name)).collect();
    let names: Vec<(char, &str)> = legend
        .iter()
        .filter_map(|&(c, of)| if let Of::Void(name) = of { Some((c, name)) } else { None })
        .collect();
    let first = units.len() as u32 + 1;
    let voids =
        names.iter().zip(first..).map(|((_, name), uid)| Void { uid: Uid(uid), name: (*name).to_owned() });
    let hierarchy = Hierarchy::new(levels.clone(), units, voids.collect()).unwrap();
    let letter_of = |owner: Owner| match hierarchy.leaf(owner) {
        Some(leaf) => {
            let code = hierarchy.unit(leaf).code.as_str();
            legend.iter().find(|(_, of)| matches!(of, Of::Leaf(c, _) if *c == code)).unwrap().0
        }
        None => names[owner.index() - hierarchy.leaves().len()].0,
    };
    let shapes: Vec<_> =
        (0..hierarchy.owner_count() as u32).map(|o| shapes.remove(&letter_of(Owner(o))).unwrap()).collect();
    let coverage = Coverage::build(&shapes, 0).unwrap().coverage;
    Partition { hierarchy, coverage }
}

fn unit(levels: &Levels, uid: u32, code: Code, name: String) -> Unit {
    let level = levels.of_digits(code.digits()).unwrap();
    let tint = (code.to_u64() % 5) as u8;
    Unit { uid: Uid(uid), code, name, level, tint, attributes: [].into() }
}

/// The same partition with an attribute for one unit.
pub fn with_attribute(partition: &Partition, code: &str, name: &str, value: &Attribute) -> Partition {
    changed(partition, |unit| {
        if unit.code.as_str() == code {
            unit.attributes.insert(name.to_owned(), value.clone());
        }
    })
}

/// The same partition with its units changed.
pub fn changed(partition: &Partition, change: impl Fn(&mut Unit)) -> Partition {
    let mut units = partition.hierarchy.units().to_vec();
    units.iter_mut().for_each(change);
    let hierarchy =
        Hierarchy::new(partition.hierarchy.levels().clone(), units, partition.hierarchy.voids().to_vec())
            .unwrap();
    Partition { hierarchy, coverage: partition.coverage.clone() }
}

/// The nine-square county: three towns side by side, each a village of three grids.
pub fn nine() -> Partition {
    nine_drawn(&["adg", "beh", "cfi"])
}

/// The nine grids in another drawing, which may leave some out.
pub fn nine_drawn(drawing: &[&str]) -> Partition {
    let codes: Vec<String> = (0..9).map(|i| format!("32092410{}001{:03}", i / 3, i % 3 + 1)).collect();
    let names = ["一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let legend: Vec<(char, Of)> = ('a'..='i')
        .zip(codes.iter().zip(names))
        .filter(|(c, _)| drawing.iter().any(|line| line.contains(*c)))
        .map(|(c, (code, name))| (c, Of::Leaf(code, name)))
        .collect();
    drawn(drawing, &Levels::default(), &legend)
}

/// Everything at once: two top units, a village that is a leaf beside grids, a multipart grid, a grid with a hole
/// that a void fills, a void at the edge, two voids of one name, empty names, attributes of every kind.
pub fn odd() -> Partition {
    let levels: Levels = "prefecture:4,town:7,village/hamlets:9,plot:12".parse().unwrap();
    let drawing = ["aaab.q", "avab.q", "aaabbb", "ccdcqe", "ccddde"];
    let legend = [
        ('a', Of::Leaf("320910001001", "")),
        ('b', Of::Leaf("320910001002", "乙 \"b\"")),
        ('c', Of::Leaf("320910002", "未划网格的村")),
        ('d', Of::Leaf("321010001001", "")),
        ('e', Of::Leaf("3211100", "乡")),
        ('v', Of::Void("河")),
        ('q', Of::Void("河")),
    ];
    let mut odd = drawn(&drawing, &levels, &legend);
    for (name, value) in [
        ("kind", Attribute::Text("dedicated".into())),
        ("people", Attribute::Integer(-9_007_199_254_740_993)),
        ("ratio", Attribute::Number(0.1 + 0.2)),
        ("whole", Attribute::Number(3.0)),
        ("open", Attribute::Bool(true)),
        ("说明", Attribute::Text("引号 \" 与 \\ 与\n换行".into())),
    ] {
        odd = with_attribute(&odd, "320910001001", name, &value);
    }
    odd = with_attribute(&odd, "320910001002", "people", &Attribute::Text("一百".into()));
    odd = with_attribute(&odd, "320910002", "note", &Attribute::Text("leaf above".into()));
    with_attribute(&odd, "3210", "note", &Attribute::Text("top".into()))
}

/// A county of random letters: units in pieces, holes that touch, enclaves, voids, leaves at three levels under two
/// top units, and outside in between.
pub fn random(seed: u64) -> Partition {
    let levels: Levels = "county:6,village:9,grid:12".parse().unwrap();
    let all = [
        ('a', Of::Leaf("320924001001", "甲")),
        ('b', Of::Leaf("320924001002", "")),
        ('c', Of::Leaf("320924001003", "丙")),
        ('d', Of::Leaf("320924002", "丁")),
        ('e', Of::Leaf("320925001001", "戊")),
        ('f', Of::Leaf("320926", "己")),
        ('v', Of::Void("河")),
        ('w', Of::Void("")),
    ];
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let side = random.random_range(2..9);
    let mut line = || -> String {
        // The outside comes in from the east only: further in it would be a gap.
        let letters = |x| all.len() + usize::from(x + 1 == side);
        (0..side).map(|x| all.get(random.random_range(0..letters(x))).map_or('.', |a| a.0)).collect()
    };
    let mut drawing: Vec<String> = (0..side).map(|_| line()).collect();
    drawing[0].replace_range(0..1, "a");
    let drawing: Vec<&str> = drawing.iter().map(String::as_str).collect();
    let there = |c: char| drawing.iter().any(|line| line.contains(c));
    let legend: Vec<(char, Of)> = all.into_iter().filter(|(c, _)| there(*c)).collect();
    drawn(&drawing, &levels, &legend)
}

/// A county of these shapes: grids in two villages by turns, each with a name.
pub fn coded(shapes: &[Vec<Polygon>]) -> Partition {
    let levels = Levels::default();
    let mut codes: BTreeMap<Code, String> = BTreeMap::new();
    for code in ["320924", "320924100", "320924100001", "320924100002"] {
        codes.insert(Code::new(code).unwrap(), "上".to_owned());
    }
    let half = shapes.len().div_ceil(2);
    for i in 0..shapes.len() {
        let (village, grid) = (1 + i / half, 1 + i % half);
        codes.insert(Code::new(&format!("320924100{village:03}{grid:03}")).unwrap(), format!("格{i}"));
    }
    if shapes.len() < 2 {
        codes.remove(&Code::new("320924100002").unwrap());
    }
    let units = (1..).zip(codes).map(|(uid, (code, name))| unit(&levels, uid, code, name)).collect();
    let hierarchy = Hierarchy::new(levels, units, vec![]).unwrap();
    Partition { hierarchy, coverage: Coverage::build(shapes, 0).unwrap().coverage }
}

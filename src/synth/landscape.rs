//! What the land holds before anyone draws a border: coast, river, trunk canals, a reserve, and what they are called.
//!
//! [`Landscape::of`] knows Sheyang's (schematic, placed by hand from common knowledge of the county, good to a
//! kilometre or so) and makes one up for any other outline.

use super::chance::{Dice, Stage};
use crate::crs::{Bounds, Point};

/// A river that is wide enough to be no grid's: a void.
#[derive(Clone, Debug, PartialEq)]
pub struct River {
    /// What it is called.
    pub name: String,
    /// Down the stream, from outside the outline to outside it.
    pub course: Vec<Point>,
    /// Width in metres at the first point and at the last.
    pub width_m: (f64, f64),
}

/// A canal or road that was there before the villages: borders keep to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Trunk {
    /// What it is called.
    pub name: String,
    /// From outside the outline, or from within; ends where it meets another.
    pub course: Vec<Point>,
}

/// A reserve that belongs to no grid: the blocks within an ellipse.
#[derive(Clone, Debug, PartialEq)]
pub struct Reserve {
    /// What it is called.
    pub name: String,
    /// Its middle.
    pub middle: Point,
    /// Half its extent east–west and north–south, in metres.
    pub half_m: (f64, f64),
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Landscape {
    /// The sea: the outline's run counter-clockwise from near the first point to near the second.
    pub coast: Option<(Point, Point)>,
    /// The void river.
    pub river: Option<River>,
    /// Trunk canals.
    pub canals: Vec<Trunk>,
    /// The void reserve.
    pub reserve: Option<Reserve>,
    /// Names for the main roads, used in turn.
    pub roads: Vec<String>,
}

impl Landscape {
    /// The landscape of a county by its code: Sheyang's (320924), or one made up within the outline.
    #[must_use]
    pub fn of(county: &str, outline: &[Point], seed: u64) -> Self {
        if county == "320924" { sheyang() } else { invented(outline, seed) }
    }
}

/// Hundred-thousandths of a degree to the lattice.
fn at(lon: i32, lat: i32) -> Point {
    Point::new(lon * 100, lat * 100)
}

fn course(points: &[(i32, i32)]) -> Vec<Point> {
    points.iter().map(|&(lon, lat)| at(lon, lat)).collect()
}

fn trunk(name: &str, points: &[(i32, i32)]) -> Trunk {
    Trunk { name: name.into(), course: course(points) }
}

/// Sheyang: the sea in the east, the Sheyang river from Funing to its port, the canals that drain the plain.
fn sheyang() -> Landscape {
    let river = River {
        name: "射阳河".into(),
        course: course(&[
            (11_990_000, 3_378_800),
            (11_995_200, 3_379_050),
            (11_998_500, 3_378_600),
            (12_001_500, 3_379_900),
            (12_004_800, 3_379_300),
            (12_007_800, 3_379_200),
            (12_011_500, 3_378_100),
            (12_014_500, 3_378_900),
            (12_017_000, 3_381_200),
            (12_020_500, 3_381_800),
            (12_023_500, 3_381_600),
            (12_026_800, 3_382_800),
            (12_030_000, 3_382_000),
            (12_033_000, 3_379_500),
            (12_036_000, 3_379_000),
            (12_039_500, 3_380_400),
            (12_042_500, 3_380_300),
            (12_045_500, 3_381_500),
            (12_048_500, 3_382_300),
            (12_053_000, 3_384_000),
        ]),
        width_m: (110.0, 330.0),
    };
    Landscape {
        coast: Some((at(12_057_600, 3_364_200), at(12_031_500, 3_411_000))),
        river: Some(river),
        canals: sheyang_canals(),
        reserve: Some(Reserve {
            name: "盐城湿地珍禽国家级自然保护区核心区".into(),
            middle: at(12_055_200, 3_365_500),
            half_m: (4_200.0, 3_600.0),
        }),
        roads: ["沈海高速", "228国道", "226省道", "329省道", "348省道", "射阳大道", "临海公路", "海河路"]
            .map(String::from)
            .to_vec(),
    }
}

fn sheyang_canals() -> Vec<Trunk> {
    vec![
        trunk(
            "黄沙港",
            &[
                (12_001_000, 3_359_500),
                (12_012_000, 3_362_300),
                (12_022_000, 3_364_500),
                (12_030_500, 3_369_000),
                (12_038_000, 3_374_000),
                (12_045_000, 3_375_200),
                (12_057_000, 3_377_000),
            ],
        ),
        trunk(
            "利民河",
            &[
                (12_010_000, 3_350_000),
                (12_014_000, 3_354_500),
                (12_021_000, 3_357_300),
                (12_031_000, 3_362_500),
                (12_043_000, 3_366_500),
                (12_060_000, 3_369_800),
            ],
        ),
        trunk(
            "运粮河",
            &[
                (11_990_000, 3_385_200),
                (12_009_000, 3_385_800),
                (12_017_000, 3_388_800),
                (12_027_000, 3_390_500),
                (12_036_000, 3_393_500),
                (12_048_000, 3_395_500),
            ],
        ),
        trunk(
            "双洋港",
            &[
                (12_011_000, 3_396_500),
                (12_020_000, 3_396_200),
                (12_029_000, 3_396_900),
                (12_036_000, 3_399_000),
                (12_046_000, 3_401_500),
            ],
        ),
        trunk(
            "小洋河",
            &[
                (11_988_000, 3_369_300),
                (12_004_000, 3_370_400),
                (12_013_000, 3_373_200),
                (12_020_000, 3_376_600),
                (12_027_000, 3_377_800),
                (12_031_500, 3_380_000),
                (12_033_000, 3_381_500),
            ],
        ),
        trunk(
            "海堤河",
            &[
                (12_028_500, 3_413_000),
                (12_031_500, 3_405_000),
                (12_036_500, 3_394_000),
                (12_042_000, 3_384_000),
                (12_045_500, 3_376_000),
                (12_048_500, 3_369_000),
                (12_050_000, 3_359_000),
            ],
        ),
        trunk(
            "战备河",
            &[
                (12_027_300, 3_413_000),
                (12_025_800, 3_400_000),
                (12_026_300, 3_390_000),
                (12_025_600, 3_382_500),
                (12_025_300, 3_375_000),
                (12_023_800, 3_361_000),
                (12_022_300, 3_343_000),
            ],
        ),
    ]
}

/// A river across the middle from west to east and one canal across it.
fn invented(outline: &[Point], seed: u64) -> Landscape {
    let bounds = Bounds::of(outline);
    if bounds.is_empty() {
        return Landscape::default();
    }
    let mut dice = Dice::new(seed, Stage::Water);
    let spot = |across: f64, up: f64| {
        let mix = |a: i32, b: i32, t: f64| (f64::from(a) + (f64::from(b) - f64::from(a)) * t) as i32;
        Point::new(mix(bounds.min.x, bounds.max.x, across), mix(bounds.min.y, bounds.max.y, up))
    };
    let middle = dice.between(0.4, 0.6);
    let steps = (0..=12).map(|i| f64::from(i) / 10.0 - 0.1);
    let course = steps.map(|t| spot(t, middle + dice.between(-0.04, 0.04))).collect();
    let x = dice.between(0.4, 0.6);
    let canal = (0..=6).map(|i| spot(x + dice.between(-0.03, 0.03), f64::from(i) / 5.0 - 0.1)).collect();
    Landscape {
        river: Some(River { name: "大河".into(), course, width_m: (90.0, 160.0) }),
        canals: vec![Trunk { name: "中心河".into(), course: canal }],
        roads: ["中心路", "环城路", "幸福路"].map(String::from).to_vec(),
        ..Landscape::default()
    }
}

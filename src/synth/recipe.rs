//! What goes in, and what can be wrong with it.
//!
//! In: a seed, a number of grids, an outline, a list of units with codes and names. [`Recipe::check`] holds them
//! against each other and gives the units as a [`Roll`], so that nothing after it can fail on input.

use std::str::FromStr;

use super::landscape::Landscape;
use crate::crs::Point;
use crate::unit::{Code, Levels};

/// Where the position of a seat comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatSource {
    /// In a public list; may be off by kilometres.
    Published,
    /// Placed by hand.
    Approximate,
}

impl SeatSource {
    /// The word in `units.csv`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Approximate => "approximate",
        }
    }
}

impl FromStr for SeatSource {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "published" => Ok(Self::Published),
            "approximate" => Ok(Self::Approximate),
            _ => Err(format!("expected published or approximate, found {text:?}")),
        }
    }
}

/// A unit above the grids, as the list gives it. Its level follows from the digits of its code.
#[derive(Clone, Debug, PartialEq)]
pub struct SeedUnit {
    /// 6 digits for the county, 9 for a town, 12 for a village.
    pub code: Code,
    /// As it is written.
    pub name: String,
    /// `town`, `zone_or_farm`, `village_committee`, `residents_committee`, `living_area` …; may be empty.
    pub kind: String,
    /// Where its offices stand, if that is known.
    pub seat: Option<(Point, SeatSource)>,
}

/// How to make a county up.
#[derive(Clone, Debug)]
pub struct Recipe<'a> {
    /// Same seed, same county, on every machine.
    pub seed: u64,
    /// Exactly so many grids.
    pub grids: usize,
    /// One ring on the lattice, either way round; the first point is not repeated.
    pub outline: &'a [Point],
    /// County, towns and villages in any order.
    pub units: &'a [SeedUnit],
    /// Households in all, about; they are the dwellings' weights.
    pub households: u32,
    /// Dwelling points in all, at least.
    pub dwellings: usize,
    /// Service centres, and as many civilisation practice stations; at most one a village.
    pub service_points: usize,
    /// Coast, river, canals.
    pub landscape: Landscape,
}

impl<'a> Recipe<'a> {
    /// A county with 300,000 households, 60,000 dwelling points, 254 service points of each kind, and the
    /// landscape of its code.
    #[must_use]
    pub fn new(seed: u64, grids: usize, outline: &'a [Point], units: &'a [SeedUnit]) -> Self {
        let county = units.iter().map(|u| u.code.as_str()).min_by_key(|c| c.len()).unwrap_or("");
        Self {
            seed,
            grids,
            outline,
            units,
            households: 300_000,
            dwellings: 60_000,
            service_points: 254,
            landscape: Landscape::of(county, outline, seed),
        }
    }
}

/// Why no county can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SynthError {
    /// A code that is no county's, town's or village's.
    #[error("expected codes of 6 (county), 9 (town) or 12 digits (village), found {0}")]
    Digits(Code),
    /// The list has no county, or several.
    #[error("expected one county in the list of units, found {0}")]
    Counties(usize),
    /// The list has no village, or no town.
    #[error("the list of units has no {0}")]
    NoUnits(&'static str),
    /// Two units of one code.
    #[error("code {0} stands more than once in the list of units")]
    DuplicateCode(Code),
    /// A unit whose parent is not listed.
    #[error("{code} has no parent: no unit of the list has the code {parent}")]
    Orphan {
        /// The unit.
        code: Code,
        /// The code that should be there.
        parent: Code,
    },
    /// A town without a village has nowhere to put grids.
    #[error("town {0} has no village in the list of units")]
    EmptyTown(Code),
    /// Fewer grids than villages.
    #[error("expected at least one grid a village ({villages}), found {grids} grids")]
    TooFewGrids {
        /// Wanted.
        grids: usize,
        /// Listed.
        villages: usize,
    },
    /// More grids than three digits can number.
    #[error("expected at most 999 grids a village ({villages} villages), found {grids} grids")]
    TooManyGrids {
        /// Wanted.
        grids: usize,
        /// Listed.
        villages: usize,
    },
    /// Not a simple ring of three points or more within the range of longitude and latitude.
    #[error("the outline is not a simple ring: {0}")]
    Outline(String),
    /// The outline has no room for so many grids.
    #[error(
        "the outline is too small: {grids} grids would be {width_m} m across, expected at least {least_m} m"
    )]
    NoRoom {
        /// Wanted.
        grids: usize,
        /// How wide they would be on average, in metres.
        width_m: u32,
        /// How wide they must be.
        least_m: u32,
    },
    /// Water parts the outline, and no bridge leads over it.
    #[error("water cuts a part of the outline off from every town's seat")]
    CutOff,
    /// A town came out too small to be shared out among its villages.
    #[error("town {town} has no room for its {villages} villages")]
    Cramped {
        /// The town.
        town: Code,
        /// How many villages the list gives it.
        villages: usize,
    },
    /// The shapes came out as no coverage: a fault of ours, never of the recipe.
    #[error("the synthetic borders do not fit together: {0}")]
    Broken(String),
}

/// The units of a list that hangs together, by code.
#[derive(Debug)]
pub(super) struct Roll {
    pub county: SeedUnit,
    pub towns: Vec<SeedUnit>,
    pub villages: Vec<SeedUnit>,
    /// The town of each village, an index.
    pub town_of: Vec<usize>,
}

impl Roll {
    /// Indices of a town's villages, by code.
    pub fn villages_of(&self, town: usize) -> Vec<usize> {
        (0..self.villages.len()).filter(|&v| self.town_of[v] == town).collect()
    }
}

/// Checks codes and parents, and that the grids can be numbered.
pub(super) fn check(recipe: &Recipe) -> Result<Roll, SynthError> {
    let levels = Levels::default();
    let mut by_level: [Vec<SeedUnit>; 3] = Default::default();
    for unit in recipe.units {
        let level = levels.of_digits(unit.code.digits()).filter(|&l| l < 3);
        let level = level.ok_or_else(|| SynthError::Digits(unit.code.clone()))?;
        by_level[usize::from(level)].push(unit.clone());
    }
    for list in &mut by_level {
        list.sort_by(|a, b| a.code.cmp(&b.code));
        if let Some(w) = list.windows(2).find(|w| w[0].code == w[1].code) {
            return Err(SynthError::DuplicateCode(w[0].code.clone()));
        }
    }
    let [mut counties, towns, villages] = by_level;
    let county = match counties.len() {
        1 => counties.remove(0),
        n => return Err(SynthError::Counties(n)),
    };
    let roll = hang(county, towns, villages)?;
    count(recipe.grids, roll.villages.len())?;
    Ok(roll)
}

fn hang(county: SeedUnit, towns: Vec<SeedUnit>, villages: Vec<SeedUnit>) -> Result<Roll, SynthError> {
    if towns.is_empty() {
        return Err(SynthError::NoUnits("town"));
    }
    let parent =
        |unit: &SeedUnit, digits: usize| unit.code.prefix(digits).unwrap_or_else(|| unit.code.clone());
    for town in &towns {
        let parent = parent(town, 6);
        if parent != county.code {
            return Err(SynthError::Orphan { code: town.code.clone(), parent });
        }
    }
    let mut town_of = Vec::with_capacity(villages.len());
    for village in &villages {
        let parent = parent(village, 9);
        match towns.binary_search_by(|t| t.code.cmp(&parent)) {
            Ok(town) => town_of.push(town),
            Err(_) => return Err(SynthError::Orphan { code: village.code.clone(), parent }),
        }
    }
    match (0..towns.len()).find(|t| !town_of.contains(t)) {
        Some(empty) => Err(SynthError::EmptyTown(towns[empty].code.clone())),
        None => Ok(Roll { county, towns, villages, town_of }),
    }
}

fn count(grids: usize, villages: usize) -> Result<(), SynthError> {
    if grids < villages {
        return Err(SynthError::TooFewGrids { grids, villages });
    }
    if grids > villages * 999 {
        return Err(SynthError::TooManyGrids { grids, villages });
    }
    Ok(())
}

//! The levels of a hierarchy, top first: `county:6,town:9,village:12,grid:15`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::code::{Code, MAX_DIGITS};

/// One level: its name, the name of its layer, and how many digits its codes have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Singular, as in `level: "village"`.
    pub name: String,
    /// Plural, the name of the layer: `villages`.
    pub plural: String,
    /// Digits of every code of this level.
    pub digits: u8,
}

/// Two to six levels, top first, each with longer codes than the one above.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Level>", into = "Vec<Level>")]
pub struct Levels(Vec<Level>);

/// A list of levels that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLevels {
    /// Fewer than two or more than six.
    #[error("expected 2 to 6 levels, found {0}")]
    Count(usize),
    /// An item that is not `name:digits` or `name/plural:digits`.
    #[error(
        "expected a level as name:digits or name/plural:digits (a-z, 0-9, _; 1 to 18 digits), found {0:?}"
    )]
    Item(String),
    /// A level whose codes are not longer than those above.
    #[error(
        "expected each level's codes to be longer than those of the level above, found {upper}:{upper_digits} over {lower}:{lower_digits}"
    )]
    Order {
        /// Name of the upper level.
        upper: String,
        /// Its digits.
        upper_digits: u8,
        /// Name of the lower level.
        lower: String,
        /// Its digits.
        lower_digits: u8,
    },
    /// A name that stands twice, or that a layer of another meaning has.
    #[error("level name {0:?} is used twice or is taken (void, voids, borders, labels)")]
    Name(String),
}

/// Names that tilesets and answers use for something else.
const TAKEN: [&str; 22] = [
    "void",
    "voids",
    "border",
    "borders",
    "label",
    "labels",
    "version",
    "point",
    "crs",
    "inside",
    "leaf",
    "chain",
    "on_border",
    "border_distance_m",
    "neighbour",
    "candidates",
    "nearest",
    "responsible",
    "error",
    "lon",
    "lat",
    "answers",
];

impl Levels {
    /// Checks a list of levels, top first.
    ///
    /// # Errors
    /// [`BadLevels`] where the count, an item, the digits or the names are off.
    pub fn new(levels: Vec<Level>) -> Result<Self, BadLevels> {
        if !(2..=6).contains(&levels.len()) {
            return Err(BadLevels::Count(levels.len()));
        }
        if let Some(bad) =
            levels.iter().find(|l| !is_name(&l.name) || !is_name(&l.plural) || !digits_fit(l.digits))
        {
            return Err(BadLevels::Item(bad.to_string()));
        }
        if let Some(w) = levels.windows(2).find(|w| w[0].digits >= w[1].digits) {
            return Err(BadLevels::Order {
                upper: w[0].name.clone(),
                upper_digits: w[0].digits,
                lower: w[1].name.clone(),
                lower_digits: w[1].digits,
            });
        }
        let mut seen: Vec<&str> = TAKEN.to_vec();
        for level in &levels {
            for name in [&level.name, &level.plural] {
                if seen.contains(&name.as_str()) {
                    return Err(BadLevels::Name(name.clone()));
                }
            }
            seen.extend([level.name.as_str(), level.plural.as_str()]);
        }
        Ok(Self(levels))
    }

    /// The levels, top first.
    #[must_use]
    pub fn as_slice(&self) -> &[Level] {
        &self.0
    }

    /// How many levels there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The level at `index` (0 = top).
    #[must_use]
    pub fn get(&self, index: u8) -> Option<&Level> {
        self.0.get(usize::from(index))
    }

    /// Index of the lowest level.
    #[must_use]
    pub fn lowest(&self) -> u8 {
        (self.0.len() - 1) as u8
    }

    /// Index of the level of that name, singular or plural.
    #[must_use]
    pub fn index_of(&self, name: &str) -> Option<u8> {
        self.0.iter().position(|l| l.name == name || l.plural == name).map(|i| i as u8)
    }

    /// Index of the level whose codes have that many digits.
    #[must_use]
    pub fn of_digits(&self, digits: usize) -> Option<u8> {
        self.0.iter().position(|l| usize::from(l.digits) == digits).map(|i| i as u8)
    }

    /// The code of the unit above: the digits that the next level up has. `None` at the top, and where the digits are
    /// no level's.
    #[must_use]
    pub fn parent_of(&self, code: &Code) -> Option<Code> {
        let upper = self.get(self.of_digits(code.digits())?.checked_sub(1)?)?;
        code.prefix(usize::from(upper.digits))
    }
}

impl Default for Levels {
    /// `county:6,town:9,village:12,grid:15`.
    fn default() -> Self {
        let level =
            |name: &str, plural: &str, digits| Level { name: name.into(), plural: plural.into(), digits };
        Self(vec![
            level("county", "counties", 6),
            level("town", "towns", 9),
            level("village", "villages", 12),
            level("grid", "grids", 15),
        ])
    }
}

impl FromStr for Levels {
    type Err = BadLevels;
    fn from_str(text: &str) -> Result<Self, BadLevels> {
        Self::new(text.split(',').map(parse_level).collect::<Result<_, _>>()?)
    }
}

impl TryFrom<Vec<Level>> for Levels {
    type Error = BadLevels;
    fn try_from(levels: Vec<Level>) -> Result<Self, BadLevels> {
        Self::new(levels)
    }
}

impl From<Levels> for Vec<Level> {
    fn from(levels: Levels) -> Self {
        levels.0
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.plural == plural_of(&self.name) {
            write!(f, "{}:{}", self.name, self.digits)
        } else {
            write!(f, "{}/{}:{}", self.name, self.plural, self.digits)
        }
    }
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(Level::to_string).collect();
        f.write_str(&parts.join(","))
    }
}

fn parse_level(item: &str) -> Result<Level, BadLevels> {
    let bad = || BadLevels::Item(item.chars().take(60).collect());
    let (names, digits) = item.trim().split_once(':').ok_or_else(bad)?;
    let (name, plural) = match names.split_once('/') {
        Some((name, plural)) => (name.to_owned(), plural.to_owned()),
        None => (names.to_owned(), plural_of(names)),
    };
    let digits = digits.trim().parse().map_err(|_| bad())?;
    Ok(Level { name, plural, digits })
}

/// The English plural of a level's name: county → counties, town → towns.
fn plural_of(name: &str) -> String {
    match name.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{name}s"),
    }
}

fn is_name(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn digits_fit(digits: u8) -> bool {
    (1..=MAX_DIGITS).contains(&usize::from(digits))
}

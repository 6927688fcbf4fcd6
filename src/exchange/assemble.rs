//! The tree of an import: levels from the digits of codes, parents from their beginnings, names from wherever they
//! are told.
//!
//! ```text
//! feature 320924100001003 ─ prefixes ─→ 320924100001 (village), 320924100 (town), 320924 (county)
//!                                       names: --units, else the file's own, else the previous version's, else none
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::import::ImportOptions;
use super::raw::{RawCoverage, RawFeature, RawPolygon, RawVoid, UnitFacts};
use crate::coverage::{Defect, DefectKind, Partition};
use crate::crs::{Point, Polygon};
use crate::unit::{Attribute, Attributes, Code, Hierarchy, Levels, Owner, Uid, Unit, Void};

/// What an import is made of, features by code.
pub struct Sorted {
    pub file: String,
    pub levels: Levels,
    /// By code; one code may stand twice, which is a defect.
    pub features: Vec<RawFeature>,
    pub voids: Vec<RawVoid>,
    /// Every unit above or at the features, by code.
    units: BTreeMap<Code, Unit>,
    void_uids: Vec<Uid>,
    /// Codes that the list of units has, where one was given.
    listed: Option<BTreeSet<Code>>,
}

/// Sorts a raw coverage out.
pub fn sort(
    mut raw: RawCoverage,
    previous: Option<&Partition>,
    options: &ImportOptions,
    notes: &mut Vec<String>,
) -> Result<Sorted, String> {
    let own = raw.own.take();
    let told = own.as_ref().map(|o| o.levels.clone());
    let before = previous.map(|p| p.hierarchy.levels().clone());
    let levels = options.levels.clone().or(told).or(before).unwrap_or_default();
    raw.features.sort_by(|a, b| a.code.cmp(&b.code));
    let mut facts = Facts { foreign: own.is_none(), ..Facts::default() };
    if let Some(own) = &own {
        facts.own = own.units.iter().map(|u| (u.code.clone(), u.clone())).collect();
        if own.all {
            facts.fold_parents(&mut raw.features);
        }
    } else {
        facts.previous = previous;
        check_levels(&raw, &levels, options.level.as_deref())?;
    }
    let listed: Option<BTreeSet<Code>> =
        options.units.as_ref().map(|units| units.iter().map(|u| u.code.clone()).collect());
    for unit in options.units.iter().flatten() {
        facts.listed.insert(unit.code.clone(), unit.clone());
    }
    check_digits(&raw, &levels)?;
    let mut voids = raw.voids;
    voids.extend(options.voids.iter().cloned());
    let mut sorted = Sorted {
        file: raw.file,
        levels,
        features: raw.features,
        voids,
        units: BTreeMap::new(),
        void_uids: vec![],
        listed,
    };
    sorted.name_units(&facts, notes);
    sorted.number(previous);
    Ok(sorted)
}

/// Where names and attributes come from, first to last.
#[derive(Default)]
struct Facts<'a> {
    /// Whether the file is another program's, or was made by hand.
    foreign: bool,
    listed: BTreeMap<Code, UnitFacts>,
    own: BTreeMap<Code, UnitFacts>,
    previous: Option<&'a Partition>,
}

impl Facts<'_> {
    /// Makes features that have others below them facts: in an export of every level they are drawn over their
    /// children. `features` is sorted by code.
    fn fold_parents(&mut self, features: &mut Vec<RawFeature>) {
        let codes: Vec<Code> = features.iter().map(|f| f.code.clone()).collect();
        let mut index = 0;
        features.retain(|feature| {
            index += 1;
            let is_parent =
                codes.get(index).is_some_and(|next| next.starts_with(&feature.code) && *next != feature.code);
            if is_parent {
                let (code, name) = (feature.code.clone(), feature.name.clone().unwrap_or_default());
                let facts = UnitFacts { code, name, attributes: feature.attributes.clone() };
                self.own.entry(feature.code.clone()).or_insert(facts);
            }
            !is_parent
        });
    }

    /// The name and attributes of a unit, whose feature (if it has one) says `name` and `attributes`.
    fn of(&self, code: &Code, feature: Option<&RawFeature>) -> (String, Attributes) {
        let mut name = feature.and_then(|f| f.name.clone()).unwrap_or_default();
        let mut attributes = feature.map(|f| f.attributes.clone()).unwrap_or_default();
        if let Some(own) = self.own.get(code) {
            name.clone_from(&own.name);
            attributes.clone_from(&own.attributes);
        }
        let before = self.previous.and_then(|p| p.hierarchy.by_code(code).map(|u| p.hierarchy.unit(u)));
        if let Some(before) = before.filter(|_| feature.is_none()) {
            attributes.clone_from(&before.attributes);
        }
        if let Some(before) = before.filter(|_| name.is_empty()) {
            name.clone_from(&before.name);
        }
        if let Some(listed) = self.listed.get(code) {
            if !listed.name.is_empty() && (feature.is_none() || name.is_empty()) {
                name.clone_from(&listed.name);
            }
            attributes.extend(listed.attributes.clone());
        }
        (name, attributes)
    }
}

/// Whether the features of a file that is not our own stand at the level they should.
fn check_levels(raw: &RawCoverage, levels: &Levels, wanted: Option<&str>) -> Result<(), String> {
    let due = match wanted {
        Some(name) => levels
            .index_of(name)
            .ok_or_else(|| format!("expected one of the levels {levels} as --level, found {name:?}"))?,
        None => levels.lowest(),
    };
    let Some(level) = levels.get(due) else { return Ok(()) };
    let at = |f: &&RawFeature| levels.of_digits(f.code.digits()) == Some(due);
    let wrong = raw.features.iter().find(|f| !at(f));
    match wrong {
        // Without --level, some leaves may stand higher, as long as others are where they should be.
        Some(wrong) if wanted.is_some() || !raw.features.iter().any(|f| at(&f)) => Err(format!(
            "{}, {}: expected {} digits, the code of a {}, found {} (--level says where features stand, --levels how \
             many digits each level has)",
            raw.file, wrong.place, level.digits, level.name, wrong.code
        )),
        _ => Ok(()),
    }
}

/// Whether every code is of some level, and of the one its feature says.
fn check_digits(raw: &RawCoverage, levels: &Levels) -> Result<(), String> {
    if raw.features.is_empty() {
        return Err(format!("{}: expected at least one feature, found none", raw.file));
    }
    for feature in &raw.features {
        let Some(level) = levels.of_digits(feature.code.digits()).and_then(|l| levels.get(l)) else {
            let bad = raw.features.iter().filter(|f| levels.of_digits(f.code.digits()).is_none()).count();
            return Err(format!(
                "{}, {}: expected a code of the levels {levels}, found {} of {} digits ({bad} features are like that; \
                 --levels NAME:DIGITS,… says what the levels are)",
                raw.file,
                feature.place,
                feature.code,
                feature.code.digits()
            ));
        };
        if let Some(said) = feature.level.as_ref().filter(|said| ![&level.name, &level.plural].contains(said))
        {
            return Err(format!(
                "{}, {}: expected level {:?}, as the {} digits of {} are, found {said:?}",
                raw.file, feature.place, level.name, level.digits, feature.code
            ));
        }
    }
    Ok(())
}

impl Sorted {
    /// Names every unit that features and their prefixes make.
    fn name_units(&mut self, facts: &Facts, notes: &mut Vec<String>) {
        let mut features: BTreeMap<Code, Option<usize>> = BTreeMap::new();
        for (i, feature) in self.features.iter().enumerate() {
            for level in self.levels.as_slice() {
                if let Some(upper) = feature.code.prefix(level.digits.into()) {
                    features.entry(upper).or_insert(None);
                }
            }
            features.insert(feature.code.clone(), Some(i));
        }
        for (code, feature) in features {
            let (name, mut attributes) = facts.of(&code, feature.map(|i| &self.features[i]));
            let Some(level) = self.levels.of_digits(code.digits()) else { continue };
            if facts.foreign {
                self.tidy(&code, level, &mut attributes);
            }
            let unit = Unit { uid: Uid(0), code: code.clone(), name, level, tint: 0, attributes };
            self.units.insert(code, unit);
        }
        let idle = facts.listed.keys().filter(|code| !self.units.contains_key(code)).count();
        if idle > 0 {
            notes.push(format!("{idle} units of the list have no polygon and were left out"));
        }
    }

    /// Takes out what the code says already, and writes the kind in the words the program knows.
    fn tidy(&self, code: &Code, level: u8, attributes: &mut Attributes) {
        let says = |attributes: &Attributes, key: &str, due: &str| matches!(attributes.get(key), Some(Attribute::Text(found)) if found == due);
        if self.levels.get(level).is_some_and(|l| says(attributes, "level", &l.name)) {
            attributes.remove("level");
        }
        if self.parent_of(code).is_some_and(|parent| says(attributes, "parent", parent.as_str())) {
            attributes.remove("parent");
        }
        if let Some(Attribute::Text(kind)) = attributes.get_mut("kind")
            && let Some(known) = known_kind(kind)
        {
            known.clone_into(kind);
        }
    }

    /// Gives uids and tints: the previous version's to units of the same code.
    fn number(&mut self, previous: Option<&Partition>) {
        let hierarchy = previous.map(|p| &p.hierarchy);
        let units = hierarchy.map_or(&[][..], Hierarchy::units);
        let voids = hierarchy.map_or(&[][..], Hierarchy::voids);
        let mut highest =
            units.iter().map(|u| u.uid.0).chain(voids.iter().map(|v| v.uid.0)).max().unwrap_or(0);
        let mut new = || {
            highest += 1;
            Uid(highest)
        };
        for unit in self.units.values_mut() {
            match hierarchy.and_then(|h| h.by_code(&unit.code).map(|u| h.unit(u))) {
                Some(before) => (unit.uid, unit.tint) = (before.uid, before.tint),
                None => unit.uid = new(),
            }
        }
        let mut left: Vec<&Void> = voids.iter().collect();
        for void in &self.voids {
            let before = left.iter().position(|v| v.name == void.name).map(|i| left.remove(i).uid);
            self.void_uids.push(before.unwrap_or_else(&mut new));
        }
    }

    /// The code that a unit's parent must have; `None` at the top.
    fn parent_of(&self, code: &Code) -> Option<Code> {
        let level = self.levels.of_digits(code.digits())?;
        code.prefix(self.levels.get(level.checked_sub(1)?)?.digits.into())
    }

    /// Code of a feature or name of a void.
    pub fn owner_name(&self, owner: Owner) -> String {
        let void = || owner.index().checked_sub(self.features.len()).and_then(|i| self.voids.get(i));
        match self.features.get(owner.index()) {
            Some(feature) => feature.code.to_string(),
            None => void().map_or_else(|| "outside".to_owned(), |v| v.name.clone()),
        }
    }

    /// Where each owner stands in its file, and its polygons: features by code, then voids.
    pub fn outlines(&self) -> impl Iterator<Item = (&str, &[RawPolygon])> {
        let features = self.features.iter().map(|f| (f.place.as_str(), f.polygons.as_slice()));
        features.chain(self.voids.iter().map(|v| (v.place.as_str(), v.polygons.as_slice())))
    }

    /// The tree; call it where [`Self::defects`] found nothing.
    pub fn hierarchy(&self) -> Result<Hierarchy, String> {
        let voids =
            self.voids.iter().zip(&self.void_uids).map(|(v, &uid)| Void { uid, name: v.name.clone() });
        Hierarchy::new(self.levels.clone(), self.units.values().cloned().collect(), voids.collect())
            .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }

    /// What is wrong with the codes; `shapes` has each feature's polygons.
    pub fn defects(&self, shapes: &[Vec<Polygon>]) -> Vec<Defect> {
        let at = |feature: usize| shapes[feature].first().and_then(|p| p.shell.first()).copied();
        let mut defects = self.duplicates(&at);
        defects.extend(self.leaves_with_children(&at));
        defects.extend(self.orphans(&at));
        defects.extend(self.mismatches(&at));
        defects
    }

    fn duplicates(&self, at: &impl Fn(usize) -> Option<Point>) -> Vec<Defect> {
        let mut defects = Vec::new();
        let mut first = 0;
        for same in self.features.chunk_by(|a, b| a.code == b.code) {
            if let [one, .., last] = same {
                let detail = format!(
                    "{} features have the code {}, the first at {}, the last at {}: expected one (parts of one unit \
                     are one MultiPolygon)",
                    same.len(),
                    one.code,
                    one.place,
                    last.place
                );
                let units = vec![one.code.to_string()];
                let kind = DefectKind::DuplicateCode;
                defects.push(Defect { kind, units, at: at(first), size: same.len() as f64, detail });
            }
            first += same.len();
        }
        defects
    }

    /// Features whose code is the beginning of others': the area of a unit with children is theirs.
    fn leaves_with_children(&self, at: &impl Fn(usize) -> Option<Point>) -> Vec<Defect> {
        let pairs = self.features.windows(2).enumerate();
        let parents = pairs.filter(|(_, w)| w[1].code != w[0].code && w[1].code.starts_with(&w[0].code));
        parents
            .map(|(i, w)| Defect {
                kind: DefectKind::Overlap,
                units: vec![w[0].code.to_string(), w[1].code.to_string()],
                at: at(i),
                size: 0.0,
                detail: format!(
                    "{} has a polygon and a child, {}: expected polygons of leaves alone",
                    w[0].code, w[1].code
                ),
            })
            .collect()
    }

    /// Units whose parent the list of units does not have, though it has others of that level.
    fn orphans(&self, at: &impl Fn(usize) -> Option<Point>) -> Vec<Defect> {
        let Some(listed) = &self.listed else { return Vec::new() };
        let levels: BTreeSet<usize> = listed.iter().map(Code::digits).collect();
        let is_feature = |code: &Code| self.features.binary_search_by(|f| f.code.cmp(code)).is_ok();
        let checked = self.units.keys().filter(|code| is_feature(code) || listed.contains(*code));
        checked
            .filter_map(|code| {
                let parent =
                    self.parent_of(code).filter(|p| levels.contains(&p.digits()) && !listed.contains(p))?;
                let below = self.features.partition_point(|f| f.code < *code);
                Some(Defect {
                    kind: DefectKind::Orphan,
                    units: vec![code.to_string()],
                    at: at(below),
                    size: 0.0,
                    detail: format!("{code} has no parent: expected {parent} in the list of units"),
                })
            })
            .collect()
    }

    fn mismatches(&self, at: &impl Fn(usize) -> Option<Point>) -> Vec<Defect> {
        let features = self.features.iter().enumerate();
        features
            .filter_map(|(i, feature)| {
                let said = feature.parent.as_ref().filter(|p| !p.is_empty())?;
                let due = self.parent_of(&feature.code)?;
                (said != due.as_str()).then(|| Defect {
                    kind: DefectKind::ParentMismatch,
                    units: vec![feature.code.to_string()],
                    at: at(i),
                    size: 0.0,
                    detail: format!(
                        "{} says its parent is {said}: expected {due}, as its code begins",
                        feature.code
                    ),
                })
            })
            .collect()
    }
}

/// The program's word for a kind of grid.
fn known_kind(kind: &str) -> Option<&'static str> {
    match kind {
        "基础" | "基础网格" | "综合" | "综合网格" => Some("base"),
        "专属" | "专属网格" => Some("dedicated"),
        "微" | "微网格" => Some("micro"),
        _ => None,
    }
}

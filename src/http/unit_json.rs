//! Units as JSON, the same wherever they stand.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Value, json};

use crate::app::Inherited;
use crate::unit::{Code, Hierarchy, Uid, UnitIndex};

/// `{uid, code, name, level}` of a unit, with its `kind` where it has one, and with more members behind.
pub struct UnitJson<'a> {
    hierarchy: &'a Hierarchy,
    unit: UnitIndex,
    kind: bool,
    more: Option<(&'static str, f64)>,
}

impl<'a> UnitJson<'a> {
    /// Uid, code, name and level.
    pub fn brief(hierarchy: &'a Hierarchy, unit: UnitIndex) -> Self {
        Self { hierarchy, unit, kind: false, more: None }
    }

    /// With its kind, null where it has none.
    pub fn with_kind(hierarchy: &'a Hierarchy, unit: UnitIndex) -> Self {
        Self { kind: true, ..Self::brief(hierarchy, unit) }
    }

    /// With a number behind.
    pub fn and(mut self, name: &'static str, value: f64) -> Self {
        self.more = Some((name, value));
        self
    }
}

impl Serialize for UnitJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let unit = self.hierarchy.unit(self.unit);
        let level = self.hierarchy.levels().get(unit.level).map(|l| l.name.as_str());
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("uid", &unit.uid)?;
        map.serialize_entry("code", &unit.code)?;
        map.serialize_entry("name", &unit.name)?;
        map.serialize_entry("level", &level)?;
        if self.kind {
            map.serialize_entry("kind", &unit.attributes.get("kind"))?;
        }
        if let Some((name, value)) = &self.more {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A number with at most `decimals` decimals.
pub fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10f64.powi(decimals);
    (value * scale).round() / scale
}

/// What a unit became, with shares of what it was.
pub fn heir(inherited: &Inherited) -> Value {
    related(&inherited.row.to, inherited)
}

/// What a unit came from, with shares of what that was.
pub fn forebear(inherited: &Inherited) -> Value {
    related(&inherited.row.from, inherited)
}

fn related((uid, code): &(Uid, Code), inherited: &Inherited) -> Value {
    json!({
        "uid": uid,
        "code": code,
        "share_of_area": share(inherited.row.share),
        "share_of_households": inherited.households.map(share),
    })
}

/// A part of a unit that became part of another.
pub fn passage(inherited: &Inherited) -> Value {
    let (from, to) = (&inherited.row.from, &inherited.row.to);
    json!({
        "from": from.1,
        "from_uid": from.0,
        "to": to.1,
        "to_uid": to.0,
        "share_of_area": share(inherited.row.share),
        "share_of_households": inherited.households.map(share),
    })
}

/// To a millionth.
pub fn share(share: f64) -> f64 {
    (share * 1e6).round() / 1e6
}

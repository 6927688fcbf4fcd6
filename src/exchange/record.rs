//! One row of any file (a feature's properties, a table's columns) → a raw feature, by the fields that mean something.

use super::error::{ExchangeError, Named, quoted};
use super::raw::{Fields, RawFeature, RawPolygon, RawVoid};
use crate::unit::{Attribute, Attributes, Code};

/// A row as it stands.
#[derive(Debug, Default)]
pub struct Record {
    /// Where it is: `/features/3`, or `layer grids, fid 7`.
    pub place: String,
    /// The feature's own id, beside its fields.
    pub id: Option<Attribute>,
    /// Every field; `None` is null, or no single value.
    pub fields: Vec<(String, Option<Attribute>)>,
}

impl Record {
    fn get(&self, field: &str) -> Option<&Option<Attribute>> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, value)| value)
    }

    fn text(&self, field: &str) -> Option<String> {
        self.get(field)?.as_ref().map(as_text)
    }

    /// Whether it is a row of a store's layer, which another program copied.
    fn is_of_a_layer(&self) -> bool {
        LAYER.iter().all(|column| self.get(column).is_some())
    }
}

/// The columns of a store's layers of units. Of those beside code and name, uid and tint are the store's own, level and
/// parent follow from the code, and kind stands among the attributes, which are JSON.
const LAYER: [&str; 8] = ["uid", "code", "name", "level", "parent", "tint", "kind", "attributes"];

/// Which fields mean what in one file.
#[derive(Debug)]
pub struct Meaning<'a> {
    named: &'a Named,
    code: &'a str,
    name: &'a str,
    parent: Option<&'a str>,
    level: Option<&'a str>,
}

impl<'a> Meaning<'a> {
    /// In a file of our own, `parent` and `level` mean what they say.
    pub fn new(named: &'a Named, own: bool, fields: &'a Fields) -> Self {
        let or_own = |field: &'a Option<String>, name| field.as_deref().or(own.then_some(name));
        Self {
            named,
            code: fields.code.as_deref().unwrap_or("code"),
            name: fields.name.as_deref().unwrap_or("name"),
            parent: or_own(&fields.parent, "parent"),
            level: or_own(&fields.level, "level"),
        }
    }

    pub fn feature(&self, record: Record, polygons: Vec<RawPolygon>) -> Result<RawFeature, ExchangeError> {
        let code = self.code_of(&record)?;
        let (name, parent) = (record.text(self.name), self.parent.and_then(|f| record.text(f)));
        let level = self.level.and_then(|f| record.text(f));
        let mut attributes = self.packed(&record)?;
        let of_a_layer = record.is_of_a_layer();
        let mapped = [Some(self.code), Some(self.name), self.parent, self.level];
        let known = |key: &str| mapped.contains(&Some(key)) || (of_a_layer && LAYER.contains(&key));
        let others = record.fields.into_iter().filter(|(key, _)| !known(key));
        attributes.extend(others.filter_map(|(key, value)| Some((key, value?))));
        Ok(RawFeature { place: record.place, code, name, level, parent, attributes, polygons })
    }

    /// The attributes that a row of a store's layer has as JSON; none of another row.
    fn packed(&self, record: &Record) -> Result<Attributes, ExchangeError> {
        let Some(text) = record.text("attributes").filter(|_| record.is_of_a_layer()) else {
            return Ok(Attributes::new());
        };
        let place = || format!("{}, field attributes", record.place);
        serde_json::from_str(&text).map_err(|e| self.named.content(place(), "a JSON object of attributes", e))
    }

    fn code_of(&self, record: &Record) -> Result<Code, ExchangeError> {
        let Record { place, id, fields } = record;
        let own_id = id.is_some().then_some(id).filter(|_| self.code == "id");
        let Some(value) = record.get(self.code).or(own_id) else {
            let there: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
            let found = if there.is_empty() {
                "no fields".to_owned()
            } else {
                format!("the fields {}", there.join(", "))
            };
            let due = format!("a field {:?} with the unit's code (--code FIELD names another)", self.code);
            return Err(self.named.content(place, due, found));
        };
        let text = value.as_ref().map(as_text).unwrap_or_default();
        Code::new(text.trim()).map_err(|_| {
            let found = if value.is_none() { "null".to_owned() } else { quoted(&text) };
            self.named.content(format!("{place}, field {}", self.code), "a code of 1 to 18 digits", found)
        })
    }
}

/// A void of a row.
pub fn void(record: Record, name: &str, polygons: Vec<RawPolygon>) -> RawVoid {
    let name = record.text(name).unwrap_or_default();
    RawVoid { place: record.place, name, polygons }
}

/// Text of a value; a number that another program wrote as 320924.0 is whole, too.
pub fn as_text(value: &Attribute) -> String {
    /// The largest double below which every whole number is one.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Attribute::Text(text) => text.clone(),
        Attribute::Integer(n) => n.to_string(),
        Attribute::Number(n) if n.fract() == 0.0 && n.abs() < EXACT => (*n as i64).to_string(),
        Attribute::Number(n) => n.to_string(),
        Attribute::Bool(b) => b.to_string(),
    }
}

//! A collection → raw coverage, voids, the outline, or points.

use serde_json::{Map, Value};

use super::geometry::Geometries;
use super::json::{self, Feature, Object};
use crate::crs::LonLat;
use crate::exchange::error::{ExchangeError, Named, quoted};
use crate::exchange::raw::{Fields, Own, RawCoverage, RawVoid, UnitFacts};
use crate::exchange::record::{self, Meaning, Record};
use crate::unit::{Attribute, Attributes, Code, Levels};

/// Reads a FeatureCollection of polygons.
pub fn coverage(named: &Named, text: &str, fields: &Fields) -> Result<RawCoverage, ExchangeError> {
    let mut object: Object = json::parse(named, text)?;
    let own = object.wangge.take();
    let meaning = Meaning::new(named, own.is_some(), fields);
    let mut reader = Reader::new(named);
    let mut raw = RawCoverage { file: named.0.clone(), ..RawCoverage::default() };
    let leaves = own.as_ref().and_then(|own| own.leaves.as_deref()).map(|leaves| ("/wangge/leaves", leaves));
    for (base, object) in std::iter::once(("", &object)).chain(leaves) {
        for (i, feature) in collection(named, base, object)?.iter().enumerate() {
            let record = reader.record(format!("{base}/features/{i}"), feature);
            let polygons = reader.geometries.polygons(&record.place, feature)?;
            raw.features.push(meaning.feature(record, polygons)?);
        }
    }
    if let Some(own) = own {
        if let Some(voids) = &own.voids {
            for (i, feature) in collection(named, "/wangge/voids", voids)?.iter().enumerate() {
                raw.voids.push(reader.void(format!("/wangge/voids/features/{i}"), feature, "name")?);
            }
        }
        raw.own = Some(told(named, &own)?);
    }
    raw.notes = reader.notes();
    Ok(raw)
}

/// Reads a FeatureCollection of voids.
pub fn voids(named: &Named, text: &str, name: Option<&str>) -> Result<Vec<RawVoid>, ExchangeError> {
    let object: Object = json::parse(named, text)?;
    let mut reader = Reader::new(named);
    let features = collection(named, "", &object)?.iter().enumerate();
    features
        .map(|(i, feature)| reader.void(format!("/features/{i}"), feature, name.unwrap_or("name")))
        .collect()
}

/// The shell of the one polygon in a text: a FeatureCollection of one feature.
pub fn outline(named: &Named, text: &str) -> Result<Vec<LonLat>, ExchangeError> {
    let object: Object = json::parse(named, text)?;
    let [feature] = collection(named, "", &object)? else {
        let found = object.features.map_or(0, |f| f.len());
        return Err(named.content("/features", "one feature, the outline", found));
    };
    let mut polygons = Geometries { named, dropped_z: 0 }.polygons("/features/0", feature)?;
    match (polygons.pop(), polygons.len()) {
        (Some(mut rings), 0) if rings.len() == 1 => Ok(rings.remove(0)),
        (rings, more) => {
            let found = format!("{} rings in {} polygons", rings.map_or(0, |r| r.len()), more + 1);
            Err(named.content("/features/0/geometry", "one polygon without holes", found))
        }
    }
}

/// Reads a FeatureCollection of points: each with its id and properties.
pub fn points(named: &Named, text: &str) -> Result<Vec<(Record, LonLat)>, ExchangeError> {
    let object: Object = json::parse(named, text)?;
    let mut reader = Reader::new(named);
    let mut points = Vec::new();
    for (i, feature) in collection(named, "", &object)?.iter().enumerate() {
        let record = reader.record(format!("/features/{i}"), feature);
        let at = reader.geometries.point(&record.place, feature)?;
        points.push((record, at));
    }
    Ok(points)
}

/// The features of a collection whose reference system is one that we read.
fn collection<'o>(named: &Named, place: &str, object: &'o Object) -> Result<&'o [Feature], ExchangeError> {
    if object.kind != "FeatureCollection" {
        let found = if object.kind.is_null() { "nothing".to_owned() } else { object.kind.to_string() };
        return Err(named.content(format!("{place}/type"), "\"FeatureCollection\"", found));
    }
    if let Some(crs) = object.crs.as_ref().filter(|c| !c.is_null()) {
        let name = crs.pointer("/properties/name").and_then(Value::as_str).unwrap_or("");
        if !is_lon_lat(name) {
            let due = "longitude and latitude in CRS84, EPSG:4326 or EPSG:4490 (reproject with ogr2ogr -t_srs EPSG:4490)";
            let found = if name.is_empty() { crs.to_string() } else { quoted(name) };
            return Err(named.content(format!("{place}/crs"), due, found));
        }
    }
    match &object.features {
        Some(features) => Ok(features),
        None => Err(named.content(format!("{place}/features"), "an array of features", "nothing")),
    }
}

/// Names under which the older GeoJSON's `crs` means longitude and latitude, as GDAL and QGIS write it.
fn is_lon_lat(name: &str) -> bool {
    let last = name.rsplit(':').next().unwrap_or(name).to_ascii_uppercase();
    matches!(last.as_str(), "CRS84" | "4326" | "4490")
        && (name.contains("OGC") || name.to_ascii_uppercase().contains("EPSG"))
}

fn told(named: &Named, own: &json::Own) -> Result<Own, ExchangeError> {
    let bad = |place: &str, due: String, found: String| named.content(format!("/wangge/{place}"), due, found);
    let levels: Levels = own
        .levels
        .as_str()
        .unwrap_or_default()
        .parse()
        .map_err(|_| bad("levels", "levels as county:6,town:9".into(), own.levels.to_string()))?;
    let unit = |(i, unit): (usize, &Map<String, Value>)| {
        let code = unit.get("code").and_then(Value::as_str).unwrap_or_default();
        let code = Code::new(code).map_err(|e| bad(&format!("units/{i}/code"), "a code".into(), e.0))?;
        let name = unit.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let attributes = match unit.get("attributes") {
            Some(attributes) => serde_json::from_value(attributes.clone())
                .map_err(|e| bad(&format!("units/{i}/attributes"), "single values".into(), e.to_string()))?,
            None => Attributes::new(),
        };
        Ok(UnitFacts { code, name, attributes })
    };
    let units = own.units.iter().enumerate().map(unit).collect::<Result<_, _>>()?;
    Ok(Own { levels, units, all: own.all, name: own.name.clone(), synthetic: own.synthetic })
}

/// A feature's id and properties, and counts of what is passed over.
struct Reader<'a> {
    geometries: Geometries<'a>,
    /// Properties that hold lists or objects.
    nested: usize,
}

impl<'a> Reader<'a> {
    fn new(named: &'a Named) -> Self {
        Self { geometries: Geometries { named, dropped_z: 0 }, nested: 0 }
    }

    fn record(&mut self, place: String, feature: &Feature) -> Record {
        let id = feature.id.as_ref().and_then(single);
        let properties = feature.properties.iter().flatten();
        self.nested += properties.clone().filter(|(_, v)| v.is_array() || v.is_object()).count();
        let fields = properties.map(|(key, value)| (key.clone(), single(value))).collect();
        Record { place, id, fields }
    }

    fn void(&mut self, place: String, feature: &Feature, name: &str) -> Result<RawVoid, ExchangeError> {
        let polygons = self.geometries.polygons(&place, feature)?;
        Ok(record::void(self.record(place, feature), name, polygons))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.geometries.dropped_z > 0 {
            notes.push(format!("heights of {} positions were dropped", self.geometries.dropped_z));
        }
        if self.nested > 0 {
            notes.push(format!("{} properties that hold lists or objects were left out", self.nested));
        }
        notes
    }
}

/// A property as an attribute: anything but null, a list or an object.
pub fn single(value: &Value) -> Option<Attribute> {
    match value {
        Value::Bool(b) => Some(Attribute::Bool(*b)),
        Value::String(text) => Some(Attribute::Text(text.clone())),
        Value::Number(n) => n.as_i64().map(Attribute::Integer).or_else(|| n.as_f64().map(Attribute::Number)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

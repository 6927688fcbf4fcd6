//! A GeoJSON FeatureCollection of Points in, the same out with a property for each level (the code), `on_border`,
//! and `error` where there is one.
//!
//! The collection is never held: what stands around its features passes through, and each feature is read, answered
//! and written on its own.
//!
//! ```text
//! {"type":"FeatureCollection","name":"x","features":[ {…} , {…} ],"more":1}
//! └──────────────── head ──────────────────────────┘  └─ feature ┘ └─ tail ┘
//! ```

use serde_json::{Map, Value, json};

use super::{Fault, Oracle, ROW_LIMIT, Rows};
use crate::app::excerpt;
use crate::crs::{LonLat, Point};

/// The bytes of a byte order mark, which some programs write before the collection.
const BOM: &[u8] = "\u{feff}".as_bytes();

/// Where in the collection the reader stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Head,
    Between,
    Feature,
    TooLong,
    Tail,
}

/// The stream; see the module.
pub struct FeatureRows {
    oracle: Oracle,
    place: Place,
    scan: Scan,
    /// The head so far, or the feature so far.
    pending: Vec<u8>,
    /// In the head: the last string of the outermost object, and whether a colon followed it.
    key: Vec<u8>,
    is_key: bool,
    written: usize,
}

/// Nesting and strings of JSON, byte by byte.
#[derive(Default)]
struct Scan {
    depth: usize,
    quoted: bool,
    escaped: bool,
}

impl Scan {
    /// Takes a byte; whether it belongs to a string.
    fn take(&mut self, byte: u8) -> bool {
        if self.quoted {
            let ends = byte == b'"' && !self.escaped;
            self.escaped = byte == b'\\' && !self.escaped;
            self.quoted = !ends;
            return true;
        }
        match byte {
            b'"' => self.quoted = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        byte == b'"'
    }
}

impl FeatureRows {
    /// A stream of features.
    #[must_use]
    pub fn new(oracle: Oracle) -> Self {
        Self {
            oracle,
            place: Place::Head,
            scan: Scan::default(),
            pending: Vec::new(),
            key: Vec::new(),
            is_key: false,
            written: 0,
        }
    }

    /// A byte of what stands before the features.
    fn head(&mut self, byte: u8, out: &mut Vec<u8>) -> Result<(), Fault> {
        let fault = || Fault("expected a FeatureCollection with an array of features".into());
        self.pending.push(byte);
        let was_quoted = self.scan.quoted;
        let in_string = self.scan.take(byte);
        let known = self.is_key && self.key == b"features";
        match byte {
            _ if in_string && self.scan.depth == 1 => {
                if !was_quoted {
                    self.key.clear();
                    self.is_key = false;
                } else if self.scan.quoted {
                    self.key.push(byte);
                }
            }
            b':' if self.scan.depth == 1 => self.is_key = true,
            b'[' if self.scan.depth == 2 && known => {
                out.append(&mut self.pending);
                self.place = Place::Between;
            }
            b',' if self.scan.depth == 1 => self.is_key = false,
            b if b.is_ascii_whitespace() || BOM.contains(&b) => {}
            _ if known && self.scan.depth <= 2 => return Err(fault()),
            _ if self.scan.depth == 0 => return Err(fault()),
            _ => {}
        }
        if self.pending.len() > ROW_LIMIT { Err(fault()) } else { Ok(()) }
    }

    /// A byte before, between or behind the features of the array.
    fn between(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            b']' => {
                out.push(byte);
                self.place = Place::Tail;
            }
            // Commas are written before each feature but the first.
            b',' => {}
            b if b.is_ascii_whitespace() => out.push(byte),
            _ => {
                self.place = Place::Feature;
                self.scan = Scan::default();
            }
        }
    }

    /// A byte of a feature; whether it was not one: a bare value that ends where the array goes on.
    fn feature(&mut self, byte: u8, out: &mut Vec<u8>) -> bool {
        let bare = self.scan.depth == 0 && !self.scan.quoted && !self.pending.is_empty();
        if bare && (byte == b',' || byte == b']') {
            self.finish(out);
            return true;
        }
        let in_string = self.scan.take(byte);
        if self.place == Place::Feature {
            self.pending.push(byte);
            if self.pending.len() > ROW_LIMIT {
                self.place = Place::TooLong;
            }
        }
        if !in_string && self.scan.depth == 0 && byte == b'}' {
            self.finish(out);
        }
        false
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        let feature = if self.place == Place::TooLong {
            refused(
                Map::new(),
                &format!("expected a feature of at most {ROW_LIMIT} bytes, found a longer one"),
            )
        } else {
            self.answer(&self.pending)
        };
        if self.written > 0 {
            out.push(b',');
        }
        out.extend_from_slice(feature.to_string().as_bytes());
        self.written += 1;
        self.pending.clear();
        self.place = Place::Between;
    }

    fn answer(&self, text: &[u8]) -> Value {
        match serde_json::from_slice(text) {
            Ok(Value::Object(feature)) if feature.get("type").is_some_and(|t| t == "Feature") => {
                match self.point(&feature) {
                    Ok(point) => self.answered(feature, point),
                    Err(error) => refused(feature, &error),
                }
            }
            Ok(_) => refused(Map::new(), "expected a Feature, found another value"),
            Err(error) => refused(Map::new(), &format!("expected a Feature, found broken JSON: {error}")),
        }
    }

    fn point(&self, feature: &Map<String, Value>) -> Result<Point, String> {
        let geometry = feature.get("geometry").unwrap_or(&Value::Null);
        match geometry["type"].as_str() {
            Some("Point") => {}
            Some(other) => {
                return Err(format!("expected a Point, found {:?}", excerpt(other)));
            }
            None => return Err("expected a Point, found no geometry".into()),
        }
        let position = geometry["coordinates"].as_array().map_or(&[][..], Vec::as_slice);
        let (Some(lon), Some(lat)) = (number(position, 0), number(position, 1)) else {
            return Err("expected coordinates [lon, lat], two numbers of degrees".into());
        };
        LonLat::new(lon, lat).map(|place| self.oracle.point(place)).map_err(|bad| bad.to_string())
    }

    fn answered(&self, mut feature: Map<String, Value>, point: Point) -> Value {
        let units = self.oracle.by_level(self.oracle.owner(point));
        let on_border = self.oracle.snapshot.locator().on_border(point);
        let properties = properties(&mut feature);
        for (level, unit) in self.oracle.levels().zip(units) {
            properties.insert(level.into(), unit.map_or(Value::Null, |u| u.code.as_str().into()));
        }
        properties.insert("on_border".into(), on_border.into());
        Value::Object(feature)
    }
}

fn number(position: &[Value], index: usize) -> Option<f64> {
    position.get(index).and_then(Value::as_f64)
}

/// The properties of a feature, made where there are none.
fn properties(feature: &mut Map<String, Value>) -> &mut Map<String, Value> {
    let properties = feature.entry("properties").or_insert(Value::Null);
    if !properties.is_object() {
        *properties = Value::Object(Map::new());
    }
    properties.as_object_mut().expect("it was made an object above")
}

/// A feature with its error; a bare one where there is nothing to keep.
fn refused(mut feature: Map<String, Value>, error: &str) -> Value {
    if feature.is_empty() {
        return json!({"type": "Feature", "geometry": null, "properties": {"error": error}});
    }
    properties(&mut feature).insert("error".into(), error.into());
    Value::Object(feature)
}

impl Rows for FeatureRows {
    fn feed(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        let mut at = 0;
        while let Some(&byte) = input.get(at) {
            match self.place {
                Place::Head => self.head(byte, out)?,
                Place::Between => self.between(byte, out),
                Place::Feature | Place::TooLong => {}
                Place::Tail => {
                    out.extend_from_slice(&input[at..]);
                    return Ok(());
                }
            }
            // A byte that ends a bare value belongs to what follows it.
            let again = matches!(self.place, Place::Feature | Place::TooLong) && self.feature(byte, out);
            at += usize::from(!again);
        }
        Ok(())
    }

    fn end(&mut self, _: &mut Vec<u8>) -> Result<(), Fault> {
        match self.place {
            Place::Tail => Ok(()),
            Place::Head => Err(Fault("expected a FeatureCollection with an array of features".into())),
            _ => Err(Fault("expected the rest of the features, found the end of the body".into())),
        }
    }

    fn begun(&self) -> bool {
        self.place != Place::Head
    }
}

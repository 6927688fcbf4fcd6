//! JSON text → the members of GeoJSON objects, as they stand. What is wrong inside a feature is found later, where
//! its place is known.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::exchange::error::{ExchangeError, Named};

/// A GeoJSON object of any type.
#[derive(Debug, Deserialize)]
pub struct Object {
    #[serde(rename = "type", default)]
    pub kind: Value,
    pub features: Option<Vec<Feature>>,
    pub crs: Option<Value>,
    pub wangge: Option<Own>,
}

/// A member of `features`.
#[derive(Debug, Deserialize)]
pub struct Feature {
    pub id: Option<Value>,
    pub geometry: Option<Geometry>,
    pub properties: Option<Map<String, Value>>,
}

/// A geometry, whatever its type.
#[derive(Debug, Deserialize)]
pub struct Geometry {
    #[serde(rename = "type", default)]
    pub kind: Value,
    pub coordinates: Option<Node>,
}

/// The foreign member of an export; `leaves` and `voids` are collections.
#[derive(Debug, Deserialize)]
pub struct Own {
    pub levels: Value,
    #[serde(default)]
    pub all: bool,
    pub name: Option<String>,
    #[serde(default)]
    pub synthetic: bool,
    #[serde(default)]
    pub units: Vec<Map<String, Value>>,
    pub leaves: Option<Box<Object>>,
    pub voids: Option<Box<Object>>,
}

/// A value among coordinates: arrays of arrays of positions.
#[derive(Debug, PartialEq)]
pub enum Node {
    /// Two numbers; whether more stood behind them.
    Position([f64; 2], bool),
    /// An array of arrays, or of nothing.
    List(Vec<Node>),
    /// A number outside an array.
    Number(f64),
    /// Something else, named.
    Other(&'static str),
}

impl Node {
    /// What it is, for messages.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Position(..) => "a position",
            Self::List(_) => "an array",
            Self::Number(_) => "a number",
            Self::Other(name) => name,
        }
    }
}

/// Parses text.
pub fn parse<T: DeserializeOwned>(named: &Named, text: &str) -> Result<T, ExchangeError> {
    serde_json::from_str(text).map_err(|e| ExchangeError::Syntax {
        file: named.0.clone(),
        line: e.line(),
        column: e.column(),
        message: message(text, &e),
    })
}

/// serde's message without its own place, and with a hint where numbers are none.
fn message(text: &str, error: &serde_json::Error) -> String {
    let full = error.to_string();
    let plain = full.split(" at line ").next().unwrap_or(&full);
    let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or("");
    let start = error.column().saturating_sub(2);
    let there: String = line.bytes().skip(start).take(12).map(char::from).collect();
    let hint = if there.contains("NaN") || there.contains("nan") || there.contains("Inf") {
        " (NaN and infinity are no JSON: expected finite numbers)"
    } else {
        ""
    };
    format!("expected GeoJSON: {plain}{hint}")
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("coordinates")
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Number(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number as f64))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number as f64))
    }

    fn visit_str<E>(self, _: &str) -> Result<Node, E> {
        Ok(Node::Other("text"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Other("true or false"))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Other("null"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Node::Other("an object"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let Some(first) = items.next_element()? else { return Ok(Node::List(Vec::new())) };
        let Node::Number(x) = first else { return list(first, items) };
        let second = items.next_element()?;
        let mut more = false;
        let mut odd = false;
        while let Some(node) = items.next_element::<Node>()? {
            more = true;
            odd |= !matches!(node, Node::Number(_));
        }
        Ok(match second {
            Some(Node::Number(y)) if !odd => Node::Position([x, y], more),
            Some(_) => Node::Other("a position that is not all numbers"),
            None => Node::Other("a position of one number"),
        })
    }
}

fn list<'de, A: SeqAccess<'de>>(first: Node, mut items: A) -> Result<Node, A::Error> {
    let mut nodes = vec![first];
    while let Some(node) = items.next_element()? {
        nodes.push(node);
    }
    Ok(Node::List(nodes))
}

//! A style made to lie over something else: over the background map, or, as an overlay, over somebody else's map.
//!
//! ```text
//! as it stands       paper │ land tints, opaque │ lines │ borders │ labels
//! with a background  paper │ basemap │ land tints, thin │ lines │ borders │ labels
//! overlay                            │ land tints, thin │       │ borders │ labels
//! ```

use serde_json::{Map, Value};

use super::beneath;
use crate::app::Background;

/// How much of a tint stays: towns can be told apart, and what lies beneath can be read.
const TINT: f64 = 0.3;

/// Lays `background` beneath a style's own layers, above its paper.
pub fn over_background(style: &mut Value, background: &Background) {
    let scheme = style.pointer("/metadata/wangge:scheme").and_then(Value::as_str).unwrap_or("day");
    let beneath = beneath::layers(background, scheme);
    let Some(layers) = style["layers"].as_array_mut() else { return };
    layers.iter_mut().for_each(thin);
    let paper = layers.iter().take_while(|layer| layer["type"] == "background").count();
    layers.splice(paper..paper, beneath);
    if let Some(sources) = style["sources"].as_object_mut() {
        sources.extend(beneath::sources(background));
    }
}

/// Leaves what may lie over somebody else's map: no paper, no lines that such a map has of its own.
pub fn overlay(style: &mut Value) {
    let Some(layers) = style["layers"].as_array_mut() else { return };
    layers.retain(|layer| layer["type"] != "background" && layer["source"] != "background");
    layers.iter_mut().for_each(thin);
    if let Some(sources) = style["sources"].as_object_mut() {
        sources.remove("background");
    }
}

/// Says whose map it is where the coverage is drawn from.
pub fn attribute(style: &mut Value, attribution: &str) {
    if let Some(source) = style.pointer_mut("/sources/wangge").and_then(Value::as_object_mut) {
        source.insert("attribution".into(), attribution.into());
    }
}

/// Thins a tint of land or of a void; marks and hatches, which are thin already, stay.
fn thin(layer: &mut Value) {
    let id = layer["id"].as_str().unwrap_or_default();
    if layer["type"] != "fill" || layer["source"] != "wangge" || !id.ends_with("-fill") {
        return;
    }
    let paint = layer.as_object_mut().map(|layer| layer.entry("paint").or_insert_with(|| Map::new().into()));
    if let Some(paint) = paint {
        let opacity = paint.get("fill-opacity").map_or(TINT.into(), |opacity| times(opacity, TINT));
        paint["fill-opacity"] = opacity;
    }
}

/// An opacity times a factor. `zoom` may stand only at the top of an expression, so its stops are multiplied.
fn times(opacity: &Value, factor: f64) -> Value {
    match opacity {
        Value::Number(number) => (number.as_f64().unwrap_or(1.0) * factor).into(),
        Value::Array(parts) => {
            let first = match parts.first().and_then(Value::as_str) {
                Some("interpolate") => 4,
                Some("step") => 2,
                _ => return vec!["*".into(), factor.into(), opacity.clone()].into(),
            };
            let stop = |(i, part): (usize, &Value)| {
                let is_output = i >= first && (i - first).is_multiple_of(2);
                if is_output { times(part, factor) } else { part.clone() }
            };
            parts.iter().enumerate().map(stop).collect::<Vec<_>>().into()
        }
        other => other.clone(),
    }
}

/// Puts a token behind every address of a source, so that the map goes on with it.
pub fn with_token(style: &mut Value, token: &str) {
    let sources = style["sources"].as_object_mut().into_iter().flat_map(|sources| sources.values_mut());
    for url in sources.filter_map(|source| source.get_mut("url")) {
        if let Value::String(url) = url {
            url.push('?');
            url.push_str(token);
        }
    }
}

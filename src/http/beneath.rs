//! What a background map adds to a style: its sources, and its layers from the lowest up.
//!
//! ```text
//! images                     a raster layer a tileset; dimmed by night
//! vector, a style beside it  that style's layers, under ids of their own; no sprites or glyphs, which pages would ask
//!                            other hosts for
//! vector, none               each of the file's layers as areas, lines and names, coloured by what it is called
//! ```

use serde_json::{Value, json};

use crate::app::{Background, Sheet};
use crate::tiling::TileFormat;

/// Side of a raster tile in px, as Tianditu and most archives cut them.
const SIDE: u32 = 256;

/// The sources, by name; `{origin}` is put in later, as everywhere in a style.
pub fn sources(background: &Background) -> Vec<(String, Value)> {
    let source = |sheet: &Sheet| {
        let url = format!("{{origin}}/tiles/{}.json", sheet.name);
        let Sheet { attribution, .. } = sheet;
        let source = match sheet.format {
            TileFormat::Mvt => json!({"type": "vector", "url": url, "attribution": attribution}),
            _ => json!({"type": "raster", "url": url, "tileSize": SIDE, "attribution": attribution}),
        };
        (sheet.name.to_owned(), source)
    };
    background.sheets().iter().map(source).collect()
}

/// The layers, in a style of that scheme.
pub fn layers(background: &Background, scheme: &str) -> Vec<Value> {
    let of = |sheet: &Sheet| match (sheet.format, background.style()) {
        (TileFormat::Mvt, Some(style)) => of_style(sheet, style),
        (TileFormat::Mvt, None) => plain(sheet, &colours(scheme)),
        _ => vec![raster(sheet, scheme)],
    };
    background.sheets().iter().flat_map(of).collect()
}

fn raster(sheet: &Sheet, scheme: &str) -> Value {
    let paint = match scheme {
        "night" => json!({"raster-brightness-max": 0.45, "raster-saturation": -0.4}),
        _ => json!({}),
    };
    json!({"id": sheet.name, "type": "raster", "source": sheet.name, "paint": paint})
}

/// An operator's layers: ids that meet no other, our source for theirs, nothing that asks for a sprite.
fn of_style(sheet: &Sheet, style: &Value) -> Vec<Value> {
    let mut layers = style["layers"].as_array().cloned().unwrap_or_default();
    for layer in layers.iter_mut().filter_map(Value::as_object_mut) {
        let id = layer.get("id").and_then(Value::as_str).unwrap_or_default();
        let id = format!("{}-{id}", sheet.name);
        layer.insert("id".into(), id.into());
        if layer.contains_key("source") {
            layer.insert("source".into(), sheet.name.into());
        }
        for part in ["layout", "paint"] {
            if let Some(properties) = layer.get_mut(part).and_then(Value::as_object_mut) {
                properties.retain(|name, _| name != "icon-image" && !name.ends_with("-pattern"));
            }
        }
    }
    layers
}

/// The colours of the plain style.
struct Colours {
    water: &'static str,
    green: &'static str,
    land: &'static str,
    building: &'static str,
    road: &'static str,
    line: &'static str,
    ink: &'static str,
    halo: &'static str,
}

const fn colours(scheme: &str) -> Colours {
    match scheme.as_bytes() {
        b"night" => Colours {
            water: "#1b2c3a",
            green: "#17241f",
            land: "#171e28",
            building: "#232b36",
            road: "#3a4350",
            line: "#333c48",
            ink: "#8d97a3",
            halo: "#10161d",
        },
        _ => Colours {
            water: "#cfdde6",
            green: "#e2e9da",
            land: "#f0ede4",
            building: "#e2ddd2",
            road: "#cfc8b8",
            line: "#d6d0c4",
            ink: "#6b675f",
            halo: "#f6f5f1",
        },
    }
}

/// All areas, then all lines, then all names, each in the file's order.
fn plain(sheet: &Sheet, p: &Colours) -> Vec<Value> {
    let ids: Vec<&str> = sheet.vector_layers.iter().filter_map(|layer| layer["id"].as_str()).collect();
    let draws: [fn(&Sheet, &str, &Colours) -> Value; 3] = [area, line, name];
    draws.iter().flat_map(|draw| ids.iter().map(|id| draw(sheet, id, p))).collect()
}

fn area(sheet: &Sheet, id: &str, p: &Colours) -> Value {
    let color = kind(id, [p.water, p.green, p.building, p.land, p.land]);
    let paint = json!({"fill-color": color, "fill-opacity": 0.8});
    layer(sheet, id, "fill", "Polygon", &json!({}), &paint)
}

fn line(sheet: &Sheet, id: &str, p: &Colours) -> Value {
    let color = kind(id, [p.water, p.green, p.building, p.road, p.line]);
    let width = json!(["interpolate", ["linear"], ["zoom"], 8, 0.4, 12, 1, 16, 4]);
    layer(sheet, id, "line", "LineString", &json!({}), &json!({"line-color": color, "line-width": width}))
}

fn name(sheet: &Sheet, id: &str, p: &Colours) -> Value {
    let text = json!(["coalesce", ["get", "name:zh"], ["get", "name:zh-Hans"], ["get", "name"], ""]);
    let font = ["Wangge Regular", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"];
    let layout = json!({"text-field": text, "text-font": font, "text-size": 11, "text-max-width": 8});
    let paint = json!({"text-color": p.ink, "text-halo-color": p.halo, "text-halo-width": 1.2});
    layer(sheet, id, "symbol", "Point", &layout, &paint)
}

fn layer(sheet: &Sheet, id: &str, kind: &str, geometry: &str, layout: &Value, paint: &Value) -> Value {
    let geometries = [geometry.to_owned(), format!("Multi{geometry}")];
    json!({
        "id": format!("{}-{id}-{kind}", sheet.name),
        "type": kind,
        "source": sheet.name,
        "source-layer": id,
        "filter": ["in", ["geometry-type"], ["literal", geometries]],
        "layout": layout,
        "paint": paint,
    })
}

/// The one of water, green, building, road and anything else that a layer of this name holds, as far as names tell.
fn kind(id: &str, of: [&'static str; 5]) -> &'static str {
    let id = id.to_ascii_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| id.contains(word));
    let [water, green, building, road, other] = of;
    match () {
        () if any(&["water", "ocean", "sea", "river", "lake", "canal"]) => water,
        () if any(&["park", "wood", "forest", "green", "cover", "landuse"]) => green,
        () if any(&["building"]) => building,
        () if any(&["road", "street", "highway", "transport", "rail"]) => road,
        () => other,
    }
}

/// HTML as plain text, for those who cannot show it: tags dropped, the commonest entities written out.
pub fn text_of(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    for (entity, c) in
        [("&copy;", "©"), ("&#169;", "©"), ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
    {
        text = text.replace(entity, c);
    }
    text.trim().to_owned()
}

/// What `/api/summary` says of it.
pub fn summary(background: &Background) -> Value {
    let mut said: Vec<String> = background.sheets().iter().map(|sheet| text_of(&sheet.attribution)).collect();
    said.dedup();
    said.retain(|text| !text.is_empty());
    json!({"attribution": said.join(" · ")})
}

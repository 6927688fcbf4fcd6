//! Sheet → GeoJSON (RFC 7946): 7 decimals at most, shells counter-clockwise, one feature a line, streaming.
//!
//! ```text
//! {"type":"FeatureCollection","name":…,"bbox":[…],
//! "wangge":{"levels":"county:6,…","units":[…],"leaves":{FeatureCollection},"voids":{FeatureCollection}},
//! "features":[
//! {"type":"Feature","id":17,"properties":{"code":…,"name":…,"level":…,"parent":…,…},"geometry":{MultiPolygon}},
//! ```

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::coverage::Partition;
use crate::crs::{Point, Polygon};
use crate::exchange::export::ExportOptions;
use crate::exchange::sheet::{Drawn, Sheet};
use crate::unit::{Attributes, Hierarchy, Levels, UnitIndex};

/// Properties that every unit has; attributes of these names stand in the foreign member.
const OWN: [&str; 4] = ["code", "name", "level", "parent"];

/// Writes a sheet.
pub fn write(
    out: &mut dyn Write,
    partition: &Partition,
    sheet: &Sheet,
    options: &ExportOptions,
) -> io::Result<()> {
    let hierarchy = &partition.hierarchy;
    let mut pen = Pen { out };
    pen.text("{\"type\":\"FeatureCollection\",")?;
    if let Some(name) = &options.name {
        pen.text(&format!("\"name\":{},", json!(name)))?;
    }
    let bounds = sheet.bounds;
    if !bounds.is_empty() {
        pen.text("\"bbox\":[")?;
        pen.position(bounds.min)?;
        pen.text(",")?;
        pen.position(bounds.max)?;
        pen.text("],")?;
    }
    if let Some(levels) = &sheet.levels {
        pen.about(partition, levels, sheet, options)?;
    }
    pen.text("\n\"features\":")?;
    pen.list(sheet.features.iter(), |pen, drawn| pen.unit(hierarchy, drawn))?;
    pen.text("}\n")
}

/// One unit as a Feature, as exports write it.
#[must_use]
pub fn feature_json(partition: &Partition, unit: UnitIndex) -> String {
    let mut text = Vec::new();
    let drawn = Drawn { unit, polygons: partition.polygons_of(unit) };
    // A vector takes every byte.
    let _ = Pen { out: &mut text }.unit(&partition.hierarchy, &drawn);
    String::from_utf8_lossy(&text).into_owned()
}

/// Writes piece by piece.
pub struct Pen<'a> {
    out: &'a mut dyn Write,
}

impl Pen<'_> {
    fn text(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// What the features do not tell.
    fn about(
        &mut self,
        partition: &Partition,
        levels: &Levels,
        sheet: &Sheet,
        options: &ExportOptions,
    ) -> io::Result<()> {
        let hierarchy = &partition.hierarchy;
        let whole = levels == hierarchy.levels();
        let about = json!({
            "levels": levels.to_string(), "all": sheet.all, "name": options.name, "synthetic": options.synthetic,
            "version": options.version, "content_hash": whole.then(|| partition.content_hash().to_string()),
        });
        self.text(&format!("\n\"wangge\":{},", about.to_string().trim_end_matches('}')))?;
        self.text("\n\"units\":")?;
        let unfit = sheet.features.iter().chain(&sheet.leaves).map(|d| d.unit);
        let unfit = unfit.filter(|&u| !fits(&hierarchy.unit(u).attributes));
        self.list(sheet.units.iter().copied().chain(unfit), |pen, index| {
            let unit = hierarchy.unit(index);
            let facts = json!({"code": unit.code, "name": unit.name, "attributes": unit.attributes});
            pen.text(&facts.to_string())
        })?;
        self.text(",\n\"leaves\":")?;
        self.collection(sheet.leaves.iter(), |pen, drawn| pen.unit(hierarchy, drawn))?;
        self.text(",\n\"voids\":")?;
        self.collection(sheet.voids.iter(), |pen, (index, polygons)| {
            let void = &hierarchy.voids()[*index as usize];
            pen.feature(void.uid.0, &Map::from_iter([("name".to_owned(), json!(void.name))]), polygons)
        })?;
        self.text("},")
    }

    fn unit(&mut self, hierarchy: &Hierarchy, drawn: &Drawn) -> io::Result<()> {
        let unit = hierarchy.unit(drawn.unit);
        let level = hierarchy.levels().get(unit.level).map(|l| l.name.as_str());
        let parent = hierarchy.parent(drawn.unit).map(|p| &hierarchy.unit(p).code);
        let mut properties = Map::from_iter([
            ("code".to_owned(), json!(unit.code)),
            ("name".to_owned(), json!(unit.name)),
            ("level".to_owned(), json!(level)),
            ("parent".to_owned(), json!(parent)),
        ]);
        let others = unit.attributes.iter().filter(|(key, _)| !OWN.contains(&key.as_str()));
        properties.extend(others.map(|(key, value)| (key.clone(), json!(value))));
        self.feature(unit.uid.0, &properties, &drawn.polygons)
    }

    fn feature(&mut self, id: u32, properties: &Map<String, Value>, polygons: &[Polygon]) -> io::Result<()> {
        let properties = serde_json::to_string(properties)?;
        self.text(&format!("{{\"type\":\"Feature\",\"id\":{id},\"properties\":{properties},\"geometry\":"))?;
        match polygons {
            [polygon] => {
                self.text("{\"type\":\"Polygon\",\"coordinates\":")?;
                self.polygon(polygon)?;
            }
            many => {
                self.text("{\"type\":\"MultiPolygon\",\"coordinates\":[")?;
                self.separated(many.iter(), Self::polygon)?;
                self.text("]")?;
            }
        }
        self.text("}}")
    }

    fn polygon(&mut self, polygon: &Polygon) -> io::Result<()> {
        self.text("[")?;
        self.separated(polygon.rings(), |pen, ring| {
            pen.text("[")?;
            pen.separated(ring.iter().chain(ring.first()), |pen, &point| {
                pen.text("[")?;
                pen.position(point)?;
                pen.text("]")
            })?;
            pen.text("]")
        })?;
        self.text("]")
    }

    /// Longitude and latitude, exact, without needless zeros.
    fn position(&mut self, point: Point) -> io::Result<()> {
        self.degrees(point.x)?;
        self.text(",")?;
        self.degrees(point.y)
    }

    fn degrees(&mut self, units: i32) -> io::Result<()> {
        /// Lattice units in a degree.
        const DEGREE: u32 = 10_000_000;
        let size = units.unsigned_abs();
        let sign = if units < 0 { "-" } else { "" };
        let text = format!("{sign}{}.{:07}", size / DEGREE, size % DEGREE);
        self.text(text.trim_end_matches('0').trim_end_matches('.'))
    }

    fn collection<T>(
        &mut self,
        items: impl Iterator<Item = T>,
        write: impl Fn(&mut Self, T) -> io::Result<()>,
    ) -> io::Result<()> {
        self.text("{\"type\":\"FeatureCollection\",\"features\":")?;
        self.list(items, write)?;
        self.text("}")
    }

    /// An array, one item a line.
    fn list<T>(
        &mut self,
        items: impl Iterator<Item = T>,
        write: impl Fn(&mut Self, T) -> io::Result<()>,
    ) -> io::Result<()> {
        self.text("[")?;
        self.separated(items, |pen, item| {
            pen.text("\n")?;
            write(pen, item)
        })?;
        self.text("]")
    }

    fn separated<T>(
        &mut self,
        items: impl Iterator<Item = T>,
        write: impl Fn(&mut Self, T) -> io::Result<()>,
    ) -> io::Result<()> {
        for (i, item) in items.enumerate() {
            if i > 0 {
                self.text(",")?;
            }
            write(self, item)?;
        }
        Ok(())
    }
}

/// Whether all attributes can stand among a feature's properties.
fn fits(attributes: &Attributes) -> bool {
    !attributes.keys().any(|key| OWN.contains(&key.as_str()))
}

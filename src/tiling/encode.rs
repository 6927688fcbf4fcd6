//! A tile's layers → bytes, through `fast-mvt`.
//!
//! `fast-mvt` and not `mvt`: the latter drops polygon vertices that lie on a straight horizontal or vertical run, which
//! are just those where a third unit begins, so borders that coincide here would come apart there (`tests/it/tiling.rs`
//! has the case).
//!
//! Bytes depend on the version and the definition alone: keys in the order defined, features by uid, rings from their
//! smallest point.

use std::ops::Range;

use fast_mvt::{
    MvtCoord, MvtExtent, MvtFeatureBuilder, MvtGeomType, MvtLayerBuilder, MvtResult, MvtValueRef,
};

use super::borders::{Borders, borders};
use super::facts::Facts;
use super::rings::Shapes;
use super::scatter::Scatter;
use super::sides::{Group, Sides};
use super::strokes::Strokes;
use super::tileset::{Field, Layer, Tileset};
use super::zoom::{ZoomCoverage, thinning};
use super::zooms::Zooms;
use crate::crs::{Point, TileId};
use crate::unit::{Attribute, Attributes, Hierarchy, LineFeature, PointFeature, PointLayer, UnitIndex};

/// Everything a tile may be drawn from; what comes from a plane is given as a function and made when asked for.
pub(super) struct Sources<'a> {
    pub hierarchy: &'a Hierarchy,
    pub zooms: &'a Zooms,
    pub sides: &'a Sides,
    pub facts: &'a dyn Fn() -> &'a Facts,
    pub zoom: &'a dyn Fn() -> &'a ZoomCoverage,
    pub labels: &'a dyn Fn() -> &'a Scatter<UnitIndex>,
    pub places: &'a dyn Fn() -> (&'a [PointFeature], &'a Scatter<u32>),
    pub lines: &'a dyn Fn() -> (&'a [LineFeature], &'a Strokes),
}

/// The bytes of a tile; `None` where nothing is in it.
pub(super) fn encode(sources: &Sources, tileset: &Tileset, tile: TileId) -> MvtResult<Option<Vec<u8>>> {
    let mut writer = Writer { sources, tile, extent: sources.zooms.extent(tile.z()), bytes: Vec::new() };
    for layer in tileset.layers() {
        writer.draw(layer)?;
    }
    Ok((!writer.bytes.is_empty()).then_some(writer.bytes))
}

struct Writer<'s, 'a> {
    sources: &'s Sources<'a>,
    tile: TileId,
    extent: u32,
    /// Layers as they are done: a tile is its layers' bytes one after another.
    bytes: Vec<u8>,
}

impl<'a> Writer<'_, 'a> {
    fn draw(&mut self, layer: &Layer) -> MvtResult<()> {
        let (levels, z) = (self.sources.hierarchy.levels(), self.tile.z());
        let shown = |level: u8| self.sources.zooms.first(level) <= z;
        let lowest = levels.lowest();
        match layer {
            Layer::Units { attributes, lowest: more } => {
                for (l, level) in (0..).zip(levels.as_slice()).filter(|&(l, _)| shown(l)) {
                    let more = if l == lowest { more.as_slice() } else { &[] };
                    let fields: Vec<&Field> = attributes.iter().chain(more).collect();
                    self.units(&level.plural, self.sources.sides.level(l), &fields)?;
                }
                Ok(())
            }
            Layer::Leaves { attributes } if shown(lowest) => {
                let id = levels.get(lowest).map_or("", |l| &l.plural);
                let fields: Vec<&Field> = attributes.iter().collect();
                self.units(id, self.sources.sides.leaves(lowest), &fields)
            }
            Layer::Voids { attributes } if shown(0) => self.voids(attributes),
            Layer::Borders { attributes } if shown(0) => self.borders(attributes),
            Layer::Labels { attributes } if shown(0) => self.labels(attributes),
            Layer::Points { layer, from, attributes } if *from <= z => self.points(*layer, attributes),
            Layer::Lines { layer, from, attributes, kinds } if *from <= z => {
                let later = |f: &LineFeature| kinds.get(&f.kind).is_some_and(|&from| from > z);
                self.lines(layer, attributes, |f| f.layer == *layer && !later(f))
            }
            _ => Ok(()),
        }
    }

    fn units(&mut self, id: &str, group: &Group, fields: &[&Field]) -> MvtResult<()> {
        let hierarchy = self.sources.hierarchy;
        let shapes = (self.sources.zoom)().polygons(self.tile, group);
        let mut groups = shapes.groups();
        groups.sort_unstable_by_key(|(unit, _)| hierarchy.unit(*unit).uid);
        self.layer(id, |writer, mut layer| {
            for (unit, rings) in groups {
                let mut feature = layer.feature_of(MvtGeomType::Polygon);
                feature.id(Some(hierarchy.unit(unit).uid.0.into()));
                writer.rings(&mut feature, &shapes, rings)?;
                for field in fields {
                    if let Some(value) = writer.unit_value(unit, field) {
                        feature.tag_ref(field.as_str(), value)?;
                    }
                }
                layer = feature.end();
            }
            Ok(layer)
        })
    }

    fn voids(&mut self, fields: &[Field]) -> MvtResult<()> {
        let Sources { hierarchy, sides, .. } = self.sources;
        let shapes = (self.sources.zoom)().polygons(self.tile, sides.voids());
        let mut groups = shapes.groups();
        let void = |side: u32| &hierarchy.voids()[side as usize - hierarchy.units().len()];
        groups.sort_unstable_by_key(|(side, _)| void(*side).uid);
        self.layer("voids", |writer, mut layer| {
            for (side, rings) in groups {
                let void = void(side);
                let mut feature = layer.feature_of(MvtGeomType::Polygon);
                feature.id(Some(void.uid.0.into()));
                writer.rings(&mut feature, &shapes, rings)?;
                for field in fields {
                    let value = if *field == Field::Uid { uint(void.uid.0) } else { text(&void.name) };
                    feature.tag_ref(field.as_str(), value)?;
                }
                layer = feature.end();
            }
            Ok(layer)
        })
    }

    fn borders(&mut self, fields: &[Field]) -> MvtResult<()> {
        let Sources { hierarchy, sides, .. } = self.sources;
        let classes = borders((self.sources.zoom)().pieces(), self.tile, sides);
        self.layer("borders", |writer, mut layer| {
            for Borders { level, void, lines } in &classes {
                let mut feature = layer.feature_of(MvtGeomType::LineString);
                for line in lines {
                    feature.line(line.iter().map(|&p| writer.in_tile(p)))?;
                }
                for field in fields {
                    let value = match field {
                        Field::Void if *void => MvtValueRef::Bool(true),
                        Field::Level => text(hierarchy.levels().get(*level).map_or("", |l| &l.name)),
                        _ => continue,
                    };
                    feature.tag_ref(field.as_str(), value)?;
                }
                layer = feature.end();
            }
            Ok(layer)
        })
    }

    fn labels(&mut self, fields: &[Field]) -> MvtResult<()> {
        let Sources { hierarchy, zooms, .. } = self.sources;
        let mut points = (self.sources.labels)().of(self.tile, self.extent);
        points.retain(|&(unit, _)| zooms.first(hierarchy.unit(unit).level) <= self.tile.z());
        points.sort_by_key(|&(unit, _)| hierarchy.unit(unit).uid);
        self.layer("labels", |writer, mut layer| {
            for (unit, at) in points {
                let mut feature = layer.feature_of(MvtGeomType::Point);
                feature.id(Some(hierarchy.unit(unit).uid.0.into()));
                feature.points([coord(at)])?;
                for field in fields {
                    if let Some(value) = writer.unit_value(unit, field) {
                        feature.tag_ref(field.as_str(), value)?;
                    }
                }
                layer = feature.end();
            }
            Ok(layer)
        })
    }

    fn points(&mut self, of: PointLayer, fields: &[Field]) -> MvtResult<()> {
        let (features, scatter) = (self.sources.places)();
        let points = scatter.of(self.tile, self.extent);
        self.layer(of.as_str(), |_, mut layer| {
            for (i, at) in points {
                let point = &features[i as usize];
                let mut feature = layer.feature_of(MvtGeomType::Point);
                feature.points([coord(at)])?;
                tag_all(&mut feature, fields, &point.name, &point.kind, Some(&point.attributes))?;
                layer = feature.end();
            }
            Ok(layer)
        })
    }

    fn lines(&mut self, id: &str, fields: &[Field], shown: impl Fn(&LineFeature) -> bool) -> MvtResult<()> {
        let (features, strokes) = (self.sources.lines)();
        let threshold = thinning(self.tile.z());
        let runs = strokes.of(self.tile, self.extent, threshold, |i| shown(&features[i as usize]));
        self.layer(id, |_, mut layer| {
            for (i, runs) in runs {
                let mut feature = layer.feature_of(MvtGeomType::LineString);
                for run in runs {
                    feature.line(run.into_iter().map(coord))?;
                }
                let LineFeature { name, kind, .. } = &features[i as usize];
                tag_all(&mut feature, fields, name, kind, None)?;
                layer = feature.end();
            }
            Ok(layer)
        })
    }

    /// Adds a layer, unless it stays empty.
    fn layer(
        &mut self,
        id: &str,
        fill: impl FnOnce(&Self, MvtLayerBuilder) -> MvtResult<MvtLayerBuilder>,
    ) -> MvtResult<()> {
        let mut layer = MvtLayerBuilder::new(id)?;
        layer.extent(MvtExtent::new(self.extent).unwrap_or(MvtExtent::MIN));
        let filled = fill(self, layer)?;
        if filled.num_features() > 0 {
            self.bytes.extend(filled.encode());
        }
        Ok(())
    }

    fn rings(&self, feature: &mut MvtFeatureBuilder, shapes: &Shapes, of: Range<usize>) -> MvtResult<()> {
        for (is_shell, ring) in shapes.rings(of) {
            feature.ring(ring.iter().map(|&p| self.in_tile(p)), is_shell)?;
        }
        Ok(())
    }

    fn in_tile(&self, p: Point) -> MvtCoord {
        let extent = self.extent as i32;
        MvtCoord { x: p.x - self.tile.x() as i32 * extent, y: p.y - self.tile.y() as i32 * extent }
    }

    fn unit_value(&self, index: UnitIndex, field: &Field) -> Option<MvtValueRef<'a>> {
        let Sources { hierarchy, facts, .. } = self.sources;
        let unit = hierarchy.unit(index);
        Some(match field {
            Field::Uid => uint(unit.uid.0),
            Field::Code => text(unit.code.as_str()),
            Field::Name => text(&unit.name),
            Field::Level => text(&hierarchy.levels().get(unit.level)?.name),
            Field::Parent => uint(hierarchy.unit(hierarchy.parent(index)?).uid.0),
            Field::Tint => uint(unit.tint.into()),
            Field::AreaM2 => MvtValueRef::UInt(facts().areas[index as usize].round() as u64),
            Field::Clearance => MvtValueRef::UInt(facts().labels[index as usize]?.pixels_at_20()),
            Field::Void => return None,
            Field::Other(name) => value(unit.attributes.get(name)?),
        })
    }
}

fn tag_all(
    feature: &mut MvtFeatureBuilder,
    fields: &[Field],
    name: &str,
    kind: &str,
    more: Option<&Attributes>,
) -> MvtResult<()> {
    for field in fields {
        let found = match field {
            Field::Name => Some(name).filter(|n| !n.is_empty()).map(text),
            Field::Other(other) if other == "kind" => Some(kind).filter(|k| !k.is_empty()).map(text),
            Field::Other(other) => more.and_then(|m| m.get(other)).map(value),
            _ => None,
        };
        if let Some(found) = found {
            feature.tag_ref(field.as_str(), found)?;
        }
    }
    Ok(())
}

fn value(attribute: &Attribute) -> MvtValueRef<'_> {
    match attribute {
        Attribute::Bool(b) => MvtValueRef::Bool(*b),
        Attribute::Integer(n) => u64::try_from(*n).map_or(MvtValueRef::SInt(*n), MvtValueRef::UInt),
        Attribute::Number(n) => MvtValueRef::Double(*n),
        Attribute::Text(t) => text(t),
    }
}

fn uint(n: u32) -> MvtValueRef<'static> {
    MvtValueRef::UInt(n.into())
}

fn text(t: &str) -> MvtValueRef<'_> {
    MvtValueRef::String(t)
}

fn coord(p: Point) -> MvtCoord {
    MvtCoord { x: p.x, y: p.y }
}

//! What each tileset holds: definitions in TOML, checked into types; the defaults are embedded.
//!
//! ```toml
//! name = "grids"
//! [[layers]]
//! draw = "leaves"                      # units, leaves, voids, borders, labels, points or lines
//! attributes = ["uid", "code", "name"] # in the order of the tile's keys
//! ```
//!
//! Layers of units take their names and zooms from the levels; layers of points and lines name theirs (`layer`,
//! `from`).

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::zooms::{LAST_ZOOM, Zooms};
use crate::unit::{Levels, PointLayer};

/// Raised whenever the same definition and version would give other bytes than before.
pub const ENCODER_REVISION: u32 = 4;

/// The embedded definitions, by file name.
const BUILT_IN: [(&str, &str); 4] = [
    ("county.toml", include_str!("../../tiles/county.toml")),
    ("grids.toml", include_str!("../../tiles/grids.toml")),
    ("places.toml", include_str!("../../tiles/places.toml")),
    ("background.toml", include_str!("../../tiles/background.toml")),
];

/// A checked definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tileset {
    name: String,
    description: String,
    layers: Vec<Layer>,
    text: String,
}

/// One `[[layers]]` of a definition.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "draw", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Layer {
    /// A polygon layer for each level, with more attributes in the lowest's.
    Units {
        attributes: Vec<Field>,
        #[serde(default)]
        lowest: Vec<Field>,
    },
    /// The lowest level's leaves alone.
    Leaves { attributes: Vec<Field> },
    /// The voids.
    Voids { attributes: Vec<Field> },
    /// Every border once.
    Borders { attributes: Vec<Field> },
    /// A point for each unit.
    Labels { attributes: Vec<Field> },
    /// A layer of points.
    Points { layer: PointLayer, from: u8, attributes: Vec<Field> },
    /// A layer of background lines; kinds may be shown from later zooms.
    Lines {
        layer: String,
        from: u8,
        attributes: Vec<Field>,
        #[serde(default)]
        kinds: BTreeMap<String, u8>,
    },
}

/// An attribute of a layer's features.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(from = "String")]
pub(super) enum Field {
    /// The permanent number.
    Uid,
    /// The code, as text.
    Code,
    /// The name.
    Name,
    /// The level's name.
    Level,
    /// The parent's uid.
    Parent,
    /// A colour 0 to 4.
    Tint,
    /// Whole square metres.
    AreaM2,
    /// How far a label's point lies from its unit's border, in whole pixels at zoom 20 (tiles of 512 pixels).
    Clearance,
    /// Whether a border is the inner border of a void.
    Void,
    /// Whatever the county keeps under that name; `kind` among it.
    Other(String),
}

/// A definition that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("tileset {file}: {fault}")]
pub struct BadTileset {
    /// Which file.
    pub file: String,
    /// What was expected, what was found, where.
    pub fault: String,
}

/// A layer as `TileJSON` describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VectorLayer {
    /// The layer's name in the tiles.
    pub id: String,
    /// Attributes and their types (`String`, `Number`, `Boolean`).
    pub fields: BTreeMap<String, String>,
    /// First zoom.
    pub minzoom: u8,
    /// Last zoom.
    pub maxzoom: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    name: String,
    description: String,
    layers: Vec<Layer>,
}

impl Tileset {
    /// Checks a definition; `file` names it in errors.
    ///
    /// # Errors
    /// [`BadTileset`] with the line where it is not TOML or not a definition, or what does not fit in it.
    pub fn parse(file: &str, text: &str) -> Result<Self, BadTileset> {
        let bad = |fault: String| BadTileset { file: file.to_owned(), fault };
        let Definition { name, description, layers } =
            toml::from_str(text).map_err(|e| bad(e.to_string().trim_end().to_owned()))?;
        let is_word = |w: &str| {
            !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        if !is_word(&name) {
            return Err(bad(format!("expected a name of a-z, 0-9 and _, found {name:?}")));
        }
        if layers.is_empty() {
            return Err(bad("expected at least one [[layers]], found none".into()));
        }
        for (i, layer) in layers.iter().enumerate() {
            layer.check().map_err(|fault| bad(format!("layer {}: {fault}", i + 1)))?;
            if layers[..i].iter().any(|before| before.key() == layer.key()) {
                return Err(bad(format!("layer {}: draws the same as one before it", i + 1)));
            }
        }
        Ok(Self { name, description, layers, text: text.to_owned() })
    }

    /// The tilesets that Wangge comes with: `county`, `grids`, `places`, `background`.
    ///
    /// # Panics
    /// Never: the definitions are embedded, and a test parses them.
    #[must_use]
    pub fn built_in() -> Vec<Self> {
        let parse = |&(file, text): &(&str, &str)| {
            Self::parse(file, text).expect("embedded definitions are parsed by a test")
        };
        BUILT_IN.iter().map(parse).collect()
    }

    /// The name, as it stands in addresses.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is, in a few words.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The token that stands for this definition, these zooms and the encoder: 12 hex digits. Two tiles with the same
    /// version and build have the same bytes.
    #[must_use]
    pub fn build(&self, zooms: &Zooms) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{ENCODER_REVISION}\n{zooms:?}\n{}", self.text));
        let bytes = hash.finalize();
        bytes[..6].iter().fold(String::new(), |token, b| format!("{token}{b:02x}"))
    }

    /// First and last zoom.
    #[must_use]
    pub fn zooms(&self, levels: &Levels, zooms: &Zooms) -> RangeInclusive<u8> {
        let first = self.vector_layers(levels, zooms).iter().map(|l| l.minzoom).min();
        first.unwrap_or(LAST_ZOOM)..=LAST_ZOOM
    }

    /// The layers as `TileJSON` describes them, in the order of the tile.
    #[must_use]
    pub fn vector_layers(&self, levels: &Levels, zooms: &Zooms) -> Vec<VectorLayer> {
        self.layers.iter().flat_map(|layer| layer.described(levels, zooms)).collect()
    }

    /// Whether a version's units show in it.
    pub(super) fn draws_units(&self) -> bool {
        self.layers().iter().any(|layer| !matches!(layer, Layer::Points { .. } | Layer::Lines { .. }))
    }

    pub(super) fn layers(&self) -> &[Layer] {
        &self.layers
    }
}

impl Layer {
    fn check(&self) -> Result<(), String> {
        let fields = self.fields();
        if let Some(twice) = (1..fields.len()).find(|&i| fields[..i].contains(&fields[i])) {
            return Err(format!("attribute {:?} stands twice", fields[twice].as_str()));
        }
        if let Some(bad) = fields.iter().find(|f| f.as_str().is_empty() || !self.has(f)) {
            return Err(format!("no attribute {:?} in what it draws", bad.as_str()));
        }
        let late = |z: &u8| *z > LAST_ZOOM;
        match self {
            Self::Points { from, .. } | Self::Lines { from, .. } if late(from) => {
                Err(format!("expected `from` at most {LAST_ZOOM}, found {from}"))
            }
            Self::Points { layer, .. } if *layer != PointLayer::Places => Err(format!(
                "expected layer \"places\", found {:?}: who lives where is in no tile",
                layer.as_str()
            )),
            Self::Lines { layer, .. } if layer.is_empty() => Err("expected a layer name, found none".into()),
            Self::Lines { kinds, .. } => match kinds.iter().find(|(_, z)| late(z)) {
                Some((kind, z)) => Err(format!("expected {kind} from at most {LAST_ZOOM}, found {z}")),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn fields(&self) -> Vec<&Field> {
        match self {
            Self::Units { attributes, lowest } => attributes.iter().chain(lowest).collect(),
            Self::Leaves { attributes }
            | Self::Voids { attributes }
            | Self::Borders { attributes }
            | Self::Labels { attributes }
            | Self::Points { attributes, .. }
            | Self::Lines { attributes, .. } => attributes.iter().collect(),
        }
    }

    /// Whether what the layer draws may have an attribute.
    fn has(&self, field: &Field) -> bool {
        match self {
            Self::Units { .. } | Self::Leaves { .. } => !matches!(field, Field::Void | Field::Clearance),
            Self::Labels { .. } => *field != Field::Void,
            Self::Voids { .. } => matches!(field, Field::Uid | Field::Name),
            Self::Borders { .. } => matches!(field, Field::Level | Field::Void),
            Self::Points { .. } => matches!(field, Field::Name | Field::Other(_)),
            Self::Lines { .. } => *field == Field::Name || field.as_str() == "kind",
        }
    }

    /// What the layer draws, to find two that draw the same.
    fn key(&self) -> (u8, &str) {
        match self {
            Self::Units { .. } | Self::Leaves { .. } => (0, ""),
            Self::Voids { .. } => (1, ""),
            Self::Borders { .. } => (2, ""),
            Self::Labels { .. } => (3, ""),
            Self::Points { layer, .. } => (4, layer.as_str()),
            Self::Lines { layer, .. } => (4, layer),
        }
    }

    fn described(&self, levels: &Levels, zooms: &Zooms) -> Vec<VectorLayer> {
        let fields = |fields: &mut dyn Iterator<Item = &Field>| {
            fields.map(|f| (f.as_str().to_owned(), f.kind().to_owned())).collect()
        };
        let layer =
            |id: &str, minzoom, fields| VectorLayer { id: id.into(), fields, minzoom, maxzoom: LAST_ZOOM };
        let lowest = levels.lowest();
        match self {
            Self::Units { attributes, lowest: more } => (0..)
                .zip(levels.as_slice())
                .map(|(l, level)| {
                    let more = more.iter().filter(|_| l == lowest);
                    layer(&level.plural, zooms.first(l), fields(&mut attributes.iter().chain(more)))
                })
                .collect(),
            Self::Leaves { attributes } => {
                let id = levels.get(lowest).map_or("", |l| &l.plural);
                vec![layer(id, zooms.first(lowest), fields(&mut attributes.iter()))]
            }
            Self::Voids { attributes } => {
                vec![layer("voids", zooms.first(0), fields(&mut attributes.iter()))]
            }
            Self::Borders { attributes } => {
                vec![layer("borders", zooms.first(0), fields(&mut attributes.iter()))]
            }
            Self::Labels { attributes } => {
                vec![layer("labels", zooms.first(0), fields(&mut attributes.iter()))]
            }
            Self::Points { layer: of, from, attributes } => {
                vec![layer(of.as_str(), *from, fields(&mut attributes.iter()))]
            }
            Self::Lines { layer: id, from, attributes, .. } => {
                vec![layer(id, *from, fields(&mut attributes.iter()))]
            }
        }
    }
}

impl Field {
    /// The attribute's name in tiles.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Uid => "uid",
            Self::Code => "code",
            Self::Name => "name",
            Self::Level => "level",
            Self::Parent => "parent",
            Self::Tint => "tint",
            Self::AreaM2 => "area_m2",
            Self::Clearance => "clearance",
            Self::Void => "void",
            Self::Other(name) => name,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Uid | Self::Parent | Self::Tint | Self::AreaM2 | Self::Clearance => "Number",
            Self::Void => "Boolean",
            Self::Code | Self::Name | Self::Level | Self::Other(_) => "String",
        }
    }
}

impl From<String> for Field {
    fn from(name: String) -> Self {
        let known = [
            Self::Uid,
            Self::Code,
            Self::Name,
            Self::Level,
            Self::Parent,
            Self::Tint,
            Self::AreaM2,
            Self::Clearance,
            Self::Void,
        ];
        known.into_iter().find(|f| f.as_str() == name).unwrap_or(Self::Other(name))
    }
}

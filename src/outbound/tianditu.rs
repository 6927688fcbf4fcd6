//! Tianditu (天地图), the national map, by WMTS in Web Mercator (`w`): tile matrix, row and column are z, y and x.
//!
//! ```text
//! vec  vec_w  roads, land, water   + cva_w  their names
//! img  img_w  from above           + cia_w  names
//! ```
//!
//! The key goes into the question and nowhere else: not into a message, a log or a `Debug`.

use std::fmt;
use std::str::FromStr;
use std::time::Instant;

use ureq::Agent;

use super::Outage;
use super::client::{self, Answer};
use super::rest::Rest;
use crate::crs::TileId;
use crate::tiling::TileFormat;

/// Where it is; `{s}` becomes 0 to 7.
pub const BASE_URL: &str = "https://t{s}.tianditu.gov.cn";

/// What the map shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// A drawn map.
    Vec,
    /// Pictures from above.
    Img,
}

impl FromStr for Theme {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "vec" => Ok(Self::Vec),
            "img" => Ok(Self::Img),
            _ => Err("expected vec (a drawn map) or img (pictures from above)"),
        }
    }
}

/// One of a theme's two sheets, which lie over each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sheet {
    /// The map.
    Ground,
    /// Its names.
    Names,
}

/// How to get at it.
#[derive(Clone)]
pub struct TiandituAccess {
    key: String,
    /// What to show.
    pub theme: Theme,
    base: String,
}

/// Without the key.
impl fmt::Debug for TiandituAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { theme, base, .. } = self;
        f.debug_struct("TiandituAccess").field("theme", theme).field("base", base).finish_non_exhaustive()
    }
}

impl TiandituAccess {
    /// With a key, at a base URL ([`BASE_URL`], or a relay's).
    ///
    /// # Errors
    /// What is wrong with the key, which is not shown, or with the base URL.
    pub fn new(key: &str, theme: Theme, base: &str) -> Result<Self, String> {
        let fits = |c: u8| c.is_ascii_alphanumeric() || b"-_".contains(&c);
        if key.is_empty() || key.len() > 128 || !key.bytes().all(fits) {
            return Err(format!(
                "expected a Tianditu key of letters and digits, found {} characters that are something else",
                key.chars().count()
            ));
        }
        if !(base.starts_with("https://") || base.starts_with("http://")) {
            return Err(format!(
                "expected the base URL of Tianditu as http:// or https:// and a host, found {base:?}"
            ));
        }
        Ok(Self { key: key.to_owned(), theme, base: base.trim_end_matches('/').to_owned() })
    }

    /// A tile always comes from the same of the eight hosts, for the sake of what lies cached on the way.
    fn url(&self, sheet: Sheet, tile: TileId) -> String {
        let layer = match (self.theme, sheet) {
            (Theme::Vec, Sheet::Ground) => "vec",
            (Theme::Vec, Sheet::Names) => "cva",
            (Theme::Img, Sheet::Ground) => "img",
            (Theme::Img, Sheet::Names) => "cia",
        };
        let (z, x, y) = (tile.z(), tile.x(), tile.y());
        let base = self.base.replace("{s}", &((x ^ y) % 8).to_string());
        format!(
            "{base}/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default\
             &TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={}",
            self.key
        )
    }
}

/// A client of it.
#[derive(Debug)]
pub struct Tianditu {
    access: TiandituAccess,
    agent: Agent,
    rest: Rest,
}

impl Tianditu {
    /// Asks nothing yet.
    #[must_use]
    pub fn new(access: TiandituAccess) -> Self {
        Self { access, agent: client::agent(), rest: Rest::default() }
    }

    /// What it shows.
    #[must_use]
    pub const fn theme(&self) -> Theme {
        self.access.theme
    }

    /// The image of a tile; empty where it has none.
    ///
    /// # Errors
    /// [`Outage`] where it did not answer, refused, or answered with something else.
    pub fn tile(&self, sheet: Sheet, tile: TileId) -> Result<Vec<u8>, Outage> {
        if !self.rest.admits(Instant::now()) {
            let detail = "Tianditu did not answer a moment ago; it is asked again in a few seconds".into();
            return Err(Outage { detail, cause: String::new() });
        }
        let answer = client::get(&self.agent, &self.access.url(sheet, tile));
        let result = answer.map_err(|e| silence(&e)).and_then(image);
        self.rest.went(result.is_ok(), Instant::now());
        // Whoever answered may have said what was asked.
        result.map_err(|outage| Outage { cause: outage.cause.replace(&self.access.key, "…"), ..outage })
    }
}

fn silence(error: &ureq::Error) -> Outage {
    Outage { detail: "Tianditu did not answer".into(), cause: error.to_string() }
}

fn image(Answer { status, bytes }: Answer) -> Result<Vec<u8>, Outage> {
    let outage = |detail: String| {
        let begins: String = String::from_utf8_lossy(&bytes).chars().take(200).collect();
        Err(Outage { detail, cause: format!("status {status}: {begins:?}") })
    };
    match status {
        200 if TileFormat::of_image(&bytes).is_some() => Ok(bytes),
        200 => outage("expected an image from Tianditu, found something else".into()),
        404 => Ok(Vec::new()),
        401 | 403 | 418 | 429 => outage(format!(
            "Tianditu refused with status {status}: its key must be a server's, and have questions left"
        )),
        _ => outage(format!("Tianditu failed with status {status}")),
    }
}

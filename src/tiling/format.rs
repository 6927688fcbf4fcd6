//! What a tile of somebody else's map is: by the name its file ends with, and from its first bytes.
//!
//! ```text
//! 89 50 4E 47 …        png         52 49 46 46 …… 57 45 42 50   webp
//! FF D8 FF …           jpg         …… 66 74 79 70 61 76 69 66   avif
//! ```

/// Vector tiles, or one of the images that browsers draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileFormat {
    /// Mapbox Vector Tile.
    Mvt,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
    /// AVIF.
    Avif,
}

impl TileFormat {
    /// What its file names end with.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Mvt => "mvt",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Avif => "avif",
        }
    }

    /// The image that `bytes` begin as, if they do.
    #[must_use]
    pub fn of_image(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', ..] => Some(Self::Png),
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f', ..] => Some(Self::Avif),
            _ => None,
        }
    }
}

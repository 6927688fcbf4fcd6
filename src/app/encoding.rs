//! The encodings an answer may travel in.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

/// How a body is encoded on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As it is.
    Identity,
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
}

/// zlib's usual level: a tile of 270 KB in 8 ms.
const GZIP_LEVEL: u32 = 6;
/// As fast as gzip at its level 6, and smaller; the next levels cost much and gain a few per cent.
const BROTLI_QUALITY: u32 = 5;
/// Window of 4 MB, Brotli's default.
const BROTLI_WINDOW: u32 = 22;

impl Encoding {
    /// The word in `Content-Encoding`; none for identity.
    #[must_use]
    pub const fn token(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    /// `bytes` in this encoding.
    #[must_use]
    pub fn apply(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Identity => bytes.to_vec(),
            Self::Gzip => gzip(bytes),
            Self::Brotli => brotli(bytes),
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(GZIP_LEVEL));
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("writing to memory does not fail")
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 2);
    let mut encoder = brotli::CompressorWriter::new(&mut out, 64 * 1024, BROTLI_QUALITY, BROTLI_WINDOW);
    encoder.write_all(bytes).expect("writing to memory does not fail");
    drop(encoder);
    out
}

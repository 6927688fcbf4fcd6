//! A file's text: UTF-8, with or without a byte order mark; anything else is named as what it may be.

use std::path::Path;

use super::error::{ExchangeError, Named};

/// Reads a file as text.
pub async fn read(path: &Path) -> Result<String, ExchangeError> {
    let named = Named::of(path);
    let bytes = tokio::fs::read(path).await.map_err(|e| named.io(e))?;
    decode(&named, bytes)
}

/// Bytes as text, without a byte order mark.
pub fn decode(named: &Named, mut bytes: Vec<u8>) -> Result<String, ExchangeError> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|e| ExchangeError::Encoding {
        file: named.0.clone(),
        offset: e.utf8_error().valid_up_to(),
        hint: hint(e.as_bytes(), e.utf8_error().valid_up_to()),
    })
}

/// What bytes that are no UTF-8 may be.
fn hint(bytes: &[u8], offset: usize) -> String {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return ": this is UTF-16, save it as UTF-8 (iconv -f UTF-16 -t UTF-8)".to_owned();
    }
    let found = bytes[offset];
    match bytes[offset..] {
        // Two bytes of a Chinese character in GBK.
        [0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe, ..] => {
            format!(", found {found:#04x}: this looks like GBK, save it as UTF-8 (iconv -f GB18030 -t UTF-8)")
        }
        _ => format!(", found {found:#04x}"),
    }
}

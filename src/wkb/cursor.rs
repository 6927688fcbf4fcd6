//! Reading a blob from front to back: every read is checked against the end, every count against what is left.

/// A blob that cannot be read, where, and what was due there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("geometry blob, byte {offset}: expected {expected}, found {found}")]
pub struct BadBlob {
    /// Bytes from the beginning of the blob.
    pub offset: usize,
    /// What should have stood there.
    pub expected: String,
    /// What stood there.
    pub found: String,
}

/// A place in a blob.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    blob: &'a [u8],
    offset: usize,
}

impl<'a> Cursor<'a> {
    pub const fn new(blob: &'a [u8]) -> Self {
        Self { blob, offset: 0 }
    }

    pub const fn offset(&self) -> usize {
        self.offset
    }

    pub const fn left(&self) -> usize {
        self.blob.len() - self.offset
    }

    pub fn bad<T>(
        offset: usize,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Result<T, BadBlob> {
        Err(BadBlob { offset, expected: expected.into(), found: found.into() })
    }

    pub fn bytes<const N: usize>(&mut self, what: &str) -> Result<[u8; N], BadBlob> {
        match self.blob[self.offset..].first_chunk::<N>() {
            Some(bytes) => {
                self.offset += N;
                Ok(*bytes)
            }
            None => {
                Self::bad(self.offset, format!("{what} of {N} bytes"), format!("{} bytes left", self.left()))
            }
        }
    }

    pub fn skip(&mut self, count: usize, what: &str) -> Result<(), BadBlob> {
        if count > self.left() {
            return Self::bad(
                self.offset,
                format!("{what} of {count} bytes"),
                format!("{} bytes left", self.left()),
            );
        }
        self.offset += count;
        Ok(())
    }

    pub fn u32(&mut self, little: bool, what: &str) -> Result<u32, BadBlob> {
        let bytes = self.bytes(what)?;
        Ok(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    pub fn f64(&mut self, little: bool, what: &str) -> Result<f64, BadBlob> {
        let bytes = self.bytes(what)?;
        Ok(if little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    }

    /// A count of things that take at least `least` bytes each: no count is believed that the blob has no room for.
    pub fn count(&mut self, little: bool, least: usize, what: &str) -> Result<usize, BadBlob> {
        let offset = self.offset;
        let count = self.u32(little, what)? as usize;
        let room = self.left() / least;
        if count > room {
            return Self::bad(
                offset,
                format!("{what} of at most {room} (what the blob has room for)"),
                count.to_string(),
            );
        }
        Ok(count)
    }

    pub fn end(&self) -> Result<(), BadBlob> {
        match self.left() {
            0 => Ok(()),
            left => Self::bad(self.offset, "the end of the blob", format!("{left} bytes more")),
        }
    }
}

//! A file is whole or not there: it is written beside its place, flushed to the disk, and moved there.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file being written; gone unless it is kept.
pub struct Draft {
    /// Where it stands while it is written.
    pub path: PathBuf,
    target: PathBuf,
}

impl Draft {
    /// A draft for `target`, in the same directory; the file itself is not made yet.
    pub fn beside(target: &Path) -> io::Result<Self> {
        let Some(name) = target.file_name() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "expected a file, found a directory"));
        };
        let mut draft = std::ffi::OsString::from(".");
        draft.push(name);
        draft.push(format!(".{}.part", std::process::id()));
        let path = target.with_file_name(draft);
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        Ok(Self { path, target: target.to_owned() })
    }

    /// Puts the draft in its place.
    pub fn keep(self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()?;
        std::fs::rename(&self.path, &self.target)?;
        match self.target.parent().filter(|p| !p.as_os_str().is_empty()) {
            // A rename is on disk when its directory is.
            Some(directory) => File::open(directory)?.sync_all(),
            None => File::open(".")?.sync_all(),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After `keep` there is nothing left to remove.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Writes a file through `fill`.
pub fn write(target: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let draft = Draft::beside(target)?;
    let file = OpenOptions::new().write(true).create_new(true).open(&draft.path)?;
    let mut buffered = BufWriter::with_capacity(1 << 20, file);
    fill(&mut buffered)?;
    buffered.into_inner()?.sync_all()?;
    draft.keep()
}

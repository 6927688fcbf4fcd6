//! What waits to be sent. Most HTTP clients send all of a body before they read any of the answer; if the server
//! stopped reading until its answer is taken, both would wait for ever. So what the caller does not take goes to
//! memory, and beyond [`MEMORY`] to a file without a name, which ends with the request.
//!
//! ```text
//! push ─ the file is drained and memory has room? ─ yes ─▶ memory ─┐
//!                                                   no ──▶ file ───┴─▶ next, in order
//! ```
//!
//! Beyond [`DISK`] the caller must read: push waits.

use std::collections::VecDeque;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use bytes::Bytes;
use tokio::sync::Notify;

/// Bytes of an answer that wait in memory.
const MEMORY: usize = 4 * 1024 * 1024;
/// Bytes of an answer that wait in a file.
const DISK: u64 = 4 * 1024 * 1024 * 1024;
/// Bytes read back at once.
const PIECE: u64 = 256 * 1024;

/// One answer under way, between the one who makes it and the one who sends it.
#[derive(Clone, Default)]
pub struct Spool {
    inner: Arc<Mutex<Inner>>,
    filled: Arc<Notify>,
    drained: Arc<Notify>,
}

#[derive(Default)]
struct Inner {
    memory: VecDeque<Bytes>,
    held: usize,
    file: Option<fs::File>,
    written: u64,
    read: u64,
    end: Option<io::Result<()>>,
    given_up: bool,
}

impl Inner {
    fn push(&mut self, piece: Bytes) -> io::Result<()> {
        if self.read == self.written && self.held < MEMORY {
            self.held += piece.len();
            self.memory.push_back(piece);
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        if self.read == self.written {
            file.set_len(0)?;
            (self.read, self.written) = (0, 0);
        }
        file.seek(SeekFrom::Start(self.written))?;
        file.write_all(&piece)?;
        self.written += piece.len() as u64;
        Ok(())
    }

    fn next(&mut self) -> io::Result<Option<Bytes>> {
        if let Some(piece) = self.memory.pop_front() {
            self.held -= piece.len();
            return Ok(Some(piece));
        }
        let Some(file) = self.file.as_mut().filter(|_| self.read < self.written) else { return Ok(None) };
        let mut piece = vec![0; PIECE.min(self.written - self.read) as usize];
        file.seek(SeekFrom::Start(self.read))?;
        file.read_exact(&mut piece)?;
        self.read += piece.len() as u64;
        Ok(Some(piece.into()))
    }
}

impl Spool {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a piece; waits while too much waits.
    ///
    /// # Errors
    /// Where the file cannot be written, or the caller is gone.
    pub async fn push(&self, piece: Bytes) -> io::Result<()> {
        loop {
            let drained = self.drained.notified();
            {
                let mut inner = self.inner();
                if inner.given_up {
                    return Err(io::ErrorKind::BrokenPipe.into());
                }
                if inner.written - inner.read < DISK {
                    inner.push(piece)?;
                    break;
                }
            }
            drained.await;
        }
        self.filled.notify_one();
        Ok(())
    }

    /// Nothing follows; an error breaks the answer off, so that the caller sees it is not whole.
    pub fn end(&self, end: io::Result<()>) {
        self.inner().end = Some(end);
        self.filled.notify_one();
    }

    /// The next piece; `None` at the end.
    pub async fn next(&self) -> Option<io::Result<Bytes>> {
        loop {
            {
                let mut inner = self.inner();
                match inner.next() {
                    Ok(Some(piece)) => {
                        drop(inner);
                        self.drained.notify_one();
                        return Some(Ok(piece));
                    }
                    Ok(None) => {}
                    Err(error) => return Some(Err(error)),
                }
                match inner.end.take() {
                    Some(Ok(())) => {
                        inner.end = Some(Ok(()));
                        return None;
                    }
                    Some(Err(error)) => return Some(Err(error)),
                    None => {}
                }
            }
            self.filled.notified().await;
        }
    }

    /// The caller is gone.
    pub fn give_up(&self) {
        self.inner().given_up = true;
        self.drained.notify_one();
    }
}

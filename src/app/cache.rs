//! Bodies that are worth keeping: bounded in bytes, computed once however many wait, compressed once an encoding.
//!
//! ```text
//! (what, brotli) ─ kept? ─ yes ─▶ body and ETag
//!                          no ──▶ (what, identity) ─ kept? … compute ─▶ compress ─▶ keep
//! ```
//!
//! What is kept never depends on the caller.

use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use moka::future::Cache as Moka;
use sha2::{Digest, Sha256};

use super::{Encoding, Error, Pool};

/// A body in one encoding, and its ETag (quoted). Empty where there is nothing to send (204).
#[derive(Clone, Debug)]
pub struct Body {
    /// The bytes on the wire.
    pub bytes: Bytes,
    /// From the content and the encoding.
    pub etag: Arc<str>,
    /// What the bytes are in: identity where compressing was not worth it.
    pub encoding: Encoding,
}

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub struct CacheSize {
    /// Of bodies and their bookkeeping.
    pub bytes: u64,
    /// Bodies, each encoding by itself.
    pub entries: u64,
}

type Builder<K> = moka::future::CacheBuilder<(K, Encoding), Body, Moka<(K, Encoding), Body>>;

/// What the bookkeeping of one entry costs, about.
const ENTRY: u32 = 256;
/// Bodies shorter than this are not worth compressing.
const WORTH: usize = 256;

/// Bodies by key and encoding.
pub struct Cache<K> {
    bodies: Moka<(K, Encoding), Body>,
    pool: Pool,
}

impl<K: Hash + Eq + Clone + Send + Sync + 'static> Cache<K> {
    /// A cache of at most `bytes` bytes.
    #[must_use]
    pub fn new(bytes: u64, pool: Pool) -> Self {
        Self { bodies: builder(bytes).build(), pool }
    }

    /// The same, of bodies that are made anew after `life`.
    #[must_use]
    pub fn fading(bytes: u64, pool: Pool, life: Duration) -> Self {
        Self { bodies: builder(bytes).time_to_live(life).build(), pool }
    }

    /// Drops everything.
    pub fn clear(&self) {
        self.bodies.invalidate_all();
    }

    /// How much is kept, about: what was put in lately may not be counted yet.
    #[must_use]
    pub fn size(&self) -> CacheSize {
        CacheSize { bytes: self.bodies.weighted_size(), entries: self.bodies.entry_count() }
    }

    /// The body of `key` in `encoding`; `compute` runs at most once at a time for a key, whoever waits.
    ///
    /// # Errors
    /// What `compute` fails with; nothing is kept then.
    pub async fn get<F>(&self, key: K, encoding: Encoding, compute: impl FnOnce() -> F) -> Result<Body, Error>
    where
        F: Future<Output = Result<Vec<u8>, Error>> + Send + 'static,
    {
        let full = (key, encoding);
        if let Some(body) = self.bodies.get(&full).await {
            return Ok(body);
        }
        let (key, _) = full.clone();
        let fill = async {
            let plain = self.plain(key, compute()).await?;
            if encoding == Encoding::Identity || plain.bytes.len() < WORTH {
                return Ok(plain);
            }
            self.encoded(plain, encoding).await
        };
        if encoding == Encoding::Identity {
            return fill.await;
        }
        self.bodies.try_get_with(full, fill).await.map_err(unshare)
    }

    async fn plain<F>(&self, key: K, compute: F) -> Result<Body, Error>
    where
        F: Future<Output = Result<Vec<u8>, Error>> + Send + 'static,
    {
        let fill = async {
            let bytes = compute.await?;
            let etag = format!("\"{}\"", digest(&bytes)).into();
            Ok(Body { bytes: bytes.into(), etag, encoding: Encoding::Identity })
        };
        self.bodies.try_get_with((key, Encoding::Identity), fill).await.map_err(unshare)
    }

    async fn encoded(&self, plain: Body, encoding: Encoding) -> Result<Body, Error> {
        let token = encoding.token().unwrap_or_default();
        let etag = format!("{}-{token}\"", plain.etag.trim_end_matches('"')).into();
        let bytes = self.pool.run(move || encoding.apply(&plain.bytes)).await?;
        Ok(Body { bytes: bytes.into(), etag, encoding })
    }
}

fn builder<K: Hash + Eq + Send + Sync + 'static>(bytes: u64) -> Builder<K> {
    let weigh = |_: &(K, Encoding), body: &Body| (body.bytes.len() as u32).saturating_add(ENTRY);
    Moka::builder().max_capacity(bytes).weigher(weigh)
}

/// The first 16 bytes of the SHA-256, in hexadecimal.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes)[..16].iter().fold(String::with_capacity(32), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// An error that several waited for.
fn unshare(error: Arc<Error>) -> Error {
    Arc::try_unwrap(error).unwrap_or_else(|shared| match &*shared {
        Error::Missing(detail) => Error::Missing(detail.clone()),
        Error::Busy(detail) => Error::Busy(detail.clone()),
        Error::Away { cause } => Error::Away { cause: cause.clone() },
        // The one that asked says why; those that waited need not say it again.
        Error::Outage { detail, .. } => Error::Outage { detail: detail.clone(), cause: String::new() },
        other => Error::Internal(other.to_string()),
    })
}

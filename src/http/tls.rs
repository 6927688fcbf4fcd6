//! The certificate that the server shows: read from two files, checked, and read again when they change.
//!
//! ```text
//! files ─ every few seconds ─ as they were? nothing
//!                           ├ a chain and its own key ─ new connections get it, old ones keep theirs
//!                           └ anything else ─ what was shown stays; said once, if it is so at the next look too
//! ```
//!
//! An ACME client writes one file after the other: for a moment they do not fit, and that is no trouble.

use std::fmt::Display;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use zeroize::Zeroizing;

/// How often the files are looked at.
pub const LOOK: Duration = Duration::from_secs(5);
/// Bytes that are read of a file: no chain and no key has as many.
const LARGEST: u64 = 1024 * 1024;
/// HTTP/2 in the words of ALPN.
pub(super) const H2: &[u8] = b"h2";

/// Why two files are no certificate and its key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that cannot be read.
    #[error("could not read {file}: {cause}")]
    Unreadable {
        /// Which file.
        file: String,
        /// What the system says.
        cause: String,
    },
    /// A file that holds something else.
    #[error("{file}: expected {expected}, found {found}")]
    Unexpected {
        /// Which file.
        file: String,
        /// What it should hold.
        expected: String,
        /// What it holds.
        found: String,
    },
}

/// A certificate with its key, as two files hold it now.
pub struct Tls {
    files: Files,
    shown: ArcSwap<Shown>,
}

struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What new connections get.
struct Shown {
    config: Arc<ServerConfig>,
    /// Of the files that it was made of.
    digest: [u8; 32],
}

/// What the files hold.
struct Found {
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
    digest: [u8; 32],
}

/// What was wrong at the last look.
#[derive(Default)]
struct Doubt {
    text: String,
    said: bool,
}

impl Tls {
    /// Reads a chain of certificates, the server's own first, and the key of that one, both PEM.
    ///
    /// # Errors
    /// Which file is not what was expected.
    pub fn open(certificate: &Path, key: &Path) -> Result<Arc<Self>, TlsError> {
        let files = Files { certificate: certificate.into(), key: key.into() };
        let shown = ArcSwap::from_pointee(files.shown(&files.read()?)?);
        Ok(Arc::new(Self { files, shown }))
    }

    /// Looks at the files again and again, `every` so often.
    pub fn follow(self: &Arc<Self>, every: Duration) -> JoinHandle<()> {
        let tls = Arc::clone(self);
        tokio::spawn(async move {
            let mut doubt = Doubt::default();
            loop {
                tokio::time::sleep(every).await;
                let tls = Arc::clone(&tls);
                let looked = tokio::task::spawn_blocking(move || tls.look(doubt)).await;
                doubt = looked.unwrap_or_default();
            }
        })
    }

    /// What takes the next connection.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.shown.load().config))
    }

    /// One look; what is wrong now.
    fn look(&self, doubt: Doubt) -> Doubt {
        let found = self.files.read();
        if found.as_ref().is_ok_and(|found| found.digest == self.shown.load().digest) {
            return Doubt::default();
        }
        match found.and_then(|found| self.files.shown(&found)) {
            Ok(shown) => {
                self.shown.store(Arc::new(shown));
                let file = self.files.certificate.display();
                tracing::info!("new connections get the certificate that stands in {file} now");
                Doubt::default()
            }
            Err(error) => doubt.or_again(error.to_string()),
        }
    }
}

impl Doubt {
    /// What is wrong now; said if it was so before, and was not said then.
    fn or_again(self, text: String) -> Self {
        if self.text != text {
            return Self { text, said: false };
        }
        if !self.said {
            tracing::warn!("the certificate stays what it was: {text}");
        }
        Self { text, said: true }
    }
}

impl Files {
    fn read(&self) -> Result<Found, TlsError> {
        let certificate = read(&self.certificate)?.to_vec();
        let key = read(&self.key)?;
        let digest = Sha256::new().chain_update(Sha256::digest(&certificate)).chain_update(&*key).finalize();
        Ok(Found { certificate, key, digest: digest.into() })
    }

    /// What new connections get of what was found; warns of a key that anybody may read.
    fn shown(&self, found: &Found) -> Result<Shown, TlsError> {
        let chain = self.chain(&found.certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&found.key)
            .map_err(|error| unexpected(&self.key, "a private key without a password in PEM", error))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|error| self.misfit(&error))?;
        config.alpn_protocols = vec![H2.to_vec(), b"http/1.1".to_vec()];
        warn_if_open(&self.key);
        Ok(Shown { config: Arc::new(config), digest: found.digest })
    }

    fn chain(&self, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|error| unexpected(&self.certificate, "certificates in PEM", error))?;
        if chain.is_empty() {
            return Err(unexpected(&self.certificate, "certificates in PEM", "none"));
        }
        Ok(chain)
    }

    /// What rustls says of a chain and a key that could both be read.
    fn misfit(&self, error: &rustls::Error) -> TlsError {
        let certificate = self.certificate.display();
        match error {
            rustls::Error::InconsistentKeys(_) => unexpected(
                &self.key,
                format_args!("the key of the certificate in {certificate}"),
                "another one",
            ),
            rustls::Error::InvalidCertificate(_) => {
                unexpected(&self.certificate, "a certificate of a server (X.509 v3)", error)
            }
            _ => unexpected(
                &self.key,
                "a private key (ECDSA P-256 or P-384, Ed25519, or RSA of 2048 bits or more)",
                error,
            ),
        }
    }
}

fn unexpected(file: &Path, expected: impl Display, found: impl Display) -> TlsError {
    let [file, expected, found] = [format!("{}", file.display()), format!("{expected}"), format!("{found}")];
    TlsError::Unexpected { file, expected, found }
}

fn read(file: &Path) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    let unreadable = |error: std::io::Error| TlsError::Unreadable {
        file: file.display().to_string(),
        cause: error.to_string(),
    };
    // Room for all that may come: a buffer that grows leaves copies of a key behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LARGEST as usize));
    std::fs::File::open(file)
        .and_then(|file| file.take(LARGEST).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    Ok(bytes)
}

/// A key that everybody on the machine may read is a warning: some set-ups cannot help it.
fn warn_if_open(key: &Path) {
    if std::fs::metadata(key).is_ok_and(|data| data.permissions().mode() & 0o007 != 0) {
        let key = key.display();
        tracing::warn!("{key} may be read by everybody on this machine: chmod o= {key}");
    }
}

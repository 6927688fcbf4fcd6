//! A socket between servers and their database: it can be cut, held silent, turned to another database, and made to
//! swallow everything.
//!
//! ```text
//! server ─▶ dir/.s.PGSQL.5432 ─▶ the cluster's socket      deaf: what a listening connection is told is dropped
//!                                                          swallowing: all of it is, and no connection ends; those
//!                                                          that stood or were made meanwhile are dead for ever
//! ```

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use tempfile::TempDir;

use crate::cluster::Cluster;

pub struct Proxy {
    dir: TempDir,
    shared: Arc<Shared>,
}

struct Shared {
    target: Mutex<PathBuf>,
    open: Mutex<Vec<UnixStream>>,
    deaf: AtomicBool,
    swallows: AtomicBool,
    /// Of each connection, whether it still carries anything.
    alive: Mutex<Vec<Arc<AtomicBool>>>,
}

impl Proxy {
    pub fn before(cluster: &Cluster) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(dir.path().join(".s.PGSQL.5432")).unwrap();
        let shared = Arc::new(Shared {
            target: Mutex::new(cluster.socket()),
            open: Mutex::default(),
            deaf: AtomicBool::new(false),
            swallows: AtomicBool::new(false),
            alive: Mutex::default(),
        });
        let all = Arc::clone(&shared);
        thread::spawn(move || listener.incoming().flatten().for_each(|client| all.join(&client)));
        Self { dir, shared }
    }

    /// The address of a store behind it, as the cluster's superuser.
    pub fn url(&self, schema: &str) -> String {
        format!("postgres:///county?host={}&user=postgres&schema={schema}", self.dir.path().display())
    }

    /// Ends every connection.
    pub fn cut(&self) {
        for stream in self.shared.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Whether those who listen are told nothing any more.
    pub fn set_deaf(&self, deaf: bool) {
        self.shared.deaf.store(deaf, Ordering::SeqCst);
    }

    /// Whether everything is swallowed.
    pub fn set_swallowing(&self, swallows: bool) {
        let mut alive = self.shared.alive.lock().unwrap();
        self.shared.swallows.store(swallows, Ordering::SeqCst);
        if swallows {
            alive.drain(..).for_each(|alive| alive.store(false, Ordering::SeqCst));
        }
    }

    /// New connections go to another cluster; the old ones end.
    pub fn turn_to(&self, cluster: &Cluster) {
        *self.shared.target.lock().unwrap() = cluster.socket();
        self.cut();
    }
}

impl Shared {
    fn join(self: &Arc<Self>, client: &UnixStream) {
        let target = self.target.lock().unwrap().clone();
        let Ok(database) = UnixStream::connect(target) else { return };
        let clone = |stream: &UnixStream| stream.try_clone().unwrap();
        self.open.lock().unwrap().extend([clone(client), clone(&database)]);
        let alive = {
            let mut all = self.alive.lock().unwrap();
            let alive = Arc::new(AtomicBool::new(!self.swallows.load(Ordering::SeqCst)));
            all.push(Arc::clone(&alive));
            alive
        };
        let listens = Arc::new(AtomicBool::new(false));
        let (from, to, asks) = (clone(client), clone(&database), Arc::clone(&listens));
        let carries = Arc::clone(&alive);
        thread::spawn(move || {
            carry(from, to, |bytes| {
                if bytes.windows(7).any(|w| w == b"LISTEN ") {
                    asks.store(true, Ordering::SeqCst);
                }
                carries.load(Ordering::SeqCst)
            });
        });
        let (from, to, all) = (database, clone(client), Arc::clone(self));
        thread::spawn(move || {
            // An answer to LISTEN itself passes: deafness begins once nothing is being asked.
            carry(from, to, |bytes| {
                let told = bytes.first() == Some(&b'A');
                let deaf = told && listens.load(Ordering::SeqCst) && all.deaf.load(Ordering::SeqCst);
                alive.load(Ordering::SeqCst) && !deaf
            });
        });
    }
}

/// Carries bytes until either side ends, as far as they may pass.
fn carry(mut from: UnixStream, mut to: UnixStream, may_pass: impl Fn(&[u8]) -> bool) {
    let mut bytes = vec![0; 1 << 16];
    loop {
        match from.read(&mut bytes) {
            Ok(n) if n > 0 => {
                if may_pass(&bytes[..n]) && to.write_all(&bytes[..n]).is_err() {
                    break;
                }
            }
            _ => break,
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

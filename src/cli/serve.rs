//! `wangge serve`: the server, until it is told to stop.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use clap::Args;
use tokio::net::TcpListener;

use super::guard::Guard;
use super::map::Map;
use super::memory;
use super::say::{Fail, Progress, note, result};
use super::single_sign_on::SingleSignOn;
use crate::app::{self, App, SingleSignOnSettings};
use crate::http::{self, LOOK, Tls};
use crate::store::{Mode, Store, StoreError};

/// Serve a store
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    listen: Listen,
    /// Serve without accounts: everyone who can reach the server may do everything
    #[arg(long, env = "WANGGE_OPEN")]
    open: bool,
    #[command(flatten)]
    single_sign_on: SingleSignOn,
}

/// Where and for whom.
#[derive(Args, Clone)]
pub struct Listen {
    /// Address or name, and port; port 0 takes a free one
    #[arg(
        long = "listen",
        env = "WANGGE_LISTEN",
        default_value = "127.0.0.1:8080",
        value_parser = host_and_port,
        value_name = "HOST:PORT"
    )]
    address: String,
    /// Origins whose pages may read tiles, styles, units and locate; any, where none is named
    #[arg(long, env = "WANGGE_CORS_ORIGIN", value_delimiter = ',', value_name = "ORIGIN")]
    cors_origin: Vec<HeaderValue>,
    /// Megabytes of tiles and assets kept in memory
    #[arg(long, env = "WANGGE_CACHE_MB", default_value_t = 64, value_name = "MB")]
    cache_mb: u64,
    /// A replica of the database to read units and points from, once it has them; versions are read from the store
    #[arg(long, env = "WANGGE_READ_STORE", value_name = "URL", hide_env_values = true)]
    read_store: Option<String>,
    #[command(flatten)]
    certificate: Certificate,
    #[command(flatten)]
    map: Map,
    #[command(flatten)]
    guard: Guard,
}

/// What the server shows of itself.
#[derive(Args, Clone)]
struct Certificate {
    /// Serve by TLS: a chain of certificates in PEM, the server's own first; read again when it changes
    #[arg(long, env = "WANGGE_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// Its private key in PEM
    #[arg(long, env = "WANGGE_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
}

impl Certificate {
    /// The certificate, if one is named.
    fn open(&self) -> Result<Option<Arc<Tls>>, Fail> {
        let found = match (&self.tls_cert, &self.tls_key) {
            (None, None) => return Ok(None),
            (Some(certificate), Some(key)) => return Ok(Some(Tls::open(certificate, key)?)),
            (Some(_), None) => "--tls-cert",
            (None, Some(_)) => "--tls-key",
        };
        Err(Fail(format!("expected --tls-cert and --tls-key, or neither, found {found} alone")))
    }
}

impl Serve {
    /// Serves until SIGINT or SIGTERM.
    pub async fn run(self, store: &str) -> Result<(), Fail> {
        let listener = self.listen.bind().await?;
        if self.open {
            note(
                "OPEN: without accounts, everyone who can reach this server may do everything with the county. A proxy on \
                 this host makes loopback no protection.",
            );
            return self.listen.serve(listener, store, Doors::Open, None).await;
        }
        let single_sign_on = self.single_sign_on.settings()?;
        self.listen.serve(listener, store, Doors::Closed, single_sign_on).await
    }
}

/// Who is let in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Doors {
    /// Everyone, to everything.
    Open,
    /// Everyone, to what is public.
    Closed,
}

fn host_and_port(text: &str) -> Result<String, &'static str> {
    let port =
        text.rsplit_once(':').filter(|(host, _)| !host.is_empty()).map(|(_, port)| port.parse::<u16>());
    match port {
        Some(Ok(_)) => Ok(text.to_owned()),
        _ => Err("expected an address or a name and a port, as 127.0.0.1:8080"),
    }
}

impl Listen {
    /// Takes the port.
    pub async fn bind(&self) -> Result<TcpListener, Fail> {
        TcpListener::bind(&self.address).await.map_err(|error| {
            let why = match error.kind() {
                std::io::ErrorKind::AddrInUse => "it is in use; --listen takes another".to_owned(),
                _ => error.to_string(),
            };
            Fail(format!("could not listen on {}: {why}", self.address))
        })
    }

    /// Makes the store ready, says so, and serves it.
    pub async fn serve(
        self,
        listener: TcpListener,
        store: &str,
        doors: Doors,
        single_sign_on: Option<SingleSignOnSettings>,
    ) -> Result<(), Fail> {
        memory::keep_to_itself();
        let tls = self.certificate.open()?;
        let progress = Progress::new();
        progress.step(format_args!("opening {}", Store::shown(store)));
        let settings = app::Settings {
            cache_bytes: self.cache_mb.saturating_mul(1024 * 1024),
            attribution: self.map.attribution(),
            background: self.map.background()?,
            sessions: self.guard.sessions(),
            single_sign_on,
        };
        let app = tokio::select! {
            app = open(store, self.read_store.as_deref(), &settings) => app?,
            () = told_to_stop() => return Ok(()),
        };
        drop(progress);
        if doors == Doors::Closed {
            check_accounts(&app).await?;
        }
        let following = [Some(app.follow()), tls.as_ref().map(|tls| tls.follow(LOOK))];
        let address = listener.local_addr().map_err(Fail::to("name the port"))?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        result(format_args!("Wangge serves version {} at {scheme}://{address}", app.version()));
        let settings = self.guard.settings(self.cors_origin, doors);
        let router = http::router(Arc::clone(&app), &settings);
        let stop = async {
            told_to_stop().await;
            app.hang_up();
        };
        http::serve(listener, tls, router, stop).await;
        following.into_iter().flatten().for_each(|task| task.abort());
        app.close().await;
        Ok(())
    }
}

/// Serves closed only where somebody could open it.
async fn check_accounts(app: &App) -> Result<(), Fail> {
    let single_sign_on = app.single_sign_on();
    if let Some(single_sign_on) = single_sign_on {
        single_sign_on.check().await?;
    }
    let may_come = single_sign_on.is_some_and(app::SingleSignOn::makes_administrators);
    if !may_come && !app.identity().has_administrator().await? {
        return Err(Fail(
            "there is no administrator yet: make one with `wangge user add NAME --admin`, or serve with --open, which lets \
             everyone who can reach the server do everything"
                .into(),
        ));
    }
    Ok(())
}

/// Between two tries of a database that does not answer at the start.
const PAUSE: Duration = Duration::from_secs(2);

/// Opens the store; a database that is not there yet is waited for, as long as it takes.
async fn open(store: &str, replica: Option<&str>, settings: &app::Settings) -> Result<Arc<App>, Fail> {
    let mut told = false;
    let opened = loop {
        let opened = match replica {
            Some(replica) => Store::open_with_replica(store, replica, Mode::Existing).await,
            None => Store::open(store, Mode::Existing).await,
        };
        match opened {
            Err(StoreError::Unreachable { cause, .. }) if !told => {
                let shown = Store::shown(store);
                let seconds = PAUSE.as_secs();
                note(format_args!("{shown} does not answer ({cause}); trying again every {seconds} s"));
                told = true;
            }
            Err(StoreError::Unreachable { .. }) => {}
            opened => break opened?,
        }
        tokio::time::sleep(PAUSE).await;
    };
    Ok(App::over(opened, settings).await?)
}

/// Done at SIGINT or SIGTERM.
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
}

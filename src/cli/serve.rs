//! `wangge serve`: the server, until it is told to stop.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderValue;
use clap::Args;
use tokio::net::TcpListener;

use super::map::Map;
use super::say::{Fail, Progress, note, result};
use super::single_sign_on::SingleSignOn;
use crate::app::identity::SessionLimits;
use crate::app::{self, App, SingleSignOnSettings};
use crate::http::{self, PerMinute, PublicUrl};
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
    map: Map,
    #[command(flatten)]
    guard: Guard,
}

/// Whom the server serves what.
#[derive(Args, Clone)]
pub struct Guard {
    /// Who may read borders, codes and names, and locate
    #[arg(long = "map", env = "WANGGE_MAP", value_name = "WHO", default_value = "public")]
    map_access: MapAccess,
    /// Origins whose pages may show the page in a frame; none, where none is named
    #[arg(long, env = "WANGGE_FRAME_ANCESTORS", value_delimiter = ',', value_parser = origin, value_name = "ORIGIN")]
    frame_ancestors: Vec<HeaderValue>,
    /// Addresses of proxies of your own, whose X-Forwarded-For is believed
    #[arg(long, env = "WANGGE_TRUSTED_PROXY", value_delimiter = ',', value_name = "ADDRESS")]
    trusted_proxy: Vec<IpAddr>,
    /// How callers reach the server, where what their requests say is not it: behind a proxy that keeps it to itself
    #[arg(long, env = "WANGGE_PUBLIC_URL", value_name = "URL")]
    public_url: Option<PublicUrl>,
    /// Tries to sign in that one caller has a minute; 0: any number
    #[arg(long, env = "WANGGE_RATE_SIGN_IN", default_value_t = PerMinute::default().sign_in, value_name = "N")]
    rate_sign_in: u32,
    /// Lookups likewise
    #[arg(long, env = "WANGGE_RATE_LOCATE", default_value_t = PerMinute::default().locate, value_name = "N")]
    rate_locate: u32,
    /// Searches likewise
    #[arg(long, env = "WANGGE_RATE_SEARCH", default_value_t = PerMinute::default().search, value_name = "N")]
    rate_search: u32,
    /// Exports likewise
    #[arg(long, env = "WANGGE_RATE_EXPORT", default_value_t = PerMinute::default().export, value_name = "N")]
    rate_export: u32,
    /// Minutes after which a session ends that nobody uses
    #[arg(long, env = "WANGGE_SESSION_IDLE", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=10_080), value_name = "MINUTES")]
    session_idle: u32,
    /// Hours after which a session ends however much it is used
    #[arg(long, env = "WANGGE_SESSION_HOURS", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=720), value_name = "HOURS")]
    session_hours: u32,
}

/// Who may read the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum MapAccess {
    /// Everybody.
    Public,
    /// Those with an account, a key or a token.
    Accounts,
}

/// An origin, as browsers name it.
fn origin(text: &str) -> Result<HeaderValue, &'static str> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let fits = |c: char| c.is_ascii_alphanumeric() || "-.:[]*".contains(c);
    host.filter(|host| !host.is_empty() && host.chars().all(fits))
        .and_then(|_| HeaderValue::from_str(text).ok())
        .ok_or("expected an origin, as https://example.org")
}

impl Guard {
    fn sessions(&self) -> SessionLimits {
        SessionLimits {
            idle: Duration::from_mins(self.session_idle.into()),
            absolute: Duration::from_hours(self.session_hours.into()),
        }
    }

    fn settings(self, origins: Vec<HeaderValue>, doors: Doors) -> http::Settings {
        http::Settings {
            origins,
            framers: self.frame_ancestors,
            open: doors == Doors::Open,
            map_is_public: self.map_access == MapAccess::Public,
            proxies: self.trusted_proxy,
            public_url: self.public_url,
            rates: PerMinute {
                sign_in: self.rate_sign_in,
                locate: self.rate_locate,
                search: self.rate_search,
                export: self.rate_export,
            },
        }
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
        let progress = Progress::new();
        progress.step(format_args!("opening {}", Store::shown(store)));
        let settings = app::Settings {
            cache_bytes: self.cache_mb.saturating_mul(1024 * 1024),
            attribution: self.map.attribution(),
            background: self.map.background()?,
            sessions: self.guard.sessions(),
            single_sign_on,
            ..app::Settings::default()
        };
        let app = tokio::select! {
            app = open(store, self.read_store.as_deref(), &settings) => app?,
            () = told_to_stop() => return Ok(()),
        };
        drop(progress);
        if doors == Doors::Closed {
            check_accounts(&app).await?;
        }
        let following = app.follow();
        let address = listener.local_addr().map_err(Fail::to("name the port"))?;
        result(format_args!("Wangge serves version {} at http://{address}", app.version()));
        let settings = self.guard.settings(self.cors_origin, doors);
        let router = http::router(Arc::clone(&app), &settings);
        let stop = async {
            told_to_stop().await;
            app.hang_up();
        };
        http::serve(listener, router, stop).await;
        following.abort();
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

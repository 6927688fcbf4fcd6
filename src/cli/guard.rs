//! Whom a server serves what, how often, and for how long.

use std::time::Duration;

use axum::http::HeaderValue;
use clap::Args;

use super::serve::Doors;
use crate::app::identity::SessionLimits;
use crate::http::{self, Network, PerMinute, PublicUrl};

/// Whom the server serves what.
#[derive(Args, Clone)]
pub struct Guard {
    /// Who may read borders, codes and names, and locate
    #[arg(long = "map", env = "WANGGE_MAP", value_name = "WHO", default_value = "public")]
    map_access: MapAccess,
    /// Origins whose pages may show the page in a frame; none, where none is named
    #[arg(long, env = "WANGGE_FRAME_ANCESTORS", value_delimiter = ',', value_parser = origin, value_name = "ORIGIN")]
    frame_ancestors: Vec<HeaderValue>,
    /// Addresses or networks (172.31.7.0/24) of proxies of your own, whose X-Forwarded-For is believed
    #[arg(long, env = "WANGGE_TRUSTED_PROXY", value_delimiter = ',', value_name = "ADDRESS")]
    trusted_proxy: Vec<Network>,
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
    /// How long sessions hold.
    pub fn sessions(&self) -> SessionLimits {
        SessionLimits {
            rotation: SessionLimits::default().rotation,
            idle: Duration::from_mins(self.session_idle.into()),
            absolute: Duration::from_hours(self.session_hours.into()),
        }
    }

    /// What `http` is told.
    pub fn settings(self, origins: Vec<HeaderValue>, doors: Doors) -> http::Settings {
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

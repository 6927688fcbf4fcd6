//! How much one caller may ask for: rates for what is asked by hand or by programs, and a bound on how many tiles are under
//! way at once, since a map asks for many.
//!
//! ```text
//! caller ─ an account, a key, or else an address ─▶ a bucket of its own ─ full? ─▶ 429, Retry-After
//! ```

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::Semaphore;

use super::problem::Problem;
use crate::access::{Scope, Via, Who};
use crate::app;

/// What a route counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// Nothing: it is cheap.
    Free,
    /// A try to sign in.
    SignIn,
    /// A visit to a provider of single sign-on, or back from it: a try to sign in.
    Visit,
    /// A lookup.
    Locate,
    /// A search.
    Search,
    /// Data taken away.
    Export,
    /// A tile.
    Tile,
}

/// How many a minute, of each; 0: any number.
#[derive(Clone, Copy, Debug)]
pub struct PerMinute {
    /// Tries to sign in, beside the counting of wrong passwords.
    pub sign_in: u32,
    /// Lookups.
    pub locate: u32,
    /// Searches.
    pub search: u32,
    /// Exports.
    pub export: u32,
}

impl PerMinute {
    /// No limit to any.
    pub const ANY: Self = Self { sign_in: 0, locate: 0, search: 0, export: 0 };
}

impl Default for PerMinute {
    /// What an office does at its busiest, with room.
    fn default() -> Self {
        Self { sign_in: 60, locate: 6000, search: 1200, export: 30 }
    }
}

/// Whom a request is counted for.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Counted {
    Account(i64),
    Key(i64),
    /// Of version 6 the network, which is one customer's.
    Address(u64),
    /// No address is known.
    All,
}

/// Buckets by caller.
struct Buckets {
    limiter: DefaultKeyedRateLimiter<Counted>,
    /// Since those that are full again were dropped.
    asked: AtomicU32,
}

/// After how many requests full buckets are dropped.
const SWEEP: u32 = 10_000;
/// Tiles under way at once.
const TILES: usize = 1024;

/// The buckets of one server.
pub struct Rates {
    sign_in: Option<Buckets>,
    locate: Option<Buckets>,
    search: Option<Buckets>,
    export: Option<Buckets>,
    tiles: Semaphore,
}

impl Rates {
    /// Empty buckets.
    pub fn new(most: PerMinute) -> Arc<Self> {
        Arc::new(Self {
            sign_in: Buckets::new(most.sign_in),
            locate: Buckets::new(most.locate),
            search: Buckets::new(most.search),
            export: Buckets::new(most.export),
            tiles: Semaphore::new(TILES),
        })
    }

    /// Lets a request through, or says when the next is.
    pub async fn admit(
        self: Arc<Self>,
        rate: Rate,
        request: Request,
        next: Next,
    ) -> Result<Response, Problem> {
        let (buckets, what) = match rate {
            Rate::Free => (&None, ""),
            // Asking who one is, and leaving, are no tries.
            Rate::SignIn if request.method() != Method::POST => (&None, ""),
            Rate::SignIn | Rate::Visit => (&self.sign_in, "tries to sign in"),
            Rate::Locate => (&self.locate, "lookups"),
            Rate::Search => (&self.search, "searches"),
            Rate::Export => (&self.export, "exports"),
            Rate::Tile => {
                let full =
                    |_| app::Error::Busy("more tiles are asked for at once than the server draws".into());
                let _seat = self.tiles.try_acquire().map_err(full)?;
                return Ok(next.run(request).await);
            }
        };
        if let Some(buckets) = buckets {
            let scope = request.extensions().get::<Scope>();
            buckets.take(&scope.map_or(Counted::All, counted), what)?;
        }
        Ok(next.run(request).await)
    }
}

impl Buckets {
    fn new(per_minute: u32) -> Option<Self> {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute)?);
        Some(Self { limiter: RateLimiter::keyed(quota), asked: AtomicU32::new(0) })
    }

    fn take(&self, caller: &Counted, what: &str) -> Result<(), Problem> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.limiter.retain_recent();
        }
        let Err(not_yet) = self.limiter.check_key(caller) else { return Ok(()) };
        let seconds = not_yet.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
        let detail = format!("too many {what}: the next is answered in {seconds} s");
        Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, detail)
            .header(header::RETRY_AFTER, HeaderValue::from(seconds)))
    }
}

fn counted(scope: &Scope) -> Counted {
    match (scope.who(), scope.via()) {
        // A page's token is in the hands of all who look at the page.
        (_, Via::Token(_)) => address(scope),
        (Who::Account(id, _), _) => Counted::Account(id.0),
        (_, Via::Key(id)) => Counted::Key(id.0),
        _ => address(scope),
    }
}

fn address(scope: &Scope) -> Counted {
    match scope.address() {
        None => Counted::All,
        Some(IpAddr::V4(v4)) => Counted::Address(u64::from(v4.to_bits())),
        Some(IpAddr::V6(v6)) => Counted::Address((v6.to_bits() >> 64) as u64),
    }
}

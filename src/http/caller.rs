//! From a request to its caller's scope: the one place where it is made.
//!
//! ```text
//! peer ─ one of our proxies? whom it names ─▶ address ┐
//! key, token or cookie ─ asked of the store, or known ─┴▶ Scope ─▶ permission of the route ─▶ handler
//! ```
//!
//! A key that does not hold is refused: a program that shows one should hear it. A cookie that does not hold is nobody's.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::credentials::{self, Shown};
use super::network::Network;
use super::problem::Problem;
use super::server::Peer;
use crate::access::{Permission, Scope, Secret};
use crate::app::identity::Act;
use crate::app::{App, Error};

const NO_KEY: &str =
    "expected a key or token that holds: this one does not, was revoked, or is not for this page";

/// Who is let in, and what is known of those who come.
pub struct Door {
    /// The server's state.
    pub app: Arc<App>,
    /// Whether everyone may do everything.
    pub open: bool,
    /// Whether borders, codes and names are everybody's.
    pub map_is_public: bool,
    /// Proxies of our own, whose word on whom they speak for is taken.
    pub proxies: Vec<Network>,
}

/// The session by which a request comes: an extension of it.
#[derive(Clone)]
pub struct Holder(pub Secret);

/// What a request was let in by: an extension of it, for answers that go on for long.
#[derive(Clone)]
pub struct Pass {
    /// The secret.
    pub secret: Secret,
    /// Whether the map is everybody's.
    pub map_is_public: bool,
}

/// Whoever it is could not be asked of the store: an extension of a request. What is public is theirs meanwhile.
#[derive(Clone, Copy)]
struct Unasked;

/// Gives a request its caller's scope.
pub async fn know(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match door.scope(&mut parts).await {
        Ok(scope) => {
            parts.extensions.insert(scope);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => axum::response::IntoResponse::into_response(problem),
    }
}

impl Door {
    async fn scope(&self, parts: &mut Parts) -> Result<Scope, Problem> {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.address.ip());
        let from = peer.map(|peer| self.address(peer, &parts.headers));
        if self.open {
            return Ok(Scope::open().from_address(from));
        }
        let shown = credentials::shown(parts);
        let secret = shown.secret().cloned();
        let scope = match shown {
            Shown::Nothing => Ok(None),
            Shown::Broken => return Err(Problem::unknown(NO_KEY)),
            Shown::Secret(secret) => match self.of_key(&secret, &parts.headers, from).await {
                Ok(None) => return Err(Problem::unknown(NO_KEY)),
                found => found,
            },
            Shown::Cookie(secret) => {
                let found = self.app.identity().scope_of_session(&secret, from).await;
                if let Ok(Some(_)) = found {
                    parts.extensions.insert(Holder(secret));
                }
                found
            }
        };
        let scope = scope.or_else(|error| match error {
            Error::Away { .. } => {
                parts.extensions.insert(Unasked);
                Ok(None)
            }
            error => Err(error),
        })?;
        if let (Some(secret), Some(_)) = (secret, &scope) {
            parts.extensions.insert(Pass { secret, map_is_public: self.map_is_public });
        }
        let scope = scope.unwrap_or_else(|| Scope::nobody().from_address(from));
        Ok(scope.with_public_map(self.map_is_public))
    }

    async fn of_key(
        &self,
        secret: &Secret,
        headers: &HeaderMap,
        from: Option<IpAddr>,
    ) -> Result<Option<Scope>, Error> {
        let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
        self.app.identity().scope_of_key(secret, origin, from).await
    }

    /// The caller's address: the last one named that is none of our proxies'.
    fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let named = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok());
        let mut named: Vec<&str> = named.flat_map(|list| list.split(',')).map(str::trim).collect();
        let mut address = peer.to_canonical();
        while self.proxies.iter().any(|proxy| proxy.holds(address))
            && let Some(before) = named.pop().and_then(|text| text.parse::<IpAddr>().ok())
        {
            address = before.to_canonical();
        }
        address
    }
}

/// What a route asks of its caller.
pub struct Needed {
    /// The server's state, with the log.
    pub app: Arc<App>,
    /// What they must be allowed, somewhere.
    pub permission: Permission,
    /// The route, for the log.
    pub path: &'static str,
}

/// Lets a caller through who has a permission somewhere. Others are refused, and what is known of them recorded.
pub async fn require(
    State(needed): State<Arc<Needed>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let scope = request.extensions().get::<Scope>().cloned().unwrap_or_else(Scope::nobody);
    if scope.has(needed.permission) {
        return Ok(next.run(request).await);
    }
    if request.extensions().get::<Unasked>().is_some() {
        let detail = "the store cannot be reached, so it cannot be told who you are";
        return Err(Error::Busy(detail.into()).into());
    }
    let asked = Act::new("request", format!("route:{} {}", request.method(), needed.path));
    needed.app.identity().require(&scope, needed.permission, asked).await?;
    Ok(next.run(request).await)
}

/// Refuses what changes something where another's page asks for it.
pub async fn own_pages_only(request: Request, next: Next) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    if credentials::is_safe(&parts.method) || credentials::may_change(&parts) {
        return Ok(next.run(Request::from_parts(parts, body)).await);
    }
    let detail = "expected a request from a page of this server, found one from elsewhere";
    Err(Problem::new(StatusCode::FORBIDDEN, detail))
}

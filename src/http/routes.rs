//! The one list of routes, each with its permission and its CORS class; and what happens to what is not in it.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use axum::{Extension, Router};
use serde::de::DeserializeOwned;
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::answer::{NEVER, REVALIDATE};
use super::metrics::Requests;
use super::problem::Problem;
use super::{
    document, embed, events, health, history, locate, measures, metrics, near, page, people, search, styles,
    summary, tiles, units, versions,
};
use crate::access::{Permission, Scope};
use crate::app::App;

/// What handlers share.
pub type Shared = Arc<App>;

/// What an operator may set.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Origins that may read tiles, styles, units and locate from their pages; any, where none is named.
    pub origins: Vec<HeaderValue>,
    /// Whether everyone may do everything; if not, everyone may do what is public.
    pub open: bool,
}

/// Who may call from another origin's page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cors {
    /// The configured origins.
    Shared,
    /// None: for the page and those who run the server.
    Own,
}

/// Path, methods, what the caller needs, who may call from elsewhere. Tiles and descriptions end in a suffix that
/// the router cannot match: the handlers take the whole segment and strip it.
#[rustfmt::skip]
fn table() -> Vec<(&'static str, MethodRouter<Shared>, Permission, Cors)> {
    use Cors::{Own, Shared};
    use Permission::{Public, ReadMeasures, ReadPeople};
    vec![
        ("/",                            get(page::index),                       Public,       Own),
        ("/assets/{*path}",              get(page::asset),                       Public,       Own),
        ("/health/live",                 get(health::live),                      Public,       Own),
        ("/health/ready",                get(health::ready),                     Public,       Own),
        ("/metrics",                     get(metrics::metrics),                  Public,       Own),
        ("/wangge.js",                   get(embed::module),                     Public,       Shared),
        ("/openapi.json",                get(document::document),                Public,       Shared),
        ("/styles.json",                 get(styles::list),                      Public,       Shared),
        ("/styles/{file}",               get(styles::style),                     Public,       Shared),
        ("/tiles.json",                  get(tiles::catalog),                    Public,       Shared),
        ("/tiles/{file}",                get(tiles::description),                Public,       Shared),
        ("/tiles/{tileset}/{z}/{x}/{y}", get(tiles::tile),                       Public,       Shared),
        ("/api/locate",                  get(locate::one).post(locate::many),    Public,       Shared),
        ("/api/units",                   get(units::list),                       Public,       Shared),
        ("/api/units/{unit}",            get(units::one),                        Public,       Shared),
        ("/api/units/{unit}/geometry",   get(units::geometry),                   Public,       Shared),
        ("/api/units/{unit}/history",    get(history::history),                  Public,       Shared),
        ("/api/near",                    get(near::near),                        Public,       Shared),
        ("/api/search",                  get(search::search),                    Public,       Shared),
        ("/api/versions",                get(versions::list),                    Public,       Shared),
        ("/api/versions/{number}",       get(versions::one),                     Public,       Shared),
        ("/api/measures",                get(measures::list),                    ReadMeasures, Shared),
        ("/api/measures/{id}",           get(measures::values),                  ReadMeasures, Shared),
        ("/api/summary",                 get(summary::summary),                  Public,       Shared),
        ("/api/events",                  get(events::events),                    Public,       Shared),
        ("/api/people",                  get(people::people),                    ReadPeople,   Own),
    ]
}

/// Everything that is served.
pub fn router(app: Shared, settings: &Settings) -> Router {
    let cors = cors(settings);
    let requests = Arc::new(Requests::default());
    let counted = |route: &'static str| {
        let requests = Arc::clone(&requests);
        move |request, next| metrics::count(route, Arc::clone(&requests), request, next)
    };
    let routes = table().into_iter().fold(Router::new(), |router, (path, methods, permission, class)| {
        // Before the layers, so that a wrong method is answered with its CORS headers, and a preflight by CORS.
        let methods = methods.fallback(wrong_method);
        let methods = match permission {
            Permission::Public => methods,
            needed => methods.layer(middleware::from_fn(move |request, next| require(needed, request, next))),
        };
        let methods = methods.layer(middleware::from_fn_with_state(Arc::clone(&app), say_if_stale));
        let methods = if class == Cors::Shared { methods.layer(cors.clone()) } else { methods };
        router.route(path, methods.layer(middleware::from_fn(counted(path))))
    });
    let unknown = get(unknown).fallback(unknown).layer(middleware::from_fn(counted(metrics::UNKNOWN)));
    let caller = if settings.open { Scope::open() } else { Scope::nobody() };
    let routes = routes.fallback_service(unknown.with_state(())).layer(Extension(requests));
    routes.layer(Extension(caller)).with_state(app)
}

/// While the store does not answer, every answer says for how long it has been so: it may be old. A cache would go on
/// saying it, so none keeps such an answer, but for tiles that never change, and none is spared as known.
async fn say_if_stale(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    if app.stale().is_some() {
        request.headers_mut().remove(header::IF_NONE_MATCH);
    }
    let mut response = next.run(request).await;
    let Some(since) = app.stale().filter(|_| response.status() != StatusCode::NOT_MODIFIED) else {
        return response;
    };
    let headers = response.headers_mut();
    headers.insert(WANGGE_STALE, since.as_secs().into());
    if headers.get(header::CACHE_CONTROL).is_some_and(|kept| kept == REVALIDATE) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(NEVER));
    }
    response
}

fn cors(settings: &Settings) -> CorsLayer {
    let origins = match &settings.origins[..] {
        [] => AllowOrigin::any(),
        named => AllowOrigin::list(named.iter().cloned()),
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE, header::IF_NONE_MATCH, LAST_EVENT_ID])
        .expose_headers([header::ETAG, header::LOCATION, WANGGE_VERSION, WANGGE_STALE])
        .max_age(std::time::Duration::from_hours(24))
}

/// The version that an answer comes from.
pub const WANGGE_VERSION: HeaderName = HeaderName::from_static("wangge-version");

/// Seconds since the store was last reached; only while it does not answer.
pub const WANGGE_STALE: HeaderName = HeaderName::from_static("wangge-stale");

/// The last event that a stream brought before it was cut.
pub const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

impl<S: Sync> FromRequestParts<S> for Scope {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(scope(&parts.extensions))
    }
}

/// The caller's scope: everyone's where the server is open, nobody's where it is not.
fn scope(extensions: &Extensions) -> Scope {
    extensions.get::<Scope>().cloned().unwrap_or_else(Scope::nobody)
}

async fn require(needed: Permission, request: Request, next: Next) -> Result<Response, Problem> {
    if scope(request.extensions()).has(needed) {
        return Ok(next.run(request).await);
    }
    Err(Problem::new(StatusCode::FORBIDDEN, format!("expected a caller who may {}", needed.what())))
}

/// The segments of the path that a route names, decoded.
pub struct Segments<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Segments<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(segments)) => Ok(Self(segments)),
            Err(_) => Err(Problem::bad_request("expected a path in UTF-8, found something else")),
        }
    }
}

async fn unknown(request: Request) -> Problem {
    let path: String = request.uri().path().chars().take(200).collect();
    Problem::not_found(format!("there is nothing at {path}"))
}

async fn wrong_method(request: Request) -> Problem {
    let path: String = request.uri().path().chars().take(200).collect();
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("{path} does not take {}", request.method()))
}

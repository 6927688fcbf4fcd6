//! The one list of routes, each with its permission, its CORS class and its rate; and what happens to what is not in it.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, patch, post, put};
use axum::{Extension, Router};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::answer::{NEVER, REVALIDATE};
use super::caller::{Door, Needed};
use super::metrics::Requests;
use super::negotiate::{self, PublicUrl};
use super::network::Network;
use super::problem::Problem;
use super::protect::Policies;
use super::rates::{PerMinute, Rate, Rates};
use super::{
    accounts, attachments, audit, caller, document, embed, events, export, health, history, keys, locate,
    measures, metrics, near, page, people, plan_decide, plan_help, plans, protect, search, select, session,
    single_sign_on, styles, summary, tiles, units, versions,
};
use crate::access::{Permission, Scope};
use crate::app::App;

/// What handlers share.
pub type Shared = Arc<App>;

/// What an operator may set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Origins that may read tiles, styles, units and locate from their pages; any, where none is named.
    pub origins: Vec<HeaderValue>,
    /// Origins whose pages may frame the page; none, where none is named.
    pub framers: Vec<HeaderValue>,
    /// Whether everyone may do everything; if not, everyone may do what is public.
    pub open: bool,
    /// Whether borders, codes and names are public.
    pub map_is_public: bool,
    /// Addresses of our own proxies, whose word on whom they speak for is taken.
    pub proxies: Vec<Network>,
    /// How much one caller may ask for.
    pub rates: PerMinute,
    /// How callers reach the server, whatever their requests say.
    pub public_url: Option<PublicUrl>,
}

impl Default for Settings {
    /// A map that is public to any page, framed by none.
    fn default() -> Self {
        Self {
            origins: Vec::new(),
            framers: Vec::new(),
            open: false,
            map_is_public: true,
            proxies: Vec::new(),
            rates: PerMinute::default(),
            public_url: None,
        }
    }
}

/// Who may call from another origin's page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cors {
    /// The configured origins.
    Shared,
    /// None: for the page and those who run the server.
    Own,
}

/// A route: path, methods, what the caller needs, who may call from elsewhere, what it counts as.
type Route = (&'static str, MethodRouter<Shared>, Permission, Cors, Rate);

/// Every route. Tiles and descriptions end in a suffix that the router cannot match: the handlers take the whole segment
/// and strip it.
#[rustfmt::skip]
fn table() -> Vec<Route> {
    use Cors::{Own, Shared};
    use Permission::{
        ApprovePlans, DraftPlans, Export, ManageAccounts, ManageOwnKeys, OwnAccount, Public, PublishPlans, ReadAudit,
        ReadMap, ReadMeasures, ReadPeople, ReadPlans,
    };
    use Rate::{Free, Locate, Search, SignIn, Tile, Visit};
    vec![
        ("/",                             get(page::index),                       Public,         Own,    Free),
        ("/sign-in",                      get(page::sign_in),                     Public,         Own,    Free),
        ("/sign-in/oidc",                 get(single_sign_on::begin),             Public,         Own,    Visit),
        ("/sign-in/oidc/callback",        get(single_sign_on::complete),          Public,         Own,    Visit),
        ("/account",                      get(page::account),                     Public,         Own,    Free),
        ("/api/docs",                     get(page::docs),                        Public,         Own,    Free),
        ("/assets/{*path}",               get(page::asset),                       Public,         Own,    Free),
        ("/health/live",                  get(health::live),                      Public,         Own,    Free),
        ("/health/ready",                 get(health::ready),                     Public,         Own,    Free),
        ("/metrics",                      get(metrics::metrics),                  Public,         Own,    Free),
        ("/openapi.json",                 get(document::document),              Public,         Shared, Free),
        ("/wangge.js",                    get(embed::module),                     Public,         Shared, Free),
        ("/styles.json",                  get(styles::list),                      Public,         Shared, Free),
        ("/styles/{file}",                get(styles::style),                     Public,         Shared, Free),
        ("/tiles.json",                   get(tiles::catalog),                    ReadMap,        Shared, Free),
        ("/tiles/{file}",                 get(tiles::description),                ReadMap,        Shared, Free),
        ("/tiles/{tileset}/{z}/{x}/{y}",  get(tiles::tile),                       ReadMap,        Shared, Tile),
        ("/api/locate",                   get(locate::one).post(locate::many),    ReadMap,        Shared, Locate),
        ("/api/units",                    get(units::list),                       ReadMap,        Shared, Free),
        ("/api/units/{unit}",             get(units::one),                        ReadMap,        Shared, Free),
        ("/api/units/{unit}/geometry",    get(units::geometry),                   ReadMap,        Shared, Free),
        ("/api/units/{unit}/history",     get(history::history),                  ReadMap,        Shared, Free),
        ("/api/near",                     get(near::near),                        ReadMap,        Shared, Search),
        ("/api/search",                   get(search::search),                    ReadMap,        Shared, Search),
        ("/api/versions",                 get(versions::list),                    ReadMap,        Shared, Free),
        ("/api/versions/{number}",        get(versions::one),                     ReadMap,        Shared, Free),
        ("/api/versions/{number}/diff/{to}", get(versions::diff),                 ReadMap,        Shared, Locate),
        ("/api/versions/{number}/restore", post(versions::restore),               DraftPlans,     Own,    Locate),
        ("/api/versions/{number}/crosswalk/{to}", get(versions::crosswalk),       ReadMap,        Shared, Locate),
        ("/api/select",                   post(select::select),                   ReadMap,        Shared, Locate),
        ("/api/summary",                  get(summary::summary),                  ReadMap,        Shared, Free),
        ("/api/events",                   get(events::events),                    ReadMap,        Shared, Free),
        ("/api/measures",                 get(measures::list),                    ReadMeasures,   Shared, Free),
        ("/api/measures/{id}",            get(measures::values),                  ReadMeasures,   Shared, Free),
        ("/api/people",                   get(people::people),                    ReadPeople,     Own,    Locate),
        ("/api/export",                   get(export::export),                    Export,         Own,    Rate::Export),
        ("/api/plans",                    get(plans::list).post(plans::begin),    ReadPlans,      Own,    Free),
        ("/api/plans/{plan}",             get(plans::one).patch(plans::describe), ReadPlans,      Own,    Free),
        ("/api/plans/{plan}/edits",       post(plans::add),                       DraftPlans,     Own,    Locate),
        ("/api/plans/{plan}/try",         post(plans::attempt),                   DraftPlans,     Own,    Locate),
        ("/api/plans/{plan}/suggest",     post(plan_help::suggest).get(plan_help::filling).delete(plan_help::stop_filling), DraftPlans, Own, Locate),
        ("/api/plans/{plan}/from-file",   post(plan_help::from_file),             DraftPlans,     Own,    Locate),
        ("/api/plans/{plan}/edits/{edit}", put(plans::replace).delete(plans::take_out), DraftPlans, Own,  Locate),
        ("/api/plans/{plan}/undo",        post(plans::undo),                      DraftPlans,     Own,    Locate),
        ("/api/plans/{plan}/redo",        post(plans::redo),                      DraftPlans,     Own,    Locate),
        ("/api/plans/{plan}/submit",      post(plans::submit),                    DraftPlans,     Own,    Free),
        ("/api/plans/{plan}/rebase",      post(plans::rebase),                    DraftPlans,     Own,    Locate),
        ("/api/plans/{plan}/review",      get(plans::review),                     ReadPlans,      Own,    Locate),
        ("/api/plans/{plan}/changes.geojson", get(plans::changes),                ReadPlans,      Own,    Locate),
        ("/api/plans/{plan}/attachments/{name}",
            get(attachments::get).put(attachments::put).delete(attachments::take_away), ReadPlans, Own,   Locate),
        ("/api/plans/{plan}/decide",      post(plan_decide::decide),              ApprovePlans,   Own,    Locate),
        ("/api/plans/{plan}/approve",     post(plans::approve),                   ApprovePlans,   Own,    Locate),
        ("/api/plans/{plan}/reject",      post(plans::reject),                    ApprovePlans,   Own,    Locate),
        ("/api/plans/{plan}/publish",     post(plans::publish),                   PublishPlans,   Own,    Locate),
        ("/api/session",                  get(session::show).post(session::begin).delete(session::end), Public, Own, SignIn),
        ("/api/link",                     post(session::redeem),                  Public,         Own,    SignIn),
        ("/api/sessions",                 get(session::list).delete(session::end_all), OwnAccount, Own,   Free),
        ("/api/sessions/{id}",            delete(session::end_one),               OwnAccount,     Own,    Free),
        ("/api/password",                 post(session::change_password),         OwnAccount,     Own,    SignIn),
        ("/api/keys",                     get(keys::list).post(keys::create),     ManageOwnKeys,  Own,    Free),
        ("/api/keys/{id}",                delete(keys::revoke),                   ManageOwnKeys,  Own,    Free),
        ("/api/accounts",                 get(accounts::list).post(accounts::create), ManageAccounts, Own, Free),
        ("/api/accounts/{name}",          patch(accounts::change),                ManageAccounts, Own,    Free),
        ("/api/accounts/{name}/link",     post(accounts::link),                   ManageAccounts, Own,    Free),
        ("/api/accounts/{name}/sessions", delete(accounts::end_sessions),         ManageAccounts, Own,    Free),
        ("/api/audit",                    get(audit::list),                       ReadAudit,      Own,    Free),
        ("/api/audit/head",               get(audit::head),                       ReadAudit,      Own,    Free),
        ("/api/audit/verification",       get(audit::verification),               ReadAudit,      Own,    Rate::Export),
        ("/api/audit/export",             get(audit::export),                     ReadAudit,      Own,    Rate::Export),
    ]
}

/// Paths with the permission that each asks for, for whoever checks them.
pub fn permissions() -> impl Iterator<Item = (&'static str, Permission)> {
    table().into_iter().map(|(path, _, permission, ..)| (path, permission))
}

/// Everything that is served.
pub fn router(app: Shared, settings: &Settings) -> Router {
    let layers = Layers::new(&app, settings);
    let routes =
        table().into_iter().fold(Router::new(), |router, route| router.route(route.0, layers.round(route)));
    let unknown = get(unknown).fallback(unknown).layer(middleware::from_fn(layers.counted(metrics::UNKNOWN)));
    routes
        .fallback_service(unknown.with_state(()))
        .layer(Extension(layers.requests))
        .layer(middleware::from_fn_with_state(Arc::new(Policies::new(&settings.framers)), protect::protect))
        .layer(middleware::from_fn_with_state(settings.public_url.clone(), negotiate::reached))
        .with_state(app)
}

/// What is laid round every route.
struct Layers {
    app: Shared,
    cors: CorsLayer,
    requests: Arc<Requests>,
    rates: Arc<Rates>,
    door: Arc<Door>,
}

impl Layers {
    fn new(app: &Shared, settings: &Settings) -> Self {
        let door = Door {
            app: Arc::clone(app),
            open: settings.open,
            map_is_public: settings.map_is_public,
            proxies: settings.proxies.clone(),
        };
        Self {
            app: Arc::clone(app),
            cors: cors(settings),
            requests: Arc::new(Requests::default()),
            rates: Rates::new(if settings.open { PerMinute::ANY } else { settings.rates }),
            door: Arc::new(door),
        }
    }

    /// A route's methods, from the handler outwards. What asks something of the caller lies round the route's own methods
    /// alone, so that another is told that it is wrong; whatever comes of a request is counted, and other pages may read it.
    fn round(&self, (path, methods, permission, class, rate): Route) -> MethodRouter<Shared> {
        let mut methods = methods.fallback(wrong_method);
        if class == Cors::Own {
            methods = methods.route_layer(middleware::from_fn(to_the_end));
        }
        if rate != Rate::Free {
            let rates = Arc::clone(&self.rates);
            let admit = move |request, next| Arc::clone(&rates).admit(rate, request, next);
            methods = methods.route_layer(middleware::from_fn(admit));
        }
        if permission != Permission::Public {
            let needed = Arc::new(Needed { app: Arc::clone(&self.app), permission, path });
            methods = methods.route_layer(middleware::from_fn_with_state(needed, caller::require));
        }
        if class == Cors::Own {
            methods = methods.route_layer(middleware::from_fn(caller::own_pages_only));
        }
        methods = methods
            .layer(middleware::from_fn_with_state(Arc::clone(&self.app), say_if_stale))
            .layer(middleware::from_fn(protect::keep_apart))
            .layer(middleware::from_fn_with_state(Arc::clone(&self.door), caller::know));
        if class == Cors::Shared {
            methods = methods.layer(self.cors.clone());
        }
        methods.layer(middleware::from_fn(self.counted(path)))
    }

    fn counted(&self, route: &'static str) -> impl Count {
        let requests = Arc::clone(&self.requests);
        move |request, next| metrics::count(route, Arc::clone(&requests), request, next).boxed()
    }
}

/// Counts a request on its way.
trait Count: Fn(Request, Next) -> BoxFuture<'static, Response> + Clone + Send + Sync + 'static {}
impl<F: Fn(Request, Next) -> BoxFuture<'static, Response> + Clone + Send + Sync + 'static> Count for F {}

/// What changes something goes on to its end, the record of it among it, though whoever asked has left: a handler alone is
/// dropped with its connection, between any two steps.
async fn to_the_end(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(cancelled) => Problem::internal(&cancelled).into_response(),
        },
    }
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
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_NONE_MATCH, LAST_EVENT_ID])
        .expose_headers([header::ETAG, header::LOCATION, header::RETRY_AFTER, WANGGE_VERSION, WANGGE_STALE])
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

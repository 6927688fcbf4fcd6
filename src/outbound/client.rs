//! One question to another service, within limits of time and size; no redirect is followed, for it would take the key
//! along.

use std::sync::LazyLock;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{Method, Request, Response};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(3);
/// How long an answer may take in all: browsers hold a connection for it that the grids' tiles need too.
pub const PATIENCE: Duration = Duration::from_secs(8);
/// No tile is longer.
const MOST: u64 = 4 * 1024 * 1024;

/// What came back.
pub struct Answer {
    /// Of HTTP.
    pub status: u16,
    /// The body.
    pub bytes: Vec<u8>,
}

/// A client with connections of its own. It goes through the proxy that the environment names (`HTTPS_PROXY`).
pub fn agent() -> Agent {
    let config = Agent::config_builder()
        .user_agent(concat!("wangge/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(CONNECT))
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .tls_config(TlsConfig::builder().root_certs(ROOTS.clone()).build())
        .build();
    config.into()
}

/// Whom this machine trusts, a house's own authority among them; Mozilla's list where it has none.
static ROOTS: LazyLock<RootCerts> = LazyLock::new(|| {
    let found = rustls_native_certs::load_native_certs().certs;
    if found.is_empty() {
        return RootCerts::WebPki;
    }
    found.iter().map(|der| Certificate::from_der(der).to_owned()).into()
});

/// Sends a request; its answer, of at most `most` bytes.
///
/// # Errors
/// Where no answer came in time, or a longer one.
pub fn send(agent: &Agent, request: Request<Vec<u8>>, most: u64) -> Result<Response<Vec<u8>>, ureq::Error> {
    let response = match *request.method() {
        Method::GET => agent.run(request.map(drop)),
        _ => agent.run(request),
    };
    let (head, mut body) = response?.into_parts();
    let bytes = body.with_config().limit(most).read_to_vec()?;
    Ok(Response::from_parts(head, bytes))
}

/// Asks for `url`.
///
/// # Errors
/// Where no answer came in time, or one longer than a tile can be.
pub fn get(agent: &Agent, url: &str) -> Result<Answer, ureq::Error> {
    let mut response = agent.get(url).call()?;
    let bytes = response.body_mut().with_config().limit(MOST).read_to_vec()?;
    Ok(Answer { status: response.status().as_u16(), bytes })
}

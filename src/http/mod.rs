//! The outside over HTTP: the one list of routes, and the only code that knows axum, status codes and wire JSON.
//!
//! ```text
//! server (accept, timers) → protect → caller (who is it) → routes (path, permission, CORS class, rate)
//!                                                         └ a file a resource (params, answer, handler)
//!                                                           └ app's use cases, with the caller's Scope
//! ```
//!
//! | file | what |
//! |---|---|
//! | `server`, `tls` | the accept loop; the certificate |
//! | `routes` | the table, what is not in it, and CORS |
//! | `caller`, `credentials` | from a cookie, a key or a token to the caller's scope |
//! | `rates` | how much one caller may ask for |
//! | `protect` | what answers tell browsers |
//! | `problem` | errors as RFC 9457 documents |
//! | `dress`, `beneath` | styles over a background map, or over somebody else's |
//! | `query`, `body`, `negotiate`, `answer` | what requests ask for, what answers have in common |
//! | `metrics` | requests counted, and what else a Prometheus server reads |
//! | `events` | the stream of events |
//! | `document` | what all of this answers, as OpenAPI: a file a resource in `openapi/` |
//! | the rest | one resource each |

mod accounts;
mod answer;
mod attachments;
mod audit;
mod background;
mod beneath;
mod body;
mod caller;
mod credentials;
mod document;
mod dress;
mod embed;
mod events;
mod export;
mod health;
mod history;
mod keys;
mod locate;
mod locate_stream;
mod measures;
mod metrics;
mod near;
mod negotiate;
mod network;
mod page;
mod people;
mod plan_decide;
mod plan_help;
mod plan_json;
mod plans;
mod problem;
mod protect;
mod query;
mod rates;
mod routes;
mod search;
mod select;
mod server;
mod session;
mod single_sign_on;
mod spool;
mod styles;
mod summary;
mod tiles;
mod tls;
mod unit_json;
mod units;
mod versions;

pub use negotiate::PublicUrl;
pub use network::Network;
pub use rates::PerMinute;
pub use routes::{Settings, permissions, router};
pub use server::{Peer, serve};
pub use tls::{LOOK, Tls, TlsError};

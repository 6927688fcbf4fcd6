//! The outside over HTTP: the one list of routes, and the only code that knows axum, status codes and wire JSON.
//!
//! ```text
//! server (accept, timers) → routes (path, permission, CORS class) → a file a resource (params, answer, handler)
//!                                                                   └ app's use cases, with the caller's Scope
//! ```
//!
//! | file | what |
//! |---|---|
//! | `server` | the accept loop |
//! | `routes` | the table, what is not in it, and CORS |
//! | `problem` | errors as RFC 9457 documents |
//! | `dress`, `beneath` | styles over a background map, or over somebody else's |
//! | `query`, `body`, `negotiate`, `answer` | what requests ask for, what answers have in common |
//! | `metrics` | requests counted, and what else a Prometheus server reads |
//! | `events` | the stream of events |
//! | `document` | what all of this answers, as OpenAPI: a file a resource in `openapi/` |
//! | the rest | one resource each |

mod answer;
mod background;
mod beneath;
mod body;
mod document;
mod dress;
mod embed;
mod events;
mod health;
mod history;
mod locate;
mod locate_stream;
mod measures;
mod metrics;
mod near;
mod negotiate;
mod page;
mod people;
mod problem;
mod query;
mod routes;
mod search;
mod server;
mod spool;
mod styles;
mod summary;
mod tiles;
mod unit_json;
mod units;
mod versions;

pub use routes::{Settings, router};
pub use server::serve;

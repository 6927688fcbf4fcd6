//! The server over real sockets.

mod background;
mod bad_input;
mod document;
mod history;
mod live;
mod locate;
mod people;
mod posts;
mod search;
pub mod server;
mod servers;
mod tiles;
mod tls;
mod units;
mod versions;

//! The server over real sockets.

pub mod access;
mod background;
mod bad_input;
mod document;
mod history;
pub mod live;
mod locate;
mod people;
mod plans;
mod posts;
mod provider;
mod search;
pub mod server;
mod servers;
mod single_sign_on;
mod tiles;
mod tls;
mod units;
mod versions;
mod waiting;

//! The server over real sockets.

mod background;
mod bad_input;
mod locate;
mod posts;
mod server;
mod tiles;
mod units;
mod versions;

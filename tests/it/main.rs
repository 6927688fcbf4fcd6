//! Everything that is tested from outside a module, in one binary: one link, one run.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod cli;
mod coverage;
mod crs;
mod exchange;
mod http;
mod layers;
mod locate;
mod snapshot;
mod store;
mod synth;
mod tiling;
mod unit;
mod wkb;

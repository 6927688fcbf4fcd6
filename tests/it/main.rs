//! Everything that is tested from outside a module, in one binary: one link, one run.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod access;
mod cli;
mod cluster;
mod coverage;
mod crs;
mod duty;
mod exchange;
mod fixture;
mod http;
mod identity;
mod layers;
mod locate;
mod overlay;
mod plan;
mod search;
mod servers;
mod snapshot;
mod store;
mod synth;
mod tiling;
mod unit;
mod wkb;

/// How many rounds a random test runs: many under `make torture`, which sets `WANGGE_TORTURE`.
fn rounds(usual: usize, torture: usize) -> usize {
    if std::env::var_os("WANGGE_TORTURE").is_some() { torture } else { usual }
}

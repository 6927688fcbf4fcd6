//! Wangge: the map and grid server of a county. One partition, drawn, located and redrawn without a gap.
//!
//! The rooms, top floor first; imports point down only (see `docs/architecture.md` and `tests/it/layers.rs`).

// 7 the commands
pub mod cli;
// 6 the one router list; status codes and wire JSON
pub mod http;
// 5 the use cases; everything is wired together here
pub mod app;
// 4 files in and out; rows in and out; other services
pub mod exchange;
pub mod outbound;
pub mod store;
// 3 a version made ready to serve; drafts, edits and what they change
pub mod plan;
pub mod snapshot;
// 2 point to leaf; text to places; zoom coverage to tile bytes; the seeded county
pub mod locate;
pub mod search;
pub mod synth;
pub mod tiling;
// 1 the arrangement and the partition; who may do what; geometry blobs
pub mod access;
pub mod coverage;
pub mod wkb;
// 0 points, datums, projections, tiles; uid, code, level, hierarchy
pub mod crs;
pub mod unit;

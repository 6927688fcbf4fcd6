//! How many tries at a password get an answer that depends on it, and when the next.
//!
//! ```text
//! failed tries in the last 15 min    0 1 2 3 4   5     6     7     8     9      10
//! the next, after the last           at once     5 s   15 s  30 s  60 s  120 s  when the first is 15 min old
//! ```
//!
//! A try takes its place before the password is looked at, so tries at the same time on several servers count too; one
//! that succeeds gives its place back, those that failed stay. What is counted is the name that was typed, whether there
//! is such an account or not, and the address, with a larger number: an office has one.

use std::net::IpAddr;

use sha2::{Digest, Sha256};

use super::name::fold;
use super::secret::hex;

/// How long a failed try counts, in milliseconds.
pub const WINDOW: i64 = 15 * 60 * 1000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Tries in [`WINDOW`].
    most: usize,
    /// Milliseconds after the n-th failed try; none once there are none left.
    pauses: &'static [(usize, i64)],
}

impl Limit {
    /// At one name.
    pub const NAME: Self =
        Self { most: 10, pauses: &[(5, 5_000), (6, 15_000), (7, 30_000), (8, 60_000), (9, 120_000)] };

    /// From one address.
    pub const ADDRESS: Self = Self { most: 100, pauses: &[] };
}

/// Something that tries are counted for; what was typed cannot be read off it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Under what it is kept.
    pub key: String,
    /// How many tries it has.
    pub limit: Limit,
}

impl Counted {
    /// A name, as it was typed: it may be a password that was typed in the wrong field.
    #[must_use]
    pub fn name(typed: &str) -> Self {
        let digest = Sha256::digest(fold(typed));
        Self { key: format!("name {}", hex(&digest[..16])), limit: Limit::NAME }
    }

    /// An address: of version 6 the network, which is one customer's.
    #[must_use]
    pub fn address(address: IpAddr) -> Self {
        let key = match address.to_canonical() {
            IpAddr::V4(v4) => format!("address {v4}"),
            IpAddr::V6(v6) => format!("network {}", hex(&v6.octets()[..8])),
        };
        Self { key, limit: Limit::ADDRESS }
    }
}

/// Whether a try may be made at `now`, given when those before it were made, oldest first. Milliseconds.
///
/// # Errors
/// How many milliseconds to wait, at least one.
pub fn judge(tries: &[i64], now: i64, limit: Limit) -> Result<(), i64> {
    let count = tries.len() - tries.partition_point(|&at| at <= now - WINDOW);
    let recent = &tries[tries.len() - count..];
    let room = match count.checked_sub(limit.most) {
        Some(over) => recent[over] + WINDOW,
        None => i64::MIN,
    };
    let pause = limit.pauses.iter().find(|(failed, _)| *failed == count).map_or(0, |(_, pause)| *pause);
    let pause = recent.last().map_or(i64::MIN, |last| last + pause);
    let due = room.max(pause);
    if due <= now { Ok(()) } else { Err(due - now) }
}

/// The tries that still count at `now`.
#[must_use]
pub fn counting(tries: &[i64], now: i64) -> Vec<i64> {
    tries.iter().copied().filter(|&at| at > now - WINDOW).collect()
}

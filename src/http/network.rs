//! One address, or all that begin alike: `10.0.0.7`, `172.31.7.0/24`, `fd00::/8`.

use std::net::IpAddr;
use std::str::FromStr;

/// Addresses that begin alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    /// How many bits of it count.
    bits: u32,
}

impl Network {
    /// Whether an address is one of these.
    #[must_use]
    pub fn holds(&self, address: IpAddr) -> bool {
        let (base, width) = number(self.base);
        let (address, own) = number(address);
        own == width && (base ^ address).checked_shr(width - self.bits).unwrap_or(0) == 0
    }
}

/// An address as a number, and of how many bits.
fn number(address: IpAddr) -> (u128, u32) {
    match address.to_canonical() {
        IpAddr::V4(v4) => (v4.to_bits().into(), 32),
        IpAddr::V6(v6) => (v6.to_bits(), 128),
    }
}

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected an address, as 10.0.0.7, or a network, as 172.31.7.0/24";
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, bits)| (a, Some(bits)));
        let base: IpAddr = address.parse().map_err(|_| EXPECTED)?;
        let base = base.to_canonical();
        let width = number(base).1;
        let bits = bits.map_or(Ok(width), |bits| bits.parse().map_err(|_| EXPECTED))?;
        if bits <= width { Ok(Self { base, bits }) } else { Err(EXPECTED) }
    }
}

//! A plain limit by address: so many a minute.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Addresses that are remembered at once; beyond them the oldest minute is forgotten as a whole.
const MOST_ADDRESSES: usize = 20_000;

/// So many a minute for each address.
pub(super) struct PerMinute {
    most: u32,
    window: Mutex<(Instant, HashMap<IpAddr, u32>)>,
}

impl PerMinute {
    pub(super) fn new(most: u32) -> Self {
        Self { most, window: Mutex::new((Instant::now(), HashMap::new())) }
    }

    /// Whether one more is allowed.
    pub(super) fn take(&self, address: IpAddr) -> bool {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if window.0.elapsed() >= Duration::from_secs(60) || window.1.len() >= MOST_ADDRESSES {
            *window = (Instant::now(), HashMap::new());
        }
        let taken = window.1.entry(address).or_default();
        *taken += 1;
        *taken <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_address_by_itself() {
        let limit = PerMinute::new(2);
        let (a, b) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        assert_eq!([limit.take(a), limit.take(a), limit.take(a), limit.take(b)], [true, true, false, true]);
    }
}

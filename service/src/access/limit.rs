//! Limits on guessing and flooding. Each process counts for itself; where Redis joins several, they count together, and without its
//! answer alone again.

use crate::cluster;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use governor::clock::DefaultClock;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

type Keyed = RateLimiter<String, DashMapStateStore<String>, DefaultClock>;

/// The limits of this process; over all processes they are counted by `cluster`.
#[derive(Debug)]
pub struct Limits {
    sign_in: Keyed,
    visitor: Keyed,
    visits: PerMinute,
    exports: Arc<Semaphore>,
}

/// Exports written at once: each keeps a core busy.
const MOST_EXPORTS: usize = 2;

impl Default for Limits {
    fn default() -> Self {
        let minute = |n: u32| Quota::per_minute(NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
        Self {
            sign_in: RateLimiter::keyed(minute(SIGN_INS)),
            visitor: RateLimiter::keyed(minute(VISITOR_MESSAGES)),
            visits: PerMinute::new(NEW_VISITORS),
            exports: Arc::new(Semaphore::new(MOST_EXPORTS)),
        }
    }
}

impl Limits {
    /// Forgets who has been quiet for long, so that the limits do not grow for ever.
    pub fn forget_quiet(&self) {
        self.sign_in.retain_recent();
        self.visitor.retain_recent();
    }

    /// A place for one more export, held while it is written.
    ///
    /// # Errors
    /// `Unavailable` when none comes free in time.
    pub(crate) async fn export(&self, patience: Duration) -> Result<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.exports).acquire_owned();
        let busy = || Error::Unavailable("other exports are being written".to_owned());
        tokio::time::timeout(patience, place).await.map_err(|_| busy())?.map_err(|_| busy())
    }
}

const MINUTE: Duration = Duration::from_secs(60);
/// Tries to sign in from one address in a minute.
const SIGN_INS: u32 = 10;
/// Messages of one web-chat visitor in a minute.
const VISITOR_MESSAGES: u32 = 60;
/// New web-chat visitors of one address in a minute; many may share an address.
const NEW_VISITORS: u32 = 600;

/// One more try to sign in from this address.
///
/// # Errors
/// `RateLimited` after ten a minute, over all processes.
pub(crate) async fn may_try_to_sign_in(ctx: &Ctx, from: &str) -> Result<()> {
    let mine = ctx.engine().limits.sign_in.check_key(&from.to_owned()).is_ok();
    let ours = mine && !cluster::too_many(ctx, &format!("sign_in:{from}"), SIGN_INS.into(), MINUTE).await;
    if ours { Ok(()) } else { Err(Error::RateLimited(6)) }
}

/// One more message of this web-chat visitor.
///
/// # Errors
/// `RateLimited` after sixty a minute, over all processes.
pub async fn may_write(ctx: &Ctx, visitor: Uuid) -> Result<()> {
    let mine = ctx.engine().limits.visitor.check_key(&visitor.to_string()).is_ok();
    let ours = mine && !cluster::too_many(ctx, &format!("visitor:{visitor}"), VISITOR_MESSAGES.into(), MINUTE).await;
    if ours { Ok(()) } else { Err(Error::RateLimited(1)) }
}

/// One more new web-chat visitor from this address.
///
/// # Errors
/// `RateLimited` after six hundred a minute, over all processes.
pub async fn may_begin_visit(ctx: &Ctx, from: IpAddr) -> Result<()> {
    let mine = ctx.engine().limits.visits.take(from);
    let ours = mine && !cluster::too_many(ctx, &format!("visits:{from}"), NEW_VISITORS.into(), MINUTE).await;
    if ours { Ok(()) } else { Err(Error::RateLimited(60)) }
}

/// Addresses that are remembered at once; beyond them the minute is forgotten as a whole.
const MOST_ADDRESSES: usize = 20_000;

/// So many a minute for each address.
#[derive(Debug)]
struct PerMinute {
    most: u32,
    window: Mutex<(Instant, HashMap<IpAddr, u32>)>,
}

impl PerMinute {
    fn new(most: u32) -> Self {
        Self { most, window: Mutex::new((Instant::now(), HashMap::new())) }
    }

    /// Whether one more is allowed.
    fn take(&self, address: IpAddr) -> bool {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if window.0.elapsed() >= MINUTE || window.1.len() >= MOST_ADDRESSES {
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

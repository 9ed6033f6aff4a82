//! Ids: UUID v7, made from the injected clock and randomness, so that they sort by time and tests repeat them.

use crate::{Clock, Random};
use uuid::Uuid;

/// A new id: 48 bits of milliseconds, the sub-millisecond part, then randomness.
#[must_use]
pub fn new_id(clock: &dyn Clock, random: &Random) -> Uuid {
    let now = clock.now();
    let millis = now.as_millisecond().max(0).unsigned_abs();
    let mut bytes: [u8; 10] = random.bytes();
    // RFC 9562 §6.2 method 3: 12 bits of the sub-millisecond part keep ids of one millisecond in order.
    let nanos = u64::try_from(now.as_nanosecond().rem_euclid(1_000_000)).unwrap_or(0);
    let fraction = nanos * 4096 / 1_000_000;
    bytes[0] = (fraction >> 8) as u8;
    bytes[1] = (fraction & 0xff) as u8;
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

//! Ids: UUID v7, made from the injected clock and randomness, so that they sort by time and tests repeat them.

use crate::{Clock, Random};
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// A clock that went back further than this is believed; less is taken for jitter (ticks of 1/4096 ms).
const JITTER: u64 = 60_000 << 12;

/// Makes ids that grow: what is made later sorts later, also within one tick of the clock (rows of one time are ordered by id:
/// the messages of a reply, the jobs of a lane).
#[derive(Debug, Default)]
pub struct Ids(AtomicU64);

impl Ids {
    /// The next id. The top 60 bits are the time in 1/4096 ms, moved on by one where the clock stood.
    #[must_use]
    pub fn next(&self, clock: &dyn Clock, random: &Random) -> Uuid {
        let now = tick(clock);
        let step = |last: u64| if now > last || last - now > JITTER { now } else { last + 1 };
        let last = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(step(last)));
        at_tick(step(last.unwrap_or(0)), random)
    }
}

/// A new id: 48 bits of milliseconds, the sub-millisecond part, then randomness.
#[must_use]
pub fn new_id(clock: &dyn Clock, random: &Random) -> Uuid {
    at_tick(tick(clock), random)
}

fn tick(clock: &dyn Clock) -> u64 {
    let now = clock.now();
    let millis = now.as_millisecond().max(0).unsigned_abs();
    let nanos = u64::try_from(now.as_nanosecond().rem_euclid(1_000_000)).unwrap_or(0);
    (millis << 12) | (nanos * 4096 / 1_000_000)
}

fn at_tick(tick: u64, random: &Random) -> Uuid {
    let mut bytes: [u8; 10] = random.bytes();
    // RFC 9562 §6.2 method 3: 12 bits of the sub-millisecond part keep ids of one millisecond in order.
    bytes[0] = ((tick >> 8) & 0x0f) as u8;
    bytes[1] = (tick & 0xff) as u8;
    uuid::Builder::from_unix_timestamp_millis(tick >> 12, &bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::Ids;
    use crate::{ManualClock, Random};
    use jiff::{SignedDuration, Timestamp};

    #[test]
    fn ids_grow_while_the_clock_stands_and_when_it_jitters() {
        let clock = ManualClock::new(Timestamp::from_second(1_772_442_000).unwrap());
        let (ids, random) = (Ids::default(), Random::seeded(1));
        let mut made = vec![ids.next(&clock, &random)];
        for round in 0..10_000 {
            if round == 5_000 {
                clock.advance(SignedDuration::from_millis(-20));
            }
            made.push(ids.next(&clock, &random));
        }
        assert!(made.is_sorted_by(|a, b| a < b));
        assert!(made.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    fn a_clock_that_was_put_back_is_believed() {
        let clock = ManualClock::new(Timestamp::from_second(1_772_442_000).unwrap());
        let (ids, random) = (Ids::default(), Random::seeded(1));
        let first = ids.next(&clock, &random);
        clock.advance(SignedDuration::from_hours(-1));
        let seconds = |id: uuid::Uuid| (id.as_u128() >> 80) / 1000;
        assert_eq!(seconds(first), 1_772_442_000);
        assert_eq!(seconds(ids.next(&clock, &random)), 1_772_438_400);
    }
}

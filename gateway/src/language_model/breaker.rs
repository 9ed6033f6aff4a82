//! A circuit breaker for each place and key: after repeated failures a model is left alone for a while, then one call tries it.
//! One company's broken key or dead server costs other companies nothing (reliability.md case 129).

use foundation::secret::hmac_sha256;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures in a row that open a circuit; reliability.md allows 10.
pub const FAILURES: u32 = 5;
/// How long an open circuit stays open before one call tries again.
const OPEN_FOR: Duration = Duration::from_secs(30);
/// A provider's own time to wait counts up to here.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);
/// So many circuits are remembered; the oldest healthy ones are forgotten first.
const MOST: usize = 10_000;

#[derive(Clone, Copy, Debug)]
struct Circuit {
    failures: u32,
    /// Nothing is sent before this.
    closed_until: Option<Instant>,
    /// One call is trying a circuit that was open.
    probing: Option<Instant>,
    touched: Instant,
}

/// All circuits of the process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Breakers(Arc<Mutex<HashMap<[u8; 32], Circuit>>>);

/// Which circuit: a digest, so that no key lies about in memory longer than its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place([u8; 32]);

impl Place {
    /// The circuit of this base URL and key.
    #[must_use]
    pub fn of(base_url: &str, key: &str) -> Self {
        Self(hmac_sha256(base_url.as_bytes(), key.as_bytes()))
    }
}

impl Breakers {
    /// Whether a call may go out now.
    ///
    /// # Errors
    /// How long to leave the place alone.
    pub fn enter(&self, place: Place) -> Result<(), Duration> {
        self.enter_at(place, Instant::now())
    }

    fn enter_at(&self, place: Place, now: Instant) -> Result<(), Duration> {
        let mut circuits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(circuit) = circuits.get_mut(&place.0) else { return Ok(()) };
        circuit.touched = now;
        if let Some(until) = circuit.closed_until {
            if now < until {
                return Err(until - now);
            }
            // Half open: one call tries; a probe that never came back does not close the door for ever.
            if circuit.failures >= FAILURES {
                if let Some(since) = circuit.probing
                    && now < since + OPEN_FOR
                {
                    return Err(since + OPEN_FOR - now);
                }
                circuit.probing = Some(now);
            }
        }
        Ok(())
    }

    /// A call was answered.
    pub fn succeeded(&self, place: Place) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&place.0);
    }

    /// A call failed; `pause` is the provider's own time to wait.
    pub fn failed(&self, place: Place, pause: Option<Duration>) {
        self.failed_at(place, pause, Instant::now());
    }

    fn failed_at(&self, place: Place, pause: Option<Duration>, now: Instant) {
        let mut circuits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if circuits.len() >= MOST && !circuits.contains_key(&place.0) {
            let oldest = circuits.iter().min_by_key(|(_, circuit)| circuit.touched).map(|(place, _)| *place);
            if let Some(oldest) = oldest {
                circuits.remove(&oldest);
            }
        }
        let circuit =
            circuits.entry(place.0).or_insert(Circuit { failures: 0, closed_until: None, probing: None, touched: now });
        circuit.failures = circuit.failures.saturating_add(1);
        circuit.probing = None;
        circuit.touched = now;
        let open = (circuit.failures >= FAILURES).then_some(OPEN_FOR);
        if let Some(wait) = pause.map(|pause| pause.min(LONGEST_PAUSE)).max(open) {
            circuit.closed_until = Some(now + wait);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_after_failures_lets_one_probe_through_and_closes_on_success() {
        let breakers = Breakers::default();
        let (bad, good) = (Place::of("https://a.example", "k1"), Place::of("https://a.example", "k2"));
        let start = Instant::now();
        for _ in 0..FAILURES {
            assert_eq!(breakers.enter_at(bad, start), Ok(()));
            breakers.failed_at(bad, None, start);
        }
        assert!(breakers.enter_at(bad, start).is_err());
        assert_eq!(breakers.enter_at(good, start), Ok(()), "another key is another circuit");
        let later = start + OPEN_FOR;
        assert_eq!(breakers.enter_at(bad, later), Ok(()), "the probe");
        assert!(breakers.enter_at(bad, later).is_err(), "one probe only");
        breakers.failed_at(bad, None, later);
        assert!(breakers.enter_at(bad, later + OPEN_FOR / 2).is_err(), "a failed probe opens it again");
        assert_eq!(breakers.enter_at(bad, later + OPEN_FOR), Ok(()));
        breakers.succeeded(bad);
        assert_eq!(breakers.enter_at(bad, later + OPEN_FOR), Ok(()));
        assert_eq!(breakers.enter_at(bad, later + OPEN_FOR), Ok(()), "closed: no probes");
    }

    #[test]
    fn a_named_pause_is_kept_from_the_first_failure_on() {
        let breakers = Breakers::default();
        let place = Place::of("https://a.example", "k");
        let start = Instant::now();
        breakers.failed_at(place, Some(Duration::from_secs(7)), start);
        assert_eq!(breakers.enter_at(place, start + Duration::from_secs(6)), Err(Duration::from_secs(1)));
        assert_eq!(breakers.enter_at(place, start + Duration::from_secs(7)), Ok(()));
    }
}

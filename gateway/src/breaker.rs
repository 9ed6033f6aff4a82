//! A circuit breaker for each account at a provider: after repeated failures it is left alone for a while, then one call tries it.
//! One company's broken key or dead server costs other companies nothing (reliability.md case 129). Models, payments and
//! calendars have the same.

use crate::error::{Error, Kind, Retry};
use foundation::secret::hmac_sha256;
use foundation::{Clock, SystemClock};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Failures in a row that open a circuit; reliability.md allows 10.
pub const FAILURES: u32 = 5;
/// How long an open circuit stays open before one call tries again.
pub const OPEN_FOR: Duration = Duration::from_secs(30);
/// A provider's own time to wait counts up to here.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);
/// So many circuits are remembered; the oldest are forgotten first.
const MOST: usize = 10_000;

#[derive(Clone, Copy, Debug)]
struct State {
    provider: &'static str,
    failures: u32,
    /// Nothing is sent before this.
    closed_until: Option<Timestamp>,
    /// One call is trying a circuit that was open.
    probing: Option<Timestamp>,
    touched: Timestamp,
}

/// All circuits of the process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Breakers {
    clock: Arc<dyn Clock>,
    circuits: Arc<Mutex<HashMap<[u8; 32], State>>>,
}

impl Default for Breakers {
    fn default() -> Self {
        Self::new(Arc::new(SystemClock))
    }
}

/// The circuit of one account. Known by a digest, so that no key lies about in memory longer than its call.
#[derive(Clone, Debug)]
pub struct Circuit {
    breakers: Breakers,
    provider: &'static str,
    place: [u8; 32],
}

impl Breakers {
    /// With the time by which circuits open and close.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, circuits: Arc::default() }
    }

    /// The circuit of an account: where it is, and whose.
    #[must_use]
    pub fn circuit(&self, provider: &'static str, base_url: &str, account: &str) -> Circuit {
        Circuit { breakers: self.clone(), provider, place: hmac_sha256(base_url.as_bytes(), account.as_bytes()) }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], State>> {
        self.circuits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Circuit {
    /// Makes a call, unless the account is left alone. What the account answers in any way counts as an answer; only one that is
    /// away, slow, or asks to be left alone counts as a failure.
    ///
    /// # Errors
    /// As the call; else [`Error::not_asked`] with the time to wait.
    pub async fn call<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.enter()?;
        let done = work.await;
        match &done {
            Err(error) if matches!(error.kind, Kind::Unavailable | Kind::RateLimited | Kind::Unknown) => {
                self.failed(match error.retry {
                    Retry::After(pause) => Some(pause),
                    Retry::Later | Retry::Never => None,
                });
            }
            Ok(_) | Err(_) => self.succeeded(),
        }
        done
    }

    /// Whether a call may go out now.
    ///
    /// # Errors
    /// [`Error::not_asked`] with the time to wait.
    pub fn enter(&self) -> Result<(), Error> {
        let now = self.breakers.clock.now();
        let mut circuits = self.breakers.lock();
        let Some(state) = circuits.get_mut(&self.place) else { return Ok(()) };
        state.touched = now;
        let left = |until: Timestamp| Duration::try_from(until.duration_since(now)).unwrap_or_default();
        if let Some(until) = state.closed_until {
            // A clock that was set back closes nothing for longer than the longest pause.
            if now < until && left(until) <= LONGEST_PAUSE {
                return Err(Error::not_asked(self.provider, left(until)));
            }
            // Half open: one call tries; a probe that never came back does not close the door for ever.
            if state.failures >= FAILURES {
                if let Some(since) = state.probing
                    && now < after(since, OPEN_FOR)
                    && now >= since
                {
                    return Err(Error::not_asked(self.provider, left(after(since, OPEN_FOR))));
                }
                state.probing = Some(now);
            }
        }
        Ok(())
    }

    /// A call was answered.
    pub fn succeeded(&self) {
        if let Some(state) = self.breakers.lock().remove(&self.place) {
            state.forgotten();
        }
    }

    /// A call failed; `pause` is the provider's own time to wait.
    pub fn failed(&self, pause: Option<Duration>) {
        let now = self.breakers.clock.now();
        let mut circuits = self.breakers.lock();
        if circuits.len() >= MOST && !circuits.contains_key(&self.place) {
            let oldest = circuits.iter().min_by_key(|(_, state)| state.touched).map(|(place, _)| *place);
            if let Some(state) = oldest.and_then(|oldest| circuits.remove(&oldest)) {
                state.forgotten();
            }
        }
        let state = circuits.entry(self.place).or_insert(State {
            provider: self.provider,
            failures: 0,
            closed_until: None,
            probing: None,
            touched: now,
        });
        state.failures = state.failures.saturating_add(1);
        state.probing = None;
        state.touched = now;
        let open = (state.failures >= FAILURES).then_some(OPEN_FOR);
        if let Some(wait) = pause.map(|pause| pause.min(LONGEST_PAUSE)).max(open) {
            state.closed_until = Some(after(now, wait));
        }
        if state.failures == FAILURES {
            metrics::counter!("circuits_opened_total", "provider" => self.provider).increment(1);
            tracing::warn!(provider = self.provider, "an account at a provider is left alone for a while");
            metrics::gauge!("circuits_open", "provider" => self.provider).increment(1.0);
        }
    }
}

impl State {
    fn forgotten(self) {
        if self.failures >= FAILURES {
            metrics::gauge!("circuits_open", "provider" => self.provider).decrement(1.0);
        }
    }
}

fn after(time: Timestamp, pause: Duration) -> Timestamp {
    SignedDuration::try_from(pause).ok().and_then(|pause| time.checked_add(pause).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use foundation::ManualClock;

    fn breakers() -> (Breakers, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new("2026-03-02T09:00:00Z".parse().unwrap()));
        (Breakers::new(Arc::clone(&clock) as _), clock)
    }

    fn pass(clock: &ManualClock, seconds: i64) {
        clock.advance(SignedDuration::from_secs(seconds));
    }

    #[test]
    fn opens_after_failures_lets_one_probe_through_and_closes_on_success() {
        let (breakers, clock) = breakers();
        let bad = breakers.circuit("x", "https://a.example", "k1");
        let good = breakers.circuit("x", "https://a.example", "k2");
        for _ in 0..FAILURES {
            assert!(bad.enter().is_ok());
            bad.failed(None);
        }
        let refused = bad.enter().unwrap_err();
        assert!(refused.was_not_asked && refused.retry == Retry::After(OPEN_FOR), "{refused:?}");
        assert!(good.enter().is_ok(), "another key is another circuit");
        pass(&clock, 30);
        assert!(bad.enter().is_ok(), "the probe");
        assert!(bad.enter().is_err(), "one probe only");
        bad.failed(None);
        pass(&clock, 15);
        assert!(bad.enter().is_err(), "a failed probe opens it again");
        pass(&clock, 15);
        assert!(bad.enter().is_ok());
        bad.succeeded();
        assert!(bad.enter().is_ok() && bad.enter().is_ok(), "closed: no probes");
    }

    #[test]
    fn a_named_pause_is_kept_from_the_first_failure_on() {
        let (breakers, clock) = breakers();
        let circuit = breakers.circuit("x", "https://a.example", "k");
        circuit.failed(Some(Duration::from_secs(7)));
        pass(&clock, 6);
        assert_eq!(circuit.enter().unwrap_err().retry, Retry::After(Duration::from_secs(1)));
        pass(&clock, 1);
        assert!(circuit.enter().is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_closes_nothing_for_long() {
        let (breakers, clock) = breakers();
        let circuit = breakers.circuit("x", "https://a.example", "k");
        (0..FAILURES).for_each(|_| circuit.failed(None));
        pass(&clock, -3600);
        assert!(circuit.enter().is_ok());
    }
}

//! The one signature of payment events: Stripe's (outside.md §3, read in its own library). Header
//! `t=<seconds>,v1=<hex>[,v1=…]`, HMAC-SHA-256 of `<seconds>.<body>`; one of several `v1` is enough, so that a secret can be
//! rolled; 300 s of tolerance.

use super::EventError;
use foundation::secret::{equal_secret, hex, hmac_sha256, unhex};
use jiff::Timestamp;

/// The header that carries it.
pub const HEADER: &str = "stripe-signature";
/// How far its time may be from now, seconds.
pub const TOLERANCE_SECONDS: i64 = 300;
/// More candidates than anybody rolls.
const MOST_CANDIDATES: usize = 16;

/// The header for a body at a time.
#[must_use]
pub fn sign(secret: &[u8], seconds: i64, body: &[u8]) -> String {
    format!("t={seconds},v1={}", hex(&mac(secret, seconds, body)))
}

/// Checks the header against the body.
///
/// # Errors
/// [`EventError::Signature`] or [`EventError::Time`].
pub fn verify(secret: &[u8], header: Option<&str>, body: &[u8], now: Timestamp) -> Result<(), EventError> {
    let header = header.ok_or(EventError::Signature)?;
    let mut seconds = None;
    let mut candidates = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", value)) => seconds = value.parse::<i64>().ok(),
            Some(("v1", value)) if candidates.len() < MOST_CANDIDATES => candidates.extend(unhex(value)),
            _ => {}
        }
    }
    let seconds = seconds.ok_or(EventError::Signature)?;
    let wanted = mac(secret, seconds, body);
    if !candidates.iter().any(|candidate| equal_secret(candidate, &wanted)) {
        return Err(EventError::Signature);
    }
    if now.as_second().abs_diff(seconds) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(EventError::Time);
    }
    Ok(())
}

fn mac(secret: &[u8], seconds: i64, body: &[u8]) -> [u8; 32] {
    let mut signed = format!("{seconds}.").into_bytes();
    signed.extend_from_slice(body);
    hmac_sha256(secret, &signed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"whsec_test";
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn now() -> Timestamp {
        Timestamp::from_second(1_770_000_000).expect("a time")
    }

    #[test]
    fn takes_its_own_and_nothing_else() {
        let good = sign(SECRET, now().as_second(), BODY);
        assert_eq!(verify(SECRET, Some(&good), BODY, now()), Ok(()));
        assert_eq!(verify(SECRET, Some(&good), b"{}", now()), Err(EventError::Signature));
        assert_eq!(verify(b"whsec_other", Some(&good), BODY, now()), Err(EventError::Signature));
        for header in [None, Some(""), Some("t=1"), Some("t=1,v1=zz"), Some("v1=00"), Some("t=x,v1=00")] {
            assert_eq!(verify(SECRET, header, BODY, now()), Err(EventError::Signature), "{header:?}");
        }
        let old_scheme = good.replace("v1=", "v0=");
        assert_eq!(verify(SECRET, Some(&old_scheme), BODY, now()), Err(EventError::Signature));
        let far = sign(SECRET, i64::MIN, BODY);
        assert_eq!(verify(SECRET, Some(&far), BODY, now()), Err(EventError::Time));
    }

    #[test]
    fn tolerates_300_seconds_and_not_301() {
        for (age, taken) in [(300, true), (301, false), (-300, true), (-301, false), (0, true)] {
            let signed = sign(SECRET, now().as_second() - age, BODY);
            assert_eq!(verify(SECRET, Some(&signed), BODY, now()).is_ok(), taken, "{age}");
        }
    }

    #[test]
    fn one_of_several_signatures_is_enough() {
        let good = sign(SECRET, now().as_second(), BODY);
        let both = good.replace("v1=", &format!("v1={},v1=", "00".repeat(32)));
        assert_eq!(verify(SECRET, Some(&both), BODY, now()), Ok(()));
    }
}

//! The sandbox bank: built in, takes no money. Its events are signed as Stripe signs its own (outside.md §3: header
//! `t=<seconds>,v1=<hex HMAC-SHA-256 of "t.body">`, tolerance 300 s), and come in by the same door.

use super::{EventError, EventKind, PageRequest, PaymentEvent, PaymentPage};
use domain::money::Currency;
use foundation::secret::{equal_secret, hex, hmac_sha256, unhex};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The provider's name in tables and addresses.
pub const NAME: &str = "sandbox";
/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "x8-signature";
/// The account of every sandbox event.
pub const ACCOUNT: &str = "acct_sandbox";
/// How far a signature's time may be from now, seconds.
pub const TOLERANCE_SECONDS: i64 = 300;

/// The bank: knows where its pages stand and the secret it signs with.
#[derive(Clone)]
pub struct SandboxBank {
    public_url: String,
    secret: [u8; 32],
}

impl std::fmt::Debug for SandboxBank {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SandboxBank({})", self.public_url)
    }
}

#[derive(Serialize, Deserialize)]
struct Event {
    id: String,
    account: String,
    #[serde(rename = "type")]
    kind: String,
    created: i64,
    data: Data,
}

#[derive(Serialize, Deserialize)]
struct Data {
    object: Object,
}

#[derive(Serialize, Deserialize)]
struct Object {
    id: String,
    amount_total: i64,
    currency: String,
}

impl SandboxBank {
    /// A bank whose pages stand under this address.
    #[must_use]
    pub const fn new(public_url: String, secret: [u8; 32]) -> Self {
        Self { public_url, secret }
    }

    /// Makes a page. Asked twice for one payment, it names the same page.
    #[must_use]
    pub fn create_page(&self, request: &PageRequest) -> PaymentPage {
        let external_id = format!("sbx_{}", request.payment_id.simple());
        PaymentPage { url: format!("{}/test-bank/{external_id}", self.public_url), external_id }
    }

    /// An event as the bank sends it: body and signature header.
    ///
    /// # Panics
    /// Never: the event is plain data.
    #[must_use]
    pub fn event(
        &self,
        event_id: &str,
        kind: EventKind,
        page_id: &str,
        amount_minor: i64,
        currency: &str,
        now: Timestamp,
    ) -> (String, String) {
        let kind = match kind {
            EventKind::Paid => "checkout.session.completed",
            EventKind::Failed => "checkout.session.async_payment_failed",
            EventKind::Expired => "checkout.session.expired",
            EventKind::Refunded => "charge.refunded",
        };
        let event = Event {
            id: event_id.to_owned(),
            account: ACCOUNT.to_owned(),
            kind: kind.to_owned(),
            created: now.as_second(),
            data: Data {
                object: Object {
                    id: page_id.to_owned(),
                    amount_total: amount_minor,
                    currency: currency.to_lowercase(),
                },
            },
        };
        let body = serde_json::to_string(&event).expect("plain data serialises");
        let signature = self.sign(now.as_second(), body.as_bytes());
        (body, signature)
    }

    /// The signature header for a body at a time.
    #[must_use]
    pub fn sign(&self, seconds: i64, body: &[u8]) -> String {
        format!("t={seconds},v1={}", hex(&self.mac(seconds, body)))
    }

    fn mac(&self, seconds: i64, body: &[u8]) -> [u8; 32] {
        let mut signed = format!("{seconds}.").into_bytes();
        signed.extend_from_slice(body);
        hmac_sha256(&self.secret, &signed)
    }

    /// Verifies the raw bytes, then reads them.
    ///
    /// # Errors
    /// [`EventError`]: signature, its time, or the body.
    pub fn verify(&self, signature: Option<&str>, body: &[u8], now: Timestamp) -> Result<PaymentEvent, EventError> {
        let signature = signature.ok_or(EventError::Signature)?;
        let mut seconds = None;
        let mut candidates = Vec::new();
        for part in signature.split(',') {
            match part.trim().split_once('=') {
                Some(("t", value)) => seconds = value.parse::<i64>().ok(),
                Some(("v1", value)) => candidates.extend(unhex(value)),
                _ => {}
            }
        }
        let seconds = seconds.ok_or(EventError::Signature)?;
        let wanted = self.mac(seconds, body);
        if !candidates.iter().any(|candidate| equal_secret(candidate, &wanted)) {
            return Err(EventError::Signature);
        }
        if (now.as_second() - seconds).abs() > TOLERANCE_SECONDS {
            return Err(EventError::Time);
        }
        let event: Event = serde_json::from_slice(body).map_err(|_| EventError::Body)?;
        let kind = match event.kind.as_str() {
            "checkout.session.completed" | "checkout.session.async_payment_succeeded" => Some(EventKind::Paid),
            "checkout.session.async_payment_failed" => Some(EventKind::Failed),
            "checkout.session.expired" => Some(EventKind::Expired),
            "charge.refunded" => Some(EventKind::Refunded),
            _ => None,
        };
        Ok(PaymentEvent {
            external_id: event.id,
            account: event.account,
            kind,
            page_id: event.data.object.id,
            amount_minor: event.data.object.amount_total,
            currency: Currency::parse(&event.data.object.currency),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bank() -> SandboxBank {
        SandboxBank::new("https://x8.example".to_owned(), [3; 32])
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_770_000_000).expect("a time")
    }

    #[test]
    fn takes_its_own_events_and_nothing_else() {
        let (body, signature) = bank().event("evt_1", EventKind::Paid, "sbx_1", 1250, "EUR", now());
        let event = bank().verify(Some(&signature), body.as_bytes(), now()).expect("its own event");
        assert_eq!(
            (event.kind, event.amount_minor, event.currency),
            (Some(EventKind::Paid), 1250, Some(Currency::EUR))
        );

        let changed = body.replace("1250", "1251");
        assert_eq!(bank().verify(Some(&signature), changed.as_bytes(), now()), Err(EventError::Signature));
        assert_eq!(bank().verify(None, body.as_bytes(), now()), Err(EventError::Signature));
        assert_eq!(bank().verify(Some("t=1,v1=zz"), body.as_bytes(), now()), Err(EventError::Signature));
        let other = SandboxBank::new(String::new(), [4; 32]);
        assert_eq!(other.verify(Some(&signature), body.as_bytes(), now()), Err(EventError::Signature));
    }

    #[test]
    fn tolerates_299_seconds_and_not_301() {
        for (age, taken) in [(299, true), (301, false), (-301, false), (0, true)] {
            let at = Timestamp::from_second(now().as_second() - age).expect("a time");
            let (body, signature) = bank().event("evt_1", EventKind::Paid, "sbx_1", 1250, "EUR", at);
            assert_eq!(bank().verify(Some(&signature), body.as_bytes(), now()).is_ok(), taken, "{age}");
        }
    }

    #[test]
    fn one_of_two_signatures_is_enough() {
        let (body, signature) = bank().event("evt_1", EventKind::Paid, "sbx_1", 1250, "EUR", now());
        let both = signature.replace("v1=", &format!("v1={},v1=", "00".repeat(32)));
        assert!(bank().verify(Some(&both), body.as_bytes(), now()).is_ok());
    }
}

//! The sandbox bank: built in, takes no money. Its pages are ours, its events are written and signed as Stripe's and come in by
//! the same door.

use super::event::{EventKind, PaymentEvent, Subject};
use super::{Account, EventError, PageRequest, PageState, PaymentPage, PaymentProvider, Refund, Standing, signature};
use crate::error::{Error, Kind};
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

/// The provider's name in tables and addresses.
pub const NAME: &str = "sandbox";
/// The account of every sandbox event.
pub const ACCOUNT: &str = "acct_sandbox";

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

impl SandboxBank {
    /// A bank whose pages stand under this address.
    #[must_use]
    pub const fn new(public_url: String, secret: [u8; 32]) -> Self {
        Self { public_url, secret }
    }

    /// The page of a payment: always the same one.
    #[must_use]
    pub fn page(&self, payment_id: Uuid) -> PaymentPage {
        let external_id = format!("sbx_{}", payment_id.simple());
        PaymentPage { url: format!("{}/test-bank/{external_id}", self.public_url), external_id }
    }

    /// An event as the bank sends it: body and signature header.
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
        let object = json!({ "id": page_id, "amount_total": amount_minor, "currency": currency.to_lowercase() });
        let event = json!({
            "id": event_id,
            "object": "event",
            "account": ACCOUNT,
            "type": kind.event_type(),
            "created": now.as_second(),
            "livemode": false,
            "data": { "object": object },
        });
        let body = event.to_string();
        let signature = self.sign(now.as_second(), body.as_bytes());
        (body, signature)
    }

    /// The signature header for a body at a time.
    #[must_use]
    pub fn sign(&self, seconds: i64, body: &[u8]) -> String {
        signature::sign(&self.secret, seconds, body)
    }
}

/// What the bank itself remembers: nothing. Its pages are rows of the program, which knows how they stand.
fn keeps_nothing() -> Error {
    Error::new(NAME, Kind::Gone, "the sandbox bank keeps no pages")
}

#[async_trait]
impl PaymentProvider for SandboxBank {
    fn name(&self) -> &'static str {
        NAME
    }

    fn page_end(&self, _: Timestamp, wanted: Timestamp) -> Timestamp {
        wanted
    }

    async fn check(&self) -> Result<Account, Error> {
        Ok(Account { external_id: ACCOUNT.to_owned(), name: None, live: false, takes_money: true })
    }

    async fn create_page(&self, request: &PageRequest) -> Result<PaymentPage, Error> {
        Ok(self.page(request.payment_id))
    }

    async fn read_page(&self, _: &str) -> Result<PageState, Error> {
        Err(keeps_nothing())
    }

    /// The bank is this program: its signature is all the proof there can be.
    async fn read_again(&self, event: &PaymentEvent) -> Result<Option<PageState>, Error> {
        let (Some(kind), Some(Subject::Page(page))) = (event.kind, &event.subject) else { return Ok(None) };
        Ok(Some(PageState {
            external_id: page.clone(),
            payment_id: None,
            account: event.account.clone(),
            standing: match kind {
                EventKind::Paid | EventKind::Disputed | EventKind::RefundFailed => Standing::Paid,
                // An attempt failed; the page may be tried again.
                EventKind::Failed => Standing::Open,
                EventKind::Expired => Standing::Expired,
                EventKind::Refunded => Standing::Refunded,
            },
            amount_minor: event.amount,
            currency: event.currency,
            refunded_minor: if kind == EventKind::Refunded { event.amount.unwrap_or(0) } else { 0 },
        }))
    }

    /// Nothing to do: the page looks at the order before it takes anything.
    async fn expire_page(&self, _: &str) -> Result<(), Error> {
        Ok(())
    }

    async fn refund(&self, _: Uuid, _: &str) -> Result<Refund, Error> {
        Ok(Refund::Done)
    }

    fn verify(&self, header: Option<&str>, body: &[u8], now: Timestamp) -> Result<PaymentEvent, EventError> {
        signature::verify(&self.secret, header, body, now)?;
        PaymentEvent::read(&serde_json::from_slice(body).map_err(|_| EventError::Body)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::Currency;

    #[test]
    fn takes_its_own_events_and_nothing_else() {
        let bank = |secret| SandboxBank::new("https://x8.example".to_owned(), [secret; 32]);
        let now = Timestamp::from_second(1_770_000_000).expect("a time");
        let (body, signature) = bank(3).event("evt_1", EventKind::Paid, "sbx_1", 1250, "EUR", now);
        let event = bank(3).verify(Some(&signature), body.as_bytes(), now).expect("its own event");
        assert_eq!(
            (event.kind, event.amount, event.currency),
            (Some(EventKind::Paid), Some(1250), Some(Currency::EUR))
        );
        let changed = body.replace("1250", "1251");
        assert_eq!(bank(3).verify(Some(&signature), changed.as_bytes(), now), Err(EventError::Signature));
        assert_eq!(bank(4).verify(Some(&signature), body.as_bytes(), now), Err(EventError::Signature));
        assert_eq!(bank(3).verify(None, body.as_bytes(), now), Err(EventError::Signature));
    }
}

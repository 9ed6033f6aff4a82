//! Events as Stripe writes them (outside.md §3); the sandbox bank writes the same.
//!
//! What an event says is a hint and no proof: order is not kept, the same comes twice. Only its kind and what it is about are
//! read here; what follows is decided by reading the page again.

use super::EventError;
use domain::money::Currency;
use serde_json::Value;

/// What a provider reports about a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The whole sum came.
    Paid,
    /// An attempt failed.
    Failed,
    /// The page ran out.
    Expired,
    /// The money went back.
    Refunded,
    /// The money was to go back, and came to the account again.
    RefundFailed,
    /// The customer's bank takes the money back.
    Disputed,
}

impl EventKind {
    const ALL: [Self; 6] =
        [Self::Paid, Self::Failed, Self::Expired, Self::Refunded, Self::RefundFailed, Self::Disputed];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Refunded => "refunded",
            Self::RefundFailed => "refund_failed",
            Self::Disputed => "disputed",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The provider's word for it.
    pub(super) const fn event_type(self) -> &'static str {
        match self {
            Self::Paid => "checkout.session.completed",
            Self::Failed => "checkout.session.async_payment_failed",
            Self::Expired => "checkout.session.expired",
            Self::Refunded => "charge.refunded",
            Self::RefundFailed => "refund.failed",
            Self::Disputed => "charge.dispute.created",
        }
    }

    fn of_type(event_type: &str) -> Option<Self> {
        Some(match event_type {
            "checkout.session.completed" | "checkout.session.async_payment_succeeded" => Self::Paid,
            "checkout.session.async_payment_failed" => Self::Failed,
            "checkout.session.expired" => Self::Expired,
            "charge.refunded" | "refund.created" | "refund.updated" => Self::Refunded,
            "refund.failed" => Self::RefundFailed,
            "charge.dispute.created" => Self::Disputed,
            _ => return None,
        })
    }
}

/// The kinds of events that are used, by their names at the provider: a webhook is set for these.
pub const EVENT_TYPES: [&str; 8] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "charge.refunded",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
];

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A page, by its id.
    Page(String),
    /// A payment that came through a page, by the id that charges, refunds and disputes share.
    Intent(String),
}

/// A verified event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentEvent {
    /// The provider's id of the event.
    pub external_id: String,
    /// The provider's account it belongs to, where the event says so.
    pub account: Option<String>,
    /// What happened; none: a kind we do not use, which is still answered with 200.
    pub kind: Option<EventKind>,
    /// What it is about; none for kinds that we do not use.
    pub subject: Option<Subject>,
    /// Whether the money is real, where the event says so.
    pub live: Option<bool>,
    /// The sum, as the event says it.
    pub amount: Option<i64>,
    /// The currency, as the event says it.
    pub currency: Option<Currency>,
}

impl PaymentEvent {
    /// Reads a stored event.
    ///
    /// # Errors
    /// [`EventError::Body`] when it is no snapshot event.
    pub fn read(event: &Value) -> Result<Self, EventError> {
        let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        // "Thin" events are of another kind of endpoint and carry no object.
        if event["object"].as_str().is_some_and(|object| object != "event") {
            return Err(EventError::Body);
        }
        let external_id = text(&event["id"]).ok_or(EventError::Body)?;
        let event_type = event["type"].as_str().ok_or(EventError::Body)?;
        let object = &event["data"]["object"];
        if !object.is_object() {
            return Err(EventError::Body);
        }
        let kind = EventKind::of_type(event_type);
        let of_intent = object["object"].as_str().is_some_and(|object| object != "checkout.session");
        let subject = match kind {
            None => None,
            // A payment without an intent, or one that was expanded, is not from our pages.
            Some(_) if of_intent => text(&object["payment_intent"]).map(Subject::Intent),
            Some(_) => Some(Subject::Page(text(&object["id"]).ok_or(EventError::Body)?)),
        };
        Ok(Self {
            external_id,
            account: text(&event["account"]),
            kind,
            subject,
            live: event["livemode"].as_bool(),
            amount: object["amount_total"].as_i64(),
            currency: object["currency"].as_str().and_then(Currency::parse),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_an_event_is_about() {
        let session = json!({ "id": "evt_1", "object": "event", "type": "checkout.session.completed", "livemode": false,
            "data": { "object": { "id": "cs_1", "object": "checkout.session", "amount_total": 1250, "currency": "eur" } } });
        let event = PaymentEvent::read(&session).unwrap();
        assert_eq!((event.kind, event.subject), (Some(EventKind::Paid), Some(Subject::Page("cs_1".to_owned()))));
        let charge = json!({ "id": "evt_2", "type": "charge.refunded", "account": "acct_2",
            "data": { "object": { "id": "ch_1", "object": "charge", "payment_intent": "pi_1" } } });
        let event = PaymentEvent::read(&charge).unwrap();
        assert_eq!(event.account.as_deref(), Some("acct_2"));
        assert_eq!(event.subject, Some(Subject::Intent("pi_1".to_owned())));
        let other = json!({ "id": "evt_3", "type": "invoice.paid", "data": { "object": {} } });
        assert_eq!(PaymentEvent::read(&other).unwrap().kind, None);
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for broken in [
            json!(7),
            json!({}),
            json!({ "id": "evt_1" }),
            json!({ "id": "evt_1", "type": "checkout.session.completed" }),
            json!({ "id": "evt_1", "type": "checkout.session.completed", "data": { "object": {} } }),
            json!({ "id": "evt_1", "object": "v2.core.event", "type": "checkout.session.completed", "data": { "object": { "id": "cs_1" } } }),
        ] {
            assert_eq!(PaymentEvent::read(&broken), Err(EventError::Body), "{broken}");
        }
    }

    #[test]
    fn every_kind_has_its_word_and_its_type() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::parse(kind.as_str()), Some(kind));
            assert_eq!(EventKind::of_type(kind.event_type()), Some(kind));
        }
        assert!(EVENT_TYPES.iter().all(|event_type| EventKind::of_type(event_type).is_some()));
    }
}

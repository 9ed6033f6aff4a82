//! Taking money: pages that a provider hosts, and its signed events.

pub mod sandbox;

use domain::money::{Currency, Money};
use jiff::Timestamp;

/// What a provider is asked to take.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// Our id of the payment; also the idempotency key.
    pub payment_id: uuid::Uuid,
    /// The sum.
    pub amount: Money,
    /// What is being bought, for the page.
    pub description: String,
    /// Page language, ISO 639-1.
    pub language: String,
    /// When the page ends.
    pub expires_at: Timestamp,
}

/// A page that a provider made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentPage {
    /// The provider's id of it.
    pub external_id: String,
    /// Where the customer pays.
    pub url: String,
}

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
}

impl EventKind {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Refunded => "refunded",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Paid, Self::Failed, Self::Expired, Self::Refunded].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A verified event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentEvent {
    /// The provider's id of the event.
    pub external_id: String,
    /// The provider's account it belongs to.
    pub account: String,
    /// What happened; none: a kind we do not use, which is still answered with 200.
    pub kind: Option<EventKind>,
    /// The page it is about.
    pub page_id: String,
    /// The sum.
    pub amount_minor: i64,
    /// The currency.
    pub currency: Option<Currency>,
}

/// Why an event is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// No signature, or not ours.
    #[error("the signature is missing or wrong")]
    Signature,
    /// Signed, but too long ago or ahead.
    #[error("the signature's time is out of tolerance")]
    Time,
    /// Signed, but not an event.
    #[error("the body is not an event")]
    Body,
}

//! An order's two states: whether it is alive, and how far its payment is (R119–R121).

use serde::{Deserialize, Serialize};

/// How far the payment is (R119).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// No link is open.
    NoPaymentLink,
    /// A link is open and unpaid.
    PaymentLinkSent,
    /// Paid; stays until a new order starts.
    Paid,
}

impl PaymentStatus {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoPaymentLink => "no_payment_link",
            Self::PaymentLinkSent => "payment_link_sent",
            Self::Paid => "paid",
        }
    }
}

/// Whether an order is alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Confirmed by the customer; its link may be open.
    Open,
    /// Put aside by a new topic or a correction; its link is expired.
    PutAside,
    /// Its link expired unpaid.
    Expired,
    /// Paid, or free; being booked.
    Confirmed,
    /// Booked.
    Booked,
    /// Refunded.
    Refunded,
    /// Cancelled by the customer or by staff.
    Cancelled,
}

/// What happens to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OrderEvent {
    /// A payment link was sent.
    LinkSent,
    /// The provider reports the whole sum received.
    Paid,
    /// The provider reports a failed attempt.
    PaymentFailed,
    /// The link ran out.
    LinkExpired,
    /// The customer turned to something else, or corrected the order.
    PutAside,
    /// The order costs nothing and was confirmed.
    FreeConfirmed,
    /// The booking stands.
    Booked,
    /// The money went back.
    Refunded,
    /// Cancelled.
    Cancelled,
}

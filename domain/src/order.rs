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

/// Where an order stands. Both halves change together, by [`apply`] only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrderState {
    /// Whether it is alive.
    pub status: OrderStatus,
    /// How far its payment is.
    pub payment: PaymentStatus,
}

impl OrderState {
    /// A confirmed order before its link, or before it is confirmed as free.
    pub const NEW: Self = Self { status: OrderStatus::Open, payment: PaymentStatus::NoPaymentLink };

    /// Whether the company holds the customer's money: paid and not given back.
    #[must_use]
    pub fn holds_money(self) -> bool {
        self.payment == PaymentStatus::Paid && self.status != OrderStatus::Refunded
    }
}

/// An event that cannot have happened to an order in that state: a fault of the caller, not of the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} cannot follow {status:?} with {payment:?}", status = state.status, payment = state.payment)]
pub struct TransitionError {
    /// Where the order stood; it stays there.
    pub state: OrderState,
    /// What was reported.
    pub event: OrderEvent,
}

/// What an event makes of an order. What the provider reports may come twice, late or out of order and comes to the same
/// end (R119–R121, architecture "What always holds" 3 and 4).
///
/// - Money received counts whenever it arrives: after the link ran out, after the order was put aside.
/// - Money given back ends the order, also when that is heard before the payment itself.
/// - A failed attempt and an expiry heard after the payment change nothing.
/// - An order is booked only when it is paid, or free and confirmed; a free order never has a link.
///
/// # Errors
/// [`TransitionError`] where no rule explains the event; the order stays as it was.
pub fn apply(state: OrderState, event: OrderEvent) -> Result<OrderState, TransitionError> {
    use OrderStatus::{Booked, Cancelled, Confirmed, Expired, Open, PutAside, Refunded};
    use PaymentStatus::{NoPaymentLink, Paid, PaymentLinkSent};

    let OrderState { status, payment } = state;
    let becomes = |status, payment| Ok(OrderState { status, payment });
    let impossible = Err(TransitionError { state, event });
    match event {
        OrderEvent::LinkSent => match (status, payment) {
            // The news of our own link is overtaken by what happened to it.
            (_, Paid) => Ok(state),
            (Open | Expired, _) => becomes(Open, PaymentLinkSent),
            _ => impossible,
        },
        OrderEvent::Paid => match status {
            Open | Expired | PutAside => becomes(Confirmed, Paid),
            // The order stays ended or booked, and the money stays visible on it.
            Confirmed | Booked | Refunded | Cancelled => becomes(status, Paid),
        },
        OrderEvent::PaymentFailed => Ok(state),
        OrderEvent::LinkExpired => match (status, payment) {
            (Open, PaymentLinkSent) => becomes(Expired, NoPaymentLink),
            _ => Ok(state),
        },
        OrderEvent::PutAside => match status {
            Open | Expired | PutAside if payment != Paid => becomes(PutAside, NoPaymentLink),
            _ => Ok(state),
        },
        OrderEvent::FreeConfirmed => match (status, payment) {
            (Open, NoPaymentLink) => becomes(Confirmed, NoPaymentLink),
            (Confirmed | Booked, NoPaymentLink) => Ok(state),
            _ => impossible,
        },
        OrderEvent::Booked => match status {
            Confirmed | Booked => becomes(Booked, payment),
            _ => impossible,
        },
        OrderEvent::Refunded => match (status, payment) {
            // A free order that was confirmed has no money to give back.
            (Confirmed | Booked, NoPaymentLink | PaymentLinkSent) => impossible,
            _ => becomes(Refunded, Paid),
        },
        OrderEvent::Cancelled => match (status, payment) {
            (Refunded, _) => Ok(state),
            (_, Paid) => becomes(Cancelled, Paid),
            _ => becomes(Cancelled, NoPaymentLink),
        },
    }
}

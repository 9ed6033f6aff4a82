//! An order's states under events that come late, twice and out of order (reliability.md cases 24, 42, 44).

use domain::order::{OrderEvent, OrderState, OrderStatus, PaymentStatus, TransitionError, apply};
use proptest::prelude::*;

const EVENTS: [OrderEvent; 9] = [
    OrderEvent::LinkSent,
    OrderEvent::Paid,
    OrderEvent::PaymentFailed,
    OrderEvent::LinkExpired,
    OrderEvent::PutAside,
    OrderEvent::FreeConfirmed,
    OrderEvent::Booked,
    OrderEvent::Refunded,
    OrderEvent::Cancelled,
];
const STATUSES: [OrderStatus; 7] = [
    OrderStatus::Open,
    OrderStatus::PutAside,
    OrderStatus::Expired,
    OrderStatus::Confirmed,
    OrderStatus::Booked,
    OrderStatus::Refunded,
    OrderStatus::Cancelled,
];
const PAYMENTS: [PaymentStatus; 3] =
    [PaymentStatus::NoPaymentLink, PaymentStatus::PaymentLinkSent, PaymentStatus::Paid];

fn every_state() -> impl Iterator<Item = OrderState> {
    STATUSES.into_iter().flat_map(|status| PAYMENTS.into_iter().map(move |payment| OrderState { status, payment }))
}

/// As the engine does: an impossible event leaves the order as it is.
fn after(events: &[OrderEvent]) -> OrderState {
    events.iter().fold(OrderState::NEW, |state, event| apply(state, *event).unwrap_or(state))
}

fn state(status: OrderStatus, payment: PaymentStatus) -> OrderState {
    OrderState { status, payment }
}

fn permutations(events: &[OrderEvent]) -> Vec<Vec<OrderEvent>> {
    if events.is_empty() {
        return vec![Vec::new()];
    }
    (0..events.len())
        .flat_map(|at| {
            let mut rest = events.to_vec();
            let first = rest.remove(at);
            permutations(&rest).into_iter().map(move |mut tail| {
                tail.insert(0, first);
                tail
            })
        })
        .collect()
}

#[test]
fn the_usual_way() {
    use OrderEvent::{Booked, FreeConfirmed, LinkExpired, LinkSent, Paid, PaymentFailed, PutAside};
    let sent = state(OrderStatus::Open, PaymentStatus::PaymentLinkSent);
    assert_eq!(after(&[LinkSent]), sent);
    assert_eq!(after(&[LinkSent, PaymentFailed]), sent);
    assert_eq!(after(&[LinkSent, Paid]), state(OrderStatus::Confirmed, PaymentStatus::Paid));
    assert_eq!(after(&[LinkSent, Paid, Booked]), state(OrderStatus::Booked, PaymentStatus::Paid));
    assert_eq!(after(&[LinkSent, LinkExpired]), state(OrderStatus::Expired, PaymentStatus::NoPaymentLink));
    assert_eq!(after(&[LinkSent, LinkExpired, LinkSent]), sent);
    assert_eq!(after(&[LinkSent, PutAside]), state(OrderStatus::PutAside, PaymentStatus::NoPaymentLink));
    assert_eq!(after(&[FreeConfirmed, Booked]), state(OrderStatus::Booked, PaymentStatus::NoPaymentLink));
}

#[test]
fn a_late_payment_counts() {
    use OrderEvent::{LinkExpired, LinkSent, Paid, PutAside};
    for late in [[LinkSent, LinkExpired, Paid], [LinkSent, PutAside, Paid]] {
        assert_eq!(after(&late), state(OrderStatus::Confirmed, PaymentStatus::Paid), "{late:?}");
    }
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let free = state(OrderStatus::Confirmed, PaymentStatus::NoPaymentLink);
    for (from, event) in [
        (free, OrderEvent::LinkSent),
        (free, OrderEvent::Refunded),
        (OrderState::NEW, OrderEvent::Booked),
        (state(OrderStatus::Open, PaymentStatus::PaymentLinkSent), OrderEvent::Booked),
        (state(OrderStatus::Open, PaymentStatus::PaymentLinkSent), OrderEvent::FreeConfirmed),
        (state(OrderStatus::Expired, PaymentStatus::NoPaymentLink), OrderEvent::Booked),
        (state(OrderStatus::PutAside, PaymentStatus::NoPaymentLink), OrderEvent::LinkSent),
        (state(OrderStatus::Cancelled, PaymentStatus::Paid), OrderEvent::Booked),
        (state(OrderStatus::Refunded, PaymentStatus::Paid), OrderEvent::Booked),
    ] {
        assert_eq!(apply(from, event), Err(TransitionError { state: from, event }));
    }
}

#[test]
fn every_order_of_events_with_a_payment_ends_the_same() {
    use OrderEvent::{Cancelled, LinkExpired, LinkSent, Paid, PaymentFailed, PutAside, Refunded};
    let others = [LinkSent, PaymentFailed, LinkExpired, PutAside];
    for chosen in 0_u32..16 {
        let mut events: Vec<OrderEvent> =
            others.iter().enumerate().filter(|(at, _)| chosen & (1 << at) != 0).map(|(_, event)| *event).collect();
        for (ending, status) in [
            (vec![Paid], OrderStatus::Confirmed),
            (vec![Paid, Refunded], OrderStatus::Refunded),
            (vec![Paid, Cancelled], OrderStatus::Cancelled),
        ] {
            let length = events.len();
            events.extend(ending);
            for order in permutations(&events) {
                assert_eq!(after(&order), state(status, PaymentStatus::Paid), "{order:?}");
            }
            events.truncate(length);
        }
    }
    // A refund heard before the payment ends refunded, nothing left over.
    assert_eq!(after(&[LinkSent, Refunded, Paid]), state(OrderStatus::Refunded, PaymentStatus::Paid));
    assert_eq!(after(&[LinkSent, Refunded]), after(&[LinkSent, Refunded, Paid]));
}

#[test]
fn twice_is_once_and_paid_stays() {
    for from in every_state() {
        for event in EVENTS {
            let Ok(once) = apply(from, event) else { continue };
            assert_eq!(apply(once, event), Ok(once), "{from:?} {event:?}");
            if from.payment == PaymentStatus::Paid {
                assert_eq!(once.payment, PaymentStatus::Paid, "{from:?} {event:?}");
            }
            if from.status == OrderStatus::Refunded {
                assert_eq!(once.status, OrderStatus::Refunded, "{event:?}");
            }
        }
        assert_eq!(apply(from, OrderEvent::PaymentFailed), Ok(from));
    }
}

proptest! {
    #[test]
    fn money_in_less_refunds_is_what_the_paid_orders_hold(
        orders in proptest::collection::vec(
            (1_i64..1_000_000, proptest::collection::vec(proptest::sample::select(vec![
                OrderEvent::LinkSent, OrderEvent::Paid, OrderEvent::PaymentFailed, OrderEvent::LinkExpired,
                OrderEvent::PutAside, OrderEvent::Refunded, OrderEvent::Cancelled, OrderEvent::Booked,
            ]), 0..24)),
            1..8,
        ),
    ) {
        let (mut held, mut received, mut returned) = (0, 0, 0);
        for (total, events) in &orders {
            if after(events).holds_money() {
                held += total;
            }
            let refunded = events.contains(&OrderEvent::Refunded);
            // The provider gives back only what it had taken, whichever of the two is heard.
            received += if refunded || events.contains(&OrderEvent::Paid) { *total } else { 0 };
            returned += if refunded { *total } else { 0 };
        }
        prop_assert_eq!(received - returned, held);
    }

    #[test]
    fn booked_means_paid_or_free(
        events in proptest::collection::vec(proptest::sample::select(EVENTS.to_vec()), 0..20),
    ) {
        let mut current = OrderState::NEW;
        let (mut paid, mut free) = (false, false);
        for event in events {
            let next = apply(current, event).unwrap_or(current);
            paid |= event == OrderEvent::Paid;
            free |= event == OrderEvent::FreeConfirmed && apply(current, event).is_ok();
            if next.status == OrderStatus::Booked {
                prop_assert!(paid || free);
            }
            // A link is open only on an order that is alive and not free.
            if next.payment == PaymentStatus::PaymentLinkSent {
                prop_assert_eq!(next.status, OrderStatus::Open);
            }
            current = next;
        }
    }

    #[test]
    fn repeating_any_event_later_cannot_undo_a_payment(
        before in proptest::collection::vec(proptest::sample::select(EVENTS.to_vec()), 0..10),
        later in proptest::collection::vec(proptest::sample::select(EVENTS.to_vec()), 0..10),
    ) {
        let mut events = before;
        events.push(OrderEvent::Paid);
        events.extend(later);
        prop_assert_eq!(after(&events).payment, PaymentStatus::Paid);
    }
}

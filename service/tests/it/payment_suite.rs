//! What every provider of payments must do, the sandbox bank and Stripe by one suite (reliability.md §10.C).

use crate::payment_support::{Bank, Happens, Till};
use entity::stored::{OrderStatus, PaymentState, PaymentStatus};
use service::payment::Link;
use std::time::Duration;

crate::suite! {
Till { sandbox: Bank::Sandbox, stripe: Bank::Stripe } {
    /// Architecture §6.3, reliability.md case 23.
    async fn one_event_many_times_is_one_payment(till: Till) {
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        let (body, signature) = till.happens(&page, Happens::Paid).await;
        let before = till.shop.sent().await.len();
        let deliveries = (0..20).map(|_| till.deliver(&body, Some(&signature)));
        for delivered in futures::future::join_all(deliveries).await {
            delivered.unwrap();
        }
        till.shop.run().await;
        assert_eq!(till.events().await, 1);
        assert_eq!(till.now(&order).await.status, OrderStatus::Booked);
        assert_eq!(till.shop.standing().await, 1);
        assert_eq!(till.shop.sent().await.len() - before, 2, "one receipt and one confirmation");
        assert!(matches!(till.link(&order).await.unwrap(), Link::Paid(_)));
        till.check();
    }

    /// reliability.md cases 25, 26: refused, and nothing is stored.
    async fn a_wrong_signature_or_an_old_one_stores_nothing(till: Till) {
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        let (body, signature) = till.happens(&page, Happens::Paid).await;
        for (body, signature) in [
            (body.replace("4500", "4501"), Some(signature.as_str())),
            (format!("{body} "), Some(signature.as_str())),
            (body.clone(), None),
            (body.clone(), Some("")),
            (body.clone(), Some("t=1,v1=00")),
        ] {
            let refused = till.deliver(&body, signature).await;
            assert!(matches!(refused, Err(service::Error::Unauthenticated)), "{refused:?}");
        }
        till.shop.kit.advance(Duration::from_secs(301));
        let old = till.deliver(&body, Some(&signature)).await;
        assert!(matches!(old, Err(service::Error::Invalid(_))), "{old:?}");
        let unknown = service::payment::receive(&till.shop.kit.ctx, "nobody", Some(&signature), body.as_bytes()).await;
        assert!(matches!(unknown, Err(service::Error::NotFound(_))));
        assert_eq!(till.events().await, 0);
    }

    /// reliability.md cases 24, 42: the end is the same in either order of the events.
    async fn a_refund_ends_refunded_in_either_order(till: Till) {
        for (customer, late) in [("ann", false), ("bob", true)] {
            let order = till.shop.roses(customer).await;
            let page = till.page(&order).await;
            let paid = till.happens(&page, Happens::Paid).await;
            let refunded = till.happens(&page, Happens::Refunded).await;
            let events = if late { [&refunded, &paid] } else { [&paid, &refunded] };
            for (body, signature) in events {
                till.deliver(body, Some(signature)).await.unwrap();
                till.shop.run().await;
            }
            assert_eq!(till.now(&order).await.status, OrderStatus::Refunded, "{customer}");
            assert_eq!(till.shop.standing().await, 0, "{customer}: no booking is left");
        }
        till.check();
    }

    /// commerce.md "Link and status": what comes late still counts.
    async fn a_late_payment_still_books(till: Till) {
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        // Paid in the last moment; the event takes its time.
        let (body, _) = till.happens(&page, Happens::Paid).await;
        till.shop.kit.advance(Duration::from_secs(27 * 3600));
        if till.stripe.is_none() {
            till.shop.run().await;
            assert_eq!(till.now(&order).await.status, OrderStatus::Expired);
            till.then(&page, Happens::Paid).await;
        } else {
            // Its deliveries were lost: the look after the page's end finds the money.
            till.shop.run().await;
        }
        drop(body);
        assert_eq!(till.now(&order).await.status, OrderStatus::Booked);
        assert_eq!(till.shop.standing().await, 1);
        till.check();
    }

    /// A page that has ended gives way to a fresh one, and only one is open at a time.
    async fn an_ended_page_gives_way_to_a_fresh_one(till: Till) {
        let order = till.shop.roses("ann").await;
        let first = till.page(&order).await;
        assert_eq!(till.page(&order).await, first, "the same page as long as it is open");
        till.then(&first, Happens::RunOut).await;
        assert_eq!(till.now(&order).await.payment_status, PaymentStatus::PaymentLinkSent, "the link itself is open");
        let second = till.page(&order).await;
        assert_ne!(first, second);
        till.then(&second, Happens::Paid).await;
        let states: Vec<_> = till.payments(&order).await.into_iter().map(|page| page.status).collect();
        assert_eq!(states, [PaymentState::Expired, PaymentState::Paid]);
        assert_eq!(till.shop.standing().await, 1);
        till.check();
    }

    /// Staff give the money back: once, however often it is pressed, and the customer is told when it is done.
    async fn staff_give_the_money_back_once(till: Till) {
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        let ctx = &till.shop.kit.ctx;
        let refund = || service::order::refund(ctx, &till.shop.scope, order.id);
        assert!(matches!(refund().await, Err(service::Error::Invalid(errors)) if errors[0].code == "NOT_PAID"));
        till.then(&page, Happens::Paid).await;
        let before = till.shop.sent().await.len();
        for _ in 0..3 {
            refund().await.unwrap();
        }
        till.shop.run().await;
        assert_eq!(till.now(&order).await.status, OrderStatus::Refunded);
        assert_eq!(till.payments(&order).await[0].status, PaymentState::Refunded);
        assert_eq!(till.shop.standing().await, 0);
        assert_eq!(till.shop.sent().await.len() - before, 1, "told once");
        assert!(refund().await.is_err());
        if let Some(stripe) = &till.stripe {
            assert_eq!((stripe.world.refunds(), stripe.world.balance()), (1, 0));
        }
        till.check();
    }

    /// commerce.md "Link and status": a new topic, a correction, a cancellation end the page.
    async fn a_closed_order_is_paid_no_more(till: Till) {
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        service::order::cancel(&till.shop.kit.ctx, &till.shop.scope, order.id).await.unwrap();
        till.shop.run().await;
        assert!(matches!(till.link(&order).await.unwrap(), Link::Closed(_)));
        assert_eq!(till.payments(&order).await[0].status, PaymentState::Expired);
        if let Some(stripe) = &till.stripe {
            assert_eq!(stripe.world.session(&page)["status"], "expired");
        }
        till.check();
    }
}
}

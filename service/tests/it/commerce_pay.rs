//! Money: events twice, late, out of order, wrong; holds that two want (reliability.md §10.C).

use crate::commerce_support::Shop;
use entity::stored::{OrderStatus, PaymentStatus};
use entity::{payment_event, slot_hold, stock_level};
use gateway::payment::EventKind;
use gateway::payment::sandbox::NAME;
use sea_orm::{EntityTrait, PaginatorTrait};
use std::time::Duration;

testkit::both! {
    /// Architecture §6.3, reliability.md case 23.
    async fn one_event_a_hundred_times_is_one_payment_one_booking_one_receipt(kit: Kit) {
        let shop = Shop::open(kit).await;
        let order = shop.roses("ann").await;
        let page = shop.page(&order).await;
        let before = shop.sent().await.len();
        let ctx = &shop.kit.ctx;
        let bank = service::payment::bank(ctx);
        let (body, signature) = bank.event("evt_1", EventKind::Paid, &page, 4500, "EUR", ctx.now());
        let deliveries = (0..100).map(|_| service::payment::receive(ctx, NAME, Some(&signature), body.as_bytes()));
        for delivered in futures::future::join_all(deliveries).await {
            delivered.unwrap();
        }
        shop.run().await;
        assert_eq!(payment_event::Entity::find().count(&ctx.db().read_across()).await.unwrap(), 1);
        assert_eq!(shop.order().await.status, OrderStatus::Booked);
        assert_eq!(shop.standing().await, 1);
        assert_eq!(shop.sent().await.len() - before, 2, "one receipt and one confirmation");
    }

    /// Architecture §6.4.
    async fn nothing_is_booked_before_the_money_or_after_a_failed_try(kit: Kit) {
        let shop = Shop::open(kit).await;
        let order = shop.roses("ann").await;
        let page = shop.page(&order).await;
        assert_eq!(shop.standing().await, 0);
        shop.bank(&page, EventKind::Failed).await;
        assert_eq!(shop.standing().await, 0);
        assert_eq!(shop.order().await.payment_status, PaymentStatus::PaymentLinkSent);
        shop.bank(&page, EventKind::Paid).await;
        assert_eq!(shop.standing().await, 1);
    }

    /// reliability.md case 43.
    async fn a_sum_that_is_not_the_orders_books_nothing_and_alerts(kit: Kit) {
        let shop = Shop::open(kit).await;
        let order = shop.roses("ann").await;
        let page = shop.page(&order).await;
        let ctx = &shop.kit.ctx;
        let (body, signature) = service::payment::bank(ctx).event("evt_1", EventKind::Paid, &page, 1, "EUR", ctx.now());
        service::payment::receive(ctx, NAME, Some(&signature), body.as_bytes()).await.unwrap();
        shop.run().await;
        assert_eq!(shop.standing().await, 0);
        assert_eq!(shop.order().await.payment_status, PaymentStatus::PaymentLinkSent);
        let conversation = shop.conversation(order.conversation_id).await;
        assert_eq!(conversation.attention_reason.as_deref(), Some("payment_mismatch"));
    }

    /// reliability.md cases 25, 26: refused, and nothing is stored.
    async fn a_wrong_signature_or_an_old_one_stores_nothing(kit: Kit) {
        let shop = Shop::open(kit).await;
        let order = shop.roses("ann").await;
        let page = shop.page(&order).await;
        let ctx = &shop.kit.ctx;
        let (body, signature) = service::payment::bank(ctx).event("evt_1", EventKind::Paid, &page, 4500, "EUR", ctx.now());
        let changed = body.replace("4500", "4501");
        let refused = service::payment::receive(ctx, NAME, Some(&signature), changed.as_bytes()).await;
        assert!(matches!(refused, Err(service::Error::Unauthenticated)));
        assert!(service::payment::receive(ctx, NAME, None, body.as_bytes()).await.is_err());
        shop.kit.advance(Duration::from_secs(301));
        let old = service::payment::receive(ctx, NAME, Some(&signature), body.as_bytes()).await;
        assert!(matches!(old, Err(service::Error::Invalid(_))));
        assert_eq!(payment_event::Entity::find().count(&ctx.db().read_across()).await.unwrap(), 0);
    }

    /// commerce.md "Link and status": a payment that comes late still counts.
    async fn a_late_payment_of_an_expired_link_still_books(kit: Kit) {
        let shop = Shop::open(kit).await;
        let order = shop.roses("ann").await;
        let page = shop.page(&order).await;
        shop.kit.advance(Duration::from_secs(27 * 3600));
        shop.run().await;
        let expired = shop.order().await;
        assert_eq!((expired.status, expired.payment_status), (OrderStatus::Expired, PaymentStatus::NoPaymentLink));
        shop.bank(&page, EventKind::Paid).await;
        assert_eq!(shop.order().await.status, OrderStatus::Booked);
        assert_eq!(shop.standing().await, 1);
    }

    /// reliability.md cases 24, 42.
    async fn a_refund_ends_refunded_in_either_order(kit: Kit) {
        let shop = Shop::open(kit).await;
        for (customer, events) in [
            ("ann", [EventKind::Paid, EventKind::Refunded]),
            ("bob", [EventKind::Refunded, EventKind::Paid]),
        ] {
            let order = shop.roses(customer).await;
            let page = shop.page(&order).await;
            for event in events {
                shop.bank(&page, event).await;
            }
            assert_eq!(shop.order().await.status, OrderStatus::Refunded, "{customer}");
            assert_eq!(shop.standing().await, 0, "{customer}: no booking is left");
        }
    }

    /// Two pages of one order paid: the money is visible, the booking is one.
    async fn a_second_payment_of_one_order_alerts_and_books_nothing_more(kit: Kit) {
        let shop = Shop::open(kit).await;
        let order = shop.roses("ann").await;
        let first = shop.page(&order).await;
        shop.bank(&first, EventKind::Expired).await;
        let second = shop.page(&order).await;
        assert_ne!(first, second, "an expired page gives way to a fresh one");
        shop.bank(&second, EventKind::Paid).await;
        shop.bank(&first, EventKind::Paid).await;
        assert_eq!(shop.standing().await, 1);
        let conversation = shop.conversation(order.conversation_id).await;
        assert_eq!(conversation.attention_reason.as_deref(), Some("paid_twice"));
    }

    /// Architecture §6.7: one specialist, one hour, two customers.
    async fn a_slot_is_held_by_one_and_offered_to_nobody_else(kit: Kit) {
        let shop = Shop::open(kit).await;
        let wish = |name: &str| format!("A back massage in Valencia tomorrow at 11:00. I'm {name}, +447700900111. I confirm");
        shop.say("ann", &wish("Ann Lee")).await;
        let held = slot_hold::Entity::find().count(&shop.kit.ctx.db().read_across()).await.unwrap();
        assert_eq!(held, 12, "an hour is twelve units of five minutes");
        let reply = shop.say("bob", &wish("Bob Ray")).await.join("\n");
        assert_eq!(shop.orders().await.len(), 1, "{reply}");
        assert!(!reply.contains("/p/"), "{reply}");
        // The link of the first runs out: the hour is free again.
        shop.kit.advance(Duration::from_secs(27 * 3600));
        shop.run().await;
        assert_eq!(slot_hold::Entity::find().count(&shop.kit.ctx.db().read_across()).await.unwrap(), 0);
    }

    /// reliability.md case 39: both confirm at the same moment, and both turns run at once.
    async fn of_two_checkouts_at_once_one_gets_the_slot(kit: Kit) {
        let shop = Shop::open(kit).await;
        for round in 1..=5_usize {
            let hour = 9 + round;
            for name in ["Ann Lee", "Bob Ray"] {
                let customer = format!("{name}{round}");
                let wish = format!(
                    "A back massage in Valencia tomorrow at {hour}:00. I'm {name}, +44770090011{}. I confirm",
                    if name == "Ann Lee" { 1 } else { 2 }
                );
                shop.write(&customer, &wish).await;
            }
            let ctx = &shop.kit.ctx;
            let claimed =
                service::job::claim(ctx, "both", &["answer_turn"], 2, Duration::from_secs(60)).await.unwrap();
            assert_eq!(claimed.len(), 2);
            let registry = service::jobs::registry();
            let turns = claimed.iter().map(|claimed| {
                let turn = registry.kind("answer_turn").unwrap().run(ctx.clone(), claimed.clone());
                tokio::spawn(turn)
            });
            for (turn, claimed) in turns.collect::<Vec<_>>().into_iter().zip(&claimed) {
                if let Err(failure) = turn.await.unwrap() {
                    // Lost the race three times: the ledger tries again.
                    service::job::fail(ctx, claimed, &failure).await.unwrap();
                    shop.kit.advance(Duration::from_secs(60));
                }
            }
            shop.run().await;
            assert_eq!(shop.orders().await.len(), round, "one of the two has it");
            let held = slot_hold::Entity::find().count(&ctx.db().read_across()).await.unwrap();
            assert_eq!(held, 12 * round as u64, "an hour is twelve units of five minutes");
        }
    }

    /// reliability.md case 78, architecture §6.5: sums are exact on both databases, whatever their size.
    async fn sums_come_back_as_they_were(kit: Kit) {
        let shop = Shop::open(kit).await;
        let order = shop.roses("ann").await;
        let db = &shop.kit.ctx.db().read_across();
        for sum in [1_i64, 9_007_199_254_740_993, 1_000_000_000_000_000, i64::MAX] {
            let mut row = entity::order::ActiveModel::from(order.clone());
            row.total_minor = sea_orm::ActiveValue::Set(sum);
            sea_orm::ActiveModelTrait::update(row, db).await.unwrap();
            assert_eq!(shop.order().await.total_minor, sum);
        }
        let mut row = entity::order::ActiveModel::from(order.clone());
        row.total_minor = sea_orm::ActiveValue::Set(order.total_minor);
        sea_orm::ActiveModelTrait::update(row, db).await.unwrap();
    }

    /// commerce.md "Never shown" and architecture §6.7: three trees, four wanted.
    async fn stock_is_never_oversold_and_never_told(kit: Kit) {
        let shop = Shop::open(kit).await;
        shop.say("ann", "Two olive trees to Valencia. I'm Ann Lee, +447700900111. I confirm the order").await;
        assert_eq!(shop.orders().await.len(), 1);
        let reply = shop.say("bob", "Two olive trees to Valencia. I'm Bob Ray, +447700900112. I confirm the order").await.join("\n");
        assert_eq!(shop.orders().await.len(), 1, "{reply}");
        assert!(!reply.contains('3') || !reply.to_lowercase().contains("stock"), "{reply}");
        let level = stock_level::Entity::find().one(&shop.kit.ctx.db().read_across()).await.unwrap().expect("a level");
        assert_eq!((level.taken_units, level.limit_units), (2, 3));
    }
}

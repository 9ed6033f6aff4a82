//! An account at a provider that fails repeatedly is left alone for a while: jobs wait and no attempt is counted, staff see it,
//! others are not touched, and one call that is answered ends it (reliability.md case 129). Time is the test's own.

use crate::calendar_google::Diary;
use crate::payment_support::{Happens, Till};
use entity::stored::{ChannelLogKind, ChannelStatus, OrderStatus};
use gateway::breaker::FAILURES;
use service::Error;
use service::payment::Link;
use std::time::Duration;
use testkit::fake::{Fault, Reply};

const OTHER_KEY: &str = "sk_test_other0123456789abcdefghi";

fn away() -> Fault {
    Fault::Answer(Reply::bytes(503, ""))
}

testkit::both! {
    async fn stripe_is_left_alone(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let other = till.beside().await;
        let ctx = &till.shop.kit.ctx;
        service::payment::connect_stripe(&other.shop.kit.ctx, &other.shop.scope, OTHER_KEY, None).await.unwrap();
        till.at().world.add_account(OTHER_KEY, "acct_test_other");
        other.shop.run().await;
        let theirs = other.shop.roses("bob").await;
        let mut orders = Vec::new();
        for customer in ["ann", "carol", "dave"] {
            orders.push(till.shop.roses(customer).await);
        }
        for order in &orders {
            let page = till.page(order).await;
            let (body, signature) = till.happens(&page, Happens::Paid).await;
            till.deliver(&body, Some(&signature)).await.unwrap();
        }
        let before = till.at().server.calls("/v1/").len();
        (0..100).for_each(|_| till.at().server.fail("/v1/checkout/sessions/", away()));
        let attempts = async || {
            let jobs = till.shop.kit.jobs().await;
            let settling = jobs.into_iter().filter(|job| job.kind == "settle_payment");
            settling.map(|job| usize::try_from(job.attempts).unwrap()).sum::<usize>()
        };
        let mut calls = 0;
        for second in 0..15 * 60 {
            till.shop.run().await;
            till.shop.kit.advance(Duration::from_secs(1));
            calls = till.at().server.calls("/v1/").len() - before;
            assert!(second > 30 || calls <= FAILURES as usize, "{calls} calls in the first half minute");
        }
        // A call now and then, and the attempts are those that were made.
        assert!((10..=5 + 30).contains(&calls), "{calls} calls");
        assert_eq!(attempts().await, calls, "what was not tried is not counted");
        let account = till.account().await;
        assert_eq!((account.status, account.error_code.as_deref()), (ChannelStatus::Error, Some("circuit_open")));
        let log = service::integration::log(ctx, &till.shop.scope, account.id, 100).await.unwrap();
        let said = log.iter().filter(|line| line.detail.as_deref().is_some_and(|text| text.starts_with("circuit_open")));
        assert_eq!(said.count(), 1, "one line for a long outage: {log:?}");
        // Others are not touched, and a customer who opens a link meanwhile does not wait for a provider that is away.
        let waits = till.shop.roses("erin").await;
        till.at().server.fail("/v1/checkout/sessions", away());
        assert!(matches!(till.link(&waits).await, Err(Error::Unavailable(_))));
        let quiet = till.at().server.calls("/v1/").len();
        assert!(matches!(till.link(&waits).await, Err(Error::Unavailable(_))));
        assert_eq!(till.at().server.calls("/v1/").len(), quiet);
        till.at().server.heal();
        assert!(matches!(other.link(&theirs).await.unwrap(), Link::Page { .. }));
        // It is back.
        for _ in 0..12 {
            till.shop.kit.advance(Duration::from_secs(100));
            till.shop.run().await;
        }
        for order in &orders {
            assert_eq!(till.now(order).await.status, OrderStatus::Booked);
        }
        till.is_connected().await;
        till.page(&waits).await;
        let log = service::integration::log(ctx, &till.shop.scope, account.id, 1).await.unwrap();
        assert_eq!(log[0].kind, ChannelLogKind::Connected);
        till.check();
    }

    /// A job that waits for a provider waits for days, not for ever.
    async fn waiting_has_an_end(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        till.then(&page, Happens::Paid).await;
        service::order::refund(&till.shop.kit.ctx, &till.shop.scope, order.id).await.unwrap();
        (0..500).for_each(|_| till.at().server.fail("/v1/", away()));
        for _ in 0..80 {
            till.shop.run().await;
            till.shop.kit.advance(Duration::from_secs(3600));
        }
        let jobs = till.shop.kit.jobs().await;
        let refund = jobs.iter().find(|job| job.kind == "refund_payment").unwrap();
        assert_eq!(refund.status, entity::stored::JobStatus::Dead);
        assert_eq!(till.attention(&order).await.as_deref(), Some("refund_failed"));
        till.shop.kit.may_remain("refund_payment");
    }

    async fn google_is_left_alone(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let mut orders = Vec::new();
        for (customer, hour) in [("ann", 10), ("bob", 12), ("carol", 16)] {
            orders.push(diary.massage(customer, hour).await);
        }
        (0..200).for_each(|_| diary.doors.api.fail("/events", away()));
        let before = diary.doors.api.calls("/events").len();
        for order in &orders {
            diary.pay(order).await;
        }
        for _ in 0..10 * 60 {
            diary.pass(1).await;
        }
        let calls = diary.doors.api.calls("/events").len() - before;
        assert!(calls <= 5 + 20, "{calls} calls in ten minutes");
        assert_eq!(diary.account().await.error_code.as_deref(), Some("circuit_open"));
        let jobs = diary.shop.kit.jobs().await;
        let writing = jobs.iter().filter(|job| job.kind == "write_booking");
        let attempts: i32 = writing.map(|job| job.attempts).sum();
        assert!(attempts <= i32::try_from(calls).unwrap(), "{attempts} attempts and {calls} calls");
        assert!(diary.world.events().is_empty());
        diary.doors.api.heal();
        for _ in 0..10 {
            diary.pass(100).await;
        }
        assert_eq!(diary.world.events().len(), 3);
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
        diary.check();
    }
}

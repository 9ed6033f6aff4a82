//! Money that comes when nobody waits for it any more: each of these was once lost from sight (reliability.md case 44).

use crate::payment_support::{Happens, Till};
use entity::stored::{OrderStatus, PaymentState};
use service::payment::Link;
use std::time::Duration;
use testkit::fake::stripe::KEY;

const DAY: Duration = Duration::from_secs(24 * 3600);
const OTHER_KEY: &str = "sk_test_other0123456789abcdefghi";

testkit::both! {
    /// Paid in the page's last moment; its event is lost, and the customer has opened a fresh page: the old one is looked at, and
    /// the fresh one is ended before it is paid too.
    async fn the_last_moment_of_a_page_that_gave_way(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let first = till.page(&order).await;
        till.at().world.pay(&first);
        till.shop.kit.advance(DAY);
        let second = till.page(&order).await;
        assert_ne!(first, second);
        till.shop.run().await;
        assert_eq!(till.now(&order).await.status, OrderStatus::Booked);
        assert_eq!(till.at().world.session(&second)["status"], "expired");
        assert_eq!(till.at().world.balance(), 4500);
        till.check();
    }

    /// Paid twice: what is given back first is the second payment, and the order stays. Only the last one that goes ends it.
    async fn what_was_paid_too_much_goes_back_alone(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let first = till.page(&order).await;
        let paid = till.happens(&first, Happens::Paid).await;
        till.shop.kit.advance(DAY);
        let second = till.page(&order).await;
        let again = till.happens(&second, Happens::Paid).await;
        till.deliver(&again.0, Some(&again.1)).await.unwrap();
        till.shop.run().await;
        let (body, _) = paid;
        let event = serde_json::from_str(&body).unwrap();
        till.event(&event).await;
        assert_eq!(till.attention(&order).await.as_deref(), Some("paid_twice"));
        let ctx = &till.shop.kit.ctx;
        service::order::refund(ctx, &till.shop.scope, order.id).await.unwrap();
        till.shop.run().await;
        assert_eq!(till.now(&order).await.status, OrderStatus::Booked, "the other payment stands");
        assert_eq!((till.shop.standing().await, till.at().world.balance()), (1, 4500));
        service::order::refund(ctx, &till.shop.scope, order.id).await.unwrap();
        till.shop.run().await;
        assert_eq!(till.now(&order).await.status, OrderStatus::Refunded);
        assert_eq!((till.shop.standing().await, till.at().world.balance()), (0, 0));
        till.check();
    }

    /// A bank debit that was begun while the page was being closed here: waited for, and found without any event.
    async fn a_debit_of_a_closed_page_is_waited_for(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        till.at().world.pay_later(&page);
        service::order::expire_link_now(&till.shop.kit.ctx, &till.shop.scope, order.id).await.unwrap();
        till.shop.run().await;
        assert_eq!(till.payments(&order).await[0].status, PaymentState::Processing);
        service::order::resend_link(&till.shop.kit.ctx, &till.shop.scope, order.id).await.unwrap();
        assert!(matches!(till.link(&order).await.unwrap(), Link::Waiting(_)), "no second page meanwhile");
        for _ in 0..8 {
            till.shop.kit.advance(Duration::from_secs(6 * 3600 + 60));
            till.shop.run().await;
        }
        till.at().world.debit(&page, true);
        till.shop.kit.advance(Duration::from_secs(6 * 3600 + 60));
        till.shop.run().await;
        assert_eq!(till.now(&order).await.status, OrderStatus::Booked);
        assert_eq!(till.events().await, 0);
        till.check();
    }

    /// Paid just before the account is disconnected: its event finds a closed door, the page is read once more.
    async fn disconnecting_finds_what_was_paid(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let (paid, waits) = (till.shop.roses("ann").await, till.shop.roses("bob").await);
        let (first, second) = (till.page(&paid).await, till.page(&waits).await);
        till.at().world.pay(&first);
        till.event(&till.at().world.pay_later(&second)).await;
        service::integration::disconnect(&till.shop.kit.ctx, &till.shop.scope, till.account().await).await.unwrap();
        till.shop.run().await;
        assert_eq!(till.now(&paid).await.status, OrderStatus::Booked);
        assert_eq!(till.attention(&waits).await.as_deref(), Some("payment_unwatched"));
        till.check();
    }

    /// The key of another account: its pages are the ones that are opened from now on.
    async fn another_account_opens_pages_of_its_own(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let old = till.page(&order).await;
        till.at().world.add_account(OTHER_KEY, "acct_test_other");
        service::payment::connect_stripe(&till.shop.kit.ctx, &till.shop.scope, OTHER_KEY, None).await.unwrap();
        till.shop.run().await;
        let new = till.page(&order).await;
        assert_ne!(old, new);
        till.at().world.pay(&new);
        service::payment::returned(&till.shop.kit.ctx, order.link_token.as_deref().unwrap()).await.unwrap();
        till.shop.run().await;
        assert_eq!(till.now(&order).await.status, OrderStatus::Booked);
        // The first key again, whose page is nobody's any more.
        service::payment::connect_stripe(&till.shop.kit.ctx, &till.shop.scope, KEY, None).await.unwrap();
        till.shop.run().await;
        till.is_connected().await;
        till.check();
    }
}

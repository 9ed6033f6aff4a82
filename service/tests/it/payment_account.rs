//! The life of an account at Stripe: dead keys, other keys, webhooks that were lost, and what becomes of the money meanwhile.

use crate::payment_support::{Bank, Happens, Till};
use domain::channel::ChannelKind;
use entity::credential;
use entity::stored::{JobStatus, OrderStatus, PaymentState, PaymentStatus};
use sea_orm::EntityTrait as _;
use serde_json::json;
use service::Error;
use std::time::Duration;
use testkit::fake::Fault;
use testkit::fake::stripe::{ACCOUNT, KEY};

const OTHER_KEY: &str = "sk_test_other0123456789abcdefghi";
const LIVE_KEY: &str = "sk_live_fake0123456789abcdefghij";

async fn connect(till: &Till, key: &str) {
    service::payment::connect_stripe(&till.shop.kit.ctx, &till.shop.scope, key, None).await.unwrap();
    till.shop.run().await;
}

async fn pass(till: &Till, hours: usize) {
    for _ in 0..hours * 2 {
        till.shop.kit.advance(Duration::from_secs(1800));
        till.shop.run().await;
    }
}

/// Orders from now on come by the widget of the shop's site.
async fn on_the_site(till: &mut Till) {
    let ctx = till.shop.kit.ctx.clone();
    let provider = service::channel::WEBCHAT;
    let channel =
        service::channel::create(&ctx, &till.shop.scope, ChannelKind::Webchat, provider, "Site").await.unwrap();
    till.shop.channel = service::channel::update(&ctx, &till.shop.scope, channel.id, None, Some(0)).await.unwrap();
}

testkit::both! {
    /// However long the key is dead: what was paid waits, nobody is told that the link has run out, and a new key books it at once.
    async fn a_dead_key_loses_no_paid_order(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        let (body, signature) = till.happens(&page, Happens::Paid).await;
        till.at().world.revoke(KEY);
        till.deliver(&body, Some(&signature)).await.unwrap();
        pass(&till, 30).await;
        assert_eq!(till.now(&order).await.status, OrderStatus::Open, "nobody says that it has run out");
        let settling = till.shop.kit.jobs().await.into_iter().find(|job| job.kind == "settle_payment").unwrap();
        assert_eq!((settling.status, settling.attempts), (JobStatus::Waiting, 1));
        till.at().world.add_account(OTHER_KEY, ACCOUNT);
        connect(&till, OTHER_KEY).await;
        assert_eq!(till.now(&order).await.status, OrderStatus::Booked);
        till.is_connected().await;
        till.check();
    }

    /// A page that a dead key lets nobody end holds up nothing else of its order: the customer is reminded of a link
    /// that was opened anew.
    async fn a_page_that_cannot_be_ended_holds_up_nothing(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let (ctx, scope) = (&till.shop.kit.ctx, &till.shop.scope);
        let order = till.shop.roses("ann").await;
        till.page(&order).await;
        till.at().world.revoke(KEY);
        service::order::expire_link_now(ctx, scope, order.id).await.unwrap();
        till.shop.run().await;
        service::order::resend_link(ctx, scope, order.id).await.unwrap();
        assert_eq!(till.now(&order).await.status, OrderStatus::Open);
        // Before the look at the page after its end, which waits in the order's lane for what may have come.
        let hours = order.payment_reminder_hours.and_then(|hours| u64::try_from(hours).ok()).unwrap();
        till.shop.kit.advance(Duration::from_secs(hours * 3600 + 1));
        till.shop.run().await;
        let ending = till.shop.kit.jobs().await.into_iter().find(|job| job.kind == "expire_page").unwrap();
        assert_eq!((ending.status, ending.attempts), (JobStatus::Waiting, 1), "the key is dead still");
        let reminding = till.shop.kit.jobs().await.into_iter().rfind(|job| job.kind == "send_reminder").unwrap();
        assert_eq!(reminding.status, JobStatus::Done);
        till.at().world.add_account(OTHER_KEY, ACCOUNT);
        connect(&till, OTHER_KEY).await;
        let ending = till.shop.kit.jobs().await.into_iter().find(|job| job.id == ending.id).unwrap();
        assert_eq!(ending.status, JobStatus::Done);
        assert_eq!(till.at().world.session(&till.payments(&order).await[0].external_id)["status"], "expired");
        till.is_connected().await;
        till.check();
    }

    /// After days the work is given up, visibly, and a new key takes it up again.
    async fn what_gave_up_is_taken_up_by_a_new_key(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        let (body, signature) = till.happens(&page, Happens::Paid).await;
        till.at().world.revoke(KEY);
        till.deliver(&body, Some(&signature)).await.unwrap();
        pass(&till, 90).await;
        let settling = till.shop.kit.jobs().await.into_iter().find(|job| job.kind == "settle_payment").unwrap();
        assert_eq!(settling.status, JobStatus::Dead);
        assert_eq!(till.attention(&order).await.as_deref(), Some("payment_unwatched"));
        till.at().world.add_account(OTHER_KEY, ACCOUNT);
        connect(&till, OTHER_KEY).await;
        let now = till.now(&order).await;
        assert_eq!((now.status, now.payment_status), (OrderStatus::Booked, PaymentStatus::Paid));
        assert_eq!(till.shop.standing().await, 1);
        till.check();
    }

    /// Once a company has taken real money, the sandbox bank takes its orders no more: not after disconnecting, and not by a page
    /// from before. The phone frame goes on with it.
    async fn a_disconnected_account_gives_nothing_away(kit: Kit) {
        let mut till = Till::at_stripe(kit, "https://x8.example").await;
        let trial = till.shop.channel.clone();
        on_the_site(&mut till).await;
        service::integration::disconnect(&till.shop.kit.ctx, &till.shop.scope, till.account().await).await.unwrap();
        till.shop.run().await;
        let early = till.shop.roses("ann").await;
        let page = till.page(&early).await;
        assert!(page.starts_with("sbx_"), "before any real money: {page}");
        till.at().world.add_account(LIVE_KEY, ACCOUNT);
        connect(&till, LIVE_KEY).await;
        let pressed = service::payment::report(&till.shop.kit.ctx, &page, service::payment::BankEvent::Paid).await;
        assert!(matches!(pressed, Err(Error::NotFound(_))), "{pressed:?}");
        assert!(!till.page(&early).await.starts_with("sbx_"), "the page from before gives way");
        for key in [LIVE_KEY, KEY] {
            // The last key was one of test mode: the company sells for real money all the same.
            connect(&till, key).await;
            let account = till.account().await;
            service::integration::disconnect(&till.shop.kit.ctx, &till.shop.scope, account).await.unwrap();
            till.shop.run().await;
            let order = till.shop.roses(key).await;
            let opened = till.link(&order).await;
            assert!(matches!(opened, Err(Error::Unavailable(_))), "{opened:?}");
            assert_eq!(till.attention(&order).await.as_deref(), Some("no_payment_provider"));
        }
        till.shop.channel = trial;
        let tried = till.shop.roses("bob").await;
        assert!(till.page(&tried).await.starts_with("sbx_"));
        till.check();
    }

    /// Who disconnects and connects at once is connected: the end that is still being told to Stripe takes nothing away.
    async fn connecting_during_a_disconnect_stands(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let (ctx, scope) = (&till.shop.kit.ctx, &till.shop.scope);
        service::integration::disconnect(ctx, scope, till.account().await).await.unwrap();
        till.at().server.fail("/v1/webhook_endpoints", Fault::DoneThenSlow(Duration::from_millis(500)));
        let lease = Duration::from_secs(60);
        let claimed = service::job::claim(ctx, "test", &["disconnect_payment"], 1, lease).await.unwrap().remove(0);
        let registry = service::jobs::registry();
        let leaving = registry.kind("disconnect_payment").unwrap().run(ctx.clone(), claimed);
        let coming = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            service::payment::connect_stripe(ctx, scope, KEY, None).await.unwrap();
        };
        let (left, ()) = tokio::join!(leaving, coming);
        left.unwrap();
        till.shop.run().await;
        till.is_connected().await;
        let order = till.shop.roses("ann").await;
        assert!(!till.page(&order).await.starts_with("sbx_"));
        till.check();
    }

    /// The key of another account: what was paid at the one before is found with the key of before, what was not can be paid there
    /// no more.
    async fn another_account_leaves_no_page_behind(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let (paid, open) = (till.shop.roses("ann").await, till.shop.roses("bob").await);
        let (first, second) = (till.page(&paid).await, till.page(&open).await);
        till.at().world.pay(&first);
        till.at().world.add_account(OTHER_KEY, "acct_test_other");
        connect(&till, OTHER_KEY).await;
        assert_eq!(till.now(&paid).await.status, OrderStatus::Booked);
        assert_eq!(till.at().world.session(&second)["status"], "expired");
        assert_eq!(till.attention(&open).await, None, "nothing can come by it");
        let url = service::payment::webhook_url(&till.shop.kit.ctx, &till.account().await);
        assert_eq!(till.at().world.endpoints(), [url], "the one at the account before is gone");
        let secrets = credential::Entity::find().all(&till.shop.kit.ctx.db().read_across()).await.unwrap();
        assert_eq!(secrets.len(), 2, "the key of before is forgotten");
        assert_ne!(till.page(&open).await, second);
        till.is_connected().await;
        till.check();
    }

    /// The key of before is dead: by a page that a customer has in hand money may come, and nobody would see it.
    async fn pages_of_a_dead_account_are_marked(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        till.at().world.revoke(KEY);
        // A wrong key first, and one of another account then.
        connect(&till, "sk_test_unknown0123456789abcdef").await;
        till.at().world.add_account(OTHER_KEY, "acct_test_other");
        connect(&till, OTHER_KEY).await;
        till.is_connected().await;
        assert_eq!(till.attention(&order).await.as_deref(), Some("payment_unwatched"));
        assert_eq!(till.payments(&order).await[0].status, PaymentState::Expired);
        assert_ne!(till.page(&order).await, page);
        till.check();
    }

    /// The customer's bank sends the money back to the account, days after it was given back.
    async fn a_refund_that_fails_later_is_shown(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        till.then(&page, Happens::Paid).await;
        service::order::refund(&till.shop.kit.ctx, &till.shop.scope, order.id).await.unwrap();
        till.shop.run().await;
        assert_eq!((till.now(&order).await.status, till.attention(&order).await), (OrderStatus::Refunded, None));
        let event = till.at().world.refund_fails(&page);
        for kind in ["refund.failed", "refund.updated"] {
            service::inbox::resolve(&till.shop.kit.ctx, &till.shop.scope, order.conversation_id).await.unwrap();
            let mut event = event.clone();
            event["id"] = json!(format!("evt_{kind}"));
            event["type"] = json!(kind);
            till.event(&event).await;
            assert_eq!(till.attention(&order).await.as_deref(), Some("refund_failed"), "{kind}");
        }
        assert_eq!(till.now(&order).await.status, OrderStatus::Refunded);
        till.check();
    }

    /// "Test the connection" reads the webhook again, and renews one that was switched off, leads elsewhere, or is gone.
    async fn a_lost_webhook_is_renewed_by_a_test(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let (ctx, world) = (&till.shop.kit.ctx, &till.at().world);
        let url = service::payment::webhook_url(ctx, &till.account().await);
        let test = async || {
            service::integration::check(ctx, &till.shop.scope, till.account().await).await.unwrap();
            till.shop.run().await;
            till.is_connected().await;
        };
        let made = world.endpoint_rows();
        for (field, value) in [
            ("status", json!("disabled")),
            ("url", json!("https://old.example/webhooks/payment/x")),
            ("enabled_events", json!(["charge.refunded"])),
        ] {
            world.change_endpoints(field, &value);
            test().await;
            let now = world.endpoint_rows();
            assert_eq!(now, made, "after {field}");
        }
        world.remove_endpoints();
        test().await;
        assert_eq!(world.endpoints(), [url]);
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        till.then(&page, Happens::Paid).await;
        assert_eq!(till.now(&order).await.status, OrderStatus::Booked, "events of the new one are believed");
        till.check();
    }

    /// Work that is given up for good leaves a mark at what it was about, together with the job's own end.
    async fn what_is_buried_is_marked(kit: Kit) {
        let till = Till::open(kit, Bank::Sandbox).await;
        let ctx = &till.shop.kit.ctx;
        let bury = async |kind: &str| {
            let claimed = service::job::claim(ctx, "buries", &[kind], 1, Duration::from_secs(60)).await.unwrap();
            let claimed = claimed.into_iter().next().expect(kind);
            service::job::fail(ctx, &claimed, &service::job::Failure::never("it cannot be done")).await.unwrap();
            till.shop.kit.may_remain(kind);
            claimed.row.subject_id
        };
        let talk = till.shop.write("carol", "hello").await.conversation_id;
        bury("answer_turn").await;
        assert_eq!(till.shop.conversation(talk).await.attention_reason.as_deref(), Some("turn_failed"));

        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        let (body, signature) = till.happens(&page, Happens::Paid).await;
        till.deliver(&body, Some(&signature)).await.unwrap();
        let kind = service::jobs::registry();
        let settle = service::job::claim(ctx, "w", &["settle_payment"], 1, Duration::from_secs(60)).await.unwrap().remove(0);
        kind.kind("settle_payment").unwrap().run(ctx.clone(), settle).await.unwrap();
        bury("send_message").await;
        assert_eq!(till.attention(&order).await.as_deref(), Some("not_sent"));
        let messages = entity::message::Entity::find().all(&ctx.db().read_across()).await.unwrap();
        let failed = messages.iter().filter(|message| message.status == entity::stored::MessageStatus::Failed);
        assert_eq!(failed.count(), 1);
        assert_eq!(bury("book_order").await, Some(order.id));
        assert_eq!(till.attention(&order).await.as_deref(), Some("not_booked"));
    }
}

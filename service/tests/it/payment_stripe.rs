//! Stripe over the wire, against a stateful fake, with the faults that the real one has (reliability.md cases 37–44, 129).

use crate::commerce_support::Shop;
use crate::payment_support::{Happens, Till};
use entity::stored::{ChannelLogKind, ChannelStatus, JobStatus, OrderStatus, PaymentState, PaymentStatus};
use entity::{credential, payment_event};
use sea_orm::EntityTrait as _;
use serde_json::json;
use service::Error;
use service::payment::Link;
use std::time::Duration;
use testkit::fake::stripe::{ACCOUNT, KEY};
use testkit::fake::{Fault, Reply};

const OTHER_KEY: &str = "sk_test_other0123456789abcdefghi";

async fn last_outcome(till: &Till) -> Option<String> {
    let events = payment_event::Entity::find().all(&till.shop.kit.ctx.db().read_across()).await.unwrap();
    events.into_iter().max_by_key(|event| event.id).and_then(|event| event.outcome)
}

testkit::both! {
    /// The key is tested, the webhook is set with our address, and of the secrets only the last characters are shown.
    async fn connects(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let account = till.account().await;
        assert_eq!((account.status, account.external_id.as_deref()), (ChannelStatus::Connected, Some(ACCOUNT)));
        assert_eq!((account.name.as_deref(), account.settings["live"].as_bool()), (Some("Rosaleda"), Some(false)));
        let ctx = &till.shop.kit.ctx;
        assert_eq!(till.at().world.endpoints(), [format!("https://x8.example/webhooks/payment/{}", account.public_key)]);
        let hints = service::credential::hints(ctx, &till.shop.scope, account.id).await.unwrap();
        assert_eq!(hints.iter().map(|hint| hint.name.as_str()).collect::<Vec<_>>(), ["stripe_key", "stripe_webhook"]);
        assert_eq!(hints[0].last, "ghij");
        let rows = credential::Entity::find().all(&ctx.db().read_across()).await.unwrap();
        assert!(rows.iter().all(|row| !row.sealed.contains("fake0123")), "sealed");
        assert!(!format!("{:?}", till.shop.kit.jobs().await).contains("fake0123"), "no secret in jobs");
        let log = service::integration::log(ctx, &till.shop.scope, account.id, 10).await.unwrap();
        assert_eq!(log.iter().map(|line| line.kind).collect::<Vec<_>>(), [ChannelLogKind::Connected, ChannelLogKind::Connecting]);
        for (key, secret, field) in [("pk_test_0123456789abcdefgh", None, "secretKey"), (KEY, Some("nonsense"), "webhookSecret")] {
            match service::payment::connect_stripe(ctx, &till.shop.scope, key, secret).await {
                Err(Error::Invalid(errors)) => assert_eq!(errors[0].field, [field]),
                other => panic!("{other:?}"),
            }
        }
        // The same key again: one webhook, and the old one is gone.
        service::payment::connect_stripe(ctx, &till.shop.scope, KEY, None).await.unwrap();
        till.shop.run().await;
        assert_eq!(till.at().world.endpoints().len(), 1);
        till.is_connected().await;
        till.check();
    }

    /// The sum is the order's to the cent, line by line; language, ends and names are as agreed.
    async fn the_page_shows_what_was_ordered(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        let session = till.at().world.session(&page);
        let payment = till.payments(&order).await.remove(0);
        assert_eq!((session["amount_total"].as_i64(), session["currency"].as_str()), (Some(4500), Some("eur")));
        let lines = &session["asked"]["line_items"];
        assert_eq!(lines["0"]["price_data"]["product_data"]["name"], "Rose bouquet");
        assert_eq!((lines["0"]["price_data"]["unit_amount"].as_str(), lines["0"]["quantity"].as_str()), (Some("4000"), Some("1")));
        assert_eq!(lines["1"]["price_data"]["product_data"]["name"], "Delivery");
        assert_eq!(session["client_reference_id"], payment.id.to_string());
        assert_eq!(session["metadata"]["payment_id"], payment.id.to_string());
        assert_eq!(session["asked"]["payment_intent_data"]["metadata"]["order_number"], order.number.to_string());
        assert_eq!((session["locale"].as_str(), session["mode"].as_str()), (Some("en"), Some("payment")));
        assert_eq!(session["asked"]["adaptive_pricing"]["enabled"], "false");
        assert!(session["success_url"].as_str().unwrap().ends_with("?done=1"));
        // Our link lives longer than a page may: the next page follows when this one has ended.
        let life = session["expires_at"].as_i64().unwrap() - till.shop.kit.now().as_second();
        assert!((1800..=86_400).contains(&life), "{life}");
        assert_eq!(payment.expires_at.timestamp().as_second(), session["expires_at"].as_i64().unwrap());
        till.check();
    }

    /// reliability.md cases 37, 38: the answer was lost, the key is the same, there is one page and one payment.
    async fn a_lost_answer_leads_to_the_same_page(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        for fault in [
            Fault::Cut,
            Fault::DoneThenCut,
            Fault::Answer(Reply::bytes(200, r#"{"id":"cs_te"#)),
            Fault::Answer(Reply::bytes(502, "<html>bad gateway</html>")),
        ] {
            till.at().server.fail("/v1/checkout/sessions", fault);
            assert!(matches!(till.link(&order).await, Err(Error::Unavailable(_))));
        }
        assert_eq!(till.attention(&order).await.as_deref(), Some("payment_page_failed"));
        assert_eq!(till.account().await.status, ChannelStatus::Error, "staff see it");
        till.page(&order).await;
        assert_eq!(till.at().world.sessions().len(), 1, "one page for all these tries");
        assert_eq!(till.payments(&order).await.len(), 1);
        till.is_connected().await;
        till.check();
    }

    /// Stripe keeps a fault of its own under the key as it keeps any answer: the next click does not ask for it again.
    async fn a_kept_fault_ends_with_its_click(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        till.at().world.break_once("/v1/checkout/sessions");
        assert!(matches!(till.link(&order).await, Err(Error::Unavailable(_))));
        till.page(&order).await;
        assert_eq!(till.at().world.sessions().len(), 1);
        till.check();
    }

    /// Two who open a link at once get one page.
    async fn two_clicks_are_one_page(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let opened = futures::future::join_all((0..4).map(|_| till.link(&order))).await;
        let urls: std::collections::BTreeSet<String> = opened
            .into_iter()
            .map(|link| match link.unwrap() {
                Link::Page { url } => url,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(urls.len(), 1);
        assert_eq!(till.at().world.sessions().len(), 1);
    }

    /// A page that was begun with other words under the key (our address changed meanwhile) gives way to a new one.
    async fn a_key_used_for_something_else_is_left(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        till.at().server.fail("/v1/checkout/sessions", Fault::DoneThenCut);
        till.link(&order).await.unwrap_err();
        let moved = till.shop.kit.with_engine(|engine| {
            engine.outside.stripe_url = till.at().server.url().to_owned();
            engine.public_url = "https://new.example".to_owned();
        });
        let opened = service::payment::open_link(&moved.ctx, order.link_token.as_deref().unwrap()).await.unwrap();
        assert!(matches!(opened, Link::Page { .. }));
        let pages = till.payments(&order).await;
        let open: Vec<_> = pages.iter().filter(|page| page.status == PaymentState::Open).collect();
        assert_eq!((pages.len(), open.len()), (2, 1));
        assert!(!open[0].url.is_empty());
    }

    /// The page is read again before anything follows; a provider that is away or slow is waited for (case 129), and the
    /// customer is told nothing false meanwhile.
    async fn events_wait_until_the_page_can_be_read(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        let limited = Reply::json(429, &json!({ "error": { "type": "invalid_request_error", "code": "rate_limit", "message": "Too many requests" } }));
        till.at().server.fail("/v1/checkout/sessions/", Fault::Answer(limited.with_header("retry-after", "40")));
        till.at().server.fail("/v1/checkout/sessions/", Fault::Cut);
        till.at().server.fail("/v1/checkout/sessions/", Fault::Answer(Reply::bytes(200, "{\"id\":")));
        till.at().server.fail("/v1/checkout/sessions/", Fault::Answer(Reply::json(500, &json!({ "error": { "message": "down" } }))));
        let before = till.shop.sent().await.len();
        till.then(&page, Happens::Paid).await;
        assert_eq!(till.shop.standing().await, 0);
        let waiting = till.shop.kit.jobs().await.into_iter().find(|job| job.kind == "settle_payment" && job.status == JobStatus::Waiting).unwrap();
        assert_eq!(waiting.run_at.timestamp(), till.shop.kit.now() + jiff::SignedDuration::from_secs(40), "as long as it says");
        assert_eq!(till.shop.sent().await.len(), before);
        for _ in 0..12 {
            till.shop.kit.advance(Duration::from_secs(300));
            till.shop.run().await;
        }
        assert_eq!(till.now(&order).await.status, OrderStatus::Booked);
        assert_eq!(till.shop.standing().await, 1);
        till.check();
    }

    /// reliability.md case 43: another sum, currency or payment behind the page books nothing and is shown.
    async fn what_is_not_the_orders_books_nothing(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        for (customer, field, value) in [
            ("ann", "amount_total", json!(4499)),
            ("bob", "currency", json!("usd")),
            ("eve", "client_reference_id", json!("somebody else's")),
        ] {
            let order = till.shop.roses(customer).await;
            let page = till.page(&order).await;
            till.at().world.tamper(&page, field, value);
            till.then(&page, Happens::Paid).await;
            assert_eq!(till.now(&order).await.payment_status, PaymentStatus::PaymentLinkSent, "{customer}");
            assert_eq!(till.attention(&order).await.as_deref(), Some("payment_mismatch"), "{customer}");
            assert_eq!(last_outcome(&till).await.as_deref(), Some("mismatch"));
        }
        assert_eq!(till.shop.standing().await, 0);
    }

    /// An event that lies about the money changes nothing: the page itself decides.
    async fn an_event_is_no_proof(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        let lie = json!({ "id": "evt_lie", "object": "event", "type": "checkout.session.completed", "livemode": false,
            "data": { "object": { "id": page, "object": "checkout.session", "payment_status": "paid", "amount_total": 4500, "currency": "eur" } } });
        till.event(&lie).await;
        assert_eq!(till.now(&order).await.payment_status, PaymentStatus::PaymentLinkSent);
        assert_eq!(last_outcome(&till).await.as_deref(), Some("open"));
        // Of another account, by an endpoint that hears of many.
        let mut foreign = till.at().world.pay(&page);
        foreign["account"] = json!("acct_somebody_else");
        till.event(&foreign).await;
        assert_eq!(till.now(&order).await.payment_status, PaymentStatus::PaymentLinkSent);
        assert_eq!(till.attention(&order).await.as_deref(), Some("payment_mismatch"));
    }

    /// Other programs sell through the same account: their pages, and kinds of events that we do not use, are taken and left,
    /// and nothing of their customers is kept.
    async fn other_peoples_pages_are_left(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        for event in [
            json!({ "id": "evt_o1", "object": "event", "type": "checkout.session.completed", "data": { "object": {
                "id": "cs_theirs", "object": "checkout.session", "customer_details": { "email": "ann@example.com" } } } }),
            json!({ "id": "evt_o2", "object": "event", "type": "charge.refunded", "data": { "object": {
                "id": "ch_theirs", "object": "charge", "payment_intent": "pi_theirs" } } }),
            json!({ "id": "evt_o3", "object": "event", "type": "invoice.paid", "data": { "object": { "id": "in_1" } } }),
        ] {
            till.event(&event).await;
        }
        let events = payment_event::Entity::find().all(&till.shop.kit.ctx.db().read_across()).await.unwrap();
        assert_eq!(events.len(), 2);
        assert!(events.iter().all(|event| event.outcome.as_deref() == Some("unknown_page")), "{events:?}");
        assert!(!format!("{events:?}").contains("ann@example.com"));
        for broken in ["{", "[]", "{\"id\":\"evt_1\"}", "{\"id\":\"evt_1\",\"object\":\"v2.core.event\",\"type\":\"x\",\"data\":{\"object\":{}}}"] {
            let event: serde_json::Value = serde_json::from_str(broken).unwrap_or_else(|_| json!(broken));
            let (body, signature) = till.signed(&event);
            assert!(matches!(till.deliver(&body, Some(&signature)).await, Err(Error::Invalid(_))), "{broken}");
        }
    }

    /// One account that two companies have connected: each books what is its own, and the same event reaches both.
    async fn two_companies_share_an_account(kit: Kit) {
        let ours = Till::at_stripe(kit, "https://x8.example").await;
        let theirs = ours.beside().await;
        let order = ours.shop.roses("ann").await;
        let page = ours.page(&order).await;
        let event = ours.at().world.pay(&page);
        // Theirs first: it must not take ours away.
        theirs.event(&event).await;
        assert_eq!(ours.now(&order).await.payment_status, PaymentStatus::PaymentLinkSent);
        ours.event(&event).await;
        assert_eq!(ours.now(&order).await.status, OrderStatus::Booked);
        // Each door believes its own secret only.
        let (body, signature) = theirs.signed(&event);
        assert!(matches!(ours.deliver(&body, Some(&signature)).await, Err(Error::Unauthenticated)));
    }

    /// A bank debit: the page is complete, the money comes days later or never; no second page is opened meanwhile.
    async fn money_that_takes_its_time(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let came = till.shop.roses("ann").await;
        let page = till.page(&came).await;
        till.event(&till.at().world.pay_later(&page)).await;
        assert_eq!(till.payments(&came).await[0].status, PaymentState::Processing);
        assert!(matches!(till.link(&came).await.unwrap(), Link::Waiting(_)));
        assert_eq!(till.shop.standing().await, 0, "nothing before the money");
        till.event(&till.at().world.debit(&page, true)).await;
        assert_eq!(till.now(&came).await.status, OrderStatus::Booked);

        let failed = till.shop.roses("bob").await;
        let page = till.page(&failed).await;
        till.event(&till.at().world.pay_later(&page)).await;
        till.event(&till.at().world.debit(&page, false)).await;
        assert_eq!(till.payments(&failed).await[0].status, PaymentState::Failed);
        assert_ne!(till.page(&failed).await, page, "a fresh page may be paid");
        assert_eq!(till.shop.standing().await, 1);
        till.check();
    }

    /// A part that was given back, and a bank that takes the money: staff decide.
    async fn parts_and_disputes_are_shown(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        till.then(&page, Happens::Paid).await;
        till.event(&till.at().world.give_back(&page, 1000)).await;
        assert_eq!(till.attention(&order).await.as_deref(), Some("refunded_partly"));
        assert_eq!(till.now(&order).await.status, OrderStatus::Booked);
        till.event(&till.at().world.dispute(&page)).await;
        assert_eq!(till.attention(&order).await.as_deref(), Some("payment_disputed"));
        assert_eq!(till.shop.standing().await, 1);
    }

    /// Paid in the moment in which the order was put aside: the page cannot be ended, the money counts.
    async fn paid_while_it_was_being_closed(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        till.at().world.pay(&page);
        service::order::expire_link_now(&till.shop.kit.ctx, &till.shop.scope, order.id).await.unwrap();
        assert_eq!(till.now(&order).await.status, OrderStatus::Expired);
        till.at().server.fail("/expire", Fault::Cut);
        till.shop.run().await;
        till.shop.kit.advance(Duration::from_secs(600));
        till.shop.run().await;
        assert_eq!(till.now(&order).await.status, OrderStatus::Booked, "a late payment counts");
        assert_eq!(till.at().world.balance(), 4500);
        till.check();
    }

    /// The customer is back before the event: we look ourselves.
    async fn who_comes_back_is_looked_for(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let token = order.link_token.clone().unwrap();
        let ctx = &till.shop.kit.ctx;
        let page = till.page(&order).await;
        assert!(matches!(service::payment::returned(ctx, &token).await.unwrap(), Link::Waiting(_)));
        till.shop.run().await;
        assert_eq!(till.shop.standing().await, 0, "not everybody who comes back has paid");
        till.at().world.pay(&page);
        service::payment::returned(ctx, &token).await.unwrap();
        till.shop.run().await;
        assert!(matches!(service::payment::returned(ctx, &token).await.unwrap(), Link::Paid(_)));
        assert_eq!(till.events().await, 0);
    }

    /// Where Stripe cannot report to us, we look all the time.
    async fn payments_are_found_without_any_webhook(kit: Kit) {
        let home = Till::at_stripe(kit, "http://127.0.0.1:8000").await;
        assert_eq!(home.account().await.error_code.as_deref(), Some("webhook_unreachable"));
        assert_eq!(home.account().await.status, ChannelStatus::Connected);
        let order = home.shop.roses("ann").await;
        let page = home.page(&order).await;
        for _ in 0..3 {
            home.shop.kit.advance(Duration::from_secs(61));
            home.shop.run().await;
        }
        assert_eq!(home.now(&order).await.payment_status, PaymentStatus::PaymentLinkSent);
        home.at().world.pay(&page);
        home.shop.kit.advance(Duration::from_secs(61));
        home.shop.run().await;
        assert_eq!(home.now(&order).await.status, OrderStatus::Booked);
        home.check();
    }

    /// A dead key: seen at the account, paid orders wait for a new key and are booked then.
    async fn a_revoked_key_is_replaced(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let paid = till.shop.roses("ann").await;
        let page = till.page(&paid).await;
        let (body, signature) = till.happens(&page, Happens::Paid).await;
        till.at().world.revoke(KEY);
        till.deliver(&body, Some(&signature)).await.unwrap();
        till.shop.run().await;
        let broken = till.account().await;
        assert_eq!((broken.status, broken.error_code.as_deref()), (ChannelStatus::Error, Some("credentials")));
        assert!(!broken.last_error.unwrap().contains("fake0123"));
        let new = till.shop.roses("bob").await;
        assert!(matches!(till.link(&new).await, Err(Error::Unavailable(_))), "no sandbox page in the place of a broken account");
        till.at().world.add_account(OTHER_KEY, ACCOUNT);
        let ctx = &till.shop.kit.ctx;
        service::payment::connect_stripe(ctx, &till.shop.scope, OTHER_KEY, None).await.unwrap();
        for _ in 0..4 {
            till.shop.kit.advance(Duration::from_secs(300));
            till.shop.run().await;
        }
        till.is_connected().await;
        assert_eq!(till.now(&paid).await.status, OrderStatus::Booked);
        till.page(&new).await;
        till.check();
    }

    /// Accounts and keys that can do only a part say so in plain words.
    async fn what_is_wrong_with_an_account_is_said(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let ctx = &till.shop.kit.ctx;
        let connect = |key, secret| service::payment::connect_stripe(ctx, &till.shop.scope, key, secret);
        connect("sk_test_unknown0123456789abcdef", None).await.unwrap();
        till.shop.run().await;
        let account = till.account().await;
        assert_eq!((account.status, account.error_code.as_deref()), (ChannelStatus::Error, Some("credentials")));

        till.at().world.add_account(OTHER_KEY, "acct_other");
        // A restricted key that may not even tell whose it is: Stripe's words name what is missing, and the key can be kept.
        till.at().world.restrict(OTHER_KEY, "account");
        connect(OTHER_KEY, None).await.unwrap();
        till.shop.run().await;
        let account = till.account().await;
        assert_eq!((account.status, account.error_code.as_deref()), (ChannelStatus::Error, Some("credentials")));
        assert!(account.last_error.unwrap().contains("permissions"));
        till.at().world.give_rights(OTHER_KEY);
        till.at().world.restrict(OTHER_KEY, "webhook_endpoints");
        connect(OTHER_KEY, None).await.unwrap();
        till.shop.run().await;
        let account = till.account().await;
        assert_eq!((account.status, account.error_code.as_deref()), (ChannelStatus::Connected, Some("webhook_missing")));
        assert!(account.last_error.unwrap().contains("permissions"));
        connect(OTHER_KEY, Some("whsec_byhand0123456789abcdef")).await.unwrap();
        till.shop.run().await;
        till.is_connected().await;

        let live = "sk_live_unready0123456789abcdef";
        till.at().world.add_account(live, "acct_unready");
        till.at().world.disable_charges(live);
        connect(live, None).await.unwrap();
        till.shop.run().await;
        let account = till.account().await;
        assert_eq!((account.status, account.error_code.as_deref()), (ChannelStatus::Error, Some("charges_disabled")));
        assert_eq!(account.settings["live"], true);
        // A test of the account while Stripe is away is tried again by itself.
        till.at().server.fail("/v1/account", Fault::Cut);
        service::integration::check(ctx, &till.shop.scope, account).await.unwrap();
        till.shop.run().await;
        till.shop.kit.advance(Duration::from_secs(300));
        till.shop.run().await;
        assert_eq!(till.account().await.error_code.as_deref(), Some("charges_disabled"));
        // The phone frame never takes real money.
        let order = till.shop.roses("ann").await;
        till.page(&order).await;
        assert_eq!(till.payments(&order).await[0].provider, "sandbox");
        till.check();
    }

    /// Disconnecting ends pages and webhook, forgets the secrets; the next order is the sandbox bank's where it is allowed.
    async fn disconnects(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        let ctx = &till.shop.kit.ctx;
        let account = till.account().await;
        let (body, signature) = till.signed(&json!({ "id": "evt_1", "object": "event", "type": "x", "data": { "object": {} } }));
        service::integration::disconnect(ctx, &till.shop.scope, account).await.unwrap();
        assert!(matches!(till.deliver(&body, Some(&signature)).await, Err(Error::NotFound(_))));
        till.at().server.fail("/v1/webhook_endpoints", Fault::Cut);
        till.shop.run().await;
        till.shop.kit.advance(Duration::from_secs(600));
        till.shop.run().await;
        assert_eq!(till.at().world.session(&page)["status"], "expired");
        assert!(till.at().world.endpoints().is_empty());
        assert!(credential::Entity::find().one(&ctx.db().read_across()).await.unwrap().is_none());
        let next = till.page(&order).await;
        assert!(next.starts_with("sbx_"), "{next}");
        till.check();
    }

    /// With neither an account nor the sandbox bank nobody can pay: said to staff, and no page is invented.
    async fn without_anybody_who_takes_money(kit: Kit) {
        let kit = kit.with_engine(|engine| engine.outside.test_bank = false);
        let shop = Shop::open(kit).await;
        let order = shop.roses("ann").await;
        let opened = service::payment::open_link(&shop.kit.ctx, order.link_token.as_deref().unwrap()).await;
        assert!(matches!(opened, Err(Error::Unavailable(_))));
        let talk = shop.conversation(order.conversation_id).await;
        assert_eq!(talk.attention_reason.as_deref(), Some("no_payment_provider"));
        let (body, signature) = service::payment::bank(&shop.kit.ctx).event("e", gateway::payment::EventKind::Paid, "sbx_1", 1, "EUR", shop.kit.now());
        let sandbox = service::payment::receive(&shop.kit.ctx, "sandbox", Some(&signature), body.as_bytes()).await;
        assert!(matches!(sandbox, Err(Error::NotFound(_))), "its door is closed too");
    }

    /// A refund that Stripe refuses is shown and not tried for ever; one whose answer was lost is made once.
    async fn refunds_are_made_once_or_shown(kit: Kit) {
        let till = Till::at_stripe(kit, "https://x8.example").await;
        let ctx = &till.shop.kit.ctx;
        let order = till.shop.roses("ann").await;
        let page = till.page(&order).await;
        till.then(&page, Happens::Paid).await;
        till.at().server.fail("/v1/refunds", Fault::DoneThenCut);
        till.at().server.fail("/v1/refunds", Fault::Answer(Reply::bytes(503, "")));
        service::order::refund(ctx, &till.shop.scope, order.id).await.unwrap();
        for _ in 0..4 {
            till.shop.run().await;
            till.shop.kit.advance(Duration::from_secs(300));
        }
        assert_eq!(till.at().world.refunds(), 1);
        assert_eq!(till.now(&order).await.status, OrderStatus::Refunded);

        let order = till.shop.roses("bob").await;
        let page = till.page(&order).await;
        till.then(&page, Happens::Paid).await;
        let no = json!({ "error": { "type": "invalid_request_error", "code": "insufficient_funds", "message": "Insufficient funds" } });
        till.at().server.fail("/v1/refunds", Fault::Answer(Reply::json(400, &no)));
        service::order::refund(ctx, &till.shop.scope, order.id).await.unwrap();
        till.shop.run().await;
        assert_eq!(till.attention(&order).await.as_deref(), Some("refund_failed"));
        assert_eq!(till.now(&order).await.status, OrderStatus::Booked);
        till.shop.kit.may_remain("refund_payment");
        till.check();
    }
}

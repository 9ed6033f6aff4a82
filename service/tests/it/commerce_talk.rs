//! Turns: duplicates, bursts, people who take over, failures that stay visible.

use crate::commerce_support::Shop;
use entity::stored::{MessageStatus, TurnStatus};
use entity::{contact, message, turn};
use sea_orm::{ColumnTrait as _, EntityTrait, PaginatorTrait, QueryFilter as _, QueryOrder as _};
use std::time::Duration;

testkit::both! {
    /// reliability.md cases 23, 35.
    async fn a_message_delivered_a_hundred_times_is_stored_and_answered_once(kit: Kit) {
        let shop = Shop::open(kit).await;
        let ctx = &shop.kit.ctx;
        let deliveries = (0..100).map(|_| {
            service::inbox::receive(ctx, &shop.scope, &shop.channel, shop.incoming("ann", "m-1", "Hello"))
        });
        let receipts = futures::future::join_all(deliveries).await;
        assert_eq!(receipts.iter().filter(|receipt| !receipt.as_ref().unwrap().duplicate).count(), 1);
        shop.run().await;
        let db = &ctx.db().read_across();
        assert_eq!(contact::Entity::find().count(db).await.unwrap(), 1);
        assert_eq!(turn::Entity::find().count(db).await.unwrap(), 1);
        assert_eq!(shop.sent().await.len(), 1);
    }

    /// R87: the welcome video of the library goes with the first answer, once.
    async fn the_welcome_video_goes_with_the_first_answer(kit: Kit) {
        let shop = Shop::open(kit).await;
        let ctx = &shop.kit.ctx;
        let sent = crate::media_support::send(ctx, &shop.scope, "hello.mp4", &crate::media_support::mp4(900)).await;
        let video = sent.unwrap();
        let kind = Some(domain::catalog::ItemKind::Product);
        let video = service::media::set_welcome(ctx, &shop.scope, video, kind).await.unwrap();
        for customer in ["ann", "ben", "ann"] {
            shop.say(customer, "Hello").await;
        }
        let greeted = || async {
            let sent = shop.sent().await;
            sent.iter().filter(|sent| sent.attachments.to_string().contains(&video.public_key)).count()
        };
        assert_eq!(greeted().await, 2, "each customer once");
        let going = service::media::remove(ctx, &shop.scope, video.clone(), false).await.unwrap();
        assert_eq!(going.welcome, None);
        shop.say("cleo", "Hello").await;
        assert_eq!(greeted().await, 2, "it welcomes nobody any more");
    }

    /// R63: several messages in a row are one turn.
    /// reliability.md case 35: ten at once of somebody new, each stored before the next answer, in the order in which they came.
    async fn an_album_keeps_its_order(kit: Kit) {
        let shop = Shop::open(kit).await;
        let intake = service::inbox::Intake::new(&shop.kit.ctx);
        let channel = std::sync::Arc::new(shop.channel.clone());
        let album = (0..10).map(|number| {
            let incoming = shop.incoming("ann", &format!("album-{number}"), &format!("Picture {number}"));
            intake.receive(&shop.scope, std::sync::Arc::clone(&channel), incoming)
        });
        let receipts = futures::future::join_all(album).await;
        let talks: std::collections::BTreeSet<_> =
            receipts.into_iter().map(|receipt| receipt.unwrap().conversation_id).collect();
        assert_eq!(talks.len(), 1, "one contact, one talk");
        let stored = message::Entity::find()
            .filter(message::Column::Direction.eq(entity::stored::MessageDirection::Inbound))
            // Ids grow with each message. The test's clock stands, so that the times of two commits, should the album fall into two,
            // begin alike; real ones are as far apart as a commit takes.
            .order_by_asc(message::Column::Id)
            .all(&shop.kit.ctx.db().read_across())
            .await
            .unwrap();
        let texts: Vec<String> = stored.into_iter().map(|row| row.text).collect();
        assert_eq!(texts, (0..10).map(|number| format!("Picture {number}")).collect::<Vec<_>>());
        shop.run().await;
    }

    async fn a_burst_is_answered_together(kit: Kit) {
        let shop = Shop::open(kit).await;
        for text in ["Hello", "one rose bouquet", "to Valencia"] {
            shop.write("ann", text).await;
        }
        shop.run().await;
        assert_eq!(turn::Entity::find().count(&shop.kit.ctx.db().read_across()).await.unwrap(), 1);
        let state = shop.conversation(shop.write("ann", "ok").await.conversation_id).await.dialogue;
        shop.run().await;
        assert_eq!(state["cart"]["lines"][0]["quantity"], 1, "{state}");
        assert_eq!(state["given"]["city"], "Valencia");
    }

    /// Issue line 7: the quiet period is waited for, and starts anew with each message, but not for ever.
    async fn the_quiet_period_moves_with_each_message_up_to_a_bound(kit: Kit) {
        let shop = Shop::open(kit).await;
        service::channel::update(&shop.kit.ctx, &shop.scope, shop.channel.id, None, Some(4000)).await.unwrap();
        let channel = service::channel::get(&shop.kit.ctx, &shop.scope, shop.channel.id).await.unwrap();
        let shop = Shop { channel, ..shop };
        let mut answered_after = None;
        for second in 0..40 {
            shop.write("ann", "and one more").await;
            shop.run().await;
            if !shop.sent().await.is_empty() {
                answered_after = Some(second);
                break;
            }
            shop.kit.advance(Duration::from_secs(1));
        }
        let after = answered_after.expect("an answer in the end");
        assert!((18..=21).contains(&after), "five quiet periods after the first message, not {after} s");
        shop.kit.advance(Duration::from_secs(30));
        shop.run().await;
    }

    /// Architecture §6.9: also what was begun already is not sent.
    async fn a_takeover_silences_what_was_begun(kit: Kit) {
        let shop = Shop::open(kit).await;
        let receipt = shop.write("ann", "Hello").await;
        let ctx = &shop.kit.ctx;
        // The turn has run, its message waits to be sent.
        let claimed = service::job::claim(ctx, "test", &["answer_turn"], 1, Duration::from_secs(60)).await.unwrap();
        let registry = service::jobs::registry();
        let kind = registry.kind("answer_turn").expect("a kind");
        kind.run(ctx.clone(), claimed[0].clone()).await.unwrap();
        service::inbox::take_over(ctx, &shop.scope, receipt.conversation_id).await.unwrap();
        shop.run().await;
        assert_eq!(shop.sent().await.len(), 0);
        let silenced = message::Entity::find().all(&ctx.db().read_across()).await.unwrap();
        assert!(silenced.iter().any(|message| message.status == MessageStatus::Failed && message.error.is_some()));
        // What comes now is the person's.
        assert!(shop.say("ann", "Are you there?").await.is_empty());
        service::inbox::hand_back(ctx, &shop.scope, receipt.conversation_id).await.unwrap();
        shop.run().await;
        assert!(shop.sent().await.is_empty(), "what came meanwhile is not answered late");
        assert_eq!(shop.say("ann", "How much is the rose bouquet?").await.len(), 1);
        let turns = turn::Entity::find().all(&ctx.db().read_across()).await.unwrap();
        assert!(turns.iter().any(|turn| turn.status == TurnStatus::Silent));
    }

    /// R122: one reminder a link, ended by the payment.
    async fn a_reminder_is_sent_once_and_not_after_the_payment(kit: Kit) {
        let shop = Shop::open(kit).await;
        shop.roses("ann").await;
        let before = shop.sent().await.len();
        shop.kit.advance(Duration::from_secs(2 * 3600 + 1));
        shop.run().await;
        shop.run().await;
        assert_eq!(shop.sent().await.len() - before, 1, "one reminder");
        let order = shop.roses("bob").await;
        let page = shop.page(&order).await;
        shop.bank(&page, gateway::payment::EventKind::Paid).await;
        let before = shop.sent().await.len();
        shop.kit.advance(Duration::from_secs(3 * 3600));
        shop.run().await;
        let after: Vec<String> = shop.sent().await.into_iter().skip(before).map(|message| message.text).collect();
        assert!(after.iter().all(|text| !text.contains("/p/")), "{after:?}");
    }

    /// Architecture §6.11: refused with field and reason, and nothing is stored.
    async fn a_bad_message_is_refused_and_leaves_nothing(kit: Kit) {
        let shop = Shop::open(kit).await;
        let ctx = &shop.kit.ctx;
        for (text, code) in [("", "REQUIRED"), ("   ", "REQUIRED"), (&*"x".repeat(10_001), "TOO_LONG")] {
            let refused = service::inbox::receive(ctx, &shop.scope, &shop.channel, shop.incoming("ann", "m-1", text)).await;
            match refused {
                Err(service::Error::Invalid(errors)) => {
                    assert_eq!((errors[0].field.as_slice(), errors[0].code.as_str()), (&["text".to_owned()][..], code));
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(contact::Entity::find().count(&ctx.db().read_across()).await.unwrap(), 0);
        assert_eq!(message::Entity::find().count(&ctx.db().read_across()).await.unwrap(), 0);
    }
}

testkit::both! {
    /// R68, architecture §6.10: a message that kills its worker each time ends with the apology and the mark.
    async fn a_message_that_kills_every_worker_is_apologised_for(kit: Kit) {
        let shop = Shop::open(kit).await;
        let receipt = shop.write("ann", "Hello").await;
        let ctx = &shop.kit.ctx;
        for _ in 0..7 {
            let claimed = service::job::claim(ctx, "doomed", &["answer_turn"], 1, Duration::from_secs(12)).await.unwrap();
            assert_eq!(claimed.len(), 1);
            shop.kit.advance(Duration::from_secs(13));
            assert_eq!(service::job::release_expired(ctx).await.unwrap(), 1);
            shop.kit.advance(Duration::from_secs(1));
        }
        shop.run().await;
        assert_eq!(shop.sent().await.len(), 1);
        let conversation = shop.conversation(receipt.conversation_id).await;
        assert_eq!(conversation.attention_reason.as_deref(), Some("turn_failed"));
    }
}

//! A Telegram bot that is told to wait, and one that is tried out.

use crate::channel_telegram::{ANA, Bot, NEW_TOKEN};
use entity::stored::{ChannelLogKind, ChannelStatus, JobStatus, MessageDirection, MessageStatus};
use entity::{conversation, message};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _,
};
use serde_json::{Value, json};
use service::Error;
use std::time::Duration;
use testkit::fake::{Fault, Reply};

/// What a message says before it is given more.
const MARK: &str = "Here they are.";

testkit::both! {
    /// What one message was told holds for the whole bot: nobody's message is asked for before the time is over, in no process
    /// and after no restart; then each leaves once, and those of one talk in their order.
    async fn a_pause_is_the_whole_bots(kit: Kit) {
        let bot = Bot::connected(&kit).await;
        let ctx = &testkit::tenant::owner_of(&bot.shop.kit.ctx, &bot.shop.scope).await;
        let scope = &service::access::company(ctx, bot.shop.scope.id()).await.unwrap();
        let slow = json!({ "ok": false, "error_code": 429, "description": "Too Many Requests: retry after 60", "parameters": { "retry_after": 60 } });
        bot.server.fail("/sendMessage", Fault::Answer(Reply::json(429, &slow)));
        for customer in ANA..ANA + 5 {
            let update = bot.world.write(customer, &json!({ "text": "hello" }));
            bot.deliver(&update).await.unwrap();
        }
        bot.work().await;
        assert_eq!(bot.server.calls("/sendMessage").len(), 1, "one has found out for all");
        assert!(bot.messages(MessageDirection::Outbound).await.iter().all(|message| message.status == MessageStatus::Queued));
        let until = bot.now().await.paused_until.unwrap().timestamp();
        assert_eq!(until.duration_since(kit.now()).as_secs(), 60);
        // Another process, and what is written meanwhile.
        let other = bot.shop.kit.with_engine(|engine| engine.outside.telegram_url = bot.server.url().to_owned());
        let conversations = conversation::Entity::find().filter(conversation::Column::ChannelId.eq(bot.channel.id));
        let talks = conversations.all(&ctx.db().read_across()).await.unwrap();
        for number in 1..=3 {
            service::inbox::send_as_operator(ctx, scope, talks[0].id, None, &format!("note {number}"), false).await.unwrap();
        }
        service::channel::test(ctx, scope, bot.channel.id, None).await.unwrap();
        for _ in 0..5 {
            other.drain_with(&service::jobs::registry()).await;
            kit.advance(Duration::from_millis(11_900));
        }
        assert_eq!(bot.server.calls("/sendMessage").len(), 1, "nothing before its time");
        assert!(bot.world.sent().is_empty());
        let waiting = kit.jobs().await.into_iter().filter(|job| job.kind == "send_message" && job.status == JobStatus::Waiting);
        assert!(waiting.clone().count() >= 5 && waiting.clone().all(|job| job.attempts <= 1), "waiting costs no attempts");
        for _ in 0..4 {
            kit.advance(Duration::from_secs(15));
            other.drain_with(&service::jobs::registry()).await;
        }
        let sent = bot.messages(MessageDirection::Outbound).await;
        assert!(sent.iter().all(|message| matches!(message.status, MessageStatus::Sent | MessageStatus::Failed)), "{sent:#?}");
        let told = bot.world.sent();
        assert_eq!(told.len(), sent.iter().filter(|message| message.status == MessageStatus::Sent).count(), "each once");
        let notes: Vec<_> = told.iter().filter_map(|message| message["text"].as_str()).filter(|text| text.starts_with("note")).collect();
        assert_eq!(notes, ["note 1", "note 2", "note 3"]);
        let log = service::channel::log(ctx, scope, bot.channel.id, 10).await.unwrap();
        let mut lines: Vec<_> = log.iter().filter(|line| line.kind == ChannelLogKind::Failed).map(|line| line.detail.clone().unwrap()).collect();
        lines.sort();
        // The pause once, and the test that was asked for meanwhile.
        let waits = "rate_limited: The platform asked to wait before more is sent.";
        assert_eq!(lines, [waits, "rate_limited: Too Many Requests: retry after 60"]);
        assert_eq!((bot.now().await.status, bot.now().await.error_count), (ChannelStatus::Connected, 0), "no fault of the connection");
        // A pause is bounded, whatever the platform says, and a clock that is set back makes none longer.
        let endless = json!({ "ok": false, "error_code": 429, "description": "Too Many Requests", "parameters": { "retry_after": 9_999_999 } });
        bot.server.fail("/sendMessage", Fault::Answer(Reply::json(429, &endless)));
        service::inbox::send_as_operator(ctx, scope, talks[0].id, None, "late", false).await.unwrap();
        bot.work().await;
        let until = bot.now().await.paused_until.unwrap().timestamp();
        assert_eq!(until.duration_since(kit.now()).as_secs(), 3600);
        kit.advance(Duration::from_secs(3600 + 900));
        bot.work().await;
        assert_eq!(bot.world.sent().last().unwrap()["text"], "late");
        bot.server.check();
    }

    /// A platform that asks to wait in the middle of a message has its first parts: the whole bot waits, and then the rest goes, the
    /// first parts no second time. What stops for good says how far it came, and staff send the rest.
    async fn a_message_goes_on_where_it_stopped(kit: Kit) {
        let bot = Bot::connected(&kit).await;
        let ctx = &testkit::tenant::owner_of(&bot.shop.kit.ctx, &bot.shop.scope).await;
        let scope = &service::access::company(ctx, bot.shop.scope.id()).await.unwrap();
        bot.says("hello").await;
        bot.work().await;
        let talk = bot.conversation().await.id;
        let long = "Long stems, tied by hand. ".repeat(60).trim_end().to_owned();
        let parts = || {
            let sent = bot.world.sent();
            let name = |message: &Value| ["photo", "video", "text"].into_iter().find(|part| !message[part].is_null()).unwrap();
            sent.iter().map(name).collect::<Vec<_>>()
        };
        // A message of three parts: a picture, a video, and a text too long to stand beside them.
        let refused = json!({ "ok": false, "error_code": 400, "description": "Bad Request: message text is empty" });
        bot.server.fail("/sendMessage", Fault::Answer(Reply::json(400, &refused)));
        let message = service::inbox::send_as_operator(ctx, scope, talk, None, MARK, false).await.unwrap();
        bot.work().await;
        let again = || async {
            let row = message::ActiveModel {
                text: Set(long.clone()),
                attachments: Set(json!([
                    { "kind": "image", "url": "https://cdn.example/rose.png" },
                    { "kind": "video", "url": "https://cdn.example/rose.mp4" },
                ])),
                ..message::Entity::find_by_id(message.id).one(&ctx.db().read_across()).await.unwrap().unwrap().into_active_model()
            };
            let tx = ctx.db().begin(scope).await.unwrap();
            row.update(&tx).await.unwrap();
            ctx.commit(tx).await.unwrap();
            service::inbox::retry_message(ctx, scope, message.id).await.unwrap();
            bot.work().await;
        };
        let now = || async { message::Entity::find_by_id(message.id).one(&ctx.db().read_across()).await.unwrap().unwrap() };
        let slow = json!({ "ok": false, "error_code": 429, "description": "Too Many Requests: retry after 60", "parameters": { "retry_after": 60 } });
        bot.server.fail("/sendVideo", Fault::Answer(Reply::json(429, &slow)));
        bot.world.forget_sent();
        again().await;
        assert_eq!(parts(), ["photo"]);
        assert_eq!((now().await.status, now().await.error), (MessageStatus::Queued, None));
        let until = bot.now().await.paused_until.unwrap().timestamp();
        assert_eq!(until.duration_since(kit.now()).as_secs(), 60, "the channel waits");
        // The next part meets a wall too, in another process; what comes after keeps its place.
        service::inbox::send_as_operator(ctx, scope, talk, None, "after it", false).await.unwrap();
        let other = bot.shop.kit.with_engine(|engine| engine.outside.telegram_url = bot.server.url().to_owned());
        bot.server.fail("/sendMessage", Fault::Answer(Reply::json(429, &slow)));
        kit.advance(Duration::from_secs(90));
        other.drain_with(&service::jobs::registry()).await;
        assert_eq!(parts(), ["photo", "video"]);
        kit.advance(Duration::from_secs(90));
        other.drain_with(&service::jobs::registry()).await;
        assert_eq!(parts(), ["photo", "video", "text", "text"], "each part once, in order");
        assert_eq!(bot.world.sent()[2]["text"].as_str(), Some(long.as_str()));
        assert_eq!(bot.world.sent()[3]["text"], "after it");
        let sent = now().await;
        assert_eq!((sent.status, sent.parts, sent.external_id.is_some()), (MessageStatus::Sent, None, true));
        assert_eq!(bot.conversation().await.attention_reason.as_deref(), Some("not_sent"), "of the first try");
        bot.server.check();
    }

    /// The door closes in the middle, and a call gets no answer in the middle: the mark says that a part is there, and who sends it
    /// again sends the rest.
    async fn what_stops_half_way_says_so(kit: Kit) {
        let bot = Bot::connected(&kit).await;
        let ctx = &testkit::tenant::owner_of(&bot.shop.kit.ctx, &bot.shop.scope).await;
        let scope = &service::access::company(ctx, bot.shop.scope.id()).await.unwrap();
        bot.says("hello").await;
        bot.work().await;
        let talk = bot.conversation().await.id;
        let blocked = json!({ "ok": false, "error_code": 403, "description": "Forbidden: bot was blocked by the user" });
        for (fault, status, why) in [
            (Fault::Answer(Reply::json(403, &blocked)), MessageStatus::Failed, "Only a part was sent. Forbidden"),
            (Fault::Cut, MessageStatus::Unknown, "Only a part was sent. The platform did not answer"),
        ] {
            bot.server.fail("/sendMessage", Fault::Answer(Reply::json(403, &blocked)));
            let message = service::inbox::send_as_operator(ctx, scope, talk, None, MARK, false).await.unwrap();
            bot.work().await;
            let find = || async { message::Entity::find_by_id(message.id).one(&ctx.db().read_across()).await.unwrap().unwrap() };
            let row = message::ActiveModel {
                attachments: Set(json!([{ "kind": "image", "url": "https://cdn.example/a.png" }, { "kind": "video", "url": "https://cdn.example/a.mp4" }])),
                ..find().await.into_active_model()
            };
            let tx = ctx.db().begin(scope).await.unwrap();
            row.update(&tx).await.unwrap();
            ctx.commit(tx).await.unwrap();
            bot.server.fail("/sendVideo", fault);
            bot.world.forget_sent();
            service::inbox::retry_message(ctx, scope, message.id).await.unwrap();
            bot.work().await;
            let stopped = find().await;
            assert_eq!(stopped.status, status);
            assert!(stopped.error.as_deref().is_some_and(|error| error.starts_with(why)), "{:?}", stopped.error);
            assert!(bot.conversation().await.needs_attention);
            service::inbox::retry_message(ctx, scope, message.id).await.unwrap();
            bot.work().await;
            let kinds: Vec<_> = bot.world.sent().iter().map(|sent| sent["photo"].is_string()).collect();
            assert_eq!(kinds, [true, false], "the picture, and once the video");
            assert_eq!((find().await.status, find().await.parts), (MessageStatus::Sent, None));
        }
        bot.server.check();
    }

    /// Trying a bot out: who opens the link and presses Start has the test message, once, and is no customer by that. A link that was
    /// used, or is too old, says so.
    async fn a_test_message_comes_by_a_link(kit: Kit) {
        let bot = Bot::connected(&kit).await;
        let (ctx, scope, id) = (&bot.shop.kit.ctx, &bot.shop.scope, bot.channel.id);
        let link = service::channel::start_test(ctx, scope, id).await.unwrap();
        assert_eq!(link.expires_at.duration_since(kit.now()).as_secs(), 600);
        let code = link.url.strip_prefix("https://t.me/flora_test_bot?start=").unwrap();
        assert!(code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{code}");
        let said = || bot.world.sent().last().unwrap()["text"].as_str().unwrap().to_owned();
        let pressed = bot.world.write(ANA, &json!({ "text": format!("/start {code}") }));
        // Telegram delivers again what it believes lost.
        for _ in 0..3 {
            bot.deliver(&pressed).await.unwrap();
            bot.work().await;
        }
        assert_eq!(bot.world.sent().len(), 1);
        assert_eq!(bot.world.sent()[0]["chat"]["id"], ANA);
        assert!(said().contains("test message"), "{}", said());
        let log = || async { service::channel::log(ctx, scope, id, 50).await.unwrap() };
        let newest = log().await.remove(0);
        assert_eq!((newest.kind, newest.detail.as_deref()), (ChannelLogKind::Tested, Some("Ana Ruiz")));
        let old = service::channel::start_test(ctx, scope, id).await.unwrap().url;
        kit.advance(Duration::from_secs(601));
        for (number, code) in [code, old.split_once("start=").unwrap().1].into_iter().enumerate() {
            let late = bot.world.write(ANA + 1, &json!({ "text": format!("/start {code}") }));
            bot.deliver(&late).await.unwrap();
            bot.work().await;
            assert_eq!(bot.world.sent().len(), number + 2);
            assert!(said().contains("too old"), "{}", said());
        }
        assert_eq!(log().await.iter().filter(|line| line.kind == ChannelLogKind::Tested).count(), 1);
        let db = &ctx.db().read_across();
        let talks = || conversation::Entity::find().filter(conversation::Column::ChannelId.eq(id)).count(db);
        assert_eq!((talks().await.unwrap(), bot.messages(MessageDirection::Inbound).await.len()), (0, 0), "nobody became a customer");
        // Who blocks the bot is not reached, and the log says so.
        let link = service::channel::start_test(ctx, scope, id).await.unwrap().url;
        bot.world.block(ANA, true);
        let code = link.split_once("start=").unwrap().1.to_owned();
        bot.deliver(&bot.world.write(ANA, &json!({ "text": format!("/start {code}") }))).await.unwrap();
        bot.work().await;
        let newest = log().await.remove(0);
        assert_eq!(newest.kind, ChannelLogKind::Failed);
        assert!(newest.detail.is_some_and(|detail| detail.starts_with("recipient: ")));
        bot.world.block(ANA, false);
        // What we did not sign is a customer's own affair.
        let mut tampered = code.clone();
        tampered.replace_range(code.len() - 1.., if code.ends_with('0') { "1" } else { "0" });
        let others = ["/start".to_owned(), "/start spring-sale".to_owned(), "/start test-1-2-3".to_owned(), format!("/start {tampered}"), code];
        for text in &others {
            bot.says(text).await;
        }
        assert_eq!(bot.messages(MessageDirection::Inbound).await.len(), others.len());
        assert_eq!(talks().await.unwrap(), 1);
        bot.work().await;
        bot.server.check();
    }

    /// The same where there is no public address; and what is wrong with a bot is said before anybody is sent there.
    async fn a_test_by_a_link_without_a_public_address(kit: Kit) {
        let bot = Bot::connecting(&kit, "http://127.0.0.1:8000", |_| {}).await;
        kit.may_remain("poll_channel");
        bot.run_one("connect_channel").await;
        let (ctx, scope, id) = (&bot.shop.kit.ctx, &bot.shop.scope, bot.channel.id);
        let link = service::channel::start_test(ctx, scope, id).await.unwrap().url;
        bot.world.write(ANA, &json!({ "text": format!("/start {}", link.split_once("start=").unwrap().1) }));
        bot.run_one("poll_channel").await;
        bot.run_one("test_channel").await;
        assert_eq!(bot.world.sent().len(), 1);
        assert!(bot.messages(MessageDirection::Inbound).await.is_empty());
        bot.server.fail("/getMe", Fault::Cut);
        let away = service::channel::start_test(ctx, scope, id).await;
        assert!(matches!(away, Err(Error::Unavailable(_))), "{away:?}");
        let ours = service::channel::start_test(ctx, scope, bot.shop.channel.id).await;
        assert!(matches!(&ours, Err(Error::Invalid(errors)) if errors[0].code == "NOT_CONNECTABLE"), "{ours:?}");
        bot.world.replace_token(NEW_TOKEN);
        let dead = service::channel::start_test(ctx, scope, id).await;
        assert!(matches!(&dead, Err(Error::Invalid(errors)) if errors[0].code == "NOT_WORKING"), "{dead:?}");
        assert_eq!(bot.now().await.error_code.as_deref(), Some("credentials"));
    }

    /// A platform that wants to be left alone works: the channel pauses and is told to nobody as broken, and a test says so. Who
    /// comes by an old link and at once by a fresh one is answered on both.
    async fn a_flood_is_no_fault_of_the_channel(kit: Kit) {
        let bot = Bot::connected(&kit).await;
        let (ctx, scope, id) = (&bot.shop.kit.ctx, &bot.shop.scope, bot.channel.id);
        let failures = || async {
            let log = service::channel::log(ctx, scope, id, 50).await.unwrap();
            log.into_iter().filter(|line| line.kind == ChannelLogKind::Failed).count()
        };
        let asked = bot.server.calls("/getMe").len();
        let slow = json!({ "ok": false, "error_code": 429, "description": "Too Many Requests: retry after 60", "parameters": { "retry_after": 60 } });
        bot.server.fail("/getMe", Fault::Answer(Reply::json(429, &slow)));
        for _ in 0..4 {
            let link = service::channel::start_test(ctx, scope, id).await;
            assert!(matches!(link, Err(Error::Unavailable(_))), "{link:?}");
        }
        assert_eq!((bot.server.calls("/getMe").len(), failures().await), (asked + 1, 1), "it is left alone, and the log says why");
        service::channel::test(ctx, scope, id, None).await.unwrap();
        bot.work().await;
        assert_eq!((bot.server.calls("/getMe").len(), failures().await), (asked + 1, 2), "each test leaves its line");
        let channel = bot.now().await;
        assert_eq!((channel.status, channel.error_count), (ChannelStatus::Connected, 0));
        assert!(channel.paused_until.is_some());
        kit.advance(Duration::from_secs(61));
        bot.server.heal();
        let code = async || {
            let link = service::channel::start_test(ctx, scope, id).await.unwrap().url;
            format!("/start {}", link.split_once("start=").unwrap().1)
        };
        let old = code().await;
        kit.advance(Duration::from_secs(601));
        let fresh = code().await;
        for code in [old, fresh] {
            bot.deliver(&bot.world.write(ANA, &json!({ "text": code }))).await.unwrap();
        }
        bot.work().await;
        let told: Vec<String> = bot.world.sent().iter().filter_map(|sent| Some(sent["text"].as_str()?.to_owned())).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().any(|text| text.contains("too old")) && told.iter().any(|text| text.contains("test message")), "{told:?}");
        bot.server.check();
    }
}

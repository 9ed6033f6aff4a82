//! A Telegram bot from the first connection to the last message: over the wire, against a stateful fake, with the faults that
//! the real one has.

use crate::commerce_support::Shop;
use entity::stored::{ChannelLogKind, ChannelStatus, MessageDirection, MessageStatus};
use entity::{channel, contact, conversation, credential, message};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::{Value, json};
use service::Error;
use service::inbox::Intake;
use std::time::Duration;
use testkit::Kit;
use testkit::fake::telegram::{TOKEN, Telegram};
use testkit::fake::{Fault, Server};

/// The customer's id on Telegram.
pub(crate) const ANA: i64 = 700_100_200;
pub(crate) const NEW_TOKEN: &str = "110201543:BBHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9";

/// A shop whose bot is connected.
pub(crate) struct Bot {
    pub(crate) shop: Shop,
    pub(crate) world: Telegram,
    pub(crate) server: Server,
    pub(crate) channel: channel::Model,
    intake: Intake,
}

impl Bot {
    pub(crate) async fn connected(kit: &Kit) -> Self {
        Self::connected_with(kit, |_| {}).await
    }

    /// As [`connected`](Self::connected), the engine changed by this.
    pub(crate) async fn connected_with(kit: &Kit, change: impl FnOnce(&mut service::Engine)) -> Self {
        let bot = Self::connecting(kit, "https://x8.example", change).await;
        bot.work().await;
        Self { channel: bot.now().await, ..bot }
    }

    pub(crate) async fn connecting(kit: &Kit, public_url: &str, change: impl FnOnce(&mut service::Engine)) -> Self {
        let world = Telegram::default();
        let server = world.start().await;
        let kit = kit.with_engine(|engine| {
            engine.outside.telegram_url = server.url().to_owned();
            engine.public_url = public_url.to_owned();
            change(engine);
        });
        let shop = Shop::open(kit).await;
        let channel = service::channel::connect_telegram(&shop.kit.ctx, &shop.scope, "Bot", TOKEN).await.unwrap();
        service::channel::update(&shop.kit.ctx, &shop.scope, channel.id, None, Some(0)).await.unwrap();
        let intake = Intake::new(&shop.kit.ctx);
        Self { shop, world, server, channel, intake }
    }

    pub(crate) async fn work(&self) {
        self.shop.kit.drain_with(&service::jobs::registry()).await;
    }

    /// Runs one due job of this kind.
    pub(crate) async fn run_one(&self, kind: &str) {
        let ctx = &self.shop.kit.ctx;
        let claimed = service::job::claim(ctx, "test", &[kind], 1, Duration::from_secs(60)).await.unwrap();
        let claimed = claimed.into_iter().next().expect("a job of this kind");
        let registry = service::jobs::registry();
        if let Err(failure) = registry.kind(kind).unwrap().run(ctx.clone(), claimed.clone()).await {
            service::job::fail(ctx, &claimed, &failure).await.unwrap();
        }
    }

    pub(crate) async fn now(&self) -> channel::Model {
        service::channel::get(&self.shop.kit.ctx, &self.shop.scope, self.channel.id).await.unwrap()
    }

    /// A delivery as Telegram makes it.
    pub(crate) async fn deliver(&self, update: &Value) -> Result<Option<Value>, Error> {
        let (url, secret) = self.world.webhook().expect("a webhook");
        let key = url.rsplit('/').next().unwrap().to_owned();
        self.deliver_to(&key, Some(&secret), update.to_string().as_bytes()).await
    }

    pub(crate) async fn deliver_to(
        &self,
        key: &str,
        secret: Option<&str>,
        body: &[u8],
    ) -> Result<Option<Value>, Error> {
        let header = |name: &str| secret.filter(|_| name == "x-telegram-bot-api-secret-token");
        service::channel::deliver(&self.shop.kit.ctx, &self.intake, key, header, body).await
    }

    pub(crate) async fn says(&self, text: &str) {
        let update = self.world.write(ANA, &json!({ "text": text }));
        self.deliver(&update).await.unwrap();
    }

    pub(crate) async fn messages(&self, direction: MessageDirection) -> Vec<message::Model> {
        message::Entity::find()
            .filter(message::Column::ChannelId.eq(self.channel.id))
            .filter(message::Column::Direction.eq(direction))
            .order_by_asc(message::Column::CreatedAt)
            .order_by_asc(message::Column::Id)
            .all(&self.shop.kit.ctx.db().read_across())
            .await
            .unwrap()
    }

    pub(crate) async fn conversation(&self) -> conversation::Model {
        conversation::Entity::find()
            .filter(conversation::Column::ChannelId.eq(self.channel.id))
            .one(&self.shop.kit.ctx.db().read_across())
            .await
            .unwrap()
            .unwrap()
    }
}

testkit::both! {
    /// Connecting sets the webhook with our secret, names the account, and shows of the token its last characters only.
    async fn connects_and_answers(kit: Kit) {
        let bot = Bot::connected(&kit).await;
        assert_eq!((bot.channel.status, bot.channel.error_count), (ChannelStatus::Connected, 0));
        assert_eq!(bot.channel.external_id.as_deref(), Some("110201543"));
        let (url, secret) = bot.world.webhook().unwrap();
        assert_eq!(url, format!("https://x8.example/webhooks/channel/{}", bot.channel.public_key));
        assert!(secret.len() >= 32, "R28");
        let hints = service::credential::hints(&bot.shop.kit.ctx, &bot.shop.scope, bot.channel.id).await.unwrap();
        assert_eq!(hints.len(), 1);
        assert_eq!(hints[0].last, "saw8");
        let rows = credential::Entity::find().all(&kit.ctx.db().read_across()).await.unwrap();
        assert!(rows.iter().all(|row| !row.sealed.contains("AAHdq")), "sealed");
        let log = service::channel::log(&bot.shop.kit.ctx, &bot.shop.scope, bot.channel.id, 10).await.unwrap();
        let kinds: Vec<_> = log.iter().map(|line| line.kind).collect();
        assert_eq!(kinds, [ChannelLogKind::Connected, ChannelLogKind::Connecting]);
        assert_eq!(log[0].detail.as_deref(), Some("@flora_test_bot"));

        bot.says("Hello, how much is the rose bouquet?").await;
        bot.work().await;
        let sent = bot.world.sent();
        assert!(!sent.is_empty() && sent.iter().all(|message| message["chat"]["id"] == ANA));
        let text: String = sent.iter().map(|message| message["text"].as_str().or(message["caption"].as_str()).unwrap_or("")).collect();
        assert!(text.contains("40"), "{text}");
        for reply in bot.messages(MessageDirection::Outbound).await {
            assert_eq!(reply.status, MessageStatus::Sent);
            assert!(reply.external_id.unwrap().starts_with("700100200:"));
        }
        bot.server.check();
    }

    /// A delivery without our secret is nobody's; the same delivery twice is one message; another tenant's secret opens nothing.
    async fn deliveries_are_verified_and_taken_once(kit: Kit) {
        let bot = Bot::connected(&kit).await;
        let update = bot.world.write(ANA, &json!({ "text": "hi" }));
        let (body, key) = (update.to_string(), bot.channel.public_key.clone());
        for secret in [None, Some(""), Some("wrong"), Some("0123456789012345678901234567890123456789012345678901234567890123")] {
            assert!(matches!(bot.deliver_to(&key, secret, body.as_bytes()).await, Err(Error::Unauthenticated)));
        }
        let (_, secret) = bot.world.webhook().unwrap();
        for key in ["", "nobody", &format!("{key}x"), &bot.shop.channel.public_key] {
            assert!(matches!(bot.deliver_to(key, Some(&secret), body.as_bytes()).await, Err(Error::NotFound(_))), "{key}");
        }
        for broken in [&b"{"[..], b"[]", b"\xff\xfe", b"{\"message\":7}"] {
            assert!(matches!(bot.deliver_to(&key, Some(&secret), broken).await, Err(Error::Invalid(_))));
        }
        assert!(bot.messages(MessageDirection::Inbound).await.is_empty());
        for _ in 0..3 {
            bot.deliver(&update).await.unwrap();
        }
        assert_eq!(bot.messages(MessageDirection::Inbound).await.len(), 1);
        // What does not concern us is taken and left: a group, a new kind of content, a bot.
        for other in [
            json!({ "update_id": 1, "message": { "message_id": 1, "date": 1, "text": "x", "chat": { "id": -5, "type": "supergroup" }, "from": { "id": 5, "is_bot": false, "first_name": "B" } } }),
            json!({ "update_id": 2, "something_new": { "a": 1 } }),
            json!({ "update_id": 3, "message": { "message_id": 2, "date": 1, "chat": { "id": 5, "type": "private" }, "from": { "id": 5, "is_bot": false, "first_name": "B" }, "pinned": {} } }),
        ] {
            bot.deliver(&other).await.unwrap();
        }
        assert_eq!(bot.messages(MessageDirection::Inbound).await.len(), 1);
        bot.work().await;
    }

    /// Buttons say their label and stop spinning, a shared own contact attests the phone, media keep the provider's name.
    async fn buttons_contacts_and_media_come_in(kit: Kit) {
        let bot = Bot::connected(&kit).await;
        let answer = bot.deliver(&bot.world.press(ANA, "Yes, please")).await.unwrap().unwrap();
        assert_eq!(answer["method"], "answerCallbackQuery");
        let card = |user: i64| json!({ "contact": { "phone_number": "34600111222", "first_name": "Ana", "user_id": user } });
        bot.deliver(&bot.world.write(ANA, &card(5))).await.unwrap();
        let ana = contact::Entity::find_by_id(bot.conversation().await.contact_id);
        assert_eq!(ana.clone().one(&kit.ctx.db().read_across()).await.unwrap().unwrap().phone, None, "somebody else's card attests nothing");
        bot.deliver(&bot.world.write(ANA, &card(ANA))).await.unwrap();
        assert_eq!(ana.one(&kit.ctx.db().read_across()).await.unwrap().unwrap().phone.as_deref(), Some("+34600111222"));
        let voice = json!({ "voice": { "file_id": "V1", "file_unique_id": "v", "duration": 3 } });
        bot.deliver(&bot.world.write(ANA, &voice)).await.unwrap();
        let photo = json!({ "caption": "this one", "photo": [
            { "file_id": "P1", "file_unique_id": "a", "width": 90, "height": 90 },
            { "file_id": "P2", "file_unique_id": "b", "width": 900, "height": 900 } ] });
        bot.deliver(&bot.world.write(ANA, &photo)).await.unwrap();
        let inbound = bot.messages(MessageDirection::Inbound).await;
        let texts: Vec<_> = inbound.iter().map(|message| message.text.as_str()).collect();
        assert_eq!(texts, ["Yes, please", "+34600111222", "+34600111222", "", "this one"]);
        assert_eq!(inbound[1].attachments, json!([{ "kind": "contact", "url": "tel:+34600111222", "name": "Ana" }]));
        assert_eq!((&inbound[3].attachments[0]["kind"], &inbound[3].attachments[0]["received"]["reference"]), (&json!("voice"), &json!("V1")));
        assert_eq!(inbound[4].attachments[0]["received"]["reference"], "P2", "the largest size");
        bot.work().await;
        assert!(!bot.world.sent().is_empty(), "every message is answered (architecture §6.10)");
    }

    /// A customer who blocked the bot, a picture that Telegram can't load, a text that waits: each ends visibly.
    async fn a_blocked_bot_is_shown(kit: Kit) {
        let bot = Bot::connected(&kit).await;
        bot.says("hello").await;
        bot.world.block(ANA, true);
        bot.work().await;
        let replies = bot.messages(MessageDirection::Outbound).await;
        assert!(replies.iter().all(|reply| reply.status == MessageStatus::Failed), "{replies:?}");
        assert!(replies[0].error.as_deref().unwrap().contains("blocked"));
        assert_eq!(bot.conversation().await.attention_reason.as_deref(), Some("recipient_unreachable"));
        assert_eq!(bot.now().await.status, ChannelStatus::Connected, "the channel itself is well");
        let unblock = json!({ "update_id": 900, "my_chat_member": {
            "chat": { "id": ANA, "type": "private" }, "from": { "id": ANA, "is_bot": false, "first_name": "Ana" }, "date": 1,
            "old_chat_member": { "status": "kicked" }, "new_chat_member": { "status": "member" } } });
        bot.deliver(&unblock).await.unwrap();
        assert!(!bot.conversation().await.needs_attention);
    }

    /// A revoked token shows at the channel in plain words; a new one is put in its place and conversations go on.
    async fn a_token_is_replaced_in_place(kit: Kit) {
        let bot = Bot::connected(&kit).await;
        bot.says("hello").await;
        bot.work().await;
        bot.world.replace_token(NEW_TOKEN);
        bot.says("rose bouquet").await;
        bot.work().await;
        let broken = bot.now().await;
        assert_eq!((broken.status, broken.error_code.as_deref()), (ChannelStatus::Error, Some("credentials")));
        assert!(!format!("{:?}", kit.jobs().await).contains("AAHdq"), "no token in jobs");
        let ctx = &bot.shop.kit.ctx;
        let replace = |token| service::channel::replace_telegram_token(ctx, &bot.shop.scope, bot.channel.id, token);
        for (token, code) in [("nonsense", "INVALID"), ("777:BBHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9", "OTHER_ACCOUNT")] {
            match replace(token).await {
                Err(Error::Invalid(errors)) => assert_eq!((errors[0].field[0].as_str(), errors[0].code.as_str()), ("botToken", code)),
                other => panic!("{other:?}"),
            }
        }
        replace(NEW_TOKEN).await.unwrap();
        bot.work().await;
        let mended = bot.now().await;
        assert_eq!((mended.status, mended.error_code, mended.error_count), (ChannelStatus::Connected, None, 0));
        let before = bot.world.sent().len();
        bot.says("olive tree").await;
        bot.work().await;
        assert!(bot.world.sent().len() > before);
        let known = conversation::Entity::find().filter(conversation::Column::ChannelId.eq(bot.channel.id)).count(&kit.ctx.db().read_across()).await.unwrap();
        assert_eq!(known, 1, "the same conversation goes on");
    }

    /// Without a public address the program asks; what came is stored before the place moves, and comes once.
    async fn polls_where_there_is_no_public_address(kit: Kit) {
        let bot = Bot::connecting(&kit, "http://127.0.0.1:8000", |_| {}).await;
        kit.may_remain("poll_channel");
        bot.run_one("connect_channel").await;
        assert_eq!(bot.now().await.status, ChannelStatus::Connected);
        assert_eq!(bot.world.webhook(), None);
        bot.world.write(ANA, &json!({ "text": "hello" }));
        bot.world.press(ANA, "rose bouquet");
        bot.run_one("poll_channel").await;
        bot.run_one("poll_channel").await;
        assert_eq!(bot.messages(MessageDirection::Inbound).await.len(), 2);
        assert_eq!(bot.now().await.settings["offset"], 3);
        assert_eq!(bot.world.answered_buttons().len(), 1);
        // Telegram away: it is asked again later, and the channel says so after a while.
        for _ in 0..3 {
            bot.server.fail("/getUpdates", Fault::Cut);
            kit.advance(Duration::from_secs(3600));
            bot.run_one("poll_channel").await;
        }
        assert_eq!(bot.now().await.status, ChannelStatus::Error);
        kit.advance(Duration::from_secs(3600));
        bot.run_one("poll_channel").await;
        assert_eq!(bot.now().await.status, ChannelStatus::Connected);
        // A dead token ends the asking until there is a new one.
        bot.world.replace_token(NEW_TOKEN);
        bot.run_one("poll_channel").await;
        assert_eq!(bot.now().await.error_code.as_deref(), Some("credentials"));
        bot.run_one("answer_turn").await;
        for job in kit.jobs().await {
            kit.may_remain(&job.kind);
        }
    }

    /// Who can't read the token does not know that there is none: the message waits, and nobody is alarmed.
    async fn a_token_that_cannot_be_read_for_a_while_fails_nothing(kit: Kit) {
        let bot = Bot::connected(&kit).await;
        bot.says("Hello, how much is the rose bouquet?").await;
        bot.run_one("answer_turn").await;
        kit.ctx.db().change_schema("ALTER TABLE credential RENAME TO away").await.unwrap();
        bot.run_one("send_message").await;
        let waiting = bot.messages(MessageDirection::Outbound).await;
        assert!(!waiting.is_empty() && waiting.iter().all(|message| message.status == MessageStatus::Queued), "{waiting:#?}");
        assert_eq!((bot.now().await.status, bot.now().await.error_count), (ChannelStatus::Connected, 0));
        assert!(!bot.conversation().await.needs_attention);
        kit.ctx.db().change_schema("ALTER TABLE away RENAME TO credential").await.unwrap();
        kit.advance(Duration::from_secs(600));
        bot.work().await;
        let sent = bot.messages(MessageDirection::Outbound).await;
        assert!(sent.iter().all(|message| message.status == MessageStatus::Sent), "{sent:#?}");
        assert_eq!(bot.world.sent().len(), sent.len(), "each once");
        // Where there really is none, the message fails with words for staff.
        bot.says("And the other one?").await;
        bot.run_one("answer_turn").await;
        credential::Entity::delete_many().exec(&kit.ctx.db().read_across()).await.unwrap();
        bot.work().await;
        let last = bot.messages(MessageDirection::Outbound).await.pop().unwrap();
        assert_eq!((last.status, last.error.as_deref()), (MessageStatus::Failed, Some("The channel is not connected any more.")));
        assert!(bot.conversation().await.needs_attention);
    }

    /// A turn whose every run breaks off ends with the apology and the mark, whatever broke it.
    async fn a_turn_that_breaks_off_each_time_is_answered_in_the_end(kit: Kit) {
        let bot = Bot::connected(&kit).await;
        let ctx = &bot.shop.kit.ctx;
        for (number, reason) in
            ["the worker went silent", "took longer than 120s", "a fault in the program: no words"].into_iter().enumerate()
        {
            bot.says("Hello, how much is the rose bouquet?").await;
            // A process that dies has mostly other reasons; a panic and an endless run have not.
            let runs = if reason == "the worker went silent" { 7 } else { 4 };
            for run in 1..=runs {
                let claimed = service::job::claim(ctx, "test", &["answer_turn"], 1, Duration::from_secs(60)).await.unwrap();
                assert_eq!(claimed[0].row.attempts, run);
                service::job::fail(ctx, &claimed[0], &service::job::Failure::later(reason.to_owned())).await.unwrap();
                kit.advance(Duration::from_secs(3600));
            }
            bot.work().await;
            assert_eq!(bot.world.sent().len(), number + 1, "{reason}: the apology");
            let talk = bot.conversation().await;
            assert_eq!((talk.needs_attention, talk.attention_reason.as_deref()), (true, Some("turn_failed")), "{reason}");
            service::inbox::mark_read(ctx, &bot.shop.scope, talk.id).await.unwrap();
        }
    }

    /// Disconnecting ends deliveries and forgets the token; the same bot can be connected anew, and not twice.
    async fn disconnects(kit: Kit) {
        let bot = Bot::connected(&kit).await;
        let ctx = &bot.shop.kit.ctx;
        let twice = service::channel::connect_telegram(ctx, &bot.shop.scope, "Again", TOKEN).await;
        assert!(matches!(&twice, Err(Error::Invalid(errors)) if errors[0].code == "ALREADY_CONNECTED"), "{twice:?}");
        // Another company would take its messages away.
        let other = kit.another_tenant("Other").await;
        let taken = service::channel::connect_telegram(ctx, &other.scope, "Mine", TOKEN).await;
        assert!(matches!(&taken, Err(Error::Invalid(errors)) if errors[0].code == "ALREADY_CONNECTED"), "{taken:?}");
        let (_, secret) = bot.world.webhook().unwrap();
        service::channel::disconnect(ctx, &bot.shop.scope, bot.channel.id).await.unwrap();
        let update = bot.world.write(ANA, &json!({ "text": "hi" })).to_string();
        let late = bot.deliver_to(&bot.channel.public_key, Some(&secret), update.as_bytes()).await;
        assert!(matches!(late, Err(Error::NotFound(_))));
        bot.server.fail("/deleteWebhook", Fault::Cut);
        bot.work().await;
        kit.advance(Duration::from_secs(600));
        bot.work().await;
        assert_eq!(bot.world.webhook(), None);
        assert_eq!(credential::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 0);
        service::channel::connect_telegram(ctx, &bot.shop.scope, "Again", TOKEN).await.unwrap();
        bot.work().await;
        assert!(bot.world.webhook().is_some());
        bot.server.check();
    }

    /// However long Telegram is away: the next ask is near, and nobody's button waits behind it.
    async fn an_outage_locks_nothing(kit: Kit) {
        let bot = Bot::connecting(&kit, "http://127.0.0.1:8000", |_| {}).await;
        kit.may_remain("poll_channel");
        bot.run_one("connect_channel").await;
        let (ctx, scope, id) = (&bot.shop.kit.ctx, &bot.shop.scope, bot.channel.id);
        for _ in 0..12 {
            bot.server.fail("/getUpdates", Fault::Cut);
            bot.run_one("poll_channel").await;
            kit.advance(Duration::from_secs(30));
        }
        bot.server.fail("/getUpdates", Fault::Cut);
        bot.run_one("poll_channel").await;
        service::channel::test(ctx, scope, id, None).await.unwrap();
        bot.run_one("test_channel").await;
        assert_eq!(bot.now().await.status, ChannelStatus::Connected);
        // A connection that is put off does not hold up the one who gives up.
        service::channel::reconnect(ctx, scope, id).await.unwrap();
        for _ in 0..4 {
            bot.server.fail("/getMe", Fault::Cut);
            bot.run_one("connect_channel").await;
            kit.advance(Duration::from_secs(60));
        }
        bot.server.fail("/getMe", Fault::Cut);
        bot.run_one("connect_channel").await;
        service::channel::disconnect(ctx, scope, id).await.unwrap();
        bot.work().await;
        assert_eq!(credential::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 0);
    }

    /// The bot was connected anew while its old channel could not say goodbye: what is delivered to the new one stays.
    async fn a_late_goodbye_leaves_the_new_channel_alone(kit: Kit) {
        let bot = Bot::connected(&kit).await;
        let (ctx, scope) = (&bot.shop.kit.ctx, &bot.shop.scope);
        for method in ["/getWebhookInfo", "/deleteWebhook"] {
            bot.server.fail(method, Fault::Cut);
        }
        service::channel::disconnect(ctx, scope, bot.channel.id).await.unwrap();
        bot.work().await;
        let anew = service::channel::connect_telegram(ctx, scope, "Again", TOKEN).await.unwrap();
        bot.work().await;
        bot.server.heal();
        kit.advance(Duration::from_secs(900));
        bot.work().await;
        assert!(bot.world.webhook().is_some_and(|(url, _)| url.ends_with(&anew.public_key)));
        assert_eq!(credential::Entity::find().count(&ctx.db().read_across()).await.unwrap(), 1, "of the new one");
        bot.server.check();
    }

    /// The program gets a public address, another one, and loses it: what is looked at then is told anew where to deliver.
    async fn a_new_public_address_is_told(kit: Kit) {
        let bot = Bot::connecting(&kit, "http://127.0.0.1:8000", |_| {}).await;
        kit.may_remain("poll_channel");
        bot.run_one("connect_channel").await;
        bot.run_one("poll_channel").await;
        for address in ["https://one.example", "https://two.example"] {
            let moved = bot.shop.kit.with_engine(|engine| {
                engine.outside.telegram_url = bot.server.url().to_owned();
                engine.public_url = address.to_owned();
            });
            service::channel::check_intakes(&moved.ctx).await.unwrap();
            moved.drain_with(&service::jobs::registry()).await;
            let (url, _) = bot.world.webhook().expect("a webhook");
            assert_eq!(url, format!("{address}/webhooks/channel/{}", bot.channel.public_key));
            let calls = bot.server.calls("/setWebhook").len();
            kit.advance(Duration::from_secs(3600));
            service::channel::check_intakes(&moved.ctx).await.unwrap();
            moved.drain_with(&service::jobs::registry()).await;
            assert_eq!(bot.server.calls("/setWebhook").len(), calls, "it stands");
        }
        service::channel::check_intakes(&bot.shop.kit.ctx).await.unwrap();
        bot.run_one("check_intake").await;
        bot.run_one("connect_channel").await;
        assert_eq!(bot.world.webhook(), None);
        bot.world.write(ANA, &json!({ "text": "hello" }));
        bot.run_one("poll_channel").await;
        assert_eq!(bot.messages(MessageDirection::Inbound).await.len(), 1);
        for job in kit.jobs().await {
            kit.may_remain(&job.kind);
        }
        bot.server.check();
    }
}

//! A Telegram bot that is told to wait.

use crate::channel_telegram::{ANA, Bot};
use entity::conversation;
use entity::stored::{ChannelLogKind, ChannelStatus, JobStatus, MessageDirection, MessageStatus};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use std::time::Duration;
use testkit::fake::{Fault, Reply};

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
        let lines: Vec<_> = log.iter().filter(|line| line.kind == ChannelLogKind::Failed).map(|line| line.detail.clone().unwrap()).collect();
        assert_eq!(lines, ["rate_limited: Too Many Requests: retry after 60"]);
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
}

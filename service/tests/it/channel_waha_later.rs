//! What WAHA says later: the phone behind a hidden id, the digits of a passkey.

use crate::channel_waha::{Phone, codes};
use entity::contact_address;
use entity::stored::{ChannelLogKind, ChannelStatus, MessageDirection, MessageStatus};
use sea_orm::EntityTrait as _;
use serde_json::json;
use service::channel::WahaServer;
use testkit::fake::waha::{API_KEY, SESSION};
use testkit::fake::{Fault, Reply};

testkit::both! {
    /// A server that says how long it wants to be left alone is left alone by the whole channel.
    async fn a_pause_is_the_whole_channels(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        let busy = Reply::json(429, &json!({ "statusCode": 429, "message": "Too Many Requests" })).with_header("retry-after", "60");
        phone.server.fail("/api/sendText", Fault::Answer(busy));
        for number in 0..3 {
            let chat = format!("3460011122{number}@c.us");
            phone.deliver(&phone.world.write(SESSION, &chat, &json!({ "body": "hello" }))).await.unwrap();
        }
        phone.work().await;
        for _ in 0..5 {
            phone.later(11).await;
        }
        assert_eq!(phone.server.calls("/api/sendText").len(), 1, "one has found out for all");
        for _ in 0..3 {
            phone.later(15).await;
        }
        let sent = phone.messages(MessageDirection::Outbound).await;
        assert!(sent.len() >= 3 && sent.iter().all(|message| message.status == MessageStatus::Sent), "{sent:#?}");
        assert_eq!(phone.server.calls("/api/sendText").len(), sent.len() + 1, "each once");
        phone.server.check();
    }

    /// A phone that WAHA learns later reaches the contact, without anybody asking; what was never learned is asked for less and
    /// less, and begins anew with the next message.
    async fn a_hidden_id_is_asked_for_again_later(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        kit.may_remain("identify_contact");
        let hidden = || phone.world.write(SESSION, "999@lid", &json!({ "body": "hello" }));
        phone.deliver(&hidden()).await.unwrap();
        phone.work().await;
        assert_eq!(phone.server.calls("/lids/").len(), 1);
        phone.server.fail("/lids/", Fault::Answer(Reply::json(500, &json!({ "message": "no" }))));
        phone.later(601).await;
        phone.deliver(&hidden()).await.unwrap();
        phone.work().await;
        assert_eq!(phone.server.calls("/lids/").len(), 2, "no message waits for it");
        phone.world.know_lid("999@lid", "+34600777666");
        phone.later(3601).await;
        let contacts = phone.contacts().await;
        assert_eq!((contacts.len(), contacts[0].phone.as_deref()), (1, Some("+34600777666")));
        let addresses = contact_address::Entity::find().all(&kit.ctx.db().read_across()).await.unwrap();
        assert!(addresses.iter().any(|address| address.value == "+34600777666" && address.trusted));
        let asked = phone.server.calls("/lids/").len();
        phone.deliver(&hidden()).await.unwrap();
        phone.later(100_000).await;
        assert_eq!(phone.server.calls("/lids/").len(), asked, "it is known");
        phone.server.check();
    }

    /// The phone asks to compare digits: they are shown, a person says that they are the same, and the phone is linked.
    async fn digits_are_compared(kit: Kit) {
        let phone = Phone::connecting(&kit).await;
        phone.work().await;
        let (ctx, scope, id) = (&phone.shop.kit.ctx, &phone.shop.scope, phone.channel.id);
        let early = service::channel::confirm_passkey(ctx, scope, id).await.unwrap_err();
        assert_eq!(codes(&early), [("id".to_owned(), "NOT_CONFIRMED".to_owned())]);
        phone.world.becomes(SESSION, "PASSKEY_CONFIRMATION_REQUIRED");
        phone.take_posted().await;
        phone.work().await;
        let code = phone.code().await;
        assert_eq!((code.session, code.value.as_deref()), (Some(service::Session::PasskeyConfirmation), Some("1234")));
        service::channel::confirm_passkey(ctx, scope, id).await.unwrap();
        phone.take_posted().await;
        phone.work().await;
        assert_eq!(phone.now().await.status, ChannelStatus::Connected);
        phone.server.check();
    }

    /// A phone that is linked anew after hours gets what was to be said meanwhile, once and in its order; what waited for a day is
    /// given up and shown.
    async fn messages_wait_for_a_phone(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        phone.says("hello").await;
        phone.world.becomes(SESSION, "SCAN_QR_CODE");
        for _ in 0..72 {
            phone.later(300).await;
        }
        assert!(phone.world.sent().is_empty());
        let waiting = phone.messages(MessageDirection::Outbound).await;
        assert!(!waiting.is_empty() && waiting.iter().all(|reply| reply.status == MessageStatus::Queued), "{waiting:?}");
        phone.world.becomes(SESSION, "WORKING");
        for _ in 0..4 {
            phone.later(300).await;
        }
        let said: Vec<_> = phone.messages(MessageDirection::Outbound).await;
        assert!(said.iter().all(|reply| reply.status == MessageStatus::Sent), "{said:?}");
        let texts: Vec<_> = phone.world.sent().iter().map(|sent| sent["text"].as_str().unwrap().to_owned()).collect();
        assert_eq!(texts, said.iter().map(|reply| reply.text.clone()).collect::<Vec<_>>(), "each once, in their order");
        phone.says("rose bouquet").await;
        phone.world.becomes(SESSION, "SCAN_QR_CODE");
        for _ in 0..51 {
            phone.later(1800).await;
        }
        let given_up = phone.messages(MessageDirection::Outbound).await.split_off(said.len());
        assert!(!given_up.is_empty() && given_up.iter().all(|reply| reply.status == MessageStatus::Failed), "{given_up:?}");
        assert_eq!(phone.conversation().await.attention_reason.as_deref(), Some("not_sent"));
        phone.server.check();
    }

    /// Traffic that does not come here is said once, and stays said until something comes.
    async fn silence_is_said_once(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        let elapsed = (kit.now().as_millisecond() - 1_772_442_000_000) + 3_600_000;
        phone.world.silent_traffic(SESSION, elapsed);
        for _ in 0..40 {
            phone.later(60).await;
        }
        let lines = phone.log_kinds().await;
        for _ in 0..10 {
            phone.later(60).await;
            let now = phone.now().await;
            assert_eq!((now.status, now.error_code.as_deref()), (ChannelStatus::Error, Some("silent")));
        }
        assert_eq!(phone.log_kinds().await, lines, "nothing more is said");
        assert_eq!(lines.iter().filter(|kind| **kind == ChannelLogKind::Alarm).count(), 1);
        phone.later(3600).await;
        phone.says("hello").await;
        phone.later(60).await;
        assert_eq!(phone.now().await.status, ChannelStatus::Connected);
    }

    /// The session was connected anew while its old channel could not say goodbye: it is the new one's.
    async fn a_late_goodbye_leaves_the_new_channel_alone(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        let (ctx, scope) = (&phone.shop.kit.ctx, &phone.shop.scope);
        phone.server.fail("/api/sessions/", Fault::Cut);
        service::channel::disconnect(ctx, scope, phone.channel.id).await.unwrap();
        phone.work().await;
        let place = WahaServer { url: phone.server.url(), api_key: API_KEY, session: Some(SESSION) };
        let anew = service::channel::connect_waha(ctx, scope, "Again", &place).await.unwrap();
        phone.work().await;
        phone.later(900).await;
        assert_eq!(phone.world.status(SESSION), Some("WORKING"));
        let anew = service::channel::get(ctx, scope, anew.id).await.unwrap();
        assert_eq!(anew.status, ChannelStatus::Connected);
        let secrets = entity::credential::Entity::find().all(&ctx.db().read_across()).await.unwrap();
        assert_eq!(secrets.len(), 1, "of the new one");
        phone.server.check();
    }
}

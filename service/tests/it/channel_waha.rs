//! A phone linked by WAHA, from the code to the last message: over the wire, against a stateful fake, with the faults that the
//! real one has.

use crate::commerce_support::Shop;
use entity::stored::{
    ChannelLogKind, ChannelStatus, ConversationOwner, MessageAuthor, MessageDirection, MessageStatus,
};
use entity::{channel, channel_log, contact, contact_address, conversation, credential, message};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::{Value, json};
use service::Error;
use service::channel::WahaServer;
use service::inbox::Intake;
use std::time::Duration;
use testkit::Kit;
use testkit::fake::waha::{API_KEY, Posted, SESSION, Waha};
use testkit::fake::{Fault, Reply, Server, allow};

/// The customer's chat.
pub(crate) const ANA: &str = "34600111222@c.us";
const PHONE: &str = "+34600999888";

/// A shop whose phone is linked.
pub(crate) struct Phone {
    pub(crate) shop: Shop,
    pub(crate) world: Waha,
    pub(crate) server: Server,
    pub(crate) channel: channel::Model,
    intake: Intake,
}

impl Phone {
    pub(crate) async fn linked(kit: &Kit) -> Self {
        let phone = Self::connecting(kit).await;
        phone.work().await;
        phone.world.scan(SESSION, PHONE);
        phone.take_posted().await;
        phone.work().await;
        Self { channel: phone.now().await, ..phone }
    }

    pub(crate) async fn connecting(kit: &Kit) -> Self {
        let world = Waha::default();
        let server = world.start().await;
        let kit = kit.with_engine(|engine| allow(engine, &server));
        kit.may_remain("watch_channel");
        let shop = Shop::open(kit).await;
        let server_of = WahaServer { url: server.url(), api_key: API_KEY, session: Some(SESSION) };
        let channel =
            service::channel::connect_waha(&shop.kit.ctx, &shop.scope, "Shop phone", &server_of).await.unwrap();
        service::channel::update(&shop.kit.ctx, &shop.scope, channel.id, None, Some(0)).await.unwrap();
        let intake = Intake::new(&shop.kit.ctx);
        Self { shop, world, server, channel, intake }
    }

    pub(crate) async fn work(&self) {
        self.shop.kit.drain_with(&service::jobs::registry()).await;
    }

    /// So much later: what is due then runs.
    pub(crate) async fn later(&self, seconds: u64) {
        self.shop.kit.advance(Duration::from_secs(seconds));
        self.work().await;
    }

    pub(crate) async fn now(&self) -> channel::Model {
        service::channel::get(&self.shop.kit.ctx, &self.shop.scope, self.channel.id).await.unwrap()
    }

    async fn session(&self) -> String {
        let ctx = &self.shop.kit.ctx;
        service::channel::session(ctx, &self.shop.scope, self.channel.id).await.unwrap().unwrap().session
    }

    pub(crate) async fn code(&self) -> service::channel::Code {
        service::channel::code(&self.shop.kit.ctx, &self.shop.scope, self.channel.id).await.unwrap()
    }

    /// What the server has to tell by itself.
    pub(crate) async fn take_posted(&self) {
        for posted in self.world.posted() {
            self.deliver(&posted).await.unwrap();
        }
    }

    pub(crate) async fn deliver(&self, posted: &Posted) -> Result<Option<Value>, Error> {
        self.deliver_to(&posted.url, Some(&posted.signature), posted.body.as_bytes()).await
    }

    pub(crate) async fn deliver_to(
        &self,
        url: &str,
        signature: Option<&str>,
        body: &[u8],
    ) -> Result<Option<Value>, Error> {
        let key = url.rsplit('/').next().unwrap();
        let header = |name: &str| match name {
            "x-webhook-hmac" => signature,
            "x-webhook-hmac-algorithm" => Some("sha512"),
            _ => None,
        };
        service::channel::deliver(&self.shop.kit.ctx, &self.intake, key, header, body).await
    }

    pub(crate) async fn says(&self, text: &str) {
        self.deliver(&self.world.write(SESSION, ANA, &json!({ "body": text }))).await.unwrap();
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

    async fn log(&self) -> Vec<channel_log::Model> {
        service::channel::log(&self.shop.kit.ctx, &self.shop.scope, self.channel.id, 50).await.unwrap()
    }

    pub(crate) async fn log_kinds(&self) -> Vec<ChannelLogKind> {
        self.log().await.into_iter().map(|line| line.kind).collect()
    }

    pub(crate) async fn contacts(&self) -> Vec<contact::Model> {
        contact::Entity::find().all(&self.shop.kit.ctx.db().read_across()).await.unwrap()
    }
}

pub(crate) fn codes(error: &Error) -> Vec<(String, String)> {
    match error {
        Error::Invalid(errors) => errors.iter().map(|error| (error.field[0].clone(), error.code.clone())).collect(),
        other => panic!("{other:?}"),
    }
}

testkit::both! {
    /// A session is made with our address and a key of its own; its code is asked for live, renews, and is scanned; then the
    /// assistant answers.
    async fn links_a_phone_and_answers(kit: Kit) {
        let phone = Phone::connecting(&kit).await;
        assert_eq!(phone.now().await.status, ChannelStatus::Connecting);
        phone.work().await;
        let config = phone.world.config(SESSION);
        let hook = &config["webhooks"][0];
        assert_eq!(hook["url"], format!("https://x8.example/webhooks/channel/{}", phone.channel.public_key));
        assert!(hook["hmac"]["key"].as_str().unwrap().len() >= 32);
        assert_eq!(config["ignore"]["groups"], true);
        assert_eq!((phone.now().await.status, phone.session().await.as_str()), (ChannelStatus::Connecting, "starting"));
        phone.take_posted().await;
        phone.work().await;
        assert_eq!((phone.now().await.status, phone.session().await.as_str()), (ChannelStatus::Connecting, "scan_qr"));
        let first = phone.code().await;
        assert_eq!((first.value.as_deref(), first.number), (Some("2@code1/abc,def=="), Some((1, 6))));
        phone.world.next_code(SESSION);
        phone.take_posted().await;
        let second = phone.code().await;
        assert_eq!((second.value.as_deref(), second.number), (Some("2@code2/abc,def=="), Some((2, 6))));
        phone.work().await;
        phone.world.scan(SESSION, PHONE);
        phone.take_posted().await;
        phone.work().await;
        let now = phone.now().await;
        assert_eq!((now.status, now.external_id.as_deref(), now.error_count), (ChannelStatus::Connected, Some("34600999888"), 0));
        assert_eq!(phone.code().await.value, None, "nothing to scan any more");
        assert_eq!(phone.log_kinds().await, [ChannelLogKind::Connected, ChannelLogKind::Connecting]);
        assert_eq!(phone.log().await[0].detail.as_deref(), Some(PHONE));
        let hints = service::credential::hints(&phone.shop.kit.ctx, &phone.shop.scope, phone.channel.id).await.unwrap();
        assert_eq!((hints[0].name.as_str(), hints[0].last.as_str()), ("waha_key", "6789"));

        phone.says("Hello, how much is the rose bouquet?").await;
        phone.work().await;
        let sent = phone.world.sent();
        assert!(!sent.is_empty() && sent.iter().all(|message| message["chatId"] == ANA), "{sent:?}");
        let text: String = sent.iter().map(|message| message["text"].as_str().or(message["caption"].as_str()).unwrap_or("")).collect();
        assert!(text.contains("40"), "{text}");
        for reply in phone.messages(MessageDirection::Outbound).await {
            assert_eq!(reply.status, MessageStatus::Sent);
            assert!(reply.external_id.unwrap().starts_with("true:3EB0"));
        }
        let ana = &phone.contacts().await[0];
        assert_eq!((ana.phone.as_deref(), ana.name.as_deref()), (Some("+34600111222"), Some("Ana")));
        phone.server.check();
    }

    /// Six codes that nobody scans end the session; a press on "again" brings a new one, and nothing restarts by itself.
    async fn a_code_that_nobody_scans_runs_out(kit: Kit) {
        let phone = Phone::connecting(&kit).await;
        phone.work().await;
        for _ in 0..6 {
            phone.world.next_code(SESSION);
        }
        phone.take_posted().await;
        phone.work().await;
        let now = phone.now().await;
        assert_eq!((now.status, now.error_code.as_deref()), (ChannelStatus::Error, Some("code_expired")));
        assert_eq!(phone.code().await.session, Some(gateway::channel::Session::Failed));
        for _ in 0..20 {
            phone.later(300).await;
        }
        assert!(phone.server.calls("/restart").is_empty(), "codes are shown to nobody");
        service::channel::reconnect(&phone.shop.kit.ctx, &phone.shop.scope, phone.channel.id).await.unwrap();
        phone.work().await;
        phone.take_posted().await;
        phone.work().await;
        assert_eq!((phone.now().await.status, phone.session().await.as_str()), (ChannelStatus::Connecting, "scan_qr"));
        assert_eq!(phone.code().await.number, Some((1, 6)));
        phone.world.scan(SESSION, PHONE);
        // The delivery is lost: the state is read.
        phone.later(60).await;
        assert_eq!(phone.now().await.status, ChannelStatus::Connected);
        phone.server.check();
    }

    /// The signature is over the raw bytes with the channel's own key; a replay, by event or by message, is one message.
    async fn deliveries_are_verified_and_taken_once(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        let posted = phone.world.write(SESSION, ANA, &json!({ "body": "hí" }));
        let (url, body) = (posted.url.as_str(), posted.body.as_str());
        let wrong = "0".repeat(128);
        for signature in [None, Some(""), Some("no hex"), Some(&posted.signature[..64]), Some(wrong.as_str())] {
            assert!(matches!(phone.deliver_to(url, signature, body.as_bytes()).await, Err(Error::Unauthenticated)));
        }
        let changed = body.replace("hí", "hi");
        assert!(matches!(phone.deliver_to(url, Some(&posted.signature), changed.as_bytes()).await, Err(Error::Unauthenticated)));
        let other = format!("https://x8.example/webhooks/channel/{}", phone.shop.channel.public_key);
        assert!(matches!(phone.deliver_to(&other, Some(&posted.signature), body.as_bytes()).await, Err(Error::NotFound(_))));
        assert!(phone.messages(MessageDirection::Inbound).await.is_empty());
        for _ in 0..3 {
            phone.deliver(&posted).await.unwrap();
        }
        // The same message as another event, and by the name that the chat has elsewhere.
        let payload = serde_json::from_str::<Value>(body).unwrap()["payload"].clone();
        phone.deliver(&phone.world.post(SESSION, "message", &payload)).await.unwrap();
        assert_eq!(phone.messages(MessageDirection::Inbound).await.len(), 1);
        for (event, payload) in [
            ("message.any", json!({ "id": "false_1-2@g.us_A", "from": "1-2@g.us", "body": "group" })),
            ("message.any", json!({ "id": "false_status@broadcast_A", "from": "status@broadcast", "body": "status" })),
            ("message.any", json!({ "id": "false_7@newsletter_A", "from": "7@newsletter", "body": "channel" })),
            ("message.any", json!({ "id": "true_34600999888@c.us_A", "fromMe": true, "to": "34600999888@c.us", "source": "app", "body": "to myself" })),
            ("something.new", json!({ "a": 1 })),
        ] {
            phone.deliver(&phone.world.post(SESSION, event, &payload)).await.unwrap();
        }
        assert_eq!(phone.messages(MessageDirection::Inbound).await.len(), 1);
        assert!(phone.messages(MessageDirection::Outbound).await.is_empty());
        let broken = phone.world.post(SESSION, "message.any", &json!({ "id": 7 }));
        assert!(matches!(phone.deliver(&broken).await, Err(Error::Invalid(_))));
        phone.work().await;
    }

    /// Places and cards come in words, media by their names, also such as did not come along.
    async fn places_cards_and_media_come_in(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        let card = "BEGIN:VCARD\nFN:Eva\nTEL;waid=34600:+34 600 333 444\nEND:VCARD";
        for content in [
            json!({ "location": { "latitude": "39.46", "longitude": "-0.37", "live": false } }),
            json!({ "vCards": [card] }),
            json!({ "body": "this one", "hasMedia": true, "media": { "url": "http://localhost:3000/api/files/default/A.jpg", "mimetype": "image/jpeg" } }),
            json!({ "hasMedia": true, "media": { "url": "http://localhost:3000/api/files/default/B.oga", "mimetype": "audio/ogg; codecs=opus" } }),
            json!({ "hasMedia": true, "media": null }),
        ] {
            phone.deliver(&phone.world.write(SESSION, ANA, &content)).await.unwrap();
        }
        let inbound = phone.messages(MessageDirection::Inbound).await;
        let texts: Vec<_> = inbound.iter().map(|message| message.text.as_str()).collect();
        assert_eq!(texts, ["39.46000, -0.37000", "Eva +34 600 333 444", "this one", "", ""]);
        let kinds: Vec<_> = inbound.iter().map(|message| message.attachments[0]["kind"].as_str().unwrap_or("")).collect();
        assert_eq!(kinds, ["", "contact", "image", "voice", "file"]);
        assert!(inbound[4].attachments[0]["received"]["reference"].as_str().unwrap().starts_with("message:false_"));
        phone.work().await;
        assert!(!phone.world.sent().is_empty(), "every message is answered (architecture §6.10)");
    }

    /// A hidden id is the person that WAHA says it is, however they are named next; one that nobody knows has no phone.
    async fn a_hidden_id_is_one_person(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        phone.says("hello").await;
        phone.world.know_lid("111222333@lid", "+34600111222");
        let hidden = |chat: &str| phone.world.write(SESSION, chat, &json!({ "body": "it is me" }));
        phone.deliver(&hidden("111222333@lid")).await.unwrap();
        assert_eq!(phone.contacts().await.len(), 1, "one person");
        assert_eq!(phone.server.calls("/lids/").len(), 1);
        phone.deliver(&hidden("111222333@lid")).await.unwrap();
        assert_eq!(phone.server.calls("/lids/").len(), 1, "asked once");
        // Unknown to WAHA, and one of whom it does not tell.
        phone.deliver(&hidden("999@lid")).await.unwrap();
        phone.server.fail("/lids/", Fault::Answer(Reply::json(500, &json!({ "message": "no" }))));
        phone.deliver(&hidden("888@lid")).await.unwrap();
        let addresses = contact_address::Entity::find().all(&kit.ctx.db().read_across()).await.unwrap();
        let hidden: Vec<_> = addresses.iter().filter(|address| address.kind == "whatsapp_lid").collect();
        assert_eq!(hidden.len(), 3);
        assert!(hidden.iter().all(|address| address.trusted && address.source == "waha"));
        kit.may_remain("identify_contact");
        let contacts = phone.contacts().await;
        assert_eq!(contacts.len(), 3);
        assert_eq!(contacts.iter().filter(|contact| contact.phone.is_none()).count(), 2);
        phone.work().await;
        let to: std::collections::BTreeSet<_> = phone.world.sent().iter().map(|sent| sent["chatId"].as_str().unwrap().to_owned()).collect();
        assert_eq!(to, ["34600111222@c.us", "888@lid", "999@lid"].map(str::to_owned).into());
        phone.server.check();
    }

    /// What the owner writes on the phone is shown as staff's, and the assistant steps back; our own sends are never doubled.
    async fn the_owner_answers_on_the_phone(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        phone.says("hello").await;
        phone.work().await;
        let own = phone.world.sent();
        let before = phone.messages(MessageDirection::Outbound).await.len();
        for sent in &own {
            phone.deliver(&phone.world.echo_of(SESSION, sent)).await.unwrap();
        }
        assert_eq!(phone.messages(MessageDirection::Outbound).await.len(), before, "ours is ours");
        assert_eq!(phone.conversation().await.owner, ConversationOwner::Assistant);
        phone.says("rose bouquet").await;
        let written = phone.world.write_by_phone(SESSION, ANA, "Hi Ana, I'll do this myself");
        for _ in 0..2 {
            phone.deliver(&written).await.unwrap();
        }
        phone.work().await;
        let outbound = phone.messages(MessageDirection::Outbound).await;
        assert_eq!(outbound.len(), before + 1, "{outbound:?}");
        let last = outbound.last().unwrap();
        assert_eq!((last.author, last.status, last.text.as_str()), (MessageAuthor::Operator, MessageStatus::Sent, "Hi Ana, I'll do this myself"));
        let conversation = phone.conversation().await;
        assert_eq!((conversation.owner, conversation.unread_count), (ConversationOwner::Operator, 0));
        assert_eq!(phone.world.sent().len(), own.len(), "the assistant sent nothing more");
        // To somebody new: the thread begins with the owner's message.
        phone.deliver(&phone.world.write_by_phone(SESSION, "34600777666@c.us", "Your order is ready")).await.unwrap();
        assert_eq!(phone.contacts().await.len(), 2);
    }

    /// Reports of delivery come twice, late and out of order, and before the answer to the send: a status never goes back.
    async fn a_status_never_goes_back(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        phone.says("hello").await;
        phone.work().await;
        let sent = phone.world.sent()[0].clone();
        let status = async || phone.messages(MessageDirection::Outbound).await[0].status;
        for (ack, then) in [
            (1, MessageStatus::Sent),
            (2, MessageStatus::Delivered),
            (1, MessageStatus::Delivered),
            (3, MessageStatus::Read),
            (2, MessageStatus::Read),
            (-1, MessageStatus::Read),
        ] {
            phone.deliver(&phone.world.ack(SESSION, &sent, ack)).await.unwrap();
            assert_eq!(status().await, then, "after {ack}");
        }
        let failed = phone.world.ack(SESSION, &phone.world.sent().last().unwrap().clone(), -1);
        if phone.world.sent().len() > 1 {
            phone.deliver(&failed).await.unwrap();
            assert_eq!(phone.messages(MessageDirection::Outbound).await.last().unwrap().status, MessageStatus::Failed);
        }
    }

    /// When the answer to a send is lost, nobody knows, and it is not sent again; WAHA's own report of it settles the matter.
    async fn a_lost_answer_is_settled_by_the_echo(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        phone.says("hello").await;
        phone.server.fail("/api/sendText", Fault::DoneThenCut);
        for _ in 0..4 {
            phone.later(600).await;
        }
        let replies = phone.messages(MessageDirection::Outbound).await;
        let unknown: Vec<_> = replies.iter().filter(|reply| reply.status == MessageStatus::Unknown).collect();
        assert_eq!(unknown.len(), 1, "{replies:?}");
        assert_eq!(phone.world.sent().len(), replies.len(), "the customer has each once");
        assert_eq!(phone.conversation().await.attention_reason.as_deref(), Some("not_sent"));
        let lost = phone.world.sent().into_iter().find(|sent| sent["text"] == unknown[0].text).unwrap();
        phone.deliver(&phone.world.echo_of(SESSION, &lost)).await.unwrap();
        let replies = phone.messages(MessageDirection::Outbound).await;
        assert!(replies.iter().all(|reply| reply.status == MessageStatus::Sent), "{replies:?}");
        assert!(!phone.conversation().await.needs_attention);
        phone.deliver(&phone.world.ack(SESSION, &lost, 3)).await.unwrap();
        assert!(phone.messages(MessageDirection::Outbound).await.iter().any(|reply| reply.status == MessageStatus::Read));
    }

    /// A session that is not working sends nothing and loses nothing.
    async fn a_session_that_does_not_work_is_waited_for(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        phone.says("hello").await;
        phone.world.becomes(SESSION, "STARTING");
        phone.work().await;
        assert!(phone.world.sent().is_empty());
        phone.world.becomes(SESSION, "WORKING");
        phone.server.fail("/api/send", Fault::Answer(Reply::json(503, &json!({ "message": "busy" }))));
        for _ in 0..8 {
            phone.later(120).await;
        }
        let replies = phone.messages(MessageDirection::Outbound).await;
        assert!(replies.iter().all(|reply| reply.status == MessageStatus::Sent), "{replies:?}");
        assert_eq!(phone.world.sent().len(), replies.len(), "each once");
    }

    /// A session that breaks is restarted, with pauses; when that does not help, staff are told, once. It comes back by itself
    /// or by a person, who links the phone anew.
    async fn a_broken_session_is_restarted_and_then_told(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        phone.world.becomes(SESSION, "FAILED");
        phone.take_posted().await;
        phone.work().await;
        assert_eq!(phone.server.calls("/restart").len(), 1);
        phone.later(60).await;
        assert_eq!((phone.now().await.status, phone.session().await.as_str()), (ChannelStatus::Connected, "working"));
        // Now for good.
        phone.world.restarts_fail(true);
        phone.world.becomes(SESSION, "FAILED");
        for _ in 0..120 {
            phone.later(60).await;
        }
        assert_eq!(phone.server.calls("/restart").len(), 4, "one, then three");
        let now = phone.now().await;
        assert_eq!((now.status, now.error_code.as_deref()), (ChannelStatus::Error, Some("session_broken")));
        assert_eq!(phone.log_kinds().await.iter().filter(|kind| **kind == ChannelLogKind::Alarm).count(), 1, "said once");
        // A person takes it in hand.
        phone.world.restarts_fail(false);
        service::channel::reconnect(&phone.shop.kit.ctx, &phone.shop.scope, phone.channel.id).await.unwrap();
        phone.work().await;
        assert_eq!(phone.server.calls("/logout").len(), 1, "the phone is linked anew");
        phone.later(60).await;
        assert_eq!((phone.now().await.status, phone.session().await.as_str()), (ChannelStatus::Connecting, "scan_qr"));
        phone.world.scan(SESSION, PHONE);
        phone.later(60).await;
        assert_eq!((phone.now().await.status, phone.now().await.error_code), (ChannelStatus::Connected, None));
        phone.server.check();
    }

    /// A phone that ends the link, a server that forgot its sessions, deliveries that go astray: each is seen and mended or
    /// told.
    async fn what_no_delivery_tells_is_seen(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        // Set up anew: the session is made again and waits for a code.
        phone.world.forget_sessions();
        phone.later(60).await;
        assert_eq!(phone.world.status(SESSION), Some("SCAN_QR_CODE"));
        phone.later(60).await;
        let now = phone.now().await;
        assert_eq!((now.status, now.error_code.as_deref()), (ChannelStatus::Error, Some("logged_out")));
        service::channel::reconnect(&phone.shop.kit.ctx, &phone.shop.scope, phone.channel.id).await.unwrap();
        phone.work().await;
        phone.world.scan(SESSION, PHONE);
        phone.later(60).await;
        assert_eq!(phone.now().await.status, ChannelStatus::Connected);
        // Traffic of which nothing came here: told anew where to deliver, then the alarm.
        let puts = phone.server.calls("/api/sessions/default").iter().filter(|call| call.method == "PUT").count();
        let elapsed = (kit.now().as_millisecond() - 1_772_442_000_000) + 3_600_000;
        phone.world.silent_traffic(SESSION, elapsed);
        for _ in 0..40 {
            phone.later(120).await;
        }
        let again = phone.server.calls("/api/sessions/default").iter().filter(|call| call.method == "PUT").count();
        assert_eq!(again - puts, 3, "three tries");
        assert_eq!(phone.now().await.error_code.as_deref(), Some("silent"));
        // A delivery comes: all is well.
        phone.later(3600).await;
        phone.says("hello").await;
        phone.later(60).await;
        assert_eq!((phone.now().await.status, phone.now().await.error_code), (ChannelStatus::Connected, None));
    }

    /// A server that does not answer turns the channel to error and back; a key that is not accepted asks for a new one.
    async fn a_server_away_and_a_key_replaced(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        for _ in 0..3 {
            phone.server.fail("/api/sessions", Fault::Cut);
            phone.later(60).await;
        }
        assert_eq!((phone.now().await.status, phone.now().await.error_code.as_deref()), (ChannelStatus::Error, Some("unavailable")));
        phone.later(60).await;
        assert_eq!(phone.now().await.status, ChannelStatus::Connected);
        phone.world.replace_key("another-key-9876543210");
        phone.later(60).await;
        assert_eq!(phone.now().await.error_code.as_deref(), Some("credentials"));
        let ctx = &phone.shop.kit.ctx;
        for (url, key, field) in [(None, "", "apiKey"), (None, "with space", "apiKey"), (Some("nowhere"), API_KEY, "url"), (Some("http://10.0.0.1"), API_KEY, "url")] {
            let refused = service::channel::replace_waha_key(ctx, &phone.shop.scope, phone.channel.id, url, key).await.unwrap_err();
            assert_eq!(codes(&refused)[0].0, field);
        }
        service::channel::replace_waha_key(ctx, &phone.shop.scope, phone.channel.id, None, "another-key-9876543210").await.unwrap();
        phone.work().await;
        phone.later(60).await;
        assert_eq!((phone.now().await.status, phone.now().await.error_code), (ChannelStatus::Connected, None));
        assert!(!format!("{:?}", kit.jobs().await).contains("another-key"), "no key in jobs");
    }

    /// Addresses are judged before they are called; a session is one channel; a number is one channel.
    async fn a_phone_is_connected_once(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        let (ctx, scope, url) = (&phone.shop.kit.ctx, &phone.shop.scope, phone.server.url());
        let connect = async |url: &str, key: &str, session: Option<&str>| {
            let server = WahaServer { url, api_key: key, session };
            service::channel::connect_waha(ctx, scope, "Again", &server).await
        };
        for private in ["http://127.0.0.1:1", "http://169.254.169.254", "http://[::1]:3000", "file:///etc/passwd", "http://a:b@example.com", "https://example.com/?x=1", ""] {
            let refused = connect(private, API_KEY, None).await.unwrap_err();
            assert_eq!(codes(&refused)[0].0, "url", "{private}");
        }
        assert_eq!(codes(&connect(url, API_KEY, Some("a/b")).await.unwrap_err())[0].0, "session");
        assert_eq!(codes(&connect(&format!("{url}/"), API_KEY, Some(SESSION)).await.unwrap_err())[0].1, "ALREADY_CONNECTED");
        let twin = connect(url, API_KEY, Some("second")).await.unwrap();
        phone.work().await;
        phone.world.scan("second", PHONE);
        phone.later(60).await;
        let twin = service::channel::get(ctx, scope, twin.id).await.unwrap();
        assert_eq!((twin.status, twin.error_code.as_deref()), (ChannelStatus::Error, Some("conflict")));
        // One of the two answers.
        let (one, other) = (json!({ "body": "hola" }), json!({ "body": "hola" }));
        phone.deliver(&phone.world.write(SESSION, ANA, &one)).await.unwrap();
        assert!(matches!(phone.deliver(&phone.world.write("second", ANA, &other)).await, Err(Error::NotFound(_))));
        phone.work().await;
    }

    /// A test message goes to the phone that was named, once; a number that WhatsApp does not know is told.
    async fn tries_itself_out(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        let (ctx, scope) = (&phone.shop.kit.ctx, &phone.shop.scope);
        let test = async |to: Option<&str>| {
            let asked = service::channel::test(ctx, scope, phone.channel.id, to).await;
            phone.work().await;
            asked
        };
        assert_eq!(codes(&test(Some("not a phone")).await.unwrap_err()), [("to".to_owned(), "INVALID".to_owned())]);
        test(Some("+34 600 555 444")).await.unwrap();
        let sent = phone.world.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0]["chatId"], "34600555444@c.us");
        assert_eq!(phone.log().await[0].detail.as_deref(), Some("+34600555444"));
        phone.world.unknown_number("+34600000000");
        test(Some("+34600000000")).await.unwrap();
        assert_eq!(phone.log().await[0].kind, ChannelLogKind::Failed);
        test(None).await.unwrap();
        assert_eq!((phone.log().await[0].kind, phone.world.sent().len()), (ChannelLogKind::Tested, 1));
        phone.server.check();
    }

    /// Disconnecting logs the phone out, removes the session and forgets the key; the same place can be connected anew.
    async fn disconnects(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        let (ctx, scope) = (&phone.shop.kit.ctx, &phone.shop.scope);
        service::channel::disconnect(ctx, scope, phone.channel.id).await.unwrap();
        let late = phone.world.write(SESSION, ANA, &json!({ "body": "hi" }));
        assert!(matches!(phone.deliver(&late).await, Err(Error::NotFound(_))));
        phone.server.fail("/api/sessions/default", Fault::Cut);
        phone.work().await;
        phone.later(600).await;
        assert_eq!(phone.world.status(SESSION), None);
        assert_eq!(credential::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 0);
        assert!(service::channel::session(ctx, scope, phone.channel.id).await.unwrap().is_none());
        let server = WahaServer { url: phone.server.url(), api_key: API_KEY, session: Some(SESSION) };
        service::channel::connect_waha(ctx, scope, "Again", &server).await.unwrap();
        phone.work().await;
        assert_eq!(phone.world.status(SESSION), Some("SCAN_QR_CODE"));
        phone.server.check();
    }

    /// A picture goes with its text; one that cannot be loaded does not cost the answer; a video goes too.
    async fn pictures_and_videos_go_out(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        let provider = gateway::channel::waha::Waha::new(
            phone.shop.kit.ctx.engine().outside.guarded.clone(),
            gateway::channel::waha::Place { url: phone.server.url().to_owned(), session: SESSION.to_owned() },
            API_KEY.into(),
        );
        let send = async |text: &str, media: &[(gateway::channel::MediaKind, &str)]| {
            let media = media.iter().map(|(kind, url)| (*kind, (*url).to_owned())).collect();
            let outbound = gateway::channel::Outbound { key: kit.ctx.new_id(), to: ANA.to_owned(), text: text.to_owned(), media, buttons: vec![], done: vec![] };
            gateway::channel::Channel::send(&provider, &outbound).await.unwrap()
        };
        use gateway::channel::MediaKind::{Image, Video};
        send("Roses", &[(Image, "https://cdn.example/rose.png"), (Video, "https://cdn.example/rose.mp4")]).await;
        let sent = phone.world.sent();
        assert_eq!((sent[0]["caption"].as_str(), sent[0]["file"]["mimetype"].as_str()), (Some("Roses"), Some("image/png")));
        assert_eq!((sent[1]["caption"].as_str(), sent[1]["file"]["mimetype"].as_str()), (None, Some("video/mp4")));
        let left = send("Roses", &[(Image, "https://cdn.example/broken.png")]).await;
        assert!(matches!(left, gateway::channel::Sent::All { left_out: Some(_), .. }), "{left:?}");
        assert_eq!(phone.world.sent().last().unwrap()["text"], "Roses");
        let file = phone.world.put_file("A.jpg", b"\xff\xd8picture");
        let bytes = gateway::channel::Channel::fetch(&provider, &file, 100, Duration::from_secs(9)).await.unwrap();
        assert_eq!(&bytes[..], b"\xff\xd8picture", "by our address of the server, not by its own");
        let by_message = format!("message:false_{ANA}_A.jpg");
        assert_eq!(gateway::channel::Channel::fetch(&provider, &by_message, 100, Duration::from_secs(9)).await.unwrap(), bytes);
        assert!(gateway::channel::Channel::fetch(&provider, &file, 3, Duration::from_secs(9)).await.is_err(), "never more than is allowed");
        phone.server.check();
    }
}

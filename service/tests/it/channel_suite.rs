//! What every channel must do, a Telegram bot and a phone by WAHA by one suite (reliability.md §10.C).

use crate::channel_telegram::{ANA, Bot, NEW_TOKEN};
use crate::channel_waha::{self, Phone};
use crate::commerce_support::Shop;
use entity::stored::{ChannelStatus, JobStatus, MessageDirection, MessageStatus};
use entity::{channel, conversation, message};
use futures::future::join_all;
use serde_json::{Value, json};
use service::Error;
use service::channel::WahaServer;
use std::time::Duration;
use testkit::Kit;
use testkit::fake::waha::{API_KEY, SESSION};
use testkit::fake::{Fault, Reply, Server};

/// Which channel.
#[derive(Clone, Copy)]
pub(crate) enum Provider {
    Telegram,
    Waha,
}

/// A shop with one that is connected.
pub(crate) enum Line {
    Telegram(Bot),
    Waha(Phone),
}

/// A delivery as the provider makes it: where to, the proof, the body.
#[derive(Clone)]
struct Delivery {
    address: String,
    proof: String,
    body: String,
}

const NEW_KEY: &str = "another-key-9876543210";

impl Line {
    pub(crate) async fn open(kit: Kit, provider: Provider) -> Self {
        match provider {
            Provider::Telegram => Self::Telegram(Bot::connected(&kit).await),
            Provider::Waha => Self::Waha(Phone::linked(&kit).await),
        }
    }

    const fn shop(&self) -> &Shop {
        match self {
            Self::Telegram(bot) => &bot.shop,
            Self::Waha(phone) => &phone.shop,
        }
    }

    const fn server(&self) -> &Server {
        match self {
            Self::Telegram(bot) => &bot.server,
            Self::Waha(phone) => &phone.server,
        }
    }

    const fn id(&self) -> uuid::Uuid {
        match self {
            Self::Telegram(bot) => bot.channel.id,
            Self::Waha(phone) => phone.channel.id,
        }
    }

    fn writes(&self, text: &str) -> Delivery {
        match self {
            Self::Telegram(bot) => {
                let (url, proof) = bot.world.webhook().expect("a webhook");
                let body = bot.world.write(ANA, &json!({ "text": text })).to_string();
                Delivery { address: url.rsplit('/').next().unwrap().to_owned(), proof, body }
            }
            Self::Waha(phone) => {
                let posted = phone.world.write(SESSION, channel_waha::ANA, &json!({ "body": text }));
                Delivery { address: posted.url, proof: posted.signature, body: posted.body }
            }
        }
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Option<Value>, Error> {
        self.deliver_with(delivery, Some(&delivery.proof)).await
    }

    async fn deliver_with(&self, delivery: &Delivery, proof: Option<&str>) -> Result<Option<Value>, Error> {
        match self {
            Self::Telegram(bot) => bot.deliver_to(&delivery.address, proof, delivery.body.as_bytes()).await,
            Self::Waha(phone) => phone.deliver_to(&delivery.address, proof, delivery.body.as_bytes()).await,
        }
    }

    async fn says(&self, text: &str) {
        self.deliver(&self.writes(text)).await.unwrap();
    }

    async fn work(&self) {
        self.shop().kit.drain_with(&service::jobs::registry()).await;
    }

    async fn later(&self, seconds: u64) {
        self.shop().kit.advance(Duration::from_secs(seconds));
        self.work().await;
    }

    async fn now(&self) -> channel::Model {
        match self {
            Self::Telegram(bot) => bot.now().await,
            Self::Waha(phone) => phone.now().await,
        }
    }

    async fn messages(&self, direction: MessageDirection) -> Vec<message::Model> {
        match self {
            Self::Telegram(bot) => bot.messages(direction).await,
            Self::Waha(phone) => phone.messages(direction).await,
        }
    }

    async fn replies(&self) -> Vec<message::Model> {
        self.messages(MessageDirection::Outbound).await
    }

    async fn conversation(&self) -> conversation::Model {
        match self {
            Self::Telegram(bot) => bot.conversation().await,
            Self::Waha(phone) => phone.conversation().await,
        }
    }

    /// The texts that the customer got.
    fn got(&self) -> Vec<String> {
        let sent = match self {
            Self::Telegram(bot) => bot.world.sent(),
            Self::Waha(phone) => phone.world.sent(),
        };
        let text = |sent: &Value| sent["text"].as_str().or(sent["caption"].as_str()).unwrap_or_default().to_owned();
        sent.iter().map(text).collect()
    }

    /// The path on which texts are sent.
    const fn sending(&self) -> &'static str {
        match self {
            Self::Telegram(_) => "/sendMessage",
            Self::Waha(_) => "/api/sendText",
        }
    }

    /// "Not before so many seconds."
    fn wait(&self, seconds: u64) -> Fault {
        Fault::Answer(match self {
            Self::Telegram(_) => Reply::json(
                429,
                &json!({ "ok": false, "error_code": 429, "description": format!("Too Many Requests: retry after {seconds}"),
                    "parameters": { "retry_after": seconds } }),
            ),
            Self::Waha(_) => Reply::json(429, &json!({ "statusCode": 429, "message": "Too Many Requests" }))
                .with_header("retry-after", seconds.to_string()),
        })
    }

    /// The owner makes a new key at the provider: the old one is dead.
    fn end_key(&self) {
        match self {
            Self::Telegram(bot) => bot.world.replace_token(NEW_TOKEN),
            Self::Waha(phone) => phone.world.replace_key(NEW_KEY),
        }
    }

    async fn put_in_new_key(&self) {
        let (ctx, scope) = (&self.shop().kit.ctx, &self.shop().scope);
        match self {
            Self::Telegram(_) => service::channel::replace_telegram_token(ctx, scope, self.id(), NEW_TOKEN).await,
            Self::Waha(_) => service::channel::replace_waha_key(ctx, scope, self.id(), None, NEW_KEY).await,
        }
        .unwrap();
    }

    async fn connect_again(&self) -> Result<channel::Model, Error> {
        let (ctx, scope) = (&self.shop().kit.ctx, &self.shop().scope);
        match self {
            Self::Telegram(_) => {
                service::channel::connect_telegram(ctx, scope, "Again", testkit::fake::telegram::TOKEN).await
            }
            Self::Waha(phone) => {
                let server = WahaServer { url: phone.server.url(), api_key: API_KEY, session: Some(SESSION) };
                service::channel::connect_waha(ctx, scope, "Again", &server).await
            }
        }
    }
}

crate::suite! {
Line { telegram: Provider::Telegram, waha: Provider::Waha } {
    /// What is delivered many times at once is one message with one answer; the provider names every part of it.
    async fn a_message_is_taken_and_answered_once(line: Line) {
        let delivery = line.writes("hello");
        for delivered in join_all((0..20).map(|_| line.deliver(&delivery))).await {
            delivered.unwrap();
        }
        line.work().await;
        assert_eq!(line.messages(MessageDirection::Inbound).await.len(), 1);
        let replies = line.replies().await;
        assert!(!replies.is_empty() && replies.len() == line.got().len());
        for reply in &replies {
            assert_eq!(reply.status, MessageStatus::Sent);
            assert!(reply.external_id.as_deref().is_some_and(|id| !id.is_empty()), "{reply:?}");
        }
        line.deliver(&delivery).await.unwrap();
        line.work().await;
        assert_eq!(line.replies().await.len(), replies.len(), "a replay is no question");
        line.server().check();
    }

    /// reliability.md cases 25, 26: whoever cannot prove to be the provider stores nothing, and gets nothing said.
    async fn a_delivery_without_proof_stores_nothing(line: Line) {
        let delivery = line.writes("hello");
        let half = &delivery.proof[..delivery.proof.len() / 2];
        for proof in [None, Some(""), Some("0"), Some(half), Some(&*"0".repeat(128))] {
            let refused = line.deliver_with(&delivery, proof).await;
            assert!(matches!(refused, Err(Error::Unauthenticated)), "{proof:?}: {refused:?}");
        }
        let elsewhere = Delivery { address: format!("{}x", delivery.address), ..delivery.clone() };
        assert!(matches!(line.deliver(&elsewhere).await, Err(Error::NotFound(_))));
        line.work().await;
        assert!(line.messages(MessageDirection::Inbound).await.is_empty() && line.got().is_empty());
    }

    /// The provider is left alone for as long as it says; then each reply leaves once, in its order.
    async fn a_refusal_for_a_while_is_waited_out(line: Line) {
        line.server().fail(line.sending(), line.wait(7));
        line.server().fail(line.sending(), Fault::Answer(Reply::bytes(503, "<html>unavailable</html>")));
        line.says("hello").await;
        line.work().await;
        assert!(line.got().is_empty());
        let jobs = line.shop().kit.jobs().await;
        let waiting = jobs.iter().find(|job| job.kind == "send_message" && job.status == JobStatus::Waiting).unwrap();
        let pause = waiting.run_at.timestamp().duration_since(line.shop().kit.now());
        assert!((6900..9000).contains(&pause.as_millis()), "{pause:?}");
        line.later(6).await;
        assert!(line.got().is_empty(), "not before its time");
        for _ in 0..10 {
            line.later(60).await;
        }
        let replies = line.replies().await;
        assert!(replies.iter().all(|reply| reply.status == MessageStatus::Sent), "{replies:?}");
        let texts: Vec<_> = replies.iter().map(|reply| reply.text.clone()).collect();
        assert_eq!(line.got().len(), texts.len(), "each once");
        assert_eq!(line.now().await.status, ChannelStatus::Connected, "the channel itself is well");
        line.server().check();
    }

    /// A fault of the server after a send leaves open whether it was sent: never a reason to send again.
    async fn a_fault_of_the_server_is_no_reason_to_send_again(line: Line) {
        for fault in [
            Fault::Answer(Reply::json(500, &json!({ "ok": false, "message": "Internal Server Error" }))),
            Fault::Answer(Reply::bytes(502, "<html>bad gateway</html>")),
            Fault::Answer(Reply::bytes(504, "")),
            Fault::Answer(Reply::bytes(200, r#"{"ok":true,"res"#)),
            Fault::DoneThenCut,
            Fault::DoneThenHalf,
        ] {
            let (before, asked) = (line.replies().await.len(), line.server().calls("/send").len());
            line.server().fail(line.sending(), fault.clone());
            line.says("hello").await;
            line.work().await;
            for _ in 0..3 {
                line.later(600).await;
            }
            let replies = line.replies().await.split_off(before);
            let unknown = replies.iter().filter(|reply| reply.status == MessageStatus::Unknown).count();
            assert_eq!(unknown, 1, "{fault:?}: {replies:?}");
            assert_eq!(line.conversation().await.attention_reason.as_deref(), Some("not_sent"));
            assert_eq!(line.server().calls("/send").len() - asked, replies.len(), "{fault:?}: each was asked for once");
        }
        line.server().check();
    }

    /// What nobody knows of is sent again when staff say so, once (reliability.md case 45).
    async fn staff_send_again_what_nobody_knows_of(line: Line) {
        line.server().fail(line.sending(), Fault::Cut);
        line.says("hello").await;
        line.work().await;
        line.later(600).await;
        let replies = line.replies().await;
        let lost = replies.iter().find(|reply| reply.status == MessageStatus::Unknown).unwrap();
        assert_eq!(line.got().len(), replies.len() - 1);
        let (ctx, scope) = (&line.shop().kit.ctx, &line.shop().scope);
        service::inbox::retry_message(ctx, scope, lost.id).await.unwrap();
        line.work().await;
        let replies = line.replies().await;
        assert!(replies.iter().all(|reply| reply.status == MessageStatus::Sent), "{replies:?}");
        assert_eq!(line.got().len(), replies.len());
        let again = service::inbox::retry_message(ctx, scope, lost.id).await;
        assert!(matches!(again, Err(Error::Invalid(_))), "it is with the customer now");
    }

    /// A worker that dies between the mark and the answer leaves a message of which nobody knows.
    async fn a_worker_that_dies_in_the_call_leaves_a_mark(line: Line) {
        line.says("hello").await;
        let (kit, registry) = (&line.shop().kit, service::jobs::registry());
        let claim = async |kind: &str, lease: u64| {
            let claimed = service::job::claim(&kit.ctx, "dies", &[kind], 1, Duration::from_secs(lease)).await.unwrap();
            claimed.into_iter().next().expect("a job of this kind")
        };
        let turn = claim("answer_turn", 60).await;
        registry.kind("answer_turn").unwrap().run(kit.ctx.clone(), turn).await.unwrap();
        let sending = claim("send_message", 1).await;
        line.server().fail(line.sending(), Fault::DoneThenSlow(Duration::from_secs(30)));
        let run = registry.kind("send_message").unwrap().run(kit.ctx.clone(), sending);
        assert!(tokio::time::timeout(Duration::from_millis(700), run).await.is_err(), "it dies while it waits");
        kit.advance(Duration::from_secs(30));
        service::job::release_expired(&kit.ctx).await.unwrap();
        line.later(600).await;
        let replies = line.replies().await;
        assert_eq!(replies.iter().filter(|reply| reply.status == MessageStatus::Unknown).count(), 1, "{replies:?}");
        assert_eq!(line.got().len(), replies.len(), "none twice");
    }

    /// A key that the provider no longer takes shows at the channel; what was to be said waits and leaves by the new one, once.
    async fn a_dead_key_holds_replies_until_a_new_one_is_there(line: Line) {
        line.says("hello").await;
        line.work().await;
        let before = line.got().len();
        line.end_key();
        line.says("olive tree").await;
        line.work().await;
        line.later(60).await;
        let broken = line.now().await;
        assert_eq!((broken.status, broken.error_code.as_deref()), (ChannelStatus::Error, Some("credentials")));
        assert_eq!(line.got().len(), before);
        // Many messages later each asks seldom; none waits for its pause once the channel is known to work.
        line.later(1_800).await;
        line.put_in_new_key().await;
        assert_eq!((line.now().await.error_code, line.now().await.last_error), (None, None), "nobody has tried it yet");
        line.work().await;
        line.later(60).await;
        assert_eq!((line.now().await.status, line.now().await.error_code), (ChannelStatus::Connected, None));
        let replies = line.replies().await;
        assert!(replies.iter().all(|reply| reply.status == MessageStatus::Sent), "{replies:?}");
        assert_eq!(line.got().len(), replies.len(), "each once");
        let jobs = format!("{:?}", line.shop().kit.jobs().await);
        assert!(!jobs.contains("BBHdq") && !jobs.contains(NEW_KEY), "no key in jobs");
    }

    /// Nothing is taken from a channel that was disconnected, whatever the provider still delivers; the same account can come back.
    async fn a_disconnected_channel_takes_nothing(line: Line) {
        let twice = line.connect_again().await;
        assert!(matches!(&twice, Err(Error::Invalid(_))), "{twice:?}");
        let late = line.writes("hello");
        service::channel::disconnect(&line.shop().kit.ctx, &line.shop().scope, line.id()).await.unwrap();
        assert!(matches!(line.deliver(&late).await, Err(Error::NotFound(_))));
        line.work().await;
        assert!(line.got().is_empty());
        assert_eq!(line.now().await.status, ChannelStatus::Disconnected);
        let again = line.connect_again().await.unwrap();
        line.work().await;
        assert_ne!(again.id, line.id());
        line.server().check();
    }
}
}

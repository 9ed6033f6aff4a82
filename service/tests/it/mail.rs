//! Letters: what causes them, what becomes of them when the server refuses, breaks off or keeps silent. The server is real
//! sockets and real TLS.

use entity::stored::{ChannelStatus, MailStatus};
use entity::{channel, mail, mail_refusal};
use gateway::error::{Kind, Retry};
use gateway::mail::smtp::{self, Patience};
use gateway::mail::{Letter, Mail as _};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, QueryOrder as _};
use service::access::Actor;
use service::ctx::Engine;
use std::sync::Arc;
use std::time::Duration;
use testkit::fake::Server;
use testkit::fake::smtp::{Encryption, Play, Smtp, Step};
use testkit::fake::telegram::{TOKEN, Telegram};
use testkit::{Kit, Tenant};
use uuid::Uuid;

pub(crate) const NEW_TOKEN: &str = "110201543:BBHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9";
pub(crate) const OTHER_TOKEN: &str = "110201543:CCHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9";

fn client(server: &Smtp, encryption: Encryption) -> smtp::Smtp {
    trusting(server, encryption, Some(&server.certificate))
}

fn trusting(server: &Smtp, encryption: Encryption, certificate: Option<&str>) -> smtp::Smtp {
    let url = server.url(encryption).into();
    let client = smtp::Smtp::new(&url, "X8 <x8@shop.example>", certificate.map(str::as_bytes)).unwrap();
    client.with_patience(Patience { step: Duration::from_millis(800), answer: Duration::from_millis(800) })
}

/// A company whose bot works, and a mail server.
pub(crate) struct House {
    pub(crate) kit: Kit,
    pub(crate) tenant: Tenant,
    world: Telegram,
    _bot_api: Server,
    bot: channel::Model,
    mail: Option<Smtp>,
}

impl House {
    pub(crate) async fn open(kit: &Kit, with_mail: bool) -> Self {
        Self::open_with(kit, with_mail, |_| {}).await
    }

    /// The same, with something else changed in the program.
    pub(crate) async fn open_with(kit: &Kit, with_mail: bool, change: impl FnOnce(&mut Engine)) -> Self {
        let world = Telegram::default();
        let bot_api = world.start().await;
        let mail = if with_mail { Some(Smtp::start(Encryption::StartTls, &kit.folder).await) } else { None };
        let kit = kit.with_engine(|engine| {
            engine.outside.telegram_url = bot_api.url().to_owned();
            if let Some(mail) = &mail {
                engine.outside.mail = Some(Arc::new(client(mail, Encryption::StartTls)));
            }
            change(engine);
        });
        let tenant = kit.tenant().await;
        let bot = service::channel::connect_telegram(&kit.ctx, &tenant.scope, "Bot <1>", TOKEN).await.unwrap();
        let house = Self { kit, tenant, world, _bot_api: bot_api, bot, mail };
        house.work().await;
        assert_eq!(house.status().await, ChannelStatus::Connected);
        house
    }

    pub(crate) fn mail(&self) -> &Smtp {
        self.mail.as_ref().expect("a mail server")
    }

    pub(crate) async fn work(&self) {
        self.kit.drain_with(&service::jobs::registry()).await;
    }

    /// Lets time pass, and what falls due with it.
    pub(crate) async fn after(&self, minutes: u64) {
        self.kit.advance(Duration::from_secs(minutes * 60));
        self.work().await;
    }

    async fn status(&self) -> ChannelStatus {
        service::channel::get(&self.kit.ctx, &self.tenant.scope, self.bot.id).await.unwrap().status
    }

    /// The bot's token is revoked, and the program finds out.
    pub(crate) async fn breaks(&self, token: &str) {
        self.world.replace_token(token);
        service::channel::reconnect(&self.kit.ctx, &self.tenant.scope, self.bot.id).await.unwrap();
        self.work().await;
        assert_eq!(self.status().await, ChannelStatus::Error);
    }

    pub(crate) async fn mended(&self, token: &str) {
        service::channel::replace_telegram_token(&self.kit.ctx, &self.tenant.scope, self.bot.id, token).await.unwrap();
        self.work().await;
        assert_eq!(self.status().await, ChannelStatus::Connected);
    }

    pub(crate) async fn rows(&self) -> Vec<mail::Model> {
        mail::Entity::find().order_by_asc(mail::Column::Id).all(&self.kit.ctx.db().read_across()).await.unwrap()
    }

    pub(crate) async fn states(&self) -> Vec<MailStatus> {
        self.rows().await.into_iter().map(|row| row.status).collect()
    }

    pub(crate) async fn refusals(&self) -> Vec<mail_refusal::Model> {
        mail_refusal::Entity::find().all(&self.kit.ctx.db().read_platform()).await.unwrap()
    }
}

testkit::both! {
    /// A channel that stops working is told to the owner once, encrypted, and not again within the hour; a fault that has passed
    /// by then is not told at all.
    async fn owners_are_told_once_an_hour(kit: Kit) {
        let house = House::open(&kit, true).await;
        house.breaks(NEW_TOKEN).await;
        house.breaks(NEW_TOKEN).await;
        let letters = house.mail().letters();
        assert_eq!(letters.len(), 1, "{letters:#?}");
        let row = &house.rows().await[0];
        assert_eq!((row.status, Some(&row.address)), (MailStatus::Sent, house.tenant.owner.email.as_ref()));
        assert_eq!((&letters[0].to, letters[0].encrypted), (&row.address, true));
        assert_eq!(letters[0].from, "x8@shop.example", "no mailbox for returned letters is set");
        for part in [
            &format!("Message-ID: <{}", row.id.simple()),
            "Auto-Submitted: auto-generated",
            "Content-Type: multipart/alternative",
            "From: X8 <x8@shop.example>",
            "Bot &lt;1&gt;",
        ] {
            assert!(letters[0].text.contains(part), "{part} is missing in {}", letters[0].text);
        }
        assert!(!letters[0].text.contains("AAHdq"), "no token in letters");
        house.after(61).await;
        assert_eq!(house.mail().letters().len(), 2, "the fault that was seen again within the hour, and still is");

        house.mended(NEW_TOKEN).await;
        house.breaks(OTHER_TOKEN).await;
        assert_eq!(house.states().await, [MailStatus::Sent, MailStatus::Sent, MailStatus::Waiting]);
        house.mended(OTHER_TOKEN).await;
        house.after(61).await;
        assert_eq!(house.states().await, [MailStatus::Sent, MailStatus::Sent, MailStatus::Dropped]);
        assert_eq!(house.mail().letters().len(), 2);
    }

    /// What passes by itself is waited for: the letter arrives once.
    async fn a_letter_waits_out_what_passes(kit: Kit) {
        let house = House::open(&kit, true).await;
        house.mail().play([
            (Step::Greeting, Play::Say("421 4.3.2 too busy")),
            (Step::StartTls, Play::Say("454 4.7.0 no TLS now")),
            (Step::Recipient, Play::Say("450 4.2.0 greylisted")),
            (Step::Data, Play::Close),
        ]);
        house.breaks(NEW_TOKEN).await;
        assert_eq!(house.states().await, [MailStatus::Waiting]);
        for _ in 0..6 {
            house.after(60).await;
        }
        assert_eq!(house.states().await, [MailStatus::Sent]);
        assert_eq!((house.mail().letters().len(), house.mail().connections()), (1, 5));
    }

    /// A letter whose fate is unknown never goes twice: the connection is lost after it was handed over, or the process dies there.
    async fn a_letter_of_unknown_fate_is_left(kit: Kit) {
        let house = House::open(&kit, true).await;
        house.mail().play([(Step::Letter, Play::Close)]);
        house.breaks(NEW_TOKEN).await;
        house.after(600).await;
        assert_eq!(house.states().await, [MailStatus::Unknown]);
        assert_eq!(house.mail().letters().len(), 1);

        house.mail().play([(Step::Greeting, Play::Close)]);
        house.mended(NEW_TOKEN).await;
        house.breaks(OTHER_TOKEN).await;
        let row = house.rows().await.pop().unwrap();
        assert_eq!(row.status, MailStatus::Waiting);
        let mut row = row.into_active_model();
        row.status = Set(MailStatus::Sending);
        let tx = house.kit.ctx.db().begin(&house.tenant.scope).await.unwrap();
        row.update(&tx).await.unwrap();
        house.kit.ctx.commit(tx).await.unwrap();
        house.after(600).await;
        assert_eq!(house.states().await, [MailStatus::Unknown, MailStatus::Unknown]);
        assert_eq!(house.mail().letters().len(), 1);
    }

    /// A refused address is marked, gets no letters any more, and is free again when its owner sets it anew. A server that
    /// refuses us is no fault of the address.
    async fn a_refused_address_is_marked(kit: Kit) {
        let house = House::open(&kit, true).await;
        house.mail().play([(Step::Recipient, Play::Say("550 5.7.1 we do not relay"))]);
        house.breaks(NEW_TOKEN).await;
        assert_eq!(house.states().await, [MailStatus::Failed]);
        assert_eq!(house.refusals().await, []);

        house.mended(NEW_TOKEN).await;
        house.mail().play([(Step::Recipient, Play::Say("550 5.1.1 no such user here"))]);
        house.after(61).await;
        house.breaks(OTHER_TOKEN).await;
        assert_eq!(house.states().await, [MailStatus::Failed, MailStatus::Refused]);
        let address = house.tenant.owner.email.clone().unwrap();
        let marked = service::mail::refusal(&house.kit.ctx, &address.to_uppercase()).await.unwrap().unwrap();
        assert!(marked.reason.contains("no such user here"), "{}", marked.reason);

        let before = house.mail().connections();
        house.mended(OTHER_TOKEN).await;
        house.after(61).await;
        house.breaks(NEW_TOKEN).await;
        assert_eq!(house.states().await.pop(), Some(MailStatus::Refused));
        assert_eq!(house.mail().connections(), before, "nothing goes to a refused address");

        let owner = Actor::User { user_id: house.tenant.owner.id, session_id: Uuid::nil() };
        let ctx = house.kit.ctx.with_actor(owner);
        service::identity::set_password(&ctx, None, Some(&address), "a long enough one").await.unwrap();
        assert_eq!(house.refusals().await, []);
        house.mended(NEW_TOKEN).await;
        house.after(61).await;
        house.breaks(OTHER_TOKEN).await;
        assert_eq!(house.states().await.pop(), Some(MailStatus::Sent));
    }

    /// Without a server letters stay, for the eyes of whom they are to.
    async fn without_a_server_letters_stay_in_the_mailbox(kit: Kit) {
        let house = House::open(&kit, false).await;
        house.breaks(NEW_TOKEN).await;
        assert_eq!(house.states().await, [MailStatus::Kept]);
        let see = |user_id| house.kit.ctx.with_actor(Actor::User { user_id, session_id: Uuid::nil() });
        let mine = service::mail::mailbox(&see(house.tenant.owner.id)).await.unwrap();
        assert_eq!(mine.len(), 1);
        assert!(mine[0].written.subject.contains("Bot <1>"), "{}", mine[0].written.subject);
        assert_eq!(service::mail::mailbox(&see(Uuid::nil())).await.unwrap(), []);
        assert!(service::mail::mailbox(&house.kit.ctx.with_actor(Actor::Nobody)).await.is_err());
    }
}

fn letter() -> Letter {
    Letter {
        token: "8".to_owned(),
        returns_to: None,
        to: "ana@shop.example".to_owned(),
        subject: "Канал не работает".to_owned(),
        text: "Текст\n.\nend".to_owned(),
        html: "<p>Текст</p>".to_owned(),
    }
}

async fn send(client: &smtp::Smtp) -> Result<(), gateway::error::Error> {
    client.open(&letter()).await?.deliver().await
}

/// Every step's fault, and what follows from it.
#[tokio::test]
async fn a_fault_means_what_its_step_says() {
    let folder = testkit::folder("smtp");
    let server = Smtp::start(Encryption::StartTls, folder.path()).await;
    let client = client(&server, Encryption::StartTls);
    for (step, play, kind, retry, arrived) in [
        (Step::Greeting, Play::Say("421 busy"), Kind::Unavailable, Retry::Later, 0),
        (Step::Greeting, Play::Say("554 not you"), Kind::Request, Retry::Never, 0),
        (Step::Greeting, Play::Silence, Kind::Unavailable, Retry::Later, 0),
        (Step::StartTls, Play::Say("454 not now"), Kind::Unavailable, Retry::Later, 0),
        (Step::StartTls, Play::Say("502 no"), Kind::Request, Retry::Never, 0),
        (Step::Login, Play::Say("535 5.7.8 wrong"), Kind::Credentials, Retry::Never, 0),
        (Step::Login, Play::Say("454 4.7.0 later"), Kind::Unavailable, Retry::Later, 0),
        (Step::Recipient, Play::Say("450 greylisted"), Kind::Unavailable, Retry::Later, 0),
        (Step::Recipient, Play::Say("550 no such user"), Kind::Recipient, Retry::Never, 0),
        (Step::Recipient, Play::Say("550 5.7.1 spam"), Kind::Request, Retry::Never, 0),
        (Step::Recipient, Play::Close, Kind::Unavailable, Retry::Later, 0),
        (Step::Data, Play::Say("451 later"), Kind::Unavailable, Retry::Later, 0),
        (Step::Data, Play::Silence, Kind::Unavailable, Retry::Later, 0),
        (Step::Letter, Play::Say("451 later"), Kind::Unavailable, Retry::Later, 1),
        (Step::Letter, Play::Say("554 refused"), Kind::Request, Retry::Never, 1),
        (Step::Letter, Play::Close, Kind::Unknown, Retry::Never, 1),
        (Step::Letter, Play::Silence, Kind::Unknown, Retry::Never, 1),
    ] {
        let before = server.letters().len();
        server.play([(step, play.clone())]);
        let error = send(&client).await.expect_err("a fault");
        assert_eq!((error.kind, error.retry), (kind, retry), "{step:?} {play:?}: {error}");
        assert_eq!(server.letters().len() - before, arrived, "{step:?} {play:?}");
        assert!(!error.to_string().contains("letters/2026"), "no password in {error}");
    }
    send(&client).await.unwrap();
    let text = server.letters().pop().unwrap().text;
    assert!(text.contains("Subject: =?utf-8?b?"), "{text}");
    client.check().await.unwrap();
}

/// TLS from the first byte, by STARTTLS, or none in a private network; never less than was asked for, and only with a
/// certificate that is trusted.
#[tokio::test]
async fn nothing_is_sent_less_encrypted_than_asked() {
    let folder = testkit::folder("smtp-tls");
    for (offered, asked, arrives) in [
        (Encryption::Implicit, Encryption::Implicit, true),
        (Encryption::StartTls, Encryption::StartTls, true),
        (Encryption::None, Encryption::None, true),
        (Encryption::None, Encryption::StartTls, false),
        (Encryption::None, Encryption::Implicit, false),
        (Encryption::Implicit, Encryption::StartTls, false),
    ] {
        let server = Smtp::start(offered, folder.path()).await;
        let sent = send(&client(&server, asked)).await;
        assert_eq!(sent.is_ok(), arrives, "{offered:?} {asked:?}: {sent:?}");
        let encrypted: Vec<bool> = server.letters().iter().map(|letter| letter.encrypted).collect();
        assert_eq!(encrypted, if arrives { vec![asked != Encryption::None] } else { Vec::new() });
        if asked != Encryption::None && arrives {
            let stranger = send(&trusting(&server, asked, None)).await.expect_err("an unknown certificate");
            assert_eq!(stranger.kind, Kind::Unavailable, "{stranger}");
            assert_eq!(server.letters().len(), 1);
        }
    }
}

//! What customers attach: stored at once, fetched by a job, shown to staff of the company only, spoken words put down before the
//! answer. Telegram and WAHA, over the wire, with what goes wrong there.

use crate::channel_telegram::{ANA, Bot};
use crate::channel_waha::{self, Phone};
use crate::model_turn::endpoint;
use assistant::turn::DialogueState;
use entity::stored::{JobStatus, MessageDirection};
use entity::{file, job, message, model_use};
use gateway::breaker::Breakers;
use sea_orm::{
    ActiveModelTrait as _, ConnectionTrait as _, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _, Statement,
};
use serde_json::{Value, json};
use service::inbox::{Arrival, Attachment, Hearing, attachments};
use std::time::Duration;
use testkit::Kit;
use testkit::fake::openai::{OpenAi, Turn, slow_down};
use testkit::fake::telegram::TOKEN;
use testkit::fake::waha::{API_KEY, SESSION};
use testkit::fake::{Fault, Reply, Server};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n the rest of a picture, long enough to be cut in two halves";
const OGG: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead and what was said";

fn photo(id: &str) -> Value {
    json!({ "photo": [{ "file_id": id, "file_unique_id": "a", "width": 900, "height": 900, "file_size": 4000 }] })
}

fn voice(id: &str) -> Value {
    json!({ "voice": { "file_id": id, "file_unique_id": "v", "duration": 3, "mime_type": "audio/ogg", "file_size": 900 } })
}

/// What is attached to the first message of a channel.
fn first(messages: &[message::Model]) -> Attachment {
    attachments(&messages[0]).into_iter().next().expect("an attachment")
}

impl Bot {
    async fn first(&self) -> Attachment {
        first(&self.messages(MessageDirection::Inbound).await)
    }

    async fn sends(&self, content: &Value) {
        self.shop.kit.advance(Duration::from_millis(5));
        self.deliver(&self.world.write(ANA, content)).await.unwrap();
    }

    /// Everything tried again until it is given up.
    async fn work_long(&self) {
        for _ in 0..12 {
            self.work().await;
            self.shop.kit.advance(Duration::from_secs(1200));
        }
    }

    /// What the customer was told, joined.
    fn told(&self) -> String {
        let texts = self.world.sent().into_iter().map(|sent| sent["text"].as_str().unwrap_or_default().to_owned());
        texts.collect::<Vec<_>>().join("\n")
    }

    async fn cart(&self) -> Vec<(String, i64)> {
        let state: DialogueState = serde_json::from_value(self.conversation().await.dialogue).unwrap();
        state.cart.lines.iter().map(|line| (line.key.clone(), line.quantity)).collect()
    }
}

/// Every row of every table as text.
async fn all_rows(kit: &Kit) -> String {
    let db = kit.ctx.db();
    let mut all = String::new();
    for table in ["message", "file", "job", "event", "conversation", "channel", "channel_log", "credential"] {
        let query = match kit.backend {
            testkit::Backend::Sqlite => {
                let columns = format!(
                    "SELECT group_concat('\"' || name || '\"', ' || ''|'' || ') AS c FROM (SELECT name FROM pragma_table_info('{table}'))"
                );
                let row = db
                    .read_across()
                    .query_one_raw(Statement::from_string(db.backend(), columns))
                    .await
                    .unwrap()
                    .unwrap();
                let columns: String = row.try_get("", "c").unwrap();
                let casts: Vec<String> =
                    columns.split(" || '|' || ").map(|name| format!("coalesce(CAST({name} AS TEXT), '')")).collect();
                format!("SELECT CAST({} AS BLOB) AS line FROM {table}", casts.join(" || '|' || "))
            }
            testkit::Backend::Postgres => format!("SELECT convert_to(CAST(t AS TEXT), 'UTF8') AS line FROM {table} t"),
        };
        for row in db.read_across().query_all_raw(Statement::from_string(db.backend(), query)).await.unwrap() {
            all.push_str(&String::from_utf8_lossy(&row.try_get::<Vec<u8>>("", "line").unwrap()));
            all.push('\n');
        }
    }
    all
}

async fn files(kit: &Kit) -> Vec<file::Model> {
    file::Entity::find().all(&kit.ctx.db().read_across()).await.unwrap()
}

async fn bytes_of(bot: &Bot, file: &file::Model) -> Vec<u8> {
    use futures::TryStreamExt as _;
    let ctx = &bot.shop.kit.ctx;
    let download = service::file::download(ctx, &bot.shop.scope, file.id).await.unwrap();
    download
        .bytes
        .try_fold(Vec::new(), |mut all, part| async move {
            all.extend_from_slice(&part);
            Ok(all)
        })
        .await
        .unwrap()
}

testkit::both! {
    /// The message is there at once, its picture a moment later, under our own name; the token is nowhere.
    async fn a_picture_is_fetched(kit: Kit) {
        let bot = Bot::connected_with(&kit, |_| {}).await;
        bot.world.put_file("P2", PNG);
        bot.sends(&photo("P2")).await;
        let waiting = bot.first().await;
        let received = waiting.received.as_ref().unwrap();
        assert_eq!((waiting.kind.as_str(), received.state, received.size), ("image", Arrival::Waiting, Some(4000)));
        assert!(waiting.url.is_empty());
        bot.work().await;
        let here = bot.first().await.received.unwrap();
        assert_eq!((here.state, here.reference.clone(), here.error.clone()), (Arrival::Here, None, None));
        assert_eq!((here.media_type.as_deref(), here.size), (Some("image/png"), Some(PNG.len() as u64)));
        assert_eq!(here.id, received.id);
        let files = files(&kit).await;
        assert_eq!(files.len(), 1);
        assert_eq!((files[0].id, files[0].name.as_str(), files[0].purpose.as_str()), (here.id, "image.png", "received"));
        assert_eq!(bytes_of(&bot, &files[0]).await, PNG);
        let rows = all_rows(&kit).await;
        assert!(rows.contains("image.png") && !rows.contains(TOKEN) && !rows.contains("/file/bot"), "no token in any row");
        bot.server.check();
    }

    /// What passes is tried again and comes; each file once, whatever happened on the way.
    async fn what_passes_is_tried_again(kit: Kit) {
        let bot = Bot::connected_with(&kit, |engine| engine.outside.fetch_time = Duration::from_millis(500)).await;
        bot.world.put_file("P2", PNG);
        for fault in [
            Fault::Answer(Reply::bytes(502, "<html>bad gateway</html>")),
            Fault::DoneThenHalf,
            Fault::DoneThenSlow(Duration::from_secs(5)),
            Fault::Cut,
        ] {
            bot.server.fail("/file/bot", fault);
        }
        bot.sends(&photo("P2")).await;
        bot.work().await;
        assert_eq!(bot.first().await.received.unwrap().state, Arrival::Waiting);
        assert!(files(&kit).await.is_empty(), "half a file is none");
        bot.work_long().await;
        assert_eq!(bot.server.calls("/file/bot").len(), 5);
        assert_eq!(bot.first().await.received.unwrap().state, Arrival::Here);
        let files = files(&kit).await;
        assert_eq!(files.len(), 1);
        assert_eq!(bytes_of(&bot, &files[0]).await, PNG);
    }

    /// A worker that died behind the file and before the message: the file is found, not fetched again.
    async fn a_file_that_is_here_is_not_fetched_again(kit: Kit) {
        let bot = Bot::connected_with(&kit, |_| {}).await;
        bot.world.put_file("P2", PNG);
        bot.sends(&photo("P2")).await;
        let id = bot.first().await.received.unwrap().id;
        let row = file::Model {
            id,
            company_id: bot.shop.scope.id(),
            name: "image.png".to_owned(),
            size: 5,
            media_type: "image/png".to_owned(),
            storage_key: "there".to_owned(),
            purpose: "received".to_owned(),
            created_at: kit.ctx.time(),
        };
        let tx = kit.ctx.db().begin_across().await.unwrap();
        file::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&tx).await.unwrap();
        kit.ctx.commit(tx).await.unwrap();
        bot.work().await;
        assert_eq!(bot.server.calls("/getFile").len(), 0);
        let here = bot.first().await.received.unwrap();
        assert_eq!((here.state, here.size), (Arrival::Here, Some(5)));
    }

    /// What will not come is said, in a word; the message and its answer stand.
    async fn what_does_not_come_is_shown(kit: Kit) {
        let bot = Bot::connected_with(&kit, |_| {}).await;
        let too_big = json!({ "ok": false, "error_code": 400, "description": "Bad Request: file is too big" });
        let lost = json!({ "ok": false, "error_code": 404, "description": "Not Found" });
        bot.world.put_file("G", PNG);
        bot.server.fail("/file/bot", Fault::Answer(Reply::json(404, &lost)));
        bot.sends(&photo("G")).await;
        bot.work().await;
        bot.sends(&photo("never")).await;
        bot.work().await;
        bot.server.fail("/getFile", Fault::Answer(Reply::json(400, &too_big)));
        bot.sends(&photo("G")).await;
        bot.work().await;
        // One that is announced as too large is not asked for.
        let asked = bot.server.calls("/getFile").len();
        bot.sends(&json!({ "document": { "file_id": "D", "file_unique_id": "d", "file_name": "../a\r\nb.pdf", "mime_type": "application/pdf", "file_size": 90_000_000 } })).await;
        bot.work().await;
        assert_eq!(bot.server.calls("/getFile").len(), asked);
        // One that is larger than it says.
        bot.world.put_file("L", &vec![7; 21 * 1024 * 1024]);
        bot.sends(&photo("L")).await;
        bot.work().await;
        // A door that stays closed.
        for _ in 0..6 {
            bot.server.fail("/getFile", Fault::Answer(Reply::bytes(503, "")));
        }
        bot.world.put_file("Z", PNG);
        bot.sends(&photo("Z")).await;
        bot.work_long().await;
        let inbound = bot.messages(MessageDirection::Inbound).await;
        let errors: Vec<_> = inbound
            .iter()
            .map(|message| attachments(message)[0].received.clone().unwrap())
            .inspect(|received| assert_eq!(received.state, Arrival::Failed))
            .map(|received| received.error.unwrap())
            .collect();
        assert_eq!(errors, ["gone", "gone", "too_large", "too_large", "too_large", "unavailable"]);
        assert!(files(&kit).await.is_empty());
        assert!(inbound.iter().all(|message| message.turn_id.is_some()), "each was answered");
        let dead = job::Entity::find().all(&kit.ctx.db().read_across()).await.unwrap();
        assert!(dead.iter().all(|job| job.status != JobStatus::Dead), "it is said at the message, not as a dead job");
        bot.server.check();
    }

    /// Staff have what failed fetched once more: it comes, once, and nobody is answered anew. What is too large stays.
    async fn staff_have_it_fetched_again(kit: Kit) {
        let bot = Bot::connected_with(&kit, |_| {}).await;
        bot.world.put_file("Z", PNG);
        bot.world.put_file("V", OGG);
        for content in [photo("Z"), voice("V")] {
            for _ in 0..6 {
                bot.server.fail("/getFile", Fault::Answer(Reply::bytes(503, "")));
            }
            bot.sends(&content).await;
            bot.work_long().await;
        }
        bot.sends(&json!({ "document": { "file_id": "D", "file_unique_id": "d", "file_name": "a.pdf", "mime_type": "application/pdf", "file_size": 90_000_000 } })).await;
        bot.work().await;
        let (ctx, scope, told) = (&bot.shop.kit.ctx, &bot.shop.scope, bot.told());
        let inbound = bot.messages(MessageDirection::Inbound).await;
        let state = |message: &message::Model| attachments(message)[0].received.clone().unwrap().state;
        let refused = async |message: &message::Model| match service::inbox::fetch_again(ctx, scope, message.id).await {
            Err(service::Error::Invalid(errors)) => errors[0].code.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(&inbound[2]).await, "NOT_FAILED", "too large");
        for message in &inbound[..2] {
            assert_eq!(state(message), Arrival::Failed);
            let again = service::inbox::fetch_again(ctx, scope, message.id).await.unwrap();
            assert_eq!((state(&again), attachments(&again)[0].received.clone().unwrap().error), (Arrival::Waiting, None));
            assert_eq!(refused(message).await, "NOT_FAILED", "it is being fetched");
        }
        bot.work().await;
        let inbound = bot.messages(MessageDirection::Inbound).await;
        assert!(inbound[..2].iter().all(|message| state(message) == Arrival::Here), "{inbound:?}");
        assert_eq!(files(&kit).await.len(), 2);
        assert_eq!(attachments(&inbound[1])[0].received.clone().unwrap().hearing, Some(Hearing::Unheard));
        assert_eq!(refused(&inbound[0]).await, "NOT_FAILED", "it is here");
        assert_eq!(bot.told(), told, "nobody is answered anew");
        let stranger = service::inbox::fetch_again(ctx, scope, ctx.new_id()).await;
        assert!(matches!(stranger, Err(service::Error::NotFound(_))));
        bot.server.check();
    }

    /// WAHA's own files are fetched from WAHA with its key, others without it, and none from a private network.
    async fn foreign_hosts_get_no_key_and_private_ones_no_call(kit: Kit) {
        let phone = Phone::linked(&kit).await;
        let canary = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inside = format!("http://{}/secret.jpg", canary.local_addr().unwrap());
        let own = phone.world.put_file("A.jpg", PNG);
        let url = |url: &str| json!({ "hasMedia": true, "media": { "url": url, "mimetype": "image/png", "filename": "rose.png" } });
        for address in [own.as_str(), &inside, "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "not an address"] {
            phone.deliver(&phone.world.write(SESSION, channel_waha::ANA, &url(address))).await.unwrap();
        }
        phone.work().await;
        let inbound = phone.messages(MessageDirection::Inbound).await;
        let states: Vec<_> = inbound
            .iter()
            .map(|message| attachments(message)[0].received.clone().unwrap())
            .map(|received| (received.state, received.error.unwrap_or_default()))
            .collect();
        assert_eq!(states[0], (Arrival::Here, String::new()));
        assert!(states[1..4].iter().all(|state| *state == (Arrival::Failed, "refused".to_owned())), "{states:?}");
        assert_eq!(states[4], (Arrival::Failed, "gone".to_owned()));
        let none = tokio::time::timeout(Duration::from_millis(200), canary.accept()).await;
        assert!(none.is_err(), "nobody came to the canary");
        assert_eq!(files(&kit).await[0].name, "rose.png");
        let asked = phone.server.calls("/api/files/");
        assert!(asked.iter().all(|call| call.header("x-api-key") == API_KEY));
        assert!(!all_rows(&kit).await.contains(API_KEY));
        phone.server.check();
    }

    /// "Two rose bouquets", spoken, lie in the cart; staff read what was said; what it cost is written down.
    async fn what_is_spoken_is_answered(kit: Kit) {
        let (bot, model, server) = listening(&kit).await;
        bot.world.put_file("V1", OGG);
        model.hears("Two rose bouquets to Valencia, please");
        bot.sends(&voice("V1")).await;
        bot.work().await;
        let heard = bot.first().await;
        assert_eq!(heard.words(), Some("Two rose bouquets to Valencia, please"));
        assert_eq!(bot.cart().await, [("R1".to_owned(), 2)]);
        assert_eq!(server.calls("/transcriptions").len(), 1);
        let uses = model_use::Entity::find().all(&kit.ctx.db().read_across()).await.unwrap();
        let voice: Vec<_> = uses.iter().filter(|used| used.purpose == "voice").collect();
        assert_eq!((voice.len(), voice[0].input_tokens, voice[0].fell_back.as_deref()), (1, 14, None));
        assert!(voice[0].cost_micros > 0);
        server.check();
    }

    /// Voice notes and texts of a burst are one wish, answered once, in the language that was spoken.
    async fn a_burst_of_voice_is_one_turn(kit: Kit) {
        let (bot, model, _server) = listening(&kit).await;
        for id in ["V1", "V2"] {
            bot.world.put_file(id, OGG);
        }
        model.hears("Quiero dos ramos de rosas, por favor");
        model.hears("Es para Valencia, gracias");
        bot.sends(&voice("V1")).await;
        bot.sends(&voice("V2")).await;
        bot.sends(&json!({ "text": "Me llamo Ana Ruiz" })).await;
        bot.work().await;
        let inbound = bot.messages(MessageDirection::Inbound).await;
        let turns: std::collections::BTreeSet<_> = inbound.iter().map(|message| message.turn_id).collect();
        assert!(turns.len() == 1 && !turns.contains(&None), "one turn: {turns:?}");
        assert_eq!(bot.conversation().await.language.as_deref(), Some("es"));
    }

    /// Whatever the transcriber does, the customer is answered: with what they said, or with a request to write.
    async fn a_transcriber_that_fails_is_not_waited_for(kit: Kit) {
        let (bot, model, server) = listening(&kit).await;
        bot.world.put_file("V1", OGG);
        // Slow to let in, then obedient.
        server.fail("/transcriptions", Fault::Answer(slow_down(1)));
        server.fail("/transcriptions", Fault::Answer(Reply::bytes(500, "oops")));
        model.hears("One rose bouquet to Valencia, please");
        bot.sends(&voice("V1")).await;
        bot.work().await;
        assert_eq!(bot.cart().await, [("R1".to_owned(), 1)]);
        for fault in [
            vec![Fault::Answer(Reply::bytes(200, "<html>no json</html>")); 3],
            vec![Fault::Answer(Reply::bytes(503, "")); 3],
            vec![Fault::Answer(Reply::json(200, &json!({ "text": "  " })))],
            vec![Fault::Answer(Reply::json(400, &json!({ "error": { "message": "no" } })))],
        ] {
            let before = bot.world.sent().len();
            let wanted = fault.len();
            let asked = server.calls("/transcriptions").len();
            for fault in fault {
                server.fail("/transcriptions", fault);
            }
            bot.sends(&voice("V1")).await;
            bot.work().await;
            assert_eq!(server.calls("/transcriptions").len(), asked + wanted);
            let last = bot.messages(MessageDirection::Inbound).await.pop().unwrap();
            assert_eq!(attachments(&last)[0].received.as_ref().unwrap().hearing, Some(Hearing::Unheard));
            let sent = bot.world.sent();
            assert_eq!(sent.len(), before + 1, "one answer");
            assert!(sent[before]["text"].as_str().unwrap().contains("write it as text"), "{sent:?}");
        }
    }

    /// A recording that does not come is not waited for longer than a minute, and nothing is answered twice when it comes late.
    async fn the_wait_has_an_end(kit: Kit) {
        let (bot, model, _server) = listening(&kit).await;
        bot.world.put_file("V1", OGG);
        for _ in 0..2 {
            bot.server.fail("/getFile", Fault::Answer(Reply::json(429, &json!({ "ok": false, "error_code": 429, "description": "Too Many Requests", "parameters": { "retry_after": 90 } }))));
        }
        bot.sends(&voice("V1")).await;
        bot.work().await;
        assert!(bot.world.sent().is_empty(), "the words are waited for");
        kit.advance(Duration::from_secs(61));
        bot.work().await;
        assert_eq!(bot.world.sent().len(), 1);
        assert!(bot.told().contains("write it as text"), "{}", bot.told());
        model.hears("One rose bouquet to Valencia, please");
        kit.advance(Duration::from_secs(200));
        bot.work().await;
        kit.advance(Duration::from_secs(200));
        bot.work().await;
        assert_eq!(bot.first().await.words(), Some("One rose bouquet to Valencia, please"), "staff can read it");
        assert_eq!(bot.world.sent().len(), 1, "answered once");
    }

    /// Where nobody listens, a burst of voice notes is answered at once, with one request to write.
    async fn without_a_transcriber_the_customer_is_asked_to_write_once(kit: Kit) {
        let bot = Bot::connected_with(&kit, |_| {}).await;
        for id in ["V1", "V2", "V3"] {
            bot.world.put_file(id, OGG);
            bot.sends(&voice(id)).await;
        }
        bot.work().await;
        let told = bot.told();
        assert_eq!(told.matches("write it as text").count(), 1, "{told}");
        assert_eq!(bot.world.sent().len(), 1);
        assert_eq!(bot.first().await.received.unwrap().hearing, Some(Hearing::Unheard));
        assert_eq!(files(&kit).await.len(), 3, "staff can listen");
        assert_eq!(model_use::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 0);
    }
}

/// A bot whose company has a model that hears.
async fn listening(kit: &Kit) -> (Bot, OpenAi, Server) {
    let world = OpenAi::scripted(vec![Turn::Raw(Reply::bytes(400, "{}"))]);
    let server = world.start().await;
    let bot = Bot::connected_with(kit, |engine| {
        engine.outside.model = Some(endpoint(&server));
        // What the model's server asks to wait really passes.
        engine.outside.breakers = Breakers::default();
    })
    .await;
    (bot, world, server)
}

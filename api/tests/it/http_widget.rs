//! Web chat as the widget speaks it.

use crate::http_support::{Server, until};
use axum::http::{Method, StatusCode};
use entity::message;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::Kit;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use uuid::Uuid;

async fn visitor(server: &Server, key: &str) -> String {
    let answer = server.post_json(&format!("/widget/{key}/sessions"), &[], &json!({})).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    answer.json()["token"].as_str().unwrap().to_owned()
}

async fn write(server: &Server, key: &str, token: &str, body: &Value) -> crate::http_support::Answered {
    server.post_json(&format!("/widget/{key}/messages"), &[("authorization", &format!("Bearer {token}"))], body).await
}

async fn read(server: &Server, key: &str, token: &str, query: &str) -> Value {
    let answer =
        server.get(&format!("/widget/{key}/messages{query}"), &[("authorization", &format!("Bearer {token}"))]).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()
}

/// A stream of events, read as text.
struct Events(TcpStream, String);

impl Events {
    async fn open(server: &Server, path: &str) -> Self {
        let mut stream = TcpStream::connect(server.at).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nhost: {}\r\naccept: text/event-stream\r\n\r\n", server.at);
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut events = Self(stream, String::new());
        events.until(": open").await;
        events
    }

    async fn until(&mut self, wanted: &str) -> String {
        let read = async {
            let mut bytes = [0; 4096];
            while !self.1.contains(wanted) {
                let count = self.0.read(&mut bytes).await.unwrap();
                assert!(count > 0, "the stream ended: {}", self.1);
                self.1.push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        };
        let timed = tokio::time::timeout(Duration::from_secs(8), read).await;
        assert!(timed.is_ok(), "no {wanted:?} in {}", self.1);
        self.1.clone()
    }
}

testkit::both! {
    /// The whole way of a message, and that a second delivery changes nothing.
    async fn takes_messages_once_and_shows_them(kit: Kit) {
        kit.may_remain("answer_turn");
        let tenant = kit.tenant().await;
        let key = tenant.channel.public_key.as_str();
        let server = Server::start(&kit).await;
        let config = server.get(&format!("/widget/{key}/config"), &[]).await;
        assert_eq!(config.json(), json!({ "name": "Lumen", "language": "en", "color": "#0b7285", "maxChars": 10_000 }));
        let token = visitor(&server, key).await;
        assert_eq!(read(&server, key, &token, "").await, json!({ "messages": [], "cursor": null }));
        let id = Uuid::from_u128(7);
        let body = json!({ "id": id, "text": "Hello, <b>roses</b>?" });
        let first = write(&server, key, &token, &body).await;
        assert_eq!((first.status, first.json()), (StatusCode::ACCEPTED, json!({ "id": id, "duplicate": false })));
        let again = write(&server, key, &token, &body).await;
        assert_eq!((again.status, again.json()), (StatusCode::ACCEPTED, json!({ "id": id, "duplicate": true })));
        let seen = read(&server, key, &token, "").await;
        assert_eq!(seen["messages"].as_array().unwrap().len(), 1);
        assert_eq!(seen["messages"][0]["id"], id.to_string());
        assert_eq!(seen["messages"][0]["author"], "customer");
        assert_eq!(seen["messages"][0]["text"], "Hello, <b>roses</b>?");
        let cursor = seen["cursor"].as_str().unwrap();
        let after = read(&server, key, &token, &format!("?after={cursor}")).await;
        assert_eq!(after, json!({ "messages": [], "cursor": cursor }));
        // Another visitor sees nothing of it.
        let other = visitor(&server, key).await;
        assert_eq!(read(&server, key, &other, "").await["messages"], json!([]));
    }

    /// A reply that was written before the visitor's next message and sent after it is found behind that message's cursor.
    async fn a_reply_that_waited_is_not_lost(kit: Kit) {
        kit.may_remain("answer_turn");
        let tenant = kit.tenant().await;
        let key = tenant.channel.public_key.as_str();
        let server = Server::start(&kit).await;
        let token = visitor(&server, key).await;
        write(&server, key, &token, &json!({ "id": Uuid::from_u128(1), "text": "One" })).await;
        let asked = message::Entity::find().one(&kit.ctx.db().read_across()).await.unwrap().unwrap();
        kit.advance(Duration::from_secs(1));
        let mut reply = asked.clone().into_active_model().reset_all();
        reply.id = Set(kit.ctx.new_id());
        reply.external_id = Set(None);
        reply.direction = Set(entity::stored::MessageDirection::Outbound);
        reply.author = Set(entity::stored::MessageAuthor::Assistant);
        reply.status = Set(entity::stored::MessageStatus::Queued);
        reply.text = Set("Answer to one".to_owned());
        reply.created_at = Set(kit.ctx.time());
        let tx = kit.ctx.db().begin_across().await.unwrap();
        let reply = reply.insert(&tx).await.unwrap();
        kit.ctx.commit(tx).await.unwrap();
        kit.advance(Duration::from_secs(1));
        write(&server, key, &token, &json!({ "id": Uuid::from_u128(2), "text": "Two" })).await;
        let seen = read(&server, key, &token, "").await;
        assert_eq!(seen["messages"].as_array().unwrap().len(), 2, "a reply on its way is not shown yet");
        kit.advance(Duration::from_secs(1));
        let mut sent = reply.into_active_model();
        sent.status = Set(entity::stored::MessageStatus::Sent);
        sent.sent_at = Set(Some(kit.ctx.time()));
        let tx = kit.ctx.db().begin_across().await.unwrap();
        sent.update(&tx).await.unwrap();
        kit.ctx.commit(tx).await.unwrap();
        let after = read(&server, key, &token, &format!("?after={}", seen["cursor"].as_str().unwrap())).await;
        assert_eq!(after["messages"][0]["text"], "Answer to one");
        assert_eq!(after["messages"][0]["author"], "assistant");
    }

    /// Many visitors at once share commits: each message is stored once, each is answered.
    async fn many_at_once_are_all_stored_once(kit: Kit) {
        kit.may_remain("answer_turn");
        let tenant = kit.tenant().await;
        let key = tenant.channel.public_key.clone();
        let server = std::sync::Arc::new(Server::start(&kit).await);
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..20_u128 {
            let (server, key) = (std::sync::Arc::clone(&server), key.clone());
            tasks.spawn(async move {
                let token = visitor(&server, &key).await;
                for part in 0..5_u128 {
                    // Each message is sent twice, by two tries at the same moment.
                    let body = json!({ "id": Uuid::from_u128(number * 100 + part), "text": format!("Message {part}") });
                    let (one, two) = tokio::join!(write(&server, &key, &token, &body), write(&server, &key, &token, &body));
                    let duplicates = [&one, &two].map(|answer| answer.json()["duplicate"].as_bool());
                    assert!(duplicates.contains(&Some(true)) && duplicates.contains(&Some(false)), "{one:?} {two:?}");
                }
                let seen = read(&server, &key, &token, "").await;
                let texts: Vec<&str> = seen["messages"].as_array().unwrap().iter().filter_map(|m| m["text"].as_str()).collect();
                assert_eq!(texts.len(), 5, "{texts:?}");
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        let count = |kit: Kit| async move { message::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap() };
        assert_eq!(count(kit.clone()).await, 100);
        assert_eq!(entity::conversation::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 20);
        assert_eq!(entity::contact::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 20);
    }

    /// The stream tells the own conversation only, and a page that comes back gets what it missed.
    async fn streams_tell_only_their_own(kit: Kit) {
        kit.may_remain("answer_turn");
        let tenant = kit.tenant().await;
        let key = tenant.channel.public_key.as_str();
        let server = Server::start(&kit).await;
        let (mine, other) = (visitor(&server, key).await, visitor(&server, key).await);
        let mut events = Events::open(&server, &format!("/widget/{key}/stream?token={mine}")).await;
        kit.advance(Duration::from_secs(1));
        write(&server, key, &other, &json!({ "id": Uuid::from_u128(1), "text": "foreign" })).await;
        write(&server, key, &mine, &json!({ "id": Uuid::from_u128(2), "text": "first of mine" })).await;
        let text = events.until("first of mine").await;
        assert!(text.contains("event: message") && !text.contains("foreign"), "{text}");
        let cursor = text.split("\nid: ").nth(1).unwrap().lines().next().unwrap().to_owned();
        kit.advance(Duration::from_secs(1));
        write(&server, key, &mine, &json!({ "id": Uuid::from_u128(3), "text": "second of mine" })).await;
        let text = events.until("second of mine").await;
        assert_eq!(text.matches("first of mine").count(), 1, "nothing is told twice: {text}");
        drop(events);
        let mut back = Events::open(&server, &format!("/widget/{key}/stream?token={mine}&after={cursor}")).await;
        let text = back.until("second of mine").await;
        assert!(!text.contains("first of mine"), "{text}");
    }
}

#[test]
fn refuses_bad_input_by_field_and_reason() {
    testkit::run(testkit::Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let foreign = kit.another_tenant("Foreign").await;
        let key = tenant.channel.public_key.as_str();
        let server = Server::start(&kit).await;
        let token = visitor(&server, key).await;
        let id = Uuid::from_u128(1);
        for (body, field, code) in [
            (json!({ "text": "a" }), "id", "REQUIRED"),
            (json!({ "id": "7", "text": "a" }), "id", "INVALID"),
            (json!({ "id": 7, "text": "a" }), "id", "INVALID"),
            (json!({ "id": id }), "text", "REQUIRED"),
            (json!({ "id": id, "text": 5 }), "text", "INVALID"),
            (json!({ "id": id, "text": "  \n " }), "text", "REQUIRED"),
            (json!({ "id": id, "text": "\u{0}" }), "text", "REQUIRED"),
            (json!({ "id": id, "text": "x".repeat(10_001) }), "text", "TOO_LONG"),
            (json!([1]), "", "MALFORMED"),
        ] {
            let answer = write(&server, key, &token, &body).await;
            assert_eq!(
                (answer.status, answer.field().as_str(), answer.code().as_str()),
                (StatusCode::BAD_REQUEST, field, code)
            );
        }
        let path = format!("/widget/{key}/messages");
        let bearer = format!("Bearer {token}");
        let json = [("content-type", "application/json"), ("authorization", bearer.as_str())];
        let large = server.ask(Method::POST, &path, &json, vec![b' '; 200_000]).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
        let invalid = server.ask(Method::POST, &path, &json, &b"{\"id\":\"\xff\"}"[..]).await;
        assert_eq!(invalid.status, StatusCode::BAD_REQUEST);
        let form = server.ask(Method::POST, &path, &[("authorization", &bearer)], "id=1").await;
        assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        for query in ["?after=x", "?limit=0", "?limit=101", "?limit=-1", "?limit=x"] {
            let answer = server.get(&format!("{path}{query}"), &[("authorization", &bearer)]).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        }
        // A token of one company's channel is nobody at another's; a key that is none is not found.
        let other_key = foreign.channel.public_key.as_str();
        let body = json!({ "id": id, "text": "a" });
        assert_eq!(write(&server, other_key, &token, &body).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(write(&server, key, "x.y", &body).await.status, StatusCode::UNAUTHORIZED);
        let stream = server.get(&format!("/widget/{other_key}/stream?token={token}"), &[]).await;
        assert_eq!(stream.status, StatusCode::UNAUTHORIZED);
        for path in ["/widget/none/config", "/widget/none/messages", "/widget/none/stream"] {
            assert_eq!(server.get(path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(message::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 0);
    });
}

#[test]
fn is_open_to_pages_of_any_site_without_cookies() {
    testkit::run(testkit::Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let path = format!("/widget/{}/messages", tenant.channel.public_key);
        let server = Server::start(&kit).await;
        let asked = server.ask(Method::OPTIONS, &path, &[("origin", "https://shop.example")], "").await;
        assert_eq!((asked.status, asked.header("access-control-allow-origin")), (StatusCode::NO_CONTENT, "*"));
        assert!(asked.header("access-control-allow-headers").contains("authorization"));
        assert!(asked.headers.get("access-control-allow-credentials").is_none());
        // The rest of the server stays closed.
        let graphql = server.ask(Method::OPTIONS, "/graphql", &[("origin", "https://shop.example")], "").await;
        assert!(graphql.headers.get("access-control-allow-origin").is_none());
    });
}

#[test]
fn limits_a_visitor_and_its_streams() {
    testkit::run(testkit::Backend::Sqlite, |kit: Kit| async move {
        kit.may_remain("answer_turn");
        let tenant = kit.tenant().await;
        let key = tenant.channel.public_key.as_str();
        let server = Server::start(&kit).await;
        let token = visitor(&server, key).await;
        let path = format!("/widget/{key}/stream?token={token}");
        let mut open = Vec::new();
        for _ in 0..3 {
            open.push(Events::open(&server, &path).await);
        }
        assert_eq!(server.get(&path, &[]).await.status, StatusCode::TOO_MANY_REQUESTS);
        open.pop();
        until("a place", || async {
            let mut stream = TcpStream::connect(server.at).await.unwrap();
            let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut start = [0; 12];
            stream.read_exact(&mut start).await.unwrap();
            &start == b"HTTP/1.1 200"
        })
        .await;
        let mut statuses = Vec::new();
        for number in 0..70_u128 {
            let answer = write(&server, key, &token, &json!({ "id": Uuid::from_u128(number), "text": "a" })).await;
            statuses.push(answer.status);
        }
        assert!(statuses[..60].iter().all(|status| *status == StatusCode::ACCEPTED));
        assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS));
    });
}

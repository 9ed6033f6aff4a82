//! The doors of web chat and of payments under bad input, load and a database that does not answer (reliability.md cases 31
//! to 35, 79).

use crate::http_support::{Server, resident};
use axum::http::{Method, StatusCode};
use entity::{contact, conversation, message};
use sea_orm::{ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _};
use serde_json::json;
use service::db::{Db, DbConfig, Tx};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::{Backend, Kit, both};
use uuid::Uuid;

async fn visitor(server: &Server, key: &str) -> String {
    let answer = server.post_json(&format!("/widget/{key}/sessions"), &[], &json!({})).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    format!("Bearer {}", answer.json()["token"].as_str().unwrap())
}

/// Case 31.
#[test]
fn a_door_without_its_key_is_no_door() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        kit.tenant().await;
        let server = Server::start(&kit).await;
        for path in [
            "/webhooks",
            "/webhooks/",
            "/webhooks/payment",
            "/webhooks/payment/",
            "/webhooks/payment//",
            "/webhooks/payment/sandbox/more",
            "/widget//sessions",
            "/widget/sessions",
            "/widget//messages",
            "/widget/%20/sessions",
            "/widget/%00/sessions",
            "/p/",
            "/test-bank/",
        ] {
            let answer = server.ask(Method::POST, path, &[("content-type", "application/json")], "{}").await;
            assert!(
                matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED),
                "{path}: {answer:?}"
            );
        }
        assert_eq!(message::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 0);
    });
}

/// Case 32.
#[test]
fn bad_bodies_are_refused_soon_and_cost_nothing() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let server = Server::start(&kit).await;
        let key = tenant.channel.public_key.as_str();
        let bearer = visitor(&server, key).await;
        let widget = format!("/widget/{key}/messages");
        let id = Uuid::from_u128(1);
        let deep = format!("{{\"id\":\"{id}\",\"text\":{}", "[".repeat(10_000));
        let nul = format!("{{\"id\":\"{id}\",\"text\":\"\\u0000\"}}");
        let bodies: [(&str, Vec<u8>); 8] = [
            ("application/json", vec![b'['; 1024 * 1024 + 1]),
            ("application/json", deep.into_bytes()),
            ("application/json", b"{\"id\":\"\xff\xfe\",\"text\":\"\xc3\x28\"}".to_vec()),
            ("application/json", nul.into_bytes()),
            ("application/json", vec![0; 1_000]),
            ("application/json", Vec::new()),
            ("text/plain", format!("{{\"id\":\"{id}\",\"text\":\"x\"}}").into_bytes()),
            ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--".to_vec()),
        ];
        let mut before = 0;
        for round in 0..20 {
            for (media_type, body) in &bodies {
                for path in [widget.as_str(), "/webhooks/payment/sandbox"] {
                    let headers = [
                        ("content-type", *media_type),
                        ("authorization", bearer.as_str()),
                        ("stripe-signature", "t=1,v1=00"),
                    ];
                    let asked = Instant::now();
                    let answer = server.ask(Method::POST, path, &headers, body.clone()).await;
                    let limited = answer.status == StatusCode::TOO_MANY_REQUESTS;
                    assert!(answer.status.is_client_error(), "{path} {media_type}: {answer:?}");
                    assert!(limited || asked.elapsed() < Duration::from_secs(3), "{path}: {:?}", asked.elapsed());
                }
            }
            if round == 2 {
                before = resident();
            }
        }
        let grown = resident().saturating_sub(before);
        assert!(grown < 5 * 1024 * 1024, "grew by {grown} bytes");
        assert_eq!(message::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 0);
        assert_eq!(entity::payment_event::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 0);
    });
}

/// A server whose pool is small and impatient, as a busy one's is.
async fn busy(kit: &Kit) -> (Server, Db) {
    let acquire_timeout = Duration::from_millis(800);
    let config = DbConfig { connections: 2, acquire_timeout, throw_away: true, ..DbConfig::new(kit.url.as_str()) };
    let db = Db::open(&config).await.unwrap();
    let engine = testkit::engine(db.clone(), Arc::clone(&kit.clock) as _, foundation::Random::seeded(3), &kit.folder);
    (Server::with(service::Ctx::new(engine, service::access::Actor::System), None).await, db)
}

/// All there is, taken.
struct Held {
    _writers: Vec<Tx>,
    /// PostgreSQL's readers have sessions of their own.
    reader: Option<tokio::task::JoinHandle<()>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(reader) = &self.reader {
            reader.abort();
        }
    }
}

async fn take_all(kit: &Kit, db: &Db) -> Held {
    let writers = vec![db.begin_across().await.unwrap()];
    let reader = (kit.backend == Backend::Postgres).then(|| {
        let db = db.clone();
        tokio::spawn(async move {
            let _ = db.read_across().execute_unprepared("SELECT pg_sleep(30)").await;
        })
    });
    // The reader has its session once it is asked for.
    tokio::time::sleep(Duration::from_millis(100)).await;
    Held { _writers: writers, reader }
}

both! {
    /// Cases 33 and 79: while nothing can be stored nobody is told that it is; the same message again is stored once.
    async fn while_the_database_takes_nothing_nothing_is_accepted(kit: Kit) {
        kit.may_remain("answer_turn");
        let tenant = kit.tenant().await;
        let (server, db) = busy(&kit).await;
        let key = tenant.channel.public_key.clone();
        let server = Arc::new(server);
        let mut visitors = Vec::new();
        for _ in 0..10 {
            visitors.push(visitor(&server, &key).await);
        }
        let path = format!("/widget/{key}/messages");
        let send = |number: u128, bearer: String| {
            let (server, path) = (Arc::clone(&server), path.clone());
            tokio::spawn(async move {
                let body = json!({ "id": Uuid::from_u128(number), "text": format!("Message {number}") });
                let asked = Instant::now();
                let answer = server.post_json(&path, &[("authorization", &bearer)], &body).await;
                (answer, asked.elapsed())
            })
        };
        let held = take_all(&kit, &db).await;
        let sent: Vec<_> = (0..).zip(&visitors).map(|(number, visitor)| send(number, visitor.clone())).collect();
        for sent in sent {
            let (answer, took) = sent.await.unwrap();
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{answer:?}");
            assert!(!answer.header("retry-after").is_empty(), "{answer:?}");
            assert!(took < Duration::from_secs(3), "{took:?}");
        }
        // A session is looked up first: GraphQL says so too, and tells nothing of the inside.
        if kit.backend == Backend::Postgres {
            let headers = [("x-x8-client", "test"), ("cookie", "x8_session=abc")];
            let answer = server.post_json("/graphql", &headers, &json!({ "query": "{ viewer }" })).await;
            assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"));
            assert!(!answer.text().contains("pool"), "{}", answer.text());
        }
        drop(held);
        let freed = Instant::now();
        for (number, visitor) in (0..).zip(&visitors) {
            let (answer, _) = send(number, visitor.clone()).await.unwrap();
            assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
        }
        assert!(freed.elapsed() < Duration::from_secs(5), "well again after {:?}", freed.elapsed());
        assert_eq!(message::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 10, "each once");
        drop(server);
        db.close().await.unwrap();
    }

    /// Case 35; that they keep their order is service `commerce_talk::an_album…`.
    async fn an_album_of_a_new_contact_is_one_talk(kit: Kit) {
        kit.may_remain("answer_turn");
        let tenant = kit.tenant().await;
        let server = Arc::new(Server::start(&kit).await);
        let key = tenant.channel.public_key.clone();
        let bearer = visitor(&server, &key).await;
        let path = format!("/widget/{key}/messages");
        let sent = (1..=10_u128).map(|number| {
            let (server, path, bearer) = (Arc::clone(&server), path.clone(), bearer.clone());
            tokio::spawn(async move {
                let body = json!({ "id": Uuid::from_u128(number), "text": format!("{number}") });
                server.post_json(&path, &[("authorization", &bearer)], &body).await.status
            })
        });
        for sent in sent.collect::<Vec<_>>() {
            assert_eq!(sent.await.unwrap(), StatusCode::ACCEPTED);
        }
        let db = &kit.ctx.db().read_across();
        assert_eq!(contact::Entity::find().count(db).await.unwrap(), 1);
        assert_eq!(conversation::Entity::find().count(db).await.unwrap(), 1);
        let stored = message::Entity::find().all(db).await.unwrap();
        let texts: BTreeSet<&str> = stored.iter().map(|row| row.text.as_str()).collect();
        assert_eq!((stored.len(), texts.len()), (10, 10), "each once");
    }

    /// Case 34 in a test's time; the ten minutes are `bench`'s (`intake --paced`).
    async fn a_steady_stream_is_accepted_whole_and_in_time(kit: Kit) {
        kit.may_remain("answer_turn");
        let tenant = kit.tenant().await;
        let server = Arc::new(Server::start(&kit).await);
        let key = tenant.channel.public_key.clone();
        let mut visitors = Vec::new();
        for _ in 0..10 {
            visitors.push(visitor(&server, &key).await);
        }
        let path = format!("/widget/{key}/messages");
        let mut beat = tokio::time::interval(Duration::from_millis(10));
        let (mut sent, mut idle) = (Vec::new(), Vec::new());
        for number in 0..300_u128 {
            beat.tick().await;
            // What the machine itself needs for a request at the same moment, beside all the other tests.
            let beside = Arc::clone(&server);
            idle.push(tokio::spawn(async move {
                let asked = Instant::now();
                beside.get("/healthz", &[]).await;
                asked.elapsed()
            }));
            let (server, path) = (Arc::clone(&server), path.clone());
            let bearer = visitors[usize::try_from(number % 10).unwrap()].clone();
            sent.push(tokio::spawn(async move {
                let body = json!({ "id": Uuid::from_u128(number), "text": "Do you have roses?" });
                let asked = Instant::now();
                let answer = server.post_json(&path, &[("authorization", &bearer)], &body).await;
                assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
                asked.elapsed()
            }));
        }
        let (took, idle) = (sorted(sent).await, sorted(idle).await);
        println!("p50 {:?}, p99 {:?}; of nothing {:?}, {:?}", took[150], took[296], idle[150], idle[296]);
        assert_eq!(message::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 300, "none lost, none twice");
        let wanted = Duration::from_millis(300);
        assert!(took[150] < wanted + 10 * idle[150], "half of them took {:?}, nothing takes {:?}", took[150], idle[150]);
        assert!(took[296] < 4 * wanted + 10 * idle[296], "{:?}, nothing takes {:?}", took[296], idle[296]);
    }
}

async fn sorted(tasks: Vec<tokio::task::JoinHandle<Duration>>) -> Vec<Duration> {
    let mut took = Vec::new();
    for task in tasks {
        took.push(task.await.unwrap());
    }
    took.sort_unstable();
    took
}

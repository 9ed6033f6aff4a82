//! Subscriptions over graphql-transport-ws (reliability.md cases 59 to 66).

use crate::http_support::{Server, resident, session, until};
use api::Api;
use api::graphql::Installation;
use axum::body::Bytes;
use entity::session as session_table;
use futures::{SinkExt as _, StreamExt as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use service::event::NewEvent;
use service::stored::EventKind;
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::{Backend, Kit};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn open_with(server: &Server, headers: &[(&'static str, &str)]) -> Result<Socket, tungstenite::Error> {
    let mut request = format!("ws://{}/graphql", server.at).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    connect_async(request).await.map(|(socket, _)| socket)
}

async fn open(server: &Server, token: &str) -> Socket {
    open_with(server, &[("cookie", &format!("x8_session={token}"))]).await.expect("the socket opens")
}

async fn say(socket: &mut Socket, value: Value) {
    socket.send(Message::text(value.to_string())).await.unwrap();
}

async fn hear(socket: &mut Socket) -> Value {
    serde_json::from_str(&hear_text(socket).await).unwrap()
}

async fn hear_text(socket: &mut Socket) -> String {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(10), socket.next()).await.expect("in time");
        match message.expect("an answer").expect("an answer") {
            Message::Text(text) => return text.to_string(),
            Message::Close(frame) => panic!("closed: {frame:?}"),
            _ => {}
        }
    }
}

/// The code with which the server closes.
async fn closed(socket: &mut Socket, within: Duration) -> u16 {
    let code = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(Some(frame)))) => return u16::from(frame.code),
                Some(Ok(_)) => {}
                other => panic!("ended without a code: {other:?}"),
            }
        }
    };
    tokio::time::timeout(within, code).await.expect("closed in time")
}

async fn begin(server: &Server, token: &str) -> Socket {
    let mut socket = open(server, token).await;
    say(&mut socket, json!({ "type": "connection_init" })).await;
    assert_eq!(hear(&mut socket).await, json!({ "type": "connection_ack" }));
    socket
}

fn subscribe(id: &str, query: &str) -> Value {
    json!({ "type": "subscribe", "id": id, "payload": { "query": query } })
}

const SOON: Duration = Duration::from_secs(2);

#[test]
fn carries_subscriptions() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let server = Server::start(&kit).await;
        let mut socket = begin(&server, &session(&kit.ctx, tenant.owner.id).await).await;
        say(&mut socket, subscribe("a", "subscription { count(to: 2) }")).await;
        for number in 1..=2 {
            let next = json!({ "type": "next", "id": "a", "payload": { "data": { "count": number } } });
            assert_eq!(hear(&mut socket).await, next);
        }
        assert_eq!(hear(&mut socket).await, json!({ "type": "complete", "id": "a" }));
        say(&mut socket, json!({ "type": "ping" })).await;
        assert_eq!(hear(&mut socket).await, json!({ "type": "pong" }));
        // The id is free again; the gate stands before a socket's documents too.
        say(&mut socket, subscribe("a", &format!("subscription {{ count(to: {}) }}", "[".repeat(1_500)))).await;
        let error = hear(&mut socket).await;
        assert_eq!((&error["type"], &error["payload"][0]["extensions"]["code"]), (&json!("error"), &json!("TOO_DEEP")));
        say(&mut socket, subscribe("b", "subscription { nothing }")).await;
        assert_eq!(hear(&mut socket).await["type"], "error");
        // Fields stand in the order they were asked in (GraphQL's specification, section 7.2.2).
        say(&mut socket, subscribe("d", "query { viewer a: viewer }")).await;
        assert!(hear_text(&mut socket).await.contains(r#""payload":{"data":{"viewer":"#));
        assert_eq!(hear(&mut socket).await, json!({ "type": "complete", "id": "d" }));
        say(&mut socket, subscribe("c", "query { viewer }")).await;
        assert_eq!(hear(&mut socket).await["payload"]["data"]["viewer"], tenant.owner.id.to_string());
    });
}

const EVENTS: &str = "subscription($id: ID!) { companyEvents(companyId: $id) { kind cursor } }";

fn listen(id: &str, company: Uuid) -> Value {
    let variables = json!({ "id": format!("company:{company}") });
    json!({ "type": "subscribe", "id": id, "payload": { "query": EVENTS, "variables": variables } })
}

/// A burst reaches all who listen alike, whole, once, in its order, each under the name it gave its subscription; who left hears
/// no more; whose session ended learns why. A ping is answered meanwhile.
#[test]
fn a_burst_is_told_to_all() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let server = Server::of(&kit, Arc::new(Api::new(Installation::default())), false).await;
        let tokens = [session(&kit.ctx, tenant.owner.id).await, session(&kit.ctx, tenant.owner.id).await];
        let company = tenant.company.id;
        let mut sockets = Vec::new();
        for (at, name) in ["1", "two \"quoted\"", "left"].into_iter().enumerate() {
            let mut socket = begin(&server, &tokens[at % 2]).await;
            say(&mut socket, listen(name, company)).await;
            sockets.push((socket, name));
        }
        // Twice the same in one document.
        let (twice, _) = &mut sockets[0];
        let query = "subscription($id: ID!) { a: companyEvents(companyId: $id) { kind } b: companyEvents(companyId: $id) { kind } }";
        let variables = json!({ "id": format!("company:{company}") });
        say(twice, json!({ "type": "subscribe", "id": "ab", "payload": { "query": query, "variables": variables } }))
            .await;
        let refused = hear(twice).await;
        assert!(refused["id"] == "ab" && refused.to_string().contains("ONE_FIELD"), "{refused}");
        assert_eq!(hear(twice).await, json!({ "type": "complete", "id": "ab" }));
        // Listening has begun when something is heard.
        let publish = |kind| {
            let event = NewEvent { id: kit.ctx.new_id(), company_id: company, kind, subject_id: kit.ctx.new_id() };
            kit.ctx.engine().bus.publish(event.clone());
            event.id
        };
        for (socket, _) in &mut sockets {
            loop {
                publish(EventKind::Catalogue);
                if tokio::time::timeout(Duration::from_millis(300), socket.next()).await.is_ok() {
                    break;
                }
            }
        }
        let (left, _) = &mut sockets[2];
        say(left, json!({ "type": "complete", "id": "left" })).await;
        left.send(Message::Ping(Bytes::from_static(b"there?"))).await.unwrap();
        loop {
            match left.next().await.unwrap().unwrap() {
                Message::Pong(said) => break assert_eq!(said, "there?"),
                other => assert!(other.is_text(), "{other:?}"),
            }
        }
        let burst: Vec<String> = (0..300).map(|_| publish(EventKind::Order).to_string()).collect();
        for (socket, name) in &mut sockets[..2] {
            let mut told = Vec::new();
            while told.len() < burst.len() {
                let next = hear(socket).await;
                assert_eq!((&next["type"], &next["id"]), (&json!("next"), &json!(name)));
                let event = &next["payload"]["data"]["companyEvents"];
                if event["kind"] == "ORDER" {
                    told.push(event["cursor"].as_str().unwrap().to_owned());
                }
            }
            assert_eq!(told, burst);
        }
        let (left, _) = &mut sockets[2];
        let quiet = tokio::time::timeout(Duration::from_millis(200), left.next()).await;
        assert!(quiet.is_err(), "who left hears nothing more: {quiet:?}");
        // The name is free again.
        say(left, listen("left", company)).await;
        loop {
            publish(EventKind::Catalogue);
            if tokio::time::timeout(Duration::from_millis(300), left.next()).await.is_ok() {
                break;
            }
        }
        // A session ends: the next news say so to its sockets, and to no others.
        let tx = kit.ctx.db().begin_platform().await.unwrap();
        let hash = foundation::secret::sha256_hex(tokens[1].as_bytes());
        session_table::Entity::delete_many().filter(session_table::Column::TokenHash.eq(hash)).exec(&tx).await.unwrap();
        kit.ctx.commit(tx).await.unwrap();
        publish(EventKind::Order);
        let (ended, name) = &mut sockets[1];
        let mut said = hear(ended).await;
        while said["payload"]["errors"].is_null() {
            assert_eq!((&said["type"], &said["id"]), (&json!("next"), &json!(name)), "{said}");
            said = hear(ended).await;
        }
        assert_eq!(said["payload"]["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        assert_eq!(hear(ended).await, json!({ "type": "complete", "id": name }));
        assert_eq!(closed(ended, Duration::from_secs(6)).await, 4401, "and the socket ends");
        let mut heard = hear(&mut sockets[0].0).await;
        while heard["payload"]["data"]["companyEvents"]["kind"] != "ORDER" {
            heard = hear(&mut sockets[0].0).await;
        }
    });
}

#[test]
fn closes_with_the_codes_of_the_protocol() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let token = session(&kit.ctx, tenant.owner.id).await;
        let server = Server::start(&kit).await;
        let mut early = open(&server, &token).await;
        say(&mut early, subscribe("a", "subscription { count(to: 1) }")).await;
        assert_eq!(closed(&mut early, SOON).await, 4401);
        let mut twice = begin(&server, &token).await;
        say(&mut twice, json!({ "type": "connection_init" })).await;
        assert_eq!(closed(&mut twice, SOON).await, 4429);
        let mut same = begin(&server, &token).await;
        for _ in 0..2 {
            say(&mut same, subscribe("a", "subscription { silence }")).await;
        }
        assert_eq!(closed(&mut same, SOON).await, 4409);
        for wrong in ["no JSON", r#"{"type":"shout"}"#, r#"{"type":"subscribe","id":"a"}"#, "[]"] {
            let mut socket = begin(&server, &token).await;
            socket.send(Message::text(wrong)).await.unwrap();
            assert_eq!(closed(&mut socket, SOON).await, 4400, "{wrong}");
        }
        let mut binary = begin(&server, &token).await;
        binary.send(Message::binary(vec![1, 2, 3])).await.unwrap();
        assert_eq!(closed(&mut binary, SOON).await, 4400);
        let mut large = begin(&server, &token).await;
        let _ = large.send(Message::text("x".repeat(100_000))).await;
        assert_eq!(closed(&mut large, SOON).await, 1009);
        let mut nobody = open_with(&server, &[]).await.expect("opens");
        say(&mut nobody, json!({ "type": "connection_init" })).await;
        assert_eq!(closed(&mut nobody, SOON).await, 4403);
        let mut silent = open(&server, &token).await;
        let started = Instant::now();
        assert_eq!(closed(&mut silent, Duration::from_secs(6)).await, 4408);
        assert!(started.elapsed() >= Duration::from_secs(4), "{:?}", started.elapsed());
    });
}

#[test]
fn refuses_other_origins_and_protocols_at_the_door() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let server = Server::start(&kit).await;
        let refused = |outcome: Result<Socket, tungstenite::Error>| match outcome {
            Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
            other => panic!("{:?}", other.map(|_| "opened")),
        };
        for origin in ["https://evil.example", "null", "https://x8.example.evil.example", "http://127.0.0.1:1"] {
            assert_eq!(refused(open_with(&server, &[("origin", origin)]).await), 403, "{origin}");
        }
        for origin in ["https://x8.example".to_owned(), format!("http://{}", server.at)] {
            assert!(open_with(&server, &[("origin", &origin)]).await.is_ok(), "{origin}");
        }
        assert_eq!(refused(open_with(&server, &[("sec-websocket-protocol", "graphql-ws")]).await), 400);
    });
}

#[test]
fn caps_subscriptions_sockets_and_floods() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let token = session(&kit.ctx, tenant.owner.id).await;
        let server = Server::start(&kit).await;
        let mut many = begin(&server, &token).await;
        for at in 0..51 {
            say(&mut many, subscribe(&format!("s{at}"), "subscription { silence }")).await;
        }
        let error = hear(&mut many).await;
        assert_eq!(
            (&error["id"], &error["payload"][0]["extensions"]["code"]),
            (&json!("s50"), &json!("TOO_MANY_SUBSCRIPTIONS"))
        );
        let mut sockets = vec![many];
        for _ in 1..20 {
            sockets.push(open(&server, &token).await);
        }
        let cookie = format!("x8_session={token}");
        assert!(open_with(&server, &[("cookie", &cookie)]).await.is_err(), "the 21st is refused");
        drop(sockets);
        until("the places come free", || async { open_with(&server, &[("cookie", &cookie)]).await.is_ok() }).await;
        let mut flood = begin(&server, &token).await;
        for _ in 0..150 {
            if flood.send(Message::text(r#"{"type":"pong"}"#)).await.is_err() {
                break;
            }
        }
        assert_eq!(closed(&mut flood, SOON).await, 4429);
    });
}

#[test]
fn a_session_that_ends_takes_its_sockets_along() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let server = Server::start(&kit).await;
        let mut socket = begin(&server, &session(&kit.ctx, tenant.owner.id).await).await;
        say(&mut socket, subscribe("a", "subscription { silence }")).await;
        let tx = kit.ctx.db().begin_across().await.unwrap();
        session_table::Entity::delete_many().exec(&tx).await.unwrap();
        kit.ctx.commit(tx).await.unwrap();
        assert_eq!(closed(&mut socket, Duration::from_secs(5)).await, 4401);
    });
}

#[test]
fn a_client_that_does_not_read_is_dropped_and_costs_little() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let token = session(&kit.ctx, tenant.owner.id).await;
        let server = Server::start(&kit).await;
        let before = resident();
        let mut socket = begin(&server, &token).await;
        say(&mut socket, subscribe("a", "subscription { flood }")).await;
        let MaybeTlsStream::Plain(stream) = socket.get_mut() else { panic!("plain") };
        // Writing fails once the server has let go; the test never reads.
        let dropped = async {
            loop {
                tokio::time::sleep(Duration::from_millis(200)).await;
                if stream.write_all(&[0x8a, 0x80, 0, 0, 0, 0]).await.is_err() {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), dropped).await.expect("dropped in time");
        let grown = resident().saturating_sub(before);
        assert!(grown < 32 * 1024 * 1024, "grew by {grown} bytes");
    });
}

/// reliability.md case 61; the five thousand are `bench`'s (`sockets`).
#[test]
fn an_idle_socket_costs_little() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let server = Server::start(&kit).await;
        let mut cookies = Vec::new();
        for _ in 0..20 {
            // Twenty sockets a user: so many users are needed.
            let user_id = kit.another_tenant("Crowd").await.owner.id;
            cookies.push(session(&kit.ctx, user_id).await);
        }
        let warm = begin(&server, &session(&kit.ctx, tenant.owner.id).await).await;
        let before = resident();
        let mut open = Vec::new();
        for number in 0..400 {
            open.push(plain(&server, &cookies[number / 20]).await);
        }
        let each = resident().saturating_sub(before) / open.len();
        println!("{each} bytes a socket");
        assert!(each <= 64 * 1024, "{each} bytes a socket");
        for stream in &mut open {
            let mut more = [0; 1];
            assert!(
                stream.try_read(&mut more).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock),
                "all stand"
            );
        }
        drop(warm);
    });
}

/// A socket past its `connection_ack`, without anything on this side that costs memory.
async fn plain(server: &Server, token: &str) -> TcpStream {
    use tokio::io::AsyncReadExt as _;
    let mut stream = TcpStream::connect(server.at).await.unwrap();
    let head = format!(
        "GET /graphql HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\
         cookie: x8_session={token}\r\n\r\n",
        server.at
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The frame of a client is masked; a mask of zeros changes nothing.
    let init = br#"{"type":"connection_init"}"#;
    let mut frame = vec![0x81, 0x80 | u8::try_from(init.len()).unwrap(), 0, 0, 0, 0];
    frame.extend_from_slice(init);
    stream.write_all(&frame).await.unwrap();
    let mut heard = Vec::new();
    while !heard.ends_with(br#"{"type":"connection_ack"}"#) {
        let mut part = [0; 256];
        let count = stream.read(&mut part).await.unwrap();
        assert!(count > 0, "{}", String::from_utf8_lossy(&heard));
        heard.extend_from_slice(&part[..count]);
    }
    stream
}

#[test]
fn sockets_end_when_the_server_stops() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let server = Server::start(&kit).await;
        let mut socket = begin(&server, &session(&kit.ctx, tenant.owner.id).await).await;
        server.stop.cancel();
        assert_eq!(closed(&mut socket, SOON).await, 1001);
    });
}

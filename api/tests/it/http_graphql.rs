//! `POST /graphql`: the gate, the client header, sessions, faults (reliability.md cases 46 to 53).

use crate::http_support::{Server, resident, session};
use axum::http::{Method, StatusCode};
use serde_json::json;
use std::time::{Duration, Instant};
use testkit::{Backend, Kit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

fn query(text: &str) -> String {
    json!({ "query": text }).to_string()
}

#[test]
fn answers_and_names_the_request() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let server = Server::start(&kit).await;
        let answer = server.graphql(query("{ echo(number: 4) }")).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "data": { "echo": 4 } })));
        assert_eq!(answer.header("x-request-id").len(), 32);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(server.get("/schema.graphql", &[]).await.text().contains("type Query"));
    });
}

#[test]
fn refuses_attacks_before_the_parser_and_lives_on() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let server = Server::start(&kit).await;
        let doubling: String =
            (0..28).map(|at| format!("fragment F{at} on Query {{ ...F{0} ...F{0} }} ", at + 1)).collect();
        let cycle = "{ ...A } fragment A on Query { ...A ...A }";
        let cases = [
            (query(&format!("{{ ...F0 }} {doubling} fragment F28 on Query {{ viewer }}")), "TOO_MANY_FRAGMENTS"),
            (query(&format!("{{ echo(number: {}) }}", "[".repeat(1_500))), "TOO_DEEP"),
            (query(&format!("{{ echo(number: {}) }}", "{a:".repeat(5_000))), "TOO_DEEP"),
            (query(&format!("query($a: Int = {}) {{ viewer }}", "[".repeat(5_000))), "TOO_DEEP"),
            (query(&format!("{{ echo(number: {}) }}", "[".repeat(100_000))), "DOCUMENT_TOO_LONG"),
            (query(cycle), "FRAGMENT_CYCLE"),
            (
                query(&format!("{{ {} }}", (0..101).map(|at| format!("a{at}: viewer ")).collect::<String>())),
                "TOO_MANY_ALIASES",
            ),
            (query(&format!("{{ {} }}", "viewer ".repeat(500))), "TOO_MANY_REPETITIONS"),
            (query(&format!("{{ viewer {} }}", "@include(if: true) ".repeat(51))), "TOO_MANY_DIRECTIVES"),
            (query(&format!("query {} {{ viewer }}", "@a ".repeat(51))), "TOO_MANY_DIRECTIVES"),
            (query(&"{ viewer } ".repeat(20)), "TOO_MANY_OPERATIONS"),
            (query(&format!("{{ echo(number: [{}]) }}", "1 ".repeat(1_001))), "TOO_MANY_TOKENS"),
            (json!([{ "query": "{ viewer }" }, { "query": "{ viewer }" }]).to_string(), "BATCH"),
            ("{".to_owned(), "MALFORMED"),
            (format!("{{\"query\":\"{{ viewer }}\",\"variables\":{}", "[".repeat(10_000)), "MALFORMED"),
        ];
        for (body, code) in cases {
            let started = Instant::now();
            let answer = server.graphql(body).await;
            assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, code));
            assert!(started.elapsed() < Duration::from_millis(500), "{code} took {:?}", started.elapsed());
        }
        // What the schema itself refuses is a 400 as well, and tells nothing of the inside.
        for document in ["{ nothing }", "{ echo(number: 9223372036854775808) }", "{ viewer "] {
            let answer = server.graphql(query(document)).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{document}");
        }
        assert_eq!(server.graphql(query("{ viewer }")).await.status, StatusCode::OK);
    });
}

#[test]
fn refuses_other_methods_types_and_pages_of_other_sites() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let server = Server::start(&kit).await;
        let body = query("mutation { signIn }");
        let get = server.get("/graphql?query=mutation{signIn}", &[]).await;
        assert_eq!((get.status, get.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
        for media_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
            let headers = [("content-type", media_type), ("x-x8-client", "test")];
            let answer = server.ask(Method::POST, "/graphql", &headers, body.clone()).await;
            assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{media_type}");
            assert!(answer.headers.get("set-cookie").is_none());
        }
        let answer = server.ask(Method::POST, "/graphql", &[("content-type", "application/json")], body).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "CLIENT_HEADER_MISSING".to_owned()));
    });
}

#[test]
fn begins_and_ends_sessions_by_cookie() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let server = Server::start(&kit).await;
        let signed_in = server.graphql(query("mutation { signIn }")).await;
        let cookie = signed_in.header("set-cookie");
        for part in ["x8_session=abc", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(server.graphql(query("mutation { signOut }")).await.header("set-cookie").contains("Max-Age=0"));
        let token = session(&kit.ctx, tenant.owner.id).await;
        let with = |name: &'static str, value: String| {
            let server = &server;
            async move {
                let headers = [("x-x8-client", "test"), (name, value.as_str())];
                server.post_json("/graphql", &headers, &json!({ "query": "{ viewer }" })).await
            }
        };
        let owner = json!({ "data": { "viewer": tenant.owner.id } });
        assert_eq!(with("cookie", format!("a=b; x8_session={token}")).await.json(), owner);
        assert_eq!(with("authorization", format!("Bearer {token}")).await.json(), owner);
        assert_eq!(with("cookie", "x8_session=none".to_owned()).await.json(), json!({ "data": { "viewer": null } }));
        assert_eq!(with("authorization", "Bearer none".to_owned()).await.status, StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn a_panic_ends_one_request_and_tells_nothing() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let server = Server::start(&kit).await;
        let answer = server.graphql(query("{ boom }")).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!answer.text().contains("secret"), "{}", answer.text());
        assert_eq!(answer.code(), "INTERNAL");
        assert_eq!(server.graphql(query("{ viewer }")).await.status, StatusCode::OK);
    });
}

#[test]
fn large_bodies_are_refused_without_being_kept() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let server = Server::start(&kit).await;
        let before = resident();
        for _ in 0..4 {
            // Announced, and chunked without an announcement.
            let head = format!(
                "POST /graphql HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\nx-x8-client: t\r\n",
                server.at
            );
            let mut announced = TcpStream::connect(server.at).await.unwrap();
            announced.write_all(format!("{head}content-length: 200000000\r\n\r\n").as_bytes()).await.unwrap();
            let mut answer = String::new();
            announced.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
            let mut chunked = TcpStream::connect(server.at).await.unwrap();
            chunked.write_all(format!("{head}transfer-encoding: chunked\r\n\r\n").as_bytes()).await.unwrap();
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
            let (mut reader, mut writer) = chunked.into_split();
            // The server stops reading after its limit and closes; the rest of the body has no way to go.
            let sending = tokio::spawn(async move {
                for _ in 0..160 {
                    if writer.write_all(chunk.as_bytes()).await.is_err() {
                        break;
                    }
                }
            });
            let mut answer = [0; 12];
            reader.read_exact(&mut answer).await.unwrap();
            assert_eq!(&answer, b"HTTP/1.1 413");
            drop(reader);
            sending.await.unwrap();
        }
        let grown = resident().saturating_sub(before);
        assert!(grown < 20 * 1024 * 1024, "grew by {grown} bytes");
    });
}

/// How long the slowest but one of fifty requests takes.
async fn slowest_of_fifty(server: &Server) -> Duration {
    let mut took = Vec::new();
    for _ in 0..50 {
        let asked = Instant::now();
        assert_eq!(server.graphql(query("{ viewer }")).await.status, StatusCode::OK);
        took.push(asked.elapsed());
    }
    took.sort_unstable();
    took[48]
}

#[test]
fn slow_senders_are_closed_and_disturb_nobody() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let server = Server::start(&kit).await;
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\nx-x8-client: t\r\n",
            server.at
        );
        let body = format!("{head}content-length: 100\r\n\r\n{{");
        let usual = slowest_of_fifty(&server).await;
        let started = Instant::now();
        // Half of them never finish their head, half never finish their body.
        let mut slow = Vec::new();
        for at in 0..500 {
            let mut stream = TcpStream::connect(server.at).await.unwrap();
            stream.write_all(if at % 2 == 0 { head.as_bytes() } else { body.as_bytes() }).await.unwrap();
            slow.push(stream);
        }
        let beside = slowest_of_fifty(&server).await;
        assert!(beside < usual * 2 + Duration::from_millis(100), "{beside:?} beside them, {usual:?} before");
        for mut stream in slow {
            let mut rest = Vec::new();
            let _ = tokio::time::timeout(Duration::from_secs(15), stream.read_to_end(&mut rest))
                .await
                .expect("closed in time");
        }
        assert!(started.elapsed() <= Duration::from_secs(16), "{:?}", started.elapsed());
    });
}

#[test]
fn stops_after_the_requests_under_way() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let mut server = Server::start(&kit).await;
        assert_eq!(server.get("/healthz", &[]).await.text(), "ok");
        server.stop.cancel();
        let served = server.served.take().unwrap();
        tokio::time::timeout(Duration::from_secs(5), served).await.expect("stops in time").unwrap().unwrap();
        assert!(TcpStream::connect(server.at).await.is_err(), "the port is free again");
    });
}

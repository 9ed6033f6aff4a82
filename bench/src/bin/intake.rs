//! Web-chat intake: committed messages a second over keep-alive connections, beside what the same connections get from a
//! route that does nothing.
//!
//! `intake --paced [a second] [seconds]` sends at a steady rate and says how long each waited and whether any was lost
//! (reliability.md case 34: 500 a second for ten minutes, p99 at most 300 ms, none lost).
//!
//! `intake [seconds] [connections]` starts a server of its own on SQLite; `intake [seconds] [connections] HOST:PORT KEY`
//! loads one that runs.

use api::http::{router, serve};
use bench::{Client, NoGraph, app, load, nothing, report};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A visitor may write 60 messages a minute; a load has many visitors.
const MESSAGES_OF_A_VISITOR: usize = 50;

async fn messages(host: String, key: String, until: Instant) -> std::io::Result<(Vec<Duration>, usize)> {
    let mut client = Client::connect(&host).await?;
    let (mut took, mut refused) = (Vec::new(), 0);
    let path = format!("/widget/{key}/messages");
    while Instant::now() < until {
        let (_, session) = client.ask("POST", &format!("/widget/{key}/sessions"), &[("accept", "*/*")], "{}").await?;
        let session: serde_json::Value = serde_json::from_str(&session).unwrap_or_default();
        let Some(token) = session["token"].as_str() else {
            refused += 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        for _ in 0..MESSAGES_OF_A_VISITOR {
            let id = uuid::Uuid::from_u128(u128::from_le_bytes(foundation::Random::system().bytes()));
            let body = format!("{{\"id\":\"{id}\",\"text\":\"Do you have red roses for tomorrow?\"}}");
            let started = Instant::now();
            let (status, _) =
                client.ask("POST", &path, &[("authorization", &format!("Bearer {token}"))], &body).await?;
            if status == 202 {
                took.push(started.elapsed())
            } else {
                refused += 1
            }
            if Instant::now() >= until {
                break;
            }
        }
    }
    Ok((took, refused))
}

async fn run(host: String, key: String, seconds: f64, connections: usize) {
    let length = Duration::from_secs_f64(seconds);
    let until = Instant::now() + length.mul_f64(0.3);
    let (idle, _) = load(connections, |_| nothing(host.clone(), until)).await;
    let limit = report("limit: the same connections, /healthz", &idle, seconds * 0.3);
    let until = Instant::now() + length;
    let (took, refused) = load(connections, |_| messages(host.clone(), key.clone(), until)).await;
    let rate = report("web-chat intake, committed", &took, seconds);
    println!("{:.0} % of the limit; {refused} refused; wanted: 2,000 a second", rate * 100.0 / limit);
}

/// Sends at a steady rate over as many connections as that takes, whatever the answers do.
async fn paced(host: String, key: String, rate: f64, seconds: f64) -> usize {
    const CONNECTIONS: usize = 64;
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let pause = Duration::from_secs_f64(CONNECTIONS as f64 / rate);
    let (took, refused) = load(CONNECTIONS, |number| {
        let (host, key) = (host.clone(), key.clone());
        async move {
            let mut client = Client::connect(&host).await?;
            let (mut took, mut refused) = (Vec::new(), 0);
            let path = format!("/widget/{key}/messages");
            let mut token = String::new();
            let mut due = Instant::now() + pause.mul_f64(number as f64 / CONNECTIONS as f64);
            for message in 0.. {
                if due >= end {
                    break;
                }
                // A visitor may write 60 a minute, an address may bring 600 visitors a minute.
                if message % 58 == 0 {
                    let (_, session) =
                        client.ask("POST", &format!("/widget/{key}/sessions"), &[("accept", "*/*")], "{}").await?;
                    let session: serde_json::Value = serde_json::from_str(&session).unwrap_or_default();
                    token = session["token"].as_str().unwrap_or_default().to_owned();
                }
                tokio::time::sleep_until(due.into()).await;
                let id = uuid::Uuid::from_u128(u128::from_le_bytes(foundation::Random::system().bytes()));
                let body = format!("{{\"id\":\"{id}\",\"text\":\"Do you have red roses for tomorrow?\"}}");
                let (status, _) =
                    client.ask("POST", &path, &[("authorization", &format!("Bearer {token}"))], &body).await?;
                // From when it was due: a server that stands still makes the next ones wait as well.
                if status == 202 {
                    took.push(due.elapsed());
                } else {
                    refused += 1;
                }
                due += pause;
            }
            Ok((took, refused))
        }
    })
    .await;
    report(&format!("steady, {rate:.0} a second wanted"), &took, seconds);
    println!("{refused} refused; wanted: p99 within 300 ms");
    took.len()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let steady = arguments.first().is_some_and(|word| word == "--paced");
    let number = |at: usize, default: f64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (seconds, connections) = (number(0, 10.0), number(1, 64.0) as usize);
    if let (Some(host), Some(key)) = (arguments.get(2), arguments.get(3)) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(run(host.clone(), key.clone(), seconds, connections));
        return;
    }
    testkit::run(testkit::Backend::Sqlite, move |kit| async move {
        kit.may_remain("answer_turn");
        let tenant = kit.tenant().await;
        let state = app(kit.live(), NoGraph);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let host = listener.local_addr().expect("its address").to_string();
        let stop = CancellationToken::new();
        let server = tokio::spawn(serve(listener, router(state), stop.clone()));
        let key = tenant.channel.public_key.clone();
        if steady {
            use sea_orm::{EntityTrait as _, PaginatorTrait as _};
            let accepted = paced(host, key, number(1, 500.0), number(2, 600.0)).await;
            let stored =
                entity::message::Entity::find().count(&kit.ctx.db().read_across()).await.expect("the messages");
            println!("{accepted} accepted, {stored} stored");
        } else {
            run(host, key, seconds, connections).await;
        }
        stop.cancel();
        server.await.expect("the server's task").expect("it served");
    });
}

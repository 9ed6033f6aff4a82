//! The cluster: what answers, what works, Redis and PostgreSQL, each killed in turn while customers write, order and pay. As in
//! [`crash`](crate::crash) every message is answered once, every paid order is booked once, nothing is orphaned.

use crate::audit;
use crate::crash::{load, who_was_served};
use crate::http;
use crate::owner::Owner;
use crate::program::{self, Ground, Program};
use crate::visitor::Place;
use foundation::Random;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use testkit::{Backend, Kit, Postgres, Redis};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Rounds; in each, each of the four dies once.
const ROUNDS: usize = 6;
/// Everything together.
const PATIENCE: Duration = Duration::from_secs(300);

/// The parts that run.
struct Parts {
    api: Program,
    worker: Program,
    /// A second one, so that work goes on while its brother is dead.
    brother: Program,
}

fn start(ground: &Ground, role: &str) -> Program {
    Program::of(ground, ground.command(&["serve", "--listen", "127.0.0.1:0", "--role", role]))
}

#[test]
fn each_part_is_killed_in_turn() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let server = Postgres::private(&kit.folder.join("pg"));
        let mut redis = Redis::start(&kit.folder.join("redis"));
        let ground = Ground {
            more: vec![("X8_REDIS_URL", redis.url()), ("X8_SECRET_KEY", "08".repeat(32))],
            ..program::on_postgres(&kit.folder, &server.url("postgres"))
        };
        let mut parts =
            Parts { api: start(&ground, "api"), worker: start(&ground, "worker"), brother: start(&ground, "worker") };
        let ready = parts.api.ready(&ground).await;
        parts.worker.works(&ground).await;
        let brother = parts.brother.works(&ground).await;
        let owner = Owner::sign_in(&ready).await;
        let keys = [owner.open_shop("PRODUCT", "ES").await, owner.open_shop("SERVICE", "RU").await];
        let (moved, place) = watch::channel(ready.at);
        let over = CancellationToken::new();
        let load = tokio::spawn(load(Place(place), keys, over.clone()));

        let started = Instant::now();
        let random = Random::seeded(3);
        for _ in 0..ROUNDS {
            pause(&random).await;
            parts.worker.kill_9().await;
            pause(&random).await;
            parts.worker = start(&ground, "worker");
            parts.worker.works(&ground).await;

            pause(&random).await;
            redis.kill();
            told(*moved.borrow(), Some(false)).await;
            redis.start_again();

            pause(&random).await;
            parts.api.kill_9().await;
            parts.api = start(&ground, "api");
            moved.send_replace(parts.api.ready(&ground).await.at);

            pause(&random).await;
            server.stop();
            program::until_status(*moved.borrow(), "/readyz", 503).await;
            server.start();
            program::until_status(*moved.borrow(), "/readyz", 200).await;
        }
        let killed = started.elapsed();
        told(*moved.borrow(), Some(true)).await;
        told(brother, Some(true)).await;
        over.cancel();
        let finished = async {
            let seen = load.await.expect("the visitors' lives");
            audit::drained(&kit, &ground).await;
            seen
        };
        let Ok(seen) = tokio::time::timeout(PATIENCE.saturating_sub(killed), finished).await else {
            let left = audit::left_over(&kit, &ground).await;
            panic!("not everybody was served; {left}\n{}", ground.last_words());
        };
        for part in [parts.api, parts.worker, parts.brother] {
            let (status, _) = part.terminate().await;
            assert!(status.success(), "each part ends as asked:\n{}", ground.last_words());
        }
        println!("{} kills in {killed:.1?}, all served after {:.1?}", ROUNDS * 4, started.elapsed());
        let taken_over = who_was_served(&kit, &ground, &seen).await;
        assert!(taken_over > 0, "no death met a job under way");
        server.stop();
    });
}

async fn pause(random: &Random) {
    tokio::time::sleep(Duration::from_millis(200 + random.below(1_300))).await;
}

/// Waits until `/readyz` says this of Redis; it stays ready all the time.
async fn told(at: SocketAddr, redis: Option<bool>) {
    let asking = async {
        loop {
            let answer = http::ask(at, "GET", "/readyz", &[], "").await;
            if let Some(answer) = answer.filter(|answer| answer.json()["redis"].as_bool() == redis) {
                assert_eq!(answer.status, 200, "work goes on without Redis");
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), asking).await.expect("it says so");
}

/// A part says what it lacks, all at once, and does not start.
#[tokio::test]
async fn a_part_needs_what_parts_share() {
    let folder = testkit::folder("part");
    let ground = program::on_sqlite(folder.path());
    let output = program::run(ground.command(&["serve", "--role", "worker"])).await;
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    for setting in ["X8_DATABASE_URL", "X8_SECRET_KEY", "X8_REDIS_URL"] {
        assert!(said.contains(setting), "{setting}: {said}");
    }
}

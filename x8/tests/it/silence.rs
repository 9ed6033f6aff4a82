//! PostgreSQL gone without a word while customers write, order and pay: no connection is closed, nothing answers any more, and a
//! server that took its place does (a failover, a firewall that forgets). Everything goes on by itself, nothing is lost or done twice.

use crate::audit;
use crate::crash::{load, who_was_served};
use crate::http;
use crate::owner::Owner;
use crate::program::{self, Ground, Program};
use crate::visitor::Place;
use foundation::Random;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use testkit::{Backend, Kit, Postgres, Wire};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// So often the wire goes dead.
const ROUNDS: usize = 4;
/// New requests are served again within this: a second for the first that notices, and what a loaded machine takes.
const AGAIN: Duration = Duration::from_secs(20);
/// Everything together; a job that was under way is given up after its time limit of a minute.
const PATIENCE: Duration = Duration::from_secs(280);

#[test]
fn a_database_that_falls_silent_is_left_for_the_one_in_its_place() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let server = Postgres::private(&kit.folder.join("pg"));
        let wire = Wire::to(server.socket()).await;
        // Who looks at the database afterwards takes the socket.
        let looked_at = program::on_postgres(&kit.folder, &server.url("postgres"));
        let ground = Ground {
            database_url: format!("postgres://postgres@{}/postgres?sslmode=disable", wire.address()),
            ..looked_at.clone()
        };
        let mut program = Program::start(&ground);
        let ready = program.ready(&ground).await;
        let owner = Owner::sign_in(&ready).await;
        let keys = [owner.open_shop("PRODUCT", "ES").await, owner.open_shop("SERVICE", "RU").await];
        let (_moved, place) = watch::channel(ready.at);
        let over = CancellationToken::new();
        let load = tokio::spawn(load(Place(place), keys.clone(), over.clone()));

        let started = Instant::now();
        let random = Random::seeded(5);
        for _ in 0..ROUNDS {
            tokio::time::sleep(Duration::from_millis(2_000 + random.below(2_000))).await;
            let dead = Instant::now();
            wire.go_dead();
            until_a_visitor_is_let_in(ready.at, &keys[0]).await;
            assert!(dead.elapsed() < AGAIN, "{:?}", dead.elapsed());
            println!("a visitor is let in after {:.1?}", dead.elapsed());
        }
        over.cancel();
        let left = PATIENCE.saturating_sub(started.elapsed());
        let finished = async {
            let seen = load.await.expect("the visitors' lives");
            audit::drained(&kit, &looked_at).await;
            seen
        };
        let Ok(seen) = tokio::time::timeout(left, finished).await else {
            let left = audit::left_over(&kit, &looked_at).await;
            panic!("not everybody was served; {left}\n{}", ground.last_words());
        };
        println!("all served after {:.1?}", started.elapsed());
        let (status, _) = program.terminate().await;
        assert!(status.success(), "it ends as asked:\n{}", ground.last_words());
        who_was_served(&kit, &looked_at, &seen).await;
        server.stop();
    });
}

/// A session of the web chat is read and written rows.
async fn until_a_visitor_is_let_in(at: SocketAddr, key: &str) {
    let path = format!("/widget/{key}/sessions");
    let headers = [("content-type", "application/json")];
    let asking = async {
        while http::ask(at, "POST", &path, &headers, "{}").await.is_none_or(|answer| answer.status != 201) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), asking).await.expect("somebody is let in");
}

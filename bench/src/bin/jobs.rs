//! How many jobs a second one process runs on either database: `jobs [COUNT]`. Each job does nothing but end itself in a transaction
//! of its own, so this is the cost of the ledger.

use service::ctx::Ctx;
use service::job::{Job, KindOptions, Registry};
use std::time::{Duration, Instant};
use testkit::{Backend, Kit};
use tokio_util::sync::CancellationToken;
use worker::Options;

#[derive(serde::Serialize, serde::Deserialize)]
struct Nothing {
    number: usize,
}

impl Job for Nothing {
    const KIND: &'static str = "nothing";
}

fn main() {
    let count = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(10_000);
    for backend in [Backend::Sqlite, Backend::Postgres] {
        testkit::run(backend, move |kit| measure(kit, count));
    }
}

async fn measure(kit: Kit, count: usize) {
    let tenant = kit.tenant().await;
    let ctx = kit.live();
    let start = Instant::now();
    for batch in (0..count).step_by(1000) {
        let mut tx = ctx.db().begin().await.expect("a transaction");
        for number in batch..(batch + 1000).min(count) {
            service::job::enqueue(&ctx, &mut tx, &tenant.scope, &Nothing { number }).await.expect("enqueued");
        }
        ctx.commit(tx).await.expect("committed");
    }
    let enqueued = start.elapsed();
    let stop = CancellationToken::new();
    let options = KindOptions { concurrency: 16, timeout: Duration::from_secs(30) };
    let registry = Registry::new().register::<Nothing>(|ctx, claimed| Box::pin(end(ctx, claimed)), options);
    let start = Instant::now();
    let worker = tokio::spawn(worker::run_with(ctx.clone(), registry, Options::default(), stop.clone()));
    let mut look = tokio::time::interval(Duration::from_millis(20));
    while !service::job::due_kinds(&ctx, &[Nothing::KIND]).await.expect("the backlog").is_empty() {
        look.tick().await;
    }
    stop.cancel();
    worker.await.expect("it ended").expect("it worked");
    let ran = start.elapsed();
    let rate = |time: Duration| count as f64 / time.as_secs_f64();
    println!("{:?}: {count} jobs, enqueued {:.0}/s, run {:.0}/s", kit.backend, rate(enqueued), rate(ran));
}

async fn end(ctx: Ctx, claimed: service::job::Claimed) -> Result<(), service::job::Failure> {
    let mut tx = ctx.db().begin().await?;
    service::job::finish(&ctx, &mut tx, &claimed).await?;
    ctx.commit(tx).await?;
    Ok(())
}

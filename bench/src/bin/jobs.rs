//! What the ledger costs: `jobs [COUNT]`. One process on either database runs a backlog of COUNT jobs that do nothing, once with
//! handlers that write nothing (they end together), once with handlers that end in a transaction of their own; beside it the same
//! claims and ends as bare statements. Then: how soon an idle worker picks a new job up.

use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement};
use service::ctx::Ctx;
use service::job::{Claimed, Failure, Job, KindOptions, Registry};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use testkit::{Backend, Kit, Tenant};
use tokio_util::sync::CancellationToken;
use worker::Options;

/// Jobs at once.
const PLACES: usize = 512;
/// New jobs that an idle worker picks up.
const PICKED_UP: usize = 300;

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
    let rate = |time: Duration| count as f64 / time.as_secs_f64();

    let enqueued = enqueue(&ctx, &tenant, count).await;
    let bare = bare(&ctx).await;
    enqueue(&ctx, &tenant, count).await;
    let together = Registry::new().register::<Nothing>(|_, _| Box::pin(async { Ok(()) }), options());
    let ran = run(&ctx, together).await;
    println!(
        "{:?}: a backlog of {count}: {:.0} jobs/s run (the same claims and ends as bare statements: {:.0}/s, share {:.2}); \
         enqueued {:.0}/s one by one; from enqueue to done {:.0}/s (wanted on PostgreSQL: 10,000)",
        kit.backend,
        rate(ran),
        rate(bare),
        rate(ran) / rate(bare),
        rate(enqueued),
        rate(enqueued + ran),
    );
    enqueue(&ctx, &tenant, count).await;
    let alone = Registry::new().register::<Nothing>(|ctx, claimed| Box::pin(end(ctx, claimed)), options());
    println!("{:?}: each ending in a transaction of its own: {:.0} jobs/s", kit.backend, rate(run(&ctx, alone).await));
    println!("{:?}: an idle worker begins a new job after {}", kit.backend, pick_up(&ctx, &tenant).await);
}

fn options() -> KindOptions {
    KindOptions { concurrency: PLACES, timeout: Duration::from_secs(30) }
}

/// Eight who enqueue, each job in a statement of its own.
async fn enqueue(ctx: &Ctx, tenant: &Tenant, count: usize) -> Duration {
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for part in 0..8 {
        let (ctx, scope) = (ctx.clone(), tenant.scope.clone());
        tasks.spawn(async move {
            for batch in (0..count / 8).step_by(500) {
                let mut tx = ctx.db().begin(&scope).await.expect("a transaction");
                for number in batch..(batch + 500).min(count / 8) {
                    let job = Nothing { number: part * count + number };
                    service::job::enqueue(&ctx, &mut tx, &scope, &job).await.expect("enqueued");
                }
                ctx.commit(tx).await.expect("committed");
            }
        });
    }
    tasks.join_all().await;
    start.elapsed()
}

/// What the database itself needs for the same claims and ends.
async fn bare(ctx: &Ctx) -> Duration {
    let start = Instant::now();
    let backend = ctx.db().backend();
    let postgres = backend == DatabaseBackend::Postgres;
    let skip = if postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let claim = format!(
        "UPDATE job SET status = 'running', lease_token = lease_token + 1, attempts = attempts + 1, lease_until = 1 \
         WHERE id IN (SELECT id FROM job WHERE status = 'waiting' ORDER BY run_at, id LIMIT {PLACES} {skip})"
    );
    let end = "UPDATE job SET status = 'done', finished_at = 1, lease_until = NULL WHERE status = 'running'";
    loop {
        let tx = ctx.db().begin_across().await.expect("a transaction");
        let claimed = tx.execute_raw(Statement::from_string(backend, claim.as_str())).await.expect("claimed");
        ctx.commit(tx).await.expect("committed");
        if claimed.rows_affected() == 0 {
            return start.elapsed();
        }
        let tx = ctx.db().begin_across().await.expect("a transaction");
        tx.execute_raw(Statement::from_string(backend, end)).await.expect("ended");
        ctx.commit(tx).await.expect("committed");
    }
}

/// Runs until nothing is left.
async fn run(ctx: &Ctx, registry: Registry) -> Duration {
    let stop = CancellationToken::new();
    let start = Instant::now();
    let options = Options { concurrency: PLACES, ..Options::default() };
    let worker = tokio::spawn(worker::run_with(ctx.clone(), registry, options, stop.clone()));
    let mut look = tokio::time::interval(Duration::from_millis(20));
    while !service::job::due_kinds(ctx, &[Nothing::KIND]).await.expect("the backlog").is_empty() {
        look.tick().await;
    }
    stop.cancel();
    worker.await.expect("it ended").expect("it worked");
    start.elapsed()
}

async fn end(ctx: Ctx, claimed: Claimed) -> Result<(), Failure> {
    let mut tx = ctx.db().begin(&claimed.scope()?).await?;
    service::job::finish(&ctx, &mut tx, &claimed).await?;
    ctx.commit(tx).await?;
    Ok(())
}

/// From the commit of an enqueue to the start of the handler, with nothing else to do.
async fn pick_up(ctx: &Ctx, tenant: &Tenant) -> String {
    let begun: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let noted = Arc::clone(&begun);
    let note = move |_, _| {
        noted.lock().expect("whole").push(Instant::now());
        Box::pin(async { Ok(()) }) as _
    };
    let registry = Registry::new().register::<Nothing>(note, options());
    let stop = CancellationToken::new();
    let worker = tokio::spawn(worker::run_with(ctx.clone(), registry, Options::default(), stop.clone()));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut waits = Vec::with_capacity(PICKED_UP);
    for number in 0..PICKED_UP {
        let mut tx = ctx.db().begin(&tenant.scope).await.expect("a transaction");
        service::job::enqueue(ctx, &mut tx, &tenant.scope, &Nothing { number }).await.expect("enqueued");
        ctx.commit(tx).await.expect("committed");
        let committed = Instant::now();
        let started = loop {
            if let Some(started) = begun.lock().expect("whole").get(number).copied() {
                break started;
            }
            tokio::time::sleep(Duration::from_micros(100)).await;
        };
        waits.push(started.saturating_duration_since(committed));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    worker.await.expect("it ended").expect("it worked");
    waits.sort_unstable();
    let at = |share: f64| waits[(waits.len() as f64 * share) as usize].as_secs_f64() * 1000.0;
    format!("{:.1} ms (p50), {:.1} ms (p99; wanted: under 20)", at(0.5), at(0.99))
}

//! Jobs, a worker in this process, and waiting for what it does.

use sea_orm::{ConnectionTrait as _, Statement};
use serde::{Deserialize, Serialize};
use service::access::CompanyScope;
use service::ctx::Ctx;
use service::job::{Claimed, Failure, Job, KindOptions, Registry};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use worker::Options;

/// A job with an effect in the table `effect`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Effect {
    pub(crate) number: i64,
}

impl Job for Effect {
    const KIND: &'static str = "effect";
    const MAX_ATTEMPTS: i32 = 100;
    const LEASE: Duration = Duration::from_secs(1);
}

/// The same under another name, for tests of two kinds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Slow {
    pub(crate) number: i64,
}

impl Job for Slow {
    const KIND: &'static str = "slow";
    const LEASE: Duration = Duration::from_secs(1);
}

/// A job that kills its process, in the child.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Poison {}

impl Job for Poison {
    const KIND: &'static str = "poison";
    const MAX_ATTEMPTS: i32 = 3;
    const LEASE: Duration = Duration::from_secs(1);
}

/// A worker in this process.
pub(crate) struct Running {
    stop: CancellationToken,
    task: JoinHandle<service::Result<()>>,
}

impl Running {
    pub(crate) fn start(ctx: &Ctx, registry: Registry, options: Options) -> Self {
        let stop = CancellationToken::new();
        let task = tokio::spawn(worker::run_with(ctx.clone(), registry, options, stop.clone()));
        Self { stop, task }
    }

    pub(crate) fn begin_stop(&self) {
        self.stop.cancel();
    }

    /// Stops it and waits for its end; how long that took.
    pub(crate) async fn stop(self) -> Duration {
        let start = Instant::now();
        self.stop.cancel();
        self.task.await.unwrap().unwrap();
        start.elapsed()
    }
}

/// Bounds of the tests: no wake-up is covered up by a poll.
pub(crate) fn no_poll() -> Options {
    Options { poll: Duration::from_secs(60), release_every: Duration::from_millis(100), ..Options::default() }
}

pub(crate) fn at_once(concurrency: usize) -> KindOptions {
    KindOptions { concurrency, timeout: Duration::from_secs(30) }
}

/// The handler that has its effect and ends the job in one transaction.
pub(crate) fn effects() -> Registry {
    Registry::new()
        .register::<Effect>(|ctx, claimed| Box::pin(async move { have_effect(&ctx, &claimed).await }), at_once(8))
}

pub(crate) async fn have_effect(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let number = claimed.row.payload["number"].as_i64().unwrap();
    let mut tx = ctx.db().begin_across().await?;
    let sql = format!("INSERT INTO effect (number) VALUES ({number})");
    tx.execute_raw(Statement::from_string(ctx.db().backend(), sql)).await?;
    service::job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await?;
    Ok(())
}

/// The table that effects are counted in; a second effect of a job would be a second row.
pub(crate) async fn make_effects(ctx: &Ctx) {
    ctx.db().change_schema("CREATE TABLE effect (number BIGINT NOT NULL)").await.unwrap();
}

/// All effects, sorted.
pub(crate) async fn effects_had(ctx: &Ctx) -> Vec<i64> {
    try_effects(ctx).await.unwrap()
}

pub(crate) async fn try_effects(ctx: &Ctx) -> Option<Vec<i64>> {
    let sql = Statement::from_string(ctx.db().backend(), "SELECT number FROM effect ORDER BY number");
    let rows = ctx.db().read_across().query_all_raw(sql).await.ok()?;
    rows.iter().map(|row| row.try_get("", "number").ok()).collect()
}

pub(crate) async fn enqueue<J: Job>(ctx: &Ctx, scope: &CompanyScope, jobs: impl IntoIterator<Item = J>) -> Vec<Uuid> {
    let mut tx = ctx.db().begin_across().await.unwrap();
    let mut ids = Vec::new();
    for job in jobs {
        match service::job::enqueue(ctx, &mut tx, scope, &job).await.unwrap() {
            service::job::Enqueued::New(id) => ids.push(id),
            service::job::Enqueued::Joined => panic!("joined"),
        }
    }
    ctx.commit(tx).await.unwrap();
    ids
}

/// Looks until it holds.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) -> Duration {
    let start = Instant::now();
    let mut look = tokio::time::interval(Duration::from_millis(10));
    while !holds().await {
        assert!(start.elapsed() < Duration::from_secs(120), "not within two minutes: {what}");
        look.tick().await;
    }
    start.elapsed()
}

/// Waits until no job waits or runs.
pub(crate) async fn until_dry(kit: &testkit::Kit) {
    let sql = "SELECT id FROM job WHERE status IN ('waiting', 'running') LIMIT 1";
    until("the ledger is dry", || async {
        let query = Statement::from_string(kit.ctx.db().backend(), sql);
        kit.ctx.db().read_across().query_one_raw(query).await.unwrap().is_none()
    })
    .await;
}

//! A worker as a process of its own, for the tests that kill it: `ledger_child DATABASE-URL FOLDER` works on that ledger until it is
//! killed. Files in the folder are how it and the test tell each other where they are.

use sea_orm::{ConnectionTrait as _, Statement};
use serde::{Deserialize, Serialize};
use service::ctx::Ctx;
use service::job::{Claimed, Failure, Job, KindOptions, Registry};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use worker::Options;

#[derive(Serialize, Deserialize)]
struct Effect {
    number: i64,
}

impl Job for Effect {
    const KIND: &'static str = "effect";
    const LEASE: Duration = Duration::from_secs(1);
}

#[derive(Serialize, Deserialize)]
struct Poison {}

impl Job for Poison {
    const KIND: &'static str = "poison";
    const LEASE: Duration = Duration::from_secs(1);
}

#[derive(Serialize, Deserialize)]
struct Slow {
    number: i64,
}

impl Job for Slow {
    const KIND: &'static str = "slow";
    const LEASE: Duration = Duration::from_secs(1);
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(folder)) = (arguments.next(), arguments.next().map(PathBuf::from)) else {
        eprintln!("usage: ledger_child DATABASE-URL FOLDER");
        std::process::exit(2);
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let worked = runtime.expect("a runtime").block_on(run(url, folder));
    worked.expect("the worker ends only by being killed");
}

async fn run(url: String, folder: PathBuf) -> service::Result<()> {
    let ctx = testkit::kit::live(&url, &folder).await;
    let slow_folder = folder.clone();
    let registry = Registry::new()
        .register::<Effect>(
            |ctx, claimed| {
                Box::pin(async move {
                    let number = claimed.payload::<Effect>()?.number;
                    have_effect(&ctx, &claimed, number).await
                })
            },
            KindOptions::default(),
        )
        .register::<Poison>(|_, _| Box::pin(async { std::process::abort() }), KindOptions::default())
        .register::<Slow>(
            move |ctx, claimed| {
                let folder = slow_folder.clone();
                Box::pin(async move { slow(&ctx, &claimed, &folder).await })
            },
            KindOptions::default(),
        );
    let options = Options { release_every: Duration::from_millis(200), ..Options::default() };
    worker::run_with(ctx, registry, options, CancellationToken::new()).await
}

/// The effect and the end of the job in one transaction.
async fn have_effect(ctx: &Ctx, claimed: &Claimed, number: i64) -> Result<(), Failure> {
    let mut tx = ctx.db().begin_across().await?;
    let sql = format!("INSERT INTO effect (number) VALUES ({number})");
    tx.execute_raw(Statement::from_string(ctx.db().backend(), sql)).await?;
    service::job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await?;
    Ok(())
}

/// Waits for the test between its start and its effect.
async fn slow(ctx: &Ctx, claimed: &Claimed, folder: &Path) -> Result<(), Failure> {
    let number = claimed.payload::<Slow>()?.number;
    std::fs::write(folder.join("started"), "").map_err(|error| Failure::never(error.to_string()))?;
    while !folder.join("go").exists() {
        // Blocks its thread on purpose: a paused process does not notice that it lost its lease.
        std::thread::sleep(Duration::from_millis(5));
    }
    // A task of its own: the renewal may see first that the lease is lost and let the handler go, and the zombie must try
    // its effect all the same, so that the fencing is what refuses it.
    let (ctx, claimed, folder) = (ctx.clone(), claimed.clone(), folder.to_owned());
    let trying = tokio::spawn(async move {
        let outcome = have_effect(&ctx, &claimed, number).await;
        let told = if outcome.is_ok() { "done" } else { "refused" };
        std::fs::write(folder.join(told), "").map_err(|error| Failure::never(error.to_string()))?;
        outcome
    });
    trying.await.map_err(|error| Failure::later(error.to_string()))?
}

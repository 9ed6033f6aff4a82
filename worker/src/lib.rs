//! The workers: apalis runs the handlers, the ledger (`service::job`) is the truth about what is to run.
//!
//! A dispatcher claims due jobs for free places and hands them to apalis through `backend::Ledger`; `handle` runs one job: renews its
//! lease, stops it at its time limit, catches its panic and notes the outcome; `upkeep` releases the jobs of silent workers. A process
//! may be killed at any moment: what it had runs again elsewhere when its lease is over.

mod backend;
mod dispatch;
mod handle;
mod places;
mod settler;
mod upkeep;

pub use service::job::{Kind, KindOptions, Registry};

use apalis::layers::catch_panic::CatchPanicLayer;
use apalis_core::error::AbortError;
use apalis_core::worker::builder::WorkerBuilder;
use places::Places;
use service::ctx::Ctx;
use service::error::{Error, Result};
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How a process works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// So many jobs at once, of all kinds together.
    pub concurrency: usize,
    /// How long at most the dispatcher sleeps without looking, in case a wake-up was lost.
    pub poll: Duration,
    /// How long running jobs may go on after a stop before they are given back.
    pub grace: Duration,
    /// How often jobs of silent workers are looked for.
    pub release_every: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            concurrency: 24,
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(20),
            release_every: Duration::from_secs(2),
        }
    }
}

/// What all parts of one worker share.
#[derive(Debug)]
struct Shared {
    ctx: Ctx,
    registry: Registry,
    options: Options,
    /// Unique for each start: two starts never take each other's jobs for their own.
    name: String,
    places: Places,
    settler: settler::Settler,
    /// No new jobs.
    stop: CancellationToken,
    /// The grace is over: give back what runs.
    give_back: CancellationToken,
}

/// Works until `stop`: claims, runs and settles jobs of the kinds in the registry.
///
/// # Errors
/// When the machinery itself broke; jobs that fail are no error.
pub async fn run(ctx: Ctx, registry: Registry, stop: CancellationToken) -> Result<()> {
    run_with(ctx, registry, Options::default(), stop).await
}

/// [`run`] with other bounds.
///
/// # Errors
/// As [`run`].
pub async fn run_with(ctx: Ctx, registry: Registry, options: Options, stop: CancellationToken) -> Result<()> {
    let name = format!("{}-{}", std::process::id(), ctx.engine().random.token(8));
    let shared = Arc::new(Shared {
        places: Places::new(options.concurrency, registry.kinds()),
        settler: settler::Settler::new(ctx.clone()),
        ctx,
        registry,
        options,
        name: name.clone(),
        // A child: when the machinery breaks, its parts stop, and the caller's token is left alone.
        stop: stop.child_token(),
        give_back: CancellationToken::new(),
    });
    let (sender, receiver) = tokio::sync::mpsc::channel(options.concurrency.max(1));
    let dispatcher = tokio::spawn(dispatch::dispatch(Arc::clone(&shared), sender));
    let upkeep = tokio::spawn(upkeep::keep(Arc::clone(&shared)));
    let watch = tokio::spawn(watch_grace(Arc::clone(&shared)));

    tracing::info!(worker = name, "working");
    // Ends when the dispatcher has dropped its end of the channel and the last running job is settled.
    let ran = WorkerBuilder::new(name.as_str())
        .backend(backend::Ledger::new(receiver))
        .layer(CatchPanicLayer::with_panic_handler(broke))
        .data(Arc::clone(&shared))
        .build(handle::work)
        .run()
        .await;
    shared.stop.cancel();
    watch.abort();
    for part in [dispatcher, upkeep] {
        part.await.map_err(|error| Error::internal(format!("a part of the worker broke: {error}")))?;
    }
    tracing::info!(worker = name, "stopped");
    ran.map_err(|error| Error::internal(format!("apalis: {error}")))
}

/// The last net: a panic of the machinery, not of a handler ([`handle`] catches those). The lease brings the job back.
fn broke(_: &Box<dyn Any + Send>) -> AbortError {
    tracing::error!("a fault in the worker");
    AbortError::new("a fault in the worker")
}

async fn watch_grace(shared: Arc<Shared>) {
    shared.stop.cancelled().await;
    tokio::time::sleep(shared.options.grace).await;
    tracing::warn!(worker = shared.name, "the grace is over, running jobs are given back");
    shared.give_back.cancel();
}

//! One job, from its start to its settlement.

use crate::Shared;
use crate::backend::Assigned;
use apalis_core::error::BoxDynError;
use apalis_core::task::data::Data;
use service::error::{Error, Result};
use service::job::{BROKE, Claimed, Failed, Failure, Kind, Lease, TOOK_TOO_LONG};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinError;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;

/// A stopped handler gets this long to let go; one that does not answer is left behind, its effects are refused by the fencing token.
const LET_GO: Duration = Duration::from_secs(1);
/// The outcome is written with so many tries; then the lease runs out and the job runs again.
const TRIES: u32 = 5;

/// How a run ended.
#[derive(Debug)]
enum End {
    Done,
    Failed(Failure),
    /// Somebody else has the job now.
    Lost,
    /// The worker stops; the job was not finished.
    Stopped,
}

/// Runs a job and writes down what became of it. The place is free when this ends.
pub(crate) async fn work(assigned: Assigned, shared: Data<Arc<Shared>>) -> Result<(), BoxDynError> {
    let Assigned { claimed, kind, place } = assigned;
    let span = tracing::info_span!("job", kind = kind.name, id = %claimed.row.id, attempt = claimed.row.attempts);
    async {
        let start = Instant::now();
        // Claimed, but not begun before the stop: another worker has it at once.
        let end = if shared.stop.is_cancelled() { End::Stopped } else { run(&shared, &kind, &claimed).await };
        metrics::histogram!("job_run_seconds", "kind" => kind.name).record(start.elapsed().as_secs_f64());
        for attempt in 1..=TRIES {
            match settle(&shared, &kind, &claimed, &end).await {
                Ok(()) => break,
                Err(error) => {
                    tracing::error!(error = error.private(), attempt, "could not write down a job's outcome");
                    tokio::time::sleep(Duration::from_millis(100 << attempt)).await;
                }
            }
        }
    }
    .instrument(span)
    .await;
    drop(place);
    Ok(())
}

async fn run(shared: &Shared, kind: &Kind, claimed: &Claimed) -> End {
    let work = kind.run(shared.ctx.clone(), claimed.clone()).in_current_span();
    // A task of its own: a panic ends only it, and it can be stopped.
    let mut handler = AbortOnDropHandle::new(tokio::spawn(work));
    let timeout = tokio::time::sleep(kind.options.timeout);
    tokio::pin!(timeout);
    let beat = kind.lease / 3;
    let mut renewal = tokio::time::interval_at(tokio::time::Instant::now() + beat, beat);
    renewal.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut held_until = Instant::now() + kind.lease;
    let end = loop {
        tokio::select! {
            biased;
            joined = &mut handler => {
                return joined.map_or_else(broken, |outcome| outcome.map_or_else(End::Failed, |()| End::Done));
            }
            () = shared.give_back.cancelled() => break End::Stopped,
            () = &mut timeout => {
                let reason = format!("{TOOK_TOO_LONG} {:?}", kind.options.timeout);
                break End::Failed(Failure::later(reason));
            }
            // A connection whose other end is gone without a word answers never.
            _ = renewal.tick() => match within(kind.lease, service::job::renew(&shared.ctx, claimed, kind.lease)).await {
                Ok(Lease::Held) => held_until = Instant::now() + kind.lease,
                Ok(Lease::Finished) => {}
                Ok(Lease::Lost) => break End::Lost,
                Err(error) if Instant::now() >= held_until => {
                    tracing::error!(error = error.private(), "the lease ran out while the database did not answer");
                    break End::Lost;
                }
                Err(error) => tracing::warn!(error = error.private(), "could not renew a lease"),
            },
        }
    };
    handler.abort();
    let _ = tokio::time::timeout(LET_GO, handler).await;
    end
}

/// What the database says in time.
pub(crate) async fn within<T>(patience: Duration, asked: impl Future<Output = Result<T>>) -> Result<T> {
    let late = |_| Error::Unavailable("the database did not answer in time".to_owned());
    tokio::time::timeout(patience, asked).await.map_err(late)?
}

/// What became of a handler's task that did not return.
fn broken(error: JoinError) -> End {
    if !error.is_panic() {
        return End::Stopped;
    }
    let panic = error.into_panic();
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned());
    End::Failed(Failure::later(format!("{BROKE}: {text}")))
}

async fn settle(shared: &Shared, kind: &Kind, claimed: &Claimed, end: &End) -> Result<(), Error> {
    match end {
        End::Done => {
            if !claimed.is_done() {
                shared.settler.finish(claimed).await?;
            }
            metrics::counter!("jobs_done_total", "kind" => kind.name).increment(1);
        }
        End::Failed(failure) => {
            let failed = service::job::fail(&shared.ctx, claimed, failure).await?;
            metrics::counter!("jobs_failed_total", "kind" => kind.name).increment(1);
            if let Failed::Again(at) = failed {
                tracing::warn!(reason = failure.reason, again = %at.timestamp(), "a job failed");
            }
        }
        End::Lost => {
            metrics::counter!("jobs_lost_total", "kind" => kind.name).increment(1);
            tracing::warn!("a job's lease was lost; another worker has it");
        }
        End::Stopped => service::job::give_back(&shared.ctx, claimed).await?,
    }
    Ok(())
}

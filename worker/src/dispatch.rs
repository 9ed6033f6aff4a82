//! The dispatcher: claims due jobs for free places. Woken by the commit that enqueued, by a freed place, by the next due time; and
//! it looks by itself now and then, because a wake-up may be lost with the process or the network that carried it.

use crate::Shared;
use crate::backend::Assigned;
use crate::handle::within;
use foundation::error::CanFail as _;
use service::error::Result;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Sender;

/// After a freed place the dispatcher waits this long for others to come free, so that under load it claims several at once.
const GATHER: Duration = Duration::from_millis(2);
/// The first wait after a failed look, doubled up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// A round that takes longer has met a connection whose other end is gone: the next one has another. What it claimed comes back by
/// its lease.
const ROUND_PATIENCE: Duration = Duration::from_secs(30);
/// The database is asked at least this often while it does not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// What a round of claims found.
#[derive(Debug, Default, PartialEq, Eq)]
struct Round {
    /// So many jobs were handed out.
    claimed: usize,
    /// Some kind had no free place, or got all it had room for: a freed place is worth a look.
    crowded: bool,
}

/// Claims until the stop; then drops the sender, which ends apalis's worker once the last job is settled.
pub(crate) async fn dispatch(shared: Arc<Shared>, sender: Sender<Assigned>) {
    let mut failures = 0_u32;
    let mut turn = 0;
    while !shared.stop.is_cancelled() {
        // Listening begins before the look: what is committed after the look rings.
        let wake = shared.ctx.engine().wake.notified();
        tokio::pin!(wake);
        wake.as_mut().enable();
        turn += 1;
        let round = match within(ROUND_PATIENCE, round(&shared, &sender, turn)).await {
            Ok(round) => round,
            Err(error) => {
                tracing::error!(error = error.private(), "could not claim jobs");
                metrics::counter!("jobs_claim_errors_total").increment(1);
                let pause = FIRST_PAUSE.saturating_mul(1 << failures.min(8)).min(LONGEST_PAUSE);
                failures += 1;
                tokio::select! {
                    () = shared.stop.cancelled() => {}
                    () = tokio::time::sleep(pause) => {}
                }
                continue;
            }
        };
        failures = 0;
        if round.claimed > 0 && !round.crowded {
            continue;
        }
        let pause = until_next(&shared).await;
        tokio::select! {
            biased;
            () = shared.stop.cancelled() => {}
            () = &mut wake, if !round.crowded || any_place(&shared) => {}
            () = shared.places.freed(), if round.crowded => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

fn any_place(shared: &Shared) -> bool {
    shared.registry.kinds().any(|kind| shared.places.free(kind.name) > 0)
}

/// How long nothing will fall due, at most [`crate::Options::poll`].
async fn until_next(shared: &Shared) -> Duration {
    let now = shared.ctx.time();
    let next = within(ROUND_PATIENCE, service::job::next_due(&shared.ctx)).await.unwrap_or_default();
    let wait = next.map_or(u64::MAX, |next| u64::try_from(next.0 - now.0).unwrap_or(0));
    Duration::from_micros(wait).min(shared.options.poll)
}

/// One look over all kinds that have a free place. `turn` moves the start on, so that no kind always comes last.
async fn round(shared: &Shared, sender: &Sender<Assigned>, turn: usize) -> Result<Round> {
    let mut round = Round::default();
    let free: Vec<&str> =
        shared.registry.kinds().map(|kind| kind.name).filter(|kind| shared.places.free(kind) > 0).collect();
    round.crowded = free.len() < shared.registry.kinds().count();
    let mut due = service::job::due_kinds(&shared.ctx, &free).await?;
    if !due.is_empty() {
        let start = turn % due.len();
        due.rotate_left(start);
    }
    for name in due {
        let (Some(kind), room) = (shared.registry.kind(&name), shared.places.free(&name)) else { continue };
        if room == 0 || shared.stop.is_cancelled() {
            round.crowded = true;
            continue;
        }
        let claimed = service::job::claim(&shared.ctx, &shared.name, &[kind.name], room as u64, kind.lease).await?;
        round.crowded |= claimed.len() >= room;
        metrics::counter!("jobs_claimed_total", "kind" => kind.name).increment(claimed.len() as u64);
        for claimed in claimed {
            round.claimed += 1;
            match shared.places.take(kind.name) {
                Some(place) => {
                    // The channel has room for every place. Closed: apalis has ended, and the lease brings the job back.
                    let assigned = Assigned { claimed, kind: kind.clone(), place };
                    sender.send(assigned).await.can_fail("hand a job to apalis");
                }
                None => service::job::give_back(&shared.ctx, &claimed).await?,
            }
        }
    }
    Ok(round)
}

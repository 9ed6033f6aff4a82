//! What a worker does besides running jobs: releases those of silent workers, measures the backlog, removes what is old,
//! has bots looked at that may deliver elsewhere, and the mailbox where letters come back.

use crate::Shared;
use foundation::error::CanFail as _;
use service::error::Result;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often the backlog is measured.
const MEASURE_EVERY: Duration = Duration::from_secs(10);
/// How often what is older than it is kept, and files that never arrived, are removed, and bots are looked at; the first time at
/// the start.
const PRUNE_EVERY: Duration = Duration::from_secs(3600);

/// Goes on until the stop.
pub(crate) async fn keep(shared: Arc<Shared>) {
    let mut seen = BTreeSet::new();
    let (mut measured, mut pruned) = (None, None);
    let is_time = |last: Option<Instant>, every| last.is_none_or(|last| last.elapsed() >= every);
    loop {
        service::job::release_expired(&shared.ctx).await.can_fail_privately("release the jobs of silent workers");
        if is_time(measured, MEASURE_EVERY) {
            measure(&shared, &mut seen).await.can_fail_privately("measure the backlog");
            measured = Some(Instant::now());
        }
        if is_time(pruned, PRUNE_EVERY) {
            service::job::prune(&shared.ctx).await.can_fail_privately("remove old jobs and events");
            service::file::sweep(&shared.ctx).await.can_fail_privately("remove files that never arrived");
            service::media::sweep(&shared.ctx).await.can_fail_privately("tidy pictures and videos");
            service::channel::check_intakes(&shared.ctx).await.can_fail_privately("look where bots deliver to");
            service::mail::start_reading(&shared.ctx).await.can_fail_privately("look for letters that came back");
            pruned = Some(Instant::now());
        }
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = tokio::time::sleep(shared.options.release_every) => {}
        }
    }
}

/// `jobs_waiting`: due and not claimed, by kind. `jobs_unknown`: of kinds that this program does not know; they wait for one that does.
async fn measure(shared: &Shared, seen: &mut BTreeSet<String>) -> Result<()> {
    let backlog = service::job::backlog(&shared.ctx).await?;
    for gone in seen.iter().filter(|kind| !backlog.iter().any(|(known, _)| known == *kind)) {
        metrics::gauge!("jobs_waiting", "kind" => gone.clone()).set(0.0);
        metrics::gauge!("jobs_unknown", "kind" => gone.clone()).set(0.0);
    }
    for (kind, waiting) in backlog {
        metrics::gauge!("jobs_waiting", "kind" => kind.clone()).set(waiting as f64);
        if shared.registry.kind(&kind).is_none() {
            metrics::gauge!("jobs_unknown", "kind" => kind.clone()).set(waiting as f64);
            if !seen.contains(&kind) {
                tracing::warn!(
                    kind,
                    waiting,
                    "jobs of a kind that this program does not know; they wait for one that does"
                );
            }
        }
        seen.insert(kind);
    }
    Ok(())
}

/// Names a failure that may be passed over, with the text that only the log may have.
trait CanFailPrivately {
    fn can_fail_privately(self, what: &str);
}

impl<T> CanFailPrivately for Result<T> {
    fn can_fail_privately(self, what: &str) {
        self.map_err(|error| error.private()).can_fail(what);
    }
}

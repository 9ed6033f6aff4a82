//! The graceful stop (reliability.md case 17).

use crate::support::{
    Effect, Running, at_once, effects_had, enqueue, have_effect, make_effects, no_poll, until, until_dry,
};
use entity::stored::JobStatus;
use service::job::{Job as _, Registry};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use testkit::both;
use tokio::sync::Semaphore;
use worker::Options;

/// A handler that waits at a gate before its effect.
fn gated(gate: &Arc<Semaphore>, begun: &Arc<AtomicUsize>) -> Registry {
    let (gate, begun) = (Arc::clone(gate), Arc::clone(begun));
    Registry::new().register::<Effect>(
        move |ctx, claimed| {
            let (gate, begun) = (Arc::clone(&gate), Arc::clone(&begun));
            Box::pin(async move {
                begun.fetch_add(1, Ordering::SeqCst);
                gate.acquire().await.unwrap().forget();
                have_effect(&ctx, &claimed).await
            })
        },
        at_once(20),
    )
}

both! {
    async fn what_runs_finishes_and_what_waits_stays(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        make_effects(&ctx).await;
        let (gate, begun) = (Arc::new(Semaphore::new(0)), Arc::<AtomicUsize>::default());
        let worker = Running::start(&ctx, gated(&gate, &begun), no_poll());
        enqueue(&ctx, &tenant.scope, (0..30).map(|number| Effect { number })).await;
        until("twenty run", || async { begun.load(Ordering::SeqCst) == 20 }).await;
        worker.begin_stop();
        gate.add_permits(30);
        worker.stop().await;
        assert_eq!(effects_had(&ctx).await.len(), 20);
        let jobs = kit.jobs().await;
        assert!(jobs.iter().all(|job| match job.status {
            JobStatus::Done => job.attempts == 1,
            JobStatus::Waiting => job.attempts == 0,
            JobStatus::Running | JobStatus::Dead => false,
        }));
        // A start right after the stop goes on (case 6).
        let worker = Running::start(&ctx, gated(&gate, &begun), no_poll());
        until_dry(&kit).await;
        worker.stop().await;
        assert_eq!(effects_had(&ctx).await, (0..30).collect::<Vec<_>>());
    }

    async fn what_does_not_finish_in_the_grace_is_given_back(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        make_effects(&ctx).await;
        let (gate, begun) = (Arc::new(Semaphore::new(0)), Arc::<AtomicUsize>::default());
        let grace = Duration::from_millis(300);
        let worker = Running::start(&ctx, gated(&gate, &begun), Options { grace, ..no_poll() });
        enqueue(&ctx, &tenant.scope, (0..20).map(|number| Effect { number })).await;
        until("twenty run", || async { begun.load(Ordering::SeqCst) == 20 }).await;
        let took = worker.stop().await;
        assert!(took >= grace && took < grace + Duration::from_secs(2), "{took:?}");
        let jobs = kit.jobs().await;
        assert!(jobs.iter().all(|job| job.status == JobStatus::Waiting && job.attempts == 0), "{jobs:?}");
        assert_eq!(effects_had(&ctx).await, Vec::<i64>::new());
        kit.may_remain(Effect::KIND);
    }

    async fn an_idle_worker_stops_at_once(kit: Kit) {
        let ctx = kit.live();
        let worker = Running::start(&ctx, gated(&Arc::new(Semaphore::new(0)), &Arc::default()), no_poll());
        assert!(worker.stop().await < Duration::from_secs(2));
    }
}

//! Running: each job once, whatever its neighbours do.

use crate::support::{
    Effect, Running, Slow, at_once, effects, effects_had, enqueue, have_effect, make_effects, no_poll, until, until_dry,
};
use entity::stored::JobStatus;
use service::job::{Failure, Job as _, KindOptions, Registry};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use testkit::both;
use worker::Options;

both! {
    async fn each_job_has_its_effect_once(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        make_effects(&ctx).await;
        enqueue(&ctx, &tenant.scope, (0..200).map(|number| Effect { number })).await;
        let running = Running::start(&ctx, effects(), no_poll());
        enqueue(&ctx, &tenant.scope, (200..300).map(|number| Effect { number })).await;
        until_dry(&kit).await;
        running.stop().await;
        assert_eq!(effects_had(&ctx).await, (0..300).collect::<Vec<_>>());
        assert!(kit.jobs().await.iter().all(|job| job.attempts == 1));
    }

    async fn a_handler_that_leaves_the_end_to_the_worker_is_done(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        let ran = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&ran);
        let registry = Registry::new().register::<Effect>(
            move |_, _| {
                counter.fetch_add(1, Ordering::SeqCst);
                Box::pin(async { Ok(()) })
            },
            at_once(2),
        );
        let running = Running::start(&ctx, registry, no_poll());
        enqueue(&ctx, &tenant.scope, (0..10).map(|number| Effect { number })).await;
        until_dry(&kit).await;
        running.stop().await;
        assert_eq!(ran.load(Ordering::SeqCst), 10);
    }

    /// reliability.md case 10.
    async fn a_panic_costs_one_attempt_and_nobody_else_anything(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        make_effects(&ctx).await;
        let registry = Registry::new().register::<Effect>(
            |ctx, claimed| {
                Box::pin(async move {
                    let number = claimed.payload::<Effect>()?.number;
                    assert!(number != 3 || claimed.row.attempts > 1, "three is not to my taste");
                    have_effect(&ctx, &claimed).await
                })
            },
            at_once(4),
        );
        let running = Running::start(&ctx, registry, no_poll());
        enqueue(&ctx, &tenant.scope, (0..10).map(|number| Effect { number })).await;
        until("the others are done", || async { effects_had(&ctx).await.len() == 9 }).await;
        let failed = |jobs: Vec<entity::job::Model>| jobs.into_iter().find(|job| job.status == JobStatus::Waiting);
        until("the failure is noted", || async { failed(kit.jobs().await).is_some() }).await;
        let waiting = failed(kit.jobs().await).unwrap();
        assert_eq!(waiting.last_error.as_deref(), Some("a fault in the program: three is not to my taste"));
        until_dry(&kit).await;
        running.stop().await;
        assert_eq!(effects_had(&ctx).await, (0..10).collect::<Vec<_>>());
        let attempts: i32 = kit.jobs().await.iter().map(|job| job.attempts).sum();
        assert_eq!(attempts, 11);
    }

    /// reliability.md case 11.
    async fn a_handler_that_never_returns_is_stopped_and_its_place_is_free(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        make_effects(&ctx).await;
        let timeout = Duration::from_secs(1);
        let registry = Registry::new().register::<Effect>(
            |ctx, claimed| {
                Box::pin(async move {
                    if claimed.payload::<Effect>()?.number == 0 {
                        std::future::pending::<()>().await;
                    }
                    have_effect(&ctx, &claimed).await
                })
            },
            KindOptions { concurrency: 1, timeout },
        );
        let start = Instant::now();
        let running = Running::start(&ctx, registry, no_poll());
        enqueue(&ctx, &tenant.scope, (0..2).map(|number| Effect { number })).await;
        until("the next one ran", || async { effects_had(&ctx).await == [1] }).await;
        let waited = start.elapsed();
        assert!(waited >= timeout && waited < timeout * 2, "{waited:?}");
        running.stop().await;
        let stuck = kit.jobs().await.remove(0);
        assert_eq!(stuck.last_error.as_deref(), Some("took longer than 1s"));
        assert_eq!((stuck.status, stuck.attempts), (JobStatus::Waiting, 1));
        kit.may_remain(Effect::KIND);
    }

    /// reliability.md case 13: woken by the commit, not by a poll.
    async fn an_idle_worker_starts_at_once(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        make_effects(&ctx).await;
        let running = Running::start(&ctx, effects(), no_poll());
        let mut waits = Vec::new();
        for number in 0..40 {
            let start = Instant::now();
            enqueue(&ctx, &tenant.scope, [Effect { number }]).await;
            until("it ran", || async { effects_had(&ctx).await.len() as i64 == number + 1 }).await;
            waits.push(start.elapsed());
        }
        until_dry(&kit).await;
        running.stop().await;
        waits.sort_unstable();
        assert!(waits[39] < Duration::from_secs(1), "the slowest of forty: {:?}", waits[39]);
    }

    /// A wake-up that was lost with the process that enqueued: the poll finds the job.
    async fn a_job_of_another_process_is_found_by_the_poll(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        make_effects(&ctx).await;
        let options = Options { poll: Duration::from_millis(200), ..no_poll() };
        let running = Running::start(&ctx, effects(), options);
        let elsewhere = kit.live();
        enqueue(&elsewhere, &tenant.scope, [Effect { number: 1 }]).await;
        let waited = until("it ran", || async { effects_had(&ctx).await == [1] }).await;
        assert!(waited < Duration::from_secs(1), "{waited:?}");
        until_dry(&kit).await;
        running.stop().await;
    }

    async fn a_job_for_later_starts_on_time_without_a_poll(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        make_effects(&ctx).await;
        let running = Running::start(&ctx, effects(), no_poll());
        let start = Instant::now();
        let mut tx = ctx.db().begin_across().await.unwrap();
        let at = ctx.time().plus_millis(700);
        service::job::enqueue_at(&ctx, &mut tx, &tenant.scope, &Effect { number: 1 }, at).await.unwrap();
        ctx.commit(tx).await.unwrap();
        until("it ran", || async { effects_had(&ctx).await == [1] }).await;
        let waited = start.elapsed();
        assert!(waited >= Duration::from_millis(695) && waited < Duration::from_millis(1700), "{waited:?}");
        until_dry(&kit).await;
        running.stop().await;
    }

    /// reliability.md case 7, within a test's time.
    async fn ten_thousand_due_jobs_finish(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        let registry = Registry::new().register::<Effect>(
            |ctx, claimed| {
                Box::pin(async move {
                    let mut tx = ctx.db().begin_across().await?;
                    service::job::finish(&ctx, &mut tx, &claimed).await?;
                    ctx.commit(tx).await?;
                    Ok(())
                })
            },
            at_once(16),
        );
        for batch in 0..10 {
            enqueue(&ctx, &tenant.scope, (0..1000).map(|number| Effect { number: batch * 1000 + number })).await;
        }
        let running = Running::start(&ctx, registry, no_poll());
        until_dry(&kit).await;
        running.stop().await;
        let jobs = kit.jobs().await;
        assert_eq!(jobs.len(), 10_000);
        assert!(jobs.iter().all(|job| job.status == JobStatus::Done && job.attempts == 1));
    }

    /// reliability.md case 19: neither stands in the way of the others.
    async fn an_unknown_kind_waits_and_an_undecodable_payload_is_dead(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        make_effects(&ctx).await;
        enqueue(&ctx, &tenant.scope, [Slow { number: 1 }]).await;
        let bad = enqueue(&ctx, &tenant.scope, [Effect { number: 2 }]).await[0];
        {
            use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
            let payload = Set(serde_json::json!({ "number": "two" }));
            let row = entity::job::ActiveModel { id: Set(bad), payload, ..Default::default() };
            row.update(&ctx.db().read_across()).await.unwrap();
        }
        enqueue(&ctx, &tenant.scope, [Effect { number: 3 }]).await;
        let running = Running::start(&ctx, effects(), no_poll());
        until("the good one ran", || async { effects_had(&ctx).await == [3] }).await;
        until("the bad one is dead", || async { kit.jobs().await[1].status == JobStatus::Dead }).await;
        running.stop().await;
        let [unknown, bad, _] = kit.jobs().await.try_into().unwrap();
        assert_eq!((unknown.status, unknown.attempts), (JobStatus::Waiting, 0));
        assert_eq!(bad.attempts, 1);
        kit.may_remain(Slow::KIND);
        kit.may_remain(Effect::KIND);
    }

    async fn a_failure_that_says_never_is_dead_at_once(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        let registry = Registry::new().register::<Effect>(
            |_, _| Box::pin(async { Err(Failure::never("no such customer")) }),
            at_once(1),
        );
        let running = Running::start(&ctx, registry, no_poll());
        enqueue(&ctx, &tenant.scope, [Effect { number: 1 }]).await;
        until_dry(&kit).await;
        running.stop().await;
        let dead = kit.jobs().await.remove(0);
        assert_eq!((dead.status, dead.last_error.as_deref()), (JobStatus::Dead, Some("no such customer")));
        kit.may_remain(Effect::KIND);
    }
}

//! Bounds: how many at once, how long a lease holds.

use crate::support::{
    Effect, Running, Slow, at_once, effects_had, enqueue, have_effect, make_effects, no_poll, until, until_dry,
};
use sea_orm::{ConnectionTrait as _, Statement};
use service::job::{Job as _, Registry};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;
use testkit::both;
use worker::Options;

/// How many run now, and the most that ever did.
#[derive(Debug, Default)]
struct Meter {
    now: AtomicI64,
    most: AtomicI64,
}

impl Meter {
    async fn pass(&self, all: &Self) {
        for meter in [self, all] {
            let now = meter.now.fetch_add(1, Ordering::SeqCst) + 1;
            meter.most.fetch_max(now, Ordering::SeqCst);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        for meter in [self, all] {
            meter.now.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

both! {
    async fn no_more_run_at_once_than_the_kind_and_the_process_allow(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        let [all, fast, slow] = [(); 3].map(|()| Arc::new(Meter::default()));
        let measured = |meter: &Arc<Meter>| {
            let (meter, all) = (Arc::clone(meter), Arc::clone(&all));
            move |_: service::Ctx, _: service::job::Claimed| {
                let (meter, all) = (Arc::clone(&meter), Arc::clone(&all));
                Box::pin(async move {
                    meter.pass(&all).await;
                    Ok(())
                }) as futures::future::BoxFuture<'static, _>
            }
        };
        let registry = Registry::new()
            .register::<Effect>(measured(&fast), at_once(5))
            .register::<Slow>(measured(&slow), at_once(2));
        enqueue(&ctx, &tenant.scope, (0..60).map(|number| Effect { number })).await;
        enqueue(&ctx, &tenant.scope, (0..30).map(|number| Slow { number })).await;
        let running = Running::start(&ctx, registry, Options { concurrency: 6, ..no_poll() });
        until_dry(&kit).await;
        running.stop().await;
        let most = [&fast, &slow, &all].map(|meter| meter.most.load(Ordering::SeqCst));
        assert!(most[0] <= 5 && most[1] <= 2 && most[2] <= 6, "{most:?}");
        assert!(most[0] > 1 && most[1] == 2, "they do run beside each other: {most:?}");
    }

    async fn a_long_job_keeps_its_lease(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        make_effects(&ctx).await;
        let registry = Registry::new().register::<Slow>(
            |ctx, claimed| {
                Box::pin(async move {
                    tokio::time::sleep(Slow::LEASE * 3).await;
                    have_effect(&ctx, &claimed).await
                })
            },
            at_once(4),
        );
        let running = [
            Running::start(&ctx, registry.clone(), no_poll()),
            Running::start(&ctx, registry, no_poll()),
        ];
        enqueue(&ctx, &tenant.scope, [Slow { number: 1 }]).await;
        until_dry(&kit).await;
        for running in running {
            running.stop().await;
        }
        assert_eq!(effects_had(&ctx).await, [1]);
        assert_eq!(kit.jobs().await[0].attempts, 1, "nobody took it over");
    }

    async fn work_whose_lease_was_lost_is_stopped(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = kit.live();
        let [started, stopped] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let flags = (Arc::clone(&started), Arc::clone(&stopped));
        let registry = Registry::new().register::<Slow>(
            move |_, _| {
                let flags = (Arc::clone(&flags.0), Sets(Arc::clone(&flags.1)));
                Box::pin(async move {
                    let _sets = flags.1;
                    flags.0.store(true, Ordering::SeqCst);
                    std::future::pending().await
                })
            },
            at_once(1),
        );
        let running = Running::start(&ctx, registry, no_poll());
        enqueue(&ctx, &tenant.scope, [Slow { number: 1 }]).await;
        until("it started", || async { started.load(Ordering::SeqCst) }).await;
        // As if another worker had it: a newer token, and done.
        let sql = "UPDATE job SET lease_token = lease_token + 1, status = 'done'";
        ctx.db().read_across().execute_raw(Statement::from_string(ctx.db().backend(), sql)).await.unwrap();
        let waited = until("it was stopped", || async { stopped.load(Ordering::SeqCst) }).await;
        assert!(waited < Slow::LEASE * 2, "{waited:?}");
        running.stop().await;
        assert_eq!(kit.jobs().await[0].attempts, 1);
    }
}

/// Sets its flag when dropped.
struct Sets(Arc<AtomicBool>);

impl Drop for Sets {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

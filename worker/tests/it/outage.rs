//! A database that goes away and comes back (reliability.md case 16). On a server of its own, because others use the shared one.

use crate::support::{Effect, Running, at_once, effects, enqueue, make_effects, no_poll, try_effects, until};
use entity::job;
use entity::stored::JobStatus;
use sea_orm::EntityTrait as _;
use serde::{Deserialize, Serialize};
use service::ctx::Ctx;
use service::job::{Job, Registry};
use std::sync::Arc;
use std::time::Duration;
use testkit::Postgres;
use testkit::tenant;
use tokio::sync::Semaphore;

/// The program on a server that only this test stops and starts; the folder goes with the first value.
async fn own_server() -> (impl Sized, Postgres, Ctx) {
    let folder = testkit::folder("outage");
    let work = folder.path().join("work");
    std::fs::create_dir_all(&work).unwrap();
    let server = Postgres::private(&folder.path().join("server"));
    let ctx = testkit::kit::live(&server.url("postgres"), &work).await;
    ctx.db().migrate().await.unwrap();
    (folder, server, ctx)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_of_postgres_loses_nothing_and_needs_no_restart_of_the_workers() {
    let (_folder, server, ctx) = own_server().await;
    make_effects(&ctx).await;
    let tenant = tenant::make(&ctx, "Lumen").await;
    enqueue(&ctx, &tenant.scope, (0..2000).map(|number| Effect { number })).await;
    let running = Running::start(&ctx, effects(), no_poll());
    let count = || async { try_effects(&ctx).await.map_or(0, |effects| effects.len()) };
    until("they run", || async { count().await > 100 }).await;
    server.stop();
    server.start();
    let before = {
        until("the database answers", || async { try_effects(&ctx).await.is_some() }).await;
        count().await
    };
    assert!(before < 2000, "the crash came in the middle");
    let waited = until("they run again", || async { count().await > before }).await;
    assert!(waited < Duration::from_secs(10), "{waited:?}");
    until("all are done", || async { count().await >= 2000 }).await;
    running.stop().await;
    assert_eq!(try_effects(&ctx).await.unwrap(), (0..2000).collect::<Vec<_>>(), "lost or repeated");
    ctx.db().clone().close().await.unwrap();
    server.stop();
}

/// A job with one attempt.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Once {}

impl Job for Once {
    const KIND: &'static str = "once";
    const MAX_ATTEMPTS: i32 = 1;
}

/// Nobody did anything wrong: the job runs again as if it had not begun, however often.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_lets_nobody_in_costs_no_attempt() {
    let (_folder, server, ctx) = own_server().await;
    let tenant = tenant::make(&ctx, "Lumen").await;
    enqueue(&ctx, &tenant.scope, [Once {}]).await;
    let (begun, on) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let registry = {
        let (begun, on) = (Arc::clone(&begun), Arc::clone(&on));
        let run = move |ctx: Ctx, claimed: service::job::Claimed| {
            let (begun, on) = (Arc::clone(&begun), Arc::clone(&on));
            Box::pin(async move {
                begun.add_permits(1);
                on.acquire().await.unwrap().forget();
                let mut tx = ctx.db().begin_across().await?;
                service::job::finish(&ctx, &mut tx, &claimed).await?;
                Ok(ctx.commit(tx).await?)
            }) as _
        };
        Registry::new().register::<Once>(run, at_once(1))
    };
    let running = Running::start(&ctx, registry, worker::Options { poll: Duration::from_millis(200), ..no_poll() });
    for _ in 0..2 {
        begun.acquire().await.unwrap().forget();
        server.stop();
        on.add_permits(1);
        // Long enough for the run to end before anybody can be asked.
        tokio::time::sleep(Duration::from_millis(300)).await;
        server.start();
    }
    begun.acquire().await.unwrap().forget();
    on.add_permits(1);
    let state = || async { job::Entity::find().all(&ctx.db().read_across()).await.unwrap_or_default().pop() };
    until("it is done", || async { state().await.is_some_and(|job| job.status != JobStatus::Running) }).await;
    let job = state().await.unwrap();
    assert_eq!((job.status, job.attempts), (JobStatus::Done, 2), "{:?}", job.last_error);
    running.stop().await;
    ctx.db().clone().close().await.unwrap();
    server.stop();
}

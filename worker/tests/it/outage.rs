//! A database that goes away and comes back (reliability.md case 16). On a server of its own, because others use the shared one.

use crate::support::{Effect, Running, effects, enqueue, make_effects, no_poll, try_effects, until};
use std::time::Duration;
use testkit::Postgres;
use testkit::tenant;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_of_postgres_loses_nothing_and_needs_no_restart_of_the_workers() {
    let folder = testkit::folder("outage");
    let work = folder.path().join("work");
    std::fs::create_dir_all(&work).unwrap();
    let server = Postgres::private(&folder.path().join("server"));
    let ctx = testkit::kit::live(&server.url("postgres"), &work).await;
    ctx.db().migrate().await.unwrap();
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

//! What holds nothing for ever: sessions' limits, half-begun transactions, pools without a free connection.

use entity::company;
use sea_orm::{ConnectionTrait as _, DatabaseBackend, EntityTrait as _, PaginatorTrait as _, Statement};
use service::db::{Db, DbConfig};
use service::error::Error;
use std::time::{Duration, Instant};
use testkit::{Backend, Kit, both};

async fn small(kit: &Kit, connections: u32) -> Db {
    let acquire_timeout = Duration::from_millis(400);
    Db::open(&DbConfig { connections, acquire_timeout, throw_away: true, ..DbConfig::new(kit.url.as_str()) })
        .await
        .unwrap()
}

async fn told(db: &impl sea_orm::ConnectionTrait, query: &str) -> String {
    let row = db.query_one_raw(Statement::from_string(DatabaseBackend::Postgres, query)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// reliability.md §11.9.
#[test]
fn sessions_of_postgres_have_limits() {
    testkit::run(Backend::Postgres, |kit: Kit| async move {
        // Half of them are for reading.
        let db = small(&kit, 4).await;
        for (setting, wanted) in
            [("statement_timeout", "30s"), ("lock_timeout", "10s"), ("idle_in_transaction_session_timeout", "30s")]
        {
            assert_eq!(told(&db.read_across(), &format!("SHOW {setting}")).await, wanted, "{setting}");
        }
        let writer = db.begin_across().await.unwrap();
        assert_eq!(told(&writer, "SHOW statement_timeout").await, "1min");
        writer.rollback().await.unwrap();
        // What runs into one may be tried again: nothing is at fault.
        let tx = db.begin_across().await.unwrap();
        tx.execute_unprepared("SET LOCAL statement_timeout = '50ms'").await.unwrap();
        let slow = tx.execute_unprepared("SELECT pg_sleep(5)").await.unwrap_err();
        assert!(matches!(Error::from(slow), Error::Unavailable(_)));
        tx.rollback().await.unwrap();
        let tenant = kit.tenant().await;
        let lock = format!("SELECT id FROM company WHERE id = '{}' FOR UPDATE", tenant.company.id);
        let first = db.begin_across().await.unwrap();
        first.execute_unprepared(&lock).await.unwrap();
        let second = db.begin_across().await.unwrap();
        second.execute_unprepared("SET LOCAL lock_timeout = '50ms'").await.unwrap();
        let locked = second.execute_unprepared(&lock).await.unwrap_err();
        assert!(matches!(Error::from(locked), Error::Unavailable(_)));
        drop((first, second));
        // A change of the schema may take longer than any of that.
        db.migrate().await.unwrap();
        db.close().await.unwrap();
    });
}

/// reliability.md case 73: a transaction that was begun without the pool's knowledge ends before anybody gets the session.
#[test]
fn a_half_begun_transaction_reaches_nobody() {
    testkit::run(Backend::Postgres, |kit: Kit| async move {
        let tenant = kit.tenant().await;
        let db = small(&kit, 1).await;
        for _ in 0..20 {
            {
                let begin = db.in_postgres(&tenant.scope, async |pool| {
                    let mut session = pool.acquire().await.unwrap();
                    sea_orm::sqlx::raw_sql("BEGIN; DELETE FROM membership").execute(&mut *session).await.unwrap();
                });
                begin.await;
            }
            company::Entity::find_by_id(tenant.company.id).one(&db.read_across()).await.unwrap().unwrap();
            let open = "SELECT CAST(COUNT(*) AS TEXT) FROM pg_stat_activity \
                        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
            assert_eq!(told(&kit.ctx.db().read_across(), open).await, "0");
        }
        let kept = entity::membership::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap();
        assert_eq!(kept, 2, "what stood in it was taken back");
        // A session that the server ended is replaced unseen.
        let end = "SELECT CAST(COUNT(pg_terminate_backend(pid)) AS TEXT) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle'";
        told(&kit.ctx.db().read_across(), end).await;
        company::Entity::find_by_id(tenant.company.id).one(&db.read_across()).await.unwrap().unwrap();
        db.close().await.unwrap();
    });
}

both! {
    /// reliability.md case 82: a full disk ends SQLite's transaction behind the driver's back. What is written afterwards is
    /// really committed, and not into a transaction that never ends.
    async fn a_transaction_that_the_database_ended_itself_harms_no_later_one(kit: Kit) {
        let tenant = kit.tenant().await;
        let count = || async { entity::event::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap() };
        for round in 0..5_u64 {
            let mut tx = kit.ctx.db().begin_across().await.unwrap();
            let id = kit.ctx.new_id();
            service::event::emit(&kit.ctx, &mut tx, &tenant.scope, entity::stored::EventKind::Order, id).await.unwrap();
            tx.execute_unprepared("ROLLBACK").await.unwrap();
            if round % 2 == 0 {
                let _ = kit.ctx.commit(tx).await;
            } else {
                drop(tx);
            }
            for more in 1..=3 {
                let mut tx = kit.ctx.db().begin_across().await.unwrap();
                let id = kit.ctx.new_id();
                service::event::emit(&kit.ctx, &mut tx, &tenant.scope, entity::stored::EventKind::Order, id).await.unwrap();
                kit.ctx.commit(tx).await.unwrap();
                assert_eq!(count().await, round * 3 + more, "seen by others, so committed");
            }
        }
    }

    /// reliability.md case 79 below the HTTP server: refused in time as something that passes, and well again at once.
    async fn nobody_waits_for_ever_for_a_connection(kit: Kit) {
        let db = small(&kit, 4).await;
        let held = match kit.backend {
            Backend::Sqlite => vec![db.begin_across().await.unwrap()],
            Backend::Postgres => vec![db.begin_across().await.unwrap(), db.begin_across().await.unwrap()],
        };
        let started = Instant::now();
        let waiting = (0..20).map(|_| {
            let db = db.clone();
            tokio::spawn(async move { db.begin_across().await.map(drop) })
        });
        for waited in waiting.collect::<Vec<_>>() {
            let refused = waited.await.unwrap();
            assert!(refused.as_ref().is_err_and(Error::passes), "{refused:?}");
        }
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
        // Readers have sessions of their own, and wait as little.
        company::Entity::find().count(&db.read_across()).await.unwrap();
        if kit.backend == Backend::Postgres {
            let slow = |_| {
                let db = db.clone();
                tokio::spawn(async move { db.read_across().execute_unprepared("SELECT pg_sleep(20)").await.map(drop) })
            };
            let busy: Vec<_> = (0..2).map(slow).collect();
            tokio::time::sleep(Duration::from_millis(100)).await;
            let started = Instant::now();
            let refused = company::Entity::find().count(&db.read_across()).await.map_err(Error::from);
            assert!(refused.as_ref().is_err_and(Error::passes), "{refused:?}");
            assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
            busy.iter().for_each(tokio::task::JoinHandle::abort);
            for busy in busy {
                assert!(busy.await.unwrap_err().is_cancelled());
            }
            company::Entity::find().count(&db.read_across()).await.unwrap();
        }
        drop(held);
        let tx = db.begin_across().await.unwrap();
        tx.rollback().await.unwrap();
        db.close().await.unwrap();
    }
}

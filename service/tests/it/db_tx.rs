//! Transactions: writers beside each other, and what is dropped half-way.

use entity::{company, event};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, ExprTrait as _, PaginatorTrait as _, QueryFilter as _,
    Statement,
};
use std::time::{Duration, Instant};
use testkit::both;

both! {
    /// reliability.md case 77.
    async fn fifty_writers_at_once_lose_nothing_and_meet_no_lock_error(kit: Kit) {
        let tenant = kit.tenant().await;
        let id = tenant.company.id;
        let writers = (0..50).map(|_| {
            let ctx = kit.ctx.clone();
            tokio::spawn(async move {
                let start = Instant::now();
                let tx = ctx.db().begin_across().await.unwrap();
                let found = company::Entity::find_by_id(id).one(&tx).await.unwrap().unwrap();
                assert!(found.next_order_number >= 1);
                company::Entity::update_many()
                    .col_expr(
                        company::Column::NextOrderNumber,
                        sea_orm::sea_query::Expr::col(company::Column::NextOrderNumber).add(1),
                    )
                    .filter(company::Column::Id.eq(id))
                    .exec(&tx)
                    .await
                    .unwrap();
                ctx.commit(tx).await.unwrap();
                start.elapsed()
            })
        });
        let mut waits = Vec::new();
        for writer in writers.collect::<Vec<_>>() {
            waits.push(writer.await.unwrap());
        }
        let found = company::Entity::find_by_id(id).one(&kit.ctx.db().read_across()).await.unwrap().unwrap();
        assert_eq!(found.next_order_number, 51, "each counted once");
        assert!(waits.iter().max().unwrap() < &Duration::from_secs(10), "{waits:?}");
    }

    /// reliability.md case 73: whatever is cancelled, the connection comes back clean.
    async fn cancelled_transactions_leave_nothing_behind(kit: Kit) {
        let tenant = kit.tenant().await;
        for round in 0..200_u32 {
            let (ctx, scope) = (kit.ctx.clone(), tenant.scope.clone());
            let work = async move {
                let mut tx = ctx.db().begin_across().await.unwrap();
                let id = ctx.new_id();
                service::event::emit(&ctx, &mut tx, &scope, entity::stored::EventKind::Order, id).await.unwrap();
                std::future::pending::<()>().await;
            };
            // Polled a few times, then dropped: in the middle of the beginning, the writing, or after it.
            let mut work = Box::pin(work);
            for _ in 0..=round % 7 {
                let _ = futures::poll!(work.as_mut());
                tokio::task::yield_now().await;
            }
        }
        let left = event::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap();
        assert_eq!(left, 0, "nothing of them was written");
        let mut tx = kit.ctx.db().begin_across().await.unwrap();
        service::event::emit(&kit.ctx, &mut tx, &tenant.scope, entity::stored::EventKind::Order, tenant.company.id)
            .await
            .unwrap();
        kit.ctx.commit(tx).await.unwrap();
        assert_eq!(event::Entity::find().count(&kit.ctx.db().read_across()).await.unwrap(), 1, "the next writer's work stays");
        if kit.backend == testkit::Backend::Postgres {
            let query = "SELECT COUNT(*) AS open FROM pg_stat_activity \
                         WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
            let statement = Statement::from_string(sea_orm::DatabaseBackend::Postgres, query);
            let row = kit.ctx.db().read_across().query_one_raw(statement).await.unwrap().unwrap();
            assert_eq!(row.try_get::<i64>("", "open").unwrap(), 0, "no session is left inside a transaction");
        }
    }

    async fn what_is_dropped_is_not_told(kit: Kit) {
        let tenant = kit.tenant().await;
        let ctx = &kit.ctx;
        let mut events = ctx.engine().bus.listen();
        let mut tx = ctx.db().begin_across().await.unwrap();
        service::event::emit(ctx, &mut tx, &tenant.scope, entity::stored::EventKind::Order, ctx.new_id()).await.unwrap();
        drop(tx);
        assert_eq!(events.try_next(), None);
        assert_eq!(event::Entity::find().count(&ctx.db().read_across()).await.unwrap(), 0);
    }
}

//! The second wall between tenants, PostgreSQL's row-level security (reliability.md §10 cases 70 to 72).

use entity::company;
use sea_orm::{ConnectionTrait as _, DatabaseBackend, EntityTrait as _, PaginatorTrait as _, Statement};
use service::db::{Db, DbConfig};
use std::time::Duration;
use testkit::{Backend, Kit};

fn on_postgres<F: Future<Output = ()>>(test: fn(Kit) -> F) {
    testkit::run(Backend::Postgres, test);
}

async fn count(db: &impl sea_orm::ConnectionTrait, table: &str) -> i64 {
    let query = format!("SELECT COUNT(*) FROM {table}");
    let row = db.query_one_raw(Statement::from_string(DatabaseBackend::Postgres, query)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// Case 70: a query that forgot its predicate sees one company's rows, and none without a scope.
#[test]
fn a_query_without_a_scope_gets_nothing() {
    on_postgres(|kit| async move {
        let (one, other) = (kit.tenant().await, kit.another_tenant("Other").await);
        let db = kit.ctx.db();
        for table in ["company", "branch", "channel"] {
            assert_eq!(count(&db.read_platform(), table).await, 0, "{table}: without a scope");
            let mine = count(&db.read(&one.scope), table).await;
            let theirs = count(&db.read(&other.scope), table).await;
            assert!(mine > 0 && theirs > 0, "{table}");
            assert!(count(&db.read_across(), table).await >= mine + theirs, "{table}: all of them");
        }
        assert!(count(&db.read_platform(), "user_account").await > 0, "people belong to no company");
        let tx = db.begin_platform().await.unwrap();
        assert_eq!(count(&tx, "company").await, 0);
        tx.rollback().await.unwrap();
        let tx = db.begin(&one.scope).await.unwrap();
        assert_eq!(company::Entity::find().all(&tx).await.unwrap(), vec![one.company.clone()]);
        // Neither written, nor moved, nor removed: not even with a statement of its own making.
        let id = other.company.id;
        for (sql, rows) in [
            (format!("UPDATE company SET name = 'Mine now' WHERE id = '{id}'"), Some(0)),
            (format!("DELETE FROM branch WHERE company_id = '{id}'"), Some(0)),
            (format!("UPDATE branch SET company_id = '{id}' WHERE company_id = '{}'", one.company.id), None),
        ] {
            tx.execute_unprepared("SAVEPOINT before").await.unwrap();
            let done = tx.execute_unprepared(&sql).await;
            assert_eq!(done.as_ref().ok().map(sea_orm::ExecResult::rows_affected), rows, "{sql}: {done:?}");
            tx.execute_unprepared("ROLLBACK TO before").await.unwrap();
        }
        tx.rollback().await.unwrap();
    });
}

/// Case 71: no table can be forgotten, and the role that queries run as can't look over the wall.
#[test]
fn every_table_of_companies_has_a_wall() {
    on_postgres(|kit| async move {
        let db = kit.ctx.db();
        let open = "SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
            WHERE n.nspname = 'public' AND c.relkind = 'r' \
              AND (c.relname = 'company' OR EXISTS (SELECT 1 FROM pg_attribute a \
                    WHERE a.attrelid = c.oid AND a.attname = 'company_id' AND NOT a.attisdropped)) \
              AND NOT (c.relrowsecurity AND c.relforcerowsecurity \
                AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))";
        let walled = open.replace("AND NOT (c.relrowsecurity", "AND (c.relrowsecurity");
        let number = async |sql: &str| {
            let row = Statement::from_string(DatabaseBackend::Postgres, sql.to_owned());
            let row = db.read_platform().query_one_raw(row).await.unwrap().unwrap();
            row.try_get_by_index::<i64>(0).unwrap()
        };
        assert_eq!(number(open).await, 0);
        assert!(number(&walled).await >= 20);
        let exempt = "SELECT COUNT(*) FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)";
        assert_eq!(number(exempt).await, 0);
    });
}

/// Case 72: a session keeps nothing of its last borrower.
#[test]
fn one_session_serves_tenants_by_turns() {
    on_postgres(|kit| async move {
        let (one, other) = (kit.tenant().await, kit.another_tenant("Other").await);
        let acquire_timeout = Duration::from_secs(10);
        let config = DbConfig { connections: 1, acquire_timeout, throw_away: true, ..DbConfig::new(kit.url.as_str()) };
        let db = Db::open(&config).await.unwrap();
        for turn in 0..2_000 {
            let (mine, theirs) = if turn % 2 == 0 { (&one, &other) } else { (&other, &one) };
            let seen = company::Entity::find().all(&db.read(&mine.scope)).await.unwrap();
            assert_eq!(seen, vec![mine.company.clone()], "turn {turn}");
            let theirs = company::Entity::find_by_id(theirs.company.id).one(&db.read(&mine.scope)).await.unwrap();
            assert_eq!(theirs, None, "turn {turn}");
            if turn % 100 == 0 {
                assert_eq!(company::Entity::find().count(&db.read_platform()).await.unwrap(), 0, "turn {turn}");
            }
        }
        // Tasks of several tenants at once, more than there are sessions.
        let mut tasks = tokio::task::JoinSet::new();
        for turn in 0..200 {
            let (db, mine) = (db.clone(), if turn % 2 == 0 { one.scope.clone() } else { other.scope.clone() });
            tasks.spawn(async move {
                let tx = db.begin(&mine).await.unwrap();
                let seen = company::Entity::find().all(&tx).await.unwrap();
                tx.rollback().await.unwrap();
                assert!(seen.iter().all(|company| company.id == mine.id()) && seen.len() == 1);
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        db.close().await.unwrap();
    });
}

/// What happens to a session of the readers is seen by nobody after it: a server that closes it, a statement that is given up or
/// fails, more readers than sessions.
#[test]
fn a_readers_session_is_lent_whole_or_not_at_all() {
    on_postgres(|kit| async move {
        let tenants = [kit.tenant().await, kit.another_tenant("Other").await, kit.another_tenant("Third").await];
        let acquire_timeout = Duration::from_secs(10);
        let config = DbConfig { connections: 4, acquire_timeout, throw_away: true, ..DbConfig::new(kit.url.as_str()) };
        let db = Db::open(&config).await.unwrap();
        let seen = async |tenant: &testkit::Tenant| {
            let rows = company::Entity::find().all(&db.read(&tenant.scope)).await.unwrap();
            assert_eq!(rows, vec![tenant.company.clone()]);
        };
        for tenant in &tenants {
            seen(tenant).await;
        }
        // Closed by the server while they stand idle: replaced without a word.
        kit.ctx.db().change_schema(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        ).await.unwrap();
        for tenant in tenants.iter().cycle().take(9) {
            seen(tenant).await;
        }
        // Given up half-way: nobody gets its answer.
        for _ in 0..6 {
            let reader = db.read(&tenants[0].scope);
            let slow = count_of(&reader, "SELECT count(*) AS n FROM (SELECT pg_sleep(20)) AS s");
            assert!(tokio::time::timeout(Duration::from_millis(30), slow).await.is_err());
            seen(&tenants[1]).await;
        }
        // A wrong statement harms itself only.
        let wrong = Statement::from_string(DatabaseBackend::Postgres, "SELECT 1 / 0");
        assert!(db.read(&tenants[2].scope).query_one_raw(wrong).await.is_err());
        let mut tasks = tokio::task::JoinSet::new();
        for turn in 0..300 {
            let (db, tenant) = (db.clone(), &tenants[turn % 3]);
            let (scope, company) = (tenant.scope.clone(), tenant.company.clone());
            tasks.spawn(async move {
                assert_eq!(company::Entity::find().all(&db.read(&scope)).await.unwrap(), vec![company]);
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        db.close().await.unwrap();
    });
}

async fn count_of(db: &impl sea_orm::ConnectionTrait, sql: &str) -> i64 {
    let statement = Statement::from_string(DatabaseBackend::Postgres, sql);
    db.query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
}

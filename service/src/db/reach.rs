//! The second wall between tenants. On PostgreSQL every table with a `company_id` has row-level security: a session sees
//! the rows of the company that its setting [`SETTING`] names, and none when it names none (reliability.md §4, §11.8).
//!
//! Whose rows a statement may reach is said where the statement is made. [`Reader`] takes a session of that reach
//! ([`Sessions`]). `Db::begin…` carries it to the hook of the writers' pool, which runs in the borrower's own task and sets it
//! in the session, in the one round trip that takes the session out of any transaction. So no session is lent with the reach
//! of its last borrower, and forgetting to say it finds nothing. SQLite has the predicates of the queries only.
//!
//! A pooler in between must keep sessions whole (PgBouncer: `pool_mode = session`).

use super::reads::{Asked, Reads};
use super::sessions::Sessions;
use sea_orm::sqlx::{self, AssertSqlSafe, Executor as _};
use sea_orm::{
    ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, DbErr, ExecResult, QueryResult, Selector,
    SelectorTrait, Statement,
};
use std::any::TypeId;
use std::sync::Arc;
use uuid::Uuid;

/// The session's setting: a company's id, `*` for all, empty for none.
const SETTING: &str = "x8.company";
/// Policies do not bind a superuser, nor a role that bypasses them: sessions of such a one act as this role instead.
const WALLED_ROLE: &str = "x8_walled";

tokio::task_local! {
    static REACH: Reach;
}

/// Whose rows a statement may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reach {
    /// No company's.
    Nobody,
    /// One company's.
    Company(Uuid),
    /// Everybody's.
    Everybody,
}

impl Reach {
    /// Does this with sessions of this reach.
    pub(super) async fn within<F: Future>(self, work: F) -> F::Output {
        REACH.scope(self, work).await
    }
}

/// The statement that sets a session's reach.
pub(super) fn setting(reach: Reach) -> String {
    match reach {
        Reach::Nobody => format!("SET {SETTING} = ''"),
        Reach::Company(id) => format!("SET {SETTING} = '{id}'"),
        Reach::Everybody => format!("SET {SETTING} = '*'"),
    }
}

/// Takes a session out of any transaction and gives it its borrower's reach.
pub(super) async fn enter(session: &mut sqlx::PgConnection) -> Result<(), sqlx::Error> {
    let reach = REACH.try_with(|reach| *reach).unwrap_or(Reach::Nobody);
    session.execute(AssertSqlSafe(format!("ROLLBACK; {}", setting(reach)))).await?;
    Ok(())
}

/// The role that sessions must act as so that policies bind them; made when it is missing. None: they bind the one of the
/// address already.
pub(super) async fn walled_role(url: &str) -> Result<Option<&'static str>, DbErr> {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).connect_timeout(std::time::Duration::from_secs(5)).sqlx_logging(false);
    let db = Database::connect(options).await?;
    let found = exempt(&db, "session_user").await;
    let role = match found {
        Ok(true) => {
            // Two programs that start at once may both find it missing.
            db.execute_unprepared(&format!(
                "DO $$ BEGIN CREATE ROLE {WALLED_ROLE} NOLOGIN; \
                 EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            ))
            .await
            .map(|_| Some(WALLED_ROLE))
        }
        Ok(false) => Ok(None),
        Err(error) => Err(error),
    };
    db.close().await?;
    role
}

/// Whether policies bind sessions like this one, as they act now. A pooler in between that drops start-up options leaves them
/// the role of the address.
pub(super) async fn binds(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(!exempt(db, "current_user").await?)
}

async fn exempt(db: &impl ConnectionTrait, who: &str) -> Result<bool, DbErr> {
    let sql = format!("SELECT rolsuper OR rolbypassrls AS exempt FROM pg_roles WHERE rolname = {who}");
    let row = db.query_one_raw(Statement::from_string(DatabaseBackend::Postgres, sql)).await?;
    row.map_or(Ok(false), |row| row.try_get("", "exempt"))
}

/// Puts a wall around every table with a `company_id` that has none yet, so that no table can be forgotten.
///
/// The setting is read once for a statement, not once for a row: hence the sub-selects.
const WALLS: &str = "DO $$ DECLARE t record; BEGIN \
    FOR t IN SELECT c.table_name, c.column_name FROM information_schema.columns c \
        JOIN information_schema.tables USING (table_schema, table_name) \
        WHERE c.table_schema = current_schema() AND table_type = 'BASE TABLE' \
            AND (c.column_name = 'company_id' OR (c.table_name = 'company' AND c.column_name = 'id')) \
            AND NOT EXISTS (SELECT 1 FROM pg_policies p \
                WHERE p.schemaname = current_schema() AND p.tablename = c.table_name AND p.policyname = 'wall') \
    LOOP \
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.table_name); \
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t.table_name); \
        EXECUTE format('CREATE POLICY wall ON %I USING ((SELECT current_setting(''x8.company'', true)) = ''*'' \
            OR %I = (SELECT nullif(nullif(current_setting(''x8.company'', true), ''''), ''*'')::uuid))', \
            t.table_name, t.column_name); \
    END LOOP; END $$";

/// Raises the walls after a change of the schema, and lets the walled role at the tables where sessions act as it.
pub(super) async fn raise(db: &DatabaseConnection) -> Result<(), DbErr> {
    if db.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(());
    }
    db.execute_unprepared(WALLS).await?;
    if exempt(db, "session_user").await? {
        db.execute_unprepared(&format!(
            "GRANT USAGE ON SCHEMA public TO {WALLED_ROLE}; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {WALLED_ROLE}; \
             GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {WALLED_ROLE}"
        ))
        .await?;
    }
    Ok(())
}

/// Called after each statement.
#[derive(Clone)]
pub(super) struct Watcher(pub(super) Arc<dyn Fn(&Statement) + Send + Sync>);

impl std::fmt::Debug for Watcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watcher")
    }
}

/// What is read with.
#[derive(Clone, Debug)]
pub(super) enum Reading {
    /// SQLite.
    Pool(DatabaseConnection),
    /// PostgreSQL.
    Sessions(Arc<Sessions>, Option<Watcher>),
}

impl Reading {
    const fn backend(&self) -> DatabaseBackend {
        match self {
            Self::Pool(_) => DatabaseBackend::Sqlite,
            Self::Sessions(..) => DatabaseBackend::Postgres,
        }
    }

    async fn query_all(&self, reach: Reach, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Pool(pool) => pool.query_all_raw(statement).await,
            Self::Sessions(sessions, watcher) => {
                let rows = sessions.query_all(reach, &statement).await;
                told(watcher.as_ref(), &statement);
                rows
            }
        }
    }
}

/// A way to read outside a transaction, of a certain reach.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'db> {
    reading: &'db Reading,
    reads: &'db Arc<Reads>,
    reach: Reach,
}

impl<'db> Reader<'db> {
    pub(super) const fn new(reading: &'db Reading, reads: &'db Arc<Reads>, reach: Reach) -> Self {
        Self { reading, reads, reach }
    }

    /// The rows of a query that others ask at the same moment too: it runs once for all of them ([`Reads`]).
    pub(crate) async fn all<S>(self, select: Selector<S>) -> Result<Vec<S::Item>, DbErr>
    where
        S: SelectorTrait<Item: Clone + Send + Sync + 'static>,
    {
        let statement = select.into_statement(self.reading.backend());
        let asked = Asked { reach: self.reach, statement: statement.clone(), item: TypeId::of::<S::Item>() };
        let (reading, reach) = (self.reading.clone(), self.reach);
        let run = async move {
            let rows = reading.query_all(reach, statement).await?;
            rows.into_iter().map(S::from_raw_query_result).collect()
        };
        self.reads.read(asked, run).await
    }
}

fn told(watcher: Option<&Watcher>, statement: &Statement) {
    if let Some(watcher) = watcher {
        (watcher.0)(statement);
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader<'_> {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.reading.backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self.reading {
            Reading::Pool(pool) => pool.execute_raw(statement).await,
            Reading::Sessions(sessions, watcher) => {
                let done = sessions.execute(self.reach, &statement).await;
                told(watcher.as_ref(), &statement);
                done
            }
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self.reading {
            Reading::Pool(pool) => pool.execute_unprepared(sql).await,
            Reading::Sessions(sessions, _) => sessions.execute_unprepared(self.reach, sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self.reading {
            Reading::Pool(pool) => pool.query_one_raw(statement).await,
            Reading::Sessions(sessions, watcher) => {
                let row = sessions.query_one(self.reach, &statement).await;
                told(watcher.as_ref(), &statement);
                row
            }
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.reading.query_all(self.reach, statement).await
    }
}

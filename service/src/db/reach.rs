//! The second wall between tenants. On PostgreSQL every table with a `company_id` has row-level security: a session sees
//! the rows of the company that its setting [`SETTING`] names, and none when it names none (reliability.md §4, §11.8).
//!
//! Whose rows a statement may reach is said where the statement is made: [`Reader`] and `Db::begin…` carry it to the
//! pool's hook, which runs in the borrower's own task and sets it in the session, in the one round trip that takes the
//! session out of any transaction. So the wall costs no round trip, no session keeps the reach of its last borrower, and
//! forgetting to say it finds nothing. SQLite has the predicates of the queries only.
//!
//! A pooler in between must keep sessions whole (PgBouncer: `pool_mode = session`).

use sea_orm::sqlx::{self, AssertSqlSafe, Executor as _};
use sea_orm::{
    ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, DbErr, ExecResult, QueryResult, Statement,
};
use uuid::Uuid;

/// The session's setting: a company's id, `*` for all, empty for none.
const SETTING: &str = "x8.company";
/// Policies do not bind a superuser, nor a role that bypasses them: sessions of such a one act as this role instead.
const WALLED_ROLE: &str = "x8_walled";

tokio::task_local! {
    static REACH: Reach;
}

/// Whose rows a statement may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    let found = exempt(&db).await;
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

async fn exempt(db: &DatabaseConnection) -> Result<bool, DbErr> {
    let sql = "SELECT rolsuper OR rolbypassrls AS exempt FROM pg_roles WHERE rolname = session_user";
    let row = db.query_one_raw(Statement::from_string(DatabaseBackend::Postgres, sql)).await?;
    row.map_or(Ok(false), |row| row.try_get("", "exempt"))
}

/// Puts a wall around every table with a `company_id` that has none yet, so that no table can be forgotten.
///
/// The setting is read once for a statement, not once for a row: hence the sub-selects.
const WALLS: &str = "DO $$ DECLARE t record; BEGIN \
    FOR t IN SELECT c.table_name, c.column_name FROM information_schema.columns c \
        JOIN information_schema.tables USING (table_schema, table_name) \
        WHERE c.table_schema = 'public' AND table_type = 'BASE TABLE' \
            AND (c.column_name = 'company_id' OR (c.table_name = 'company' AND c.column_name = 'id')) \
            AND NOT EXISTS (SELECT 1 FROM pg_policies p \
                WHERE p.schemaname = 'public' AND p.tablename = c.table_name AND p.policyname = 'wall') \
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
    if exempt(db).await? {
        db.execute_unprepared(&format!(
            "GRANT USAGE ON SCHEMA public TO {WALLED_ROLE}; \
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {WALLED_ROLE}; \
             GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {WALLED_ROLE}"
        ))
        .await?;
    }
    Ok(())
}

/// A way to read outside a transaction, of a certain reach.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'db> {
    db: &'db DatabaseConnection,
    reach: Reach,
}

impl<'db> Reader<'db> {
    pub(super) const fn new(db: &'db DatabaseConnection, reach: Reach) -> Self {
        Self { db, reach }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader<'_> {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.db.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.reach.within(self.db.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.reach.within(self.db.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.reach.within(self.db.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.reach.within(self.db.query_all_raw(statement)).await
    }
}

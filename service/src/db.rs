//! The one database. What differs between SQLite and PostgreSQL stands here: how to open it, how to begin a writing
//! transaction, which errors pass by themselves.
//!
//! SQLite has one writer: a fair queue in the process ([`Db::begin`]) hands out the right to write, so that no
//! transaction meets "database is locked" (reliability.md §3), and readers go beside it through WAL.
//!
//! PostgreSQL's sessions have limits of their own (below), so that nothing of ours holds a lock for ever: not a statement,
//! not a wait for a lock, not a transaction that was left open. Row-level security is a second wall behind
//! [`CompanyScope`]: see the module `reach`.

mod many;
mod reach;
mod reads;
mod sessions;
mod silence;

pub(crate) use many::{Many, insert_all};
pub use reach::Reader;
use reach::{Reading, Watcher};
use reads::Reads;
pub(crate) use reads::{Found, Lookup};
use sessions::Sessions;
use silence::Silence;

use crate::access::{CompanyScope, Lookups};
use crate::error::{Error, Result};
use crate::event::NewEvent;
use migration::MigratorTrait as _;
use reach::Reach;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{ConnectOptions as _, Connection as _};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr,
    ExecResult, QueryResult, RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, sqlx,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// PostgreSQL's limits for a session (its manual, "Statement Behavior"), milliseconds. The longest statement is a part of an
/// import or of a removal, a second or so; a request is given up after 30 s in any case.
const SESSION: [(&str, &str); 4] = [
    ("statement_timeout", "60000"),
    ("lock_timeout", "10000"),
    // A transaction of ours waits for the database only, never for a person or for another service.
    ("idle_in_transaction_session_timeout", "30000"),
    // ROLLBACK outside of a transaction warns each time (see `postgres_options`).
    ("client_min_messages", "error"),
];
/// A statement that is not answered a little after its limit in the server never is.
const WRITE_LIMIT: Duration = Duration::from_secs(65);
/// Who brings the schema up waits for others who do (any number that nothing else of ours uses).
const SCHEMA_LOCK: &str = "SELECT pg_advisory_lock(888000001)";

/// The database: cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    read: Reading,
    reads: Arc<Reads>,
    lookups: Arc<Lookups>,
    write: DatabaseConnection,
    writer: Option<Arc<Semaphore>>,
    /// PostgreSQL only: SQLite has no server.
    silence: Option<Arc<Silence>>,
    config: Arc<DbConfig>,
}

/// How to open the database.
#[derive(Clone, Debug)]
pub struct DbConfig {
    /// `sqlite:…` or `postgres://…`.
    pub url: String,
    /// Connections for reading (SQLite) or in all (PostgreSQL: half of them for reading).
    pub connections: u32,
    /// How long to wait for a connection before the request is refused.
    pub acquire_timeout: Duration,
    /// A database that nobody misses after a power cut: rehearsals and tests. SQLite then waits for no disk.
    pub throw_away: bool,
}

impl DbConfig {
    /// A configuration with the usual bounds.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections: 12, acquire_timeout: Duration::from_secs(3), throw_away: false }
    }
}

impl Db {
    /// Opens the database; a SQLite file is made when absent.
    ///
    /// # Errors
    /// When it cannot be reached or the address is neither SQLite nor PostgreSQL.
    pub async fn open(config: &DbConfig) -> Result<Self> {
        let kept = Arc::new(config.clone());
        if config.url.starts_with("sqlite:") {
            let write = Database::connect(sqlite_options(config, 1)).await?;
            let read = Database::connect(sqlite_options(config, config.connections.max(1))).await?;
            Ok(Self {
                read: Reading::Pool(read),
                reads: Arc::default(),
                lookups: Arc::default(),
                write,
                writer: Some(Arc::new(Semaphore::new(1))),
                silence: None,
                config: kept,
            })
        } else {
            let role = reach::walled_role(&config.url).await?;
            // Those who write and those who read never wait for each other's sessions.
            let readers = (config.connections / 2).max(1);
            let silence = Silence::new();
            let writers = postgres_options(config, config.connections - readers, role, &silence);
            let write = Database::connect(writers).await?;
            let options = config.url.parse::<PgConnectOptions>().map_err(|error| Error::internal(error.to_string()))?;
            let options = session_options(options.disable_statement_logging(), role);
            let read = Sessions::new(options, readers as usize, config.acquire_timeout);
            let read = Reading::Sessions(Arc::new(read), None);
            let db = Self {
                read,
                reads: Arc::default(),
                lookups: Arc::default(),
                write,
                writer: None,
                silence: Some(silence),
                config: kept,
            };
            if reach::binds(&db.write).await? && reach::binds(&db.read_platform()).await? {
                return Ok(db);
            }
            Err(Error::internal(
                "row-level security does not bind these sessions: the pooler in between drops the option `role`; connect \
                 without it, or as a role that is no superuser",
            ))
        }
    }

    /// Brings the schema to this program's version.
    ///
    /// # Errors
    /// When a change fails; the ones before it stand, and the next start goes on from there.
    pub async fn migrate(&self) -> Result<()> {
        let db = self.schema_connection().await?;
        let raised = match is_ahead(&db).await {
            Ok(true) => Ok(()),
            Ok(false) => migration::Migrator::up(&db, None).await,
            Err(error) => Err(error),
        };
        let done = match raised {
            Ok(()) => reach::raise(&db).await,
            failed => failed,
        };
        self.end_schema_connection(db).await?;
        Ok(done?)
    }

    /// Takes all changes back, newest first.
    ///
    /// # Errors
    /// When a change cannot be taken back.
    pub async fn migrate_down(&self) -> Result<()> {
        let db = self.schema_connection().await?;
        let done = migration::Migrator::down(&db, None).await;
        self.end_schema_connection(db).await?;
        Ok(done?)
    }

    /// Changes the schema by a statement that is no migration; what it makes is walled and let in like their tables. For tests.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn change_schema(&self, sql: &str) -> Result<()> {
        let db = self.schema_connection().await?;
        let done = match db.execute_unprepared(sql).await {
            Ok(_) => reach::raise(&db).await,
            Err(error) => Err(error),
        };
        self.end_schema_connection(db).await?;
        Ok(done?)
    }

    /// For changes of the schema. PostgreSQL: a session of its own, because a change of a large table may take longer than any
    /// statement of a request, and one start at a time.
    async fn schema_connection(&self) -> Result<DatabaseConnection> {
        if self.writer.is_some() {
            return Ok(self.write.clone());
        }
        let mut options = ConnectOptions::new(&self.config.url);
        options.max_connections(1).connect_timeout(Duration::from_secs(5)).sqlx_logging(false);
        let db = Database::connect(options).await?;
        db.execute_unprepared(SCHEMA_LOCK).await?;
        // A change of the schema may move rows of all companies.
        db.execute_unprepared(&reach::setting(Reach::Everybody)).await?;
        Ok(db)
    }

    async fn end_schema_connection(&self, db: DatabaseConnection) -> Result<()> {
        if self.writer.is_none() {
            // The lock ends with the session.
            db.close().await?;
        }
        Ok(())
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> DatabaseBackend {
        self.write.get_database_backend()
    }

    /// How long anybody waits for a connection before the request is refused.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.config.acquire_timeout
    }

    /// For reading rows of one company outside a transaction.
    #[must_use]
    pub const fn read(&self, scope: &CompanyScope) -> Reader<'_> {
        Reader::new(&self.read, &self.reads, Reach::Company(scope.id()))
    }

    /// For reading what belongs to no company: people, sessions, organizations. Companies' rows are not seen.
    #[must_use]
    pub const fn read_platform(&self) -> Reader<'_> {
        Reader::new(&self.read, &self.reads, Reach::Nobody)
    }

    /// For reading rows of all companies: the ledger, upkeep, and `access`, which finds out whose a thing is. Each call is a
    /// hole in the wall: a query of one company's rows belongs to [`read`](Self::read).
    #[must_use]
    pub const fn read_across(&self) -> Reader<'_> {
        Reader::new(&self.read, &self.reads, Reach::Everybody)
    }

    /// What every request asks, of all who ask at the same moment.
    pub(crate) fn lookups(&self) -> &Lookups {
        &self.lookups
    }

    /// Calls this after each statement, those of transactions included: tests count them, and die at one.
    #[must_use]
    pub fn watched(mut self, callback: impl Fn(&Statement) + Send + Sync + 'static) -> Self {
        // What is watched is read by nobody else.
        (self.reads, self.lookups) = (Arc::default(), Arc::default());
        let callback: Watcher = Watcher(Arc::new(callback));
        let told = callback.clone();
        self.write.set_metric_callback(move |info| (told.0)(info.statement));
        match &mut self.read {
            Reading::Pool(pool) => pool.set_metric_callback(move |info| (callback.0)(info.statement)),
            Reading::Sessions(_, watcher) => *watcher = Some(callback),
        }
        self
    }

    /// Begins a transaction that writes rows of one company.
    ///
    /// # Errors
    /// `Unavailable` when no connection, or SQLite's right to write, comes free in time.
    pub async fn begin(&self, scope: &CompanyScope) -> Result<Tx> {
        self.begin_reaching(Reach::Company(scope.id())).await
    }

    /// Begins a transaction on what belongs to no company.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub async fn begin_platform(&self) -> Result<Tx> {
        self.begin_reaching(Reach::Nobody).await
    }

    /// Begins a transaction on rows of several companies, or of one that is only just being made; see
    /// [`read_across`](Self::read_across).
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub async fn begin_across(&self) -> Result<Tx> {
        self.begin_reaching(Reach::Everybody).await
    }

    async fn begin_reaching(&self, reach: Reach) -> Result<Tx> {
        let permit = match &self.writer {
            Some(writer) => {
                let turn = tokio::time::timeout(self.patience(), Arc::clone(writer).acquire_owned()).await;
                let turn = turn.map_err(|_| Error::Unavailable("the queue of writers did not move".to_owned()))?;
                Some(turn.map_err(|_| Error::internal("the writer is closed"))?)
            }
            None => None,
        };
        let write = self.write.clone();
        let options = TransactionOptions {
            sqlite_transaction_mode: self.writer.is_some().then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let (silence, limit) = (self.silence.clone(), self.patience() + silence::ANSWER);
        let begin = async move {
            let begun = bounded(silence.as_deref(), limit, write.begin_with_options(options)).await;
            // Nothing of the caller's has reached the database (`is_away`).
            begun.map_err(|error| match error {
                DbErr::Query(silent) => DbErr::Conn(silent),
                other => other,
            })
        };
        // A begin that is cancelled half-way leaves a pooled connection inside a transaction (sqlx #4385): a task of its
        // own is cancelled by nobody but a server that does not answer.
        let inner =
            tokio::spawn(reach.within(begin)).await.map_err(|error| Error::internal(format!("begin: {error}")))??;
        let silence = self.silence.clone();
        Ok(Tx { inner, silence, events: Vec::new(), wakes: false, finished: Vec::new(), _permit: permit })
    }

    /// What only sqlx itself can do on PostgreSQL (arrays), with sessions that reach one company.
    ///
    /// # Panics
    /// On SQLite.
    pub fn in_postgres<T, W>(&self, scope: &CompanyScope, work: W) -> impl Future<Output = T> + use<T, W>
    where
        W: AsyncFnOnce(sqlx::PgPool) -> T,
    {
        let (reach, pool) = (Reach::Company(scope.id()), self.write.get_postgres_connection_pool().clone());
        let silence = self.silence.clone();
        reach.within(async move {
            let done = work(pool);
            match silence {
                Some(silence) => silence.watched(done).await,
                None => done.await,
            }
        })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        match &self.read {
            Reading::Pool(pool) => Ok(pool.ping().await?),
            Reading::Sessions(..) => Ok(bounded(self.silence.as_deref(), self.patience(), self.write.ping()).await?),
        }
    }

    /// Closes all connections.
    ///
    /// # Errors
    /// When the database reports a failure on closing.
    pub async fn close(self) -> Result<()> {
        self.write.close().await?;
        match self.read {
            Reading::Pool(pool) => pool.close().await?,
            Reading::Sessions(sessions, _) => sessions.close().await,
        }
        Ok(())
    }
}

/// What every session of ours is limited to, and acts as.
fn session_options(options: PgConnectOptions, role: Option<&'static str>) -> PgConnectOptions {
    options.options(SESSION).options(role.map(|role| ("role", role)))
}

async fn bounded<T>(
    silence: Option<&Silence>,
    limit: Duration,
    asked: impl Future<Output = Result<T, DbErr>>,
) -> Result<T, DbErr> {
    match silence {
        Some(silence) => silence.bounded(limit, asked).await,
        None => asked.await,
    }
}

fn postgres_options(
    config: &DbConfig,
    connections: u32,
    role: Option<&'static str>,
    silence: &Arc<Silence>,
) -> ConnectOptions {
    let (lent, back) = (Arc::clone(silence), Arc::clone(silence));
    let mut options = ConnectOptions::new(&config.url);
    options
        .max_connections(connections.max(1))
        .min_connections(1)
        .acquire_timeout(config.acquire_timeout)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(move |options| session_options(options, role))
        // A transaction whose beginning was cancelled half-way may stand open in a session of the pool, and the next borrower
        // would write into it (sqlx #4385, mended after 0.9.0): nobody gets a session before it is out of any. A session that
        // the server has closed meanwhile is found here too, and replaced.
        .map_sqlx_postgres_before_acquire(move |session, known| {
            let silence = Arc::clone(&lent);
            Box::pin(async move { silence.enter(session, known).await })
        })
        .map_sqlx_postgres_pool_opts(move |pool| {
            let silence = Arc::clone(&back);
            pool.after_connect(|session, _| Box::pin(reach::enter(session))).after_release(move |session, known| {
                let silence = Arc::clone(&silence);
                Box::pin(async move { silence.come_back(session, known).await })
            })
        });
    options
}

fn sqlite_options(config: &DbConfig, connections: u32) -> ConnectOptions {
    // FULL: a commit that was answered survives a power cut too.
    let synchronous = if config.throw_away { "OFF" } else { "FULL" };
    let mut options = ConnectOptions::new(&config.url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(config.acquire_timeout)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(move |options| {
            options
                .create_if_missing(true)
                .busy_timeout(Duration::from_secs(10))
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", synchronous)
                .pragma("wal_autocheckpoint", "2000")
                .pragma("cache_size", "-8000")
                .pragma("temp_store", "MEMORY")
        })
        // SQLite ends a transaction by itself when the disk is full or fails. sqlx counts it as open ever after, and what is
        // begun on that connection next is a savepoint whose "commit" commits nothing: everything would be answered as stored
        // and lost with the process. Such a connection is thrown away. The ping comes after a rollback that is still under way.
        .map_sqlx_sqlite_before_acquire(|connection, _| {
            Box::pin(async move {
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        });
    options
}

/// A writing transaction that remembers what to tell the world once it is committed. Dropped: rolled back.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
    silence: Option<Arc<Silence>>,
    pub(crate) events: Vec<NewEvent>,
    pub(crate) wakes: bool,
    /// Jobs that are done with this commit.
    pub(crate) finished: Vec<Arc<AtomicBool>>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Tx {
    /// Commits without telling anybody; [`crate::ctx::Ctx::commit`] is what use cases call.
    pub(crate) async fn commit_quietly(self) -> Result<(Vec<NewEvent>, bool)> {
        bounded(self.silence.as_deref(), WRITE_LIMIT, self.inner.commit()).await?;
        for done in &self.finished {
            done.store(true, Ordering::Release);
        }
        Ok((self.events, self.wakes))
    }

    /// Takes everything back.
    ///
    /// # Errors
    /// When the database reports a failure.
    pub async fn rollback(self) -> Result<()> {
        Ok(bounded(self.silence.as_deref(), WRITE_LIMIT, self.inner.rollback()).await?)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        bounded(self.silence.as_deref(), WRITE_LIMIT, self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        bounded(self.silence.as_deref(), WRITE_LIMIT, self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        bounded(self.silence.as_deref(), WRITE_LIMIT, self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        bounded(self.silence.as_deref(), WRITE_LIMIT, self.inner.query_all_raw(statement)).await
    }
}

/// Whether a later version has changed the schema already and all of ours stands: this one runs on it as it is, while parts are
/// upgraded one after another or when somebody goes back (docs/operating.md "Upgrade"). The library would refuse.
async fn is_ahead(db: &DatabaseConnection) -> Result<bool, DbErr> {
    use migration::MigratorTrait as _;
    migration::Migrator::install(db).await?;
    let applied = migration::Migrator::get_migration_models(db).await?;
    let own = migration::Migrator::migrations();
    let stands = |name: &str| applied.iter().any(|applied| applied.version == name);
    let ahead = applied.len() > own.len() && own.iter().all(|own| stands(own.name()));
    if ahead {
        tracing::warn!("the database is of a later version of this program; it is used as it is");
    }
    Ok(ahead)
}

/// Whether an error passes by itself, so that the same request may succeed later: nothing free, nobody there, too slow, no
/// room.
#[must_use]
pub(crate) fn is_passing(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => is_passing_sqlx(error),
        _ => false,
    }
}

/// Whether the database let nobody in, so that nothing of the caller's was even begun. A connection that breaks in the middle of a
/// statement is none of it: the statement may be what broke the server.
#[must_use]
pub(crate) fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Conn(RuntimeErr::SqlxError(error)) => is_passing_sqlx(error),
        _ => false,
    }
}

/// What passes by itself, for what sqlx itself says.
pub(crate) fn is_passing_sqlx(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| is_passing_code(&code)),
        _ => false,
    }
}

/// PostgreSQL's five signs (its manual, appendix A) or SQLite's extended number (its "Result Codes").
fn is_passing_code(code: &str) -> bool {
    if code.len() == 5 {
        // Connection gone; rolled back for another's sake; out of disk, memory or connections; stopped by the operator, by a
        // time limit; a lock not free in time; left idle in a transaction.
        return ["08", "40", "53", "57"].contains(&&code[..2]) || ["55P03", "25P03"].contains(&code);
    }
    // Busy, locked, no memory, input or output failed, full, cannot be opened.
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 7 | 10 | 13 | 14))
}

/// Whether an error is a broken unique or check constraint: the caller turns it into its own conflict.
#[must_use]
pub fn is_constraint(error: &DbErr) -> bool {
    let text = error.to_string();
    text.contains("UNIQUE constraint")
        || text.contains("CHECK constraint")
        || text.contains("duplicate key value")
        || text.contains("violates check constraint")
}

#[cfg(test)]
mod tests {
    use super::is_passing_code;

    #[test]
    fn what_passes_by_itself_is_told_from_a_fault() {
        for passing in ["57014", "55P03", "25P03", "40001", "40P01", "53100", "08006", "57P01", "5", "517", "13", "778"]
        {
            assert!(is_passing_code(passing), "{passing}");
        }
        for fault in ["23505", "42601", "22P05", "1", "19", "2067", "", "é"] {
            assert!(!is_passing_code(fault), "{fault}");
        }
    }
}

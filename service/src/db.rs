//! The one database. What differs between SQLite and PostgreSQL stands here: how to open it, how to begin a writing
//! transaction, how to skip locked rows.
//!
//! SQLite has one writer: a fair queue in the process ([`Db::begin`]) hands out the right to write, so that no
//! transaction meets "database is locked" (reliability.md §3), and readers go beside it through WAL.

use crate::error::{Error, Result};
use crate::event::NewEvent;
use migration::MigratorTrait as _;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr,
    ExecResult, QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The database: cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
    writer: Option<Arc<Semaphore>>,
}

/// How to open the database.
#[derive(Clone, Debug)]
pub struct DbConfig {
    /// `sqlite:…` or `postgres://…`.
    pub url: String,
    /// Connections for reading (SQLite) or in all (PostgreSQL).
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
        if config.url.starts_with("sqlite:") {
            let write = Database::connect(sqlite_options(config, 1)).await?;
            let read = Database::connect(sqlite_options(config, config.connections.max(1))).await?;
            Ok(Self { read, write, writer: Some(Arc::new(Semaphore::new(1))) })
        } else {
            let mut options = ConnectOptions::new(&config.url);
            options
                .max_connections(config.connections)
                .min_connections(1)
                .acquire_timeout(config.acquire_timeout)
                .connect_timeout(Duration::from_secs(5))
                .test_before_acquire(false)
                .sqlx_logging(false);
            let pool = Database::connect(options).await?;
            Ok(Self { read: pool.clone(), write: pool, writer: None })
        }
    }

    /// Brings the schema to this program's version.
    ///
    /// # Errors
    /// When a change fails; the ones before it stand, and the next start goes on from there.
    pub async fn migrate(&self) -> Result<()> {
        Ok(migration::Migrator::up(&self.write, None).await?)
    }

    /// Takes all changes back, newest first.
    ///
    /// # Errors
    /// When a change cannot be taken back.
    pub async fn migrate_down(&self) -> Result<()> {
        Ok(migration::Migrator::down(&self.write, None).await?)
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> DatabaseBackend {
        self.write.get_database_backend()
    }

    /// For reading outside a transaction.
    #[must_use]
    pub const fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Calls this for each statement that is read outside a transaction: tests count them.
    #[must_use]
    pub fn watched(mut self, callback: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.read.set_metric_callback(move |info| callback(&info.statement.sql));
        self
    }

    /// Begins a writing transaction.
    ///
    /// # Errors
    /// When no connection comes free in time.
    pub async fn begin(&self) -> Result<Tx> {
        let permit = match &self.writer {
            Some(writer) => {
                Some(Arc::clone(writer).acquire_owned().await.map_err(|_| Error::internal("the writer is closed"))?)
            }
            None => None,
        };
        let write = self.write.clone();
        let options = TransactionOptions {
            sqlite_transaction_mode: self.writer.is_some().then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        // A begin that is cancelled half-way leaves a pooled connection inside a transaction (sqlx #4385): a task of its
        // own is never cancelled.
        let inner = tokio::spawn(async move { write.begin_with_options(options).await })
            .await
            .map_err(|error| Error::internal(format!("begin: {error}")))??;
        Ok(Tx { inner, events: Vec::new(), wakes: false, _permit: permit })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.read.ping().await?)
    }

    /// Closes all connections.
    ///
    /// # Errors
    /// When the database reports a failure on closing.
    pub async fn close(self) -> Result<()> {
        if self.writer.is_some() {
            self.write.close().await?;
        }
        Ok(self.read.close().await?)
    }
}

fn sqlite_options(config: &DbConfig, connections: u32) -> ConnectOptions {
    // FULL: a commit that was answered survives a power cut too.
    let synchronous = if config.throw_away { "OFF" } else { "FULL" };
    let mut options = ConnectOptions::new(&config.url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(config.acquire_timeout.max(Duration::from_secs(30)))
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
        });
    options
}

/// A writing transaction that remembers what to tell the world once it is committed. Dropped: rolled back.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
    pub(crate) events: Vec<NewEvent>,
    pub(crate) wakes: bool,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Tx {
    /// Commits without telling anybody; [`crate::ctx::Ctx::commit`] is what use cases call.
    pub(crate) async fn commit_quietly(self) -> Result<(Vec<NewEvent>, bool)> {
        self.inner.commit().await?;
        Ok((self.events, self.wakes))
    }

    /// Takes everything back.
    ///
    /// # Errors
    /// When the database reports a failure.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.inner.rollback().await?)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
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

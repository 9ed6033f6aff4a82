//! A database of its own for each test, copied from a template that is migrated once for each build of the tests.

use crate::postgres::{Postgres, seconds, touch};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};
use service::db::{Db, DbConfig};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// What a cut-off test left behind is removed after so many seconds.
const STALE_SECONDS: u64 = 3600;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file.
    Sqlite,
    /// A server: [`Postgres::shared`].
    Postgres,
}

/// A database that only one test uses.
#[derive(Debug)]
pub struct TestDb {
    /// Opened and migrated.
    pub db: Db,
    /// Its address, for another process.
    pub url: String,
    drop_from: Option<(Postgres, String)>,
}

impl TestDb {
    /// Of either kind; `folder` is the test's own.
    pub async fn new(backend: Backend, folder: &Path) -> Self {
        match backend {
            Backend::Sqlite => Self::sqlite(folder).await,
            Backend::Postgres => Self::postgres().await,
        }
    }

    /// A SQLite file in the folder.
    ///
    /// # Panics
    /// When the template cannot be made or copied.
    pub async fn sqlite(folder: &Path) -> Self {
        let template = sqlite_template().await;
        let file = folder.join("x8.db");
        fs::copy(template, &file).expect("a copy of the template");
        let url = format!("sqlite:{}", file.display());
        Self { db: open(&url).await, url, drop_from: None }
    }

    /// A database on the shared server.
    ///
    /// # Panics
    /// When there is no server, with what to install; when the database cannot be made.
    pub async fn postgres() -> Self {
        let server = Postgres::shared();
        let name = format!("x8_test_{}_{}_{}", seconds(), std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let template = postgres_template(&server).await;
        let admin = admin(&server).await;
        admin
            .execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .await
            .expect("a database of its own");
        admin.close().await.expect("closed");
        let url = server.url(&name);
        Self { db: open(&url).await, url, drop_from: Some((server, name)) }
    }

    /// Closes the database and removes it.
    ///
    /// # Panics
    /// When it cannot be removed.
    pub async fn remove(self) {
        self.db.close().await.expect("closed");
        if let Some((server, name)) = self.drop_from {
            let admin = admin(&server).await;
            admin
                .execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                .await
                .expect("the database is removed");
            admin.close().await.expect("closed");
        }
    }
}

pub(crate) async fn open(url: &str) -> Db {
    let config =
        DbConfig { connections: 8, acquire_timeout: Duration::from_secs(30), throw_away: true, ..DbConfig::new(url) };
    Db::open(&config).await.expect("the test's database opens")
}

async fn admin(server: &Postgres) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(server.url("postgres"));
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the server's own database opens")
}

/// One template a build: a test binary that was built anew may have other migrations.
fn build() -> String {
    let program = std::env::current_exe().expect("the test's own path");
    let built = fs::metadata(&program).and_then(|file| file.modified()).expect("the test's own age");
    let built = built.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_nanos();
    foundation::secret::sha256_hex(format!("{}{built}", program.display()).as_bytes())[..16].to_owned()
}

async fn sqlite_template() -> PathBuf {
    let folder = std::env::temp_dir().join("x8-sqlite-templates");
    fs::create_dir_all(&folder).expect("a folder for templates");
    let template = folder.join(format!("{}.db", build()));
    let lock = File::create(folder.join("lock")).expect("a lock file");
    lock.lock().expect("the lock");
    if !template.exists() {
        for old in fs::read_dir(&folder).expect("the folder").flatten() {
            let age = old.metadata().and_then(|file| file.modified()).ok().and_then(|at| at.elapsed().ok());
            if age.is_some_and(|age| age.as_secs() > STALE_SECONDS) {
                let _ = fs::remove_file(old.path());
            }
        }
        let own = crate::folder("making");
        let making = own.path().join("x8.db");
        let db = open(&format!("sqlite:{}", making.display())).await;
        db.migrate().await.expect("the migrations run on SQLite");
        db.close().await.expect("closed");
        fs::rename(&making, &template).expect("the template in its place");
    }
    touch(&template);
    template
}

async fn postgres_template(server: &Postgres) -> String {
    let template = format!("x8_template_{}", build());
    let admin = admin(server).await;
    // The lock of the database, not of a file: the server may be a given one, shared by machines.
    admin.execute_unprepared("SELECT pg_advisory_lock(888)").await.expect("the lock");
    let find = |name: &str| format!("SELECT 1 AS found FROM pg_database WHERE datname = '{name}'");
    let query = sea_orm::Statement::from_string(sea_orm::DatabaseBackend::Postgres, find(&template));
    if admin.query_one_raw(query).await.expect("its databases").is_none() {
        drop_stale(&admin).await;
        let making = format!("x8_making_{}_{}", seconds(), std::process::id());
        admin.execute_unprepared(&format!("CREATE DATABASE {making}")).await.expect("a database for the template");
        let db = open(&server.url(&making)).await;
        db.migrate().await.expect("the migrations run on PostgreSQL");
        db.close().await.expect("closed");
        admin
            .execute_unprepared(&format!("ALTER DATABASE {making} RENAME TO {template}"))
            .await
            .expect("the template in its place");
        admin
            .execute_unprepared(&format!("COMMENT ON DATABASE {template} IS '{}'", seconds()))
            .await
            .expect("the template's age");
    }
    admin.close().await.expect("closed");
    template
}

/// Removes databases of cut-off tests and templates of old builds.
async fn drop_stale(admin: &DatabaseConnection) {
    let query = "SELECT datname, COALESCE(shobj_description(oid, 'pg_database'), split_part(datname, '_', 3)) AS made \
                 FROM pg_database WHERE datname LIKE 'x8\\_%'";
    let rows = admin
        .query_all_raw(sea_orm::Statement::from_string(sea_orm::DatabaseBackend::Postgres, query))
        .await
        .expect("its databases");
    for row in rows {
        let name: String = row.try_get("", "datname").expect("a name");
        let made: String = row.try_get("", "made").expect("an age");
        if made.parse().is_ok_and(|made: u64| seconds().saturating_sub(made) > STALE_SECONDS) {
            // A test that runs that long is hung or debugged: its database is in use and stays.
            let _ = admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}")).await;
        }
    }
}

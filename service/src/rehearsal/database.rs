//! Throw-away databases: one a rehearsal, so that their clocks and jobs never meet.

use super::Stage;
use crate::access::Limits;
use crate::ctx::Engine;
use crate::db::{Db, DbConfig};
use crate::error::{Error, Result};
use crate::event::Bus;
use assistant::rehearsal::{Outcome, Rehearsal, play};
use assistant::retrieve::CatalogueIndex;
use foundation::secret::SealingKey;
use foundation::{ManualClock, Random};
use gateway::language_model::Endpoint;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A model that plays a rehearsal.
#[derive(Clone, Debug)]
pub struct Prompter {
    /// Where it is.
    pub endpoint: Endpoint,
    /// Told of each catalogue that is published on the stage.
    pub published: Option<Published>,
    /// Time of a turn; `None`: the program's own.
    pub within: Option<Duration>,
}

type Told = dyn Fn(&Arc<CatalogueIndex>) + Send + Sync;

/// Told of a catalogue.
#[derive(Clone)]
pub struct Published(Arc<Told>);

impl Published {
    /// Told of a catalogue by a call of this.
    #[must_use]
    pub fn new(told: impl Fn(&Arc<CatalogueIndex>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(told))
    }

    pub(super) fn call(&self, catalogue: &Arc<CatalogueIndex>) {
        (self.0)(catalogue);
    }
}

impl std::fmt::Debug for Published {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Published")
    }
}

/// Where rehearsals are played: makes a database for each and takes it away again.
#[derive(Debug)]
pub struct Theatre {
    folder: PathBuf,
    parser: PathBuf,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Sqlite { template: PathBuf },
    Postgres { admin: DatabaseConnection, url: String, template: String },
}

impl Theatre {
    /// Opens a theatre in an empty folder. `postgres` is the address of a server whose user may make databases; SQLite
    /// files in the folder otherwise. `parser` is this program itself: tables are parsed in a child process.
    ///
    /// # Errors
    /// When the folder or the server cannot be used.
    pub async fn open(folder: &Path, parser: &Path, postgres: Option<&str>) -> Result<Self> {
        let place = match postgres {
            None => {
                let template = folder.join("template.db");
                let db = Db::open(&sqlite(&template)).await?;
                db.migrate().await?;
                db.close().await?;
                Place::Sqlite { template }
            }
            Some(url) => {
                let mut options = ConnectOptions::new(url);
                options.max_connections(2).sqlx_logging(false);
                let admin = Database::connect(options).await?;
                let template = format!("x8_rehearsal_{}", Random::system().token(10));
                admin.execute_unprepared(&format!("CREATE DATABASE {template}")).await?;
                let db =
                    Db::open(&DbConfig { connections: 2, ..DbConfig::new(with_database(url, &template)?) }).await?;
                db.migrate().await?;
                db.close().await?;
                Place::Postgres { admin, url: url.to_owned(), template }
            }
        };
        Ok(Self { folder: folder.to_owned(), parser: parser.to_owned(), place })
    }

    /// Plays one rehearsal, by the offline assistant or by a model.
    ///
    /// # Errors
    /// When no database can be made; what goes wrong on the stage is in the outcome.
    pub async fn play(&self, rehearsal: &Rehearsal, prompter: Option<Prompter>) -> Result<Outcome> {
        let name = format!("x8_rehearsal_{}", Random::system().token(12));
        let (config, file) = match &self.place {
            Place::Sqlite { template } => {
                let file = self.folder.join(format!("{name}.db"));
                std::fs::copy(template, &file).map_err(|error| Error::internal(format!("copy: {error}")))?;
                (sqlite(&file), Some(file))
            }
            Place::Postgres { admin, url, template } => {
                admin.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await?;
                (DbConfig { connections: 4, ..DbConfig::new(with_database(url, &name)?) }, None)
            }
        };
        let db = Db::open(&config).await?;
        let work_dir = self.folder.join(&name);
        std::fs::create_dir_all(&work_dir).map_err(|error| Error::internal(format!("folder: {error}")))?;
        let clock = Arc::new(ManualClock::new(rehearsal.now));
        let mut outside = gateway::Outside::new(&[]).map_err(|error| Error::internal(error.to_string()))?;
        outside.model = prompter.as_ref().map(|prompter| prompter.endpoint.clone());
        if let Some(within) = prompter.as_ref().and_then(|prompter| prompter.within) {
            outside.model_time = within;
        }
        let engine = Engine {
            db: db.clone(),
            clock: Arc::clone(&clock) as Arc<dyn foundation::Clock>,
            random: Random::seeded(8),
            ids: foundation::id::Ids::default(),
            key: SealingKey::new([8; 32]),
            public_url: "https://x8.example".to_owned(),
            files: Arc::new(object_store::memory::InMemory::new()),
            work_dir: work_dir.clone(),
            parser: self.parser.clone(),
            outside,
            bus: Bus::default(),
            wake: Arc::default(),
            signal: None,
            catalogues: crate::catalog::Cache::default(),
            limits: Limits::default(),
            demo: crate::demo::Control::default(),
        };
        let mut stage = Stage::new(Arc::new(engine), clock, prompter);
        let outcome = play(rehearsal, &mut stage).await;
        drop(stage);
        db.close().await?;
        match (&self.place, file) {
            (Place::Postgres { admin, .. }, _) => {
                admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
            }
            (Place::Sqlite { .. }, Some(file)) => {
                for end in ["", "-wal", "-shm"] {
                    // The folder is taken away as a whole in the end; this only keeps it small.
                    let _ = std::fs::remove_file(format!("{}{end}", file.display()));
                }
            }
            (Place::Sqlite { .. }, None) => {}
        }
        let _ = std::fs::remove_dir_all(&work_dir);
        Ok(outcome)
    }

    /// Takes the template away.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn close(self) -> Result<()> {
        if let Place::Postgres { admin, template, .. } = self.place {
            admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {template} WITH (FORCE)")).await?;
            admin.close().await?;
        }
        Ok(())
    }
}

fn sqlite(file: &Path) -> DbConfig {
    DbConfig { connections: 2, throw_away: true, ..DbConfig::new(format!("sqlite:{}", file.display())) }
}

/// The same server, another database.
fn with_database(url: &str, name: &str) -> Result<String> {
    let (base, query) = url.split_once('?').map_or((url, None), |(base, query)| (base, Some(query)));
    let start = base.find("://").map_or(0, |at| at + 3);
    let base = match base[start..].find('/') {
        Some(at) => &base[..start + at],
        None => base,
    };
    if start == 0 {
        return Err(Error::invalid("database", "INVALID", "This is not an address such as postgres://user@host/name."));
    }
    Ok(match query {
        Some(query) => format!("{base}/{name}?{query}"),
        None => format!("{base}/{name}"),
    })
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn puts_another_database_into_an_address() {
        for (url, wanted) in [
            ("postgres://me@localhost/postgres", "postgres://me@localhost/x"),
            ("postgres://me@localhost", "postgres://me@localhost/x"),
            ("postgres://me@/postgres?host=/tmp/s", "postgres://me@/x?host=/tmp/s"),
        ] {
            assert_eq!(with_database(url, "x").expect("an address"), wanted);
        }
    }
}

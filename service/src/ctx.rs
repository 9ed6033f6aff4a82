//! The first argument of every use case: who asks, and what the program stands on.

use crate::access::Actor;
use crate::db::{Db, Tx};
use crate::error::Result;
use crate::event::Bus;
use entity::time::Time;
use foundation::secret::SealingKey;
use foundation::{Clock, Random};
use jiff::Timestamp;
use std::sync::Arc;
use tokio::sync::Notify;
use uuid::Uuid;

/// What the program stands on; one a process.
#[derive(Debug)]
pub struct Engine {
    /// Database.
    pub db: Db,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Random,
    /// Ids that grow.
    pub ids: foundation::id::Ids,
    /// Encrypts what is stored and signs what leaves.
    pub key: SealingKey,
    /// Where the program is reached from outside, without a slash at the end.
    pub public_url: String,
    /// Where files lie.
    pub files: Arc<dyn object_store::ObjectStore>,
    /// Folder for files being uploaded or parsed.
    pub work_dir: std::path::PathBuf,
    /// The program that parses tables in a child process (`x8 parse-table`).
    pub parser: std::path::PathBuf,
    /// Providers.
    pub outside: gateway::Outside,
    /// Live events.
    pub bus: Bus,
    /// Rings when a job was enqueued.
    pub wake: Arc<Notify>,
    /// The other processes, where there are some.
    pub signal: Option<gateway::signal::Signal>,
    /// Published catalogues, by version.
    pub catalogues: crate::catalog::Cache,
    /// Limits on guessing.
    pub limits: crate::access::Limits,
    /// The demo's switch; closed elsewhere.
    pub demo: crate::demo::Control,
}

/// One operation: the engine and who asks. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ctx {
    engine: Arc<Engine>,
    actor: Actor,
}

impl Ctx {
    /// An operation of this actor.
    #[must_use]
    pub const fn new(engine: Arc<Engine>, actor: Actor) -> Self {
        Self { engine, actor }
    }

    /// The same engine for another actor.
    #[must_use]
    pub fn with_actor(&self, actor: Actor) -> Self {
        Self { engine: Arc::clone(&self.engine), actor }
    }

    /// Who asks.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What the program stands on.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.engine.db
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.engine.clock.now()
    }

    /// The time as it is stored.
    #[must_use]
    pub fn time(&self) -> Time {
        self.now().into()
    }

    /// A new id.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        self.engine.ids.next(&*self.engine.clock, &self.engine.random)
    }

    /// Commits, then publishes the events and wakes the workers.
    ///
    /// # Errors
    /// When the commit fails: nothing was changed and nobody was told.
    pub async fn commit(&self, tx: Tx) -> Result<()> {
        let (events, wakes) = tx.commit_quietly().await?;
        if let Some(signal) = &self.engine.signal {
            crate::cluster::tell(signal, &events, wakes);
        }
        for event in events {
            self.engine.bus.publish(event);
        }
        if wakes {
            self.engine.wake.notify_waiters();
        }
        Ok(())
    }
}

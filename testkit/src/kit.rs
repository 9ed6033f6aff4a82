//! What a test gets: the engine on a database of its own, time that it moves, chance that repeats, tenants, and the ledger run dry.

use crate::db::{Backend, TestDb};
use crate::tenant::{self, Tenant};
use foundation::secret::SealingKey;
use foundation::{Clock, ManualClock, Random, SystemClock};
use futures::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use sea_orm::{EntityTrait as _, QueryOrder as _};
use service::access::Actor;
use service::ctx::{Ctx, Engine};
use service::db::Db;
use service::job::{Claimed, Failed, Failure, Registry};
use std::collections::BTreeSet;
use std::fs;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// When every test starts: a Monday, 09:00 UTC.
pub const START: &str = "2026-03-02T09:00:00Z";
/// A drain that runs more jobs than this goes round in circles.
const MOST_JOBS: usize = 20_000;

/// What a test stands on. Clones share everything.
#[derive(Clone, Debug)]
pub struct Kit {
    /// The program itself, at the test's time.
    pub ctx: Ctx,
    /// The test's time.
    pub clock: Arc<ManualClock>,
    /// Which database.
    pub backend: Backend,
    /// The database's address, for another process.
    pub url: String,
    /// The test's own folder, removed at the end.
    pub folder: PathBuf,
    may_remain: Arc<Mutex<BTreeSet<String>>>,
}

/// A job that was run by [`Kit::drain`].
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    /// As it was claimed.
    pub claimed: Claimed,
    /// What became of it when it failed.
    pub failed: Option<(Failure, Failed)>,
}

/// The engine of tests: the one place that knows what an engine is made of.
#[must_use]
pub fn engine(db: Db, clock: Arc<dyn Clock>, random: Random, folder: &Path) -> Arc<Engine> {
    let files = folder.join("files");
    let work_dir = folder.join("work");
    fs::create_dir_all(&files).expect("a folder for files");
    fs::create_dir_all(&work_dir).expect("a folder for work");
    let mut outside = gateway::Outside::new(&[]).expect("clients for the outside");
    outside.breakers = gateway::breaker::Breakers::new(Arc::clone(&clock));
    let files = object_store::local::LocalFileSystem::new_with_prefix(&files).expect("a store of files");
    Arc::new(Engine {
        db,
        clock,
        random,
        ids: foundation::id::Ids::default(),
        key: SealingKey::new([8; 32]),
        public_url: "https://x8.example".to_owned(),
        files: Arc::new(files),
        work_dir,
        parser: beside("x8"),
        outside,
        bus: service::event::Bus::default(),
        wake: Arc::default(),
        signal: None,
        catalogues: service::catalog::Cache::default(),
        limits: service::access::Limits::default(),
        demo: service::demo::Control::default(),
    })
}

/// The program itself on a database under the machine's clock and chance: in another process, or for work that really runs.
///
/// # Panics
/// When the database does not open.
pub async fn live(url: &str, folder: &Path) -> Ctx {
    let db = crate::db::open(url).await;
    Ctx::new(engine(db, Arc::new(SystemClock), Random::system(), folder), Actor::System)
}

/// A program of the workspace: built beside the test's own.
fn beside(program: &str) -> PathBuf {
    let own = std::env::current_exe().expect("the test's own path");
    let folder = own.parent().and_then(Path::parent).unwrap_or(Path::new("."));
    folder.join(program)
}

impl Kit {
    async fn new(backend: Backend, folder: &Path) -> (Self, TestDb) {
        let database = TestDb::new(backend, folder).await;
        let clock = Arc::new(ManualClock::new(START.parse().expect("a time")));
        let engine = engine(database.db.clone(), Arc::clone(&clock) as _, Random::seeded(8), folder);
        let kit = Self {
            ctx: Ctx::new(engine, Actor::System),
            clock,
            backend,
            url: database.url.clone(),
            folder: folder.to_owned(),
            may_remain: Arc::default(),
        };
        (kit, database)
    }

    /// The same database under the machine's clock and chance: for workers that really run.
    #[must_use]
    pub fn live(&self) -> Ctx {
        self.live_on(self.ctx.db().clone())
    }

    /// The same on another pool.
    #[must_use]
    pub fn live_on(&self, db: Db) -> Ctx {
        let engine = engine(db, Arc::new(SystemClock), Random::system(), &self.folder);
        Ctx::new(engine, Actor::System)
    }

    /// The same test on an engine that stands on something else: another provider, another public address.
    ///
    /// # Panics
    /// Never: the new engine has one owner.
    #[must_use]
    pub fn with_engine(&self, change: impl FnOnce(&mut Engine)) -> Self {
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as _;
        let engine = engine(self.ctx.db().clone(), clock, Random::seeded(88), &self.folder);
        let mut engine = Arc::into_inner(engine).expect("the only owner");
        change(&mut engine);
        Self { ctx: Ctx::new(Arc::new(engine), Actor::System), ..self.clone() }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the time on.
    ///
    /// # Panics
    /// For more than 292 billion years.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(SignedDuration::try_from(by).expect("a span that a clock knows"));
    }

    /// A full tenant: organization, company, branch, channel, owner; and a second one beside it as noise.
    pub async fn tenant(&self) -> Tenant {
        let tenant = tenant::make(&self.ctx, "Lumen").await;
        tenant::make(&self.ctx, "Noise").await;
        tenant
    }

    /// One more full tenant.
    pub async fn another_tenant(&self, name: &str) -> Tenant {
        tenant::make(&self.ctx, name).await
    }

    /// Jobs of this kind may be left when the test ends, waiting or dead.
    pub fn may_remain(&self, kind: &str) {
        self.may_remain.lock().unwrap_or_else(PoisonError::into_inner).insert(kind.to_owned());
    }

    /// Runs all due jobs through one handler, the earliest first and one at a time, until none is due; failed ones wait for their time.
    ///
    /// # Panics
    /// When the ledger never runs dry.
    pub async fn drain<H, F>(&self, handler: H) -> Vec<Ran>
    where
        H: Fn(Ctx, Claimed) -> F,
        F: Future<Output = Result<(), Failure>>,
    {
        let mut ran = Vec::new();
        loop {
            let backlog = service::job::backlog(&self.ctx).await.expect("the backlog");
            let kinds: Vec<&str> = backlog.iter().map(|(kind, _)| kind.as_str()).collect();
            let claimed =
                service::job::claim(&self.ctx, "drain", &kinds, 1, Duration::from_secs(60)).await.expect("a claim");
            let Some(claimed) = claimed.into_iter().next() else { return ran };
            let failed = match handler(self.ctx.clone(), claimed.clone()).await {
                Ok(()) => {
                    service::job::finish_if_running(&self.ctx, &claimed).await.expect("finished");
                    None
                }
                Err(failure) => {
                    let failed = service::job::fail(&self.ctx, &claimed, &failure).await.expect("noted");
                    Some((failure, failed))
                }
            };
            ran.push(Ran { claimed, failed });
            assert!(ran.len() < MOST_JOBS, "the ledger never runs dry; the last: {:?}", ran.last());
        }
    }

    /// The same through the program's own handlers. A kind without one is a fault of the test.
    ///
    /// # Panics
    /// When the ledger never runs dry.
    pub async fn drain_with(&self, registry: &Registry) -> Vec<Ran> {
        self.drain(|ctx, claimed| match registry.kind(&claimed.row.kind) {
            Some(kind) => kind.run(ctx, claimed),
            None => panic!("no handler for {}", claimed.row.kind),
        })
        .await
    }

    /// The test's database on a pool of its own.
    ///
    /// # Panics
    /// When it does not open.
    pub async fn reopen(&self) -> Db {
        crate::db::open(&self.url).await
    }

    /// All jobs, in the order they were made.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn jobs(&self) -> Vec<entity::job::Model> {
        entity::job::Entity::find()
            .order_by_asc(entity::job::Column::Id)
            .all(&self.ctx.db().read_across())
            .await
            .expect("the jobs")
    }

    /// Checks that nothing is left to do; every test ends with this.
    ///
    /// # Panics
    /// When a job waits, runs or is dead and [`may_remain`](Self::may_remain) did not name it.
    pub async fn finish(&self) {
        let left: Vec<String> = {
            let jobs = self.jobs().await;
            let may_remain = self.may_remain.lock().unwrap_or_else(PoisonError::into_inner);
            jobs.into_iter()
                .filter(|job| job.status != entity::stored::JobStatus::Done && !may_remain.contains(&job.kind))
                .map(|job| format!("{} {:?} at {}: {:?}", job.kind, job.status, job.run_at.timestamp(), job.last_error))
                .collect()
        };
        assert!(left.is_empty(), "the test leaves {} jobs behind:\n{}", left.len(), left.join("\n"));
    }
}

/// Runs a test on a database of its own: makes it, runs the body, checks that no job is left, removes it. The macro
/// [`both!`](crate::both) calls this.
///
/// # Panics
/// When the body does, or leaves jobs behind.
pub fn run<F, B>(backend: Backend, body: B)
where
    B: FnOnce(Kit) -> F,
    F: Future<Output = ()>,
{
    // Tests of many connections hold both ends of them.
    let _ = foundation::process::raise_open_files();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime for the test");
    let folder = crate::folder("test");
    let outcome = runtime.block_on(async {
        let (kit, database) = Kit::new(backend, folder.path()).await;
        let body = async {
            body(kit.clone()).await;
            kit.finish().await;
        };
        let outcome = AssertUnwindSafe(body).catch_unwind().await;
        drop(kit);
        database.remove().await;
        outcome
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    drop(folder);
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

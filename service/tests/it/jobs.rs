//! Jobs for the tests of the ledger.

use entity::job;
use entity::stored::JobStatus;
use sea_orm::EntityTrait as _;
use serde::{Deserialize, Serialize};
use service::access::CompanyScope;
use service::ctx::Ctx;
use service::job::{Claimed, Enqueued, Job};
use std::time::Duration;
use testkit::Kit;
use uuid::Uuid;

/// A lease of the tests.
pub(crate) const LEASE: Duration = Duration::from_secs(12);

/// A job with a number, and a key or a lane where the test wants one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) number: u32,
    pub(crate) key: Option<String>,
    pub(crate) lane: Option<String>,
}

impl Job for Note {
    const KIND: &'static str = "note";
    const MAX_ATTEMPTS: i32 = 3;

    fn unique_key(&self) -> Option<String> {
        self.key.clone()
    }

    fn lane(&self) -> Option<String> {
        self.lane.clone()
    }
}

impl Note {
    pub(crate) fn numbered(number: u32) -> Self {
        Self { number, ..Self::default() }
    }

    pub(crate) fn keyed(number: u32, key: &str) -> Self {
        Self { number, key: Some(key.to_owned()), lane: None }
    }

    pub(crate) fn in_lane(number: u32, lane: &str) -> Self {
        Self { number, key: None, lane: Some(lane.to_owned()) }
    }
}

/// Enqueues one job in a transaction of its own, to run so long from now.
pub(crate) async fn enqueue_in(ctx: &Ctx, scope: &CompanyScope, job: &Note, wait: Duration) -> Enqueued {
    let mut tx = ctx.db().begin_across().await.unwrap();
    let at = ctx.time().plus_millis(i64::try_from(wait.as_millis()).unwrap());
    let enqueued = service::job::enqueue_at(ctx, &mut tx, scope, job, at).await.unwrap();
    ctx.commit(tx).await.unwrap();
    enqueued
}

/// Enqueues one job in a transaction of its own, to run now.
pub(crate) async fn enqueue(ctx: &Ctx, scope: &CompanyScope, job: &Note) -> Uuid {
    match enqueue_in(ctx, scope, job, Duration::ZERO).await {
        Enqueued::New(id) => id,
        Enqueued::Joined => panic!("{job:?} joined another"),
    }
}

/// Enqueues many in one transaction.
pub(crate) async fn enqueue_many(ctx: &Ctx, scope: &CompanyScope, jobs: impl IntoIterator<Item = Note>) {
    let mut tx = ctx.db().begin_across().await.unwrap();
    for job in jobs {
        service::job::enqueue(ctx, &mut tx, scope, &job).await.unwrap();
    }
    ctx.commit(tx).await.unwrap();
}

/// Claims notes.
pub(crate) async fn claim(ctx: &Ctx, limit: u64) -> Vec<Claimed> {
    service::job::claim(ctx, "test", &["note"], limit, LEASE).await.unwrap()
}

/// Claims the one note that can be claimed.
pub(crate) async fn claim_one(ctx: &Ctx) -> Claimed {
    let mut claimed = claim(ctx, 10).await;
    assert_eq!(claimed.len(), 1, "one job to claim: {claimed:?}");
    claimed.remove(0)
}

/// Finishes a job in a transaction of its own.
pub(crate) async fn finish(ctx: &Ctx, claimed: &Claimed) {
    let mut tx = ctx.db().begin_across().await.unwrap();
    service::job::finish(ctx, &mut tx, claimed).await.unwrap();
    ctx.commit(tx).await.unwrap();
}

/// Claims and finishes all that is due, in order; the numbers.
pub(crate) async fn drain(kit: &Kit) -> Vec<u32> {
    kit.drain(|_, _| async { Ok(()) }).await.iter().map(|ran| number(&ran.claimed)).collect()
}

pub(crate) fn number(claimed: &Claimed) -> u32 {
    claimed.payload::<Note>().unwrap().number
}

/// The row as it is now.
pub(crate) async fn row(ctx: &Ctx, id: Uuid) -> job::Model {
    job::Entity::find_by_id(id).one(&ctx.db().read_across()).await.unwrap().unwrap()
}

/// So many jobs of each status: waiting, running, done, dead.
pub(crate) async fn counts(kit: &Kit) -> [usize; 4] {
    let jobs = kit.jobs().await;
    [JobStatus::Waiting, JobStatus::Running, JobStatus::Done, JobStatus::Dead]
        .map(|status| jobs.iter().filter(|job| job.status == status).count())
}

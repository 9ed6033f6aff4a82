//! The job ledger: the table `job` is the truth about work (architecture §6.2).
//!
//! A job is inserted in the transaction that causes it and done in the transaction that has its effect
//! ([`finish`]). A claim takes a lease, grows the fencing token and counts the attempt, so that a worker that was thought dead
//! cannot finish anything, and a job that kills its worker ends dead instead of looping.

mod buried;
mod claim;
mod registry;
mod retention;
mod revive;
mod screen;
mod settle;
mod upkeep;

pub use claim::{Claimed, claim};
pub use registry::{Kind, KindOptions, Registry};
pub use retention::prune;
pub(crate) use revive::{Dead, hasten, hasten_about, revive};
pub use screen::{list, retry};
pub use settle::{
    BROKE, Failed, Failure, Lease, Retry, TOOK_TOO_LONG, broke_off, fail, finish, finish_if_running, finish_together,
    give_back, hold, renew, went_silent,
};
pub use upkeep::{backlog, dead_count, due_kinds, next_due, release_expired};

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::{Many, Tx, insert_all};
use crate::error::{Error, Result};
use entity::job;
use entity::stored::JobStatus;
use entity::time::Time;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait as _, EntityTrait, QueryFilter};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use std::time::Duration;
use upkeep::status_is;
use uuid::Uuid;

/// So often an enqueue meets a job of its key being enqueued or claimed at the same moment before it gives up.
const JOIN_TRIES: usize = 16;

/// A kind of work: ids and constants; the state is read again when it runs.
pub trait Job: Serialize + DeserializeOwned + Send + Sync {
    /// The stored name; never the Rust path, so that renaming a type orphans nothing.
    const KIND: &'static str;
    /// After so many claims it is dead.
    const MAX_ATTEMPTS: i32 = 8;
    /// How long its worker may be silent before another takes it over. Workers renew it, so it says nothing about how long a
    /// job may run (reliability.md case 4: taken over within 15 s).
    const LEASE: Duration = Duration::from_secs(12);

    /// One waiting job a key.
    fn unique_key(&self) -> Option<String> {
        None
    }

    /// Jobs of one lane never run at once.
    fn lane(&self) -> Option<String> {
        None
    }

    /// The conversation, order or import it is about.
    fn subject(&self) -> Option<Uuid> {
        None
    }
}

/// What became of an enqueue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// A new job.
    New(Uuid),
    /// One with the same key is waiting already; it was moved to the new time.
    Joined,
}

/// Enqueues in the causing transaction, to run at once.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue<J: Job>(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, job: &J) -> Result<Enqueued> {
    enqueue_at(ctx, tx, scope, job, ctx.time()).await
}

/// Enqueues in the causing transaction, to run at a time. A waiting job of the same key is moved to that time instead.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue_at<J: Job>(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    job: &J,
    run_at: Time,
) -> Result<Enqueued> {
    let row = row_of(ctx, Some(scope), job, run_at)?;
    insert_or_join(tx, row, job.unique_key(), run_at).await
}

/// Enqueues work of the installation itself, which belongs to no company, to run at a time; a waiting job of the same key keeps
/// an earlier one. `tx` must reach all companies ([`Db::begin_across`](crate::db::Db::begin_across)).
///
/// # Errors
/// When the database refuses.
pub async fn enqueue_own<J: Job>(ctx: &Ctx, tx: &mut Tx, job: &J, run_at: Time) -> Result<Enqueued> {
    if waits_by(tx, job, run_at).await? {
        return Ok(Enqueued::Joined);
    }
    let row = row_of(ctx, None, job, run_at)?;
    insert_or_join(tx, row, job.unique_key(), run_at).await
}

async fn insert_or_join(
    tx: &mut Tx,
    row: job::ActiveModel,
    unique_key: Option<String>,
    run_at: Time,
) -> Result<Enqueued> {
    tx.wakes = true;
    let id = *row.id.as_ref();
    for _ in 0..JOIN_TRIES {
        // The update also locks the waiting job until this transaction ends: no worker can claim it before what it is to find
        // is committed.
        if let Some(key) = &unique_key {
            let moved = job::Entity::update_many()
                .col_expr(job::Column::RunAt, run_at.0.into())
                .filter(job::Column::UniqueKey.eq(key.as_str()))
                .filter(status_is("waiting"))
                .exec(tx)
                .await?;
            if moved.rows_affected > 0 {
                return Ok(Enqueued::Joined);
            }
        }
        // Two transactions may both have found no waiting job: the second one's insert meets the unique index, and it joins in
        // the next round. Joining without the lock would let the job run before this transaction commits, and miss it.
        let inserted =
            job::Entity::insert(row.clone()).on_conflict(unless_waiting()).exec_without_returning(tx).await?;
        if inserted > 0 {
            return Ok(Enqueued::New(id));
        }
    }
    Err(Error::Unavailable("a job of the same key came and went too often".to_owned()))
}

fn row_of<J: Job>(ctx: &Ctx, scope: Option<&CompanyScope>, job: &J, run_at: Time) -> Result<job::ActiveModel> {
    Ok(job::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.map(CompanyScope::id)),
        subject_id: Set(job.subject()),
        kind: Set(J::KIND.to_owned()),
        payload: Set(serde_json::to_value(job)?),
        unique_key: Set(job.unique_key()),
        lane: Set(job.lane()),
        status: Set(JobStatus::Waiting),
        run_at: Set(run_at),
        attempts: Set(0),
        max_attempts: Set(J::MAX_ATTEMPTS),
        lease_until: Set(None),
        lease_token: Set(0),
        worker: Set(None),
        last_error: Set(None),
        created_at: Set(ctx.time()),
        finished_at: Set(None),
    })
}

/// The same for many.
const UNLESS_WAITING: &str = "ON CONFLICT (unique_key) WHERE status = 'waiting' AND unique_key IS NOT NULL DO NOTHING";

fn unless_waiting() -> OnConflict {
    OnConflict::new()
        .exprs([Expr::col(job::Column::UniqueKey)])
        .target_and_where(Expr::cust("status = 'waiting' AND unique_key IS NOT NULL"))
        .do_nothing()
        .to_owned()
}

/// A job that is wanted, with others.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a, J> {
    pub(crate) scope: &'a CompanyScope,
    pub(crate) job: J,
    pub(crate) run_at: Time,
    /// A waiting job of the same key is moved to `run_at`, but not later than so many milliseconds after it was made.
    pub(crate) most_wait_ms: Option<i64>,
}

/// Enqueues many of one kind, each under a key of its own, in the statements that one takes.
///
/// # Errors
/// As [`enqueue_at`].
pub(crate) async fn enqueue_all<J: Job>(ctx: &Ctx, tx: &mut Tx, wanted: &[Wanted<'_, J>]) -> Result<()> {
    let mut open: Vec<&Wanted<'_, J>> = wanted.iter().collect();
    for _ in 0..JOIN_TRIES {
        if open.is_empty() {
            tx.wakes |= !wanted.is_empty();
            return Ok(());
        }
        let mut moved = Many::new(
            tx.get_database_backend(),
            &[("unique_key", "text"), ("run_at", "bigint"), ("most_wait", "bigint"), ("soonest", "bigint")],
        );
        let now = ctx.time();
        for wanted in &open {
            let most = wanted.most_wait_ms.map_or(i64::MAX / 4, |most| most.saturating_mul(1000));
            moved.push([wanted.job.unique_key().into(), wanted.run_at.0.into(), most.into(), now.0.into()]);
        }
        // As in `enqueue_at`: the update locks the waiting ones until this transaction ends.
        let rows = tx
            .query_all_raw(moved.statement(
                "UPDATE job SET run_at = {most}({least}(v.run_at, job.created_at + v.most_wait), v.soonest) FROM v \
                 WHERE job.unique_key = v.unique_key AND job.status = 'waiting' RETURNING job.unique_key AS joined",
            ))
            .await?;
        let mut joined = HashSet::with_capacity(rows.len());
        for row in rows {
            joined.insert(row.try_get::<String>("", "joined")?);
        }
        open.retain(|wanted| !wanted.job.unique_key().is_some_and(|key| joined.contains(&key)));
        let rows: Vec<_> = open
            .iter()
            .map(|wanted| row_of(ctx, Some(wanted.scope), &wanted.job, wanted.run_at))
            .collect::<Result<_>>()?;
        if rows.is_empty() {
            continue;
        }
        let inserted = insert_all(tx, rows, UNLESS_WAITING).await?;
        // Who met one being enqueued at the same moment joins it in the next round; those just inserted only move again.
        if inserted == open.len() as u64 {
            open.clear();
        }
    }
    Err(Error::Unavailable("a job of the same key came and went too often".to_owned()))
}

/// As [`enqueue_at`], but a waiting job of the same key keeps its time: somebody has asked for it to run earlier.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue_unless_waiting<J: Job>(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    job: &J,
    run_at: Time,
) -> Result<Enqueued> {
    if waits_by(tx, job, run_at).await? {
        return Ok(Enqueued::Joined);
    }
    enqueue_at(ctx, tx, scope, job, run_at).await
}

/// Whether a job of the same key waits to run by that time.
async fn waits_by<J: Job>(tx: &Tx, job: &J, run_at: Time) -> Result<bool> {
    let Some(key) = job.unique_key() else { return Ok(false) };
    let waiting = job::Entity::find()
        .filter(job::Column::UniqueKey.eq(key))
        .filter(status_is("waiting"))
        .filter(job::Column::RunAt.lte(run_at))
        .one(tx)
        .await?;
    Ok(waiting.is_some())
}

/// Whether a job of this kind about a subject waits, runs, or has come to its end since a moment.
///
/// # Errors
/// When the database does not answer.
pub async fn worked_since<J: Job>(ctx: &Ctx, scope: &CompanyScope, subject: Uuid, since: Time) -> Result<bool> {
    let open = Condition::any()
        .add(job::Column::Status.is_in([JobStatus::Waiting, JobStatus::Running]))
        .add(job::Column::FinishedAt.gte(since));
    let found = job::Entity::find()
        .filter(job::Column::SubjectId.eq(subject))
        .filter(job::Column::CompanyId.eq(scope.id()))
        .filter(job::Column::Kind.eq(J::KIND))
        .filter(open)
        .one(&ctx.db().read(scope))
        .await?;
    Ok(found.is_some())
}

/// Ends waiting jobs of a key before they run; a running one is not touched.
///
/// # Errors
/// When the database refuses.
pub async fn cancel(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, unique_key: &str) -> Result<u64> {
    let done = job::Entity::update_many()
        .col_expr(job::Column::Status, Expr::value("done"))
        .col_expr(job::Column::FinishedAt, ctx.time().0.into())
        .filter(job::Column::CompanyId.eq(scope.id()))
        .filter(job::Column::UniqueKey.eq(unique_key))
        .filter(status_is("waiting"))
        .exec(tx)
        .await?;
    Ok(done.rows_affected)
}

//! The job ledger: the table `job` is the truth about work (architecture §6.2).
//!
//! A job is inserted in the transaction that causes it and done in the transaction that has its effect
//! ([`finish`]). A claim takes a lease, grows the fencing token and counts the attempt, so that a worker that was thought dead
//! cannot finish anything, and a job that kills its worker ends dead instead of looping.

mod claim;
mod screen;

pub use claim::{Claimed, Failure, claim, fail, finish, give_back, next_due, prune, release_expired};
pub use screen::{list, retry};

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::Result;
use entity::job;
use entity::stored::JobStatus;
use entity::time::Time;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use uuid::Uuid;

/// A kind of work: ids and constants; the state is read again when it runs.
pub trait Job: Serialize + DeserializeOwned + Send + Sync {
    /// The stored name; never the Rust path, so that renaming a type orphans nothing.
    const KIND: &'static str;
    /// After so many claims it is dead.
    const MAX_ATTEMPTS: i32 = 8;
    /// How long a worker may have it without renewing.
    const LEASE: Duration = Duration::from_secs(30);

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
    /// One with the same key is waiting already; it runs at the later of both times.
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
    tx.wakes = true;
    let unique_key = job.unique_key();
    if let Some(key) = &unique_key {
        let moved = job::Entity::update_many()
            .col_expr(job::Column::RunAt, run_at.0.into())
            .filter(job::Column::UniqueKey.eq(key.as_str()))
            .filter(job::Column::Status.eq(JobStatus::Waiting))
            .exec(tx)
            .await?;
        if moved.rows_affected > 0 {
            return Ok(Enqueued::Joined);
        }
    }
    let id = ctx.new_id();
    let row = job::ActiveModel {
        id: Set(id),
        company_id: Set(Some(scope.id())),
        subject_id: Set(job.subject()),
        kind: Set(J::KIND.to_owned()),
        payload: Set(serde_json::to_value(job)?),
        unique_key: Set(unique_key),
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
    };
    // Two transactions may both have found no waiting job: the second one's insert meets the unique index and joins.
    let inserted = job::Entity::insert(row)
        .on_conflict(
            sea_orm::sea_query::OnConflict::new()
                .exprs([sea_orm::sea_query::Expr::col(job::Column::UniqueKey)])
                .target_and_where(sea_orm::sea_query::Expr::cust("status = 'waiting' AND unique_key IS NOT NULL"))
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(if inserted == 0 { Enqueued::Joined } else { Enqueued::New(id) })
}

/// Ends waiting jobs of a key before they run; a running one is not touched.
///
/// # Errors
/// When the database refuses.
pub async fn cancel(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, unique_key: &str) -> Result<u64> {
    let done = job::Entity::update_many()
        .col_expr(job::Column::Status, sea_orm::sea_query::Expr::value("done"))
        .col_expr(job::Column::FinishedAt, ctx.time().0.into())
        .filter(job::Column::CompanyId.eq(scope.id()))
        .filter(job::Column::UniqueKey.eq(unique_key))
        .filter(job::Column::Status.eq(JobStatus::Waiting))
        .exec(tx)
        .await?;
    Ok(done.rows_affected)
}

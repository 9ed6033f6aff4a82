//! What becomes of a claimed job: done, another run, dead, or given back.

use super::claim::Claimed;
use crate::ctx::Ctx;
use crate::db::{Many, Tx};
use crate::error::{Error, Result};
use entity::job;
use entity::stored::{EventKind, JobStatus};
use entity::time::Time;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait as _, EntityTrait, QueryFilter, UpdateMany, sea_query::Expr};
use std::time::Duration;

/// Why a job failed whose worker was killed or hung.
const WENT_SILENT: &str = "the worker went silent";
/// Begins the reason of a run that was stopped at its time limit.
pub const TOOK_TOO_LONG: &str = "took longer than";
/// Begins the reason of a run that panicked.
pub const BROKE: &str = "a fault in the program";

/// Whether the run before this one ended because its process died.
#[must_use]
pub fn went_silent(row: &job::Model) -> bool {
    row.last_error.as_deref().is_some_and(|reason| reason.starts_with(WENT_SILENT))
}

/// Whether the run before this one ended without an answer of its handler: its process died, its time was up, it panicked. A
/// handler that must leave something behind in the end does so at the start of its last try then.
#[must_use]
pub fn broke_off(row: &job::Model) -> bool {
    let reason = row.last_error.as_deref().unwrap_or_default();
    [WENT_SILENT, TOOK_TOO_LONG, BROKE].iter().any(|begin| reason.starts_with(begin))
}
/// A run in which nothing was done, because the other side is left alone or lets nothing in, does not count as an attempt for so
/// long after the job was made: as long as Stripe delivers its own events anew (outside.md §3). After that it does, so that nothing waits for ever.
const UNCOUNTED_SECONDS: i64 = 3 * 24 * 3600;

/// Our own database let nobody in: it is asked again after so long. Others ask at the same time, and it is back soon or not at all.
const AWAY: Duration = Duration::from_secs(2);

/// Why a job's run failed, and whether another run makes sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// For staff: plain words, no secrets.
    pub reason: String,
    /// Whether to run it again.
    pub retry: Retry,
}

/// Whether another run makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Back-off with jitter.
    Later,
    /// The other side said when.
    After(Duration),
    /// The other side is left alone for so long, or lets nothing in: nothing was done, and the attempt does not count.
    Uncounted(Duration),
    /// Never: dead at once.
    Never,
}

impl Failure {
    /// Worth another run.
    #[must_use]
    pub fn later(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), retry: Retry::Later }
    }

    /// Not worth another run.
    #[must_use]
    pub fn never(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), retry: Retry::Never }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound(what) => Self::never(format!("{what} is gone")),
            Error::RateLimited(seconds) => {
                Self { reason: error.private(), retry: Retry::After(Duration::from_secs(seconds)) }
            }
            Error::Away(reason) => Self { reason, retry: Retry::Uncounted(AWAY) },
            other => Self::later(other.private()),
        }
    }
}

impl From<sea_orm::DbErr> for Failure {
    fn from(error: sea_orm::DbErr) -> Self {
        Error::from(error).into()
    }
}

/// What became of a job that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// Waits for another run.
    Again(Time),
    /// Failed for good; staff can run it again.
    Dead,
    /// Another job of the same key waits already and will do the work.
    Merged,
    /// The lease was lost meanwhile: somebody else has the job, nothing was changed.
    Lost,
}

/// Marks the job done inside the transaction that has its effect. When the lease was lost meanwhile, the whole transaction
/// must be dropped: somebody else has the job.
///
/// # Errors
/// `Unavailable` when the lease was lost.
pub async fn finish(ctx: &Ctx, tx: &mut Tx, claimed: &Claimed) -> Result<()> {
    let done = job::Entity::update_many()
        .col_expr(job::Column::Status, Expr::value("done"))
        .col_expr(job::Column::FinishedAt, ctx.time().0.into())
        .col_expr(job::Column::LeaseUntil, Expr::value(Option::<i64>::None))
        .filter(mine(claimed))
        .exec(tx)
        .await?;
    if done.rows_affected == 0 {
        return Err(Error::Unavailable("the lease of the job was lost".to_owned()));
    }
    tx.wakes = tx.wakes || claimed.row.lane.is_some();
    tx.finished.push(claimed.done());
    Ok(())
}

/// Makes sure, inside a transaction before an outside effect, that the job is still this worker's: a worker that was thought
/// dead must not begin one.
///
/// # Errors
/// `Unavailable` when the lease was lost.
pub async fn hold(tx: &Tx, claimed: &Claimed) -> Result<()> {
    // An update, not a look: it locks the row until the transaction ends.
    let held = job::Entity::update_many()
        .col_expr(job::Column::Worker, Expr::value(claimed.row.worker.clone()))
        .filter(mine(claimed))
        .exec(tx)
        .await?;
    if held.rows_affected == 0 {
        return Err(Error::Unavailable("the lease of the job was lost".to_owned()));
    }
    Ok(())
}

/// Marks the job done when its handler had no transaction of its own to do it in; a job that is done already is left alone.
///
/// # Errors
/// When the database does not answer; the lease then runs out and the job runs again.
pub async fn finish_if_running(ctx: &Ctx, claimed: &Claimed) -> Result<()> {
    finish_together(ctx, std::slice::from_ref(claimed)).await
}

/// The same for many at once, in one statement. Those that somebody else has meanwhile are left alone.
///
/// # Errors
/// As [`finish_if_running`].
pub async fn finish_together(ctx: &Ctx, claimed: &[Claimed]) -> Result<()> {
    let open: Vec<&Claimed> = claimed.iter().filter(|claimed| !claimed.is_done()).collect();
    if open.is_empty() {
        return Ok(());
    }
    let mut ended =
        Many::new(ctx.db().backend(), &[("id", "uuid"), ("lease_token", "bigint"), ("finished_at", "bigint")]);
    let now = ctx.time();
    for claimed in &open {
        ended.push([claimed.row.id.into(), claimed.row.lease_token.into(), now.0.into()]);
    }
    let mut tx = ctx.db().begin_across().await?;
    tx.execute_raw(ended.statement(
        "UPDATE job SET status = 'done', finished_at = v.finished_at, lease_until = NULL FROM v \
         WHERE job.id = v.id AND job.lease_token = v.lease_token AND job.status = 'running'",
    ))
    .await?;
    tx.wakes = open.iter().any(|claimed| claimed.row.lane.is_some());
    ctx.commit(tx).await
}

fn mine(claimed: &Claimed) -> Condition {
    Condition::all()
        .add(job::Column::Id.eq(claimed.row.id))
        .add(job::Column::Status.eq(JobStatus::Running))
        .add(job::Column::LeaseToken.eq(claimed.row.lease_token))
}

/// Notes a failure: another run after a back-off with jitter, or dead. Tells the company's screens when it is dead.
///
/// # Errors
/// When the database does not answer; the lease then runs out by itself.
pub async fn fail(ctx: &Ctx, claimed: &Claimed, failure: &Failure) -> Result<Failed> {
    fail_where(ctx, claimed, failure, mine(claimed)).await
}

/// The same for a job whose worker went silent; a lease renewed in the meantime is left alone.
pub(super) async fn fail_expired(ctx: &Ctx, claimed: &Claimed) -> Result<Failed> {
    let silent = Failure { reason: WENT_SILENT.to_owned(), retry: Retry::After(Duration::ZERO) };
    let still = mine(claimed).add(job::Column::LeaseUntil.lt(ctx.time()));
    fail_where(ctx, claimed, &silent, still).await
}

async fn fail_where(ctx: &Ctx, claimed: &Claimed, failure: &Failure, still: Condition) -> Result<Failed> {
    let row = &claimed.row;
    let uncounted =
        matches!(failure.retry, Retry::Uncounted(_)) && ctx.time() < row.created_at.plus_seconds(UNCOUNTED_SECONDS);
    if failure.retry == Retry::Never || (row.attempts >= row.max_attempts && !uncounted) {
        return bury(ctx, claimed, failure, still).await;
    }
    let millis = |wait: Duration| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
    let wait = match failure.retry {
        Retry::After(wait) => millis(wait),
        // Many wait for the same moment, and one of them is enough to find out.
        Retry::Uncounted(wait) => {
            let chance = i64::try_from(ctx.engine().random.below(1000)).unwrap_or(0);
            millis(wait).saturating_add(millis(wait).min(900_000) / 4 * chance / 1000)
        }
        Retry::Later | Retry::Never => back_off_ms(row.attempts, ctx.engine().random.below(1000)),
    };
    let run_at = ctx.time().plus_millis(wait);
    let again = job::Entity::update_many()
        .col_expr(job::Column::RunAt, run_at.0.into())
        // A begun job keeps its place in its lane: whatever comes after it must not overtake it.
        .col_expr(job::Column::Attempts, Expr::value(if uncounted { (row.attempts - 1).max(1) } else { row.attempts }))
        .col_expr(job::Column::LastError, Expr::value(shorten(&failure.reason)))
        .filter(still);
    Ok(match put_back(ctx, claimed, again).await? {
        PutBack::Waiting => Failed::Again(run_at),
        PutBack::Merged => Failed::Merged,
        PutBack::Lost => Failed::Lost,
    })
}

async fn bury(ctx: &Ctx, claimed: &Claimed, failure: &Failure, still: Condition) -> Result<Failed> {
    let mut tx = ctx.db().begin_across().await?;
    let dead = job::Entity::update_many()
        .col_expr(job::Column::Status, Expr::value("dead"))
        .col_expr(job::Column::FinishedAt, ctx.time().0.into())
        .col_expr(job::Column::LeaseUntil, Expr::value(Option::<i64>::None))
        .col_expr(job::Column::LastError, Expr::value(shorten(&failure.reason)))
        .filter(still)
        .exec(&tx)
        .await?;
    if dead.rows_affected == 0 {
        tx.rollback().await?;
        return Ok(Failed::Lost);
    }
    if let Some(scope) = crate::access::for_job(&claimed.row) {
        super::buried::show(ctx, &mut tx, &scope, &claimed.row).await?;
        crate::event::emit(ctx, &mut tx, &scope, EventKind::Job, claimed.row.id).await?;
    }
    tx.wakes = true;
    ctx.commit(tx).await?;
    metrics::counter!("jobs_dead_total", "kind" => claimed.row.kind.clone()).increment(1);
    tracing::error!(job = %claimed.row.id, kind = claimed.row.kind, reason = failure.reason, "a job is dead");
    Ok(Failed::Dead)
}

/// Gives a job back unrun, as on a graceful stop: the attempt does not count.
///
/// # Errors
/// When the database does not answer.
pub async fn give_back(ctx: &Ctx, claimed: &Claimed) -> Result<()> {
    let unrun = job::Entity::update_many()
        .col_expr(job::Column::Attempts, Expr::value(claimed.row.attempts - 1))
        .filter(mine(claimed));
    put_back(ctx, claimed, unrun).await?;
    Ok(())
}

enum PutBack {
    Waiting,
    Merged,
    Lost,
}

/// Makes a running job wait again. When another of the same key was enqueued meanwhile, that one does the work.
async fn put_back(ctx: &Ctx, claimed: &Claimed, update: UpdateMany<job::Entity>) -> Result<PutBack> {
    let mut tx = ctx.db().begin_across().await?;
    let update = update
        .col_expr(job::Column::Status, Expr::value("waiting"))
        .col_expr(job::Column::LeaseUntil, Expr::value(Option::<i64>::None));
    let outcome = match update.exec(&tx).await {
        Ok(result) if result.rows_affected == 0 => PutBack::Lost,
        Ok(_) => PutBack::Waiting,
        Err(error) if crate::db::is_constraint(&error) => {
            tx.rollback().await?;
            tx = ctx.db().begin_across().await?;
            match finish(ctx, &mut tx, claimed).await {
                Ok(()) => PutBack::Merged,
                Err(Error::Unavailable(_)) => PutBack::Lost,
                Err(error) => return Err(error),
            }
        }
        Err(error) => return Err(error.into()),
    };
    tx.wakes = true;
    ctx.commit(tx).await?;
    Ok(outcome)
}

/// Whether a worker still has its job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    /// For so long again.
    Held,
    /// The job is done: its handler has committed the effect and only tidies up.
    Finished,
    /// Somebody else has the job: stop the work, its effect will be refused.
    Lost,
}

/// Keeps a job that runs longer than its lease.
///
/// # Errors
/// When the database does not answer: the lease may still hold.
pub async fn renew(ctx: &Ctx, claimed: &Claimed, lease: Duration) -> Result<Lease> {
    let tx = ctx.db().begin_across().await?;
    let until = ctx.time().plus_millis(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX));
    let renewed = job::Entity::update_many()
        .col_expr(job::Column::LeaseUntil, until.0.into())
        .filter(mine(claimed))
        .exec(&tx)
        .await?;
    ctx.commit(tx).await?;
    if renewed.rows_affected > 0 {
        return Ok(Lease::Held);
    }
    let row = job::Entity::find_by_id(claimed.row.id).one(&ctx.db().read_across()).await?;
    let finished = row.is_none_or(|row| row.status == JobStatus::Done && row.lease_token == claimed.row.lease_token);
    Ok(if finished { Lease::Finished } else { Lease::Lost })
}

/// 2 s, 4 s, 8 s … 15 min, ± 20 %.
fn back_off_ms(attempts: i32, chance: u64) -> i64 {
    let base = 1000_i64.saturating_mul(1 << attempts.clamp(1, 10)).min(900_000);
    let jitter = base / 5;
    base - jitter + 2 * jitter * i64::try_from(chance).unwrap_or(0) / 1000
}

fn shorten(reason: &str) -> String {
    reason.chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::back_off_ms;

    #[test]
    fn back_off_doubles_and_stays_within_a_fifth() {
        for attempts in 1..=10 {
            let base = (1000_i64 << attempts).min(900_000);
            for chance in [0, 500, 999] {
                let wait = back_off_ms(attempts, chance);
                assert!(wait >= base * 4 / 5 && wait <= base * 6 / 5, "{attempts} {chance} {wait}");
            }
        }
    }
}

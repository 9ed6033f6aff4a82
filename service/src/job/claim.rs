//! Claiming, finishing and failing jobs.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use entity::job;
use entity::stored::{EventKind, JobStatus};
use entity::time::Time;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Statement, sea_query::Expr,
};
use std::time::Duration;

/// Finished jobs are kept this long for the screen.
const KEEP_DONE_HOURS: i64 = 24;

/// A job that this worker has: the row as claimed, with its lease token.
#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    /// The row.
    pub row: job::Model,
}

impl Claimed {
    /// Whose job it is.
    ///
    /// # Errors
    /// `Internal` for a job without a company where one is needed.
    pub fn scope(&self) -> Result<CompanyScope> {
        crate::access::for_job(&self.row).ok_or_else(|| Error::internal("job without a company"))
    }

    /// The payload as its type.
    ///
    /// # Errors
    /// When a payload of another version does not decode: the job is then dead, never in the way.
    pub fn payload<J: super::Job>(&self) -> Result<J, Failure> {
        serde_json::from_value(self.row.payload.clone())
            .map_err(|error| Failure::never(format!("the payload does not decode: {error}")))
    }
}

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
            other => Self::later(other.private()),
        }
    }
}

impl From<sea_orm::DbErr> for Failure {
    fn from(error: sea_orm::DbErr) -> Self {
        Error::from(error).into()
    }
}

/// Claims up to `limit` due jobs: fair between companies (the company that waits with fewest running jobs first), one of a lane at a
/// time. The attempt is counted now: a job that kills its worker runs out of attempts too.
///
/// # Errors
/// When the database does not answer.
pub async fn claim(ctx: &Ctx, worker: &str, kinds: &[&str], limit: u64, lease: Duration) -> Result<Vec<Claimed>> {
    if kinds.is_empty() || limit == 0 {
        return Ok(Vec::new());
    }
    let now = ctx.time();
    let db = ctx.db();
    // The check before the write keeps an idle SQLite from taking its only writer again and again.
    let due = job::Entity::find()
        .filter(job::Column::Status.eq(JobStatus::Waiting))
        .filter(job::Column::RunAt.lte(now))
        .filter(job::Column::Kind.is_in(kinds.iter().copied()))
        .select_only()
        .column(job::Column::Id)
        .limit(1)
        .into_tuple::<uuid::Uuid>()
        .one(db.read())
        .await?;
    if due.is_none() {
        return Ok(Vec::new());
    }
    let tx = db.begin().await?;
    let backend = tx.get_database_backend();
    let lease_until = now.plus_millis(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX));
    let statement = claim_statement(backend, worker, kinds, limit, now, lease_until);
    let rows = tx.query_all_raw(statement).await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in &rows {
        claimed.push(Claimed { row: job::Model::from_query_result(row, "")? });
    }
    tx.commit_quietly().await?;
    claimed.sort_by_key(|job| (job.row.run_at, job.row.id));
    Ok(claimed)
}

fn claim_statement(
    backend: DatabaseBackend,
    worker: &str,
    kinds: &[&str],
    limit: u64,
    now: Time,
    lease_until: Time,
) -> Statement {
    let skip = if backend == DatabaseBackend::Postgres { "FOR UPDATE OF candidate SKIP LOCKED" } else { "" };
    // Kinds are our own constants; they are bound all the same.
    let mut values: Vec<sea_orm::Value> = vec![worker.into(), lease_until.0.into(), now.0.into()];
    let mut place = |value: sea_orm::Value| {
        values.push(value);
        if backend == DatabaseBackend::Postgres { format!("${}", values.len()) } else { format!("?{}", values.len()) }
    };
    let kinds: Vec<String> = kinds.iter().map(|kind| place((*kind).into())).collect();
    let limit = place(i64::try_from(limit).unwrap_or(i64::MAX).into());
    let (p1, p2, p3) = if backend == DatabaseBackend::Postgres { ("$1", "$2", "$3") } else { ("?1", "?2", "?3") };
    let sql = format!(
        "UPDATE job SET status = 'running', worker = {p1}, lease_until = {p2}, lease_token = lease_token + 1, \
           attempts = attempts + 1 \
         WHERE id IN ( \
           SELECT candidate.id FROM job candidate \
           WHERE candidate.status = 'waiting' AND candidate.run_at <= {p3} AND candidate.kind IN ({kinds}) \
             AND (candidate.lane IS NULL OR ( \
               NOT EXISTS (SELECT 1 FROM job busy WHERE busy.lane = candidate.lane AND busy.status = 'running') \
               AND NOT EXISTS (SELECT 1 FROM job earlier WHERE earlier.lane = candidate.lane AND earlier.status = 'waiting' \
                 AND (earlier.run_at < candidate.run_at OR (earlier.run_at = candidate.run_at AND earlier.id < candidate.id))))) \
           ORDER BY (SELECT COUNT(*) FROM job mine WHERE mine.company_id = candidate.company_id AND mine.status = 'running'), \
             candidate.run_at, candidate.id \
           LIMIT {limit} {skip}) \
         RETURNING *",
        kinds = kinds.join(", "),
    );
    Statement::from_sql_and_values(backend, sql, values)
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
    Ok(())
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
pub async fn fail(ctx: &Ctx, claimed: &Claimed, failure: &Failure) -> Result<()> {
    let row = &claimed.row;
    let mut tx = ctx.db().begin().await?;
    let dead = failure.retry == Retry::Never || row.attempts >= row.max_attempts;
    let mut update = job::Entity::update_many()
        .col_expr(job::Column::LastError, Expr::value(shorten(&failure.reason)))
        .col_expr(job::Column::LeaseUntil, Expr::value(Option::<i64>::None));
    if dead {
        update = update
            .col_expr(job::Column::Status, Expr::value("dead"))
            .col_expr(job::Column::FinishedAt, ctx.time().0.into());
    } else {
        let wait = match failure.retry {
            Retry::After(wait) => i64::try_from(wait.as_millis()).unwrap_or(i64::MAX),
            Retry::Later | Retry::Never => back_off_ms(row.attempts, ctx.engine().random.below(1000)),
        };
        update = update
            .col_expr(job::Column::Status, Expr::value("waiting"))
            .col_expr(job::Column::RunAt, ctx.time().plus_millis(wait).0.into());
    }
    let result = update.filter(mine(claimed)).exec(&tx).await;
    match result {
        Ok(_) => {}
        // Another job of the same key waits already and will do the work.
        Err(error) if crate::db::is_constraint(&error) => {
            tx.rollback().await?;
            tx = ctx.db().begin().await?;
            job::Entity::update_many()
                .col_expr(job::Column::Status, Expr::value("done"))
                .col_expr(job::Column::LastError, Expr::value(shorten(&failure.reason)))
                .col_expr(job::Column::FinishedAt, ctx.time().0.into())
                .filter(mine(claimed))
                .exec(&tx)
                .await?;
        }
        Err(error) => return Err(error.into()),
    }
    if dead && let Some(scope) = crate::access::for_job(row) {
        crate::event::emit(ctx, &mut tx, &scope, EventKind::Job, row.id).await?;
    }
    tx.wakes = true;
    ctx.commit(tx).await
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

/// Gives a job back unrun, as on a graceful stop: the attempt does not count.
///
/// # Errors
/// When the database does not answer.
pub async fn give_back(ctx: &Ctx, claimed: &Claimed) -> Result<()> {
    let mut tx = ctx.db().begin().await?;
    job::Entity::update_many()
        .col_expr(job::Column::Status, Expr::value("waiting"))
        .col_expr(job::Column::Attempts, Expr::value(claimed.row.attempts - 1))
        .col_expr(job::Column::LeaseUntil, Expr::value(Option::<i64>::None))
        .filter(mine(claimed))
        .exec(&tx)
        .await?;
    tx.wakes = true;
    ctx.commit(tx).await
}

/// Finds jobs whose worker went silent: waiting again, or dead when their attempts are used up.
///
/// # Errors
/// When the database does not answer.
pub async fn release_expired(ctx: &Ctx) -> Result<usize> {
    let now = ctx.time();
    let expired = job::Entity::find()
        .filter(job::Column::Status.eq(JobStatus::Running))
        .filter(job::Column::LeaseUntil.lt(now))
        .limit(500)
        .all(ctx.db().read())
        .await?;
    let count = expired.len();
    for row in expired {
        let claimed = Claimed { row };
        fail(
            ctx,
            &claimed,
            &Failure { reason: "the worker went silent".to_owned(), retry: Retry::After(Duration::ZERO) },
        )
        .await?;
    }
    Ok(count)
}

/// When the next waiting job falls due.
///
/// # Errors
/// When the database does not answer.
pub async fn next_due(ctx: &Ctx) -> Result<Option<Time>> {
    let row = job::Entity::find()
        .filter(job::Column::Status.eq(JobStatus::Waiting))
        .order_by_asc(job::Column::RunAt)
        .select_only()
        .column(job::Column::RunAt)
        .into_tuple::<Time>()
        .one(ctx.db().read())
        .await?;
    Ok(row)
}

/// Removes finished jobs and old events; dead jobs stay until somebody looks.
///
/// # Errors
/// When the database does not answer.
pub async fn prune(ctx: &Ctx) -> Result<u64> {
    let tx = ctx.db().begin().await?;
    let before = ctx.time().plus_seconds(-KEEP_DONE_HOURS * 3600);
    let jobs = job::Entity::delete_many()
        .filter(job::Column::Status.eq(JobStatus::Done))
        .filter(job::Column::FinishedAt.lt(before))
        .exec(&tx)
        .await?;
    let events = entity::event::Entity::delete_many()
        .filter(entity::event::Column::CreatedAt.lt(ctx.time().plus_seconds(-crate::event::KEEP_HOURS * 3600)))
        .exec(&tx)
        .await?;
    ctx.commit(tx).await?;
    Ok(jobs.rows_affected + events.rows_affected)
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

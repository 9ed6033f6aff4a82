//! What keeps the ledger going: silent workers, the next due time, the backlog.

use super::claim::Claimed;
use super::settle::{Failed, fail_expired};
use crate::ctx::Ctx;
use crate::error::Result;
use entity::job;
use entity::time::Time;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement, sea_query::Expr,
};

/// `status = '…'` as a literal, which the partial indexes need.
pub(super) fn status_is(status: &str) -> Condition {
    Condition::all().add(Expr::cust(format!("job.status = '{status}'")))
}

/// Finds jobs whose worker went silent: waiting again, or dead when their attempts are used up. Returns how many.
///
/// # Errors
/// When the database does not answer.
pub async fn release_expired(ctx: &Ctx) -> Result<usize> {
    let expired = job::Entity::find()
        .filter(status_is("running"))
        .filter(job::Column::LeaseUntil.lt(ctx.time()))
        .limit(500)
        .all(&ctx.db().read_across())
        .await?;
    let mut released = 0;
    for row in expired {
        let claimed = Claimed::new(row);
        if fail_expired(ctx, &claimed).await? != Failed::Lost {
            released += 1;
        }
    }
    Ok(released)
}

/// When the next job falls due that is not due yet. What is due and was not claimed waits for its lane or for room, not for time.
///
/// # Errors
/// When the database does not answer.
pub async fn next_due(ctx: &Ctx) -> Result<Option<Time>> {
    Ok(job::Entity::find()
        .filter(status_is("waiting"))
        .filter(job::Column::RunAt.gt(ctx.time()))
        .order_by_asc(job::Column::RunAt)
        .select_only()
        .column(job::Column::RunAt)
        .limit(1)
        .into_tuple::<Time>()
        .one(&ctx.db().read_across())
        .await?)
}

/// Which of these kinds have due work, in one look: what a worker asks each time it wakes.
///
/// # Errors
/// When the database does not answer.
pub async fn due_kinds(ctx: &Ctx, kinds: &[&str]) -> Result<Vec<String>> {
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let backend = ctx.db().backend();
    let mark = if backend == DatabaseBackend::Postgres { '$' } else { '?' };
    let list = (2..kinds.len() + 2).map(|at| format!("({mark}{at})")).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "WITH wanted(kind) AS (VALUES {list}) SELECT wanted.kind FROM wanted WHERE EXISTS (SELECT 1 FROM job \
           WHERE job.status = 'waiting' AND job.kind = wanted.kind AND job.run_at <= {mark}1)"
    );
    let values = std::iter::once(ctx.time().0.into()).chain(kinds.iter().map(|kind| (*kind).into()));
    let rows = ctx.db().read_across().query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    rows.iter().map(|row| Ok(row.try_get("", "kind")?)).collect()
}

/// How many due jobs of each kind wait, for the metrics; kinds that this program does not know are among them.
///
/// # Errors
/// When the database does not answer.
pub async fn backlog(ctx: &Ctx) -> Result<Vec<(String, u64)>> {
    let rows: Vec<(String, i64)> = job::Entity::find()
        .filter(status_is("waiting"))
        .filter(job::Column::RunAt.lte(ctx.time()))
        .select_only()
        .column(job::Column::Kind)
        .column_as(job::Column::Id.count(), "waiting")
        .group_by(job::Column::Kind)
        .order_by_asc(job::Column::Kind)
        .into_tuple()
        .all(&ctx.db().read_across())
        .await?;
    Ok(rows.into_iter().map(|(kind, count)| (kind, u64::try_from(count).unwrap_or(0))).collect())
}

/// How many jobs have failed for good, of all companies.
///
/// # Errors
/// When the database does not answer.
pub async fn dead_count(ctx: &Ctx) -> Result<u64> {
    use sea_orm::PaginatorTrait as _;
    Ok(job::Entity::find()
        .filter(job::Column::Status.eq(entity::stored::JobStatus::Dead))
        .count(&ctx.db().read_across())
        .await?)
}

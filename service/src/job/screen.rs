//! Jobs as the company's people see them.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::page::{Page, PageRequest, newest_first};
use entity::job;
use entity::stored::{EventKind, JobStatus};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

/// Jobs of a company, newest first.
///
/// # Errors
/// `Invalid` for a page that is none.
pub async fn list(
    ctx: &Ctx,
    scope: &CompanyScope,
    status: Option<JobStatus>,
    page: &PageRequest,
) -> Result<Page<job::Model>> {
    let mut find = job::Entity::find().filter(job::Column::CompanyId.eq(scope.id()));
    if let Some(status) = status {
        find = find.filter(job::Column::Status.eq(status));
    }
    newest_first(ctx, scope, find, job::Column::CreatedAt, job::Column::Id, page, |row| (row.created_at, row.id)).await
}

/// Runs a dead job again.
///
/// # Errors
/// `NotFound`; `Invalid` when it is not dead.
pub async fn retry(ctx: &Ctx, scope: &CompanyScope, job_id: Uuid) -> Result<job::Model> {
    scope.must_manage()?;
    let db = ctx.db().read(scope);
    let find = || job::Entity::find_by_id(job_id).filter(job::Column::CompanyId.eq(scope.id())).one(&db);
    let row = find().await?.ok_or(Error::NotFound("job"))?;
    if row.status != JobStatus::Dead {
        return Err(Error::invalid("id", "NOT_DEAD", "Only a job that has failed for good can be run again."));
    }
    let mut tx = ctx.db().begin(scope).await?;
    job::Entity::update_many()
        .col_expr(job::Column::Status, Expr::value("waiting"))
        .col_expr(job::Column::Attempts, Expr::value(0))
        .col_expr(job::Column::RunAt, ctx.time().0.into())
        .col_expr(job::Column::FinishedAt, Expr::value(Option::<i64>::None))
        .filter(job::Column::Id.eq(job_id))
        .filter(job::Column::Status.eq(JobStatus::Dead))
        .exec(&tx)
        .await
        .map_err(|error| {
            if crate::db::is_constraint(&error) {
                Error::invalid("id", "ALREADY_WAITING", "The same work is waiting already.")
            } else {
                error.into()
            }
        })?;
    crate::event::emit(ctx, &mut tx, scope, EventKind::Job, job_id).await?;
    tx.wakes = true;
    ctx.commit(tx).await?;
    find().await?.ok_or(Error::NotFound("job"))
}

//! Work that waits for a reason which is over: run at once, instead of when its pause ends.

use super::upkeep::status_is;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::Result;
use entity::job;
use entity::stored::JobStatus;
use sea_orm::sea_query::{Expr, ExprTrait as _, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// So many dead jobs come back at once, the oldest first; the others stay among the dead, where staff can run them.
const MOST_REVIVED: u64 = 500;

/// Which of the dead ones come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dead {
    /// All.
    Any,
    /// Those that have used up their attempts: what was refused stays refused.
    OutOfAttempts,
}

/// Runs a company's begun jobs of these kinds now, and its dead ones again: what they waited for is there. Of several of one
/// key one comes back.
pub(crate) async fn revive(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, kinds: &[&str], dead: Dead) -> Result<()> {
    let now = ctx.time();
    job::Entity::update_many()
        .col_expr(job::Column::RunAt, now.0.into())
        .filter(job::Column::CompanyId.eq(scope.id()))
        .filter(job::Column::Kind.is_in(kinds.iter().copied()))
        .filter(status_is("waiting"))
        .filter(job::Column::Attempts.gt(0))
        .filter(job::Column::RunAt.gt(now))
        .exec(&*tx)
        .await?;
    let mut which = Condition::all()
        .add(job::Column::CompanyId.eq(scope.id()))
        .add(job::Column::Kind.is_in(kinds.iter().copied()))
        .add(job::Column::Status.eq(JobStatus::Dead));
    if dead == Dead::OutOfAttempts {
        which = which.add(Expr::col(job::Column::Attempts).gte(Expr::col(job::Column::MaxAttempts)));
    }
    let buried = job::Entity::find().filter(which).order_by_asc(job::Column::Id).limit(MOST_REVIVED).all(&*tx).await?;
    for row in buried {
        if let Some(key) = &row.unique_key {
            let waits = job::Entity::find()
                .filter(job::Column::UniqueKey.eq(key.as_str()))
                .filter(status_is("waiting"))
                .one(&*tx)
                .await?;
            if waits.is_some() {
                continue;
            }
        }
        job::Entity::update_many()
            .col_expr(job::Column::Status, Expr::value("waiting"))
            .col_expr(job::Column::Attempts, Expr::value(0))
            .col_expr(job::Column::RunAt, now.0.into())
            .col_expr(job::Column::FinishedAt, Expr::value(Option::<i64>::None))
            .filter(job::Column::Id.eq(row.id))
            .filter(job::Column::Status.eq(JobStatus::Dead))
            .exec(&*tx)
            .await?;
        crate::event::emit(ctx, tx, scope, entity::stored::EventKind::Job, row.id).await?;
    }
    tx.wakes = true;
    Ok(())
}

/// Runs the begun jobs of a lane now: who waits behind them is a person who has pressed a button.
pub(crate) async fn hasten(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, lane: &str) -> Result<()> {
    hasten_those(ctx, tx, scope, Condition::all().add(job::Column::Lane.eq(lane))).await
}

/// Runs the begun jobs of this kind now whose subject is one of these ids: what they waited for works again.
pub(crate) async fn hasten_about(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    kind: &str,
    subjects: SelectStatement,
) -> Result<()> {
    let which = Condition::all().add(job::Column::Kind.eq(kind)).add(job::Column::SubjectId.in_subquery(subjects));
    hasten_those(ctx, tx, scope, which).await
}

async fn hasten_those(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, which: Condition) -> Result<()> {
    let moved = job::Entity::update_many()
        .col_expr(job::Column::RunAt, ctx.time().0.into())
        .filter(job::Column::CompanyId.eq(scope.id()))
        .filter(which)
        .filter(status_is("waiting"))
        .filter(job::Column::Attempts.gt(0))
        .filter(job::Column::RunAt.gt(ctx.time()))
        .exec(&*tx)
        .await?;
    tx.wakes |= moved.rows_affected > 0;
    Ok(())
}

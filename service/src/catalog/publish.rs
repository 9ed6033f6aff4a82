//! Publishing: the draft, or an older version, becomes what customers are served, in one transaction.

use super::{bulk, draft, repo};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use entity::stored::{EventKind, VersionStatus};
use entity::{catalogue, catalogue_version};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

/// Puts the draft live. Rows with errors stop it unless they are to be left out; a draft without a single whole row
/// never replaces the catalogue in use.
///
/// # Errors
/// `Forbidden`; `Invalid` with `NO_DRAFT`, `HAS_PROBLEMS` or `NO_ROWS`.
pub async fn publish(ctx: &Ctx, scope: &CompanyScope, leave_out_problem_rows: bool) -> Result<catalogue::Model> {
    scope.must_manage()?;
    let tx = ctx.db().begin(scope).await?;
    let catalogue = repo::lock(ctx, &tx, scope).await?;
    let draft_id = catalogue.draft_version_id.ok_or_else(draft::no_draft)?;
    let left_out = if leave_out_problem_rows {
        bulk::leave_out_errors(&tx, scope, draft_id).await?
    } else {
        let waiting = repo::rows(scope, draft_id)
            .filter(entity::catalogue_row::Column::HasError.eq(true))
            .filter(entity::catalogue_row::Column::LeftOut.eq(false))
            .count(&tx)
            .await?;
        if waiting > 0 {
            return Err(Error::invalid(
                "leaveOutProblemRows",
                "HAS_PROBLEMS",
                format!("{waiting} rows have problems: mend them, or choose to leave them out."),
            ));
        }
        0
    };
    repo::edited(&tx, scope, draft_id, -i32::try_from(left_out).unwrap_or(i32::MAX), 0).await?;
    if bulk::live(scope, draft_id).count(&tx).await? == 0 {
        return Err(Error::invalid("companyId", "NO_ROWS", "The draft has no row that can go live."));
    }
    put_live(ctx, scope, tx, catalogue, draft_id, true).await
}

/// Puts an older version live again; the draft, if any, stays.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid` with `NOT_PUBLISHED_BEFORE` for the draft.
pub async fn roll_back(ctx: &Ctx, scope: &CompanyScope, version_id: Uuid) -> Result<catalogue::Model> {
    scope.must_manage()?;
    let tx = ctx.db().begin(scope).await?;
    let catalogue = repo::lock(ctx, &tx, scope).await?;
    let version = repo::version(&tx, scope, version_id).await?;
    match version.status {
        VersionStatus::Superseded => put_live(ctx, scope, tx, catalogue, version_id, false).await,
        VersionStatus::Published => {
            tx.rollback().await?;
            Ok(catalogue)
        }
        VersionStatus::Draft => Err(Error::invalid(
            "versionId",
            "NOT_PUBLISHED_BEFORE",
            "Only a version that was published before can be rolled back to.",
        )),
    }
}

async fn put_live(
    ctx: &Ctx,
    scope: &CompanyScope,
    mut tx: Tx,
    catalogue: catalogue::Model,
    version_id: Uuid,
    is_draft: bool,
) -> Result<catalogue::Model> {
    if let Some(earlier) = catalogue.published_version_id {
        catalogue_version::Entity::update_many()
            .col_expr(catalogue_version::Column::Status, Expr::value("superseded"))
            .filter(catalogue_version::Column::Id.eq(earlier))
            .filter(catalogue_version::Column::CompanyId.eq(scope.id()))
            .exec(&tx)
            .await?;
    }
    catalogue_version::Entity::update_many()
        .col_expr(catalogue_version::Column::Status, Expr::value("published"))
        .col_expr(catalogue_version::Column::PublishedAt, Expr::value(ctx.time().0))
        .filter(catalogue_version::Column::Id.eq(version_id))
        .filter(catalogue_version::Column::CompanyId.eq(scope.id()))
        .exec(&tx)
        .await?;
    let draft_version_id = if is_draft { None } else { catalogue.draft_version_id };
    catalogue::Entity::update_many()
        .col_expr(catalogue::Column::PublishedVersionId, Expr::value(version_id))
        .col_expr(catalogue::Column::DraftVersionId, Expr::value(draft_version_id))
        .filter(catalogue::Column::Id.eq(catalogue.id))
        .filter(catalogue::Column::CompanyId.eq(scope.id()))
        .exec(&tx)
        .await?;
    super::jobs::prune_soon(ctx, &mut tx, scope).await?;
    crate::media::look_again(ctx, &mut tx, scope).await?;
    crate::event::emit(ctx, &mut tx, scope, EventKind::Catalogue, catalogue.id).await?;
    ctx.commit(tx).await?;
    Ok(catalogue::Model { published_version_id: Some(version_id), draft_version_id, ..catalogue })
}

//! The draft: what the owner works on. Nothing in it is served before it is published.

use super::columns::Columns;
use super::repo;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use domain::catalog::ItemKind;
use entity::stored::{CompanyType, EventKind};
use entity::{catalogue, catalogue_version};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

/// Up to so many rows a draft is copied in the transaction that makes it; a larger one is copied in parts before it is seen.
const COPIED_AT_ONCE: i32 = 2_000;

/// Throws the draft away; the published version is not touched.
///
/// # Errors
/// `Forbidden`; `Invalid` when there is no draft.
pub async fn discard_draft(ctx: &Ctx, scope: &CompanyScope) -> Result<catalogue::Model> {
    scope.must_manage()?;
    let mut tx = ctx.db().begin(scope).await?;
    let catalogue = repo::lock(ctx, &tx, scope).await?;
    let Some(draft) = catalogue.draft_version_id else {
        return Err(no_draft());
    };
    repo::discard(&tx, scope, draft).await?;
    catalogue::Entity::update_many()
        .col_expr(catalogue::Column::DraftVersionId, Expr::value(Option::<Uuid>::None))
        .filter(catalogue::Column::Id.eq(catalogue.id))
        .filter(catalogue::Column::CompanyId.eq(scope.id()))
        .exec(&tx)
        .await?;
    super::jobs::prune_soon(ctx, &mut tx, scope).await?;
    crate::event::emit(ctx, &mut tx, scope, EventKind::Catalogue, catalogue.id).await?;
    ctx.commit(tx).await?;
    Ok(catalogue::Model { draft_version_id: None, ..catalogue })
}

pub(crate) fn no_draft() -> Error {
    Error::invalid("companyId", "NO_DRAFT", "There is no draft.")
}

/// The draft, made by copying the published version, or empty, when there is none.
pub(crate) async fn ensure(ctx: &Ctx, scope: &CompanyScope) -> Result<Uuid> {
    loop {
        let tx = ctx.db().begin(scope).await?;
        let catalogue = repo::lock(ctx, &tx, scope).await?;
        if let Some(draft) = catalogue.draft_version_id {
            tx.rollback().await?;
            return Ok(draft);
        }
        let source = match catalogue.published_version_id {
            Some(published) => Some(repo::version(&tx, scope, published).await?),
            None => None,
        };
        match source {
            Some(source) if source.row_count > COPIED_AT_ONCE => {
                tx.rollback().await?;
                if let Some(draft) = copy_large(ctx, scope, &catalogue, &source).await? {
                    return Ok(draft);
                }
                // Somebody published or made a draft meanwhile: look again.
            }
            source => return make(ctx, scope, tx, &catalogue, source).await,
        }
    }
}

async fn make(
    ctx: &Ctx,
    scope: &CompanyScope,
    mut tx: Tx,
    catalogue: &catalogue::Model,
    source: Option<catalogue_version::Model>,
) -> Result<Uuid> {
    let version_id = if let Some(source) = source {
        let version_id =
            repo::begin_version(ctx, &tx, catalogue, source.columns.clone(), source.source_name.clone()).await?;
        repo::copy_rows(&tx, scope, source.id, version_id, i64::MIN..i64::MAX).await?;
        attach_copy(&tx, scope, catalogue, version_id).await?;
        version_id
    } else {
        let company = repo::company(&tx, scope).await?;
        let kind = if company.company_type == CompanyType::Service { ItemKind::Service } else { ItemKind::Product };
        let columns = serde_json::to_value(Columns::by_hand(kind))?;
        let version_id = repo::begin_version(ctx, &tx, catalogue, columns, None).await?;
        repo::attach_draft(&tx, scope, catalogue, version_id, 0, 0).await?;
        version_id
    };
    crate::event::emit(ctx, &mut tx, scope, EventKind::Catalogue, catalogue.id).await?;
    ctx.commit(tx).await?;
    Ok(version_id)
}

/// Copies in parts, so that SQLite's writer stays free for customers, and attaches the copy when nothing changed
/// meanwhile.
async fn copy_large(
    ctx: &Ctx,
    scope: &CompanyScope,
    catalogue: &catalogue::Model,
    source: &catalogue_version::Model,
) -> Result<Option<Uuid>> {
    let tx = ctx.db().begin(scope).await?;
    let version_id =
        repo::begin_version(ctx, &tx, catalogue, source.columns.clone(), source.source_name.clone()).await?;
    ctx.commit(tx).await?;
    let last = i64::from(repo::last_position(&ctx.db().read(scope), scope, source.id).await?.unwrap_or(0));
    let step = i64::try_from(repo::CHUNK).unwrap_or(i64::MAX);
    let mut from = 0;
    while from <= last {
        let tx = ctx.db().begin(scope).await?;
        repo::copy_rows(&tx, scope, source.id, version_id, from..from + step).await?;
        ctx.commit(tx).await?;
        from += step;
    }
    let mut tx = ctx.db().begin(scope).await?;
    let now = repo::lock(ctx, &tx, scope).await?;
    if now.draft_version_id.is_some() || now.published_version_id != Some(source.id) {
        repo::discard(&tx, scope, version_id).await?;
        super::jobs::prune_soon(ctx, &mut tx, scope).await?;
        ctx.commit(tx).await?;
        return Ok(None);
    }
    attach_copy(&tx, scope, &now, version_id).await?;
    crate::event::emit(ctx, &mut tx, scope, EventKind::Catalogue, now.id).await?;
    ctx.commit(tx).await?;
    Ok(Some(version_id))
}

async fn attach_copy(tx: &Tx, scope: &CompanyScope, catalogue: &catalogue::Model, version_id: Uuid) -> Result<()> {
    use entity::catalogue_row::Column;
    let rows = repo::rows(scope, version_id).filter(Column::LeftOut.eq(false)).count(tx).await?;
    let problems = repo::rows(scope, version_id).filter(Column::HasError.eq(true)).count(tx).await?;
    let number = |count: u64| i32::try_from(count).unwrap_or(i32::MAX);
    repo::attach_draft(tx, scope, catalogue, version_id, number(rows), number(problems)).await?;
    Ok(())
}

//! Tenant-scoped queries of the catalogue: every one filters by company, row queries by version as well.

use super::columns::Columns;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use entity::stored::VersionStatus;
use entity::{catalogue, catalogue_row, catalogue_version, company};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Statement,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};
use uuid::Uuid;

/// Rows deleted or copied in one transaction, so that SQLite's writer is never held long.
pub(crate) const CHUNK: u64 = 2_000;

/// The company's catalogue, if it was ever begun.
pub(crate) async fn find(db: &impl ConnectionTrait, scope: &CompanyScope) -> Result<Option<catalogue::Model>> {
    Ok(catalogue::Entity::find().filter(catalogue::Column::CompanyId.eq(scope.id())).one(db).await?)
}

/// Makes the catalogue when there is none, and keeps others from changing it until the transaction ends.
pub(crate) async fn lock(ctx: &Ctx, tx: &Tx, scope: &CompanyScope) -> Result<catalogue::Model> {
    create(ctx, tx, scope).await?;
    catalogue::Entity::find()
        .filter(catalogue::Column::CompanyId.eq(scope.id()))
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(|| Error::internal("the catalogue is gone"))
}

/// Makes the catalogue when there is none.
pub(crate) async fn create(ctx: &Ctx, tx: &Tx, scope: &CompanyScope) -> Result<()> {
    catalogue::Entity::insert(catalogue::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.id()),
        published_version_id: Set(None),
        draft_version_id: Set(None),
        next_version_number: Set(1),
        created_at: Set(ctx.time()),
    })
    .on_conflict(OnConflict::column(catalogue::Column::CompanyId).do_nothing().to_owned())
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// A version of this company that people may see.
pub(crate) async fn version(
    db: &impl ConnectionTrait,
    scope: &CompanyScope,
    version_id: Uuid,
) -> Result<catalogue_version::Model> {
    visible(scope).filter(catalogue_version::Column::Id.eq(version_id)).one(db).await?.ok_or(Error::NotFound("version"))
}

/// Versions that people may see; a version being filled or removed has a number below zero.
pub(crate) fn visible(scope: &CompanyScope) -> Select<catalogue_version::Entity> {
    catalogue_version::Entity::find()
        .filter(catalogue_version::Column::CompanyId.eq(scope.id()))
        .filter(catalogue_version::Column::Number.gt(0))
}

/// All rows of a version.
pub(crate) fn rows(scope: &CompanyScope, version_id: Uuid) -> Select<catalogue_row::Entity> {
    catalogue_row::Entity::find()
        .filter(catalogue_row::Column::CompanyId.eq(scope.id()))
        .filter(catalogue_row::Column::VersionId.eq(version_id))
}

/// One row of this company in a version that people may see.
pub(crate) async fn row(db: &impl ConnectionTrait, scope: &CompanyScope, row_id: Uuid) -> Result<catalogue_row::Model> {
    let row = catalogue_row::Entity::find_by_id(row_id)
        .filter(catalogue_row::Column::CompanyId.eq(scope.id()))
        .one(db)
        .await?
        .ok_or(Error::NotFound("row"))?;
    match version(db, scope, row.version_id).await {
        Ok(_) => Ok(row),
        Err(Error::NotFound(_)) => Err(Error::NotFound("row")),
        Err(other) => Err(other),
    }
}

/// The currency of the company.
pub(crate) async fn currency(db: &impl ConnectionTrait, scope: &CompanyScope) -> Result<domain::money::Currency> {
    let company = company(db, scope).await?;
    domain::money::Currency::parse(&company.currency).ok_or_else(|| Error::internal("the company's currency is none"))
}

/// The company.
pub(crate) async fn company(db: &impl ConnectionTrait, scope: &CompanyScope) -> Result<company::Model> {
    company::Entity::find_by_id(scope.id()).one(db).await?.ok_or(Error::NotFound("company"))
}

/// A number below zero for a version that nobody may see yet.
pub(crate) fn hidden_number(version_id: Uuid) -> i32 {
    let bytes = version_id.into_bytes();
    let low = i32::from_be_bytes([bytes[12] & 0x7f, bytes[13], bytes[14], bytes[15]]);
    -Ord::max(low, 1_000_000)
}

/// A new version that nobody sees yet, to be filled.
pub(crate) async fn begin_version(
    ctx: &Ctx,
    tx: &Tx,
    catalogue: &catalogue::Model,
    columns: serde_json::Value,
    source_name: Option<String>,
) -> Result<Uuid> {
    let id = ctx.new_id();
    catalogue_version::Entity::insert(catalogue_version::ActiveModel {
        id: Set(id),
        company_id: Set(catalogue.company_id),
        catalogue_id: Set(catalogue.id),
        number: Set(hidden_number(id)),
        status: Set(VersionStatus::Draft),
        row_count: Set(0),
        problem_count: Set(0),
        columns: Set(columns),
        source_name: Set(source_name),
        created_at: Set(ctx.time()),
        published_at: Set(None),
        revision: Set(0),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(id)
}

/// Makes a filled version the draft; an earlier draft becomes waste. Its number, counted from 1.
pub(crate) async fn attach_draft(
    tx: &Tx,
    scope: &CompanyScope,
    catalogue: &catalogue::Model,
    version_id: Uuid,
    row_count: i32,
    problem_count: i32,
) -> Result<i32> {
    if let Some(earlier) = catalogue.draft_version_id {
        discard(tx, scope, earlier).await?;
    }
    let number = catalogue.next_version_number;
    catalogue_version::Entity::update_many()
        .col_expr(catalogue_version::Column::Number, Expr::value(number))
        .col_expr(catalogue_version::Column::RowCount, Expr::value(row_count))
        .col_expr(catalogue_version::Column::ProblemCount, Expr::value(problem_count))
        .filter(catalogue_version::Column::Id.eq(version_id))
        .filter(catalogue_version::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    catalogue::Entity::update_many()
        .col_expr(catalogue::Column::DraftVersionId, Expr::value(version_id))
        .col_expr(catalogue::Column::NextVersionNumber, Expr::value(number + 1))
        .filter(catalogue::Column::Id.eq(catalogue.id))
        .filter(catalogue::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    Ok(number)
}

/// Makes a version waste: nobody sees it any more, and the pruning job removes it.
pub(crate) async fn discard(tx: &Tx, scope: &CompanyScope, version_id: Uuid) -> Result<()> {
    catalogue_version::Entity::update_many()
        .col_expr(catalogue_version::Column::Number, Expr::value(hidden_number(version_id)))
        .col_expr(catalogue_version::Column::Status, Expr::value("superseded"))
        .filter(catalogue_version::Column::Id.eq(version_id))
        .filter(catalogue_version::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Removes a hidden version and its rows, a part at a time; going on after a crash is calling it again.
pub(crate) async fn remove_version(ctx: &Ctx, scope: &CompanyScope, version_id: Uuid) -> Result<()> {
    loop {
        let tx = ctx.db().begin(scope).await?;
        let deleted = tx
            .execute_raw(Statement::from_sql_and_values(
                tx.get_database_backend(),
                "DELETE FROM catalogue_row WHERE id IN (SELECT id FROM catalogue_row WHERE company_id = $1 AND version_id = $2 LIMIT $3)",
                [scope.id().into(), version_id.into(), i64::try_from(CHUNK).unwrap_or(i64::MAX).into()],
            ))
            .await?
            .rows_affected();
        if deleted < CHUNK {
            catalogue_version::Entity::delete_many()
                .filter(catalogue_version::Column::Id.eq(version_id))
                .filter(catalogue_version::Column::CompanyId.eq(scope.id()))
                .filter(catalogue_version::Column::Number.lt(0))
                .exec(&tx)
                .await?;
        }
        ctx.commit(tx).await?;
        if deleted < CHUNK {
            return Ok(());
        }
    }
}

/// Copies the rows of a version between two positions (the second not included) under new ids.
pub(crate) async fn copy_rows(
    tx: &Tx,
    scope: &CompanyScope,
    from: Uuid,
    to: Uuid,
    positions: std::ops::Range<i64>,
) -> Result<u64> {
    let backend = tx.get_database_backend();
    let new_id = if backend == sea_orm::DatabaseBackend::Postgres { "gen_random_uuid()" } else { "randomblob(16)" };
    let sql = format!(
        "INSERT INTO catalogue_row (id, company_id, version_id, position, number, key, kind, name, cells, item, problems, \
         has_error, left_out, search) \
         SELECT {new_id}, company_id, $1, position, number, key, kind, name, cells, item, problems, has_error, left_out, search \
         FROM catalogue_row WHERE company_id = $2 AND version_id = $3 AND position >= $4 AND position < $5"
    );
    let values = [to.into(), scope.id().into(), from.into(), positions.start.into(), positions.end.into()];
    Ok(tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?.rows_affected())
}

/// Puts rows of another version, those between two of its positions, behind the first `offset` rows of this one, except rows
/// whose key stands among these already.
pub(crate) async fn append_rows(
    tx: &Tx,
    scope: &CompanyScope,
    from: Uuid,
    to: Uuid,
    offset: i32,
    positions: std::ops::Range<i64>,
) -> Result<u64> {
    let backend = tx.get_database_backend();
    let new_id = if backend == sea_orm::DatabaseBackend::Postgres { "gen_random_uuid()" } else { "randomblob(16)" };
    let sql = format!(
        "INSERT INTO catalogue_row (id, company_id, version_id, position, number, key, kind, name, cells, item, problems, \
         has_error, left_out, search) \
         SELECT {new_id}, company_id, $1, position + $5, number, key, kind, name, cells, item, problems, has_error, left_out, \
         search FROM catalogue_row base WHERE company_id = $2 AND version_id = $3 AND position >= $6 AND position < $7 \
         AND NOT EXISTS (SELECT 1 FROM catalogue_row own WHERE own.version_id = $4 AND own.key = base.key AND own.key <> '' \
         AND own.company_id = $2 AND own.position < $5)"
    );
    let values = [
        to.into(),
        scope.id().into(),
        from.into(),
        to.into(),
        i64::from(offset).into(),
        positions.start.into(),
        positions.end.into(),
    ];
    Ok(tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?.rows_affected())
}

/// Removes the rows of a hidden version from a position on, a part at a time.
pub(crate) async fn remove_from(ctx: &Ctx, scope: &CompanyScope, version_id: Uuid, position: i32) -> Result<()> {
    loop {
        let tx = ctx.db().begin(scope).await?;
        let deleted = tx
            .execute_raw(Statement::from_sql_and_values(
                tx.get_database_backend(),
                "DELETE FROM catalogue_row WHERE id IN (SELECT id FROM catalogue_row WHERE company_id = $1 AND version_id = $2 \
                 AND position >= $3 LIMIT $4)",
                [
                    scope.id().into(),
                    version_id.into(),
                    position.into(),
                    i64::try_from(CHUNK).unwrap_or(i64::MAX).into(),
                ],
            ))
            .await?
            .rows_affected();
        ctx.commit(tx).await?;
        if deleted < CHUNK {
            return Ok(());
        }
    }
}

/// The highest position of a version.
pub(crate) async fn last_position(
    db: &impl ConnectionTrait,
    scope: &CompanyScope,
    version_id: Uuid,
) -> Result<Option<i32>> {
    Ok(rows(scope, version_id)
        .select_only()
        .column(catalogue_row::Column::Position)
        .order_by_desc(catalogue_row::Column::Position)
        .limit(1)
        .into_tuple::<i32>()
        .one(db)
        .await?)
}

/// Gives a version its columns.
pub(crate) async fn set_columns(tx: &Tx, scope: &CompanyScope, version_id: Uuid, columns: &Columns) -> Result<()> {
    catalogue_version::Entity::update_many()
        .col_expr(catalogue_version::Column::Columns, Expr::value(serde_json::to_value(columns)?))
        .filter(catalogue_version::Column::Id.eq(version_id))
        .filter(catalogue_version::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Notes an edit of a version: its revision, and its counters changed by so many.
pub(crate) async fn edited(
    tx: &Tx,
    scope: &CompanyScope,
    version_id: Uuid,
    row_delta: i32,
    problem_delta: i32,
) -> Result<()> {
    catalogue_version::Entity::update_many()
        .col_expr(catalogue_version::Column::RowCount, Expr::col(catalogue_version::Column::RowCount).add(row_delta))
        .col_expr(catalogue_version::Column::Revision, Expr::col(catalogue_version::Column::Revision).add(1))
        .col_expr(
            catalogue_version::Column::ProblemCount,
            Expr::col(catalogue_version::Column::ProblemCount).add(problem_delta),
        )
        .filter(catalogue_version::Column::Id.eq(version_id))
        .filter(catalogue_version::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    Ok(())
}

//! Rows of what stands, behind those of a file that is added to it.
//!
//! They are copied a part at a time into the version that nobody sees yet. The draft may be edited meanwhile, so its revision
//! is looked at again in the transaction that attaches the version; when it has moved on, the copy is made anew.

use super::columns::Columns;
use super::repo;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::job::Claimed;
use entity::{catalogue, catalogue_row, catalogue_version};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

/// So often the copy is made anew because of edits before the import waits for a quieter time.
pub(super) const TRIES: usize = 5;

/// What was copied.
pub(super) struct Appended {
    /// The version it is of, and its revision then; none: there was nothing to add to.
    base: Option<(Uuid, i32)>,
    /// The columns of both.
    pub(super) columns: Option<Columns>,
    /// Rows that are not left out.
    pub(super) rows: i32,
    /// Rows with an error.
    pub(super) problem_rows: i32,
}

impl Appended {
    /// Whether it is still what people see.
    pub(super) async fn stands(
        &self,
        db: &impl ConnectionTrait,
        scope: &CompanyScope,
        catalogue: &catalogue::Model,
    ) -> Result<bool> {
        Ok(self.base == base(db, scope, Some(catalogue)).await?.map(|base| (base.id, base.revision)))
    }
}

/// The draft, else what is published.
async fn base(
    db: &impl ConnectionTrait,
    scope: &CompanyScope,
    catalogue: Option<&catalogue::Model>,
) -> Result<Option<catalogue_version::Model>> {
    match catalogue.and_then(|catalogue| catalogue.draft_version_id.or(catalogue.published_version_id)) {
        Some(id) => repo::version(db, scope, id).await.map(Some),
        None => Ok(None),
    }
}

/// Copies the rows of what stands behind the first `offset` rows of a hidden version, except rows whose key is among these.
/// An import that lost its job adds nothing more.
pub(super) async fn copy(
    ctx: &Ctx,
    scope: &CompanyScope,
    claimed: &Claimed,
    version_id: Uuid,
    offset: i32,
) -> Result<Appended> {
    let db = &ctx.db().read(scope);
    let catalogue = repo::find(db, scope).await?;
    let base = match base(db, scope, catalogue.as_ref()).await {
        // Replaced between two looks: the attaching transaction sees it.
        Err(Error::NotFound(_)) => None,
        base => base?,
    };
    let Some(base) = base else {
        return Ok(Appended { base: None, columns: None, rows: 0, problem_rows: 0 });
    };
    let own = catalogue_version::Entity::find_by_id(version_id)
        .filter(catalogue_version::Column::CompanyId.eq(scope.id()))
        .one(db)
        .await?
        .ok_or(Error::NotFound("version"))?;
    let columns = Columns::from_json(&own.columns)?.joined(Columns::from_json(&base.columns)?);
    let last = i64::from(repo::last_position(db, scope, base.id).await?.unwrap_or(-1));
    let step = i64::try_from(repo::CHUNK).unwrap_or(i64::MAX);
    let mut from = 0;
    while from <= last {
        let tx = ctx.db().begin(scope).await?;
        super::jobs::hold(ctx, &tx, claimed).await?;
        repo::append_rows(&tx, scope, base.id, version_id, offset, from..from + step).await?;
        ctx.commit(tx).await?;
        from += step;
    }
    // Nobody else writes into a version that nobody sees.
    let behind = repo::rows(scope, version_id).filter(catalogue_row::Column::Position.gte(offset));
    let rows = behind.clone().filter(catalogue_row::Column::LeftOut.eq(false)).count(db).await?;
    let problem_rows = behind.filter(catalogue_row::Column::HasError.eq(true)).count(db).await?;
    let small = |count: u64| i32::try_from(count).unwrap_or(i32::MAX);
    Ok(Appended {
        base: Some((base.id, base.revision)),
        columns: Some(columns),
        rows: small(rows),
        problem_rows: small(problem_rows),
    })
}

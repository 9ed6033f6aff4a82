//! The knowledge base of a company: imported into a draft, mended there, published as a version in one step, rolled back,
//! compared, exported, and kept in memory for the assistant.
//!
//! A version is a full copy of its rows. Customers are served the published one; whatever else happens to the catalogue,
//! that version stays whole until another takes its place in one transaction.

mod append;
mod bulk;
mod cache;
mod cell;
mod columns;
mod diff;
mod draft;
mod export;
mod import;
mod jobs;
mod links;
mod load;
mod publish;
mod repo;
mod row;
mod rows;
mod sample;
pub(crate) mod seeding;
mod words;

pub use cache::{Cache, published};
pub use columns::ColumnView;
pub use diff::{Change, Diff, DiffRow, diff};
pub use draft::discard_draft;
pub use export::{ExportFormat, Exported, export};
pub use import::{
    ImportView, MappedHeading, cancel_import, import, import_problems, imports, remap_import, start_import,
};
pub use jobs::{ImportTable, KEEP_VERSIONS, PruneCatalogue, run_import, run_prune};
pub use links::Links;
pub(crate) use links::{empty_links, links, scrub_links};
pub use publish::{publish, roll_back};
pub use row::Row;
pub use rows::{RowsPage, RowsRequest, add_row, delete_row, row, rows, update_row};
pub use sample::{SampleFile, sample, template};
pub use words::problem_text;

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::page::{Page, PageRequest, newest_first};
use entity::stored::ImportStatus;
use entity::{catalogue, catalogue_version, import as import_table};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

/// The company's catalogue; begun empty when there is none.
///
/// # Errors
/// When the database does not answer.
pub async fn catalogue(ctx: &Ctx, scope: &CompanyScope) -> Result<catalogue::Model> {
    if let Some(catalogue) = repo::find(&ctx.db().read(scope), scope).await? {
        return Ok(catalogue);
    }
    let tx = ctx.db().begin(scope).await?;
    let catalogue = repo::lock(ctx, &tx, scope).await?;
    ctx.commit(tx).await?;
    Ok(catalogue)
}

/// Makes changes that must see one another wait for one another until the transaction ends.
pub(crate) async fn hold(ctx: &Ctx, tx: &Tx, scope: &CompanyScope) -> Result<()> {
    repo::lock(ctx, tx, scope).await.map(|_| ())
}

/// One version.
///
/// # Errors
/// `NotFound`.
pub async fn version(ctx: &Ctx, scope: &CompanyScope, version_id: Uuid) -> Result<catalogue_version::Model> {
    repo::version(&ctx.db().read(scope), scope, version_id).await
}

/// The draft.
///
/// # Errors
/// When the database does not answer.
pub async fn draft_version(ctx: &Ctx, scope: &CompanyScope) -> Result<Option<catalogue_version::Model>> {
    let id = repo::find(&ctx.db().read(scope), scope).await?.and_then(|catalogue| catalogue.draft_version_id);
    version_if(ctx, scope, id).await
}

/// What customers are served.
///
/// # Errors
/// When the database does not answer.
pub async fn published_version(ctx: &Ctx, scope: &CompanyScope) -> Result<Option<catalogue_version::Model>> {
    let id = repo::find(&ctx.db().read(scope), scope).await?.and_then(|catalogue| catalogue.published_version_id);
    version_if(ctx, scope, id).await
}

async fn version_if(ctx: &Ctx, scope: &CompanyScope, id: Option<Uuid>) -> Result<Option<catalogue_version::Model>> {
    let Some(id) = id else { return Ok(None) };
    match version(ctx, scope, id).await {
        Ok(version) => Ok(Some(version)),
        // Replaced between two looks.
        Err(Error::NotFound(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// All versions, newest first.
///
/// # Errors
/// `Invalid` for a page that is none.
pub async fn versions(ctx: &Ctx, scope: &CompanyScope, page: &PageRequest) -> Result<Page<catalogue_version::Model>> {
    use catalogue_version::Column;
    newest_first(ctx, scope, repo::visible(scope), Column::CreatedAt, Column::Id, page, |row| (row.created_at, row.id))
        .await
}

/// The columns of a version.
///
/// # Errors
/// When what is stored does not decode.
pub fn columns_of(version: &catalogue_version::Model) -> Result<Vec<ColumnView>> {
    Ok(columns::Columns::from_json(&version.columns)?.view())
}

/// What the set-up list asks of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// A file was read, or a draft or published version is there.
    pub imported: bool,
    /// Customers are served a version.
    pub published: bool,
}

/// What the set-up list asks of the catalogue.
///
/// # Errors
/// When the database does not answer.
pub async fn facts(ctx: &Ctx, scope: &CompanyScope) -> Result<Facts> {
    let db = &ctx.db().read(scope);
    let catalogue = repo::find(db, scope).await?;
    let published = catalogue.as_ref().is_some_and(|catalogue| catalogue.published_version_id.is_some());
    let draft = catalogue.is_some_and(|catalogue| catalogue.draft_version_id.is_some());
    let imported = published
        || draft
        || import_table::Entity::find()
            .filter(import_table::Column::CompanyId.eq(scope.id()))
            .filter(import_table::Column::Status.eq(ImportStatus::Done))
            .count(db)
            .await?
            > 0;
    Ok(Facts { imported, published })
}

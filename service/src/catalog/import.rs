//! Imports as the owner sees them: started from an uploaded file, watched, read again with a corrected mapping, stopped.

use super::columns::Columns;
use super::jobs::{ImportTable, import_key};
use super::repo;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::job::{self, Job as _};
use crate::page::{Page, PageRequest, newest_first};
use domain::catalog::ItemKind;
use domain::catalog::heading::{Column, How, recognise};
use domain::catalog::problem::Problem;
use entity::stored::{EventKind, ImportStatus, JobStatus};
use entity::{catalogue_row, import};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What was understood of a file's headings; stored in `import.mapping`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct StoredMapping {
    /// Where the headings stand.
    pub(crate) heading_row: u32,
    /// What the owner chose: index of the heading and its meaning; none: an extra column.
    pub(crate) chosen: Vec<(usize, Option<Column>)>,
    /// The columns, once the headings are read.
    pub(crate) columns: Option<Columns>,
    /// The first cells of each column.
    pub(crate) samples: Vec<Vec<String>>,
    /// All sheets of the workbook.
    pub(crate) sheets: Vec<String>,
    /// Whether the rows are added to the draft, or to what is published, instead of taking its place.
    pub(crate) append: bool,
}

/// A heading of the file and what it was understood as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedHeading {
    /// Its place, from 0.
    pub index: usize,
    /// As written.
    pub heading: String,
    /// Canonical heading; none: kept as an extra column.
    pub column: Option<String>,
    /// `canonical`, `synonym`, `guess`, `chosen`, `twice`, `extra`.
    pub how: &'static str,
    /// The first filled cells.
    pub sample: Vec<String>,
}

/// An import as the owner sees it.
#[derive(Clone, Debug)]
pub struct ImportView {
    /// The stored row; `status` is the true one also when the job died without saying so.
    pub row: import::Model,
    /// Problems of the whole file and of its headings; an error among them is why it failed.
    pub file_problems: Vec<Problem>,
    /// The headings, once they are read.
    pub mapping: Vec<MappedHeading>,
    /// All sheets of the workbook.
    pub sheets: Vec<String>,
}

impl ImportView {
    /// Whether the file was read into a draft.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.row.status == ImportStatus::Done
    }

    /// The problem that stopped the file, else the first notice.
    #[must_use]
    pub fn file_problem(&self) -> Option<&Problem> {
        self.file_problems.iter().find(|problem| problem.is_error()).or_else(|| self.file_problems.first())
    }
}

/// Starts reading an uploaded file into a new draft, in a job. With `append` the new draft also has the rows of the draft,
/// or of what is published, whose keys the file does not have.
///
/// # Errors
/// `Forbidden`; `NotFound` for a file of another company or one that was not uploaded for this.
pub async fn start_import(
    ctx: &Ctx,
    scope: &CompanyScope,
    file_id: Uuid,
    sheet: Option<String>,
    append: bool,
) -> Result<ImportView> {
    scope.must_manage()?;
    let file = crate::file::get(ctx, scope, file_id).await?;
    if file.purpose != crate::file::Purpose::Import.as_str() {
        return Err(Error::NotFound("file"));
    }
    let sheet = sheet.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    if sheet.as_ref().is_some_and(|name| name.chars().count() > 255) {
        return Err(Error::invalid("sheet", "TOO_LONG", "The name of a sheet has at most 255 characters."));
    }
    let row = import::Model {
        id: ctx.new_id(),
        company_id: scope.id(),
        file_id,
        file_name: file.name,
        status: ImportStatus::Queued,
        rows_read: 0,
        rows_total: None,
        bytes_read: 0,
        bytes_total: file.size,
        sheet,
        mapping: serde_json::to_value(StoredMapping { append, ..StoredMapping::default() })?,
        problem_count: 0,
        file_problem: None,
        version_id: None,
        created_at: ctx.time(),
        finished_at: None,
    };
    let mut tx = ctx.db().begin(scope).await?;
    repo::create(ctx, &tx, scope).await?;
    import::Entity::insert(active(&row)).exec_without_returning(&tx).await?;
    enqueue(ctx, &mut tx, scope, row.id).await?;
    ctx.commit(tx).await?;
    view(ctx, scope, row).await
}

async fn enqueue(ctx: &Ctx, tx: &mut crate::db::Tx, scope: &CompanyScope, import_id: Uuid) -> Result<()> {
    job::enqueue(ctx, tx, scope, &ImportTable { import_id, company_id: scope.id() }).await?;
    crate::event::emit(ctx, tx, scope, EventKind::Import, import_id).await
}

fn active(row: &import::Model) -> import::ActiveModel {
    import::ActiveModel {
        id: Set(row.id),
        company_id: Set(row.company_id),
        file_id: Set(row.file_id),
        file_name: Set(row.file_name.clone()),
        status: Set(row.status),
        rows_read: Set(row.rows_read),
        rows_total: Set(row.rows_total),
        bytes_read: Set(row.bytes_read),
        bytes_total: Set(row.bytes_total),
        sheet: Set(row.sheet.clone()),
        mapping: Set(row.mapping.clone()),
        problem_count: Set(row.problem_count),
        file_problem: Set(row.file_problem.clone()),
        version_id: Set(row.version_id),
        created_at: Set(row.created_at),
        finished_at: Set(row.finished_at),
    }
}

/// The stored import of this company.
pub(crate) async fn find(
    db: &impl sea_orm::ConnectionTrait,
    scope: &CompanyScope,
    import_id: Uuid,
) -> Result<import::Model> {
    import::Entity::find_by_id(import_id)
        .filter(import::Column::CompanyId.eq(scope.id()))
        .one(db)
        .await?
        .ok_or(Error::NotFound("import"))
}

/// One import.
///
/// # Errors
/// `NotFound`.
pub async fn import(ctx: &Ctx, scope: &CompanyScope, import_id: Uuid) -> Result<ImportView> {
    let row = find(&ctx.db().read(scope), scope, import_id).await?;
    view(ctx, scope, row).await
}

/// Imports, newest first.
///
/// # Errors
/// `Invalid` for a page that is none.
pub async fn imports(ctx: &Ctx, scope: &CompanyScope, page: &PageRequest) -> Result<Page<ImportView>> {
    let find = import::Entity::find().filter(import::Column::CompanyId.eq(scope.id()));
    let page = newest_first(ctx, scope, find, import::Column::CreatedAt, import::Column::Id, page, |row| {
        (row.created_at, row.id)
    })
    .await?;
    let mut rows = Vec::with_capacity(page.rows.len());
    for (cursor, row) in page.rows {
        rows.push((cursor, view(ctx, scope, row).await?));
    }
    Ok(Page { rows, has_next: page.has_next, has_previous: page.has_previous, total: page.total })
}

async fn view(ctx: &Ctx, scope: &CompanyScope, mut row: import::Model) -> Result<ImportView> {
    if matches!(row.status, ImportStatus::Queued | ImportStatus::Reading) {
        // A job that killed its worker again and again is dead without having said so here.
        let last = entity::job::Entity::find()
            .filter(entity::job::Column::CompanyId.eq(scope.id()))
            .filter(entity::job::Column::SubjectId.eq(row.id))
            .filter(entity::job::Column::Kind.eq(ImportTable::KIND))
            .order_by_desc(entity::job::Column::CreatedAt)
            .limit(1)
            .one(&ctx.db().read(scope))
            .await?;
        if last.is_some_and(|job| job.status == JobStatus::Dead) {
            row.status = ImportStatus::Failed;
        }
    }
    let stored: StoredMapping = serde_json::from_value(row.mapping.clone())?;
    let file_problems = match &row.file_problem {
        Some(problems) => serde_json::from_value(problems.clone())?,
        None => Vec::new(),
    };
    let kind = stored.columns.as_ref().map_or(ItemKind::Product, |columns| columns.kind);
    let mapping = stored.columns.iter().flat_map(|columns| columns.columns.iter().enumerate());
    let mapping = mapping
        .map(|(index, column)| MappedHeading {
            index,
            heading: column.mapped.heading.clone(),
            column: match &column.mapped.column {
                Column::Extra(_) => None,
                known => Some(known.canonical(column.mapped.only.unwrap_or(kind)).to_owned()),
            },
            how: how(column.mapped.how),
            sample: stored.samples.get(index).cloned().unwrap_or_default(),
        })
        .collect();
    Ok(ImportView { row, file_problems, mapping, sheets: stored.sheets })
}

const fn how(how: How) -> &'static str {
    match how {
        How::Canonical => "canonical",
        How::Synonym => "synonym",
        How::Guess => "guess",
        How::Chosen => "chosen",
        How::Twice => "twice",
        How::Extra => "extra",
    }
}

/// The problems of an import, those of the file first, then row by row as they are now: a row that was mended in the
/// draft has none any more. `first` is 1 to 100, `after` the cursor of the page before.
///
/// # Errors
/// `Invalid` for a page that is none.
pub async fn import_problems(
    ctx: &Ctx,
    scope: &CompanyScope,
    import: &ImportView,
    page: &PageRequest,
) -> Result<Page<Problem>> {
    let size = usize::try_from(page.window()?.size).unwrap_or(usize::MAX);
    let (position, index) = match &page.after {
        None => (-1, 0),
        Some(cursor) => parse_cursor(cursor)?,
    };
    let mut found: Vec<(String, Problem)> = Vec::new();
    if position < 0 {
        let file = import.file_problems.iter().cloned().enumerate().skip(index);
        found.extend(file.map(|(at, problem)| (format!("-1.{}", at + 1), problem)));
    }
    if let Some(version_id) = import.row.version_id {
        let mut from = position.max(0);
        let mut skip = if position < 0 { 0 } else { index };
        while found.len() <= size {
            let rows = with_problems(repo::rows(scope, version_id))
                .filter(catalogue_row::Column::Position.gte(from))
                .order_by_asc(catalogue_row::Column::Position)
                .limit(size as u64 + 1)
                .all(&ctx.db().read(scope))
                .await?;
            let Some(last) = rows.last() else { break };
            let next = last.position + 1;
            for row in rows {
                let problems: Vec<Problem> = serde_json::from_value(row.problems)?;
                let skipped = if row.position == from { std::mem::take(&mut skip) } else { 0 };
                let problems = problems.into_iter().enumerate().skip(skipped);
                found.extend(problems.map(|(at, problem)| (format!("{}.{}", row.position, at + 1), problem)));
            }
            from = next;
            skip = 0;
        }
    }
    let has_next = found.len() > size;
    found.truncate(size);
    Ok(Page { rows: found, has_next, has_previous: page.after.is_some(), total: None })
}

fn parse_cursor(cursor: &str) -> Result<(i32, usize)> {
    let parse = || {
        let (position, index) = cursor.split_once('.')?;
        Some((position.parse().ok()?, index.parse().ok()?))
    };
    parse().ok_or_else(|| Error::invalid("after", "INVALID", "after is not a cursor of this list."))
}

/// Rows with any problem, a notice included.
pub(crate) fn with_problems(find: sea_orm::Select<catalogue_row::Entity>) -> sea_orm::Select<catalogue_row::Entity> {
    find.filter(Expr::cust("CAST(problems AS TEXT) <> '[]'"))
}

/// Reads the file again with other meanings for some headings: `(index, canonical heading)`, none for an extra column.
/// The draft that the import filled is replaced once it is read.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid` while it is being read, and for a heading or column that is none.
pub async fn remap_import(
    ctx: &Ctx,
    scope: &CompanyScope,
    import_id: Uuid,
    mapping: &[(usize, Option<String>)],
) -> Result<ImportView> {
    scope.must_manage()?;
    let mut tx = ctx.db().begin(scope).await?;
    let row = find(&tx, scope, import_id).await?;
    if matches!(row.status, ImportStatus::Queued | ImportStatus::Reading) {
        return Err(Error::invalid("importId", "STILL_READING", "The file is being read; wait until that ends."));
    }
    crate::file::get(ctx, scope, row.file_id).await?;
    let mut stored: StoredMapping = serde_json::from_value(row.mapping.clone())?;
    let count = stored.columns.as_ref().map_or(0, |columns| columns.columns.len());
    for (at, (index, column)) in mapping.iter().enumerate() {
        if *index >= count {
            return Err(Error::invalid(
                &format!("mapping.{at}.index"),
                "OUT_OF_RANGE",
                "The file has no heading with this index.",
            ));
        }
        let column = match column {
            None => None,
            Some(word) => Some(recognise(word).ok_or_else(|| {
                Error::invalid(&format!("mapping.{at}.column"), "UNKNOWN_COLUMN", "There is no such column.")
            })?),
        };
        stored.chosen.retain(|(other, _)| other != index);
        stored.chosen.push((*index, column));
    }
    let changed = import::Entity::update_many()
        .col_expr(import::Column::Status, Expr::value("queued"))
        .col_expr(import::Column::RowsRead, Expr::value(0))
        .col_expr(import::Column::RowsTotal, Expr::value(Option::<i32>::None))
        .col_expr(import::Column::BytesRead, Expr::value(0_i64))
        .col_expr(import::Column::ProblemCount, Expr::value(0))
        .col_expr(import::Column::FileProblem, Expr::value(Option::<serde_json::Value>::None))
        .col_expr(import::Column::FinishedAt, Expr::value(Option::<i64>::None))
        .col_expr(import::Column::Mapping, Expr::value(serde_json::to_value(&stored)?))
        .filter(import::Column::Id.eq(import_id))
        .filter(import::Column::CompanyId.eq(scope.id()))
        .filter(import::Column::Status.is_in([ImportStatus::Done, ImportStatus::Failed, ImportStatus::Cancelled]))
        .exec(&tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(Error::invalid("importId", "STILL_READING", "The file is being read; wait until that ends."));
    }
    enqueue(ctx, &mut tx, scope, import_id).await?;
    ctx.commit(tx).await?;
    import(ctx, scope, import_id).await
}

/// Stops an import: the draft it would have filled never appears. One that has ended stays as it is.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn cancel_import(ctx: &Ctx, scope: &CompanyScope, import_id: Uuid) -> Result<ImportView> {
    scope.must_manage()?;
    let mut tx = ctx.db().begin(scope).await?;
    find(&tx, scope, import_id).await?;
    let changed = import::Entity::update_many()
        .col_expr(import::Column::Status, Expr::value("cancelled"))
        .col_expr(import::Column::FinishedAt, Expr::value(ctx.time().0))
        .filter(import::Column::Id.eq(import_id))
        .filter(import::Column::CompanyId.eq(scope.id()))
        .filter(import::Column::Status.is_in([ImportStatus::Queued, ImportStatus::Reading]))
        .exec(&tx)
        .await?;
    if changed.rows_affected > 0 {
        job::cancel(ctx, &mut tx, scope, &import_key(import_id)).await?;
        super::jobs::prune_soon(ctx, &mut tx, scope).await?;
        crate::event::emit(ctx, &mut tx, scope, EventKind::Import, import_id).await?;
    }
    ctx.commit(tx).await?;
    import(ctx, scope, import_id).await
}

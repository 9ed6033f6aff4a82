//! Rows of a version: pages for the grid, and edits, which always go to the draft.

use super::bulk::{self, NewRow};
use super::cell::Cells;
use super::columns::Columns;
use super::row::{self, Row};
use super::{draft, import::with_problems, repo};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::page::{Page, PageRequest};
use domain::catalog::ItemKind;
use domain::catalog::heading::normalise;
use domain::catalog::problem::{Problem, ProblemCode};
use domain::catalog::row::{Cell, RowOutcome, RowReader};
use domain::money::Currency;
use entity::catalogue_row;
use entity::stored::EventKind;
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Longest text of a cell that a person may write, in characters; what a column allows is less and told as a problem.
const CELL_CHARACTERS: usize = 20_000;
/// Rows of one key that an edit reads again; more of one key are all duplicates of the first.
const GROUP: u64 = 500;

/// Which rows of a version.
#[derive(Clone, Debug, Default)]
pub struct RowsRequest {
    /// Page; cursors are those of [`RowsPage`].
    pub page: PageRequest,
    /// Words that stand in name, sku or description, whatever their case and accents.
    pub search: Option<String>,
    /// Only rows with a problem, a notice included.
    pub only_problems: bool,
    /// So many rows are skipped before the page: the jump of a grid. Not with `after` or `before`.
    pub offset: Option<u64>,
}

/// A part of a version's rows, in the file's order.
#[derive(Clone, Debug)]
pub struct RowsPage {
    /// The rows.
    pub page: Page<Row>,
    /// How many there are with this search and filter.
    pub total: u64,
}

/// Rows of a version.
///
/// # Errors
/// `NotFound` for a version that is not this company's; `Invalid` for a page that is none.
pub async fn rows(ctx: &Ctx, scope: &CompanyScope, version_id: Uuid, request: &RowsRequest) -> Result<RowsPage> {
    use catalogue_row::Column;
    let db = &ctx.db().read(scope);
    let window = request.page.window()?;
    repo::version(db, scope, version_id).await?;
    let mut find = repo::rows(scope, version_id);
    if request.only_problems {
        find = with_problems(find);
    }
    let words = request.search.as_deref().map(normalise).unwrap_or_default();
    for word in words.split_whitespace().take(8) {
        find = find.filter(Column::Search.contains(word));
    }
    let total = find.clone().count(db).await?;
    let mut select: Select<catalogue_row::Entity> = find;
    if let Some(after) = &request.page.after {
        select = select.filter(Column::Position.gt(parse_cursor("after", after)?));
    }
    if let Some(before) = &request.page.before {
        select = select.filter(Column::Position.lt(parse_cursor("before", before)?));
    }
    select =
        if window.backward { select.order_by_desc(Column::Position) } else { select.order_by_asc(Column::Position) };
    if let Some(offset) = request.offset {
        if request.page.after.is_some() || request.page.before.is_some() || window.backward {
            return Err(Error::invalid("offset", "WITH_CURSOR", "offset goes with first alone."));
        }
        select = select.offset(offset.min(u64::from(u32::MAX)));
    }
    let mut models = select.limit(window.size + 1).all(db).await?;
    let more = models.len() as u64 > window.size;
    models.truncate(usize::try_from(window.size).unwrap_or(usize::MAX));
    if window.backward {
        models.reverse();
    }
    let (has_next, has_previous) = if window.backward {
        (request.page.before.is_some(), more)
    } else {
        (more, request.page.after.is_some() || request.offset.is_some_and(|offset| offset > 0))
    };
    let rows = models
        .into_iter()
        .map(|model| Ok((model.position.to_string(), row::view(model)?)))
        .collect::<Result<Vec<_>>>()?;
    Ok(RowsPage { page: Page { rows, has_next, has_previous, total: Some(total) }, total })
}

fn parse_cursor(name: &str, text: &str) -> Result<i32> {
    text.parse().map_err(|_| Error::invalid(name, "INVALID", format!("{name} is not a cursor of this list.")))
}

/// One row of any version of this company.
///
/// # Errors
/// `NotFound`.
pub async fn row(ctx: &Ctx, scope: &CompanyScope, row_id: Uuid) -> Result<Row> {
    row::view(repo::row(&ctx.db().read(scope), scope, row_id).await?)
}

/// Adds a row at the end of the draft; cells by column key, a known column that the draft lacks is added to it. A row with
/// problems is stored with them.
///
/// # Errors
/// `Forbidden`; `Invalid` with `cells.<key>` for a cell that cannot be stored, and for a row without any.
pub async fn add_row(ctx: &Ctx, scope: &CompanyScope, kind: ItemKind, cells: &BTreeMap<String, String>) -> Result<Row> {
    scope.must_manage()?;
    check_cells(cells.iter().map(|(key, text)| (key, text.as_str())))?;
    if cells.values().all(|text| text.trim().is_empty()) {
        return Err(Error::invalid("cells", "EMPTY", "Fill at least one cell."));
    }
    let draft_id = draft::ensure(ctx, scope).await?;
    let mut edit = Edit::begin(ctx, scope, draft_id).await?;
    let last =
        repo::rows(scope, draft_id).order_by_desc(catalogue_row::Column::Position).limit(1).one(&edit.tx).await?;
    if last.is_none() && edit.columns.kind != kind {
        edit.columns = Columns::by_hand(kind);
        edit.columns_changed = true;
    }
    let mut stored = Cells::default();
    for (named, text) in cells {
        let key = edit.take_column(named)?;
        stored.0.insert(key, typed(text));
    }
    if edit.columns.kind != kind || edit.columns.has("kind") {
        let key = edit.take_column("kind")?;
        stored.0.insert(key, Cell::Text(kind.as_str().to_owned()));
    }
    let (position, number) = last.map_or((0, 2), |last| (last.position + 1, last.number.saturating_add(1)));
    let id = ctx.new_id();
    let built = edit.build(id, position, number, &stored)?;
    let (key, has_error) = (built.key.clone(), built.has_error);
    bulk::insert_rows(&edit.tx, scope, draft_id, vec![built]).await?;
    edit.row_delta += 1;
    edit.problem_delta += i32::from(has_error);
    edit.revalidate(&key, Some(id)).await?;
    edit.finish(id).await
}

/// Changes cells of a row in the draft (only the ones given; an empty text or none clears one) and whether it is left
/// out. A row of the published version is changed in a draft made from it.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid` with `cells.<key>` for a cell that cannot be stored.
pub async fn update_row(
    ctx: &Ctx,
    scope: &CompanyScope,
    row_id: Uuid,
    cells: &BTreeMap<String, Option<String>>,
    left_out: Option<bool>,
) -> Result<Row> {
    scope.must_manage()?;
    check_cells(cells.iter().map(|(key, text)| (key, text.as_deref().unwrap_or_default())))?;
    let (mut edit, model) = Edit::of_row(ctx, scope, row_id).await?;
    let (id, old_key) = (model.id, model.key.clone());
    if let Some(left_out) = left_out
        && left_out != model.left_out
    {
        edit.set(id, catalogue_row::Column::LeftOut, left_out).await?;
        edit.row_delta += if left_out { -1 } else { 1 };
    }
    if !cells.is_empty() {
        let mut stored = Cells::from_json(&model.cells);
        for (named, text) in cells {
            let key = edit.take_column(named)?;
            match typed(text.as_deref().unwrap_or_default()) {
                Cell::Empty => stored.0.remove(&key),
                cell => stored.0.insert(key, cell),
            };
        }
        let built = edit.build(id, model.position, model.number, &stored)?;
        edit.store(&built, &stored, model.has_error).await?;
        edit.revalidate(&built.key, Some(id)).await?;
        if built.key != old_key {
            edit.revalidate(&old_key, None).await?;
        }
    }
    edit.finish(id).await
}

/// Deletes a row of the draft; a row of the published version is deleted in a draft made from it. The row as it was.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn delete_row(ctx: &Ctx, scope: &CompanyScope, row_id: Uuid) -> Result<Row> {
    scope.must_manage()?;
    let (mut edit, model) = Edit::of_row(ctx, scope, row_id).await?;
    catalogue_row::Entity::delete_many()
        .filter(catalogue_row::Column::Id.eq(model.id))
        .filter(catalogue_row::Column::CompanyId.eq(scope.id()))
        .filter(catalogue_row::Column::VersionId.eq(edit.version_id))
        .exec(&edit.tx)
        .await?;
    edit.row_delta -= i32::from(!model.left_out);
    edit.problem_delta -= i32::from(model.has_error);
    edit.revalidate(&model.key, None).await?;
    edit.commit().await?;
    row::view(model)
}

fn typed(text: &str) -> Cell {
    let text = text.replace('\0', "");
    if text.trim().is_empty() { Cell::Empty } else { Cell::Text(text) }
}

fn check_cells<'a>(cells: impl Iterator<Item = (&'a String, &'a str)>) -> Result<()> {
    for (key, text) in cells {
        let length = text.chars().count();
        if length > CELL_CHARACTERS {
            return Err(Error::invalid(
                &format!("cells.{key}"),
                "TOO_LONG",
                format!("The text has {length} characters; at most {CELL_CHARACTERS} can be stored."),
            ));
        }
    }
    Ok(())
}

/// One edit of the draft: a transaction, and what changed in it.
pub(super) struct Edit<'a> {
    ctx: &'a Ctx,
    scope: &'a CompanyScope,
    pub(super) tx: Tx,
    catalogue_id: Uuid,
    version_id: Uuid,
    columns: Columns,
    columns_changed: bool,
    currency: Currency,
    row_delta: i32,
    problem_delta: i32,
}

impl<'a> Edit<'a> {
    pub(super) async fn begin(ctx: &'a Ctx, scope: &'a CompanyScope, draft_id: Uuid) -> Result<Self> {
        let tx = ctx.db().begin(scope).await?;
        let catalogue = repo::lock(ctx, &tx, scope).await?;
        if catalogue.draft_version_id != Some(draft_id) {
            // Published, discarded or replaced in this very moment.
            return Err(Error::NotFound("row"));
        }
        Self::of(ctx, scope, tx, catalogue.id, draft_id).await
    }

    async fn of(ctx: &'a Ctx, scope: &'a CompanyScope, tx: Tx, catalogue_id: Uuid, version_id: Uuid) -> Result<Self> {
        let version = repo::version(&tx, scope, version_id).await?;
        let currency = repo::currency(&tx, scope).await?;
        Ok(Self {
            ctx,
            scope,
            tx,
            catalogue_id,
            version_id,
            columns: Columns::from_json(&version.columns)?,
            columns_changed: false,
            currency,
            row_delta: 0,
            problem_delta: 0,
        })
    }

    /// A version as it is, whatever it is: for links that must not outlive their file.
    pub(super) async fn of_version(ctx: &'a Ctx, scope: &'a CompanyScope, version_id: Uuid) -> Result<Self> {
        let tx = ctx.db().begin(scope).await?;
        let catalogue = repo::lock(ctx, &tx, scope).await?;
        Self::of(ctx, scope, tx, catalogue.id, version_id).await
    }

    /// Puts other cells in the place of a row's.
    pub(super) async fn put_cells(&mut self, model: &catalogue_row::Model, cells: &Cells) -> Result<()> {
        let built = self.build(model.id, model.position, model.number, cells)?;
        self.store(&built, cells, model.has_error).await?;
        self.revalidate(&built.key, Some(model.id)).await
    }

    /// The row in the draft that the caller means: itself, or the copy of a row of the published version.
    async fn of_row(ctx: &'a Ctx, scope: &'a CompanyScope, row_id: Uuid) -> Result<(Self, catalogue_row::Model)> {
        let meant = repo::row(&ctx.db().read(scope), scope, row_id).await?;
        let version = repo::version(&ctx.db().read(scope), scope, meant.version_id).await?;
        if version.status == entity::stored::VersionStatus::Superseded {
            return Err(Error::invalid("id", "OLD_VERSION", "A row of an older version can't be changed."));
        }
        let draft_id = draft::ensure(ctx, scope).await?;
        let edit = Self::begin(ctx, scope, draft_id).await?;
        let in_draft = repo::rows(scope, draft_id);
        let in_draft = if meant.version_id == draft_id {
            in_draft.filter(catalogue_row::Column::Id.eq(row_id))
        } else {
            in_draft
                .filter(catalogue_row::Column::Key.eq(meant.key.as_str()))
                .order_by_desc(catalogue_row::Column::Position.eq(meant.position))
                .order_by_asc(catalogue_row::Column::Position)
        };
        let model = in_draft.limit(1).one(&edit.tx).await?.ok_or(Error::NotFound("row"))?;
        Ok((edit, model))
    }

    fn take_column(&mut self, named: &str) -> Result<String> {
        let before = self.columns.columns.len();
        let key = self.columns.take(named)?;
        self.columns_changed |= self.columns.columns.len() != before;
        Ok(key)
    }

    fn build(&self, id: Uuid, position: i32, number: i32, cells: &Cells) -> Result<NewRow> {
        let cells = row::in_order(&self.columns, cells);
        let places = row::Places::of(&self.columns);
        let mut reader = row::reader(&self.columns, self.currency);
        let number = u32::try_from(number).unwrap_or(0);
        let outcome = reader.read(number, &cells);
        row::build(id, position, number, &self.columns, &places, &cells, &outcome)
    }

    async fn set(&self, id: Uuid, column: catalogue_row::Column, value: impl Into<sea_orm::Value>) -> Result<()> {
        self.update(id, |update| update.col_expr(column, Expr::value(value))).await
    }

    async fn update(
        &self,
        id: Uuid,
        change: impl FnOnce(sea_orm::UpdateMany<catalogue_row::Entity>) -> sea_orm::UpdateMany<catalogue_row::Entity>,
    ) -> Result<()> {
        change(catalogue_row::Entity::update_many())
            .filter(catalogue_row::Column::Id.eq(id))
            .filter(catalogue_row::Column::CompanyId.eq(self.scope.id()))
            .filter(catalogue_row::Column::VersionId.eq(self.version_id))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    async fn store(&mut self, built: &NewRow, cells: &Cells, had_error: bool) -> Result<()> {
        use catalogue_row::Column;
        let item: Option<serde_json::Value> = built.item.as_deref().map(serde_json::from_str).transpose()?;
        let problems: serde_json::Value = serde_json::from_str(&built.problems)?;
        let cells = cells.to_json()?;
        self.update(built.id, |update| {
            update
                .col_expr(Column::Key, Expr::value(built.key.as_str()))
                .col_expr(Column::Kind, Expr::value(built.kind))
                .col_expr(Column::Name, Expr::value(built.name.as_str()))
                .col_expr(Column::Search, Expr::value(built.search.as_str()))
                .col_expr(Column::Cells, Expr::value(cells))
                .col_expr(Column::Item, Expr::value(item))
                .col_expr(Column::Problems, Expr::value(problems))
                .col_expr(Column::HasError, Expr::value(built.has_error))
        })
        .await?;
        self.problem_delta += i32::from(built.has_error) - i32::from(had_error);
        Ok(())
    }

    /// Reads the rows of one key again, in their order: which of them is a duplicate may have changed.
    async fn revalidate(&mut self, key: &str, edited: Option<Uuid>) -> Result<()> {
        use catalogue_row::Column;
        let group = repo::rows(self.scope, self.version_id)
            .filter(Column::Key.eq(key))
            .order_by_asc(Column::Position)
            .limit(GROUP)
            .all(&self.tx)
            .await?;
        let mut reader = row::reader(&self.columns, self.currency);
        let mut seen = false;
        for model in group {
            seen |= Some(model.id) == edited;
            self.reread(&mut reader, model, edited).await?;
        }
        if let Some(id) = edited.filter(|_| !seen)
            && let Some(model) = repo::rows(self.scope, self.version_id).filter(Column::Id.eq(id)).one(&self.tx).await?
        {
            self.reread(&mut reader, model, edited).await?;
        }
        Ok(())
    }

    async fn reread(
        &mut self,
        reader: &mut RowReader,
        model: catalogue_row::Model,
        edited: Option<Uuid>,
    ) -> Result<()> {
        use catalogue_row::Column;
        let cells = row::in_order(&self.columns, &Cells::from_json(&model.cells));
        let outcome = reader.read(u32::try_from(model.number).unwrap_or(0), &cells);
        let stored: Vec<Problem> = serde_json::from_value(model.problems.clone())?;
        let RowOutcome { item, problems, .. } = outcome;
        // What the file's reader found in a row that nobody touched (cells without a heading) stays.
        let problems: Vec<Problem> = if Some(model.id) == edited {
            problems
        } else {
            let duplicates = problems.into_iter().filter(is_duplicate);
            stored.iter().filter(|problem| !is_duplicate(problem)).cloned().chain(duplicates).collect()
        };
        let item = item.filter(|_| !problems.iter().any(Problem::is_error));
        let has_error = item.is_none();
        if problems == stored && has_error == model.has_error {
            return Ok(());
        }
        let item = item.map(|item| serde_json::to_value(&item)).transpose()?;
        let json = serde_json::to_value(&problems)?;
        self.update(model.id, |update| {
            update
                .col_expr(Column::Item, Expr::value(item))
                .col_expr(Column::Problems, Expr::value(json))
                .col_expr(Column::HasError, Expr::value(has_error))
        })
        .await?;
        self.problem_delta += i32::from(has_error) - i32::from(model.has_error);
        Ok(())
    }

    pub(super) async fn commit(mut self) -> Result<()> {
        repo::edited(&self.tx, self.scope, self.version_id, self.row_delta, self.problem_delta).await?;
        if self.columns_changed {
            repo::set_columns(&self.tx, self.scope, self.version_id, &self.columns).await?;
        }
        crate::event::emit(self.ctx, &mut self.tx, self.scope, EventKind::Catalogue, self.catalogue_id).await?;
        self.ctx.commit(self.tx).await
    }

    async fn finish(self, row_id: Uuid) -> Result<Row> {
        let (ctx, scope) = (self.ctx, self.scope);
        self.commit().await?;
        row(ctx, scope, row_id).await
    }
}

const fn is_duplicate(problem: &Problem) -> bool {
    matches!(problem.code, ProblemCode::DuplicateSku { .. } | ProblemCode::DuplicateName { .. })
}

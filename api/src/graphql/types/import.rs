//! Imports: how far the reading of a file is, and what was found.

use super::{CatalogueVersion, RowProblem};
use crate::graphql::error::ApiError;
use crate::graphql::id::Kind;
use crate::graphql::page::{Connection, cost, request};
use crate::graphql::request::anybody;
use crate::graphql::scalar::{DateTime, ImportStatus, Int64String, count};
use async_graphql::{Context, ID, Object, SimpleObject};
use service::Error;
use service::access::CompanyScope;
use service::catalog::{self, ImportView};

/// A file that is, or was, read into a draft.
pub(crate) struct Import {
    scope: CompanyScope,
    view: ImportView,
}

impl Import {
    pub(crate) const fn new(scope: CompanyScope, view: ImportView) -> Self {
        Self { scope, view }
    }
}

/// A file that is, or was, read into a draft.
#[Object]
impl Import {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Import.id(self.view.row.id)
    }

    /// Name of the file.
    async fn file_name(&self) -> &str {
        &self.view.row.file_name
    }

    /// How far it is.
    async fn status(&self) -> ImportStatus {
        self.view.row.status.into()
    }

    /// Rows so far.
    async fn rows_read(&self) -> i32 {
        self.view.row.rows_read
    }

    /// Rows in all, once that is known.
    async fn rows_total(&self) -> Option<i32> {
        self.view.row.rows_total
    }

    /// Bytes so far.
    async fn bytes_read(&self) -> Option<Int64String> {
        Some(Int64String(self.view.row.bytes_read))
    }

    /// Size of the file.
    async fn bytes_total(&self) -> Option<Int64String> {
        Some(Int64String(self.view.row.bytes_total))
    }

    /// What is wrong: with the file first, then row by row as they are now.
    #[graphql(complexity = "cost(first, None, child_complexity)")]
    async fn problems(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start or after `after`: 1 to 100, 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor.")] after: Option<String>,
    ) -> Result<Connection<RowProblem>, ApiError> {
        let page = request(ctx, first, after, None, None);
        let page = catalog::import_problems(anybody(ctx)?, &self.scope, &self.view, &page).await?;
        Ok(Connection::of(page, RowProblem))
    }

    /// Rows that cannot go live as they were read.
    async fn problem_count(&self) -> i32 {
        self.view.row.problem_count
    }

    /// The problem that stopped the file, else the first notice about it as a whole.
    async fn file_problem(&self) -> Option<RowProblem> {
        self.view.file_problem().cloned().map(RowProblem)
    }

    /// Headings of the file and what they were understood as, once they are read.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn mapping(&self) -> Vec<MappedHeading> {
        let mapping = self.view.mapping.iter().map(|heading| MappedHeading {
            index: count(heading.index as u64),
            heading: heading.heading.clone(),
            column: heading.column.clone(),
            how: heading.how.to_owned(),
            sample: heading.sample.clone(),
        });
        mapping.collect()
    }

    /// Sheets of the workbook; empty for a file without sheets.
    async fn sheets(&self) -> &[String] {
        &self.view.sheets
    }

    /// The version it filled; null while it is read, and once that version was replaced.
    async fn version(&self, ctx: &Context<'_>) -> Result<Option<CatalogueVersion>, ApiError> {
        let Some(id) = self.view.row.version_id else { return Ok(None) };
        match catalog::version(anybody(ctx)?, &self.scope, id).await {
            Ok(row) => Ok(Some(CatalogueVersion::new(self.scope.clone(), row))),
            Err(Error::NotFound(_)) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime {
        self.view.row.created_at.into()
    }

    /// When it ended.
    async fn finished_at(&self) -> Option<DateTime> {
        self.view.row.finished_at.map(Into::into)
    }
}

/// A heading of a file and what it was understood as.
#[derive(Clone, Debug, SimpleObject)]
struct MappedHeading {
    /// Its place, from 0.
    index: i32,
    /// As written.
    heading: String,
    /// Canonical heading; null: kept as an extra column.
    column: Option<String>,
    /// `canonical`, `synonym`, `guess`, `chosen`, `twice`, `extra`.
    how: String,
    /// The first filled cells.
    sample: Vec<String>,
}

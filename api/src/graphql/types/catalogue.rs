//! The knowledge base: versions, rows and what is wrong with them.

use crate::graphql::error::{ApiError, within_if};
use crate::graphql::id::Kind;
use crate::graphql::page::{Connection, cost, request};
use crate::graphql::request::{anybody, one, reader};
use crate::graphql::scalar::{CatalogueVersionStatus, DateTime, ItemKind, Language, Money, count};
use async_graphql::{Context, ID, Json, Object, SimpleObject};
use domain::catalog::problem::{Problem, Severity};
use domain::catalog::{Area, Item};
use service::access::CompanyScope;
use service::catalog::{self, Row, RowsRequest};
use service::company;
use service::row::{catalogue, catalogue_version};
use std::collections::BTreeMap;

/// The knowledge base of a company.
pub(crate) struct Catalogue {
    scope: CompanyScope,
    row: catalogue::Model,
}

impl Catalogue {
    pub(crate) const fn new(scope: CompanyScope, row: catalogue::Model) -> Self {
        Self { scope, row }
    }
}

/// The knowledge base of a company.
#[Object]
impl Catalogue {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Catalogue.id(self.row.id)
    }

    /// What customers are served; null before the first publishing.
    async fn published(&self, ctx: &Context<'_>) -> Result<Option<CatalogueVersion>, ApiError> {
        let version = catalog::published_version(anybody(ctx)?, &self.scope).await?;
        Ok(version.map(|row| CatalogueVersion::new(self.scope.clone(), row)))
    }

    /// What is being worked on.
    async fn draft(&self, ctx: &Context<'_>) -> Result<Option<CatalogueVersion>, ApiError> {
        let version = catalog::draft_version(anybody(ctx)?, &self.scope).await?;
        Ok(version.map(|row| CatalogueVersion::new(self.scope.clone(), row)))
    }

    /// All versions, the newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start or after `after`: 1 to 100, 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor.")] before: Option<String>,
    ) -> Result<Connection<CatalogueVersion>, ApiError> {
        let page = request(ctx, first, after, last, before);
        let page = catalog::versions(anybody(ctx)?, &self.scope, &page).await?;
        Ok(Connection::of(page, |row| CatalogueVersion::new(self.scope.clone(), row)))
    }
}

/// One state of a catalogue.
pub(crate) struct CatalogueVersion {
    scope: CompanyScope,
    row: catalogue_version::Model,
}

impl CatalogueVersion {
    pub(crate) const fn new(scope: CompanyScope, row: catalogue_version::Model) -> Self {
        Self { scope, row }
    }
}

/// One state of a catalogue.
#[Object]
impl CatalogueVersion {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Version.id(self.row.id)
    }

    /// 1, 2, 3…
    async fn number(&self) -> i32 {
        self.row.number
    }

    /// Draft, published or superseded.
    async fn status(&self) -> CatalogueVersionStatus {
        self.row.status.into()
    }

    /// Rows that are not left out.
    async fn row_count(&self) -> i32 {
        self.row.row_count
    }

    /// Rows that cannot go live as they are.
    async fn problem_count(&self) -> i32 {
        self.row.problem_count
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.row.created_at.into()
    }

    /// When it went live last.
    async fn published_at(&self) -> Option<DateTime> {
        self.row.published_at.map(Into::into)
    }

    /// Its columns in their order.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn columns(&self) -> Result<Vec<CatalogueColumn>, ApiError> {
        let columns = catalog::columns_of(&self.row)?.into_iter().map(|column| CatalogueColumn {
            key: column.key,
            heading: column.heading,
            internal: column.internal,
            required: column.required,
            kind: column.kind.to_owned(),
        });
        Ok(columns.collect())
    }

    /// Its rows in the order of the file.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "the four arguments of a connection beside the field's own")]
    async fn rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start or after `after`: 1 to 100, 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor.")] before: Option<String>,
        #[graphql(desc = "Words in name, sku or description; up to 200 characters.")] search: Option<String>,
        #[graphql(desc = "Only rows with a problem, a notice included.")] only_problems: Option<bool>,
        #[graphql(desc = "So many rows are skipped before the page; with `first` alone.")] offset: Option<i32>,
    ) -> Result<Connection<CatalogueRow>, ApiError> {
        within_if("search", search.as_ref(), 200)?;
        let offset = offset
            .map(|offset| {
                u64::try_from(offset)
                    .map_err(|_| service::Error::invalid("offset", "OUT_OF_RANGE", "offset must not be negative."))
            })
            .transpose()?;
        let wanted = RowsRequest {
            page: request(ctx, first, after, last, before),
            search,
            only_problems: only_problems.unwrap_or(false),
            offset,
        };
        let found = catalog::rows(anybody(ctx)?, &self.scope, self.row.id, &wanted).await?;
        Ok(Connection::of(found.page, |row| CatalogueRow::new(self.scope.clone(), row)))
    }

    /// What publishing it would change; null for the published version itself.
    #[graphql(complexity = "20 * child_complexity + 10")]
    async fn diff(&self, ctx: &Context<'_>) -> Result<Option<CatalogueDiff>, ApiError> {
        let diff = catalog::diff(anybody(ctx)?, &self.scope, self.row.id).await?;
        Ok(diff.map(Into::into))
    }
}

/// A column of a version.
#[derive(Clone, Debug, SimpleObject)]
struct CatalogueColumn {
    /// Names its cells.
    key: String,
    /// As the file heads it.
    heading: String,
    /// Never told to a customer unasked.
    internal: bool,
    /// No row goes live without it.
    required: bool,
    /// `text`, `money`, `number`, `duration`, `url`, `list`, `yes_no`, `kind`.
    kind: String,
}

/// What publishing would change, row by row.
#[derive(Clone, Debug, SimpleObject)]
struct CatalogueDiff {
    /// Rows that are not published yet.
    added: i32,
    /// Rows that are published otherwise.
    changed: i32,
    /// Published rows that would go.
    removed: i32,
    /// Rows that stay as they are.
    unchanged: i32,
    /// Up to 100 of them: changed ones first, then removed, then added ones.
    sample: Vec<CatalogueDiffRow>,
}

/// A row that differs.
#[derive(Clone, Debug, SimpleObject)]
struct CatalogueDiffRow {
    /// What names it across versions.
    key: String,
    /// Its name.
    name: String,
    /// `added`, `changed`, `removed`.
    change: String,
    /// Headings of the columns that differ; empty unless changed.
    columns: Vec<String>,
}

impl From<catalog::Diff> for CatalogueDiff {
    fn from(diff: catalog::Diff) -> Self {
        let sample = diff.sample.into_iter().map(|row| CatalogueDiffRow {
            key: row.key,
            name: row.name,
            change: row.change.as_str().to_owned(),
            columns: row.columns,
        });
        Self {
            added: count(diff.added),
            changed: count(diff.changed),
            removed: count(diff.removed),
            unchanged: count(diff.unchanged),
            sample: sample.collect(),
        }
    }
}

/// A row of a catalogue.
pub(crate) struct CatalogueRow {
    scope: CompanyScope,
    row: Row,
}

impl CatalogueRow {
    pub(crate) const fn new(scope: CompanyScope, row: Row) -> Self {
        Self { scope, row }
    }
}

/// A row of a catalogue.
#[Object]
impl CatalogueRow {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Row.id(self.row.id)
    }

    /// As a spreadsheet shows it.
    async fn number(&self) -> i32 {
        self.row.number
    }

    /// What names it across versions.
    async fn key(&self) -> &str {
        &self.row.key
    }

    /// Goods or a service.
    async fn kind(&self) -> ItemKind {
        self.row.kind.into()
    }

    /// Its cells by the key of their column, as written; empty ones are absent.
    async fn cells(&self) -> Json<BTreeMap<String, String>> {
        Json(self.row.cells.clone())
    }

    /// What is wrong with it, or worth knowing.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn problems(&self) -> Vec<RowProblem> {
        self.row.problems.iter().cloned().map(RowProblem).collect()
    }

    /// Whether the owner left it out.
    async fn left_out(&self) -> bool {
        self.row.left_out
    }

    /// What customers are told; null while it has errors.
    async fn item(&self, ctx: &Context<'_>) -> Result<Option<CatalogueItem>, ApiError> {
        let Some(item) = self.row.item.clone() else { return Ok(None) };
        let company = one(ctx, |all| &all.companies, &self.scope, self.scope.id(), "company").await?;
        Ok(Some(CatalogueItem::of(item, company::currency(&company))))
    }
}

/// A row as customers are told of it.
#[derive(Clone, Debug, SimpleObject)]
struct CatalogueItem {
    /// What names it across versions.
    key: String,
    /// Stock-keeping unit.
    sku: Option<String>,
    /// Name.
    name: String,
    /// Goods or a service.
    kind: ItemKind,
    /// What it is.
    description: String,
    /// Price of one; null for what is free.
    price: Option<Money>,
    /// Whether one costs nothing.
    free: bool,
    /// Picture.
    image_url: Option<String>,
    /// Page.
    website_url: Option<String>,
    /// Video.
    video_url: Option<String>,
    /// Category.
    category: Option<String>,
    /// Where it can be had; empty: everywhere, or online.
    cities: Vec<String>,
    /// Whether it needs no place at all.
    online: bool,
}

impl CatalogueItem {
    fn of(item: Item, currency: domain::money::Currency) -> Self {
        let free = item.is_free();
        let price = (!free).then(|| item.price(currency).into());
        let online = item.area == Area::Online;
        let cities = if let Area::Cities(cities) = item.area { cities } else { Vec::new() };
        Self {
            key: item.key,
            sku: item.sku,
            name: item.name,
            kind: item.kind.into(),
            description: item.description,
            price,
            free,
            image_url: item.image_url,
            website_url: item.website_url,
            video_url: item.video_url,
            category: item.category,
            cities,
            online,
        }
    }
}

/// What is wrong with a file, a row or a cell.
pub(crate) struct RowProblem(pub(crate) Problem);

impl RowProblem {
    fn code(&self) -> String {
        let code = serde_json::to_value(&self.0.code).unwrap_or_default();
        code.get("code").and_then(serde_json::Value::as_str).unwrap_or("unknown").to_owned()
    }
}

/// What is wrong with a file, a row or a cell.
#[Object]
impl RowProblem {
    /// Row as a spreadsheet shows it; null for the file as a whole.
    async fn row(&self) -> Option<i32> {
        self.0.row.map(|row| count(row.into()))
    }

    /// Heading of the column.
    async fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// A stable word, `not_an_amount`.
    #[graphql(name = "code")]
    async fn code_word(&self) -> String {
        self.code()
    }

    /// `error`: it cannot go live so; `notice`: worth knowing.
    async fn severity(&self) -> &'static str {
        match self.0.severity {
            Severity::Error => "error",
            Severity::Notice => "notice",
        }
    }

    /// The start of the cell.
    async fn value(&self) -> Option<&str> {
        self.0.value.as_deref()
    }

    /// What is wrong.
    async fn message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In this language; that of the request when absent.")] language: Option<Language>,
    ) -> Result<String, ApiError> {
        Ok(catalog::problem_text(&self.0, language.map_or(reader(ctx)?, Into::into)).0)
    }

    /// What to do about it.
    async fn suggestion(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In this language; that of the request when absent.")] language: Option<Language>,
    ) -> Result<String, ApiError> {
        Ok(catalog::problem_text(&self.0, language.map_or(reader(ctx)?, Into::into)).1)
    }
}

//! The knowledge base: imports, rows, publishing, export.

use super::payloads;
use crate::graphql::error::{ApiError, at_most, payload, within_if};
use crate::graphql::id::Kind;
use crate::graphql::request::signed_in;
use crate::graphql::scalar::ItemKind;
use crate::graphql::types::{Catalogue, CatalogueRow, Import};
use async_graphql::{Context, Enum, ID, InputObject, Json, Object};
use service::row::{catalogue_row, catalogue_version, import};
use service::{Error, access, catalog};
use std::collections::BTreeMap;

/// The knowledge base: imports, rows, publishing, export.
#[derive(Default)]
pub(crate) struct CatalogueMutation;

payloads! {
    /// An import, or why it was not begun.
    ImportPayload {
        /// The import.
        import: Import
    }
    /// A row, or why it was not changed.
    CatalogueRowPayload {
        /// The row; of a deleted one, as it was.
        row: CatalogueRow
    }
    /// A catalogue, or why it was not changed.
    CataloguePayload {
        /// The catalogue.
        catalogue: Catalogue
    }
    /// A file, or why it was not made.
    ExportPayload {
        /// Where it can be downloaded, once and within an hour.
        url: String
    }
}

/// Which file to read.
#[derive(InputObject)]
struct StartImportInput {
    /// For which company.
    company_id: ID,
    /// From `POST /files`.
    file_id: ID,
    /// Which sheet of a workbook; the first when absent.
    sheet: Option<String>,
    /// Whether the rows are added to the draft instead of taking its place.
    append: Option<bool>,
}

/// What a heading means.
#[derive(InputObject)]
struct MappingInput {
    /// Place of the heading, from 0.
    index: i32,
    /// Canonical heading; null keeps it as an extra column.
    column: Option<String>,
}

/// Corrected headings.
#[derive(InputObject)]
struct RemapImportInput {
    /// Which import.
    import_id: ID,
    /// Only the headings that change.
    mapping: Vec<MappingInput>,
}

/// Which import.
#[derive(InputObject)]
struct ImportInput {
    /// Which.
    id: ID,
}

/// A new row.
#[derive(InputObject)]
struct AddRowInput {
    /// Of which company.
    company_id: ID,
    /// Goods or a service.
    kind: ItemKind,
    /// Texts by the key of their column.
    cells: Json<BTreeMap<String, Option<String>>>,
}

/// What changes of a row.
#[derive(InputObject)]
struct UpdateRowInput {
    /// Which.
    id: ID,
    /// Texts by the key of their column, only the changed ones; null empties a cell.
    cells: Json<BTreeMap<String, Option<String>>>,
    /// Whether the row is left out when the draft is published; as it was when absent.
    left_out: Option<bool>,
}

/// Which row.
#[derive(InputObject)]
struct DeleteRowInput {
    /// Which.
    id: ID,
}

/// What to publish.
#[derive(InputObject)]
struct PublishCatalogueInput {
    /// Of which company.
    company_id: ID,
    /// Whether rows that cannot go live are left out; without it they stop the publishing.
    leave_out_problem_rows: Option<bool>,
}

/// What to go back to.
#[derive(InputObject)]
struct RollBackCatalogueInput {
    /// A version that was published before.
    version_id: ID,
}

/// Which draft.
#[derive(InputObject)]
struct DiscardDraftInput {
    /// Of which company.
    company_id: ID,
}

/// The kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum ExportFormat {
    /// Text with commas, UTF-8.
    Csv,
    /// Workbook.
    Xlsx,
}

/// What to export.
#[derive(InputObject)]
struct ExportCatalogueInput {
    /// Of which company.
    company_id: ID,
    /// Which version; the draft, else the published one, when absent.
    version_id: Option<ID>,
    /// The kind of file.
    format: ExportFormat,
}

/// The most cells of one change: the most columns of a version.
const MOST_CELLS: usize = 256;

fn check_cells(cells: &BTreeMap<String, Option<String>>) -> service::Result<()> {
    if cells.len() > MOST_CELLS {
        return Err(Error::invalid("cells", "TOO_MANY", format!("A row has at most {MOST_CELLS} cells.")));
    }
    if cells.keys().any(|key| key.is_empty() || key.chars().count() > 300 || key.contains('\0')) {
        return Err(Error::invalid("cells", "UNKNOWN_COLUMN", "There is no such column."));
    }
    Ok(())
}

/// The knowledge base: imports, rows, publishing, export.
#[Object]
impl CatalogueMutation {
    /// Reads an uploaded file into a new draft, in the background. For people who manage the company.
    async fn start_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which file.")] input: StartImportInput,
    ) -> Result<ImportPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            within_if("sheet", input.sheet.as_ref(), 255)?;
            let file_id = Kind::File.read("fileId", &input.file_id)?;
            let append = input.append.unwrap_or(false);
            let view = catalog::start_import(op, &scope, file_id, input.sheet, append).await?;
            Ok(Import::new(scope, view))
        };
        payload(change.await)
    }

    /// Reads a file again with other meanings for some headings. For people who manage the company.
    async fn remap_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Corrected headings.")] input: RemapImportInput,
    ) -> Result<ImportPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Import.read("importId", &input.import_id)?;
            let (scope, _) = access::of::<import::Entity>(op, id, "import").await?;
            at_most("mapping", &input.mapping, MOST_CELLS)?;
            let mut mapping = Vec::with_capacity(input.mapping.len());
            for (at, heading) in input.mapping.into_iter().enumerate() {
                within_if(&format!("mapping.{at}.column"), heading.column.as_ref(), 300)?;
                let index = usize::try_from(heading.index).map_err(|_| {
                    let field = format!("mapping.{at}.index");
                    Error::invalid(&field, "OUT_OF_RANGE", "The file has no heading with this index.")
                })?;
                mapping.push((index, heading.column));
            }
            let view = catalog::remap_import(op, &scope, id, &mapping).await?;
            Ok(Import::new(scope, view))
        };
        payload(change.await)
    }

    /// Stops an import: its draft never appears. One that has ended stays as it is. For people who manage the company.
    async fn cancel_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which import.")] input: ImportInput,
    ) -> Result<ImportPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Import.read("id", &input.id)?;
            let (scope, _) = access::of::<import::Entity>(op, id, "import").await?;
            let view = catalog::cancel_import(op, &scope, id).await?;
            Ok(Import::new(scope, view))
        };
        payload(change.await)
    }

    /// Adds a row to the draft. For people who manage the company.
    async fn add_row(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The row.")] input: AddRowInput,
    ) -> Result<CatalogueRowPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            check_cells(&input.cells)?;
            let cells = input.cells.0.into_iter().filter_map(|(key, text)| Some((key, text?))).collect();
            let row = catalog::add_row(op, &scope, input.kind.into(), &cells).await?;
            Ok(CatalogueRow::new(scope, row))
        };
        payload(change.await)
    }

    /// Changes a row; one of the published version is changed in the draft. For people who manage the company.
    async fn update_row(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateRowInput,
    ) -> Result<CatalogueRowPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Row.read("id", &input.id)?;
            let (scope, _) = access::of::<catalogue_row::Entity>(op, id, "row").await?;
            check_cells(&input.cells)?;
            let row = catalog::update_row(op, &scope, id, &input.cells, input.left_out).await?;
            Ok(CatalogueRow::new(scope, row))
        };
        payload(change.await)
    }

    /// Removes a row from the draft. For people who manage the company.
    async fn delete_row(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which row.")] input: DeleteRowInput,
    ) -> Result<CatalogueRowPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Row.read("id", &input.id)?;
            let (scope, _) = access::of::<catalogue_row::Entity>(op, id, "row").await?;
            let row = catalog::delete_row(op, &scope, id).await?;
            Ok(CatalogueRow::new(scope, row))
        };
        payload(change.await)
    }

    /// Puts the draft live in one step. For people who manage the company.
    async fn publish_catalogue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to publish.")] input: PublishCatalogueInput,
    ) -> Result<CataloguePayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            let row = catalog::publish(op, &scope, input.leave_out_problem_rows.unwrap_or(false)).await?;
            Ok(Catalogue::new(scope, row))
        };
        payload(change.await)
    }

    /// Puts a version live again that was published before; the draft stays. For people who manage the company.
    async fn roll_back_catalogue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to go back to.")] input: RollBackCatalogueInput,
    ) -> Result<CataloguePayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Version.read("versionId", &input.version_id)?;
            let (scope, _) = access::of::<catalogue_version::Entity>(op, id, "version").await?;
            let row = catalog::roll_back(op, &scope, id).await?;
            Ok(Catalogue::new(scope, row))
        };
        payload(change.await)
    }

    /// Throws the draft away; what is published stays. For people who manage the company.
    async fn discard_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which draft.")] input: DiscardDraftInput,
    ) -> Result<CataloguePayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            let row = catalog::discard_draft(op, &scope).await?;
            Ok(Catalogue::new(scope, row))
        };
        payload(change.await)
    }

    /// Writes a version as a file that an import reads back as the same items. For people who manage the company.
    async fn export_catalogue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to export.")] input: ExportCatalogueInput,
    ) -> Result<ExportPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            let version_id = Kind::Version.read_if("versionId", input.version_id.as_ref())?;
            let format = match input.format {
                ExportFormat::Csv => catalog::ExportFormat::Csv,
                ExportFormat::Xlsx => catalog::ExportFormat::Xlsx,
            };
            let made = catalog::export(op, &scope, version_id, format).await?;
            Ok(format!("{}/files/{}?token={}", op.engine().public_url, made.file.id, made.token))
        };
        payload(change.await)
    }
}

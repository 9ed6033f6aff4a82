//! A version written as a file that a spreadsheet program opens, and that an import reads back as the same items.

use super::cell::Cells;
use super::columns::Columns;
use super::repo;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::file::{self, Purpose};
use domain::catalog::heading::Column;
use domain::catalog::{Item, ItemKind};
use domain::money::Currency;
use entity::catalogue_row;
use gateway::table_file::export::{CsvExport, XlsxExport};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

/// So long an export is waited for; half a million rows take longer, and their link waits for them instead.
const WAITED_FOR: Duration = Duration::from_secs(15);
/// Rows read at once.
const CHUNK: u64 = 1_000;
/// Characters of a cell that are written of a row that could not be read; a workbook holds 32,767.
const LONGEST_CELL: usize = 30_000;

/// One row on its way into the file.
enum Line {
    Item(Box<Item>),
    Unread(Vec<String>),
}

/// The kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// Text with commas, UTF-8 with a byte order mark.
    Csv,
    /// Workbook.
    Xlsx,
}

impl ExportFormat {
    const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// A file that was made, and the token by which it is fetched once.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Its row; without its size while it is still being written.
    pub file: entity::file::Model,
    /// For [`crate::file::open_once`].
    pub token: String,
}

/// Writes a version (the draft, else the published one, when none is named) as a file. Rows that could not be read are
/// written as they stand, so that they can be mended in the file; rows left out are written too. Memory does not grow with
/// the rows. A large export goes on after this returns: then [`crate::file::open_once`] waits for it.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid` when there is nothing to export; `Unavailable` while others are being written.
pub async fn export(
    ctx: &Ctx,
    scope: &CompanyScope,
    version_id: Option<Uuid>,
    format: ExportFormat,
) -> Result<Exported> {
    scope.must_manage()?;
    let db = &ctx.db().read(scope);
    let version_id = match version_id {
        Some(version_id) => version_id,
        None => repo::find(db, scope)
            .await?
            .and_then(|catalogue| catalogue.draft_version_id.or(catalogue.published_version_id))
            .ok_or_else(|| Error::invalid("versionId", "NOTHING_TO_EXPORT", "There is no catalogue yet."))?,
    };
    let version = repo::version(db, scope, version_id).await?;
    let columns = Columns::from_json(&version.columns)?;
    let currency = repo::currency(db, scope).await?;
    let company = repo::company(db, scope).await?;
    let place = ctx.engine().limits.export(ctx.db().patience()).await?;
    let name = format!("{} {}.{}", company.name, version.number, format.extension());
    let file = file::expect(ctx, scope, &name, Purpose::Export).await?;
    let token = file::link(ctx, &file);
    let making = Making {
        ctx: ctx.clone(),
        scope: scope.clone(),
        version_id,
        written: written_columns(&columns),
        columns,
        currency,
        format,
        file: file.clone(),
    };
    // A task of its own: it goes on when the caller has been told where the file will be.
    let mut task = tokio::spawn(async move {
        let made = making.make().await;
        if made.is_err() {
            file::give_up(&making.ctx, &making.file).await;
        }
        drop(place);
        made
    });
    match tokio::time::timeout(WAITED_FOR, &mut task).await {
        Ok(made) => {
            let file = made.map_err(|error| Error::internal(format!("writing an export: {error}")))??;
            Ok(Exported { file, token })
        }
        Err(_) => Ok(Exported { file, token }),
    }
}

/// An export being written.
struct Making {
    ctx: Ctx,
    scope: CompanyScope,
    version_id: Uuid,
    columns: Columns,
    written: Vec<Column>,
    currency: Currency,
    format: ExportFormat,
    file: entity::file::Model,
}

impl Making {
    /// Rows go from the database into a file of work, some thousand at a time, and from there into the storage.
    async fn make(&self) -> Result<entity::file::Model> {
        let (ctx, scope) = (&self.ctx, &self.scope);
        tokio::fs::create_dir_all(&ctx.engine().work_dir).await.map_err(|error| io_error(&error))?;
        let path = Temporary(ctx.engine().work_dir.join(format!("export-{}.table", self.file.id.simple())));
        let (sender, receiver) = mpsc::channel::<Vec<Line>>(2);
        let target = path.0.clone();
        let (format, wanted, kind, currency) = (self.format, self.written.clone(), self.columns.kind, self.currency);
        let writing =
            foundation::task::spawn_blocking(move || write(&target, format, wanted, kind, currency, receiver));
        let reading = send_items(ctx, scope, self.version_id, &self.columns, &self.written, sender);
        let (outcome, sent) = tokio::join!(writing, reading);
        outcome
            .map_err(|error| Error::internal(format!("writing an export: {error}")))?
            .map_err(|error| io_error(&error))?;
        sent?;
        let bytes = tokio::fs::File::open(&path.0).await.map_err(|error| io_error(&error))?;
        let bytes = tokio_util::io::ReaderStream::with_capacity(bytes, 64 * 1024);
        let file = file::fill(ctx, self.file.clone(), Purpose::Export, bytes).await?;
        let mut tx = ctx.db().begin(scope).await?;
        file::remove_later(ctx, &mut tx, scope, file.id).await?;
        ctx.commit(tx).await?;
        Ok(file)
    }
}

fn io_error(error: &io::Error) -> Error {
    Error::Unavailable(format!("the folder of work: {error}"))
}

/// A file that is removed when it goes out of scope.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // Nothing to do about a file that is gone already.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The columns of the version in their order; the needed ones always, and the kind where it tells something.
fn written_columns(columns: &Columns) -> Vec<Column> {
    let mut written: Vec<Column> = Vec::new();
    for column in &columns.columns {
        // "Online" is written as a place.
        let column = match &column.mapped.column {
            Column::Online => Column::Area,
            other => other.clone(),
        };
        if !written.contains(&column) {
            written.push(column);
        }
    }
    for needed in [Column::Name, Column::Sku, Column::Description, Column::Price] {
        if !written.contains(&needed) {
            written.push(needed);
        }
    }
    let both_names = columns.columns.iter().filter(|column| column.mapped.column == Column::Name).count() > 1;
    if both_names && !written.contains(&Column::Kind) {
        written.insert(0, Column::Kind);
    }
    written
}

async fn send_items(
    ctx: &Ctx,
    scope: &CompanyScope,
    version_id: Uuid,
    columns: &Columns,
    written: &[Column],
    sender: mpsc::Sender<Vec<Line>>,
) -> Result<()> {
    let mut after = -1;
    loop {
        let rows = repo::rows(scope, version_id)
            .filter(catalogue_row::Column::Position.gt(after))
            .order_by_asc(catalogue_row::Column::Position)
            .limit(CHUNK)
            .all(&ctx.db().read(scope))
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.position;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            items.push(match row.item {
                Some(ref item) => Line::Item(Box::new(serde_json::from_value(item.clone())?)),
                None => Line::Unread(unread(&row, columns, written)),
            });
        }
        if sender.send(items).await.is_err() {
            // The writer has failed and says why.
            return Ok(());
        }
    }
}

/// The cells of a row that could not be read, as they stand: what is wrong with it stays wrong, so that reading the file
/// again never makes a half-read item of it.
fn unread(row: &catalogue_row::Model, columns: &Columns, written: &[Column]) -> Vec<String> {
    let cells = Cells::from_json(&row.cells).shown();
    let means =
        |stored: &Column, column: &Column| stored == column || (stored == &Column::Online && column == &Column::Area);
    let cell = |column: &Column| {
        let mut keys = columns.columns.iter().filter(|stored| means(&stored.mapped.column, column));
        let text = keys.find_map(|stored| cells.get(&stored.key)).map(String::as_str);
        text.unwrap_or_default().chars().take(LONGEST_CELL).collect()
    };
    let word = |column: &Column| if column == &Column::Kind { row.kind.clone() } else { cell(column) };
    written.iter().map(word).collect()
}

fn write(
    path: &Path,
    format: ExportFormat,
    columns: Vec<Column>,
    kind: ItemKind,
    currency: Currency,
    mut batches: mpsc::Receiver<Vec<Line>>,
) -> io::Result<()> {
    let out = BufWriter::new(File::create(path)?);
    match format {
        ExportFormat::Csv => {
            let mut export = CsvExport::new(out, columns, kind, currency)?;
            while let Some(items) = batches.blocking_recv() {
                items.iter().try_for_each(|line| match line {
                    Line::Item(item) => export.write(item),
                    Line::Unread(cells) => export.write_cells(cells),
                })?;
            }
            export.finish()?.flush()
        }
        ExportFormat::Xlsx => {
            let mut export = XlsxExport::new(columns, kind, currency)?;
            while let Some(items) = batches.blocking_recv() {
                items.iter().try_for_each(|line| match line {
                    Line::Item(item) => export.write(item),
                    Line::Unread(cells) => export.write_cells(cells),
                })?;
            }
            export.finish(out)
        }
    }
}

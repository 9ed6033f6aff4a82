//! A version written as a file that a spreadsheet program opens, and that an import reads back as the same items.

use super::cell::Cells;
use super::columns::Columns;
use super::repo;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::file::{self, Purpose};
use bytes::Bytes;
use domain::catalog::heading::Column;
use domain::catalog::{Area, Item, ItemKind};
use domain::money::Currency;
use entity::catalogue_row;
use futures::StreamExt as _;
use gateway::table_file::export::{CsvExport, XlsxExport};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;
use uuid::Uuid;

/// Rows read at once.
const CHUNK: u64 = 1_000;

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
    /// Its row.
    pub file: entity::file::Model,
    /// For [`crate::file::open_once`].
    pub token: String,
}

/// Writes a version (the draft, else the published one, when none is named) as a file. Rows that could not be read are
/// written with what stands in their text cells, so that they can be mended in the file; rows left out are written too.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid` when there is nothing to export.
pub async fn export(
    ctx: &Ctx,
    scope: &CompanyScope,
    version_id: Option<Uuid>,
    format: ExportFormat,
) -> Result<Exported> {
    scope.must_manage()?;
    let db = ctx.db().read();
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
    tokio::fs::create_dir_all(&ctx.engine().work_dir).await.map_err(|error| io_error(&error))?;
    let path = Temporary(ctx.engine().work_dir.join(format!("export-{}.table", ctx.new_id().simple())));
    let (sender, receiver) = mpsc::channel::<Vec<Item>>(2);
    let target = path.0.clone();
    let (kind, written) = (columns.kind, written_columns(&columns));
    let writing = foundation::task::spawn_blocking(move || write(&target, format, written, kind, currency, receiver));
    let reading = send_items(ctx, scope, version_id, &columns, sender);
    let (outcome, sent) = tokio::join!(writing, reading);
    outcome
        .map_err(|error| Error::internal(format!("writing an export: {error}")))?
        .map_err(|error| io_error(&error))?;
    sent?;

    let name = format!("{} {}.{}", company.name, version.number, format.extension());
    let bytes = tokio::fs::File::open(&path.0).await.map_err(|error| io_error(&error))?;
    let bytes = tokio_util::io::ReaderStream::with_capacity(bytes, 64 * 1024).map(|part| part.map(Bytes::from));
    let file = file::upload(ctx, scope, &name, Purpose::Export, bytes).await?;
    let mut tx = ctx.db().begin().await?;
    file::remove_later(ctx, &mut tx, scope, file.id).await?;
    ctx.commit(tx).await?;
    let token = file::link(ctx, &file);
    Ok(Exported { file, token })
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
    sender: mpsc::Sender<Vec<Item>>,
) -> Result<()> {
    let mut after = -1;
    loop {
        let rows = repo::rows(scope, version_id)
            .filter(catalogue_row::Column::Position.gt(after))
            .order_by_asc(catalogue_row::Column::Position)
            .limit(CHUNK)
            .all(ctx.db().read())
            .await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.position;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            items.push(match row.item {
                Some(item) => serde_json::from_value(item)?,
                None => unread(&row, columns),
            });
        }
        if sender.send(items).await.is_err() {
            // The writer has failed and says why.
            return Ok(());
        }
    }
}

/// What can be written of a row that could not be read: its texts.
fn unread(row: &catalogue_row::Model, columns: &Columns) -> Item {
    let cells = Cells::from_json(&row.cells).shown();
    let text = |column: &Column| columns.key_of(column).and_then(|key| cells.get(key)).cloned();
    let extra = columns.columns.iter().filter_map(|column| match &column.mapped.column {
        Column::Extra(heading) => Some((heading.clone(), cells.get(&column.key)?.clone())),
        _ => None,
    });
    Item {
        key: row.key.clone(),
        kind: super::row::kind(&row.kind),
        name: row.name.clone(),
        sku: text(&Column::Sku),
        description: text(&Column::Description).unwrap_or_default(),
        unit: text(&Column::Unit),
        category: text(&Column::Category),
        subcategory: text(&Column::Subcategory),
        tags: Vec::new(),
        price_minor: None,
        fee_minor: None,
        free_from_minor: None,
        available: None,
        area: Area::Everywhere,
        delivery_time_hours: None,
        payment_reminder_hours: None,
        duration_minutes: None,
        capacity: None,
        format: text(&Column::Format),
        website_url: text(&Column::WebsiteUrl),
        image_url: text(&Column::ImageUrl),
        video_url: text(&Column::VideoUrl),
        details: domain::catalog::Details::default(),
        contacts: domain::catalog::Contacts::default(),
        extra: extra.collect(),
    }
}

fn write(
    path: &Path,
    format: ExportFormat,
    columns: Vec<Column>,
    kind: ItemKind,
    currency: Currency,
    mut batches: mpsc::Receiver<Vec<Item>>,
) -> io::Result<()> {
    let out = BufWriter::new(File::create(path)?);
    match format {
        ExportFormat::Csv => {
            let mut export = CsvExport::new(out, columns, kind, currency)?;
            while let Some(items) = batches.blocking_recv() {
                items.iter().try_for_each(|item| export.write(item))?;
            }
            export.finish()?.flush()
        }
        ExportFormat::Xlsx => {
            let mut export = XlsxExport::new(columns, kind, currency)?;
            while let Some(items) = batches.blocking_recv() {
                items.iter().try_for_each(|item| export.write(item))?;
            }
            export.finish(out)
        }
    }
}

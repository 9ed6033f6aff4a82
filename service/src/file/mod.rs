//! Files: uploaded ones and made ones. Bytes go through as a stream and lie under keys that we make; the name that a
//! person gave is only ever shown.
//!
//! A file's row is there before its bytes, so that bytes without a row cannot be: what a process that died had begun is found
//! by its row and swept ([`sweep()`]).

mod download;
mod media_type;
mod received;
mod sweep;

pub(crate) use download::remove_later;
pub use download::{Download, REMOVE_AFTER_SECONDS, RemoveFile, download, link, open_once, readable, run_remove};
pub use media_type::media_type;
pub(crate) use received::keep;
pub use received::{MAX_RECEIVED_BYTES, is_shown};
pub use sweep::{HALF_AFTER_SECONDS, sweep};

use crate::access::{self, CompanyScope};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use bytes::Bytes;
use entity::file;
use foundation::error::CanFail as _;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use gateway::storage::{WriteError, write};
use object_store::GetOptions;
use object_store::ObjectStoreExt as _;
use object_store::path::Path;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

/// The most bytes of one file that is sent (issue 2 §5).
pub const MAX_BYTES: u64 = 100_000_000;
/// The most bytes of one that we make: half a million rows with long texts, as CSV, are larger than what may be sent.
const MAX_MADE_BYTES: u64 = 2_000_000_000;
/// The stored purpose of a file whose bytes are not all there yet.
const ARRIVING: &str = "arriving";
/// Longest name that is kept, in characters.
const NAME_CHARACTERS: usize = 200;
/// Bytes by which the media type is told.
const SNIFFED_BYTES: usize = 4096;

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A table to be imported.
    Import,
    /// A catalogue written for the owner; fetched once.
    Export,
    /// Attached to a message by a customer.
    Received,
}

impl Purpose {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Export => "export",
            Self::Received => "received",
        }
    }

    const fn most_bytes(self) -> u64 {
        match self {
            Self::Import => MAX_BYTES,
            Self::Export => MAX_MADE_BYTES,
            Self::Received => MAX_RECEIVED_BYTES,
        }
    }
}

/// Takes a file in as a stream: never more than a few parts of it are in memory.
///
/// # Errors
/// `Forbidden`; `Invalid` for `file` with `TOO_LARGE`, or `UNSUPPORTED_TYPE` when it is plainly no table, or `BROKEN_OFF`
/// when the stream fails; nothing is kept then.
pub async fn upload<E: std::fmt::Display>(
    ctx: &Ctx,
    scope: &CompanyScope,
    name: &str,
    purpose: Purpose,
    bytes: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<file::Model> {
    let row = expect(ctx, scope, name, purpose).await?;
    fill(ctx, row, purpose, bytes).await
}

/// Makes the row of a file whose bytes are yet to come; who does not [`fill`] it leaves it to the sweep.
pub(crate) async fn expect(ctx: &Ctx, scope: &CompanyScope, name: &str, purpose: Purpose) -> Result<file::Model> {
    scope.must_manage()?;
    let row = row_of(ctx, scope, ctx.new_id(), name, purpose);
    begin(ctx, &row).await?;
    Ok(row)
}

/// The row of a file whose bytes are yet to come.
fn row_of(ctx: &Ctx, scope: &CompanyScope, id: Uuid, name: &str, purpose: Purpose) -> file::Model {
    file::Model {
        id,
        company_id: scope.id(),
        name: clean_name(name),
        size: 0,
        media_type: media_type::UNKNOWN.to_owned(),
        storage_key: format!("company/{}/{}/{}", scope.id().simple(), purpose.as_str(), id.simple()),
        purpose: ARRIVING.to_owned(),
        created_at: ctx.time(),
    }
}

/// Puts the bytes where they belong and makes a file of the row; when that fails, nothing of it is kept.
pub(crate) async fn fill<E: std::fmt::Display>(
    ctx: &Ctx,
    row: file::Model,
    purpose: Purpose,
    bytes: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<file::Model> {
    let path = Path::from(row.storage_key.as_str());
    let arrived = async {
        let (size, head) = put(ctx, &path, purpose.most_bytes(), bytes).await?;
        let media_type = if purpose == Purpose::Received { received::kind_of(&head) } else { media_type(&head) };
        if purpose == Purpose::Import && media_type == media_type::UNKNOWN {
            return Err(Error::invalid("file", "UNSUPPORTED_TYPE", "Send a table: CSV, XLSX or ODS."));
        }
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let row = file::Model {
            size,
            media_type: media_type.to_owned(),
            purpose: purpose.as_str().to_owned(),
            ..row.clone()
        };
        complete(ctx, &row).await?;
        Ok(row)
    };
    match arrived.await {
        Ok(row) => Ok(row),
        Err(error) => {
            give_up(ctx, &row).await;
            Err(error)
        }
    }
}

/// Forgets a file that will not arrive. Why it will not is what the caller must know; what is left here is swept later.
pub(crate) async fn give_up(ctx: &Ctx, row: &file::Model) {
    sweep::forget(ctx, row).await.map_err(|error| error.private()).can_fail("forget a file that will not arrive");
}

async fn begin(ctx: &Ctx, row: &file::Model) -> Result<()> {
    let tx = ctx.db().begin(&access::for_file(row)).await?;
    file::Entity::insert(file::ActiveModel {
        id: Set(row.id),
        company_id: Set(row.company_id),
        name: Set(row.name.clone()),
        size: Set(row.size),
        media_type: Set(row.media_type.clone()),
        storage_key: Set(row.storage_key.clone()),
        purpose: Set(row.purpose.clone()),
        created_at: Set(row.created_at),
    })
    // One that was begun under its id before, and was cut off, is begun again.
    .on_conflict(OnConflict::column(file::Column::Id).do_nothing().to_owned())
    .exec_without_returning(&tx)
    .await?;
    ctx.commit(tx).await
}

/// All bytes are there: from now on it is a file.
async fn complete(ctx: &Ctx, row: &file::Model) -> Result<()> {
    let tx = ctx.db().begin(&access::for_file(row)).await?;
    let changed = file::Entity::update_many()
        .col_expr(file::Column::Size, Expr::value(row.size))
        .col_expr(file::Column::MediaType, Expr::value(row.media_type.as_str()))
        .col_expr(file::Column::Purpose, Expr::value(row.purpose.as_str()))
        .filter(file::Column::Id.eq(row.id))
        .filter(file::Column::CompanyId.eq(row.company_id))
        .filter(file::Column::Purpose.eq(ARRIVING))
        .exec(&tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(Error::Unavailable("the file was swept before it had arrived".to_owned()));
    }
    ctx.commit(tx).await
}

/// Writes the stream into the storage: its size and its first bytes.
async fn put<E: std::fmt::Display>(
    ctx: &Ctx,
    path: &Path,
    most: u64,
    bytes: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<(u64, Vec<u8>)> {
    let mut size = 0_u64;
    let mut head: Vec<u8> = Vec::new();
    let looked_at = bytes.map(|part| {
        let part = part.map_err(|error| broken_off(&error))?;
        size += part.len() as u64;
        if size > most {
            return Err(too_large(most));
        }
        let missing = SNIFFED_BYTES.saturating_sub(head.len());
        head.extend_from_slice(part.get(..missing.min(part.len())).unwrap_or_default());
        Ok(part)
    });
    match write(&*ctx.engine().files, path, looked_at).await {
        Ok(_) => Ok((size, head)),
        Err(WriteError::Stream(error)) => Err(error),
        Err(WriteError::Storage(error)) => Err(storage(error)),
    }
}

pub(crate) fn broken_off(error: &impl std::fmt::Display) -> Error {
    tracing::debug!(%error, "an upload broke off");
    Error::invalid("file", "BROKEN_OFF", "The file did not arrive whole; send it again.")
}

pub(crate) fn too_large(most: u64) -> Error {
    Error::invalid("file", "TOO_LARGE", format!("A file has at most {} MB.", most / 1_000_000))
}

/// Whether the storage of files answers: one in a bucket may be away.
pub async fn answers(ctx: &Ctx) -> bool {
    gateway::storage::answers(&*ctx.engine().files).await
}

fn storage(error: object_store::Error) -> Error {
    match error {
        object_store::Error::NotFound { .. } => Error::NotFound("file"),
        other => Error::Unavailable(format!("the storage of files: {other}")),
    }
}

async fn remove_object(ctx: &Ctx, path: &Path) -> Result<()> {
    match ctx.engine().files.delete(path).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(other) => Err(storage(other)),
    }
}

/// A name that can be shown and sent in a header: no folders, no control characters, not too long.
pub(crate) fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String =
        last.chars().filter(|character| !character.is_control() && *character != '"').take(NAME_CHARACTERS).collect();
    let clean = clean.trim().trim_start_matches('.').trim();
    if clean.is_empty() { "file".to_owned() } else { clean.to_owned() }
}

/// A file of this company, once it has arrived.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, scope: &CompanyScope, file_id: Uuid) -> Result<file::Model> {
    file::Entity::find_by_id(file_id)
        .filter(file::Column::CompanyId.eq(scope.id()))
        .filter(file::Column::Purpose.ne(ARRIVING))
        .one(&ctx.db().read(scope))
        .await?
        .ok_or(Error::NotFound("file"))
}

/// A part of a file as a stream; `range` is within its size.
///
/// # Errors
/// `NotFound` when the storage has lost it.
pub async fn open_part(
    ctx: &Ctx,
    file: &file::Model,
    range: std::ops::Range<u64>,
) -> Result<BoxStream<'static, Result<Bytes>>> {
    let options = GetOptions { range: Some(range.into()), ..GetOptions::default() };
    let path = Path::from(file.storage_key.as_str());
    let found = ctx.engine().files.get_opts(&path, options).await.map_err(storage)?;
    Ok(found.into_stream().map_err(storage).boxed())
}

/// The bytes of a file as a stream.
///
/// # Errors
/// `NotFound` when the storage has lost it.
pub async fn open(ctx: &Ctx, file: &file::Model) -> Result<BoxStream<'static, Result<Bytes>>> {
    let found = ctx.engine().files.get(&Path::from(file.storage_key.as_str())).await.map_err(storage)?;
    Ok(found.into_stream().map_err(storage).boxed())
}

#[cfg(test)]
mod tests {
    use super::clean_name;

    #[test]
    fn names_are_only_names() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("C:\\price\"list\r\n.csv"), "pricelist.csv");
        assert_eq!(clean_name("…"), "…");
        assert_eq!(clean_name(" .. "), "file");
    }
}

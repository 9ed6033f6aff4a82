//! Files: uploaded ones and made ones. Bytes go through as a stream and lie under keys that we make; the name that a
//! person gave is only ever shown.

mod download;
mod media_type;

pub(crate) use download::remove_later;
pub use download::{Download, REMOVE_AFTER_SECONDS, RemoveFile, download, link, open_once, run_remove};
pub use media_type::media_type;

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use bytes::Bytes;
use entity::file;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, WriteMultipart};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use std::pin::pin;
use uuid::Uuid;

/// The most bytes of one file (issue 2 §5).
pub const MAX_BYTES: u64 = 100_000_000;
/// Longest name that is kept, in characters.
const NAME_CHARACTERS: usize = 200;
/// Bytes by which the media type is told.
const SNIFFED_BYTES: usize = 4096;
/// Bytes of one part on its way to the storage.
const PART_BYTES: usize = 5 * 1024 * 1024;

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A table to be imported.
    Import,
    /// A catalogue written for the owner; fetched once.
    Export,
}

impl Purpose {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Export => "export",
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
    scope.must_manage()?;
    let id = ctx.new_id();
    let storage_key = format!("company/{}/{}/{}", scope.id().simple(), purpose.as_str(), id.simple());
    let path = Path::from(storage_key.as_str());
    let (size, head) = put(ctx, &path, bytes).await?;
    let media_type = media_type(&head);
    if purpose == Purpose::Import && media_type == media_type::UNKNOWN {
        remove_object(ctx, &path).await?;
        return Err(Error::invalid("file", "UNSUPPORTED_TYPE", "Send a table: CSV, XLSX or ODS."));
    }
    let row = file::Model {
        id,
        company_id: scope.id(),
        name: clean_name(name),
        size: i64::try_from(size).unwrap_or(i64::MAX),
        media_type: media_type.to_owned(),
        storage_key,
        purpose: purpose.as_str().to_owned(),
        created_at: ctx.time(),
    };
    let stored = insert(ctx, &row).await;
    if stored.is_err() {
        remove_object(ctx, &path).await?;
    }
    stored.map(|()| row)
}

async fn insert(ctx: &Ctx, row: &file::Model) -> Result<()> {
    let tx = ctx.db().begin().await?;
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
    .exec_without_returning(&tx)
    .await?;
    ctx.commit(tx).await
}

/// Writes the stream into the storage: its size and its first bytes.
async fn put<E: std::fmt::Display>(
    ctx: &Ctx,
    path: &Path,
    bytes: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<(u64, Vec<u8>)> {
    let upload = ctx.engine().files.put_multipart(path).await.map_err(storage)?;
    let mut writer = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
    let mut bytes = pin!(bytes);
    let mut size = 0_u64;
    let mut head: Vec<u8> = Vec::new();
    let refused = loop {
        match bytes.next().await {
            None => break None,
            Some(Err(error)) => {
                tracing::debug!(%error, "an upload broke off");
                break Some(Error::invalid("file", "BROKEN_OFF", "The file did not arrive whole; send it again."));
            }
            Some(Ok(part)) => {
                size += part.len() as u64;
                if size > MAX_BYTES {
                    break Some(Error::invalid("file", "TOO_LARGE", "A file has at most 100 MB."));
                }
                let missing = SNIFFED_BYTES.saturating_sub(head.len());
                head.extend_from_slice(part.get(..missing.min(part.len())).unwrap_or_default());
                writer.wait_for_capacity(2).await.map_err(storage)?;
                writer.put(part);
            }
        }
    };
    if let Some(error) = refused {
        writer.abort().await.map_err(storage)?;
        return Err(error);
    }
    writer.finish().await.map_err(storage)?;
    Ok((size, head))
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
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String =
        last.chars().filter(|character| !character.is_control() && *character != '"').take(NAME_CHARACTERS).collect();
    let clean = clean.trim().trim_start_matches('.').trim();
    if clean.is_empty() { "file".to_owned() } else { clean.to_owned() }
}

/// A file of this company.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, scope: &CompanyScope, file_id: Uuid) -> Result<file::Model> {
    file::Entity::find_by_id(file_id)
        .filter(file::Column::CompanyId.eq(scope.id()))
        .one(ctx.db().read())
        .await?
        .ok_or(Error::NotFound("file"))
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

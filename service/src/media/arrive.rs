//! Files on their way in: looked at before they are kept.

use super::upload::UploadMedia;
use super::{emit, host, upload_of};
use crate::access::{self, CompanyScope};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::file::{broken_off, clean_name, too_large};
use crate::job;
use bytes::Bytes;
use entity::media::{self, Column};
use entity::stored::{MediaKind, MediaState};
use foundation::error::CanFail as _;
use futures::{SinkExt as _, Stream, StreamExt as _};
use gateway::media::{Format, MediaHost as _, dimensions, object};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QueryOrder as _,
    QuerySelect as _,
};
use std::pin::{Pin, pin};
use uuid::Uuid;

/// The most bytes of a picture: what Cloudinary takes on every plan, and twice what messengers show.
pub const MAX_IMAGE_BYTES: u64 = 10_000_000;
/// The most bytes of a video; a larger one would have to go to Cloudinary in parts.
pub const MAX_VIDEO_BYTES: u64 = 100_000_000;
/// The most pixels of a picture: what shows it must unpack them all.
pub const MAX_PIXELS: u64 = 50_000_000;
/// Bytes by which a file is judged: a picture from a camera has its size behind a preview.
const HEAD_BYTES: usize = 512 * 1024;
/// Parts between whoever sends and our storage.
const PARTS_BETWEEN: usize = 2;

const fn most_bytes(kind: gateway::media::MediaKind) -> u64 {
    match kind {
        gateway::media::MediaKind::Image => MAX_IMAGE_BYTES,
        gateway::media::MediaKind::Video => MAX_VIDEO_BYTES,
    }
}

const fn stored_kind(format: Format) -> MediaKind {
    match format.kind() {
        gateway::media::MediaKind::Image => MediaKind::Image,
        gateway::media::MediaKind::Video => MediaKind::Video,
    }
}

/// Takes a picture or a video in as a stream: never more than a few parts of it are in memory. What it is, is told by its bytes.
///
/// # Errors
/// `Forbidden`; `Invalid` for `file` with `EMPTY`, `UNSUPPORTED_TYPE`, `BROKEN`, `TOO_LARGE` or `BROKEN_OFF`; nothing is kept
/// then. `Unavailable` when our storage is.
pub async fn upload<E: std::fmt::Display + Send>(
    ctx: &Ctx,
    scope: &CompanyScope,
    name: &str,
    bytes: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<media::Model> {
    scope.must_manage()?;
    let mut bytes = pin!(bytes);
    let (head, whole) = head_of(bytes.as_mut()).await?;
    let (format, size) = judge(&head, whole)?;
    let row = begin(ctx, scope, name, format, size).await?;
    let arrived = async {
        let size = keep(ctx, &row, format, head, bytes).await?;
        complete(ctx, scope, &row, size).await
    };
    match arrived.await {
        Ok(row) => Ok(row),
        Err(error) => {
            // Why it will not arrive is what the caller must know; what is left here is swept later.
            forget(ctx, &row).await.map_err(|error| error.private()).can_fail("forget a picture that will not arrive");
            Err(error)
        }
    }
}

/// The first bytes, and whether they are all.
async fn head_of<E: std::fmt::Display>(
    mut bytes: Pin<&mut (impl Stream<Item = Result<Bytes, E>> + Send)>,
) -> Result<(Vec<u8>, bool)> {
    let mut head = Vec::new();
    while head.len() < HEAD_BYTES {
        match bytes.next().await {
            None => return Ok((head, true)),
            Some(Err(error)) => return Err(broken_off(&error)),
            Some(Ok(part)) => head.extend_from_slice(&part),
        }
    }
    Ok((head, false))
}

/// What it is, and how large a picture is.
fn judge(head: &[u8], whole: bool) -> Result<(Format, Option<(u32, u32)>)> {
    let refused = |code, text: &str| Err(Error::invalid("file", code, text));
    if head.is_empty() {
        return refused("EMPTY", "The file is empty.");
    }
    let Some(format) = Format::of(head) else {
        return refused("UNSUPPORTED_TYPE", "Send a picture (JPG, PNG, GIF, WebP) or a video (MP4, AVI, MOV).");
    };
    if format.kind() == gateway::media::MediaKind::Video {
        return Ok((format, None));
    }
    match dimensions(head) {
        None if whole => refused("BROKEN", "The picture is damaged: it does not say how large it is."),
        Some((width, height)) if u64::from(width) * u64::from(height) > MAX_PIXELS => {
            refused("TOO_LARGE", "The picture has more than 50 million pixels.")
        }
        size => Ok((format, size)),
    }
}

async fn begin(
    ctx: &Ctx,
    scope: &CompanyScope,
    name: &str,
    format: Format,
    size: Option<(u32, u32)>,
) -> Result<media::Model> {
    let side = |side: u32| i32::try_from(side).ok();
    let row = media::Model {
        id: ctx.new_id(),
        company_id: scope.id(),
        kind: stored_kind(format),
        state: MediaState::Arriving,
        public_key: ctx.engine().random.token(32),
        name: clean_name(name),
        media_type: format.media_type().to_owned(),
        size: 0,
        width: size.and_then(|(width, _)| side(width)),
        height: size.and_then(|(_, height)| side(height)),
        host: None,
        host_account: None,
        stored: true,
        url: None,
        thumbnail_url: None,
        welcome: None,
        error_code: None,
        last_error: None,
        created_at: ctx.time(),
        changed_at: ctx.time(),
    };
    let tx = ctx.db().begin(scope).await?;
    media::Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(&tx).await?;
    ctx.commit(tx).await?;
    Ok(row)
}

/// Writes the bytes into our own storage; how many there are.
async fn keep<E: std::fmt::Display + Send>(
    ctx: &Ctx,
    row: &media::Model,
    format: Format,
    head: Vec<u8>,
    mut bytes: Pin<&mut (impl Stream<Item = Result<Bytes, E>> + Send)>,
) -> Result<u64> {
    let most = most_bytes(format.kind());
    // The storage wants a stream that outlives this call; the one that comes in does not.
    let (mut into, from) = futures::channel::mpsc::channel(PARTS_BETWEEN);
    let own = host::own(ctx);
    let upload = upload_of(row)?;
    let writing = own.upload(&upload, from.boxed());
    let reading = async move {
        let mut size = 0_u64;
        let mut next = Some(Ok(Bytes::from(head)));
        let refused = loop {
            match next {
                None => break None,
                Some(Err(error)) => break Some(broken_off(&error)),
                Some(Ok(part)) => {
                    size += part.len() as u64;
                    if size > most {
                        break Some(too_large(most));
                    }
                    if into.send(Ok(part)).await.is_err() {
                        // The storage has given up and says why.
                        break None;
                    }
                }
            }
            next = bytes.next().await;
        };
        match refused {
            None => Ok(size),
            Some(error) => {
                // What was begun is taken back by the one who wrote it.
                let _ = into.send(Err(std::io::Error::other("the file was refused"))).await;
                Err(error)
            }
        }
    };
    let (written, read) = futures::join!(writing, reading);
    let size = read?;
    let placed = written.map_err(|error| Error::Unavailable(error.to_string()))?;
    debug_assert_eq!(placed.bytes, size, "all of it was written");
    Ok(size)
}

/// All bytes are here: from now on it is one of the company's media, and goes to its provider where it has one.
async fn complete(ctx: &Ctx, scope: &CompanyScope, row: &media::Model, size: u64) -> Result<media::Model> {
    let outside = host::account(ctx, scope).await?.is_some();
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let mut tx = ctx.db().begin(scope).await?;
    let mut update = media::Entity::update_many()
        .col_expr(Column::Size, Expr::value(size))
        .col_expr(Column::ChangedAt, Expr::value(ctx.time().0));
    update = if outside {
        update.col_expr(Column::State, Expr::value("uploading"))
    } else {
        let (url, thumbnail) = own_addresses(ctx, row)?;
        update
            .col_expr(Column::State, Expr::value("ready"))
            .col_expr(Column::Host, Expr::value(object::NAME))
            .col_expr(Column::Url, Expr::value(url))
            .col_expr(Column::ThumbnailUrl, Expr::value(thumbnail))
    };
    let done = update
        .filter(Column::Id.eq(row.id))
        .filter(Column::CompanyId.eq(scope.id()))
        .filter(Column::State.eq(MediaState::Arriving))
        .exec(&tx)
        .await?;
    if done.rows_affected == 0 {
        return Err(Error::Unavailable("the file was swept before it had arrived".to_owned()));
    }
    if outside {
        job::enqueue(ctx, &mut tx, scope, &UploadMedia { media_id: row.id }).await?;
    }
    emit(ctx, &mut tx, scope, row.id).await?;
    ctx.commit(tx).await?;
    super::get(ctx, scope, row.id).await
}

/// Where everybody looks at it while we serve it.
pub(super) fn own_addresses(ctx: &Ctx, row: &media::Model) -> Result<(String, Option<String>)> {
    Ok(host::own(ctx).addresses(&upload_of(row)?))
}

/// Forgets a file that has not arrived: its bytes first, so that none outlive their row.
pub(super) async fn forget(ctx: &Ctx, row: &media::Model) -> Result<()> {
    let upload = upload_of(row)?;
    let gone = host::own(ctx).remove(upload.format.kind(), &upload.external_id()).await;
    gone.map_err(|error| Error::Unavailable(error.to_string()))?;
    delete_row(ctx, &access::for_media(row), row.id).await
}

/// Removes the bytes of all media of a company from our own storage; their rows are removed by the caller.
pub(crate) async fn forget_stored(ctx: &Ctx, scope: &CompanyScope) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let stored = media::Entity::find()
            .filter(Column::CompanyId.eq(scope.id()))
            .filter(Column::Stored.eq(true))
            .filter(Column::Id.gt(after))
            .order_by_asc(Column::Id)
            .limit(crate::page::MAX_SIZE)
            .all(&ctx.db().read(scope))
            .await?;
        let Some(last) = stored.last() else { return Ok(()) };
        after = last.id;
        for row in &stored {
            let upload = upload_of(row)?;
            let gone = host::own(ctx).remove(upload.format.kind(), &upload.external_id()).await;
            gone.map_err(|error| Error::Unavailable(error.to_string()))?;
        }
    }
}

async fn delete_row(ctx: &Ctx, scope: &CompanyScope, id: Uuid) -> Result<()> {
    let tx = ctx.db().begin(scope).await?;
    media::Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::CompanyId.eq(scope.id()))
        .filter(Column::State.eq(MediaState::Arriving))
        .exec(&tx)
        .await?;
    ctx.commit(tx).await
}

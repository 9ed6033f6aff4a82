//! Pictures and videos that customers see (R86–R88): taken in as a stream, put at whoever serves them, linked from catalogue
//! rows, removed without leaving a link behind.
//!
//! Bytes come into our own storage first, under a row that was there before them: whatever dies, the sweep finds what it had
//! begun. Without a provider that is where they are served from; a company's account at Cloudinary gets them by a job, and until
//! it has them nothing of ours is let go.

mod arrive;
mod connect;
mod host;
mod remove;
mod serve;
mod upload;

pub use arrive::{MAX_IMAGE_BYTES, MAX_PIXELS, MAX_VIDEO_BYTES, upload};
pub use connect::{ConnectMedia, connect_cloudinary, run_connect};
pub use remove::{RemoveMedia, keep, remove, run_remove};
pub use serve::{Part, Show, show};
pub use upload::{UploadMedia, retry, run_upload, sweep};

pub(crate) use arrive::forget_stored;
pub(crate) use connect::begin_connect;
pub(crate) use remove::look_again;

use crate::access::CompanyScope;
use crate::catalog::{self, Links, Row};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::page::{Page, PageRequest, newest_first};
use domain::catalog::ItemKind;
use entity::media::{self, Column};
use entity::stored::{CompanyType, EventKind, MediaKind, MediaState};
use gateway::media::{Format, Upload};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a company may have; the one place that knows, until plans say (R87).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Welcome videos for each kind of items.
    pub welcome_videos: u64,
}

/// What this company may have. Photos are unlimited.
#[must_use]
pub const fn allowance(_scope: &CompanyScope) -> Allowance {
    Allowance { welcome_videos: 1 }
}

/// Which media.
#[derive(Clone, Debug, Default)]
pub struct MediaRequest {
    /// Page.
    pub page: PageRequest,
    /// Only pictures, or only videos.
    pub kind: Option<MediaKind>,
    /// Words of the name.
    pub search: Option<String>,
}

/// The company's media, the newest first.
///
/// # Errors
/// `Invalid` for a page that is none.
pub async fn list(ctx: &Ctx, scope: &CompanyScope, request: &MediaRequest) -> Result<Page<media::Model>> {
    let mut find =
        media::Entity::find().filter(Column::CompanyId.eq(scope.id())).filter(Column::State.ne(MediaState::Arriving));
    if let Some(kind) = request.kind {
        find = find.filter(Column::Kind.eq(kind));
    }
    if let Some(search) = request.search.as_deref().map(str::trim).filter(|search| !search.is_empty()) {
        find = find.filter(crate::inbox::read_like(Column::Name, search));
    }
    newest_first(ctx, scope, find, Column::CreatedAt, Column::Id, &request.page, |row| (row.created_at, row.id)).await
}

/// One of them.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, scope: &CompanyScope, id: Uuid) -> Result<media::Model> {
    find(&ctx.db().read(scope), scope, id).await?.ok_or(Error::NotFound("media"))
}

async fn find(db: &impl ConnectionTrait, scope: &CompanyScope, id: Uuid) -> Result<Option<media::Model>> {
    Ok(media::Entity::find_by_id(id).filter(Column::CompanyId.eq(scope.id())).one(db).await?)
}

/// In how many rows it stands.
///
/// # Errors
/// When the database does not answer.
pub async fn usage(ctx: &Ctx, scope: &CompanyScope, media: &media::Model) -> Result<Links> {
    catalog::links(ctx, scope, &media.public_key).await
}

/// Puts its link into a row: a picture into the cell of the picture, a video into that of the video. A row of the published
/// catalogue is changed in the draft.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid` for `mediaId` when nobody can look at it yet.
pub async fn put_in_row(ctx: &Ctx, scope: &CompanyScope, media: &media::Model, row_id: Uuid) -> Result<Row> {
    scope.must_manage()?;
    let url = ready(media)?;
    let column = match media.kind {
        MediaKind::Image => "image_url",
        MediaKind::Video => "video_url",
    };
    let cells = BTreeMap::from([(column.to_owned(), Some(url.to_owned()))]);
    catalog::update_row(ctx, scope, row_id, &cells, None).await
}

fn ready(media: &media::Model) -> Result<&str> {
    match (media.state, &media.url) {
        (MediaState::Ready, Some(url)) => Ok(url),
        _ => Err(Error::invalid("mediaId", "NOT_READY", "Nobody can look at this file yet, or no longer.")),
    }
}

/// Makes a video the welcome video of a kind of items, or none of any. Where more are chosen than the company may have, the
/// one that was chosen first is none any more.
///
/// # Errors
/// `Forbidden`; `Invalid` for `mediaId` when it is no video, or not ready.
pub async fn set_welcome(
    ctx: &Ctx,
    scope: &CompanyScope,
    media: media::Model,
    kind: Option<ItemKind>,
) -> Result<media::Model> {
    scope.must_manage()?;
    if kind.is_some() {
        if media.kind != MediaKind::Video {
            return Err(Error::invalid("mediaId", "NOT_A_VIDEO", "Only a video can welcome customers."));
        }
        ready(&media)?;
    }
    let mut tx = ctx.db().begin(scope).await?;
    // Of two who choose at once the second sees what the first has chosen.
    catalog::hold(ctx, &tx, scope).await?;
    if let Some(kind) = kind {
        let others = media::Entity::find()
            .filter(Column::CompanyId.eq(scope.id()))
            .filter(Column::Welcome.eq(kind.as_str()))
            .filter(Column::Id.ne(media.id))
            .order_by_desc(Column::ChangedAt)
            .order_by_desc(Column::Id)
            .limit(crate::page::MAX_SIZE)
            .all(&tx)
            .await?;
        let stay = usize::try_from(allowance(scope).welcome_videos.saturating_sub(1)).unwrap_or(usize::MAX);
        for other in others.iter().skip(stay) {
            write_welcome(ctx, &mut tx, scope, other.id, None).await?;
        }
    }
    write_welcome(ctx, &mut tx, scope, media.id, kind).await?;
    ctx.commit(tx).await?;
    get(ctx, scope, media.id).await
}

async fn write_welcome(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, id: Uuid, kind: Option<ItemKind>) -> Result<()> {
    media::Entity::update_many()
        .col_expr(Column::Welcome, Expr::value(kind.map(ItemKind::as_str)))
        .col_expr(Column::ChangedAt, Expr::value(ctx.time().0))
        .filter(Column::Id.eq(id))
        .filter(Column::CompanyId.eq(scope.id()))
        .exec(&*tx)
        .await?;
    emit(ctx, tx, scope, id).await
}

/// Where the video is that welcomes customers of such a company; one that sells both has two to choose from, that of its
/// products first.
///
/// # Errors
/// When the database does not answer.
pub async fn welcome_url(ctx: &Ctx, scope: &CompanyScope, sells: CompanyType) -> Result<Option<String>> {
    let kinds: &[ItemKind] = match sells {
        CompanyType::Product => &[ItemKind::Product],
        CompanyType::Service => &[ItemKind::Service],
        CompanyType::Hybrid => &[ItemKind::Product, ItemKind::Service],
    };
    let found = media::Entity::find()
        .filter(Column::CompanyId.eq(scope.id()))
        .filter(Column::Welcome.is_in(kinds.iter().map(|kind| kind.as_str())))
        .filter(Column::State.eq(MediaState::Ready))
        .order_by_asc(Column::Welcome)
        .order_by_desc(Column::ChangedAt)
        .limit(1)
        .one(&ctx.db().read(scope))
        .await?;
    Ok(found.and_then(|media| media.url))
}

async fn emit(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, id: Uuid) -> Result<()> {
    crate::event::emit(ctx, tx, scope, EventKind::Media, id).await
}

/// What a row is to whoever keeps it.
fn upload_of(media: &media::Model) -> Result<Upload> {
    let format = Format::of_media_type(&media.media_type)
        .ok_or_else(|| Error::internal(format!("media {} is {}", media.id, media.media_type)))?;
    Ok(Upload {
        company_id: media.company_id,
        public_key: media.public_key.clone(),
        format,
        bytes: u64::try_from(media.size).ok().filter(|size| *size > 0),
    })
}

//! From our own storage to the provider, as often as it takes; and what was left half-way.

use super::arrive::{forget, own_addresses};
use super::{emit, find, host, upload_of};
use crate::access::{self, CompanyScope};
use crate::channel::{failure, fault_code};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::integration;
use crate::job::{self, Claimed, Failure, Job};
use entity::media::{self, Column};
use entity::stored::MediaState;
use futures::{StreamExt as _, TryStreamExt as _};
use gateway::error::{Error as ProviderError, Kind, Retry};
use gateway::media::cloudinary::Cloudinary;
use gateway::media::{MediaHost as _, Placed, object};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A file that has not arrived by then never will: an upload may take a quarter of an hour.
const HALF_AFTER_SECONDS: i64 = 2 * 3_600;
/// A file that no job has brought to its provider by then is left to people.
const LOST_AFTER_SECONDS: i64 = 24 * 3_600;
/// Files of one look.
const BATCH: u64 = 100;

/// Brings a file to the company's provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UploadMedia {
    pub(crate) media_id: Uuid,
}

impl Job for UploadMedia {
    const KIND: &'static str = "upload_media";

    fn unique_key(&self) -> Option<String> {
        Some(format!("upload:{}", self.media_id))
    }

    fn lane(&self) -> Option<String> {
        Some(format!("media:{}", self.media_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.media_id)
    }
}

/// Tries again to bring a file to its provider.
///
/// # Errors
/// `Forbidden`; `Invalid` for `id` when it has not failed.
pub async fn retry(ctx: &Ctx, scope: &CompanyScope, media: media::Model) -> Result<media::Model> {
    scope.must_manage()?;
    let mut tx = ctx.db().begin(scope).await?;
    let begun = media::Entity::update_many()
        .col_expr(Column::State, Expr::value("uploading"))
        .col_expr(Column::ErrorCode, Expr::value(Option::<String>::None))
        .col_expr(Column::LastError, Expr::value(Option::<String>::None))
        .col_expr(Column::ChangedAt, Expr::value(ctx.time().0))
        .filter(Column::Id.eq(media.id))
        .filter(Column::CompanyId.eq(scope.id()))
        .filter(Column::State.eq(MediaState::Failed))
        .exec(&tx)
        .await?;
    if begun.rows_affected == 0 {
        return Err(Error::invalid("id", "NOT_FAILED", "This file has not failed."));
    }
    job::enqueue(ctx, &mut tx, scope, &UploadMedia { media_id: media.id }).await?;
    emit(ctx, &mut tx, scope, media.id).await?;
    ctx.commit(tx).await?;
    super::get(ctx, scope, media.id).await
}

/// Runs [`UploadMedia`].
///
/// # Errors
/// When it should run again.
pub async fn run_upload(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: UploadMedia = claimed.payload()?;
    let Some(row) = find(&ctx.db().read(&scope), &scope, payload.media_id).await? else {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    };
    match row.state {
        MediaState::Uploading => {}
        // An earlier run was cut off before our own copy went.
        MediaState::Ready if row.stored && row.host.as_deref() != Some(object::NAME) => {
            return let_go(ctx, &scope, claimed, &row).await;
        }
        _ => return Ok(job::finish_if_running(ctx, claimed).await?),
    }
    let Some((account, cloudinary)) = host::account(ctx, &scope).await? else {
        return serve_ourselves(ctx, &scope, claimed, &row).await;
    };
    let placed = bring(ctx, &cloudinary, &row).await;
    let mut tx = ctx.db().begin(&scope).await?;
    match placed {
        Ok(placed) => {
            integration::works(ctx, &mut tx, &scope, &account).await?;
            let at = (cloudinary.name(), Some(host::cloud_of(&account)));
            settle(ctx, &mut tx, &scope, &row, at, &placed).await?;
            ctx.commit(tx).await?;
            let_go(ctx, &scope, claimed, &row).await
        }
        Err(error) => {
            if matches!(error.kind, Kind::Credentials | Kind::RateLimited | Kind::Unavailable) {
                integration::failed(ctx, &mut tx, &scope, &account, &error).await?;
            }
            let last = claimed.row.attempts >= claimed.row.max_attempts;
            let ends = error.retry == Retry::Never || last;
            note(ctx, &mut tx, &scope, &row, &error, ends).await?;
            if ends {
                // Visible at the file, where it can be tried again; a dead job beside it would say it twice.
                job::finish(ctx, &mut tx, claimed).await?;
                return Ok(ctx.commit(tx).await?);
            }
            ctx.commit(tx).await?;
            Err(failure(&error))
        }
    }
}

async fn bring(ctx: &Ctx, account: &Cloudinary, row: &media::Model) -> Result<Placed, ProviderError> {
    let upload = upload_of(row).map_err(|error| ProviderError::new(object::NAME, Kind::Request, error.private()))?;
    let part = host::own(ctx).open(&upload.external_id(), None).await?;
    account.upload(&upload, part.bytes.map_err(std::io::Error::other).boxed()).await
}

/// The provider was disconnected meanwhile: its bytes are here, and so is their address.
async fn serve_ourselves(
    ctx: &Ctx,
    scope: &CompanyScope,
    claimed: &Claimed,
    row: &media::Model,
) -> Result<(), Failure> {
    let (url, thumbnail_url) = own_addresses(ctx, row)?;
    let placed = Placed { external_id: String::new(), url, thumbnail_url, dimensions: None, bytes: 0 };
    let mut tx = ctx.db().begin(scope).await?;
    settle(ctx, &mut tx, scope, row, (object::NAME, None), &placed).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

/// Everybody can look at it. One that is being removed meanwhile stays so.
async fn settle(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    row: &media::Model,
    (host, account): (&str, Option<&str>),
    placed: &Placed,
) -> Result<()> {
    let side = |side: Option<u32>, known: Option<i32>| side.and_then(|side| i32::try_from(side).ok()).or(known);
    let (width, height) = placed.dimensions.unzip();
    media::Entity::update_many()
        .col_expr(Column::State, Expr::value("ready"))
        .col_expr(Column::Host, Expr::value(host))
        .col_expr(Column::HostAccount, Expr::value(account.map(str::to_owned)))
        .col_expr(Column::Url, Expr::value(placed.url.as_str()))
        .col_expr(Column::ThumbnailUrl, Expr::value(placed.thumbnail_url.clone()))
        .col_expr(Column::Width, Expr::value(side(width, row.width)))
        .col_expr(Column::Height, Expr::value(side(height, row.height)))
        .col_expr(Column::ErrorCode, Expr::value(Option::<String>::None))
        .col_expr(Column::LastError, Expr::value(Option::<String>::None))
        .col_expr(Column::ChangedAt, Expr::value(ctx.time().0))
        .filter(Column::Id.eq(row.id))
        .filter(Column::CompanyId.eq(scope.id()))
        .filter(Column::State.eq(MediaState::Uploading))
        .exec(&*tx)
        .await?;
    emit(ctx, tx, scope, row.id).await
}

/// The provider has it: our own copy goes.
async fn let_go(ctx: &Ctx, scope: &CompanyScope, claimed: &Claimed, row: &media::Model) -> Result<(), Failure> {
    let now = find(&ctx.db().read(scope), scope, row.id).await?;
    // Being removed meanwhile: whoever removes it needs to know that the bytes are here.
    let placed = now.is_some_and(|row| row.state == MediaState::Ready && row.host.as_deref() != Some(object::NAME));
    if placed {
        let upload = upload_of(row)?;
        let gone = host::own(ctx).remove(upload.format.kind(), &upload.external_id()).await;
        gone.map_err(|error| failure(&error))?;
    }
    let mut tx = ctx.db().begin(scope).await?;
    if placed {
        media::Entity::update_many()
            .col_expr(Column::Stored, Expr::value(false))
            .filter(Column::Id.eq(row.id))
            .filter(Column::CompanyId.eq(scope.id()))
            .exec(&tx)
            .await?;
    }
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

/// Remembers a fault; at the end of all tries it is for people to try again.
async fn note(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    row: &media::Model,
    error: &ProviderError,
    ends: bool,
) -> Result<()> {
    let code = error.code.as_deref().filter(|code| *code == "clock").unwrap_or(fault_code(error.kind));
    let mut update = media::Entity::update_many()
        .col_expr(Column::ErrorCode, Expr::value(code))
        .col_expr(Column::LastError, Expr::value(error.text.as_str()))
        .col_expr(Column::ChangedAt, Expr::value(ctx.time().0));
    if ends {
        update = update.col_expr(Column::State, Expr::value("failed"));
    }
    update
        .filter(Column::Id.eq(row.id))
        .filter(Column::CompanyId.eq(scope.id()))
        .filter(Column::State.eq(MediaState::Uploading))
        .exec(&*tx)
        .await?;
    emit(ctx, tx, scope, row.id).await
}

/// Tidies up, for all companies: removes what uploads that were cut off have left, hands to people what no job works at any
/// more, and asks again for removals that wait. Returns how many files were looked after.
///
/// # Errors
/// When the database or the storage does not answer; what was done until then stands.
pub async fn sweep(ctx: &Ctx) -> Result<u64> {
    let mut swept = 0;
    for half in of_state(ctx, MediaState::Arriving, HALF_AFTER_SECONDS).await? {
        forget(ctx, &half).await?;
        swept += 1;
    }
    for lost in of_state(ctx, MediaState::Uploading, LOST_AFTER_SECONDS).await? {
        let scope = access::for_media(&lost);
        let mut tx = ctx.db().begin(&scope).await?;
        let error = ProviderError::new(object::NAME, Kind::Unavailable, "no try came to its end");
        note(ctx, &mut tx, &scope, &lost, &error, true).await?;
        ctx.commit(tx).await?;
        swept += 1;
    }
    for waiting in of_state(ctx, MediaState::Removing, HALF_AFTER_SECONDS).await? {
        let scope = access::for_media(&waiting);
        let mut tx = ctx.db().begin(&scope).await?;
        job::enqueue(ctx, &mut tx, &scope, &super::RemoveMedia { media_id: waiting.id }).await?;
        ctx.commit(tx).await?;
    }
    Ok(swept)
}

async fn of_state(ctx: &Ctx, state: MediaState, after: i64) -> Result<Vec<media::Model>> {
    Ok(media::Entity::find()
        .filter(Column::State.eq(state))
        .filter(Column::ChangedAt.lt(ctx.time().plus_seconds(-after)))
        .order_by_asc(Column::ChangedAt)
        .limit(BATCH)
        .all(&ctx.db().read_across())
        .await?)
}

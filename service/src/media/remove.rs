//! Removing: first the links, then the file, then the row (R88: no link dangles).

use super::{emit, find, host, upload_of, usage};
use crate::access::CompanyScope;
use crate::catalog;
use crate::channel::failure;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::integration;
use crate::job::{self, Claimed, Failure, Job};
use entity::integration as integration_table;
use entity::media::{self, Column};
use entity::stored::MediaState;
use gateway::error::{Kind, Retry};
use gateway::media::{MediaHost as _, cloudinary, object};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Word for a file in an account that is not connected.
const NOT_CONNECTED: &str = "not_connected";

/// Removes a file at whoever keeps it, once no catalogue in use names it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RemoveMedia {
    pub(crate) media_id: Uuid,
}

impl Job for RemoveMedia {
    const KIND: &'static str = "remove_media";

    fn unique_key(&self) -> Option<String> {
        Some(format!("remove:{}", self.media_id))
    }

    fn lane(&self) -> Option<String> {
        Some(format!("media:{}", self.media_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.media_id)
    }
}

/// Removes a picture or a video. Where rows name it that is refused, unless `empty_cells` says that their cells are to be
/// emptied: in the draft; the file goes once that is published, so that customers never meet a dead link.
///
/// # Errors
/// `Forbidden`; `Invalid` for `emptyCells` with `IN_USE`, and for `id` while it is still arriving.
pub async fn remove(ctx: &Ctx, scope: &CompanyScope, media: media::Model, empty_cells: bool) -> Result<media::Model> {
    scope.must_manage()?;
    match media.state {
        MediaState::Arriving => {
            return Err(Error::invalid("id", "NOT_READY", "This file is still arriving."));
        }
        MediaState::Removing => return Ok(media),
        MediaState::Uploading | MediaState::Ready | MediaState::Failed => {}
    }
    let used = usage(ctx, scope, &media).await?.rows();
    if used > 0 {
        if !empty_cells {
            let text = format!("It is used in {used} rows. Their cells must be emptied first.");
            return Err(Error::invalid("emptyCells", "IN_USE", text));
        }
        catalog::empty_links(ctx, scope, &media.public_key).await?;
    }
    let mut tx = ctx.db().begin(scope).await?;
    media::Entity::update_many()
        .col_expr(Column::State, Expr::value("removing"))
        .col_expr(Column::Welcome, Expr::value(Option::<String>::None))
        .col_expr(Column::ChangedAt, Expr::value(ctx.time().0))
        .filter(Column::Id.eq(media.id))
        .filter(Column::CompanyId.eq(scope.id()))
        .exec(&tx)
        .await?;
    job::enqueue(ctx, &mut tx, scope, &RemoveMedia { media_id: media.id }).await?;
    emit(ctx, &mut tx, scope, media.id).await?;
    ctx.commit(tx).await?;
    super::get(ctx, scope, media.id).await
}

/// Keeps a file that waits to be removed: the cells stay as they are now.
///
/// # Errors
/// `Forbidden`; `NotFound` when it has gone; `Invalid` for `id` when it does not wait.
pub async fn keep(ctx: &Ctx, scope: &CompanyScope, media: media::Model) -> Result<media::Model> {
    scope.must_manage()?;
    let mut tx = ctx.db().begin(scope).await?;
    let kept = media::Entity::update_many()
        .col_expr(Column::State, Expr::value("ready"))
        .col_expr(Column::ErrorCode, Expr::value(Option::<String>::None))
        .col_expr(Column::LastError, Expr::value(Option::<String>::None))
        .col_expr(Column::ChangedAt, Expr::value(ctx.time().0))
        .filter(Column::Id.eq(media.id))
        .filter(Column::CompanyId.eq(scope.id()))
        .filter(Column::State.eq(MediaState::Removing))
        // Without an address its file is going already.
        .filter(Column::Url.is_not_null())
        .exec(&tx)
        .await?;
    if kept.rows_affected == 0 {
        return Err(Error::invalid("id", "NOT_WAITING", "This file does not wait to be removed."));
    }
    emit(ctx, &mut tx, scope, media.id).await?;
    ctx.commit(tx).await?;
    super::get(ctx, scope, media.id).await
}

/// The catalogue in use has changed: what waits to be removed is looked at again.
pub(crate) async fn look_again(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope) -> Result<()> {
    let waiting = media::Entity::find()
        .filter(Column::CompanyId.eq(scope.id()))
        .filter(Column::State.eq(MediaState::Removing))
        .limit(crate::page::MAX_SIZE)
        .all(&*tx)
        .await?;
    for media in waiting {
        job::enqueue(ctx, tx, scope, &RemoveMedia { media_id: media.id }).await?;
    }
    Ok(())
}

/// From now on nobody can keep it; false when somebody just did.
async fn begin(ctx: &Ctx, scope: &CompanyScope, row: &media::Model) -> Result<bool> {
    let tx = ctx.db().begin(scope).await?;
    let begun = media::Entity::update_many()
        .col_expr(Column::Url, Expr::value(Option::<String>::None))
        .col_expr(Column::ThumbnailUrl, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(row.id))
        .filter(Column::CompanyId.eq(scope.id()))
        .filter(Column::State.eq(MediaState::Removing))
        .exec(&tx)
        .await?;
    ctx.commit(tx).await?;
    Ok(begun.rows_affected > 0)
}

/// Whether a file lies in this account. Of one that came before that was noted we do not know, and ask the present one.
fn has(account: &integration_table::Model, row: &media::Model) -> bool {
    row.host_account.as_deref().is_none_or(|name| name == host::cloud_of(account))
}

/// The file lies where we may not reach: it stays, with its row, until that account is connected again. Nobody is told that it is
/// gone while everybody can look at it.
async fn wait_for_account(
    ctx: &Ctx,
    scope: &CompanyScope,
    claimed: &Claimed,
    row: &media::Model,
) -> Result<(), Failure> {
    if row.error_code.as_deref() == Some(NOT_CONNECTED) {
        // Said already; the sweep asks now and then.
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let text = match &row.host_account {
        Some(name) => format!("The file lies in the Cloudinary account {name}, which is not connected."),
        None => "The file lies in a Cloudinary account that is not connected.".to_owned(),
    };
    let mut tx = ctx.db().begin(scope).await?;
    media::Entity::update_many()
        .col_expr(Column::ErrorCode, Expr::value(NOT_CONNECTED))
        .col_expr(Column::LastError, Expr::value(text))
        .filter(Column::Id.eq(row.id))
        .filter(Column::CompanyId.eq(scope.id()))
        .filter(Column::State.eq(MediaState::Removing))
        .exec(&tx)
        .await?;
    emit(ctx, &mut tx, scope, row.id).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

/// Runs [`RemoveMedia`].
///
/// # Errors
/// When it should run again.
pub async fn run_remove(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: RemoveMedia = claimed.payload()?;
    let row = find(&ctx.db().read(&scope), &scope, payload.media_id).await?;
    let Some(row) = row.filter(|row| row.state == MediaState::Removing) else {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    };
    if usage(ctx, &scope, &row).await?.rows() > 0 {
        // Publishing asks again.
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let account = host::account(ctx, &scope).await?;
    if row.host.as_deref() == Some(cloudinary::NAME) && !account.as_ref().is_some_and(|(account, _)| has(account, &row))
    {
        return wait_for_account(ctx, &scope, claimed, &row).await;
    }
    if row.url.is_some() && !begin(ctx, &scope, &row).await? {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    catalog::scrub_links(ctx, &scope, &row.public_key).await?;
    let upload = upload_of(&row)?;
    let (kind, external_id) = (upload.format.kind(), upload.external_id());
    // One that never was at a provider may have arrived there by a try whose answer was lost.
    if row.host.as_deref() != Some(object::NAME)
        && let Some((account, cloudinary)) = &account
        && let Err(error) = cloudinary.remove(kind, &external_id).await
    {
        let mut tx = ctx.db().begin(&scope).await?;
        if matches!(error.kind, Kind::Credentials | Kind::RateLimited | Kind::Unavailable) {
            integration::failed(ctx, &mut tx, &scope, account, &error).await?;
        }
        ctx.commit(tx).await?;
        if error.retry == Retry::Never {
            // Visible at the account, where it can be mended; until then the row stays, and the sweep asks again.
            return Ok(job::finish_if_running(ctx, claimed).await?);
        }
        return Err(failure(&error));
    }
    if row.stored {
        host::own(ctx).remove(kind, &external_id).await.map_err(|error| failure(&error))?;
    }
    let mut tx = ctx.db().begin(&scope).await?;
    media::Entity::delete_many()
        .filter(Column::Id.eq(row.id))
        .filter(Column::CompanyId.eq(scope.id()))
        .filter(Column::State.eq(MediaState::Removing))
        .exec(&tx)
        .await?;
    emit(ctx, &mut tx, &scope, row.id).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

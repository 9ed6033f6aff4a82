//! What processes that died have left lying: files that never arrived whole, files of work.

use super::{ARRIVING, remove_object};
use crate::access;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use entity::file;
use object_store::path::Path;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::time::Duration;

/// A file that has not arrived by then never will: an upload may take a quarter of an hour.
pub const HALF_AFTER_SECONDS: i64 = 2 * 3_600;
/// Files of one look.
const BATCH: u64 = 100;
/// A file of work is used for half an hour at most (the time limit of an import).
const WORK_FOR: Duration = Duration::from_secs(24 * 3_600);

/// Removes what uploads and exports that were cut off have left, of all companies. Returns how many files.
///
/// # Errors
/// When the database or the storage does not answer; what was removed until then stays removed.
pub async fn sweep(ctx: &Ctx) -> Result<u64> {
    let mut swept = 0;
    loop {
        let halves = file::Entity::find()
            .filter(file::Column::Purpose.eq(ARRIVING))
            .filter(file::Column::CreatedAt.lt(ctx.time().plus_seconds(-HALF_AFTER_SECONDS)))
            .order_by_asc(file::Column::Id)
            .limit(BATCH)
            .all(&ctx.db().read_across())
            .await?;
        for half in &halves {
            forget(ctx, half).await?;
            swept += 1;
        }
        if (halves.len() as u64) < BATCH {
            break;
        }
    }
    Ok(swept + sweep_work(ctx).await?)
}

/// Removes a file that has not arrived: its bytes first, so that none outlive their row.
pub(super) async fn forget(ctx: &Ctx, half: &file::Model) -> Result<()> {
    remove_object(ctx, &Path::from(half.storage_key.as_str())).await?;
    let tx = ctx.db().begin(&access::for_file(half)).await?;
    file::Entity::delete_many()
        .filter(file::Column::Id.eq(half.id))
        .filter(file::Column::CompanyId.eq(half.company_id))
        .filter(file::Column::Purpose.eq(ARRIVING))
        .exec(&tx)
        .await?;
    ctx.commit(tx).await
}

/// Files of work whose process died before it removed them.
async fn sweep_work(ctx: &Ctx) -> Result<u64> {
    let folder = ctx.engine().work_dir.clone();
    let sweeping = foundation::task::spawn_blocking(move || -> std::io::Result<u64> {
        let mut swept = 0;
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let about = entry.metadata()?;
            let old = about.modified()?.elapsed().is_ok_and(|age| age > WORK_FOR);
            if about.is_file() && old {
                std::fs::remove_file(entry.path())?;
                swept += 1;
            }
        }
        Ok(swept)
    });
    match sweeping.await.map_err(|error| Error::internal(format!("sweeping: {error}")))? {
        Ok(swept) => Ok(swept),
        // Nothing was ever worked on, or another process was quicker.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(Error::Unavailable(format!("the folder of work: {error}"))),
    }
}

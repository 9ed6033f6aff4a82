//! Handing files out: to the company's people by id, and exports once by a link that is itself the right to have them.

use super::{ARRIVING, Purpose, open, remove_object};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::job::{self, Claimed, Failure, Job};
use bytes::Bytes;
use entity::file;
use foundation::secret::{equal_secret, hex, hmac_sha256};
use futures::stream::BoxStream;
use object_store::path::Path;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// A made file is removed so long after it was made, fetched or not.
pub const REMOVE_AFTER_SECONDS: i64 = 3_600;
/// An export that is being written is waited for so long, with a look now and then.
const ARRIVES_WITHIN: Duration = Duration::from_secs(600);
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// The stored purpose of an export that was fetched.
const FETCHED: &str = "export_fetched";

/// A file on its way out.
pub struct Download {
    /// Its row.
    pub file: file::Model,
    /// Its bytes.
    pub bytes: BoxStream<'static, Result<Bytes>>,
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download").field("file", &self.file).finish_non_exhaustive()
    }
}

/// A file of this company. What customers attached is for all who talk to them, tables are for those who manage.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn readable(ctx: &Ctx, scope: &CompanyScope, file_id: Uuid) -> Result<file::Model> {
    let file = super::get(ctx, scope, file_id).await?;
    if file.purpose != Purpose::Received.as_str() {
        scope.must_manage()?;
    }
    Ok(file)
}

/// A file of this company with its bytes, as [`readable`].
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn download(ctx: &Ctx, scope: &CompanyScope, file_id: Uuid) -> Result<Download> {
    let file = readable(ctx, scope, file_id).await?;
    let bytes = open(ctx, &file).await?;
    Ok(Download { file, bytes })
}

/// The token by which an export is fetched once.
#[must_use]
pub fn link(ctx: &Ctx, file: &file::Model) -> String {
    format!("{}.{}", file.id.simple(), signature(ctx, file.id))
}

fn signature(ctx: &Ctx, file_id: Uuid) -> String {
    let key = ctx.engine().key.derive("download");
    hex(&hmac_sha256(&key, file_id.as_bytes())[..16])
}

/// Opens an export by its token, once: of two callers one gets it. One that is still being written is waited for.
///
/// # Errors
/// `NotFound` for a token that is not ours, was used, or whose file has gone.
pub async fn open_once(ctx: &Ctx, token: &str) -> Result<Download> {
    let gone = || Error::NotFound("file");
    let (id, given) = token.split_once('.').ok_or_else(gone)?;
    let id = Uuid::try_parse(id).map_err(|_| gone())?;
    if !equal_secret(signature(ctx, id).as_bytes(), given.as_bytes()) {
        return Err(gone());
    }
    let asked = Instant::now();
    let file = loop {
        match take(ctx, id).await? {
            Taken::Got(file) => break file,
            Taken::Arriving if asked.elapsed() < ARRIVES_WITHIN => tokio::time::sleep(LOOK_EVERY).await,
            Taken::Arriving | Taken::Gone => return Err(gone()),
        }
    };
    let bytes = open(ctx, &file).await?;
    Ok(Download { file, bytes })
}

/// What became of a try to have an export.
enum Taken {
    Got(file::Model),
    Arriving,
    Gone,
}

/// The signed address is the right to the file, whosever it is.
async fn take(ctx: &Ctx, id: Uuid) -> Result<Taken> {
    if let Some(file) = file::Entity::find_by_id(id).one(&ctx.db().read_across()).await?
        && file.purpose == ARRIVING
    {
        return Ok(Taken::Arriving);
    }
    let tx = ctx.db().begin_across().await?;
    let won = file::Entity::update_many()
        .col_expr(file::Column::Purpose, Expr::value(FETCHED))
        .filter(file::Column::Id.eq(id))
        .filter(file::Column::Purpose.eq(Purpose::Export.as_str()))
        .filter(file::Column::CreatedAt.gt(ctx.time().plus_seconds(-REMOVE_AFTER_SECONDS)))
        .exec(&tx)
        .await?;
    let file = file::Entity::find_by_id(id).one(&tx).await?;
    ctx.commit(tx).await?;
    Ok(file.filter(|_| won.rows_affected == 1).map_or(Taken::Gone, Taken::Got))
}

/// Removes a made file when nobody needs it any more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RemoveFile {
    /// Which.
    pub file_id: Uuid,
}

impl Job for RemoveFile {
    const KIND: &'static str = "remove_file";

    fn subject(&self) -> Option<Uuid> {
        Some(self.file_id)
    }
}

/// Enqueues the removal of a made file, in time.
pub(crate) async fn remove_later(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, file_id: Uuid) -> Result<()> {
    let at = ctx.time().plus_seconds(REMOVE_AFTER_SECONDS);
    job::enqueue_at(ctx, tx, scope, &RemoveFile { file_id }, at).await?;
    Ok(())
}

/// Runs [`RemoveFile`]: the bytes first, so that a row never outlives a failed removal unseen.
///
/// # Errors
/// When it should run again.
pub async fn run_remove(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let job: RemoveFile = claimed.payload()?;
    let scope = claimed.scope()?;
    match super::get(ctx, &scope, job.file_id).await {
        Ok(file) => remove_object(ctx, &Path::from(file.storage_key.as_str())).await?,
        Err(Error::NotFound(_)) => {}
        Err(other) => return Err(other.into()),
    }
    let mut tx = ctx.db().begin(&scope).await?;
    file::Entity::delete_many()
        .filter(file::Column::Id.eq(job.file_id))
        .filter(file::Column::CompanyId.eq(scope.id()))
        .exec(&tx)
        .await?;
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await?;
    Ok(())
}

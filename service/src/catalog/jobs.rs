//! The catalogue's background work: reading a file ([`ImportTable`]) and removing what nobody needs ([`PruneCatalogue`]).

use super::repo;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::job::{self, Claimed, Failure, Job};
use entity::stored::{ImportStatus, JobStatus, VersionStatus};
use entity::{catalogue_version, import, job as job_table};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::time::Duration;
use uuid::Uuid;

/// Versions that were live before and are kept to roll back to, the published one not counted.
pub const KEEP_VERSIONS: usize = 10;
/// A version that is being filled is waste when it is older and no import fills it.
const ABANDONED_AFTER_SECONDS: i64 = 3_600;

/// Reads a file into a draft.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportTable {
    /// Which import.
    pub import_id: Uuid,
    /// Its company: two imports of one company never run at once.
    pub company_id: Uuid,
}

impl Job for ImportTable {
    const KIND: &'static str = "import_table";
    const MAX_ATTEMPTS: i32 = 5;
    const LEASE: Duration = Duration::from_secs(60);

    fn unique_key(&self) -> Option<String> {
        Some(import_key(self.import_id))
    }

    fn lane(&self) -> Option<String> {
        Some(format!("import_table:{}", self.company_id.simple()))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.import_id)
    }
}

/// The unique key of an import's job.
pub(crate) fn import_key(import_id: Uuid) -> String {
    format!("import_table:{}", import_id.simple())
}

/// Keeps the job of an import for another lease, in the transaction of what it writes.
///
/// # Errors
/// `Unavailable` when somebody else has the job.
pub(super) async fn hold(ctx: &Ctx, tx: &Tx, claimed: &Claimed) -> Result<()> {
    let lease = i64::try_from(ImportTable::LEASE.as_millis()).unwrap_or(i64::MAX);
    let renewed = job_table::Entity::update_many()
        .col_expr(job_table::Column::LeaseUntil, Expr::value(ctx.time().plus_millis(lease).0))
        .filter(job_table::Column::Id.eq(claimed.row.id))
        .filter(job_table::Column::Status.eq(JobStatus::Running))
        .filter(job_table::Column::LeaseToken.eq(claimed.row.lease_token))
        .exec(tx)
        .await?;
    if renewed.rows_affected == 0 {
        return Err(Error::Unavailable("the lease of the job was lost".to_owned()));
    }
    Ok(())
}

/// Removes versions beyond the last ones, thrown-away drafts and half-filled ones.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PruneCatalogue {
    /// Whose catalogue.
    pub company_id: Uuid,
}

impl Job for PruneCatalogue {
    const KIND: &'static str = "prune_catalogue";
    const LEASE: Duration = Duration::from_secs(300);

    fn unique_key(&self) -> Option<String> {
        Some(format!("prune_catalogue:{}", self.company_id.simple()))
    }
}

/// Enqueues the pruning in the transaction that makes waste.
pub(crate) async fn prune_soon(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope) -> Result<()> {
    job::enqueue(ctx, tx, scope, &PruneCatalogue { company_id: scope.id() }).await?;
    Ok(())
}

/// Runs [`ImportTable`].
///
/// # Errors
/// When it should run again or has failed for good; a fault of the file is no failure of the job.
pub async fn run_import(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let job: ImportTable = claimed.payload()?;
    super::load::run(ctx, claimed, job.import_id).await
}

/// Runs [`PruneCatalogue`].
///
/// # Errors
/// When it should run again.
pub async fn run_prune(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    prune(ctx, &scope).await?;
    let mut tx = ctx.db().begin(&scope).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await?;
    Ok(())
}

async fn prune(ctx: &Ctx, scope: &CompanyScope) -> Result<()> {
    let tx = ctx.db().begin(scope).await?;
    repo::lock(ctx, &tx, scope).await?;
    let kept = repo::visible(scope)
        .filter(catalogue_version::Column::Status.eq(VersionStatus::Superseded))
        .order_by_desc(catalogue_version::Column::PublishedAt)
        .order_by_desc(catalogue_version::Column::Number)
        .all(&tx)
        .await?;
    for old in kept.iter().skip(KEEP_VERSIONS) {
        repo::discard(&tx, scope, old.id).await?;
    }
    ctx.commit(tx).await?;

    let filled: HashSet<Uuid> = import::Entity::find()
        .filter(import::Column::CompanyId.eq(scope.id()))
        .filter(import::Column::Status.is_in([ImportStatus::Queued, ImportStatus::Reading]))
        .all(&ctx.db().read(scope))
        .await?
        .into_iter()
        .filter_map(|import| import.version_id)
        .collect();
    let waste = catalogue_version::Entity::find()
        .filter(catalogue_version::Column::CompanyId.eq(scope.id()))
        .filter(catalogue_version::Column::Number.lt(0))
        .filter(
            Condition::any()
                .add(catalogue_version::Column::Status.eq(VersionStatus::Superseded))
                .add(catalogue_version::Column::CreatedAt.lt(ctx.time().plus_seconds(-ABANDONED_AFTER_SECONDS))),
        )
        .all(&ctx.db().read(scope))
        .await?;
    for version in waste.into_iter().filter(|version| !filled.contains(&version.id)) {
        repo::remove_version(ctx, scope, version.id).await?;
    }
    Ok(())
}

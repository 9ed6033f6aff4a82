//! Published catalogues in memory: one index a version, shared by all turns.

use super::{bulk, repo};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use assistant::retrieve::CatalogueIndex;
use domain::catalog::Item;
use entity::catalogue_row::Column;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Rows of all catalogues kept together; beyond that the ones unused longest are built again when they are needed.
const MOST_ROWS: u64 = 1_000_000;
/// A catalogue that nobody asked for so long is let go.
const IDLE: Duration = Duration::from_secs(6 * 3600);
/// Rows read at once.
const CHUNK: u64 = 2_000;

/// Published catalogues, by version.
#[derive(Clone, Debug)]
pub struct Cache(moka::future::Cache<Uuid, Arc<CatalogueIndex>>);

impl Default for Cache {
    fn default() -> Self {
        Self(
            moka::future::Cache::builder()
                .weigher(|_, index: &Arc<CatalogueIndex>| u32::try_from(index.items().len()).unwrap_or(u32::MAX).max(1))
                .max_capacity(MOST_ROWS)
                .time_to_idle(IDLE)
                .build(),
        )
    }
}

impl Cache {
    /// Lets go of a version whose rows were changed after it had been published.
    pub(super) async fn forget(&self, version_id: Uuid) {
        self.0.invalidate(&version_id).await;
    }
}

/// The company's published version and its catalogue as the assistant searches it, without the rows that were left out;
/// `None` before the first publishing. Built once a version, however many turns ask at once.
///
/// # Errors
/// When the database does not answer.
pub async fn published(ctx: &Ctx, scope: &CompanyScope) -> Result<Option<(Uuid, Arc<CatalogueIndex>)>> {
    let Some(catalogue) = repo::find(&ctx.db().read(scope), scope).await? else { return Ok(None) };
    let Some(version_id) = catalogue.published_version_id else { return Ok(None) };
    let built = ctx.engine().catalogues.0.try_get_with(version_id, build(ctx, scope, version_id)).await;
    built.map(|index| Some((version_id, index))).map_err(|error| error.shared())
}

async fn build(ctx: &Ctx, scope: &CompanyScope, version_id: Uuid) -> Result<Arc<CatalogueIndex>> {
    let items = live_items(ctx, scope, version_id).await?;
    let index = foundation::task::spawn_blocking(move || CatalogueIndex::build(items))
        .await
        .map_err(|error| Error::internal(format!("building the index of a catalogue: {error}")))?;
    Ok(Arc::new(index))
}

async fn live_items(ctx: &Ctx, scope: &CompanyScope, version_id: Uuid) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    let mut after = -1;
    loop {
        let rows: Vec<(i32, Option<serde_json::Value>)> = bulk::live(scope, version_id)
            .filter(Column::Position.gt(after))
            .order_by_asc(Column::Position)
            .select_only()
            .column(Column::Position)
            .column(Column::Item)
            .limit(CHUNK)
            .into_tuple()
            .all(&ctx.db().read(scope))
            .await?;
        let Some((last, _)) = rows.last() else { return Ok(items) };
        after = *last;
        for (_, item) in rows {
            if let Some(item) = item {
                items.push(serde_json::from_value(item)?);
            }
        }
    }
}
